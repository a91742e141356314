//! Entering an edition of a law: in the order of time, each day with one edition, under the rank that
//! its maker gives it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::edition::{ArticleChange, ChangeKind, Edition};
use crate::events::{EditionEntered, LawEvent};
use crate::law::{Law, LawEntry, rank_by_name};
use crate::statute::{Fate, InForce, OddityKind, Promulgation, Statute, compare, read_statute};
use crate::version::NormRank;

/// A text that was read, and what the operator says about it.
#[derive(Debug, Clone)]
pub struct EnterEdition {
    pub statute: Statute,
    pub text: String,
    pub sha256: String,
    pub said: Said,
}

/// What the operator knows beyond the text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said {
    pub in_force_from: Option<Date>,
    pub in_force_to: Option<Date>,
    pub rank: Option<NormRank>,
}

/// One thing wrong with one text, by its line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextProblem {
    pub line: usize,
    /// Stable code, e.g. `edition_older`.
    pub code: String,
    pub reason: String,
}

impl TextProblem {
    pub fn new(line: usize, code: &str, reason: impl Into<String>) -> TextProblem {
        TextProblem {
            line,
            code: code.to_owned(),
            reason: reason.into(),
        }
    }
}

/// Short name under which a law of this title is cited.
pub fn short_name(title: &str) -> &str {
    let title = title.trim();
    title
        .strip_prefix("中华人民共和国")
        .filter(|rest| !rest.is_empty())
        .unwrap_or(title)
}

/// First day in force, as the operator says or the text tells.
pub fn in_force_from(command: &EnterEdition) -> Option<Date> {
    command
        .said
        .in_force_from
        .or(match Promulgation::of(&command.statute).in_force {
            InForce::Since(date) => Some(date),
            InForce::Unknown => None,
        })
}

/// No events where the edition is recorded already, word for word.
///
/// # Errors
/// Everything that is wrong with the text, by line.
pub fn decide(entry: &LawEntry, command: &EnterEdition) -> Result<Vec<LawEvent>, Vec<TextProblem>> {
    let told = Promulgation::of(&command.statute);
    let mut problems = Vec::new();
    check_numbers(&command.statute, &mut problems);
    let rank = rank(entry, command, &told, &mut problems);
    let Some(from) = in_force_from(command) else {
        let reason = "文中没有写明本版自哪一天起施行（修改过的法律，末条写的是最初的施行日期）；请用 --in-force 写明";
        problems.push(TextProblem::new(1, "in_force_unknown", reason));
        return Err(problems);
    };
    if let Some(edition) = entry.editions.iter().find(|edition| edition.in_force_from == from)
        && edition.sha256 == command.sha256
    {
        return match problems.is_empty() {
            true => Ok(Vec::new()),
            false => Err(problems),
        };
    }
    check_time(entry, command.said.in_force_to, from, told.adopted, &mut problems);
    check_title(entry, &command.statute.title, &mut problems);
    let Some(rank) = rank.filter(|_| problems.is_empty()) else {
        return Err(problems);
    };
    let edition = Edition {
        in_force_from: from,
        in_force_to: command.said.in_force_to,
        adopted: told.adopted,
        title: command.statute.title.clone(),
        rank,
        sha256: command.sha256.clone(),
        articles: u32::try_from(command.statute.articles().count()).unwrap_or(u32::MAX),
        changes: changes(entry, &command.statute),
    };
    Ok(events(entry, edition, &command.text))
}

/// A law that nobody cited yet gets its entry with its first edition.
fn events(entry: &LawEntry, edition: Edition, text: &str) -> Vec<LawEvent> {
    let mut events = Vec::new();
    if entry.law.is_none() {
        events.push(LawEvent::Entered(Box::new(Law {
            name: short_name(&edition.title).to_owned(),
            full_name: edition.title.clone(),
            rank: edition.rank,
            edition: None,
            note: None,
            articles: std::collections::BTreeMap::new(),
        })));
    }
    let text = text.to_owned();
    events.push(LawEvent::EditionEntered(Box::new(EditionEntered { edition, text })));
    events
}

/// A permanent link needs one article to a number.
fn check_numbers(statute: &Statute, problems: &mut Vec<TextProblem>) {
    for odd in &statute.oddities {
        let number = odd.article.in_words();
        let (code, reason) = match odd.kind {
            OddityKind::OutOfOrder => ("article_order", format!("{number}重复，或者排在更大的条号之后")),
            OddityKind::Gap => ("article_gap", format!("{number}之前缺少条文，请核对文本是否完整")),
        };
        problems.push(TextProblem::new(odd.at, code, reason));
    }
    let words = short_name(&statute.title).chars().count();
    if words > 60 || statute.title.contains(['/', '\\']) {
        problems.push(TextProblem::new(1, "title", "标题超过60个字，或者含有斜线"));
    }
}

