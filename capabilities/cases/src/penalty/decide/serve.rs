//! Service of the notice and of the decision (行政处罚法 61; ways after 民诉法). The time to answer and the time to pay
//! run from the day the party received the paper.

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, Who, at_step, complete, done_on};
use crate::clock::{self, CaseClock, ClockChange, ClockKind, Limit};
use crate::decide::{AtStep, LegalAct, past_date, text};
use crate::events::{Notice, PaperOrder, Service, Template};
use crate::paper::online_channel;
use crate::penalty::events::{PaperServed, PenaltyEffects, PenaltyFact};
use crate::penalty::paper;
use crate::penalty::{PenaltyAct, PenaltyCase};
use crate::service::{self, Recipient, Way};

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServeNotice {
    pub by: Way,
    pub served_on: Date,
    /// Name of the officer who serves.
    #[serde(default)]
    #[schemars(
        length(max = 100),
        description = "送达人姓名，业务系统必须填写；登录的人员以本人姓名为准"
    )]
    pub server: String,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServeDecision {
    pub by: Way,
    pub served_on: Date,
    #[serde(default)]
    #[schemars(
        length(max = 100),
        description = "送达人姓名，业务系统必须填写；登录的人员以本人姓名为准"
    )]
    pub server: String,
}

/// # Errors
/// `penalty.serve_notice.*`
pub fn may_notice(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    at_step(case, PenaltyAct::ServeNotice, "serve_notice", who)
}

/// # Errors
/// `penalty.serve_decision.*`
pub fn may_decision(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    at_step(case, PenaltyAct::ServeDecision, "serve_decision", who)
}

/// # Errors
/// `penalty.serve_notice.*`
pub fn notice(state: &PenaltyCase, command: &ServeNotice, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let act = PenaltyAct::ServeNotice;
    let at = may_notice(state, &scene.who)?;
    let Some(notified) = &state.facts.notice else {
        return Err(act.forbids("no_notice", "还没有制作事先告知书。"));
    };
    let made = paper_day(state, &notified.paper_id);
    let served = served(
        act,
        state,
        &command.by,
        (command.served_on, made),
        &command.server,
        scene,
    )?;
    let limit = Limit::working_days(
        notified.defence_working_days,
        "行政处罚法第四十五条第一款；事先告知书所定期限",
    );
    let defence = clock::start(
        &scene.setting.context.calendar,
        ClockKind::Defence,
        &limit,
        served.served_on,
    )?;
    let due = defence.due().map(|due| due.on.to_string()).unwrap_or_default();
    let effects = PenaltyEffects {
        flow: complete(state, &at.step, "served", scene)?,
        clocks: vec![defence],
        notices: vec![Notice {
            title: "行政处罚事先告知".into(),
            text: format!(
                "{}拟对您作出罚款{}元的行政处罚，事实、理由、依据见告知书。您可以在{due}以前陈述、申辩；不会因陈述、申辩而受到更重的处罚。",
                scene.setting.body.name, notified.fine
            ),
            action: true,
            paper: Some(notified.paper_id.clone()),
            service: matches!(served.service, Service::Electronic { .. }),
        }],
        papers: proof(state, &served, &[Template::AdvanceNotice], scene)
            .into_iter()
            .collect(),
        ..PenaltyEffects::default()
    };
    let on = served.served_on;
    let fact = PenaltyFact::NoticeServed(Box::new(served));
    Ok(done_on(state, fact, effects, on, &at.post.post, &scene.setting))
}

