//! Somebody at a browser, asking the studio alone.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use mingjing_catalogue::{OpenCase, OpenCases};
use mingjing_chronicle::{Blueprint, Chance, Chronicle, Clock, Fault, Reader};
use mingjing_studio::Bench;
use mingjing_web::{Permission, Scope};
use serde_json::Value as Json;
use tower::ServiceExt;

use crate::flow_rules::FlowRules;
use crate::house::{house, token};
use crate::world::{ITEM, World, blueprint, china};

/// Legal reviewer of the market regulation bureau, whose item [`ITEM`] is.
pub const CLERK: &str = "郑洁";
/// The legal office of the district.
pub const OFFICE: &str = "唐薇";
/// Legal reviewer of another body.
pub const STRANGER: &str = "薛静";
/// At the counter: draws no flows.
pub const COUNTER: &str = "林晓岚";

pub struct Town {
    pub world: World,
    router: Router,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// The demo city's house with a studio.
pub fn with_studio() -> Blueprint {
    blueprint()
        .tables(mingjing_studio::tables())
        .tables(mingjing_catalogue::tables())
        .views(mingjing_studio::views())
}

/// Nobody has a case open here.
struct NoCases;

impl OpenCases for NoCases {
    fn permission(&self) -> Permission {
        mingjing_cases::pages::BOARD
    }

    fn of_items(&self, _: &mut Reader<'_>, _: &Scope, _: &[String], _: i64) -> Result<Vec<OpenCase>, Fault> {
        Ok(Vec::new())
    }
}

impl Town {
    pub async fn new() -> Town {
        let clock = Clock::at(china("2026-02-02 09:00"));
        let chronicle = Chronicle::memory(with_studio(), clock.clone(), Chance::seeded(7))
            .await
            .unwrap();
        Town::on(chronicle, clock).await
    }

    pub async fn on(chronicle: Arc<Chronicle>, clock: Clock) -> Town {
        let world = World::filled(chronicle, clock).await;
        let bench = Bench::new(|tables| Box::new(FlowRules::with(tables)));
        let no_cases: Arc<dyn OpenCases> = Arc::new(NoCases);
        let routes = mingjing_studio::routes(&bench).merge(mingjing_catalogue::desk_routes(&no_cases));
        let router = routes.into_router(house(&world).await);
        Town { world, router }
    }

    async fn ask(&self, who: &str, request: axum::http::request::Builder, body: Body) -> Answer {
        let cookie = format!("mingjing={}", token(&self.world.account(who)));
        let request = request.header("cookie", cookie).body(body).unwrap();
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = to_bytes(body, 16 * 1024 * 1024).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.ask(who, Request::get(path), Body::empty()).await
    }

    pub async fn sees(&self, who: &str, path: &str) -> Answer {
        let answer = self.get(who, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.main());
        answer
    }

    /// As the editor's script sends it. `key` tells one try from another.
    pub async fn post(&self, who: &str, path: &str, key: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = format!("form-token-of-{}-0123456789abcdef", self.world.account(who));
        let hidden = [("_csrf", csrf.as_str()), ("_key", key)];
        let pairs: Vec<String> = hidden
            .iter()
            .chain(fields)
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("accept", "application/json");
        self.ask(who, request, Body::from(pairs.join("&"))).await
    }

    /// As a page with files sends it; none is chosen.
    pub async fn post_parts(&self, who: &str, path: &str, key: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = format!("form-token-of-{}-0123456789abcdef", self.world.account(who));
        let hidden = [("_csrf", csrf.as_str()), ("_key", key)];
        let parts = hidden.iter().chain(fields).map(|(name, value)| {
            format!("--EDGE\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        });
        let body = format!("{}--EDGE--\r\n", parts.collect::<String>());
        let request = Request::post(path)
            .header("content-type", "multipart/form-data; boundary=EDGE")
            .header("accept", "application/json");
        self.ask(who, request, Body::from(body)).await
    }

    pub async fn flow(&self) -> String {
        let file = self.sees(CLERK, &format!("/desk/flows/{ITEM}/file?of=v1")).await;
        assert!(
            file.headers["content-disposition"]
                .to_str()
                .unwrap()
                .starts_with("attachment")
        );
        file.body
    }
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    pub fn says(&self, words: &str) {
        assert!(self.body.contains(words), "“{words}” is not in: {}", self.main());
    }

    pub fn keeps_silent_on(&self, words: &str) {
        assert!(!self.body.contains(words), "“{words}” is in: {}", self.main());
    }

    /// What stands in the text areas of a form, by name.
    pub fn texts(&self) -> Vec<(String, String)> {
        let areas = self.body.split("<textarea").skip(1).filter_map(|area| {
            let (head, rest) = area.split_once('>')?;
            let name = head.split_once("name=\"")?.1.split('"').next()?;
            let text = rest.split_once("</textarea>")?.0;
            let text = text
                .replace("&#34;", "\"")
                .replace("&#60;", "<")
                .replace("&#62;", ">")
                .replace("&#38;", "&");
            Some((name.to_owned(), text))
        });
        let lines = self
            .body
            .split("<input class=\"govuk-input")
            .skip(1)
            .filter_map(|input| {
                let head = input.split('>').next()?;
                let of = |key: &str| head.split_once(key)?.1.split('"').next();
                Some((of(" name=\"")?.to_owned(), of(" value=\"")?.replace("&#34;", "\"")))
            });
        let both = areas.chain(lines);
        let asked = ["trigger", "document", "trigger_on", "effective_on", "reasons"];
        both.filter(|(name, _)| !asked.contains(&name.as_str())).collect()
    }

    fn main(&self) -> &str {
        self.body.split_once("<main").map_or(&self.body, |(_, main)| main)
    }
}

fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric();
    let escaped = |byte: u8| {
        if plain(byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(escaped).collect()
}
