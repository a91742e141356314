//! Matters that follow the chart of their item, and the chart's steps in permits: what is done, and what the law refuses.

use jiff::ToSpan;
use jiff::civil::Date;
use mingjing_cases::clock::ClockKind;
use mingjing_cases::commands::Command;
use mingjing_cases::decide::accept::Accept;
use mingjing_cases::decide::complete::Complete;
use mingjing_cases::decide::extend::Extend;
use mingjing_cases::decide::take_step::TakeStep;
use mingjing_cases::events::CaseState;
use mingjing_cases::money::Fen;
use mingjing_cases::views::list;
use mingjing_chronicle::Value;
use mingjing_testkit::for_each_engine;

use crate::matter::{Matter, PERMIT, examine, grant, review, serve, site_check, step, take};
use crate::world::{World, blueprint, demo_file};

const CONFIRMATION: &str = "33030300RS-QR-0001";
const HEARING: &str = "33030300JT-XK-0002";
const PARALLEL: &str = "33030300HB-XK-0002";
const LEVY: &str = "33030300ZJ-ZS-0001";

#[tokio::test]
async fn matters_on_each_database() {
    for_each_engine(blueprint, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        world.clock.set(crate::world::china("2026-03-02 09:00"));
        world.import_item(demo_file("items/six-bodies.csv")).await;
        confirmation(&world).await;
        levy(&world).await;
        hearing(&world).await;
        parallel_reviews(&world).await;
        world.chronicle.settle().await.unwrap();
        office.assert_portable().await;
    })
    .await;
}

async fn confirmation(world: &World) {
    let answers = [
        ("applicant_name", "王明"),
        ("contact_phone", "13800000001"),
        ("relation", "self"),
        ("worker_name", "王明"),
        ("employer", "演示公司"),
        ("injured_on", "2026-02-12"),
        ("place", "车间"),
        ("injury", "左脚压伤"),
    ];
    let matter = Matter::applied(world, CONFIRMATION, &answers).await;
    assert!(matter.case_no.contains("-QR2026"), "{}", matter.case_no);
    let case = matter.case().await;
    assert_eq!(case.state, CaseState::Submitted);
    assert!(
        case.clock(ClockKind::Telling).is_none(),
        "that limit is the permit law's"
    );
    matter.does("罗琴", Command::Accept(Accept::default())).await;
    let due = matter.case().await.clock(ClockKind::Decision).unwrap().due.on;
    assert_eq!(matter.case().await.state, CaseState::Handling);

    // What is the permit law's alone is not done here.
    let (code, _) = matter
        .refused(
            "金松",
            Command::Extend(Extend {
                working_days: 5,
                reasons: "忙".into(),
                government_approval: String::new(),
            }),
        )
        .await;
    assert_eq!(code, "cases.extend.another_power");
    let (code, _) = matter.refused("金松", grant(matter.today(), "")).await;
    assert_eq!(code, "cases.decide.another_power");
    let (code, article) = matter.refused("罗琴", Command::Accept(Accept::default())).await;
    assert_eq!(
        (code.as_str(), article.as_str()),
        ("cases.accept.already_accepted", "该事项所依据的法律、法规")
    );

    // 工伤保险条例 20(3): waiting for a conclusion suspends the limit, and nothing is decided meanwhile.
    let (code, _) = matter.refused("高鸣", take("verify", "suspend")).await;
    assert_eq!(code, "cases.take_step.needs_day");
    let waits = TakeStep {
        told_day: Some(matter.today().saturating_add(30.days())),
        ..step("verify", "suspend")
    };
    matter.does("高鸣", Command::TakeStep(waits)).await;
    assert!(matter.case().await.suspended());
    matter.days_pass(10);
    matter.does("高鸣", take("await_conclusion", "concluded")).await;
    let moved = matter.case().await.clock(ClockKind::Decision).unwrap().due.on;
    assert!(moved > due, "{moved} is later than {due}");
    matter.does("高鸣", take("verify", "done")).await;

    let (code, _) = matter.refused("罗琴", take("review", "agree")).await;
    assert_eq!(code, "cases.take_step.not_your_post");
    let (code, _) = matter.refused("潘越", take("review", "grant")).await;
    assert_eq!(code, "cases.take_step.no_such_outcome");
    let (code, _) = matter.refused("潘越", take("review", "return")).await;
    assert_eq!(code, "cases.take_step.needs_reasons");
    matter.does("潘越", take("review", "agree")).await;
    let blank = TakeStep {
        record: " ".into(),
        ..step("decide", "deny")
    };
    let (code, _) = matter.refused("金松", Command::TakeStep(blank)).await;
    assert_eq!(code, "cases.take_step.missing");
    let denial = TakeStep {
        reasons: "不属于条例第十四条、第十五条的情形。".into(),
        ..step("decide", "deny")
    };
    matter.does("金松", Command::TakeStep(denial)).await;
    let case = matter.case().await;
    assert_eq!(case.state, CaseState::Decided);
    assert!(!case.clock(ClockKind::Decision).unwrap().runs());
    let decision = case
        .papers
        .iter()
        .find(|paper| paper.order.name() == "不予认定决定书")
        .unwrap();
    assert!(decision.order.data["reconsideration_organ"].is_string());
    matter.does("罗琴", serve()).await;
    let completed = Complete {
        case_summary: "不予认定。".into(),
        completion_status: "已送达".into(),
    };
    matter.does("罗琴", Command::Complete(completed)).await;
    assert_eq!(matter.case().await.state, CaseState::Completed);

    let (account, no) = (world.account("王明"), matter.case_no.clone());
    let read = world.chronicle.read(move |reader| {
        let mine = list::of_party(reader, &account)?;
        assert!(mine.iter().any(|row| row.case_no == no && row.state.name() == "已办结"));
        let scope = list::ScopeCondition {
            text: "body = $1".into(),
            parameters: vec![Value::from("33030300RS")],
        };
        let applications = list::CaseFilter {
            applications: true,
            state: Some(CaseState::Completed.into()),
            ..list::CaseFilter::default()
        };
        assert_eq!(list::cases(reader, &scope, &applications, 0)?.len(), 1);
        let permits = list::CaseFilter {
            state: Some(CaseState::Completed.into()),
            ..list::CaseFilter::default()
        };
        assert_eq!(list::count(reader, &scope, &permits)?, 0, "a confirmation is no permit");
        Ok(())
    });
    read.await.unwrap();
}

