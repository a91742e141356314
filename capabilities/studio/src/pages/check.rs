//! Findings for the chart as it stands in the editor.

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use mingjing_bpmn::check::{Inventory, MAX_PROBLEMS, Proof};
use mingjing_bpmn::{Problem as Finding, Severity, model};
use mingjing_web::{Desk, Form, Input, Problem, Reader};
use serde::Serialize;

use super::{DRAW, find, json, unknown};
use crate::bench::Bench;
use crate::inventory::inventory_of;

/// Characters of a chart that a page may send. Twice the largest flow of the demo; the form's own limit is in bytes.
pub const MOST_CHARACTERS: usize = 120_000;

/// The chart in the editor.
pub struct Drawn {
    pub xml: String,
}

impl Input for Drawn {
    fn read(form: &mut Reader<'_>) -> Option<Drawn> {
        let xml = form.text("xml", "流程图", MOST_CHARACTERS)?;
        Some(Drawn { xml })
    }
}

/// What the page shows beside the chart.
#[derive(Serialize)]
struct Told {
    /// The file could be read at all.
    readable: bool,
    /// It may be confirmed.
    holds: bool,
    soundness: &'static str,
    operations: &'static str,
    findings: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    element: Option<String>,
    /// What people call the element.
    name: Option<String>,
    code: &'static str,
    message: String,
    severity: Severity,
    path: Vec<String>,
    /// The names along the path.
    way: Vec<String>,
}

pub async fn post_check(
    Extension(bench): Extension<Bench>,
    desk: Desk,
    Path(item_code): Path<String>,
    form: Form<Drawn>,
) -> Result<Response, Problem> {
    let inventory = inventory(&desk, &item_code).await?;
    let drawn = taken(form)?;
    let (further, xml) = (bench.examine(drawn.xml.clone()).await?, drawn.xml);
    let mut proof = bench.prove(xml.clone(), inventory).await?;
    for finding in further {
        if !proof.problems.contains(&finding) {
            proof.problems.push(finding);
        }
    }
    proof.problems.sort_by_key(|finding| finding.severity);
    proof.problems.truncate(MAX_PROBLEMS);
    Ok(json(&told(&xml, &proof)))
}

/// The form's value, or the sentence that says what is wrong with it.
pub fn taken(form: Form<Drawn>) -> Result<Drawn, Problem> {
    let checked = form.check().map(|(drawn, _, _)| drawn);
    checked.map_err(|fields| {
        let words: Vec<&str> = fields.errors().iter().map(|error| error.message.as_str()).collect();
        Problem::BadRequest(words.join("；"))
    })
}

async fn inventory(desk: &Desk, item_code: &str) -> Result<Inventory, Problem> {
    let scope = desk.require(DRAW)?;
    let (wanted, today) = (item_code.to_owned(), desk.house.clock.today());
    let read = desk
        .house
        .chronicle
        .read(move |reader| match find(reader, &wanted, &scope, today)? {
            Some(subject) => Ok(Some(inventory_of(reader, &subject.version)?)),
            None => Ok(None),
        })
        .await?;
    read.ok_or_else(unknown)
}

fn told(xml: &str, proof: &Proof) -> Told {
    let (model, _) = model::read_all(xml);
    let name = |id: &str| {
        let ix = model.as_ref().and_then(|model| Some((model, model.find(id)?)));
        ix.map(|(model, ix)| model.node(ix).label().to_owned())
    };
    let line = |finding: &Finding| Line {
        name: finding.element.as_deref().and_then(name),
        // Flows between the steps have no name that a reader would miss.
        way: finding.path.iter().filter_map(|id| name(id)).collect(),
        element: finding.element.clone(),
        code: finding.code,
        message: finding.message.clone(),
        severity: finding.severity,
        path: finding.path.clone(),
    };
    Told {
        readable: proof.readable,
        holds: proof.holds(),
        soundness: proof.soundness.in_words(),
        operations: match proof.soundness == proof.operations {
            true => "",
            false => proof.operations.in_words(),
        },
        findings: proof.problems.iter().map(line).collect(),
    }
}
