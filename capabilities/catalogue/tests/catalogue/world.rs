//! A chronicle with the demo city's bodies, and its files.

use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use mingjing_catalogue::{
    Attachments, ImportOrder, Report, attachment_names, import, import_laws, set_synonyms, views,
};
use mingjing_chronicle::{Actor, Blueprint, Chance, Chronicle, Clock, Fault, Stop, Tx};
use mingjing_people::bootstrap::{
    AppointOfficer, CreatePost, OpenOffice, RegisterOfficer, appoint_officer, create_post, open_office,
    register_officer,
};
use mingjing_people::commands::register_body;
use mingjing_people::decide::register_body::RegisterBody;
use mingjing_people::division::Divisions;
use mingjing_people::public::PostRole;
use mingjing_web::{
    FileKind, Footer, House, Inspected, Inspector, Link, Nav, Pending, Routes, SessionActor, Sessions, Site, Throttles,
    UploadError, UploadLimits,
};
use tower::ServiceExt;

pub const CONFIRMED: &str = "龙湾区司法局，龙司法〔2026〕1号";

pub struct World {
    pub chronicle: Arc<Chronicle>,
    pub clock: Clock,
}

pub fn demo_file(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../demo").join(name);
    std::fs::read(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

pub fn attachments(bytes: &[u8]) -> Attachments {
    attachment_names(bytes)
        .into_iter()
        .map(|name| {
            let content = demo_file(&name);
            (name, content)
        })
        .collect()
}

impl World {
    /// Bodies and laws, no items yet. It is 2 March 2026.
    pub async fn empty() -> World {
        World::built(Blueprint::new("330303", "test")).await
    }

    async fn built(blueprint: Blueprint) -> World {
        let clock = Clock::at("2026-03-02T01:00:00Z".parse().unwrap());
        let blueprint = blueprint.views(views()).views(mingjing_people::views::all());
        let chronicle = Chronicle::memory(blueprint, clock.clone(), Chance::seeded(7))
            .await
            .unwrap();
        let world = World { chronicle, clock };
        world.furnish().await;
        world
    }

    /// Enters bodies, officers and laws.
    pub async fn furnish(&self) {
        self.register_bodies().await;
        self.appoint_officers().await;
        import_laws(&self.chronicle, Actor::system(), &demo_file("laws/laws.json"))
            .await
            .unwrap();
        let synonyms = String::from_utf8(demo_file("synonyms.txt")).unwrap();
        set_synonyms(&self.chronicle, Actor::system(), &synonyms).await.unwrap();
    }

    /// The whole demo city.
    pub async fn demo() -> World {
        World::demo_with(Blueprint::new("330303", "test")).await
    }

    /// The demo city in a house with more capabilities.
    pub async fn demo_with(blueprint: Blueprint) -> World {
        let world = World::built(blueprint).await;
        for file in [
            "items/catalogue.csv",
            "items/six-bodies.csv",
            "items/penalties.csv",
            "items/procedures.csv",
            "items/food-permit.json",
        ] {
            let report = world.import(demo_file(file)).await.unwrap();
            assert!(report.applied, "{file}: {:?}", refused(&report));
        }
        world
    }

    pub async fn import(&self, bytes: Vec<u8>) -> Result<Report, Stop> {
        let order = ImportOrder {
            attachments: attachments(&bytes),
            bytes,
            confirmed_by: Some(CONFIRMED.into()),
            dry_run: false,
        };
        import(&self.chronicle, Actor::system(), order).await
    }

    async fn appoint_officers(&self) {
        let officers = String::from_utf8(demo_file("officers.csv")).unwrap();
        let offices: serde_json::Value = serde_json::from_slice(&demo_file("bodies.json")).unwrap();
        self.chronicle
            .inside(Actor::system(), move |tx: &mut Tx<'_>| {
                for body in offices["bodies"].as_array().unwrap() {
                    for office in body["offices"].as_array().unwrap() {
                        let word = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
                        let opened = OpenOffice {
                            body: word(&body["body"]),
                            office: word(&office["office"]),
                            name: word(&office["name"]),
                        };
                        open_office(tx, &opened)?;
                    }
                }
                for row in officers.lines().skip(1) {
                    appointed(tx, &row.split(',').collect::<Vec<_>>())?;
                }
                Ok(())
            })
            .await
            .unwrap();
    }

    async fn register_bodies(&self) {
        let file: serde_json::Value = serde_json::from_slice(&demo_file("bodies.json")).unwrap();
        let bodies: Vec<RegisterBody> = serde_json::from_value(file["bodies"].clone()).unwrap();
        let divisions = String::from_utf8(demo_file("../capabilities/people/data/divisions-wenzhou.txt")).unwrap();
        self.chronicle
            .inside(Actor::system(), move |tx: &mut Tx<'_>| {
                let divisions = Divisions::parse(&divisions).unwrap();
                for body in &bodies {
                    register_body(tx, body, &divisions)?;
                }
                Ok(())
            })
            .await
            .unwrap();
    }
}