async fn levy(world: &World) {
    let answers = [
        ("payer_name", "王明"),
        ("contact_phone", "13800000001"),
        ("period", "第一季度"),
        ("quantity", "1200立方米"),
        ("content", "自备水源"),
    ];
    let matter = Matter::applied(world, LEVY, &answers).await;
    let incomplete = TakeStep {
        reasons: "缺计量表照片。".into(),
        ..step("register", "incomplete")
    };
    matter.does("蔡云", Command::TakeStep(incomplete)).await;
    assert_eq!(matter.case().await.state, CaseState::Supplementing);
    matter.does("蔡云", take("supply", "supplied")).await;
    matter.does("蔡云", take("register", "complete")).await;
    assert_eq!(matter.case().await.state, CaseState::Handling);
    assert!(matter.case().await.clock(ClockKind::Decision).is_some());
    let (code, _) = matter.refused("田桥", take("verify", "levy")).await;
    assert_eq!(code, "cases.take_step.needs_amount");
    let sum = |task: &str, outcome: &str, yuan: i64| TakeStep {
        amount: Some(Fen::yuan(yuan)),
        ..step(task, outcome)
    };
    matter
        .does("田桥", Command::TakeStep(sum("verify", "levy", 1680)))
        .await;
    matter.does("姚建", take("review", "agree")).await;
    let decision = TakeStep {
        told_day: Some(matter.today().saturating_add(15.days())),
        ..sum("decide", "levy", 1680)
    };
    matter.does("廖宏", Command::TakeStep(decision)).await;
    matter.does("蔡云", serve()).await;
    let unpaid = TakeStep {
        reasons: "逾期未缴。".into(),
        ..step("collect", "unpaid")
    };
    matter.days_pass(20);
    matter.does("蔡云", Command::TakeStep(unpaid.clone())).await;
    let (code, article) = matter
        .refused("田桥", Command::TakeStep(sum("late_fee", "imposed", 1681)))
        .await;
    assert_eq!(
        (code.as_str(), article.as_str()),
        ("cases.take_step.more_than_owed", "行政强制法第四十五条第二款")
    );
    matter
        .does("田桥", Command::TakeStep(sum("late_fee", "imposed", 50)))
        .await;
    matter.does("田桥", take("demand", "served")).await;
    matter
        .does(
            "蔡云",
            Command::TakeStep(TakeStep {
                task: "collect_late".into(),
                ..unpaid
            }),
        )
        .await;
    let (code, article) = matter.refused("廖宏", take("apply_to_court", "applied")).await;
    assert_eq!(
        (code.as_str(), article.as_str()),
        ("cases.take_step.too_early", "行政强制法第五十四条、第六十九条")
    );
    matter.days_pass(20);
    // 强制法 53: when the time for reconsideration and suit is over, and for three months from then.
    let applied = |over: Option<Date>| {
        Command::TakeStep(TakeStep {
            remedy_over_on: over,
            ..step("apply_to_court", "applied")
        })
    };
    let today = matter.today();
    for (over, code) in [
        (None, "needs_remedy_over"),
        (Some(today), "remedies_open"),
        (Some(today.saturating_sub(4.months())), "court_window_over"),
    ] {
        let (refused, article) = matter.refused("廖宏", applied(over)).await;
        assert_eq!(refused, format!("cases.take_step.{code}"));
        assert_eq!(article, "行政强制法第五十三条");
    }
    matter
        .does("廖宏", applied(Some(today.saturating_sub(2.months()))))
        .await;
    matter.does("田桥", take("close", "archived")).await;
    assert_eq!(matter.case().await.state, CaseState::Completed);
}

