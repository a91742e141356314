//! What happens to a running flow from outside.

use serde_json::Value;

use super::state::Variables;
use super::{Refusal, Run};
use crate::model::{Id, Kind, TaskKind};

/// Which open task or event is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Instance(u32),
    /// By element; the number tells several open ones apart, without one the oldest is meant.
    Element {
        id: String,
        number: Option<u32>,
    },
}

/// Who does it, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Doer {
    pub by: Option<String>,
    pub reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Stimulus {
    /// Begins a process; one that only triggers begin listens for them.
    Start {
        process: String,
        vars: Variables,
    },
    /// A task was done, or an ad-hoc activity performed.
    Complete {
        target: Target,
        vars: Variables,
    },
    /// An activity of an ad-hoc sub-process is begun.
    Begin {
        element: String,
    },
    /// A task could not be done.
    Fail {
        target: Target,
        error: String,
        vars: Variables,
    },
    /// A task's work causes an escalation and goes on.
    Escalate {
        target: Target,
        code: String,
    },
    Message {
        name: String,
        key: Option<Value>,
        vars: Variables,
    },
    Signal {
        name: String,
        vars: Variables,
    },
    /// Every timer due by now.
    Tick,
    /// One subscription, whatever it listens for: for provers and simulations.
    Fire {
        sub: u32,
    },
    Assign {
        vars: Variables,
    },
    /// The law ended the case outside the chart.
    Terminate {
        doer: Doer,
    },
    /// 退回
    Return {
        target: Target,
        to: String,
        doer: Doer,
    },
    /// 撤回
    Withdraw {
        element: String,
        doer: Doer,
    },
    /// 转办
    Transfer {
        target: Target,
        to: String,
        doer: Doer,
    },
    /// 委托
    Delegate {
        target: Target,
        to: String,
        doer: Doer,
    },
    /// 委托交回
    HandBack {
        target: Target,
        doer: Doer,
    },
    /// 交回岗位: whoever held it does so no more, and any officer of the post may take it.
    Release {
        target: Target,
        doer: Doer,
    },
    /// 抄送
    Copy {
        target: Target,
        to: Vec<String>,
        doer: Doer,
    },
    /// 催办
    Urge {
        target: Target,
        doer: Doer,
    },
    /// 挂起; without a target the whole.
    Suspend {
        target: Option<Target>,
        doer: Doer,
    },
    /// 恢复
    Resume {
        target: Option<Target>,
        doer: Doer,
    },
    /// 加签
    AddSigners {
        target: Target,
        who: Vec<String>,
        when: When,
        doer: Doer,
    },
    /// 减签; without names the one meant by the target.
    RemoveSigners {
        target: Target,
        who: Vec<String>,
        doer: Doer,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Before,
    Beside,
    After,
}

impl Target {
    pub fn element(id: &str) -> Target {
        Target::Element {
            id: id.to_owned(),
            number: None,
        }
    }
}

impl Run<'_> {
    pub(super) fn take(&mut self, stimulus: &Stimulus) -> Result<(), Refusal> {
        match stimulus {
            Stimulus::Start { process, vars } => return self.start(process, vars.clone()),
            _ if !self.state.begun() => return Err(Refusal::plain("not_started", "流程还没有开始。")),
            _ => {}
        }
        let listens = self.state.subs.iter().any(|sub| sub.owner == 0);
        if self.state.instances.is_empty() && !listens {
            return Err(Refusal::plain("already_ended", "流程已经结束。"));
        }
        if self.state.is_suspended() && !matches!(stimulus, Stimulus::Resume { .. } | Stimulus::Terminate { .. }) {
            return Err(Refusal::plain("suspended", "流程已挂起，恢复后才能继续。"));
        }
        match stimulus {
            Stimulus::Start { .. } => Ok(()),
            Stimulus::Complete { target, vars } => self.complete(target, vars.clone()),
            Stimulus::Begin { element } => self.begin_ad_hoc(element).map(drop),
            Stimulus::Fail { target, error, vars } => self.fail(target, error, vars.clone()),
            Stimulus::Escalate { target, code } => {
                let id = self.open_task(target)?;
                self.escalate_from(id, code)
            }
            Stimulus::Message { name, key, vars } => self.message(name, key.as_ref(), vars),
            Stimulus::Signal { name, vars } => self.signal_from_outside(name, vars),
            Stimulus::Tick => self.tick(),
            Stimulus::Fire { sub } => self.fire(*sub, &Variables::new()),
            Stimulus::Assign { vars } => self.assign_from_outside(vars.clone()),
            Stimulus::Terminate { doer } => self.terminate_all(doer),
            Stimulus::Return { target, to, doer } => self.give_back(target, to, doer),
            Stimulus::Withdraw { element, doer } => self.withdraw(element, doer),
            Stimulus::AddSigners {
                target,
                who,
                when,
                doer,
            } => self.add_signers(target, who, *when, doer),
            Stimulus::RemoveSigners { target, who, doer } => self.remove_signers(target, who, doer),
            operation => self.operate(operation),
        }
    }

    /// An open instance that waits for someone to do it.
    pub(super) fn open_task(&self, target: &Target) -> Result<u32, Refusal> {
        let (id, element) = match target {
            // Nobody works on the whole of a repetition, only on its instances.
            Target::Instance(id) => {
                let one = self.state.instance(*id).filter(|i| i.role != super::Role::Whole);
                (one.map(|i| i.id), None)
            }
            Target::Element { id, number } => (self.pick(id, *number), Some(id)),
        };
        let Some(id) = id else {
            return Err(self.nothing_open(element.map(String::as_str)));
        };
        if self.state.stands_still(id) {
            let (_, node) = self.node_of(id)?;
            return Err(Refusal::at(node, "suspended", "已挂起，恢复后才能办理。"));
        }
        Ok(id)
    }

    fn pick(&self, element: &str, number: Option<u32>) -> Option<u32> {
        let open = || {
            let of = self.state.instances.iter().filter(move |i| i.element == *element);
            of.filter(|i| i.role != super::Role::Whole)
        };
        let first = || open().max_by_key(|i| (turn(i), std::cmp::Reverse(i.id)));
        let found = match number {
            None => first(),
            // Repetitions one after the other may be counted or not.
            Some(number) => open().find(|i| i.number == number).or_else(|| {
                open()
                    .next()
                    .filter(|i| number == 0 && i.index > 0 && open().count() == 1)
            }),
        };
        found.map(|instance| instance.id)
    }

    fn nothing_open(&self, element: Option<&str>) -> Refusal {
        let Some(element) = element else {
            return Refusal::plain("not_open", "这一环节已不在等待办理，可能已由他人办完。");
        };
        match self.model.find(element) {
            Some(ix) => Refusal::at(
                self.model.node(ix),
                "not_open",
                "现在不在等待办理：还没有到，或已经办完。",
            ),
            None => Refusal::named("unknown_element", element, format!("流程图中没有“{element}”。")),
        }
    }

    fn complete(&mut self, target: &Target, vars: Variables) -> Result<(), Refusal> {
        if let Target::Element { id, number } = target
            && self.pick(id, *number).is_none()
            && self.is_enabled(id)
        {
            let begun = self.begin_ad_hoc(id)?;
            return match self.state.instance(begun) {
                Some(_) => self.complete(&Target::Instance(begun), vars),
                None => Ok(()),
            };
        }
        let id = self.open_task(target)?;
        let (ix, node) = self.node_of(id)?;
        let completable = match &node.kind {
            Kind::Task(TaskKind::Receive { .. }) => true,
            Kind::Task(_) | Kind::Call(_) => self.has_no_children(id) || self.has_signers(id),
            Kind::Sub(crate::model::SubKind::AdHoc) => return self.close_ad_hoc(id, vars),
            _ => false,
        };
        if !completable {
            return Err(Refusal::at(node, "not_a_task", "不是等人办理的任务，不能直接办结。"));
        }
        // Who was added to sign gives an opinion; the outcome is the holder's.
        let signer = self.state.instance(id).map(|instance| &instance.role);
        if !matches!(signer, Some(super::Role::Signer { .. })) {
            self.outcome_fits(node, &vars)?;
        }
        self.finish_work(id, ix, vars)
    }

    fn has_no_children(&self, id: u32) -> bool {
        !self.state.instances.iter().any(|instance| instance.parent == id)
    }

    /// Outcomes are declared, and only one of those may be given.
    fn outcome_fits(&self, node: &crate::model::Node, vars: &Variables) -> Result<(), Refusal> {
        let work = node.activity.as_ref().and_then(|activity| activity.work.as_ref());
        let declared = work.map_or(&[][..], |work| &work.outcomes);
        if declared.is_empty() || self.rules.proving() {
            return Ok(());
        }
        match vars.get("outcome").and_then(Value::as_str) {
            None => Err(Refusal::at(node, "outcome_missing", "必须选择办理结果。")),
            Some(given) if declared.iter().any(|outcome| outcome.id == given) => Ok(()),
            Some(given) => Err(Refusal::at(
                node,
                "outcome_unknown",
                format!("没有“{given}”这一办理结果。"),
            )),
        }
    }

    /// Elements that wait for someone, oldest first: tasks, and ad-hoc activities that may be begun.
    pub(super) fn is_task(&self, element: &Id) -> bool {
        let node = self.model.find(element.as_str()).map(|ix| self.model.node(ix));
        node.is_some_and(|node| matches!(node.kind, Kind::Task(_)))
    }
}

/// Whose turn it is: signers before the holder, the holder, signers beside and after him, a holder who has signed.
fn turn(instance: &super::Instance) -> u8 {
    let signed = instance.hold.as_ref().is_some_and(|hold| hold.signed.is_some());
    match instance.role {
        super::Role::Signer { before: true } => 3,
        super::Role::Signer { before: false } => 1,
        _ if signed => 0,
        _ => 2,
    }
}
