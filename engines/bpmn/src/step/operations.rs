//! Operations that move no token: 转办, 委托, 抄送, 催办, 挂起, 恢复. Each records who and why.

use super::event::{How, Note};
use super::state::{Sub, Variables};
use super::{Doer, Event, Refusal, Run, Stimulus, Target};
use crate::model::Id;

impl Run<'_> {
    pub(super) fn operate(&mut self, operation: &Stimulus) -> Result<(), Refusal> {
        match operation {
            Stimulus::Transfer { target, to, doer } => {
                let id = self.held_task(target)?;
                self.note_on(id, How::Transferred, vec![to.clone()], doer)
            }
            Stimulus::Delegate { target, to, doer } => {
                let id = self.held_task(target)?;
                if self.owner(id).is_some() {
                    let (_, node) = self.node_of(id)?;
                    return Err(Refusal::at(
                        node,
                        "already_delegated",
                        "已经委托他人，交回后才能再委托。",
                    ));
                }
                self.note_on(id, How::Delegated, vec![to.clone()], doer)
            }
            Stimulus::HandBack { target, doer } => {
                let id = self.held_task(target)?;
                let Some(owner) = self.owner(id).map(str::to_owned) else {
                    let (_, node) = self.node_of(id)?;
                    return Err(Refusal::at(node, "not_delegated", "没有委托，不用交回。"));
                };
                self.note_on(id, How::HandedBack, vec![owner], doer)
            }
            Stimulus::Release { target, doer } => self.release(target, doer),
            Stimulus::Copy { target, to, doer } => {
                let id = self.held_task(target)?;
                self.note_on(id, How::Copied, to.clone(), doer)
            }
            Stimulus::Urge { target, doer } => {
                let id = self.held_task(target)?;
                self.note_on(id, How::Urged, Vec::new(), doer)
            }
            Stimulus::Suspend { target, doer } => self.suspend(target.as_ref(), doer),
            Stimulus::Resume { target, doer } => self.resume(target.as_ref(), doer),
            _ => Err(Refusal::plain("unknown_stimulus", "不认识这种操作。")),
        }
    }

    /// A task that someone works on.
    pub(super) fn held_task(&self, target: &Target) -> Result<u32, Refusal> {
        let id = self.open_task(target)?;
        let (_, node) = self.node_of(id)?;
        match self.is_task(&node.id) {
            true => Ok(id),
            false => Err(Refusal::at(node, "not_a_task", "不是任务，没有办理人。")),
        }
    }

    /// Also of a suspended task: who is gone can't resume it.
    fn release(&mut self, target: &Target, doer: &Doer) -> Result<(), Refusal> {
        let held = self.state.instances.iter().find(|instance| match target {
            Target::Instance(id) => instance.id == *id,
            Target::Element { id, number } => {
                instance.element == *id.as_str() && number.is_none_or(|n| n == instance.number)
            }
        });
        let Some(id) = held.map(|instance| instance.id) else {
            return Err(Refusal::plain("not_open", "这一环节已不在等待办理，可能已由他人办完。"));
        };
        let (_, node) = self.node_of(id)?;
        match self.state.holder(id) {
            Some(_) => self.note_on(id, How::Released, Vec::new(), doer),
            None => Err(Refusal::at(node, "not_held", "没有专门的办理人。")),
        }
    }

    fn owner(&self, id: u32) -> Option<&str> {
        self.state.instance(id)?.hold.as_ref()?.owner.as_deref()
    }

    pub(super) fn note_on(&mut self, id: u32, how: How, to: Vec<String>, doer: &Doer) -> Result<(), Refusal> {
        let (_, node) = self.node_of(id)?;
        self.note(id, node.id.clone(), how, to, doer);
        Ok(())
    }

    pub(super) fn note(&mut self, instance: u32, element: Id, how: How, to: Vec<String>, doer: &Doer) {
        self.note_with(instance, element, how, to, doer, Variables::new());
    }

    pub(super) fn note_with(
        &mut self,
        instance: u32,
        element: Id,
        how: How,
        to: Vec<String>,
        doer: &Doer,
        vars: Variables,
    ) {
        self.emit(Event::Noted(Box::new(Note {
            instance,
            element,
            how,
            to,
            by: doer.by.clone(),
            reason: doer.reason.clone(),
            at: self.at,
            vars,
        })));
    }

    fn suspend(&mut self, target: Option<&Target>, doer: &Doer) -> Result<(), Refusal> {
        match target {
            Some(target) => {
                let id = self.held_task(target)?;
                self.note_on(id, How::Suspended, Vec::new(), doer)
            }
            None => {
                let process = self.state.process.clone().unwrap_or_else(|| "".into());
                self.note(0, process, How::Suspended, Vec::new(), doer);
                Ok(())
            }
        }
    }

    fn resume(&mut self, target: Option<&Target>, doer: &Doer) -> Result<(), Refusal> {
        let Some(target) = target else {
            let Some(since) = self.state.suspended else {
                return Err(Refusal::plain("not_suspended", "流程没有挂起。"));
            };
            let process = self.state.process.clone().unwrap_or_else(|| "".into());
            self.note(0, process, How::Resumed, Vec::new(), doer);
            self.put_off(since, None);
            return Ok(());
        };
        let suspended = self.state.instances.iter().find(|instance| match target {
            Target::Instance(id) => instance.id == *id,
            Target::Element { id, number } => {
                instance.element == *id.as_str()
                    && self.state.is_held(instance)
                    && number.is_none_or(|n| n == instance.number)
            }
        });
        let since = suspended.and_then(|i| Some((i.id, i.hold.as_ref()?.suspended?)));
        let Some((id, since)) = since else {
            return Err(Refusal::plain("not_suspended", "这一环节没有挂起。"));
        };
        self.note_on(id, How::Resumed, Vec::new(), doer)?;
        self.put_off(since, Some(id));
        Ok(())
    }

    /// Timers stood still meanwhile: they are due so much later.
    fn put_off(&mut self, since: i64, owner: Option<u32>) {
        let stood = self.at.saturating_sub(since).max(0);
        let own = |sub: &&Sub| owner.is_none_or(|owner| sub.owner == owner) && sub.due.is_some();
        let subs: Vec<Sub> = self.state.subs.iter().filter(own).cloned().collect();
        for sub in subs {
            let due = sub.due.map(|due| due.saturating_add(stood));
            self.emit(Event::Changed(Sub { due, ..sub }));
        }
    }
}
