//! From proposal to deleted keys. Who holds seats and what the law wants kept are read in the same transaction; the
//! deletion itself is a job, because the journal must be on disk before the first key goes.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use mingjing_chronicle::job::{Job, JobFuture};
use mingjing_chronicle::{
    About, Actor, Aggregate, Chronicle, Fault, JobError, JobHandler, NewJob, Stop, Tx, operate, params,
};
use serde_json::{Value as Json, json};

use crate::account::Account;
use crate::administrators::{ALL, Administrators};
use crate::decide::erase::{self, Kept, ProposeErasure, Target};
use crate::erasure::{Erasure, ErasureEvent, ErasureState};

pub const ERASE_JOB: &str = "people.erase";
/// Class of the public leaf: that something was erased, by which body, on which day.
const CLASS: &str = "erase";

/// Who writes streams says whether a law wants kept what they hold.
pub trait Keeping: Send + Sync {
    fn answers_for(&self, stream_kind: &str) -> bool;

    /// `None`: nothing wants it kept.
    ///
    /// # Errors
    /// [`Fault`] from the database.
    fn kept(&self, tx: &mut Tx<'_>, stream_kind: &str, id: &str) -> Result<Option<Kept>, Fault>;
}

/// All that answer; what nobody answers for is kept.
pub type Keepers = Arc<[Arc<dyn Keeping>]>;

/// People's own alone.
pub fn own_keepers() -> Keepers {
    let own: Vec<Arc<dyn Keeping>> = vec![Arc::new(KeepsAccounts)];
    own.into()
}

/// People's own: an account that is in use is needed; a closed one is not.
pub struct KeepsAccounts;

impl Keeping for KeepsAccounts {
    fn answers_for(&self, stream_kind: &str) -> bool {
        stream_kind == Account::STREAM
    }

