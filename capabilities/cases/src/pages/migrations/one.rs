//! One plan: what it says, what a trial says of it now, what came of it; the legal office answers, who filed may withdraw.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_chronicle::{RefusalKind, Stop};
use mingjing_web::{Desk, Fields, Form, Frame, Problem, page};

use super::{CaseLine, migrations_page, trial_in_words, tried_in_words};
use crate::migration::commands;
use crate::migration::decide;
use crate::migration::plan::{Chosen, MigrationPlan, Outcome, PlanFiled, PlanState};
use crate::migration::seen::seen;
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
    /// What the trial came to when it was filed.
    tried: String,
    cases: Vec<CaseLine>,
    /// What a trial says now, or what came of it so far.
    counted: String,
    /// Not every case has a line.
    cut: bool,
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

/// Lines of cases on the page.
const MOST_LINES: usize = 500;

async fn show(desk: &Desk, plan_no: String, fields: Fields) -> Result<Response, Problem> {
    let scope = desk.require(MIGRATIONS)?;
    let chronicle = &desk.house.chronicle;
    let context = chronicle.context(desk.actor.clone());
    let (wanted, of) = (plan_no.clone(), context.clone());
    let read = chronicle.read(move |reader| seen(reader, &wanted, &scope, &of)).await?;
    let shown = read.ok_or_else(|| Problem::Refusal(commands::unknown()))?;
    desk.note_read("migration_plan", &plan_no, MIGRATIONS)?;
    let (plan, filed) = (shown.plan, shown.filed);
    let within = |permission| desk.may(permission).is_some_and(|scope| scope.covers(&filed.subject()));
    let waits = plan.state == PlanState::Filed;
    let why_not = decide::may_reply(&plan, &context).err();
    let replies = waits && within(CONFIRM);
    let (cases, counted) = match &shown.trial {
        Some(trial) => (
            trial.cases.iter().map(CaseLine::tried).collect(),
            trial_in_words(trial.counted(), shown.running),
        ),
        None => (outcomes(&plan), done_in_words(&plan, shown.waiting)),
    };
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
        mapping: shown.between.as_ref().map(mapping).unwrap_or_default(),
        tried: tried_in_words(filed.tried),
        cut: cases.len() > MOST_LINES,
        cases: cases.into_iter().take(MOST_LINES).collect(),
        counted,
        trial: shown.trial.is_some(),
        may_reply: replies && why_not.is_none(),
        why_not: match replies {
            true => why_not.map(|refusal| refusal.message.clone()).unwrap_or_default(),
            false => String::new(),
        },
        may_withdraw: waits && within(PLAN),
        fields: fields.seen(shown.version),
        plan_no,
        filed,
    }))
}

fn done_in_words(plan: &MigrationPlan, waiting: i64) -> String {
    let counted = plan.counted();
    let waiting = match waiting {
        0 => String::new(),
        waiting => format!("，还有{waiting}件等待，会分批办到没有为止"),
    };
    format!("已迁移{}件，留在原流程图{}件{waiting}。", counted.moved, counted.stayed)
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
    // Of many lines the first are those that somebody has to look at.
    let mut cases: Vec<&String> = plan.cases.iter().collect();
    cases.sort_by_key(|case| !matches!(plan.outcomes.get(*case), Some(Outcome::Stayed(_))));
    cases.into_iter().map(line).collect()
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
