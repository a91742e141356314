//! Changes of items for departments' own systems: whose turn it is, and what was confirmed made in the database (R29). What
//! is judged is judged by people on the pages.

use jiff::civil::Date;
use mingjing_chronicle::Done;
use mingjing_web::api::{Api, Nothing, Op, Order, Paged};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::change::ChangeKind;
use crate::changes;
use crate::pages::{CHANGES, FILE_CHANGE};
use crate::views::{ChangeRow, WaitsFor};

const MOST: i64 = 300;

pub fn routes() -> Routes {
    Api::new("事项目录")
        .read(
            Op::new("list_item_changes", "目录调整").note("等着办理的在前，期限近的在先；最多300次"),
            "/api/v1/item-changes",
            Access::May(CHANGES),
            list_item_changes,
        )
        .command(
            Op::new("enter_item_change", "更新权力库")
                .note("由申报单位按法制机构确认的内容更新，内容不能改；过了更新期限的照样更新，记为超期"),
            "/api/v1/item-changes/{change_no}/entry",
            Access::May(FILE_CHANGE),
            enter_item_change,
        )
        .into_routes()
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ItemChangeQuery {
    #[schemars(
        length(max = 20),
        description = "轮到谁：approval 审批管理机构、reply 法制机构、correction 申报单位修改、entry 申报单位更新权力库"
    )]
    waits_for: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct ItemChangeLine {
    change_no: String,
    kind: ChangeKind,
    body_name: String,
    filed_on: Date,
    /// reviewing、returned、waiting、confirmed、refused、withdrawn
    state: String,
    /// approval、reply、correction、entry；办完的没有
    waits_for: Option<String>,
    /// 轮到的一方办理的期限
    due: Option<Date>,
    /// First day on which it is to hold; once it is entered, on which it holds.
    effective_on: Date,
    document_no: String,
    items: Vec<ChangedItemLine>,
}

#[derive(Serialize, JsonSchema)]
struct ChangedItemLine {
    item_code: String,
    name: String,
    /// The item ends.
    ends: bool,
}

impl From<ChangeRow> for ItemChangeLine {
    fn from(row: ChangeRow) -> ItemChangeLine {
        let (waits_for, due) = (row.waits_for(), row.due());
        let items = row.items.into_iter().map(|item| ChangedItemLine {
            item_code: item.item_code,
            name: item.name,
            ends: item.ends,
        });
        ItemChangeLine {
            change_no: row.change_no,
            kind: row.kind,
            body_name: row.body_name,
            filed_on: row.filed_on,
            state: row.state.key().to_owned(),
            waits_for: waits_for.map(|waits| waits.key().to_owned()),
            due,
            effective_on: row.effective_on,
            document_no: row.document_no,
            items: items.collect(),
        }
    }
}

async fn list_item_changes(desk: Desk, _: Nothing, query: ItemChangeQuery) -> Result<Paged<ItemChangeLine>, Problem> {
    let scope = desk.require(CHANGES)?;
    let waits_for = match query.waits_for.as_deref().filter(|key| !key.is_empty()) {
        // Nobody waits for whom there is not.
        Some(key) => match key.parse::<WaitsFor>() {
            Ok(known) => Some(known),
            Err(()) => return Ok(Paged::whole(Vec::new())),
        },
        None => None,
    };
    let rows = desk
        .house
        .chronicle
        .read(move |reader| crate::views::changes(reader, &scope, waits_for, MOST))
        .await?;
    Ok(Paged::whole(rows.into_iter().map(ItemChangeLine::from).collect()))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ItemChangePath {
    #[schemars(length(min = 1, max = 40))]
    change_no: String,
}

#[derive(Serialize, JsonSchema)]
struct EnteredItemChange {
    change_no: String,
}

async fn enter_item_change(
    desk: Desk,
    path: ItemChangePath,
    order: Order<Nothing>,
) -> Result<Done<EnteredItemChange>, Problem> {
    let (chronicle, request) = (&desk.house.chronicle, desk.request(&order.meta));
    let done = changes::enter_change(chronicle, request, path.change_no.clone(), None).await?;
    Ok(Done {
        value: EnteredItemChange {
            change_no: path.change_no,
        },
        repeated: done.repeated,
    })
}
