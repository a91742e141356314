//! A witness by C2SP tlog-witness: it cosigns the largest consistent tree it has seen of each log it knows.
//!
//! Invariant: what is cosigned was stored before, and check and store are one step. Whoever forgets a head could be made
//! to cosign another one.

use std::fs::File;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path as UrlPath, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use mingjing_chronicle::Clock;
use mingjing_tlog::{AddCheckpoint, Checkpoint, Hash, Judgement, SignedCheckpoint, SignerKey, VerifierKey, judge};

use crate::disk::Disk;
use crate::stop::Stop;

/// Bytes of a request: what the format allows.
const MOST_BYTES: usize = 1 << 20;

pub struct WitnessDesk<D> {
    key: SignerKey,
    logs: Vec<VerifierKey>,
    clock: Clock,
    /// One request at a time: this lock is the atomic step.
    heads: Mutex<D>,
    /// Exactly one process; goes with it.
    _lock: Option<File>,
}

/// Status and body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: String,
}

impl<D: Disk> WitnessDesk<D> {
    /// `heads`: a folder of its own; `lock`: what keeps other processes from it.
    pub fn new(key: SignerKey, logs: Vec<VerifierKey>, clock: Clock, heads: D, lock: Option<File>) -> WitnessDesk<D> {
        WitnessDesk {
            key,
            logs,
            clock,
            heads: Mutex::new(heads),
            _lock: lock,
        }
    }

    pub fn key(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// `add-checkpoint`.
    ///
    /// # Errors
    /// What is held cannot be read or stored; then nothing was cosigned.
    pub fn add_checkpoint(&self, body: &[u8]) -> Result<Answer, Stop> {
        let Ok(request) = AddCheckpoint::parse(body) else {
            return Ok(answer(400, "malformed\n"));
        };
        let heads = self.heads.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let name = Checkpoint::origin_hash(&request.checkpoint.checkpoint().origin);
        let held = read(&*heads, &name)?;
        let held = held.map(|signed| (signed.checkpoint().size, signed.checkpoint().root));
        let judgement = judge(&request, &self.logs, held);
        match &judgement {
            Judgement::Cosign => self.cosign(&*heads, &name, &request),
            Judgement::Conflict { held } => Ok(answer(409, &format!("{held}\n"))),
            Judgement::NotSigned(why) | Judgement::NotConsistent(why) => {
                Ok(answer(judgement.status(), &format!("{}\n", why.code())))
            }
            Judgement::OldTooLarge | Judgement::UnknownOrigin => Ok(answer(judgement.status(), "")),
        }
    }

    fn cosign(&self, heads: &D, name: &str, request: &AddCheckpoint) -> Result<Answer, Stop> {
        let note = request.checkpoint.note();
        let time = u64::try_from(self.clock.now().as_second()).unwrap_or_default();
        let line = self.key.sign(note.text(), time);
        let stored = SignedCheckpoint::new(note.clone().with(line.clone())?)?;
        store(heads, name, &stored)?;
        Ok(answer(200, &line.to_string()))
    }

    /// What was cosigned last for the log with this hash of its origin.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn held(&self, origin_hash: &str) -> Result<Option<SignedCheckpoint>, Stop> {
        let hex = origin_hash.len() == 2 * Hash::LENGTH && origin_hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !hex {
            return Ok(None);
        }
        let heads = self.heads.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        read(&*heads, origin_hash)
    }
}

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        body: body.to_owned(),
    }
}

fn read<D: Disk>(heads: &D, name: &str) -> Result<Option<SignedCheckpoint>, Stop> {
    let bytes = heads.read(name).map_err(Stop::disk("reading", name))?;
    let damaged = |_| Stop::Damaged { path: name.to_owned() };
    bytes
        .map(|bytes| SignedCheckpoint::parse(&bytes).map_err(damaged))
        .transpose()
}

/// A crash before the rename leaves the old head; after it the new one, whether or not the log hears of it.
fn store<D: Disk>(heads: &D, name: &str, checkpoint: &SignedCheckpoint) -> Result<(), Stop> {
    let new = format!("{name}.new");
    heads
        .write(&new, checkpoint.to_string().as_bytes())
        .map_err(Stop::disk("writing", &new))?;
    heads.sync(&new).map_err(Stop::disk("syncing", &new))?;
    heads.rename(&new, name).map_err(Stop::disk("renaming to", name))?;
    heads.sync_folder("").map_err(Stop::disk("syncing the folder", ""))
}

/// `POST /add-checkpoint`, `GET /<hex of SHA-256 of the origin>/checkpoint`.
pub fn witness_routes<D: Disk + Send + 'static>(desk: Arc<WitnessDesk<D>>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(post_checkpoint::<D>))
        .route("/{origin}/checkpoint", get(get_checkpoint::<D>))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(desk)
}

async fn post_checkpoint<D: Disk + Send + 'static>(State(desk): State<Arc<WitnessDesk<D>>>, body: Bytes) -> Response {
    let judged = tokio::task::spawn_blocking(move || desk.add_checkpoint(&body)).await;
    match judged {
        Ok(Ok(answer)) => {
            let kind = match answer.status {
                409 => "text/x.tlog.size",
                _ => "text/plain; charset=utf-8",
            };
            let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            (status, [(CONTENT_TYPE, kind)], answer.body).into_response()
        }
        Ok(Err(stop)) => fault(&stop.to_string()),
        Err(_) => fault("a task ended early"),
    }
}

async fn get_checkpoint<D: Disk + Send + 'static>(
    State(desk): State<Arc<WitnessDesk<D>>>,
    UrlPath(origin): UrlPath<String>,
) -> Response {
    let held = tokio::task::spawn_blocking(move || desk.held(&origin)).await;
    match held {
        Ok(Ok(Some(checkpoint))) => {
            let headers = [
                (CONTENT_TYPE, "text/plain; charset=utf-8"),
                (CACHE_CONTROL, "public, max-age=2"),
            ];
            (headers, checkpoint.to_string()).into_response()
        }
        Ok(Ok(None)) => StatusCode::NOT_FOUND.into_response(),
        Ok(Err(stop)) => fault(&stop.to_string()),
        Err(_) => fault("a task ended early"),
    }
}

fn fault(why: &str) -> Response {
    tracing::error!(witness.fault = why, "the witness could not answer");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}
