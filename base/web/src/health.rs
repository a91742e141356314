//! Is the process alive, and may it be given work? For balancers and supervisors of processes.

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderName, StatusCode};
use axum::response::IntoResponse;

use crate::house::House;

/// An answer of a minute ago says nothing.
const FRESH: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "no-store")];

/// `/healthz`: the process answers. Says nothing of the database: restarting would not mend it.
pub async fn get_health() -> impl IntoResponse {
    (FRESH, "ok\n")
}

/// `/readyz`: the database answers.
pub async fn get_ready(State(house): State<House>) -> impl IntoResponse {
    match house.chronicle.read(|reader| reader.head()).await {
        Ok(_) => (StatusCode::OK, FRESH, "ready\n"),
        Err(fault) => {
            tracing::warn!(error = %fault, "not ready: the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, FRESH, "not ready\n")
        }
    }
}
