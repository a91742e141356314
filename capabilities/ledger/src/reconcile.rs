//! The record against its log: every event's leaf is computed anew and looked up where it was sealed. Whoever changed,
//! removed or added a row behind the program's back is found here, and the event is named.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use mingjing_chronicle::{Audited, BlobRef, Chronicle, Fault, Reader, Row, Sql, Value, params};
use mingjing_tlog::{Hash, Leaf, LeafKind, Tile};
use serde::{Deserialize, Serialize};

use crate::attached;
use crate::close::close_leaf;
use crate::finding::{Finding, Named};
use crate::hand_over::follows;
use crate::leaf::{Act, utc_day};
use crate::place::Place;
use crate::reads::still_holds;
use crate::stop::Stop;
use crate::tables::{self, Head};

/// Events read at once.
const BATCH: i64 = 500;

/// What the comparison found. Ids and kinds only: no payload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    pub events: u64,
    /// Those that are acts, and of them those whose leaf could not be computed because they were erased.
    pub acts: u64,
    pub erased: u64,
    /// Leaves that have a place, and acts that still wait for theirs.
    pub leaves: u64,
    pub waiting: u64,
    /// Files that acts name, each read and compared with the digest that was committed to.
    pub files: u64,
    pub findings: Vec<Finding>,
}

impl Report {
    pub fn sound(&self) -> bool {
        self.findings.is_empty()
    }
}

/// `erasures`: the erasure journal outside the data; without one every erased act is taken as rightly erased.
///
/// # Errors
/// A fault of the database, or files that cannot be read. What is found stands in the report.
pub async fn reconcile(chronicle: &Arc<Chronicle>, place: &Place, erasures: Option<&Path>) -> Result<Report, Stop> {
    let erased = erasures.map(read_erasures).transpose()?;
    // Leaves that get their place meanwhile are left for the next time: their events may have been read before.
    let heads = chronicle.read(|reader| tables::heads(reader.sql())).await?;
    let mut audit = Audit::new(erased);
    let mut after = 0;
    loop {
        let (back, last) = chronicle
            .read(move |reader| {
                let last = audit.batch(reader, after)?;
                Ok((audit, last))
            })
            .await?;
        audit = back;
        audit.files(chronicle).await?;
        match last {
            Some(last) => after = last,
            None => break,
        }
    }
    let place = place.clone();
    let audit = chronicle
        .read(move |reader| {
            audit.newest(reader.sql())?;
            Ok(audit.leaves(reader.sql(), &place, &heads))
        })
        .await??;
    Ok(audit.finish())
}

/// Ids whose keys were deleted by an act of erasure.
fn read_erasures(path: &Path) -> Result<BTreeSet<String>, Stop> {
    #[derive(Deserialize)]
    struct Line {
        key_id: String,
    }
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(source) => {
            return Err(Stop::Disk {
                step: "reading",
                path: path.display().to_string(),
                source,
            });
        }
    };
    let lines = text.lines().filter_map(|line| serde_json::from_str::<Line>(line).ok());
    Ok(lines.map(|line| line.key_id).collect())
}

struct Audit {
    report: Report,
    /// Places of leaves whose event was met.
    met: HashMap<String, Vec<bool>>,
    erasures: Option<BTreeSet<String>>,
    /// Acts of each body and day.
    days: BTreeMap<(String, String), Vec<Hash>>,
    /// Sealed `close` leaves, by day and body.
    closed: BTreeMap<(String, String), Hash>,
    /// Files that the events of this batch name.
    attached: Vec<(Named, BlobRef)>,
    /// Last version met of each stream.
    versions: HashMap<String, i64>,
}

struct Sealed {
    shard: String,
    place: u64,
    leaf: String,
}

impl Audit {
    fn new(erasures: Option<BTreeSet<String>>) -> Audit {
        Audit {
            report: Report {
                events: 0,
                acts: 0,
                erased: 0,
                leaves: 0,
                waiting: 0,
                files: 0,
                findings: Vec::new(),
            },
            met: HashMap::new(),
            erasures,
            days: BTreeMap::new(),
            closed: BTreeMap::new(),
            attached: Vec::new(),
            versions: HashMap::new(),
        }
    }

    /// The next rows of the record; the last one's number.
    fn batch(&mut self, reader: &mut Reader<'_>, after: i64) -> Result<Option<i64>, Fault> {
        let rows = reader.audit_after(after, BATCH)?;
        let ids: Vec<&str> = rows.iter().map(|row| row.event_id.as_str()).collect();
        let sealed = sealed(reader.sql(), &ids)?;
        for row in &rows {
            self.report.events += 1;
            self.in_order(row);
            self.one(reader.sql(), row, sealed.get(&row.event_id))?;
            self.reads(reader, row)?;
            let files = row.event.as_ref().map_or_else(|_| Vec::new(), attached::files_of);
            let named = files.into_iter().map(|file| (Named::of(row), file));
            self.attached.extend(named);
        }
        Ok(rows.last().map(|row| row.seq))
    }

