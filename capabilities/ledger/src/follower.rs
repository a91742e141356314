//! Makes each act's leaf, in the transaction that moves the cursor: every act has exactly one, on however many nodes.

use mingjing_chronicle::{Follower, RecordedEvent, Stop, Tx};

use crate::leaf::Act;
use crate::tables;

/// Durable name of the cursor.
pub const LEAVES: &str = "ledger.leaves";

pub struct Leaves;

impl Follower for Leaves {
    fn name(&self) -> &'static str {
        LEAVES
    }

    /// Whatever has a class is an act.
    fn wants(&self, _stream_kind: &str) -> bool {
        true
    }

    fn handle(&self, tx: &mut Tx<'_>, event: &RecordedEvent) -> Result<(), Stop> {
        match Act::of(event)? {
            Some(act) => Ok(tables::insert_waiting(tx.sql(), &event.envelope.event_id, act.leaf())?),
            None => Ok(()),
        }
    }
}
