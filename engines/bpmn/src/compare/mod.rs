//! Two versions of a chart: what came, what went, what reads otherwise, element by element and in words.
//!
//! Elements are the same where their ids are. Compared is what means something to this engine, the law and the reader:
//! everything that stands in the file under the namespaces of BPMN, Zeebe and our own, but for positions on the drawing
//! (counted as [`Comparison::moved`]) and the order in the file where nothing hangs on it. Pure.
//!
//! Invariant: two charts without changes have the same meaning, whatever their files look like.

mod contents;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use crate::draw::Overlay;
use crate::model::{Diagram, Model};
use contents::{Part, Said, parts};

/// Everything that differs between two versions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// In the order of the newer file; what went stands where the older file had it, at the end.
    pub changes: Vec<Change>,
    /// Elements that are in both and were drawn elsewhere.
    pub moved: usize,
}

/// One element that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Id of the BPMN element.
    pub element: String,
    pub fate: Fate,
    /// What kind of element it is, in words.
    pub kind: &'static str,
    /// Its name as the newer version has it, else the older; its id where it has none.
    pub name: String,
    /// What differs; of an element that came or went, what it says.
    pub properties: Vec<Property>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    Added,
    Removed,
    Changed,
}

/// A property in words; `None` where that version says nothing about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Property {
    pub label: String,
    pub old: Option<String>,
    pub new: Option<String>,
}

impl Fate {
    pub fn in_words(self) -> &'static str {
        match self {
            Fate::Added => "新增",
            Fate::Removed => "删去",
            Fate::Changed => "修改",
        }
    }
}

impl Property {
    /// E.g. `办理时限：3个工作日 → 5个工作日`.
    pub fn in_words(&self) -> String {
        let label = &self.label;
        match (&self.old, &self.new) {
            (Some(old), Some(new)) => format!("{label}：{old} → {new}"),
            (None, Some(new)) => format!("{label}：{new}（原来没有）"),
            (Some(old), None) => format!("{label}：去掉“{old}”"),
            (None, None) => label.clone(),
        }
    }
}

impl Change {
    /// E.g. `修改任务“受理”：办理时限：3个工作日 → 5个工作日`.
    pub fn in_words(&self) -> String {
        let head = format!("{}{}“{}”", self.fate.in_words(), self.kind, self.name);
        if self.fate != Fate::Changed {
            return head;
        }
        let properties: Vec<String> = self.properties.iter().map(Property::in_words).collect();
        format!("{head}：{}", properties.join("；"))
    }
}

/// Compares two versions of a chart.
pub fn compare(old: &Model, new: &Model) -> Comparison {
    let (before, after) = (parts(old), parts(new));
    let known: HashMap<&str, &Part> = before.iter().map(|part| (part.id.as_str(), part)).collect();
    let kept: BTreeSet<&str> = after.iter().map(|part| part.id.as_str()).collect();
    let mut changes: Vec<Change> = after
        .iter()
        .filter_map(|part| match known.get(part.id.as_str()) {
            None => Some(alone(part, Fate::Added)),
            Some(was) => both(was, part),
        })
        .collect();
    let gone = before.iter().filter(|part| !kept.contains(part.id.as_str()));
    changes.extend(gone.map(|part| alone(part, Fate::Removed)));
    Comparison {
        changes,
        moved: moved(old.diagram(), new.diagram()),
    }
}

fn alone(part: &Part, fate: Fate) -> Change {
    let property = |(label, said): (&String, &Said)| {
        let value = Some(said.words.clone());
        let (old, new) = match fate {
            Fate::Removed => (value, None),
            Fate::Added | Fate::Changed => (None, value),
        };
        Property {
            label: label.clone(),
            old,
            new,
        }
    };
    Change {
        element: part.id.clone(),
        fate,
        kind: part.kind,
        name: part.label(),
        properties: part.says.iter().map(property).collect(),
    }
}

/// What differs of an element that is in both.
fn both(was: &Part, is: &Part) -> Option<Change> {
    let mut properties = Vec::new();
    if was.kind != is.kind {
        properties.push(Property {
            label: "种类".to_owned(),
            old: Some(was.kind.to_owned()),
            new: Some(is.kind.to_owned()),
        });
    }
    let labels: BTreeSet<&String> = was.says.keys().chain(is.says.keys()).collect();
    for label in labels {
        let (old, new) = (was.says.get(label), is.says.get(label));
        if old != new {
            properties.push(Property {
                label: label.clone(),
                old: old.map(|said| said.words.clone()),
                new: new.map(|said| said.words.clone()),
            });
        }
    }
    (!properties.is_empty()).then(|| Change {
        element: is.id.clone(),
        fate: Fate::Changed,
        kind: is.kind,
        name: is.label(),
        properties,
    })
}

fn moved(old: Option<&Diagram>, new: Option<&Diagram>) -> usize {
    let (Some(old), Some(new)) = (old, new) else { return 0 };
    let places: BTreeMap<&str, _> = old.shapes.iter().map(|s| (s.element.as_str(), s.bounds)).collect();
    let shapes = new.shapes.iter();
    shapes
        .filter(|shape| {
            places
                .get(shape.element.as_str())
                .is_some_and(|was| *was != shape.bounds)
        })
        .count()
}

/// Which of the two drawings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Old,
    New,
}

impl Comparison {
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// How many came, went, and read otherwise.
    pub fn counts(&self) -> (usize, usize, usize) {
        let of = |fate: Fate| self.changes.iter().filter(|change| change.fate == fate).count();
        (of(Fate::Added), of(Fate::Removed), of(Fate::Changed))
    }

    /// For drawing one side: what went is red on the old, what came green on the new, what reads otherwise amber on both;
    /// the numbers are those of the list.
    pub fn overlay(&self, side: Side) -> Overlay {
        let mut overlay = Overlay::default();
        for (index, change) in self.changes.iter().enumerate() {
            let marks = match (change.fate, side) {
                (Fate::Added, Side::New) => &mut overlay.done,
                (Fate::Removed, Side::Old) => &mut overlay.marked,
                (Fate::Changed, _) => &mut overlay.way,
                (Fate::Added, Side::Old) | (Fate::Removed, Side::New) => continue,
            };
            marks.push(change.element.clone());
            overlay.notes.insert(change.element.clone(), (index + 1).to_string());
        }
        overlay
    }
}
