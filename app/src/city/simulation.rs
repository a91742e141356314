//! The one engine of simulated life: whose turn it is next, and what they do. It knows no database; drivers perform each
//! turn by the real commands and tell what came of it.
//!
//! Invariant: everything it decides comes from the seed, the calendar and the outcomes of turns, so that the same seed
//! tells the same story. What a rule refuses is counted and life goes on.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use mingjing_calendar::Calendar;
use mingjing_cases::commands::Command;
use mingjing_cases::events::FileRef;
use mingjing_cases::opening::OpenMatter;
use mingjing_cases::penalty::commands::PenaltyCommand;
use mingjing_cases::penalty::decide::register_lead::RegisterLead;
use mingjing_cases::submission::{OnlineApplication, PaperApplication};
use mingjing_chronicle::{Actor, Refusal, shanghai_date};
use serde::Serialize;

use super::cast::{Cast, NAMED};
use super::charted::{self, TALES};
use super::dice::Dice;
use super::penalties::{self, Suspect, suspects};
use super::plan::{self, Act, Step};
use super::script::{self, Scene};
use super::seasons;

/// Of a hundred arrivals these are leads of penalties. In the field they are more: three quarters of a county's powers
/// are penalties (2 399 of 3 211), but most of them by the summary procedure on the spot, which is not here yet. Half and
/// half shows both.
const LEADS: usize = 50;

/// Of the named people, who applies for themselves.
const NAMED_CITIZEN: usize = 1;

/// How much is to be lived.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    pub seed: u64,
    /// Applications and leads together.
    pub cases: usize,
    pub days: u32,
    /// The last day.
    pub last: Date,
}

pub struct Simulation {
    seed: u64,
    calendar: Arc<Calendar>,
    cast: Cast,
    sample: FileRef,
    arrivals: Vec<Timestamp>,
    arrived: usize,
    queue: BTreeMap<(Timestamp, usize), Life>,
    pub tally: Tally,
}

/// One matter under way.
struct Life {
    matter: Matter,
    /// The day it came in.
    began: Date,
    case_no: Option<String>,
    dice: Dice,
}

/// What is handled, with what is done at the next turn and what comes after.
enum Matter {
    Permit {
        window: usize,
        applicant: usize,
        act: Act,
        rest: std::vec::IntoIter<Step<Act>>,
    },
    Penalty {
        beat: usize,
        suspect: Box<Suspect>,
        act: penalties::Act,
        rest: std::vec::IntoIter<Step<penalties::Act>>,
    },
    /// One of [`TALES`], at this turn.
    Charted { tale: usize, turn: usize },
}

impl Matter {
    fn act_name(&self) -> &'static str {
        match self {
            Matter::Permit { act, .. } => act.name(),
            Matter::Penalty { act, .. } => act.name(),
            Matter::Charted { tale, turn } => TALES[*tale].turns[*turn].name(),
        }
    }

    fn procedure(&self) -> &'static str {
        match self {
            Matter::Permit { .. } => "permit",
            Matter::Penalty { .. } => "penalty",
            Matter::Charted { .. } => "charted",
        }
    }

    /// Goes on to the next act: the working days until then, or nothing where the plan is at its end.
    fn go_on(&mut self) -> Option<u32> {
        match self {
            Matter::Permit { act, rest, .. } => advance(act, rest),
            Matter::Penalty { act, rest, .. } => advance(act, rest),
            Matter::Charted { tale, turn } => {
                *turn += 1;
                TALES[*tale].turns.get(*turn).map(|next| next.working_days)
            }
        }
    }
}

fn advance<A>(act: &mut A, rest: &mut std::vec::IntoIter<Step<A>>) -> Option<u32> {
    let step = rest.next()?;
    *act = step.act;
    Some(step.working_days)
}

/// Somebody's turn.
pub struct Turn {
    pub at: Timestamp,
    pub who: Actor,
    pub doing: Doing,
    number: usize,
    life: Life,
}

