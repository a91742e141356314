//! Calls of the chart that other bodies answer: here they wait; each runs as a case of the body that was asked.

use mingjing_bpmn::model::Limit as StepLimit;
use mingjing_bpmn::step::{Instance, Stimulus, Target};
use mingjing_chronicle::{Context, Refusal};
use serde_json::{Map, Value as Json};

use super::{Flow, FlowEvent, FlowState, StepUnit, not_waiting, step_due};
use crate::clock::Limit;
use crate::decide::Setting;
use crate::events::{Answer, Asked, OpenStep};
use crate::matter::Matter;

/// What an open call is in law.
pub(crate) const ASK_OPINION: &str = "ask_opinion";

impl Flow {
    /// Bodies that the chart asks, in the order of the file.
    pub(crate) fn asks(&self) -> Vec<String> {
        let calls = self.model.assisted_calls();
        calls.map(|(_, assistance, _)| assistance.body.clone()).collect()
    }

    /// 许可法 26(2): several bodies deal with it as one.
    pub(crate) fn is_joint(&self) -> bool {
        self.model.assisted_calls().next().is_some()
    }

    pub(super) fn open_call(&self, instance: &Instance, before: &[OpenStep], context: &Context) -> Option<OpenStep> {
        let (id, number) = (instance.element.as_str(), Some(instance.id));
        let assistance = self.model.assistance(id)?;
        if let Some(kept) = before.iter().find(|step| step.task == id && step.instance == number) {
            return Some(kept.clone());
        }
        Some(OpenStep {
            task: id.to_owned(),
            name: self.model.node(self.model.find(id)?).name.clone(),
            kind: ASK_OPINION.to_owned(),
            role: String::new(),
            since: context.today,
            due: step_due(assistance.limit.as_ref(), context.today, &context.calendar),
            instance: number,
            holder: None,
            signed: Vec::new(),
            signer: false,
            suspended: false,
            held_by: None,
            lent: None,
            urged: None,
            asked: Some(Asked {
                body: assistance.body.clone(),
                ..Asked::default()
            }),
        })
    }

    /// The process that a body works through when this call asks it, and how long it has.
    pub(crate) fn called_by(&self, task: &str) -> Option<(String, Limit)> {
        let found = self.model.assisted_calls().find(|(node, ..)| node.id == *task);
        let (_, assistance, process) = found?;
        let limit = assistance.limit.as_ref().and_then(stated)?;
        Some((self.model.node(process).id.to_string(), limit))
    }
}

/// Hours are of steps inside a body; between bodies days are counted.
fn stated(limit: &StepLimit) -> Option<Limit> {
    use mingjing_calendar::LimitUnit;
    Some(Limit {
        amount: limit.amount,
        unit: match limit.unit() {
            StepUnit::WorkingDay => LimitUnit::WorkingDay,
            StepUnit::CalendarDay => LimitUnit::CalendarDay,
            StepUnit::Month => LimitUnit::Month,
            StepUnit::Hour => return None,
        },
        basis: limit
            .basis
            .clone()
            .unwrap_or_else(|| "行政许可法第二十六条第二款".to_owned()),
    })
}

impl Setting<'_> {
    /// # Errors
    /// `cases.flow.*` if the process does not start.
    pub(crate) fn start_called(
        &self,
        process: &str,
        facts: &dyn Fn() -> Map<String, Json>,
    ) -> Result<Vec<FlowEvent>, Refusal> {
        let start = Stimulus::Start {
            process: process.to_owned(),
            vars: Map::new(),
        };
        self.flow.step(&FlowState::default(), &start, &self.around(facts))
    }

    /// An opinion came back: it is the result of the call, for the conditions behind it.
    ///
    /// # Errors
    /// `cases.flow.*` if the call does not wait.
    pub(crate) fn answer_call<M: Matter>(
        &self,
        case: &M,
        step: &OpenStep,
        answer: &Answer,
    ) -> Result<Vec<FlowEvent>, Refusal> {
        let instance = step.instance.ok_or_else(not_waiting)?;
        let vars = Map::from_iter([("outcome".to_owned(), Json::from(answer.outcome.id.as_str()))]);
        let facts = || case.facts_for_rules();
        let stimulus = Stimulus::Complete {
            target: Target::Instance(instance),
            vars,
        };
        self.flow.step(case.flow(), &stimulus, &self.around(&facts))
    }
}
