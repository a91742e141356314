//! A case: one application for one permit, from receipt to the public record, or one matter of another power that follows
//! the chart of its item. One stream, `case/<case_no>`.
//!
//! Invariants:
//! - The item version is pinned with the application and never changes; a changed basis is a recorded choice of the
//!   decision, not a change of the case.
//! - Legal facts and the flow's tokens are kept apart: the flow says whose turn it is, the facts say what the law sees.
//! - Folding asks neither law nor calendar nor flow engine's rules: each event holds its results.
//! - Acceptance, decision, completion and withdrawal happen at most once. The applicant is told what is missing at
//!   most once (许可法 32(1)(四)). The decision limit is extended at most once (许可法 42(1)).
//! - After withdrawal nothing more is done except keeping papers and records.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use mingjing_catalogue::public::Answers;
use mingjing_chronicle::{Aggregate, Payload, Recorded};
use mingjing_codes::PowerType;

use crate::clock::{CaseClock, ClockKind};
use crate::course::Course;
use crate::events::{
    AssistanceAsked, BasisUsed, CaseEvent, CaseState, Channel, Decision, FileRef, FlowMoved, Lateness, Lead, OpenStep,
    Opening, Opinion, PaperOrder, PinnedItem, QueryLock, RefusalGround, Release, Service, SiteOfficer, Stance,
    StepOperation, SubmittedMaterial, SupplementItem, TakenStep, Told,
};
use crate::flow::FlowState;
use crate::joint::{self, Assisting};
use crate::matter::Matter;
use crate::operate::{CopySent, LastDone, Operation, copies_kept};
use crate::party::Applicant;
use crate::penalty::events::OpinionSigned;

#[derive(Debug, Clone, Default)]
pub struct Case {
    pub case_no: String,
    /// Present from the first event on, unless that event was erased.
    pub application: Option<Arc<Application>>,
    pub form: Arc<Answers>,
    pub materials: Arc<Vec<SubmittedMaterial>>,
    pub facts: Facts,
    pub state: CaseState,
    pub steps: Vec<OpenStep>,
    pub flow: FlowState,
    pub clocks: Vec<CaseClock>,
    pub opinions: Vec<Arc<Opinion>>,
    /// Tasks of the chart that were done and whose acts have no fact of their own above.
    pub taken: Vec<Arc<TakenStep>>,
    pub papers: Vec<Paper>,
    /// Opinions of those who were added to a step; none of them is asked for by law.
    pub signed: Vec<Arc<OpinionSigned>>,
    pub copies: Vec<CopySent>,
    pub last_done: Option<LastDone>,
    /// Migrations to charts of other versions, oldest first.
    pub moves: Vec<Arc<FlowMoved>>,
    /// Bodies that were asked in a joint approval, in the order of asking.
    pub assistance: Vec<Assisting>,
    /// Some payload of this stream was erased: it can be read, not acted upon.
    pub erased: bool,
}

/// What never changes after the application.
#[derive(Debug, Clone, PartialEq)]
pub struct Application {
    pub item: PinnedItem,
    pub applicant: Applicant,
    pub channel: Channel,
    pub query: QueryLock,
    pub course: Course,
    pub opening: Option<Opening>,
    /// Of a body that was asked in a joint approval.
    pub lead: Option<Lead>,
}

