//! Joint approval by call activity (许可法 26(2), 42(2)): one application, four bodies, each with a case of its own.

use jiff::ToSpan;
use jiff::civil::Date;
use mingjing_cases::case::Case;
use mingjing_cases::clock::{ClockKind, ExcludedFor};
use mingjing_cases::commands::Command;
use mingjing_cases::decide::decide::Decide;
use mingjing_cases::decide::exclude_time::ExcludeTime;
use mingjing_cases::decide::extend::Extend;
use mingjing_cases::decide::resume_time::ResumeTime;
use mingjing_cases::decide::take_step::TakeStep;
use mingjing_cases::decide::withdraw::Withdraw;
use mingjing_cases::events::{CaseState, Decision};
use mingjing_cases::number::Procedure;
use mingjing_cases::operate::{ReturnStep, StepCommand, UrgeStep};
use mingjing_cases::views::list;
use mingjing_chronicle::Value;
use mingjing_testkit::for_each_engine;

use crate::joint_bodies::{ALL, ENVIRONMENT, FIRE, HEALTH, accepted};
use crate::matter::{Matter, examine, review, step, take};
use crate::world::{World, blueprint, demo_file};

fn against(reasons: &str) -> Command {
    Command::TakeStep(TakeStep {
        reasons: reasons.into(),
        ..step("assist_opinion", "disagree")
    })
}

fn decide(decision: Decision, reasons: &str) -> Command {
    Command::Decide(Decide {
        decision,
        opinion: "照此办理。".into(),
        reasons: reasons.into(),
        basis: None,
        hearing_record: String::new(),
    })
}

fn grant(today: Date) -> Decision {
    Decision::Grant {
        conditions: Vec::new(),
        valid_from: today,
        valid_to: None,
    }
}

fn clock_of(case: &Case) -> &mingjing_cases::clock::CaseClock {
    case.clock(ClockKind::Assistance).unwrap()
}

#[tokio::test]
async fn joint_approval_on_each_database() {
    for_each_engine(blueprint, async |office| {
        let world = World::filled(office.chronicle.clone(), office.clock.clone()).await;
        world.clock.set(crate::world::china("2026-03-02 09:00"));
        world.import_item(demo_file("items/joint.csv")).await;
        everybody_is_asked_at_once(&world).await;
        all_consent(&world).await;
        one_is_against(&world).await;
        silence_is_no_consent(&world).await;
        what_ends_the_whole_ends_its_parts(&world).await;
        time_that_does_not_count(&world).await;
        extended_by_the_government(&world).await;
        world.chronicle.settle().await.unwrap();
        office.assert_portable().await;
    })
    .await;
}

async fn everybody_is_asked_at_once(world: &World) {
    let lead = accepted(world).await;
    let case = lead.case().await;
    let mut open = lead.open().await;
    open.sort();
    assert_eq!(open, ["ask_environment", "ask_fire", "ask_health", "examine"]);
    assert_eq!(case.clock(ClockKind::Decision).unwrap().limit.amount, 45);
    for asked in ALL {
        let part = asked.part(&lead).await;
        assert_eq!(
            Procedure::of(&part.case_no),
            Some(Procedure::Assistance),
            "{}",
            part.case_no
        );
        let sub = part.case().await;
        assert_eq!((sub.body(), sub.state), (asked.body, CaseState::Handling));
        let told = &sub.application.as_ref().unwrap().lead.as_ref().unwrap().case_no;
        assert_eq!(told, &lead.case_no, "linked both ways");
        assert_eq!(clock_of(&sub).limit.amount, 16);
        assert_eq!(
            sub.steps.iter().map(|step| step.task.as_str()).collect::<Vec<_>>(),
            ["assist_check"]
        );
        assert_eq!(sub.materials.len(), case.materials.len(), "it sees what it examines");
    }
    nobody_does_it_for_another(world, &lead).await;
    rows(world, &lead).await;
}

