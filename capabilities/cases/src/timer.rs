//! The timer of expiries: a job for the day after a limit ends, enqueued with the act that started the limit. It only
//! wakes the law: every command applies due expiries first, so a late job changes nothing.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use mingjing_chronicle::job::{Job, JobFuture};
use mingjing_chronicle::{
    Actor, Aggregate, Chronicle, Fault, Follower, JobError, JobHandler, NewJob, RecordedEvent, Request, Stop, Tx,
    params,
};
use mingjing_people::public::Officer;
use serde_json::{Value as Json, json};

use crate::case::Case;
use crate::clock::{CaseClock, ClockKind};
use crate::commands::{self, Command};
use crate::matter::Matter;
use crate::number::Procedure;
use crate::penalty;
use crate::penalty::commands::PenaltyCommand;

pub const APPLY_EXPIRIES: &str = "cases.apply_expiries";

/// The job that looks at the case on the first day after `due`. The day is in the id: where a due date moves, another
/// job looks at the new day.
pub(crate) fn wake_after(tx: &mut Tx<'_>, case_no: &str, due: Date) -> Result<(), Fault> {
    tx.enqueue(NewJob {
        id: format!("expiry-{case_no}-{due}"),
        kind: APPLY_EXPIRIES,
        payload: json!({"case_no": case_no}),
        run_at: first_moment_after(due),
    })
}

/// The job that gives delegated steps back when their day is over, and the one that fires the flow's next timer, where the
/// flow has one. The moment is in the id: two acts that leave the same
/// timer next wake the case once, and a timer that moved is looked at when it is due.
pub(crate) fn wake_flow<M: Matter>(tx: &mut Tx<'_>, case_no: &str, case: &M) -> Result<(), Fault> {
    for lent in case.steps().iter().filter_map(|step| step.lent.as_ref()) {
        wake_after(tx, case_no, lent.until)?;
    }
    let Some(due) = case.flow().next_due() else {
        return Ok(());
    };
    tx.enqueue(NewJob {
        id: format!("flow-{case_no}-{}", due.as_microsecond()),
        kind: APPLY_EXPIRIES,
        payload: json!({"case_no": case_no}),
        run_at: due,
    })
}

fn first_moment_after(due: Date) -> Timestamp {
    due.tomorrow()
        .ok()
        .and_then(|day| day.to_zoned(TimeZone::fixed(jiff::tz::offset(8))).ok())
        .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

pub struct ApplyExpiries;

impl JobHandler for ApplyExpiries {
    fn run(&self, chronicle: Arc<Chronicle>, job: Job) -> JobFuture {
        Box::pin(async move {
            let Some(case_no) = job.payload.get("case_no").and_then(Json::as_str).map(str::to_owned) else {
                return Err(JobError::GiveUp("the job names no case".into()));
            };
            chronicle
                .perform(Request::by(Actor::system()), move |tx| look(tx, &case_no))
                .await?;
            Ok(())
        })
    }
}

fn look(tx: &mut Tx<'_>, case_no: &str) -> Result<(), Stop> {
    if Procedure::of(case_no) == Some(Procedure::Penalty) {
        // The time to answer a notice is never moved, so there is no later day to look at.
        penalty::commands::act(tx, case_no, None, &PenaltyCommand::ApplyExpiries)?;
        return Ok(());
    }
    commands::act(tx, case_no, None, &Command::ApplyExpiries)?;
    let case = tx.load::<Case>(case_no)?;
    let today = tx.context().today;
    let moved = case
        .clock(ClockKind::Telling)
        .filter(|clock| clock.runs() && !clock.overdue_on(today));
    if let Some(due) = moved.map(|clock: &CaseClock| clock.due.on) {
        wake_after(tx, case_no, due)?;
    }
    Ok(())
}

/// Somebody's posts changed: cases of which they have a step are looked at, so that none waits for who may not act.
pub struct PostsLost;

impl Follower for PostsLost {
    fn name(&self) -> &'static str {
        "cases.posts_lost"
    }

    fn wants(&self, stream_kind: &str) -> bool {
        stream_kind == Officer::STREAM
    }

    fn handle(&self, tx: &mut Tx<'_>, event: &RecordedEvent) -> Result<(), Stop> {
        let account = event.envelope.stream_id();
        let rows = tx.query(
            "SELECT DISTINCT case_no FROM {task} WHERE holder = $1 ORDER BY case_no",
            &params![account],
        )?;
        for row in rows {
            let case_no = row.text(0);
            tx.enqueue(NewJob {
                id: format!("posts-{case_no}-{account}-{}", event.envelope.version),
                kind: APPLY_EXPIRIES,
                payload: json!({"case_no": case_no}),
                run_at: event.envelope.recorded_at,
            })?;
        }
        Ok(())
    }
}
