//! A penalty goes on on a newer chart like any other case: the same plan, the same trace, the same end.

use std::collections::BTreeMap;

use mingjing_bpmn::migrate::Plan;
use mingjing_cases::migration::commands::{confirm_plan, file_plan, try_plan};
use mingjing_cases::migration::decide::MigrationOrder;
use mingjing_cases::migration::plan::{Chosen, Tried};
use mingjing_cases::penalty::PenaltyState;
use mingjing_catalogue::{ImportOrder, attachment_names, import};
use mingjing_chronicle::{Actor, Request};

use crate::bench::{Bench, ITEM, Inputs};
use crate::world::demo_file;

/// The legal review under another id and name.
fn newer() -> String {
    let xml = String::from_utf8(demo_file("flows/ordinary-penalty.bpmn")).unwrap();
    let places = [
        "id=\"#\"",
        "targetRef=\"#\"",
        "sourceRef=\"#\"",
        "bpmnElement=\"#\"",
        ">#<",
    ];
    let renamed = places.into_iter().fold(xml, |xml, place| {
        let (from, to) = (place.replace('#', "legal_review"), place.replace('#', "legal_opinion"));
        xml.replace(&from, &to)
    });
    renamed.replace("name=\"法制审核\"", "name=\"法制审核（双人）\"")
}

async fn in_force(bench: &Bench) {
    let text = String::from_utf8(demo_file("items/penalties.csv")).unwrap();
    let mut lines = text.lines();
    let head = lines.next().unwrap();
    let own = lines.find(|line| line.starts_with(ITEM)).unwrap();
    let today = bench.world.clock.today().to_string();
    let own = own
        .replace("2026-01-01", &today)
        .replace("flows/ordinary-penalty.bpmn", "flows/newer.bpmn");
    let bytes = format!("{head}\n{own}\n").into_bytes();
    let named = attachment_names(&bytes).into_iter();
    let attachments = named.map(|name| {
        let content = match name.as_str() {
            "flows/newer.bpmn" => newer().into_bytes(),
            name => demo_file(name),
        };
        (name, content)
    });
    let order = ImportOrder {
        attachments: attachments.collect(),
        bytes,
        confirmed_by: Some("龙湾区司法局，龙司法〔2026〕2号".into()),
        dry_run: false,
    };
    let report = import(&bench.world.chronicle, Actor::system(), order).await.unwrap();
    assert!(report.applied, "{:?}", report.rows);
}

fn order() -> MigrationOrder {
    MigrationOrder {
        item_code: ITEM.to_owned(),
        from_version: 1,
        to_version: 2,
        plan: Plan {
            elements: BTreeMap::from([("legal_review".to_owned(), "legal_opinion".to_owned())]),
            ..Plan::default()
        },
        chosen: Chosen::All,
        reasons: "法制审核改为双人".to_owned(),
    }
}

#[tokio::test]
async fn a_penalty_moves_and_is_finished_on_the_new_chart() {
    let bench = &mut Bench::new().await;
    bench.prepare("复核", &Inputs::none()).await.unwrap();
    bench.world.clock.advance_hours(24);
    in_force(bench).await;
    let clerk = bench.world.actor("彭程").await;
    let unmapped = MigrationOrder {
        plan: Plan::default(),
        ..order()
    };
    let tried = try_plan(&bench.world.chronicle, &clerk, &unmapped).await.unwrap();
    assert_eq!(tried.cases[0].why[0].rule, "place_gone");
    let tried = try_plan(&bench.world.chronicle, &clerk, &order()).await.unwrap();
    assert_eq!(tried.counted(), Tried { moves: 1, stays: 0 }, "{:?}", tried.cases);
    let clocks = bench.case().await.clocks.clone();
    let filed = file_plan(&bench.world.chronicle, Request::by(clerk), order())
        .await
        .unwrap();
    let office = Request::by(bench.world.actor("唐薇").await);
    let plan_no = filed.value.plan_no;
    confirm_plan(&bench.world.chronicle, office, plan_no, None, "已核对".into())
        .await
        .unwrap();
    bench.world.chronicle.settle().await.unwrap();
    let case = bench.case().await;
    assert_eq!(case.steps[0].task, "legal_opinion");
    assert_eq!((case.clocks, case.moves.len()), (clocks, 1));
    assert_eq!(case.state, PenaltyState::LegalReview);
    for (person, act) in [
        ("彭程", "法制审核"),
        ("黄志远", "决定"),
        ("方磊", "送达决定"),
        ("郑洁", "公开"),
        ("金燕", "登记缴款"),
        ("方磊", "提出结案"),
        ("黄志远", "批准结案"),
    ] {
        bench
            .act(person, act, &Inputs::none())
            .await
            .unwrap_or_else(|stop| panic!("{person} {act}: {stop:?}"));
    }
    assert_eq!(bench.case().await.state, PenaltyState::Closed);
}
