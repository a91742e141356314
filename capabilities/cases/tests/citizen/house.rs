//! The door with the real permission table over the demo city; people sign in by a cookie named after them.

use std::collections::HashMap;
use std::sync::Arc;

use mingjing_chronicle::{Chance, Fault};
use mingjing_web::{
    FileKind, Footer, House, Inspected, Inspector, Link, Nav, Pending, SessionActor, Sessions, Site, Tab, Throttles,
    UploadError, UploadLimits, token_hash,
};

use crate::world::World;

/// The cookie's value of a person.
pub fn token(account: &str) -> String {
    format!("session-token-of-{account}-0123456789")
}

struct Desks(HashMap<String, SessionActor>);

impl Sessions for Desks {
    fn find<'a>(&'a self, token_hash: &'a str) -> Pending<'a, Result<Option<SessionActor>, Fault>> {
        Box::pin(async move { Ok(self.0.get(token_hash).cloned()) })
    }
}

/// Takes what looks like its kind; a file that says so is broken.
struct Plain;

impl Inspector for Plain {
    fn inspect(&self, _: FileKind, bytes: Vec<u8>) -> Pending<'_, Result<Inspected, UploadError>> {
        Box::pin(async move {
            if bytes.windows(6).any(|window| window == b"BROKEN") {
                return Err(UploadError::Broken);
            }
            Ok(Inspected { bytes, pages: 1 })
        })
    }
}

pub async fn house(world: &World) -> House {
    let mut people = HashMap::new();
    for (name, account) in &world.people {
        let actor = world.actor(name).await;
        people.insert(
            token_hash(&token(account)),
            SessionActor {
                csrf: format!("form-token-of-{account}-0123456789abcdef"),
                display_name: name.clone(),
                posts: actor.posts.iter().map(|post| post.role.clone()).collect(),
                actor,
            },
        );
    }
    let chance = Chance::seeded(11);
    House {
        chronicle: Arc::clone(&world.chronicle),
        authority: Arc::new(mingjing_people::permissions::Table),
        sessions: Arc::new(Desks(people)),
        inspector: Arc::new(Plain),
        site: Arc::new(site()),
        nav: Arc::new(nav()),
        throttles: Arc::new(Throttles::default()),
        uploads: UploadLimits::default(),
        clock: world.clock.clone(),
        reads: mingjing_web::reads::Reads::default(),
        flash_key: Arc::new(chance.bytes()),
        chance,
    }
}

fn site() -> Site {
    Site {
        name: "龙湾区政务服务网".into(),
        division: "龙湾区".into(),
        division_code: "330303".into(),
        domain: "localhost".into(),
        demo: true,
        secure: false,
        footer: Footer {
            host: "龙湾区人民政府办公室（演示）".into(),
            operator: String::new(),
            phone: "0577-00000000（演示）".into(),
            address: "龙湾区演示路1号（演示）".into(),
            site_code: "0000000000（演示）".into(),
            icp: "演示备 00000000 号".into(),
            police: "演示公网安备 00000000000000 号".into(),
            software: "明镜".into(),
        },
    }
}

fn nav() -> Nav {
    let tab = |label, path| Tab {
        label,
        link: Link::to(path),
    };
    Nav {
        home: Link::to("/"),
        tabs: vec![
            tab("首页", "/"),
            tab("我要办", "/items"),
            tab("我要查", "/progress"),
            tab("办件公开", "/public"),
            tab("我的办件", "/my"),
        ],
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
