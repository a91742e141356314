//! 办件详情 for officers: identity, limits with their reasons, form, materials, papers, timeline, legal next steps.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_web::parts::{Moment, Stage};
use mingjing_web::{Desk, Frame, Link, Problem, page};

use mingjing_bpmn::draw::{self, Overlay};
use mingjing_chronicle::Context;

use super::act_fields;
use super::joint::{self, AssistingShown};
use super::links::{act_page, cases_page, worklist_page};
use super::operations::{copied, step_words};
use super::ruled::{Ruled, ruled};
use super::shown::{self, ClockShown, MaterialShown, PaperShown};
use super::{migrations, penalty, seen};
use crate::case::Case;
use crate::course::Course;
use crate::decide::operate::signed_on;
use crate::decide::{Act, role_name};
use crate::flow::overlay;
use crate::number::Procedure;
use crate::operate::{Operation, ways_back};
use crate::reading::CaseSeen;
use crate::standing::{self, next_steps};
use crate::views::list::Standing;

/// An act as a button: with its link, or with the reason why it is barred.
pub(in crate::pages) struct ActShown {
    pub key: String,
    pub name: String,
    pub link: Link,
    pub article: String,
    /// Changes whose turn it is: stands apart from what is done in law.
    pub operation: bool,
    /// Empty where it may be done.
    pub why_not: String,
}