/// # Errors
/// `penalty.serve_decision.*`
pub fn decision(state: &PenaltyCase, command: &ServeDecision, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let act = PenaltyAct::ServeDecision;
    let at = may_decision(state, &scene.who)?;
    let Some(decided) = state.facts.decided.clone() else {
        return Err(act.forbids("not_decided", "还没有作出决定。"));
    };
    let served = served(
        act,
        state,
        &command.by,
        (command.served_on, decided.decided_on),
        &command.server,
        scene,
    )?;
    let mut clocks: Vec<ClockChange> = Vec::new();
    if state.clock(ClockKind::Serving).is_some_and(CaseClock::runs) {
        clocks.push(ClockChange::Stopped {
            kind: ClockKind::Serving,
            on: served.served_on,
        });
    }
    let handed = [Template::PenaltyDecision, Template::NoPenaltyDecision];
    let mut papers: Vec<PaperOrder> = proof(state, &served, &handed, scene).into_iter().collect();
    if let Some(fine) = decided.outcome.fine() {
        let limit = Limit::calendar_days(15, "行政处罚法第六十七条第三款");
        let payment = clock::start(
            &scene.setting.context.calendar,
            ClockKind::Payment,
            &limit,
            served.served_on,
        )?;
        if let Some(due) = payment.due() {
            papers.push(paper::payment_notice(state, fine, due, scene));
        }
        clocks.push(payment);
    }
    let effects = PenaltyEffects {
        flow: complete(state, &at.step, "served", scene)?,
        clocks,
        notices: decision_notices(state, &served, &papers, scene),
        papers,
        ..PenaltyEffects::default()
    };
    let on = served.served_on;
    let fact = PenaltyFact::DecisionServed(Box::new(served));
    Ok(done_on(state, fact, effects, on, &at.post.post, &scene.setting))
}

fn served(
    act: PenaltyAct,
    state: &PenaltyCase,
    way: &Way,
    (served_on, made_on): (Date, Date),
    server: &str,
    scene: &Scene<'_>,
) -> Result<PaperServed, Refusal> {
    let party = state.party();
    let recipient = Recipient {
        called: "当事人",
        consented: state.facts.electronic_service.is_some(),
        consent_article: "行政处罚法第六十一条第二款",
        account: party.and_then(|party| party.account.as_deref()),
        burdening: act == PenaltyAct::ServeDecision,
    };
    let service = service::service(act, way, &recipient, &scene.setting)?;
    let electronic = matches!(service, Service::Electronic { .. });
    let on = if electronic { scene.today() } else { served_on };
    let window = scene
        .setting
        .context
        .parameters
        .number("cases.service_backdating_days", 15);
    past_date(act, "served_on", on, made_on, window, scene.setting.context)?;
    Ok(PaperServed {
        service,
        served_on: on,
        server: text(act, "server", "送达人", server)?,
    })
}

fn paper_day(state: &PenaltyCase, paper_id: &str) -> Date {
    state.paper(paper_id).map_or(Date::MIN, |paper| paper.order.made_on)
}

/// `None` where the platform made no paper that was handed over: a transfer (57(1)(四)) is told without one, and a proof of
/// nothing cannot be printed.
fn proof(state: &PenaltyCase, served: &PaperServed, kinds: &[Template], scene: &Scene<'_>) -> Option<PaperOrder> {
    let mut papers = state.papers.iter().rev();
    let handed = papers.find(|paper| kinds.contains(&paper.order.template))?;
    Some(paper::proof_of_service(state, served, handed, scene))
}

fn decision_notices(
    state: &PenaltyCase,
    served: &PaperServed,
    papers: &[PaperOrder],
    scene: &Scene<'_>,
) -> Vec<Notice> {
    let electronic = matches!(served.service, Service::Electronic { .. });
    let decided = state
        .facts
        .decided
        .as_ref()
        .and_then(|decided| decided.paper_id.clone());
    let channel = online_channel(&scene.setting)
        .filter(|_| electronic)
        .map_or(String::new(), |channel| format!("行政复议申请可以通过{channel}提交。"));
    let mut notices = vec![Notice {
        title: if electronic {
            "电子送达：决定书".into()
        } else {
            "决定书已送达".into()
        },
        text: format!("您的案件已经作出决定并送达，内容和救济途径见决定书。{channel}"),
        action: false,
        paper: decided,
        service: electronic,
    }];
    if let Some(order) = papers.iter().find(|order| order.template == Template::PaymentNotice) {
        notices.push(Notice {
            title: "缴纳罚款".into(),
            text: "请自收到决定书之日起十五日内到指定的银行或者通过电子支付系统缴纳罚款。".into(),
            action: true,
            paper: Some(order.paper_id.clone()),
            service: false,
        });
    }
    notices
}
