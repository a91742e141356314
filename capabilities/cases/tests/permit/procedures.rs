//! Procedures that have a law of their own beside the chart: penalty on the spot, coercive measure, enforcement, disclosure on
//! request. What is done, and what the law refuses, each with its article.

use jiff::civil::Date;
use jiff::{SignedDuration, ToSpan};
use mingjing_cases::case::Case;
use mingjing_cases::clock::{ClockKind, ExcludedFor};
use mingjing_cases::commands::Command;
use mingjing_cases::course::Course;
use mingjing_cases::decide::exclude_time::ExcludeTime;
use mingjing_cases::decide::extend::Extend;
use mingjing_cases::decide::supply_supplement::SupplySupplement;
use mingjing_cases::decide::take_step::TakeStep;
use mingjing_cases::decide::withdraw::Withdraw;
use mingjing_cases::events::{CaseState, Template};
use mingjing_cases::money::Fen;
use mingjing_cases::opening::{OpenMatter, open};
use mingjing_cases::party::{DocumentKind, Party};
use mingjing_chronicle::{Request, Stop};
use mingjing_testkit::for_each_engine;

use crate::matter::{Matter, serve, step, take};
use crate::world::{World, blueprint, demo_file};

pub const ON_THE_SPOT: &str = "33030300ZJ-CF-0002";
const MEASURE: &str = "33030300SJ-QZ-0001";
pub const ENFORCEMENT: &str = "33030300HB-QZ-0002";
const DISCLOSURE: &str = "33030300SJ-QT-0002";

pub const ZJ: [&str; 2] = ["acc-demo-zj-handler", "acc-demo-zj-handler2"];
const SJ: [&str; 2] = ["acc-demo-handler", "acc-demo-handler2"];

fn somebody() -> Party {
    Party::Individual {
        name: "赵六".into(),
        document: DocumentKind::CitizenId,
        document_no: "440524188001010014".into(),
        phone: "13800000009".into(),
        address: "演示路19号".into(),
    }
}

fn found(world: &World, item: &str) -> OpenMatter {
    OpenMatter {
        item_code: item.into(),
        party: somebody(),
        found_on: world.clock.today(),
        facts: "巡查时发现。".into(),
        place: "演示路9号".into(),
    }
}

pub async fn opened<'a>(world: &'a World, who: &str, item: &str) -> Matter<'a> {
    let request = Request::by(world.actor(who).await);
    let done = open(&world.chronicle, request, found(world, item)).await.unwrap();
    Matter {
        world,
        case_no: done.value.case_no,
    }
}

async fn not_opened(world: &World, who: &str, matter: OpenMatter) -> (String, String) {
    match open(&world.chronicle, Request::by(world.actor(who).await), matter).await {
        Err(Stop::Refusal(refusal)) => (refusal.code.to_string(), refusal.article.unwrap_or_default()),
        other => panic!("not refused: {other:?}"),
    }
}

pub fn told(outcome: &str, task: &str, change: impl FnOnce(&mut TakeStep)) -> Command {
    let mut step = step(task, outcome);
    change(&mut step);
    Command::TakeStep(step)
}

pub fn said(found: (String, String), code: &str, article: &str) {
    assert_eq!(found.0, format!("cases.take_step.{code}"));
    assert!(found.1.contains(article), "{}: {}", found.0, found.1);
}

pub fn paper<'a>(case: &'a Case, name: &str) -> &'a serde_json::Value {
    let found = case.papers.iter().find(|paper| paper.order.name() == name);
    let names: Vec<_> = case.papers.iter().map(|paper| paper.order.name()).collect();
    &found
        .unwrap_or_else(|| panic!("{name} is not among {names:?}"))
        .order
        .data
}

fn has_number(case: &Case, template: Template, series: &str) {
    let mut papers = case.papers.iter();
    let paper = papers.find(|paper| paper.order.template == template).unwrap();
    let number = paper.paper_no.clone().unwrap_or_default();
    assert!(number.contains(series), "{number}");
}

