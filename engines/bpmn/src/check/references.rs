//! What a chart names must be there: posts with holders and in their lanes, forms, papers, decisions.

use std::collections::BTreeSet;

use super::duration::{at_most, longest};
use super::inventory::Inventory;
use crate::casework::asked_bodies;
use crate::model::{Kind, Model, Node, NodeIx, TaskKind, Value};
use crate::problem::Problem;

pub(super) fn check(model: &Model, inventory: &Inventory, problems: &mut Vec<Problem>) {
    let mut references = References {
        model,
        inventory,
        problems,
    };
    for ix in model.indices() {
        references.task(ix);
    }
    references.assisting();
    references.lanes();
}

/// Posts of a chart that nobody holds or that are not there, at home and in the bodies it asks: what a case that is about to
/// go on on it must not run into.
pub fn unstaffed(model: &Model, inventory: &Inventory) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut references = References {
        model,
        inventory,
        problems: &mut problems,
    };
    for ix in model.indices() {
        references.posts(ix);
    }
    references.assisting_bodies();
    problems
}

struct References<'a> {
    model: &'a Model,
    inventory: &'a Inventory,
    problems: &'a mut Vec<Problem>,
}

impl References<'_> {
    fn task(&mut self, ix: NodeIx) {
        let model = self.model;
        let node = model.node(ix);
        if let Kind::Task(TaskKind::Rule {
            decision: Some(Value::Variable(decision)),
            ..
        }) = &node.kind
        {
            self.known(
                node,
                "decision_unknown",
                "决策",
                decision,
                self.inventory.decisions.as_ref(),
            );
        }
        let Some(work) = node.activity.as_ref().and_then(|a| a.work.as_ref()) else {
            return;
        };
        if work.posts.is_empty() {
            let text = format!("“{}”没有写明由哪个岗位办理。", node.label());
            self.error(node, "post_missing", text);
        }
        self.posts(ix);
        if let Some(form) = &work.form {
            self.known(node, "form_unknown", "表单", form, self.inventory.forms.as_ref());
        }
        for paper in &work.papers {
            let papers = self.inventory.papers.as_ref();
            self.known(node, "paper_unknown", "文书", &paper.template, papers);
        }
    }

    /// What another body works through is held against the posts of that body.
    fn posts(&mut self, ix: NodeIx) {
        let model = self.model;
        let node = model.node(ix);
        let Some(work) = node.activity.as_ref().and_then(|a| a.work.as_ref()) else {
            return;
        };
        if !model.is_assisting(ix) {
            for post in &work.posts {
                self.post(node, post);
            }
        }
    }

    fn post(&mut self, node: &Node, post: &str) {
        let Some(posts) = &self.inventory.posts else {
            return;
        };
        let Some(known) = posts.get(post) else {
            let text = format!("“{}”的岗位“{post}”不存在。", node.label());
            return self.error(node, "post_unknown", text);
        };
        if known.holders == Some(0) {
            let text = format!("“{}”的岗位“{}”没有人担任。", node.label(), known.name);
            self.error(node, "post_without_holder", text);
        }
    }

    fn assisting(&mut self) {
        let model = self.model;
        for (node, assistance, process) in model.assisted_calls() {
            let Some(limit) = &assistance.limit else { continue };
            let (needs, has) = (longest(model, process), at_most(limit.amount, limit.unit()));
            if needs > has {
                let text = format!(
                    "“{}”给协办机关{}，它的流程各环节时限合计要{needs}个工作日。",
                    node.label(),
                    limit.in_words()
                );
                self.error(node, "assistance_limit_short", text);
            }
        }
        self.assisting_bodies();
    }

    fn assisting_bodies(&mut self) {
        let (model, inventory) = (self.model, self.inventory);
        let Some(bodies) = &inventory.assisting else {
            return;
        };
        for (node, assistance, posts) in asked_bodies(model) {
            if inventory.lead.as_ref() == Some(&assistance.body) {
                let text = format!(
                    "“{}”的协办机关就是主办机关自己，自己的意见在自己的环节里办。",
                    node.label()
                );
                self.error(node, "assisting_body_is_lead", text);
                continue;
            }
            let Some(held) = bodies.get(&assistance.body) else {
                let text = format!("“{}”的协办机关“{}”没有登记。", node.label(), assistance.body);
                self.error(node, "assisting_body_unknown", text);
                continue;
            };
            for post in posts {
                let known = held.get(post);
                if known.is_none_or(|known| known.holders == Some(0)) {
                    let name = known.map_or(post, |known| known.name.as_str());
                    let text = format!("“{}”的协办机关没有人担任“{name}”。", node.label());
                    self.error(node, "assisting_post_without_holder", text);
                }
            }
        }
    }

    fn known(&mut self, node: &Node, code: &'static str, kind: &str, name: &str, all: Option<&BTreeSet<String>>) {
        if all.is_some_and(|all| !all.contains(name)) {
            let text = format!("“{}”用到的{kind}“{name}”不存在。", node.label());
            self.error(node, code, text);
        }
    }

    fn error(&mut self, node: &Node, code: &'static str, text: String) {
        self.problems.push(Problem::error(Some(node.id.as_str()), code, text));
    }

    /// A lane shows a post: its tasks are that post's, and it bears its name.
    fn lanes(&mut self) {
        let model = self.model;
        for (at, lane) in model.lanes().iter().enumerate() {
            let mut posts: Option<BTreeSet<&str>> = None;
            for node in model.nodes().iter().filter(|node| node.lane == Some(at)) {
                let Some(work) = node.activity.as_ref().and_then(|a| a.work.as_ref()) else {
                    continue;
                };
                let own: BTreeSet<&str> = work.posts.iter().map(String::as_str).collect();
                match &posts {
                    Some(posts) if *posts != own => {
                        let text = format!("“{}”的岗位和泳道“{}”里其他任务的不一样。", node.label(), lane.name);
                        self.error(node, "lane_posts_differ", text);
                    }
                    Some(_) => {}
                    None => {
                        self.lane_name(node, &lane.name, &own);
                        posts = Some(own);
                    }
                }
            }
        }
        let with_lanes: BTreeSet<_> = model.lanes().iter().map(|lane| lane.process).collect();
        for ix in model.indices() {
            let node = model.node(ix);
            let task = node.activity.as_ref().is_some_and(|a| a.work.is_some());
            if task && self.homeless(ix) && with_lanes.contains(&model.process_of(ix)) {
                let text = format!("“{}”不在任何泳道里。", node.label());
                self.error(node, "not_in_lane", text);
            }
        }
    }

    /// A task inside a sub-process lies where that lies.
    fn homeless(&self, ix: NodeIx) -> bool {
        let mut at = Some(ix);
        while let Some(ix) = at {
            if self.model.node(ix).lane.is_some() {
                return false;
            }
            at = self.model.node(ix).parent;
        }
        true
    }

    fn lane_name(&mut self, node: &Node, lane: &str, posts: &BTreeSet<&str>) {
        let Some(known) = &self.inventory.posts else {
            return;
        };
        let mut names = posts
            .iter()
            .filter_map(|post| known.get(*post))
            .map(|post| post.name.as_str());
        let named: Vec<&str> = names.clone().collect();
        if !named.is_empty() && !names.any(|name| lane.contains(name)) {
            let text = format!(
                "“{}”在泳道“{lane}”里，却由“{}”办理：泳道名和岗位要一致。",
                node.label(),
                named.join("、")
            );
            self.error(node, "lane_name_differs", text);
        }
    }
}
