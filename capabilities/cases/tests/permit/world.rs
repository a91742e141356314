//! The demo city with its bodies, officers, citizens and the food permit, on a virtual clock.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use mingjing_cases::commands::{self, Acted, Command};
use mingjing_cases::events::{FileRef, SubmittedMaterial};
use mingjing_cases::submission::{Behalf, OnlineApplication, SubmittedCase, submit_online};
use mingjing_cases::{PaperPress, case::Case};
use mingjing_catalogue::public::Answers;
use mingjing_catalogue::{ImportOrder, attachment_names, import, import_laws};
use mingjing_chronicle::{Actor, ActorKind, Blueprint, Chance, Chronicle, Clock, Done, Parameters, Request, Stop, Tx};
use mingjing_people::bootstrap::{
    AppointOfficer, CreatePost, RecordCertificate, RegisterBody, RegisterCitizen, RegisterOfficer,
    RegisterOrganisation, appoint_officer, create_post, record_certificate, register_body, register_citizen,
    register_officer, register_organisation,
};
use mingjing_people::division::Divisions;
use mingjing_people::public::{DocumentKind, Officer, PostRole};
use mingjing_testkit::TestOffice;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

pub const ITEM: &str = "33030300SJ-XK-0001";
pub const RESTAURANT: &str = "91330303MA2000000E";

pub struct World {
    pub chronicle: Arc<Chronicle>,
    pub clock: Clock,
    /// Name → account.
    pub people: BTreeMap<String, String>,
}

/// Bytes that depend on all of the input, so that the same bytes mean the same paper.
pub struct PlainPress;

impl PaperPress for PlainPress {
    fn render(&self, template: &str, data: &Json, made_on: Date, ident: &str) -> Result<Vec<u8>, String> {
        let text = format!("{template}\n{data}\n{made_on}\n{ident}");
        Ok(hex::encode(Sha256::digest(text.as_bytes())).into_bytes())
    }
}

pub fn blueprint() -> Blueprint {
    let mut parameters = Parameters {
        version: "test".into(),
        ..Parameters::default()
    };
    parameters.values.insert(
        "reconsideration.online_channel".into(),
        "行政复议在线申请平台（演示）".into(),
    );
    parameters.values.insert("penalty.extension_days".into(), "30".into());
    let mut blueprint = Blueprint::new("330303", "test")
        .parameters(parameters)
        .tables(mingjing_people::tables())
        .tables(mingjing_cases::tables())
        .views(mingjing_people::views::all())
        .views(mingjing_catalogue::views())
        .views(mingjing_cases::views())
        .followers(mingjing_cases::followers());
    for (kind, handler) in mingjing_cases::jobs(Arc::new(PlainPress)) {
        blueprint = blueprint.job(kind, handler);
    }
    blueprint
}

pub fn demo_file(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../demo").join(name);
    std::fs::read(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

fn rows(name: &str) -> Vec<Vec<String>> {
    let text = String::from_utf8(demo_file(name)).unwrap();
    text.lines()
        .skip(1)
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

/// `2026-03-02 09:00` in China.
pub fn china(text: &str) -> Timestamp {
    let civil: DateTime = text.parse().unwrap();
    civil
        .to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)))
        .unwrap()
        .timestamp()
}

impl World {
    /// After a restart: the same people at the same place.
    pub async fn reopened(self, office: TestOffice) -> (TestOffice, World) {
        let people = self.people;
        drop(self.chronicle);
        let office = office.reopen().await;
        let world = World {
            chronicle: Arc::clone(&office.chronicle),
            clock: office.clock.clone(),
            people,
        };
        (office, world)
    }

    pub async fn new() -> World {
        let clock = Clock::at(china("2026-02-02 09:00"));
        let chronicle = Chronicle::memory(blueprint(), clock.clone(), Chance::seeded(7))
            .await
            .unwrap();
        World::filled(chronicle, clock).await
    }

    pub async fn filled(chronicle: Arc<Chronicle>, clock: Clock) -> World {
        let mut world = World {
            chronicle,
            clock,
            people: BTreeMap::new(),
        };
        world.bodies().await;
        world.officers().await;
        world.citizens().await;
        import_laws(&world.chronicle, Actor::system(), &demo_file("laws/laws.json"))
            .await
            .unwrap();
        world.import_item(demo_file("items/food-permit.json")).await;
        world
    }

