//! A file taken apart into its elements and what each says, in words where there are words for it.

use std::collections::BTreeMap;

use super::words::{self, kind_of, label_of};
use crate::model::{Flow, Model, NodeIx};
use crate::read::{BPMN, Element, MINGJING, ZEEBE};

/// An element with an id of its own that a reader can point at.
pub(super) struct Part {
    pub id: String,
    pub kind: &'static str,
    pub name: String,
    /// Everything that is set, by its label.
    pub says: Says,
}

pub(super) type Says = BTreeMap<String, Said>;

/// A value: equal by what the file refers to, told by names, so that a new name of one element is no change of others.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    means: String,
    pub words: String,
}

impl PartialEq for Said {
    fn eq(&self, other: &Said) -> bool {
        self.means == other.means
    }
}

impl Said {
    pub fn plain(words: String) -> Said {
        Said {
            means: words.clone(),
            words,
        }
    }

    pub fn of(means: impl Into<String>, words: String) -> Said {
        Said {
            means: means.into(),
            words,
        }
    }
}

impl Part {
    pub fn label(&self) -> String {
        match self.name.is_empty() {
            true => self.id.clone(),
            false => self.name.clone(),
        }
    }
}

/// All elements in the order of the file.
pub(super) fn parts(model: &Model) -> Vec<Part> {
    let mut walk = Walk {
        model,
        names: BTreeMap::new(),
        parts: Vec::new(),
    };
    walk.names(&model.source);
    walk.file(&model.source);
    walk.visit(&model.source, None);
    walk.parts
}

struct Walk<'a> {
    model: &'a Model,
    /// Names of all elements, for words instead of ids.
    names: BTreeMap<&'a str, &'a str>,
    parts: Vec<Part>,
}

impl<'a> Walk<'a> {
    /// Recursion is bounded by the reader's depth limit, here and below.
    fn names(&mut self, element: &'a Element) {
        for child in element.elements().filter(|child| child.namespace == BPMN) {
            if let (Some(id), Some(name)) = (child.id(), child.get("name")) {
                self.names.insert(id, name);
            }
            self.names(child);
        }
    }

    /// In which language conditions are holds for the whole file; its id and its editor's name mean nothing.
    fn file(&mut self, definitions: &Element) {
        let languages = ["expressionLanguage", "typeLanguage"].into_iter();
        let says = languages.filter_map(|name| {
            let said = Said::plain(definitions.get(name)?.to_owned());
            Some((label_of(&format!("@{name}")), said))
        });
        self.parts.push(Part {
            id: "definitions".to_owned(),
            kind: "文件",
            name: "整个文件".to_owned(),
            says: says.collect(),
        });
    }

    fn named(&self, id: &str) -> String {
        match self
            .names
            .get(id)
            .map(|name| name.trim())
            .filter(|name| !name.is_empty())
        {
            Some(name) => name.split_whitespace().collect::<Vec<_>>().join(" "),
            None => id.to_owned(),
        }
    }

    fn quoted(&self, id: &str) -> Said {
        Said::of(id, format!("“{}”", self.named(id)))
    }

    /// A way by its name, else by where it leads.
    fn way(&self, flow: &Flow) -> String {
        match flow.name.is_empty() {
            true => format!("到“{}”", self.model.node(flow.target).label()),
            false => flow.name.clone(),
        }
    }

    fn visit(&mut self, element: &'a Element, inside: Option<&'a str>) {
        for child in element.elements().filter(|child| child.namespace == BPMN) {
            match (kind_of(&child.local), child.id()) {
                (Some(kind), Some(id)) => {
                    self.take(child, id, kind, inside);
                    self.visit(child, Some(id));
                }
                // Lane sets and the like only hold others.
                _ => self.visit(child, inside),
            }
        }
    }

    fn take(&mut self, element: &'a Element, id: &'a str, kind: &'static str, inside: Option<&'a str>) {
        let mut says = BTreeMap::new();
        let name = element.get("name").unwrap_or_default();
        if !name.trim().is_empty() {
            says.insert("名称".to_owned(), Said::plain(self.named(id)));
        }
        if let Some(inside) = inside.filter(|_| words::has_place(&element.local)) {
            says.insert("所在".to_owned(), self.quoted(inside));
        }
        self.connections(element, &mut says);
        let work = self.model.work(id);
        if let Some(work) = work {
            words::work(work, &mut says);
        }
        self.condition(id, &mut says);
        if let Some(ix) = self.model.find(id) {
            let node = self.model.node(ix);
            if let Some(lane) = node.lane.map(|lane| &self.model.lanes()[lane]) {
                says.insert("泳道".to_owned(), self.quoted(lane.id.as_str()));
            }
            // The first way whose condition holds is taken: their order means something.
            if words::chooses(&element.local) && node.outgoing.len() > 1 {
                let ways = node.outgoing.iter().map(|flow| self.model.flow(*flow));
                let (ids, words): (Vec<&str>, Vec<String>) = ways.map(|way| (way.id.as_str(), self.way(way))).unzip();
                says.insert("分支先后".to_owned(), Said::of(ids.join(" "), words.join("、")));
            }
        }
        if element.local == "process" {
            let lanes = self.model.lanes().iter();
            let lanes = lanes.filter(|lane| self.model.node(lane.process).id.as_str() == id);
            let (ids, words): (Vec<&str>, Vec<String>) = lanes
                .map(|lane| (lane.id.as_str(), self.named(lane.id.as_str())))
                .unzip();
            if !ids.is_empty() {
                says.insert("泳道先后".to_owned(), Said::of(ids.join(" "), words.join("、")));
            }
        }
        self.rest(element, work.is_some(), "", &mut says);
        self.parts.push(Part {
            id: id.to_owned(),
            kind,
            name: if name.trim().is_empty() {
                String::new()
            } else {
                self.named(id)
            },
            says,
        });
    }

