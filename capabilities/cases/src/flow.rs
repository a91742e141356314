//! The seam to the flow engine: which task is open, what completing it leads to. Law is not asked here.

mod called;
mod migrated;
mod past;
mod rules;

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use mingjing_bpmn::casework::main_process;
use mingjing_bpmn::model::{self, Limit, LimitUnit as StepUnit, Model};
use mingjing_bpmn::step::{self, Doer, Earlier, Instance, Role, State, Stimulus, Target};
use mingjing_calendar::{Calendar, LimitUnit, Period};
use mingjing_catalogue::public::DecisionFile;
use mingjing_chronicle::{Context, Refusal};
use serde_json::{Map, Value as Json};

use self::rules::CaseRules;
use crate::decide::Setting;
use crate::events::{OpenStep, StepNamed};
use crate::matter::Matter;

pub(crate) use migrated::{Charts, Judged, history};
pub use mingjing_bpmn::step::{EarlierEvent, Event as FlowEvent};
pub(crate) use past::overlay;

/// A flow that was checked when it was confirmed, ready to run.
#[derive(Debug, Clone)]
pub struct Flow {
    model: Arc<Model>,
    /// As it was pinned with the item: what it is called in every event of its cases.
    hash: Arc<str>,
    process: Arc<str>,
}

/// Where a case stands in its flow. Cases begun before today's engine stand where the earlier core left them until
/// somebody acts; then the act's events take them over.
#[derive(Debug, Clone, Default)]
pub struct FlowState {
    now: State,
    earlier: Option<Arc<Earlier>>,
}

impl FlowState {
    pub(crate) fn apply(&mut self, event: &FlowEvent) {
        if matches!(event, FlowEvent::Begun { .. }) {
            self.earlier = None;
        }
        self.now.apply(event);
    }

    pub(crate) fn apply_earlier(&mut self, event: &EarlierEvent) {
        Arc::make_mut(self.earlier.get_or_insert_default()).apply(event);
    }

    /// When the earliest timer is due; suspended ones stand still. The earlier core had none.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let due = self.now.next_due().filter(|_| self.earlier.is_none())?;
        Timestamp::from_microsecond(due).ok()
    }

    pub(crate) fn ended(&self) -> bool {
        match &self.earlier {
            Some(earlier) => earlier.ended(),
            None => self.now.end().is_some(),
        }
    }
}

/// What a step of the flow may ask beside the flow: the time, the calendar, and the facts of the case.
struct Surroundings<'a> {
    context: &'a Context,
    facts: &'a dyn Fn() -> Map<String, Json>,
    decisions: &'a [DecisionFile],
}

impl Flow {
    /// `hash`: of the flow as it was pinned.
    ///
    /// # Errors
    /// `cases.flow.unreadable` if the flow of the item version cannot be run.
    pub fn read(hash: &str, xml: &str) -> Result<Flow, Refusal> {
        let unreadable = || {
            Refusal::law("cases.flow.unreadable", "该事项登记的办理流程无法运行，暂不能办理。")
                .advice("请联系法制机构核对事项目录中的流程。")
        };
        let model = model::read(xml).map_err(|_| unreadable())?;
        let process = main_process(&model).ok_or_else(unreadable)?;
        let process = model.node(process).id.as_str().into();
        Ok(Flow {
            model: Arc::new(model),
            hash: hash.into(),
            process,
        })
    }

    pub fn hash(&self) -> &str {
        &self.hash
    }

    pub fn model(&self) -> &Model {
        &self.model
    }

    fn step(
        &self,
        state: &FlowState,
        stimulus: &Stimulus,
        around: &Surroundings<'_>,
    ) -> Result<Vec<FlowEvent>, Refusal> {
        let at = around.context.at.as_microsecond();
        let (mut events, from) = self.taken_over(state, at)?;
        let rules = CaseRules {
            calendar: &around.context.calendar,
            facts: around.facts,
            decisions: around.decisions,
        };
        events.extend(step::step(&self.model, &from, stimulus, at, &rules).map_err(refused)?);
        Ok(events)
    }

