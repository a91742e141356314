//! Styles and scripts, built by Vite and carried in the binary under names that change with their contents.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use serde::Deserialize;

use crate::problem::Problem;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Dist;

/// One entry of Vite's manifest, as far as we read it.
#[derive(Deserialize)]
struct Built {
    file: String,
    /// Style sheets that the entry brings along.
    #[serde(default)]
    css: Vec<String>,
}

/// Address of an entry, and of its own style sheet.
struct Addresses {
    file: String,
    style: Option<String>,
}

static MANIFEST: LazyLock<HashMap<String, Addresses>> = LazyLock::new(|| {
    let manifest = Dist::get(".vite/manifest.json").expect("build.rs saw the manifest");
    let built: HashMap<String, Built> = serde_json::from_slice(&manifest.data).expect("the manifest is Vite's");
    let address = |name: &str| format!("/assets/{name}");
    let addresses = |built: Built| Addresses {
        file: address(&built.file),
        style: built.css.first().map(|name| address(name)),
    };
    built
        .into_iter()
        .map(|(source, built)| (source, addresses(built)))
        .collect()
});

/// Address of a built entry, e.g. `src/main.js`.
///
/// # Panics
/// The entry is not among the inputs of `web/vite.config.js`.
pub fn address(source: &str) -> &'static str {
    &MANIFEST.get(source).expect("an input of web/vite.config.js").file
}

/// Address of the style sheet that a built script brings along.
///
/// # Panics
/// As [`address`], and where it brings none.
pub fn style_of(source: &str) -> &'static str {
    let entry = MANIFEST.get(source).expect("an input of web/vite.config.js");
    entry.style.as_deref().expect("the entry imports a style sheet")
}

pub fn style() -> &'static str {
    address("src/main.scss")
}

/// The style sheet itself, for documents that must stand alone.
pub fn style_text() -> String {
    let name = style().trim_start_matches("/assets/");
    let sheet = Dist::get(name).expect("the manifest names what was built");
    String::from_utf8_lossy(&sheet.data).into_owned()
}

pub fn script() -> &'static str {
    address("src/main.js")
}

/// `GET /assets/{name}`
pub async fn get_asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let zipped = accepts_gzip(&headers)
        .then(|| Dist::get(&format!("{name}.gz")))
        .flatten();
    let encoded = zipped.is_some();
    let hidden = name.starts_with('.') || name.ends_with(".gz");
    let Some(file) = zipped.or_else(|| Dist::get(&name)).filter(|_| !hidden) else {
        return Problem::NotFound.into_response();
    };
    let mut response = file.data.into_response();
    let answer = response.headers_mut();
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(kind(&name)));
    answer.insert(
        CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=31536000, immutable"),
    );
    answer.insert(VARY, HeaderValue::from_static("accept-encoding"));
    if encoded {
        answer.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    accepted.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("gzip") && parts.next().is_none_or(|q| q != "q=0")
    })
}

/// By the ending: the names are ours.
fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" | "map" => "application/json",
        _ => "application/octet-stream",
    }
}
