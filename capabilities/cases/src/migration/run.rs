//! Carrying a confirmed plan out: case by case, each in one transaction with its outcome in the plan, so that a run that
//! was cut off goes on where it was, and what was done is not done twice.

use std::sync::Arc;

use mingjing_catalogue::public::Item;
use mingjing_chronicle::job::{Job, JobFuture};
use mingjing_chronicle::{Actor, Chronicle, Fault, JobError, JobHandler, Loaded, NewJob, Request, Stop, Tx};
use serde_json::{Value as Json, json};

use super::commands::about;
use super::plan::{MigrationPlan, PlanEvent, PlanFiled, PlanState, Why};
use super::trial::{Between, why, whys};
use crate::case::Case;
use crate::commands::{self, Command, Ground, append_to};
use crate::decide::{Verdict, settled};
use crate::events::{Colleague, Effects, FlowMoved};
use crate::matter::Matter;
use crate::number::Procedure;
use crate::penalty::commands::PenaltyCommand;
use crate::penalty::{self, PenaltyCase};
use crate::views::charts;

pub const MIGRATE: &str = "cases.migrate";

/// The work of a confirmed plan: so many cases in one run, then the next run, until none is left.
pub struct Migrate {
    at_once: u32,
}

impl Migrate {
    pub fn of_at_once(at_once: u32) -> Migrate {
        Migrate { at_once }
    }
}

impl Default for Migrate {
    /// Well within the lease of a job.
    fn default() -> Migrate {
        Migrate::of_at_once(100)
    }
}

impl JobHandler for Migrate {
    fn run(&self, chronicle: Arc<Chronicle>, job: Job) -> JobFuture {
        let at_once = self.at_once;
        Box::pin(async move {
            let Some(plan_no) = job.payload.get("plan").and_then(Json::as_str).map(str::to_owned) else {
                return Err(JobError::GiveUp("the job names no plan".into()));
            };
            let system = || Request::by(Actor::system());
            let of = plan_no.clone();
            // A run that was cut off left some that were taken up: those come first.
            chronicle.perform(system(), move |tx| take_up(tx, &of, at_once)).await?;
            let of = plan_no.clone();
            let open = chronicle
                .read(move |reader| {
                    let plan = reader.load::<MigrationPlan>(&of)?;
                    let open = plan.open().take(at_once as usize);
                    Ok(open.map(str::to_owned).collect::<Vec<_>>())
                })
                .await?;
            for case_no in open {
                one(&chronicle, &plan_no, &case_no).await?;
            }
            chronicle.perform(system(), move |tx| finish(tx, &plan_no)).await?;
            Ok(())
        })
    }
}

/// The next cases of a plan about all, once those before have their outcomes.
fn take_up(tx: &mut Tx<'_>, plan_no: &str, most: u32) -> Result<(), Stop> {
    let mut plan = tx.load::<MigrationPlan>(plan_no)?;
    let Some(filed) = plan.filed.clone().filter(|_| plan.open().next().is_none()) else {
        return Ok(());
    };
    let cases = charts::left(tx.sql(), &plan, most.into())?;
    match cases.is_empty() {
        true => Ok(()),
        false => outcome(tx, &mut plan, &filed, PlanEvent::TakenUp { cases }),
    }
}

async fn one(chronicle: &Chronicle, plan_no: &str, case_no: &str) -> Result<(), Stop> {
    let (plan, case) = (plan_no.to_owned(), case_no.to_owned());
    let system = || Request::by(Actor::system());
    match chronicle.perform(system(), move |tx| move_one(tx, &plan, &case)).await {
        Ok(_) => Ok(()),
        // The law or the flow said no to what was due before: the case stays, and the others go on.
        Err(Stop::Refusal(refusal)) => {
            let (plan, case) = (plan_no.to_owned(), case_no.to_owned());
            let because = vec![why(&refusal.code, &refusal.message)];
            chronicle
                .perform(system(), move |tx| stays(tx, &plan, &case, because.clone()))
                .await?;
            Ok(())
        }
        Err(stop) => Err(stop),
    }
}

/// A plan that is under way, if the case has no outcome in it yet.
fn due(tx: &mut Tx<'_>, plan_no: &str, case_no: &str) -> Result<Option<Loaded<MigrationPlan>>, Fault> {
    let plan = tx.load::<MigrationPlan>(plan_no)?;
    let due = plan.state.state == PlanState::Confirmed && plan.is_open(case_no);
    Ok(due.then_some(plan))
}

fn move_one(tx: &mut Tx<'_>, plan_no: &str, case_no: &str) -> Result<(), Stop> {
    let Some(plan) = due(tx, plan_no, case_no)? else {
        return Ok(());
    };
    // What is due by law comes first; then the case is judged as it is now.
    if Procedure::of(case_no) == Some(Procedure::Penalty) {
        penalty::commands::act(tx, case_no, None, &PenaltyCommand::ApplyExpiries)?;
        return moved::<PenaltyCase>(tx, plan, case_no);
    }
    commands::act(tx, case_no, None, &Command::ApplyExpiries)?;
    moved::<Case>(tx, plan, case_no)
}

