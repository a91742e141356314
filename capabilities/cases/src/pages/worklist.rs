//! 工作台: open tasks of one's posts, the most urgent first; and all cases one may see, filtered.

use askama::Template;
use axum::response::Response;
use mingjing_web::parts::DaysLeft;
use mingjing_web::{Chosen, Desk, Frame, Link, Listing, Pager, Problem, page};

use super::links::{act_page, case_page, intake_page, leads_page};
use super::named::note_listed;
use super::shown::days_left;
use super::{BOARD, INTAKE, condition};
use crate::clock::ClockKind;
use crate::decide::role_name;
use crate::number::Procedure;
use crate::operate::Operation;
use crate::views::copies::copies_for;
use crate::views::list::Standing;
use crate::views::{PAGE, list};

struct TaskLine {
    link: Link,
    case_no: String,
    item: String,
    party: String,
    step: String,
    role: &'static str,
    since: String,
    step_due: Option<DaysLeft>,
    law_due: Option<DaysLeft>,
    suspended: bool,
    /// Empty, or how often it was urged.
    urged: String,
}

struct CopyLine {
    link: Link,
    case_no: String,
    item: String,
    words: String,
}

#[derive(Template)]
#[template(path = "cases/worklist.html")]
struct Worklist {
    frame: Frame,
    lines: Vec<TaskLine>,
    /// 抄送 that wait to be read.
    copies: Vec<CopyLine>,
    pager: Pager,
    intake: Option<Link>,
    leads: Option<Link>,
    no_post: bool,
}

pub async fn get_worklist(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    desk.require(BOARD)?;
    let posts: Vec<(String, String)> = desk
        .actor
        .posts
        .iter()
        .map(|post| (post.body.clone(), post.role.clone()))
        .collect();
    let no_post = posts.is_empty();
    let account = desk.actor.account.clone();
    let offset = i64::from(listing.offset(PAGE as u32));
    let ((tasks, total), copies) = desk
        .house
        .chronicle
        .read(move |reader| {
            let tasks = list::tasks_of(reader, &posts, &account, offset)?;
            Ok((tasks, copies_for(reader, &posts, &account)?))
        })
        .await?;
    note_listed(&desk, tasks.iter().map(|task| task.case_no.as_str()))?;
    let (today, calendar) = (desk.house.clock.today(), desk.house.chronicle.calendar());
    let lines = tasks
        .into_iter()
        .map(|task| TaskLine {
            link: case_page(&task.case_no),
            case_no: task.case_no,
            item: task.item_name,
            party: task.party_name,
            step: task.name,
            role: role_name(&task.role),
            since: task.since,
            step_due: task.due_on.map(|due| days_left(&calendar, today, due)),
            law_due: task.statutory_due.map(|due| days_left(&calendar, today, due)),
            suspended: task.suspended,
            urged: match task.urged {
                0 => String::new(),
                times => format!("已催办{times}次"),
            },
        })
        .collect();
    let copies = copies.into_iter().map(|copy| CopyLine {
        link: act_page(&copy.case_no, Operation::NoteCopy.key()),
        item: copy.item_name,
        words: format!("{} {}在“{}”环节抄送", copy.sent_on, copy.sent_by, copy.step),
        case_no: copy.case_no,
    });
    Ok(page(&Worklist {
        copies: copies.collect(),
        frame: desk.frame("工作台"),
        lines,
        pager: listing.pager(total.unsigned_abs(), PAGE as u32),
        intake: desk.may(INTAKE).map(|_| intake_page()),
        leads: desk
            .actor
            .posts
            .iter()
            .any(|post| post.role == "handler")
            .then(leads_page),
        no_post,
    }))
}

struct CaseLine {
    link: Link,
    case_no: String,
    item: String,
    party: String,
    state: &'static str,
    step: String,
    received_on: String,
    left: Option<DaysLeft>,
    suspended: bool,
}

/// Key, name, chosen.
type Choices = Vec<(String, &'static str, bool)>;

#[derive(Template)]
#[template(path = "cases/office_cases.html")]
struct OfficeCases {
    frame: Frame,
    lines: Vec<CaseLine>,
    pager: Pager,
    number: String,
    /// The states of each procedure.
    states: Vec<(&'static str, Choices)>,
    procedures: Vec<(&'static str, &'static str, bool)>,
    overdue: bool,
    open: bool,
    chosen: Vec<Chosen>,
    clear: Link,
}

pub async fn get_cases(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let scope = condition(&desk.require(BOARD)?);
    let today = desk.house.clock.today();
    let state = Standing::from_full_key(listing.one("state"));
    let procedure = Procedure::from_key(listing.one("procedure"));
    let limit = ClockKind::from_key(listing.one("overdue"));
    let (overdue, open) = (
        limit.is_some() || listing.has("overdue", "yes"),
        listing.has("open", "yes"),
    );
    let filter = list::CaseFilter {
        state,
        procedure,
        applications: false,
        item_code: None,
        number: Some(listing.words().to_owned()).filter(|words| !words.is_empty()),
        open_only: open,
        overdue_on: overdue.then_some(today),
        overdue_limit: limit,
    };
    let offset = i64::from(listing.offset(PAGE as u32));
    let (rows, total) = desk
        .house
        .chronicle
        .read(move |reader| {
            Ok((
                list::cases(reader, &scope, &filter, offset)?,
                list::count(reader, &scope, &filter)?,
            ))
        })
        .await?;
    note_listed(&desk, rows.iter().map(|row| row.case_no.as_str()))?;
    let calendar = desk.house.chronicle.calendar();
    let lines = rows
        .into_iter()
        .map(|row| CaseLine {
            link: case_page(&row.case_no),
            left: row.next_due().map(|due| days_left(&calendar, today, due)),
            case_no: row.case_no,
            item: row.item_name,
            party: row.party_name,
            state: row.state.name(),
            step: row.step,
            received_on: row.received_on,
            suspended: row.suspended,
        })
        .collect();
    let mut chosen = listing.chosen(&["procedure", "state", "overdue", "open"]);
    // What is not known narrows nothing, so it is not shown as chosen.
    chosen.retain_mut(|one| label(&one.name, &one.value).map(|label| one.label = label).is_some());
    Ok(page(&OfficeCases {
        frame: desk.frame("办件查询"),
        lines,
        pager: listing.pager(total.unsigned_abs(), PAGE as u32),
        number: listing.words().to_owned(),
        states: Procedure::ALL
            .map(|procedure| (procedure.name(), states(procedure, state)))
            .into(),
        procedures: Procedure::ALL
            .map(|known| (known.key(), known.name(), procedure == Some(known)))
            .into(),
        overdue,
        open,
        chosen,
        clear: listing.cleared(),
    }))
}

fn states(procedure: Procedure, chosen: Option<Standing>) -> Choices {
    let all = Standing::all_of(procedure).into_iter();
    all.map(|state| (state.full_key(), state.name(), chosen == Some(state)))
        .collect()
}

/// What a condition of the list is called; nothing where it is none.
fn label(name: &str, value: &str) -> Option<String> {
    Some(match (name, value) {
        ("procedure", key) => Procedure::from_key(key)?.name().to_owned(),
        ("state", key) => {
            let state = Standing::from_full_key(key)?;
            format!("{}：{}", state.procedure().name(), state.name())
        }
        ("overdue", "yes") => "只看超期".to_owned(),
        ("overdue", key) => format!("超过{}", ClockKind::from_key(key)?.name()),
        ("open", "yes") => "只看在办".to_owned(),
        _ => return None,
    })
}
