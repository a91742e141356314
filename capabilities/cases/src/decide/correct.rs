//! Correction on the spot (许可法 32(1)(三)): an error that can be put right at once is put right at once, and is no
//! reason to ask for supplements.

use mingjing_chronicle::{Context, Refusal};

use crate::asking;
use crate::case::Case;
use crate::decide::{Act, AtStep, Setting, Verdict, accept, at_step, done, text};
use crate::events::{CaseEvent, Corrected, Correction, Effects};

const ACT: Act = Act::CorrectOnTheSpot;
const MOST: usize = 50;

#[derive(Debug, Clone)]
pub struct CorrectOnTheSpot {
    /// Field of the form and its new value; the applicant has confirmed each.
    pub corrections: Vec<(String, String)>,
}

/// # Errors
/// `cases.correct_on_the_spot.*`
pub fn may(case: &Case, context: &Context) -> Result<AtStep, Refusal> {
    accept::not_accepted_yet(case, ACT)?;
    at_step(case, ACT, "accept", context)
}

/// # Errors
/// `cases.correct_on_the_spot.*`
pub fn decide(state: &Case, command: &CorrectOnTheSpot, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let at = may(state, setting.context)?;
    if command.corrections.is_empty() {
        return Err(ACT.lacks("missing", "corrections", "请至少更正一项。"));
    }
    if command.corrections.len() > MOST {
        return Err(ACT.lacks("too_many", "corrections", format!("一次最多更正{MOST}项。")));
    }
    let mut corrections = Vec::new();
    for (field, to) in &command.corrections {
        let asked = setting
            .item
            .form
            .iter()
            .flat_map(|form| form.fields())
            .any(|known| known.id == *field);
        if !asked {
            return Err(ACT.lacks("unknown_field", "corrections", "申请表中没有要更正的这一项。"));
        }
        let from = state.form.get(field).map_or(String::new(), |values| values.join("、"));
        let to = text(ACT, "corrections", "更正后的内容", to)?;
        if from != to {
            corrections.push(Correction {
                field: field.clone(),
                from,
                to,
            });
        }
    }
    still_valid(state, &corrections, setting)?;
    if corrections.is_empty() {
        return Err(ACT.lacks("nothing_changed", "corrections", "更正后的内容与原内容相同。"));
    }
    let event = CaseEvent::CorrectedOnTheSpot(Corrected {
        corrections,
        effects: Effects::default(),
    });
    Ok(done(state, event, &at, setting))
}

/// A correction does not break what was right: the corrected fields pass the form's own rules.
fn still_valid(state: &Case, corrections: &[Correction], setting: &Setting<'_>) -> Result<(), Refusal> {
    let (Some(applicant), Some(received)) = (state.applicant(), state.facts.received) else {
        return Ok(());
    };
    let mut answers = state.form.as_ref().clone();
    for correction in corrections {
        answers.insert(correction.field.clone(), vec![correction.to.clone()]);
    }
    let touched = |field: &str| corrections.iter().any(|correction| correction.field == field);
    let asked = asking::asked(setting.item, &answers, &applicant.party, received);
    match asked.form_errors(None).into_iter().find(|error| touched(&error.field)) {
        Some(error) => Err(ACT.lacks("not_valid", "corrections", error.message)),
        None => Ok(()),
    }
}