async fn nobody_does_it_for_another(_world: &World, lead: &Matter<'_>) {
    let fire = FIRE.part(lead).await;
    let (code, _) = lead.refused("贺文", take("ask_fire", "agree")).await;
    assert_eq!(
        code, "cases.take_step.of_another_body",
        "the lead cannot answer for the body it asked"
    );
    let (code, _) = lead.refused(FIRE.approver, take("ask_fire", "agree")).await;
    assert_eq!(
        code, "cases.take_step.of_another_body",
        "nor can that body beside its own case"
    );
    let (code, _) = fire.refused("贺文", FIRE.check()).await;
    assert_eq!(code, "cases.take_step.not_your_post");
    let (code, _) = fire.refused(HEALTH.handler, FIRE.check()).await;
    assert_eq!(code, "cases.take_step.not_your_post");
    let (code, _) = fire.refused(FIRE.approver, take("assist_opinion", "agree")).await;
    assert_eq!(code, "cases.take_step.not_at_step");
    let (code, article) = fire.refused(FIRE.handler, take("assist_check", "done")).await;
    assert_eq!(code, "cases.take_step.two_officers");
    assert!(article.contains("第三十四条第三款"), "{article}");
    let (code, _) = fire.refused("董炜", decide(grant(lead.today()), "")).await;
    assert_eq!(code, "cases.decide.another_power");
}

/// Each body has its part in its own lists, the lead has none of their tasks, the party has one case.
async fn rows(world: &World, lead: &Matter<'_>) {
    let fire = FIRE.part(lead).await.case_no;
    let (account, lead_no) = (world.account("王明"), lead.case_no.clone());
    let read = world.chronicle.read(move |reader| {
        let of_body = |body: &str| list::ScopeCondition {
            text: "body = $1".into(),
            parameters: vec![Value::from(body)],
        };
        let all = list::CaseFilter::default();
        let theirs = list::cases(reader, &of_body("33030300XF"), &all, 0)?;
        assert!(
            theirs
                .iter()
                .any(|row| row.case_no == fire && row.opinion_due.is_some())
        );
        let ours = list::cases(reader, &of_body("33030300WG"), &all, 0)?;
        assert!(
            ours.iter().all(|row| row.case_no != fire),
            "the drafts of others are not ours to see"
        );
        let posts = [("33030300XF".to_owned(), "handler".to_owned())];
        let (tasks, _) = list::tasks_of(reader, &posts, "acc-demo-xf-handler", 0)?;
        assert!(tasks.iter().any(|row| row.case_no == fire && row.name == "现场核查"));
        let posts = [("33030300WG".to_owned(), "handler".to_owned())];
        let (tasks, _) = list::tasks_of(reader, &posts, "acc-demo-wg-handler", 0)?;
        let own: Vec<_> = tasks
            .iter()
            .filter(|row| row.case_no == lead_no)
            .map(|row| row.task.as_str())
            .collect();
        assert_eq!(own, ["examine"], "what others answer is nobody's task here");
        let mine = list::of_party(reader, &account)?;
        assert!(mine.iter().any(|row| row.case_no == lead_no));
        assert!(mine.iter().all(|row| row.case_no != fire));
        Ok(())
    });
    read.await.unwrap();
}

