//! `/desk/flows/{item}`: the flow in force with what the prover says of it, its steps, and the ways on from here.

use askama::Template;
use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use mingjing_bpmn::casework::{StepRow, table};
use mingjing_bpmn::check::Proof;
use mingjing_bpmn::draw::{self, Overlay};
use mingjing_bpmn::{Severity, model};
use mingjing_cases::pages::BOARD;
use mingjing_web::{Desk, Frame, Link, Problem, page};

use super::heat::heat_page;
use super::list::{DraftRow, shown};
use super::{Chart, DRAW, compare_page, edit_page, file_page, find, flows_page, unknown};
use crate::bench::Bench;
use crate::draft::drafts_within;
use crate::inventory::inventory_of;

#[derive(Template)]
#[template(path = "studio/flow.html")]
struct FlowPage {
    frame: Frame,
    name: String,
    code: String,
    version: i32,
    hash: String,
    svg: String,
    steps: Vec<StepRow>,
    proof: Proof,
    findings: Vec<FindingRow>,
    drafts: Vec<DraftRow>,
    /// Words and comparison of this version with an earlier one that had another flow.
    earlier: Vec<(String, Link)>,
    edit: Link,
    file: Link,
    heat: Option<Link>,
}

pub struct FindingRow {
    pub error: bool,
    pub element: String,
    pub message: String,
    pub code: &'static str,
}

pub async fn get_flow(
    Extension(bench): Extension<Bench>,
    desk: Desk,
    Path(item_code): Path<String>,
) -> Result<Response, Problem> {
    let scope = desk.require(DRAW)?;
    let (wanted, today, account) = (item_code.clone(), desk.house.clock.today(), desk.actor.account.clone());
    let read = desk
        .house
        .chronicle
        .read(move |reader| {
            let Some(subject) = find(reader, &wanted, &scope, today)? else {
                return Ok(None);
            };
            let inventory = inventory_of(reader, &subject.version)?;
            let drafts = drafts_within(reader, &scope, Some(&wanted))?;
            let drafts = shown(reader, drafts, &account, &scope, today)?;
            Ok(Some((subject, inventory, drafts)))
        })
        .await?;
    let (subject, inventory, drafts) = read.ok_or_else(unknown)?;
    let flow = subject.version.flow.clone().ok_or_else(unknown)?;
    let proof = bench.prove(flow.bpmn_xml.clone(), inventory).await?;
    let (model, _) = model::read_all(&flow.bpmn_xml);
    let model = model.ok_or_else(unknown)?;
    let overlay = Overlay {
        title: Some(format!("{}的流程图", subject.version.name)),
        legend: Vec::new(),
        ..Overlay::of_findings(&model, &proof.problems)
    };
    let findings = proof.problems.iter().map(|problem| FindingRow {
        error: problem.severity == Severity::Error,
        element: problem
            .element
            .as_deref()
            .map(|id| model.find(id).map_or(id, |ix| model.node(ix).label()).to_owned())
            .unwrap_or_default(),
        message: problem.message.clone(),
        code: problem.code,
    });
    let this = Chart::Version(subject.version.version);
    let earlier = subject.item.versions().rev().filter(|other| {
        let other_flow = other.flow.as_ref();
        other.version < subject.version.version && other_flow.is_some_and(|other| other.hash != flow.hash)
    });
    Ok(page(&FlowPage {
        frame: desk
            .frame(format!("{}的流程图", subject.version.name))
            .crumb("流程图", flows_page()),
        findings: findings.collect(),
        svg: draw::svg(&model, &overlay),
        steps: table(&model),
        proof,
        drafts,
        earlier: earlier
            .map(|other| {
                let words = format!("与第{}版比较（{}起）", other.version, other.valid_from);
                (words, compare_page(&item_code, &Chart::Version(other.version), &this))
            })
            .collect(),
        heat: desk.may(BOARD).map(|_| heat_page(&item_code)),
        edit: edit_page(&item_code),
        file: file_page(&item_code, &this),
        name: subject.version.name,
        version: subject.version.version,
        hash: flow.hash,
        code: item_code,
    }))
}
