//! A house for tests and for the gallery example: a fresh chronicle, two people, everything else real.

use std::collections::HashMap;
use std::sync::Arc;

use mingjing_chronicle::{Actor, ActorKind, Blueprint, Chance, Chronicle, Clock, Fault, HeldPost};
use mingjing_web::{
    Authority, Breadth, FileKind, Footer, House, Inspected, Inspector, Link, Nav, Pending, Permission, Scope,
    SessionActor, Sessions, SideEntry, SideGroup, Site, Tab, Throttles, UploadError, UploadLimits, token_hash,
};

pub const REVIEW: Permission = Permission("test.review");

/// Session tokens of the two people.
pub const CLERK: &str = "clerk-clerk-clerk-clerk-clerk-00";
pub const CITIZEN: &str = "citizen-citizen-citizen-citizen0";

struct Table;

impl Authority for Table {
    fn scope(&self, actor: &Actor, permission: Permission) -> Option<Scope> {
        let official = actor.kind == ActorKind::Official;
        (official && permission == REVIEW).then(|| Breadth::OwnBody.bind(&actor.account, &actor.posts))
    }
}

struct Desks(HashMap<String, SessionActor>);

impl Sessions for Desks {
    fn find<'a>(&'a self, token_hash: &'a str) -> Pending<'a, Result<Option<SessionActor>, Fault>> {
        Box::pin(async move {
            if token_hash == broken_store() {
                return Err(Fault::Database("the table is gone".into()));
            }
            if token_hash == mingjing_web::token_hash(CROWDED) {
                return Err(Fault::Busy);
            }
            Ok(self.0.get(token_hash).cloned())
        })
    }
}

/// A session that cannot be looked up.
pub const BROKEN: &str = "broken-broken-broken-broken-0000";

/// A session that too many others look up at the same time.
pub const CROWDED: &str = "crowded-crowded-crowded-crowded-";

pub fn broken_store() -> String {
    token_hash(BROKEN)
}

struct Trusting;

impl Inspector for Trusting {
    fn inspect(&self, _: FileKind, bytes: Vec<u8>) -> Pending<'_, Result<Inspected, UploadError>> {
        Box::pin(async move { Ok(Inspected { bytes, pages: 1 }) })
    }
}

fn people() -> HashMap<String, SessionActor> {
    let person = |account: &str, kind, name: &str, posts: Vec<HeldPost>| SessionActor {
        actor: Actor {
            account: account.into(),
            kind,
            posts,
            roles: Vec::new(),
        },
        csrf: format!("{account}-form-token-0123456789abcdef"),
        display_name: name.into(),
        posts: if kind == ActorKind::Official {
            vec!["综合窗口".into()]
        } else {
            Vec::new()
        },
    };
    let post = HeldPost {
        post: "p1".into(),
        role: "counter_clerk".into(),
        body: "b1".into(),
        area: "510104".into(),
    };
    HashMap::from([
        (
            token_hash(CLERK),
            person("clerk", ActorKind::Official, "演示员", vec![post]),
        ),
        (
            token_hash(CITIZEN),
            person("citizen", ActorKind::Citizen, "演示人", Vec::new()),
        ),
    ])
}

fn site(secure: bool) -> Site {
    Site {
        name: "明镜市政务服务网".into(),
        division: "明镜市".into(),
        division_code: "510100".into(),
        domain: "localhost".into(),
        demo: true,
        secure,
        footer: Footer {
            host: "明镜市人民政府办公室（演示）".into(),
            operator: "明镜市行政审批局（演示）".into(),
            phone: "000-12345（演示）".into(),
            address: "明镜市正大路 1 号（演示）".into(),
            site_code: "0000000000（演示）".into(),
            icp: "演示备 00000000 号".into(),
            police: "演示公网安备 00000000000000 号".into(),
            software: "明镜 0.1.0".into(),
        },
    }
}

fn nav() -> Nav {
    let tab = |label, path| Tab {
        label,
        link: Link::to(path),
    };
    let entry = |label, path| SideEntry {
        label,
        link: Link::to(path),
        permission: REVIEW,
    };
    Nav {
        home: Link::to("/"),
        tabs: vec![
            tab("首页", "/"),
            tab("办事服务", "/_parts"),
            tab("进度查询", "/progress"),
            tab("办件公示", "/records"),
            tab("我的办件", "/my"),
        ],
        side: vec![
            SideGroup {
                title: "办理",
                entries: vec![
                    entry("待办", "/_parts"),
                    entry("将到期", "/office/due"),
                    entry("窗口收件", "/office/counter"),
                ],
            },
            SideGroup {
                title: "查询",
                entries: vec![entry("全部办件", "/office/cases"), entry("统计", "/office/board")],
            },
        ],
        search: Link::to("/search"),
        cite: Link::to("/cite"),
        sign_in: Link::to("/sign-in"),
        sign_out: Link::to("/sign-out"),
        my_cases: Link::to("/my"),
        desk: Link::to("/office"),
        report_error: Link::to("/report-error"),
        site_map: Link::to("/site-map"),
    }
}

pub async fn house() -> House {
    house_with(false, UploadLimits::default()).await
}

pub async fn house_with(secure: bool, uploads: UploadLimits) -> House {
    let (clock, chance) = (Clock::System, Chance::System);
    let chronicle = Chronicle::memory(Blueprint::new("510100", "test"), clock.clone(), chance.clone()).await;
    House {
        chronicle: chronicle.expect("a fresh chronicle opens"),
        authority: Arc::new(Table),
        sessions: Arc::new(Desks(people())),
        inspector: Arc::new(Trusting),
        site: Arc::new(site(secure)),
        nav: Arc::new(nav()),
        throttles: Arc::new(Throttles::default()),
        uploads,
        clock,
        reads: mingjing_web::reads::Reads::default(),
        flash_key: Arc::new(chance.bytes()),
        chance,
    }
}