    fn kept(&self, tx: &mut Tx<'_>, _: &str, id: &str) -> Result<Option<Kept>, Fault> {
        let account = tx.consult::<Account>(id)?;
        let why = match (account.is_active(), account.is_citizen()) {
            (true, true) => "账号还在使用，本人可以先注销",
            // Who held a seat is part of the register of administrators.
            (_, false) => "这不是个人账号，登记要永久保存",
            (false, true) => return Ok(None),
        };
        Ok(Some(Kept {
            why: why.to_owned(),
            article: "个人信息保护法第十三条",
            until: None,
        }))
    }
}

/// Returns the id of the erasure.
///
/// # Errors
/// [`Stop`] as decided by `erase::propose`.
pub fn propose(tx: &mut Tx<'_>, command: &ProposeErasure, keepers: &Keepers) -> Result<String, Stop> {
    let seats = tx.consult::<Administrators>(ALL)?;
    let target = target(tx, command.stream.trim(), keepers)?;
    let command = ProposeErasure {
        stream: command.stream.trim().to_owned(),
        ..command.clone()
    };
    let events = erase::propose(&seats, &command, &target, tx.context())?;
    let id = tx.context().id("erasure");
    let mut erasure = tx.load::<Erasure>(&id)?;
    let about = act(tx);
    tx.append(&mut erasure, events, &about)?;
    Ok(id)
}

/// # Errors
/// [`Stop`] as decided by `erase::confirm`.
pub fn confirm(tx: &mut Tx<'_>, id: &str, keepers: &Keepers) -> Result<(), Stop> {
    let seats = tx.consult::<Administrators>(ALL)?;
    let mut erasure = tx.load::<Erasure>(id)?;
    let target = target(tx, &erasure.stream.clone(), keepers)?;
    let events = erase::confirm(&seats, &erasure, &target, tx.context())?;
    let about = act(tx);
    tx.append(&mut erasure, events, &about)?;
    let run_at = tx.context().at;
    Ok(tx.enqueue(NewJob {
        id: format!("{ERASE_JOB}/{id}"),
        kind: ERASE_JOB,
        payload: json!({ "erasure": id }),
        run_at,
    })?)
}

/// # Errors
/// [`Stop`] as decided by `erase::drop_proposal`.
pub fn drop_proposal(tx: &mut Tx<'_>, id: &str) -> Result<(), Stop> {
    let seats = tx.consult::<Administrators>(ALL)?;
    let mut erasure = tx.load::<Erasure>(id)?;
    let events = erase::drop_proposal(&seats, &erasure, tx.context())?;
    let about = act(tx);
    Ok(tx.append(&mut erasure, events, &about)?)
}

fn act(tx: &Tx<'_>) -> About {
    About {
        class: CLASS,
        ..About::new(tx.context())
    }
}

fn target(tx: &mut Tx<'_>, stream: &str, keepers: &Keepers) -> Result<Target, Fault> {
    let Some((kind, id)) = stream.split_once('/') else {
        return Ok(Target::default());
    };
    let keys = keys_of(tx, kind, id)?;
    let kept = match keepers.iter().find(|keeper| keeper.answers_for(kind)) {
        _ if keys.is_empty() => None,
        Some(keeper) => keeper.kept(tx, kind, id)?,
        None => Some(Kept {
            why: "这类登记要永久保存".to_owned(),
            article: "档案法第十四条",
            until: None,
        }),
    };
    Ok(Target { keys, kept })
}

/// Keys of the stream's events that are still there, and of the files that their content names.
fn keys_of(tx: &mut Tx<'_>, kind: &str, id: &str) -> Result<Vec<String>, Fault> {
    let mut keys = Vec::new();
    let mut named = BTreeSet::new();
    for event in tx.events(kind, id)? {
        if let Some(json) = event.json() {
            keys.push(event.envelope.event_id.clone());
            collect(&serde_json::from_slice(json).unwrap_or(Json::Null), &mut named);
        }
    }
    for text in named {
        let key = format!("blob/{text}");
        let there = tx.query("SELECT 1 FROM event_key WHERE key_id = $1", &params![&key])?;
        if !there.is_empty() {
            keys.push(key);
        }
    }
    Ok(keys)
}

/// Texts that could be ids of files.
fn collect(json: &Json, named: &mut BTreeSet<String>) {
    match json {
        Json::String(text) if (16..=64).contains(&text.len()) && text.is_ascii() => {
            named.insert(text.clone());
        }
        Json::Array(values) => values.iter().for_each(|value| collect(value, named)),
        Json::Object(object) => object.values().for_each(|value| collect(value, named)),
        _ => {}
    }
}

/// Deletes the keys of confirmed erasures. Runs again harmlessly.
pub struct EraseJob {
    /// Outside the data and its backups.
    pub journal: PathBuf,
}

impl JobHandler for EraseJob {
    fn run(&self, chronicle: Arc<Chronicle>, job: Job) -> JobFuture {
        let journal = self.journal.clone();
        let id = job.payload.get("erasure").and_then(Json::as_str).unwrap_or_default();
        let id = id.to_owned();
        Box::pin(async move {
            let loaded = id.clone();
            let erasure = chronicle.read(move |reader| reader.load::<Erasure>(&loaded)).await?;
            if erasure.stage != ErasureState::Confirmed {
                return Ok(());
            }
            operate::erase(&chronicle, &erasure.keys, &journal)
                .await
                .map_err(JobError::from)?;
            chronicle
                .inside(Actor::system(), move |tx| finish(tx, &id))
                .await
                .map_err(JobError::from)
        })
    }
}

fn finish(tx: &mut Tx<'_>, id: &str) -> Result<(), Stop> {
    let mut erasure = tx.load::<Erasure>(id)?;
    if erasure.stage != ErasureState::Confirmed {
        return Ok(());
    }
    if let Some(account) = erasure.stream.strip_prefix("account/") {
        tx.execute("DELETE FROM credential WHERE account = $1", &params![account])?;
        tx.execute("DELETE FROM session WHERE account = $1", &params![account])?;
    }
    let keys = erasure.keys.len() as u64;
    let about = act(tx);
    Ok(tx.append(&mut erasure, vec![ErasureEvent::Erased { keys }], &about)?)
}
