//! The party gives up statement and defence (行政处罚法 62): expressly, by itself online or in a signed writing.

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::make_defence::{open_defence, stopped, within_time};
use super::{PenaltyVerdict, Scene, Voice, Who, complete, done_on};
use crate::attached::Attached;
use crate::decide::LegalAct;
use crate::events::{FileRef, OpenStep};
use crate::penalty::events::{PenaltyEffects, PenaltyFact, Waiver};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::WaiveDefence;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiveDefence {
    pub made_on: Date,
    /// The signed statement, where the handler takes it in.
    #[serde(default)]
    #[schemars(with = "Option<Attached>", description = "当事人签名的声明")]
    pub signed: Option<FileRef>,
}

/// # Errors
/// `penalty.waive_defence.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<(OpenStep, Voice), Refusal> {
    open_defence(case, ACT, who)
}

/// # Errors
/// `penalty.waive_defence.*`
pub fn decide(state: &PenaltyCase, command: &WaiveDefence, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let (step, voice) = may(state, &scene.who)?;
    if voice != Voice::Party && command.signed.is_none() {
        return Err(ACT
            .lacks(
                "needs_signature",
                "signed",
                "放弃陈述、申辩应当由当事人明确表示，请上传其签名的书面材料。",
            )
            .advice("当事人没有明确放弃的，请等待告知书所定的期限届满。"));
    }
    let made_on = if voice == Voice::Party {
        scene.today()
    } else {
        command.made_on
    };
    within_time(state, ACT, made_on, scene)?;
    let fact = Waiver {
        made_on,
        signed: command.signed.clone(),
        taken_by: scene.account().to_owned(),
    };
    let effects = PenaltyEffects {
        flow: complete(state, &step, "waived", scene)?,
        clocks: stopped(state, made_on),
        ..PenaltyEffects::default()
    };
    let fact = PenaltyFact::DefenceWaived(Box::new(fact));
    Ok(done_on(state, fact, effects, made_on, voice.post(), &scene.setting))
}
