//! One case judged: would it move, where would it stand, and if not, why. The same for a trial, which changes nothing, and
//! for the moment at which it moves.

use std::sync::Arc;

use jiff::Timestamp;
use mingjing_bpmn::Problem;
use mingjing_bpmn::migrate::Plan;
use mingjing_calendar::Calendar;
use mingjing_catalogue::public::{Item, ItemVersion};
use mingjing_chronicle::{Aggregate, Fault, Reader, RecordedEvent, Refusal, Sql};

use super::plan::Why;
use crate::case::Case;
use crate::commands::flow_of;
use crate::events::PlaceMoved;
use crate::flow::{Charts, Flow, Judged, history};
use crate::matter::Matter;
use crate::number::Procedure;
use crate::penalty::PenaltyCase;

/// Two versions of an item with their charts.
pub(crate) struct Between {
    pub(crate) item: Arc<Item>,
    pub(crate) from: Arc<ItemVersion>,
    pub(crate) to: Arc<ItemVersion>,
    pub(crate) charts: Charts,
}

impl Between {
    /// # Errors
    /// `cases.migration.*` where a version is not there, has no chart, or both have the same.
    pub(crate) fn of(item: Arc<Item>, from: i32, to: i32, plan: Plan) -> Result<Between, Refusal> {
        let version = |number: i32, field: &'static str| {
            let found = item.shared_version(number).filter(|version| version.flow.is_some());
            found.ok_or_else(|| {
                let text = format!("该事项没有第{number}版，或者这一版没有流程图。");
                Refusal::invalid("cases.migration.no_version", text.clone()).field(field, text)
            })
        };
        let (before, after) = (version(from, "from_version")?, version(to, "to_version")?);
        let (old, new) = (chart(&before)?, chart(&after)?);
        if old.hash() == new.hash() {
            let text = "两个版本的流程图是一样的，不用迁移。";
            return Err(Refusal::invalid("cases.migration.same_chart", text).field("to_version", text));
        }
        let charts = Charts::of((old, &before), (new, &after), plan);
        Ok(Between {
            item,
            from: before,
            to: after,
            charts,
        })
    }

    /// Posts that the chart after needs and nobody holds now in the body whose cases these are; when the chart was confirmed
    /// somebody did. Any step is meant, also one that a case is past: it may be returned to.
    ///
    /// # Errors
    /// [`Fault`] from the database.
    pub(crate) fn unstaffed(&self, sql: &mut dyn Sql, body: &str) -> Result<Vec<Problem>, Fault> {
        mingjing_catalogue::public::unstaffed(sql, self.charts.new.model(), body)
    }

    /// Judged on a case as it is recorded; `unstaffed`: of its body.
    pub(crate) fn judge<M: Matter>(
        &self,
        case: &M,
        events: &[RecordedEvent],
        unstaffed: Vec<Problem>,
        at: Timestamp,
        calendar: &Calendar,
    ) -> Result<Judged, Vec<Why>> {
        let of_item = case.item().is_some_and(|item| item.item_code == self.from.item_code);
        if !of_item || case.flow_version() != Some(self.from.version) {
            return Err(vec![why(
                "another_chart",
                "这个办件不在方案所说的流程图上：可能已经迁移，或者编号有误。",
            )]);
        }
        if case.answers_another() {
            return Err(vec![why(
                "assistance",
                "协办件按主办机关转来时的流程图办理，不单独迁移。",
            )]);
        }
        if !case.flow().is_running() {
            return Err(vec![why("not_running", "这个办件的流程已经结束，不用迁移。")]);
        }
        let version = |number: i32| chart(&*self.item.shared_version(number)?).ok();
        let Some(history) = history(case, events, version) else {
            return Err(vec![why(
                "history_unknown",
                "这个办件的部分记录已依法删除，不能判断以前办过什么，不能迁移。",
            )]);
        };
        let judged = self.charts.judge(case, &history, at, calendar, &self.to.decisions);
        let judged = judged.map_err(|refusal| vec![why(&refusal.code, &refusal.message)])?;
        Ok(judged.but_for(unstaffed))
    }
}

fn chart(version: &ItemVersion) -> Result<Flow, Refusal> {
    let flow = version.flow.as_ref();
    let flow =
        flow.ok_or_else(|| Refusal::law("cases.flow.none", "该事项还没有登记内部办理流程，不能在平台上办理。"))?;
    flow_of(&flow.hash, &flow.bpmn_xml)
}

pub(crate) fn why(rule: &str, text: &str) -> Why {
    Why {
        rule: rule.to_owned(),
        element: None,
        text: text.to_owned(),
    }
}

pub(crate) fn whys(findings: &[Problem]) -> Vec<Why> {
    let told = findings.iter().map(|finding| Why {
        rule: finding.code.to_owned(),
        element: finding.element.clone(),
        text: finding.message.clone(),
    });
    told.collect()
}

/// What a trial says of one case.
#[derive(Debug, Clone)]
pub struct CaseTried {
    pub case_no: String,
    /// Why it would stay; empty: it would move.
    pub why: Vec<Why>,
    /// What somebody should know of it.
    pub remarks: Vec<String>,
    /// Where it stands, and where it would.
    pub places: Vec<PlaceMoved>,
}

impl CaseTried {
    pub fn moves(&self) -> bool {
        self.why.is_empty()
    }

    pub(crate) fn of(case_no: &str, judged: Result<Judged, Vec<Why>>) -> CaseTried {
        let (why, remarks, places) = match judged {
            Ok(judged) => {
                let remarks = judged.remarks.iter().map(|remark| remark.message.clone());
                (whys(&judged.errors), remarks.collect(), judged.places)
            }
            Err(why) => (why, Vec::new(), Vec::new()),
        };
        CaseTried {
            case_no: case_no.to_owned(),
            why,
            remarks,
            places,
        }
    }
}

/// Judges cases of one plan; nothing changes.
///
/// # Errors
/// [`Fault`] from the database.
pub(crate) fn try_cases(
    reader: &mut Reader<'_>,
    between: &Between,
    cases: &[String],
    at: Timestamp,
    calendar: &Calendar,
) -> Result<Vec<CaseTried>, Fault> {
    let mut tried = Vec::with_capacity(cases.len());
    for case_no in cases {
        let judged = match Procedure::of(case_no) {
            None => Err(vec![why("no_case", "没有这个办件。")]),
            Some(Procedure::Penalty) => one::<PenaltyCase>(reader, between, case_no, at, calendar)?,
            Some(Procedure::Permit | Procedure::Matter | Procedure::Assistance) => {
                one::<Case>(reader, between, case_no, at, calendar)?
            }
        };
        tried.push(CaseTried::of(case_no, judged));
    }
    Ok(tried)
}

fn one<M: Matter + Aggregate>(
    reader: &mut Reader<'_>,
    between: &Between,
    case_no: &str,
    at: Timestamp,
    calendar: &Calendar,
) -> Result<Result<Judged, Vec<Why>>, Fault> {
    let case = reader.load::<M>(case_no)?;
    let events = reader.events(M::STREAM, case_no)?;
    let unstaffed = between.unstaffed(reader.sql(), case.handled_by())?;
    Ok(between.judge(&*case.state, &events, unstaffed, at, calendar))
}
