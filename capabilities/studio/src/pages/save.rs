//! Drafts: saved from the editor, taken home as a file, given up.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use mingjing_bpmn::compare::compare;
use mingjing_bpmn::model;
use mingjing_chronicle::Refusal;
use mingjing_web::{Desk, Fields, Form, Frame, Link, Listing, Problem, attachment, page};
use serde::Serialize;

use super::check::Drawn;
use super::{Chart, compare_page, flow_page, flows_page, json, subject, unknown};
use crate::draft::{self, Basis, Saved};
use crate::pages::list::minute;

#[derive(Serialize)]
struct Kept {
    seen: i64,
    at: String,
    compare: String,
}

/// What the page needs to let the person choose: nothing was written, and nothing is lost.
#[derive(Serialize)]
struct Crossed {
    code: &'static str,
    title: &'static str,
    detail: &'static str,
    /// What is otherwise in the chart on the page than in the draft as it is now.
    changed: Vec<String>,
    /// Version of the draft as it is now: sent with the next save, it replaces that draft knowingly.
    seen: i64,
    at: String,
}

pub async fn post_draft(desk: Desk, Path(item_code): Path<String>, form: Form<Drawn>) -> Result<Response, Problem> {
    let subject = subject(&desk, &item_code).await?;
    let (drawn, meta, _) = form.check().map_err(|fields| Problem::BadRequest(words(&fields)))?;
    if let (None, findings) = model::read_all(&drawn.xml) {
        let why = findings
            .first()
            .map_or("读不出来。", |finding| finding.message.as_str());
        let refusal = Refusal::invalid(
            "studio.draft.unreadable",
            format!("这不是能读的流程图，没有保存：{why}"),
        );
        return Err(Problem::Refusal(refusal));
    }
    let flow = subject.version.flow.as_ref().ok_or_else(unknown)?;
    let basis = Basis {
        item_code: item_code.clone(),
        item_name: subject.version.name.clone(),
        body: subject.version.body.clone(),
        area: subject.area.clone(),
        version: subject.version.version,
        hash: flow.hash.clone(),
    };
    let (seen, request) = (meta.seen.unwrap_or(0), desk.request(&meta));
    let chronicle = &desk.house.chronicle;
    match draft::save(chronicle, request, basis, drawn.xml.clone(), seen).await? {
        Saved::As { id, version } => Ok(json(&Kept {
            seen: version,
            at: minute(desk.house.clock.now()),
            compare: compare_page(&item_code, &Chart::Version(subject.version.version), &Chart::Draft(id)).to_string(),
        })),
        Saved::Crossed => crossed(&desk, item_code, &drawn.xml).await,
    }
}

async fn crossed(desk: &Desk, item_code: String, drawn: &str) -> Result<Response, Problem> {
    let author = desk.actor.account.clone();
    let now = desk
        .house
        .chronicle
        .read(move |reader| draft::own(reader, &author, &item_code))
        .await?
        .ok_or(Problem::Conflict { changed: Vec::new() })?;
    let changed = match (model::read_all(&now.bpmn_xml).0, model::read_all(drawn).0) {
        (Some(saved), Some(drawn)) => compare(&saved, &drawn).changes,
        _ => Vec::new(),
    };
    let answer = Crossed {
        code: "web.changed_since_seen",
        title: "这份草稿在您打开之后又保存过",
        detail: "没有保存，也没有丢失：您画的还在这一页，先前保存的还在草稿里。",
        changed: changed.iter().map(|change| change.in_words()).collect(),
        seen: now.line.version,
        at: minute(now.line.updated_at),
    };
    Ok((StatusCode::CONFLICT, json(&answer)).into_response())
}

fn words(fields: &Fields) -> String {
    let words: Vec<&str> = fields.errors().iter().map(|error| error.message.as_str()).collect();
    words.join("；")
}

#[derive(Template)]
#[template(path = "studio/discard.html")]
struct DiscardPage {
    frame: Frame,
    name: String,
    saved: String,
    fields: Fields,
    back: Link,
}

pub async fn get_discard(desk: Desk, Path(item_code): Path<String>) -> Result<Response, Problem> {
    let subject = subject(&desk, &item_code).await?;
    let (author, wanted) = (desk.actor.account.clone(), item_code.clone());
    let found = desk
        .house
        .chronicle
        .read(move |reader| draft::own(reader, &author, &wanted))
        .await?;
    let Some(found) = found else {
        return Ok(desk.go_saying(&flow_page(&item_code), "您没有这个流程的草稿。"));
    };
    Ok(page(&DiscardPage {
        frame: desk.frame("删除流程草稿").back(flow_page(&item_code)),
        name: subject.version.name,
        saved: minute(found.line.updated_at),
        fields: desk.form(),
        back: flow_page(&item_code),
    }))
}

pub async fn post_discard(desk: Desk, Path(item_code): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    subject(&desk, &item_code).await?;
    draft::discard(&desk.house.chronicle, desk.request(&form.meta), item_code).await?;
    Ok(desk.go_saying(&flows_page(), "草稿已经删除。"))
}

/// A chart as a file that other editors open.
pub async fn get_file(desk: Desk, Path(item_code): Path<String>, listing: Listing) -> Result<Response, Problem> {
    let subject = subject(&desk, &item_code).await?;
    let chart = Chart::parse(listing.one("of")).ok_or_else(unknown)?;
    let found = super::compare::chart(&desk, &subject, &chart).await?;
    let name = format!("{}-{}.bpmn", subject.version.name, chart_name(&chart));
    Ok(attachment(&name, "bpmn", "application/xml", found.xml))
}

fn chart_name(chart: &Chart) -> String {
    match chart {
        Chart::Version(number) => format!("第{number}版"),
        Chart::Draft(_) => "草稿".to_owned(),
    }
}
