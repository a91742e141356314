//! A penalty goes on on a newer chart like any other case: the same plan, the same trace, the same end.

use std::collections::BTreeMap;

use mingjing_bpmn::migrate::Plan;
use mingjing_cases::migration::commands::{confirm_plan, file_plan, try_plan};
use mingjing_cases::migration::decide::MigrationOrder;
use mingjing_cases::migration::plan::{Chosen, Tried};
use mingjing_cases::penalty::PenaltyState;
use mingjing_catalogue::{ImportOrder, attachment_names, import};
use mingjing_chronicle::{Actor, Request, Stop};

use crate::bench::{Bench, ITEM, Inputs};
use crate::world::demo_file;

const ONE_MOVES: Tried = Tried {
    moves: 1,
    stays: 0,
    untried: 0,
};

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

/// The legal review comes before the notice. What leads in and out follows from the sequence flows.
fn review_first() -> String {
    let xml = String::from_utf8(demo_file("flows/ordinary-penalty.bpmn")).unwrap();
    let told = |line: &&str| !line.contains("<bpmn:incoming>") && !line.contains("<bpmn:outgoing>");
    let xml: String = xml.lines().filter(told).flat_map(|line| [line, "\n"]).collect();
    let ways = [
        ("gw_review_proposal", "notify", "legal_review"),
        ("gw_defence", "legal_review", "decide"),
        ("check_defence", "legal_review", "decide"),
        ("gw_legal_review", "decide", "notify"),
    ];
    ways.into_iter().fold(xml, |xml, (source, from, to)| {
        let way = |target: &str| format!("sourceRef=\"{source}\" targetRef=\"{target}\"");
        assert!(xml.contains(&way(from)), "{source}");
        xml.replace(&way(from), &way(to))
    })
}

/// From today on the item has this chart.
async fn in_force(bench: &Bench, chart: String) {
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
            "flows/newer.bpmn" => chart.clone().into_bytes(),
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

/// From one version's chart to another's as it goes by itself.
fn as_it_goes(from_version: i32, to_version: i32) -> MigrationOrder {
    MigrationOrder {
        from_version,
        to_version,
        plan: Plan::default(),
        ..order()
    }
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
    in_force(bench, newer()).await;
    let clerk = bench.world.actor("彭程").await;
    let tried = try_plan(&bench.world.chronicle, &clerk, &as_it_goes(1, 2))
        .await
        .unwrap();
    assert_eq!(tried.cases[0].why[0].rule, "place_gone");
    let tried = try_plan(&bench.world.chronicle, &clerk, &order()).await.unwrap();
    assert_eq!(tried.counted(), ONE_MOVES, "{:?}", tried.cases);
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

/// 处罚法 44, 立法法 104: what stands at the legal review and was told nothing yet would never be told anything on a chart that
/// has the notice before it.
#[tokio::test]
async fn a_penalty_does_not_skip_its_notice() {
    let bench = &mut Bench::new().await;
    bench.world.clock.advance_hours(24);
    in_force(bench, review_first()).await;
    bench.prepare("终结", &Inputs::none()).await.unwrap();
    let before_the_review = bench.case_no.clone();
    bench.prepare("审核", &Inputs::none()).await.unwrap();
    let at_the_review = bench.case_no.clone();
    assert_eq!(bench.case().await.steps[0].task, "legal_review");
    bench.world.clock.advance_hours(24);
    in_force(
        bench,
        String::from_utf8(demo_file("flows/ordinary-penalty.bpmn")).unwrap(),
    )
    .await;

    let clerk = bench.world.actor("彭程").await;
    let tried = try_plan(&bench.world.chronicle, &clerk, &as_it_goes(2, 3))
        .await
        .unwrap();
    let of = |no: &str| tried.cases.iter().find(|case| case.case_no == no).unwrap();
    assert!(of(&before_the_review).moves(), "{:?}", of(&before_the_review).why);
    let why = &of(&at_the_review).why;
    assert!(why.iter().all(|why| why.rule == "act_too_early"), "{why:?}");
    for missing in ["要告知拟处罚的内容", "要听取陈述申辩", "告知书要送达当事人"] {
        assert!(why.iter().any(|why| why.text.contains(missing)), "{missing}: {why:?}");
    }

    let filed = file_plan(&bench.world.chronicle, Request::by(clerk), as_it_goes(2, 3))
        .await
        .unwrap();
    let office = Request::by(bench.world.actor("唐薇").await);
    confirm_plan(
        &bench.world.chronicle,
        office,
        filed.value.plan_no,
        None,
        "已核对".into(),
    )
    .await
    .unwrap();
    bench.world.chronicle.settle().await.unwrap();
    assert!(
        bench.case().await.moves.is_empty(),
        "the refusal holds at the moment of moving"
    );
    assert_eq!(bench.case_of(&before_the_review).await.moves.len(), 1);
    // It goes on where it is, and there its notice is still to come.
    bench.act("彭程", "法制审核", &Inputs::none()).await.unwrap();
    assert_eq!(bench.case().await.steps[0].task, "notify");
}

/// 处罚法 51, 57: whose case is handled in the ordinary procedure keeps it.
#[tokio::test]
async fn a_case_does_not_change_its_procedure() {
    let bench = &mut Bench::new().await;
    bench.prepare("终结", &Inputs::none()).await.unwrap();
    bench.world.clock.advance_hours(24);
    in_force(
        bench,
        String::from_utf8(demo_file("flows/summary-penalty.bpmn")).unwrap(),
    )
    .await;
    let clerk = bench.world.actor("彭程").await;
    match try_plan(&bench.world.chronicle, &clerk, &as_it_goes(1, 2)).await {
        Err(Stop::Refusal(refusal)) => {
            assert_eq!(refusal.code, "cases.migration.mapping");
            assert!(refusal.message.contains("不是同一种法定程序"), "{}", refusal.message);
        }
        other => panic!("{:?}", other.map(|trial| trial.cases)),
    }
    let filed = file_plan(&bench.world.chronicle, Request::by(clerk), as_it_goes(1, 2)).await;
    assert!(matches!(filed, Err(Stop::Refusal(refusal)) if refusal.code == "cases.migration.mapping"));
}
