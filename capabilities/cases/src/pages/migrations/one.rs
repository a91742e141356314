//! One plan: what it says, what a trial says of it now, what came of it; the legal office answers, who filed may withdraw.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_catalogue::public::Item;
use mingjing_chronicle::{RefusalKind, Stop};
use mingjing_web::{Desk, Fields, Form, Frame, Problem, Subject, page};

use super::{CaseLine, migrations_page};
use crate::migration::commands::{self, tried};
use crate::migration::decide;
use crate::migration::plan::{Chosen, MigrationPlan, Outcome, PlanFiled, PlanState};
use crate::migration::trial::Between;
use crate::migration::{CONFIRM, MIGRATIONS, PLAN};
use crate::pages::links::{case_page, worklist_page};

#[derive(Template)]
#[template(path = "cases/migration.html")]
struct PlanPage {
    frame: Frame,
    fields: Fields,
    plan_no: String,
    filed: PlanFiled,
    state: PlanState,
    said: Vec<(String, String, String)>,
    mapping: Vec<(String, &'static str, String)>,
    cases: Vec<CaseLine>,
    /// Cases that move or moved, that stay or stayed, that wait.
    counts: (u32, u32, usize),
    /// The lines of cases are a trial made just now.
    trial: bool,
    may_reply: bool,
    /// Why the person who may confirm plans may not confirm this one.
    why_not: String,
    may_withdraw: bool,
}

impl PlanPage {
    fn colour(&self) -> &'static str {
        self.state.colour()
    }

    fn about_all(&self) -> bool {
        self.filed.chosen == Chosen::All
    }
}

pub async fn get_plan(desk: Desk, Path(plan_no): Path<String>) -> Result<Response, Problem> {
    let fields = desk.form();
    show(&desk, plan_no, fields).await
}

type Seen = (
    MigrationPlan,
    i64,
    PlanFiled,
    Vec<(String, &'static str, String)>,
    Vec<CaseLine>,
);

async fn show(desk: &Desk, plan_no: String, fields: Fields) -> Result<Response, Problem> {
    let scope = desk.require(MIGRATIONS)?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    let wanted = plan_no.clone();
    let read = desk
        .house
        .chronicle
        .read(move |reader| {
            let plan = reader.load::<MigrationPlan>(&wanted)?;
            let Some(filed) = plan.filed.clone().filter(|filed| scope.covers(&subject(filed))) else {
                return Ok(None);
            };
            let item = reader.load::<Item>(&filed.item_code)?.state;
            let Ok(between) = Between::of(item, filed.from_version, filed.to_version, filed.plan.clone()) else {
                return Ok(None);
            };
            let lines = match plan.state.state {
                PlanState::Filed => {
                    let trial = tried(reader, &between, &filed.chosen, &context)?;
                    trial.cases.iter().map(CaseLine::tried).collect()
                }
                _ => outcomes(&plan),
            };
            let seen: Seen = ((*plan.state).clone(), plan.version, filed, mapping(&between), lines);
            Ok(Some(seen))
        })
        .await?;
    let (plan, version, filed, mapping, cases) = read.ok_or_else(|| Problem::Refusal(commands::unknown()))?;
    desk.note_read("migration_plan", &plan_no, MIGRATIONS)?;
    let within = |permission| desk.may(permission).is_some_and(|scope| scope.covers(&subject(&filed)));
    let waits = plan.state == PlanState::Filed;
    let context = desk.house.chronicle.context(desk.actor.clone());
    let why_not = decide::may_reply(&plan, &context).err();
    let replies = waits && within(CONFIRM);
    Ok(page(&PlanPage {
        frame: desk
            .frame(format!("迁移方案：{}", filed.item_name))
            .crumb("工作台", worklist_page())
            .crumb("流程迁移", migrations_page())
            .of_form(&fields),
        state: plan.state,
        said: plan
            .said
            .iter()
            .map(|(on, who, words)| (on.to_string(), who.clone(), words.clone()))
            .collect(),
        mapping,
        counts: match waits {
            true => {
                let moves = cases.iter().filter(|case| case.tag.1 == "green").count();
                (moves as u32, (cases.len() - moves) as u32, 0)
            }
            false => (plan.counted().moves, plan.counted().stays, plan.open().count()),
        },
        cases,
        trial: waits,
        may_reply: replies && why_not.is_none(),
        why_not: match replies {
            true => why_not.map(|refusal| refusal.message.clone()).unwrap_or_default(),
            false => String::new(),
        },
        may_withdraw: waits && within(PLAN),
        fields: fields.seen(version),
        plan_no,
        filed,
    }))
}

fn subject(filed: &PlanFiled) -> Subject<'_> {
    Subject {
        body: &filed.body,
        area: &filed.area,
        party_account: "",
        published: false,
    }
}

/// Every place with what it becomes; those that keep their name and id go without saying.
fn mapping(between: &Between) -> Vec<(String, &'static str, String)> {
    let stops = between.charts.stops().into_iter();
    let told = stops.filter_map(|(stop, becomes)| {
        let ended = between.charts.plan.ended.contains(stop.id);
        let to = match &becomes {
            Some(becomes) if becomes == stop.id => return None,
            Some(becomes) => {
                let fits = stop.fits.iter().find(|(id, _)| id == becomes);
                fits.map_or_else(|| becomes.clone(), |(_, label)| (*label).to_owned())
            }
            None if ended => "不再等待".to_owned(),
            None => "没有对应，停在这里的办件不迁移".to_owned(),
        };
        Some((stop.label.to_owned(), stop.kind, to))
    });
    told.collect()
}

fn outcomes(plan: &MigrationPlan) -> Vec<CaseLine> {
    let line = |case_no: &String| {
        let (tag, words) = match plan.outcomes.get(case_no) {
            Some(Outcome::Moved(remarks)) => (("已迁移", "green"), remarks.clone()),
            Some(Outcome::Stayed(why)) => (
                ("留在原流程图", "yellow"),
                why.iter().map(|why| why.text.clone()).collect(),
            ),
            None => (("等待", "blue"), Vec::new()),
        };
        CaseLine {
            case_no: case_no.clone(),
            link: case_page(case_no),
            tag,
            places: String::new(),
            words,
        }
    };
    plan.cases.iter().map(line).collect()
}

pub async fn post_plan(desk: Desk, Path(plan_no): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    desk.require(MIGRATIONS)?;
    let (meta, fields) = (form.meta, form.fields);
    let (chronicle, request, seen) = (&desk.house.chronicle, desk.request(&meta), meta.seen);
    let opinion = fields.value("opinion").to_owned();
    let (done, said) = match fields.value("do") {
        "confirm" => (
            commands::confirm_plan(chronicle, request, plan_no.clone(), seen, opinion).await,
            "已确认，正在逐件迁移。",
        ),
        "withdraw" => {
            let reasons = fields.value("reasons").to_owned();
            let done = commands::withdraw_plan(chronicle, request, plan_no.clone(), seen, reasons).await;
            (done, "已撤回。")
        }
        _ => (
            commands::decline_plan(chronicle, request, plan_no.clone(), seen, opinion).await,
            "已答复不予确认。",
        ),
    };
    match done {
        Ok(_) => Ok(desk.go_saying(&super::plan_page(&plan_no), said)),
        Err(Stop::Refusal(refusal)) if refusal.kind == RefusalKind::Invalid => {
            show(&desk, plan_no, fields.refused(&refusal)).await
        }
        Err(stop) => Err(stop.into()),
    }
}
