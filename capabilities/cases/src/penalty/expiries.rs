//! What the law does by itself when a day has passed: the time to answer a notice runs out (行政处罚法 44, 45, 62).
//! Applied first by every command and by the timer, so that a late timer never beats the law.

use mingjing_chronicle::{Refusal, shanghai_date};

use super::PenaltyCase;
use super::decide::{PenaltyVerdict, done_on};
use super::events::{DefencePeriodEnded, PenaltyEffects, PenaltyFact};
use crate::clock::{ClockChange, ClockKind};
use crate::decide::Setting;
use crate::events::TimerDue;

/// The expiry due by today that has not been recorded.
///
/// # Errors
/// Where the flow gives no result; the case then needs a person.
pub fn due(case: &PenaltyCase, setting: &Setting<'_>) -> Result<Option<PenaltyVerdict>, Refusal> {
    let today = setting.context.today;
    let Some(clock) = case.clock(ClockKind::Defence) else {
        return Ok(timer_fired(case, setting));
    };
    let silent = clock.runs() && !case.erased && case.facts.decided.is_none() && clock.overdue_on(today);
    let Some(step) = case.step_of("defence").filter(|_| silent) else {
        return Ok(timer_fired(case, setting));
    };
    let last_day = clock.due.on;
    let effects = PenaltyEffects {
        flow: setting.complete(case, &step.task, "expired")?,
        clocks: vec![ClockChange::Stopped {
            kind: ClockKind::Defence,
            on: last_day,
        }],
        ..PenaltyEffects::default()
    };
    let fact = PenaltyFact::DefencePeriodEnded(Box::new(DefencePeriodEnded { last_day }));
    Ok(Some(done_on(case, fact, effects, last_day, "", setting)))
}

/// The law's own expiries come first; the flow's timers are the body's.
fn timer_fired(case: &PenaltyCase, setting: &Setting<'_>) -> Option<PenaltyVerdict> {
    if case.erased {
        return None;
    }
    let (due, flow) = setting.timers_due(case)?;
    let effects = PenaltyEffects {
        flow,
        ..PenaltyEffects::default()
    };
    let fact = PenaltyFact::TimerFired(Box::new(TimerDue { due }));
    Some(done_on(case, fact, effects, shanghai_date(due), "", setting))
}
