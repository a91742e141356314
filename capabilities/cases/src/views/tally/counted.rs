//! What statistics know of one case of either procedure, and how its events change it. Pure.

use jiff::civil::Date;

use crate::clock::{ClockChange, ClockKind};
use crate::events::{AssistanceAsked, CaseEvent, CaseState, Lateness, PinnedItem, Release};
use crate::number::Procedure;
use crate::penalty::PenaltyState;
use crate::penalty::events::{Outcome, PenaltyEvent, PenaltyFact, PenaltyRelease};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::views) struct Counted {
    pub(in crate::views) procedure: Procedure,
    pub(in crate::views) body: String,
    pub(super) area: String,
    pub(in crate::views) item_code: String,
    /// Month of receipt of an application, or of the opening of a penalty, `2026-05`. Empty for what is counted nowhere:
    /// a lead is no case (DOMAIN 2.15).
    pub(super) month: String,
    pub(super) state: String,
    /// One of [`RESULTS`]; empty while there is none.
    pub(in crate::views) result: &'static str,
    /// `in_time`, `promised` (past the promise), `statutory` (past the law); empty before the decision.
    pub(super) late: &'static str,
    /// The day from which the days are counted: acceptance, or opening.
    pub(super) begun_on: Option<Date>,
    /// The statutory day while the decision is owed and its clock runs.
    pub(super) due_on: Option<Date>,
    /// Calendar days from the beginning to the decision.
    pub(super) days: Option<i64>,
    pub(in crate::views) published: bool,
}

pub(super) const RESULTS: [&str; 10] = [
    "",
    "granted",
    "denied",
    "refused",
    "not_required",
    "withdrawn",
    "fined",
    "no_penalty",
    "not_established",
    "transferred",
];
pub(super) const LATE: [&str; 4] = ["", "in_time", "promised", "statutory"];

impl Counted {
    pub(super) fn application(case_no: &str, item: &PinnedItem, received_on: Date) -> Counted {
        let procedure = Procedure::of(case_no).unwrap_or(Procedure::Permit);
        Counted {
            month: month(received_on),
            ..Counted::begun(procedure, item, CaseState::Submitted.key())
        }
    }

    /// What a body is asked for runs from the day it is asked.
    pub(super) fn assisting(mut self, asked: &AssistanceAsked) -> Counted {
        self.state = asked.effects.state.key().to_owned();
        self.begun_on = Some(asked.asked_on);
        self
    }

    pub(super) fn lead(item: &PinnedItem) -> Counted {
        Counted::begun(Procedure::Penalty, item, PenaltyState::Lead.key())
    }

    fn begun(procedure: Procedure, item: &PinnedItem, state: &str) -> Counted {
        Counted {
            procedure,
            body: item.body.clone(),
            area: item.area.clone(),
            item_code: item.item_code.clone(),
            month: String::new(),
            state: state.to_owned(),
            result: "",
            late: "",
            begun_on: None,
            due_on: None,
            days: None,
            published: false,
        }
    }

    pub(super) fn learn_permit(&mut self, event: &CaseEvent) {
        match event {
            CaseEvent::Accepted(accepted) => self.begun_on = Some(accepted.accepted_on),
            CaseEvent::AcceptanceDeemed(accepted) => self.begun_on = Some(accepted.accepted_on),
            CaseEvent::AcceptanceRefused(_) => self.result = "refused",
            CaseEvent::PermitNotRequired(_) => self.result = "not_required",
            CaseEvent::Withdrawn(_) => self.result = "withdrawn",
            CaseEvent::Decided(decided) => {
                let result = if decided.decision.granted() {
                    "granted"
                } else {
                    "denied"
                };
                self.decided(result, decided.late, decided.decided_on);
            }
            CaseEvent::StepTaken(event) if event.taken.kind == "decide" || event.taken.late.is_some() => {
                let result = if event.taken.negative() { "denied" } else { "granted" };
                self.decided(result, event.taken.late.unwrap_or_default(), event.taken.on);
            }
            CaseEvent::StepTaken(event) if event.taken.is("register:complete") => self.begun_on = Some(event.taken.on),
            CaseEvent::Released(released) => self.published = matches!(released.release, Release::Publish { .. }),
            _ => {}
        }
        let Some(effects) = event.effects() else { return };
        self.state = effects.state.key().to_owned();
        self.follow(&effects.clocks);
    }

    pub(super) fn learn_penalty(&mut self, event: &PenaltyEvent, happened_on: Date) {
        match &event.fact {
            PenaltyFact::Opened(_) => {
                self.month = month(happened_on);
                self.begun_on = Some(happened_on);
            }
            PenaltyFact::Decided(decided) => {
                let result = match decided.outcome {
                    Outcome::Penalty { .. } => "fined",
                    Outcome::NoPenalty { .. } => "no_penalty",
                    Outcome::NotEstablished => "not_established",
                    Outcome::Transfer { .. } => "transferred",
                };
                self.decided(result, decided.late, decided.decided_on);
            }
            PenaltyFact::Released(released) => {
                self.published = matches!(released.release, PenaltyRelease::Publish { .. });
            }
            PenaltyFact::ReleaseWithdrawn(_) => self.published = false,
            _ => {}
        }
        let Some(effects) = &event.effects else { return };
        self.state = effects.state.key().to_owned();
        self.follow(&effects.clocks);
    }

    fn decided(&mut self, result: &'static str, late: Lateness, on: Date) {
        self.result = result;
        self.late = match (late.statutory, late.promised) {
            (true, _) => "statutory",
            (false, true) => "promised",
            (false, false) => "in_time",
        };
        let begun = self.begun_on.and_then(|begun| begun.until(on).ok());
        self.days = begun.map(|span| i64::from(span.get_days()));
    }

    fn follow(&mut self, clocks: &[ClockChange]) {
        for change in clocks {
            if change.kind() == ClockKind::Decision {
                // While time is excluded there is no due date, and nothing can be overdue.
                self.due_on = change.due().map(|due| due.on);
            }
        }
    }

    /// A case before the law.
    pub(super) fn counts(&self) -> bool {
        !self.month.is_empty()
    }

    pub(in crate::views) fn has_decision(&self) -> bool {
        !self.late.is_empty()
    }
}

fn month(on: Date) -> String {
    on.strftime("%Y-%m").to_string()
}
