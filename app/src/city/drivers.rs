//! Two ways to live a simulation: act by act with everything that belongs to it, or in bulk.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use mingjing_cases::PapersLater;
use mingjing_cases::case::Case;
use mingjing_cases::commands::{self, Command};
use mingjing_cases::number::Procedure;
use mingjing_cases::opening;
use mingjing_cases::penalty::commands::{self as penalty, PenaltyCommand};
use mingjing_cases::penalty::{PenaltyCase, leads};
use mingjing_cases::submission::{hand_in_online, record_receipt, submit_online, take_in};
use mingjing_chronicle::{Actor, Bulk, BulkOrder, Chronicle, Clock, Request, Stop, Tx, shanghai_date};
use serde_json::Value as Json;

use super::penalties::seen;
use super::simulation::{Doing, Simulation, Tally};

/// Act by act: each is committed alone, and what it causes (papers, expiries) happens before the next.
///
/// # Errors
/// A fault.
pub async fn live(
    chronicle: &Arc<Chronicle>,
    clock: &Clock,
    mut simulation: Simulation,
    until: Timestamp,
    papers: &PapersLater,
    mut progress: impl FnMut(&Tally),
) -> Result<Simulation, Stop> {
    let mut today = Date::MIN;
    while let Some(turn) = simulation.next(until) {
        // The papers of a day are on record before the next begins.
        let day = shanghai_date(turn.at);
        if day != today {
            papers.record(chronicle).await?;
            today = day;
        }
        if turn.at > clock.now() {
            clock.set(turn.at);
        }
        chronicle.settle().await?;
        match act(chronicle, Request::by(turn.who.clone()), turn.doing.clone()).await {
            Ok(opened) => simulation.told(turn, Ok(opened)),
            Err(Stop::Refusal(refusal)) => simulation.told(turn, Err(refusal)),
            Err(stop) => return Err(stop),
        }
        chronicle.settle().await?;
        papers.set(chronicle).await?;
        progress(&simulation.tally);
    }
    papers.record(chronicle).await?;
    if until > clock.now() {
        clock.set(until);
    }
    chronicle.settle().await?;
    papers.set(chronicle).await?;
    papers.record(chronicle).await?;
    chronicle.settle().await?;
    Ok(simulation)
}

async fn act(chronicle: &Chronicle, request: Request, doing: Doing) -> Result<Option<String>, Stop> {
    Ok(match doing {
        Doing::Apply(application) => Some(submit_online(chronicle, request, *application).await?.value.case_no),
        Doing::TakeIn(application) => Some(record_receipt(chronicle, request, *application).await?.value.case_no),
        Doing::Open(matter) => Some(opening::open(chronicle, request, *matter).await?.value.case_no),
        Doing::Lead(lead) => Some(leads::register(chronicle, request, *lead).await?.value.case_no),
        Doing::Act(case_no, command) => {
            commands::perform(chronicle, request, &case_no, None, *command).await?;
            None
        }
        Doing::Assist(lead, body, command) => {
            let no = lead.clone();
            let read = chronicle.read(move |reader| Ok(part_of(&reader.load::<Case>(&no)?.state, body)));
            if let Some(part) = read.await? {
                commands::perform(chronicle, request, &part, None, *command).await?;
            }
            None
        }
        Doing::Penalise(case_no, command) => {
            let command = looked_up(chronicle, &case_no, *command).await?;
            penalty::perform(chronicle, request, &case_no, None, command).await?;
            None
        }
    })
}

/// Under which number a body works on what it was asked in this case.
fn part_of(lead: &Case, body: &str) -> Option<String> {
    let parts = lead.assistance.iter().rev();
    parts
        .filter(|one| one.body == body)
        .map(|one| one.case_no.clone())
        .next()
}

/// Somebody opens the case before acting, where the act names what only the case knows.
///
/// # Errors
/// A fault.
pub async fn looked_up(chronicle: &Chronicle, case_no: &str, command: PenaltyCommand) -> Result<PenaltyCommand, Stop> {
    if !seen::is_needed(&command) {
        return Ok(command);
    }
    let (no, today) = (case_no.to_owned(), chronicle.clock().today());
    let filled = chronicle
        .read(move |reader| Ok(seen::fill(command, &reader.load::<PenaltyCase>(&no)?.state, today)))
        .await?;
    Ok(filled)
}

/// Follower that orders papers. In bulk none are printed: typesetting takes a hundred times as long as the act.
const PAPERS: &str = "cases.paper_orders";
/// Nobody loses a post in bulk.
const POSTS: &str = "cases.posts_lost";

