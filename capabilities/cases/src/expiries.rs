//! What the law does by itself when a day has passed. Applied first by every command and by the timer, so that a
//! late timer never beats the law.

use jiff::civil::Date;
use mingjing_chronicle::{Refusal, shanghai_date};

use crate::case::Case;
use crate::clock::ClockKind;
use crate::decide::{Setting, Verdict, accept, assist, done_on, settled};
use crate::events::{AcceptanceDeemed, CaseEvent, Effects, TimerDue, TimerFired};

/// Every expiry due by today that has not been recorded, in order.
///
/// # Errors
/// Where the item's limits or flow give no result; the case then needs a person.
pub fn due(case: &Case, setting: &Setting<'_>) -> Result<Option<Verdict>, Refusal> {
    match deemed_acceptance(case, setting.context.today) {
        Some(expiry) => accepted_by_expiry(case, expiry, setting).map(Some),
        None => Ok(timer_fired(case, setting).or_else(|| assist::overdue(case, setting))),
    }
}

/// The law's own expiries come first; the flow's timers are the body's.
fn timer_fired(case: &Case, setting: &Setting<'_>) -> Option<Verdict> {
    if case.erased {
        return None;
    }
    let (due, flow) = setting.timers_due(case)?;
    let event = CaseEvent::TimerFired(TimerFired {
        timer: TimerDue { due },
        effects: Effects {
            flow,
            ..Effects::default()
        },
    });
    Some(done_on(case, event, shanghai_date(due), String::new(), setting))
}

struct DeemedAcceptance {
    task: String,
    received_on: Date,
    expired_on: Date,
}

/// 许可法 32(1)(四): nothing told within five working days from receipt. Anything told in time (supplement, refusal,
/// no permit needed, acceptance) stops the clock.
fn deemed_acceptance(case: &Case, today: Date) -> Option<DeemedAcceptance> {
    let clock = case.clock(ClockKind::Telling)?;
    let facts = &case.facts;
    let silent = clock.runs() && facts.accepted.is_none() && facts.withdrawn.is_none() && !case.erased;
    if !silent || !clock.overdue_on(today) {
        return None;
    }
    Some(DeemedAcceptance {
        task: case.step_of("accept")?.task.clone(),
        received_on: facts.received?,
        expired_on: clock.due.on,
    })
}

/// "自收到申请材料之日起即为受理": the decision clocks run from the day of receipt.
fn accepted_by_expiry(case: &Case, expiry: DeemedAcceptance, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let effects = accept::effects(case, &expiry.task, expiry.received_on, setting)?;
    let event = CaseEvent::AcceptanceDeemed(AcceptanceDeemed {
        accepted_on: expiry.received_on,
        expired_on: expiry.expired_on,
        effects,
    });
    Ok(Verdict {
        events: vec![settled(case, event, expiry.received_on, setting)],
        happened_on: expiry.received_on,
        post: String::new(),
    })
}
