//! A chart asks the decision tables of its item: once, with the reasons kept.

use mingjing_cases::commands::Command;
use mingjing_cases::decide::accept::Accept;
use mingjing_catalogue::public::Item;
use serde_json::Value as Json;

use crate::matter::Matter;
use crate::world::{World, china, demo_file};

const CONFIRMATION: &str = "33030300RS-QR-0001";

async fn accepted(world: &World, more: &[(&str, &str)]) -> String {
    let answers = [
        ("applicant_name", "王明"),
        ("contact_phone", "13800000001"),
        ("worker_name", "王明"),
        ("employer", "演示公司"),
        ("injured_on", "2026-02-12"),
        ("place", "车间"),
        ("injury", "左脚压伤"),
    ];
    let answers: Vec<(&str, &str)> = answers.iter().chain(more).copied().collect();
    let matter = Matter::applied(world, CONFIRMATION, &answers).await;
    matter.does("罗琴", Command::Accept(Accept::default())).await;
    matter.case_no
}

/// What the rules said, as the event of the acceptance keeps it.
async fn decided(world: &World, no: &str) -> Json {
    let id = no.to_owned();
    let events = world
        .chronicle
        .read(move |reader| reader.events("case", &id))
        .await
        .unwrap();
    let accepted = events.iter().find(|event| event.envelope.kind == "case.accepted");
    let json: Json = serde_json::from_slice(accepted.unwrap().json().unwrap()).unwrap();
    let flow = json.pointer("/effects/flow").and_then(Json::as_array).unwrap();
    let mut asked = flow.iter().filter(|moved| moved["type"] == "decided");
    let one = asked.next().cloned().unwrap_or_else(|| panic!("{json}"));
    assert!(asked.next().is_none(), "asked once");
    one
}

#[tokio::test]
async fn simple_facts_take_the_short_way_and_the_event_says_why() {
    let world = World::new().await;
    world.clock.set(china("2026-03-02 09:00"));
    world.import_item(demo_file("items/six-bodies.csv")).await;
    let read = world
        .chronicle
        .read(|reader| Ok(reader.load::<Item>(CONFIRMATION)?.latest().cloned()));
    assert_eq!(
        read.await.unwrap().unwrap().decisions.len(),
        1,
        "the table came with the item"
    );
    /// What is entered, and what has to come of it.
    type Told<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a str);
    let cases: [Told<'_>; 4] = [
        (
            &[("relation", "self"), ("undisputed", "yes")][..],
            "简易",
            "verify_simple",
        ),
        (&[("relation", "employer")], "简易", "verify_simple"),
        (&[("relation", "self"), ("undisputed", "no")], "一般", "verify"),
        (&[("relation", "relative")], "一般", "verify"),
    ];
    for (more, value, open) in cases {
        let no = accepted(&world, more).await;
        let case = world.case(&no).await;
        let tasks: Vec<&str> = case.steps.iter().map(|step| step.task.as_str()).collect();
        assert_eq!(tasks, [open], "{more:?}");
        let decided = decided(&world, &no).await;
        assert_eq!(decided["value"], value, "{more:?}");
        assert_eq!(decided["inputs"].as_object().unwrap().len(), 2);
        let because = decided["because"].as_array().unwrap();
        let because: Vec<&str> = because.iter().map(|line| line.as_str().unwrap()).collect();
        assert!(
            because[0].contains("适用的办理时限") && because.iter().any(|line| line.contains("条规则成立")),
            "{because:?}"
        );
        assert_eq!(decided["rules"].as_str().unwrap().len(), 64);
    }
    // The same inputs give the same words, byte for byte.
    let again = [
        accepted(&world, &[("relation", "employer")]).await,
        accepted(&world, &[("relation", "employer")]).await,
    ];
    let mut said = Vec::new();
    for no in &again {
        let mut decided = decided(&world, no).await;
        decided.as_object_mut().unwrap().remove("id");
        said.push(decided.to_string());
    }
    assert_eq!(said[0], said[1]);
}
