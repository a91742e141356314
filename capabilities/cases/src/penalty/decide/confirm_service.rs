//! The party agrees to electronic service and confirms it (行政处罚法 61(2)): by itself online, or in a signed form.

use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, Voice, Who, done, voice};
use crate::attached::Attached;
use crate::decide::LegalAct;
use crate::events::FileRef;
use crate::penalty::events::{PenaltyEffects, PenaltyFact, ServiceConsent};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::ConfirmElectronicService;

#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmElectronicService {
    /// The signed form (送达地址确认书), where the handler takes it in.
    #[serde(default)]
    #[schemars(with = "Option<Attached>", description = "当事人签名的送达地址（电子送达）确认书")]
    pub signed: Option<FileRef>,
}

/// # Errors
/// `penalty.confirm_electronic_service.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<Voice, Refusal> {
    let voice = voice(case, ACT, who)?;
    if case.facts.opened.is_none() {
        return Err(ACT.forbids("not_opened", "本案尚未立案。"));
    }
    if case.facts.electronic_service.is_some() {
        return Err(ACT.forbids("confirmed_before", "已经确认过电子送达。"));
    }
    if case.party().and_then(|party| party.account.as_ref()).is_none() {
        return Err(ACT
            .forbids("no_inbox", "当事人没有本平台账户，无法送入其电子信箱。")
            .advice("请采用其他送达方式。"));
    }
    Ok(voice)
}

/// # Errors
/// `penalty.confirm_electronic_service.*`
pub fn decide(
    state: &PenaltyCase,
    command: &ConfirmElectronicService,
    scene: &Scene<'_>,
) -> Result<PenaltyVerdict, Refusal> {
    let voice = may(state, &scene.who)?;
    if voice != Voice::Party && command.signed.is_none() {
        return Err(ACT.lacks(
            "needs_signature",
            "signed",
            "电子送达应当由当事人同意并签订确认书，请上传确认书。",
        ));
    }
    let fact = ServiceConsent {
        on: scene.today(),
        signed: command.signed.clone(),
        taken_by: scene.account().to_owned(),
    };
    let fact = PenaltyFact::ElectronicServiceConfirmed(Box::new(fact));
    Ok(done(state, fact, PenaltyEffects::default(), voice.post(), scene))
}
