//! What the aggregates of all procedures have in common: the machinery (flow, clocks, papers, numbers, timers) works on
//! this and knows no procedure.

use std::sync::Arc;

use jiff::civil::Date;
use mingjing_catalogue::public::{Answers, SITUATION_PREFIX as PREFIX};
use mingjing_chronicle::Aggregate;
use mingjing_codes::PowerType;
use serde_json::{Map, Value as Json};

use crate::case::{Case, Paper, RenderedPaper};
use crate::clock::{self, CaseClock};
use crate::events::{
    CaseEvent, CaseMoved, CaseState, Effects, FlowMoved, OpenStep, PaperNumbered, PaperRendered, PinnedItem,
};
use crate::flow::FlowState;
use crate::number::Procedure;

pub(crate) trait Matter: Aggregate + Clone {
    type State: Copy + Default;
    /// The class of its events in the envelope.
    const CLASS: &'static str;

    /// The class of this case's events.
    fn class(&self) -> &'static str {
        Self::CLASS
    }

    fn item(&self) -> Option<&PinnedItem>;
    fn steps(&self) -> &[OpenStep];
    fn place_at(&mut self, steps: Vec<OpenStep>) {
        *self.left_behind().steps = steps;
    }
    fn flow(&self) -> &FlowState;
    fn papers(&self) -> &[Paper];
    /// Where it stands, from its facts alone.
    fn state_in_law(&self) -> Self::State;
    fn follow_event(&mut self, event: &Self::Event, happened_on: Date);

    fn effects(event: &Self::Event) -> Option<&Effects<Self::State>>;
    fn effects_mut(event: &mut Self::Event) -> Option<&mut Effects<Self::State>>;
    fn moved(moved: FlowMoved, effects: Effects<Self::State>) -> Self::Event;
    /// Of an event that took the case to another chart.
    fn moved_by(event: &Self::Event) -> Option<&FlowMoved>;
    fn numbered(event: PaperNumbered) -> Self::Event;
    fn rendered(event: PaperRendered) -> Self::Event;

    /// Migrations to charts of other versions, oldest first.
    fn moves(&self) -> &[Arc<FlowMoved>];

    /// The version whose chart it runs on; of everything else the pinned one counts.
    fn flow_version(&self) -> Option<i32> {
        let moved = self.moves().last().map(|moved| moved.to_version);
        moved.or_else(|| self.item().map(|item| item.version))
    }

    /// Names that conditions of a flow may use beside outcomes.
    fn facts_for_rules(&self) -> Map<String, Json> {
        Map::new()
    }

    /// What acts leave behind in every case.
    fn left_behind(&mut self) -> LeftBehind<'_, Self::State>;

    /// It runs along a process that another case's chart called, and gives its result back there.
    fn answers_another(&self) -> bool {
        false
    }

    fn handled_by(&self) -> &str {
        self.item().map_or("", |item| item.body.as_str())
    }

    fn paper_of(&self, paper_id: &str) -> Option<&Paper> {
        self.papers().iter().find(|paper| paper.order.paper_id == paper_id)
    }
}

/// What acts leave behind in every case, to be folded in: each event holds it as a result, so that nothing is worked out
/// here.
pub(crate) struct LeftBehind<'a, S> {
    pub(crate) state: &'a mut S,
    pub(crate) steps: &'a mut Vec<OpenStep>,
    pub(crate) flow: &'a mut FlowState,
    pub(crate) clocks: &'a mut Vec<CaseClock>,
    pub(crate) papers: &'a mut Vec<Paper>,
}

impl<S: Copy> LeftBehind<'_, S> {
    pub(crate) fn follow(self, effects: &Effects<S>) {
        for change in &effects.clocks {
            clock::apply(self.clocks, change);
        }
        for event in &effects.earlier {
            self.flow.apply_earlier(event);
        }
        for event in &effects.flow {
            self.flow.apply(event);
        }
        self.papers.extend(effects.papers.iter().map(|order| Paper {
            order: Arc::new(order.clone()),
            paper_no: None,
            rendered: None,
        }));
        *self.state = effects.state;
        self.steps.clone_from(&effects.steps);
    }

    pub(crate) fn number(self, event: &PaperNumbered) {
        if let Some(paper) = find(self.papers, &event.paper_id) {
            paper.paper_no = Some(event.paper_no.clone());
        }
    }

    pub(crate) fn render(self, event: &PaperRendered) {
        if let Some(paper) = find(self.papers, &event.paper_id) {
            paper.rendered = Some(RenderedPaper {
                blob: event.blob.clone(),
                sha256: event.sha256.clone(),
                bytes: event.bytes,
            });
        }
    }
}

pub(crate) fn form_facts(form: &Answers) -> Map<String, Json> {
    let answer = |given: &Vec<String>| match &given[..] {
        [one] => Json::from(one.as_str()),
        several => Json::from(several),
    };
    let (mut fields, mut situations) = (Map::new(), Map::new());
    for (field, given) in form {
        match field.strip_prefix(PREFIX) {
            Some(question) => situations.insert(question.to_owned(), answer(given)),
            None => fields.insert(field.clone(), answer(given)),
        };
    }
    let mut facts = Map::from_iter([("form".to_owned(), Json::Object(fields))]);
    if !situations.is_empty() {
        facts.insert("situation".to_owned(), Json::Object(situations));
    }
    facts
}

fn find<'a>(papers: &'a mut [Paper], paper_id: &str) -> Option<&'a mut Paper> {
    papers.iter_mut().find(|paper| paper.order.paper_id == paper_id)
}

impl Matter for Case {
    type State = CaseState;
    const CLASS: &'static str = "permit";

    fn class(&self) -> &'static str {
        match self.power() {
            _ if Case::course(self) == crate::course::Course::Assistance => Procedure::Assistance.key(),
            PowerType::Permit => Self::CLASS,
            _ => Procedure::Matter.key(),
        }
    }

    fn item(&self) -> Option<&PinnedItem> {
        Case::item(self)
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

    fn answers_another(&self) -> bool {
        self.application
            .as_ref()
            .is_some_and(|application| application.lead.is_some())
    }

    /// `form`: what the applicant filled in, by field.
    fn facts_for_rules(&self) -> Map<String, Json> {
        form_facts(&self.form)
    }

    fn state_in_law(&self) -> CaseState {
        self.legal_state()
    }

    fn follow_event(&mut self, event: &CaseEvent, happened_on: Date) {
        self.apply(event, happened_on);
    }

    fn left_behind(&mut self) -> LeftBehind<'_, CaseState> {
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

    fn moved(moved: FlowMoved, effects: Effects) -> CaseEvent {
        CaseEvent::FlowMoved(Box::new(CaseMoved { moved, effects }))
    }

    fn moved_by(event: &CaseEvent) -> Option<&FlowMoved> {
        match event {
            CaseEvent::FlowMoved(event) => Some(&event.moved),
            _ => None,
        }
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
