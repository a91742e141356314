//! The advance notice (行政处罚法 44): what is to be imposed, facts, reasons, basis, and the rights. Without it, served
//! and answered, waived or run out, there is no decision (62).

use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::end_investigation::no_hearing_due;
use super::{PenaltyVerdict, Scene, Who, at_step, certificate, complete, done};
use crate::decide::{AtStep, LegalAct, text};
use crate::penalty::events::{Notified, PenaltyEffects, PenaltyFact};
use crate::penalty::paper;
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::Notify;
/// The law sets no time; a shorter one would limit the right (45(1)).
const SHORTEST: u32 = 3;
const LONGEST: u32 = 30;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notify {
    /// Working days to answer; `None`: as the place has it (`penalty.defence_working_days`, 5).
    #[serde(default)]
    #[schemars(range(max = 365), description = "陈述、申辩的工作日数；没有就按本机关的规定")]
    pub defence_working_days: Option<u32>,
    #[schemars(length(max = 100))]
    pub contact: String,
    #[schemars(length(max = 50))]
    pub phone: String,
}

/// # Errors
/// `penalty.notify.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let at = at_step(case, ACT, "notify", who)?;
    certificate(ACT, who)?;
    Ok(at)
}

/// # Errors
/// `penalty.notify.*`
pub fn decide(state: &PenaltyCase, command: &Notify, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let at = may(state, &scene.who)?;
    let Some((proposal, fine)) = state
        .facts
        .proposal
        .clone()
        .and_then(|proposal| proposal.proposal.fine().map(|fine| (proposal, fine)))
    else {
        return Err(ACT.forbids("no_fine_proposed", "没有拟作出的罚款，不需要事先告知。"));
    };
    no_hearing_due(ACT, fine, state.party(), scene)?;
    let local = scene
        .setting
        .context
        .parameters
        .number("penalty.defence_working_days", 5);
    let days = command
        .defence_working_days
        .unwrap_or_else(|| u32::try_from(local).unwrap_or(5));
    if !(SHORTEST..=LONGEST).contains(&days) {
        return Err(ACT
            .lacks(
                "defence_time",
                "defence_working_days",
                format!("陈述申辩的期限应为{SHORTEST}至{LONGEST}个工作日，不得变相限制当事人的权利。"),
            )
            .article("行政处罚法第四十五条第一款"));
    }
    let contact = text(ACT, "contact", "联系人", &command.contact)?;
    let phone = text(ACT, "phone", "联系电话", &command.phone)?;
    let order = paper::advance_notice(state, &proposal, fine, days, (&contact, &phone), scene);
    let fact = Notified {
        fine,
        defence_working_days: days,
        contact,
        phone,
        paper_id: order.paper_id.clone(),
    };
    let effects = PenaltyEffects {
        flow: complete(state, &at.step, "notified", scene)?,
        papers: vec![order],
        ..PenaltyEffects::default()
    };
    Ok(done(
        state,
        PenaltyFact::Notified(Box::new(fact)),
        effects,
        &at.post.post,
        scene,
    ))
}