#[tokio::test]
async fn procedures_on_each_database() {
    for_each_engine(blueprint, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        world.clock.set(crate::world::china("2026-03-02 09:00"));
        world.import_item(demo_file("items/procedures.csv")).await;
        what_is_not_opened(&world).await;
        penalty_on_the_spot(&world).await;
        warning_and_ordinary(&world).await;
        measure(&world).await;
        urgent_measure(&world).await;
        enforcement(&world).await;
        disclosure(&world).await;
        disclosure_refused(&world).await;
        world.chronicle.settle().await.unwrap();
        office.assert_portable().await;
    })
    .await;
}

/// Nothing is begun by the wrong hand, on what is applied for, or without knowing against whom.
async fn what_is_not_opened(world: &World) {
    let (code, _) = not_opened(world, "蔡云", found(world, ON_THE_SPOT)).await;
    assert_eq!(code, "cases.open.not_your_post");
    let (code, _) = not_opened(world, "范铁", found(world, ON_THE_SPOT)).await;
    assert_eq!(code, "cases.open.not_your_post");
    let (code, _) = not_opened(world, "陈立", found(world, "33030300SJ-XK-0001")).await;
    assert_eq!(code, "cases.open.not_ex_officio");
    let mut unknown = found(world, ON_THE_SPOT);
    unknown.party = Party::Individual {
        name: String::new(),
        document: DocumentKind::CitizenId,
        document_no: "1".into(),
        phone: String::new(),
        address: String::new(),
    };
    let (code, _) = not_opened(world, "田桥", unknown).await;
    assert_eq!(code, "cases.party.incomplete");
    let mut silent = found(world, ON_THE_SPOT);
    silent.facts = " ".into();
    let (code, _) = not_opened(world, "田桥", silent).await;
    assert_eq!(code, "cases.open.missing");
}

async fn penalty_on_the_spot(world: &World) {
    let matter = opened(world, "田桥", ON_THE_SPOT).await;
    assert!(matter.case_no.contains("-CFJ2026"), "{}", matter.case_no);
    let case = matter.case().await;
    assert_eq!(
        (case.course(), case.state),
        (Course::SummaryPenalty, CaseState::Handling)
    );

    // 处罚法 42: two, with certificates, of this body, the writing one among them.
    let alone = told("minor", "investigate", |step| step.officers = vec![ZJ[0].into()]);
    said(
        matter.refused("田桥", alone).await,
        "two_officers",
        "行政处罚法第四十二条",
    );
    let strangers = told("minor", "investigate", |step| {
        step.officers = vec![ZJ[0].into(), SJ[0].into()];
    });
    said(
        matter.refused("田桥", strangers).await,
        "not_of_this_body",
        "行政处罚法第四十二条",
    );
    let two = |step: &mut TakeStep| step.officers = ZJ.map(str::to_owned).to_vec();
    matter.does("田桥", told("minor", "investigate", two)).await;

    // 51: 200 yuan for a citizen; more goes the ordinary way.
    let much = told("notified", "notify", |step| step.amount = Some(Fen::yuan(201)));
    said(
        matter.refused("田桥", much).await,
        "over_summary_limit",
        "行政处罚法第五十一条",
    );
    let fine = |yuan: i64| move |step: &mut TakeStep| step.amount = Some(Fen::yuan(yuan));
    matter.does("田桥", told("notified", "notify", fine(100))).await;
    matter.does("田桥", take("defence", "defended")).await;
    assert_eq!(matter.open().await, ["check_defence"]);
    matter.does("田桥", take("check_defence", "checked")).await;

    // 45(2): the defence makes nothing heavier; 52(2): the place is on the form.
    let place = |yuan: i64| {
        move |step: &mut TakeStep| {
            step.amount = Some(Fen::yuan(yuan));
            step.place = "演示路9号门前".into();
        }
    };
    let heavier = told("penalty", "decide", place(150));
    said(
        matter.refused("田桥", heavier).await,
        "heavier_than_told",
        "第四十五条第二款",
    );
    let nowhere = told("penalty", "decide", fine(100));
    said(matter.refused("田桥", nowhere).await, "missing", "第五十二条");
    matter.does("田桥", told("penalty", "decide", place(100))).await;
    let case = matter.case().await;
    assert_eq!(case.state, CaseState::Decided);
    let form = paper(&case, "当场行政处罚决定书");
    assert_eq!(form["reconsideration_first"], true, "复议法 23(1)(一)");
    assert_eq!(form["officers"].as_array().unwrap().len(), 2);
    assert_eq!(form["fine_words"], "壹佰元整");

    // 52(1): handed over on the spot, not on another day.
    matter.days_pass(1);
    said(
        matter.refused("田桥", take("serve_decision", "served")).await,
        "not_on_the_spot",
        "第五十二条第一款",
    );
    let on = matter.today().yesterday().unwrap();
    let served = told("served", "serve_decision", |step| step.happened_on = Some(on));
    matter.does("田桥", served).await;

    // 67–70: nobody but the bank takes it, but for small sums or with a reason; and all of it.
    said(
        matter.refused("蔡云", take("collect", "none")).await,
        "fine_unpaid",
        "第六十七条第三款",
    );
    let less = told("paid", "collect", fine(99));
    said(matter.refused("蔡云", less).await, "other_sum", "第六十七条");
    matter.does("蔡云", told("on_the_spot", "collect", fine(100))).await;
    assert_eq!(matter.open().await, ["file_decision"]);
    matter.does("田桥", take("file_decision", "filed")).await;
    matter.does("姚建", take("close", "close")).await;
    world.chronicle.settle().await.unwrap();
    let case = matter.case().await;
    assert_eq!(case.state, CaseState::Completed);
    has_number(&case, Template::SummaryPenaltyDecision, "当罚〔2026〕1号");
}

