//! The clocks of a change: applying (T1), replying (T2), updating (T3). Amounts and units are the place's (S0 二(一)2,
//! S3.7, S3.8, S4 四·3); the starting day is not counted.

use jiff::civil::Date;
use mingjing_calendar::{LimitUnit, Period};
use mingjing_chronicle::{Context, Parameters};

use crate::adjustment::AdjustmentClock;

/// T1: the body applies. Where a profile is silent, the shortest of the three places: 10 working days.
pub fn to_apply(from: Date, context: &Context) -> AdjustmentClock {
    let amount = context.parameters.number("adjustment.apply.amount", 10);
    clock(from, amount, "adjustment.apply.unit", context)
}

/// T2: the legal office replies. Where a profile is silent, 5 working days.
pub fn to_reply(from: Date, context: &Context) -> AdjustmentClock {
    let amount = context.parameters.number("adjustment.reply.amount", 5);
    clock(from, amount, "adjustment.reply.unit", context)
}

/// T3: the database says what was confirmed. Only some places set it; elsewhere "promptly".
pub fn to_update(from: Date, context: &Context) -> Option<AdjustmentClock> {
    let amount = context.parameters.number("adjustment.update.amount", 0);
    (amount > 0).then(|| clock(from, amount, "adjustment.update.unit", context))
}

/// Whether the body makes a confirmed change itself, within T3 (R29). Where the legal office does, or no limit is set, it
/// is made with the confirmation.
pub fn body_enters(parameters: &Parameters) -> bool {
    parameters.text("adjustment.update.by") == Some("body") && parameters.number("adjustment.update.amount", 0) > 0
}

fn clock(from: Date, amount: i64, unit: &str, context: &Context) -> AdjustmentClock {
    let amount = u32::try_from(amount).unwrap_or(u32::MAX);
    let unit = match context.parameters.text(unit) {
        Some("calendar_day") => LimitUnit::CalendarDay,
        _ => LimitUnit::WorkingDay,
    };
    let (due, why) = match context.calendar.due(from, Period { amount, unit }) {
        Ok(due) => (Some(due.due), due.why),
        Err(why) => (None, vec![format!("期限没有算出：{why}")]),
    };
    AdjustmentClock {
        from,
        amount,
        unit: unit.name().to_owned(),
        due,
        why,
        parameters: context.parameters.version.clone(),
    }
}
