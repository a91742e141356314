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
use mingjing_cases::submission::{OnlineApplication, PaperApplication};
use mingjing_chronicle::{Actor, Refusal, shanghai_date};
use serde::Serialize;

use super::cast::Cast;
use super::dice::Dice;
use super::plan::{self, Act, Step};
use super::script::{self, Scene};
use super::seasons;

/// How much is to be lived.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    pub seed: u64,
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

struct Life {
    window: usize,
    applicant: usize,
    steps: std::vec::IntoIter<Step>,
    /// What is done at the next turn.
    act: Act,
    case_no: Option<String>,
    dice: Dice,
}

/// Somebody's turn.
pub struct Turn {
    pub at: Timestamp,
    pub who: Actor,
    pub doing: Doing,
    number: usize,
    life: Life,
}

#[derive(Clone)]
pub enum Doing {
    Apply(OnlineApplication),
    TakeIn(PaperApplication),
    /// Case number and command.
    Act(String, Command),
}

/// What happened, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub cases: usize,
    pub acts: BTreeMap<&'static str, usize>,
    /// By code of the refusal.
    pub refused: BTreeMap<String, usize>,
}

impl Simulation {
    pub fn new(extent: Extent, calendar: Arc<Calendar>, cast: Cast, sample: FileRef) -> Simulation {
        Simulation {
            seed: extent.seed,
            arrivals: seasons::arrivals(&calendar, extent.seed, extent.cases, extent.days, extent.last),
            calendar,
            cast,
            sample,
            arrived: 0,
            queue: BTreeMap::new(),
            tally: Tally::default(),
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
                    return self.turn(at, number, life);
                }
                _ => return None,
            }
        }
    }

    fn arrive(&mut self, at: Timestamp) {
        let number = self.arrived;
        self.arrived += 1;
        let mut dice = Dice::of(self.seed, "life", number as u64);
        let window = self.cast.window_of(dice.below(100));
        let team = self.cast.windows[window].team(number);
        let applicant = self.applicant(&mut dice);
        let mut steps = plan::draw(&mut dice, team).into_iter();
        let Some(first) = steps.next() else { return };
        // The counter is open in office hours only.
        let at = match first.act {
            Act::TakeIn => at.max(seasons::at_work(&self.calendar, shanghai_date(at), 0, &mut dice)),
            _ => at,
        };
        let life = Life {
            window,
            applicant,
            steps,
            act: first.act,
            case_no: None,
            dice,
        };
        self.queue.insert((at, number), life);
    }

    /// Mostly residents; the named people of the city often enough to have something to show.
    fn applicant(&self, dice: &mut Dice) -> usize {
        const NAMED: usize = 3;
        let residents = self.cast.applicants.len().saturating_sub(NAMED);
        if residents == 0 || (residents < 1_000 && dice.chance(10)) {
            dice.below(NAMED)
        } else {
            NAMED + dice.below(residents)
        }
    }

    fn turn(&mut self, at: Timestamp, number: usize, life: Life) -> Option<Turn> {
        let window = &self.cast.windows[life.window];
        let scene = Scene {
            number,
            today: shanghai_date(at),
            window,
            team: window.team(number),
            applicant: &self.cast.applicants[life.applicant],
            sample: &self.sample,
        };
        let who = scene.by(life.act).clone();
        let doing = match (&life.case_no, life.act) {
            (None, Act::TakeIn) => Doing::TakeIn(script::paper_application(&scene)),
            (None, _) => Doing::Apply(script::application(&scene)),
            (Some(case_no), act) => Doing::Act(case_no.clone(), script::command(act, &scene)),
        };
        Some(Turn {
            at,
            who,
            doing,
            number,
            life,
        })
    }

    /// What came of a turn: the number of a new case, nothing to tell, or a refusal.
    pub fn told(&mut self, turn: Turn, outcome: Result<Option<String>, Refusal>) {
        let Turn {
            at, number, mut life, ..
        } = turn;
        match outcome {
            Ok(opened) => {
                *self.tally.acts.entry(life.act.name()).or_default() += 1;
                if opened.is_some() {
                    self.tally.cases += 1;
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
        let Some(step) = life.steps.next() else { return };
        life.act = step.act;
        let drawn = seasons::at_work(&self.calendar, shanghai_date(at), step.working_days, &mut life.dice);
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
