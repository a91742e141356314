//! How long a flow may take by the limits of its steps: the longest way ≤ what is promised ≤ what the law allows.
//!
//! Counted in working days along the chart, not along time: of parallel branches the longest counts, of a choice the
//! longest. Ways back (退回, 补正) are not gone; each is looked at once more by itself, since one round of it is what a
//! promise must survive. A called process and a loop with a stated number of rounds count as often as they run; a
//! multi-instance one after the other counts once and is named. An event sub-process does not lie on a way and is left out.

use std::collections::{BTreeSet, HashMap};

use super::inventory::{Inventory, Purpose, Span};
use super::law::{LegalClock, tasks_of};
use crate::model::{Called, Kind, LimitUnit, Model, NodeIx, Place, Repeat, SubKind, TimerKind, Trigger};
use crate::problem::Problem;

/// Calls inside calls, counted; deeper ones would be called by themselves.
const MOST_CALLS: usize = 16;

pub(super) fn check(
    model: &Model,
    process: NodeIx,
    purpose: &Purpose,
    clock: Option<&LegalClock>,
    inventory: &Inventory,
    problems: &mut Vec<Problem>,
) {
    let id = model.node(process).id.as_str();
    let statutory = purpose
        .statutory
        .as_ref()
        .map(|span| (span, inventory.working_days_in(span)));
    let promised = purpose
        .promised
        .as_ref()
        .map(|span| (span, inventory.working_days_in(span)));
    if let (Some((promise, promised)), Some((limit, allowed))) = (promised, statutory)
        && promised > allowed
        && !same_unit_within(promise, limit)
    {
        let text = format!("承诺期限{}超过法定期限{}。", promise.in_words(), limit.in_words());
        problems.push(Problem::error(Some(id), "promise_exceeds_law", text));
    }
    let Some(clock) = clock else { return };
    let chart = Chart::of(model, process, clock);
    let Some(longest) = chart.longest() else { return };
    let limited = promised.is_some() || statutory.is_some();
    for task in longest.without_limit.iter().filter(|_| limited) {
        let node = model.node(*task);
        let text = format!("“{}”在办理期限之内，却没有写明时限。", node.label());
        problems.push(Problem::warning(Some(node.id.as_str()), "limit_missing", text));
    }
    for (span, days, which, code) in [
        (promised, "承诺期限", "steps_exceed_promise"),
        (statutory, "法定期限", "steps_exceed_law"),
    ]
    .into_iter()
    .filter_map(|(limit, which, code)| limit.map(|(span, days)| (span, days, which, code)))
    {
        if longest.days > days {
            let text = format!(
                "各环节时限最长合计{}个工作日，超过{which}{}（{}）。",
                longest.days,
                said(span, days),
                clock.basis
            );
            problems.push(Problem::error(Some(id), code, text).with_path(longest.ids(model)));
        } else if let Some((extra, back)) = chart.worst_round(days.saturating_sub(longest.days)) {
            let from = model.node(back.0).label();
            let to = model.node(back.1).label();
            let text = format!(
                "从“{from}”退回“{to}”一次要多{extra}个工作日，可能超过{which}{}。",
                said(span, days)
            );
            let element = Some(model.node(back.0).id.as_str());
            problems.push(Problem::warning(element, "round_exceeds", text));
            break;
        }
    }
}

fn same_unit_within(promise: &Span, limit: &Span) -> bool {
    promise.unit == limit.unit && promise.amount <= limit.amount
}

fn said(span: &Span, days: u32) -> String {
    match span.unit.as_str() {
        "working_day" => span.in_words(),
        _ => format!("{}（至少{days}个工作日）", span.in_words()),
    }
}

struct Longest {
    days: u32,
    tasks: Vec<NodeIx>,
    without_limit: Vec<NodeIx>,
}

impl Longest {
    fn ids(&self, model: &Model) -> Vec<String> {
        self.tasks.iter().map(|ix| model.node(*ix).id.to_string()).collect()
    }
}

/// The chart of a process with entry and exit of each node as points, so that sub-processes lie between theirs.
struct Chart<'m> {
    model: &'m Model,
    /// Nodes of the process.
    nodes: Vec<NodeIx>,
    next: HashMap<Point, Vec<Point>>,
    /// Points, each after those that lead to it, ways back left out.
    order: Vec<Point>,
    back: Vec<(Point, Point)>,
    from: BTreeSet<NodeIx>,
    to: BTreeSet<NodeIx>,
    excluded: BTreeSet<NodeIx>,
}

