//! The JSON door of whoever watches over the log: how it stands, what was found, and who looked at a matter.

use std::sync::Arc;

use jiff::Timestamp;
use mingjing_web::api::{Api, Nothing, Op, Paged};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::pages::{Naming, WATCH};
use crate::reads::who_looked;
use crate::watch::{self, Outcome, Standing};

/// Looks told at most.
const MOST: u32 = 500;

pub(crate) fn routes(naming: &Arc<dyn Naming>) -> Routes {
    let may = Access::May(WATCH);
    let naming = Arc::clone(naming);
    Api::new("公开日志")
        .read(
            Op::new("read_ledger_standing", "公开日志的状态")
                .note("各年日志、积压、见证人和最近的核对；不一致的，指明事件和流"),
            "/api/v1/ledger/standing",
            may,
            read_standing,
        )
        .read(
            Op::new("list_ledger_reads", "谁看过办件").note("新的在前，最多500条；查询本身也会被记下"),
            "/api/v1/ledger/reads",
            may,
            move |desk, path, query| list_reads(Arc::clone(&naming), desk, path, query),
        )
        .into_routes()
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LedgerStanding")]
struct StandingShown {
    logs: Vec<LogLine>,
    /// Acts with a leaf and no place, and events whose leaf is still to be made.
    waiting: u64,
    unfollowed: u64,
    signer: Option<SignerLine>,
    checks: Vec<CheckLine>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LedgerLog")]
struct LogLine {
    origin: String,
    leaves: u64,
    verifier_key: String,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LedgerSigner")]
struct SignerLine {
    /// When the signing process said this.
    at: Timestamp,
    signed: u64,
    published: u64,
    published_at: Option<Timestamp>,
    /// Why nothing is signed.
    stopped: Option<String>,
    silent_witnesses: Vec<String>,
    unwitnessed: bool,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LedgerCheck")]
struct CheckLine {
    /// `files` of one log, or the whole `record`.
    looked: &'static str,
    shard: String,
    ended_at: Timestamp,
    seen: u64,
    found: u64,
    findings: Vec<FindingLine>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LedgerFinding")]
struct FindingLine {
    /// `<kind>/<id>#<version>` of the event, where the finding names one.
    event: Option<String>,
    words: String,
}

async fn read_standing(desk: Desk, _: Nothing, _: Nothing) -> Result<StandingShown, Problem> {
    let standing = desk.house.chronicle.read(watch::standing).await?;
    Ok(shown(standing))
}

fn shown(standing: Standing) -> StandingShown {
    let log = |head: &crate::Head| LogLine {
        origin: head.origin.clone(),
        leaves: head.frontier.size(),
        verifier_key: head.verifier.clone(),
    };
    let signer = standing.told.map(|told| SignerLine {
        at: told.at,
        signed: told.status.signed,
        published: told.status.published,
        published_at: told.status.published_at,
        stopped: told.status.stopped,
        silent_witnesses: told.status.silent.into_iter().map(|(name, _)| name).collect(),
        unwitnessed: told.status.unwitnessed,
    });
    StandingShown {
        logs: standing.heads.iter().map(log).collect(),
        waiting: standing.waiting,
        unfollowed: standing.unfollowed,
        signer,
        checks: standing.record.iter().chain(&standing.files).map(check).collect(),
    }
}

fn check(outcome: &Outcome) -> CheckLine {
    let finding = |finding: &crate::Finding| FindingLine {
        event: finding
            .place()
            .map(|(kind, id, version)| format!("{kind}/{id}#{version}")),
        words: finding.in_words(),
    };
    CheckLine {
        looked: outcome.looked.key(),
        shard: outcome.shard.clone(),
        ended_at: outcome.ended_at,
        seen: outcome.seen,
        found: outcome.found,
        findings: outcome.findings.iter().map(finding).collect(),
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReadsQuery {
    #[schemars(length(min = 1, max = 64), description = "办件编号")]
    number: String,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "LedgerRead")]
struct ReadLine {
    at: Timestamp,
    account: String,
    post: String,
    body: String,
    /// `page`, `papers`, `files`, `receipts`, `acts` …
    part: String,
    /// The permission by which it was shown.
    by: String,
}

async fn list_reads(
    naming: Arc<dyn Naming>,
    desk: Desk,
    _: Nothing,
    query: ReadsQuery,
) -> Result<Paged<ReadLine>, Problem> {
    let Some(stream) = naming.stream(query.number.trim()) else {
        return Ok(Paged::whole(Vec::new()));
    };
    if let Some((kind, id)) = stream.split_once('/') {
        desk.note_read(kind, id, WATCH)?;
    }
    let found = desk
        .house
        .chronicle
        .read(move |reader| who_looked(reader, &stream, MOST));
    let line = |looker: crate::Looker| ReadLine {
        at: looker.at,
        account: looker.account,
        post: looker.post,
        body: looker.organ,
        part: looker.part,
        by: looker.by,
    };
    Ok(Paged::whole(found.await?.into_iter().map(line).collect()))
}
