//! The chart as a table, beside or instead of the drawing.

use serde::Serialize;

use super::audience::seen_by;
use super::order::reading_order;
use super::routes::next_rests;
use super::rules::work;
use crate::model::{Kind, Model, Node, NodeIx, Place, Task, Visibility};

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepRow {
    /// From 1.
    pub order: usize,
    pub id: String,
    pub name: String,
    /// The post as people read it: the lane's name, else the posts' ids.
    pub post: String,
    /// E.g. 5个工作日.
    pub limit: Option<String>,
    pub basis: Option<String>,
    /// E.g. 受理 → 现场核查.
    pub outcomes: Vec<String>,
    /// Template ids, without repetition.
    pub papers: Vec<String>,
    pub visibility: Visibility,
}

/// One row a task of people, in the order in which a reader meets them.
pub fn table(model: &Model) -> Vec<StepRow> {
    let tasks = reading_order(model).into_iter();
    let tasks = tasks.filter_map(|ix| Some((ix, work(model.node(ix))?)));
    tasks
        .enumerate()
        .map(|(index, (ix, task))| row(model, index + 1, ix, task))
        .collect()
}

/// The rows that an audience may see; outcomes lead to the next step that they may see.
pub fn table_for(model: &Model, audience: Visibility) -> Vec<StepRow> {
    match seen_by(model, audience) {
        Some(derived) => table(&derived),
        None => table(model),
    }
}

fn row(model: &Model, order: usize, ix: NodeIx, task: &Task) -> StepRow {
    let lane = model.node(ix).lane.map(|lane| model.lanes()[lane].name.clone());
    let mut papers: Vec<String> = Vec::new();
    for paper in &task.papers {
        if !papers.contains(&paper.template) {
            papers.push(paper.template.clone());
        }
    }
    StepRow {
        order,
        id: task.id.clone(),
        name: task.name.clone(),
        post: lane
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| task.posts.join("、")),
        limit: task.limit.as_ref().map(|limit| limit.in_words()),
        basis: task.limit.as_ref().and_then(|limit| limit.basis.clone()),
        outcomes: outcomes(model, ix, task),
        papers,
        visibility: task.visibility,
    }
}

fn outcomes(model: &Model, ix: NodeIx, task: &Task) -> Vec<String> {
    let leads = |outcome: Option<&str>| {
        let names: Vec<&str> = next_rests(model, ix, outcome).into_iter().map(label).collect();
        names.join("、")
    };
    if task.outcomes.is_empty() {
        return vec![format!("→ {}", leads(None))];
    }
    let named = task.outcomes.iter();
    named.map(|o| format!("{} → {}", o.name, leads(Some(&o.id)))).collect()
}

fn label(node: &Node) -> &str {
    match &node.kind {
        Kind::Event(event) if event.place == Place::End && node.name.is_empty() => "结束",
        _ => node.label(),
    }
}
