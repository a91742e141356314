//! A penalty case: one stream, `penalty/<case_no>`.
//!
//! Invariants:
//! - Facts and tokens are kept apart: the flow says whose turn it is, the facts say what the law sees.
//! - Folding asks neither law nor calendar nor flow engine's rules: each event holds its results.
//! - Opening, decision and closing happen at most once. Notice, defence and check belong to one proposal: another end of
//!   the investigation begins them anew, and the fines that were told are never forgotten (45(2)).
//! - Who investigated is remembered for ever, also after a recusal: the separations look at it.

use std::sync::Arc;

use jiff::civil::Date;
use mingjing_chronicle::{Aggregate, Payload, Recorded};

use super::PenaltyState;
use super::events::{
    AdditionalFineImposed, ClosingProposed, DecisionReversed, Defence, DefenceChecked, Deferred, Disposal,
    DisputeRecorded, Evidence, HandOver, Informant, Instalment, InvestigationEnded, Lead, LegallyReviewed, Notified,
    OpeningProposed, OpinionSigned, Outcome, PaperServed, Payment, PenaltyDecided, PenaltyEvent, PenaltyFact,
    PenaltyParty, PenaltyRelease, Preservation, RecusalDecided, RecusalRequested, ReleaseWithdrawn, ServiceConsent,
    Waiver,
};
use super::fine::{Account, Owed};
use crate::case::Paper;
use crate::clock::{CaseClock, ClockKind};
use crate::events::{FlowMoved, OpenStep, PinnedItem, SiteOfficer, StepOperated};
use crate::flow::FlowState;
use crate::matter::Matter;
use crate::money::Fen;
use crate::operate::{CopySent, Operation, copies_kept};

#[derive(Debug, Clone, Default)]
pub struct PenaltyCase {
    pub case_no: String,
    /// Present from the first event on, unless that event was erased.
    pub item: Option<Arc<PinnedItem>>,
    pub lead: Option<Arc<Lead>>,
    pub registered_by: String,
    pub facts: PenaltyFacts,
    pub state: PenaltyState,
    pub steps: Vec<OpenStep>,
    pub flow: FlowState,
    pub clocks: Vec<CaseClock>,
    pub opinions: Vec<OpinionSigned>,
    pub copies: Vec<CopySent>,
    pub papers: Vec<Paper>,
    /// Migrations to charts of other versions, oldest first.
    pub moves: Vec<Arc<FlowMoved>>,
    /// Some payload of this stream was erased: it can be read, not acted upon.
    pub erased: bool,
}

/// What has happened in the eyes of the law. Dates are legal dates.
#[derive(Debug, Clone, Default)]
pub struct PenaltyFacts {
    pub registered: Option<Date>,
    pub opening: Option<Arc<OpeningProposed>>,
    pub opened: Option<Date>,
    pub not_opened: Option<Date>,
    /// Those who investigate now.
    pub investigators: Vec<SiteOfficer>,
    /// Accounts of all who ever did.
    pub ever_investigated: Vec<String>,
    pub evidence: Vec<EvidenceKept>,
    pub preservations: Vec<PreservationFact>,
    pub proposal: Option<Arc<InvestigationEnded>>,
    pub notice: Option<Notified>,
    /// The lowest fine that a party has answered to: a defence never leads above it (45(2)).
    pub told_and_answered: Option<Fen>,
    pub notice_served: Option<PaperServed>,
    pub defences: Vec<Defence>,
    pub waived: Option<Waiver>,
    pub defence_ended: Option<Date>,
    pub checked: Option<DefenceChecked>,
    pub legal_review: Option<LegallyReviewed>,
    pub decided: Option<Arc<PenaltyDecided>>,
    pub served: Option<PaperServed>,
    pub payments: Vec<Payment>,
    pub deferred: Option<Deferred>,
    pub additional_fine: Option<AdditionalFineImposed>,
    pub disputes: Vec<DisputeRecorded>,
    pub closing: Option<ClosingProposed>,
    pub closed: Option<Date>,
    pub released: Option<(Date, PenaltyRelease)>,
    pub reversed: Option<DecisionReversed>,
    pub release_withdrawn: Option<(Date, ReleaseWithdrawn)>,
    pub recusals: Vec<RecusalFact>,
    pub electronic_service: Option<ServiceConsent>,
}

