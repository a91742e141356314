//! The studio's pages. Whoever may draw flows of a body sees its flows, drafts and comparisons; the heat is for whoever
//! sees that body's board.

mod check;
mod compare;
mod edit;
mod flow;
mod heat;
mod list;
mod rehearse;
mod save;

use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use mingjing_cases::pages::BOARD;
use mingjing_catalogue::public::{Item, ItemVersion};
use mingjing_chronicle::{Fault, Reader, Refusal};
use mingjing_people::public::Body;
use mingjing_web::{Access, Desk, Link, Permission, Problem, Routes, Scope, SideEntry, SideGroup, Subject};
use serde::Serialize;

use crate::bench::Bench;

/// Drawing flows of a body's items and saving drafts of them.
pub const DRAW: Permission = Permission("flows.draw");

pub fn routes(bench: &Bench) -> Routes {
    Routes::new()
        .get("/desk/flows", Access::May(DRAW), list::get_list)
        .get("/desk/flows/{item_code}", Access::May(DRAW), flow::get_flow)
        .get("/desk/flows/{item_code}/edit", Access::May(DRAW), edit::get_edit)
        .post("/desk/flows/{item_code}/check", Access::May(DRAW), check::post_check)
        .post(
            "/desk/flows/{item_code}/rehearse",
            Access::May(DRAW),
            rehearse::post_rehearse,
        )
        .post("/desk/flows/{item_code}/draft", Access::May(DRAW), save::post_draft)
        .get("/desk/flows/{item_code}/discard", Access::May(DRAW), save::get_discard)
        .post("/desk/flows/{item_code}/discard", Access::May(DRAW), save::post_discard)
        .get("/desk/flows/{item_code}/file", Access::May(DRAW), save::get_file)
        .get(
            "/desk/flows/{item_code}/compare",
            Access::May(DRAW),
            compare::get_compare,
        )
        .with(bench.clone())
        .get("/desk/heat", Access::May(BOARD), heat::get_heats)
        .get("/desk/heat/{item_code}", Access::May(BOARD), heat::get_heat)
}

/// The studio's entry of the back office's navigation.
pub fn side() -> SideGroup {
    SideGroup {
        title: "流程",
        entries: vec![
            SideEntry {
                label: "流程图",
                link: flows_page(),
                permission: DRAW,
            },
            SideEntry {
                label: "流程热力",
                link: heat::heats_page(),
                permission: BOARD,
            },
        ],
    }
}

pub fn flows_page() -> Link {
    Link::to("/desk/flows")
}

pub fn flow_page(item_code: &str) -> Link {
    flows_page().part(item_code)
}

pub fn edit_page(item_code: &str) -> Link {
    flow_page(item_code).part("edit")
}

pub fn discard_page(item_code: &str) -> Link {
    flow_page(item_code).part("discard")
}

/// `of`: a chart as [`Chart::parse`] reads it.
pub fn file_page(item_code: &str, of: &Chart) -> Link {
    flow_page(item_code).part("file").query("of", of.key())
}

pub fn compare_page(item_code: &str, from: &Chart, to: &Chart) -> Link {
    flow_page(item_code)
        .part("compare")
        .query("from", from.key())
        .query("to", to.key())
}

/// Which chart of an item an address means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chart {
    /// Of a version of the item: `v3`.
    Version(i32),
    /// A draft by its id: `d-…`.
    Draft(String),
}

impl Chart {
    pub fn parse(text: &str) -> Option<Chart> {
        if let Some(id) = text.strip_prefix("d-") {
            return Some(Chart::Draft(id.to_owned()));
        }
        text.strip_prefix('v')?.parse().ok().map(Chart::Version)
    }

    pub fn key(&self) -> String {
        match self {
            Chart::Version(number) => format!("v{number}"),
            Chart::Draft(id) => format!("d-{id}"),
        }
    }
}

/// An item whose flow is looked at.
pub struct Subjected {
    pub item: Item,
    /// In force today, else the last.
    pub version: ItemVersion,
    /// Division code of the body.
    pub area: String,
}

impl Subjected {
    pub fn within(&self, scope: &Scope) -> bool {
        scope.covers(&Subject {
            body: &self.version.body,
            area: &self.area,
            party_account: "",
            published: false,
        })
    }
}

/// The item with its flow, where the scope reaches it; an item without a flow is not found either.
pub fn find(reader: &mut Reader<'_>, item_code: &str, scope: &Scope, today: Date) -> Result<Option<Subjected>, Fault> {
    let item = reader.load::<Item>(item_code)?.state.as_ref().clone();
    let Some(version) = item.current(today).or_else(|| item.latest()).cloned() else {
        return Ok(None);
    };
    let body = reader.load::<Body>(&version.body)?;
    let area = body.facts().map(|facts| facts.division.clone()).unwrap_or_default();
    let found = Subjected { item, version, area };
    Ok((found.within(scope) && found.version.flow.is_some()).then_some(found))
}

pub fn unknown() -> Problem {
    Problem::Refusal(
        Refusal::not_found(
            "studio.flow.unknown",
            "没有这个事项，它没有流程图，或者不在您的职责范围内。",
        )
        .advice("请从流程图列表里选择。"),
    )
}

/// As [`find`], for a page.
pub async fn subject(desk: &Desk, item_code: &str) -> Result<Subjected, Problem> {
    let scope = desk.require(DRAW)?;
    let (wanted, today) = (item_code.to_owned(), desk.house.clock.today());
    let found = desk
        .house
        .chronicle
        .read(move |reader| find(reader, &wanted, &scope, today))
        .await?;
    found.ok_or_else(unknown)
}

pub fn json(value: &impl Serialize) -> Response {
    axum::Json(value).into_response()
}

/// The first characters of an identity, enough to tell versions apart.
pub fn short(hash: &str) -> &str {
    hash.get(..8).unwrap_or(hash)
}