/// A node and whether its exit is meant.
type Point = (NodeIx, bool);

impl<'m> Chart<'m> {
    fn of(model: &'m Model, process: NodeIx, clock: &LegalClock) -> Chart<'m> {
        let nodes: Vec<NodeIx> = model.indices().filter(|ix| model.process_of(*ix) == process).collect();
        let mut chart = Chart {
            model,
            next: HashMap::new(),
            order: Vec::new(),
            back: Vec::new(),
            from: tasks_of(&clock.from, model).collect(),
            to: tasks_of(&clock.to, model).collect(),
            excluded: tasks_of(&clock.excluded, model).collect(),
            nodes,
        };
        for ix in chart.nodes.clone() {
            chart.connect(ix);
        }
        chart.sort((process, false));
        chart
    }

    fn connect(&mut self, ix: NodeIx) {
        let model = self.model;
        let node = model.node(ix);
        if node.is_container() && !node.children.is_empty() {
            let starts = node.children.iter().filter(|child| {
                let child = model.node(**child);
                child.incoming.is_empty() && child.attached.is_none() && child.kind != Kind::Sub(SubKind::Event)
            });
            let starts: Vec<Point> = starts.map(|child| (*child, false)).collect();
            self.next.entry((ix, false)).or_default().extend(starts);
            for child in &node.children {
                if model.node(*child).outgoing.is_empty() && model.link_target(*child).is_none() {
                    self.next.entry((*child, true)).or_default().push((ix, true));
                }
            }
        } else {
            self.next.entry((ix, false)).or_default().push((ix, true));
        }
        // A boundary event fires at the latest when its activity would have been done.
        let successors: Vec<Point> = model.successors(ix).map(|next| (next, false)).collect();
        self.next.entry((ix, true)).or_default().extend(successors);
    }

    /// Depth first; what leads to a point still open leads back.
    fn sort(&mut self, start: Point) {
        let mut done: BTreeSet<Point> = BTreeSet::new();
        let mut open: BTreeSet<Point> = BTreeSet::from([start]);
        let mut stack = vec![(start, 0)];
        while let Some((at, child)) = stack.last_mut() {
            let Some(next) = self.next.get(at).and_then(|next| next.get(*child)).copied() else {
                let at = *at;
                open.remove(&at);
                done.insert(at);
                self.order.push(at);
                stack.pop();
                continue;
            };
            let from = *at;
            *child += 1;
            if open.contains(&next) {
                self.back.push((from, next));
            } else if !done.contains(&next) {
                open.insert(next);
                stack.push((next, 0));
            }
        }
        self.order.reverse();
    }

    /// Days that pass between a node's entry and exit.
    fn days(&self, ix: NodeIx) -> u32 {
        match self.excluded.contains(&ix) {
            true => 0,
            false => days(self.model, ix, MOST_CALLS),
        }
    }

    /// The best sums from a set of points, with the point before each.
    fn sums(&self, starts: &BTreeSet<Point>) -> HashMap<Point, (u32, Option<Point>)> {
        let mut best: HashMap<Point, (u32, Option<Point>)> = HashMap::new();
        for point in &self.order {
            // A later beginning of the clock begins it anew: a supplemented request is received again.
            if starts.contains(point) {
                best.insert(*point, (0, None));
            }
            let Some((sum, _)) = best.get(point).copied() else {
                continue;
            };
            for next in self.next.get(point).into_iter().flatten() {
                if self.back.contains(&(*point, *next)) {
                    continue;
                }
                let passes = next.1 && next.0 == point.0;
                let sum = sum.saturating_add(if passes { self.days(next.0) } else { 0 });
                if best.get(next).is_none_or(|(known, _)| sum > *known) {
                    best.insert(*next, (sum, Some(*point)));
                }
            }
        }
        best
    }

    fn longest(&self) -> Option<Longest> {
        let starts: BTreeSet<Point> = self.from.iter().map(|ix| (*ix, true)).collect();
        let sums = self.sums(&starts);
        let ends = self.to.iter().filter_map(|ix| Some((sums.get(&(*ix, true))?.0, *ix)));
        let (days, last) = ends.max()?;
        let mut tasks = Vec::new();
        let mut at = Some((last, true));
        while let Some(point) = at {
            if point.1 && self.model.node(point.0).activity.is_some() {
                tasks.push(point.0);
            }
            at = sums.get(&point).and_then(|(_, before)| *before);
        }
        tasks.reverse();
        let unlimited = |ix: &&NodeIx| {
            let work = self.model.node(**ix).activity.as_ref().and_then(|a| a.work.as_ref());
            let counted = !self.from.contains(*ix) && !self.excluded.contains(*ix);
            counted && work.is_some_and(|work| work.limit.is_none())
        };
        Some(Longest {
            days,
            without_limit: tasks.iter().filter(unlimited).copied().collect(),
            tasks,
        })
    }

    /// The round by a way back that takes longest, if it takes more than is left: its days and its ends.
    fn worst_round(&self, left: u32) -> Option<(u32, (NodeIx, NodeIx))> {
        let within = self.between_clock_ends();
        let rounds = self.back.iter().filter_map(|(from, to)| {
            let sums = self.sums(&BTreeSet::from([*to]));
            let (days, _) = sums.get(from)?;
            let inside = within.contains(&from.0) && within.contains(&to.0);
            (inside && *days > left).then_some((*days, (from.0, to.0)))
        });
        rounds.max()
    }

    /// Nodes after the clock has begun and before it ends.
    fn between_clock_ends(&self) -> BTreeSet<NodeIx> {
        let starts: BTreeSet<Point> = self.from.iter().map(|ix| (*ix, true)).collect();
        let after: BTreeSet<Point> = self.sums(&starts).into_keys().collect();
        let mut leads: BTreeSet<Point> = self.to.iter().map(|ix| (*ix, true)).collect();
        for point in self.order.iter().rev() {
            if self
                .next
                .get(point)
                .into_iter()
                .flatten()
                .any(|next| leads.contains(next))
            {
                leads.insert(*point);
            }
        }
        after.intersection(&leads).map(|(ix, _)| *ix).collect()
    }
}

/// Working days that one node takes at most; of a called process its longest way.
fn days(model: &Model, ix: NodeIx, calls: usize) -> u32 {
    let node = model.node(ix);
    let once = match &node.kind {
        Kind::Call(Called::Process(process)) if calls > 0 => whole(model, *process, calls - 1),
        Kind::Event(event) if event.place == Place::Catch => event.triggers.iter().map(wait).max().unwrap_or(0),
        _ => {
            let work = node.activity.as_ref().and_then(|a| a.work.as_ref());
            work.and_then(|work| work.limit.as_ref())
                .map_or(0, |limit| at_most(limit.amount, limit.unit()))
        }
    };
    match node.activity.as_ref().map(|activity| &activity.repeat) {
        Some(Repeat::Loop(rounds)) => once.saturating_mul(rounds.maximum.unwrap_or(1).max(1)),
        _ => once,
    }
}

/// The longest way through a process, in working days.
pub(super) fn longest(model: &Model, process: NodeIx) -> u32 {
    whole(model, process, 1)
}

/// The longest way through a called process.
fn whole(model: &Model, process: NodeIx, calls: usize) -> u32 {
    let clock = LegalClock {
        from: Vec::new(),
        to: Vec::new(),
        excluded: Vec::new(),
        basis: String::new(),
    };
    let mut chart = Chart::of(model, process, &clock);
    // What calls itself would be counted for ever.
    if calls == 0 {
        chart.excluded = chart.nodes.iter().copied().collect();
    }
    let sums = chart.sums(&BTreeSet::from([(process, false)]));
    sums.values().map(|(days, _)| *days).max().unwrap_or(0)
}

/// The most working days that a step's limit can take.
pub(super) fn at_most(amount: u32, unit: LimitUnit) -> u32 {
    match unit {
        LimitUnit::WorkingDay => amount,
        // Seven working days in a row happen (make-up days), more do not.
        LimitUnit::CalendarDay => amount - amount / 8,
        LimitUnit::Hour => amount.div_ceil(24),
        LimitUnit::Month => amount.saturating_mul(23),
    }
}

/// What a timer waits; a date or an expression is not known beforehand.
fn wait(trigger: &Trigger) -> u32 {
    let Trigger::Timer(rule) = trigger else { return 0 };
    let text = &rule.value.text;
    match rule.kind {
        TimerKind::WorkingDays => text.parse().unwrap_or(0),
        TimerKind::Duration => {
            let days = text.strip_prefix('P').and_then(|rest| rest.strip_suffix('D'));
            days.and_then(|days| days.parse().ok())
                .map_or(0, |days| at_most(days, LimitUnit::CalendarDay))
        }
        _ => 0,
    }
}
