//! How long the law wants a case kept: the whole file from receipt on, for years after its end. An application that was
//! withdrawn before acceptance is no file of a decision, and nothing wants it kept.

use jiff::ToSpan;
use jiff::civil::Date;
use mingjing_chronicle::{Aggregate, Fault, Tx};
use mingjing_people::public::{Keeping, Kept};

use crate::case::Case;
use crate::course::Course;
use crate::events::CaseState;
use crate::penalty::case::PenaltyCase;

const PERMIT: &str = "档案法第十四条";
/// 全过程记录，归档保存
const PENALTY: &str = "行政处罚法第四十七条";
/// 机关文件材料归档范围和文书档案保管期限规定: 30 or 10 years, or for good; parameter `archive.case_years`.
const YEARS: i64 = 30;

pub struct KeepsCases;

impl Keeping for KeepsCases {
    fn answers_for(&self, stream_kind: &str) -> bool {
        [Case::STREAM, PenaltyCase::STREAM].contains(&stream_kind)
    }

    fn kept(&self, tx: &mut Tx<'_>, stream_kind: &str, id: &str) -> Result<Option<Kept>, Fault> {
        let today = tx.context().today;
        let years = tx.context().parameters.number("archive.case_years", YEARS);
        if stream_kind == PenaltyCase::STREAM {
            let case = tx.consult::<PenaltyCase>(id)?;
            return Ok(of_file(case.facts.closed, PENALTY, years, today));
        }
        let case = tx.consult::<Case>(id)?;
        Ok(of_permit(&case, years, today))
    }
}

fn of_permit(case: &Case, years: i64, today: Date) -> Option<Kept> {
    let facts = &case.facts;
    if case.legal_state() == CaseState::Withdrawn && facts.accepted.is_none() {
        return None;
    }
    let ended = facts.completed.as_ref().map(|completed| completed.on);
    // The part of a body that was asked ends with its opinion, or when none is needed any more.
    let part = match case.course() {
        Course::Assistance => facts.ended.as_ref().map(|(on, _)| *on).or_else(|| case.decided_on()),
        _ => None,
    };
    of_file(ended.or(facts.withdrawn).or(part), PERMIT, years, today)
}

fn of_file(ended: Option<Date>, article: &'static str, years: i64, today: Date) -> Option<Kept> {
    let Some(ended) = ended else {
        return Some(Kept {
            why: "案件还没有办结，案卷必须保存".to_owned(),
            article,
            until: None,
        });
    };
    let until = ended.checked_add(years.years()).unwrap_or(Date::MAX);
    (today <= until).then(|| Kept {
        why: "案卷的保管期限没有届满".to_owned(),
        article,
        until: Some(until),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_file_is_kept_until_its_years_after_the_end_are_over() {
        let check = |ended: Option<Date>, today: Date, expect: Option<Option<Date>>| {
            let kept = of_file(ended, PERMIT, 30, today);
            assert_eq!(kept.map(|kept| kept.until), expect, "{ended:?} {today}");
        };
        let ended = date(2026, 3, 2);
        check(None, ended, Some(None));
        check(Some(ended), ended, Some(Some(date(2056, 3, 2))));
        check(Some(ended), date(2056, 3, 2), Some(Some(date(2056, 3, 2))));
        check(Some(ended), date(2056, 3, 3), None);
    }

    #[test]
    fn an_application_withdrawn_before_acceptance_is_no_file() {
        let on = date(2026, 3, 2);
        let mut case = Case::default();
        case.facts.received = Some(on);
        assert!(of_permit(&case, 30, on).is_some());
        case.facts.withdrawn = Some(on);
        assert!(of_permit(&case, 30, on).is_none());
        case.facts.accepted = Some(crate::case::AcceptanceFact { on, deemed: false });
        assert!(of_permit(&case, 30, on).is_some());
    }
}
