//! Random charts: built of blocks (always sound), joined at random (mostly not), and broken text.

use mingjing_bpmn::{
    DrawOptions, FlowEvent, Model, State, Stimulus, TokenId, check, layout, read, step, svg, table, write,
};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::charts::*;
use crate::drawn::lines_keep_clear_of_shapes;

#[derive(Debug, Clone)]
enum Block {
    Task,
    Row(Vec<Block>),
    Choice(Vec<Block>),
    Parallel(Vec<Block>),
    /// Each branch by its own outcome, all by one more.
    Some(Vec<Block>),
    /// The block, then a task that may send it back.
    Again(Box<Block>),
}

fn block() -> impl Strategy<Value = Block> {
    Just(Block::Task).prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(Block::Row),
            vec(inner.clone(), 2..4).prop_map(Block::Choice),
            vec(inner.clone(), 2..4).prop_map(Block::Parallel),
            vec(inner.clone(), 2..4).prop_map(Block::Some),
            inner.prop_map(|block| Block::Again(Box::new(block))),
        ]
    })
}

/// Writes blocks as XML. Elements of three lanes in turn.
#[derive(Default)]
struct Plan {
    nodes: Vec<String>,
    flows: Vec<String>,
    parts: Vec<String>,
}

impl Plan {
    fn name(&mut self, kind: &str) -> String {
        let name = format!("{kind}{}", self.nodes.len());
        self.nodes.push(name.clone());
        name
    }

    fn join(&mut self, from: &str, to: &str, outcome: Option<usize>) {
        let xml = match outcome {
            Some(outcome) => flow_if(from, to, &format!("=outcome = \"o{outcome}\"")),
            None => flow(from, to),
        };
        // A choice may have two empty-looking ways between the same gateways.
        let id = format!("f{}", self.flows.len());
        let xml = xml.replacen(&format!("id=\"{from}_{to}\""), &format!("id=\"{id}\""), 1);
        self.flows.push(xml);
    }

    fn task(&mut self, outcomes: usize) -> String {
        let name = self.name("t");
        let outcomes: Vec<String> = (0..outcomes).map(|o| format!("o{o}")).collect();
        let outcomes: Vec<&str> = outcomes.iter().map(String::as_str).collect();
        self.parts.push(task_with(
            &name,
            &outcomes,
            r#"<mingjing:limit amount="2" unit="working_day"/>"#,
        ));
        name
    }

    fn gateway(&mut self) -> String {
        self.gateway_of("exclusive")
    }

