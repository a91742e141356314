//! Variables: what is seen from where, what expressions come to, data in and out.
//!
//! A process, a sub-process, an activity and each repetition may hold variables. Reading goes outwards to the process;
//! a value written without a mapping goes to the nearest holder of that name, else to the process.

use serde_json::Value as Json;

use super::rules::Variables as Seen;
use super::state::Variables;
use super::{Event, Refusal, Run};
use crate::model::{Expression, Io, Kind, Language, Node, Value};

impl Run<'_> {
    pub(super) fn seen_from<'s>(&'s self, instance: u32, extras: Variables) -> Seen<'s> {
        let mut layers = Vec::new();
        let mut at = self.state.instance(instance);
        while let Some(instance) = at {
            if !instance.vars.is_empty() {
                layers.push(&instance.vars);
            }
            // What a called process knows was given to it.
            at = match self.is_process(instance) {
                true => None,
                false => self.state.instance(instance.parent),
            };
        }
        if instance == 0 {
            layers.push(&self.state.vars);
        }
        Seen { layers, extras }
    }

    pub(super) fn is_process(&self, instance: &super::Instance) -> bool {
        let node = self.model.find(instance.element.as_str()).map(|ix| self.model.node(ix));
        node.is_none_or(|node| matches!(node.kind, Kind::Process { .. }))
    }

    pub(super) fn evaluate(&self, expression: &Expression, seen: &Seen<'_>, node: &Node) -> Result<Json, Refusal> {
        let value = self.evaluated(expression, seen, node)?;
        value.map_err(|why| Refusal::at(node, "expression", format!("的表达式算不出来：{why}")))
    }

    /// Inside, an error says why an expression that can be read came to nothing.
    fn evaluated(
        &self,
        expression: &Expression,
        seen: &Seen<'_>,
        node: &Node,
    ) -> Result<Result<Json, String>, Refusal> {
        if let Language::Other(language) = &expression.language {
            let text = format!(
                "的表达式是用“{language}”写的，不能计算：{}",
                shortened(&expression.text)
            );
            return Err(Refusal::at(node, "foreign_expression", text));
        }
        match self.rules.evaluate(&expression.text, seen) {
            Ok(value) => Ok(Ok(value)),
            Err(no) if no.null => Ok(Err(no.why)),
            Err(no) => {
                let text = format!("的表达式“{}”读不懂：{}", shortened(&expression.text), no.why);
                Err(Refusal::at(node, "expression", text))
            }
        }
    }

    /// Whether a condition holds. What has no value yet does not; any other kind of value is a mistake.
    pub(super) fn holds(&self, condition: &Expression, seen: &Seen<'_>, node: &Node) -> Result<bool, Refusal> {
        match self.truth(condition, seen, node.id.as_str(), node)? {
            Some(truth) => Ok(truth),
            None => Ok(false),
        }
    }

    /// None: the condition came to null.
    pub(super) fn truth(
        &self,
        condition: &Expression,
        seen: &Seen<'_>,
        element: &str,
        node: &Node,
    ) -> Result<Option<bool>, Refusal> {
        if let Some(outcomes) = &condition.outcomes {
            return Ok(Some(outcomes.holds(seen.get("outcome").and_then(Json::as_str))));
        }
        // These two words are the same in every language.
        match &*condition.text {
            "true" | "${true}" => return Ok(Some(true)),
            "false" | "${false}" => return Ok(Some(false)),
            _ => {}
        }
        if let Some(language) = condition.foreign()
            && let Some(answer) = self.rules.foreign_condition(element, language, &condition.text)
        {
            return Ok(Some(answer));
        }
        match self.evaluated(condition, seen, node)?.unwrap_or(Json::Null) {
            Json::Bool(truth) => Ok(Some(truth)),
            Json::Null => Ok(None),
            other => {
                let text = format!(
                    "的条件“{}”得出的不是“是”或“否”，而是{other}。",
                    shortened(&condition.text)
                );
                Err(Refusal::at(node, "condition_not_boolean", text))
            }
        }
    }

    pub(super) fn value(&self, value: &Value, seen: &Seen<'_>, node: &Node) -> Result<Json, Refusal> {
        match value {
            Value::Variable(name) => Ok(seen.get(name).cloned().unwrap_or(Json::Null)),
            Value::Computed(expression) => Ok(self.evaluated(expression, seen, node)?.unwrap_or(Json::Null)),
        }
    }

    /// Local variables that the data inputs give.
    pub(super) fn inputs(&self, io: &Io, from: u32, extras: &Variables, node: &Node) -> Result<Variables, Refusal> {
        let mut vars = extras.clone();
        if self.rules.proving() {
            return Ok(vars);
        }
        for (source, target) in &io.inputs {
            let seen = self.seen_from(from, vars.clone());
            let value = self.value(source, &seen, node)?;
            put(&mut vars, target, value);
        }
        Ok(vars)
    }

    /// Takes results of an activity or event out to the scope around it.
    pub(super) fn outputs(
        &mut self,
        io: &Io,
        from: u32,
        to: u32,
        results: Variables,
        node: &Node,
    ) -> Result<(), Refusal> {
        if self.rules.proving() {
            return Ok(());
        }
        if io.outputs.is_empty() {
            self.spread(from, results);
            return Ok(());
        }
        let mut out = Variables::new();
        for (source, target) in &io.outputs {
            let seen = self.seen_from(from, results.clone());
            // A data output that was not given leaves the data object as it is.
            if let Value::Variable(name) = source
                && seen.get(name).is_none()
            {
                continue;
            }
            let value = self.value(source, &seen, node)?;
            put(&mut out, target, value);
        }
        if !io.maps_outputs {
            let rest = results.into_iter().filter(|(name, _)| {
                !io.outputs
                    .iter()
                    .any(|(source, _)| *source == Value::Variable(name.clone()))
            });
            let rest: Variables = rest.collect();
            self.spread(from, rest);
        }
        self.spread(to, out);
        Ok(())
    }

    /// Each value to the nearest holder of its name, else to the process.
    pub(super) fn spread(&mut self, from: u32, vars: Variables) {
        if vars.is_empty() || self.rules.proving() {
            return;
        }
        let mut by_scope: Vec<(u32, Variables)> = Vec::new();
        for (name, value) in vars {
            let scope = self.holder_of(from, &name);
            match by_scope.iter_mut().find(|(known, _)| *known == scope) {
                Some((_, vars)) => drop(vars.insert(name, value)),
                None => by_scope.push((scope, std::iter::once((name, value)).collect())),
            }
        }
        for (scope, vars) in by_scope {
            self.assign(scope, vars);
        }
    }

    fn holder_of(&self, from: u32, name: &str) -> u32 {
        let mut at = self.state.instance(from);
        let mut last = from;
        while let Some(instance) = at {
            last = instance.id;
            if instance.vars.contains_key(name) || self.is_process(instance) {
                return instance.id;
            }
            at = self.state.instance(instance.parent);
        }
        last
    }

    pub(super) fn assign(&mut self, scope: u32, vars: Variables) {
        if !vars.is_empty() {
            self.stirred = true;
            self.emit(Event::Assigned { scope, vars });
        }
    }

    pub(super) fn assign_from_outside(&mut self, vars: Variables) -> Result<(), Refusal> {
        let root = self.state.instances.iter().find(|instance| instance.parent == 0);
        let root = root.map_or(0, |instance| instance.id);
        self.assign(root, vars);
        Ok(())
    }
}

/// `a.b` writes into the context `a`.
fn put(vars: &mut Variables, target: &str, value: Json) {
    match target.split_once('.') {
        None => drop(vars.insert(target.to_owned(), value)),
        Some((outer, inner)) => {
            let context = vars.entry(outer).or_insert_with(|| Json::Object(Variables::new()));
            if !context.is_object() {
                *context = Json::Object(Variables::new());
            }
            if let Json::Object(context) = context {
                put(context, inner, value);
            }
        }
    }
}

pub(super) fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if text.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    shown
}
