//! Operations on the steps of a penalty's flow: what the law of penalties leaves of the general mechanism
//! ([`crate::operate`]). Nothing is returned to before an act that the law sees only once (opening, decision), nobody takes
//! back what the party was told, and no limit of the law stands still (60).

use mingjing_chronicle::{HeldPost, Refusal};

use super::{PenaltyVerdict, Scene, living, not_recused_account};
use crate::events::{Effects, OpenStep, StepNamed, StepOperated};
pub use crate::operate::{
    AddSigners, CopyStep, DelegateStep, HandBackStep, NoteCopy, RemoveSigners, ResumeStep, ReturnStep, SignStep,
    SignWhen, SuspendStep, TakeBackStep, TransferStep, UrgeStep,
};
use crate::operate::{Around, CopySent, LastDone, Operated, Operation, StepCommand, decide};
use crate::penalty::events::{OpinionSigned, PenaltyEvent, PenaltyFact};
use crate::penalty::{PenaltyAct, PenaltyCase, PenaltyState};

/// Steps that wait for the party or for what the law lets happen: nobody here hands them on or stops them.
const OF_THE_PARTY: [&str; 2] = ["defence", "collect"];
/// Inner acts: opinions and proposals that nobody outside was told of.
const INNER: [&str; 7] = [
    "propose_opening",
    "review_opening",
    "investigate",
    "review_proposal",
    "check_defence",
    "legal_review",
    "propose_closing",
];

/// Steps out of which a case may be given back.
const RETURNING: [&str; 9] = [
    "review_opening",
    "approve_opening",
    "review_proposal",
    "notify",
    "serve_notice",
    "check_defence",
    "legal_review",
    "decide",
    "approve_closing",
];

/// Kinds of steps that may be returned to, as things stand in law.
fn returnable(case: &PenaltyCase) -> &'static [&'static str] {
    let facts = &case.facts;
    if facts.decided.is_some() {
        &["propose_closing"]
    } else if facts.opened.is_none() {
        &["propose_opening", "review_opening"]
    } else if facts.notice_served.is_some() {
        &["investigate", "check_defence", "legal_review"]
    } else {
        &["investigate", "review_proposal"]
    }
}

impl Operated for PenaltyCase {
    type Law = PenaltyAct;

    fn law(op: Operation) -> PenaltyAct {
        PenaltyAct::of_operation(op)
    }

    fn may_operate(&self, op: Operation, account: &str) -> Result<(), Refusal> {
        let act = PenaltyAct::of_operation(op);
        living(self, act)?;
        not_recused_account(self, act, account)
    }

    fn keeps_away(&self, account: &str) -> bool {
        self.recused(account)
    }

    fn of_the_party(step: &OpenStep) -> bool {
        OF_THE_PARTY.contains(&step.kind.as_str())
    }

    /// The time to answer is the party's step; nothing else ends by itself.
    fn ended_by_law(_step: &OpenStep) -> bool {
        false
    }

    fn may_go_back(&self, step: &OpenStep) -> bool {
        RETURNING.contains(&step.kind.as_str())
    }

    fn again(&self, earlier: Vec<StepNamed>) -> Vec<StepNamed> {
        let kinds = returnable(self);
        let earlier = earlier.into_iter();
        earlier.filter(|step| kinds.contains(&step.kind.as_str())).collect()
    }

    fn last_done(&self) -> Option<LastDone> {
        let last = &self.opinions.last()?.opinion;
        Some(LastDone {
            task: last.task.clone(),
            account: last.account.clone(),
            role: last.role.clone(),
            told: false,
        })
    }

    fn inner(&self, kind: &str) -> bool {
        INNER.contains(&kind)
    }

    fn copies(&self) -> &[CopySent] {
        &self.copies
    }

    fn operated(op: Operation, fact: StepOperated, effects: Effects<PenaltyState>) -> PenaltyEvent {
        let fact = Box::new(fact);
        let fact = match op {
            // Given with its opinion only, by `signed`.
            Operation::Sign | Operation::Return => PenaltyFact::StepReturned(fact),
            Operation::TakeBack => PenaltyFact::StepTakenBack(fact),
            Operation::Transfer => PenaltyFact::StepTransferred(fact),
            Operation::Delegate => PenaltyFact::StepDelegated(fact),
            Operation::HandBack => PenaltyFact::StepHandedBack(fact),
            Operation::FallBack => PenaltyFact::StepFellBack(fact),
            Operation::AddSigners => PenaltyFact::SignersAdded(fact),
            Operation::RemoveSigners => PenaltyFact::SignersRemoved(fact),
            Operation::Copy => PenaltyFact::StepCopied(fact),
            Operation::NoteCopy => PenaltyFact::CopyNoted(fact),
            Operation::Urge => PenaltyFact::StepUrged(fact),
            Operation::Suspend => PenaltyFact::StepSuspended(fact),
            Operation::Resume => PenaltyFact::StepResumed(fact),
        };
        PenaltyEvent {
            fact,
            effects: Some(effects),
        }
    }

    fn signed(_at: &OpenStep, opinion: OpinionSigned, effects: Effects<PenaltyState>) -> PenaltyEvent {
        PenaltyEvent {
            fact: PenaltyFact::StepSigned(Box::new(opinion)),
            effects: Some(effects),
        }
    }
}

/// One of the operations, as the door of penalties asks it.
///
/// # Errors
/// `penalty.<operation>.*`, `cases.flow.*`
pub(crate) fn operated<C: Clone + Into<StepCommand>>(
    case: &PenaltyCase,
    command: &C,
    scene: &Scene<'_>,
) -> Result<PenaltyVerdict, Refusal> {
    let posts: &[HeldPost] = &scene.known.posts;
    let around = Around {
        setting: scene.setting,
        name: scene.who.name,
        certificate_no: scene.who.certified.map(|officer| officer.certificate_no.as_str()),
        officers: &scene.known.officers,
        posts,
    };
    decide(case, &command.clone().into(), &around)
}
