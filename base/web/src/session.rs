//! Cookies: the session, the token of forms before sign-in, the flash message, the chosen view.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cookie::{Cookie, SameSite};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::house::Site;

/// What the sessions table stores instead of the token: SHA-256 in hex. The token has 128 random bits, so no salt.
pub fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// The cookies we set. With HTTPS all of them carry `__Host-`, so that no sibling domain can plant one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jar {
    Session,
    /// Random value from which the token of forms is derived while nobody is signed in.
    PreSession,
    Flash,
    /// `elder` for the elder mode. Readable by nobody else, says nothing about a person.
    View,
}

impl Jar {
    fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Jar::Session, true) => "__Host-mingjing",
            (Jar::Session, false) => "mingjing",
            (Jar::PreSession, true) => "__Host-mingjing-form",
            (Jar::PreSession, false) => "mingjing-form",
            (Jar::Flash, true) => "__Host-mingjing-flash",
            (Jar::Flash, false) => "mingjing-flash",
            (Jar::View, true) => "__Host-mingjing-view",
            (Jar::View, false) => "mingjing-view",
        }
    }

    pub fn read(self, site: &Site, headers: &HeaderMap) -> Option<String> {
        let name = self.name(site.secure);
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(Cookie::split_parse)
            .filter_map(Result::ok)
            .find(|cookie| cookie.name() == name)
            .map(|cookie| cookie.value().to_owned())
            .filter(|value| !value.is_empty() && value.len() <= 2048)
    }

    /// A `Set-Cookie` line. Without `max_age` (seconds) the browser forgets it when it closes.
    pub fn set(self, site: &Site, value: &str, max_age: Option<i64>) -> String {
        let mut cookie = Cookie::build((self.name(site.secure), value.to_owned()))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(site.secure)
            .build();
        if let Some(seconds) = max_age {
            cookie.set_max_age(cookie::time::Duration::seconds(seconds));
        }
        cookie.to_string()
    }

    pub fn clear(self, site: &Site) -> String {
        self.set(site, "", Some(0))
    }
}

/// The token of forms shown before sign-in, derived so that the cookie's value never stands in a page.
pub fn form_token(pre_session: &str) -> String {
    hex::encode(
        &Sha256::new()
            .chain_update(b"mingjing/form/v1\0")
            .chain_update(pre_session)
            .finalize()[..16],
    )
}

/// Equal in time that does not depend on where the first difference is.
pub fn same_token(one: &str, other: &str) -> bool {
    !one.is_empty() && bool::from(one.as_bytes().ct_eq(other.as_bytes()))
}

/// Signs a short message without personal data for the page after a redirect.
pub fn seal_flash(key: &[u8; 32], message: &str) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(message), hex::encode(mac(key, message)))
}

pub fn open_flash(key: &[u8; 32], value: &str) -> Option<String> {
    let (message, tag) = value.split_once('.')?;
    let message = String::from_utf8(URL_SAFE_NO_PAD.decode(message).ok()?).ok()?;
    same_token(&hex::encode(mac(key, &message)), tag).then_some(message)
}

/// Hash within a hash under the same key: the outer one hides the inner state from length extension.
fn mac(key: &[u8; 32], message: &str) -> [u8; 32] {
    let inner = Sha256::new()
        .chain_update(key)
        .chain_update(b"flash\0")
        .chain_update(message)
        .finalize();
    Sha256::new()
        .chain_update(key)
        .chain_update(b"outer\0")
        .chain_update(inner)
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flash_opens_only_with_its_key_and_unchanged() {
        let sealed = seal_flash(&[7; 32], "已提交。");
        assert_eq!(open_flash(&[7; 32], &sealed).as_deref(), Some("已提交。"));
        assert_eq!(open_flash(&[8; 32], &sealed), None);
        let other = seal_flash(&[7; 32], "别的话");
        let mixed = format!(
            "{}.{}",
            other.split('.').next().unwrap_or(""),
            sealed.split('.').nth(1).unwrap_or("")
        );
        assert_eq!(open_flash(&[7; 32], &mixed), None);
        assert_eq!(open_flash(&[7; 32], "x"), None);
    }

    #[test]
    fn an_empty_token_equals_nothing() {
        assert!(!same_token("", ""));
        assert!(same_token("ab", "ab"));
        assert!(!same_token("ab", "abc"));
    }
}