/// Stated, told by the maker, recorded and guessed from the name, in this order; what is known must agree.
fn rank(
    entry: &LawEntry,
    command: &EnterEdition,
    told: &Promulgation,
    problems: &mut Vec<TextProblem>,
) -> Option<NormRank> {
    let recorded = entry.law.as_ref().map(|law| law.rank);
    let known = [("文中写明的制定机关", told.rank), ("法规库已登记的条目", recorded)];
    if let Some(said) = command.said.rank {
        for (who, rank) in known {
            if let Some(rank) = rank.filter(|rank| *rank != said) {
                let reason = format!("位阶写的是“{}”，但按{who}应为“{}”", said.name(), rank.name());
                problems.push(TextProblem::new(1, "rank_differs", reason));
            }
        }
        return Some(said);
    }
    if let (Some(told), Some(recorded)) = (told.rank, recorded)
        && told != recorded
    {
        let (told, recorded) = (told.name(), recorded.name());
        let reason = format!("按文中写明的制定机关，位阶应为“{told}”，法规库登记的是“{recorded}”，请先更正登记");
        problems.push(TextProblem::new(1, "rank_differs", reason));
    }
    let by_party = command.statute.opening.iter().any(|line| line.text.contains("中共"));
    let rank = told.rank.or(recorded);
    if rank.is_none() && by_party {
        let reason = "文中由党的机关制定，位阶不能从文中得出；请用 --rank 写明";
        problems.push(TextProblem::new(1, "rank_unclear", reason));
    }
    rank.or_else(|| (!by_party).then(|| rank_by_name(short_name(&command.statute.title))))
}

fn check_time(
    entry: &LawEntry,
    last_day: Option<Date>,
    from: Date,
    adopted: Option<Date>,
    problems: &mut Vec<TextProblem>,
) {
    let mut refuse = |code: &str, reason: String| problems.push(TextProblem::new(1, code, reason));
    if let Some(adopted) = adopted.filter(|adopted| from < *adopted) {
        refuse("in_force_early", format!("施行日期{from}早于通过或公布日期{adopted}"));
    }
    if let Some(last) = last_day.filter(|last| *last < from) {
        refuse("validity_reversed", format!("失效日期{last}早于施行日期{from}"));
    }
    let Some(latest) = entry.editions.last() else {
        return;
    };
    let since = latest.in_force_from;
    if from == since {
        let reason = format!("自{since}起施行的版本已经入库，文字与本文件不同；已入库的条文不能改动，请核对文件");
        refuse("edition_differs", reason);
    } else if from < since {
        let reason = format!("法规库已有自{since}起施行的较新版本，不能再导入自{from}起施行的旧版本；请按时间先后导入");
        refuse("edition_older", reason);
    } else if let Some(last) = latest.in_force_to.filter(|last| from <= *last) {
        let reason = format!("自{since}起施行的版本有效至{last}，与本版自{from}起施行重叠");
        refuse("validity_overlaps", reason);
    }
}

fn check_title(entry: &LawEntry, title: &str, problems: &mut Vec<TextProblem>) {
    if let Some(law) = entry.law.as_ref().filter(|law| law.full_name != title) {
        let reason = format!("标题是“{title}”，法规库以这个简称登记的是“{}”", law.full_name);
        problems.push(TextProblem::new(1, "title_differs", reason));
    }
}

