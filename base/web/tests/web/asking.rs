//! Requests to a router without a socket.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use tower::ServiceExt;

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of the hidden field of this name.
    pub fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        // The sign-out form of the header has hidden fields of its own; the page's form comes after it.
        let start = self.body.rfind(&mark).unwrap_or_else(|| panic!("no field {name}")) + mark.len();
        self.body[start..].split('"').next().unwrap().to_owned()
    }

    /// `name=value` of the cookie that was set under this name.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let lines = self
            .headers
            .get_all("set-cookie")
            .iter()
            .map(|line| line.to_str().unwrap());
        lines
            .filter_map(|line| line.split(';').next())
            .find(|pair| pair.starts_with(&format!("{name}=")))
            .map(str::to_owned)
    }
}

pub async fn ask(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 64 * 1024 * 1024).await.unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

pub async fn get(router: &Router, path: &str, headers: &[(&str, &str)]) -> Answer {
    ask(router, with(Request::get(path), headers).body(Body::empty()).unwrap()).await
}

pub async fn post(router: &Router, path: &str, headers: &[(&str, &str)], form: &str) -> Answer {
    let request = with(Request::post(path), headers).header("content-type", "application/x-www-form-urlencoded");
    ask(router, request.body(Body::from(form.to_owned())).unwrap()).await
}

pub fn with(mut request: axum::http::request::Builder, headers: &[(&str, &str)]) -> axum::http::request::Builder {
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request
}