    /// Read outside the transaction: files may be large, and lie elsewhere.
    async fn files(&mut self, chronicle: &Chronicle) -> Result<(), Fault> {
        for (event, file) in std::mem::take(&mut self.attached) {
            let journal = self.erasures.as_ref();
            let rightly = journal.is_none_or(|known| known.contains(&format!("blob/{}", file.id)));
            self.report.files += 1;
            let found = attached::check(chronicle, &event, &file, rightly).await?;
            self.report.findings.extend(found);
        }
        Ok(())
    }

    /// A body's day of reads, where this row seals one.
    fn reads(&mut self, reader: &mut Reader<'_>, row: &Audited) -> Result<(), Fault> {
        let Ok(event) = &row.event else { return Ok(()) };
        if still_holds(reader, event)? == Some(false) {
            let day_of_organ = event.envelope.stream_id().to_owned();
            self.report.findings.push(Finding::ReadsDiffer { day_of_organ });
        }
        Ok(())
    }

    fn in_order(&mut self, row: &Audited) {
        let expected = self.versions.get(&row.stream).copied().unwrap_or(0) + 1;
        if row.version != expected {
            let event = Named::of(row);
            self.report.findings.push(Finding::Gap { event, expected });
        }
        self.versions.insert(row.stream.clone(), row.version);
    }

    /// Each stream ends where its head says, unless it grew while this read.
    fn newest(&mut self, sql: &mut dyn Sql) -> Result<(), Fault> {
        let mut behind = Vec::new();
        sql.each("SELECT jurisdiction, name, version FROM stream", &[], &mut |row| {
            if self.versions.get(row.text(1)).copied().unwrap_or(0) < row.int(2) {
                behind.push((row.text(0).to_owned(), row.text(1).to_owned(), row.int(2)));
            }
            Ok(())
        })?;
        for (jurisdiction, stream, version) in behind {
            let there = sql.query_one(
                "SELECT 1 FROM event WHERE jurisdiction = $1 AND stream = $2 AND version = $3",
                &params![jurisdiction, &stream, version],
            )?;
            if there.is_none() {
                let stream = format!("{stream}#{version}");
                self.report.findings.push(Finding::NewestMissing { stream });
            }
        }
        Ok(())
    }

    fn one(&mut self, sql: &mut dyn Sql, row: &Audited, sealed: Option<&Sealed>) -> Result<(), Fault> {
        let named = || Named::of(row);
        if let Some(sealed) = sealed {
            self.meet(sealed);
        }
        let Ok(event) = &row.event else {
            self.report.findings.push(Finding::Unreadable { event: named() });
            return Ok(());
        };
        let Some(act) = Act::of(event)? else {
            // An act whose class was taken away has a leaf.
            if let Some(sealed) = sealed {
                self.report.findings.push(sealed.altered(named()));
            }
            return Ok(());
        };
        self.report.acts += 1;
        let day = (utc_day(event.envelope.recorded_at), act.leaf().organ().to_owned());
        let Some(sealed) = sealed else {
            return self.without_place(sql, row, &act);
        };
        let leaf = Leaf::parse(sealed.leaf.as_bytes()).ok();
        if let Some(leaf) = &leaf {
            self.days.entry(day).or_default().push(leaf.hash());
        }
        let same = match event.commitment_key() {
            Some(_) => act.leaf().to_string() == sealed.leaf,
            None => {
                self.report.erased += 1;
                if self
                    .erasures
                    .as_ref()
                    .is_some_and(|known| !known.contains(&row.event_id))
                {
                    let event = named();
                    self.report.findings.push(Finding::ErasedWithoutJournal { event });
                }
                leaf.is_some_and(|leaf| same_outside(&leaf, act.leaf()))
            }
        };
        if !same {
            self.report.findings.push(sealed.altered(named()));
        }
        Ok(())
    }

    fn without_place(&mut self, sql: &mut dyn Sql, row: &Audited, act: &Act) -> Result<(), Fault> {
        let waits = sql.query_one(
            "SELECT leaf FROM ledger_waiting WHERE event_id = $1",
            &params![&row.event_id],
        )?;
        let expected = act.leaf().to_string();
        match waits {
            Some(leaf) if leaf.text(0) == expected => self.report.waiting += 1,
            // Not followed yet: its leaf is still to be made.
            None if !followed(sql, row.seq)? => self.report.waiting += 1,
            _ => {
                let event = Named::of(row);
                self.report.findings.push(Finding::NotSealed { event });
            }
        }
        Ok(())
    }

    fn meet(&mut self, sealed: &Sealed) {
        let met = self.met.entry(sealed.shard.clone()).or_default();
        let at = sealed.place as usize;
        if met.len() <= at {
            met.resize(at + 1, false);
        }
        met[at] = true;
    }