fn moved<M: Matter>(tx: &mut Tx<'_>, mut plan: Loaded<MigrationPlan>, case_no: &str) -> Result<(), Stop> {
    let (Some(filed), Some(confirmed_by)) = (plan.filed.clone(), plan.confirmed_by.clone()) else {
        return Err(Fault::Inconsistent(format!("plan {} is confirmed and was never filed", plan.id)).into());
    };
    let item = tx.consult::<Item>(&filed.item_code)?;
    let between = Between::of(item.state, filed.from_version, filed.to_version, filed.plan.clone())?;
    let mut case = tx.load::<M>(case_no)?;
    let events = tx.events(M::STREAM, case_no)?;
    let unstaffed = between.unstaffed(tx.sql(), case.handled_by())?;
    let (at, calendar) = (tx.context().at, Arc::clone(&tx.context().calendar));
    let judged = match between.judge(&*case.state, &events, unstaffed, at, &calendar) {
        Ok(judged) if judged.moves() => judged,
        Ok(judged) => return outcome(tx, &mut plan, &filed, stayed(case_no, whys(&judged.errors))),
        Err(because) => return outcome(tx, &mut plan, &filed, stayed(case_no, because)),
    };
    let Some(item) = case.item().and_then(|item| between.item.shared_version(item.version)) else {
        return Err(Fault::Inconsistent("a case rests on an item version that is not there".into()).into());
    };
    let ground = Ground::charted(tx, item, Arc::clone(&between.to), &filed.body)?;
    let remarks: Vec<String> = judged.remarks.iter().map(|remark| remark.message.clone()).collect();
    let fact = fact(&plan.id, &filed, confirmed_by, &judged, &remarks);
    let effects = Effects {
        flow: judged.flow,
        ..Effects::default()
    };
    let mut placed = (*case.state).clone();
    placed.place_at(judged.steps);
    let on = ground.context.today;
    let event = settled(&placed, M::moved(fact, effects), on, &ground.setting());
    let verdict = Verdict {
        events: vec![event],
        happened_on: on,
        post: String::new(),
    };
    append_to(tx, &mut case, verdict, &ground)?;
    let moved = PlanEvent::CaseMoved {
        case_no: case_no.to_owned(),
        remarks,
    };
    outcome(tx, &mut plan, &filed, moved)
}

fn fact(
    plan_no: &str,
    filed: &PlanFiled,
    confirmed_by: Colleague,
    judged: &crate::flow::Judged,
    remarks: &[String],
) -> FlowMoved {
    FlowMoved {
        plan: plan_no.to_owned(),
        from_version: filed.from_version,
        to_version: filed.to_version,
        from_flow: filed.from_flow.clone(),
        to_flow: filed.to_flow.clone(),
        reasons: filed.reasons.clone(),
        filed_by: filed.by.clone(),
        confirmed_by,
        places: judged.places.clone(),
        remarks: remarks.to_vec(),
    }
}

fn stayed(case_no: &str, why: Vec<Why>) -> PlanEvent {
    PlanEvent::CaseStayed {
        case_no: case_no.to_owned(),
        why,
    }
}

fn stays(tx: &mut Tx<'_>, plan_no: &str, case_no: &str, because: Vec<Why>) -> Result<(), Stop> {
    let Some(mut plan) = due(tx, plan_no, case_no)? else {
        return Ok(());
    };
    let Some(filed) = plan.filed.clone() else {
        return Ok(());
    };
    outcome(tx, &mut plan, &filed, stayed(case_no, because))
}

fn outcome(tx: &mut Tx<'_>, plan: &mut Loaded<MigrationPlan>, filed: &PlanFiled, event: PlanEvent) -> Result<(), Stop> {
    let about = about(tx.context(), &filed.body);
    tx.append(plan, vec![event], &about)?;
    Ok(())
}

/// The end, or another run for the cases that are left.
fn finish(tx: &mut Tx<'_>, plan_no: &str) -> Result<(), Stop> {
    let mut plan = tx.load::<MigrationPlan>(plan_no)?;
    let Some(filed) = plan.filed.clone().filter(|_| plan.state.state == PlanState::Confirmed) else {
        return Ok(());
    };
    let run_at = tx.context().at;
    if plan.open().next().is_some() || !charts::left(tx.sql(), &plan, 1)?.is_empty() {
        tx.enqueue(NewJob {
            id: format!("migrate-{plan_no}-{}", plan.outcomes.len()),
            kind: MIGRATE,
            payload: json!({"plan": plan_no}),
            run_at,
        })?;
        return Ok(());
    }
    let counted = plan.counted();
    let finished = PlanEvent::Finished {
        moved: counted.moved,
        stayed: counted.stayed,
    };
    outcome(tx, &mut plan, &filed, finished)
}
