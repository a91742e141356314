//! 案件详情 for officers: identity, limits with their reasons, facts, evidence with its chain, the proposal with how the
//! fine was weighed, defence, payment, papers, timeline, legal next steps.

use askama::Template;
use axum::response::Response;
use mingjing_bpmn::draw::{self, Overlay};
use mingjing_chronicle::Context;
use mingjing_web::parts::{Moment, Stage};
use mingjing_web::{Desk, Frame, Link, Problem, page};

use super::seen;
use super::shown::{self, EvidenceShown, Rows};
use super::timeline;
use crate::decide::role_name;
use crate::flow::overlay;
use crate::pages::case::ActShown;
use crate::pages::links::{act_page, cases_page, discretion_page, worklist_page};
use crate::pages::migrations;
use crate::pages::operations::{copied, step_words};
use crate::pages::ruled::{Ruled, ruled};
use crate::pages::shown::{ClockShown, PaperShown, clocks, papers};
use crate::penalty::PenaltyCase;
use crate::penalty::reading::PenaltySeen;
use crate::penalty::standing::next_steps;

#[derive(Template)]
#[template(path = "cases/penalty.html")]
struct PenaltyPage {
    frame: Frame,
    case_no: String,
    item_name: String,
    item: String,
    body_name: String,
    state: &'static str,
    steps: Vec<(String, &'static str, String, String)>,
    stages: Vec<Stage>,
    clocks: Vec<ClockShown>,
    acts: Vec<ActShown>,
    barred: Vec<ActShown>,
    lead: Rows,
    /// Handlers of the case alone read who told.
    informant: String,
    party: Rows,
    opening: Rows,
    evidence: Vec<EvidenceShown>,
    report: Rows,
    weighing: Vec<String>,
    defences: Vec<String>,
    money: Rows,
    opinions: Vec<OpinionLine>,
    papers: Vec<PaperShown>,
    copies: Vec<String>,
    ruled: Vec<Ruled>,
    /// Migrations to other charts, each with its plan.
    moved: Vec<(Link, Vec<String>)>,
    moments: Vec<Moment>,
    /// The flow with where the case stands, which way it came, what was given back.
    chart: String,
    discretion: Link,
}

pub(in crate::pages) async fn get_case(desk: Desk, case_no: String) -> Result<Response, Problem> {
    let seen = seen(&desk, case_no).await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    let (today, calendar) = (context.today, &context.calendar);
    let case = &seen.case;
    let (barred, acts) = next_steps(case, &seen.who(&context))
        .into_iter()
        .map(|step| ActShown {
            key: step.act.key().to_owned(),
            operation: step.act.operation().is_some(),
            name: step.act.name().to_owned(),
            link: act_page(&case.case_no, step.act.key()),
            article: step.article.clone(),
            why_not: step.why_not.map_or_else(String::new, |why| {
                format!("{why}{}（{}）", step.advice.unwrap_or_default(), step.article)
            }),
        })
        .partition(|act: &ActShown| !act.why_not.is_empty());
    Ok(page(&PenaltyPage {
        frame: desk
            .frame(format!("案件 {}", case.case_no))
            .crumb("工作台", worklist_page())
            .crumb("办件查询", cases_page()),
        item_name: seen.item.name.clone(),
        item: format!("{} 第{}版", seen.item.item_code, seen.item.version),
        body_name: seen.body.name.clone(),
        state: case.state.name(),
        steps: case
            .steps
            .iter()
            .map(|step| {
                let due = step.due.map_or("没有规定".to_owned(), |due| due.to_string());
                (step_words(step), role_name(&step.role), step.since.to_string(), due)
            })
            .collect(),
        stages: shown::stages(case),
        clocks: clocks(&case.clocks, calendar, today),
        acts,
        barred,
        lead: shown::lead(case),
        informant: informant(case, &desk.actor.account),
        party: shown::party(case),
        opening: shown::opening(case),
        evidence: shown::evidence(case),
        report: shown::report(case),
        weighing: shown::weighing(case),
        defences: shown::defences(case),
        money: shown::money(case, today),
        opinions: opinions(case),
        papers: papers(&case.case_no, &case.papers),
        ruled: ruled::<PenaltyCase>(&seen.events, seen.setting(&context).flow),
        moved: migrations::told(&case.moves),
        copies: case.copies.iter().map(copied).collect(),
        moments: timeline::timeline(case, &seen.events),
        chart: chart(&seen, &context),
        discretion: discretion_page(&case.case_no),
        case_no: case.case_no.clone(),
    }))
}

fn chart(seen: &PenaltySeen, context: &Context) -> String {
    let overlay = Overlay {
        title: Some(format!("{}办理流程图，标出了现在的环节", seen.item.name)),
        ..overlay(&seen.case, &seen.events, context.today)
    };
    draw::svg(seen.setting(context).flow.model(), &overlay)
}

/// R123: in full for those who may read it, masked for everybody else.
fn informant(case: &PenaltyCase, account: &str) -> String {
    match case.informant_for(account) {
        Some(informant) => format!("{}　{}", informant.name, informant.contact),
        None => case.informant_masked().unwrap_or_default().to_owned(),
    }
}

type OpinionLine = (String, &'static str, &'static str, String, String, String);

fn opinions(case: &PenaltyCase) -> Vec<OpinionLine> {
    case.opinions
        .iter()
        .map(|signed| {
            let certificate = signed
                .certificate_no
                .as_ref()
                .map_or(String::new(), |no| format!("（执法证 {no}）"));
            (
                format!("{}　{}{certificate}", signed.opinion.step, signed.name),
                role_name(&signed.opinion.role),
                signed.opinion.stance.name(),
                signed.opinion.text.clone(),
                signed.opinion.reasons.clone().unwrap_or_default(),
                signed.opinion.on.to_string(),
            )
        })
        .collect()
}