async fn hearing(world: &World) {
    let matter = Matter::applied(world, HEARING, PERMIT).await;
    matter.does("丁兰", Command::Accept(Accept::default())).await;
    assert_eq!(matter.open().await, ["site_check", "tell_right"]);
    matter.does("范铁", take("tell_right", "told")).await;
    // Within the five days silence is no waiver: it needs it in writing.
    let silent = TakeStep {
        record: String::new(),
        ..step("await_request", "not_requested")
    };
    let (code, article) = matter.refused("范铁", Command::TakeStep(silent)).await;
    assert_eq!(
        (code.as_str(), article.as_str()),
        ("cases.take_step.missing", "该事项所依据的法律、法规")
    );
    matter.does("范铁", take("await_request", "requested")).await;
    let host = |days: i64, account: &str| TakeStep {
        told_day: Some(matter.today().saturating_add(days.days())),
        place: "三楼会议室".into(),
        host: Some(account.into()),
        ..step("notify_hearing", "notified")
    };
    let (code, article) = matter
        .refused("薛静", Command::TakeStep(host(6, "acc-demo-jt-release")))
        .await;
    assert_eq!(code, "cases.take_step.seven_days_before");
    assert!(article.starts_with("行政许可法第四十八条第一款第（一）项"), "{article}");
    let checked = site_check(matter.today(), ["acc-demo-jt-handler", "acc-demo-jt-handler2"]);
    matter.does("范铁", checked).await;
    let (code, _) = matter
        .refused("薛静", Command::TakeStep(host(14, "acc-demo-jt-handler2")))
        .await;
    assert_eq!(code, "cases.take_step.host_examines");
    matter
        .does("薛静", Command::TakeStep(host(14, "acc-demo-jt-release")))
        .await;
    let case = matter.case().await;
    assert!(case.suspended(), "the time of the hearing does not count (许可法 45)");
    let (code, _) = matter.refused("薛静", take("hear", "heard")).await;
    assert_eq!(code, "cases.take_step.too_early");
    matter.days_pass(14);
    matter.does("薛静", take("hear", "heard")).await;
    assert!(!matter.case().await.suspended());
    matter.does("范铁", examine()).await;
    matter.does("方敏", review()).await;
    let (code, _) = matter.refused("魏强", grant(matter.today(), "")).await;
    assert_eq!(code, "cases.decide.needs_hearing_record");
    matter.does("魏强", grant(matter.today(), "听证笔录第1号")).await;
    assert_eq!(matter.case().await.state, CaseState::Granted);
}

async fn parallel_reviews(world: &World) {
    let matter = Matter::applied(world, PARALLEL, PERMIT).await;
    matter.does("汪岚", Command::Accept(Accept::default())).await;
    let mut open = matter.open().await;
    open.sort();
    assert_eq!(open, ["examine", "expert_review", "legal_review", "site_check"]);
    matter.does("孟泽", take("legal_review", "agree")).await;
    matter.does("秦山", examine()).await;
    matter.does("沈青", take("expert_review", "")).await;
    let (code, _) = matter.refused("沈青", take("expert_review", "")).await;
    assert_eq!(
        code, "cases.take_step.signed_already",
        "three experts, not one three times"
    );
    matter.does("杜衡", take("expert_review", "")).await;
    matter.does("江离", take("expert_review", "")).await;
    let (code, _) = matter.refused("秦山", take("summarise", "summarised")).await;
    assert_eq!(code, "cases.take_step.not_at_step", "the site check is still missing");
    let checked = site_check(matter.today(), ["acc-demo-hb-handler", "acc-demo-hb-handler2"]);
    matter.does("秦山", checked).await;
    matter.does("秦山", take("summarise", "summarised")).await;
    matter.does("沈青", review()).await;
    for approver in ["宋柏", "陆港", "薛慧"] {
        matter.does(approver, take("discuss", "")).await;
    }
    matter.does("宋柏", grant(matter.today(), "")).await;
    assert_eq!(matter.case().await.state, CaseState::Granted);
}
