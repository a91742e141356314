//! Which event may stand where (BPMN 2.0 §10.5, tables 10.82 to 10.93).

use super::names::chinese;
use super::rules::Rules;
use super::{EventNode, Kind, NodeIx, Place, SubKind, Trigger};

pub(super) fn check(rules: &mut Rules<'_>, ix: NodeIx, event: &EventNode) {
    let model = rules.model;
    let node = model.node(ix);
    let within = node.parent.map(|parent| &model.node(parent).kind);
    for trigger in &event.triggers {
        if !allowed(event, trigger, within) {
            let text = format!(
                "：{}不能用在这里（{}，10.5）。",
                chinese(trigger.local()),
                place(event, within)
            );
            rules.error(node, "event_misplaced", &text);
        }
    }
    if event.triggers.is_empty() && !may_be_none(event, within) {
        rules.error(
            node,
            "event_empty",
            &format!("没有事件定义，不能用在这里（{}，10.5）。", place(event, within)),
        );
    }
    if event.triggers.len() > 1 && event.link().is_some() {
        rules.error(node, "link_multiple", "是链接事件，不能再有其他事件定义（10.5.5）。");
    }
    ends_of_flows(rules, ix, event);
    references(rules, ix, event);
    if event.link().is_some() {
        links(rules, ix, event);
    }
    if event.place == Place::Boundary {
        boundary(rules, ix, event);
    }
}

fn in_event_sub_process(within: Option<&Kind>) -> bool {
    within == Some(&Kind::Sub(SubKind::Event))
}

fn allowed(event: &EventNode, trigger: &Trigger, within: Option<&Kind>) -> bool {
    use Trigger as T;
    match event.place {
        Place::Start if in_event_sub_process(within) => match trigger {
            T::Error { .. } | T::Compensate { .. } => event.interrupting,
            T::Message { .. } | T::Timer(_) | T::Signal { .. } | T::Escalation { .. } | T::Conditional(_) => true,
            T::Cancel | T::Terminate | T::Link(_) => false,
        },
        Place::Start => {
            let process = matches!(within, Some(Kind::Process { .. }));
            process
                && matches!(
                    trigger,
                    T::Message { .. } | T::Timer(_) | T::Signal { .. } | T::Conditional(_)
                )
        }
        Place::Catch => matches!(
            trigger,
            T::Message { .. } | T::Timer(_) | T::Signal { .. } | T::Conditional(_) | T::Link(_)
        ),
        Place::Boundary => match trigger {
            T::Message { .. } | T::Timer(_) | T::Signal { .. } | T::Escalation { .. } | T::Conditional(_) => true,
            // Compensation has its own rule: the flag does not apply.
            T::Compensate { .. } => true,
            T::Error { .. } | T::Cancel => event.interrupting,
            T::Terminate | T::Link(_) => false,
        },
        Place::Throw => matches!(
            trigger,
            T::Message { .. } | T::Signal { .. } | T::Escalation { .. } | T::Compensate { .. } | T::Link(_)
        ),
        Place::End => match trigger {
            T::Message { .. } | T::Signal { .. } | T::Escalation { .. } | T::Error { .. } => true,
            T::Compensate { .. } | T::Terminate => true,
            T::Cancel => within == Some(&Kind::Sub(SubKind::Transaction)),
            T::Timer(_) | T::Conditional(_) | T::Link(_) => false,
        },
    }
}

fn may_be_none(event: &EventNode, within: Option<&Kind>) -> bool {
    match event.place {
        Place::Start => !in_event_sub_process(within),
        Place::Throw | Place::End => true,
        Place::Catch | Place::Boundary => false,
    }
}

fn place(event: &EventNode, within: Option<&Kind>) -> &'static str {
    match event.place {
        Place::Start if in_event_sub_process(within) && event.interrupting => "事件子流程的中断开始事件",
        Place::Start if in_event_sub_process(within) => "事件子流程的非中断开始事件",
        Place::Start if matches!(within, Some(Kind::Sub(_))) => "子流程的开始事件",
        Place::Start => "流程的开始事件",
        Place::Catch => "中间捕获事件",
        Place::Throw => "中间抛出事件",
        Place::Boundary if event.interrupting => "中断边界事件",
        Place::Boundary => "非中断边界事件",
        Place::End => "结束事件",
    }
}

