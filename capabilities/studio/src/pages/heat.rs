//! `/desk/heat`: how long real cases take at each step, drawn over the flow. For whoever sees the body's board: the body, the
//! legal office, supervisors. Works without scripts and on paper.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_bpmn::draw::{self, Overlay};
use mingjing_bpmn::model::{self, Model};
use mingjing_cases::pages::BOARD;
use mingjing_web::{Desk, Frame, Link, Listing, Problem, page};

use super::list::flows;
use super::{find, flow_page, short, unknown};
use crate::views::pace::{self, StepPace};

pub fn heats_page() -> Link {
    Link::to("/desk/heat")
}

pub fn heat_page(item_code: &str) -> Link {
    heats_page().part(item_code)
}

#[derive(Template)]
#[template(path = "studio/heats.html")]
struct HeatsPage {
    frame: Frame,
    rows: Vec<ItemLine>,
    next: Option<Link>,
    before: Option<Link>,
}

struct ItemLine {
    code: String,
    name: String,
    body: String,
    waiting: i64,
    link: Link,
}

pub async fn get_heats(desk: Desk, listing: Listing) -> Result<Response, Problem> {
    let scope = desk.require(BOARD)?;
    let today = desk.house.clock.today();
    let page_number = listing.page;
    let (rows, more) = desk
        .house
        .chronicle
        .read(move |reader| {
            let (codes, more) = flows(reader, &scope, page_number)?;
            let mut rows = Vec::new();
            for code in codes {
                let Some(subject) = find(reader, &code, &scope, today)? else {
                    continue;
                };
                let flow = subject
                    .version
                    .flow
                    .as_ref()
                    .map(|flow| flow.hash.clone())
                    .unwrap_or_default();
                rows.push(ItemLine {
                    waiting: pace::waiting(reader, &code, &flow)?,
                    link: heat_page(&code),
                    name: subject.version.name,
                    body: subject.version.body_name,
                    code,
                });
            }
            Ok((rows, more))
        })
        .await?;
    Ok(page(&HeatsPage {
        frame: desk.frame("流程热力"),
        rows,
        next: more.then(|| listing.at_page(listing.page + 1)),
        before: (listing.page > 1).then(|| listing.at_page(listing.page - 1)),
    }))
}

/// By what the steps are coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Waiting,
    Days,
    Late,
}

impl By {
    const ALL: [By; 3] = [By::Waiting, By::Days, By::Late];

    fn key(self) -> &'static str {
        match self {
            By::Waiting => "waiting",
            By::Days => "days",
            By::Late => "late",
        }
    }

    fn words(self) -> &'static str {
        match self {
            By::Waiting => "现在停在这一步的件数",
            By::Days => "办完这一步用的天数（中位数）",
            By::Late => "超过这一步时限的比例",
        }
    }

    fn of(self, step: &StepPace) -> Option<i64> {
        match self {
            By::Waiting => Some(step.waiting),
            By::Days => step.median_days,
            By::Late => step.late_share(),
        }
    }

    fn value(self, value: i64) -> String {
        match self {
            By::Waiting => format!("{value}件"),
            By::Days => format!("{value}天"),
            By::Late => format!("{value}%"),
        }
    }
}

#[derive(Template)]
#[template(path = "studio/heat.html")]
struct HeatPage {
    frame: Frame,
    name: String,
    code: String,
    version: i32,
    hash: String,
    svg: String,
    by: &'static str,
    most: String,
    choices: Vec<(&'static str, Option<Link>)>,
    rows: Vec<StepLine>,
    today: jiff::civil::Date,
    flow: Option<Link>,
}

struct StepLine {
    name: String,
    limit: String,
    pace: StepPace,
}

pub async fn get_heat(desk: Desk, Path(item_code): Path<String>, listing: Listing) -> Result<Response, Problem> {
    let scope = desk.require(BOARD)?;
    let (wanted, today) = (item_code.clone(), desk.house.clock.today());
    let read = desk
        .house
        .chronicle
        .read(move |reader| {
            let Some(subject) = find(reader, &wanted, &scope, today)? else {
                return Ok(None);
            };
            let hash = subject
                .version
                .flow
                .as_ref()
                .map(|flow| flow.hash.clone())
                .unwrap_or_default();
            let steps = pace::of_flow(reader, &wanted, &hash, today)?;
            Ok(Some((subject, steps)))
        })
        .await?;
    let (subject, steps) = read.ok_or_else(unknown)?;
    let flow = subject.version.flow.as_ref().ok_or_else(unknown)?;
    let model = model::read_all(&flow.bpmn_xml).0.ok_or_else(unknown)?;
    let chosen = By::ALL
        .into_iter()
        .find(|by| by.key() == listing.one("by"))
        .unwrap_or(By::Waiting);
    let most = steps.iter().filter_map(|step| chosen.of(step)).max().unwrap_or(0);
    let svg = draw::svg(&model, &overlay(&subject.version.name, &steps, chosen, most));
    let choice = |by: By| {
        (
            by.words(),
            (by != chosen).then(|| heat_page(&item_code).query("by", by.key())),
        )
    };
    Ok(page(&HeatPage {
        frame: desk
            .frame(format!("{}：各步骤用时", subject.version.name))
            .crumb("流程热力", heats_page()),
        by: chosen.words(),
        most: chosen.value(most),
        choices: By::ALL.into_iter().map(choice).collect(),
        rows: rows(&model, steps),
        flow: desk.may(super::DRAW).map(|_| flow_page(&item_code)),
        version: subject.version.version,
        hash: short(&flow.hash).to_owned(),
        svg,
        today,
        code: item_code,
        name: subject.version.name,
    }))
}

fn overlay(name: &str, steps: &[StepPace], by: By, most: i64) -> Overlay {
    let values = steps.iter().filter_map(|step| Some((step, by.of(step)?)));
    let (mut heat, mut notes) = (HashMap::new(), HashMap::new());
    for (step, value) in values {
        // What nobody waits at or is late at stays white.
        if most > 0 && value > 0 {
            heat.insert(step.element.clone(), value as f64 / most as f64);
        }
        notes.insert(step.element.clone(), by.value(value));
    }
    Overlay {
        heat,
        notes,
        title: Some(format!("{name}：{}", by.words())),
        ..Overlay::default()
    }
}

/// In the order of the chart; steps that no case has met are told too.
fn rows(model: &Model, steps: Vec<StepPace>) -> Vec<StepLine> {
    let mut known: HashMap<String, StepPace> = steps.into_iter().map(|step| (step.element.clone(), step)).collect();
    let table = mingjing_bpmn::casework::table(model).into_iter();
    table
        .map(|row| StepLine {
            pace: known.remove(&row.id).unwrap_or_default(),
            name: row.name,
            limit: row.limit.unwrap_or_default(),
        })
        .collect()
}
