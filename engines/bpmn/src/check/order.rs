//! Rules of the law on the order of acts, on every way that the search has found.

use std::collections::{HashMap, HashSet, VecDeque};

use super::law::{ActName, LawRule, any_done, tasks_of};
use super::marking::Done;
use super::search::{Deed, Search};
use crate::model::NodeIx;
use crate::problem::Problem;

/// What can happen in each state found.
pub(super) struct Ways<'s, 'm> {
    search: &'s Search<'m>,
    after: Vec<Vec<(usize, Option<Deed>)>>,
    /// What was done before the first state, oldest first.
    history: &'s [Done],
}

impl<'s, 'm> Ways<'s, 'm> {
    pub(super) fn of(search: &'s Search<'m>) -> Ways<'s, 'm> {
        Ways::after(search, &[])
    }

    /// Of a case that has done something already.
    pub(super) fn after(search: &'s Search<'m>, history: &'s [Done]) -> Ways<'s, 'm> {
        let mut after = vec![Vec::new(); search.found.len()];
        for passage in &search.passages {
            if let Some(from) = passage.from {
                after[from].push((passage.to, passage.deed));
            }
        }
        Ways { search, after, history }
    }
}

pub(super) fn check(rule: &LawRule, ways: &Ways<'_, '_>, problems: &mut Vec<Problem>) {
    let search = ways.search;
    match rule {
        LawRule::Before {
            act,
            since,
            needs,
            says,
            basis,
        } => {
            let order = Order {
                ways,
                act,
                since: since.as_deref(),
                needs,
            };
            for (task, way) in order.too_early() {
                let label = search.model.node(task).label();
                let text = format!("“{label}”可能办得过早：{says}（{basis}）。");
                problems.push(order.problem(task, "act_too_early", text, way));
            }
        }
        LawRule::After {
            act,
            needs,
            says,
            basis,
        } => {
            let order = Order {
                ways,
                act,
                since: None,
                needs,
            };
            for (task, way) in order.left_out() {
                let label = search.model.node(task).label();
                let text = format!("办完“{label}”以后，可能不再经过应有的环节就结束：{says}（{basis}）。");
                problems.push(order.problem(task, "act_left_out", text, way));
            }
            if let Some(way) = order.left_out_already() {
                let text = format!("已经办理的环节以后，可能不再经过应有的环节就结束：{says}（{basis}）。");
                problems.push(Problem::error(None, "act_left_out", text).with_path(way));
            }
        }
        LawRule::Has { needs, says, basis } => {
            let model = search.model;
            if tasks_of(needs, model).next().is_none() {
                let text = format!("流程图里缺少应有的环节：{says}（{basis}）。");
                let process = model.node(search.process).id.as_str();
                problems.push(Problem::error(Some(process), "act_missing", text));
            }
        }
        LawRule::Apart { act, from, says, basis } => apart(search, act, from, &format!("{says}（{basis}）"), problems),
    }
}

/// One of `acts` was done.
pub(super) fn was(acts: &[String], done: &Done) -> bool {
    acts.iter().any(|act| ActName::parse(act).is(done))
}

/// One of `acts` can still be done before any of `needs`.
pub(super) fn can_do_without(acts: &[String], needs: &[String], ways: &Ways<'_, '_>) -> bool {
    let order = Order {
        ways,
        act: acts,
        since: None,
        needs,
    };
    !order.too_early().is_empty()
}

fn apart(search: &Search<'_>, act: &[String], from: &[String], why: &str, problems: &mut Vec<Problem>) {
    let model = search.model;
    let posts = |ix: NodeIx| {
        let work = model.node(ix).activity.as_ref().and_then(|a| a.work.as_ref());
        work.map_or(&[][..], |work| &work.posts)
    };
    for task in tasks_of(act, model) {
        for other in tasks_of(from, model) {
            if let Some(post) = posts(task).iter().find(|post| posts(other).contains(post)) {
                let (one, two) = (model.node(task).label(), model.node(other).label());
                let text = format!("“{one}”和“{two}”都由岗位“{post}”办理：{why}。");
                problems.push(Problem::error(
                    Some(model.node(task).id.as_str()),
                    "posts_not_apart",
                    text,
                ));
            }
        }
    }
}

struct Order<'s, 'm> {
    ways: &'s Ways<'s, 'm>,
    act: &'s [String],
    since: Option<&'s str>,
    needs: &'s [String],
}

/// A state found, and whether the rule waits for what is needed there.
type Spot = (usize, bool);

