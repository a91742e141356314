//! A chronicle with the demo city's bodies, and its files.

use std::path::PathBuf;
use std::sync::Arc;

use mingjing_catalogue::{Attachments, ImportOrder, Report, attachment_names, import, import_laws, set_synonyms, views};
use mingjing_chronicle::{Actor, Blueprint, Chance, Chronicle, Clock, Stop, Tx};
use mingjing_people::commands::register_body;
use mingjing_people::decide::register_body::RegisterBody;
use mingjing_people::division::Divisions;

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
        let clock = Clock::at("2026-03-02T01:00:00Z".parse().unwrap());
        let blueprint = Blueprint::new("330303", "test")
            .views(views())
            .views(mingjing_people::views::all());
        let chronicle = Chronicle::memory(blueprint, clock.clone(), Chance::seeded(7)).await.unwrap();
        let world = World { chronicle, clock };
        world.register_bodies().await;
        import_laws(&world.chronicle, Actor::system(), &demo_file("laws/laws.json"))
            .await
            .unwrap();
        let synonyms = String::from_utf8(demo_file("synonyms.txt")).unwrap();
        set_synonyms(&world.chronicle, Actor::system(), &synonyms).await.unwrap();
        world
    }

    /// The whole demo city.
    pub async fn demo() -> World {
        let world = World::empty().await;
        for file in ["items/catalogue.csv", "items/food-permit.json"] {
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
