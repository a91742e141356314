//! The applicant withdraws before the decision. The permit law has no article of its own on it: a permit is given on
//! application only (29(1)), so an application that is taken back ends the matter.

use mingjing_chronicle::{Context, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::case::Case;
use crate::clock::{CaseClock, ClockChange, ClockKind};
use crate::decide::supply_supplement::is_party;
use crate::decide::{Act, Setting, Verdict, bounded, done_on, holds, living};
use crate::events::{CaseEvent, Channel, Effects, Notice, Template, Withdrawn};
use crate::paper::Draft;

const ACT: Act = Act::Withdraw;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WithdrawAtCounterBody")]
pub struct Withdraw {
    #[serde(default)]
    #[schemars(length(max = 5000))]
    pub reasons: String,
    /// At the counter: the request is there on paper, signed.
    #[schemars(description = "申请人签名的书面撤回申请已经收到")]
    pub paper_request: bool,
}

/// # Errors
/// `cases.withdraw.*`
pub fn may(case: &Case, context: &Context) -> Result<(Channel, String), Refusal> {
    living(case, ACT)?;
    let facts = &case.facts;
    if let Some(on) = case.decided_on() {
        return Err(ACT
            .forbids("already_decided", format!("行政机关已于{on}作出决定，不能再撤回申请。"))
            .advice("不需要该许可的，可以在取得证件后申请注销。"));
    }
    if facts.acceptance_refused.is_some() || facts.not_required.is_some() {
        return Err(ACT.forbids("not_accepted", "该申请未被受理，无需撤回。"));
    }
    if is_party(case, context) {
        return Ok((Channel::Online, String::new()));
    }
    if context.actor.in_office() {
        let post = holds(case, ACT, "counter_clerk", context)?;
        return Ok((Channel::Counter, post.post));
    }
    Err(Refusal::forbidden(
        ACT.code("not_your_case"),
        "只有申请人或者其代理人可以撤回申请。",
    ))
}

/// `may_give_up`: the party itself may always; an agent only where the authority in the register says so.
///
/// # Errors
/// `cases.withdraw.*`
pub fn decide(state: &Case, command: &Withdraw, may_give_up: bool, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let (channel, post) = may(state, setting.context)?;
    if channel == Channel::Counter && !command.paper_request {
        return Err(ACT.lacks(
            "needs_paper_request",
            "paper_request",
            "窗口登记撤回的，应当有申请人签名的书面请求。",
        ));
    }
    if channel == Channel::Online && !may_give_up {
        return Err(Refusal::law(
            ACT.code("authority_does_not_cover"),
            "委托书没有写明代理人可以撤回申请。",
        )
        .article("行政许可法第二十九条第二款")
        .advice("请由申请人本人撤回，或者重新出具写明该权限的委托书。"));
    }
    let reasons = bounded(ACT, "reasons", "撤回的理由", &command.reasons)?;
    let today = setting.context.today;
    let paper = Draft::of(Template::WithdrawalNotice, state, setting)
        .with("withdrawn_on", today.to_string())
        .text("reasons", Some(reasons.as_str()).filter(|reasons| !reasons.is_empty()))
        .order();
    let stopped = ClockKind::ALL
        .into_iter()
        .filter(|kind| state.clock(*kind).is_some_and(CaseClock::runs))
        .map(|kind| ClockChange::Stopped { kind, on: today })
        .collect();
    let event = CaseEvent::Withdrawn(Withdrawn {
        reasons,
        channel,
        effects: Effects {
            flow: setting.terminate(state)?,
            clocks: stopped,
            notices: vec![Notice {
                title: "申请已撤回".into(),
                text: "办理已经终止。以后仍可以就同一事项重新提出申请。".into(),
                action: false,
                paper: Some(paper.paper_id.clone()),
                service: false,
            }],
            papers: vec![paper],
            ..Effects::default()
        },
    });
    Ok(done_on(state, event, today, post, setting))
}