    /// Every row of the list of leaves, beside the files of the log.
    fn leaves(mut self, sql: &mut dyn Sql, place: &Place, heads: &[Head]) -> Result<Audit, Stop> {
        for pair in heads.windows(2) {
            let first = tables::leaves(sql, &pair[1].shard, 0, 1)?;
            if !follows(&pair[0], &pair[1], first.first().map_or(&[], Vec::as_slice))? {
                let shard = pair[1].shard.clone();
                self.report.findings.push(Finding::Unlinked { shard });
            }
        }
        for head in heads {
            let size = head.frontier.size();
            let shard = place.shard(&head.shard);
            let published = shard.published()?.map_or(0, |published| published.checkpoint().size);
            for tile in Tile::grown(0, size).take_while(|tile| tile.level() == 0) {
                let first = tile.index() * u64::from(Tile::FULL_WIDTH);
                let files = match Tile::holding(0, first, published.min(size)) {
                    Some(there) => shard.entries(there)?,
                    None => Vec::new(),
                };
                self.bundle(sql, &head.shard, first, tile.width(), &files)?;
            }
        }
        self.compare_days()?;
        Ok(self)
    }

    fn bundle(
        &mut self,
        sql: &mut dyn Sql,
        shard: &str,
        first: u64,
        width: u16,
        files: &[Vec<u8>],
    ) -> Result<(), Fault> {
        let rows = sql.query(
            "SELECT place, event_id, leaf FROM ledger_entry WHERE shard = $1 AND place >= $2 AND place < $3",
            &params![shard, first as i64, (first + u64::from(width)) as i64],
        )?;
        let rows: HashMap<u64, &Row> = rows.iter().map(|row| (row.int(0) as u64, row)).collect();
        for place in first..first + u64::from(width) {
            self.report.leaves += 1;
            let row = rows.get(&place);
            let event_id = row.and_then(|row| row.opt_text(1)).map(str::to_owned);
            // After a refill nobody knows the names of the log's own leaves any more; their kind tells.
            let own = self.note_own(row.map_or("", |row| row.text(2)));
            let file = files.get((place - first) as usize);
            let altered = match (row, file) {
                (None, _) => true,
                (Some(row), Some(file)) => row.text(2).as_bytes() != file.as_slice(),
                (Some(_), None) => false,
            };
            let shard = shard.to_owned();
            let met = self.met.get(&shard).and_then(|met| met.get(place as usize));
            if altered {
                let finding = Finding::ListAltered { shard, place, event_id };
                self.report.findings.push(finding);
            } else if !own && met != Some(&true) {
                let finding = Finding::EventMissing { shard, place, event_id };
                self.report.findings.push(finding);
            }
        }
        Ok(())
    }

    /// Whether the leaf is the log's own and no act's.
    fn note_own(&mut self, leaf: &str) -> bool {
        let Ok(leaf) = Leaf::parse(leaf.as_bytes()) else {
            return false;
        };
        if leaf.kind() == LeafKind::Close {
            let day = (leaf.day().to_owned(), leaf.organ().to_owned());
            self.closed.insert(day, leaf.hash());
        }
        matches!(leaf.kind(), LeafKind::Close | LeafKind::Shard)
    }

    /// Days whose acts, as the record has them, are not those that were counted when the day was closed.
    fn compare_days(&mut self) -> Result<(), Fault> {
        for ((day, organ), sealed) in &self.closed {
            let mut list = self.days.remove(&(day.clone(), organ.clone())).unwrap_or_default();
            list.sort();
            if close_leaf(day, organ, &list)?.hash() != *sealed {
                self.report.findings.push(Finding::DayDiffers {
                    day: day.clone(),
                    organ: organ.clone(),
                });
            }
        }
        Ok(())
    }

    fn finish(self) -> Report {
        let mut report = self.report;
        report.findings.sort();
        report
    }
}

impl Sealed {
    fn altered(&self, event: Named) -> Finding {
        Finding::Altered {
            event,
            shard: self.shard.clone(),
            place: self.place,
        }
    }
}

/// Of an erased act only what stands outside can be compared.
pub(crate) fn same_outside(sealed: &Leaf, now: &Leaf) -> bool {
    (sealed.class(), sealed.day(), sealed.organ(), sealed.kind()) == (now.class(), now.day(), now.organ(), now.kind())
}

fn sealed(sql: &mut dyn Sql, ids: &[&str]) -> Result<HashMap<String, Sealed>, Fault> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(100) {
        let numbers: Vec<String> = (1..=chunk.len()).map(|at| format!("${at}")).collect();
        let text = format!(
            "SELECT event_id, shard, place, leaf FROM ledger_entry WHERE event_id IN ({})",
            numbers.join(", ")
        );
        let params: Vec<Value> = chunk.iter().map(|id| Value::from(*id)).collect();
        for row in sql.query(&text, &params)? {
            let sealed = Sealed {
                shard: row.text(1).to_owned(),
                place: row.int(2) as u64,
                leaf: row.text(3).to_owned(),
            };
            found.insert(row.text(0).to_owned(), sealed);
        }
    }
    Ok(found)
}

/// Whether the follower has passed this event.
fn followed(sql: &mut dyn Sql, seq: i64) -> Result<bool, Fault> {
    let row = sql.query_one(
        "SELECT 1 FROM event_position p
         WHERE p.seq = $1 AND p.position <= COALESCE((SELECT position FROM follower_cursor WHERE name = $2), 0)",
        &params![seq, crate::follower::LEAVES],
    )?;
    Ok(row.is_some())
}
