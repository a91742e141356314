//! Hiding personal data in single fields, for publication (DOMAIN 6.7). Free text: [`crate::mask_text`].

use serde::{Deserialize, Serialize};

use crate::width::fold;
use crate::{address, citizen_id};

/// How a natural person's name is published; the rules differ from place to place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameMask {
    /// 张三 → 张某
    #[default]
    SurnameMou,
    /// 张三丰 → 张**
    SurnameStars,
    /// 张三 → 某人
    Hidden,
    /// Shown whole.
    Full,
}

/// What a field holds, and so how it is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    PersonName,
    /// Shown: organisations' names are published.
    OrganisationName,
    /// Shown, unless it is an identity number used as the code of an individual business.
    Uscc,
    IdNumber,
    Phone,
    BankAccount,
    Email,
    /// Province, city and county stay.
    Address,
    /// The year stays.
    BirthDate,
}

const COMPOUND_SURNAMES: &str = "欧阳 司马 上官 诸葛 东方 独孤 南宫 夏侯 皇甫 尉迟 公孙 令狐 慕容 宇文 长孙 司徒 \
    司空 轩辕 端木 百里 东郭 南门 呼延 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 钟离 鲜于 闾丘 亓官 司寇 \
    赫连 西门 左丘 万俟 闻人 拓跋 公羊 第五 梁丘 东门 公西 段干 壤驷 谷梁 漆雕 乐正 巫马 纳兰 完颜 叶赫";

/// Masks one field. Empty stays empty; no output shows more than the kind's rule says, whatever the input is.
pub fn mask_field(field: Field, value: &str, names: NameMask) -> String {
    let value = value.trim();
    if value.is_empty() {
        return String::new();
    }
    match field {
        Field::PersonName => mask_name(value, names),
        Field::OrganisationName => value.to_owned(),
        Field::Uscc => mask_uscc(value),
        Field::IdNumber => keep_ends(value, 1, 1),
        Field::Phone => keep_ends(value, 3, 2),
        Field::BankAccount => keep_ends(value, 0, 4),
        Field::Email => mask_email(value),
        Field::Address => {
            let chars: Vec<char> = value.chars().collect();
            let region: String = chars[..address::region_length(&chars)].iter().collect();
            region + "***"
        }
        Field::BirthDate => mask_birth_date(value),
    }
}

/// Masks a natural person's name; compound surnames stay whole (欧阳娜 → 欧阳某).
pub fn mask_name(name: &str, mask: NameMask) -> String {
    let letters: Vec<char> = name.chars().filter(|character| !character.is_whitespace()).collect();
    if letters.is_empty() {
        return String::new();
    }
    let surname: String = letters[..surname_length(&letters)].iter().collect();
    match mask {
        NameMask::Full => name.trim().to_owned(),
        NameMask::Hidden => "某人".to_owned(),
        NameMask::SurnameMou => surname + "某",
        NameMask::SurnameStars => {
            let rest = letters.len().saturating_sub(surname.chars().count()).clamp(1, 8);
            surname + &"*".repeat(rest)
        }
    }
}

fn surname_length(letters: &[char]) -> usize {
    let head: String = letters.iter().take(2).collect();
    let compound = letters.len() >= 3 && COMPOUND_SURNAMES.split_whitespace().any(|surname| surname == head);
    if compound { 2 } else { 1 }
}

/// Keeps the first and last characters only of a number long enough to stay hidden.
fn keep_ends(value: &str, first: usize, last: usize) -> String {
    let chars: Vec<char> = value
        .chars()
        .map(fold)
        .filter(|character| !matches!(character, ' ' | '-'))
        .collect();
    let hidden = chars.len().saturating_sub(first + last);
    // Fewer hidden than shown would hide nothing; a hostile length is not mirrored either.
    if hidden < first + last || chars.len() > 64 {
        return "*".repeat(chars.len().clamp(3, 64));
    }
    let head: String = chars[..first].iter().collect();
    let tail: String = chars[chars.len() - last..].iter().collect();
    format!("{head}{}{tail}", "*".repeat(hidden))
}

fn mask_uscc(value: &str) -> String {
    let folded: String = value
        .chars()
        .map(|character| fold(character).to_ascii_uppercase())
        .collect();
    let personal = citizen_id::birth_date(&folded).is_ok() && citizen_id::check_agrees(&folded);
    if personal {
        keep_ends(value, 1, 1)
    } else {
        value.to_owned()
    }
}

fn mask_email(value: &str) -> String {
    let folded: String = value.chars().map(fold).collect();
    match folded.rsplit_once('@') {
        Some((_, domain)) if domain.contains('.') => format!("***@{domain}"),
        _ => "***".to_owned(),
    }
}

fn mask_birth_date(value: &str) -> String {
    let digits: String = value.chars().map(fold).take_while(char::is_ascii_digit).collect();
    match digits.get(..4) {
        Some(year) => format!("{year}年**月**日"),
        None => "***".to_owned(),
    }
}
