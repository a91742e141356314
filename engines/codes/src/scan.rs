//! Personal data in free text: finding it and hiding it before publication. A help for the release review, not its
//! replacement: names are only found when they are given.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::mask::{NameMask, mask_name};
use crate::width::Folded;
use crate::{address, numbers};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    IdNumber,
    Phone,
    BankAccount,
    Email,
    Address,
}

impl FindingKind {
    pub fn name(self) -> &'static str {
        match self {
            FindingKind::IdNumber => "身份证件号码",
            FindingKind::Phone => "手机号码",
            FindingKind::BankAccount => "银行账号",
            FindingKind::Email => "电子邮箱",
            FindingKind::Address => "详细地址",
        }
    }
}

/// Where something personal stands: a byte range of the text, on character boundaries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub kind: FindingKind,
    pub range: Range<usize>,
}

/// All findings in order, none overlapping. USCCs and item codes are left alone; an identity number used as the code of
/// an individual business is found as an identity number.
pub fn scan(text: &str) -> Vec<Finding> {
    let folded = Folded::new(text);
    let mut covered = vec![false; folded.chars.len()];
    let mut found: Vec<(Range<usize>, FindingKind)> = Vec::new();
    let take = |new: Vec<(Range<usize>, FindingKind)>, covered: &mut Vec<bool>, found: &mut Vec<_>| {
        for (range, _) in &new {
            covered[range.clone()].fill(true);
        }
        found.extend(new);
    };
    take(emails(&folded), &mut covered, &mut found);
    take(numbers::find(&folded, &covered), &mut covered, &mut found);
    let addresses = address::find(&folded, &covered);
    take(
        addresses
            .into_iter()
            .map(|range| (range, FindingKind::Address))
            .collect(),
        &mut covered,
        &mut found,
    );
    found.sort_by_key(|(range, _)| range.start);
    found
        .into_iter()
        .map(|(range, kind)| Finding {
            kind,
            range: folded.bytes(range),
        })
        .collect()
}

/// Replaces every finding by a note of its kind, `［手机号码已隐去］`; of an address province, city and county stay.
pub fn mask_text(text: &str) -> String {
    mask_text_with_names(text, &[], NameMask::default())
}

/// As [`mask_text`], and masks the given persons' names (of at least two characters) wherever they stand.
pub fn mask_text_with_names(text: &str, names: &[&str], mask: NameMask) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    for finding in scan(text) {
        masked.push_str(&mask_names(&text[done..finding.range.start], names, mask));
        masked.push_str(&note(finding.kind, &text[finding.range.clone()]));
        done = finding.range.end;
    }
    masked.push_str(&mask_names(&text[done..], names, mask));
    masked
}

fn note(kind: FindingKind, hidden: &str) -> String {
    let region: String = match kind {
        FindingKind::Address => {
            let chars: Vec<char> = hidden.chars().collect();
            chars[..address::region_length(&chars)].iter().collect()
        }
        _ => String::new(),
    };
    format!("{region}［{}已隐去］", kind.name())
}

fn mask_names(text: &str, names: &[&str], mask: NameMask) -> String {
    let mut known: Vec<&str> = names
        .iter()
        .map(|name| name.trim())
        .filter(|name| name.chars().count() >= 2)
        .collect();
    // 欧阳娜娜 before 欧阳娜: the longer name must not be left with a tail.
    known.sort_by_key(|name| std::cmp::Reverse(name.len()));
    known
        .iter()
        .fold(text.to_owned(), |text, name| text.replace(name, &mask_name(name, mask)))
}

fn emails(text: &Folded) -> Vec<(Range<usize>, FindingKind)> {
    let local = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    let domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let mut found: Vec<(Range<usize>, FindingKind)> = Vec::new();
    for (at, _) in text
        .chars
        .iter()
        .enumerate()
        .filter(|(_, character)| **character == '@')
    {
        let floor = found.last().map_or(0, |(range, _)| range.end);
        let mut start = at;
        while start > floor && text.at(start - 1).is_some_and(local) {
            start -= 1;
        }
        let mut end = at + 1;
        while text.at(end).is_some_and(domain) {
            end += 1;
        }
        while end > at + 1 && matches!(text.at(end - 1), Some('.' | '-')) {
            end -= 1;
        }
        if start < at && text.chars[at + 1..end].contains(&'.') {
            found.push((start..end, FindingKind::Email));
        }
    }
    found
}
