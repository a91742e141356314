//! Where an instance stands: the fold of its events, and nothing else.
//!
//! Invariants: ids are never used twice; an instance's parent is open as long as it is; subscriptions, waiting tokens
//! and records of an instance go with it. Written as JSON with short names and without what is usual.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Event;
use super::event::{End, How, Note};
use crate::model::{Id, Moment};

pub type Variables = Map<String, Value>;

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct State {
    /// Last id given.
    #[serde(rename = "n", default)]
    pub(crate) last: u32,
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    pub(crate) process: Option<Id>,
    /// Ended, when nothing is open any more.
    #[serde(rename = "x", default, skip_serializing_if = "Option::is_none")]
    pub(crate) end: Option<End>,
    #[serde(rename = "i", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) instances: Vec<Instance>,
    #[serde(rename = "w", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) waits: Vec<Wait>,
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) subs: Vec<Sub>,
    /// Complex gateways between activation and reset.
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) activated: Vec<Activated>,
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) records: Vec<Record>,
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) trail: Vec<TrailStep>,
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) mail: Vec<Mail>,
    /// Given at the start while a trigger is awaited; after the end the last values.
    #[serde(rename = "v", default, skip_serializing_if = "Map::is_empty")]
    pub(crate) vars: Variables,
    #[serde(rename = "z", default, skip_serializing_if = "Option::is_none")]
    pub(crate) suspended: Option<Moment>,
}

/// A process, activity, resting event or event gateway that is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    #[serde(rename = "i")]
    pub id: u32,
    #[serde(rename = "e")]
    pub element: Id,
    /// The scope, or what repeats it; 0: none.
    #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
    pub parent: u32,
    #[serde(rename = "r", default, skip_serializing_if = "Role::is_plain")]
    pub role: Role,
    /// Tells open instances of one element apart, from 0.
    #[serde(rename = "n", default, skip_serializing_if = "is_zero")]
    pub number: u32,
    /// Of a repetition, from 0.
    #[serde(rename = "k", default, skip_serializing_if = "is_zero")]
    pub index: u32,
    #[serde(rename = "s")]
    pub since: Moment,
    /// Last step of the trail before it.
    #[serde(rename = "a", default, skip_serializing_if = "is_zero")]
    pub(crate) after: u32,
    #[serde(rename = "v", default, skip_serializing_if = "Map::is_empty")]
    pub vars: Variables,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<Box<Count>>,
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub(crate) undoing: Option<Box<Undoing>>,
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    pub(crate) hold: Option<Box<Hold>>,
    /// Of a called process: what it was given, so that only changes come back.
    #[serde(rename = "g", default, skip_serializing_if = "Map::is_empty")]
    pub(crate) given: Variables,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Role {
    #[default]
    #[serde(rename = "p")]
    Plain,
    /// Stands for all repetitions.
    #[serde(rename = "w")]
    Whole,
    #[serde(rename = "i")]
    Iteration,
    /// Undoes `undoes` for the compensating instance `by`.
    #[serde(rename = "h")]
    Handler { by: u32, undoes: Id },
    /// A further signer of the task that is its parent; the holder waits for those before him.
    #[serde(rename = "s")]
    Signer { before: bool },
}

impl Role {
    fn is_plain(&self) -> bool {
        *self == Role::Plain
    }
}

/// How far a repetition or an ad-hoc sub-process has come.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Count {
    /// None: unknown beforehand.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
    #[serde(rename = "s", default)]
    pub started: u32,
    #[serde(rename = "d", default)]
    pub done: u32,
    #[serde(rename = "x", default, skip_serializing_if = "is_zero")]
    pub terminated: u32,
    #[serde(rename = "i", default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Value>,
    #[serde(rename = "o", default, skip_serializing_if = "Vec::is_empty")]
    pub results: Vec<Value>,
    #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
    pub performed: Vec<Id>,
}

/// What a compensating event has yet to undo, last first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Undoing {
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    pub todo: Vec<Undo>,
    /// The transaction to leave by its cancel event afterwards.
    #[serde(rename = "c", default, skip_serializing_if = "is_zero")]
    pub cancels: u32,
    /// The token has gone on already.
    #[serde(rename = "g", default, skip_serializing_if = "std::ops::Not::not")]
    pub gone_on: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Undo {
    #[serde(rename = "r")]
    Record(Record),
    /// All inside the sub-process has been undone.
    #[serde(rename = "d")]
    Done(Id),
}

