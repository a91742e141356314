//! The chart as an audience may see it (R3, R4): one chart, from which the outer one is derived by each task's
//! visibility. What is hidden is taken out and its neighbours are joined; a gateway that only splits or joins
//! hidden ways goes with them.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::layout::layout;
use super::order::reading_order;
use super::routes::{chooses, is_gateway};
use super::rules::work;
use crate::model::{Flow, FlowIx, Kind, Lane, Model, Node, NodeIx, Pool, Visibility};
use crate::read::Element;

/// None where nothing is hidden. The derived chart is for drawing and tables only: it has no file, and tasks may have
/// several ways out.
pub fn seen_by(model: &Model, audience: Visibility) -> Option<Model> {
    if audience == Visibility::Internal {
        return None;
    }
    let hidden = hidden(model, audience);
    if hidden.is_empty() {
        return None;
    }
    let mut graph = Graph::of(model);
    for ix in &hidden {
        graph.take_out_with_boundary(model, *ix);
    }
    graph.take_out_gateways(model, &hidden);
    let mut derived = graph.into_model(model);
    derived.diagram = layout(&derived);
    Some(derived)
}

/// Tasks that the audience may not see, work that nobody does (scripts, decisions), and sub-processes of nothing else.
fn hidden(model: &Model, audience: Visibility) -> BTreeSet<NodeIx> {
    let mut hidden = BTreeSet::new();
    // Parents come before their children, so that going backwards what is inside is known.
    for ix in model.indices().collect::<Vec<_>>().into_iter().rev() {
        let node = model.node(ix);
        let hides = match &node.kind {
            Kind::Task(_) => work(node).is_none_or(|work| work.visibility > audience),
            Kind::Call(_) => node
                .activity
                .as_ref()
                .and_then(|activity| activity.assistance.as_ref())
                .is_some_and(|assistance| assistance.visibility > audience),
            Kind::Sub(_) => {
                let inside = |kind: fn(&Kind) -> bool| {
                    node.children
                        .iter()
                        .filter(move |child| kind(&model.node(**child).kind))
                };
                let acts = |kind: &Kind| matches!(kind, Kind::Task(_) | Kind::Sub(_) | Kind::Call(_));
                inside(acts).count() > 0 && inside(acts).all(|child| hidden.contains(child))
            }
            _ => false,
        };
        if hides {
            hidden.insert(ix);
        }
    }
    hidden
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
            flow: FlowIx(index as u32),
            whole: true,
        });
        Graph {
            ways: ways.collect(),
            gone: BTreeSet::new(),
        }
    }

    /// What leaves by an event on its border leaves it.
    fn take_out_with_boundary(&mut self, model: &Model, ix: NodeIx) {
        for event in &model.node(ix).boundary {
            self.gone.insert(*event);
            for way in self.ways.iter_mut().filter(|way| way.from == *event) {
                way.from = ix;
                way.whole = false;
            }
        }
        let mut inside = model.node(ix).children.clone();
        while let Some(child) = inside.pop() {
            inside.extend(&model.node(child).children);
            self.gone.insert(child);
        }
        self.take_out(ix);
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
    fn take_out_gateways(&mut self, model: &Model, hidden: &BTreeSet<NodeIx>) {
        let asked_hidden = |ix: NodeIx| {
            let mut before = model.node(ix).incoming.iter().map(|flow| model.flow(*flow).source);
            before.all(|before| hidden.contains(&before))
        };
        let gateways: Vec<NodeIx> = model
            .indices()
            .filter(|ix| is_gateway(model.node(*ix)) && !self.gone.contains(ix))
            .collect();
        for ix in gateways.iter().filter(|ix| chooses(model, **ix) && asked_hidden(**ix)) {
            self.take_out(*ix);
        }
        for ix in gateways
            .into_iter()
            .filter(|ix| !self.gone.contains(ix))
            .collect::<Vec<_>>()
        {
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
        let mut moved: BTreeMap<NodeIx, NodeIx> = BTreeMap::new();
        for ix in model.indices().filter(|ix| !self.gone.contains(ix)) {
            moved.insert(ix, NodeIx(moved.len() as u32));
        }
        let mut derived = Model {
            nodes: moved.keys().map(|ix| kept(model.node(*ix), &moved)).collect(),
            flows: Vec::new(),
            by_id: HashMap::new(),
            flow_by_id: HashMap::new(),
            pools: Vec::new(),
            lanes: Vec::new(),
            message_flows: Vec::new(),
            associations: Vec::new(),
            // Notes may speak of what is hidden.
            artifacts: Vec::new(),
            diagram: None,
            source: Element::empty(),
        };
        for (index, node) in derived.nodes.iter().enumerate() {
            derived.by_id.insert(node.id.clone(), NodeIx(index as u32));
        }
        derived.pools = model.pools.iter().map(|pool| moved_pool(pool, &moved)).collect();
        self.move_flows(model, &moved, &mut derived);
        move_lanes(model, &moved, &mut derived);
        derived
    }

    fn move_flows(&self, model: &Model, moved: &BTreeMap<NodeIx, NodeIx>, derived: &mut Model) {
        let mut defaults: Vec<(NodeIx, FlowIx)> = Vec::new();
        for way in &self.ways {
            let (Some(source), Some(target)) = (moved.get(&way.from), moved.get(&way.to)) else {
                continue;
            };
            let flow = model.flow(way.flow);
            // Words and conditions of a gateway that was taken out would show what it hid.
            let own = flow.source == way.from;
            let id = match derived.flow_by_id.contains_key(&flow.id) {
                false => flow.id.clone(),
                true => format!("{}.{}", flow.id, model.node(way.to).id).into(),
            };
            let ix = FlowIx(derived.flows.len() as u32);
            derived.nodes[source.0 as usize].outgoing.push(ix);
            derived.nodes[target.0 as usize].incoming.push(ix);
            if own && model.node(way.from).default == Some(way.flow) {
                defaults.push((*source, ix));
            }
            derived.flow_by_id.insert(id.clone(), ix);
            derived.flows.push(Flow {
                id,
                name: if own { flow.name.clone() } else { String::new() },
                source: *source,
                target: *target,
                condition: flow.condition.clone().filter(|_| own),
            });
        }
        for (node, flow) in defaults {
            derived.nodes[node.0 as usize].default = Some(flow);
        }
    }
}

/// The node with its neighbours renumbered; flows come later.
fn kept(node: &Node, moved: &BTreeMap<NodeIx, NodeIx>) -> Node {
    let one = |ix: Option<NodeIx>| ix.and_then(|ix| moved.get(&ix).copied());
    let all = |many: &[NodeIx]| many.iter().filter_map(|ix| moved.get(ix).copied()).collect();
    Node {
        parent: one(node.parent),
        children: all(&node.children),
        boundary: all(&node.boundary),
        attached: one(node.attached),
        handler: one(node.handler),
        incoming: Vec::new(),
        outgoing: Vec::new(),
        default: None,
        ..node.clone()
    }
}

fn moved_pool(pool: &Pool, moved: &BTreeMap<NodeIx, NodeIx>) -> Pool {
    Pool {
        process: pool.process.and_then(|process| moved.get(&process).copied()),
        ..pool.clone()
    }
}

/// A lane without a visible task goes; its events and gateways move to the lane next to them in the flow.
fn move_lanes(model: &Model, moved: &BTreeMap<NodeIx, NodeIx>, derived: &mut Model) {
    let acts = |node: &Node| !matches!(&node.kind, Kind::Gateway(_) | Kind::Event(_));
    let mut shown: BTreeSet<usize> = derived
        .nodes
        .iter()
        .filter(|node| acts(node))
        .filter_map(|node| node.lane)
        .collect();
    // Lanes that hold lanes stay with them.
    for at in 0..model.lanes().len() {
        let depth = model.lanes()[at].depth;
        let inner = model.lanes()[at + 1..]
            .iter()
            .take_while(|lane| lane.depth > depth)
            .count();
        if (at + 1..=at + inner).any(|inner| shown.contains(&inner)) {
            shown.insert(at);
        }
    }
    for ix in reading_order(derived) {
        let node = &derived.nodes[ix.0 as usize];
        if node.lane.is_none_or(|lane| shown.contains(&lane)) {
            continue;
        }
        let before = node.incoming.iter().map(|flow| derived.flow(*flow).source);
        let after = node.outgoing.iter().map(|flow| derived.flow(*flow).target);
        let mut lanes = before.chain(after).filter_map(|near| derived.node(near).lane);
        derived.nodes[ix.0 as usize].lane = lanes.find(|lane| shown.contains(lane));
    }
    let place: HashMap<usize, usize> = shown.iter().enumerate().map(|(new, old)| (*old, new)).collect();
    for node in &mut derived.nodes {
        node.lane = node.lane.and_then(|lane| place.get(&lane).copied());
    }
    for (new, old) in shown.iter().enumerate() {
        let lane = &model.lanes()[*old];
        let Some(process) = moved.get(&lane.process) else {
            continue;
        };
        let nodes = derived
            .indices()
            .filter(|ix| derived.node(*ix).lane == Some(new))
            .collect();
        derived.lanes.push(Lane {
            process: *process,
            nodes,
            ..lane.clone()
        });
    }
}