impl<'m> Order<'_, 'm> {
    fn search(&self) -> &Search<'m> {
        self.ways.search
    }

    fn did(&self, acts: &[String], deed: Option<Deed>) -> bool {
        deed.is_some_and(|deed| any_done(acts, self.search().model, deed.task, deed.outcome))
    }

    /// Tasks that can be done though what must come before was not, each with a shortest way.
    fn too_early(&self) -> Vec<(NodeIx, Vec<String>)> {
        let waits = self.waits_already();
        if self.since.is_none() && !waits {
            // Done once on the way here.
            return Vec::new();
        }
        let starts = self.search().passages.iter().filter(|passage| passage.from.is_none());
        let starts: Vec<Spot> = starts.map(|passage| (passage.to, waits)).collect();
        let since: Vec<String> = self.since.map(str::to_owned).into_iter().collect();
        let mut early: Vec<(NodeIx, Vec<String>)> = Vec::new();
        self.walk(starts, |(_, waits), deed| {
            if waits && self.did(self.act, deed) {
                return Next::Found;
            }
            let begins = self.did(&since, deed);
            let satisfied = waits && self.did(self.needs, deed);
            match (self.since, satisfied) {
                (None, true) => Next::Leave,
                (None, false) => Next::Go(true),
                (Some(_), true) => Next::Go(begins),
                (Some(_), false) => Next::Go(waits || begins),
            }
        })
        .into_iter()
        .for_each(|(task, way)| {
            if !early.iter().any(|(known, _)| *known == task) {
                early.push((task, way));
            }
        });
        early
    }

    /// Whether what is needed is waited for when the first state is reached.
    fn waits_already(&self) -> bool {
        let since: Vec<String> = self.since.map(str::to_owned).into_iter().collect();
        let history = self.ways.history.iter();
        history.fold(self.since.is_none(), |waits, done| {
            let still = waits && !was(self.needs, done);
            still || was(&since, done)
        })
    }

    /// Of an act done before the first state: a way to an end without what is needed after it.
    fn left_out_already(&self) -> Option<Vec<String>> {
        let history = self.ways.history;
        let last = history.iter().rposition(|done| was(self.act, done))?;
        let came = history[last..].iter().any(|done| was(self.needs, done));
        (!came).then(|| self.an_end_without(&[0])).flatten()
    }

    /// Tasks after which an end can be reached without what is needed.
    fn left_out(&self) -> Vec<(NodeIx, Vec<String>)> {
        let mut out = Vec::new();
        let done = self.search().passages.iter().filter(|p| self.did(self.act, p.deed));
        let mut by_task: HashMap<NodeIx, Vec<(Option<usize>, usize)>> = HashMap::new();
        for passage in done {
            if let Some(deed) = passage.deed {
                by_task.entry(deed.task).or_default().push((passage.from, passage.to));
            }
        }
        let mut tasks: Vec<_> = by_task.into_iter().collect();
        tasks.sort_unstable();
        for (task, mut places) in tasks {
            places.sort_unstable();
            if let Some(way) = self.ends_without(task, &places) {
                out.push((task, way));
            }
        }
        out
    }

    fn ends_without(&self, task: NodeIx, places: &[(Option<usize>, usize)]) -> Option<Vec<String>> {
        let ended = |at: usize| self.search().found[at].state.end().is_some();
        let starts: Vec<Spot> = places.iter().map(|(_, to)| (*to, true)).collect();
        let direct = places.iter().find(|(_, to)| ended(*to));
        if let Some((from, _)) = direct {
            let mut way = from.map_or_else(Vec::new, |from| self.search().way_to(from));
            way.push(self.search().model.node(task).id.to_string());
            return Some(way);
        }
        let starts: Vec<usize> = starts.iter().map(|(at, _)| *at).collect();
        self.an_end_without(&starts)
    }

    fn an_end_without(&self, starts: &[usize]) -> Option<Vec<String>> {
        let ended = |at: usize| self.search().found[at].state.end().is_some();
        let mut seen: HashSet<usize> = starts.iter().copied().collect();
        let mut open: VecDeque<(usize, Vec<usize>)> = starts.iter().map(|at| (*at, Vec::new())).collect();
        while let Some((at, mut way)) = open.pop_front() {
            way.push(at);
            for (to, deed) in &self.ways.after[at] {
                if self.did(self.needs, *deed) {
                    continue;
                }
                if ended(*to) {
                    let mut path = self.search().way_to(way[0]);
                    way.push(*to);
                    path.extend(self.between(&way));
                    return Some(path);
                }
                if seen.insert(*to) {
                    open.push_back((*to, way.clone()));
                }
            }
        }
        None
    }

    /// What happened from each state to the next.
    fn between(&self, way: &[usize]) -> Vec<String> {
        way.windows(2)
            .filter_map(|pair| {
                let mut there = self.ways.after[pair[0]].iter().filter(|(to, _)| *to == pair[1]);
                let task = there.find_map(|(_, deed)| *deed)?.task;
                Some(self.search().model.node(task).id.to_string())
            })
            .collect()
    }

    fn problem(&self, task: NodeIx, code: &'static str, text: String, way: Vec<String>) -> Problem {
        let id = self.search().model.node(task).id.as_str();
        Problem::error(Some(id), code, text).with_path(way)
    }

    /// Breadth first through states and what the rule knows there.
    fn walk(&self, starts: Vec<Spot>, judge: impl Fn(Spot, Option<Deed>) -> Next) -> Vec<(NodeIx, Vec<String>)> {
        let mut before: HashMap<Spot, (Spot, Option<Deed>)> = HashMap::new();
        let mut seen: HashSet<Spot> = starts.iter().copied().collect();
        let mut open: VecDeque<Spot> = starts.into();
        let mut found = Vec::new();
        while let Some(spot) = open.pop_front() {
            for (to, deed) in &self.ways.after[spot.0] {
                match judge(spot, *deed) {
                    Next::Leave => {}
                    Next::Found => {
                        if let Some(deed) = deed {
                            found.push((deed.task, self.deeds(&before, spot)));
                        }
                    }
                    Next::Go(waits) => {
                        if seen.insert((*to, waits)) {
                            before.insert((*to, waits), (spot, *deed));
                            open.push_back((*to, waits));
                        }
                    }
                }
            }
        }
        found
    }

    fn deeds(&self, before: &HashMap<Spot, (Spot, Option<Deed>)>, spot: Spot) -> Vec<String> {
        let mut way = Vec::new();
        let mut at = spot;
        while let Some((from, deed)) = before.get(&at) {
            way.extend(deed.map(|deed| self.search().model.node(deed.task).id.to_string()));
            at = *from;
        }
        way.reverse();
        way
    }
}

enum Next {
    /// What was needed has come: nothing more to find this way.
    Leave,
    Found,
    /// On, and whether what is needed is waited for.
    Go(bool),
}
