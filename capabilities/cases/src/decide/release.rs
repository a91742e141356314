//! Release review: permits and their results are public (许可法 5(2), 40) except for state secrets, business secrets
//! and privacy. What is published is masked first (PIPL 6, 25; DOMAIN 6.7); the reviewer sees exactly what the public
//! will see.

use mingjing_chronicle::{Context, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::case::Case;
use crate::clock::{CaseClock, ClockChange, ClockKind};
use crate::codes;
use crate::decide::examine::opinion;
use crate::decide::{Act, AtStep, Setting, Verdict, at_step, done, text};
use crate::events::{CaseEvent, Decision, Effects, MaskedRecord, Release, Released, Stance, Template, WithholdGround};
use crate::party::Party;

const ACT: Act = Act::ReleaseReview;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(tag = "result", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "ReleaseReviewBody")]
pub enum ReviewRelease {
    Publish {
        #[serde(default)]
        #[schemars(length(max = 5000))]
        opinion: String,
    },
    Withhold {
        ground: WithholdGround,
        #[schemars(length(min = 1, max = 5000))]
        reasons: String,
    },
}

/// # Errors
/// `cases.release_review.*`
pub fn may(case: &Case, context: &Context) -> Result<AtStep, Refusal> {
    let at = at_step(case, ACT, "release_review", context)?;
    if case.facts.decided.is_none() {
        return Err(ACT.forbids("not_decided", "尚未作出决定，没有可以公开的内容。"));
    }
    Ok(at)
}

/// # Errors
/// `cases.release_review.*`
pub fn decide(state: &Case, command: &ReviewRelease, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let at = may(state, setting.context)?;
    let (release, outcome, opinion) = match command {
        ReviewRelease::Publish { opinion: words } => {
            let record = masked_record(state, setting)?;
            let opinion = opinion(ACT, &at, Stance::Positive, words, "", setting)?;
            (Release::Publish { record }, "publish", opinion)
        }
        ReviewRelease::Withhold { ground, reasons } => {
            let reasons = text(ACT, "reasons", "不予公开的理由", reasons)?;
            let opinion = opinion(ACT, &at, Stance::Negative, ground.name(), &reasons, setting)?;
            (
                Release::Withhold {
                    ground: *ground,
                    reasons,
                },
                "withhold",
                opinion,
            )
        }
    };
    let runs = state.clock(ClockKind::Publication).is_some_and(CaseClock::runs);
    let event = CaseEvent::Released(Box::new(Released {
        release,
        opinion,
        effects: Effects {
            flow: setting.complete(state, &at.step.task, outcome)?,
            clocks: runs
                .then_some(ClockChange::Stopped {
                    kind: ClockKind::Publication,
                    on: setting.context.today,
                })
                .into_iter()
                .collect(),
            ..Effects::default()
        },
    }));
    Ok(done(state, event, &at, setting))
}

/// What the public will see. Also shown to the reviewer before the act.
///
/// # Errors
/// `cases.release_review.not_decided`
pub fn masked_record(state: &Case, setting: &Setting<'_>) -> Result<MaskedRecord, Refusal> {
    let (Some(item), Some(applicant), Some(decided)) = (state.item(), state.applicant(), &state.facts.decided) else {
        return Err(ACT.forbids("not_decided", "尚未作出决定，没有可以公开的内容。"));
    };
    let decision_paper = state
        .papers
        .iter()
        .rev()
        .find(|paper| matches!(paper.order.template, Template::PermitGrant | Template::PermitDenial));
    let names = names_to_hide(
        &applicant.party,
        applicant.agent.as_ref().map(|agent| agent.name.as_str()),
    );
    let (content, valid_from, valid_to) = match &decided.decision {
        Decision::Grant {
            conditions,
            valid_from,
            valid_to,
        } => (conditions.join("；"), Some(*valid_from), *valid_to),
        Decision::Deny { reasons, .. } => (reasons.clone(), None, None),
    };
    let full_name = setting.context.parameters.text("publication.natural_person_name");
    Ok(MaskedRecord {
        case_no: state.case_no.clone(),
        document_no: decision_paper
            .and_then(|paper| paper.paper_no.clone())
            .unwrap_or_default(),
        item_code: item.item_code.clone(),
        item_name: item.name.clone(),
        body: item.body.clone(),
        body_name: setting.body.name.clone(),
        party_kind: applicant.party.kind().to_owned(),
        party_name: public_name(&applicant.party, full_name),
        uscc: public_uscc(&applicant.party),
        result: if decided.decision.granted() {
            "准予许可"
        } else {
            "不予许可"
        }
        .to_owned(),
        content: codes::mask_text(&content, &names),
        certificate_no: state
            .facts
            .certificate_no
            .as_deref()
            .map(|no| codes::mask_text(no, &[])),
        received_on: state.facts.received.unwrap_or(decided.on),
        accepted_on: state.facts.accepted.map(|accepted| accepted.on),
        decided_on: decided.on,
        valid_from,
        valid_to,
        bases: item.bases.clone(),
        original_sha256: decision_paper
            .map(|paper| hex::encode(Sha256::digest(paper.order.data.to_string().as_bytes())))
            .unwrap_or_default(),
    })
}

/// An organisation's name is public; a natural person's is masked as the place has it (default: surname and 某).
pub(crate) fn public_name(party: &Party, rule: Option<&str>) -> String {
    match party {
        Party::Organisation { name, .. } => name.clone(),
        Party::Individual { name, .. } => codes::mask_name(name, rule),
    }
}

/// 18 digits built on a person's number are not shown (DOMAIN 6.7).
pub(crate) fn public_uscc(party: &Party) -> Option<String> {
    match party {
        Party::Organisation { uscc, .. } => Some(codes::public_uscc(uscc)),
        Party::Individual { .. } => None,
    }
}

pub(crate) fn names_to_hide(party: &Party, agent: Option<&str>) -> Vec<String> {
    let mut names = Vec::new();
    match party {
        Party::Individual { name, .. } => names.push(name.clone()),
        Party::Organisation {
            legal_representative,
            contact,
            ..
        } => names.extend([legal_representative.clone(), contact.clone()]),
    }
    names.extend(agent.map(str::to_owned));
    names.retain(|name| !name.trim().is_empty());
    names
}