async fn warning_and_ordinary(world: &World) {
    let two = |step: &mut TakeStep| step.officers = ZJ.map(str::to_owned).to_vec();
    let matter = opened(world, "田桥", ON_THE_SPOT).await;
    matter.does("田桥", told("minor", "investigate", two)).await;
    let plain = |task: &str, outcome: &str| told(outcome, task, |step| step.place = "演示路".into());
    matter.does("田桥", plain("notify", "notified")).await;
    matter.does("田桥", plain("defence", "silent")).await;
    // Told of a warning, nobody is fined.
    let fine = told("penalty", "decide", |step| {
        step.place = "演示路".into();
        step.amount = Some(Fen::yuan(50));
    });
    said(
        matter.refused("田桥", fine).await,
        "heavier_than_told",
        "第四十五条第二款",
    );
    matter.does("田桥", plain("decide", "penalty")).await;
    let case = matter.case().await;
    assert_eq!(paper(&case, "当场行政处罚决定书")["penalty"], "警告");
    matter.does("田桥", plain("serve_decision", "served")).await;
    said(
        matter.refused("蔡云", take("collect", "paid")).await,
        "nothing_to_pay",
        "第六十七条",
    );
    matter.does("蔡云", take("collect", "none")).await;

    // Not fit for the spot: this one ends, and a lead begins the ordinary procedure.
    let matter = opened(world, "田桥", ON_THE_SPOT).await;
    matter.does("田桥", told("ordinary", "investigate", two)).await;
    assert_eq!(matter.case().await.state, CaseState::Completed);
    let withdraw = Command::Withdraw(Withdraw {
        reasons: String::new(),
        paper_request: true,
    });
    let (code, _) = matter.refused("蔡云", withdraw).await;
    assert_eq!(
        code, "cases.withdraw.another_power",
        "nobody applied, so nobody takes it back"
    );
}

fn seal(task: &str) -> Command {
    told("sealed", task, |step| {
        step.officers = SJ.map(str::to_owned).to_vec();
        step.place = "演示路9号仓库".into();
        step.goods = "饼干：20箱\n糖果：3袋".into();
    })
}

