//! Writing to an item, and the job that tells its day. The law never waits for the job ([`Item::current`] goes by the
//! day); only what is listed and searched follows it.

use std::sync::Arc;

use jiff::civil::Date;
use mingjing_chronicle::job::{Job, JobFuture};
use mingjing_chronicle::{About, Actor, Chronicle, Fault, JobError, JobHandler, NewJob, Stop, Tx, shanghai};
use serde_json::json;

use crate::decide::take_effect;
use crate::events::ItemEvent;
use crate::item::Item;

pub const TAKE_EFFECT: &str = "catalogue.take_effect";

/// Appends to an item's stream; what takes effect later is told on its day.
pub(crate) fn append_item(tx: &mut Tx<'_>, item_code: &str, events: Vec<ItemEvent>) -> Result<(), Fault> {
    let mut item = tx.load::<Item>(item_code)?;
    let today = tx.context().today;
    let days: Vec<Date> = events.iter().filter_map(|event| event.takes_effect_on(today)).collect();
    let about = About {
        class: "register",
        item: Some(item_code.to_owned()),
        body: item_code.chars().take(10).collect(),
        ..About::new(tx.context())
    };
    tx.append(&mut item, events, &about)?;
    for on in days {
        tx.enqueue(NewJob {
            id: format!("item-effect-{item_code}-{on}"),
            kind: TAKE_EFFECT,
            payload: json!({"item_code": item_code}),
            run_at: first_moment(on)?,
        })?;
    }
    Ok(())
}

fn first_moment(on: Date) -> Result<jiff::Timestamp, Fault> {
    let zoned = on.to_zoned(shanghai());
    let zoned = zoned.map_err(|cause| Fault::Internal(format!("a day has no beginning: {cause}")))?;
    Ok(zoned.timestamp())
}

pub struct TakeEffect;

impl JobHandler for TakeEffect {
    fn run(&self, chronicle: Arc<Chronicle>, job: Job) -> JobFuture {
        Box::pin(async move {
            let Some(item_code) = job.payload["item_code"].as_str().map(str::to_owned) else {
                return Err(JobError::GiveUp("the job names no item".into()));
            };
            chronicle
                .inside(Actor::system(), move |tx| {
                    let events = {
                        let item = tx.load::<Item>(&item_code)?;
                        take_effect::decide(&item, tx.context().today)
                    };
                    if !events.is_empty() {
                        append_item(tx, &item_code, events)?;
                    }
                    Ok::<(), Stop>(())
                })
                .await?;
            Ok(())
        })
    }
}
