//! Operations on the steps of applications (许可, 确认, 征收 …): what their law leaves of the general mechanism.

use std::sync::Arc;

use mingjing_chronicle::Refusal;

use super::{Act, living};
use crate::case::Case;
use crate::events::{CaseEvent, Effects, OpenStep, StepNamed, StepOperated, StepOperation};
use crate::operate::{CopySent, LastDone, Operated, Operation};
use crate::penalty::events::OpinionSigned;

/// Inner acts: nobody outside was told of them, and the law lets them be done again.
const INNER: [&str; 9] = [
    "assist_examine",
    "examine",
    "review",
    "verify",
    "expert_review",
    "legal_review",
    "review_opinions",
    "discuss",
    "urge",
];

/// Done outside, with a record of its own, and as often as it takes (许可法 34(3)).
const DONE_AGAIN: [&str; 2] = ["site_check", "inspect"];

impl Operated for Case {
    type Law = Act;

    fn law(op: Operation) -> Act {
        Act::Operate(op)
    }

    fn may_operate(&self, op: Operation, _account: &str) -> Result<(), Refusal> {
        living(self, Act::Operate(op))
    }

    fn of_the_party(step: &OpenStep) -> bool {
        matches!(step.role.as_str(), "applicant" | "party")
    }

    /// 许可法 32(1)(四): silence is acceptance.
    fn ended_by_law(step: &OpenStep) -> bool {
        step.kind == "accept"
    }

    fn may_go_back(&self, _step: &OpenStep) -> bool {
        self.decided_on().is_none() && (self.facts.accepted.is_some() || !self.taken.is_empty())
    }

    /// Nothing before an act that was told, or that the law sees once: acceptance, hearing, decision, service.
    fn again(&self, earlier: Vec<StepNamed>) -> Vec<StepNamed> {
        let again = |step: &StepNamed| self.inner(&step.kind) || DONE_AGAIN.contains(&step.kind.as_str());
        earlier.into_iter().take_while(again).collect()
    }

    fn last_done(&self) -> Option<LastDone> {
        self.last_done.clone()
    }

    fn inner(&self, kind: &str) -> bool {
        INNER.contains(&kind)
    }

    fn copies(&self) -> &[CopySent] {
        &self.copies
    }

    fn operated(op: Operation, fact: StepOperated, effects: Effects) -> CaseEvent {
        CaseEvent::StepOperated(Box::new(StepOperation {
            how: op,
            fact,
            signed: None,
            effects,
        }))
    }

    fn signed(at: &OpenStep, opinion: OpinionSigned, effects: Effects) -> CaseEvent {
        let fact = StepOperated {
            account: opinion.opinion.account.clone(),
            name: opinion.name.clone(),
            ..StepOperated::on(at, String::new())
        };
        CaseEvent::StepOperated(Box::new(StepOperation {
            how: Operation::Sign,
            fact,
            signed: Some(opinion),
            effects,
        }))
    }
}

/// Opinions of added signers on a step, for the pages.
pub(crate) fn signed_on(case: &Case) -> impl Iterator<Item = &OpinionSigned> {
    case.signed.iter().map(Arc::as_ref)
}
