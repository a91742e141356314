//! A year ends: its log gets a last leaf that names its successor, that head is signed and shown, and only then does the
//! new year's log begin, under a key of its own, with a first leaf that commits to the old one's last head. Each step is
//! durable before the next one and may be repeated; leaves wait meanwhile, acts never do.

use std::sync::Arc;

use mingjing_chronicle::{Actor, Chronicle, Fault, params, shanghai_date};
use mingjing_tlog::{Leaf, LeafKind};

use crate::journal::Signed;
use crate::leaf::{open_leaf, utc_day};
use crate::place::{NewLog, Place};
use crate::sequence::{extend, halted};
use crate::signer::blocking;
use crate::stop::Stop;
use crate::tables::{self, Entry, Head};

/// The log of this year in China, where the open one is of an earlier year. `2026-2` is of 2026, too.
pub(crate) fn successor(chronicle: &Chronicle, shard: &str, origin: &str) -> Option<NewLog> {
    let year = i64::from(shanghai_date(chronicle.clock().now()).year());
    let own: i64 = shard.split('-').next()?.parse().ok()?;
    let (deployment, _) = origin.rsplit_once('/')?;
    (year > own).then(|| NewLog {
        origin: format!("{deployment}/{year}"),
        shard: year.to_string(),
    })
}

/// The last leaf of the open shard. From then on it grows no more.
///
/// # Errors
/// The new key cannot be made (then nothing ends), or a fault of the database.
pub(crate) async fn end(chronicle: &Chronicle, place: &Place, next: &NewLog) -> Result<(), Stop> {
    let (here, shard, chance) = (place.clone(), next.shard.clone(), chronicle.chance().clone());
    blocking(move || here.create_key_of(&shard, &chance)).await?;
    let next = next.clone();
    let (day, organ) = (utc_day(chronicle.clock().now()), chronicle.jurisdiction().to_owned());
    chronicle
        .inside(Actor::system(), move |tx| {
            let Some(head) = tables::locked_head(tx.sql())? else {
                return Ok(());
            };
            let shard = head.shard.clone();
            let leaf = last_leaf(&day, &organ, &head.origin, &next.origin)?;
            let mut last = [entry(format!("shard/{shard}/last"), &day, &leaf)];
            extend(tx.sql(), head, &mut last)?;
            tx.execute("UPDATE ledger_head SET open = 2 WHERE shard = $1", &params![&shard])?;
            Ok(())
        })
        .await
        .map_err(halted)
}

/// The new shard, after the old one's last head was signed and shown.
///
/// # Errors
/// The new key or journal cannot be used, or a fault of the database.
pub(crate) async fn begin(
    chronicle: &Arc<Chronicle>,
    place: &Place,
    old: &str,
    last: Signed,
    next: &NewLog,
) -> Result<(), Stop> {
    let (here, new) = (place.clone(), next.clone());
    let verifier = blocking(move || {
        here.begin_journal(&new.shard)?;
        Ok(here.signer_key(&new.shard, &new.origin)?.verifier().to_string())
    })
    .await?;
    let (old, next) = (old.to_owned(), next.clone());
    let (day, organ) = (utc_day(chronicle.clock().now()), chronicle.jurisdiction().to_owned());
    chronicle
        .inside(Actor::system(), move |tx| {
            let ending = tables::open_head(tx.sql())?.filter(|head| head.ending && head.shard == old);
            let Some(ending) = ending else {
                return Ok(());
            };
            if ending.signed() != last {
                return Err(Fault::Inconsistent("a log grew after its last leaf".into()).into());
            }
            tx.execute("UPDATE ledger_head SET open = 0 WHERE shard = $1", &params![&old])?;
            tables::insert_head(tx.sql(), &next, &verifier, &ending.closed_day)?;
            let head = tables::locked_head(tx.sql())?.ok_or_else(|| Fault::Internal("a head was just made".into()))?;
            let leaf = first_leaf(&day, &organ, &next.origin, Some((&ending.origin, last)))?;
            extend(
                tx.sql(),
                head,
                &mut [entry(format!("shard/{}/first", next.shard), &day, &leaf)],
            )?;
            Ok(())
        })
        .await
        .map_err(halted)
}

fn entry(event_id: String, day: &str, leaf: &Leaf) -> Entry {
    Entry {
        place: 0,
        event_id: Some(event_id),
        day: day.to_owned(),
        leaf: leaf.to_string(),
    }
}

/// Commits to `origin`, `previous` (the old log's origin, or nothing), and its last `previous_size` and `previous_root`.
pub(crate) fn first_leaf(
    day: &str,
    organ: &str,
    origin: &str,
    previous: Option<(&str, Signed)>,
) -> Result<Leaf, Fault> {
    let last = previous.map(|(_, last)| (last.root.to_base64(), last.size.to_string()));
    let mut fields = vec![
        ("origin", origin),
        ("previous", previous.map_or("", |(origin, _)| origin)),
    ];
    if let Some((root, size)) = &last {
        fields.extend([("previous_root", root.as_str()), ("previous_size", size.as_str())]);
    }
    open_leaf(LeafKind::Shard, day, organ, origin, fields)
}

fn last_leaf(day: &str, organ: &str, origin: &str, successor: &str) -> Result<Leaf, Fault> {
    let fields = vec![("origin", origin), ("successor", successor)];
    open_leaf(LeafKind::Shard, day, organ, &format!("{origin}/last"), fields)
}

/// Whether a shard's first leaf commits to the last head of the one before it.
pub(crate) fn follows(old: &Head, new: &Head, first: &[u8]) -> Result<bool, Fault> {
    let Ok(leaf) = Leaf::parse(first) else {
        return Ok(false);
    };
    let expected = first_leaf(leaf.day(), leaf.organ(), &new.origin, Some((&old.origin, old.signed())))?;
    Ok(expected.to_string().as_bytes() == first)
}