    /// A condition on what the task before came to, in that task's words.
    fn condition(&self, id: &str, says: &mut Says) {
        let Some(flow) = self.model.find_flow(id).map(|ix| self.model.flow(ix)) else {
            return;
        };
        let Some(outcomes) = flow
            .condition
            .as_ref()
            .and_then(|condition| condition.outcomes.as_ref())
        else {
            return;
        };
        let names: Vec<String> = outcomes
            .outcomes
            .iter()
            .map(|id| self.outcome(flow.source, id))
            .collect();
        let words = format!("办理结果为{}", names.join("或者"));
        says.insert("条件".to_owned(), Said::of(outcomes.outcomes.join(" "), words));
    }

    /// Searched backwards from a gateway: the nearest task that may come to it names it.
    fn outcome(&self, from: NodeIx, id: &str) -> String {
        let mut seen = vec![from];
        let mut at = 0;
        while let Some(ix) = seen.get(at).copied() {
            at += 1;
            let node = self.model.node(ix);
            let work = node.activity.as_ref().and_then(|activity| activity.work.as_ref());
            if let Some(outcome) = work.and_then(|work| work.outcome(id)) {
                return format!("“{}”（{id}）", outcome.name);
            }
            if work.is_none() {
                let before = node.incoming.iter().map(|flow| self.model.flow(*flow).source);
                let fresh: Vec<NodeIx> = before.filter(|ix| !seen.contains(ix)).collect();
                seen.extend(fresh);
            }
        }
        format!("“{id}”")
    }

    fn connections(&self, element: &Element, says: &mut Says) {
        for (attribute, label) in [
            ("sourceRef", "从"),
            ("targetRef", "到"),
            ("default", "其他情形走"),
            ("attachedToRef", "附在"),
        ] {
            if let Some(id) = element.get(attribute) {
                says.insert(label.to_owned(), self.quoted(id));
            }
        }
    }

    /// What has no words of its own: attributes, texts and inner elements by their path.
    fn rest(&self, element: &Element, work: bool, path: &str, says: &mut Says) {
        let own = |namespace: &str| [BPMN, MINGJING, ZEEBE].contains(&namespace);
        for attribute in &element.attributes {
            let known = attribute.namespace.as_deref().is_none_or(own);
            let place = format!("{path}@{}", attribute.local);
            if known && !words::is_told_elsewhere(&place, work) && !is_usual(&attribute.local, &attribute.value) {
                put(says, label_of(&place), attribute.value.trim().to_owned());
            }
        }
        let text = element.text();
        if !text.is_empty() && !path.is_empty() {
            put(says, label_of(path), text);
        }
        let inner = element.elements().filter(|child| own(&child.namespace));
        for child in inner.filter(|child| !(child.namespace == BPMN && is_part(child))) {
            let below = match path.is_empty() {
                true => child.local.clone(),
                false => format!("{path}/{}", child.local),
            };
            let told = below == "conditionExpression" && says.contains_key("条件");
            if told || words::is_told_elsewhere(&below, work) {
                continue;
            }
            // An element that says nothing more says that it is there.
            let only_named = child.attributes.iter().all(|attribute| attribute.local == "id");
            if only_named && child.elements().next().is_none() && child.text().is_empty() {
                put(says, label_of(&below), "有".to_owned());
            }
            self.rest(child, work, &below, says);
        }
    }
}

fn is_part(element: &Element) -> bool {
    (kind_of(&element.local).is_some() && element.id().is_some()) || element.local == "laneSet"
}

/// What the standard takes to be so where nothing is written: editors write it or leave it out.
fn is_usual(attribute: &str, value: &str) -> bool {
    matches!(
        (attribute, value),
        ("isInterrupting" | "cancelActivity", "true")
            | (
                "isForCompensation" | "isCollection" | "isClosed" | "triggeredByEvent" | "parallelMultiple",
                "false"
            )
            | ("startQuantity" | "completionQuantity", "1")
            | ("implementation", "##unspecified" | "##WebService")
            | ("gatewayDirection", _)
    )
}

/// Repeated elements are told together, in their order.
fn put(says: &mut Says, label: String, value: String) {
    let told = says.entry(label).or_default();
    if !told.words.is_empty() {
        told.words.push('、');
    }
    told.words.push_str(&value);
    told.means.clone_from(&told.words);
}
