//! The standard's structural rules: what it forbids is an error, what it leaves to taste a warning at most.

use super::rules_events;
use super::{Called, Gateway, Kind, Model, Node, NodeIx, Place, Repeat, SubKind, TaskKind, Trigger};
use crate::problem::Problem;

pub(super) fn check(model: &Model, problems: &mut Vec<Problem>) {
    let mut rules = Rules { model, problems };
    for ix in model.indices() {
        let node = model.node(ix);
        if node.is_container() {
            rules.container(ix);
        }
        rules.connections(ix);
        rules.conditions(node);
        match &node.kind {
            Kind::Event(event) => rules_events::check(&mut rules, ix, event),
            Kind::Gateway(gateway) => rules.gateway(ix, gateway),
            Kind::Call(called) => rules.call(node, called),
            _ => {}
        }
        if node.activity.is_some() {
            rules.activity(ix);
        }
    }
    rules.message_flows();
    rules.calls_end();
}

pub(super) struct Rules<'a> {
    pub model: &'a Model,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Rules<'a> {
    pub fn error(&mut self, node: &Node, code: &'static str, text: &str) {
        let text = format!("“{}”{text}", node.label());
        self.problems.push(Problem::error(Some(node.id.as_str()), code, text));
    }

    pub fn warning(&mut self, node: &Node, code: &'static str, text: &str) {
        let text = format!("“{}”{text}", node.label());
        self.problems.push(Problem::warning(Some(node.id.as_str()), code, text));
    }

    fn container(&mut self, ix: NodeIx) {
        let model = self.model;
        let node = model.node(ix);
        let place = |place: Place| {
            let is = move |child: &&NodeIx| model.node(**child).event().is_some_and(|e| e.place == place);
            node.children.iter().filter(is).count()
        };
        let (starts, ends) = (place(Place::Start), place(Place::End));
        match node.kind {
            Kind::Sub(SubKind::AdHoc) => {
                if starts + ends > 0 {
                    self.error(
                        node,
                        "ad_hoc_events",
                        "是临时子流程，里面不能有开始事件或结束事件（10.3.5）。",
                    );
                }
                let activities = node.children.iter().any(|child| model.node(*child).activity.is_some());
                if !activities {
                    self.error(node, "ad_hoc_empty", "是临时子流程，里面至少要有一个活动（10.3.5）。");
                }
            }
            Kind::Sub(SubKind::Event) => {
                if starts != 1 {
                    self.error(
                        node,
                        "event_sub_process_starts",
                        "是事件子流程，必须恰有一个开始事件（10.3.5）。",
                    );
                }
                if !node.incoming.is_empty() || !node.outgoing.is_empty() {
                    self.error(
                        node,
                        "event_sub_process_flows",
                        "是事件子流程，不能有流入或流出的顺序流（10.3.5）。",
                    );
                }
                if !node.boundary.is_empty() {
                    self.error(node, "event_sub_process_boundary", "是事件子流程，不能附边界事件。");
                }
            }
            _ => {
                let instantiating = node.children.iter().any(|child| model.instantiates(*child));
                if ends > 0 && starts == 0 && !instantiating {
                    self.error(node, "end_without_start", "有结束事件就必须有开始事件（10.5.2）。");
                }
                if starts > 0 && ends == 0 {
                    self.warning(node, "start_without_end", "有开始事件而没有结束事件（10.5.3）。");
                }
            }
        }
        if matches!(node.kind, Kind::Process { .. }) && node.children.is_empty() {
            self.warning(node, "empty_process", "是空的流程。");
        }
    }

    fn connections(&mut self, ix: NodeIx) {
        let model = self.model;
        let node = model.node(ix);
        let Some(parent) = node.parent else { return };
        let handler = node.activity.as_ref().is_some_and(|a| a.for_compensation);
        if handler && (!node.incoming.is_empty() || !node.outgoing.is_empty()) {
            self.error(
                node,
                "compensation_activity_flows",
                "是补偿活动，不能有流入或流出的顺序流（10.7）。",
            );
        }
        let siblings = &model.node(parent).children;
        let ad_hoc = model.node(parent).kind == Kind::Sub(SubKind::AdHoc);
        let begins = |ix: &NodeIx| model.node(*ix).is_start() || model.instantiates(*ix);
        if model.starts_by_itself(ix) && !ad_hoc && siblings.iter().any(begins) {
            self.error(
                node,
                "no_incoming",
                "没有流入的顺序流：有开始事件时，其他元素都必须由顺序流到达（10.5.2）。",
            );
        }
        let ends = |ix: &NodeIx| model.node(*ix).event().is_some_and(|e| e.place == Place::End);
        let dangling = node.outgoing.is_empty() && !handler && node.kind != Kind::Sub(SubKind::Event);
        let closes = node.event().is_some_and(|e| {
            e.place == Place::End || e.link().is_some() || e.place == Place::Boundary || e.place == Place::Start
        });
        if dangling && !closes && !ad_hoc && siblings.iter().any(ends) {
            self.warning(
                node,
                "no_outgoing",
                "没有流出的顺序流：有结束事件时，其他元素都应有去向（10.5.3）。",
            );
        }
    }

    /// Conditions stand on flows out of choosing gateways and of activities (BPMN 2.0 §8.3.13).
    fn conditions(&mut self, node: &'a Node) {
        let conditional: Vec<_> = node
            .outgoing
            .iter()
            .filter(|flow| self.model.flow(**flow).condition.is_some())
            .collect();
        let may = match &node.kind {
            Kind::Gateway(gateway) => gateway.chooses(),
            _ => node.activity.is_some(),
        };
        if !may && !conditional.is_empty() {
            let code = "condition_off_place";
            self.error(
                node,
                code,
                "流出的顺序流不能带条件：条件只能写在排他、包容、复杂网关或活动流出的顺序流上（8.3.13）。",
            );
        }
        if !may && node.default.is_some() {
            self.error(node, "default_off_place", "不能有默认流（8.3.13）。");
        }
        if let Some(default) = node.default
            && self.model.flow(default).condition.is_some()
        {
            self.warning(node, "default_has_condition", "的默认流写了条件，条件不起作用。");
        }
        if node.activity.is_some() && !conditional.is_empty() && node.outgoing.len() == 1 {
            self.error(node, "lonely_condition", "只有一条流出的顺序流，不能带条件（8.3.13）。");
        }
        if matches!(node.kind, Kind::Gateway(Gateway::Exclusive | Gateway::Inclusive)) && node.outgoing.len() > 1 {
            let bare = node
                .outgoing
                .iter()
                .filter(|flow| self.model.flow(**flow).condition.is_none() && node.default != Some(**flow));
            if bare.count() > 0 {
                let code = "condition_missing";
                self.warning(node, code, "有的流出既没有条件也不是默认流，视为条件总是成立。");
            }
        }
    }

    fn gateway(&mut self, ix: NodeIx, gateway: &Gateway) {
        let node = self.model.node(ix);
        if node.incoming.is_empty() && node.outgoing.is_empty() {
            self.error(node, "gateway_alone", "没有连接任何顺序流。");
        }
        if node.incoming.len() == 1 && node.outgoing.len() == 1 {
            self.warning(node, "gateway_idle", "既不分支也不汇合。");
        }
        if let Gateway::EventBased { instantiate, parallel } = gateway {
            self.event_gateway(node, *instantiate, *parallel);
        }
    }

    /// BPMN 2.0 §10.6.6.
    fn event_gateway(&mut self, node: &'a Node, instantiate: bool, parallel: bool) {
        let model = self.model;
        if node.outgoing.len() < 2 {
            self.error(
                node,
                "event_gateway_ways",
                "是事件网关，至少要有两条流出的顺序流（10.6.6）。",
            );
        }
        if instantiate && !node.incoming.is_empty() {
            self.error(
                node,
                "event_gateway_instantiates",
                "会启动流程，不能有流入的顺序流（10.6.6）。",
            );
        }
        if parallel && !instantiate {
            self.error(
                node,
                "event_gateway_parallel",
                "是并行事件网关，只能用来启动流程（10.6.6）。",
            );
        }
        if !instantiate && node.incoming.is_empty() {
            let siblings = node.parent.map(|parent| &model.node(parent).children);
            if siblings.is_some_and(|s| s.iter().any(|ix| model.node(*ix).is_start())) {
                return;
            }
        }
        let mut messages = false;
        let mut receives = false;
        for flow in &node.outgoing {
            let target = model.node(model.flow(*flow).target);
            let fits = match &target.kind {
                Kind::Event(event) if event.place == Place::Catch => {
                    messages |= event.has(|t| matches!(t, Trigger::Message { .. }));
                    !event.triggers.is_empty() && event.link().is_none()
                }
                Kind::Task(TaskKind::Receive { .. }) => {
                    receives = true;
                    if !target.boundary.is_empty() {
                        self.error(
                            target,
                            "event_gateway_receive_boundary",
                            "在事件网关之后，不能附边界事件（10.6.6）。",
                        );
                    }
                    true
                }
                _ => false,
            };
            if !fits {
                self.error(
                    target,
                    "event_gateway_target",
                    "跟在事件网关之后，只能是捕获消息、定时、信号、条件的中间事件或接收任务（10.6.6）。",
                );
            }
            if target.incoming.len() > 1 {
                self.error(
                    target,
                    "event_gateway_target_shared",
                    "跟在事件网关之后，不能再有其他流入（10.6.6）。",
                );
            }
        }
        if messages && receives {
            self.error(
                node,
                "event_gateway_mixed",
                "之后不能既有消息事件又有接收任务（10.6.6）。",
            );
        }
    }

    fn activity(&mut self, ix: NodeIx) {
        let model = self.model;
        let node = model.node(ix);
        if let Kind::Task(TaskKind::Receive { instantiate: true, .. }) = node.kind
            && !node.incoming.is_empty()
        {
            self.error(
                node,
                "receive_instantiates",
                "会启动流程，不能有流入的顺序流（10.3.3）。",
            );
        }
        let activity = node.activity.as_deref();
        let handler = activity.is_some_and(|a| a.for_compensation);
        if handler && node.boundary.iter().any(|b| !model.node(*b).outgoing.is_empty()) {
            self.warning(
                node,
                "compensation_activity_boundary",
                "是补偿活动，它的边界事件不会继续流程。",
            );
        }
        let repeats = activity.is_some_and(|a| a.repeat != Repeat::Once);
        if repeats && node.kind == Kind::Sub(SubKind::Event) {
            self.error(node, "event_sub_process_loop", "是事件子流程，不能循环或多实例。");
        }
    }

    fn call(&mut self, node: &Node, called: &Called) {
        if let Called::Elsewhere(id) = called {
            let text = format!("调用的流程“{id}”不在这个文件里。");
            self.warning(node, "called_elsewhere", &text);
        }
        if *called == Called::Nothing {
            self.warning(node, "calls_nothing", "没有写明调用哪个流程。");
        }
    }

    /// Message flows join different pools and never gateways (BPMN 2.0 §7.6.2).
    fn message_flows(&mut self) {
        let model = self.model;
        for link in &model.message_flows {
            let ends = [&link.source, &link.target].map(|id| model.find(id.as_str()));
            let process = |ix: Option<NodeIx>| ix.map(|ix| model.process_of(ix));
            let mut error = |code, text: &str| {
                self.problems
                    .push(Problem::error(Some(link.id.as_str()), code, text.to_owned()));
            };
            let pool = |id: &super::Id| model.pools.iter().find(|pool| pool.id == *id);
            for (end, id) in ends.iter().zip([&link.source, &link.target]) {
                if end.is_none() && pool(id).is_none() && !model.artifacts.iter().any(|a| a.id == *id) {
                    error("dangling_reference", &format!("消息流引用了不存在的“{id}”。"));
                }
            }
            let owner = |ix: Option<NodeIx>, id: &super::Id| process(ix).or(pool(id).and_then(|pool| pool.process));
            let (from, to) = (owner(ends[0], &link.source), owner(ends[1], &link.target));
            if from.is_some() && from == to {
                error("message_flow_inside", "消息流必须连接两个不同的参与者（7.6.2）。");
            }
            let [source, target] = ends.map(|ix| ix.map(|ix| &model.node(ix).kind));
            let sends = |kind: &Kind| match kind {
                Kind::Event(event) => matches!(event.place, Place::Throw | Place::End),
                Kind::Gateway(_) => false,
                _ => true,
            };
            let receives = |kind: &Kind| match kind {
                Kind::Event(event) => !matches!(event.place, Place::Throw | Place::End),
                Kind::Gateway(_) => false,
                _ => true,
            };
            if source.is_some_and(|kind| !sends(kind)) || target.is_some_and(|kind| !receives(kind)) {
                error(
                    "message_flow_end",
                    "消息流只能从发送的活动、事件出发，到接收的活动、事件（7.6.2）。",
                );
            }
        }
    }

    /// A process that always calls itself would never stop being started.
    fn calls_end(&mut self) {
        let model = self.model;
        for process in model.processes() {
            let calls_itself = model.indices().find(|ix| {
                model.node(*ix).kind == Kind::Call(Called::Process(process)) && model.process_of(*ix) == process
            });
            if let Some(call) = calls_itself {
                self.warning(model.node(call), "calls_itself", "调用自己所在的流程，注意要有尽头。");
            }
        }
    }
}
