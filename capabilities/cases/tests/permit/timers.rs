//! Timers of flows are jobs of the chronicle: a restart loses none, two nodes fire none twice, a late start catches up.

use mingjing_chronicle::Chronicle;
use mingjing_testkit::{Engine, for_each_engine};
use serde_json::Value as Json;

use crate::lifecycle::{accepted, examine, review, site_check};
use crate::world::{World, blueprint, demo_file};

/// While the review is open, somebody is reminded each day, three times at most; and once after a day and a half.
fn with_reminders() -> Vec<u8> {
    let timer = r#"<bpmn:boundaryEvent id="remind" attachedToRef="review" cancelActivity="false"><bpmn:outgoing>flow_reminded</bpmn:outgoing><bpmn:timerEventDefinition id="each_day"><bpmn:timeCycle>R3/P1D</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:boundaryEvent>
        <bpmn:boundaryEvent id="tell_head" attachedToRef="review" cancelActivity="false"><bpmn:outgoing>flow_told</bpmn:outgoing><bpmn:timerEventDefinition id="day_and_half"><bpmn:timeDuration>PT36H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
        <bpmn:endEvent id="reminded"><bpmn:incoming>flow_reminded</bpmn:incoming></bpmn:endEvent>
        <bpmn:endEvent id="told"><bpmn:incoming>flow_told</bpmn:incoming></bpmn:endEvent>
        <bpmn:sequenceFlow id="flow_reminded" sourceRef="remind" targetRef="reminded" />
        <bpmn:sequenceFlow id="flow_told" sourceRef="tell_head" targetRef="told" /></bpmn:process>"#;
    let xml = String::from_utf8(demo_file("flows/food-permit.bpmn")).unwrap();
    let xml = xml.replace("</bpmn:process>", timer);
    let mut item: Json = serde_json::from_slice(&World::changed_item(15, "2026-02-03")).unwrap();
    item[0]["flow"] = serde_json::json!({"bpmn_xml": xml, "hash": ""});
    serde_json::to_vec(&item).unwrap()
}

async fn waiting_for_review(world: &World) -> String {
    let no = accepted(world).await.case_no;
    for (person, command) in [("陈立", site_check(world)), ("陈立", examine())] {
        world.act(person, &no, command).await.unwrap();
    }
    no
}

/// Of each act of the timer, what fired, in order.
async fn fired(chronicle: &Chronicle, no: &str) -> Vec<Vec<String>> {
    let no = no.to_owned();
    let read = chronicle.read(move |reader| reader.events("case", &no)).await.unwrap();
    let by_timer = read.iter().filter(|event| event.envelope.kind == "case.timer_fired");
    by_timer
        .map(|event| {
            let json: Json = serde_json::from_slice(event.json().unwrap()).unwrap();
            let moved = json
                .pointer("/effects/flow")
                .or(json.get("flow"))
                .and_then(Json::as_array);
            let moved = moved.unwrap_or_else(|| panic!("{json}")).iter();
            let fired = moved.filter(|moved| moved["type"] == "fired");
            fired
                .map(|moved| moved["element"].as_str().unwrap().to_owned())
                .collect()
        })
        .collect()
}

#[tokio::test]
async fn reminders_come_when_due_on_each_database() {
    for_each_engine(blueprint, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        world.import_item(with_reminders()).await;
        world.clock.advance_hours(24);
        let no = waiting_for_review(&world).await;
        let late = waiting_for_review(&world).await;
        office.settle().await;
        assert!(fired(&office.chronicle, &no).await.is_empty(), "nothing is due yet");
        world.clock.advance_hours(25);
        office.settle().await;
        assert_eq!(fired(&office.chronicle, &no).await, [["remind"]]);

        let (office, world) = world.reopened(office).await;
        world.clock.advance_hours(24);
        // SQLite has one writer; there the same jobs are asked for twice.
        let node = match office.engine {
            Engine::Postgres => office.another_node().await,
            Engine::Sqlite => office.chronicle.clone(),
        };
        let (one, two) = tokio::join!(office.chronicle.settle(), node.settle());
        one.unwrap();
        two.unwrap();
        drop(node);
        assert_eq!(
            fired(&office.chronicle, &no).await,
            [vec!["remind"], vec!["tell_head", "remind"]],
            "a restart lost none, two nodes fired each once"
        );

        // Who acts is never behind the timer, whether it has run or not.
        world.clock.advance_hours(24);
        world.act("吴敏", &late, review()).await.unwrap();
        assert_eq!(
            fired(&office.chronicle, &late).await,
            [vec!["remind"], vec!["tell_head", "remind"], vec!["remind"]]
        );
        let third = waiting_for_review(&world).await;
        drop(world);
        office.clock.advance_hours(24 * 30);
        let office = office.reopen().await;
        office.settle().await;
        assert_eq!(
            fired(&office.chronicle, &third).await,
            [["remind", "tell_head", "remind", "remind"]],
            "started a month late: all of them, in the order in which they were due"
        );
        office.settle().await;
        assert_eq!(fired(&office.chronicle, &third).await.len(), 1, "and never again");
        office.assert_portable().await;
    })
    .await;
}
