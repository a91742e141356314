//! Two months of cases: acts in the order of their time, on a virtual clock, by the people of the city.
//! What would happen after today has not happened: those cases are still under way.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::{Date, time};
use jiff::{Timestamp, ToSpan};
use mingjing_calendar::Calendar;
use mingjing_cases::commands;
use mingjing_cases::events::FileRef;
use mingjing_cases::submission::submit_online;
use mingjing_chronicle::context::shanghai;
use mingjing_chronicle::{Actor, Chronicle, Clock, Fault, Refusal, Request, Stop, shanghai_date};

use super::script::{self, APPLICANTS, Act, Fate};

/// Cases of the city; their fates take turns.
const CASES: usize = 30;

/// When, which case, which of its acts.
type Queue = BTreeMap<(Timestamp, usize, usize), ()>;

struct Life {
    fate: Fate,
    case_no: Option<String>,
}

/// Lives until `now`.
///
/// # Errors
/// The first act that a rule refuses: the story is wrong then.
pub async fn live(chronicle: &Arc<Chronicle>, clock: &Clock, now: Timestamp) -> Result<(), Stop> {
    let sample = store_sample(chronicle).await?;
    let calendar = chronicle.calendar();
    let mut queue = Queue::new();
    let mut lives = Vec::new();
    let first = shanghai_date(clock.now());
    for number in 0..CASES {
        // New ones come about every other day, the last ones today.
        let day = first.saturating_add(((number * 58 / CASES) as i64).days());
        queue.insert((moment(&calendar, day, 0, number), number, 0), ());
        lives.push(Life {
            fate: Fate::of(number),
            case_no: None,
        });
    }
    while let Some(((at, number, step), ())) = queue.pop_first() {
        if at > now {
            break;
        }
        if at > clock.now() {
            clock.set(at);
        }
        // What is due before this act happens before it: papers, expiries.
        chronicle.settle().await?;
        let life = &mut lives[number];
        let acts = life.fate.acts();
        let Some(act) = acts.get(step) else { continue };
        perform(chronicle, life, number, act, &sample).await?;
        if let Some(next) = acts.get(step + 1) {
            let today = shanghai_date(clock.now());
            queue.insert(
                (
                    moment(&calendar, today, next.after_working_days, number + step + 1),
                    number,
                    step + 1,
                ),
                (),
            );
        }
    }
    clock.set(now);
    chronicle.settle().await
}

/// A working moment `working_days` after `day`, at an hour that differs from case to case.
fn moment(calendar: &Calendar, day: Date, working_days: u32, salt: usize) -> Timestamp {
    let mut date = day;
    let mut left = working_days;
    while left > 0 || !calendar.is_working_day(date) {
        date = date.tomorrow().unwrap_or(date);
        if calendar.is_working_day(date) && left > 0 {
            left -= 1;
        }
    }
    let minutes = (salt * 37 % 420) as i64;
    let morning = date.to_datetime(time(9, 0, 0, 0)).saturating_add(minutes.minutes());
    morning
        .to_zoned(shanghai())
        .map_or(Timestamp::UNIX_EPOCH, |zoned| zoned.timestamp())
}

async fn perform(
    chronicle: &Arc<Chronicle>,
    life: &mut Life,
    number: usize,
    act: &script::Step,
    sample: &FileRef,
) -> Result<(), Stop> {
    let today = chronicle.clock().today();
    if let Act::Submit = act.act {
        let applicant = &APPLICANTS[number % APPLICANTS.len()];
        let actor = actor(chronicle, applicant.account).await?;
        let application = script::application(applicant, number, sample);
        let submitted = submit_online(chronicle, Request::by(actor), application).await?;
        life.case_no = Some(submitted.value.case_no);
        return Ok(());
    }
    let Some(case_no) = &life.case_no else {
        return Err(Fault::Internal("an act before the application".into()).into());
    };
    let who = act.act.by(number);
    let command = script::command(&act.act, number, today, sample);
    commands::perform(
        chronicle,
        Request::by(actor(chronicle, who).await?),
        case_no,
        None,
        command,
    )
    .await?;
    Ok(())
}

/// Somebody of the city as an actor, with the posts held now.
pub async fn actor(chronicle: &Chronicle, account: &str) -> Result<Actor, Stop> {
    let wanted = account.to_owned();
    chronicle
        .read(move |reader| mingjing_people::session::actor_of(reader.sql(), &wanted))
        .await?
        .ok_or_else(|| Refusal::not_found("city.nobody", format!("演示城里没有 {account}。")).into())
}

pub async fn store_sample(chronicle: &Chronicle) -> Result<FileRef, Stop> {
    let bytes = include_bytes!("../../../demo/materials/sample.pdf");
    let blob = chronicle.put_blob(bytes).await?;
    Ok(FileRef {
        blob: blob.id,
        sha256: blob.sha256,
        bytes: blob.bytes,
        name: "演示材料.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
    })
}

/// One whole life without waiting, for measuring: the acts of a grant, each performed by its person.
pub async fn grant_once(
    chronicle: &Arc<Chronicle>,
    cast: &Cast,
    number: usize,
    sample: &FileRef,
    mut timed: impl FnMut(&'static str, std::time::Duration),
) -> Result<(), Stop> {
    let today = chronicle.clock().today();
    let applicant = &APPLICANTS[number % APPLICANTS.len()];
    let application = script::application(applicant, number, sample);
    let begun = std::time::Instant::now();
    let request = Request::by(cast.of(applicant.account)?).once(format!("bench-{number}"), "bench");
    let submitted = submit_online(chronicle, request, application).await?;
    timed("submit", begun.elapsed());
    let case_no = submitted.value.case_no;
    for step in Fate::Granted.acts().iter().skip(1) {
        let command = script::command(&step.act, number, today, sample);
        let request = Request::by(cast.of(step.act.by(number))?);
        let begun = std::time::Instant::now();
        commands::perform(chronicle, request, &case_no, None, command).await?;
        timed(step.act.name(), begun.elapsed());
    }
    Ok(())
}

/// The people of the city, looked up once.
pub struct Cast(BTreeMap<String, Actor>);

impl Cast {
    pub async fn assemble(chronicle: &Chronicle) -> Result<Cast, Stop> {
        let mut cast = BTreeMap::new();
        for account in super::people::demo_accounts() {
            let person = actor(chronicle, &account).await?;
            cast.insert(account, person);
        }
        Ok(Cast(cast))
    }

    pub fn of(&self, account: &str) -> Result<Actor, Stop> {
        let found = self.0.get(account).cloned();
        found.ok_or_else(|| Fault::Internal(format!("the city has no {account}")).into())
    }
}
