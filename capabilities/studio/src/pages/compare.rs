//! `/desk/flows/{item}/compare`: two charts of an item side by side, and what differs in words. Without scripts.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_bpmn::compare::{Change, Comparison, Fate, Side, compare};
use mingjing_bpmn::draw;
use mingjing_bpmn::model::{self, Model};
use mingjing_web::{Desk, Frame, Link, Listing, Problem, page};

use super::list::minute;
use super::{Chart, DRAW, Subjected, file_page, flow_page, flows_page, subject, unknown};
use crate::draft;

#[derive(Template)]
#[template(path = "studio/compare.html")]
struct ComparePage {
    frame: Frame,
    old: Shown,
    new: Shown,
    comparison: Comparison,
    added: usize,
    removed: usize,
    changed: usize,
}

struct Shown {
    words: String,
    svg: String,
    file: Link,
}

impl ComparePage {
    fn class(&self, change: &Change) -> &'static str {
        match change.fate {
            Fate::Added => "mj-came",
            Fate::Removed => "mj-went",
            Fate::Changed => "mj-changed",
        }
    }
}

/// A chart with the words that say which it is.
pub struct Found {
    pub xml: String,
    pub words: String,
}

pub async fn get_compare(desk: Desk, Path(item_code): Path<String>, listing: Listing) -> Result<Response, Problem> {
    let subject = subject(&desk, &item_code).await?;
    let in_force = Chart::Version(subject.version.version);
    let from = Chart::parse(listing.one("from")).unwrap_or_else(|| in_force.clone());
    let to = Chart::parse(listing.one("to")).unwrap_or(in_force);
    let (old, new) = (chart(&desk, &subject, &from).await?, chart(&desk, &subject, &to).await?);
    let (was, is) = (read(&old.xml)?, read(&new.xml)?);
    let comparison = compare(&was, &is);
    let (added, removed, changed) = comparison.counts();
    let shown = |model: &Model, found: Found, side: Side, chart: &Chart| {
        let overlay = draw::Overlay {
            title: Some(found.words.clone()),
            ..comparison.overlay(side)
        };
        Shown {
            svg: draw::svg(model, &overlay),
            words: found.words,
            file: file_page(&item_code, chart),
        }
    };
    Ok(page(&ComparePage {
        frame: desk
            .frame(format!("{}：两份流程图对照", subject.version.name))
            .crumb("流程图", flows_page())
            .crumb(subject.version.name.clone(), flow_page(&item_code)),
        old: shown(&was, old, Side::Old, &from),
        new: shown(&is, new, Side::New, &to),
        comparison,
        added,
        removed,
        changed,
    }))
}

fn read(xml: &str) -> Result<Model, Problem> {
    model::read_all(xml).0.ok_or_else(unknown)
}

/// A chart of this item that the person may see.
pub async fn chart(desk: &Desk, subject: &Subjected, chart: &Chart) -> Result<Found, Problem> {
    match chart {
        Chart::Version(number) => {
            let version = subject.item.version(*number).ok_or_else(unknown)?;
            let flow = version.flow.as_ref().ok_or_else(unknown)?;
            let standing = match *number == subject.version.version {
                true => "，现行",
                false => "",
            };
            Ok(Found {
                xml: flow.bpmn_xml.clone(),
                words: format!("第{number}版（{}起{standing}）", version.valid_from),
            })
        }
        Chart::Draft(id) => {
            let (id, code) = (id.clone(), subject.version.item_code.clone());
            // Its item was found within the scope already.
            desk.require(DRAW)?;
            let found = desk.house.chronicle.read(move |reader| draft::one(reader, &id)).await?;
            let found = found.filter(|draft| draft.line.item_code == code).ok_or_else(unknown)?;
            Ok(Found {
                words: format!("草稿（{}保存）", minute(found.line.updated_at)),
                xml: found.bpmn_xml,
            })
        }
    }
}