    /// Bodies of the demo beside this one that have posts.
    pub async fn bodies_but(&self, body: &str) -> Vec<String> {
        let body = body.to_owned();
        let found = self.chronicle.read(move |reader| {
            let rows = reader.query(
                "SELECT DISTINCT body FROM {post_list} WHERE body <> $1 AND role = 'counter_clerk' ORDER BY body",
                &[body.as_str().into()],
            )?;
            Ok(rows.iter().map(|row| row.text(0).to_owned()).collect())
        });
        found.await.unwrap()
    }

    pub async fn import_item(&self, bytes: Vec<u8>) {
        let attachments = attachment_names(&bytes)
            .into_iter()
            .map(|name| {
                let content = demo_file(&name);
                (name, content)
            })
            .collect();
        let order = ImportOrder {
            attachments,
            bytes,
            confirmed_by: Some("龙湾区司法局，龙司法〔2026〕1号".into()),
            dry_run: false,
        };
        let report = import(&self.chronicle, Actor::system(), order).await.unwrap();
        assert!(report.applied, "{:?}", report.rows);
    }

    /// The food permit's entry with one limit changed: another version of the item.
    pub fn changed_item(promised: u32, valid_from: &str) -> Vec<u8> {
        let mut file: Json = serde_json::from_slice(&demo_file("items/food-permit.json")).unwrap();
        file[0]["promised_limit"]["amount"] = promised.into();
        file[0]["valid_from"] = valid_from.into();
        serde_json::to_vec(&file).unwrap()
    }

    async fn bodies(&self) {
        let file: Json = serde_json::from_slice(&demo_file("bodies.json")).unwrap();
        let bodies: Vec<RegisterBody> = serde_json::from_value(file["bodies"].clone()).unwrap();
        let offices: Vec<mingjing_people::bootstrap::OpenOffice> =
            file["bodies"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|body| {
                    let id = body["body"].as_str().unwrap().to_owned();
                    body["offices"].as_array().unwrap().iter().map(move |office| {
                        mingjing_people::bootstrap::OpenOffice {
                            body: id.clone(),
                            office: office["office"].as_str().unwrap().to_owned(),
                            name: office["name"].as_str().unwrap().to_owned(),
                        }
                    })
                })
                .collect();
        let divisions = String::from_utf8(demo_file("../capabilities/people/data/divisions-wenzhou.txt")).unwrap();
        self.does(move |tx| {
            let divisions = Divisions::parse(&divisions).unwrap();
            for body in &bodies {
                register_body(tx, body, &divisions)?;
            }
            for office in &offices {
                mingjing_people::bootstrap::open_office(tx, office)?;
            }
            Ok(())
        })
        .await;
    }

    async fn officers(&mut self) {
        let officers = rows("officers.csv");
        for row in &officers {
            self.people.insert(row[2].clone(), row[0].clone());
        }
        self.does(move |tx| {
            for row in &officers {
                register_officer(
                    tx,
                    &RegisterOfficer {
                        account: row[0].clone(),
                        login_name: row[1].clone(),
                        name: row[2].clone(),
                        body: row[3].clone(),
                        office: row[4].clone(),
                    },
                )?;
                for role in row[5].split(';') {
                    appoint(tx, row, role)?;
                }
                if !row[6].is_empty() {
                    record_certificate(
                        tx,
                        &RecordCertificate {
                            account: row[0].clone(),
                            no: row[6].clone(),
                            authority: "浙江省人民政府（演示）".into(),
                            valid_from: "2025-01-01".parse().unwrap(),
                            valid_to: "2029-12-31".parse().unwrap(),
                        },
                        None,
                    )?;
                }
            }
            Ok(())
        })
        .await;
    }

    async fn citizens(&mut self) {
        let citizens = rows("citizens.csv");
        let organisations = rows("organisations.csv");
        for row in &citizens {
            self.people.insert(row[2].clone(), row[0].clone());
        }
        self.does(move |tx| {
            for row in &citizens {
                register_citizen(
                    tx,
                    &RegisterCitizen {
                        account: row[0].clone(),
                        login_name: row[1].clone(),
                        name: row[2].clone(),
                        document: DocumentKind::IdCard,
                        document_no: row[3].clone(),
                        phone: row[4].clone(),
                        address: row[5].clone(),
                    },
                )?;
            }
            for row in &organisations {
                register_organisation(
                    tx,
                    &RegisterOrganisation {
                        uscc: row[0].clone(),
                        name: row[1].clone(),
                        legal_representative: row[2].clone(),
                        address: row[3].clone(),
                        phone: row[4].clone(),
                    },
                )?;
            }
            Ok(())
        })
        .await;
    }

