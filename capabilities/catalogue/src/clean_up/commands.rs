//! The clean-up inside its transactions: planned by the legal office, registered by the bodies, and entered whole when it is
//! published.

use std::collections::BTreeMap;

use jiff::civil::Date;
use mingjing_chronicle::{Chronicle, Done, Refusal, Request, Stop, Tx};
use mingjing_people::public::{BodyFacts, queries};
use mingjing_web::{Scope, Subject};

use super::task::{self, Act, Assigned, Planned, Stage, Task, TaskEvent};
use crate::changes::{registered, scope_of};
use crate::decide::import_items;
use crate::effect::append_item;
use crate::entry::Draft;
use crate::exchange::filing::{about, in_order, judged, within};
use crate::exchange::handed_in::{HandedEvent, HandedIn, HandedState};
use crate::exchange::judge::Purpose;
use crate::import::gather_with;
use crate::pages::{HAND_IN, PLAN_CLEAN_UP};
use crate::version::Confirmation;

/// A clean-up as the legal office plans it.
#[derive(Debug, Clone)]
pub struct PlanCleanUp {
    pub name: String,
    pub document: String,
    /// A day for each stage, in their order.
    pub due: BTreeMap<Stage, Date>,
    pub bodies: Vec<String>,
}

const MOST_BODIES: usize = 500;

/// Plans a clean-up: a task for each body, with the persons of the stages. Gives its number.
///
/// # Errors
/// Days that are not in the order of the stages, no body, a body outside one's area or with a task that is not done.
pub async fn plan(chronicle: &Chronicle, request: Request, order: PlanCleanUp) -> Result<Done<String>, Stop> {
    let scope = scope_of(&request.actor, PLAN_CLEAN_UP)?;
    check(&order)?;
    chronicle
        .perform(request, move |tx| {
            let chance = tx.context().id("clean_up_no");
            let number = format!(
                "QL{}-{}",
                tx.context().today.strftime("%Y%m%d"),
                chance[..6].to_ascii_uppercase()
            );
            let office = planner_office(tx)?;
            let planners = names(tx, "legal_officer", &office)?;
            for body in &order.bodies {
                let facts = registered(tx, body)?;
                in_area(&scope, &facts)?;
                no_other_task(tx, &facts)?;
                let clerks = names(tx, "legal_reviewer", body)?;
                let assigned = assigned(&order, &number, &facts, &clerks, &planners);
                let mut task = tx.load::<Task>(&format!("{number}-{body}"))?;
                let about = about(tx.context(), body);
                tx.append(&mut task, vec![TaskEvent::Assigned(Box::new(assigned))], &about)?;
            }
            Ok(number)
        })
        .await
}

fn check(order: &PlanCleanUp) -> Result<(), Refusal> {
    let refused = |field: &'static str, message: &'static str| {
        let refusal = Refusal::invalid("catalogue.clean_up.plan", message).article("需求R14（S1 新津）");
        Err(refusal.field(field, message))
    };
    if order.bodies.is_empty() || order.bodies.len() > MOST_BODIES {
        return refused("bodies", "请选择参加清理的单位。");
    }
    let days: Vec<Option<&Date>> = Stage::ALL.iter().map(|stage| order.due.get(stage)).collect();
    if days.contains(&None) {
        return refused("register", "每个阶段都要有完成期限。");
    }
    match days.is_sorted() {
        true => Ok(()),
        false => refused("register", "各阶段的期限应当按先后顺序排列。"),
    }
}

fn assigned(order: &PlanCleanUp, number: &str, facts: &BodyFacts, clerks: &str, planners: &str) -> Assigned {
    let plan = order.due.iter().map(|(stage, due)| Planned {
        stage: *stage,
        due: *due,
        person: if stage.is_bodys() { clerks } else { planners }.to_owned(),
        done_on: None,
    });
    Assigned {
        clean_up: number.to_owned(),
        name: order.name.clone(),
        document: order.document.clone(),
        body: facts.body.clone(),
        body_name: facts.name.clone(),
        area: facts.division.clone(),
        plan: plan.collect(),
    }
}

fn planner_office(tx: &Tx<'_>) -> Result<String, Refusal> {
    let posts = &tx.context().actor.posts;
    let held = posts.iter().find(|held| held.role == "legal_officer");
    let none = || Refusal::forbidden("people.not_permitted", "您的岗位没有做这件事的权限。");
    Ok(held.ok_or_else(none)?.body.clone())
}

