//! One request seen whole: who, from where, wanting what. `front` wraps all routes; it opens the visit,
//! refuses foreign posts, and on the way out turns problems into pages and adds the security headers.

use std::net::{IpAddr, Ipv4Addr};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, SET_COOKIE};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use mingjing_chronicle::Actor;

use crate::house::{House, SessionActor};
use crate::link::Link;
use crate::problem::{Problem, Wants};
use crate::security;
use crate::server::{Limits, Peer, network_of};
use crate::session::{Jar, form_token, open_flash, same_token, token_hash};

/// What the front found out about a request, shared by guard, handler and answer.
pub struct Visit {
    pub house: House,
    pub actor: Actor,
    pub session: Option<SessionActor>,
    /// For `nonce-…` in the content security policy; fresh for each answer.
    pub nonce: String,
    /// The client's network, for budgets. Never logged, never stored.
    pub network: IpAddr,
    pub method: Method,
    /// Path and query as asked; where to return after signing in.
    pub here: Link,
    pub elder: bool,
    pub wants: Wants,
    pre_session: String,
    flash: Option<String>,
    cookies: Mutex<Vec<String>>,
    pre_session_is_new: bool,
    form_checked: AtomicBool,
}

impl Visit {
    pub(crate) fn of(extensions: &Extensions) -> Option<Arc<Visit>> {
        extensions.get::<Arc<Visit>>().map(Arc::clone)
    }

    fn open(house: House, session: Option<SessionActor>, request: &Request) -> Visit {
        let headers = request.headers();
        let known = Jar::PreSession.read(&house.site, headers);
        let here = request.uri().path_and_query().map_or("/", |here| here.as_str());
        Visit {
            actor: session
                .as_ref()
                .map_or_else(Actor::public, |session| session.actor.clone()),
            nonce: house.chance.id(),
            network: network(request),
            method: request.method().clone(),
            here: Link::local(here).unwrap_or_else(|| Link::to("/")),
            elder: Jar::View.read(&house.site, headers).as_deref() == Some("elder"),
            wants: Wants::of(request.uri().path(), headers),
            pre_session_is_new: known.is_none(),
            pre_session: known.unwrap_or_else(|| house.chance.id()),
            flash: Jar::Flash.read(&house.site, headers),
            cookies: Mutex::default(),
            form_checked: AtomicBool::new(false),
            session,
            house,
        }
    }

    /// The token that forms of this visit carry. Rendering a form before sign-in sets the cookie it belongs to.
    pub fn form_token(&self) -> String {
        if let Some(session) = &self.session {
            return session.csrf.clone();
        }
        if self.pre_session_is_new {
            self.set_cookie(Jar::PreSession.set(&self.house.site, &self.pre_session, None));
        }
        form_token(&self.pre_session)
    }

    /// # Errors
    /// The token is missing or belongs to another session.
    pub fn check_form_token(&self, given: &str) -> Result<(), Problem> {
        let fresh_visitor = self.session.is_none() && self.pre_session_is_new;
        self.form_checked.store(true, Ordering::Relaxed);
        if !fresh_visitor && same_token(&self.form_token(), given) {
            return Ok(());
        }
        Err(Problem::StaleForm)
    }

    /// The message of the page before, once.
    pub fn take_flash(&self) -> Option<String> {
        let sealed = self.flash.as_deref()?;
        self.set_cookie(Jar::Flash.clear(&self.house.site));
        open_flash(&self.house.flash_key, sealed)
    }

    pub fn set_cookie(&self, line: String) {
        let mut cookies = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        if !cookies.contains(&line) {
            cookies.push(line);
        }
    }

