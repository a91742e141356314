//! The chart as an audience may see it (R3, R4): one chart, from which the outer one is derived by each task's
//! visibility. What is hidden is taken out and its neighbours are joined; a gateway that only splits or joins
//! hidden ways goes with them.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::read::Element;
use crate::thin::model::{Flow, FlowIx, Lane, Model, Node, NodeIx, NodeKind, Visibility};

/// The derived chart is for drawing only: it has no hash, no file, and tasks may have several ways out.
pub(super) fn seen_by(model: &Model, audience: Visibility) -> Option<Model> {
    let hidden: Vec<NodeIx> = model
        .node_indices()
        .filter(|ix| model.node(*ix).task().is_some_and(|task| task.visibility > audience))
        .collect();
    if hidden.is_empty() {
        return None;
    }
    let mut graph = Graph::of(model);
    for ix in &hidden {
        graph.take_out(*ix);
    }
    graph.take_out_gateways(model, &hidden);
    Some(graph.into_model(model))
}

/// Joining the neighbours of what is hidden can square the number of lines; beyond this some are left out.
const MAX_WAYS: usize = 20_000;

struct Way {
    from: NodeIx,
    to: NodeIx,
    /// The flow it stands for, and whether that flow led exactly so.
    flow: FlowIx,
    whole: bool,
}

struct Graph {
    ways: Vec<Way>,
    gone: BTreeSet<NodeIx>,
}

impl Graph {
    fn of(model: &Model) -> Graph {
        let flows = model.flows().iter().enumerate();
        let ways = flows.map(|(index, flow)| Way {
            from: flow.source,
            to: flow.target,
            flow: FlowIx(index),
            whole: true,
        });
        Graph {
            ways: ways.collect(),
            gone: BTreeSet::new(),
        }
    }

    /// Joins every way in with every way out. A way from and to the same element says nothing any more.
    fn take_out(&mut self, ix: NodeIx) {
        self.gone.insert(ix);
        let (touching, mut kept): (Vec<Way>, Vec<Way>) =
            self.ways.drain(..).partition(|way| way.from == ix || way.to == ix);
        let into: Vec<&Way> = touching.iter().filter(|way| way.to == ix && way.from != ix).collect();
        let out: Vec<&Way> = touching.iter().filter(|way| way.from == ix && way.to != ix).collect();
        let mut known: HashSet<(NodeIx, NodeIx)> = kept.iter().map(|way| (way.from, way.to)).collect();
        for before in &into {
            for after in &out {
                let fits = before.from != after.to && kept.len() < MAX_WAYS;
                if fits && known.insert((before.from, after.to)) {
                    // Behind a split the ways differ by what follows, else by where they come from.
                    let flow = if out.len() > 1 { after.flow } else { before.flow };
                    kept.push(Way {
                        from: before.from,
                        to: after.to,
                        flow,
                        whole: false,
                    });
                }
            }
        }
        self.ways = kept;
    }

    /// Gateways that chose by what hidden tasks found, and those that are left with one way in and one out.
    fn take_out_gateways(&mut self, model: &Model, hidden: &[NodeIx]) {
        let asked_hidden = |ix: NodeIx| model.predecessors(ix).all(|before| hidden.contains(&before));
        let secret = |ix: &NodeIx| model.node(*ix).kind.chooses() && asked_hidden(*ix);
        for ix in model.node_indices().filter(secret) {
            self.take_out(ix);
        }
        let gateways: Vec<NodeIx> = model
            .node_indices()
            .filter(|ix| model.node(*ix).kind.is_gateway() && !self.gone.contains(ix))
            .collect();
        for ix in gateways {
            let into = self.ways.iter().filter(|way| way.to == ix).count();
            let out = self.ways.iter().filter(|way| way.from == ix).count();
            let changed = self
                .ways
                .iter()
                .any(|way| (way.from == ix || way.to == ix) && !way.whole);
            if changed && into <= 1 && out <= 1 {
                self.take_out(ix);
            }
        }
    }

