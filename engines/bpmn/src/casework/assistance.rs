//! Calls that another body answers (许可法 26(2)): who is asked, until when, and that an opinion comes back.

use super::rules::work;
use super::{is_called, main_process};
use crate::model::{Assistance, Called, Kind, Model, Node, NodeIx, Repeat};
use crate::problem::Problem;
use crate::read::{BPMN, Element, MINGJING};

/// The act by which a body that was asked answers.
pub const GIVE_OPINION: &str = "give_opinion";

pub(super) fn is_asked(element: &Element) -> bool {
    let own = || {
        element
            .children_named(BPMN, "extensionElements")
            .flat_map(Element::elements)
    };
    element.is(BPMN, "callActivity") && own().any(|e| e.is(MINGJING, "assistance"))
}

pub(super) fn check(model: &Model, problems: &mut Vec<Problem>) {
    let main = main_process(model);
    for ix in model.indices() {
        let node = model.node(ix);
        let Some(activity) = &node.activity else { continue };
        let Some(assistance) = activity.assistance.as_deref() else {
            continue;
        };
        let mut wrong = |code, text| problems.push(Problem::error(Some(node.id.as_str()), code, text));
        let label = node.label();
        if assistance.limit.is_none() {
            wrong("assistance_limit", format!("“{label}”没有写明协办机关的办理时限。"));
        }
        if activity.repeat != Repeat::Once {
            wrong(
                "assistance_repeats",
                format!("“{label}”每个协办机关各画一个，不能循环或者多实例。"),
            );
        }
        if Some(model.process_of(ix)) != main {
            wrong(
                "assistance_nested",
                format!("“{label}”只能由主办机关的流程转告，协办机关不再转告。"),
            );
        }
        match node.kind {
            Kind::Call(Called::Process(process)) if !answers(model, process) => wrong(
                "assistance_without_opinion",
                format!(
                    "“{label}”调用的流程里没有提出意见的任务（{GIVE_OPINION}），或者它没有声明不同意（negative）的结果。"
                ),
            ),
            Kind::Call(Called::Process(_)) => {}
            _ => wrong(
                "assistance_without_process",
                format!("“{label}”没有写明协办机关按照哪个流程办理。"),
            ),
        }
    }
}

/// Silence is no consent: an opinion can be against it.
fn answers(model: &Model, process: NodeIx) -> bool {
    let inside = model.indices().filter(|ix| model.process_of(*ix) == process);
    let mut opinions = inside
        .filter_map(|ix| work(model.node(ix)))
        .filter(|work| work.act.as_deref() == Some(GIVE_OPINION));
    let both = |work: &crate::model::Task| {
        work.outcomes.iter().any(|outcome| outcome.negative) && work.outcomes.iter().any(|outcome| !outcome.negative)
    };
    is_called(model, process) && opinions.next().is_some_and(both)
}

/// The bodies that a chart asks, each once, with the posts that the called process needs.
pub fn asked_bodies(model: &Model) -> Vec<(&Node, &Assistance, Vec<&str>)> {
    model
        .assisted_calls()
        .map(|(node, assistance, process)| {
            let inside = model.indices().filter(|ix| model.process_of(*ix) == process);
            let mut posts: Vec<&str> = inside
                .filter_map(|ix| work(model.node(ix)))
                .flat_map(|work| work.posts.iter().map(String::as_str))
                .collect();
            posts.sort_unstable();
            posts.dedup();
            (node, assistance, posts)
        })
        .collect()
}
