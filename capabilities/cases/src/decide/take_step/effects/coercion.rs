//! What follows from the acts of coercion: the period of a measure, and the papers that say what is done and why.

use mingjing_calendar::LimitUnit;
use mingjing_chronicle::Refusal;
use serde_json::{Value as Json, json};

use super::{notice, officer_rows};
use crate::case::Case;
use crate::clock::{self, ClockChange, ClockKind, Extension};
use crate::decide::Setting;
use crate::events::{Effects, TakenStep, Template};
use crate::paper::Draft;

/// 强制法 8, 18(五).
const RIGHTS: &str =
    "你有权陈述和申辩，有权依法申请行政复议或者提起行政诉讼；因违法实施行政强制受到损害的，有权依法要求赔偿。";
/// 强制法 35(四), 36.
const RIGHT_TO_BE_HEARD: &str =
    "你收到本催告书后有权进行陈述和申辩；提出的事实、理由或者证据成立的，本机关将予以采纳。";
/// 强制法 25(1).
const LONGEST_EXTENSION: u32 = 30;

/// 强制法 24: the decision with the list, handed over on the spot; its period begins.
pub(super) fn sealed(
    state: &Case,
    taken: &TakenStep,
    setting: &Setting<'_>,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let Some(item) = state.item() else {
        return Ok(());
    };
    let start = clock::start(
        &setting.context.calendar,
        ClockKind::Decision,
        &item.statutory,
        taken.on,
    )?;
    let until = start.due().map(|due| due.on);
    effects.clocks.push(start);
    let why = state.took("find_urgent").and_then(|found| found.facts.record.clone());
    let goods: Vec<Json> = taken
        .facts
        .goods
        .iter()
        .map(|piece| json!({"name": piece.name, "amount": piece.amount}))
        .collect();
    let until = until.map_or(String::new(), |until| format!("自{}至{until}", taken.on));
    let draft = draft(state, "查封、扣押决定书", setting)
        .with("reasons", why.unwrap_or_default())
        .with("result", "对清单所列场所、设施或者财物予以查封、扣押")
        .with("rights", RIGHTS)
        .with("period", until.clone())
        .text("place", taken.facts.place.as_deref())
        .with("goods", goods)
        .with("officers", officer_rows(&taken.facts.officers))
        .remedies(false);
    tell(effects, draft, "已查封、扣押", &format!("期限{until}。"));
    Ok(())
}

/// 强制法 25(1), (2).
pub(super) fn extended(
    state: &Case,
    taken: &TakenStep,
    setting: &Setting<'_>,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    let Some(clock) = state.clock(ClockKind::Decision).filter(|_| !taken.negative()) else {
        return Ok(());
    };
    let reasons = taken.facts.record.clone().unwrap_or_default();
    let extension = Extension {
        amount: LONGEST_EXTENSION,
        unit: LimitUnit::CalendarDay,
        reasons: reasons.clone(),
        approver: taken.account.clone(),
        on: taken.on,
    };
    let change = clock::extend(&setting.context.calendar, clock, extension)?;
    let until = change.due().map_or(String::new(), |due| format!("延长至{}", due.on));
    effects.clocks.push(change);
    let draft = draft(state, "延长查封、扣押期限决定书", setting)
        .with("reasons", reasons)
        .with("result", format!("经本机关负责人批准，查封、扣押的期限{until}"))
        .with("rights", RIGHTS)
        .with("period", until.clone())
        .remedies(false);
    tell(effects, draft, "查封、扣押的期限延长", &format!("{until}。"));
    Ok(())
}

/// 强制法 27, 28.
pub(super) fn ended(state: &Case, taken: &TakenStep, setting: &Setting<'_>, effects: &mut Effects) {
    let running = state.clocks.iter().filter(|clock| clock.runs());
    effects.clocks.extend(running.map(|clock| ClockChange::Stopped {
        kind: clock.kind,
        on: taken.on,
    }));
    let lifted = taken.kind == "lift";
    let (title, result) = match &taken.outcome {
        _ if lifted => ("解除查封、扣押决定书", "解除查封、扣押，立即退还财物".to_owned()),
        Some(outcome) => ("查封、扣押财物处理决定书", outcome.name.clone()),
        None => ("查封、扣押财物处理决定书", taken.name.clone()),
    };
    let draft = draft(state, title, setting)
        .with("reasons", taken.facts.record.clone().unwrap_or_default())
        .with("result", result.clone())
        .with("rights", RIGHTS)
        .remedies(false);
    tell(effects, draft, title, &format!("{result}。"));
}

/// 强制法 35.
pub(super) fn demanded(state: &Case, taken: &TakenStep, setting: &Setting<'_>, effects: &mut Effects) {
    let until = taken
        .facts
        .told_day
        .map_or(String::new(), |until| format!("{until}以前"));
    let draft = draft(state, "履行行政决定催告书", setting)
        .with("reasons", taken.facts.record.clone().unwrap_or_default())
        .with("result", format!("请在{until}履行义务"))
        .with("period", until.clone())
        .text("manner", taken.facts.manner.as_deref())
        .with("rights", RIGHT_TO_BE_HEARD);
    tell(
        effects,
        draft,
        "催告书",
        &format!("请在{until}履行义务。{RIGHT_TO_BE_HEARD}"),
    );
}

/// 强制法 37(2).
pub(super) fn enforced(state: &Case, taken: &TakenStep, setting: &Setting<'_>, effects: &mut Effects) {
    if !taken.came_to("enforce") && !taken.came_to("immediate") {
        return;
    }
    let draft = draft(state, "行政强制执行决定书", setting)
        .with("reasons", taken.facts.record.clone().unwrap_or_default())
        .with("result", "对当事人逾期不履行的行政决定强制执行")
        .text("manner", taken.facts.manner.as_deref())
        .with("rights", RIGHTS)
        .remedies(false);
    tell(
        effects,
        draft,
        "强制执行决定",
        "逾期不履行行政决定，本机关决定强制执行。",
    );
}

fn draft<'a>(state: &Case, title: &str, setting: &'a Setting<'a>) -> Draft<'a> {
    let address = state.applicant().map(|party| party.party.address().to_owned());
    Draft::of(Template::CoercionPaper, state, setting)
        .with("title", title)
        .text("party_address", address.as_deref())
        .with("basis", state.item().map_or(Vec::new(), |item| item.bases.clone()))
}

fn tell(effects: &mut Effects, draft: Draft<'_>, title: &str, words: &str) {
    let paper = draft.order();
    effects.notices.push(notice(title, words, Some(&paper)));
    effects.papers.push(paper);
}
