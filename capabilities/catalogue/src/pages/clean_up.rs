//! `/desk/clean-up`: the clean-up of the area's powers. The legal office plans it and sees how far every body is; a body sees
//! its own tasks with their days and persons.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::Date;
use mingjing_chronicle::Stop;
use mingjing_people::public::queries;
use mingjing_web::{Desk, Fields, Form, Frame, Input, Link, Problem, Reader as FormReader, Subject, page};

use super::tables::table_page;
use super::{CLEAN_UP, HAND_IN, PLAN_CLEAN_UP};
use crate::clean_up::commands::{self, PlanCleanUp};
use crate::clean_up::task::{Act, Assigned, Planned, Stage, Step, Task};
use crate::exchange::HandedIn;
use crate::views::{CleanUpRow, clean_up_tasks, gap_counts, task_at_register};

const MOST: i64 = 1_000;

pub fn clean_up_page() -> Link {
    Link::to("/desk/clean-up")
}

pub fn task_page(task: &str) -> Link {
    clean_up_page().part("tasks").part(task)
}

/// The body's task that waits for a table like this one.
pub(crate) async fn open_task(desk: &Desk, handed_in: &HandedIn) -> Result<Option<String>, Problem> {
    let Some(body) = handed_in.handed.as_ref().map(|handed| handed.body.clone()) else {
        return Ok(None);
    };
    Ok(desk
        .house
        .chronicle
        .read(move |reader| task_at_register(reader, &body))
        .await?)
}

#[derive(Template)]
#[template(path = "clean_up/list.html")]
struct ListPage {
    frame: Frame,
    rows: Vec<CleanUpRow>,
    stages: [Stage; 6],
    today: Date,
    may_plan: bool,
}

impl ListPage {
    fn link(&self, row: &CleanUpRow) -> Link {
        task_page(&row.task)
    }

    fn plan(&self) -> Link {
        clean_up_page().part("new")
    }

    /// Words and colour of a stage of a task.
    fn cell(&self, row: &CleanUpRow, stage: &Stage) -> (String, &'static str) {
        let planned = row.plan.iter().find(|planned| planned.stage == *stage);
        let Some(planned) = planned else {
            return (String::new(), "grey");
        };
        match planned.done_on {
            Some(on) if on > planned.due => (format!("{on} 完成，晚于期限"), "yellow"),
            Some(on) => (format!("{on} 完成"), "green"),
            None if planned.due < self.today => (format!("{} 已超期", planned.due), "red"),
            None if row.stage == Some(*stage) => (format!("{} 前", planned.due), "blue"),
            None => (format!("{} 前", planned.due), "grey"),
        }
    }

    fn done(&self, stage: &Stage) -> usize {
        let is_done = |row: &&CleanUpRow| {
            let planned = row.plan.iter().find(|planned| planned.stage == *stage);
            planned.is_some_and(|planned| planned.done_on.is_some())
        };
        self.rows.iter().filter(is_done).count()
    }
}

pub async fn get_list(desk: Desk) -> Result<Response, Problem> {
    let scope = desk.require(CLEAN_UP)?;
    let rows = desk
        .house
        .chronicle
        .read(move |reader| clean_up_tasks(reader, &scope, MOST))
        .await?;
    Ok(page(&ListPage {
        frame: desk.frame("权力清理"),
        rows,
        stages: Stage::ALL,
        today: desk.house.clock.today(),
        may_plan: desk.may(PLAN_CLEAN_UP).is_some(),
    }))
}

#[derive(Template)]
#[template(path = "clean_up/new.html")]
struct NewPage {
    frame: Frame,
    fields: Fields,
    bodies: Vec<(String, String)>,
}

impl NewPage {
    fn here(&self) -> Link {
        clean_up_page().part("new")
    }

    fn stages(&self) -> Vec<(&'static str, String)> {
        let who = |stage: Stage| if stage.is_bodys() { "单位" } else { "法制机构" };
        let named = |stage: Stage| (stage.key(), format!("{}的期限（{}）", stage.name(), who(stage)));
        Stage::ALL.into_iter().map(named).collect()
    }

    fn choices(&self) -> Vec<(&str, &str, &str)> {
        self.bodies
            .iter()
            .map(|(body, name)| (body.as_str(), name.as_str(), ""))
            .collect()
    }
}

pub async fn get_new(desk: Desk) -> Result<Response, Problem> {
    let fields = desk.form();
    show_new(&desk, fields).await
}

async fn show_new(desk: &Desk, fields: Fields) -> Result<Response, Problem> {
    let scope = desk.require(PLAN_CLEAN_UP)?;
    let bodies = desk
        .house
        .chronicle
        .read(|reader| queries::bodies(reader.sql()))
        .await?;
    let covered = bodies.into_iter().filter(|facts| {
        scope.covers(&Subject {
            body: &facts.body,
            area: &facts.division,
            party_account: "",
            published: false,
        })
    });
    Ok(page(&NewPage {
        frame: desk.frame("部署一次清理").of_form(&fields).back(clean_up_page()),
        bodies: covered.map(|facts| (facts.body, facts.name)).collect(),
        fields,
    }))
}

impl Input for PlanCleanUp {
    fn read(form: &mut FormReader<'_>) -> Option<Self> {
        let name = form.text("name", "清理的名称", 60);
        let document = form.text("document", "部署的文件", 200);
        let days = Stage::ALL.map(|stage| (stage, form.date(stage.key(), "完成期限")));
        let bodies = form.choices::<String>("bodies", "参加的单位");
        let mut due = BTreeMap::new();
        for (stage, day) in days {
            due.insert(stage, day?);
        }
        Some(PlanCleanUp {
            name: name?,
            document: document?,
            due,
            bodies: bodies?,
        })
    }
}

