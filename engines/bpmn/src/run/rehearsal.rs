//! The loop: an act of the script if it can be done now, else what `auto` does, else the next timer.

use std::cell::RefCell;
use std::collections::VecDeque;

use serde_json::{Map, Value};

use super::trace::Trace;
use super::{Act, Deed, Open, Report, Setting, Status, iso, span};
use crate::model::{Called, Kind, Model, Moment, NodeIx, Place, SubKind, TaskKind};
use crate::step::{self, End, Instance, NoValue, Refusal, Role, Rules, Ruling, State, Stimulus, Target, Variables};

/// Acts, automatic completions and jumps of the clock in one rehearsal.
const MOST_ROUNDS: usize = 20_000;
/// A cycle without end stops here, unless `until` bounds it.
const MOST_ENDLESS: usize = 10;

pub(super) fn rehearse(model: &Model, process: &str, setting: &Setting, rules: &dyn Rules) -> Report {
    let answered = Answered {
        rules,
        answers: RefCell::new(Vec::new()),
    };
    let mut rehearsal = Rehearsal {
        model,
        rules: &answered,
        setting,
        state: State::default(),
        now: setting.start,
        trace: Trace::from(setting.start),
        script: setting.script.iter().collect(),
        endless: 0,
    };
    let start = Stimulus::Start {
        process: process.to_owned(),
        vars: setting.vars.clone(),
    };
    let ended = rehearsal.take(&start).and_then(|()| rehearsal.play());
    rehearsal.report(ended.err())
}

struct Rehearsal<'a> {
    model: &'a Model,
    rules: &'a Answered<'a>,
    setting: &'a Setting,
    state: State,
    now: Moment,
    trace: Trace,
    script: VecDeque<&'a Act>,
    endless: usize,
}

/// Answers of the script go before those of the rules.
struct Answered<'a> {
    rules: &'a dyn Rules,
    answers: RefCell<Vec<(String, bool)>>,
}

impl Rules for Answered<'_> {
    fn evaluate(&self, text: &str, variables: &Variables<'_>) -> Result<Value, NoValue> {
        self.rules.evaluate(text, variables)
    }

    fn decide(&self, decision: &str, variables: &Variables<'_>) -> Result<Ruling, String> {
        self.rules.decide(decision, variables)
    }

    fn working_days(&self, from: Moment, days: u32) -> Option<Moment> {
        self.rules.working_days(from, days)
    }

    fn foreign_condition(&self, element: &str, language: &str, text: &str) -> Option<bool> {
        let answers = self.answers.borrow();
        let own = answers
            .iter()
            .rev()
            .find(|(of, _)| of == element)
            .map(|(_, answer)| *answer);
        own.or_else(|| self.rules.foreign_condition(element, language, text))
    }

    fn foreign_work_is_done(&self) -> bool {
        self.rules.foreign_work_is_done()
    }
}

/// Refusals that time or others' acts may cure.
fn may_come(refusal: &Refusal) -> bool {
    matches!(
        refusal.code,
        "not_open" | "message_not_awaited" | "message_key" | "not_enabled" | "not_done" | "signers_before"
    )
}

