//! Loops and multi-instances (BPMN 2.0 §13.3.6, §13.3.7).

use serde_json::Value as Json;

use super::state::{Count, Role, Variables};
use super::{Closing, Event, Move, Refusal, Run};
use crate::model::{Multi, Node, NodeIx, Repeat, StandardLoop};

const MOST_INSTANCES: u64 = 10_000;

impl Run<'_> {
    pub(super) fn begin_repeat(&mut self, ix: NodeIx, scope: u32, repeat: &Repeat, after: u32) -> Result<(), Refusal> {
        let node = self.model.node(ix);
        let count = match repeat {
            Repeat::Once => return Ok(()),
            Repeat::Loop(standard) => Count {
                total: standard.maximum,
                ..Count::default()
            },
            Repeat::Multi(multi) => self.cardinality(multi, scope, node)?,
        };
        let whole = self.open(ix, scope, Role::Whole, 0, Variables::new(), after)?;
        self.arm_boundary(whole, ix)?;
        let parallel = matches!(repeat, Repeat::Multi(multi) if !multi.sequential);
        let total = count.total;
        let first = match repeat {
            Repeat::Loop(standard) if standard.test_before => self.again(standard, whole, 0, node)?,
            _ => total != Some(0),
        };
        self.count(whole, count);
        if !first {
            return self.finish_repeat(whole, None);
        }
        let start = if parallel { total.unwrap_or(1) } else { 1 };
        for index in 0..start {
            self.queue.push_back(Move::Iterate { whole, index });
        }
        Ok(())
    }

    fn count(&mut self, id: u32, count: Count) {
        self.emit(Event::Counted {
            id,
            count: Box::new(count),
        });
    }

    fn cardinality(&self, multi: &Multi, scope: u32, node: &Node) -> Result<Count, Refusal> {
        if self.rules.proving() {
            return Ok(Count {
                total: Some(1 + self.rules.guess(2).unwrap_or(0)),
                ..Count::default()
            });
        }
        let seen = self.seen_from(scope, Variables::new());
        let items = match &multi.collection {
            None => Vec::new(),
            Some(collection) => match self.value(collection, &seen, node)? {
                Json::Array(items) => items,
                Json::Null => return Err(Refusal::at(node, "collection_missing", "的多实例集合没有值。")),
                single => vec![single],
            },
        };
        let total = match &multi.cardinality {
            // A plain number is one in every language.
            Some(cardinality) if cardinality.text.parse::<u32>().is_ok() => cardinality.text.parse().unwrap_or(0),
            Some(cardinality) => {
                let value = self.evaluate(cardinality, &seen, node)?;
                let number = value
                    .as_u64()
                    .or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
                let whole = value
                    .as_f64()
                    .filter(|n| n.fract() == 0.0 && *n >= 0.0)
                    .map(|n| n as u64);
                number.or(whole).ok_or_else(|| {
                    let text = format!("的多实例次数应为非负整数，不是{value}。");
                    Refusal::at(node, "cardinality", text)
                })?
            }
            None if multi.collection.is_some() => items.len() as u64,
            None => return Err(Refusal::at(node, "cardinality_missing", "的多实例没有写明次数或集合。")),
        };
        if total > MOST_INSTANCES {
            let text = format!("的多实例次数{total}超过上限{MOST_INSTANCES}。");
            return Err(Refusal::at(node, "too_many_instances", text));
        }
        Ok(Count {
            total: Some(total as u32),
            items,
            ..Count::default()
        })
    }

    pub(super) fn iterate(&mut self, whole: u32, index: u32) -> Result<(), Refusal> {
        let (ix, node) = self.node_of(whole)?;
        let Some(instance) = self.state.instance(whole) else {
            return Ok(());
        };
        let after = instance.after;
        let mut count = instance.count.as_deref().cloned().unwrap_or_default();
        let mut vars = Variables::new();
        if !self.rules.proving() {
            vars.insert("loopCounter".to_owned(), (index + 1).into());
        }
        if let Repeat::Multi(multi) = &self.activity(node).repeat
            && let (Some(name), Some(item)) = (&multi.item, count.items.get(index as usize))
        {
            vars.insert(name.clone(), item.clone());
        }
        count.started += 1;
        self.count(whole, count);
        self.begin_once(ix, whole, Role::Iteration, index, vars, after)
            .map(drop)
    }

    /// What an instance adds to the collected results.
    pub(super) fn iteration_result(&self, id: u32, ix: NodeIx, results: &Variables) -> Result<Option<Json>, Refusal> {
        let node = self.model.node(ix);
        let Repeat::Multi(multi) = &self.activity(node).repeat else {
            return Ok(None);
        };
        match &multi.output {
            Some(output) if !self.rules.proving() => {
                let seen = self.seen_from(id, results.clone());
                self.value(output, &seen, node).map(Some)
            }
            _ => Ok(None),
        }
    }

    pub(super) fn iteration_done(
        &mut self,
        whole: u32,
        item: Option<Json>,
        outcome: Option<Json>,
    ) -> Result<(), Refusal> {
        let (_, node) = self.node_of(whole)?;
        let Some(mut count) = self.state.instance(whole).and_then(|i| i.count.as_deref().cloned()) else {
            return Ok(());
        };
        count.done += 1;
        count.results.extend(item);
        let (done, total, started) = (count.done, count.total, count.started);
        self.count(whole, count);
        let more = match &self.activity(node).repeat {
            Repeat::Once => false,
            Repeat::Loop(standard) => self.again(standard, whole, done, node)?,
            Repeat::Multi(multi) => {
                if self.is_complete(multi, whole, node)? {
                    self.stop_others(whole);
                    return self.finish_repeat(whole, outcome);
                }
                multi.sequential && Some(started) < total
            }
        };
        if more {
            self.queue.push_back(Move::Iterate { whole, index: started });
            return Ok(());
        }
        self.finish_if_empty(whole, outcome)
    }

    /// Nothing is open in the repetition, and nothing more will be.
    pub(super) fn finish_if_empty(&mut self, whole: u32, outcome: Option<Json>) -> Result<(), Refusal> {
        let coming = |next: &Move| matches!(next, Move::Iterate { whole: of, .. } if *of == whole);
        if self.has_open_iterations(whole) || self.queue.iter().any(coming) {
            return Ok(());
        }
        self.finish_repeat(whole, outcome)
    }

    fn has_open_iterations(&self, whole: u32) -> bool {
        self.state.instances.iter().any(|instance| instance.parent == whole)
    }

    fn stop_others(&mut self, whole: u32) {
        let others: Vec<u32> = self
            .state
            .instances
            .iter()
            .filter(|i| i.parent == whole)
            .map(|i| i.id)
            .collect();
        if let Some(mut count) = self.state.instance(whole).and_then(|i| i.count.as_deref().cloned()) {
            count.terminated += others.len() as u32;
            self.count(whole, count);
        }
        for other in others {
            self.cancel(other, Closing::Cancelled);
        }
        self.queue
            .retain(|next| !matches!(next, Move::Iterate { whole: of, .. } if *of == whole));
    }

    /// `done` rounds have run; is there another?
    fn again(&self, standard: &StandardLoop, whole: u32, done: u32, node: &Node) -> Result<bool, Refusal> {
        if standard.maximum.is_some_and(|maximum| done >= maximum) {
            return Ok(false);
        }
        let Some(condition) = &standard.condition else {
            return Ok(!self.rules.proving() || done < 2);
        };
        // One round and two tell all: a third leads where the second did.
        if self.rules.proving() && done >= 2 {
            return Ok(false);
        }
        if let Some(guess) = self.rules.guess(2) {
            return Ok(guess == 1);
        }
        let mut extras = Variables::new();
        extras.insert("loopCounter".to_owned(), done.into());
        self.holds(condition, &self.seen_from(whole, extras), node)
    }

    fn is_complete(&self, multi: &Multi, whole: u32, node: &Node) -> Result<bool, Refusal> {
        let Some(completion) = &multi.completion else {
            return Ok(false);
        };
        if let Some(guess) = self.rules.guess(2) {
            return Ok(guess == 1);
        }
        let Some(count) = self.state.instance(whole).and_then(|i| i.count.as_deref()) else {
            return Ok(false);
        };
        let active = self.state.instances.iter().filter(|i| i.parent == whole).count();
        let mut extras = Variables::new();
        extras.insert(
            "numberOfInstances".to_owned(),
            count.total.unwrap_or(count.started).into(),
        );
        extras.insert("numberOfActiveInstances".to_owned(), active.into());
        extras.insert("numberOfCompletedInstances".to_owned(), count.done.into());
        extras.insert("numberOfTerminatedInstances".to_owned(), count.terminated.into());
        if let Some(name) = &multi.output_collection {
            extras.insert(name.clone(), Json::Array(count.results.clone()));
        }
        self.holds(completion, &self.seen_from(whole, extras), node)
    }

    fn finish_repeat(&mut self, whole: u32, outcome: Option<Json>) -> Result<(), Refusal> {
        let (ix, node) = self.node_of(whole)?;
        let Some(instance) = self.state.instance(whole) else {
            return Ok(());
        };
        let (scope, after) = (instance.parent, instance.after);
        let results = instance
            .count
            .as_deref()
            .map_or_else(Vec::new, |count| count.results.clone());
        if let Repeat::Multi(multi) = &self.activity(node).repeat
            && let Some(name) = &multi.output_collection
        {
            self.spread(scope, std::iter::once((name.clone(), Json::Array(results))).collect());
        }
        self.emit(Event::Closed {
            id: whole,
            how: Closing::Completed,
        });
        let after = self.trail(ix, scope, after);
        self.left(ix, scope, after, outcome)
    }
}
