//! Doing an act: the form, a second look at what will be recorded, then the act. Nothing is recorded before the second
//! step is confirmed.

use axum::extract::Path;
use axum::response::Response;
use mingjing_bpmn::model::Task;
use mingjing_catalogue::public::Item;
use mingjing_chronicle::{Context, Refusal, RefusalKind, Stop};
use mingjing_people::public::queries;
use mingjing_web::{Desk, Fields, Form, Problem, Reader};

use super::act_fields::{Offered, asks, lead, supplements};
use super::act_input::command;
use super::act_page::{self, ActHead};
use super::asks::Ask;
use super::links::case_page;
use super::operations::{self, OperationsOffered};
use super::{HAND_ON, penalty, seen, step_fields};
use crate::commands::{self, Command};
use crate::decide::release::masked_record;
use crate::decide::{Act, take_step};
use crate::number::Procedure;
use crate::reading::CaseSeen;
use crate::standing::may;

pub async fn get_act(desk: Desk, Path((case_no, act)): Path<(String, String)>) -> Result<Response, Problem> {
    if Procedure::of(&case_no) == Some(Procedure::Penalty) {
        return penalty::get_act(desk, case_no, &act).await;
    }
    let (act, seen) = open(&desk, case_no, &act).await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    act.may(&seen, &context)?;
    let today = context.today.to_string();
    let mut fields = desk.form().seen(seen.version);
    for name in ["checked_on", "served_on", "ended_on", "happened_on"] {
        fields = fields.with(name, today.clone());
    }
    if act.act == Act::AskSupplement {
        fields = fields.with("supplements", supplements(&seen));
    }
    if act.act == Act::RecordSiteCheck {
        fields = fields.with("officers", desk.actor.account.clone());
    }
    show(&desk, &act, &seen, fields).await
}

pub async fn post_act(
    desk: Desk,
    Path((case_no, act)): Path<(String, String)>,
    form: Form<()>,
) -> Result<Response, Problem> {
    if Procedure::of(&case_no) == Some(Procedure::Penalty) {
        return penalty::post_act(desk, case_no, &act, form).await;
    }
    let (act, seen) = open(&desk, case_no, &act).await?;
    let (meta, mut fields) = (form.meta, form.fields);
    let server = desk.display_name.clone().unwrap_or_default();
    let command = match &act.task {
        Some(task) => step_fields::command(task, &mut fields),
        None => match act.act {
            Act::Operate(op) => operations::command(op, &mut Reader::of(&mut fields)).map(Command::Operate),
            act => command(act, &mut fields, desk.house.clock.today(), &server),
        },
    };
    let Some(command) = command else {
        return show(&desk, &act, &seen, fields).await;
    };
    if fields.value("confirmed") != "yes" {
        return confirm(&desk, &act, &seen, fields, meta.seen).await;
    }
    let no = seen.case.case_no.clone();
    let done = commands::perform(
        &desk.house.chronicle,
        desk.request(&meta),
        &no,
        Some(meta.seen.unwrap_or(seen.version)),
        command,
    )
    .await;
    match done {
        Ok(_) => Ok(desk.go_saying(&case_page(&no), &format!("已完成：{}。", act.title(&seen)))),
        // What was filled in can be put right on the same form; the rest is a page of its own.
        Err(Stop::Refusal(refusal)) if refusal.kind == RefusalKind::Invalid => {
            show(&desk, &act, &seen, fields.refused(&refusal)).await
        }
        Err(stop) => Err(stop.into()),
    }
}

/// An act as its address names it: `accept`, or `take_step.verify` with the task of the chart.
struct Asked {
    act: Act,
    task: Option<String>,
}

impl Asked {
    fn of(key: &str) -> Option<Asked> {
        let (key, task) = match key.split_once('.') {
            Some((key, task)) => (key, Some(task.to_owned())),
            None => (key, None),
        };
        let act = Act::from_key(key)?;
        ((act == Act::TakeStep) == task.is_some()).then_some(Asked { act, task })
    }