fn changes(entry: &LawEntry, statute: &Statute) -> Vec<ArticleChange> {
    let before = entry
        .latest_text
        .as_deref()
        .and_then(|text| read_statute(text.as_bytes()).ok());
    let Some(before) = before else {
        return Vec::new();
    };
    let changed = compare(&before, statute).into_iter().filter_map(|step| {
        let kind = match step.fate {
            Fate::Same => return None,
            Fate::Renumbered => ChangeKind::Renumbered,
            Fate::Amended => ChangeKind::Amended,
            Fate::Removed => ChangeKind::Removed,
            Fate::Added => ChangeKind::Added,
        };
        Some(ArticleChange {
            kind,
            old: step.old,
            new: step.new,
        })
    });
    changed.collect()
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;

    const FIRST: &str = "# 演示管理条例\n\n2020年1月2日 中华人民共和国国务院令第1号公布\n\n\
        第一条 为了演示，制定本条例。\n\n第二条 处一万元罚款，情节严重的从重。\n\n第三条 本条例自2020年3月1日起施行。";

    fn command(text: &str, said: Said) -> EnterEdition {
        EnterEdition {
            statute: read_statute(text.as_bytes()).unwrap(),
            text: text.to_owned(),
            sha256: hex::encode(Sha256::digest(text)),
            said,
        }
    }

    fn entry_of(texts: &[(&str, Said)]) -> LawEntry {
        let mut entry = LawEntry::default();
        for (text, said) in texts {
            let events = decide(&entry, &command(text, *said)).unwrap();
            events.iter().for_each(|event| entry.take(event));
        }
        entry
    }

    fn refused(entry: &LawEntry, text: &str, said: Said) -> Vec<(usize, String)> {
        let problems = decide(entry, &command(text, said)).unwrap_err();
        problems
            .into_iter()
            .map(|problem| (problem.line, problem.code))
            .collect()
    }

    fn since(date: &str) -> Said {
        Said {
            in_force_from: Some(date.parse().unwrap()),
            ..Said::default()
        }
    }

    #[test]
    fn the_first_edition_brings_its_law() {
        let entry = entry_of(&[(FIRST, Said::default())]);
        let law = entry.law.as_ref().unwrap();
        assert_eq!(
            (law.name.as_str(), law.rank),
            ("演示管理条例", NormRank::AdminRegulation)
        );
        let edition = &entry.editions[0];
        assert_eq!(edition.in_force_from.to_string(), "2020-03-01");
        assert_eq!(edition.adopted.unwrap().to_string(), "2020-01-02");
        assert_eq!((edition.articles, edition.changes.len()), (3, 0));
        // The same text again changes nothing.
        assert_eq!(decide(&entry, &command(FIRST, Said::default())).unwrap(), []);
    }

    #[test]
    fn the_next_edition_tells_what_it_changed() {
        let second = FIRST
            .replace("第三条", "第四条")
            .replace("第二条 处一万元", "第二条 国家鼓励。\n\n第三条 处二万元");
        let entry = entry_of(&[(FIRST, Said::default()), (&second, since("2026-01-01"))]);
        let shown: Vec<String> = entry.editions[1]
            .changes
            .iter()
            .map(|change| {
                let number = |one: Option<crate::statute::ArticleNumber>| one.map_or("-".into(), |one| one.to_string());
                format!("{} {} {}", change.kind.key(), number(change.old), number(change.new))
            })
            .collect();
        assert_eq!(shown, ["added - 2", "amended 2 3", "renumbered 3 4"]);
        let day = |date: &str| {
            crate::edition::on_day(&entry.editions, date.parse().unwrap()).map(|one| one.in_force_from.to_string())
        };
        assert_eq!(day("2020-02-29"), None);
        assert_eq!(day("2025-12-31").as_deref(), Some("2020-03-01"));
        assert_eq!(day("2026-01-01").as_deref(), Some("2026-01-01"));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_line_and_reason() {
        let none = LawEntry::default();
        let check = |entry: &LawEntry, text: &str, said: Said, expected: &[(usize, &str)]| {
            let found = refused(entry, text, said);
            let found: Vec<(usize, &str)> = found.iter().map(|(line, code)| (*line, code.as_str())).collect();
            assert_eq!(found, expected);
        };
        let recorded = entry_of(&[(FIRST, Said::default())]);
        let second = FIRST.replace("一万元", "二万元");
        check(&recorded, &second, Said::default(), &[(1, "edition_differs")]);
        check(&recorded, &second, since("2020-02-01"), &[(1, "edition_older")]);
        check(
            &recorded,
            &second,
            since("2019-12-01"),
            &[(1, "in_force_early"), (1, "edition_older")],
        );
        let ended = Said {
            in_force_to: Some("2025-12-31".parse().unwrap()),
            ..Said::default()
        };
        let repealed = entry_of(&[(FIRST, ended)]);
        check(&repealed, &second, since("2025-06-01"), &[(1, "validity_overlaps")]);
        assert!(decide(&repealed, &command(&second, since("2026-01-01"))).is_ok());
        let reversed = Said {
            in_force_to: Some("2020-02-01".parse().unwrap()),
            ..Said::default()
        };
        check(&none, FIRST, reversed, &[(1, "validity_reversed")]);
        let rule = Said {
            rank: Some(NormRank::Rule),
            ..Said::default()
        };
        check(&none, FIRST, rule, &[(1, "rank_differs")]);
        check(
            &recorded,
            &FIRST
                .replace("国务院令第1号", "某某部令第1号")
                .replace("2020年3月1日", "2026年3月1日"),
            Said::default(),
            &[(1, "rank_differs")],
        );
        let amended = FIRST.replace("\n\n第一条", "\n2025年1月2日 国务院修改\n\n第一条");
        check(&none, &amended, Said::default(), &[(1, "in_force_unknown")]);
        let party = FIRST.replace("中华人民共和国国务院令第1号公布", "中共中央、国务院发布");
        check(&none, &party, Said::default(), &[(1, "rank_unclear")]);
        check(
            &none,
            &FIRST.replace("第三条", "第一条"),
            Said::default(),
            &[(9, "article_order")],
        );
        check(
            &none,
            &FIRST.replace("第三条", "第五条"),
            Said::default(),
            &[(9, "article_gap")],
        );
        let mut renamed = recorded.clone();
        renamed.law.as_mut().unwrap().full_name = "另一部条例".into();
        check(&renamed, &second, since("2026-01-01"), &[(1, "title_differs")]);
    }
}
