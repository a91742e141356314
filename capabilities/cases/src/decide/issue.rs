//! Issuing the certificate of a grant (许可法 39), within the ten working days of article 44.

use mingjing_chronicle::{Context, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::case::Case;
use crate::decide::{Act, AtStep, Setting, Verdict, at_step, done, text};
use crate::events::{CaseEvent, Decision, Effects, Issued, Template};
use crate::paper::{Draft, business_items, premises};

const ACT: Act = Act::Issue;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "IssueBody")]
pub struct Issue {
    #[schemars(length(min = 1, max = 64))]
    pub certificate_no: String,
}

/// # Errors
/// `cases.issue.*`
pub fn may(case: &Case, context: &Context) -> Result<AtStep, Refusal> {
    let at = at_step(case, ACT, "issue", context)?;
    let granted = case
        .facts
        .decided
        .as_ref()
        .is_some_and(|decided| decided.decision.granted());
    if !granted {
        return Err(ACT.forbids("not_granted", "没有准予行政许可的决定，不能制发证件。"));
    }
    Ok(at)
}

/// # Errors
/// `cases.issue.*`
pub fn decide(state: &Case, command: &Issue, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let at = may(state, setting.context)?;
    let certificate_no = text(ACT, "certificate_no", "证件编号", &command.certificate_no)?;
    if certificate_no.chars().count() > LONGEST_NUMBER {
        return Err(ACT.lacks(
            "too_long",
            "certificate_no",
            format!("证件编号最多{LONGEST_NUMBER}个字符。"),
        ));
    }
    let (Some(item), Some(applicant)) = (state.item(), state.applicant()) else {
        return Err(Refusal::not_found(ACT.code("no_case"), "没有找到这个办件。"));
    };
    let (valid_from, valid_to) = match state.facts.decided.as_ref().map(|decided| &decided.decision) {
        Some(Decision::Grant {
            valid_from, valid_to, ..
        }) => (Some(*valid_from), *valid_to),
        _ => (None, None),
    };
    let validity = valid_to.map_or_else(|| "长期".to_owned(), |to| to.to_string());
    let paper = Draft::of(Template::Certificate, state, setting)
        .with("certificate_no", certificate_no.clone())
        .with("certificate_title", item.result_document.clone())
        .with("premises", premises(state, &applicant.party, setting))
        .with("business_items", business_items(state, setting))
        .date("validity_from", valid_from)
        .with("validity_to", validity)
        .order();
    let event = CaseEvent::Issued(Issued {
        certificate_no,
        effects: Effects {
            flow: setting.complete(state, &at.step.task, "issued")?,
            papers: vec![paper],
            ..Effects::default()
        },
    });
    Ok(done(state, event, &at, setting))
}

const LONGEST_NUMBER: usize = 64;
