//! A penalty as the machinery of all cases sees it.

use std::sync::Arc;

use jiff::civil::Date;
use serde_json::{Map, Value as Json};

use super::case::PenaltyCase;
use super::events::{PenaltyEvent, PenaltyFact};
use super::state::PenaltyState;
use crate::case::Paper;
use crate::events::{Effects, FlowMoved, OpenStep, PaperNumbered, PaperRendered, PinnedItem};
use crate::flow::FlowState;
use crate::matter::{LeftBehind, Matter};

impl Matter for PenaltyCase {
    type State = PenaltyState;
    const CLASS: &'static str = "penalty";

    fn item(&self) -> Option<&PinnedItem> {
        self.item.as_deref()
    }

    fn steps(&self) -> &[OpenStep] {
        &self.steps
    }

    fn flow(&self) -> &FlowState {
        &self.flow
    }

    fn papers(&self) -> &[Paper] {
        &self.papers
    }

    fn facts_for_rules(&self) -> Map<String, Json> {
        super::rule_facts::of(self)
    }

    fn state_in_law(&self) -> PenaltyState {
        self.legal_state()
    }

    fn follow_event(&mut self, event: &PenaltyEvent, happened_on: Date) {
        self.apply(event, happened_on);
    }

    fn left_behind(&mut self) -> LeftBehind<'_, PenaltyState> {
        LeftBehind {
            state: &mut self.state,
            steps: &mut self.steps,
            flow: &mut self.flow,
            clocks: &mut self.clocks,
            papers: &mut self.papers,
        }
    }

    fn moves(&self) -> &[Arc<FlowMoved>] {
        &self.moves
    }

    fn moved(moved: FlowMoved, effects: Effects<PenaltyState>) -> PenaltyEvent {
        PenaltyEvent {
            fact: PenaltyFact::FlowMoved(Box::new(moved)),
            effects: Some(effects),
        }
    }

    fn moved_by(event: &PenaltyEvent) -> Option<&FlowMoved> {
        match &event.fact {
            PenaltyFact::FlowMoved(moved) => Some(moved),
            _ => None,
        }
    }

    fn effects(event: &PenaltyEvent) -> Option<&Effects<PenaltyState>> {
        event.effects.as_ref()
    }

    fn effects_mut(event: &mut PenaltyEvent) -> Option<&mut Effects<PenaltyState>> {
        event.effects.as_mut()
    }

    fn numbered(event: PaperNumbered) -> PenaltyEvent {
        PenaltyEvent {
            fact: PenaltyFact::PaperNumbered(Box::new(event)),
            effects: None,
        }
    }

    fn rendered(event: PaperRendered) -> PenaltyEvent {
        PenaltyEvent {
            fact: PenaltyFact::PaperRendered(Box::new(event)),
            effects: None,
        }
    }
}