    fn gateway_of(&mut self, kind: &str) -> String {
        let name = self.name("g");
        self.parts.push(format!(r#"<bpmn:{kind}Gateway id="{name}"/>"#));
        name
    }

    fn join_if(&mut self, from: &str, to: &str, condition: &str) {
        let id = format!("f{}", self.flows.len());
        let xml = flow_if(from, to, condition);
        self.flows
            .push(xml.replacen(&format!("id=\"{from}_{to}\""), &format!("id=\"{id}\""), 1));
    }

    /// First and last element of the block.
    fn block(&mut self, block: &Block) -> (String, String) {
        match block {
            Block::Task => {
                let task = self.task(0);
                (task.clone(), task)
            }
            Block::Row(blocks) => {
                let ends: Vec<_> = blocks.iter().map(|b| self.block(b)).collect();
                for pair in ends.windows(2) {
                    self.join(&pair[0].1, &pair[1].0, None);
                }
                (ends[0].0.clone(), ends[ends.len() - 1].1.clone())
            }
            Block::Choice(branches) => {
                let (ask, split) = (self.task(branches.len()), self.gateway());
                self.join(&ask, &split, None);
                let join = self.gateway();
                for (outcome, branch) in branches.iter().enumerate() {
                    let (first, last) = self.block(branch);
                    self.join(&split, &first, Some(outcome));
                    self.join(&last, &join, None);
                }
                (ask, join)
            }
            Block::Parallel(branches) => {
                let (split, join) = (self.gateway_of("parallel"), self.gateway_of("parallel"));
                for branch in branches {
                    let (first, last) = self.block(branch);
                    self.join(&split, &first, None);
                    self.join(&last, &join, None);
                }
                (split, join)
            }
            Block::Some(branches) => {
                let all = branches.len();
                let (ask, split) = (self.task(all + 1), self.gateway_of("inclusive"));
                self.join(&ask, &split, None);
                let join = self.gateway_of("inclusive");
                for (outcome, branch) in branches.iter().enumerate() {
                    let (first, last) = self.block(branch);
                    self.join_if(&split, &first, &format!("=outcome in (\"o{outcome}\",\"o{all}\")"));
                    self.join(&last, &join, None);
                }
                (ask, join)
            }
            Block::Again(inner) => {
                // Entered by the block itself, a parallel gateway there would wait for the way back.
                let entry = self.gateway();
                let (first, last) = self.block(inner);
                let (ask, split) = (self.task(2), self.gateway());
                self.join(&entry, &first, None);
                self.join(&last, &ask, None);
                self.join(&ask, &split, None);
                self.join(&split, &entry, Some(1));
                // The way on is the block's last element; it needs a place to go on from.
                let on = self.gateway();
                self.join(&split, &on, Some(0));
                (entry, on)
            }
        }
    }

    fn xml(mut self, block: &Block) -> String {
        let (first, last) = self.block(block);
        self.join("s", &first, None);
        self.join(&last, "e", None);
        let lanes: String = (0..3)
            .map(|lane| {
                let own = self.nodes.iter().enumerate().filter(|(i, _)| i % 3 == lane);
                let refs: String = own
                    .map(|(_, id)| format!("<bpmn:flowNodeRef>{id}</bpmn:flowNodeRef>"))
                    .collect();
                format!(r#"<bpmn:lane id="lane{lane}" name="岗位{lane}">{refs}</bpmn:lane>"#)
            })
            .collect();
        let lanes = format!(r#"<bpmn:laneSet id="ls">{lanes}</bpmn:laneSet>"#);
        file(
            &[
                lanes,
                START.into(),
                END.into(),
                self.parts.concat(),
                self.flows.concat(),
            ]
            .concat(),
        )
    }
}

/// Nodes and flows joined without a plan.
fn tangle() -> impl Strategy<Value = String> {
    let kinds = vec((0..3_u8, 0..3_usize), 1..7);
    let flows = vec((0..9_usize, 0..9_usize, 0..4_u8), 1..14);
    (kinds, flows).prop_map(|(kinds, flows)| {
        let mut plan = Plan::default();
        let mut names = vec!["s".to_owned(), "e".to_owned()];
        for (kind, outcomes) in kinds {
            let name = if kind == 0 { plan.gateway() } else { plan.task(outcomes) };
            names.push(name);
        }
        for (from, to, outcome) in flows {
            let from = names[from % names.len()].clone();
            let outcome = (outcome > 0 && from.starts_with('g')).then(|| usize::from(outcome) - 1);
            plan.join(&from, &names[to % names.len()].clone(), outcome);
        }
        file(&[START.into(), END.into(), plan.parts.concat(), plan.flows.concat()].concat())
    })
}

/// Drives an instance by numbers: which open task, which outcome. Checks what must hold after every step.
fn drive(model: &Model, choices: &[(usize, usize)]) {
    let mut state = State::default();
    let mut all = Vec::new();
    let mut take = |state: &mut State, stimulus: &Stimulus| {
        let events = step(model, state, stimulus).unwrap();
        assert_eq!(step(model, state, stimulus).unwrap(), events, "a step is a function");
        for event in &events {
            state.apply(event);
        }
        all.extend(events);
        let json = serde_json::to_string(&(&*state, &all)).unwrap();
        let (saved, log): (State, Vec<FlowEvent>) = serde_json::from_str(&json).unwrap();
        let mut replayed = State::default();
        log.iter().for_each(|event| replayed.apply(event));
        assert_eq!(saved, *state);
        assert_eq!(replayed, *state, "state is the fold of its events");
    };
    take(&mut state, &Stimulus::Start);
    for (which, outcome) in choices {
        let open: Vec<(TokenId, String)> = state
            .open_tasks()
            .map(|(token, task)| (token, task.to_owned()))
            .collect();
        assert_eq!(open.is_empty(), state.ended(), "an instance waits or has ended");
        let Some((token, task)) = open.get(which % open.len().max(1)) else {
            return;
        };
        let outcomes = &model.task(task).expect("only declared tasks are offered").outcomes;
        let outcome = outcomes.get(outcome % outcomes.len().max(1)).map(|o| o.id.clone());
        take(&mut state, &Stimulus::Complete { token: *token, outcome });
    }
}

/// By always choosing outcome 0, which in these charts never goes back.
fn finishes(model: &Model) -> bool {
    let mut state = State::default();
    let mut stimulus = Stimulus::Start;
    for _ in 0..=model.nodes().len() {
        for event in step(model, &state, &stimulus).unwrap() {
            state.apply(&event);
        }
        let Some((token, task)) = state.open_tasks().next() else {
            return state.ended();
        };
        let outcome = model.task(task).unwrap().outcomes.first().map(|o| o.id.clone());
        stimulus = Stimulus::Complete { token, outcome };
    }
    false
}

proptest! {
    #[test]
    fn charts_of_blocks_are_sound_run_and_draw(block in block(), choices in vec((0..9_usize, 0..9_usize), 0..30)) {
        let xml = Plan::default().xml(&block);
        let model = read(&xml).unwrap_or_else(|problems| panic!("{problems:#?}\n{xml}"));
        drive(&model, &choices);
        prop_assert!(finishes(&model));
        prop_assert_eq!(&read(&write(&model)).unwrap(), &model);
        lines_keep_clear_of_shapes(&model, &layout(&model));
        prop_assert_eq!(table(&model).len(), model.tasks().count());
        prop_assert!(roxmltree::Document::parse(&svg(&model, &DrawOptions::default())).is_ok());
        let longest = model.longest_path_working_days();
        prop_assert_eq!(longest.working_days as usize, 2 * longest.tasks.len());
    }

    #[test]
    fn tangles_are_refused_or_run(xml in tangle(), choices in vec((0..9_usize, 0..9_usize), 0..30)) {
        let report = check::report(&xml);
        let sound = report.is_sound();
        // Findings are shown on a drawing of whatever could be read.
        if let Some(model) = &report.model {
            svg(model, &DrawOptions::default());
            table(model);
        }
        let decided = report.problems.iter().all(|p| p.code != "soundness_not_decided");
        if let Some(model) = report.model.filter(|_| sound && decided) {
            drive(&model, &choices);
        }
    }

    #[test]
    fn broken_text_is_answered(at in 0.0..1.0_f64, cut in 0..40_usize, put in "\\PC{0,12}|</?[a-z:]{1,9}>|\"|<|&") {
        let from = floor(FOOD_PERMIT, (at * FOOD_PERMIT.len() as f64) as usize);
        let to = floor(FOOD_PERMIT, (from + cut).min(FOOD_PERMIT.len()));
        let broken = [&FOOD_PERMIT[..from], &put, &FOOD_PERMIT[to..]].concat();
        match read(&broken) {
            Ok(model) => prop_assert_eq!(&read(&write(&model)).unwrap(), &model),
            Err(problems) => prop_assert!(!problems.is_empty()),
        }
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,200}") {
        prop_assert!(read(&text).is_err());
    }

    #[test]
    fn any_events_fold(tokens in vec((0..5_u8, 0..4_u32, "[a-c]"), 0..30)) {
        let mut state = State::default();
        for (kind, token, name) in tokens {
            let token = TokenId(token);
            state.apply(&match kind {
                0 => FlowEvent::TokenEntered { token, element: name },
                1 => FlowEvent::TaskOffered { token, task: name },
                2 => FlowEvent::TaskCompleted { token, task: name, outcome: None },
                3 => FlowEvent::TokenConsumed { token, element: name },
                _ => FlowEvent::TokensCancelled { tokens: vec![token] },
            });
        }
        let ids: Vec<TokenId> = state.tokens().map(|(id, _)| id).collect();
        let mut unique = ids.clone();
        unique.sort();
        unique.dedup();
        prop_assert_eq!(unique.len(), ids.len());
    }
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0)
}