fn ends_of_flows(rules: &mut Rules<'_>, ix: NodeIx, event: &EventNode) {
    let node = rules.model.node(ix);
    let (into, out) = (node.incoming.len(), node.outgoing.len());
    let compensates = event.has(|t| matches!(t, Trigger::Compensate { .. }));
    match event.place {
        Place::Start => {
            if into > 0 {
                rules.error(node, "start_has_incoming", "是开始事件，不能有流入的顺序流（10.5.2）。");
            }
            if out == 0 {
                rules.error(
                    node,
                    "start_without_outgoing",
                    "是开始事件，必须有流出的顺序流（10.5.2）。",
                );
            }
        }
        Place::End => {
            if out > 0 {
                rules.error(node, "end_has_outgoing", "是结束事件，不能有流出的顺序流（10.5.3）。");
            }
        }
        Place::Boundary if compensates => {
            if into + out > 0 {
                rules.error(
                    node,
                    "compensation_boundary_flows",
                    "是补偿边界事件，不能有顺序流，只能关联到补偿活动（10.7）。",
                );
            }
            if node.handler.is_none() {
                rules.error(
                    node,
                    "compensation_without_handler",
                    "是补偿边界事件，没有关联到补偿活动（10.7）。",
                );
            }
        }
        Place::Boundary => {
            if into > 0 {
                rules.error(
                    node,
                    "boundary_has_incoming",
                    "是边界事件，不能有流入的顺序流（10.5.4）。",
                );
            }
            if out == 0 {
                rules.error(
                    node,
                    "boundary_without_outgoing",
                    "是边界事件，必须有流出的顺序流（10.5.4）。",
                );
            }
        }
        Place::Catch => {
            if event.link().is_some() && into > 0 {
                rules.error(
                    node,
                    "link_catch_incoming",
                    "是捕获链接事件，不能有流入的顺序流（10.5.4）。",
                );
            }
            if event.link().is_some() && out == 0 {
                rules.error(
                    node,
                    "link_catch_outgoing",
                    "是捕获链接事件，必须有流出的顺序流（10.5.4）。",
                );
            }
        }
        Place::Throw => {
            if event.link().is_some() && out > 0 {
                rules.error(
                    node,
                    "link_throw_outgoing",
                    "是抛出链接事件，不能有流出的顺序流（10.5.4）。",
                );
            }
            if event.link().is_some() && into == 0 {
                rules.error(
                    node,
                    "link_throw_incoming",
                    "是抛出链接事件，必须有流入的顺序流（10.5.4）。",
                );
            }
        }
    }
}

fn references(rules: &mut Rules<'_>, ix: NodeIx, event: &EventNode) {
    let model = rules.model;
    let node = model.node(ix);
    let throws = matches!(event.place, Place::Throw | Place::End);
    for trigger in &event.triggers {
        match trigger {
            Trigger::Error { code: None, .. } if throws => {
                rules.error(node, "error_without_code", "抛出错误，必须写明是哪个错误（10.5.6）。");
            }
            Trigger::Escalation { code: None, .. } if throws => {
                rules.warning(node, "escalation_without_code", "抛出升级，没有写明升级代码。");
            }
            Trigger::Conditional(None) => {
                rules.error(node, "condition_empty", "是条件事件，没有写条件（10.5.5）。");
            }
            Trigger::Signal { id: None, .. } => {
                rules.warning(node, "signal_without_ref", "没有引用信号，按名称对应。");
            }
            Trigger::Message { id: None, .. } => {
                rules.warning(node, "message_without_ref", "没有引用消息，按名称对应。");
            }
            Trigger::Compensate { activity: Some(id), .. } if throws => {
                let target = model.find(id);
                if !target.is_some_and(|target| compensable(rules, ix, target)) {
                    let text = format!("要补偿的“{id}”不存在，或不在同一层里（10.7）。");
                    rules.error(node, "compensation_target", &text);
                }
            }
            _ => {}
        }
    }
}

/// Activities of the same container; from an event sub-process, also those of the one around it.
fn compensable(rules: &Rules<'_>, throwing: NodeIx, target: NodeIx) -> bool {
    let model = rules.model;
    let target = model.node(target);
    if target.activity.is_none() {
        return false;
    }
    let mut container = model.node(throwing).parent;
    while let Some(at) = container {
        if target.parent == Some(at) {
            return true;
        }
        container = model.node(at).parent;
    }
    false
}

/// One catching link a name, at least one throwing (BPMN 2.0 §10.5.4).
fn links(rules: &mut Rules<'_>, ix: NodeIx, event: &EventNode) {
    let model = rules.model;
    let node = model.node(ix);
    let Some(parent) = node.parent else { return };
    let same = |place: Place| {
        let is = move |other: &&NodeIx| {
            let other = model.node(**other).event();
            other.is_some_and(|other| other.place == place && other.link() == event.link())
        };
        model.node(parent).children.iter().filter(is).count()
    };
    match event.place {
        Place::Throw if same(Place::Catch) == 0 => {
            rules.error(node, "link_without_target", "没有同名的捕获链接事件（10.5.4）。");
        }
        Place::Catch if same(Place::Catch) > 1 => {
            rules.error(node, "link_target_twice", "同名的捕获链接事件只能有一个（10.5.4）。");
        }
        Place::Catch if same(Place::Throw) == 0 => {
            rules.error(node, "link_without_source", "没有同名的抛出链接事件（10.5.4）。");
        }
        _ => {}
    }
}

fn boundary(rules: &mut Rules<'_>, ix: NodeIx, event: &EventNode) {
    let model = rules.model;
    let node = model.node(ix);
    let Some(host) = node.attached else { return };
    let cancels = event.has(|t| matches!(t, Trigger::Cancel));
    if cancels && model.node(host).kind != Kind::Sub(SubKind::Transaction) {
        rules.error(
            node,
            "cancel_off_transaction",
            "是取消事件，只能附在事务子流程上（10.5.4）。",
        );
    }
    if let Some(handler) = node.handler
        && !model
            .node(handler)
            .activity
            .as_ref()
            .is_some_and(|a| a.for_compensation)
    {
        rules.error(
            model.node(handler),
            "handler_not_compensation",
            "是补偿处理，应标明isForCompensation（10.7）。",
        );
    }
    if matches!(model.node(host).kind, Kind::Sub(SubKind::Event)) {
        rules.error(node, "boundary_on_event_sub_process", "不能附在事件子流程上。");
    }
}