async fn measure(world: &World) {
    let matter = opened(world, "陈立", MEASURE).await;
    matter.does("陈立", take("report", "normal")).await;
    said(matter.refused("陈立", take("tell", "silent")).await, "not_at_step", "");
    matter.does("黄志远", take("approve_measure", "approve")).await;
    let absent = told("absent", "tell", |step| step.officers = SJ.map(str::to_owned).to_vec());
    said(
        matter.refused("陈立", absent).await,
        "needs_witness",
        "第十八条第（九）项",
    );
    let present = told("absent", "tell", |step| {
        step.officers = SJ.map(str::to_owned).to_vec();
        step.witness = "社区工作人员（演示）".into();
    });
    matter.does("陈立", present).await;
    let unlisted = told("sealed", "seal", |step| {
        step.officers = SJ.map(str::to_owned).to_vec();
        step.place = "仓库".into();
        step.goods = "一些东西".into();
    });
    said(
        matter.refused("陈立", unlisted).await,
        "unclear_list",
        "第二十四条第二款第（三）项",
    );
    matter.does("陈立", seal("seal")).await;
    let case = matter.case().await;
    let due = case.clock(ClockKind::Decision).unwrap().due.on;
    // Thirty calendar days, the first not counted; a last day of rest moves on (民法典 203).
    assert!(due >= matter.today().saturating_add(30.days()), "{due}");
    let decision = paper(&case, "查封、扣押决定书");
    assert_eq!(decision["goods"].as_array().unwrap().len(), 2);
    assert!(decision["period"].as_str().unwrap().contains(&due.to_string()));
    matter.does("陈立", take("serve_measure", "served")).await;

    // 25(3): testing alone is taken off, and told in writing.
    let exclude = |kind: ExcludedFor, to: Date| {
        Command::Suspend(ExcludeTime {
            kind,
            reason: "送检。".into(),
            expected_to: to,
        })
    };
    let (code, article) = matter
        .refused(
            "黄志远",
            exclude(ExcludedFor::Hearing, matter.today().saturating_add(5.days())),
        )
        .await;
    assert_eq!(
        (code.as_str(), article.as_str()),
        ("cases.suspend.not_listed", "行政强制法第二十五条第三款")
    );

    // 25(1): once, by thirty days, by another than the one who asks.
    matter.does("陈立", take("investigate", "extend")).await;
    let reasoned = told("approve", "extend", |step| step.reasons = "涉及多个产地。".into());
    matter.does("黄志远", reasoned).await;
    let case = matter.case().await;
    let extended = case.clock(ClockKind::Decision).unwrap().due.on;
    assert!(extended >= due.saturating_add(29.days()), "{due} → {extended}");
    paper(&case, "延长查封、扣押期限决定书");
    // 28: over is over: nothing but lifting.
    matter.does("陈立", take("investigate_extended", "dispose")).await;
    matter.days_pass(70);
    let late = told("confiscate", "dispose", |step| step.reasons = "依法没收。".into());
    said(
        matter.refused("黄志远", late).await,
        "period_over",
        "第二十八条第一款第（四）项",
    );
}

async fn urgent_measure(world: &World) {
    let matter = opened(world, "陈立", MEASURE).await;
    matter.does("陈立", take("report", "urgent")).await;
    let two = |step: &mut TakeStep| step.officers = SJ.map(str::to_owned).to_vec();
    matter.does("陈立", told("silent", "tell_urgent", two)).await;
    matter.does("陈立", seal("seal_urgent")).await;
    matter.does("陈立", take("serve_measure_urgent", "served")).await;
    // 19: within 24 hours; later with the reason said.
    let later = world.clock.now().checked_add(SignedDuration::from_hours(25)).unwrap();
    world.clock.set(later);
    said(
        matter.refused("黄志远", take("approve_afterwards", "approve")).await,
        "over_24_hours",
        "行政强制法第十九条",
    );
    let lift = told("lift", "approve_afterwards", |step| {
        step.reasons = "不应当扣押。".into()
    });
    matter.does("黄志远", lift).await;
    matter.does("黄志远", take("lift", "lifted")).await;
    let case = matter.case().await;
    assert_eq!(case.state, CaseState::Decided);
    assert!(!case.clock(ClockKind::Decision).unwrap().runs());
    paper(&case, "解除查封、扣押决定书");
    matter.does("陈立", take("return_goods", "returned")).await;
    matter.does("陈立", take("close", "archived")).await;
    assert_eq!(matter.case().await.state, CaseState::Completed);
}

