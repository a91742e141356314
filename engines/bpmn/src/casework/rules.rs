//! What a flow of cases must be beyond the standard: tasks fixed in posts, our own elements where somebody reads them,
//! nothing that nobody does.

use super::{assistance, is_called};
use crate::model::{Kind, Model, Node, NodeIx, Repeat, Task, TaskKind};
use crate::problem::Problem;
use crate::read::{BPMN, Element, MINGJING, ZEEBE};

/// Own elements that only tasks of people are read for.
const OF_TASKS: [&str; 6] = ["act", "limit", "paper", "opinion", "outcomes", "visibility"];
/// And those that calls which another body answers are read for.
const OF_ASSISTANCE: [&str; 3] = ["assistance", "limit", "visibility"];

pub(super) fn check(model: &Model, problems: &mut Vec<Problem>) {
    one_beginning(model, problems);
    for ix in model.indices() {
        let node = model.node(ix);
        match (&node.kind, work(node)) {
            (_, Some(work)) => task(node, work, problems),
            (Kind::Task(TaskKind::Service | TaskKind::Rule { decision: None, .. }), _) => {
                let text = format!(
                    "“{}”由外部系统办理，办件流程中没有谁会完成它，请改用任务。",
                    node.label()
                );
                problems.push(Problem::error(Some(node.id.as_str()), "nobody_completes", text));
            }
            (Kind::Task(TaskKind::Script(script)), _) if script.script.is_some() && !script.is_feel() => {
                let text = format!("脚本任务“{}”不是用FEEL写的，不能执行。", node.label());
                problems.push(Problem::error(Some(node.id.as_str()), "foreign_script", text));
            }
            _ => {}
        }
    }
    assistance::check(model, problems);
    lanes(model, problems);
    elements(&model.source, problems);
}

pub(super) fn work(node: &Node) -> Option<&Task> {
    node.activity.as_ref()?.work.as_deref()
}

fn one_beginning(model: &Model, problems: &mut Vec<Problem>) {
    let executable = |ix: &NodeIx| model.node(*ix).kind == Kind::Process { executable: true };
    let main: Vec<NodeIx> = model.processes().filter(|ix| !is_called(model, *ix)).collect();
    let executables = main.iter().filter(|ix| executable(ix)).count();
    for further in main.iter().filter(|ix| executables != 1 || executable(ix)).skip(1) {
        let text = "一个文件只能有一个由办件开始的流程（其他流程由调用活动调用）。".to_owned();
        let id = model.node(*further).id.as_str();
        problems.push(Problem::error(Some(id), "several_processes", text));
    }
}

/// Acts that several may sign: opinions. What the law sees once (acceptance, decision, service …) is one person's act.
const COUNTERSIGNED: [&str; 8] = [
    "review_opening",
    "review_proposal",
    "legal_review",
    "examine",
    "review",
    "discuss",
    "expert_review",
    "review_opinions",
];

fn task(node: &Node, work: &Task, problems: &mut Vec<Problem>) {
    let id = Some(node.id.as_str());
    if node.name.is_empty() {
        problems.push(Problem::error(id, "name_missing", "任务没有名称。".to_owned()));
    }
    // R63: routing steps are fixed in posts; a task of no post would be offered to nobody.
    if work.posts.is_empty() {
        let text = format!("任务“{}”没有指定岗位（candidateGroups）。", node.label());
        problems.push(Problem::error(id, "post_missing", text));
    }
    let several = node
        .activity
        .as_ref()
        .is_some_and(|activity| matches!(activity.repeat, Repeat::Multi(_)));
    let act = work.act.as_deref().unwrap_or_default();
    if several && !act.is_empty() && !COUNTERSIGNED.contains(&act) {
        let text = format!(
            "“{}”在法律上只能作出一次，不能会签；审核、法制审核等意见才能由几人会签。",
            node.label()
        );
        problems.push(Problem::error(id, "not_countersigned", text));
    }
}

/// Lanes show posts, candidate groups bind them: both must tell the same.
fn lanes(model: &Model, problems: &mut Vec<Problem>) {
    let posts_of = |lane: usize| -> Vec<&str> {
        let nodes = model.nodes().iter().filter(|node| node.lane == Some(lane));
        let mut posts: Vec<&str> = nodes
            .filter_map(work)
            .flat_map(|work| work.posts.iter().map(String::as_str))
            .collect();
        posts.sort_unstable();
        posts.dedup();
        posts
    };
    let all: Vec<Vec<&str>> = (0..model.lanes().len()).map(posts_of).collect();
    for (at, (lane, posts)) in model.lanes().iter().zip(&all).enumerate() {
        let id = Some(lane.id.as_str());
        if lane.name.is_empty() {
            problems.push(Problem::warning(id, "lane_name_missing", "泳道没有名称。".to_owned()));
        }
        if posts.len() > 1 {
            let text = format!(
                "泳道“{}”里的任务指派给不同的岗位：{}。一个泳道应对应一个岗位。",
                lane.name,
                posts.join("、")
            );
            problems.push(Problem::warning(id, "lane_posts_differ", text));
        }
        for post in posts
            .iter()
            .filter(|post| all[..at].iter().any(|other| other.contains(*post)))
        {
            let text = format!("岗位“{post}”的任务分在了不止一个泳道。");
            problems.push(Problem::warning(id, "post_in_two_lanes", text));
        }
    }
}

/// Persons instead of posts, and own elements where nobody reads them: law hangs on them.
fn elements(source: &Element, problems: &mut Vec<Problem>) {
    let mut open = vec![source];
    while let Some(element) = open.pop() {
        let asks = assistance::is_asked(element);
        let people = matches!(element.local.as_str(), "userTask" | "manualTask") && element.namespace == BPMN;
        for extension in element
            .children_named(BPMN, "extensionElements")
            .flat_map(Element::elements)
        {
            if people && extension.is(ZEEBE, "assignmentDefinition") {
                posts_only(element, extension, problems);
            }
            let name = extension.local.as_str();
            let read_here = people && name != "assistance" || asks && OF_ASSISTANCE.contains(&name);
            let ours = OF_TASKS.contains(&name) || name == "assistance";
            if !read_here && extension.namespace == MINGJING && ours {
                let text = match name {
                    "assistance" => format!("“{}”只能写在调用活动上。", extension.qname),
                    _ => format!("“{}”只能写在任务上。", extension.qname),
                };
                problems.push(Problem::error(element.id(), "extension_misplaced", text));
            }
        }
        open.extend(element.elements().filter(|e| e.local != "extensionElements"));
    }
}

/// R63: routing is fixed in posts, so persons and expressions are refused.
fn posts_only(element: &Element, assignment: &Element, problems: &mut Vec<Problem>) {
    for attribute in ["assignee", "candidateUsers"] {
        if assignment.get(attribute).is_some_and(|value| !value.trim().is_empty()) {
            let text = format!("任务只能指派给岗位（candidateGroups），不能写个人（{attribute}）。");
            problems.push(Problem::error(element.id(), "assigned_to_person", text));
        }
    }
    if assignment
        .get("candidateGroups")
        .is_some_and(|groups| groups.trim_start().starts_with('='))
    {
        let text = "岗位（candidateGroups）应直接写明，不能用表达式。".to_owned();
        problems.push(Problem::error(element.id(), "posts_need_rules", text));
    }
}
