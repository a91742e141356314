//! A reconsideration or an action against the decision (行政处罚法 73): execution goes on, the additional fine does not.

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, Who, done, readable};
use crate::decide::{LegalAct, holds_post, past_date, text};
use crate::penalty::events::{DisputeKind, DisputeRecorded, PenaltyEffects, PenaltyFact};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::RecordDispute;
const MOST: usize = 20;

/// Recorded when it begins; the same kind and first day again with `to` when it has ended.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordDispute {
    pub kind: DisputeKind,
    #[schemars(length(max = 200))]
    pub organ: String,
    #[schemars(length(max = 100))]
    pub document_no: String,
    #[schemars(description = "申请或者起诉的日期")]
    pub from: Date,
    #[serde(default)]
    #[schemars(description = "终结的日期；没有终结的不填")]
    pub to: Option<Date>,
}

/// # Errors
/// `penalty.record_dispute.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<String, Refusal> {
    readable(case, ACT)?;
    let post = holds_post(ACT, case.body(), ACT.role(), who.context)?;
    if case.facts.decided.is_none() {
        return Err(ACT
            .forbids("not_decided", "还没有作出决定，没有可以复议、诉讼的对象。")
            .article("行政处罚法第七十三条第一款"));
    }
    Ok(post.post)
}

/// # Errors
/// `penalty.record_dispute.*`
pub fn decide(state: &PenaltyCase, command: &RecordDispute, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let post = may(state, &scene.who)?;
    let decided_on = state
        .facts
        .decided
        .as_ref()
        .map_or(Date::MIN, |decided| decided.decided_on);
    past_date(ACT, "from", command.from, decided_on, 366, scene.setting.context)?;
    if command.to.is_some_and(|to| to < command.from || to > scene.today()) {
        return Err(ACT.lacks("period_reversed", "to", "结束日期应在开始日期之后、今天以前。"));
    }
    let same = |known: &&DisputeRecorded| known.kind == command.kind && known.from == command.from;
    match state.facts.disputes.iter().find(same) {
        Some(known) if known.to.is_some() || command.to.is_none() => {
            return Err(ACT.forbids("recorded_before", "这次复议（诉讼）已经登记过。"));
        }
        None if state.facts.disputes.len() >= MOST => {
            return Err(ACT.lacks("too_many", "kind", format!("最多登记{MOST}次。")));
        }
        _ => {}
    }
    let fact = DisputeRecorded {
        kind: command.kind,
        organ: text(ACT, "organ", "受理机关", &command.organ)?,
        document_no: text(ACT, "document_no", "受理（结案）文书号", &command.document_no)?,
        from: command.from,
        to: command.to,
    };
    let fact = PenaltyFact::DisputeRecorded(Box::new(fact));
    Ok(done(state, fact, PenaltyEffects::default(), &post, scene))
}
