//! What the aggregates of all procedures have in common: the machinery (flow, clocks, papers, numbers, timers) works on
//! this and knows no procedure.

use jiff::civil::Date;
use mingjing_chronicle::Aggregate;

use crate::case::{Case, Paper};
use crate::events::{CaseEvent, CaseState, Effects, OpenStep, PaperNumbered, PaperRendered, PinnedItem};
use crate::flow::FlowState;

pub(crate) trait Matter: Aggregate + Clone {
    type State;
    /// The class of its events in the envelope.
    const CLASS: &'static str;

    fn item(&self) -> Option<&PinnedItem>;
    fn steps(&self) -> &[OpenStep];
    fn place_at(&mut self, steps: Vec<OpenStep>);
    fn flow(&self) -> &FlowState;
    fn papers(&self) -> &[Paper];
    /// Where it stands, from its facts alone.
    fn state_in_law(&self) -> Self::State;
    fn follow_event(&mut self, event: &Self::Event, happened_on: Date);

    fn effects(event: &Self::Event) -> Option<&Effects<Self::State>>;
    fn effects_mut(event: &mut Self::Event) -> Option<&mut Effects<Self::State>>;
    fn numbered(event: PaperNumbered) -> Self::Event;
    fn rendered(event: PaperRendered) -> Self::Event;

    fn handled_by(&self) -> &str {
        self.item().map_or("", |item| item.body.as_str())
    }

    fn paper_of(&self, paper_id: &str) -> Option<&Paper> {
        self.papers().iter().find(|paper| paper.order.paper_id == paper_id)
    }
}

impl Matter for Case {
    type State = CaseState;
    const CLASS: &'static str = "permit";

    fn item(&self) -> Option<&PinnedItem> {
        Case::item(self)
    }

    fn steps(&self) -> &[OpenStep] {
        &self.steps
    }

    fn place_at(&mut self, steps: Vec<OpenStep>) {
        self.steps = steps;
    }

    fn flow(&self) -> &FlowState {
        &self.flow
    }

    fn papers(&self) -> &[Paper] {
        &self.papers
    }

    fn state_in_law(&self) -> CaseState {
        self.legal_state()
    }

    fn follow_event(&mut self, event: &CaseEvent, happened_on: Date) {
        self.apply(event, happened_on);
    }

    fn effects(event: &CaseEvent) -> Option<&Effects> {
        event.effects()
    }

    fn effects_mut(event: &mut CaseEvent) -> Option<&mut Effects> {
        event.effects_mut()
    }

    fn numbered(event: PaperNumbered) -> CaseEvent {
        CaseEvent::PaperNumbered(event)
    }

    fn rendered(event: PaperRendered) -> CaseEvent {
        CaseEvent::PaperRendered(event)
    }
}