fn names(tx: &mut Tx<'_>, role: &str, body: &str) -> Result<String, Stop> {
    let holders = queries::holders_of(tx.sql(), role, body)?;
    Ok(holders
        .into_iter()
        .map(|officer| officer.name)
        .collect::<Vec<_>>()
        .join("、"))
}

fn unknown() -> Refusal {
    Refusal::not_found("catalogue.clean_up.unknown", "没有这项清理任务。").advice("请从清单中选择。")
}

fn in_area(scope: &Scope, facts: &BodyFacts) -> Result<(), Refusal> {
    let subject = Subject {
        body: &facts.body,
        area: &facts.division,
        party_account: "",
        published: false,
    };
    scope.covers(&subject).then_some(()).ok_or_else(unknown)
}

fn no_other_task(tx: &mut Tx<'_>, facts: &BodyFacts) -> Result<(), Stop> {
    let sql = "SELECT task FROM {clean_up_task_list} WHERE body = $1 AND stage <> 'done'";
    if tx.query(sql, &[facts.body.as_str().into()])?.is_empty() {
        return Ok(());
    }
    let message = format!("{}还有没有完成的清理任务。", facts.name);
    let refusal = Refusal::law("catalogue.clean_up.running", message).article("需求R14");
    Err(refusal.field("bodies", "请等这个单位的任务完成，或者不选它").into())
}

/// Whether this task lies within a scope.
///
/// # Errors
/// What lies outside is not there.
pub fn covers(scope: &Scope, task: &Task) -> Result<(), Refusal> {
    let assigned = task.assigned.as_ref().ok_or_else(unknown)?;
    let subject = Subject {
        body: &assigned.body,
        area: &assigned.area,
        party_account: "",
        published: false,
    };
    scope.covers(&subject).then_some(()).ok_or_else(unknown)
}

/// Registers a table to its body's task: it is the prescribed form, and nothing is entered yet. Gives the task.
///
/// # Errors
/// A table with problems or that changes nothing, no task at the register, items of other bodies; a fault.
pub async fn register(
    chronicle: &Chronicle,
    request: Request,
    number: String,
    seen: Option<i64>,
) -> Result<Done<String>, Stop> {
    let scope = scope_of(&request.actor, HAND_IN)?;
    let handed_in = {
        let number = number.clone();
        chronicle
            .read(move |reader| Ok((*reader.load::<HandedIn>(&number)?).clone()))
            .await?
    };
    let handed = handed_in.handed.clone().ok_or_else(crate::exchange::filing::unknown)?;
    within(&scope, &handed)?;
    // A body registers what is its own, whoever of its area may hand in more.
    let own = Scope::OwnBody {
        bodies: std::iter::once(handed.body.clone()).collect(),
    };
    let judging = judged(
        chronicle,
        request.actor.clone(),
        own,
        &handed_in,
        Purpose::CleanUp,
        false,
    );
    let (report, _) = judging.await?;
    in_order(&report)?;
    let counts = report.counts;
    chronicle
        .perform(request, move |tx| {
            let found = tx.query(
                "SELECT task FROM {clean_up_task_list} WHERE body = $1 AND stage = 'register'",
                &[handed.body.as_str().into()],
            )?;
            let none = || {
                let message = "本单位现在没有处于登记阶段的清理任务。";
                Refusal::law("catalogue.clean_up.no_task", message).advice("平时的变动请申报调整。")
            };
            let task_no = found.first().map(|row| row.text(0).to_owned()).ok_or_else(none)?;
            let mut handed_in = match seen {
                Some(seen) => tx.load_seen::<HandedIn>(&number, seen)?,
                None => tx.load::<HandedIn>(&number)?,
            };
            if handed_in.standing != HandedState::Received {
                return Err(none().into());
            }
            let mut task = tx.load::<Task>(&task_no)?;
            let act = Act::Register {
                table: number.clone(),
                counts,
            };
            let event = task::decide(&task, act, tx.context())?;
            let about = about(tx.context(), &handed.body);
            tx.append(&mut task, vec![event], &about)?;
            let event = HandedEvent::Registered {
                task: task_no.clone(),
                counts,
            };
            tx.append(&mut handed_in, vec![event], &about)?;
            Ok(task_no)
        })
        .await
}

