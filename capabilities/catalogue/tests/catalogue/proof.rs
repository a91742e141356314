//! No flow comes into force that is not proved, whichever way it comes; an attempt leaves nothing half done.

use mingjing_catalogue::public::Item;
use mingjing_catalogue::{Attachments, ImportOrder, import};
use mingjing_chronicle::{Actor, Fault, Reader};
use mingjing_people::bootstrap::deactivate_officer;
use mingjing_people::decide::deactivate_account::DeactivateAccount;
use serde_json::{Value, json};

use crate::world::{CONFIRMED, World, attachments, demo_file};

const FLOW: &str = "flows/food-permit.bpmn";

fn chart() -> String {
    String::from_utf8(demo_file(FLOW)).unwrap()
}

fn changed(from: &str, to: &str) -> String {
    let chart = chart();
    assert!(chart.contains(from), "the chart has no {from}");
    chart.replace(from, to)
}

/// What is wrong with a chart, and the rule that finds it.
fn charts() -> Vec<(&'static str, String, &'static str)> {
    vec![
        (
            "no way leads out",
            changed("sourceRef=\"start\"", "sourceRef=\"nowhere\""),
            "flow_invalid",
        ),
        (
            "decided without examining (许可法 34, 37)",
            changed("kind=\"examine\"", "kind=\"expert_review\""),
            "act_too_early",
        ),
        (
            "a post that the body does not have",
            changed("candidateGroups=\"reviewer\"", "candidateGroups=\"supervisor\""),
            "post_unknown",
        ),
        (
            "a paper that nobody writes",
            changed("template=\"permit_denial\"", "template=\"letter_of_regret\""),
            "paper_unknown",
        ),
        (
            "steps longer than the promise",
            changed("amount=\"5\" unit=\"working_day\"", "amount=\"9\" unit=\"working_day\""),
            "steps_exceed_promise",
        ),
    ]
}

/// The ways a chart comes in: the file beside, the words inside, a plain row, another row in order beside it.
fn orders(chart: &str) -> Vec<(&'static str, Vec<u8>, Attachments)> {
    let text = demo_file("items/food-permit.json");
    let rows: Value = serde_json::from_slice(&text).unwrap();
    let mut beside = attachments(&text);
    beside.insert(FLOW.to_owned(), chart.as_bytes().to_vec());
    let mut inside = rows.clone();
    inside[0]["flow"] = json!({"bpmn_xml": chart, "hash": "0".repeat(64)});
    let mut two = rows.clone();
    let mut sound = rows[0].clone();
    sound["item_code"] = json!("33030300SJ-XK-0009");
    sound["name"] = json!("另一项许可");
    sound["flow"] = json!({"bpmn_xml": self::chart(), "hash": ""});
    two.as_array_mut().unwrap().insert(0, sound);
    let bytes = |rows: &Value| serde_json::to_vec(rows).unwrap();
    vec![
        ("a file beside", text, beside.clone()),
        ("inside the row", bytes(&inside), beside.clone()),
        ("beside a sound row", bytes(&two), beside),
    ]
}

fn order(bytes: Vec<u8>, attachments: Attachments, dry_run: bool) -> ImportOrder {
    ImportOrder {
        bytes,
        attachments,
        confirmed_by: Some(CONFIRMED.into()),
        dry_run,
    }
}

async fn versions(world: &World) -> Vec<usize> {
    let count = |reader: &mut Reader<'_>, code: &str| -> Result<usize, Fault> {
        let item = reader.load::<Item>(code)?;
        Ok(item.latest().map_or(0, |version| version.version as usize))
    };
    let read = move |reader: &mut Reader<'_>| {
        Ok(vec![
            count(reader, "33030300SJ-XK-0001")?,
            count(reader, "33030300SJ-XK-0009")?,
        ])
    };
    world.chronicle.read(read).await.unwrap()
}

#[tokio::test]
async fn no_door_lets_a_flow_in_that_is_not_proved() {
    let world = World::empty().await;
    for before in [[0, 0], [1, 0]] {
        for (wrong, chart, rule) in charts() {
            for (door, bytes, files) in orders(&chart) {
                for dry_run in [true, false] {
                    let order = order(bytes.clone(), files.clone(), dry_run);
                    let report = import(&world.chronicle, Actor::system(), order).await.unwrap();
                    let mut problems = report.rows.iter().flat_map(|row| &row.problems);
                    let found = problems.find(|problem| {
                        problem.field == "flow"
                            && (problem.code == rule || problem.reason.contains(&format!("（{rule}）")))
                    });
                    assert!(found.is_some() && !report.applied, "{wrong}, {door}: {:?}", report.rows);
                    assert_eq!(versions(&world).await, before, "{wrong}, {door}: something was left");
                }
            }
        }
        if before == [0, 0] {
            let text = demo_file("items/food-permit.json");
            let files = attachments(&text);
            let report = import(&world.chronicle, Actor::system(), order(text, files, false))
                .await
                .unwrap();
            assert!(report.applied, "{:?}", report.rows);
        }
    }
}

#[tokio::test]
async fn a_post_that_nobody_holds_any_more_is_found_and_what_is_in_force_stays() {
    let world = World::empty().await;
    let text = demo_file("items/food-permit.json");
    assert!(world.import(text.clone()).await.unwrap().applied);
    world
        .chronicle
        .inside(Actor::system(), |tx| {
            for account in ["acc-demo-reviewer", "acc-demo-inspection-chief"] {
                let gone = DeactivateAccount {
                    account: account.to_owned(),
                    reason: "调离".to_owned(),
                };
                deactivate_officer(tx, &gone, None)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let again = world.import(text.clone()).await.unwrap();
    assert_eq!(
        again.unchanged, 1,
        "what changes nothing confirms nothing: {:?}",
        again.rows
    );
    let mut rows: Value = serde_json::from_slice(&text).unwrap();
    rows[0]["phone"] = json!("0577-00001112");
    let report = world.import(serde_json::to_vec(&rows).unwrap()).await.unwrap();
    let reasons: Vec<&String> = report.rows[0].problems.iter().map(|problem| &problem.reason).collect();
    assert!(
        !report.applied && reasons.iter().any(|reason| reason.contains("（post_without_holder）")),
        "{reasons:?}"
    );
    assert_eq!(versions(&world).await, [1, 0]);
}