#[derive(Template)]
#[template(path = "cases/case.html")]
struct CasePage {
    frame: Frame,
    case_no: String,
    item_name: String,
    item_code: String,
    item_version: i32,
    /// Migrations to other charts, each with its plan.
    moved: Vec<(Link, Vec<String>)>,
    body_name: String,
    state: &'static str,
    suspended: bool,
    ex_officio: bool,
    party: Vec<(&'static str, String)>,
    channel: &'static str,
    steps: Vec<(String, &'static str, String, String)>,
    stages: Vec<Stage>,
    clocks: Vec<ClockShown>,
    acts: Vec<ActShown>,
    barred: Vec<ActShown>,
    answers: Vec<(String, Vec<(String, String)>)>,
    /// What the materials are by the item's list, while it is not accepted.
    checked: String,
    materials: Vec<MaterialShown>,
    papers: Vec<PaperShown>,
    copies: Vec<String>,
    ruled: Vec<Ruled>,
    moments: Vec<Moment>,
    /// The flow with where the case stands, which way it came, what was given back, what is urged.
    chart: String,
    opinions: Vec<OpinionLine>,
    lead: Vec<(&'static str, String)>,
    assisting: Vec<AssistingShown>,
    together: &'static str,
}

pub async fn get_case(desk: Desk, Path(case_no): Path<String>) -> Result<Response, Problem> {
    if Procedure::of(&case_no) == Some(Procedure::Penalty) {
        return penalty::get_case(desk, case_no).await;
    }
    let seen = seen(&desk, case_no).await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    let (today, calendar) = (context.today, &context.calendar);
    let case = &seen.case;
    let may_urge = standing::may(Act::Operate(Operation::Urge), case, &context).is_ok();
    let assisting = joint::assisting(case, calendar, today, may_urge);
    let no_way_back = ways_back(case, &context, seen.flow()).is_empty();
    let (barred, acts) = next_steps(case, &context)
        .into_iter()
        .filter(|step| step.act != Act::Operate(Operation::Return) || !no_way_back)
        .map(|step| ActShown {
            key: step.key(),
            operation: matches!(step.act, Act::Operate(_)),
            name: step.name(),
            link: act_page(&case.case_no, &step.key()),
            article: step.article.clone(),
            why_not: step.why_not.map_or_else(String::new, |why| match step.advice {
                Some(advice) => format!("{why}{advice}（{}）", step.article),
                None => format!("{why}（{}）", step.article),
            }),
        })
        .partition(|act: &ActShown| !act.why_not.is_empty());
    Ok(page(&CasePage {
        frame: desk
            .frame(format!("办件 {}", case.case_no))
            .crumb("工作台", worklist_page())
            .crumb("办件查询", cases_page()),
        case_no: case.case_no.clone(),
        item_name: seen.item.name.clone(),
        item_code: seen.item.item_code.clone(),
        item_version: seen.item.version,
        moved: migrations::told(&case.moves),
        body_name: seen.body.name.clone(),
        state: state_name(case),
        suspended: case.suspended(),
        ex_officio: case.course().is_ex_officio(),
        party: party(case),
        channel: case
            .application
            .as_ref()
            .map_or("", |application| application.channel.name()),
        steps: case
            .steps
            .iter()
            .map(|step| {
                let due = step.due.map_or("没有规定".to_owned(), |due| due.to_string());
                let who = if step.asked.is_some() {
                    "协办机关"
                } else {
                    role_name(&step.role)
                };
                (step_words(step), who, step.since.to_string(), due)
            })
            .collect(),
        stages: shown::stages(case),
        clocks: shown::clocks(&case.clocks, calendar, today),
        acts,
        barred,
        answers: shown::answers(case, &seen.item),
        checked: match case.facts.accepted {
            Some(_) => String::new(),
            None => act_fields::checked(&seen),
        },
        materials: shown::materials(case),
        papers: shown::papers(&case.case_no, &case.papers),
        ruled: ruled::<Case>(&seen.events, seen.flow()),
        copies: case.copies.iter().map(copied).collect(),
        moments: shown::timeline(case, &seen.events),
        chart: chart(&seen, &context),
        opinions: opinions(case),
        lead: joint::lead(case),
        together: joint::together(&assisting),
        assisting,
    }))
}

fn state_name(case: &Case) -> &'static str {
    match case.course() {
        Course::Assistance => Standing::Assistance(case.state).name(),
        _ => case.state.name(),
    }
}

fn chart(seen: &CaseSeen, context: &Context) -> String {
    let overlay = Overlay {
        title: Some(format!("{}办理流程图，标出了现在的环节", seen.item.name)),
        ..overlay(&seen.case, &seen.events, context.today)
    };
    draw::svg(seen.flow().model(), &overlay)
}

fn party(case: &Case) -> Vec<(&'static str, String)> {
    let Some(applicant) = case.applicant() else {
        return Vec::new();
    };
    if case.course().is_ex_officio() {
        return shown::party("当事人", &applicant.party);
    }
    let mut rows = shown::party("申请人", &applicant.party);
    // The lead body serves; a body that was asked has nothing to serve.
    if case.course() == Course::Assistance {
        return rows;
    }
    if let Some(agent) = &applicant.agent {
        rows.push((agent.authority.name(), agent.name.clone()));
    }
    rows.push((
        "电子送达",
        if applicant.electronic_service {
            "同意"
        } else {
            "不同意"
        }
        .to_owned(),
    ));
    rows
}

type OpinionLine = (String, &'static str, String, String, String, String);

/// Of the acts with opinions of their own, and of the chart's other steps; in the order of their days.
fn opinions(case: &Case) -> Vec<OpinionLine> {
    let given = case.opinions.iter().map(|opinion| {
        (
            opinion.step.clone(),
            role_name(&opinion.role),
            opinion.stance.name().to_owned(),
            opinion.text.clone(),
            opinion.reasons.clone().unwrap_or_default(),
            opinion.on.to_string(),
        )
    });
    let taken = case.taken.iter().filter_map(|taken| {
        let outcome = taken.outcome.as_ref().map_or("意见", |outcome| outcome.name.as_str());
        Some((
            taken.name.clone(),
            role_name(&taken.role),
            outcome.to_owned(),
            taken.opinion.clone()?,
            taken.reasons.clone().unwrap_or_default(),
            taken.on.to_string(),
        ))
    });
    let signed = signed_on(case).map(|signed| {
        let opinion = &signed.opinion;
        (
            format!("{}（加签）　{}", opinion.step, signed.name),
            role_name(&opinion.role),
            opinion.stance.name().to_owned(),
            opinion.text.clone(),
            opinion.reasons.clone().unwrap_or_default(),
            opinion.on.to_string(),
        )
    });
    let mut all: Vec<OpinionLine> = given.chain(taken).chain(signed).collect();
    all.sort_by(|one, other| one.5.cmp(&other.5));
    all
}
