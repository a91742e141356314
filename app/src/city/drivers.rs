//! Two ways to live a simulation: act by act with everything that belongs to it, or in bulk.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use mingjing_cases::commands::{self, Command};
use mingjing_cases::submission::{hand_in_online, record_receipt, submit_online, take_in};
use mingjing_chronicle::{Actor, Bulk, BulkOrder, Chronicle, Clock, Request, Stop, Tx};
use serde_json::Value as Json;

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
    mut progress: impl FnMut(&Tally),
) -> Result<Simulation, Stop> {
    while let Some(turn) = simulation.next(until) {
        if turn.at > clock.now() {
            clock.set(turn.at);
        }
        chronicle.settle().await?;
        let request = Request::by(turn.who.clone());
        let outcome = match turn.doing.clone() {
            Doing::Apply(application) => submit_online(chronicle, request, application)
                .await
                .map(|done| Some(done.value.case_no)),
            Doing::TakeIn(application) => record_receipt(chronicle, request, application)
                .await
                .map(|done| Some(done.value.case_no)),
            Doing::Act(case_no, command) => commands::perform(chronicle, request, &case_no, None, command)
                .await
                .map(|_| None),
        };
        match outcome {
            Ok(opened) => simulation.told(turn, Ok(opened)),
            Err(Stop::Refusal(refusal)) => simulation.told(turn, Err(refusal)),
            Err(stop) => return Err(stop),
        }
        progress(&simulation.tally);
    }
    if until > clock.now() {
        clock.set(until);
    }
    chronicle.settle().await?;
    Ok(simulation)
}

/// Follower that orders papers. In bulk none are printed: typesetting takes a hundred times as long as the act.
const PAPERS: &str = "cases.paper_orders";

/// In bulk: the same acts, a thousand in a commit, without papers.
///
/// # Errors
/// A fault; then what was committed before it stays.
pub async fn bulk(
    chronicle: &Arc<Chronicle>,
    clock: &Clock,
    mut simulation: Simulation,
    until: Timestamp,
    mut progress: impl FnMut(&Tally) + Send + 'static,
) -> Result<Simulation, Stop> {
    chronicle.settle().await?;
    let order = BulkOrder {
        commands_per_commit: 1_000,
        // Cases live for about a month.
        remembered: 20_000 + simulation.expected() / 4,
        jobs_from: Some(until),
        passed_over: vec![PAPERS],
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
                        if let Doing::Act(case_no, _) = &turn.doing {
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
        Doing::Act(case_no, command) => commands::act(tx, case_no, None, command).map(|_| None),
    }
}

fn expire(tx: &mut Tx<'_>, case_no: &str) -> Result<(), Stop> {
    commands::act(tx, case_no, None, &Command::ApplyExpiries).map(|_| ())
}

/// The jobs of expiries that fall into the simulated time, rung by the simulation itself.
#[derive(Default)]
struct Timers {
    due: BTreeMap<(Timestamp, u64), String>,
    count: u64,
    /// Cases that nobody has accepted or turned away yet: only for these anything can expire.
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
            Doing::Act(
                case_no,
                Command::Accept(_) | Command::RefuseAcceptance(_) | Command::NotRequired(_) | Command::Withdraw(_),
            ) => {
                self.unanswered.remove(case_no);
            }
            _ => {
                self.unanswered.extend(opened.map(str::to_owned));
            }
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
