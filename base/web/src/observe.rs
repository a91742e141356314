//! What is seen of requests: counts and durations by route for Prometheus, and one log line each.
//!
//! Invariant: nothing here tells whom or what it was about. A route is told by its pattern (`/my/cases/{case_no}`), never
//! by the path that was asked; addresses, accounts and queries are not told at all.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use mingjing_chronicle::Chance;
use tracing::Instrument;

/// Upper bounds of the duration buckets, in microseconds.
const BOUNDS: [u64; 12] = [
    1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000,
];

/// Method, pattern of the route, class of the answer (`2xx`).
type Key = (&'static str, Arc<str>, &'static str);

#[derive(Default)]
struct Durations {
    /// Not cumulative; the last counts what is longer than all bounds.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    sum_microseconds: AtomicU64,
}

/// Counts of this process. Bounded: patterns come from the table of routes, never from what is asked.
#[derive(Default)]
pub struct Observer {
    requests: RwLock<BTreeMap<Key, Arc<Durations>>>,
    under_way: AtomicU64,
}

impl Observer {
    fn count(&self, key: Key, took: Duration) {
        let known = {
            let requests = self.requests.read().unwrap_or_else(PoisonError::into_inner);
            requests.get(&key).map(Arc::clone)
        };
        let durations = known.unwrap_or_else(|| {
            let mut requests = self.requests.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(requests.entry(key).or_default())
        });
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.partition_point(|bound| *bound < microseconds);
        durations.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        durations.sum_microseconds.fetch_add(microseconds, Ordering::Relaxed);
    }

    /// Prometheus text format, version 0.0.4.
    pub fn render(&self, out: &mut String) {
        out.push_str("# HELP mingjing_http_requests_under_way Requests being answered now.\n");
        out.push_str("# TYPE mingjing_http_requests_under_way gauge\n");
        let under_way = self.under_way.load(Ordering::Relaxed);
        let _ = writeln!(out, "mingjing_http_requests_under_way {under_way}");
        out.push_str(
            "# HELP mingjing_http_request_seconds Time to answer, by route pattern and class of the answer.\n",
        );
        out.push_str("# TYPE mingjing_http_request_seconds histogram\n");
        let requests = self.requests.read().unwrap_or_else(PoisonError::into_inner);
        for ((method, route, class), durations) in requests.iter() {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{class}\"");
            let mut upto = 0;
            for (index, bucket) in durations.buckets.iter().enumerate() {
                upto += bucket.load(Ordering::Relaxed);
                let bound = BOUNDS.get(index).map_or("+Inf".to_owned(), |bound| seconds(*bound));
                let _ = writeln!(
                    out,
                    "mingjing_http_request_seconds_bucket{{{labels},le=\"{bound}\"}} {upto}"
                );
            }
            let sum = seconds(durations.sum_microseconds.load(Ordering::Relaxed));
            let _ = writeln!(out, "mingjing_http_request_seconds_sum{{{labels}}} {sum}");
            let _ = writeln!(out, "mingjing_http_request_seconds_count{{{labels}}} {upto}");
        }
    }
}

fn seconds(microseconds: u64) -> String {
    format!("{}.{:06}", microseconds / 1_000_000, microseconds % 1_000_000)
}

/// Takes its place even where the client goes away in the middle.
struct UnderWay<'a>(&'a Observer);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Wraps every route: a span with the trace's id, a count, a log line.
pub(crate) async fn observe(
    State((observer, chance)): State<(Arc<Observer>, Chance)>,
    request: Request,
    next: Next,
) -> Response {
    observer.under_way.fetch_add(1, Ordering::Relaxed);
    let _under_way = UnderWay(&observer);
    let method = method_of(&request);
    let route: Arc<str> = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str)
        .into();
    let trace = trace_id(request.headers()).unwrap_or_else(|| chance.id());
    let span = tracing::info_span!("request", trace_id = %trace, http.method = method, http.route = %route);
    let begun = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let took = begun.elapsed();
    let status = response.status().as_u16();
    span.in_scope(|| {
        tracing::info!(
            http.status = status,
            took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            "answered"
        );
    });
    observer.count((method, route, class_of(status)), took);
    response
}

fn method_of(request: &Request) -> &'static str {
    // A client may invent methods; the label must not grow with them.
    ["GET", "POST", "HEAD", "PUT", "DELETE"]
        .into_iter()
        .find(|known| request.method().as_str() == *known)
        .unwrap_or("other")
}

fn class_of(status: u16) -> &'static str {
    match status {
        429 => "429",
        503 => "503",
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

/// The trace that a proxy or another system began: `traceparent` of W3C Trace Context, version 00, or a later version
/// that begins the same way. Anything else is as if there were none.
fn trace_id(headers: &HeaderMap) -> Option<String> {
    let mut lines = headers.get_all("traceparent").iter();
    let (Some(line), None) = (lines.next(), lines.next()) else {
        return None;
    };
    let text = line.to_str().ok()?;
    let mut parts = text.split('-');
    let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let some = |text: &str| text.bytes().any(|b| b != b'0');
    let ends = parts.next().is_none() || version != "00";
    (hex(version, 2) && version != "ff" && hex(trace, 32) && some(trace) && hex(parent, 16) && some(parent))
        .then_some(())?;
    (hex(flags, 2) && ends).then(|| trace.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_trace_is_taken_over_only_from_a_proper_parent() {
        const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
        for (line, expect) in [
            (format!("00-{TRACE}-00f067aa0ba902b7-01"), true),
            (format!("cc-{TRACE}-00f067aa0ba902b7-01-what-comes-later"), true),
            (format!("00-{TRACE}-00f067aa0ba902b7-01-more"), false),
            (format!("ff-{TRACE}-00f067aa0ba902b7-01"), false),
            (format!("00-{TRACE}-0000000000000000-01"), false),
            (
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01".to_owned(),
                false,
            ),
            (format!("00-{}-00f067aa0ba902b7-01", TRACE.to_uppercase()), false),
            (format!("00-{TRACE}"), false),
            (String::new(), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("traceparent", line.parse().unwrap());
            let expect = expect.then(|| TRACE.to_owned());
            assert_eq!(trace_id(&headers), expect, "{line}");
        }
    }

    #[test]
    fn durations_are_cumulative_in_the_text_for_prometheus() {
        let observer = Observer::default();
        for microseconds in [500, 1_000, 30_000, 20_000_000] {
            let key = ("GET", Arc::from("/items/{code}"), class_of(200));
            observer.count(key, Duration::from_micros(microseconds));
        }
        let mut text = String::new();
        observer.render(&mut text);
        let labels = "method=\"GET\",route=\"/items/{code}\",status=\"2xx\"";
        for line in [
            format!("mingjing_http_request_seconds_bucket{{{labels},le=\"0.001000\"}} 2"),
            format!("mingjing_http_request_seconds_bucket{{{labels},le=\"0.050000\"}} 3"),
            format!("mingjing_http_request_seconds_bucket{{{labels},le=\"10.000000\"}} 3"),
            format!("mingjing_http_request_seconds_bucket{{{labels},le=\"+Inf\"}} 4"),
            format!("mingjing_http_request_seconds_count{{{labels}}} 4"),
            format!("mingjing_http_request_seconds_sum{{{labels}}} 20.031500"),
        ] {
            assert!(text.lines().any(|have| have == line), "{line} is not in\n{text}");
        }
    }
}