/// Something done that can be undone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    #[serde(rename = "i")]
    pub id: u32,
    #[serde(rename = "s")]
    pub scope: u32,
    #[serde(rename = "e")]
    pub element: Id,
    #[serde(rename = "v", default, skip_serializing_if = "Map::is_empty")]
    pub vars: Variables,
    /// Of a sub-process: what was done in it.
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub inner: Vec<Record>,
}

/// Who holds a task, and what was ordered about it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Hold {
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// Delegated: to whom it returns.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Signers still to come after the holder.
    #[serde(rename = "a", default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// The holder has signed; values wait for the signers after.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Variables>,
    #[serde(rename = "z", default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Moment>,
}

/// A token that rests before a join, or before an activity that wants several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wait {
    #[serde(rename = "s")]
    pub scope: u32,
    #[serde(rename = "e")]
    pub element: Id,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub flow: Option<Id>,
    #[serde(rename = "a", default, skip_serializing_if = "is_zero")]
    pub(crate) after: u32,
}

/// A trigger that is listened for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sub {
    #[serde(rename = "i")]
    pub id: u32,
    /// The instance it belongs to; 0: a process not yet begun.
    #[serde(rename = "o", default, skip_serializing_if = "is_zero")]
    pub owner: u32,
    #[serde(rename = "e")]
    pub element: Id,
    /// Which of the element's triggers.
    #[serde(rename = "t", default, skip_serializing_if = "is_zero")]
    pub trigger: u32,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Moment>,
    /// Times a cycle still fires after the next; none: without end.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u32>,
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Value>,
    /// Of a parallel multiple event: this one has come.
    #[serde(rename = "h", default, skip_serializing_if = "std::ops::Not::not")]
    pub hit: bool,
    /// Of a condition: it held when last looked at.
    #[serde(rename = "b", default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Activated {
    #[serde(rename = "s")]
    pub scope: u32,
    #[serde(rename = "e")]
    pub element: Id,
    /// Flows whose token was taken at activation.
    #[serde(rename = "f")]
    pub flows: Vec<Id>,
}

/// A task done by a person, or a join: what tells which tokens come from what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrailStep {
    #[serde(rename = "n")]
    pub n: u32,
    #[serde(rename = "s")]
    pub scope: u32,
    #[serde(rename = "e")]
    pub element: Id,
    /// Steps before, with the flow by which a token came to a join.
    #[serde(rename = "f")]
    pub from: Vec<(u32, Option<Id>)>,
    /// Values it had before, of a task: nothing.
    #[serde(rename = "j", default, skip_serializing_if = "std::ops::Not::not")]
    pub join: bool,
}