/// As the demo city's list has them: a flow is confirmed only where its posts have holders.
fn appointed(tx: &mut Tx<'_>, row: &[&str]) -> Result<(), Stop> {
    let &[account, login_name, name, body, office, roles, ..] = row else {
        panic!("{row:?}");
    };
    let officer = RegisterOfficer {
        account: account.to_owned(),
        login_name: login_name.to_owned(),
        name: name.to_owned(),
        body: body.to_owned(),
        office: office.to_owned(),
    };
    register_officer(tx, &officer)?;
    for role in roles.split(';') {
        let role = PostRole::of_key(role).unwrap();
        let post = format!("post-{account}-{}", role.key());
        let created = CreatePost {
            body: body.to_owned(),
            office: office.to_owned(),
            role,
            title: role.label().to_owned(),
            post: Some(post.clone()),
        };
        create_post(tx, &created)?;
        let appointed = AppointOfficer {
            account: account.to_owned(),
            body: body.to_owned(),
            post,
        };
        appoint_officer(tx, &appointed, None)?;
    }
    Ok(())
}

/// Lines and codes of the problems of a report.
pub fn refused(report: &Report) -> Vec<(u64, String, String)> {
    report
        .rows
        .iter()
        .flat_map(|row| {
            row.problems
                .iter()
                .map(|problem| (row.line, problem.field.to_string(), problem.code.to_string()))
        })
        .collect()
}

struct Nobody;

impl Sessions for Nobody {
    fn find<'a>(&'a self, _: &'a str) -> Pending<'a, Result<Option<SessionActor>, Fault>> {
        Box::pin(async { Ok(None) })
    }
}

/// The only visitor there is.
struct Only(Actor);

const FORM_TOKEN: &str = "form-token-0123456789abcdef0123456789abcdef";

impl Sessions for Only {
    fn find<'a>(&'a self, _: &'a str) -> Pending<'a, Result<Option<SessionActor>, Fault>> {
        let session = SessionActor {
            actor: self.0.clone(),
            csrf: FORM_TOKEN.to_owned(),
            display_name: "演示人员".to_owned(),
            posts: Vec::new(),
        };
        Box::pin(async { Ok(Some(session)) })
    }
}

struct NoFiles;

impl Inspector for NoFiles {
    fn inspect(&self, _: FileKind, _: Vec<u8>) -> Pending<'_, Result<Inspected, UploadError>> {
        Box::pin(async { Err(UploadError::Unavailable) })
    }
}

impl World {
    /// What a visitor who is not signed in gets: status and body.
    pub async fn get(&self, routes: Routes, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        answered(routes.into_router(self.house(Arc::new(Nobody))), request).await
    }

    /// As [`World::get`], for somebody who is signed in.
    pub async fn get_as(&self, who: Actor, routes: Routes, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).header("cookie", "mingjing=0123456789abcdef");
        let request = request.body(Body::empty()).unwrap();
        answered(routes.into_router(self.house(Arc::new(Only(who)))), request).await
    }

    /// A form that somebody sends; the names and values need no escaping.
    pub async fn post_as(&self, who: Actor, routes: Routes, path: &str, form: &str) -> (StatusCode, String) {
        let request = Request::post(path)
            .header("cookie", "mingjing=0123456789abcdef")
            .header("content-type", "application/x-www-form-urlencoded");
        let body = format!("_csrf={FORM_TOKEN}&_key={}&{form}", Chance::System.id());
        let request = request.body(Body::from(body)).unwrap();
        answered(routes.into_router(self.house(Arc::new(Only(who)))), request).await
    }

    /// A command to the API, under a key of its own.
    pub async fn command_as(&self, who: Actor, routes: Routes, path: &str, key: &str) -> (StatusCode, String) {
        let request = Request::post(path)
            .header("cookie", "mingjing=0123456789abcdef")
            .header("content-type", "application/json")
            .header("idempotency-key", key);
        let request = request.body(Body::from("{}")).unwrap();
        answered(routes.into_router(self.house(Arc::new(Only(who)))), request).await
    }

    fn house(&self, sessions: Arc<dyn Sessions>) -> House {
        let chance = Chance::seeded(9);
        House {
            chronicle: Arc::clone(&self.chronicle),
            authority: Arc::new(mingjing_people::permissions::Table),
            sessions,
            inspector: Arc::new(NoFiles),
            site: Arc::new(site()),
            nav: Arc::new(nav()),
            throttles: Arc::new(Throttles::default()),
            uploads: UploadLimits::default(),
            clock: self.clock.clone(),
            reads: mingjing_web::reads::Reads::default(),
            flash_key: Arc::new(chance.bytes()),
            chance,
        }
    }
}

async fn answered(router: axum::Router, request: Request<Body>) -> (StatusCode, String) {
    let response = router.oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn site() -> Site {
    let words = |text: &str| text.to_owned();
    Site {
        name: words("龙湾区政务服务网"),
        division: words("龙湾区"),
        division_code: words("330303"),
        domain: words("www.example.gov.cn"),
        demo: true,
        secure: false,
        footer: Footer {
            host: words("龙湾区人民政府办公室"),
            operator: String::new(),
            phone: words("0577-00000000"),
            address: words("演示路1号"),
            site_code: words("演示"),
            icp: words("演示"),
            police: words("演示"),
            software: words("test"),
        },
    }
}

fn nav() -> Nav {
    Nav {
        home: Link::to("/"),
        tabs: Vec::new(),
        side: Vec::new(),
        search: Link::to("/search"),
        cite: mingjing_catalogue::cite_page(),
        sign_in: Link::to("/sign-in"),
        sign_out: Link::to("/sign-out"),
        my_cases: Link::to("/my"),
        desk: Link::to("/desk"),
        report_error: Link::to("/report-error"),
        site_map: Link::to("/site-map"),
    }
}
