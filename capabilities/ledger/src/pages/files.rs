//! The log's files by plain HTTP, as C2SP tlog-tiles lays them out: whoever can fetch can mirror.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use axum::extract::Path as UrlPath;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use mingjing_tlog::Resource;
use mingjing_web::{Access, Problem, Routes};

const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Everybody is to see the same head soon.
const SOON_OVER: &str = "public, max-age=2";

pub(super) fn routes(routes: Routes, files: &Arc<Path>) -> Routes {
    let (of_checkpoint, of_tiles) = (Arc::clone(files), Arc::clone(files));
    routes
        .get(
            "/ledger/{shard}/checkpoint",
            Access::Public,
            move |UrlPath(shard): UrlPath<String>| get_file(of_checkpoint, shard, "checkpoint".to_owned()),
        )
        .get(
            "/ledger/{shard}/tile/{*path}",
            Access::Public,
            move |UrlPath((shard, path)): UrlPath<(String, String)>| get_file(of_tiles, shard, format!("tile/{path}")),
        )
}

async fn get_file(files: Arc<Path>, shard: String, path: String) -> Response {
    // Both are names of ours and nothing else, so that no path leads out of the folder.
    let Some(resource) = Resource::parse(&path).ok().filter(|_| is_shard(&shard)) else {
        return Problem::NotFound.into_response();
    };
    match tokio::fs::read(files.join(&shard).join(resource.path())).await {
        Ok(bytes) => answer(resource, bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => Problem::NotFound.into_response(),
        Err(error) => Problem::fault(error).into_response(),
    }
}

fn answer(resource: Resource, bytes: Vec<u8>) -> Response {
    let (kind, cache) = match resource {
        Resource::Checkpoint => ("text/plain; charset=utf-8", SOON_OVER),
        Resource::Tile(_) | Resource::Entries(_) => ("application/octet-stream", FOR_EVER),
    };
    let headers = [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, cache),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, bytes).into_response()
}

/// `2026`, `2026-2`
fn is_shard(name: &str) -> bool {
    !name.is_empty() && name.len() <= 32 && name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}