async fn all_consent(world: &World) {
    let lead = accepted(world).await;
    let fire = FIRE.part(&lead).await;
    FIRE.up_to_opinion(&fire).await;
    let same = TakeStep {
        outcome: "return".into(),
        reasons: "再查。".into(),
        ..step("assist_opinion", "return")
    };
    let (code, _) = fire.refused(FIRE.approver, Command::TakeStep(same)).await;
    assert_eq!(code, "cases.take_step.no_such_outcome");
    let (code, article) = fire.refused(FIRE.approver, take("assist_opinion", "conditional")).await;
    assert_eq!(code, "cases.take_step.needs_reasons", "conditions are written down");
    assert!(article.contains("第二十六条"), "{article}");
    let conditional = TakeStep {
        reasons: "开业前补齐应急照明。".into(),
        ..step("assist_opinion", "conditional")
    };
    fire.does(FIRE.approver, Command::TakeStep(conditional)).await;
    assert_eq!(fire.case().await.state, CaseState::Completed);
    let case = lead.case().await;
    let back = case.assistance.iter().find(|one| one.task == FIRE.call).unwrap();
    let answer = back.answer.as_ref().unwrap();
    assert_eq!(answer.outcome.id, "conditional");
    assert_eq!(answer.reasons.as_deref(), Some("开业前补齐应急照明。"));
    assert!(!answer.late);
    assert!(!lead.open().await.contains(&"ask_fire".to_owned()));

    lead.does("贺文", examine()).await;
    HEALTH.consents(&lead).await;
    let (code, _) = lead.refused("贺文", take("summarise", "summarised")).await;
    assert_eq!(code, "cases.take_step.not_at_step", "one opinion is still missing");
    ENVIRONMENT.consents(&lead).await;
    assert_eq!(lead.open().await, ["summarise"]);
    // What is done again by the lead leaves standing what the others said.
    let again = ReturnStep {
        to: "examine".into(),
        reasons: "补写审查意见。".into(),
    };
    lead.does("贺文", Command::Operate(StepCommand::Return(again))).await;
    assert_eq!(lead.open().await, ["examine"]);
    lead.does("贺文", examine()).await;
    assert_eq!(lead.open().await, ["summarise"]);
    lead.does("贺文", take("summarise", "summarised")).await;
    lead.does("邵华", review()).await;
    lead.does("汤勇", decide(grant(lead.today()), "")).await;
    assert_eq!(lead.case().await.state, CaseState::Granted);
}

async fn one_is_against(world: &World) {
    let lead = accepted(world).await;
    lead.does("贺文", examine()).await;
    HEALTH.consents(&lead).await;
    ENVIRONMENT.consents(&lead).await;
    let fire = FIRE.part(&lead).await;
    FIRE.up_to_opinion(&fire).await;
    let (code, _) = fire.refused(FIRE.approver, against(" ")).await;
    assert_eq!(code, "cases.take_step.needs_reasons");
    fire.does(FIRE.approver, against("疏散通道宽度不符合要求。")).await;
    lead.does("贺文", take("summarise", "summarised")).await;
    lead.does("邵华", review()).await;
    let (code, article) = lead.refused("汤勇", decide(grant(lead.today()), "")).await;
    assert_eq!(code, "cases.decide.against_opinion");
    assert!(article.contains("第二十六条第二款"), "{article}");
    let case = lead.case().await;
    let answers = case.assistance.iter().filter_map(|one| one.answer.as_ref());
    let against: Vec<_> = answers.filter(|answer| answer.outcome.negative).collect();
    let why = format!("{}：{}", against[0].body_name, against[0].reasons.clone().unwrap());
    let denial = Decision::Deny {
        reasons: why.clone(),
        technical_standards: None,
    };
    lead.does("汤勇", decide(denial, &why)).await;
    let case = lead.case().await;
    assert_eq!(case.state, CaseState::Denied);
    let paper = case
        .papers
        .iter()
        .find(|paper| paper.order.template.key() == "permit_denial")
        .unwrap();
    assert!(
        paper.order.data.to_string().contains("疏散通道宽度不符合要求"),
        "the denial says the reason"
    );
}