/// With the case's number, but for what begins a case.
#[derive(Clone)]
pub enum Doing {
    Apply(Box<OnlineApplication>),
    TakeIn(Box<PaperApplication>),
    Open(Box<OpenMatter>),
    Act(String, Box<Command>),
    /// In the part of the case that this body was asked for.
    Assist(String, &'static str, Box<Command>),
    Lead(Box<RegisterLead>),
    Penalise(String, Box<PenaltyCommand>),
}

/// What happened, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub cases: usize,
    /// The cases by procedure.
    pub procedures: BTreeMap<&'static str, usize>,
    pub acts: BTreeMap<&'static str, usize>,
    /// By code of the refusal.
    pub refused: BTreeMap<String, usize>,
}

impl Simulation {
    pub fn new(extent: Extent, calendar: Arc<Calendar>, cast: Cast, sample: FileRef) -> Simulation {
        let mut simulation = Simulation {
            seed: extent.seed,
            arrivals: seasons::arrivals(&calendar, extent.seed, extent.cases, extent.days, extent.last),
            calendar,
            cast,
            sample,
            arrived: 0,
            queue: BTreeMap::new(),
            tally: Tally::default(),
        };
        simulation.begin_tales(extent);
        simulation
    }

    /// The tales begin with the story, a working day apart; they are numbered after all arrivals.
    fn begin_tales(&mut self, extent: Extent) {
        let first = extent.last.saturating_sub(i64::from(extent.days).days());
        for tale in 0..TALES.len() {
            let number = self.arrivals.len() + tale;
            let mut dice = Dice::of(self.seed, "tale", tale as u64);
            let at = seasons::at_work(&self.calendar, first, 1 + tale as u32, &mut dice);
            let life = Life {
                matter: Matter::Charted { tale, turn: 0 },
                began: shanghai_date(at),
                case_no: None,
                dice,
            };
            self.queue.insert((at, number), life);
        }
    }

    /// The next turn up to this moment.
    pub fn next(&mut self, until: Timestamp) -> Option<Turn> {
        loop {
            let arrival = self.arrivals.get(self.arrived).copied();
            let waiting = self.queue.first_key_value().map(|(&(at, _), _)| at);
            match (arrival, waiting) {
                (Some(arrival), waiting) if waiting.is_none_or(|at| arrival <= at) => {
                    if arrival > until {
                        return None;
                    }
                    self.arrive(arrival);
                }
                (_, Some(at)) if at <= until => {
                    let ((at, number), life) = self.queue.pop_first()?;
                    return Some(self.turn(at, number, life));
                }
                _ => return None,
            }
        }
    }

    fn arrive(&mut self, at: Timestamp) {
        let number = self.arrived;
        self.arrived += 1;
        let mut dice = Dice::of(self.seed, "life", number as u64);
        let matter = if dice.chance(LEADS) {
            self.lead(number, &mut dice)
        } else {
            self.application(number, &mut dice)
        };
        let Some(matter) = matter else { return };
        // The counter is open, and leads are registered, in office hours only.
        let at = match matter {
            Matter::Permit { act: Act::Submit, .. } => at,
            _ => at.max(seasons::at_work(&self.calendar, shanghai_date(at), 0, &mut dice)),
        };
        let life = Life {
            matter,
            began: shanghai_date(at),
            case_no: None,
            dice,
        };
        self.queue.insert((at, number), life);
    }

    fn application(&self, number: usize, dice: &mut Dice) -> Option<Matter> {
        let window = self.cast.window_of(dice.below(100));
        let team = self.cast.windows[window].team(number);
        let applicant = self.applicant(dice);
        let mut steps = plan::draw(dice, team).into_iter();
        Some(Matter::Permit {
            window,
            applicant,
            act: steps.next()?.act,
            rest: steps,
        })
    }

    /// Mostly residents; the named people of the city often enough to have something to show.
    fn applicant(&self, dice: &mut Dice) -> usize {
        let residents = self.cast.residents();
        if residents == 0 || (residents < 1_000 && dice.chance(10)) {
            dice.below(NAMED)
        } else {
            NAMED + dice.below(residents)
        }
    }

