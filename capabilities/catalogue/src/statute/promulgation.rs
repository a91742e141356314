//! What the opening and the last article of a statute say about its dates and its maker.

use jiff::civil::Date;

use super::{Line, Statute};
use crate::version::NormRank;

/// Dates and maker as far as the text itself tells them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promulgation {
    /// Day on which this state of the text was adopted or published: the last one that the opening names.
    pub adopted: Option<Date>,
    pub in_force: InForce,
    /// `None` where the maker is not named, or where a party organ acts and no rank follows from it.
    pub rank: Option<NormRank>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InForce {
    Since(Date),
    /// The text names only the first day of an earlier state, or none: somebody who knows must say it.
    Unknown,
}

impl Promulgation {
    pub fn of(statute: &Statute) -> Promulgation {
        let mut acts = Vec::new();
        let mut stated = None;
        for line in before_first_article(statute) {
            let Some((date, rest)) = date_at_start(line.text.trim_start_matches(['（', '('])) else {
                continue;
            };
            match is_start(rest) {
                true => stated = Some(date),
                false => acts.push((date, rest)),
            }
        }
        let adopted = acts.iter().map(|(date, _)| *date).max();
        Promulgation {
            adopted,
            in_force: in_force(statute, &acts, stated, adopted),
            rank: rank(&acts),
        }
    }
}

/// The opening; in a code also the lines between its title and the part's.
fn before_first_article(statute: &Statute) -> impl Iterator<Item = &Line> {
    let early = statute
        .divisions
        .iter()
        .take_while(|division| division.articles.is_empty());
    statute.opening.iter().chain(early.flat_map(|division| &division.notes))
}

fn is_start(words: &str) -> bool {
    matches!(words.trim().trim_start_matches('起'), "施行" | "生效" | "实施")
}

/// The opening's own date; else that of the last article, where it is not older than the last
/// amendment: an amended law still tells the first day of its first state.
fn in_force(statute: &Statute, acts: &[(Date, &str)], stated: Option<Date>, adopted: Option<Date>) -> InForce {
    let fits = |date: &Date| adopted.is_none_or(|adopted| adopted <= *date);
    if let Some(date) = stated.filter(fits) {
        return InForce::Since(date);
    }
    let last = statute.articles().last();
    let words = last
        .and_then(|article| article.paragraphs.first())
        .map_or("", |paragraph| &paragraph.line.text);
    if let Some(date) = words.split_once('自').and_then(|(_, rest)| date_at_start(rest))
        && date.1.trim_start().starts_with('起')
        && fits(&date.0)
    {
        return InForce::Since(date.0);
    }
    // 自公布之日: only the first publication is that day, an amendment has its own decision.
    match acts {
        [(date, _)] if words.contains("自公布之日起") => InForce::Since(*date),
        _ => InForce::Unknown,
    }
}

/// The maker of the last act decides. A party organ (信访工作条例) leaves the rank open.
fn rank(acts: &[(Date, &str)]) -> Option<NormRank> {
    let (_, words) = acts.iter().max_by_key(|(date, _)| *date)?;
    let has = |word: &str| words.contains(word);
    let local = ["省", "市", "自治区", "自治州", "县"].iter().any(|place| {
        words
            .split("人民代表大会")
            .next()
            .is_some_and(|maker| maker.contains(place))
    });
    if has("中共") {
        None
    } else if has("全国人民代表大会") {
        Some(NormRank::Law)
    } else if has("人民代表大会") && local {
        Some(NormRank::LocalRegulation)
    } else if has("总局") || has("部令") || has("委员会令") || has("人民政府令") || has("署令") {
        Some(NormRank::Rule)
    } else if has("国务院") || has("政务院") {
        Some(NormRank::AdminRegulation)
    } else {
        None
    }
}

/// `2021年1月22日` and what follows.
fn date_at_start(text: &str) -> Option<(Date, &str)> {
    let (year, rest) = number_before(text, '年')?;
    let (month, rest) = number_before(rest, '月')?;
    let (day, rest) = number_before(rest, '日')?;
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    Some((date, rest))
}

fn number_before(text: &str, mark: char) -> Option<(i16, &str)> {
    let (digits, rest) = text.split_once(mark)?;
    let sound = !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit());
    sound
        .then(|| digits.parse().ok())
        .flatten()
        .map(|number| (number, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statute::read_statute;

    fn check(opening: &str, last: &str, adopted: Option<&str>, since: Option<&str>, rank: Option<NormRank>) {
        let text = format!("# 甲\n\n{opening}\n\n第一条 乙。\n\n第二条 {last}");
        let read = Promulgation::of(&read_statute(text.as_bytes()).unwrap());
        let found = match read.in_force {
            InForce::Since(date) => Some(date.to_string()),
            InForce::Unknown => None,
        };
        assert_eq!(
            read.adopted.map(|date| date.to_string()).as_deref(),
            adopted,
            "{opening}"
        );
        assert_eq!((found.as_deref(), read.rank), (since, rank), "{opening}");
    }

    #[test]
    fn dates_and_maker_are_taken_from_the_text() {
        let congress = "2021年1月22日 第十三届全国人民代表大会常务委员会第二十五次会议修订";
        let law = Some(NormRank::Law);
        check(
            congress,
            "本法自2021年7月15日起施行。",
            Some("2021-01-22"),
            Some("2021-07-15"),
            law,
        );
        // An amended law: the last article still tells the day of 2004.
        check(congress, "本法自2004年7月1日起施行。", Some("2021-01-22"), None, law);
        let council = "2019年10月8日 国务院第66次常务会议通过\n2019年10月22日 中华人民共和国国务院令第722号公布\n2020年1月1日 施行";
        let regulation = Some(NormRank::AdminRegulation);
        check(
            council,
            "本条例自2020年1月1日起施行。",
            Some("2019-10-22"),
            Some("2020-01-01"),
            regulation,
        );
        let once = "2019年4月26日 中华人民共和国国务院令第716号公布";
        check(
            once,
            "本规定自公布之日起施行。",
            Some("2019-04-26"),
            Some("2019-04-26"),
            regulation,
        );
        let amended = "1949年12月23日 政务院发布　\n2024年11月10日 《国务院关于修改〈办法〉的决定》第四次修订）";
        check(
            amended,
            "本办法自公布之日起施行。",
            Some("2024-11-10"),
            None,
            regulation,
        );
        let party = "2022年1月24日 中共中央政治局会议审议批准\n2022年2月25日 中共中央、国务院发布";
        check(
            party,
            "本条例自2022年5月1日起施行。",
            Some("2022-02-25"),
            Some("2022-05-01"),
            None,
        );
        let bureau = "2021年7月30日 国家市场监督管理总局令第45号公布";
        check(
            bureau,
            "本规定自2021年9月1日起施行。",
            Some("2021-07-30"),
            Some("2021-09-01"),
            Some(NormRank::Rule),
        );
        let province = "2020年3月1日 浙江省第十三届人民代表大会常务委员会第二十次会议通过";
        check(
            province,
            "自2020年5月1日起施行。",
            Some("2020-03-01"),
            Some("2020-05-01"),
            Some(NormRank::LocalRegulation),
        );
        check("", "本条例自2022年3月1日起施行。", None, Some("2022-03-01"), None);
        check("2021年13月40日 某机关公布", "完。", None, None, None);
    }
}