    /// The state of today's engine, and the events that bring a case of the earlier core to it.
    fn taken_over<'a>(&self, state: &'a FlowState, at: i64) -> Result<(Vec<FlowEvent>, Cow<'a, State>), Refusal> {
        let Some(earlier) = &state.earlier else {
            return Ok((Vec::new(), Cow::Borrowed(&state.now)));
        };
        let events = earlier.taken_over(&self.model, at).map_err(refused)?;
        let mut taken_over = State::default();
        events.iter().for_each(|event| taken_over.apply(event));
        Ok((events, Cow::Owned(taken_over)))
    }

    /// The open tasks of this state; those that were open before keep their day. `moved`: what the act did in the flow.
    pub fn open_steps(
        &self,
        state: &FlowState,
        before: &[OpenStep],
        moved: &[FlowEvent],
        context: &Context,
    ) -> Vec<OpenStep> {
        // Nobody has moved it since the earlier core did.
        if state.earlier.is_some() {
            return before.to_vec();
        }
        let signed = signed_now(before, moved);
        let open = state.now.instances().iter();
        open.filter_map(|instance| {
            let mut step = self.open_step(instance, before, context)?;
            let holder = state.now.holder(instance.id).map(str::to_owned);
            if step.holder != holder {
                step.held_by = None;
            }
            step.holder = holder;
            if !state.now.is_delegated(instance.id) {
                step.lent = None;
            }
            step.suspended = state.now.is_held(instance);
            if instance.role == Role::Iteration {
                let of_task = before.iter().filter(|known| known.task == step.task);
                step.signed = of_task
                    .max_by_key(|known| known.signed.len())
                    .map_or(Vec::new(), |known| known.signed.clone());
                if signed.contains(&step.task.as_str()) {
                    step.signed.push(context.actor.account.clone());
                }
            }
            Some(step)
        })
        .collect()
    }

    fn open_step(&self, instance: &Instance, before: &[OpenStep], context: &Context) -> Option<OpenStep> {
        if instance.role == Role::Whole {
            return None;
        }
        let task = instance.element.as_str();
        let several = !matches!(instance.role, Role::Plain);
        let number = several.then_some(instance.id);
        if let Some(kept) = before.iter().find(|step| step.task == task && step.instance == number) {
            return Some(kept.clone());
        }
        let Some(work) = self.model.work(task) else {
            return self.open_call(instance, before, context);
        };
        Some(OpenStep {
            task: task.to_owned(),
            name: work.name.clone(),
            kind: work.act.clone().unwrap_or_default(),
            role: work.posts.first().cloned().unwrap_or_default(),
            since: context.today,
            due: step_due(work.limit.as_ref(), context.today, &context.calendar),
            instance: number,
            holder: None,
            signed: Vec::new(),
            signer: matches!(instance.role, Role::Signer { .. }),
            suspended: false,
            held_by: None,
            lent: None,
            urged: None,
            asked: None,
        })
    }

    /// What a task of the chart is called, and what it is in law.
    pub fn named(&self, task: &str) -> Option<StepNamed> {
        let work = self.model.work(task)?;
        Some(StepNamed {
            task: task.to_owned(),
            name: work.name.clone(),
            kind: work.act.clone().unwrap_or_default(),
        })
    }

    /// The holder's own instance of a step: by its element alone an added signer's would be as good.
    pub(crate) fn target<M: Matter>(&self, case: &M, step: &OpenStep) -> Target {
        let found = step.instance.or_else(|| {
            let (_, state) = self.taken_over(case.flow(), 0).ok()?;
            let mut plain = state.instances().iter().filter(|open| open.role == Role::Plain);
            plain.find(|open| open.element == *step.task).map(|open| open.id)
        });
        found.map_or_else(|| Target::element(&step.task), Target::Instance)
    }

    /// Steps done before an open one on its own way, the last first.
    pub(crate) fn earlier_steps<M: Matter>(&self, case: &M, step: &OpenStep) -> Vec<StepNamed> {
        let Ok(state) = self.taken_over(case.flow(), 0) else {
            return Vec::new();
        };
        let instance = match self.target(case, step) {
            Target::Instance(instance) => Some(instance),
            Target::Element { .. } => None,
        };
        let earlier = instance.map_or(Vec::new(), |instance| step::earlier_acts(&state.1, instance));
        earlier.iter().filter_map(|task| self.named(task.as_str())).collect()
    }
}