async fn enforcement(world: &World) {
    let matter = opened(world, "秦山", ENFORCEMENT).await;
    let day = matter.today().saturating_add(15.days());
    let demand = told("made", "demand", |step| {
        step.told_day = Some(day);
        step.manner = "自行拆除".into();
    });
    matter.does("秦山", demand).await;
    paper(&matter.case().await, "履行行政决定催告书");
    matter.does("秦山", take("serve_demand", "served")).await;
    // The chart waits ten working days; nobody decides before.
    let (code, _) = matter.refused("秦山", take("defence", "silent")).await;
    assert_eq!(code, "cases.take_step.not_at_step");
    matter.days_pass(16);
    matter.does("秦山", take("defence", "defended")).await;
    let dismissed = told("not_established", "check_defence", |step| {
        step.reasons = "没有证据。".into()
    });
    matter.does("沈青", dismissed).await;
    let enforce = |step: &mut TakeStep| step.manner = "组织拆除".into();
    matter.does("宋柏", told("enforce", "decide", enforce)).await;
    paper(&matter.case().await, "行政强制执行决定书");
    matter.does("秦山", take("serve_decision", "served")).await;
    // 44: announced, with time to do it oneself.
    let unsaid = matter.refused("秦山", take("announce", "announced")).await;
    said(unsaid, "needs_day", "第四十四条");
    let last = matter.today().saturating_add(7.days());
    let announced = told("announced", "announce", |step| step.told_day = Some(last));
    matter.does("秦山", announced).await;
    let early = told("done", "execute", |step| {
        step.time = "10:00".into();
        step.utilities_kept = true;
    });
    said(matter.refused("秦山", early.clone()).await, "too_early", "第四十四条");
    matter.days_pass(8);
    said(matter.refused("秦山", early).await, "needs_remedy_over", "第四十四条");
    let open = told("done", "execute", |step| {
        step.remedy_over_on = Some("2099-01-01".parse().unwrap())
    });
    said(matter.refused("秦山", open).await, "remedies_open", "第四十四条");
    let over = matter.today().saturating_sub(5.days());
    // 43(1): not by night, not on a day of rest; 43(2): no cutting off.
    let at = |time: &'static str, kept: bool| {
        told("done", "execute", move |step: &mut TakeStep| {
            step.time = time.into();
            step.utilities_kept = kept;
            step.remedy_over_on = Some(over);
        })
    };
    said(
        matter.refused("秦山", at("23:10", true)).await,
        "night_or_holiday",
        "第四十三条第一款",
    );
    said(
        matter.refused("秦山", at("25:10", true)).await,
        "needs_time",
        "第四十三条第一款",
    );
    while world.chronicle.calendar().is_working_day(matter.today()) {
        matter.days_pass(1);
    }
    said(
        matter.refused("秦山", at("10:00", true)).await,
        "night_or_holiday",
        "第四十三条第一款",
    );
    while !world.chronicle.calendar().is_working_day(matter.today()) {
        matter.days_pass(1);
    }
    said(
        matter.refused("秦山", at("10:00", false)).await,
        "utilities_cut",
        "第四十三条第二款",
    );
    matter.does("秦山", at("10:00", true)).await;
    matter.does("秦山", take("close", "archived")).await;
    assert_eq!(matter.case().await.state, CaseState::Completed);
}

const REQUEST: &[(&str, &str)] = &[
    ("applicant_name", "王明"),
    ("contact_phone", "13800000001"),
    ("information", "抽检结果"),
    ("description", "2025年食品抽检结果"),
    ("wanted_form", "电子文本"),
];

