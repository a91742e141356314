//! The chart as a table, beside or instead of the drawing.

use serde::Serialize;

use crate::thin::model::{Model, Node, Task, Visibility};

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

/// One row a task, in the order of [`Model::steps_in_order`].
pub fn table(model: &Model) -> Vec<StepRow> {
    let steps = model.steps_in_order().into_iter().enumerate();
    steps.map(|(index, task)| row(model, index + 1, task)).collect()
}

/// The rows that an audience may see; outcomes lead to the next step that they may see.
pub fn table_for(model: &Model, audience: Visibility) -> Vec<StepRow> {
    match super::audience::seen_by(model, audience) {
        Some(derived) => table(&derived),
        None => table(model),
    }
}

impl StepRow {
    /// E.g. 1 收件审查（窗口受理员，2个工作日）.
    pub fn in_words(&self) -> String {
        let mut detail = vec![self.post.as_str()];
        detail.extend(self.limit.as_deref());
        detail.retain(|part| !part.is_empty());
        match detail[..] {
            [] => format!("{} {}", self.order, self.name),
            _ => format!("{} {}（{}）", self.order, self.name, detail.join("，")),
        }
    }
}

fn row(model: &Model, order: usize, task: &Task) -> StepRow {
    let lane = model.lane_of(&task.id).map(|lane| lane.name.clone());
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
        outcomes: outcomes(model, task),
        papers,
        visibility: task.visibility,
    }
}

fn outcomes(model: &Model, task: &Task) -> Vec<String> {
    let leads = |outcome: Option<&str>| {
        let next = crate::thin::check::next_rests(model, &task.id, outcome);
        let names: Vec<&str> = next.into_iter().map(Node::label_or_end).collect();
        names.join("、")
    };
    if task.outcomes.is_empty() {
        return vec![format!("→ {}", leads(None))];
    }
    let named = task
        .outcomes
        .iter()
        .map(|o| format!("{} → {}", o.name, leads(Some(&o.id))));
    named.collect()
}
