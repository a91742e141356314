//! Joint approval (许可法 26(2), 42(2)): the lead body's case and the cases of the bodies it asks, kept together.
//!
//! Invariants:
//! - The lead's chart opens a call and the case of the body that is asked begins in the same transaction; so does an opinion
//!   and its return. Nothing is between the two that could be lost, and a command that is repeated is answered once.
//! - A call is completed by the opinion of the body that was asked, and by nothing else. Silence completes nothing.
//! - Where a call closes without an opinion (withdrawal, return, end), the other case ends with the reason.

use std::sync::Arc;

use jiff::civil::Date;
use mingjing_chronicle::{About, Fault, Loaded, Refusal, Stop, Tx};

use crate::case::Case;
use crate::clock::{CaseClock, ClockKind};
use crate::commands::{Ground, append_to, apply_expiries};
use crate::course::Course;
use crate::decide::{Setting, Verdict, assist};
use crate::events::{Answer, OpenStep, OutcomeNamed, Told};
use crate::matter::Matter as _;
use crate::number::{Procedure, number_in};
use crate::timer;

/// A body that was asked, as the lead's case knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assisting {
    pub task: String,
    pub instance: Option<u32>,
    /// The call as the chart names it.
    pub name: String,
    pub body: String,
    pub body_name: String,
    /// Its own case.
    pub case_no: String,
    pub asked_on: Date,
    pub due: Option<Date>,
    pub urged: u32,
    pub answer: Option<Arc<Answer>>,
    /// The call closed without an opinion.
    pub ended_on: Option<Date>,
}

impl Assisting {
    /// Nothing came back yet, and something still should.
    pub fn open(&self) -> bool {
        self.answer.is_none() && self.ended_on.is_none()
    }

    pub fn overdue_on(&self, day: Date) -> bool {
        self.open() && self.due.is_some_and(|due| due < day)
    }
}

/// Bodies of calls that were opened or closed by an act.
pub(crate) fn followed(known: &mut Vec<Assisting>, steps: &[OpenStep], on: Date) {
    for one in known.iter_mut().filter(|one| one.open()) {
        match steps.iter().find(|step| is_of(step, one)) {
            Some(step) => one.urged = step.urged.as_ref().map_or(0, |urged| urged.times),
            None => one.ended_on = Some(on),
        }
    }
    for step in steps {
        let Some(asked) = &step.asked else { continue };
        if known.iter().any(|one| is_of(step, one)) {
            continue;
        }
        known.push(Assisting {
            task: step.task.clone(),
            instance: step.instance,
            name: step.name.clone(),
            body: asked.body.clone(),
            body_name: asked.body_name.clone(),
            case_no: asked.case_no.clone(),
            asked_on: step.since,
            due: step.due,
            urged: 0,
            answer: None,
            ended_on: None,
        });
    }
}

fn is_of(step: &OpenStep, one: &Assisting) -> bool {
    step.asked.as_ref().is_some_and(|asked| asked.case_no == one.case_no)
}

pub(crate) fn returned(known: &mut [Assisting], answer: &Answer) {
    if let Some(one) = known.iter_mut().find(|one| one.case_no == answer.case_no) {
        one.answer = Some(Arc::new(answer.clone()));
    }
}

/// Gives calls that were just opened the name of their body and the number of its case.
pub(crate) fn name(steps: &mut [OpenStep], setting: &Setting<'_>) {
    for step in steps {
        let Some(asked) = step.asked.as_mut().filter(|asked| asked.case_no.is_empty()) else {
            continue;
        };
        let context = setting.context;
        let chance = context.derive(&format!("assist-{}-{}", step.task, step.instance.unwrap_or_default()));
        let facts = setting.assisting.iter().find(|facts| facts.body == asked.body);
        let division = facts.map_or(&setting.body.division, |facts| &facts.division);
        asked.case_no = number_in(Procedure::Assistance, division, context.today, &chance);
        asked.body_name = facts.map_or_else(|| asked.body.clone(), |facts| facts.name.clone());
    }
}

/// After an act: asks the bodies of calls that were opened, ends those of calls that closed, tells the others what they
/// have to know, and gives an opinion back to the lead.
pub(crate) fn follow(tx: &mut Tx<'_>, before: &Case, after: &Loaded<Case>, ground: &Ground) -> Result<(), Stop> {
    if after.course() == Course::Assistance {
        return give_back(tx, before, after, ground);
    }
    let was_open = |no: &str| before.assistance.iter().any(|one| one.case_no == no && one.open());
    for one in &after.assistance {
        let known = before.assistance.iter().any(|old| old.case_no == one.case_no);
        if !known && one.open() {
            ask(tx, after, one, ground)?;
        } else if was_open(&one.case_no) && one.ended_on.is_some() {
            let why = why_closed(before, after);
            tell(tx, &one.case_no, |sub, setting| assist::ended(sub, &why, setting))?;
        } else if was_open(&one.case_no) && one.open() {
            news(tx, before, after, one)?;
        }
    }
    Ok(())
}

