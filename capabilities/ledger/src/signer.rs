//! The one process that signs: sequence → files, journal, signature → publication, round after round. Everything it needs
//! to know it reads anew when it opens, so each error ends in opening anew and nothing is repaired on the way.

use std::fs::File;
use std::future::Future;
use std::sync::{Arc, RwLock};

use jiff::Timestamp;
use mingjing_chronicle::{Chronicle, Fault};
use mingjing_tlog::SignedCheckpoint;
use serde::{Deserialize, Serialize};

use crate::cadence::{Cadence, Published};
use crate::close::close_day;
use crate::disk::Folder;
use crate::fsck::{Checked, fsck};
use crate::hand_over;
use crate::journal::Signed;
use crate::place::{NewLog, Place};
use crate::seal::Sealer;
use crate::sequence::{Sequenced, sequence};
use crate::stop::Stop;
use crate::tables;
use crate::witness::Witnesses;

/// Batches that one round sequences before it seals.
const MOST_BATCHES: usize = 16;
/// Leaves sealed at once: what lies in memory.
const MOST_AT_ONCE: u64 = 65_536;

/// What the log is doing, for people who look after it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    pub origin: Option<String>,
    pub shard: Option<String>,
    /// Leaves signed, and leaves published.
    pub signed: u64,
    pub published: u64,
    pub published_at: Option<Timestamp>,
    /// Why nothing is signed just now.
    pub stopped: Option<String>,
    pub fsck: Option<Fsck>,
    /// Witnesses that did not cosign the last time, and why; the head is shown all the same where the policy allows.
    pub silent: Vec<(String, String)>,
    /// The policy's quorum was missing: what is signed is not shown.
    pub unwitnessed: bool,
}

/// How the last check of all files ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fsck {
    pub at: Timestamp,
    pub leaves: u64,
    /// `None`: everything was in order.
    pub found: Option<String>,
}

/// Shared with whoever shows it.
pub type Board = Arc<RwLock<Status>>;

/// Invariant: while it lives no other process signs (the lock on the journal's folder).
pub struct Signer {
    chronicle: Arc<Chronicle>,
    place: Place,
    board: Board,
    open: Option<Open>,
    _lock: File,
}

struct Open {
    shard: String,
    origin: String,
    /// It has its last leaf.
    ending: bool,
    sealer: Sealer<Folder, Folder>,
    /// Of the head that was signed last.
    checkpoint: SignedCheckpoint,
    published: Option<Published>,
    /// The last try to publish, successful or not.
    tried: Option<Published>,
    witnesses: Option<Witnesses>,
}

