//! Plans inside their transactions: filed, confirmed, declined, withdrawn. Confirming orders the work.

use mingjing_catalogue::public::Item;
use mingjing_chronicle::{
    About, Actor, Chronicle, Context, Done, Fault, Loaded, NewJob, Reader, Refusal, Request, Stop, Tx,
};
use mingjing_people::public::permissions;
use mingjing_web::{Permission, Scope, Subject};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::decide::{self, MigrationOrder};
use super::plan::{Chosen, MigrationPlan, PlanEvent, PlanFiled, Tried};
use super::run::MIGRATE;
use super::trial::{Between, CaseTried, try_cases};
use super::{CONFIRM, PLAN};
use crate::commands::inspectors;
use crate::events::Colleague;
use crate::views::charts;

/// Cases that a trial of all looks at; those that were chosen are all looked at.
pub const MOST_TRIED: i64 = 200;

/// A plan as tried: nothing was written.
#[derive(Debug, Clone)]
pub struct Trial {
    pub cases: Vec<CaseTried>,
    /// How many run on the chart.
    pub running: i64,
    /// How many of those that the plan is about were not looked at.
    pub untried: u32,
}

impl Trial {
    pub fn counted(&self) -> Tried {
        let moves = self.cases.iter().filter(|case| case.moves()).count();
        Tried {
            moves: moves as u32,
            stays: (self.cases.len() - moves) as u32,
            untried: self.untried,
        }
    }
}

/// What a command answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MigrationPlanRef")]
pub struct PlanRef {
    pub plan_no: String,
    pub version: i64,
}

impl PlanRef {
    fn of(plan: &Loaded<MigrationPlan>) -> PlanRef {
        PlanRef {
            plan_no: plan.id.clone(),
            version: plan.version,
        }
    }
}

/// Tries a plan on the cases it names, or on the first of all that run.
///
/// # Errors
/// `cases.migration.*`; what lies outside one's scope is not there; a fault of the database.
pub async fn try_plan(chronicle: &Chronicle, actor: &Actor, order: &MigrationOrder) -> Result<Trial, Stop> {
    let scope = scope_of(actor, PLAN)?;
    let (order, context) = (order.clone(), chronicle.context(actor.clone()));
    chronicle
        .read(move |reader| trial(reader, &scope, &order, &context))
        .await?
        .map_err(Stop::Refusal)
}

