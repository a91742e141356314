//! A program that speaks JSON with the door.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use jiff::civil::Date;
use mingjing_chronicle::{Actor, Fault};
use mingjing_people::SessionBook;
use mingjing_people::bootstrap;
use mingjing_people::decide::issue_api_token::IssueApiToken;
use mingjing_people::decide::revoke_api_token::RevokeApiToken;
use mingjing_web::api::{Shape, document, faults, with_document};
use mingjing_web::{House, Pending, SessionActor, Sessions, token_hash};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::house::{house, token};
use crate::world::{ITEM, World};

/// Persons by the cookies of the tests, systems by their real tokens.
struct Both {
    desks: Arc<dyn Sessions>,
    book: SessionBook,
}

impl Sessions for Both {
    fn find<'a>(&'a self, token_hash: &'a str) -> Pending<'a, Result<Option<SessionActor>, Fault>> {
        self.desks.find(token_hash)
    }

    fn find_bearer<'a>(&'a self, token_hash: &'a str) -> Pending<'a, Result<Option<SessionActor>, Fault>> {
        self.book.find_bearer(token_hash)
    }
}

pub struct Town {
    pub world: World,
    pub document: Value,
    router: Router,
    keys: AtomicUsize,
}

#[derive(Clone, Copy)]
pub enum Who<'a> {
    Nobody,
    Person(&'a str),
    System(&'a str),
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Value,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or("")
    }

    /// Done, with this answer.
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.json);
        self.json
    }
}

impl Town {
    pub async fn new() -> Town {
        Town::with(|house| house).await
    }

    pub async fn with(change: impl FnOnce(House) -> House) -> Town {
        Town::of(World::new().await, change).await
    }

    /// With the power items of penalties in its catalogue.
    pub async fn with_penalties(world: World) -> Town {
        world.import_item(crate::world::demo_file("items/penalties.csv")).await;
        Town::of(world, |house| house).await
    }

    async fn of(world: World, change: impl FnOnce(House) -> House) -> Town {
        let mut house = house(&world).await;
        house.sessions = Arc::new(Both {
            desks: Arc::clone(&house.sessions),
            book: SessionBook::new(Arc::clone(&world.chronicle)),
        });
        let house = change(house);
        let authority = mingjing_people::permissions::Table;
        let document = document(&mingjing_cases::routes(), &house.site, &authority);
        let routes = with_document(mingjing_cases::routes(), &house.site, &authority);
        Town {
            world,
            document,
            router: routes.into_router(house),
            keys: AtomicUsize::new(0),
        }
    }

    /// A token for these roles in a body of the demo; the system's account and the token.
    pub async fn issue(&self, body: &str, roles: &[&str], valid_to: &str) -> (String, String) {
        let secret = format!("mj1_{:064}", self.keys.fetch_add(1, Ordering::Relaxed));
        let (hash, body, valid_to) = (token_hash(&secret), body.to_owned(), valid_to.parse::<Date>().unwrap());
        let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
        let account = format!("sys-{}", &hash[..12]);
        let id = account.clone();
        bootstrap::seed(&self.world.chronicle, move |tx| {
            let posts = mingjing_people::public::queries::posts_of(tx.sql(), &body)?;
            let wanted = posts
                .into_iter()
                .filter(|post| roles.iter().any(|role| role == post.role.key()));
            let command = IssueApiToken {
                account: id.clone(),
                name: "审批系统".into(),
                body: body.clone(),
                posts: wanted.map(|post| post.post).collect(),
                valid_to,
                token_hash: hash.clone(),
            };
            bootstrap::issue_api_token(tx, &command)
        })
        .await
        .unwrap();
        (account, secret)
    }

    pub async fn revoke(&self, account: &str) {
        let command = RevokeApiToken {
            account: account.to_owned(),
            reason: "停用".into(),
        };
        let done = self
            .world
            .chronicle
            .inside(Actor::system(), move |tx| bootstrap::revoke_api_token(tx, &command));
        done.await.unwrap();
    }

    pub fn key(&self) -> String {
        format!("key-0000-0000-{:06}", self.keys.fetch_add(1, Ordering::Relaxed))
    }

