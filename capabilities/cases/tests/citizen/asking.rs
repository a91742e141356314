//! A person at a browser, without a socket.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use tower::ServiceExt;

use crate::house::{house, token};
use crate::world::World;

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn location(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        let whole = self.headers["location"].to_str().unwrap();
        whole.split('#').next().unwrap().to_owned()
    }

    /// The value of the last hidden field of this name: the sign-out form comes first.
    pub fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let start = self
            .body
            .rfind(&mark)
            .unwrap_or_else(|| panic!("no field {name}: {}", self.body))
            + mark.len();
        self.body[start..].split('"').next().unwrap().to_owned()
    }

    pub fn says(&self, words: &str) {
        assert!(self.body.contains(words), "“{words}” is not in: {}", self.text());
    }

    pub fn keeps_silent_on(&self, words: &str) {
        assert!(!self.body.contains(words), "“{words}” is in: {}", self.text());
    }

    /// Without the frame, for reading failures.
    fn text(&self) -> &str {
        let start = self.body.find("<main").unwrap_or(0);
        let end = self.body.find("</main>").unwrap_or(self.body.len());
        &self.body[start..end]
    }
}

pub struct Town {
    pub world: World,
    router: Router,
}

/// Somebody with a session, or a visitor without.
#[derive(Clone, Copy)]
pub struct Person<'a> {
    town: &'a Town,
    name: Option<&'a str>,
}

impl Town {
    pub async fn new() -> Town {
        let world = World::new().await;
        let router = mingjing_cases::routes().into_router(house(&world).await);
        Town { world, router }
    }

    pub fn person<'a>(&'a self, name: &'a str) -> Person<'a> {
        Person {
            town: self,
            name: Some(name),
        }
    }

    pub fn visitor(&self) -> Person<'_> {
        Person { town: self, name: None }
    }
}

impl Person<'_> {
    async fn ask(&self, request: axum::http::request::Builder, body: Body) -> Answer {
        let request = match self.name {
            Some(name) => {
                let account = self.town.world.account(name);
                request.header("cookie", format!("mingjing={}", token(&account)))
            }
            None => request,
        };
        let response = self
            .town
            .router
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 * 1024 * 1024).await.unwrap().to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(path), Body::empty()).await
    }

    pub async fn sees(&self, path: &str) -> Answer {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer
    }

    /// Posts the fields with the hidden ones of `page`.
    pub async fn post(&self, path: &str, page: &Answer, fields: &[(&str, &str)]) -> Answer {
        self.send(path, &hidden(page), fields).await
    }

    pub async fn send(&self, path: &str, hidden: &[(String, String)], fields: &[(&str, &str)]) -> Answer {
        let pairs = hidden
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(fields.iter().copied());
        let body: Vec<String> = pairs
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.ask(request, Body::from(body.join("&"))).await
    }

    /// Posts a form with files: field, file name, content.
    pub async fn upload(
        &self,
        path: &str,
        page: &Answer,
        fields: &[(&str, &str)],
        files: &[(&str, &str, &[u8])],
    ) -> Answer {
        let mut body = Vec::new();
        let hidden = hidden(page);
        let texts = hidden
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain(fields.iter().copied());
        for (name, value) in texts {
            body.extend(
                format!("--EDGE\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
            );
        }
        for (name, file, content) in files {
            let head =
                format!("--EDGE\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n");
            body.extend(head.bytes());
            body.extend_from_slice(content);
            body.extend(b"\r\n");
        }
        body.extend(b"--EDGE--\r\n");
        let request = Request::post(path).header("content-type", "multipart/form-data; boundary=EDGE");
        self.ask(request, Body::from(body)).await
    }
}

/// The hidden fields that every form carries, as the page shows them.
pub fn hidden(page: &Answer) -> Vec<(String, String)> {
    let mut fields = vec![
        ("_csrf".to_owned(), page.hidden("_csrf")),
        ("_key".to_owned(), page.hidden("_key")),
    ];
    if page.body.contains("name=\"_seen\"") {
        fields.push(("_seen".to_owned(), page.hidden("_seen")));
    }
    fields
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