impl Signer {
    /// # Errors
    /// [`Stop::TwoSigners`]; or the journal's folder is not there.
    pub fn new(chronicle: Arc<Chronicle>, place: Place, board: Board) -> Result<Signer, Stop> {
        let lock = place.lock()?;
        Ok(Signer {
            chronicle,
            place,
            board,
            open: None,
            _lock: lock,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.chronicle.clock().now()
    }

    pub fn board(&self) -> &Board {
        &self.board
    }

    /// One round. `true` where something grew. After an error the next round opens everything anew.
    ///
    /// # Errors
    /// Why nothing was signed.
    pub async fn round(&mut self) -> Result<bool, Stop> {
        let outcome = self.try_round().await;
        let stopped = outcome.as_ref().err().map(Stop::in_words);
        self.tell(|status| status.stopped = stopped);
        outcome
    }

    async fn try_round(&mut self) -> Result<bool, Stop> {
        // Taken out: an error anywhere below leaves it closed.
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.open().await?,
        };
        let mut grown = false;
        if let Some(next) = self.successor(&open) {
            hand_over::end(&self.chronicle, &self.place, &next).await?;
            open.ending = true;
        }
        for _ in 0..MOST_BATCHES {
            match sequence(&self.chronicle, open.sealer.signed()).await? {
                Sequenced::Grown { .. } => grown = true,
                Sequenced::Nothing | Sequenced::NoShard | Sequenced::Behind { .. } => break,
            }
        }
        open = self.seal(open).await?;
        open = self.publish(open).await?;
        self.tell(|status| {
            status.signed = open.sealer.signed().size;
            status.published = open.published.map_or(0, |published| published.size);
            status.published_at = open.published.map(|published| published.at);
        });
        if open.ending && self.hand_over(&open).await? {
            // The next round opens the new year's log.
            return Ok(true);
        }
        self.open = Some(open);
        Ok(grown)
    }

    /// The log that is to follow, where the open one's year is over and it has no last leaf yet.
    fn successor(&self, open: &Open) -> Option<NewLog> {
        let next = hand_over::successor(&self.chronicle, &open.shard, &open.origin);
        next.filter(|_| !open.ending)
    }

    /// `true` once the successor began: only after the old log's last head is shown to everybody.
    async fn hand_over(&self, open: &Open) -> Result<bool, Stop> {
        let last = open.sealer.signed();
        let shown = open.published.is_some_and(|published| published.size == last.size);
        let next = hand_over::successor(&self.chronicle, &open.shard, &open.origin);
        let (true, Some(next)) = (shown, next) else {
            return Ok(false);
        };
        hand_over::begin(&self.chronicle, &self.place, &open.shard, last, &next).await?;
        tracing::info!(log.ended = %open.origin, log.begun = %next.origin, "a year's log ended and the next one began");
        Ok(true)
    }

    /// Nothing goes on until record, files, journal and published checkpoint agree.
    async fn open(&self) -> Result<Open, Stop> {
        let head = self.chronicle.read(|reader| tables::open_head(reader.sql())).await?;
        let head = head.ok_or(Stop::NoLog)?;
        let (place, record) = (self.place.clone(), head.signed());
        let (shard, origin, verifier) = (head.shard.clone(), head.origin.clone(), head.verifier.clone());
        let (sealer, checkpoint) = blocking(move || {
            let key = place.signer_key(&shard, &origin)?;
            if key.verifier().to_string() != verifier {
                return Err(Stop::OtherLog {
                    record: verifier,
                    key: key.verifier().to_string(),
                });
            }
            place.prepare(&shard)?;
            let sealer = Sealer::open(place.shard(&shard), place.open_journal(&shard)?, key)?;
            extends(record, sealer.signed())?;
            // The same head again gives the same signature: a crash may have kept it from being published.
            let signed = sealer.signed();
            sealer.seal(signed, &[])
        })
        .await?;
        self.tell(|status| {
            status.origin = Some(head.origin.clone());
            status.shard = Some(head.shard.clone());
        });
        let own = self.chronicle.read(|reader| tables::heads(reader.sql())).await?;
        let own: Vec<&str> = own.iter().map(|head| head.verifier.as_str()).collect();
        Ok(Open {
            shard: head.shard,
            origin: head.origin,
            ending: head.ending,
            sealer,
            checkpoint,
            published: None,
            tried: None,
            witnesses: self.place.policy(&own)?.map(Witnesses::new),
        })
    }

    /// Signs what the record has grown to, in pieces that fit into memory. Each piece is a beginning of the record.
    async fn seal(&self, mut open: Open) -> Result<Open, Stop> {
        loop {
            let (shard, from) = (open.shard.clone(), open.sealer.signed().size);
            let (head, entries) = self
                .chronicle
                .read(move |reader| {
                    let head = tables::open_head(reader.sql())?
                        .filter(|head| head.shard == shard)
                        .ok_or_else(|| Fault::Inconsistent("the open shard changed under its signer".into()))?;
                    let to = head.frontier.size().min(from.saturating_add(MOST_AT_ONCE));
                    let entries = tables::leaves(reader.sql(), &shard, from, to)?;
                    Ok((head.signed(), entries))
                })
                .await?;
            if head == open.sealer.signed() {
                return Ok(open);
            }
            let sealer = open.sealer;
            let (sealer, checkpoint) = blocking(move || {
                let piece = match entries.len() as u64 + from {
                    end if end < head.size => sealer.signed_after(&entries),
                    _ => head,
                };
                sealer.seal(piece, &entries)
            })
            .await?;
            open = Open {
                sealer,
                checkpoint,
                ..open
            };
        }
    }

    async fn publish(&self, mut open: Open) -> Result<Open, Stop> {
        let now = self.now();
        let cadence = Cadence::of(&self.chronicle.parameters());
        let size = open.sealer.signed().size;
        // Its successor waits for the last head of a year. Where witnesses failed, the cadence says when to try again.
        let last_one = open.ending && open.tried == open.published && open.tried.is_some_and(|tried| tried.size < size);
        if !last_one && !cadence.is_due(now, size, open.tried) {
            return Ok(open);
        }
        let Some(checkpoint) = self.witnessed(&mut open).await? else {
            // Tried again after the cadence; acts and signatures go on meanwhile.
            let shown = open.published.map_or(0, |published| published.size);
            open.tried = Some(Published { size: shown, at: now });
            return Ok(open);
        };
        let published = Some(Published { size, at: now });
        blocking(move || {
            open.sealer.shard().publish(&checkpoint)?;
            Ok(Open {
                published,
                tried: published,
                ..open
            })
        })
        .await
    }

    /// The head with its cosignatures; `None` where the policy wants more of them.
    async fn witnessed(&self, open: &mut Open) -> Result<Option<SignedCheckpoint>, Stop> {
        let Some(witnesses) = &mut open.witnesses else {
            return Ok(Some(open.checkpoint.clone()));
        };
        let files = self.place.shard(&open.shard);
        let asked = witnesses.cosign(&files, &open.checkpoint).await?;
        self.tell(|status| {
            status.silent = asked.silent;
            status.unwitnessed = !asked.quorum;
        });
        Ok(asked.quorum.then_some(asked.checkpoint))
    }

    /// Hashes everything that was signed anew from its entries, beside the rounds. `None` while nothing is open.
    pub fn check(&self) -> Option<impl Future<Output = Result<Checked, Stop>> + Send + use<>> {
        let open = self.open.as_ref()?;
        let (shard, head) = (self.place.shard(&open.shard), open.sealer.signed());
        let (board, chronicle) = (Arc::clone(&self.board), Arc::clone(&self.chronicle));
        Some(async move {
            let outcome = blocking(move || fsck(&shard, head)).await;
            let report = Fsck {
                at: chronicle.clock().now(),
                leaves: head.size,
                found: outcome.as_ref().err().map(ToString::to_string),
            };
            tell(&board, |status| status.fsck = Some(report));
            outcome
        })
    }

    pub(crate) fn chronicle(&self) -> &Arc<Chronicle> {
        &self.chronicle
    }

    pub(crate) fn status(&self) -> Status {
        self.board
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Closes every day that is over and counted.
    ///
    /// # Errors
    /// A fault of the database.
    pub async fn close_days(&self) -> Result<u64, Stop> {
        let mut days = 0;
        while close_day(&self.chronicle).await? {
            days += 1;
        }
        Ok(days)
    }

    fn tell(&self, change: impl FnOnce(&mut Status)) {
        tell(&self.board, change);
    }
}

fn tell(board: &Board, change: impl FnOnce(&mut Status)) {
    change(&mut board.write().unwrap_or_else(std::sync::PoisonError::into_inner));
}

/// The record as far as it can be told without its entries; `seal` proves the rest.
fn extends(record: Signed, signed: Signed) -> Result<(), Stop> {
    if record.size < signed.size {
        return Err(Stop::RecordBehind {
            record: record.size,
            signed: signed.size,
        });
    }
    if record.size == signed.size && record.root != signed.root {
        return Err(Stop::OtherRoot {
            size: record.size,
            record: record.root,
            files: signed.root,
        });
    }
    Ok(())
}

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Stop> + Send + 'static,
) -> Result<T, Stop> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Fault::Internal("a task of the log ended early".into()))?
}