/// The next step of a task, save registering and publishing.
///
/// # Errors
/// Refusals of [`task::decide`]; a task outside one's scope; a conflict; a fault.
pub async fn act(
    chronicle: &Chronicle,
    request: Request,
    task_no: String,
    seen: Option<i64>,
    act: Act,
) -> Result<Done<()>, Stop> {
    let permission = match act {
        Act::Draw { .. } => HAND_IN,
        _ => PLAN_CLEAN_UP,
    };
    let scope = scope_of(&request.actor, permission)?;
    chronicle
        .perform(request, move |tx| {
            let mut task = match seen {
                Some(seen) => tx.load_seen::<Task>(&task_no, seen)?,
                None => tx.load::<Task>(&task_no)?,
            };
            covers(&scope, &task)?;
            let event = task::decide(&task, act.clone(), tx.context())?;
            let body = task
                .assigned
                .as_ref()
                .map(|assigned| assigned.body.clone())
                .unwrap_or_default();
            let about = about(tx.context(), &body);
            tx.append(&mut task, vec![event], &about)?;
            Ok(())
        })
        .await
}

/// Publishes what was registered and approved: the table is judged again by what is recorded now, and enters whole with the
/// legal office's name and the working group's document number, or not at all.
///
/// # Errors
/// Refusals of [`task::decide`]; a table that can no longer be entered as it stands; a fault.
pub async fn publish(
    chronicle: &Chronicle,
    request: Request,
    task_no: String,
    seen: Option<i64>,
) -> Result<Done<u32>, Stop> {
    let scope = scope_of(&request.actor, PLAN_CLEAN_UP)?;
    let wanted = task_no.clone();
    let read = chronicle.read(move |reader| {
        let task = (*reader.load::<Task>(&wanted)?).clone();
        let table = task.table.clone().unwrap_or_default();
        Ok((task, (*reader.load::<HandedIn>(&table)?).clone()))
    });
    let (task, handed_in) = read.await?;
    covers(&scope, &task)?;
    let own = Scope::OwnBody {
        bodies: task.assigned.iter().map(|assigned| assigned.body.clone()).collect(),
    };
    let judging = judged(
        chronicle,
        request.actor.clone(),
        own,
        &handed_in,
        Purpose::CleanUp,
        true,
    );
    let (report, wanted) = judging.await?;
    in_order(&report)?;
    let drafts: Vec<Draft> = wanted.into_iter().map(|one| one.draft).collect();
    chronicle
        .perform(request, move |tx| {
            let mut task = match seen {
                Some(seen) => tx.load_seen::<Task>(&task_no, seen)?,
                None => tx.load::<Task>(&task_no)?,
            };
            let office = planner_office(tx)?;
            let office = registered(tx, &office)?.name;
            let items = u32::try_from(drafts.len()).unwrap_or(u32::MAX);
            let event = task::decide(&task, Act::Publish { office, items }, tx.context())?;
            if let TaskEvent::Published { confirmation, .. } = &event {
                enter(tx, drafts.clone(), confirmation)?;
            }
            let body = task
                .assigned
                .as_ref()
                .map(|assigned| assigned.body.clone())
                .unwrap_or_default();
            let about = about(tx.context(), &body);
            tx.append(&mut task, vec![event], &about)?;
            Ok(items)
        })
        .await
}

fn enter(tx: &mut Tx<'_>, mut drafts: Vec<Draft>, confirmation: &Confirmation) -> Result<(), Stop> {
    let today = tx.context().today;
    for version in drafts.iter_mut().filter_map(|draft| draft.version.as_mut()) {
        version.confirmation = confirmation.clone();
        // What is recorded already holds as it was until today.
        version.valid_from = version.valid_from.max(today);
    }
    drafts.iter_mut().for_each(|draft| draft.states_start = true);
    let facts = gather_with(tx, &drafts, &[])?;
    let context = tx.context().clone();
    let (writes, report) = import_items::decide(drafts, confirmation, &facts, &context);
    if let Some(problem) = report.rows.iter().flat_map(|row| &row.problems).next() {
        let message = format!("登记以后情况有变化，不能按登记的内容公布：{}", problem.reason);
        let refusal = Refusal::law("catalogue.clean_up.moved_on", message).article("需求R21");
        return Err(refusal.advice("请退回单位重新登记。").into());
    }
    for (item_code, events) in writes {
        append_item(tx, &item_code, events)?;
    }
    Ok(())
}
