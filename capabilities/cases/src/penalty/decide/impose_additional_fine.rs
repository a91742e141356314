//! The additional fine (行政处罚法 72(1)(一)): three per cent a day of what is overdue, never more than the fine; its
//! standard was told with the decision (行政强制法 45(1)); it does not grow while a dispute is pending (73(3)).

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, Who, certificate, done, not_investigator, standing};
use crate::decide::{LegalAct, text};
use crate::events::Notice;
use crate::penalty::events::{AdditionalFineImposed, PenaltyEffects, PenaltyFact};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::ImposeAdditionalFine;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImposeAdditionalFine {
    #[schemars(length(max = 5000))]
    pub reasons: String,
}

/// With the first day that counts.
///
/// # Errors
/// `penalty.impose_additional_fine.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<(Date, String), Refusal> {
    let post = standing(case, ACT, who)?;
    not_investigator(case, ACT, who, "行政处罚法第五十七条第一款")?;
    certificate(ACT, who)?;
    let today = who.context.today;
    let left = case.owed_on(today).map(|owed| owed.fine_left);
    if case.facts.served.is_none() || left.is_none_or(|left| left.is_zero()) {
        return Err(ACT.forbids("nothing_owed", "本案没有未缴的罚款，不能加处罚款。"));
    }
    if case.facts.additional_fine.is_some() {
        return Err(ACT.forbids("imposed_before", "已经加处罚款，按日计算，不需要再次决定。"));
    }
    let schedule = case.schedule();
    let paid = case.owed_on(today).map(|owed| owed.paid).unwrap_or_default();
    // The first instalment that the payments so far do not cover.
    let mut covered = paid;
    let mut overdue = None;
    for part in &schedule {
        if covered >= part.amount {
            covered = covered - part.amount;
            continue;
        }
        overdue = (part.due < today).then_some(part.due);
        break;
    }
    let Some(due) = overdue else {
        let due = case
            .clock(crate::clock::ClockKind::Payment)
            .map(|clock| clock.due.on.to_string());
        return Err(ACT
            .forbids(
                "not_overdue",
                format!("缴款期限（{}）还没有届满，不能加处罚款。", due.unwrap_or_default()),
            )
            .advice("期限届满后仍不缴纳的，才可以加处罚款。"));
    };
    if case.facts.disputes.iter().any(|dispute| dispute.to.is_none()) {
        return Err(Refusal::law(
            ACT.code("disputed"),
            "当事人已申请行政复议或者提起行政诉讼，期间不予计算加处罚款。",
        )
        .article("行政处罚法第七十三条第三款")
        .advice("复议、诉讼结束以后再决定。"));
    }
    let from = due.tomorrow().unwrap_or(today);
    Ok((from, post))
}

/// # Errors
/// `penalty.impose_additional_fine.*`
pub fn decide(
    state: &PenaltyCase,
    command: &ImposeAdditionalFine,
    scene: &Scene<'_>,
) -> Result<PenaltyVerdict, Refusal> {
    let (from, post) = may(state, &scene.who)?;
    let fact = AdditionalFineImposed {
        from,
        reasons: text(ACT, "reasons", "加处罚款的理由", &command.reasons)?,
        imposed_by: scene.account().to_owned(),
    };
    let effects = PenaltyEffects {
        notices: vec![Notice {
            title: "加处罚款告知".into(),
            text: format!(
                "您逾期没有缴纳罚款。自{from}起，每日按未缴罚款数额的百分之三加处罚款，加处罚款的数额不超出罚款的数额；行政复议或者行政诉讼期间不予计算。"
            ),
            action: true,
            paper: None,
            service: false,
        }],
        ..PenaltyEffects::default()
    };
    Ok(done(
        state,
        PenaltyFact::AdditionalFineImposed(Box::new(fact)),
        effects,
        &post,
        scene,
    ))
}
