//! Records as the program wrote them while flows ran on the earlier core (schema 1), written into a fresh chronicle: those
//! of a case of today, with what the earlier core recorded of its flow in place of today's.

use std::collections::BTreeMap;

use mingjing_chronicle::{About, Actor, Aggregate, Event, Recorded, Request};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::world::World;

/// A stream of which nothing is known but its name.
#[derive(Clone, Default)]
struct Old<const PENALTY: bool>;

#[derive(Clone, Serialize, Deserialize)]
struct OldEvent {
    #[serde(skip)]
    kind: &'static str,
    #[serde(flatten)]
    payload: Map<String, Json>,
}

impl Event for OldEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        self.kind
    }
}

impl<const PENALTY: bool> Aggregate for Old<PENALTY> {
    type Event = OldEvent;
    const STREAM: &'static str = if PENALTY { "penalty" } else { "case" };

    fn evolve(&mut self, _: &Recorded<'_, OldEvent>) {}
}

/// Takes the records of a case out of one world and writes them as old ones into another. `flows`: lines of a kind and
/// the list of events that the earlier core recorded with it.
pub async fn carried_over<const PENALTY: bool>(from: &World, case_no: &str, flows: &str, into: &World) {
    let flows: BTreeMap<&str, &str> = flows.lines().filter_map(|line| line.split_once(' ')).collect();
    let no = case_no.to_owned();
    let read = from
        .chronicle
        .read(move |reader| reader.events(if PENALTY { "penalty" } else { "case" }, &no));
    for event in read.await.unwrap() {
        let mut payload: Map<String, Json> = serde_json::from_slice(event.json().unwrap()).unwrap();
        let kind = event.envelope.kind.clone();
        if let Some(effects) = payload.get_mut("effects").and_then(Json::as_object_mut) {
            match flows.get(kind.as_str()) {
                Some(flow) => effects.insert("flow".to_owned(), serde_json::from_str(flow).unwrap()),
                None => effects.remove("flow"),
            };
        }
        let event_of_then = OldEvent {
            kind: Box::leak(kind.into_boxed_str()),
            payload,
        };
        let (no, happened_on) = (case_no.to_owned(), event.envelope.happened_on);
        let class = if PENALTY { "penalty" } else { "permit" };
        let written = into.chronicle.perform(Request::by(Actor::system()), move |tx| {
            let mut stream = tx.load::<Old<PENALTY>>(&no)?;
            let about = About {
                happened_on,
                class,
                ..About::new(tx.context())
            };
            tx.append(&mut stream, vec![event_of_then.clone()], &about)?;
            Ok(())
        });
        written.await.unwrap();
    }
}
