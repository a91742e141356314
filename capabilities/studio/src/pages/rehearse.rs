//! Stepping through the chart in the editor: a script of acts in, a trace out. Nothing is kept between the steps, so the
//! page sends the whole script each time.

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use mingjing_bpmn::model::{self, Kind, Model, TaskKind};
use mingjing_bpmn::run::{self, Act, Open, Report, Status, TraceLine};
use mingjing_web::{Desk, Form, Input, Problem, Reader};
use serde::Serialize;

use super::check::MOST_CHARACTERS;
use super::{json, subject};
use crate::bench::{Bench, MOST_ACTS};

const MOST_SCRIPT: usize = 60_000;

pub struct Step {
    xml: String,
    /// A JSON list of acts as `mingjing flow run --script` reads it.
    script: Vec<Act>,
}

impl Input for Step {
    fn read(form: &mut Reader<'_>) -> Option<Step> {
        let xml = form.text("xml", "流程图", MOST_CHARACTERS);
        let script = form.text("script", "步骤", MOST_SCRIPT)?;
        let script = match serde_json::from_str(&script) {
            Ok(script) => Act::list(&script).map_err(|error| error.to_string()),
            Err(_) => Err("步骤不是JSON列表。".to_owned()),
        };
        match script {
            Ok(script) if script.len() <= MOST_ACTS => Some(Step { xml: xml?, script }),
            Ok(_) => form.refuse("script", format!("一次模拟最多{MOST_ACTS}步。")),
            Err(why) => form.refuse("script", why),
        }
    }
}

#[derive(Serialize)]
struct Told {
    status: Status,
    reason: Option<String>,
    element: Option<String>,
    /// What waits for somebody.
    tasks: Vec<Waiting>,
    /// Elements that wait for time or a message.
    resting: Vec<String>,
    /// How far the clock must run to the next timer; none: no timer waits.
    to_next_timer: Option<String>,
    /// Flows taken.
    taken: Vec<String>,
    lines: Vec<TraceShown>,
}

#[derive(Serialize)]
struct Waiting {
    element: String,
    name: String,
    instance: u32,
    /// Id, name.
    outcomes: Vec<(String, String)>,
}

#[derive(Serialize)]
struct TraceShown {
    element: String,
    words: String,
}

pub async fn post_rehearse(
    Extension(bench): Extension<Bench>,
    desk: Desk,
    Path(item_code): Path<String>,
    form: Form<Step>,
) -> Result<Response, Problem> {
    let subject = subject(&desk, &item_code).await?;
    let step = form.check().map(|(step, _, _)| step).map_err(|fields| {
        let words: Vec<&str> = fields.errors().iter().map(|error| error.message.as_str()).collect();
        Problem::BadRequest(words.join("；"))
    })?;
    let (model, _) = model::read_all(&step.xml);
    let files = subject.version.decisions.iter();
    let decisions = files.map(|file| file.dmn_xml.clone()).collect();
    let report = bench.rehearse(step.xml, step.script, decisions).await?;
    Ok(json(&told(model.as_ref(), report)))
}

fn told(model: Option<&Model>, report: Report) -> Told {
    let name = |id: &str| {
        let node = model.and_then(|model| Some(model.node(model.find(id)?)));
        node.map_or_else(|| id.to_owned(), |node| node.label().to_owned())
    };
    let (mut tasks, mut resting) = (Vec::new(), Vec::new());
    for open in &report.open {
        match model.and_then(|model| waiting(model, open)) {
            Some(task) => tasks.push(task),
            None => resting.push(open.element.clone()),
        }
    }
    Told {
        status: report.status,
        reason: report.reason,
        element: report.element,
        tasks,
        resting,
        to_next_timer: report.to_next_timer,
        taken: report
            .trace
            .iter()
            .filter(|line| line.what == "taken")
            .map(|line| line.element.clone())
            .collect(),
        lines: report
            .trace
            .iter()
            .filter_map(|at| line(at, &name(&at.element)))
            .collect(),
    }
}

fn waiting(model: &Model, open: &Open) -> Option<Waiting> {
    let node = model.node(model.find(&open.element)?);
    let by_hand = matches!(
        &node.kind,
        Kind::Task(
            TaskKind::User | TaskKind::Manual | TaskKind::Service | TaskKind::Receive { .. } | TaskKind::Send { .. }
        )
    );
    let outcomes = model.work(&open.element).map_or(&[][..], |work| &work.outcomes);
    by_hand.then(|| Waiting {
        element: open.element.clone(),
        name: node.label().to_owned(),
        instance: open.instance,
        outcomes: outcomes
            .iter()
            .map(|outcome| (outcome.id.clone(), outcome.name.clone()))
            .collect(),
    })
}

/// Where the chart's lines were taken is drawn, not told.
fn line(line: &TraceLine, name: &str) -> Option<TraceShown> {
    let what = match line.what {
        "taken" => return None,
        "started" => "开始",
        "completed" => "完成",
        "cancelled" => "取消",
        "failed" => "出错",
        "compensated" => "补偿",
        "fired" => "到时",
        "sent" => "发出",
        other => other,
    };
    Some(TraceShown {
        element: line.element.clone(),
        words: format!("{}：{what}“{name}”", since(&line.at)),
    })
}

/// How long after the beginning, in the largest unit that fits.
fn since(at: &str) -> String {
    const HOUR: i64 = 3_600_000_000;
    match run::span(0, at).unwrap_or_default() / HOUR {
        0 => "开始时".to_owned(),
        hours @ 1..24 => format!("{hours}小时后"),
        hours => format!("{}天后", hours / 24),
    }
}
