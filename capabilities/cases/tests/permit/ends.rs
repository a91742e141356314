//! Ends of the procedures: one act, one fine on the spot too (处罚法 29); enforcement at once (强制法 37(3)).

use jiff::ToSpan;
use mingjing_cases::decide::take_step::TakeStep;
use mingjing_cases::money::Fen;
use mingjing_testkit::for_each_engine;

use crate::matter::{Matter, take};
use crate::procedures::{ENFORCEMENT, ON_THE_SPOT, ZJ, opened, paper, said, told};
use crate::world::{World, blueprint, demo_file};

#[tokio::test]
async fn ends_of_procedures_on_each_database() {
    for_each_engine(blueprint, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        world.clock.set(crate::world::china("2026-03-02 09:00"));
        world.import_item(demo_file("items/procedures.csv")).await;
        fined_once_for_one_act(&world).await;
        enforced_at_once(&world).await;
        world.chronicle.settle().await.unwrap();
        office.assert_portable().await;
    })
    .await;
}

/// 处罚法 29, also on the spot: the register of fines is one for all procedures.
async fn fined_once_for_one_act(world: &World) {
    let two = |step: &mut TakeStep| step.officers = ZJ.map(str::to_owned).to_vec();
    let up_to_decision = async |matter: &Matter<'_>| {
        matter.does("田桥", told("minor", "investigate", two)).await;
        let fine = told("notified", "notify", |step| step.amount = Some(Fen::yuan(50)));
        matter.does("田桥", fine).await;
        matter.does("田桥", take("defence", "silent")).await;
    };
    let fine = |reasons: &str| {
        told("penalty", "decide", |step| {
            step.amount = Some(Fen::yuan(50));
            step.place = "演示路".into();
            step.reasons = reasons.into();
        })
    };
    let first = opened(world, "田桥", ON_THE_SPOT).await;
    up_to_decision(&first).await;
    first.does("田桥", fine("")).await;
    let second = opened(world, "田桥", ON_THE_SPOT).await;
    up_to_decision(&second).await;
    said(
        second.refused("田桥", fine(" ")).await,
        "fined_before",
        "行政处罚法第二十九条",
    );
    second.does("田桥", fine("上午、下午在两个地点先后两次抛撒。")).await;
    let served = told("served", "serve_decision", |step| {
        step.record = "当场交付，当事人签收。".into()
    });
    second.does("田桥", served).await;
    let proof = second.case().await;
    let proof = paper(&proof, "送达回证");
    assert_eq!(proof["service"]["note"], "当场交付，当事人签收。");
    assert_eq!(proof["served_papers"][0]["title"], "当场行政处罚决定书");
}

/// 强制法 37(3): while the time to perform still runs, and only with evidence that things are moved or hidden.
async fn enforced_at_once(world: &World) {
    let matter = opened(world, "秦山", ENFORCEMENT).await;
    let day = matter.today().saturating_add(40.days());
    let demand = told("made", "demand", |step| {
        step.told_day = Some(day);
        step.manner = "自行拆除".into();
    });
    matter.does("秦山", demand).await;
    matter.does("秦山", take("serve_demand", "served")).await;
    paper(&matter.case().await, "送达回证");
    matter.days_pass(18);
    let decide = |outcome: &'static str, reasons: &'static str| {
        told(outcome, "decide", move |step| {
            step.manner = "立即拆除".into();
            step.reasons = reasons.into();
        })
    };
    matter.does("秦山", take("defence", "hiding")).await;
    said(
        matter.refused("宋柏", decide("enforce", "")).await,
        "too_early",
        "第三十七条第一款",
    );
    said(
        matter.refused("宋柏", decide("immediate", " ")).await,
        "needs_reasons",
        "第三十七条第三款",
    );
    matter.does("宋柏", decide("immediate", "监控显示夜间搬走设备。")).await;
    paper(&matter.case().await, "行政强制执行决定书");
}