impl Rehearsal<'_> {
    fn play(&mut self) -> Result<(), Refusal> {
        for _ in 0..MOST_ROUNDS {
            if !self.round()? {
                return Ok(());
            }
        }
        Err(Refusal::plain("too_many_rounds", "流程一直在重复，已停止。"))
    }

    /// One thing that happens; false if nothing does any more.
    fn round(&mut self) -> Result<bool, Refusal> {
        let Some(act) = self.script.front().copied() else {
            return Ok(self.automatic()? || self.jump()?);
        };
        match &act.deed {
            Deed::Answer { element, value } => {
                self.rules.answers.borrow_mut().push((element.clone(), *value));
                self.script.pop_front();
                Ok(true)
            }
            Deed::Advance(duration) => {
                if self.automatic()? {
                    return Ok(true);
                }
                self.script.pop_front();
                self.advance(duration)
            }
            Deed::Do(stimulus) => {
                if matches!(stimulus, Stimulus::Signal { .. }) && !self.is_heard(stimulus) && self.automatic()? {
                    return Ok(true);
                }
                match self.take(stimulus) {
                    Ok(()) => {
                        self.script.pop_front();
                        Ok(true)
                    }
                    Err(refusal) if may_come(&refusal) && (self.automatic()? || self.jump()?) => Ok(true),
                    Err(refusal) => Err(refusal),
                }
            }
        }
    }

    fn is_heard(&self, signal: &Stimulus) -> bool {
        let events = step::step(self.model, &self.state, signal, self.now, self.rules);
        events.is_ok_and(|events| !events.is_empty())
    }

    fn take(&mut self, stimulus: &Stimulus) -> Result<(), Refusal> {
        let events = step::step(self.model, &self.state, stimulus, self.now, self.rules)?;
        for event in &events {
            self.state.apply(event);
        }
        self.trace.add(self.model, self.now, &events);
        Ok(())
    }

    /// Completes the first waiting task in document order that the script leaves to it.
    fn automatic(&mut self) -> Result<bool, Refusal> {
        if !self.setting.auto || self.state.is_suspended() {
            return Ok(false);
        }
        let waiting = self.state.instances().iter().filter(|i| self.is_for_someone(i));
        let Some((_, id)) = waiting
            .filter_map(|i| Some((self.model.find(i.element.as_str())?, i.id)))
            .min()
        else {
            return self.begin_next();
        };
        let target = Target::Instance(id);
        let vars = self.outcome_for(id);
        self.take(&Stimulus::Complete { target, vars })?;
        Ok(true)
    }

    fn begin_next(&mut self) -> Result<bool, Refusal> {
        let spoken_of = |element: &str| self.script.iter().any(|act| act.about.as_deref() == Some(element));
        let next = step::not_performed(self.model, &self.state);
        let Some(element) = next.into_iter().find(|id| !spoken_of(id.as_str())) else {
            return Ok(false);
        };
        let element = element.to_string();
        self.take(&Stimulus::Begin { element })?;
        Ok(true)
    }

    fn is_for_someone(&self, instance: &Instance) -> bool {
        let element = instance.element.as_str();
        let Some(ix) = self.model.find(element) else {
            return false;
        };
        let task = match &self.model.node(ix).kind {
            Kind::Task(task) => task,
            Kind::Call(Called::Global(_, task)) => task,
            _ => return false,
        };
        let kind = matches!(task, TaskKind::User | TaskKind::Manual | TaskKind::Receive { .. });
        let has_signers = self.state.instances().iter().any(|inner| inner.parent == instance.id);
        let left = !self.script.iter().any(|act| act.about.as_deref() == Some(element));
        kind && instance.role != Role::Whole && !has_signers && !self.state.is_held(instance) && left
    }

    /// The first outcome that is not negative, where outcomes are declared.
    fn outcome_for(&self, id: u32) -> Map<String, Value> {
        let element = self
            .state
            .instance(id)
            .and_then(|i| self.model.find(i.element.as_str()));
        let work = element.and_then(|ix| self.model.node(ix).activity.as_ref()?.work.as_ref());
        let outcomes = work.map_or(&[][..], |work| &work.outcomes);
        let chosen = outcomes.iter().find(|outcome| !outcome.negative).or(outcomes.first());
        let named = chosen.map(|outcome| ("outcome".to_owned(), Value::String(outcome.id.clone())));
        named.into_iter().collect()
    }

    fn advance(&mut self, duration: &str) -> Result<bool, Refusal> {
        let Some(by) = span(self.now, duration) else {
            let text = format!("“{duration}”不是ISO 8601的时长。");
            return Err(Refusal::plain("bad_duration", text));
        };
        let until = self.now + by;
        for _ in 0..MOST_ROUNDS {
            match self.state.next_due().filter(|due| *due <= until) {
                Some(due) => self.tick_at(due)?,
                None => {
                    self.now = until;
                    return Ok(true);
                }
            }
            while self.automatic()? {}
        }
        Err(Refusal::plain("too_many_rounds", "流程一直在重复，已停止。"))
    }

    fn tick_at(&mut self, due: Moment) -> Result<(), Refusal> {
        self.now = self.now.max(due);
        self.take(&Stimulus::Tick)
    }

    /// Nothing else can move: the clock jumps to the next timer.
    fn jump(&mut self) -> Result<bool, Refusal> {
        let Some(due) = self.state.next_due() else {
            return Ok(false);
        };
        if self.setting.until.is_some_and(|until| due > self.setting.start + until) {
            return Ok(false);
        }
        let sub = self.state.subscriptions().iter().find(|sub| sub.due == Some(due));
        let endless = sub.is_some_and(|sub| sub.left.is_none() && self.is_cycle(sub));
        if endless && self.setting.until.is_none() {
            // Whatever waits only for a process to begin once more has ended.
            let idle = self.state.instances().is_empty() && self.state.end().is_some();
            if idle || self.endless == MOST_ENDLESS {
                return Ok(false);
            }
            self.endless += 1;
        }
        self.tick_at(due)?;
        Ok(true)
    }

    fn is_cycle(&self, sub: &step::Sub) -> bool {
        let node = self.model.find(sub.element.as_str()).map(|ix| self.model.node(ix));
        let event = node.and_then(|node| node.event());
        let trigger = event.and_then(|event| event.triggers.get(sub.trigger as usize));
        matches!(trigger, Some(crate::model::Trigger::Timer(rule)) if rule.kind == crate::model::TimerKind::Cycle)
    }

    fn report(self, refusal: Option<Refusal>) -> Report {
        let end = self.state.end();
        let failed = |element: &crate::model::Id, code: &str| {
            let node = self.model.find(element.as_str()).map(|ix| self.model.node(ix).label());
            format!("“{}”抛出的错误“{code}”没有人处理。", node.unwrap_or(element.as_str()))
        };
        let (status, reason) = match (&refusal, end) {
            (Some(refusal), _) => (Status::Refused, Some(refusal.message.clone())),
            (None, Some(End::Completed)) => (Status::Completed, None),
            (None, Some(End::Terminated)) => (Status::Terminated, Some("流程被终止。".to_owned())),
            (None, Some(End::Failed { element, code })) => (Status::Failed, Some(failed(element, code))),
            (None, None) => (Status::Waiting, None),
        };
        Report {
            status,
            reason,
            code: refusal.as_ref().map(|refusal| refusal.code.to_owned()),
            element: refusal.and_then(|refusal| refusal.element),
            open: self.open(),
            vars: self.state.variables().clone(),
            to_next_timer: self.state.next_due().map(|due| iso((due - self.now).max(0))),
            trace: self.trace.lines,
        }
    }

    fn open(&self) -> Vec<Open> {
        let since = |moment: Moment| iso(moment - self.setting.start);
        let resting = self.state.instances().iter().filter(|instance| self.rests(instance));
        let mut open: Vec<(NodeIx, Open)> = resting
            .filter_map(|instance| {
                let ix = self.model.find(instance.element.as_str())?;
                Some((
                    ix,
                    Open {
                        element: instance.element.to_string(),
                        since: since(instance.since),
                        instance: instance.number,
                    },
                ))
            })
            .collect();
        open.sort_by_key(|(ix, open)| (*ix, open.instance));
        let mut open: Vec<Open> = open.into_iter().map(|(_, open)| open).collect();
        let at_rest = |element: &str, open: &mut Vec<Open>| {
            open.push(Open {
                element: element.to_owned(),
                since: since(self.setting.start),
                instance: 0,
            });
        };
        // Stuck before a join: say where.
        if open.is_empty() {
            for wait in self.state.waits() {
                at_rest(wait.element.as_str(), &mut open);
            }
        }
        if self.state.instances().is_empty() && self.state.end().is_none() {
            for sub in self.state.subscriptions() {
                at_rest(sub.element.as_str(), &mut open);
            }
        }
        open.dedup();
        open
    }

    /// Waits itself, not for what it holds.
    fn rests(&self, instance: &Instance) -> bool {
        let Some(ix) = self.model.find(instance.element.as_str()) else {
            return false;
        };
        let holds = self.state.instances().iter().any(|inner| inner.parent == instance.id);
        match &self.model.node(ix).kind {
            Kind::Process { .. } => false,
            Kind::Sub(SubKind::AdHoc) => !holds && instance.role != Role::Whole,
            Kind::Sub(_) => false,
            Kind::Call(Called::Process(_)) => false,
            Kind::Event(event) => event.place == Place::Catch,
            _ => instance.role != Role::Whole,
        }
    }
}
