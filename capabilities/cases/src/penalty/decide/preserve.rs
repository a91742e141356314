//! Advance registration and preservation (行政处罚法 56): approved by the head where evidence may be lost, with a list;
//! dealt with within seven working days (85). Later is recorded as late, never refused: the owner is owed a decision.

use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, Who, certificate, done, lines, not_investigator, standing, two_certified};
use crate::clock::{self, ClockChange, ClockKind, Limit};
use crate::decide::{LegalAct, bounded, text};
use crate::penalty::events::{Disposal, DisposalKind, PenaltyEffects, PenaltyFact, Preservation, PreservedItem};
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::PreserveEvidence;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PreserveEvidence {
    #[schemars(length(max = 50))]
    pub items: Vec<PreservedItem>,
    #[schemars(length(max = 300))]
    pub place: String,
    /// Why the evidence may be lost or hard to get later.
    #[schemars(length(max = 5000))]
    pub reasons: String,
    /// Accounts of the two or more investigators who carry it out.
    #[schemars(length(max = 10), inner(length(max = 100)), description = "执行人员的账号，至少两名")]
    pub officers: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DisposePreserved {
    #[schemars(length(max = 64))]
    pub preservation_id: String,
    pub kind: DisposalKind,
    #[schemars(length(max = 5000))]
    pub reasons: String,
}

/// # Errors
/// `penalty.preserve_evidence.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<String, Refusal> {
    let post = standing(case, ACT, who)?;
    not_investigator(case, ACT, who, "行政处罚法第五十六条")?;
    certificate(ACT, who)?;
    if case.facts.opened.is_none() || case.step_of("investigate").is_none() {
        return Err(ACT.forbids(
            "not_investigating",
            "只有立案以后、调查终结以前，才能先行登记保存证据。",
        ));
    }
    Ok(post)
}

/// # Errors
/// `penalty.preserve_evidence.*`
pub fn decide(state: &PenaltyCase, command: &PreserveEvidence, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let post = may(state, &scene.who)?;
    let officers = two_certified(state, ACT, &scene.known.officers)?;
    let names: Vec<String> = command.items.iter().map(|item| item.name.clone()).collect();
    lines(ACT, "items", "登记保存的物品", &names)?;
    let mut items = Vec::new();
    for item in command.items.iter().filter(|item| !item.name.trim().is_empty()) {
        items.push(PreservedItem {
            name: item.name.trim().to_owned(),
            quantity: text(ACT, "items", "物品数量", &item.quantity)?,
        });
    }
    let fact = Preservation {
        preservation_id: scene.setting.context.id("preservation"),
        items,
        place: text(ACT, "place", "保存地点", &command.place)?,
        reasons: text(ACT, "reasons", "证据可能灭失或者以后难以取得的理由", &command.reasons)?,
        officers,
        from: scene.today(),
        approved_by: scene.account().to_owned(),
    };
    // An earlier list that still waits is the more urgent one: its clock goes on.
    let waiting = state
        .facts
        .preservations
        .iter()
        .any(|earlier| earlier.disposal.is_none());
    let clocks = match waiting {
        true => Vec::new(),
        false => vec![clock::start(
            &scene.setting.context.calendar,
            ClockKind::Preservation,
            &limit(),
            scene.today(),
        )?],
    };
    let effects = PenaltyEffects {
        clocks,
        ..PenaltyEffects::default()
    };
    Ok(done(
        state,
        PenaltyFact::EvidencePreserved(Box::new(fact)),
        effects,
        &post,
        scene,
    ))
}

fn limit() -> Limit {
    Limit::working_days(7, "行政处罚法第五十六条、第八十五条")
}

/// # Errors
/// `penalty.dispose_preserved.*`
pub fn may_dispose(case: &PenaltyCase, who: &Who<'_>) -> Result<String, Refusal> {
    let act = PenaltyAct::DisposePreserved;
    let post = standing(case, act, who)?;
    if case.facts.preservations.iter().all(|kept| kept.disposal.is_some()) {
        return Err(act.forbids("nothing_preserved", "本案没有等待处理的登记保存物品。"));
    }
    Ok(post)
}

/// # Errors
/// `penalty.dispose_preserved.*`
pub fn dispose(state: &PenaltyCase, command: &DisposePreserved, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let act = PenaltyAct::DisposePreserved;
    let post = may_dispose(state, &scene.who)?;
    let wanted = |id: &str| id == command.preservation_id;
    let known = state
        .facts
        .preservations
        .iter()
        .find(|kept| wanted(&kept.preservation.preservation_id));
    let Some(kept) = known.filter(|kept| kept.disposal.is_none()) else {
        return Err(act.lacks("no_such_list", "preservation_id", "没有这份等待处理的登记保存清单。"));
    };
    let calendar = &scene.setting.context.calendar;
    let due = calendar
        .due(kept.preservation.from, limit().period())
        .map(|due| due.due);
    let fact = Disposal {
        preservation_id: command.preservation_id.clone(),
        kind: command.kind,
        reasons: bounded(act, "reasons", "处理说明", &command.reasons)?,
        on: scene.today(),
        late: due.is_ok_and(|due| scene.today() > due),
    };
    let mut clocks = vec![ClockChange::Stopped {
        kind: ClockKind::Preservation,
        on: scene.today(),
    }];
    let next = state
        .facts
        .preservations
        .iter()
        .find(|other| other.disposal.is_none() && !wanted(&other.preservation.preservation_id));
    if let Some(next) = next {
        let from = next.preservation.from;
        clocks.push(clock::start(calendar, ClockKind::Preservation, &limit(), from)?);
    }
    let effects = PenaltyEffects {
        clocks,
        ..PenaltyEffects::default()
    };
    Ok(done(
        state,
        PenaltyFact::PreservedDisposed(Box::new(fact)),
        effects,
        &post,
        scene,
    ))
}