    fn into_model(self, model: &Model) -> Model {
        let mut derived = Model {
            process_id: model.process_id.clone(),
            name: model.name.clone(),
            pool: model.pool.clone(),
            lanes: Vec::new(),
            nodes: Vec::new(),
            flows: Vec::new(),
            node_by_id: HashMap::new(),
            diagram: None,
            hash: String::new(),
            source: Element::empty(),
        };
        let mut moved: HashMap<NodeIx, NodeIx> = HashMap::new();
        for ix in model.node_indices().filter(|ix| !self.gone.contains(ix)) {
            let new = NodeIx(derived.nodes.len());
            moved.insert(ix, new);
            let node = model.node(ix);
            derived.node_by_id.insert(node.id.clone(), new);
            derived.nodes.push(Node {
                incoming: Vec::new(),
                outgoing: Vec::new(),
                ..node.clone()
            });
        }
        self.move_flows(model, &moved, &mut derived);
        move_lanes(model, &mut derived);
        derived
    }

    fn move_flows(&self, model: &Model, moved: &HashMap<NodeIx, NodeIx>, derived: &mut Model) {
        let mut ids = BTreeSet::new();
        for way in &self.ways {
            let (Some(source), Some(target)) = (moved.get(&way.from), moved.get(&way.to)) else {
                continue;
            };
            let flow = model.flow(way.flow);
            // Words and conditions of a gateway that was taken out would show what it hid.
            let own = flow.source == way.from;
            let id = match ids.insert(flow.id.as_str()) {
                true => flow.id.clone(),
                false => format!("{}.{}", flow.id, model.node(way.to).id),
            };
            let ix = FlowIx(derived.flows.len());
            derived.nodes[source.0].outgoing.push(ix);
            derived.nodes[target.0].incoming.push(ix);
            derived.flows.push(Flow {
                id,
                name: if own { flow.name.clone() } else { String::new() },
                source: *source,
                target: *target,
                condition: flow.condition.clone().filter(|_| own),
            });
        }
        keep_defaults(model, derived);
    }
}

/// Indices of flows have changed; a default is found again by its id.
fn keep_defaults(model: &Model, derived: &mut Model) {
    for index in 0..derived.nodes.len() {
        let Some(old) = derived.nodes[index].kind.default_flow() else {
            continue;
        };
        let id = &model.flow(old).id;
        let outgoing = derived.nodes[index].outgoing.iter();
        let new = outgoing.copied().find(|flow| derived.flows[flow.0].id == *id);
        match &mut derived.nodes[index].kind {
            NodeKind::Exclusive { default } | NodeKind::Inclusive { default } => *default = new,
            _ => {}
        }
    }
}

/// A lane without a visible task goes; its events and gateways move to the lane next to them in the flow.
fn move_lanes(model: &Model, derived: &mut Model) {
    let shown: BTreeSet<usize> = (derived.nodes.iter())
        .filter(|node| node.task().is_some())
        .filter_map(|node| node.lane)
        .collect();
    let order = crate::thin::check::paths::forward_order(derived);
    for ix in order {
        let lane = derived.node(ix).lane;
        if lane.is_none_or(|lane| shown.contains(&lane)) {
            continue;
        }
        let neighbours: Vec<NodeIx> = derived.predecessors(ix).chain(derived.successors(ix)).collect();
        let mut lanes = neighbours.iter().filter_map(|near| derived.node(*near).lane);
        derived.nodes[ix.0].lane = lanes.find(|lane| shown.contains(lane));
    }
    for old in &shown {
        let mut lane = Lane {
            nodes: Vec::new(),
            ..model.lanes()[*old].clone()
        };
        for node in derived.nodes.iter().filter(|node| node.lane == Some(*old)) {
            lane.nodes.push(node.id.clone());
        }
        derived.lanes.push(lane);
    }
    let place: HashMap<usize, usize> = shown.iter().enumerate().map(|(new, old)| (*old, new)).collect();
    for node in &mut derived.nodes {
        node.lane = node.lane.and_then(|lane| place.get(&lane).copied());
    }
}
