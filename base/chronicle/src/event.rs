//! Events and what surrounds them: the envelope is final; payloads belong to the capabilities.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::db::Fault;
use crate::seal::{self, Secret};

/// 128 random bits in lower-case hex. Not derived from anything, so it tells nothing.
pub type EventId = String;

/// A capability's private events: one enum per aggregate, serialised with serde.
pub trait Event: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// Shape number of the enum as written today. Older shapes are lifted, never edited.
    const SCHEMA: i32;

    /// Stable name of this act, e.g. `case.accepted`.
    fn kind(&self) -> &'static str;

    /// Whether a person who decided on an older version may go on although this happened since.
    fn harmless(&self) -> bool {
        false
    }

    /// Lifts an old payload to today's shape.
    fn lift(_kind: &str, _schema: i32, payload: Json) -> Json {
        payload
    }
}

/// State folded from the events of one stream.
pub trait Aggregate: Default + Clone + Send + Sync + 'static {
    type Event: Event;
    /// First part of the stream's name: `case`, `item`, `account` …
    const STREAM: &'static str;

    /// Applies one recorded event. Never calls law, calendar or rules: the event holds the results.
    /// An erased event changes nothing but what its envelope tells.
    fn evolve(&mut self, recorded: &Recorded<'_, Self::Event>);
}

/// One event with its envelope, as an aggregate sees it.
pub struct Recorded<'a, E> {
    pub envelope: &'a Envelope,
    pub payload: Payload<&'a E>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payload<T> {
    Known(T),
    /// The key was deleted by an erasure; only the envelope remains.
    Erased,
}

impl<T> Payload<T> {
    pub fn known(self) -> Option<T> {
        match self {
            Payload::Known(value) => Some(value),
            Payload::Erased => None,
        }
    }
}

/// What was used to make the decision, so that it can be explained and repeated later.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MadeWith {
    pub software: String,
    pub calendar: String,
    pub parameters: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<String>,
}

/// The final envelope. It carries no personal data in clear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    pub event_id: EventId,
    /// Division code of the deployment's cell.
    pub jurisdiction: String,
    /// `<kind>/<id>`.
    pub stream: String,
    /// Dense from 1 within the stream.
    pub version: i64,
    pub kind: String,
    pub schema: i32,
    /// The server's clock, microseconds UTC.
    pub recorded_at: Timestamp,
    /// The legally relevant date (Asia/Shanghai); differs from the recording only with proof.
    pub happened_on: Date,
    /// Coarse public class for the transparency log (`permit`, `penalty`, `register` …); empty = not an act.
    pub class: String,
    /// Id of the acting body; empty where no body acts.
    pub body: String,
    /// Account id (pseudonymous).
    pub actor: String,
    /// Id of the post in which the actor acted; empty for citizens and the system.
    pub post: String,
    /// Id of the command: equal for all events of one command.
    pub command_id: String,
    /// The event that caused this one, for reactions and corrections.
    pub cause: Option<EventId>,
    pub made_with: MadeWith,
}

impl Envelope {
    /// Second part of the stream's name.
    pub fn stream_id(&self) -> &str {
        self.stream.split_once('/').map_or(self.stream.as_str(), |(_, id)| id)
    }

    /// First part of the stream's name.
    pub fn stream_kind(&self) -> &str {
        self.stream.split_once('/').map_or("", |(kind, _)| kind)
    }
}

/// An event as views and followers receive it.
pub struct RecordedEvent {
    pub envelope: Envelope,
    /// Zero while a PostgreSQL event still waits for the sequencer.
    pub position: i64,
    json: Option<Arc<[u8]>>,
    secret: Option<Secret>,
    typed: OnceLock<Arc<dyn Any + Send + Sync>>,
}

impl RecordedEvent {
    pub(crate) fn from_json(envelope: Envelope, position: i64, json: Option<Arc<[u8]>>) -> Self {
        RecordedEvent {
            envelope,
            position,
            json,
            secret: None,
            typed: OnceLock::new(),
        }
    }

    pub(crate) fn with_secret(self, secret: Secret) -> Self {
        RecordedEvent {
            secret: Some(secret),
            ..self
        }
    }

    pub(crate) fn from_typed<E: Event>(envelope: Envelope, event: Arc<E>, json: Arc<[u8]>) -> Self {
        let recorded = Self::from_json(envelope, 0, Some(json));
        let _ = recorded.typed.set(event);
        recorded
    }

    /// The payload as today's `E`, or [`Payload::Erased`].
    ///
    /// # Errors
    /// [`Fault::Inconsistent`] if the stored payload is not an `E` even after its lift.
    pub fn decode<E: Event>(&self) -> Result<Payload<Arc<E>>, Fault> {
        if let Some(typed) = self.typed.get()
            && let Ok(event) = Arc::clone(typed).downcast::<E>()
        {
            return Ok(Payload::Known(event));
        }
        let Some(json) = &self.json else {
            return Ok(Payload::Erased);
        };
        let event = Arc::new(decode_payload::<E>(&self.envelope, json)?);
        let _ = self.typed.set(Arc::clone(&event) as Arc<dyn Any + Send + Sync>);
        Ok(Payload::Known(event))
    }

    /// Key of the salted commitment that the public log carries for this event. `None` when erased, and for an event of
    /// this very transaction.
    pub fn commitment_key(&self) -> Option<Secret> {
        self.secret.as_ref().map(seal::commitment_key)
    }

    /// The payload's JSON as it was written, for timelines and exports. `None` when erased.
    pub fn json(&self) -> Option<&[u8]> {
        self.json.as_deref()
    }
}

fn decode_payload<E: Event>(envelope: &Envelope, json: &[u8]) -> Result<E, Fault> {
    let broken = |cause: serde_json::Error| {
        // The cause may quote the payload, which may hold personal data: only its place is told.
        Fault::Inconsistent(format!(
            "payload of event {} ({} schema {}) does not parse at column {}",
            envelope.event_id,
            envelope.kind,
            envelope.schema,
            cause.column()
        ))
    };
    if envelope.schema == E::SCHEMA {
        return serde_json::from_slice(json).map_err(broken);
    }
    let old: Json = serde_json::from_slice(json).map_err(broken)?;
    serde_json::from_value(E::lift(&envelope.kind, envelope.schema, old)).map_err(broken)
}
