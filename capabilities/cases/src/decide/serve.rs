//! Service (许可法 38, 44; ways and proof after 民诉法 87–90): in person with signature, by post with receipt,
//! left in place with a witness, or electronically into the party's in-box if the party consented.

use jiff::civil::Date;
use mingjing_chronicle::{Context, Refusal};
use serde_json::{Value as Json, json};

use crate::case::{Case, Paper};
use crate::clock::{CaseClock, ClockChange, ClockKind};
use crate::decide::{Act, AtStep, Setting, Verdict, at_step, done_on, past_date, text};
use crate::events::{CaseEvent, Effects, Notice, Served, Service, Template};
use crate::paper::{Draft, handed_over, online_channel};
pub use crate::service::Way;
use crate::service::{self, Recipient, proof_fields};

const ACT: Act = Act::Serve;

#[derive(Debug, Clone)]
pub struct Serve {
    pub by: Way,
    /// The day the party received it; today for electronic service.
    pub served_on: Date,
    /// Name of the officer who serves.
    pub server: String,
}

/// # Errors
/// `cases.serve.*`
pub fn may(case: &Case, context: &Context) -> Result<AtStep, Refusal> {
    at_step(case, ACT, "serve", context)
}

/// # Errors
/// `cases.serve.*`
pub fn decide(state: &Case, command: &Serve, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let at = may(state, setting.context)?;
    // The proof names who served; without that it could not be printed.
    let server = text(ACT, "server", "送达人", &command.server)?;
    let served_on = day(state, command, setting.context)?;
    let service = service::service(ACT, &command.by, &recipient(state), setting)?;
    let data = proof_fields(&service, &server, served_on, "申请时已同意电子送达");
    let proof = Draft::of(Template::ProofOfService, state, setting)
        .with("served_papers", papers_to_serve(state))
        .with("service", data)
        .order();
    let serving_runs = state.clock(ClockKind::Serving).is_some_and(CaseClock::runs);
    let event = CaseEvent::Served(Served {
        effects: Effects {
            flow: setting.complete(state, &at.step.task, "served")?,
            clocks: serving_runs
                .then_some(ClockChange::Stopped {
                    kind: ClockKind::Serving,
                    on: served_on,
                })
                .into_iter()
                .collect(),
            notices: notices(state, &service, setting),
            papers: vec![proof],
            ..Effects::default()
        },
        service,
        served_on,
    });
    Ok(done_on(state, event, served_on, at.post.post, setting))
}

/// The day of the decision that is served, and not the future.
fn day(state: &Case, command: &Serve, context: &Context) -> Result<Date, Refusal> {
    if matches!(command.by, Way::Electronic) {
        return Ok(context.today);
    }
    let facts = &state.facts;
    let made = state
        .decided_on()
        .or(facts.acceptance_refused.as_ref().map(|(on, _)| *on))
        .or(facts.not_required)
        .unwrap_or(context.today);
    let window = context.parameters.number("cases.service_backdating_days", 15);
    past_date(ACT, "served_on", command.served_on, made, window, context)?;
    Ok(command.served_on)
}

fn recipient(state: &Case) -> Recipient<'_> {
    let applicant = state.applicant();
    Recipient {
        called: "申请人",
        consented: applicant.is_some_and(|applicant| applicant.electronic_service),
        consent_article: "民事诉讼法第九十条第一款",
        account: applicant.and_then(|applicant| applicant.account.as_deref()),
        burdening: burdening(state),
    }
}

/// Whatever is not plainly a favour: a denial, a refusal to accept, a sum to pay.
fn burdening(state: &Case) -> bool {
    let granted = |decided: &crate::case::DecisionFact| decided.decision.granted();
    match state.decision_taken() {
        Some(taken) => taken.negative() || taken.facts.amount.is_some(),
        None => !state.facts.decided.as_ref().is_some_and(granted),
    }
}

/// What is handed over: the decision of this stage, and the certificate if there is one.
fn papers_to_serve(state: &Case) -> Vec<Json> {
    handed(state)
        .map(|paper| match paper.order.template {
            Template::Certificate => json!({
                "title": paper.order.name(),
                "paper_no": state.facts.certificate_no.clone().unwrap_or_default(),
            }),
            _ => handed_over(paper),
        })
        .collect()
}

fn handed(state: &Case) -> impl Iterator<Item = &Paper> {
    let served = |paper: &&Paper| {
        matches!(
            paper.order.template,
            Template::PermitGrant
                | Template::PermitDenial
                | Template::RefusalOfAcceptance
                | Template::NotRequired
                | Template::Certificate
                | Template::MatterDecision
                | Template::DisclosureAnswer
        )
    };
    state.papers.iter().filter(served)
}

fn notices(state: &Case, service: &Service, setting: &Setting<'_>) -> Vec<Notice> {
    if !matches!(service, Service::Electronic { .. }) {
        return Vec::new();
    }
    let channel =
        online_channel(setting).map_or(String::new(), |channel| format!("行政复议申请可以通过{channel}提交。"));
    handed(state)
        .map(|paper| Notice {
            title: format!("电子送达：{}", paper.order.name()),
            text: format!("本件进入您的收件箱之时即为送达。{channel}"),
            action: false,
            paper: Some(paper.order.paper_id.clone()),
            service: true,
        })
        .collect()
}