impl Setting<'_> {
    /// `facts`: what the first event of the case will hold, for conditions that come at once.
    ///
    /// # Errors
    /// `cases.flow.*` if the flow does not start.
    pub(crate) fn start_flow(&self, facts: &dyn Fn() -> Map<String, Json>) -> Result<Vec<FlowEvent>, Refusal> {
        let start = Stimulus::Start {
            process: self.flow.process.to_string(),
            vars: Map::new(),
        };
        self.flow.step(&FlowState::default(), &start, &self.around(facts))
    }

    /// Completes the open task of this id.
    ///
    /// # Errors
    /// `cases.flow.*` if the task does not wait or has no such outcome.
    pub(crate) fn complete<M: Matter>(&self, case: &M, task: &str, outcome: &str) -> Result<Vec<FlowEvent>, Refusal> {
        let step = case.steps().iter().find(|step| step.task == task && !step.signer);
        self.complete_step(case, step.ok_or_else(not_waiting)?, Some(outcome))
    }

    /// # Errors
    /// `cases.flow.*` if the step does not wait or has no such outcome.
    pub(crate) fn complete_step<M: Matter>(
        &self,
        case: &M,
        step: &OpenStep,
        outcome: Option<&str>,
    ) -> Result<Vec<FlowEvent>, Refusal> {
        self.complete_knowing(case, case, step, outcome)
    }

    /// As [`Setting::complete_step`]; what follows in the flow goes by the facts of `after`, the case as the act leaves it.
    ///
    /// # Errors
    /// `cases.flow.*` if the step does not wait or has no such outcome.
    pub(crate) fn complete_knowing<M: Matter>(
        &self,
        case: &M,
        after: &M,
        step: &OpenStep,
        outcome: Option<&str>,
    ) -> Result<Vec<FlowEvent>, Refusal> {
        let declared = self
            .flow
            .model
            .work(&step.task)
            .is_some_and(|work| !work.outcomes.is_empty());
        let mut vars = Map::new();
        if let Some(outcome) = outcome.filter(|_| declared) {
            vars.insert("outcome".to_owned(), outcome.into());
        }
        let target = self.flow.target(case, step);
        let facts = || after.facts_for_rules();
        let around = self.around(&facts);
        let (mut events, from) = self.handed_back(case, &target, &around)?;
        let stimulus = Stimulus::Complete { target, vars };
        events.extend(self.flow.step(&from, &stimulus, &around)?);
        Ok(events)
    }

    /// Who was asked to do a step hands it back by doing it.
    fn handed_back<'b, M: Matter>(
        &self,
        case: &'b M,
        target: &Target,
        around: &Surroundings<'_>,
    ) -> Result<(Vec<FlowEvent>, Cow<'b, FlowState>), Refusal> {
        let delegated = match target {
            Target::Instance(id) => case.flow().now.is_delegated(*id),
            Target::Element { .. } => false,
        };
        if !delegated {
            return Ok((Vec::new(), Cow::Borrowed(case.flow())));
        }
        let doer = Doer {
            by: Some(self.context.actor.account.clone()),
            reason: Some("受托办结".to_owned()),
        };
        let target = target.clone();
        let events = self
            .flow
            .step(case.flow(), &Stimulus::HandBack { target, doer }, around)?;
        let mut state = case.flow().clone();
        events.iter().for_each(|event| state.apply(event));
        Ok((events, Cow::Owned(state)))
    }

    /// Fires the timers that are due, the earliest first: when the first was due, and what followed. None where none is; a
    /// timer that the flow cannot fire waits for a person, so that it never stands in the way of an act.
    pub(crate) fn timers_due<M: Matter>(&self, case: &M) -> Option<(Timestamp, Vec<FlowEvent>)> {
        let due = case.flow().next_due().filter(|due| *due <= self.context.at)?;
        Some((due, self.operate(case, &Stimulus::Tick).ok()?))
    }

    /// # Errors
    /// `cases.flow.*` as the engine says.
    pub(crate) fn operate<M: Matter>(&self, case: &M, stimulus: &Stimulus) -> Result<Vec<FlowEvent>, Refusal> {
        let facts = || case.facts_for_rules();
        self.flow.step(case.flow(), stimulus, &self.around(&facts))
    }

    /// Ends the flow from outside: the party withdrew. A flow that has ended stays ended.
    ///
    /// # Errors
    /// `cases.flow.*` if it never started.
    pub(crate) fn terminate<M: Matter>(&self, case: &M) -> Result<Vec<FlowEvent>, Refusal> {
        if case.flow().ended() {
            return Ok(Vec::new());
        }
        let doer = Doer {
            by: Some(self.context.actor.account.clone()),
            reason: None,
        };
        self.flow
            .step(case.flow(), &Stimulus::Terminate { doer }, &self.around(&Map::new))
    }

    fn around<'a>(&'a self, facts: &'a dyn Fn() -> Map<String, Json>) -> Surroundings<'a> {
        Surroundings {
            context: self.context,
            facts,
            decisions: self.decisions,
        }
    }
}

/// Tasks of which one of several signers has just signed.
fn signed_now<'a>(before: &'a [OpenStep], moved: &[FlowEvent]) -> Vec<&'a str> {
    let closed = moved.iter().filter_map(|event| match event {
        FlowEvent::Closed {
            id,
            how: step::Closing::Completed,
        } => Some(*id),
        _ => None,
    });
    let signs = |id: u32| before.iter().find(|step| step.instance == Some(id) && !step.signer);
    closed.filter_map(signs).map(|step| step.task.as_str()).collect()
}

fn refused(refusal: step::Refusal) -> Refusal {
    Refusal::law(format!("cases.flow.{}", refusal.code), refusal.message)
}

/// The body's own limit of a step. Hours are shown on the chart only: a task list counts in days.
fn step_due(limit: Option<&Limit>, from: Date, calendar: &Calendar) -> Option<Date> {
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