/// In bulk: the same acts, a thousand in a commit, without papers.
///
/// # Errors
/// A fault; then what was committed before it stays.
pub async fn bulk(
    chronicle: &Arc<Chronicle>,
    clock: &Clock,
    mut simulation: Simulation,
    until: Timestamp,
    sealed: bool,
    mut progress: impl FnMut(&Tally) + Send + 'static,
) -> Result<Simulation, Stop> {
    chronicle.settle().await?;
    let mut passed_over = vec![PAPERS, POSTS];
    if !sealed {
        passed_over.push(mingjing_ledger::LEAVES);
    }
    let order = BulkOrder {
        commands_per_commit: 1_000,
        // Cases live for about a month.
        remembered: 20_000 + simulation.expected() / 4,
        jobs_from: Some(until),
        passed_over,
    };
    let clock = clock.clone();
    chronicle
        .load_in_bulk(order, move |bulk| {
            let mut timers = Timers::default();
            while let Some(turn) = simulation.next(until) {
                timers.ring(bulk, &clock, turn.at)?;
                clock.set(turn.at);
                match bulk.perform(turn.who.clone(), |tx| perform(tx, &turn.doing)) {
                    Ok(opened) => {
                        timers.heard_of(&turn.doing, opened.as_deref());
                        simulation.told(turn, Ok(opened));
                    }
                    Err(Stop::Refusal(refusal)) => {
                        // As at every door: an expiry that was due holds although the act was refused.
                        if let Doing::Act(case_no, _) | Doing::Penalise(case_no, _) = &turn.doing {
                            bulk.perform(Actor::system(), |tx| expire(tx, case_no))?;
                        }
                        simulation.told(turn, Err(refusal));
                    }
                    Err(stop) => return Err(stop),
                }
                timers.take_up(bulk);
                progress(&simulation.tally);
            }
            timers.ring(bulk, &clock, until)?;
            clock.set(until);
            Ok(simulation)
        })
        .await
}

fn perform(tx: &mut Tx<'_>, doing: &Doing) -> Result<Option<String>, Stop> {
    match doing {
        Doing::Apply(application) => hand_in_online(tx, application).map(|case| Some(case.case_no)),
        Doing::TakeIn(application) => take_in(tx, application).map(|case| Some(case.case_no)),
        Doing::Open(matter) => opening::open_in(tx, matter).map(|opened| Some(opened.case_no)),
        Doing::Lead(lead) => leads::register_in(tx, lead).map(|lead| Some(lead.case_no)),
        Doing::Act(case_no, command) => commands::act(tx, case_no, None, command).map(|_| None),
        Doing::Assist(lead, body, command) => {
            let part = part_of(&tx.load::<Case>(lead)?.state, body);
            match part {
                Some(part) => commands::act(tx, &part, None, command).map(|_| None),
                None => Ok(None),
            }
        }
        Doing::Penalise(case_no, command) => {
            if !seen::is_needed(command) {
                return penalty::act(tx, case_no, None, command).map(|_| None);
            }
            let (case, today) = (tx.load::<PenaltyCase>(case_no)?, tx.context().today);
            let filled = seen::fill((**command).clone(), &case, today);
            penalty::act(tx, case_no, None, &filled).map(|_| None)
        }
    }
}

fn expire(tx: &mut Tx<'_>, case_no: &str) -> Result<(), Stop> {
    match Procedure::of(case_no) {
        Some(Procedure::Penalty) => penalty::act(tx, case_no, None, &PenaltyCommand::ApplyExpiries).map(|_| ()),
        _ => commands::act(tx, case_no, None, &Command::ApplyExpiries).map(|_| ()),
    }
}

/// The jobs of expiries that fall into the simulated time, rung by the simulation itself.
#[derive(Default)]
struct Timers {
    due: BTreeMap<(Timestamp, u64), String>,
    count: u64,
    /// Applications that nobody has accepted or turned away yet, and notices that nobody has answered: only for these
    /// anything can expire.
    unanswered: HashSet<String>,
}

impl Timers {
    fn take_up(&mut self, bulk: &mut Bulk<'_>) {
        for job in bulk.take_jobs() {
            if let Some(case_no) = job.payload.get("case_no").and_then(Json::as_str) {
                self.count += 1;
                self.due.insert((job.run_at, self.count), case_no.to_owned());
            }
        }
    }

    fn heard_of(&mut self, doing: &Doing, opened: Option<&str>) {
        match doing {
            Doing::Apply(_) | Doing::TakeIn(_) => self.unanswered.extend(opened.map(str::to_owned)),
            Doing::Act(case_no, command) if is_answer(command) => {
                self.unanswered.remove(case_no);
            }
            Doing::Penalise(case_no, command) => match **command {
                PenaltyCommand::ServeNotice(_) => {
                    self.unanswered.insert(case_no.clone());
                }
                PenaltyCommand::MakeDefence(_) | PenaltyCommand::WaiveDefence(_) => {
                    self.unanswered.remove(case_no);
                }
                _ => {}
            },
            Doing::Act(..) | Doing::Assist(..) | Doing::Open(_) | Doing::Lead(_) => {}
        }
    }

    fn ring(&mut self, bulk: &mut Bulk<'_>, clock: &Clock, until: Timestamp) -> Result<(), Stop> {
        while let Some(entry) = self.due.first_entry() {
            let at = entry.key().0;
            if at > until {
                break;
            }
            let case_no = entry.remove();
            if self.unanswered.contains(&case_no) {
                clock.set(at);
                bulk.perform(Actor::system(), |tx| expire(tx, &case_no))?;
                self.take_up(bulk);
            }
        }
        Ok(())
    }
}

fn is_answer(command: &Command) -> bool {
    matches!(
        command,
        Command::Accept(_) | Command::RefuseAcceptance(_) | Command::NotRequired(_) | Command::Withdraw(_)
    )
}