    fn key(&self) -> String {
        match &self.task {
            Some(task) => format!("{}.{task}", self.act.key()),
            None => self.act.key().to_owned(),
        }
    }

    fn work<'a>(&self, seen: &'a CaseSeen) -> Option<&'a Task> {
        seen.flow().model().work(self.task.as_deref()?)
    }

    fn title(&self, seen: &CaseSeen) -> String {
        self.work(seen)
            .map_or_else(|| self.act.name().to_owned(), |task| task.name.clone())
    }

    fn article(&self, seen: &CaseSeen) -> &'static str {
        let course = seen.case.course();
        match self.work(seen).and_then(|task| task.act.as_deref()) {
            Some(kind) => take_step::article(course, kind),
            None => self.act.article_for(course),
        }
    }

    fn may(&self, seen: &CaseSeen, context: &Context) -> Result<(), Refusal> {
        match &self.task {
            Some(task) => take_step::may(&seen.case, task, context).map(drop),
            None => may(self.act, &seen.case, context),
        }
    }

    fn asks(&self, seen: &CaseSeen, offered: &Offered) -> Vec<Ask> {
        if let Act::Operate(op) = self.act {
            return operations::asked(op, &offered.operations);
        }
        match self.work(seen) {
            Some(task) => {
                let kind = task.act.as_deref().unwrap_or_default();
                step_fields::asks(task, take_step::law::lawful(seen.case.course(), kind), offered)
            }
            None => asks(self.act, seen, offered),
        }
    }
}

async fn open(desk: &Desk, case_no: String, act: &str) -> Result<(Asked, CaseSeen), Problem> {
    let act = Asked::of(act).ok_or(Problem::NotFound)?;
    if act.act == Act::SupplySupplement {
        return Err(Problem::NotFound);
    }
    let seen = seen(desk, case_no).await?;
    if let Act::Operate(_) = act.act {
        desk.require(HAND_ON)?;
    }
    Ok((act, seen))
}

async fn offered(desk: &Desk, seen: &CaseSeen) -> Result<Offered, Problem> {
    let (body, code, today) = (
        seen.body.body.clone(),
        seen.item.item_code.clone(),
        desk.house.clock.today(),
    );
    let (officers, current) = desk
        .house
        .chronicle
        .read(move |reader| {
            let officers = queries::officers_of(reader.sql(), &body)?;
            let item = reader.load::<Item>(&code)?;
            Ok((officers, item.current(today).map(|current| current.version)))
        })
        .await?;
    let officers = act_page::officers(officers, today);
    let context = desk.house.chronicle.context(desk.actor.clone());
    Ok(Offered {
        operations: OperationsOffered::of(&seen.case, seen.flow(), &context, &officers),
        officers,
        changed_version: current.filter(|current| *current != seen.item.version),
    })
}

fn head(act: &Asked, seen: &CaseSeen) -> ActHead {
    ActHead {
        key: act.key(),
        title: act.title(seen),
        article: act.article(seen),
        case_no: seen.case.case_no.clone(),
        item_name: seen.item.name.clone(),
        lead: lead(act.act, seen),
    }
}

async fn show(desk: &Desk, act: &Asked, seen: &CaseSeen, fields: Fields) -> Result<Response, Problem> {
    let offered = offered(desk, seen).await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    let public = match act.act {
        Act::ReleaseReview => masked_record(&seen.case, &seen.setting(&context)).ok(),
        _ => None,
    };
    let mut head = head(act, seen);
    if let Act::Operate(op) = act.act {
        head.lead = operations::lead(op, &offered.operations);
    }
    Ok(act_page::ask(desk, head, act.asks(seen, &offered), public, fields))
}

async fn confirm(
    desk: &Desk,
    act: &Asked,
    seen: &CaseSeen,
    fields: Fields,
    seen_version: Option<i64>,
) -> Result<Response, Problem> {
    let offered = offered(desk, seen).await?;
    let version = seen_version.unwrap_or(seen.version);
    Ok(act_page::confirm(
        desk,
        head(act, seen),
        &act.asks(seen, &offered),
        fields,
        version,
    ))
}
