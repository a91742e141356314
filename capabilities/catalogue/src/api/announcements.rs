//! What changed in the catalogue, for everyone (R34).

use jiff::civil::Date;
use mingjing_web::api::{Api, Nothing, Op, Paged};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::Serialize;

use crate::change::ChangeKind;
use crate::pages::READ;
use crate::views::{ChangeRow, announcements};

/// The newest; older ones are on the page and in the items' versions.
const MOST: i64 = 200;

pub fn routes() -> Routes {
    Api::new("事项目录")
        .read(
            Op::new("list_announcements", "调整公告").note("已经生效的调整，最新的在前，最多200次"),
            "/api/v1/announcements",
            Access::May(READ),
            list_announcements,
        )
        .into_routes()
}

#[derive(Serialize, JsonSchema)]
struct Announcement {
    change_no: String,
    kind: ChangeKind,
    body_name: String,
    /// First day on which it holds.
    effective_on: Date,
    /// Of the legal office's confirmation.
    document_no: String,
    items: Vec<AnnouncedItem>,
}

#[derive(Serialize, JsonSchema)]
struct AnnouncedItem {
    item_code: String,
    name: String,
    /// The item exists no longer.
    ends: bool,
}

impl From<ChangeRow> for Announcement {
    fn from(row: ChangeRow) -> Announcement {
        let items = row.items.into_iter().map(|item| AnnouncedItem {
            item_code: item.item_code,
            name: item.name,
            ends: item.ends,
        });
        Announcement {
            change_no: row.change_no,
            kind: row.kind,
            body_name: row.body_name,
            effective_on: row.effective_on,
            document_no: row.document_no,
            items: items.collect(),
        }
    }
}

async fn list_announcements(desk: Desk, _: Nothing, _: Nothing) -> Result<Paged<Announcement>, Problem> {
    let today = desk.house.clock.today();
    let rows = desk
        .house
        .chronicle
        .read(move |reader| announcements(reader, today, MOST));
    Ok(Paged::whole(rows.await?.into_iter().map(Announcement::from).collect()))
}
