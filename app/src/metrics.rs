//! Figures for Prometheus, on an address of their own: they tell how a house works, which is not for the public.
//!
//! Invariant: a scrape costs a few indexed reads, whatever the size of the record.

use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::Timestamp;
use mingjing_chronicle::{Chronicle, Clock, Fault, Reader, params};
use mingjing_ledger::Board;
use mingjing_web::{Limits, Observer, Server};
use tokio::sync::Notify;

use crate::house;

pub struct Figures {
    pub chronicle: Arc<Chronicle>,
    pub observer: Arc<Observer>,
    /// Of the node that signs the public log.
    pub log: Option<Board>,
    pub started_at: Timestamp,
}

/// Answers `/metrics` in the background until `stop` is notified.
///
/// # Errors
/// The address is in use or not ours.
pub async fn serve(figures: Figures, listen: SocketAddr, stop: Arc<Notify>) -> Result<SocketAddr, String> {
    let server = Server::bind(listen, Limits::default())
        .await
        .map_err(|error| format!("不能在 {listen} 上提供运行指标：{error}"))?;
    let address = server.address().map_err(|error| error.to_string())?;
    let router = Router::new()
        .route("/metrics", get(get_metrics))
        .with_state(Arc::new(figures));
    tokio::spawn(async move { server.serve(router, async move { stop.notified().await }).await });
    Ok(address)
}

async fn get_metrics(State(figures): State<Arc<Figures>>) -> Response {
    match render(&figures).await {
        Ok(text) => ([(CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response(),
        Err(fault) => {
            tracing::warn!(error = %fault, "figures cannot be told");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn render(figures: &Figures) -> Result<String, Fault> {
    let now = figures.chronicle.clock().now();
    let mut out = figures.chronicle.read(move |reader| record(reader, now)).await?;
    gauge(
        &mut out,
        "mingjing_started_at_seconds",
        "When this process began, in Unix seconds.",
        &[(String::new(), figures.started_at.as_second())],
    );
    gauge(
        &mut out,
        "mingjing_resident_bytes",
        "Memory of this process.",
        &[(String::new(), resident_bytes())],
    );
    gauge(
        &mut out,
        "mingjing_build_info",
        "Always 1; the version is the label.",
        &[(format!("{{version=\"{}\"}}", house::SOFTWARE), 1)],
    );
    if let Some(board) = &figures.log {
        log(&mut out, board);
    }
    figures.observer.render(&mut out);
    Ok(out)
}

fn record(reader: &mut Reader<'_>, now: Timestamp) -> Result<String, Fault> {
    let mut out = String::new();
    let head = reader.head()?;
    gauge(
        &mut out,
        "mingjing_events",
        "Events in the record (the last position).",
        &[(String::new(), head)],
    );
    let followers = reader.query("SELECT name, position FROM follower_cursor ORDER BY name", &[])?;
    let behind: Vec<_> = followers
        .iter()
        .map(|row| (format!("{{follower=\"{}\"}}", row.text(0)), (head - row.int(1)).max(0)))
        .collect();
    gauge(
        &mut out,
        "mingjing_follower_behind_events",
        "Events that a follower has not handled yet.",
        &behind,
    );
    let mut jobs = Vec::new();
    for (state, text) in [
        (
            "due",
            "SELECT COUNT(*) FROM job WHERE state = 'waiting' AND run_at <= $1",
        ),
        (
            "running",
            "SELECT COUNT(*) FROM job WHERE state = 'running' AND run_at <= $1",
        ),
        ("dead", "SELECT COUNT(*) FROM job WHERE state = 'dead' AND run_at <= $1"),
    ] {
        let row = reader.query_one(text, &params![now])?;
        jobs.push((format!("{{state=\"{state}\"}}"), row.map_or(0, |row| row.int(0))));
    }
    gauge(
        &mut out,
        "mingjing_jobs",
        "Jobs: due and not begun, running, laid aside for a person.",
        &jobs,
    );
    let unsealed = reader.query_one("SELECT COUNT(*) FROM ledger_waiting", &[])?;
    gauge(
        &mut out,
        "mingjing_log_waiting_leaves",
        "Acts whose leaf has no place in the public log yet.",
        &[(String::new(), unsealed.map_or(0, |row| row.int(0)))],
    );
    let waiting = reader.query_one("SELECT COUNT(*) FROM event_waiting", &[])?;
    gauge(
        &mut out,
        "mingjing_events_without_position",
        "Events that the sequencer has not numbered yet (PostgreSQL).",
        &[(String::new(), waiting.map_or(0, |row| row.int(0)))],
    );
    Ok(out)
}

/// Whether the public log goes on: an alarm is one of these standing still, or the last being 1.
fn log(out: &mut String, board: &Board) {
    let status = board.read().unwrap_or_else(std::sync::PoisonError::into_inner);
    let published_at = status.published_at.map_or(0, Timestamp::as_second);
    let damaged = status.fsck.as_ref().is_some_and(|fsck| fsck.found.is_some());
    let one = |value: i64| [(String::new(), value)];
    gauge(
        out,
        "mingjing_log_signed_leaves",
        "Leaves of the public log that are signed.",
        &one(status.signed as i64),
    );
    gauge(
        out,
        "mingjing_log_published_leaves",
        "Leaves that everybody can see.",
        &one(status.published as i64),
    );
    gauge(
        out,
        "mingjing_log_published_seconds",
        "When it was published last, in Unix seconds.",
        &one(published_at),
    );
    gauge(
        out,
        "mingjing_log_stopped",
        "1: nothing is signed; the log says why.",
        &one(status.stopped.is_some().into()),
    );
    gauge(
        out,
        "mingjing_log_unwitnessed",
        "1: what is signed is not shown, the policy wants more witnesses.",
        &one(status.unwitnessed.into()),
    );
    gauge(
        out,
        "mingjing_log_damaged",
        "1: the last check of all files found one that is not what was signed.",
        &one(damaged.into()),
    );
}

fn gauge(out: &mut String, name: &str, help: &str, values: &[(String, i64)]) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} gauge");
    for (labels, value) in values {
        let _ = writeln!(out, "{name}{labels} {value}");
    }
}

fn resident_bytes() -> i64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm
        .split_whitespace()
        .nth(1)
        .and_then(|field| field.parse::<i64>().ok());
    pages.unwrap_or(0) * 4096
}

/// When the process begins.
pub fn started_now() -> Timestamp {
    Clock::System.now()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use mingjing_testkit::{TestOffice, for_each_engine};

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn figures_tell_of_the_house_and_of_nobody_in_it() {
        let plan = || house::blueprint("330303", mingjing_chronicle::Parameters::default());
        for_each_engine(plan, async |office: TestOffice| {
            office
                .does(|tx| crate::city::register_first_resident(tx).map(|()| 0))
                .await;
            office.settle().await;
            let figures = Figures {
                chronicle: Arc::clone(&office.chronicle),
                observer: Arc::default(),
                log: None,
                started_at: office.clock.now(),
            };
            let text = render(&figures).await.unwrap();
            for line in [
                "mingjing_events 1",
                "mingjing_follower_behind_events{follower=\"cases.paper_orders\"} 0",
                "mingjing_jobs{state=\"dead\"} 0",
                "mingjing_http_requests_under_way 0",
            ] {
                assert!(text.lines().any(|have| have == line), "{line} is not in\n{text}");
            }
            assert!(!text.contains("acc-"), "{text}");
        })
        .await;
    }
}
