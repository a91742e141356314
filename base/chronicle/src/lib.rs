//! The chronicle: an append-only record of acts, and everything derived from it.
//!
//! Reading order: [`event`] (what is recorded) → [`context`] (time, chance, who) → [`refusal`] (how a
//! decision says no) → [`tx`] (load, consult, append inside one transaction) → [`chronicle`] (perform
//! a command, read) → [`view`] (read tables) → [`follow`] and [`job`] (slow work) → [`blob`], [`seal`] → [`operate`].
//!
//! Invariants:
//! - Nothing updates or deletes an event. SQLite triggers abort; PostgreSQL's running role may not.
//! - `(jurisdiction, stream, version)` is unique and versions are dense from 1.
//! - An answer goes out only after the commit is on disk.
//! - A view is written by its projection and by nothing else; it can be rebuilt from position 1.
//! - Every payload is sealed under a key of its own; erasure deletes that key and nothing more.

pub mod blob;
pub mod chronicle;
pub mod context;
pub mod db;
pub mod event;
pub mod follow;
pub mod job;
pub mod operate;
pub mod refusal;
mod schema;
pub mod seal;
mod stream;
pub mod tx;
pub mod view;

pub use blob::{BlobPlace, BlobRef, Blobs};
pub use chronicle::{Audited, Blueprint, Bulk, BulkOrder, Chronicle, Done, Location, Reader, Request};
pub use context::{Actor, ActorKind, Chance, Clock, Context, HeldPost, Parameters, shanghai, shanghai_date};
pub use db::{Backend, Fault, Row, Sql, Value};
pub use event::{Aggregate, Envelope, Event, EventId, MadeWith, Payload, Recorded, RecordedEvent};
pub use follow::Follower;
pub use job::{JobError, JobHandler, NewJob};
pub use refusal::{FieldError, Refusal, RefusalKind};
pub use seal::KeyRing;
pub use tx::{About, Change, Conflict, Loaded, Stop, Tx};
pub use view::{Order, View};