fn trial(
    reader: &mut Reader<'_>,
    scope: &Scope,
    order: &MigrationOrder,
    context: &Context,
) -> Result<Result<Trial, Refusal>, Fault> {
    let item = reader.load::<Item>(&order.item_code)?;
    let between = Between::of(item.state, order.from_version, order.to_version, order.plan.clone());
    let between = match between.and_then(|between| decide::may_try(order, &between, context).map(|()| between)) {
        Ok(between) => between,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if !charts::item_within(reader, scope, &order.item_code)? {
        return Ok(Err(no_item()));
    }
    tried(reader, &between, &order.chosen, context).map(Ok)
}

/// Judges the chosen cases that run on the chart, as they are recorded now.
///
/// # Errors
/// [`Fault`] from the database.
pub(crate) fn tried(
    reader: &mut Reader<'_>,
    between: &Between,
    chosen: &Chosen,
    context: &Context,
) -> Result<Trial, Fault> {
    let chart = (between.from.item_code.as_str(), between.from.version);
    let running = charts::count(reader.sql(), chart, "")?;
    let (cases, about) = match chosen {
        Chosen::All => (charts::running(reader.sql(), chart, "", MOST_TRIED)?, running),
        Chosen::Some(cases) => (charts::among(reader, chart.0, cases)?, 0),
    };
    let untried = about.saturating_sub(cases.len() as i64).max(0) as u32;
    Ok(Trial {
        cases: try_cases(reader, between, &cases, context.at, &context.calendar)?,
        running,
        untried,
    })
}

/// Files a plan; gives its number.
///
/// # Errors
/// `cases.migration.*`; no right to plan for this body; a fault of the database.
pub async fn file_plan(chronicle: &Chronicle, request: Request, order: MigrationOrder) -> Result<Done<PlanRef>, Stop> {
    let scope = scope_of(&request.actor, PLAN)?;
    // The proof of many cases must not hold up the one writer.
    let tried = try_plan(chronicle, &request.actor, &order).await?.counted();
    chronicle
        .perform(request, move |tx| {
            let item = tx.consult::<Item>(&order.item_code)?;
            let between = Between::of(item.state, order.from_version, order.to_version, order.plan.clone())?;
            let (body, area) = charts::place_of(tx.sql(), &order.item_code)?.ok_or_else(no_item)?;
            within(&scope, &body, &area)?;
            let plan_no = plan_no(tx.context(), &area);
            let mut plan = tx.load::<MigrationPlan>(&plan_no)?;
            let by = me(tx)?;
            let event = decide::file(&order, &between, tried, (&body, &area), by, tx.context())?;
            let about = about(tx.context(), &body);
            tx.append(&mut plan, vec![event], &about)?;
            Ok(PlanRef::of(&plan))
        })
        .await
}

/// The legal office confirms; from then on the cases are moved one after the other.
///
/// # Errors
/// `cases.migration.*`; what lies outside one's scope is not there; a conflict where the plan moved on since it was
/// `seen`; a fault of the database.
pub async fn confirm_plan(
    chronicle: &Chronicle,
    request: Request,
    plan_no: String,
    seen: Option<i64>,
    opinion: String,
) -> Result<Done<PlanRef>, Stop> {
    say(
        chronicle,
        request,
        CONFIRM,
        (plan_no, seen),
        move |tx, plan, filed, by| {
            let item = tx.consult::<Item>(&filed.item_code)?;
            decide::may_reply(plan, tx.context())?;
            decide::still_in_force(&item, filed.to_version, tx.context())?;
            let chart = (filed.item_code.as_str(), filed.from_version);
            let about = match &filed.chosen {
                Chosen::All => decide::About::All(charts::count(tx.sql(), chart, "")?),
                Chosen::Some(cases) => decide::About::These(charts::still_running(tx.sql(), chart, cases)?),
            };
            let event = decide::confirm(plan, &opinion, about, by, tx.context())?;
            let run_at = tx.context().at;
            tx.enqueue(NewJob {
                id: format!("migrate-{}-0", plan.id),
                kind: MIGRATE,
                payload: json!({"plan": plan.id}),
                run_at,
            })?;
            Ok(event)
        },
    )
    .await
}

/// # Errors
/// As [`confirm_plan`].
pub async fn decline_plan(
    chronicle: &Chronicle,
    request: Request,
    plan_no: String,
    seen: Option<i64>,
    reasons: String,
) -> Result<Done<PlanRef>, Stop> {
    say(chronicle, request, CONFIRM, (plan_no, seen), move |tx, plan, _, by| {
        Ok(decide::decline(plan, &reasons, by, tx.context())?)
    })
    .await
}

/// # Errors
/// As [`confirm_plan`].
pub async fn withdraw_plan(
    chronicle: &Chronicle,
    request: Request,
    plan_no: String,
    seen: Option<i64>,
    reasons: String,
) -> Result<Done<PlanRef>, Stop> {
    say(chronicle, request, PLAN, (plan_no, seen), move |_, plan, _, by| {
        Ok(decide::withdraw(plan, &reasons, by)?)
    })
    .await
}

/// One thing said to a plan that was filed, by somebody with this permission for it.
async fn say(
    chronicle: &Chronicle,
    request: Request,
    permission: Permission,
    (plan_no, seen): (String, Option<i64>),
    decide: impl Fn(&mut Tx<'_>, &Loaded<MigrationPlan>, &PlanFiled, Colleague) -> Result<PlanEvent, Stop> + Send + 'static,
) -> Result<Done<PlanRef>, Stop> {
    let scope = scope_of(&request.actor, permission)?;
    chronicle
        .perform(request, move |tx| {
            let mut plan = match seen {
                Some(seen) => tx.load_seen::<MigrationPlan>(&plan_no, seen)?,
                None => tx.load::<MigrationPlan>(&plan_no)?,
            };
            let filed = plan.filed_within(&scope).ok_or_else(unknown)?.clone();
            let by = me(tx)?;
            let event = decide(tx, &plan, &filed, by)?;
            let about = about(tx.context(), &filed.body);
            tx.append(&mut plan, vec![event], &about)?;
            Ok(PlanRef::of(&plan))
        })
        .await
}

pub(crate) fn unknown() -> Refusal {
    Refusal::not_found("cases.migration.unknown", "没有这个迁移方案。").advice("请从清单中选择。")
}

fn no_item() -> Refusal {
    Refusal::not_found("cases.migration.no_item", "没有办理中的办件用着这个事项的这一流程图。")
        .advice("请从清单中选择事项。")
}

fn within(scope: &Scope, body: &str, area: &str) -> Result<(), Refusal> {
    let subject = Subject {
        body,
        area,
        party_account: "",
        published: false,
    };
    scope.covers(&subject).then_some(()).ok_or_else(no_item)
}

fn scope_of(actor: &Actor, permission: Permission) -> Result<Scope, Refusal> {
    permissions::require(actor, permission)?;
    Ok(permissions::scope(actor, permission).unwrap_or(Scope::All))
}

fn me(tx: &mut Tx<'_>) -> Result<Colleague, Stop> {
    let (account, today) = (tx.context().actor.account.clone(), tx.context().today);
    let me = inspectors(tx, std::slice::from_ref(&account), today)?.pop();
    Ok(Colleague {
        name: me.map(|me| me.name).unwrap_or_default(),
        account,
    })
}

pub(super) fn about(context: &Context, body: &str) -> About {
    About {
        class: "register",
        body: body.to_owned(),
        ..About::new(context)
    }
}

/// `<division>-QY<day>-<8 characters>`: tells the day and nothing else, and cannot be counted through.
fn plan_no(context: &Context, area: &str) -> String {
    let chance = context.id("migration_plan");
    let day = context.today.strftime("%Y%m%d");
    let division: String = area.chars().take(6).collect();
    format!("{division}-QY{day}-{}", chance[..8].to_ascii_uppercase())
}