async fn disclosure(world: &World) {
    let matter = Matter::applied(world, DISCLOSURE, REQUEST).await;
    assert_eq!(matter.case().await.course(), Course::Disclosure);
    matter.does("林晓岚", take("register", "unclear")).await;
    let told_until = matter.today().saturating_add(10.days());
    let ask = told("told", "ask_supplement", |step| step.told_day = Some(told_until));
    matter.does("林晓岚", ask).await;
    assert_eq!(matter.case().await.state, CaseState::Supplementing);
    said(
        matter.refused("林晓岚", take("await_supplement", "abandoned")).await,
        "too_early",
        "政府信息公开条例第三十条",
    );
    // 30: the applicant makes it clear in the hall; the clerk records what comes on paper with the chart's step.
    let supply = |note: &str| {
        Command::SupplySupplement(SupplySupplement {
            materials: Vec::new(),
            note: note.into(),
        })
    };
    let (code, article) = matter.refused("王明", supply(" ")).await;
    assert_eq!(code, "cases.supply_supplement.nothing_supplied");
    assert_eq!(article, "政府信息公开条例第三十条");
    let (code, _) = matter.refused("林晓岚", supply("代填。")).await;
    assert_eq!(code, "cases.supply_supplement.not_your_case");
    matter.does("王明", supply("需要2025年第三季度的抽检结果。")).await;
    assert_eq!(matter.case().await.state, CaseState::Handling);
    assert!(matter.case().await.clock(ClockKind::Decision).is_none());
    matter.does("林晓岚", take("register_again", "registered")).await;
    let due = matter.case().await.clock(ClockKind::Decision).unwrap().due.on;
    matter.does("陈立", take("search", "found")).await;
    matter.does("陈立", take("assess", "third")).await;
    assert!(matter.case().await.suspended(), "33(3)");
    said(
        matter.refused("陈立", take("consult_third_party", "silent")).await,
        "too_early",
        "第三十二条",
    );
    matter.days_pass(8);
    matter.does("陈立", take("consult_third_party", "refuse")).await;
    let case = matter.case().await;
    assert!(!case.suspended());
    assert!(case.clock(ClockKind::Decision).unwrap().due.on > due);
    matter.does("彭程", take("secrecy_review", "partly")).await;
    matter.does("陈立", take("draft", "drafted")).await;
    matter.does("吴敏", take("review", "agree")).await;
    // 33(2): extended once, by up to twenty working days.
    let extend = |days: u32| {
        Command::Extend(Extend {
            working_days: days,
            reasons: "信息量大。".into(),
            government_approval: String::new(),
        })
    };
    let (code, article) = matter.refused("黄志远", extend(21)).await;
    assert_eq!(code, "cases.extend.at_most_ten");
    assert_eq!(article, "政府信息公开条例第三十三条第二款");
    matter.does("黄志远", extend(20)).await;
    said(
        matter.refused("黄志远", take("answer", "provide")).await,
        "needs_reasons",
        "第三十二条",
    );
    said(
        matter.refused("黄志远", take("answer", "partly")).await,
        "needs_reasons",
        "第三十七条",
    );
    let partly = told("partly", "answer", |step| {
        step.reasons = "涉及商业秘密的部分不公开。".into()
    });
    matter.does("黄志远", partly).await;
    let case = matter.case().await;
    assert_eq!(case.state, CaseState::Decided);
    assert_eq!(
        paper(&case, "政府信息部分公开告知书")["reconsideration_first"],
        true,
        "复议法 23(1)(四)"
    );
    matter.does("林晓岚", serve()).await;
    matter.does("林晓岚", take("close", "archived")).await;
    assert_eq!(matter.case().await.state, CaseState::Completed);
    world.chronicle.settle().await.unwrap();
    has_number(&matter.case().await, Template::DisclosureAnswer, "公开〔2026〕1号");
}

/// The other answers of 公开条例 36 come without a secrecy review; what turns somebody away has its reasons.
async fn disclosure_refused(world: &World) {
    let matter = Matter::applied(world, DISCLOSURE, REQUEST).await;
    matter.does("林晓岚", take("register", "clear")).await;
    matter.does("陈立", take("search", "other")).await;
    said(
        matter.refused("黄志远", take("answer_other", "not_ours")).await,
        "needs_reasons",
        "第三十六条第（三）项、第（五）项",
    );
    matter.does("黄志远", take("answer_other", "absent")).await;
    let case = matter.case().await;
    let answer = paper(&case, "政府信息不存在告知书");
    assert!(answer["reconsideration_first"].is_null());
    said(
        matter.refused("林晓岚", take("close", "archived")).await,
        "not_at_step",
        "",
    );
}