fn ask(tx: &mut Tx<'_>, lead: &Loaded<Case>, one: &Assisting, ground: &Ground) -> Result<(), Stop> {
    let Some(step) = lead.steps.iter().find(|step| is_of(step, one)) else {
        return Err(Fault::Inconsistent("an open call has no step".into()).into());
    };
    let mut sub = tx.load::<Case>(&one.case_no)?;
    let theirs = Ground::on(tx, Arc::clone(&ground.item), &one.body)?;
    let verdict = assist::asked(lead, step, &ground.body.name, &theirs.setting())?;
    let about = About {
        happened_on: verdict.happened_on,
        class: Procedure::Assistance.key(),
        body: one.body.clone(),
        post: verdict.post,
        item: Some(format!("{}@{}", theirs.item.item_code, theirs.item.version)),
        flow: Some(theirs.flow.hash().to_owned()),
        cause: None,
    };
    tx.append(&mut sub, verdict.events, &about)?;
    timer::wake_flow(tx, &one.case_no, &*sub.state)?;
    if let Some(clock) = sub.clock(ClockKind::Assistance) {
        timer::wake_after(tx, &one.case_no, clock.due.on)?;
    }
    Ok(())
}

/// In the words of the body that is told.
fn why_closed(before: &Case, after: &Case) -> String {
    let facts = &after.facts;
    if facts.withdrawn.is_some() && before.facts.withdrawn.is_none() {
        "申请人已经撤回申请。".to_owned()
    } else if facts.completed.is_some() || after.flow.ended() {
        "主办机关已经办结。".to_owned()
    } else {
        "主办机关已经把办件退回到转告以前的环节；需要意见时会重新转告。".to_owned()
    }
}

/// The lead's limits stand still or go on, or the lead asked again.
fn news(tx: &mut Tx<'_>, before: &Case, after: &Case, one: &Assisting) -> Result<(), Stop> {
    let urged = |case: &Case| {
        let found = case.assistance.iter().find(|other| other.case_no == one.case_no);
        found.map_or(0, |one| one.urged)
    };
    if urged(after) > urged(before) {
        let step = after.steps.iter().find(|step| is_of(step, one));
        let words = step
            .and_then(|step| step.urged.as_ref())
            .map_or_else(String::new, |urged| urged.reasons.clone());
        tell(tx, &one.case_no, |sub, setting| {
            Ok(assist::told(sub, Told::Urged, words.clone(), Vec::new(), setting))
        })?;
    }
    let pause = |case: &Case| {
        let clock = case.clock(ClockKind::Decision).filter(|clock| clock.runs());
        clock.and_then(|clock: &CaseClock| clock.suspensions.last().cloned())
    };
    match (pause(before), pause(after)) {
        (before, Some(now)) if now.to.is_none() && before.as_ref().is_none_or(|before| before.to.is_some()) => {
            tell(tx, &one.case_no, |sub, setting| {
                assist::time_excluded(sub, &now, setting)
            })
        }
        (Some(before), Some(now)) if before.to.is_none() && now.to.is_some() => {
            tell(tx, &one.case_no, |sub, setting| {
                assist::time_resumed(sub, &now, setting)
            })
        }
        _ => Ok(()),
    }
}

fn tell(
    tx: &mut Tx<'_>,
    case_no: &str,
    decide: impl Fn(&Case, &Setting<'_>) -> Result<Verdict, Refusal>,
) -> Result<(), Stop> {
    let mut sub = tx.load::<Case>(case_no)?;
    // What was erased has nobody to tell.
    let Some(ground) = Ground::of(tx, &*sub.state)? else {
        return Ok(());
    };
    let verdict = decide(&sub, &ground.setting())?;
    append_to(tx, &mut sub, verdict, &ground)?;
    if let Some(clock) = sub.clock(ClockKind::Assistance).filter(|clock| clock.runs()) {
        timer::wake_after(tx, case_no, clock.due.on)?;
    }
    Ok(())
}

fn give_back(tx: &mut Tx<'_>, before: &Case, sub: &Loaded<Case>, ground: &Ground) -> Result<(), Stop> {
    if before.flow().ended() || !sub.flow().ended() || sub.facts.ended.is_some() {
        return Ok(());
    }
    let Some((lead_no, answer)) = answer_of(sub, &ground.body.name) else {
        return Err(
            Refusal::law("cases.take_step.no_opinion", "流程已经走完，却没有提出意见。")
                .advice("请法制机构核对该事项的流程图。")
                .into(),
        );
    };
    let mut lead = tx.load::<Case>(&lead_no)?;
    let Some(theirs) = Ground::of(tx, &*lead.state)? else {
        return Err(assist::lead_gone().into());
    };
    let was = Arc::clone(&lead.state);
    apply_expiries(tx, &mut lead, &theirs)?;
    let verdict = assist::returned(&lead, answer, &theirs.setting())?;
    append_to(tx, &mut lead, verdict, &theirs)?;
    follow(tx, &was, &lead, &theirs)
}

/// What the body that was asked came to, for the lead.
fn answer_of(sub: &Case, body_name: &str) -> Option<(String, Answer)> {
    let taken = sub.decision_taken()?;
    let lead = sub.application.as_ref()?.lead.as_ref()?;
    let outcome = taken.outcome.clone().unwrap_or_else(|| OutcomeNamed {
        id: "given".into(),
        name: "已提出意见".into(),
        negative: false,
    });
    let answer = Answer {
        case_no: sub.case_no.clone(),
        body: sub.body().to_owned(),
        body_name: body_name.to_owned(),
        task: lead.task.clone(),
        name: lead.name.clone(),
        outcome,
        opinion: taken.opinion.clone().unwrap_or_default(),
        reasons: taken.reasons.clone(),
        given_on: taken.on,
        late: taken.late.is_some_and(|late| late.promised),
    };
    Some((lead.case_no.clone(), answer))
}
