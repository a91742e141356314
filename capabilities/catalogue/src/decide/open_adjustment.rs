//! An edition arrived: what cites a changed article becomes a task, and the clock T1 runs from the
//! norm's publication (S0 二(一)2, S3.7, S4 四·3; amount and unit are the place's).

use std::collections::BTreeMap;

use mingjing_chronicle::Context;

use crate::adjustment::{AdjustmentEvent, AdjustmentTask, CitedBy, CitingKind, Opened};
use crate::decide::limits_of_change::to_apply;
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
        clock: to_apply(edition.adopted.unwrap_or(edition.in_force_from), context),
        tasks: tasks.into_values().collect(),
    })))
}