/// A piece of evidence with its chain of custody.
#[derive(Debug, Clone, PartialEq)]
pub struct EvidenceKept {
    pub evidence: Evidence,
    pub hand_overs: Vec<HandOver>,
}

impl EvidenceKept {
    /// Who keeps it now.
    pub fn keeper(&self) -> &str {
        self.hand_overs.last().map_or(&self.evidence.keeper, |last| &last.to)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct PreservationFact {
    pub preservation: Preservation,
    pub disposal: Option<Disposal>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct RecusalFact {
    pub request: RecusalRequested,
    pub decided: Option<RecusalDecided>,
}

impl PenaltyCase {
    pub fn exists(&self) -> bool {
        self.facts.registered.is_some()
    }

    pub fn body(&self) -> &str {
        self.item.as_ref().map_or("", |item| item.body.as_str())
    }

    pub fn party(&self) -> Option<&PenaltyParty> {
        self.facts.opening.as_ref().and_then(|opening| opening.party.as_ref())
    }

    pub fn clock(&self, kind: ClockKind) -> Option<&CaseClock> {
        self.clocks.iter().find(|clock| clock.kind == kind)
    }

    pub fn step_of(&self, kind: &str) -> Option<&OpenStep> {
        self.steps.iter().find(|step| step.kind == kind)
    }

    pub fn paper(&self, paper_id: &str) -> Option<&Paper> {
        self.papers.iter().find(|paper| paper.order.paper_id == paper_id)
    }

    /// Investigated at some time: may not review, check, decide (42, 45, 57, 58).
    pub fn investigated(&self, account: &str) -> bool {
        self.facts.ever_investigated.iter().any(|known| known == account)
    }

    pub fn investigates(&self, account: &str) -> bool {
        self.facts
            .investigators
            .iter()
            .any(|officer| officer.account == account)
    }

    /// Has to keep away from this case (43).
    pub fn recused(&self, account: &str) -> bool {
        self.facts
            .recusals
            .iter()
            .filter_map(|recusal| recusal.decided.as_ref())
            .any(|decided| decided.granted && decided.officer == account)
    }

    pub fn evidence(&self, evidence_id: &str) -> Option<&EvidenceKept> {
        self.facts
            .evidence
            .iter()
            .find(|kept| kept.evidence.evidence_id == evidence_id)
    }

    /// The fine as decided, or as changed afterwards.
    pub fn fine(&self) -> Option<Fen> {
        if let Some(reversed) = &self.facts.reversed {
            return reversed.new_fine;
        }
        self.facts.decided.as_ref().and_then(|decided| decided.outcome.fine())
    }

    /// What falls due when; empty before the decision was served.
    pub fn schedule(&self) -> Vec<Instalment> {
        let Some(fine) = self.fine() else {
            return Vec::new();
        };
        let due = self.clock(ClockKind::Payment).map(|clock| clock.due.on);
        match (&self.facts.deferred, due) {
            (Some(deferred), _) => {
                // What was paid before the deferral was due before it.
                let planned: Fen = deferred.instalments.iter().map(|instalment| instalment.amount).sum();
                let mut schedule = vec![Instalment {
                    due: deferred.applied_on,
                    amount: fine.saturating_sub(planned),
                }];
                schedule.extend(deferred.instalments.iter().copied());
                schedule
            }
            (None, Some(due)) => vec![Instalment { due, amount: fine }],
            (None, None) => Vec::new(),
        }
    }

    /// What is owed on a day; `None` where no fine stands.
    pub fn owed_on(&self, day: Date) -> Option<Owed> {
        let fine = self.fine()?;
        let schedule = self.schedule();
        let facts = &self.facts;
        let imposed = facts.additional_fine.as_ref().map(|imposed| imposed.from);
        let account = Account {
            fine,
            schedule: &schedule,
            payments: &facts.payments,
            disputes: &facts.disputes,
            added_before: facts
                .deferred
                .as_ref()
                .map_or(Fen::ZERO, |deferred| deferred.additional_so_far),
            // A new schedule begins its own count.
            adding_from: match (imposed, &facts.deferred) {
                (Some(from), Some(deferred)) => Some(from.max(deferred.granted_on.tomorrow().unwrap_or(from))),
                (from, _) => from,
            },
        };
        Some(account.owed_on(day))
    }

    /// R123: who told, for those who investigate this case and for who registered the lead.
    pub fn informant_for(&self, account: &str) -> Option<&Informant> {
        let may = self.investigates(account) || self.registered_by == account;
        self.lead.as_ref()?.informant.as_ref().filter(|_| may)
    }

    /// The informant as anybody but the handlers of this case reads it.
    pub fn informant_masked(&self) -> Option<&'static str> {
        let lead = self.lead.as_ref()?;
        lead.informant.as_ref().map(|_| "举报（投诉）人信息已依法保密")
    }

    pub(super) fn legal_state(&self) -> PenaltyState {
        let facts = &self.facts;
        if facts.closed.is_some() {
            return PenaltyState::Closed;
        }
        if facts.not_opened.is_some() {
            return PenaltyState::NotOpened;
        }
        if let Some(decided) = &facts.decided {
            return self.after_decision(&decided.outcome);
        }
        if facts.opened.is_some() {
            return self.before_decision();
        }
        match facts.opening {
            Some(_) => PenaltyState::Opening,
            None => PenaltyState::Lead,
        }
    }

    /// Whose turn it is tells where it stands: a return leads back to an earlier stage although its facts remain.
    fn before_decision(&self) -> PenaltyState {
        let waits = |kinds: &[&str]| self.steps.iter().any(|step| kinds.contains(&step.kind.as_str()));
        if waits(&["investigate"]) {
            PenaltyState::Investigating
        } else if waits(&["check_defence"]) {
            PenaltyState::Defence
        } else if waits(&["legal_review"]) {
            PenaltyState::LegalReview
        } else if waits(&["decide"]) {
            PenaltyState::Deciding
        } else if self.facts.notice.is_some() {
            PenaltyState::Noticed
        } else {
            PenaltyState::InvestigationEnded
        }
    }

    fn after_decision(&self, outcome: &Outcome) -> PenaltyState {
        match (&self.facts.served, outcome) {
            (Some(_), Outcome::Penalty { .. }) => PenaltyState::Executing,
            (Some(_), _) => PenaltyState::Served,
            (None, Outcome::Penalty { .. }) => PenaltyState::Decided,
            (None, Outcome::NoPenalty { .. }) => PenaltyState::NoPenalty,
            (None, Outcome::NotEstablished) => PenaltyState::NotEstablished,
            (None, Outcome::Transfer { .. }) => PenaltyState::Transferred,
        }
    }

    pub(crate) fn apply(&mut self, event: &PenaltyEvent, happened_on: Date) {
        self.apply_fact(&event.fact, happened_on);
        if let Some(effects) = &event.effects {
            self.left_behind().follow(effects);
        }
    }

    fn apply_fact(&mut self, fact: &PenaltyFact, on: Date) {
        match fact {
            PenaltyFact::LeadRegistered(event) => {
                self.case_no.clone_from(&event.case_no);
                self.item = Some(Arc::new(event.item.clone()));
                self.lead = Some(Arc::new(event.lead.clone()));
                self.registered_by.clone_from(&event.registered_by);
                self.facts.registered = Some(on);
            }
            PenaltyFact::OpeningProposed(event) => {
                self.facts.opening = Some(Arc::new((**event).clone()));
                self.opinions.push(event.signed.clone());
            }
            PenaltyFact::OpeningReviewed(event) | PenaltyFact::ProposalReviewed(event) => {
                self.opinions.push((**event).clone());
            }
            PenaltyFact::OpeningReturned(event) => {
                self.facts.opening = None;
                self.opinions.push((**event).clone());
            }
            PenaltyFact::Opened(event) => {
                self.facts.opened = Some(on);
                self.opinions.push((**event).clone());
                let named = self.facts.opening.as_ref().map(|opening| opening.investigators.clone());
                for officer in named.unwrap_or_default() {
                    self.add_investigator(officer);
                }
            }
            PenaltyFact::NotOpened(event) => {
                self.facts.not_opened = Some(on);
                self.opinions.push((**event).clone());
            }
            PenaltyFact::ClosingReturned(event) => {
                self.facts.closing = None;
                self.opinions.push((**event).clone());
            }
            PenaltyFact::Closed(event) => {
                self.facts.closed = Some(on);
                self.opinions.push((**event).clone());
            }
            PenaltyFact::StepSigned(event) => self.opinions.push((**event).clone()),
            PenaltyFact::StepReturned(event) | PenaltyFact::StepTakenBack(event) => self.done_again(fact, event),
            PenaltyFact::StepCopied(event) => copies_kept(&mut self.copies, Operation::Copy, event, on),
            PenaltyFact::CopyNoted(event) => copies_kept(&mut self.copies, Operation::NoteCopy, event, on),
            PenaltyFact::PaperNumbered(event) => self.left_behind().number(event),
            PenaltyFact::PaperRendered(event) => self.left_behind().render(event),
            other => self.apply_handling(other, on),
        }
    }

    fn apply_handling(&mut self, fact: &PenaltyFact, on: Date) {
        let facts = &mut self.facts;
        match fact {
            PenaltyFact::EvidenceRecorded(event) => {
                for taker in &event.takers {
                    if !facts.ever_investigated.contains(&taker.account) {
                        facts.ever_investigated.push(taker.account.clone());
                    }
                }
                facts.evidence.push(EvidenceKept {
                    evidence: (**event).clone(),
                    hand_overs: Vec::new(),
                });
            }
            PenaltyFact::EvidenceHandedOver(event) => {
                let kept = facts.evidence.iter_mut();
                for kept in kept.filter(|kept| kept.evidence.evidence_id == event.evidence_id) {
                    kept.hand_overs.push((**event).clone());
                }
            }
            PenaltyFact::EvidencePreserved(event) => facts.preservations.push(PreservationFact {
                preservation: (**event).clone(),
                disposal: None,
            }),
            PenaltyFact::PreservedDisposed(event) => {
                for fact in &mut facts.preservations {
                    if fact.preservation.preservation_id == event.preservation_id {
                        fact.disposal = Some((**event).clone());
                    }
                }
            }
            PenaltyFact::InvestigationEnded(event) => {
                facts.proposal = Some(Arc::new((**event).clone()));
                self.opinions.push(event.signed.clone());
                self.begin_anew();
            }
            PenaltyFact::Notified(event) => facts.notice = Some((**event).clone()),
            PenaltyFact::NoticeServed(event) => facts.notice_served = Some((**event).clone()),
            PenaltyFact::DefenceMade(event) => {
                facts.defences.push((**event).clone());
                let told = facts.notice.as_ref().map(|notice| notice.fine);
                facts.told_and_answered = match (facts.told_and_answered, told) {
                    (Some(before), Some(now)) => Some(before.min(now)),
                    (before, now) => before.or(now),
                };
            }
            PenaltyFact::DefenceWaived(event) => facts.waived = Some((**event).clone()),
            PenaltyFact::DefencePeriodEnded(event) => facts.defence_ended = Some(event.last_day),
            PenaltyFact::DefenceChecked(event) => {
                self.opinions.push(event.signed.clone());
                facts.checked = Some((**event).clone());
            }
            PenaltyFact::LegallyReviewed(event) => {
                self.opinions.push(event.signed.clone());
                facts.legal_review = Some((**event).clone());
            }
            PenaltyFact::Decided(event) => {
                self.opinions.push(event.signed.clone());
                facts.decided = Some(Arc::new((**event).clone()));
            }
            other => self.apply_execution(other, on),
        }
    }

    fn apply_execution(&mut self, fact: &PenaltyFact, on: Date) {
        let facts = &mut self.facts;
        match fact {
            PenaltyFact::FlowMoved(event) => self.moves.push(Arc::new((**event).clone())),
            PenaltyFact::DecisionServed(event) => facts.served = Some((**event).clone()),
            PenaltyFact::PaymentRecorded(event) => facts.payments.push((**event).clone()),
            PenaltyFact::AdditionalFineImposed(event) => facts.additional_fine = Some((**event).clone()),
            PenaltyFact::Deferred(event) => facts.deferred = Some((**event).clone()),
            PenaltyFact::DisputeRecorded(event) => {
                let open = |known: &&mut DisputeRecorded| known.kind == event.kind && known.from == event.from;
                match facts.disputes.iter_mut().find(open) {
                    Some(known) => *known = (**event).clone(),
                    None => facts.disputes.push((**event).clone()),
                }
            }
            PenaltyFact::ClosingProposed(event) => {
                facts.closing = Some((**event).clone());
                self.opinions.push(event.signed.clone());
            }
            PenaltyFact::Released(event) => facts.released = Some((on, event.release.clone())),
            PenaltyFact::DecisionReversed(event) => facts.reversed = Some((**event).clone()),
            PenaltyFact::ReleaseWithdrawn(event) => facts.release_withdrawn = Some((on, (**event).clone())),
            PenaltyFact::RecusalRequested(event) => facts.recusals.push(RecusalFact {
                request: (**event).clone(),
                decided: None,
            }),
            PenaltyFact::RecusalDecided(event) => self.decide_recusal(event),
            PenaltyFact::ElectronicServiceConfirmed(event) => facts.electronic_service = Some((**event).clone()),
            _ => {}
        }
    }

    /// What a step that is done again had stated is no longer stated; that it was, the events keep.
    fn done_again(&mut self, fact: &PenaltyFact, event: &StepOperated) {
        let Some(step) = &event.back_to else {
            return;
        };
        if matches!(fact, PenaltyFact::StepTakenBack(_)) {
            let own =
                |signed: &OpinionSigned| signed.opinion.task == step.task && signed.opinion.account == event.account;
            if let Some(at) = self.opinions.iter().rposition(own) {
                self.opinions.remove(at);
            }
        }
        let facts = &mut self.facts;
        match step.kind.as_str() {
            "propose_opening" => facts.opening = None,
            "investigate" | "review_proposal" => facts.notice = None,
            "check_defence" => facts.checked = None,
            "legal_review" => facts.legal_review = None,
            "propose_closing" => facts.closing = None,
            _ => {}
        }
    }

    /// Another proposal is told, answered and reviewed anew.
    fn begin_anew(&mut self) {
        let facts = &mut self.facts;
        facts.notice = None;
        facts.notice_served = None;
        facts.defences.clear();
        facts.waived = None;
        facts.defence_ended = None;
        facts.checked = None;
        facts.legal_review = None;
    }

    fn decide_recusal(&mut self, event: &RecusalDecided) {
        for recusal in &mut self.facts.recusals {
            if recusal.request.request_id == event.request_id {
                recusal.decided = Some(event.clone());
            }
        }
        if event.granted {
            self.facts
                .investigators
                .retain(|officer| officer.account != event.officer);
            if let Some(replacement) = &event.replacement {
                self.add_investigator(replacement.clone());
            }
        }
    }

    fn add_investigator(&mut self, officer: SiteOfficer) {
        if !self.facts.ever_investigated.contains(&officer.account) {
            self.facts.ever_investigated.push(officer.account.clone());
        }
        if !self.investigates(&officer.account) {
            self.facts.investigators.push(officer);
        }
    }

    /// What an erased event still tells by its envelope: that the act happened, and when.
    fn apply_erased(&mut self, kind: &str, stream_id: &str, on: Date) {
        self.erased = true;
        if self.case_no.is_empty() {
            stream_id.clone_into(&mut self.case_no);
        }
        self.steps.clear();
        match kind {
            "penalty.lead_registered" => self.facts.registered = Some(on),
            "penalty.opened" => self.facts.opened = Some(on),
            "penalty.not_opened" => self.facts.not_opened = Some(on),
            "penalty.closed" => self.facts.closed = Some(on),
            _ => {}
        }
    }
}

impl Aggregate for PenaltyCase {
    type Event = PenaltyEvent;
    const STREAM: &'static str = "penalty";

    fn evolve(&mut self, recorded: &Recorded<'_, PenaltyEvent>) {
        match recorded.payload {
            Payload::Known(event) => self.apply(event, recorded.envelope.happened_on),
            Payload::Erased => self.apply_erased(
                &recorded.envelope.kind,
                recorded.envelope.stream_id(),
                recorded.envelope.happened_on,
            ),
        }
    }
}
