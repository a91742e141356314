//! The decision is changed, revoked, found unlawful or void by whoever may (行政处罚法 48(2), 75(2)). A published decision
//! is then withdrawn within three working days; what was not yet paid is owed no more than the new decision says.

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, Who, complete, done, readable};
use crate::clock::{self, CaseClock, ClockChange, ClockKind, Limit};
use crate::decide::{LegalAct, holds_post, past_date, text};
use crate::events::Notice;
use crate::money::Fen;
use crate::penalty::events::{DecisionReversed, PenaltyEffects, PenaltyFact, PenaltyRelease, ReversalKind};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::RecordReversal;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordReversal {
    pub kind: ReversalKind,
    /// The organ that reversed it.
    #[schemars(length(max = 200))]
    pub organ: String,
    #[schemars(length(max = 100))]
    pub document_no: String,
    pub on: Date,
    #[schemars(length(max = 5000))]
    pub reasons: String,
    /// Where it was changed: the fine as it is now.
    #[serde(default)]
    #[schemars(description = "变更后的罚款，单位为分")]
    pub new_fine: Option<Fen>,
}

/// # Errors
/// `penalty.record_reversal.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<String, Refusal> {
    readable(case, ACT)?;
    let post = holds_post(ACT, case.body(), ACT.role(), who.context)?;
    if case.facts.decided.is_none() {
        return Err(ACT.forbids("not_decided", "还没有作出决定。"));
    }
    if case.facts.reversed.is_some() {
        return Err(ACT.forbids("reversed_before", "该决定的变更、撤销已经登记过。"));
    }
    Ok(post.post)
}

/// # Errors
/// `penalty.record_reversal.*`
pub fn decide(state: &PenaltyCase, command: &RecordReversal, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let post = may(state, &scene.who)?;
    let decided = state.facts.decided.as_ref();
    let decided_on = decided.map_or(Date::MIN, |decided| decided.decided_on);
    past_date(ACT, "on", command.on, decided_on, 366, scene.setting.context)?;
    let fined = decided.and_then(|decided| decided.outcome.fine());
    let new_fine = match (command.kind, fined) {
        (ReversalKind::Changed, Some(fined)) => {
            let Some(new) = command.new_fine.filter(|new| *new >= Fen::ZERO) else {
                return Err(ACT.lacks("needs_new_fine", "new_fine", "决定被变更的，请填写变更后的罚款数额。"));
            };
            // 复议法 63, 诉讼法 77: no change for the worse on the party's own complaint.
            if new > fined {
                return Err(ACT
                    .lacks("heavier", "new_fine", "变更后的罚款不能高于原决定。")
                    .article("行政复议法第六十三条第二款；行政诉讼法第七十七条第二款"));
            }
            Some(new)
        }
        // Found unlawful without being revoked, the decision keeps its effect (诉讼法 74).
        (ReversalKind::Unlawful, fined) => fined,
        _ => None,
    };
    let fact = DecisionReversed {
        kind: command.kind,
        organ: text(ACT, "organ", "作出机关", &command.organ)?,
        document_no: text(ACT, "document_no", "文书号", &command.document_no)?,
        on: command.on,
        reasons: text(ACT, "reasons", "理由", &command.reasons)?,
        new_fine,
    };
    let effects = PenaltyEffects {
        flow: nothing_more_to_collect(state, &fact, scene)?,
        clocks: clocks(state, &fact, scene)?,
        notices: vec![Notice {
            title: "决定已被变更、撤销".into(),
            text: format!(
                "您的案件的决定已被依法{}，见{}。",
                command.kind.name(),
                fact.document_no
            ),
            action: false,
            paper: None,
            service: false,
        }],
        ..PenaltyEffects::default()
    };
    Ok(done(
        state,
        PenaltyFact::DecisionReversed(Box::new(fact)),
        effects,
        &post,
        scene,
    ))
}

/// Where nothing is left to pay, nobody waits for a payment.
fn nothing_more_to_collect(
    state: &PenaltyCase,
    fact: &DecisionReversed,
    scene: &Scene<'_>,
) -> Result<Vec<crate::flow::FlowEvent>, Refusal> {
    let Some(step) = state.step_of("collect") else {
        return Ok(Vec::new());
    };
    if left_after(state, fact, scene).is_zero() {
        complete(state, step, "paid", scene)
    } else {
        Ok(Vec::new())
    }
}

fn left_after(state: &PenaltyCase, fact: &DecisionReversed, scene: &Scene<'_>) -> Fen {
    let mut after = state.clone();
    after.facts.reversed = Some(fact.clone());
    after.owed_on(scene.today()).map_or(Fen::ZERO, |owed| owed.left)
}

fn clocks(state: &PenaltyCase, fact: &DecisionReversed, scene: &Scene<'_>) -> Result<Vec<ClockChange>, Refusal> {
    let mut changes = Vec::new();
    let runs = |kind| state.clock(kind).is_some_and(CaseClock::runs);
    if runs(ClockKind::Payment) && left_after(state, fact, scene).is_zero() {
        changes.push(ClockChange::Stopped {
            kind: ClockKind::Payment,
            on: scene.today(),
        });
    }
    if matches!(state.facts.released, Some((_, PenaltyRelease::Publish { .. }))) {
        let limit = Limit::working_days(3, "行政处罚法第四十八条第二款、第八十五条");
        let calendar = &scene.setting.context.calendar;
        changes.push(clock::start(calendar, ClockKind::Withdrawal, &limit, scene.today())?);
    }
    Ok(changes)
}
