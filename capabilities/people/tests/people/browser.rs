//! A browser for tests: one router, its cookies, forms filled as the page gave them.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use mingjing_people::division::DEMO;
use mingjing_people::permissions::Table;
use mingjing_people::{SessionBook, links, sign_in};
use mingjing_testkit::TestOffice;
use mingjing_web::{
    FileKind, Footer, House, Inspected, Inspector, Link, Nav, Pending, Site, Throttles, UploadError, UploadLimits,
};
use tower::ServiceExt;

use crate::city::*;

struct NoUploads;

impl Inspector for NoUploads {
    fn inspect(&self, _: FileKind, _: Vec<u8>) -> Pending<'_, Result<Inspected, UploadError>> {
        Box::pin(async { Err(UploadError::Unavailable) })
    }
}

pub fn house(office: &TestOffice, demo: bool) -> House {
    let text = |value: &str| value.to_owned();
    House {
        chronicle: office.chronicle.clone(),
        authority: Arc::new(Table),
        sessions: Arc::new(SessionBook::new(office.chronicle.clone())),
        inspector: Arc::new(NoUploads),
        site: Arc::new(Site {
            name: text("龙湾政务服务网"),
            division: text("龙湾区"),
            division_code: text("330303"),
            domain: text("localhost"),
            demo,
            secure: false,
            footer: Footer {
                host: text("主办"),
                operator: text("承办"),
                phone: text("000"),
                address: text("地址"),
                site_code: text("0"),
                icp: text("0"),
                police: text("0"),
                software: text("test"),
            },
        }),
        nav: Arc::new(Nav {
            home: Link::to("/"),
            tabs: Vec::new(),
            side: vec![links::side()],
            search: Link::to("/search"),
            cite: Link::to("/laws/cite"),
            sign_in: links::sign_in(),
            sign_out: links::sign_out(),
            my_cases: Link::to("/my"),
            desk: Link::to("/office"),
            report_error: Link::to("/report-error"),
            site_map: Link::to("/site-map"),
        }),
        throttles: Arc::new(Throttles::default()),
        uploads: UploadLimits::default(),
        clock: office.clock.clone(),
        chance: office.chronicle.chance().clone(),
        reads: mingjing_web::reads::Reads::default(),
        flash_key: Arc::new([9; 32]),
    }
}

/// A browser: one router, its cookies.
pub struct Browser {
    router: Router,
    pub cookies: Vec<(String, String)>,
}

pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub body: String,
}

impl Answer {
    /// The last hidden field of this name: the page's form stands below the header's.
    pub fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let at = self
            .body
            .rfind(&mark)
            .unwrap_or_else(|| panic!("no {name} in {}", self.body))
            + mark.len();
        self.body[at..].split('"').next().unwrap().to_owned()
    }
}

impl Browser {
    pub fn at(office: &TestOffice, demo: bool) -> Browser {
        let router = mingjing_people::routes(&hasher(), &Arc::new(DEMO.clone())).into_router(house(office, demo));
        Browser {
            router,
            cookies: Vec::new(),
        }
    }

    pub async fn signed_in(office: &TestOffice, account: &str) -> Browser {
        let mut browser = Browser::at(office, false);
        let entry = sign_in::demo_sign_in(&office.chronicle, true, account).await.unwrap();
        let sign_in::Entry::Open { token, .. } = entry else {
            panic!()
        };
        browser.cookies.push(("mingjing".into(), token));
        browser
    }

    pub async fn send(&mut self, request: axum::http::request::Builder, body: String) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request
            .header("cookie", cookies.join("; "))
            .body(Body::from(body))
            .unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        for line in response.headers().get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let location = response
            .headers()
            .get("location")
            .map_or("", |value| value.to_str().unwrap())
            .to_owned();
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 22).await.unwrap();
        Answer {
            status,
            location,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), String::new()).await
    }

    /// Opens the page of the form, fills it and sends it.
    pub async fn fill(&mut self, page: &str, action: &str, values: &[(&str, &str)]) -> Answer {
        let form = self.get(page).await;
        assert_eq!(form.status, StatusCode::OK, "{page}: {}", form.body);
        let mut pairs = vec![
            ("_csrf".to_owned(), form.hidden("_csrf")),
            ("_key".to_owned(), form.hidden("_key")),
        ];
        if form.body.contains("name=\"_seen\"") {
            pairs.push(("_seen".to_owned(), form.hidden("_seen")));
        }
        pairs.extend(
            values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        self.post(action, &pairs).await
    }

    pub async fn post(&mut self, action: &str, pairs: &[(String, String)]) -> Answer {
        let body: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let request = Request::post(action).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, body.join("&")).await
    }
}

pub fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

pub async fn office() -> TestOffice {
    let office = TestOffice::sqlite(plan).await;
    found(&office.chronicle).await;
    office
}
