//! Entering confirmed items (R20–R22): all rows of a file or none.
//!
//! A row is entered when it is complete for its type (checked with the row), its body is registered
//! in the division, its code was never used by a cancelled item (R191) and nobody else in the body
//! has an active item of that type and name (R18). A row that says what is recorded already changes
//! nothing, so a file may be imported any number of times.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use mingjing_chronicle::Context;
use mingjing_codes::{ItemCode, PowerType};
use mingjing_people::public::BodyFacts;
use serde::{Deserialize, Serialize};

use crate::entry::{Draft, Problem};
use crate::events::{Cancellation, ItemEvent};
use crate::field_set::{FieldSets, own};
use crate::item::Item;
use crate::proof::{Posts, Proofs};
use crate::version::{Confirmation, ItemStatus, ItemVersion};

/// What is recorded already and the rows are judged against.
#[derive(Debug, Default)]
pub struct Facts {
    pub bodies: BTreeMap<String, BodyFacts>,
    /// Items by code, of the codes that occur in the file.
    pub items: BTreeMap<String, Item>,
    /// Codes of active items by body, type and name.
    pub names: BTreeMap<(String, PowerType, String), String>,
    /// Posts of the bodies whose rows have a flow.
    pub posts: BTreeMap<String, Posts>,
    /// And of registered bodies that their flows ask in a joint approval.
    pub assisting: BTreeMap<String, Posts>,
    /// Made already; what is not among them is proved when it is asked for.
    pub proofs: Arc<Proofs>,
    /// What the place asks of items beside the tables.
    pub field_sets: FieldSets,
}

/// How a file fared, row by row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Report {
    pub rows: Vec<RowReport>,
    pub accepted: u32,
    pub unchanged: u32,
    pub refused: u32,
    /// Whether the accepted rows are recorded now. Never while a row is refused, nor on a dry run.
    pub applied: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowReport {
    pub line: u64,
    pub item_code: String,
    pub outcome: Outcome,
    pub problems: Vec<Problem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Accepted,
    Unchanged,
    Refused,
}

impl Outcome {
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Accepted => "接受",
            Outcome::Unchanged => "无变化",
            Outcome::Refused => "退回",
        }
    }
}

/// The events by item code and the report. Without events where any row is refused.
pub fn decide(
    drafts: Vec<Draft>,
    confirmation: &Confirmation,
    facts: &Facts,
    context: &Context,
) -> (Vec<(String, Vec<ItemEvent>)>, Report) {
    let mut batch = Batch::default();
    let mut writes = Vec::new();
    let mut report = Report::default();
    for mut draft in drafts {
        judge_own_fields(&mut draft, facts);
        let line = draft.line;
        let item_code = draft.item_code.clone();
        let (events, mut problems) = row(draft, confirmation, facts, context.today, &mut batch);
        problems.extend(unproved(&events, facts, context));
        let outcome = match (problems.is_empty(), events.is_empty()) {
            (false, _) => Outcome::Refused,
            (true, false) => Outcome::Accepted,
            (true, true) => Outcome::Unchanged,
        };
        if outcome == Outcome::Accepted {
            writes.push((item_code.clone(), events));
        }
        report.rows.push(RowReport {
            line,
            item_code,
            outcome,
            problems,
        });
    }
    if report.rows.iter().any(|row| row.outcome == Outcome::Refused) {
        refuse_the_rest(&mut report);
        writes.clear();
    }
    report.count();
    (writes, report)
}

/// History is entered as it was kept, and a change that was filed keeps the names it was filed with.
fn judge_own_fields(draft: &mut Draft, facts: &Facts) {
    if let Some(version) = &mut draft.version
        && version.status != ItemStatus::Cancelled
    {
        let set = facts.field_sets.get(version.power_type.code());
        draft.problems.extend(own::judge(set, &mut version.own_fields));
    }
}

/// A flow that has not been proved is not confirmed, whichever way it came: imports, changes that a body files and the
/// legal office's reply to them all decide here.
fn unproved(events: &[ItemEvent], facts: &Facts, context: &Context) -> Vec<Problem> {
    let entered = events.iter().filter_map(|event| match event {
        ItemEvent::Entered(version) => Some(version),
        _ => None,
    });
    entered
        .flat_map(|version| {
            facts.proofs.findings(
                version,
                facts.posts.get(&version.body),
                &facts.assisting,
                &context.calendar,
            )
        })
        .collect()
}

/// All or nothing: a row in order is not entered either, and says so.
fn refuse_the_rest(report: &mut Report) {
    for row in report.rows.iter_mut().filter(|row| row.outcome == Outcome::Accepted) {
        row.outcome = Outcome::Refused;
        let reason = "本行没有问题；因同一文件中其他行有问题，整个文件没有导入";
        row.problems.push(Problem::new("", "batch_refused", reason));
    }
}

impl Report {
    fn count(&mut self) {
        let of = |outcome: Outcome| {
            let rows = self.rows.iter().filter(|row| row.outcome == outcome).count();
            u32::try_from(rows).unwrap_or(u32::MAX)
        };
        (self.accepted, self.unchanged, self.refused) =
            (of(Outcome::Accepted), of(Outcome::Unchanged), of(Outcome::Refused));
    }

    pub fn is_refused(&self) -> bool {
        self.refused > 0
    }

    /// Number of problems by their code.
    pub fn problem_counts(&self) -> BTreeMap<String, u32> {
        let mut counts = BTreeMap::new();
        for problem in self.rows.iter().flat_map(|row| &row.problems) {
            *counts.entry(problem.code.to_string()).or_default() += 1;
        }
        counts
    }
}