    pub async fn send(&self, who: Who<'_>, request: axum::http::request::Builder, body: Vec<u8>) -> Answer {
        let request = match who {
            Who::Nobody => request,
            Who::Person(name) => request.header("cookie", format!("mingjing={}", token(&self.world.account(name)))),
            Who::System(secret) => request.header("authorization", format!("Bearer {secret}")),
        };
        let request = request.body(Body::from(body)).unwrap();
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 * 1024 * 1024).await.unwrap().to_vec();
        let kind = parts
            .headers
            .get("content-type")
            .map_or("", |kind| kind.to_str().unwrap());
        let json = if kind.contains("json") {
            serde_json::from_slice(&bytes).unwrap()
        } else {
            Value::Null
        };
        assert_ne!(
            parts.status,
            StatusCode::INTERNAL_SERVER_ERROR,
            "{method} {path}: {json}"
        );
        self.check(&method, &path, parts.status, kind, &json);
        Answer {
            status: parts.status,
            headers: parts.headers,
            json,
            bytes,
        }
    }

    pub async fn get(&self, who: Who<'_>, path: &str) -> Answer {
        self.send(who, Request::get(path), Vec::new()).await
    }

    pub async fn post(&self, who: Who<'_>, path: &str, body: Value) -> Answer {
        self.order(who, path, None, &self.key(), body).await
    }

    /// A command with its version and key.
    pub async fn order(&self, who: Who<'_>, path: &str, seen: Option<i64>, key: &str, body: Value) -> Answer {
        let request = Request::post(path)
            .header("content-type", "application/json")
            .header("idempotency-key", key);
        let request = match seen {
            Some(seen) => request.header("seen-version", seen.to_string()),
            None => request,
        };
        self.send(who, request, body.to_string().into_bytes()).await
    }

    /// An act in the version that stands now.
    pub async fn act(&self, who: Who<'_>, case_no: &str, act: &str, body: Value) -> Answer {
        let seen = self.get(who, &format!("/api/v1/cases/{case_no}")).await.ok()["version"].as_i64();
        let path = format!("/api/v1/cases/{case_no}/acts/{act}");
        self.order(who, &path, seen, &self.key(), body).await
    }

    /// An act on a penalty in the version that stands now; answers the new version.
    pub async fn penalise(&self, who: Who<'_>, case_no: &str, act: &str, body: Value) -> Answer {
        let seen = self.get(who, &format!("/api/v1/penalties/{case_no}")).await.ok()["version"].as_i64();
        let path = format!("/api/v1/penalties/{case_no}/acts/{act}");
        self.order(who, &path, seen, &self.key(), body).await
    }

    /// Whether the answer is one that the document tells.
    fn check(&self, method: &Method, path: &str, status: StatusCode, kind: &str, json: &Value) {
        let Some(operation) = self.operation(method, path) else {
            return;
        };
        let told = &operation["responses"][status.as_str()];
        assert!(!told.is_null(), "{method} {path} answers {status}, which is not told");
        let told = match told["$ref"].as_str() {
            Some(name) => &self.document["components"]["responses"][name.rsplit('/').next().unwrap()],
            None => told,
        };
        let bare = kind.split(';').next().unwrap();
        let schema = &told["content"][bare]["schema"];
        assert!(
            !schema.is_null(),
            "{method} {path} {status} answers {kind}, which is not told"
        );
        if json.is_null() {
            return;
        }
        let shape = Shape {
            schema: schema.clone(),
            definitions: self.document["components"]["schemas"].as_object().unwrap().clone(),
        };
        let wrong = faults(&shape, json);
        assert!(wrong.is_empty(), "{method} {path}: {wrong:?} in {json}");
    }

    fn operation(&self, method: &Method, path: &str) -> Option<&Value> {
        let given: Vec<&str> = path.split('/').collect();
        let paths = self.document["paths"].as_object().unwrap();
        let fits = |template: &str| {
            let parts: Vec<&str> = template.split('/').collect();
            parts.len() == given.len()
                && parts
                    .iter()
                    .zip(&given)
                    .all(|(part, given)| part.starts_with('{') || part == given)
        };
        // Literal addresses are named before those with parameters.
        let found = paths
            .iter()
            .filter(|(template, _)| fits(template))
            .min_by_key(|(template, _)| template.matches('{').count())?;
        found.1.get(method.as_str().to_lowercase())
    }
}

/// An application on paper as a clerk's system sends it.
pub fn receipt() -> Value {
    json!({
        "item_code": ITEM,
        "party": {
            "kind": "organisation",
            "name": "龙湾区好滋味小餐馆（演示）",
            "uscc": "91330303MA2000000E",
            "legal_representative": "李琴",
            "contact": "李琴",
            "phone": "13800000002",
            "address": "温州市龙湾区永中街道演示路8号",
        },
        "received_on": "2026-02-02",
        "form": {
            "premises_address": ["温州市龙湾区永中街道演示路8号"],
            "premises_area": ["86"],
            "business_form": ["catering"],
            "catering_scope": ["hot"],
            "operator_name": ["龙湾区好滋味小餐馆（演示）"],
        },
        "materials": [{"id": "premises", "name": "经营场所证明", "originals": 1, "copies": 2}],
    })
}
