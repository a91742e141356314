//! The seam to the flow engine: which task is open, what completing it leads to. Law is not asked here.

use std::sync::Arc;

use jiff::civil::Date;
use mingjing_bpmn::{LimitUnit as StepUnit, Model, Stimulus, TokenId};
use mingjing_calendar::{Calendar, LimitUnit, Period};
use mingjing_chronicle::Refusal;

use crate::events::OpenStep;

pub use mingjing_bpmn::{FlowEvent, State as FlowState};

/// A flow that was checked when it was confirmed, ready to run.
#[derive(Debug, Clone)]
pub struct Flow {
    model: Arc<Model>,
}

impl Flow {
    /// # Errors
    /// `cases.flow.unreadable` if the flow of the item version cannot be run.
    pub fn read(xml: &str) -> Result<Flow, Refusal> {
        match mingjing_bpmn::read(xml) {
            Ok(model) => Ok(Flow { model: Arc::new(model) }),
            Err(_) => Err(
                Refusal::law("cases.flow.unreadable", "该事项登记的办理流程无法运行，暂不能办理。")
                    .advice("请联系法制机构核对事项目录中的流程。"),
            ),
        }
    }

    pub fn hash(&self) -> &str {
        self.model.hash()
    }

    pub fn model(&self) -> &Model {
        &self.model
    }

    /// # Errors
    /// `cases.flow.*` if the flow does not start.
    pub fn start(&self) -> Result<Vec<FlowEvent>, Refusal> {
        self.step(&FlowState::default(), &Stimulus::Start)
    }

    /// Completes the open task of this id.
    ///
    /// # Errors
    /// `cases.flow.*` if the task does not wait or has no such outcome.
    pub fn complete(&self, state: &FlowState, task: &str, outcome: &str) -> Result<Vec<FlowEvent>, Refusal> {
        let token = state
            .open_tasks()
            .find_map(|(token, at)| (at == task).then_some(token))
            .ok_or_else(not_waiting)?;
        let declared = self.model.task(task).is_some_and(|task| !task.outcomes.is_empty());
        let outcome = declared.then(|| outcome.to_owned());
        self.step(state, &Stimulus::Complete { token, outcome })
    }

    /// Ends the flow from outside: the party withdrew. A flow that has ended stays ended.
    ///
    /// # Errors
    /// `cases.flow.*` if it never started.
    pub fn terminate(&self, state: &FlowState) -> Result<Vec<FlowEvent>, Refusal> {
        if state.ended() {
            return Ok(Vec::new());
        }
        self.step(state, &Stimulus::Terminate)
    }

    fn step(&self, state: &FlowState, stimulus: &Stimulus) -> Result<Vec<FlowEvent>, Refusal> {
        mingjing_bpmn::step(&self.model, state, stimulus)
            .map_err(|error| Refusal::law(format!("cases.flow.{}", error.code()), error.to_string()))
    }

    /// The open tasks of this state; those that were open before keep their day.
    pub fn open_steps(
        &self,
        state: &FlowState,
        before: &[OpenStep],
        today: Date,
        calendar: &Calendar,
    ) -> Vec<OpenStep> {
        let step = |(_, at): (TokenId, &str)| {
            if let Some(kept) = before.iter().find(|step| step.task == at) {
                return Some(kept.clone());
            }
            let task = self.model.task(at)?;
            Some(OpenStep {
                task: task.id.clone(),
                name: task.name.clone(),
                kind: task.act.clone().unwrap_or_default(),
                role: task.posts.first().cloned().unwrap_or_default(),
                since: today,
                due: step_due(task.limit.as_ref(), today, calendar),
            })
        };
        state.open_tasks().filter_map(step).collect()
    }
}

/// The body's own limit of a step. Hours are shown on the chart only: a task list counts in days.
fn step_due(limit: Option<&mingjing_bpmn::Limit>, from: Date, calendar: &Calendar) -> Option<Date> {
    let limit = limit?;
    let unit = match limit.unit() {
        StepUnit::WorkingDay => LimitUnit::WorkingDay,
        StepUnit::CalendarDay => LimitUnit::CalendarDay,
        StepUnit::Month => LimitUnit::Month,
        StepUnit::Hour => return None,
    };
    let period = Period {
        amount: limit.amount,
        unit,
    };
    calendar.due(from, period).ok().map(|due| due.due)
}

fn not_waiting() -> Refusal {
    Refusal::law(
        "cases.flow.token_not_waiting",
        "这一环节已不在等待办理，可能已由他人办完。",
    )
    .advice("请刷新页面查看办件的最新情况。")
}