/// A message sent inside the file that nobody has taken yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mail {
    #[serde(rename = "n")]
    pub name: String,
    /// Process it is meant for, if a message flow says so.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Id>,
    #[serde(rename = "b")]
    pub from: u32,
    #[serde(rename = "v", default, skip_serializing_if = "Map::is_empty")]
    pub vars: Variables,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl State {
    /// # Errors
    /// If the bytes are no state.
    pub fn from_json(bytes: &[u8]) -> Result<State, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("maps have text keys and numbers are finite")
    }

    pub fn begun(&self) -> bool {
        self.process.is_some()
    }

    /// How it ended; none while anything is open.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref().filter(|_| self.instances.is_empty())
    }

    pub fn instances(&self) -> &[Instance] {
        &self.instances
    }

    pub fn waits(&self) -> &[Wait] {
        &self.waits
    }

    pub fn subscriptions(&self) -> &[Sub] {
        &self.subs
    }

    pub fn instance(&self, id: u32) -> Option<&Instance> {
        self.instances.iter().find(|instance| instance.id == id)
    }

    pub fn is_suspended(&self) -> bool {
        self.suspended.is_some()
    }

    pub fn is_held(&self, instance: &Instance) -> bool {
        instance.hold.as_ref().is_some_and(|hold| hold.suspended.is_some())
    }

    /// Who holds a task, after transfers and delegations.
    pub fn holder(&self, id: u32) -> Option<&str> {
        self.instance(id)?.hold.as_ref()?.who.as_deref()
    }

    /// Delegated, and not yet handed back.
    pub fn is_delegated(&self, id: u32) -> bool {
        let hold = self.instance(id).and_then(|instance| instance.hold.as_ref());
        hold.is_some_and(|hold| hold.owner.is_some())
    }

    /// Earliest timer. Suspended ones stand still.
    pub fn next_due(&self) -> Option<Moment> {
        if self.suspended.is_some() {
            return None;
        }
        self.subs
            .iter()
            .filter(|sub| !self.stands_still(sub.owner))
            .filter_map(|sub| sub.due)
            .min()
    }

    pub(super) fn stands_still(&self, owner: u32) -> bool {
        let instance = self.instance(owner);
        self.suspended.is_some() || instance.is_some_and(|instance| self.is_held(instance))
    }

    /// Values of the first process: open, or as it ended.
    pub fn variables(&self) -> &Variables {
        let root = self.instances.iter().find(|instance| instance.parent == 0);
        root.map_or(&self.vars, |root| &root.vars)
    }

    pub(super) fn instance_mut(&mut self, id: u32) -> Option<&mut Instance> {
        self.instances.iter_mut().find(|instance| instance.id == id)
    }

    /// Where tokens are, regardless of ids, times and values: for provers.
    pub(crate) fn places(&self) -> Vec<String> {
        let mut places = Vec::with_capacity(self.instances.len() + self.waits.len());
        for instance in &self.instances {
            let count = instance.count.as_deref();
            let count = count.map_or(String::new(), |c| format!("{:?}/{}/{}", c.total, c.started, c.done));
            let listens = self.subs.iter().filter(|sub| sub.owner == instance.id);
            let mut listens: Vec<String> = listens
                .map(|s| format!("{}.{}{}", s.element, s.trigger, s.hit))
                .collect();
            listens.sort_unstable();
            let undoing = instance.undoing.as_ref().map_or(0, |undoing| undoing.todo.len());
            places.push(format!(
                "{} {count} {} {undoing}",
                self.path(instance),
                listens.join(",")
            ));
        }
        places.extend(self.waits.iter().map(|wait| {
            let scope = self
                .instance(wait.scope)
                .map_or_else(String::new, |scope| self.path(scope));
            format!("{scope}~{}~{:?}", wait.element, wait.flow)
        }));
        places.extend(self.records.iter().map(|record| format!("!{}", record.element)));
        places.extend(
            self.activated
                .iter()
                .map(|activated| format!("*{}{:?}", activated.element, activated.flows)),
        );
        places.extend(
            self.subs
                .iter()
                .filter(|sub| sub.owner == 0)
                .map(|sub| format!("?{}", sub.element)),
        );
        if self.end().is_some() {
            places.push("end".to_owned());
        }
        places.sort_unstable();
        places
    }

    /// The same tokens without values, holders and added signers: those come to where the task alone would (`check`
    /// proves that of a chart), and a prover asks no data. What is suspended will be resumed.
    pub(crate) fn for_proof(&self) -> State {
        let mut state = self.clone();
        let signers: Vec<u32> = (state.instances.iter())
            .filter(|instance| matches!(instance.role, Role::Signer { .. }))
            .map(|instance| instance.id)
            .collect();
        signers.into_iter().for_each(|id| state.close(id));
        state.suspended = None;
        state.mail.clear();
        for instance in &mut state.instances {
            instance.hold = None;
            instance.vars.clear();
            instance.given.clear();
            if let Some(count) = &mut instance.count {
                count.items.clear();
                count.results.clear();
            }
        }
        state
    }

    fn path(&self, instance: &Instance) -> String {
        let mut path = String::new();
        let mut at = Some(instance);
        while let Some(instance) = at {
            path.push('/');
            path.push_str(instance.element.as_str());
            path.push_str(&instance.index.to_string());
            at = self.instance(instance.parent);
        }
        path
    }

    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Begun { process, vars } => {
                self.process = Some(process.clone());
                self.vars = vars.clone();
            }
            Event::Started(instance) => {
                self.last = self.last.max(instance.id);
                self.instances.push((**instance).clone());
            }
            Event::Closed { id, .. } => self.close(*id),
            Event::Waits(wait) => self.waits.push(wait.clone()),
            Event::Consumed {
                scope,
                element,
                flow,
                after,
            } => {
                let is = |w: &Wait| w.scope == *scope && w.element == *element && w.flow == *flow;
                let at = self
                    .waits
                    .iter()
                    .position(|w| is(w) && after.is_none_or(|after| w.after == after));
                if let Some(at) = at {
                    self.waits.remove(at);
                }
            }
            Event::Armed(sub) => {
                self.last = self.last.max(sub.id);
                self.subs.push(sub.clone());
            }
            Event::Disarmed { id } => self.subs.retain(|sub| sub.id != *id),
            Event::Changed(sub) => {
                if let Some(known) = self.subs.iter_mut().find(|known| known.id == sub.id) {
                    *known = sub.clone();
                }
            }
            Event::Assigned { scope, vars } => match self.instance_mut(*scope) {
                Some(instance) => instance.vars.extend(vars.clone()),
                None => self.vars.extend(vars.clone()),
            },
            Event::Counted { id, count } => {
                if let Some(instance) = self.instance_mut(*id) {
                    instance.count = Some(count.clone());
                }
            }
            Event::Undoing { id, undoing } => {
                if let Some(instance) = self.instance_mut(*id) {
                    instance.undoing = Some(undoing.clone());
                }
            }
            Event::Activated(activated) => self.activated.push(activated.clone()),
            Event::Reset { scope, element } => {
                self.activated.retain(|a| a.scope != *scope || a.element != *element);
            }
            Event::Recorded(record) => {
                self.last = self.last.max(record.id);
                self.records.push(record.clone());
            }
            Event::Forgotten { records } => self.records.retain(|record| !records.contains(&record.id)),
            Event::Trailed(step) => {
                self.last = self.last.max(step.n);
                self.trail.push(step.clone());
            }
            Event::Undone { steps } => self.trail.retain(|step| !steps.contains(&step.n)),
            Event::Mailed(mail) => self.mail.push(mail.clone()),
            Event::Unmailed { at } => {
                if (*at as usize) < self.mail.len() {
                    self.mail.remove(*at as usize);
                }
            }
            Event::Noted(note) => self.note(note),
            Event::Ended { end, vars, .. } => {
                self.vars = vars.clone();
                // The first bad end stands: a failed process is not mended by another's completion.
                if !matches!(self.end, Some(End::Failed { .. } | End::Terminated)) {
                    self.end = Some(end.clone());
                }
            }
            Event::Passed { .. } | Event::Taken { .. } | Event::Fired { .. } => {}
            Event::Compensated { .. } | Event::Sent { .. } | Event::Decided(_) => {}
            Event::Migrated(migrated) => self.rename(migrated),
        }
    }

    fn close(&mut self, id: u32) {
        self.instances.retain(|instance| instance.id != id);
        self.subs.retain(|sub| sub.owner != id);
        self.waits.retain(|wait| wait.scope != id);
        self.records.retain(|record| record.scope != id);
        self.activated.retain(|activated| activated.scope != id);
        self.trail.retain(|step| step.scope != id);
    }

    fn note(&mut self, note: &Note) {
        if note.instance == 0 {
            match note.how {
                How::Suspended => self.suspended = Some(note.at),
                How::Resumed => self.suspended = None,
                _ => {}
            }
            return;
        }
        let Some(instance) = self.instance_mut(note.instance) else {
            return;
        };
        let hold = instance.hold.get_or_insert_default();
        match note.how {
            How::Transferred => {
                hold.who = note.to.first().cloned();
                hold.owner = None;
            }
            How::Delegated => {
                hold.owner = Some(hold.who.take().unwrap_or_default());
                hold.who = note.to.first().cloned();
            }
            How::HandedBack => hold.who = hold.owner.take().filter(|owner| !owner.is_empty()),
            How::Released => (hold.who, hold.owner) = (None, None),
            How::SignAfter => hold.after.extend(note.to.iter().cloned()),
            How::SignerTaken if !hold.after.is_empty() => drop(hold.after.remove(0)),
            How::SignerRemoved => hold.after.retain(|who| !note.to.contains(who)),
            How::Signed => hold.signed = Some(note.vars.clone()),
            How::Suspended => hold.suspended = Some(note.at),
            How::Resumed => hold.suspended = None,
            _ => {}
        }
        if **hold == Hold::default() {
            instance.hold = None;
        }
    }
}