    fn lead(&self, number: usize, dice: &mut Dice) -> Option<Matter> {
        let beat = self.cast.beat_of(dice.below(100));
        let squad = self.cast.beats[beat].squad(number);
        let suspect = suspects::draw(&self.cast, dice);
        let mut steps = penalties::plan::draw(dice, squad, suspect.speaks.is_some()).into_iter();
        Some(Matter::Penalty {
            beat,
            suspect: Box::new(suspect),
            act: steps.next()?.act,
            rest: steps,
        })
    }

    fn turn(&self, at: Timestamp, number: usize, life: Life) -> Turn {
        let today = shanghai_date(at);
        let (who, doing) = match &life.matter {
            Matter::Permit {
                window, applicant, act, ..
            } => {
                let window = &self.cast.windows[*window];
                let scene = Scene {
                    number,
                    today,
                    window,
                    team: window.team(number),
                    applicant: &self.cast.applicants[*applicant],
                    sample: &self.sample,
                };
                let doing = match (&life.case_no, *act) {
                    (None, Act::TakeIn) => Doing::TakeIn(Box::new(script::paper_application(&scene))),
                    (None, _) => Doing::Apply(Box::new(script::application(&scene))),
                    (Some(case_no), act) => Doing::Act(case_no.clone(), Box::new(script::command(act, &scene))),
                };
                (scene.by(*act).clone(), doing)
            }
            Matter::Penalty { beat, suspect, act, .. } => {
                let beat = &self.cast.beats[*beat];
                let scene = penalties::scene::Scene {
                    number,
                    today,
                    began: life.began,
                    offence: &beat.offence,
                    squad: beat.squad(number),
                    suspect,
                    sample: &self.sample,
                };
                let doing = match &life.case_no {
                    None => Doing::Lead(Box::new(penalties::script::lead(&scene))),
                    Some(case_no) => {
                        let command = penalties::script::command(*act, &scene);
                        Doing::Penalise(case_no.clone(), Box::new(command))
                    }
                };
                (scene.by(*act).clone(), doing)
            }
            Matter::Charted { tale, turn } => {
                let scene = charted::Scene {
                    tale: &TALES[*tale],
                    stage: &self.cast.stages[*tale],
                    turn: TALES[*tale].turns[*turn],
                    today,
                    applicant: &self.cast.applicants[NAMED_CITIZEN],
                    sample: &self.sample,
                };
                let doing = match (&life.case_no, scene.opening()) {
                    (None, Some(matter)) => Doing::Open(Box::new(matter)),
                    (None, None) => Doing::Apply(Box::new(scene.application())),
                    (Some(case_no), _) => match scene.part_of() {
                        Some(body) => Doing::Assist(case_no.clone(), body, Box::new(scene.command())),
                        None => Doing::Act(case_no.clone(), Box::new(scene.command())),
                    },
                };
                (scene.by().clone(), doing)
            }
        };
        Turn {
            at,
            who,
            doing,
            number,
            life,
        }
    }

    /// What came of a turn: the number of a new case, nothing to tell, or a refusal.
    pub fn told(&mut self, turn: Turn, outcome: Result<Option<String>, Refusal>) {
        let Turn {
            at, number, mut life, ..
        } = turn;
        match outcome {
            Ok(opened) => {
                *self.tally.acts.entry(life.matter.act_name()).or_default() += 1;
                if opened.is_some() {
                    self.tally.cases += usize::from(!matches!(life.matter, Matter::Charted { .. }));
                    *self.tally.procedures.entry(life.matter.procedure()).or_default() += 1;
                    life.case_no = opened;
                }
            }
            Err(refusal) => {
                *self.tally.refused.entry(refusal.code.to_string()).or_default() += 1;
            }
        }
        // Who was not let in does not come again.
        if life.case_no.is_none() {
            return;
        }
        let Some(working_days) = life.matter.go_on() else {
            return;
        };
        let drawn = seasons::at_work(&self.calendar, shanghai_date(at), working_days, &mut life.dice);
        // Within one day the acts of a case follow each other.
        let next = drawn.max(at.checked_add(5.minutes()).unwrap_or(at));
        self.queue.insert((next, number), life);
    }

    /// Cases that are still under way, as far as their people are concerned.
    pub fn unfinished(&self) -> usize {
        self.queue.len()
    }

    pub fn expected(&self) -> usize {
        self.arrivals.len()
    }
}
