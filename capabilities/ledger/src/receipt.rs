//! Receipts: made on demand from the files of the log, for places below the published size, and verified before they are
//! handed out.

use std::sync::Arc;

use mingjing_chronicle::{Chronicle, Fault, RecordedEvent};
use mingjing_tlog::{Opening, Receipt, SignedCheckpoint, Tile, prove_inclusion, verify_inclusion};

use crate::leaf::Act;
use crate::place::Place;
use crate::signer::blocking;
use crate::stop::Stop;
use crate::tables;

/// An act's receipt and its private opening.
#[derive(Debug, Clone)]
pub struct Proof {
    pub receipt: Receipt,
    /// With the receipt in it: one file is enough. `None` where the act was erased: nobody can open it any more.
    pub opening: Option<Opening>,
}

/// Why there is none, or what there is.
#[derive(Debug, Clone)]
pub enum Proved {
    Proof(Box<Proof>),
    /// Sealed with the next publication.
    Pending,
    /// Nothing that is sealed: no act, or no log was begun.
    NotAnAct,
}

/// `shown`: which fields the opening shows; the receipt is the same whatever is shown.
///
/// # Errors
/// Files of the log that are damaged, or an event that is not what was sealed: then nothing is handed out.
pub async fn prove(
    chronicle: &Arc<Chronicle>,
    place: &Place,
    event: &RecordedEvent,
    shown: impl Fn(&str) -> bool,
) -> Result<Proved, Stop> {
    let Some(act) = Act::of(event)? else {
        return Ok(Proved::NotAnAct);
    };
    let event_id = event.envelope.event_id.clone();
    let at = chronicle
        .read(move |reader| {
            let sql = reader.sql();
            let Some((shard, index)) = tables::place_of(sql, &event_id)? else {
                return Ok(None);
            };
            let own = tables::heads(sql)?.into_iter().map(|head| head.verifier);
            Ok(Some((shard, index, own.collect::<Vec<_>>())))
        })
        .await?;
    let Some((shard, index, own)) = at else {
        return Ok(Proved::Pending);
    };
    let known = event.commitment_key().is_some();
    let expected = known.then(|| act.leaf().to_string().into_bytes());
    let place = place.clone();
    let receipt = blocking(move || from_files(&place, &own, &shard, index, expected)).await?;
    let Some(receipt) = receipt else {
        return Ok(Proved::Pending);
    };
    let opening = match known {
        true => Some(act.open(shown).with_receipt(&receipt)?),
        false => None,
    };
    Ok(Proved::Proof(Box::new(Proof { receipt, opening })))
}

/// `None` while the place is beyond what is published. `expected`: the leaf that the record gives now.
fn from_files(
    place: &Place,
    own: &[String],
    shard: &str,
    index: u64,
    expected: Option<Vec<u8>>,
) -> Result<Option<Receipt>, Stop> {
    let files = place.shard(shard);
    let Some(checkpoint) = files.published()? else {
        return Ok(None);
    };
    let size = checkpoint.checkpoint().size;
    // Without its quorum a receipt would convince nobody: it waits.
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let convinces = place
        .policy(&own)?
        .is_none_or(|policy| policy.accept(&checkpoint).is_ok());
    if index >= size || !convinces {
        return Ok(None);
    }
    let tile = Tile::holding(0, index, size).ok_or(Stop::NoLog)?;
    let mut entries = files.entries(tile)?;
    let leaf = entries.swap_remove((index % u64::from(Tile::FULL_WIDTH)) as usize);
    if expected.is_some_and(|expected| expected != leaf) {
        return Err(Stop::NotSealed {
            shard: shard.to_owned(),
            place: index,
        });
    }
    receipt_of(&files, checkpoint, index, leaf).map(Some)
}

fn receipt_of<D: crate::Disk>(
    files: &crate::Shard<D>,
    checkpoint: SignedCheckpoint,
    index: u64,
    leaf: Vec<u8>,
) -> Result<Receipt, Stop> {
    let head = checkpoint.checkpoint();
    let proof = prove_inclusion(index, head.size, |tile| files.tile(tile)).map_err(|_| Stop::Damaged {
        path: format!("tiles that prove place {index}"),
    })?;
    let hash = mingjing_tlog::Hash::of_leaf(&leaf);
    verify_inclusion(&hash, index, head.size, &proof, &head.root).map_err(|_| Stop::Damaged {
        path: format!("tiles that prove place {index}"),
    })?;
    Ok(Receipt::new(Some(leaf), index, proof, checkpoint)?)
}

/// Whom this deployment's readers trust: as its policy says, or by default its own logs, without witnesses.
///
/// # Errors
/// A fault of the database; the policy cannot be read.
pub async fn own_policy(chronicle: &Chronicle, place: &Place) -> Result<String, Stop> {
    let heads = chronicle.read(|reader| tables::heads(reader.sql())).await?;
    let own: Vec<&str> = heads.iter().map(|head| head.verifier.as_str()).collect();
    if let Some(text) = place.policy_text(&own)? {
        return Ok(text);
    }
    let mut text: String = heads.iter().map(|head| format!("log {}\n", head.verifier)).collect();
    text.push_str("quorum none\n");
    Ok(text)
}

/// An event by its id, or by `<kind>/<id>#<version>`, which is quick.
///
/// # Errors
/// A fault of the database.
pub async fn find_event(chronicle: &Chronicle, name: &str) -> Result<Option<RecordedEvent>, Fault> {
    let name = name.to_owned();
    chronicle
        .read(move |reader| {
            let Some((stream, version)) = name.rsplit_once('#') else {
                return reader.event(&name);
            };
            let (Some((kind, id)), Ok(version)) = (stream.split_once('/'), version.parse::<i64>()) else {
                return Ok(None);
            };
            let events = reader.events(kind, id)?;
            Ok(events.into_iter().find(|event| event.envelope.version == version))
        })
        .await
}
