//! Charts that go by the facts of the case: FEEL sees what the act at hand has just established.

use mingjing_catalogue::{ImportOrder, attachment_names, import};
use mingjing_chronicle::Actor;
use mingjing_testkit::for_each_engine;

use crate::bench::{Bench, Inputs};
use crate::world::{World, blueprint, demo_file};

const FLOW: &str = "flows/countersigned-penalty.bpmn";

/// Two sign where the proposed fine reaches 10 000 yuan, else one.
async fn signers_by_fine(world: &World) {
    let bytes = demo_file("items/penalties.csv");
    let named = attachment_names(&bytes).into_iter();
    let mut attachments: mingjing_catalogue::Attachments = named.map(|name| (name.clone(), demo_file(&name))).collect();
    let fixed = "<bpmn:loopCardinality xsi:type=\"bpmn:tFormalExpression\">2<";
    let chart = String::from_utf8(demo_file(FLOW)).unwrap();
    assert!(chart.contains(fixed));
    let by_fine = fixed.replace(">2<", ">=if proposal.fine &gt;= 10000 then 2 else 1<");
    attachments.insert(FLOW.into(), chart.replace(fixed, &by_fine).into_bytes());
    let order = ImportOrder {
        bytes,
        attachments,
        confirmed_by: Some("龙湾区司法局，龙司法〔2026〕2号".into()),
        dry_run: false,
    };
    let report = import(&world.chronicle, Actor::system(), order).await.unwrap();
    assert!(report.applied && report.accepted == 1, "{:?}", report.rows);
}

#[tokio::test]
async fn how_many_sign_goes_by_the_fine_that_is_being_proposed_on_each_database() {
    for_each_engine(blueprint, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        let mut bench = Bench::in_world(world).await;
        signers_by_fine(&bench.world).await;
        for (fine, signers) in [("20000", 2), ("10000", 2), ("9999.99", 1), ("5000", 1)] {
            let fine = format!("罚款={fine}");
            let inputs = Inputs::of(&["事项=33030300SJ-CF-0007", &fine]);
            bench.prepare("终结", &inputs).await.unwrap();
            let open: Vec<String> = bench.case().await.steps.into_iter().map(|step| step.task).collect();
            assert_eq!(open, vec!["review_proposal"; signers], "{fine}");
        }
        office.assert_portable().await;
    })
    .await;
}
