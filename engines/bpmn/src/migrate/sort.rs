//! What may become what: the same kind of element and, of tasks of people, the same act in law.

use crate::model::{Called, EventNode, Gateway, Kind, Model, NodeIx, Place, Repeat, SubKind, TaskKind};

/// The kind, as one word that two charts are compared by.
pub(super) fn of(model: &Model, ix: NodeIx) -> String {
    match &model.node(ix).kind {
        Kind::Process { .. } => "process".to_owned(),
        Kind::Sub(kind) => format!("sub/{kind:?}"),
        Kind::Call(Called::Global(_, task)) => format!("global/{}", of_task(task)),
        Kind::Call(_) => "call".to_owned(),
        Kind::Task(task) => of_task(task).to_owned(),
        Kind::Gateway(Gateway::EventBased { parallel, .. }) => format!("event_based/{parallel}"),
        Kind::Gateway(gateway) => of_gateway(gateway).to_owned(),
        Kind::Event(event) => of_event(event),
    }
}

fn of_task(task: &TaskKind) -> &'static str {
    match task {
        TaskKind::Abstract => "task",
        // Both wait for a person.
        TaskKind::User | TaskKind::Manual => "person",
        TaskKind::Service => "service",
        TaskKind::Script(_) => "script",
        TaskKind::Rule { .. } => "rule",
        TaskKind::Send { .. } => "send",
        TaskKind::Receive { .. } => "receive",
    }
}

fn of_gateway(gateway: &Gateway) -> &'static str {
    match gateway {
        Gateway::Exclusive => "exclusive",
        Gateway::Parallel => "parallel",
        Gateway::Inclusive => "inclusive",
        Gateway::Complex { .. } => "complex",
        Gateway::EventBased { .. } => "event_based",
    }
}

fn of_event(event: &EventNode) -> String {
    let triggers: Vec<&str> = event.triggers.iter().map(|trigger| trigger.local()).collect();
    let interrupting = match event.place {
        Place::Boundary | Place::Start => event.interrupting,
        _ => true,
    };
    let (place, all) = (event.place, event.parallel);
    format!("{place:?}/{}/{interrupting}/{all}", triggers.join("+"))
}

/// What its task is in law; none of other elements.
pub(super) fn act(model: &Model, ix: NodeIx) -> Option<&str> {
    let work = model.node(ix).activity.as_ref()?.work.as_ref()?;
    work.act.as_deref()
}

/// How it is repeated.
pub(super) fn repeats(model: &Model, ix: NodeIx) -> &'static str {
    match model.node(ix).activity.as_ref().map(|activity| &activity.repeat) {
        None | Some(Repeat::Once) => "只办一次",
        Some(Repeat::Loop(_)) => "循环",
        Some(Repeat::Multi(multi)) if multi.sequential => "依次多人",
        Some(Repeat::Multi(_)) => "同时多人",
    }
}

/// For people.
pub(super) fn in_words(model: &Model, ix: NodeIx) -> &'static str {
    match &model.node(ix).kind {
        Kind::Process { .. } => "流程",
        Kind::Sub(SubKind::Event) => "事件子流程",
        Kind::Sub(_) => "子流程",
        Kind::Call(_) => "调用",
        Kind::Task(TaskKind::User | TaskKind::Manual) => "办理环节",
        Kind::Task(TaskKind::Receive { .. }) => "等待消息",
        Kind::Task(_) => "自动环节",
        Kind::Gateway(Gateway::EventBased { .. }) => "等待事件",
        Kind::Gateway(_) => "汇合",
        Kind::Event(event) => match event.place {
            Place::Boundary => "附在环节上的事件",
            Place::Start => "开始事件",
            _ => "等待事件",
        },
    }
}
