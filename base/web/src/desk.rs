//! The desk at which a request is handled: who sits in front of it and what they may do.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::LOCATION;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use mingjing_chronicle::{Actor, ActorKind, Refusal, Request};

use crate::form::{Fields, FormMeta};
use crate::house::House;
use crate::link::Link;
use crate::page::Frame;
use crate::problem::Problem;
use crate::scope::{Permission, Scope};
use crate::session::{Jar, seal_flash};
use crate::visit::Visit;

/// The opening of every handler: `async fn get(desk: Desk, …)`. Works for anonymous visitors too.
#[derive(Clone)]
pub struct Desk {
    pub house: House,
    pub actor: Actor,
    /// Shown to this person alone; `None` when not signed in.
    pub display_name: Option<String>,
    pub elder: bool,
    pub visit: Arc<Visit>,
}

impl Desk {
    pub(crate) fn at(visit: Arc<Visit>) -> Desk {
        Desk {
            house: visit.house.clone(),
            actor: visit.actor.clone(),
            display_name: visit.session.as_ref().map(|session| session.display_name.clone()),
            elder: visit.elder,
            visit,
        }
    }

    /// How far this actor may do it; `None` is not at all.
    pub fn may(&self, permission: Permission) -> Option<Scope> {
        self.house.authority.scope(&self.actor, permission)
    }

    /// # Errors
    /// Not signed in (goes to the sign-in page), or signed in without this permission (403).
    pub fn require(&self, permission: Permission) -> Result<Scope, Problem> {
        if let Some(scope) = self.may(permission) {
            return Ok(scope);
        }
        self.signed_in()?;
        let refusal = Refusal::forbidden("web.no_permission", "您的岗位没有这项权限。")
            .advice("如果这是您的职责，请联系本单位的安全管理员核对岗位和授权。");
        Err(Problem::Refusal(refusal))
    }

    /// # Errors
    /// Not signed in: goes to the sign-in page, and comes back to this page if it can be asked for again.
    pub fn signed_in(&self) -> Result<&Actor, Problem> {
        if self.actor.kind != ActorKind::Public {
            return Ok(&self.actor);
        }
        let return_to = if self.visit.method.is_safe() {
            self.visit.here.clone()
        } else {
            Link::to("/")
        };
        Err(Problem::SignIn { return_to })
    }

    /// Header, navigation, footer and flash message of a page with this title.
    pub fn frame(&self, title: impl Into<String>) -> Frame {
        Frame::new(self, title.into())
    }

    /// An empty form with its hidden fields: token, a fresh idempotency key, no seen version.
    pub fn form(&self) -> Fields {
        Fields::blank(self.visit.form_token(), self.house.chance.id())
    }

    /// The request of a command: this actor, the form's idempotency key and the hash of what was sent.
    pub fn request(&self, form: &FormMeta) -> Request {
        Request::by(self.actor.clone()).once(form.key.clone(), form.digest.clone())
    }

    /// Sends the browser on after a post (303), so that a reload repeats nothing.
    pub fn go(&self, link: &Link) -> Response {
        let location = HeaderValue::from_str(&link.to_string());
        let location = location.expect("a link is percent-encoded ASCII");
        (StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response()
    }

    /// As [`Desk::go`], with a message for the next page. The message holds no personal data.
    pub fn go_saying(&self, link: &Link, message: &str) -> Response {
        let sealed = seal_flash(&self.house.flash_key, message);
        self.visit
            .set_cookie(Jar::Flash.set(&self.house.site, &sealed, Some(60)));
        self.go(link)
    }

    /// Sets the session cookie after sign-in. `token` has at least 128 random bits; the table keeps its hash only.
    pub fn start_session(&self, token: &str) {
        self.visit.set_cookie(Jar::Session.set(&self.house.site, token, None));
        self.visit.set_cookie(Jar::PreSession.clear(&self.house.site));
    }

    pub fn end_session(&self) {
        self.visit.set_cookie(Jar::Session.clear(&self.house.site));
    }

    /// The session token of this request, to revoke it at sign-out.
    pub fn session_token(&self, parts: &axum::http::HeaderMap) -> Option<String> {
        Jar::Session.read(&self.house.site, parts)
    }
}

impl FromRequestParts<House> for Desk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &House) -> Result<Desk, Problem> {
        let visit = Visit::of(&parts.extensions);
        visit
            .map(Desk::at)
            .ok_or_else(|| Problem::fault("a route was reached without the front"))
    }
}