async fn silence_is_no_consent(world: &World) {
    let lead = accepted(world).await;
    lead.does("贺文", examine()).await;
    HEALTH.consents(&lead).await;
    ENVIRONMENT.consents(&lead).await;
    let fire = FIRE.part(&lead).await;
    let urge = |reasons: &str| {
        Command::Operate(StepCommand::Urge(UrgeStep {
            task: Some("ask_fire".into()),
            reasons: reasons.into(),
        }))
    };
    lead.does("贺文", urge("请按期提出意见。")).await;
    let (code, _) = lead.refused("贺文", urge("再催。")).await;
    assert_eq!(code, "cases.urge_step.urged_today");
    assert_eq!(world.kinds(&fire.case_no).await.last().unwrap(), "case.assistance_told");
    assert_eq!(
        lead.case()
            .await
            .assistance
            .iter()
            .find(|one| one.task == FIRE.call)
            .unwrap()
            .urged,
        1
    );

    let due = clock_of(&fire.case().await).due.on;
    while lead.today() <= due {
        lead.days_pass(1);
    }
    world.chronicle.settle().await.unwrap();
    let late = fire.case().await;
    assert!(late.facts.reminded.is_some(), "the day after its limit it is on record");
    assert_eq!(late.state, CaseState::Handling);
    let told = world.kinds(&fire.case_no).await;
    assert_eq!(
        told.iter().filter(|kind| *kind == "case.assistance_told").count(),
        2,
        "once: {told:?}"
    );
    assert_eq!(lead.open().await, ["ask_fire"], "the lead still waits");
    let (code, _) = lead.refused("汤勇", decide(grant(lead.today()), "")).await;
    assert_eq!(code, "cases.decide.not_at_step");

    FIRE.consents(&lead).await;
    let case = lead.case().await;
    let answer = case
        .assistance
        .iter()
        .find_map(|one| one.answer.as_ref().filter(|answer| answer.late));
    assert_eq!(answer.unwrap().task, FIRE.call, "a late opinion counts, as late");
    assert_eq!(lead.open().await, ["summarise"]);
}

async fn what_ends_the_whole_ends_its_parts(world: &World) {
    let lead = accepted(world).await;
    HEALTH.consents(&lead).await;
    let (fire, health) = (FIRE.part(&lead).await, HEALTH.part(&lead).await);
    FIRE.up_to_opinion(&fire).await;
    let given_up = Withdraw {
        reasons: "不开了。".into(),
        paper_request: false,
    };
    lead.does("王明", Command::Withdraw(given_up)).await;
    let sub = fire.case().await;
    assert_eq!(sub.state, CaseState::Ended);
    assert!(sub.steps.is_empty() && !clock_of(&sub).runs());
    assert!(sub.facts.ended.as_ref().unwrap().1.contains("撤回"));
    assert_eq!(
        health.case().await.state,
        CaseState::Completed,
        "what was said stays said"
    );
    let (code, article) = fire.refused(FIRE.approver, take("assist_opinion", "agree")).await;
    assert_eq!(code, "cases.take_step.assistance_ended");
    assert!(article.contains("第二十六条"), "{article}");
}

async fn time_that_does_not_count(world: &World) {
    let lead = accepted(world).await;
    let fire = FIRE.part(&lead).await;
    let before = clock_of(&fire.case().await).due.on;
    let testing = ExcludeTime {
        kind: ExcludedFor::Testing,
        reason: "需要检测消防设施。".into(),
        expected_to: lead.today().saturating_add(20.days()),
    };
    lead.does("汤勇", Command::Suspend(testing)).await;
    assert!(clock_of(&fire.case().await).suspended());
    lead.days_pass(7);
    let over = ResumeTime {
        ended_on: lead.today(),
        result: "检测合格。".into(),
    };
    lead.does("汤勇", Command::Resume(over)).await;
    let sub = fire.case().await;
    assert!(!clock_of(&sub).suspended());
    assert!(
        clock_of(&sub).due.on > before,
        "{} is later than {before}",
        clock_of(&sub).due.on
    );
    FIRE.consents(&lead).await;
}

async fn extended_by_the_government(world: &World) {
    let lead = accepted(world).await;
    let extend = |days: u32, approval: &str| {
        Command::Extend(Extend {
            working_days: days,
            reasons: "涉及多个部门，情况复杂。".into(),
            government_approval: approval.into(),
        })
    };
    let (code, article) = lead.refused("汤勇", extend(15, " ")).await;
    assert_eq!(code, "cases.extend.needs_government");
    assert!(article.contains("第四十二条第二款"), "{article}");
    let (code, _) = lead.refused("汤勇", extend(16, "副区长，龙政〔2026〕9号")).await;
    assert_eq!(code, "cases.extend.at_most_ten");
    lead.does("汤勇", extend(15, "副区长，龙政〔2026〕9号")).await;
    let case = lead.case().await;
    assert_eq!(
        case.clock(ClockKind::Decision)
            .unwrap()
            .extension
            .as_ref()
            .unwrap()
            .amount,
        15
    );
}
