//! Headers that tell browsers what this site never does, and the check where a request came from.

use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::house::Site;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Scripts run only with this answer's nonce, or loaded by such a script; nothing is evaluated, framed or sent elsewhere.
/// Trusted Types: strings become HTML only through the one policy of our own script (`web/src/trusted.js`).
fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; \
         font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; \
         require-trusted-types-for 'script'; trusted-types mingjing"
    )
}

/// As [`policy`], for the one page whose editor of diagrams is made by others and writes its markup as text. The editor
/// cannot name a policy of ours, so the page may make a `default` one: it passes what holds neither script nor handler nor
/// frame, and never makes a script (`web/src/studio/markup.js`). Nothing else is given up: no inline style, no eval, no
/// other site.
///
/// # Errors
/// The nonce is no header text, which cannot be.
pub fn editor_policy(nonce: &str) -> Result<HeaderValue, axum::http::header::InvalidHeaderValue> {
    HeaderValue::from_str(&format!("{} default", policy(nonce)))
}

/// For pages: what a page may do, and that no shared cache keeps it.
pub fn add_page_headers(site: &Site, nonce: &str, headers: &mut HeaderMap) {
    if let (false, Ok(policy)) = (
        headers.contains_key(CONTENT_SECURITY_POLICY),
        HeaderValue::from_str(&policy(nonce)),
    ) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    add_plain_headers(site, headers);
}

/// For everything.
pub fn add_plain_headers(site: &Site, headers: &mut HeaderMap) {
    let mut set = |name: &'static str, value: &'static str| {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    };
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    set("referrer-policy", "same-origin");
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    set(
        "permissions-policy",
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), \
         display-capture=(), browsing-topics=()",
    );
    if site.secure {
        set("strict-transport-security", "max-age=63072000; includeSubDomains");
    }
}

/// Whether a request that changes something was sent by a page of another site. Browsers since 2020 (Safari 2023)
/// say so themselves; for older ones `Origin` must name the host asked. A client that sends neither is no browser
/// that could be misled, and still needs the form's token.
pub fn is_foreign(request: &Request) -> bool {
    if request.method().is_safe() {
        return false;
    }
    let headers = request.headers();
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return !matches!(site.as_bytes(), b"same-origin" | b"none");
    }
    match (headers.get(ORIGIN), headers.get(HOST)) {
        (None, _) => false,
        (Some(origin), Some(host)) => !origin_is_of(origin.as_bytes(), host.as_bytes()),
        (Some(_), None) => true,
    }
}

/// Whether a request to the API either changes nothing or carries JSON.
pub fn is_json_or_safe(request: &Request) -> bool {
    let kind = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("");
    request.method().is_safe()
        || kind
            .split(';')
            .next()
            .is_some_and(|kind| kind.trim() == "application/json")
}

fn origin_is_of(origin: &[u8], host: &[u8]) -> bool {
    [&b"https://"[..], b"http://"]
        .iter()
        .any(|scheme| origin.strip_prefix(*scheme) == Some(host))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use axum::body::Body;

    #[test]
    fn the_editors_policy_gives_up_one_thing() {
        let usual = policy("n");
        assert!(usual.ends_with("trusted-types mingjing"), "{usual}");
        let editors = editor_policy("n").unwrap();
        assert_eq!(editors.to_str().unwrap(), format!("{usual} default"));
    }

    #[test]
    fn requests_from_other_sites_are_foreign() {
        let check = |method: &str, headers: &[(&str, &str)], expect: bool| {
            let mut request = Request::builder().method(method).uri("/x");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            assert_eq!(
                is_foreign(&request.body(Body::empty()).unwrap()),
                expect,
                "{method} {headers:?}"
            );
        };
        check("GET", &[("sec-fetch-site", "cross-site")], false);
        check("POST", &[("sec-fetch-site", "cross-site")], true);
        check("POST", &[("sec-fetch-site", "same-site")], true);
        check("POST", &[("sec-fetch-site", "same-origin")], false);
        check("POST", &[("sec-fetch-site", "none")], false);
        check("POST", &[("origin", "https://a.cn"), ("host", "a.cn")], false);
        check("POST", &[("origin", "https://b.cn"), ("host", "a.cn")], true);
        check("POST", &[("origin", "null"), ("host", "a.cn")], true);
        check("POST", &[("origin", "https://a.cn.evil.com"), ("host", "a.cn")], true);
        check("POST", &[], false);
        check("DELETE", &[("sec-fetch-site", "cross-site")], true);
    }
}