/// What has happened in the eyes of the law. Dates are legal dates, not recording times.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    pub received: Option<Date>,
    pub supplement_asked: Option<SupplementFact>,
    pub supplied: Option<Date>,
    pub accepted: Option<AcceptanceFact>,
    pub acceptance_refused: Option<(Date, RefusalGround)>,
    pub not_required: Option<Date>,
    pub site_checked: Option<SiteCheckFact>,
    pub decided: Option<DecisionFact>,
    pub certificate_no: Option<String>,
    pub served: Option<(Date, Service)>,
    pub completed: Option<CompletionFact>,
    pub released: Option<(Date, Release)>,
    pub withdrawn: Option<Date>,
    /// Of a body that was asked: its opinion is not needed any more, and why.
    pub ended: Option<(Date, String)>,
    /// Of a body that was asked: recorded that its limit passed without an opinion.
    pub reminded: Option<Date>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SupplementFact {
    pub on: Date,
    pub items: Vec<SupplementItem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AcceptanceFact {
    pub on: Date,
    /// By expiry (许可法 32(1)(四)), not by an act.
    pub deemed: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct SiteCheckFact {
    pub on: Date,
    pub officers: Vec<SiteOfficer>,
    pub place: String,
    pub facts: String,
    pub conforms: bool,
    pub files: Vec<FileRef>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct DecisionFact {
    pub on: Date,
    pub decision: Decision,
    pub late: Lateness,
    pub basis: BasisUsed,
}

#[derive(Debug, Clone, PartialEq)]
pub struct CompletionFact {
    pub on: Date,
    pub case_summary: String,
    pub completion_status: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Paper {
    pub order: Arc<PaperOrder>,
    pub paper_no: Option<String>,
    pub rendered: Option<RenderedPaper>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedPaper {
    pub blob: String,
    pub sha256: String,
    pub bytes: u64,
}

impl Case {
    pub fn exists(&self) -> bool {
        self.facts.received.is_some()
    }

    pub fn item(&self) -> Option<&PinnedItem> {
        self.application.as_ref().map(|application| &application.item)
    }

    pub fn applicant(&self) -> Option<&Applicant> {
        self.application.as_ref().map(|application| &application.applicant)
    }

    /// The type of power of its item, by the item's code. Without an application nothing is done any more.
    pub fn power(&self) -> PowerType {
        self.item().map_or(PowerType::Permit, PinnedItem::power)
    }

    /// Which law it follows.
    pub fn course(&self) -> Course {
        self.application
            .as_ref()
            .map_or(Course::Permit, |application| application.course)
    }

    /// What was done last of `act` or `act:outcome`, among the chart's steps.
    pub fn took(&self, named: &str) -> Option<&TakenStep> {
        self.taken.iter().rev().map(Arc::as_ref).find(|taken| taken.is(named))
    }

    /// The decision of a matter that is no permit.
    pub fn decision_taken(&self) -> Option<&TakenStep> {
        let deciding = self.course().deciding();
        let mut taken = self.taken.iter().rev().map(Arc::as_ref);
        taken.find(|taken| deciding.contains(&taken.kind.as_str()))
    }

    /// The day of the decision, whatever the power.
    pub fn decided_on(&self) -> Option<Date> {
        let permit = self.facts.decided.as_ref().map(|decided| decided.on);
        permit.or_else(|| self.decision_taken().map(|taken| taken.on))
    }

    /// Id of the body that handles it; empty once the application is erased.
    pub fn body(&self) -> &str {
        self.item().map_or("", |item| item.body.as_str())
    }

    pub fn flow_ended(&self) -> bool {
        self.flow.ended()
    }

    pub fn clock(&self, kind: ClockKind) -> Option<&CaseClock> {
        self.clocks.iter().find(|clock| clock.kind == kind)
    }

    pub fn suspended(&self) -> bool {
        self.clocks.iter().any(|clock| clock.runs() && clock.suspended())
    }

    pub fn step_of(&self, kind: &str) -> Option<&OpenStep> {
        self.steps.iter().find(|step| step.kind == kind)
    }

    pub fn paper(&self, paper_id: &str) -> Option<&Paper> {
        self.papers.iter().find(|paper| paper.order.paper_id == paper_id)
    }

    /// Account of the last person who examined, for the separation of examination and review.
    pub fn examiner(&self) -> Option<&str> {
        self.last_opinion("handler").map(|opinion| opinion.account.as_str())
    }

    pub fn last_opinion(&self, role: &str) -> Option<&Opinion> {
        self.opinions
            .iter()
            .rev()
            .map(Arc::as_ref)
            .find(|opinion| opinion.role == role)
    }

    /// Where the case stands, from its facts alone. Called when an event is made; folding copies the result.
    pub(crate) fn legal_state(&self) -> CaseState {
        if self.course() == Course::Assistance {
            return self.state_of_assistance();
        }
        if self.power() != PowerType::Permit {
            return self.state_of_matter();
        }
        let facts = &self.facts;
        if facts.withdrawn.is_some() {
            CaseState::Withdrawn
        } else if facts.completed.is_some() {
            CaseState::Completed
        } else if facts.served.is_some() {
            CaseState::Served
        } else if let Some(decided) = &facts.decided {
            if decided.decision.granted() {
                CaseState::Granted
            } else {
                CaseState::Denied
            }
        } else if facts.acceptance_refused.is_some() {
            CaseState::Refused
        } else if facts.not_required.is_some() {
            CaseState::NotRequired
        } else if facts.accepted.is_some() {
            self.stage_of_handling()
        } else if facts.supplement_asked.is_some() && facts.supplied.is_none() {
            CaseState::Supplementing
        } else {
            CaseState::Submitted
        }
    }

    fn state_of_assistance(&self) -> CaseState {
        if self.facts.ended.is_some() {
            CaseState::Ended
        } else if self.flow.ended() {
            CaseState::Completed
        } else {
            CaseState::Handling
        }
    }

    fn state_of_matter(&self) -> CaseState {
        let facts = &self.facts;
        let waits = facts.supplement_asked.is_some() && facts.supplied.is_none();
        if facts.withdrawn.is_some() {
            CaseState::Withdrawn
        } else if facts.completed.is_some() || self.took("archive").is_some() || self.flow.ended() {
            CaseState::Completed
        } else if facts.served.is_some() {
            CaseState::Served
        } else if self.decision_taken().is_some() {
            CaseState::Decided
        } else if facts.acceptance_refused.is_some() {
            CaseState::Refused
        } else if facts.accepted.is_none() && (waits || self.waits_for_more()) {
            CaseState::Supplementing
        } else if facts.accepted.is_some() || !self.taken.is_empty() || self.course().is_ex_officio() {
            CaseState::Handling
        } else {
            CaseState::Submitted
        }
    }

    /// A declaration was registered with gaps, and nobody has registered what was missing.
    fn waits_for_more(&self) -> bool {
        let last = self.taken.last();
        let asked = last.filter(|last| last.is("register:incomplete") || last.is("ask_supplement"));
        asked.is_some_and(|asked| self.facts.supplied.is_none_or(|on| on < asked.on))
    }

    /// Whose turn it is tells it: a return leads back to an earlier stage although its opinions remain.
    fn stage_of_handling(&self) -> CaseState {
        let waits = |kinds: &[&str]| self.steps.iter().any(|step| kinds.contains(&step.kind.as_str()));
        if waits(&["examine", "site_check"]) {
            return CaseState::Examining;
        } else if waits(&["review"]) {
            return CaseState::Reviewing;
        } else if waits(&["decide"]) {
            return CaseState::Approving;
        }
        match self.opinions.last() {
            Some(opinion) if opinion.stance == Stance::Return => CaseState::Examining,
            Some(opinion) if opinion.role == "reviewer" => CaseState::Approving,
            Some(opinion) if opinion.role == "handler" => CaseState::Reviewing,
            _ => CaseState::Examining,
        }
    }

    pub(crate) fn apply(&mut self, event: &CaseEvent, happened_on: Date) {
        match event {
            CaseEvent::Submitted(event) => {
                self.case_no.clone_from(&event.case_no);
                self.form = Arc::new(event.form.clone());
                self.materials = Arc::new(event.materials.clone());
                self.facts.received = Some(event.received_on);
                self.application = Some(Arc::new(Application {
                    item: event.item.clone(),
                    applicant: event.applicant.clone(),
                    channel: event.channel,
                    query: event.query.clone(),
                    course: event.course.unwrap_or_else(|| Course::of_power(event.item.power())),
                    opening: event.opening.clone(),
                    lead: None,
                }));
            }
            CaseEvent::AssistanceAsked(event) => self.asked_by_lead(event),
            CaseEvent::AssistanceEnded(event) => self.facts.ended = Some((happened_on, event.why.clone())),
            CaseEvent::AssistanceTold(event) => {
                if event.what == Told::Overdue {
                    self.facts.reminded = Some(happened_on);
                }
            }
            CaseEvent::OpinionReturned(event) => joint::returned(&mut self.assistance, &event.answer),
            CaseEvent::CorrectedOnTheSpot(event) => {
                for correction in &event.corrections {
                    Arc::make_mut(&mut self.form).insert(correction.field.clone(), vec![correction.to.clone()]);
                }
            }
            CaseEvent::SupplementAsked(event) => {
                self.facts.supplement_asked = Some(SupplementFact {
                    on: happened_on,
                    items: event.items.clone(),
                });
            }
            CaseEvent::SupplementSupplied(event) => {
                self.facts.supplied = Some(happened_on);
                for material in &event.materials {
                    self.add_material(material);
                }
            }
            CaseEvent::Accepted(event) => {
                self.facts.accepted = Some(AcceptanceFact {
                    on: event.accepted_on,
                    deemed: false,
                });
            }
            CaseEvent::AcceptanceDeemed(event) => {
                self.facts.accepted = Some(AcceptanceFact {
                    on: event.accepted_on,
                    deemed: true,
                });
            }
            CaseEvent::AcceptanceRefused(event) => {
                self.facts.acceptance_refused = Some((happened_on, event.ground.clone()));
            }
            CaseEvent::PermitNotRequired(_) => self.facts.not_required = Some(happened_on),
            CaseEvent::SiteChecked(event) => {
                self.facts.site_checked = Some(SiteCheckFact {
                    on: event.checked_on,
                    officers: event.officers.clone(),
                    place: event.place.clone(),
                    facts: event.facts.clone(),
                    conforms: event.conforms,
                    files: event.files.clone(),
                });
            }
            CaseEvent::Examined(event) | CaseEvent::Reviewed(event) => {
                self.opinions.push(Arc::new(event.opinion.clone()))
            }
            CaseEvent::Decided(event) => {
                self.opinions.push(Arc::new(event.opinion.clone()));
                self.facts.decided = Some(DecisionFact {
                    on: event.decided_on,
                    decision: event.decision.clone(),
                    late: event.late,
                    basis: event.basis.clone(),
                });
            }
            CaseEvent::Issued(event) => self.facts.certificate_no = Some(event.certificate_no.clone()),
            CaseEvent::Served(event) => self.facts.served = Some((event.served_on, event.service.clone())),
            CaseEvent::Completed(event) => {
                self.facts.completed = Some(CompletionFact {
                    on: happened_on,
                    case_summary: event.case_summary.clone(),
                    completion_status: event.completion_status.clone(),
                });
            }
            CaseEvent::Released(event) => {
                self.opinions.push(Arc::new(event.opinion.clone()));
                self.facts.released = Some((happened_on, event.release.clone()));
            }
            CaseEvent::Withdrawn(_) => self.facts.withdrawn = Some(happened_on),
            CaseEvent::DecisionExtended(_) | CaseEvent::TimeExcluded(_) => {}
            CaseEvent::TimeResumed(_) | CaseEvent::TimerFired(_) => {}
            CaseEvent::FlowMoved(event) => {
                self.moves.push(Arc::new(event.moved.clone()));
                // Its name may be another's on this chart.
                self.last_done = None;
            }
            CaseEvent::StepTaken(event) => self.taken.push(Arc::new(event.taken.clone())),
            CaseEvent::StepOperated(event) => self.operated(event, happened_on),
            CaseEvent::PaperNumbered(event) => self.left_behind().number(event),
            CaseEvent::PaperRendered(event) => self.left_behind().render(event),
        }
        if let Some(effects) = event.effects() {
            joint::followed(&mut self.assistance, &effects.steps, happened_on);
            self.left_behind().follow(effects);
        }
        if let Some(done) = done_by(event) {
            self.last_done = Some(done);
        }
    }

    fn asked_by_lead(&mut self, event: &AssistanceAsked) {
        self.case_no.clone_from(&event.case_no);
        self.form = Arc::new(event.form.clone());
        self.materials = Arc::new(event.materials.clone());
        self.facts.received = Some(event.asked_on);
        self.application = Some(Arc::new(Application {
            item: event.item.clone(),
            applicant: Applicant {
                party: event.party.clone(),
                // The party's own case is the lead's; nothing is served from here.
                account: None,
                agent: None,
                electronic_service: false,
            },
            channel: Channel::Joint,
            // Nobody was given a secret: this lock has no key.
            query: QueryLock {
                salt: String::new(),
                sha256: String::new(),
            },
            course: Course::Assistance,
            opening: None,
            lead: Some(event.lead.clone()),
        }));
    }

    fn operated(&mut self, event: &StepOperation, on: Date) {
        copies_kept(&mut self.copies, event.how, &event.fact, on);
        self.signed.extend(event.signed.iter().cloned().map(Arc::new));
        let Some(back_to) = &event.fact.back_to else {
            return;
        };
        self.last_done = None;
        if event.how == Operation::TakeBack {
            let own = |task: &str, account: &str| task == back_to.task && account == event.fact.account;
            if let Some(at) = self.opinions.iter().rposition(|given| own(&given.task, &given.account)) {
                self.opinions.remove(at);
            } else if let Some(at) = self.taken.iter().rposition(|taken| own(&taken.task, &taken.account)) {
                self.taken.remove(at);
            }
        }
        // What is checked again has not been checked as it is now; that it was, the events keep.
        if event
            .fact
            .again
            .iter()
            .chain([back_to])
            .any(|step| step.kind == "site_check")
        {
            self.facts.site_checked = None;
        }
    }

    fn add_material(&mut self, supplied: &SubmittedMaterial) {
        let materials = Arc::make_mut(&mut self.materials);
        match materials.iter_mut().find(|kept| kept.id == supplied.id) {
            Some(kept) => {
                // What was handed in first stays beside the new: nothing that came is taken out of the file.
                kept.files.extend(supplied.files.iter().cloned());
                kept.originals += supplied.originals;
                kept.copies += supplied.copies;
            }
            None => materials.push(supplied.clone()),
        }
    }

    /// What an erased event still tells by its envelope: that the act happened, and when.
    fn apply_erased(&mut self, kind: &str, stream_id: &str, happened_on: Date) {
        self.erased = true;
        if self.case_no.is_empty() {
            stream_id.clone_into(&mut self.case_no);
        }
        self.steps.clear();
        match kind {
            "case.submitted" => self.facts.received = Some(happened_on),
            "case.supplement_supplied" => self.facts.supplied = Some(happened_on),
            "case.accepted" | "case.acceptance_deemed" => {
                self.facts.accepted = Some(AcceptanceFact {
                    on: happened_on,
                    deemed: kind == "case.acceptance_deemed",
                });
            }
            "case.permit_not_required" => self.facts.not_required = Some(happened_on),
            "case.withdrawn" => self.facts.withdrawn = Some(happened_on),
            _ => {}
        }
    }
}

/// What its doer could take back, as long as nobody has acted on it.
fn done_by(event: &CaseEvent) -> Option<LastDone> {
    let (task, account, role, effects) = match event {
        CaseEvent::Examined(event) | CaseEvent::Reviewed(event) => {
            let opinion = &event.opinion;
            (&opinion.task, &opinion.account, &opinion.role, &event.effects)
        }
        CaseEvent::StepTaken(event) => {
            let taken = &event.taken;
            (&taken.task, &taken.account, &taken.role, &event.effects)
        }
        _ => return None,
    };
    Some(LastDone {
        task: task.clone(),
        account: account.clone(),
        role: role.clone(),
        told: !(effects.clocks.is_empty() && effects.papers.is_empty() && effects.notices.is_empty()),
    })
}

impl Aggregate for Case {
    type Event = CaseEvent;
    const STREAM: &'static str = "case";

    fn evolve(&mut self, recorded: &Recorded<'_, CaseEvent>) {
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

/// The moment and day of an act, for pages.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub recorded_at: Timestamp,
    pub happened_on: Date,
}
