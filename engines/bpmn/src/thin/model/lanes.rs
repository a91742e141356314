//! Lanes: which node lies in which, and whose posts they show.

use super::build::{Build, checked_id, checked_name};
use super::{Lane, Model, NodeKind};
use crate::read::{BPMN, Element};

pub(super) fn read(process: &Element, model: &mut Model, build: &mut Build) {
    let mut sets = process.children_named(BPMN, "laneSet");
    let Some(set) = sets.next() else { return };
    for further in sets {
        let text = "目前一个流程只支持一组泳道（laneSet）。".to_owned();
        build.error(further.id(), "unsupported_element", text);
    }
    for element in set.children_named(BPMN, "lane") {
        if let Some(nested) = element.child(BPMN, "childLaneSet") {
            let text = "目前不支持泳道中再分泳道（childLaneSet）。".to_owned();
            build.error(nested.id().or(element.id()), "unsupported_element", text);
        }
        let lane = Lane {
            id: checked_id(element, build),
            name: checked_name(element, build),
            nodes: Vec::new(),
            posts: Vec::new(),
        };
        model.lanes.push(lane);
        let ix = model.lanes.len() - 1;
        for reference in element.children_named(BPMN, "flowNodeRef") {
            place_in_lane(&reference.text(), ix, model, build);
        }
    }
}

fn place_in_lane(reference: &str, lane: usize, model: &mut Model, build: &mut Build) {
    let lane_id = model.lanes[lane].id.clone();
    let Some(node) = model.node_by_id(reference) else {
        if !build.refused.contains(reference) {
            let text = format!("泳道引用了不存在的元素“{reference}”。");
            build.error(Some(&lane_id), "dangling_reference", text);
        }
        return;
    };
    let node = &mut model.nodes[node.0];
    if node.lane.is_some() {
        let text = "这个元素同时放在两个泳道里。".to_owned();
        build.error(Some(reference), "two_lanes", text);
        return;
    }
    node.lane = Some(lane);
    if let NodeKind::Task(task) = &mut node.kind {
        task.lane = Some(lane_id);
        for post in &task.posts {
            if !model.lanes[lane].posts.contains(post) {
                model.lanes[lane].posts.push(post.clone());
            }
        }
    }
    model.lanes[lane].nodes.push(reference.to_owned());
}