    pub async fn does<F>(&self, operation: F)
    where
        F: FnMut(&mut Tx<'_>) -> Result<(), Stop> + Send + 'static,
    {
        self.chronicle.inside(Actor::system(), operation).await.unwrap();
    }

    pub fn account(&self, name: &str) -> String {
        self.people
            .get(name)
            .unwrap_or_else(|| panic!("nobody is called {name}"))
            .clone()
    }

    /// The person as a session would have them.
    pub async fn actor(&self, name: &str) -> Actor {
        let account = self.account(name);
        let id = account.clone();
        let posts = self
            .chronicle
            .read(move |reader| Ok(reader.load::<Officer>(&id)?.held_posts()))
            .await
            .unwrap();
        let official = !posts.is_empty();
        Actor {
            account,
            kind: if official {
                ActorKind::Official
            } else {
                ActorKind::Citizen
            },
            posts,
            roles: if official { Vec::new() } else { vec!["citizen".into()] },
        }
    }

    pub async fn act(&self, name: &str, case_no: &str, command: Command) -> Result<Done<Acted>, Stop> {
        commands::perform(
            &self.chronicle,
            Request::by(self.actor(name).await),
            case_no,
            None,
            command,
        )
        .await
    }

    pub async fn case(&self, case_no: &str) -> Case {
        let no = case_no.to_owned();
        self.chronicle
            .read(move |reader| Ok((*reader.load::<Case>(&no)?.state).clone()))
            .await
            .unwrap()
    }

    pub async fn kinds(&self, case_no: &str) -> Vec<String> {
        let no = case_no.to_owned();
        let events = self
            .chronicle
            .read(move |reader| reader.events("case", &no))
            .await
            .unwrap();
        events.into_iter().map(|event| event.envelope.kind).collect()
    }

    /// The restaurant's owner applies online with everything that is needed.
    pub async fn submitted(&self) -> SubmittedCase {
        let request = Request::by(self.actor("李琴").await);
        submit_online(&self.chronicle, request, application(true))
            .await
            .unwrap()
            .value
    }
}

fn appoint(tx: &mut Tx<'_>, row: &[String], role: &str) -> Result<(), Stop> {
    let role = PostRole::of_key(role).unwrap();
    let post = format!("post-{}-{}", row[0], role.key());
    create_post(
        tx,
        &CreatePost {
            body: row[3].clone(),
            office: row[4].clone(),
            role,
            title: role.label().into(),
            post: Some(post.clone()),
        },
    )?;
    appoint_officer(
        tx,
        &AppointOfficer {
            account: row[0].clone(),
            body: row[3].clone(),
            post,
        },
        None,
    )
}

pub fn file(name: &str) -> FileRef {
    FileRef {
        blob: format!("blob-{name}"),
        sha256: "0".repeat(64),
        bytes: 3,
        name: name.into(),
        media_type: "application/pdf".into(),
    }
}

pub fn material(id: &str, name: &str) -> SubmittedMaterial {
    SubmittedMaterial {
        id: id.into(),
        name: name.into(),
        files: vec![file(name)],
        originals: 0,
        copies: 0,
    }
}

pub fn answers() -> Answers {
    let one = |key: &str, value: &str| (key.to_owned(), vec![value.to_owned()]);
    Answers::from([
        one("operator_name", "龙湾区好滋味小餐馆（演示）"),
        one("operator_kind", "individual_business"),
        one("uscc", RESTAURANT),
        one("legal_representative", "李琴"),
        one("contact_phone", "13800000002"),
        one("premises_address", "温州市龙湾区永中街道演示路8号"),
        one("premises_area", "86"),
        one("premises_right", "rented"),
        one("surroundings", "周边二十五米内没有污染源"),
        one("business_form", "catering"),
        one("catering_scope", "hot"),
        one("online_sale", "no"),
        one("equipment", "冷藏柜两台，消毒柜一台"),
        one("safety_manager", "李琴"),
        one("staff_count", "4"),
        (
            "rules".to_owned(),
            ["self_check", "health", "purchase", "cleaning", "training"]
                .map(str::to_owned)
                .to_vec(),
        ),
        one("cross_contamination", "生熟分开存放和加工"),
    ])
}

pub fn application(electronic_service: bool) -> OnlineApplication {
    OnlineApplication {
        item_code: ITEM.into(),
        behalf: Behalf::Organisation {
            uscc: RESTAURANT.into(),
        },
        contact: "李琴".into(),
        phone: "13800000002".into(),
        address: String::new(),
        electronic_service,
        form: answers(),
        materials: vec![
            material("premises", "经营场所和布局的说明"),
            material("equipment", "设备、设施清单"),
            material("management", "食品安全管理人员和规章制度"),
            material("process", "设备布局和工艺流程说明"),
        ],
        draft: None,
    }
}