    fn take_cookies(&self) -> Vec<String> {
        std::mem::take(&mut *self.cookies.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn find_session(house: &House, headers: &HeaderMap) -> Result<Option<SessionActor>, Problem> {
    match Jar::Session.read(&house.site, headers) {
        Some(token) => Ok(house.sessions.find(&token_hash(&token)).await?),
        None => Ok(None),
    }
}

/// The access token of an API request; `Some("")` where the header says something else than a token of ours could be.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let line = headers.get(AUTHORIZATION)?.to_str().unwrap_or("");
    let (scheme, token) = line.split_once(' ').unwrap_or(("", ""));
    let token = token.trim();
    let ours = scheme.eq_ignore_ascii_case("bearer") && (32..=200).contains(&token.len());
    Some(if ours { token } else { "" })
}

/// Whoever sends a token means to be judged by it: a bad one is not saved by a cookie.
async fn find_token(house: &House, token: &str) -> Result<Option<SessionActor>, Problem> {
    if token.is_empty() {
        return Err(Problem::BadToken);
    }
    let found = house.sessions.find_bearer(&token_hash(token)).await?;
    found.map(Some).ok_or(Problem::BadToken)
}

/// Who asks the API, within the budget: of the network first, so that guessing tokens costs too, then of the token.
async fn find_api_actor(house: &House, headers: &HeaderMap, network: IpAddr) -> Result<Option<SessionActor>, Problem> {
    let too_many = |wait| Problem::TooMany { wait };
    let throttles = &house.throttles;
    throttles.api_network.take(&network.to_string()).map_err(too_many)?;
    let Some(token) = bearer(headers) else {
        return find_session(house, headers).await;
    };
    let found = find_token(house, token).await?;
    if let Some(system) = &found {
        throttles.api_token.take(&system.actor.account).map_err(too_many)?;
    }
    Ok(found)
}

/// The address after the last proxy that we trust: reading from the right, the first that is not one of ours.
fn network(request: &Request) -> IpAddr {
    let peer = request
        .extensions()
        .get::<Peer>()
        .map(|peer| peer.0.ip().to_canonical());
    let proxies = request
        .extensions()
        .get::<Arc<Limits>>()
        .map_or(&[][..], |limits| &limits.trusted_proxies);
    let mut address = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    if proxies.contains(&address) {
        let lines = request.headers().get_all("x-forwarded-for");
        let said: Vec<&str> = lines
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .collect();
        for hop in said.iter().rev() {
            let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
            address = hop.to_canonical();
            if !proxies.contains(&address) {
                break;
            }
        }
    }
    network_of(address)
}

/// The outermost layer of the site.
pub async fn front(State(house): State<House>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path.starts_with("/assets/") || path.starts_with("/ledger/") || matches!(path, "/healthz" | "/readyz") {
        // The same for everybody: no session, no cookie. What may be cached says so itself.
        let mut response = next.run(request).await;
        security::add_plain_headers(&house.site, response.headers_mut());
        return response;
    }
    let api = Wants::of(request.uri().path(), request.headers()) == Wants::Api;
    let found = if api {
        let network = network(&request);
        find_api_actor(&house, request.headers(), network).await
    } else {
        find_session(&house, request.headers()).await
    };
    let (session, refused) = match found {
        Ok(session) => (session, None),
        Err(problem) if api => (None, Some(problem)),
        Err(problem) => return without_visit(&house, problem),
    };
    let visit = Arc::new(Visit::open(house, session, &request));
    let response = if let Some(problem) = refused {
        problem.into_response()
    } else if security::is_foreign(&request) {
        Problem::Foreign.into_response()
    } else {
        request.extensions_mut().insert(Arc::clone(&visit));
        answer(&visit, request, next).await
    };
    finish(&visit, response)
}

async fn answer(visit: &Visit, request: Request, next: Next) -> Response {
    let response = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let response = response.unwrap_or_else(|_| Problem::fault("a handler panicked").into_response());
    // A form handler that takes the body without `Form` or `Upload` would skip the token: a fault of ours.
    let unchecked = !visit.method.is_safe() && visit.wants != Wants::Api && !visit.form_checked.load(Ordering::Relaxed);
    if unchecked && (response.status().is_success() || response.status().is_redirection()) {
        return Problem::fault("a form was taken without checking its token").into_response();
    }
    response
}

fn finish(visit: &Arc<Visit>, response: Response) -> Response {
    let mut response = Problem::render_into(visit, response);
    for line in visit.take_cookies() {
        if let Ok(value) = HeaderValue::from_str(&line) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
    security::add_page_headers(&visit.house.site, &visit.nonce, response.headers_mut());
    response
}

/// The session could not even be looked up: a short page without header and footer.
fn without_visit(house: &House, problem: Problem) -> Response {
    let mut response = problem.into_response();
    security::add_plain_headers(&house.site, response.headers_mut());
    response
}