pub async fn post_new(desk: Desk, form: Form<PlanCleanUp>) -> Result<Response, Problem> {
    desk.require(PLAN_CLEAN_UP)?;
    let (order, meta, fields) = match form.check() {
        Ok(all) => all,
        Err(fields) => return show_new(&desk, fields).await,
    };
    match commands::plan(&desk.house.chronicle, desk.request(&meta), order).await {
        Ok(_) => Ok(desk.go_saying(&clean_up_page(), "已部署，各单位可以在自己的清单里看到任务。")),
        Err(Stop::Refusal(refusal)) if !refusal.fields.is_empty() => show_new(&desk, fields.refused(&refusal)).await,
        Err(stop) => Err(stop.into()),
    }
}

#[derive(Template)]
#[template(path = "clean_up/task.html")]
struct TaskPage {
    frame: Frame,
    fields: Fields,
    number: String,
    assigned: Assigned,
    stage: Option<Stage>,
    steps: Vec<Step>,
    table: Option<Link>,
    today: Date,
    may_plan: bool,
    may_hand_in: bool,
    /// What the body's items still lack.
    gaps: Vec<(&'static str, i64)>,
}

impl TaskPage {
    fn here(&self) -> Link {
        task_page(&self.number)
    }

    fn is(&self, key: &str) -> bool {
        self.stage.is_some_and(|stage| stage.key() == key)
    }

    fn standing(&self, planned: &Planned) -> (String, &'static str) {
        match planned.done_on {
            Some(on) => (format!("{on} 完成"), "green"),
            None if planned.due < self.today => ("已超期".to_owned(), "red"),
            None if self.stage == Some(planned.stage) => ("进行中".to_owned(), "blue"),
            None => ("未开始".to_owned(), "grey"),
        }
    }
}

async fn read(desk: &Desk, number: &str) -> Result<(Task, i64), Problem> {
    let scope = desk.require(CLEAN_UP)?;
    let wanted = number.to_owned();
    let read = desk.house.chronicle.read(move |reader| {
        let loaded = reader.load::<Task>(&wanted)?;
        Ok((loaded.version, (*loaded).clone()))
    });
    let (version, task) = read.await?;
    commands::covers(&scope, &task)?;
    Ok((task, version))
}

pub async fn get_task(desk: Desk, Path(number): Path<String>) -> Result<Response, Problem> {
    let fields = desk.form();
    show(&desk, number, fields).await
}

async fn show(desk: &Desk, number: String, fields: Fields) -> Result<Response, Problem> {
    let (task, version) = read(desk, &number).await?;
    let Some(assigned) = task.assigned.clone() else {
        return Err(Problem::NotFound);
    };
    let body = assigned.body.clone();
    let gaps = desk.house.chronicle.read(gap_counts).await?;
    let gaps = gaps.into_iter().filter(|count| count.body == body);
    let fields = fields.seen(version);
    Ok(page(&TaskPage {
        frame: desk
            .frame(format!("{}：{}", assigned.name, assigned.body_name))
            .of_form(&fields)
            .back(clean_up_page()),
        stage: task.stage,
        steps: task.steps.clone(),
        table: task.table.as_deref().map(table_page),
        today: desk.house.clock.today(),
        may_plan: desk.may(PLAN_CLEAN_UP).is_some(),
        may_hand_in: desk.may(HAND_IN).is_some(),
        gaps: gaps.map(|count| (count.gap.name(), count.items)).collect(),
        number,
        assigned,
        fields,
    }))
}

pub enum Done {
    Act(Act),
    Publish,
}

impl Input for Done {
    fn read(form: &mut FormReader<'_>) -> Option<Self> {
        let act = form.text("act", "要做的事", 20)?;
        let words = form.optional("words", "意见", 2000)?.unwrap_or_default();
        Some(match act.as_str() {
            "return" => Done::Act(Act::Return { problems: words }),
            "review" => Done::Act(Act::Review { opinion: words }),
            "approve" => {
                let document_no = form.text("document_no", "审定的文号", 100);
                let held_on = form.date("held_on", "审定的日期");
                Done::Act(Act::Approve {
                    document_no: document_no?,
                    held_on: held_on?,
                })
            }
            "publish" => Done::Publish,
            "draw" => Done::Act(Act::Draw { remark: words }),
            "redraw" => Done::Act(Act::AskRedraw { problems: words }),
            "confirm" => Done::Act(Act::Confirm { opinion: words }),
            _ => return form.refuse("act", "请重新选择要做的事"),
        })
    }
}

pub async fn post_task(desk: Desk, Path(number): Path<String>, form: Form<Done>) -> Result<Response, Problem> {
    desk.require(CLEAN_UP)?;
    let (done, meta, fields) = match form.check() {
        Ok(all) => all,
        Err(fields) => return show(&desk, number, fields).await,
    };
    let (chronicle, request) = (&desk.house.chronicle, desk.request(&meta));
    let result = match done {
        Done::Act(act) => {
            let acted = commands::act(chronicle, request, number.clone(), meta.seen, act).await;
            acted.map(|_| "已办理，任务进入下一步。".to_owned())
        }
        Done::Publish => {
            let published = commands::publish(chronicle, request, number.clone(), meta.seen).await;
            published.map(|done| format!("已公布，{}项进入权力目录。", done.value))
        }
    };
    match result {
        Ok(said) => Ok(desk.go_saying(&task_page(&number), &said)),
        Err(Stop::Refusal(refusal)) if !refusal.fields.is_empty() => {
            show(&desk, number, fields.refused(&refusal)).await
        }
        Err(stop) => Err(stop.into()),
    }
}
