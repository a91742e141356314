//! The elder mode: larger text, larger targets, a simpler page. Chosen by a link, kept in a cookie.

use axum::http::Uri;
use axum::response::Response;

use crate::desk::Desk;
use crate::link::Link;
use crate::session::Jar;

const YEAR: i64 = 365 * 24 * 3600;

/// `GET /view?mode=elder|usual&return=…`: changes nothing but the look, so a link may do it.
pub async fn get_view(desk: Desk, uri: Uri) -> Response {
    let mut elder = false;
    let mut back = Link::to("/");
    for (name, value) in form_urlencoded::parse(uri.query().unwrap_or("").as_bytes()).take(4) {
        match name.as_ref() {
            "mode" => elder = value == "elder",
            "return" => back = Link::local(&value).unwrap_or(back),
            _ => {}
        }
    }
    let site = &desk.house.site;
    let cookie = if elder {
        Jar::View.set(site, "elder", Some(YEAR))
    } else {
        Jar::View.clear(site)
    };
    desk.visit.set_cookie(cookie);
    desk.go(&back)
}