/// What earlier rows of the same file took.
#[derive(Default)]
struct Batch {
    codes: BTreeSet<String>,
    names: BTreeMap<(String, PowerType, String), String>,
}

fn row(
    draft: Draft,
    confirmation: &Confirmation,
    facts: &Facts,
    today: Date,
    batch: &mut Batch,
) -> (Vec<ItemEvent>, Vec<Problem>) {
    let mut problems = draft.problems;
    let Some(mut version) = draft.version else {
        return (Vec::new(), problems);
    };
    check_body(&mut version, draft.stated_body.as_deref(), facts, &mut problems);
    check_code(&version, batch, &mut problems);
    check_name(&version, facts, batch, &mut problems);
    let recorded = facts.items.get(&version.item_code);
    let ending = draft.cancelled_on.map(|on| Cancellation {
        on,
        reason: draft.cancel_reason.unwrap_or_else(|| "按确认文件取消".to_owned()),
        confirmation: confirmation.clone(),
    });
    let events = match recorded.and_then(|item| Some((item, item.latest()?))) {
        None => enter(version, ending, &mut problems),
        Some((item, latest)) => {
            // A row that leaves the start open means the start that is recorded.
            if !draft.states_start && version.valid_from == today {
                version.valid_from = latest.valid_from;
            }
            change(version, ending, item, latest, today, draft.states_start, &mut problems)
        }
    };
    match problems.is_empty() {
        true => (events, problems),
        false => (Vec::new(), problems),
    }
}

fn check_body(version: &mut ItemVersion, stated: Option<&str>, facts: &Facts, problems: &mut Vec<Problem>) {
    let Some(body) = facts.bodies.get(&version.body) else {
        let reason = format!("部门代码{}没有在本行政区划登记", version.body);
        problems.push(Problem::new("item_code", "body_unregistered", reason));
        return;
    };
    if let Some(stated) = stated
        && stated != body.name
        && stated != body.body
    {
        let reason = format!("实施主体与事项编码不一致：编码{}登记的是“{}”", body.body, body.name);
        problems.push(Problem::new("body", "body_differs", reason));
    }
    if !division_matches(&version.item_code, &body.division) {
        let reason = format!("“{}”登记的行政区划是{}，与编码不一致", body.name, body.division);
        problems.push(Problem::new("item_code", "division_differs", reason));
    }
    version.body_name.clone_from(&body.name);
    version.body_nature = body.nature.label().to_owned();
    if version.entrusting_body.is_none() {
        version.entrusting_body = body.nature.entrusting_body().map(str::to_owned);
    }
}

/// A county body stands under its six digits; a town's two digits have a register of their own.
fn division_matches(item_code: &str, division: &str) -> bool {
    ItemCode::parse(item_code).is_ok_and(|code| {
        let digits = code.division();
        digits.trim_end_matches('0') == division.trim_end_matches('0')
            || division.get(..6).is_some_and(|county| digits.starts_with(county))
    })
}

fn check_code(version: &ItemVersion, batch: &mut Batch, problems: &mut Vec<Problem>) {
    if !batch.codes.insert(version.item_code.clone()) {
        problems.push(Problem::new(
            "item_code",
            "duplicate_code",
            "同一文件中已有这个事项编码",
        ));
    }
}

fn check_name(version: &ItemVersion, facts: &Facts, batch: &mut Batch, problems: &mut Vec<Problem>) {
    if version.status == ItemStatus::Cancelled || version.name.is_empty() {
        return;
    }
    let key = (version.body.clone(), version.power_type, version.name.clone());
    let holder = facts.names.get(&key).or(batch.names.get(&key));
    if let Some(other) = holder.filter(|other| **other != version.item_code) {
        let reason = format!("本单位已有同类同名的事项{other}");
        problems.push(Problem::new("name", "duplicate_name", reason));
    }
    batch.names.entry(key).or_insert_with(|| version.item_code.clone());
}

/// A code seen for the first time. What is over already is entered as history with its end.
fn enter(version: ItemVersion, ending: Option<Cancellation>, problems: &mut Vec<Problem>) -> Vec<ItemEvent> {
    let cancelled = version.status == ItemStatus::Cancelled;
    if version.power_type.is_abolished() && !cancelled {
        let reason = "国发〔2015〕27号已取消非行政许可审批类别，不得新列此类事项；历史事项请把状态写为“已取消”";
        problems.push(Problem::new("item_code", "type_abolished", reason));
    }
    let mut events = vec![ItemEvent::Entered(Box::new(version))];
    if cancelled {
        events.extend(ending.map(ItemEvent::Cancelled));
    }
    events
}

fn change(
    mut version: ItemVersion,
    ending: Option<Cancellation>,
    item: &Item,
    latest: &ItemVersion,
    today: Date,
    states_start: bool,
    problems: &mut Vec<Problem>,
) -> Vec<ItemEvent> {
    let over = item.cancelled().is_some();
    if version.status == ItemStatus::Cancelled {
        return match (over, ending) {
            (false, Some(ending)) => vec![ItemEvent::Cancelled(ending)],
            _ => Vec::new(),
        };
    }
    if over {
        let reason = "这个编码属于已取消的事项，编码不再重复使用，请另编流水号";
        problems.push(Problem::new("item_code", "code_taken", reason));
        return Vec::new();
    }
    if version.says_the_same_as(latest) {
        return Vec::new();
    }
    if !states_start {
        version.valid_from = today;
    }
    if version.valid_from < latest.valid_from {
        let reason = format!("生效时间早于现行版本的生效时间{}", latest.valid_from);
        problems.push(Problem::new("valid_from", "range", reason));
    }
    version.version = latest.version + 1;
    vec![ItemEvent::Entered(Box::new(version))]
}
