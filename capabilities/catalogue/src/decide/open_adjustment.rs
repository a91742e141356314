//! An edition arrived: what cites a changed article becomes a task, and the clock T1 runs from the
//! norm's publication (S0 二(一)2, S3.7, S4 四·3; amount and unit are the place's).

use std::collections::BTreeMap;

use mingjing_calendar::{LimitUnit, Period};
use mingjing_chronicle::Context;

use crate::adjustment::{AdjustmentClock, AdjustmentEvent, AdjustmentTask, CitedBy, CitingKind, Opened};
use crate::edition::{ArticleChange, Edition};

/// `None` where nothing cites what changed.
pub fn decide(law: &str, edition: &Edition, cited: &[CitedBy], context: &Context) -> Option<AdjustmentEvent> {
    let mut tasks: BTreeMap<(CitingKind, &str), AdjustmentTask> = BTreeMap::new();
    for one in cited {
        let touched = edition.changes.iter().filter(|change| change.old == Some(one.article));
        for change in touched {
            let task = tasks.entry((one.kind, &one.id)).or_insert_with(|| AdjustmentTask {
                kind: one.kind,
                id: one.id.clone(),
                name: one.name.clone(),
                body: one.body.clone(),
                area: one.area.clone(),
                changes: Vec::new(),
            });
            if !task.changes.contains(change) {
                task.changes.push(ArticleChange::clone(change));
            }
        }
    }
    if tasks.is_empty() {
        return None;
    }
    Some(AdjustmentEvent::Opened(Box::new(Opened {
        law: law.to_owned(),
        edition: edition.in_force_from,
        clock: clock(edition, context),
        tasks: tasks.into_values().collect(),
    })))
}

/// Where a profile is silent, the shortest of the three places: 10 working days.
fn clock(edition: &Edition, context: &Context) -> AdjustmentClock {
    let parameters = &context.parameters;
    let amount = u32::try_from(parameters.number("adjustment.apply.amount", 10)).unwrap_or(10);
    let unit = match parameters.text("adjustment.apply.unit") {
        Some("calendar_day") => LimitUnit::CalendarDay,
        _ => LimitUnit::WorkingDay,
    };
    let from = edition.adopted.unwrap_or(edition.in_force_from);
    let due = context.calendar.due(from, Period { amount, unit });
    let (due, why) = match due {
        Ok(due) => (Some(due.due), due.why),
        Err(why) => (None, vec![format!("期限没有算出：{why}")]),
    };
    AdjustmentClock {
        from,
        amount,
        unit: unit.name().to_owned(),
        due,
        why,
        parameters: parameters.version.clone(),
    }
}
