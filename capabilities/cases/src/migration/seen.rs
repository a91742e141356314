//! A plan as people and systems are shown it: what was said, and what a trial says of it now or what came of it so far.

use std::sync::Arc;

use mingjing_catalogue::public::Item;
use mingjing_chronicle::{Context, Fault, Reader};
use mingjing_web::Scope;

use super::commands::{Trial, tried};
use super::plan::{MigrationPlan, PlanFiled, PlanState};
use super::trial::Between;
use crate::views::charts;

pub(crate) struct PlanSeen {
    pub(crate) plan: Arc<MigrationPlan>,
    pub(crate) version: i64,
    pub(crate) filed: PlanFiled,
    /// None where the item has changed so that the plan fits nothing any more.
    pub(crate) between: Option<Between>,
    /// Made just now, of a plan that waits for its confirmation.
    pub(crate) trial: Option<Trial>,
    /// How many run on the chart before.
    pub(crate) running: i64,
    /// Of a plan that is under way: how many have no outcome yet.
    pub(crate) waiting: i64,
}

/// A plan within one's scope.
///
/// # Errors
/// [`Fault`] from the database.
pub(crate) fn seen(
    reader: &mut Reader<'_>,
    plan_no: &str,
    scope: &Scope,
    context: &Context,
) -> Result<Option<PlanSeen>, Fault> {
    let plan = reader.load::<MigrationPlan>(plan_no)?;
    let Some(filed) = plan.filed_within(scope).cloned() else {
        return Ok(None);
    };
    let item = reader.load::<Item>(&filed.item_code)?.state;
    let between = Between::of(item, filed.from_version, filed.to_version, filed.plan.clone()).ok();
    let trial = match &between {
        Some(between) if plan.state.state == PlanState::Filed => Some(tried(reader, between, &filed.chosen, context)?),
        _ => None,
    };
    let chart = (filed.item_code.as_str(), filed.from_version);
    let not_taken_up = match plan.goes_on_after() {
        Some(after) => charts::count(reader.sql(), chart, after)?,
        None => 0,
    };
    Ok(Some(PlanSeen {
        version: plan.version,
        between,
        trial,
        running: charts::count(reader.sql(), chart, "")?,
        waiting: plan.open().count() as i64 + not_taken_up,
        plan: plan.state,
        filed,
    }))
}
