//! One event against its log, as a doubter checks it: leaf computed anew, its place in the signed tree, the signature,
//! and the content against the leaf's commitment.

use std::sync::Arc;

use mingjing_chronicle::{Chronicle, RecordedEvent};
use mingjing_tlog::{Leaf, Policy};
use serde::Serialize;

use crate::leaf::Act;
use crate::place::Place;
use crate::receipt::{Proof, Proved, prove};
use crate::reconcile::same_outside;
use crate::stop::Stop;
use crate::verify::verify;

/// How an event stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "seal", rename_all = "snake_case")]
pub enum Seal {
    /// What the record says is what was sealed at this place of a signed tree of `size` leaves.
    Sealed {
        log: String,
        place: u64,
        size: u64,
    },
    /// As far as an erased event can be compared: class, day, body, and its place.
    Erased {
        log: String,
        place: u64,
        size: u64,
    },
    /// Sealed with the next publication.
    Waiting,
    /// No act: nothing of it is in the log.
    NotAnAct,
    Differs {
        why: String,
    },
}

impl Seal {
    pub fn agrees(&self) -> bool {
        !matches!(self, Seal::Differs { .. })
    }
}

/// `policy`: whom the doubter trusts.
///
/// # Errors
/// A fault of the database. What does not agree is no error: it is told.
pub async fn attest(
    chronicle: &Arc<Chronicle>,
    place: &Place,
    policy: &Policy,
    event: &RecordedEvent,
) -> Result<Seal, Stop> {
    let proof = match prove(chronicle, place, event, |_| true).await {
        Ok(Proved::Proof(proof)) => proof,
        Ok(Proved::Pending) => return Ok(Seal::Waiting),
        Ok(Proved::NotAnAct) => return not_an_act(chronicle, event).await,
        Err(Stop::Fault(fault)) => return Err(fault.into()),
        Err(stop) => return Ok(Seal::Differs { why: stop.in_words() }),
    };
    Ok(judge(&proof, policy, event))
}

/// An act whose class was taken away has a leaf all the same.
async fn not_an_act(chronicle: &Arc<Chronicle>, event: &RecordedEvent) -> Result<Seal, Stop> {
    let id = event.envelope.event_id.clone();
    let placed = chronicle
        .read(move |reader| crate::tables::place_of(reader.sql(), &id))
        .await?;
    Ok(match placed {
        None => Seal::NotAnAct,
        Some((shard, place)) => Seal::Differs {
            why: format!("{shard} 第 {place} 号条目封存了它，记录里却不是行政行为"),
        },
    })
}

fn judge(proof: &Proof, policy: &Policy, event: &RecordedEvent) -> Seal {
    let text = match &proof.opening {
        Some(opening) => opening.to_string(),
        None => proof.receipt.to_string(),
    };
    let verified = match verify(text.as_bytes(), None, policy) {
        Ok(verified) => verified,
        Err(why) => {
            return Seal::Differs {
                why: format!("凭证验证不通过（{}）：{why}", why.code()),
            };
        }
    };
    let (log, place, size) = (verified.log, verified.place, verified.size);
    if proof.opening.is_some() {
        return Seal::Sealed { log, place, size };
    }
    let sealed = proof.receipt.extra().and_then(|leaf| Leaf::parse(leaf).ok());
    let now = Act::of(event).ok().flatten();
    match (sealed, now) {
        (Some(sealed), Some(now)) if same_outside(&sealed, now.leaf()) => Seal::Erased { log, place, size },
        _ => Seal::Differs {
            why: format!("{log} 第 {place} 号条目的类别、日期或机关与记录不同"),
        },
    }
}
