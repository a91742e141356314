//! 加签 and 减签. Signers before and beside are open with the holder; those after come when he has signed.
//!
//! In a multi-instance a signer beside is one more instance; before and after belong to the instance they were added to.

use super::event::How;
use super::state::{Count, Role, Variables};
use super::stimulus::When;
use super::{Closing, Doer, Event, Move, Refusal, Run, Target};
use crate::model::{Kind, NodeIx, Repeat, TaskKind};
use serde_json::Value as Json;

const MOST_SIGNERS: usize = 200;

impl Run<'_> {
    pub(super) fn add_signers(
        &mut self,
        target: &Target,
        who: &[String],
        when: When,
        doer: &Doer,
    ) -> Result<(), Refusal> {
        let id = self.held_task(target)?;
        let (ix, node) = self.node_of(id)?;
        let Some(instance) = self.state.instance(id).cloned() else {
            return Ok(());
        };
        // A message would finish it over the signers' heads.
        if matches!(node.kind, Kind::Task(TaskKind::Receive { .. })) {
            return Err(Refusal::at(node, "nobody_signs", "等的是消息，没有人签，不能加签。"));
        }
        if who.is_empty() || who.len() > MOST_SIGNERS {
            let text = format!("加签应写明1至{MOST_SIGNERS}人。");
            return Err(Refusal::at(node, "signers", text));
        }
        if matches!(instance.role, Role::Signer { .. }) {
            return Err(Refusal::at(node, "signer_adds_signer", "：加签的人不能再加签。"));
        }
        match when {
            When::After => self.note_on(id, How::SignAfter, who.to_vec(), doer),
            When::Beside if instance.role == Role::Iteration => {
                self.note_on(id, How::SignBeside, who.to_vec(), doer)?;
                self.more_iterations(instance.parent, who)
            }
            When::Before | When::Beside => {
                let before = when == When::Before;
                let how = if before { How::SignBefore } else { How::SignBeside };
                self.note_on(id, how, who.to_vec(), doer)?;
                for who in who {
                    self.open_signer(id, ix, who, before, instance.after)?;
                }
                Ok(())
            }
        }
    }

    fn open_signer(&mut self, task: u32, ix: NodeIx, who: &str, before: bool, after: u32) -> Result<(), Refusal> {
        let id = self.open(ix, task, Role::Signer { before }, 0, Variables::new(), after)?;
        let element = self.model.node(ix).id.clone();
        self.note(id, element, How::Transferred, vec![who.to_owned()], &Doer::default());
        Ok(())
    }

    fn more_iterations(&mut self, whole: u32, who: &[String]) -> Result<(), Refusal> {
        let (_, node) = self.node_of(whole)?;
        let Repeat::Multi(multi) = &self.activity(node).repeat else {
            return Err(Refusal::at(node, "not_multi", "不是会签，不能并加签。"));
        };
        let mut count: Count = self
            .state
            .instance(whole)
            .and_then(|i| i.count.as_deref().cloned())
            .unwrap_or_default();
        let total = count.total.unwrap_or(count.started);
        if total as usize + who.len() > 10_000 {
            return Err(Refusal::at(node, "too_many_instances", "的会签人数超过上限。"));
        }
        if multi.collection.is_some() {
            count.items.extend(who.iter().map(|who| Json::String(who.clone())));
        }
        count.total = Some(total + who.len() as u32);
        self.emit(Event::Counted {
            id: whole,
            count: Box::new(count),
        });
        if !multi.sequential {
            for more in 0..who.len() as u32 {
                self.queue.push_back(Move::Iterate {
                    whole,
                    index: total + more,
                });
            }
        }
        Ok(())
    }

    pub(super) fn has_signers(&self, id: u32) -> bool {
        let mut inner = self.state.instances.iter().filter(|i| i.parent == id);
        inner.any(|instance| matches!(instance.role, Role::Signer { .. }))
    }

    /// A person has done the task.
    pub(super) fn finish_work(&mut self, id: u32, ix: NodeIx, vars: Variables) -> Result<(), Refusal> {
        let node = self.model.node(ix);
        let Some(instance) = self.state.instance(id).cloned() else {
            return Ok(());
        };
        if matches!(instance.role, Role::Signer { .. }) {
            self.spread(
                instance.parent,
                vars.into_iter().filter(|(name, _)| name != "outcome").collect(),
            );
            self.emit(Event::Closed {
                id,
                how: Closing::Completed,
            });
            return self.signer_done(instance.parent);
        }
        let open = |before: bool| {
            let mut inner = self.state.instances.iter().filter(|i| i.parent == id);
            inner.any(|i| i.role == Role::Signer { before })
        };
        let hold = instance.hold.as_deref();
        if hold.is_some_and(|hold| hold.signed.is_some()) {
            return Err(Refusal::at(node, "already_signed", "已经签过，正等加签的人。"));
        }
        if hold.is_some_and(|hold| hold.owner.is_some()) {
            return Err(Refusal::at(node, "delegated", "已委托他人办理，交回后才能办结。"));
        }
        if open(true) {
            return Err(Refusal::at(node, "signers_before", "还有前加签的人没有签。"));
        }
        let beside = open(false);
        if !beside && hold.is_none_or(|hold| hold.after.is_empty()) {
            return self.finish_activity(id, ix, vars);
        }
        self.note_with(id, node.id.clone(), How::Signed, Vec::new(), &Doer::default(), vars);
        if beside {
            return Ok(());
        }
        self.signer_done(id)
    }

    /// A signer has signed or was removed: is it the holder's turn to be done?
    pub(super) fn signer_done(&mut self, task: u32) -> Result<(), Refusal> {
        let (ix, node) = self.node_of(task)?;
        let Some(instance) = self.state.instance(task).cloned() else {
            return Ok(());
        };
        let Some(hold) = instance.hold.as_deref() else {
            return Ok(());
        };
        let (Some(signed), false) = (&hold.signed, self.has_signers(task)) else {
            return Ok(());
        };
        match hold.after.first() {
            Some(next) => {
                self.note(
                    task,
                    node.id.clone(),
                    How::SignerTaken,
                    vec![next.clone()],
                    &Doer::default(),
                );
                self.open_signer(task, ix, next, false, instance.after)
            }
            None => self.finish_activity(task, ix, signed.clone()),
        }
    }

    pub(super) fn remove_signers(&mut self, target: &Target, who: &[String], doer: &Doer) -> Result<(), Refusal> {
        let id = self.held_task(target)?;
        let (_, node) = self.node_of(id)?;
        let Some(instance) = self.state.instance(id).cloned() else {
            return Ok(());
        };
        let named: Vec<u32> = self.signers_named(&node.id, who);
        let after = instance
            .hold
            .as_ref()
            .is_some_and(|hold| hold.after.iter().any(|a| who.contains(a)));
        let meant = match (who.is_empty(), &instance.role) {
            (true, Role::Signer { .. } | Role::Iteration) => vec![id],
            (true, _) => Vec::new(),
            (false, _) => named,
        };
        if meant.is_empty() && !after {
            return Err(Refusal::at(node, "no_such_signer", "没有这样的签署人可减。"));
        }
        self.note_on(id, How::SignerRemoved, who.to_vec(), doer)?;
        for id in meant {
            self.remove_signer(id)?;
        }
        Ok(())
    }

    fn signers_named(&self, element: &crate::model::Id, who: &[String]) -> Vec<u32> {
        let open = self.state.instances.iter().filter(|i| i.element == *element);
        let is = |instance: &&super::Instance| {
            let signs = matches!(instance.role, Role::Signer { .. } | Role::Iteration);
            let holder = instance.hold.as_ref().and_then(|hold| hold.who.as_ref());
            let item = || {
                instance
                    .vars
                    .values()
                    .filter_map(Json::as_str)
                    .any(|text| who.iter().any(|w| w == text))
            };
            signs && (holder.is_some_and(|holder| who.contains(holder)) || item())
        };
        open.filter(is).map(|instance| instance.id).collect()
    }

    fn remove_signer(&mut self, id: u32) -> Result<(), Refusal> {
        let Some(instance) = self.state.instance(id).cloned() else {
            return Ok(());
        };
        let (ix, node) = self.node_of(id)?;
        if instance.role != Role::Iteration {
            self.cancel(id, Closing::Cancelled);
            return self.signer_done(instance.parent);
        }
        let whole = instance.parent;
        let mut count: Count = self
            .state
            .instance(whole)
            .and_then(|i| i.count.as_deref().cloned())
            .unwrap_or_default();
        let total = count.total.unwrap_or(count.started);
        if total <= 1 {
            return Err(Refusal::at(node, "last_signer", "至少要留一名签署人。"));
        }
        count.total = Some(total - 1);
        count.terminated += 1;
        let sequential = matches!(&self.activity(self.model.node(ix)).repeat, Repeat::Multi(multi) if multi.sequential);
        // The next one takes the place of the one removed.
        count.started -= 1;
        let next = count.started;
        if (next as usize) < count.items.len() {
            count.items.remove(next as usize);
        }
        let more = sequential && next < total - 1;
        self.emit(Event::Counted {
            id: whole,
            count: Box::new(count),
        });
        self.cancel(id, Closing::Cancelled);
        if more {
            self.queue.push_back(Move::Iterate { whole, index: next });
            return Ok(());
        }
        self.finish_if_empty(whole, None)
    }
}
