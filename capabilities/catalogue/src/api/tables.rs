//! Tables that departments' own systems hand in, and how far the clean-up is.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use mingjing_chronicle::{Done, Refusal};
use mingjing_web::api::{Api, Nothing, Op, Order, Paged};
use mingjing_web::upload::{table_kind, table_name};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::change::{Trigger, TriggerKind};
use crate::clean_up::commands;
use crate::clean_up::task::Stage;
use crate::exchange::filing::{self, FilingOrder, Incoming};
use crate::exchange::heading::{ColumnMapping, SheetMapping};
use crate::exchange::{Finding, Seen};
use crate::pages::{CLEAN_UP, HAND_IN, tables as pages};
use crate::views::{clean_up_tasks, item_tables};

/// A file of 10 MiB in base64, and its name.
const MOST_BYTES: usize = 14 * 1024 * 1024;
const MOST_TABLES: i64 = 100;
const MOST_TASKS: i64 = 1_000;

pub fn routes() -> Routes {
    let may = Access::May(HAND_IN);
    Api::new("事项目录")
        .read(
            Op::new("list_item_tables", "上传过的目录表").note("最新的在前，最多100份"),
            "/api/v1/item-tables",
            may,
            list_tables,
        )
        .create(
            Op::new("hand_in_item_table", "上传目录表")
                .note("XLSX、CSV、JSON 或者清理材料包，以 base64 放在内容里；收下不改变目录")
                .most_bytes(MOST_BYTES),
            "/api/v1/item-tables",
            may,
            hand_in,
        )
        .read(
            Op::new("read_item_table", "目录表和核对结果"),
            "/api/v1/item-tables/{number}",
            may,
            read_table,
        )
        .command(
            Op::new("map_item_table", "指定各列的含义").seen(),
            "/api/v1/item-tables/{number}/mapping",
            may,
            map,
        )
        .command(
            Op::new("file_item_table", "申报表格里的变动")
                .note("整份表格一次申报；有一处问题整份都不申报")
                .seen(),
            "/api/v1/item-tables/{number}/filing",
            may,
            file,
        )
        .command(
            Op::new("register_item_table", "登记到清理任务").seen(),
            "/api/v1/item-tables/{number}/registration",
            may,
            register,
        )
        .command(
            Op::new("give_up_item_table", "放弃表格").seen(),
            "/api/v1/item-tables/{number}/giving-up",
            may,
            give_up,
        )
        .read(
            Op::new("list_clean_up_tasks", "清理任务和进度"),
            "/api/v1/clean-up/tasks",
            Access::May(CLEAN_UP),
            list_tasks,
        )
        .into_routes()
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TablePath {
    #[schemars(length(min = 1, max = 40))]
    number: String,
}

#[derive(Serialize, JsonSchema)]
struct TableLine {
    number: String,
    body_name: String,
    file_name: String,
    received_on: Date,
    /// received、filed、registered、given_up
    state: String,
    added: i64,
    changed: i64,
}

async fn list_tables(desk: Desk, _: Nothing, _: Nothing) -> Result<Paged<TableLine>, Problem> {
    let scope = desk.require(HAND_IN)?;
    let rows = desk
        .house
        .chronicle
        .read(move |reader| item_tables(reader, &scope, MOST_TABLES))
        .await?;
    let lines = rows.into_iter().map(|row| TableLine {
        number: row.number,
        body_name: row.body_name,
        file_name: row.file_name,
        received_on: row.received_on,
        state: row.state.key().to_owned(),
        added: row.added,
        changed: row.changed,
    });
    Ok(Paged::whole(lines.collect()))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TableBody {
    #[schemars(length(min = 1, max = 200))]
    file_name: String,
    /// base64
    #[schemars(length(min = 1))]
    content: String,
}

#[derive(Serialize, JsonSchema)]
struct TableNumber {
    number: String,
}

async fn hand_in(desk: Desk, _: Nothing, order: Order<TableBody>) -> Result<Done<TableNumber>, Problem> {
    let refused = |message: String| {
        let refusal = Refusal::invalid("catalogue.table.file", "这个文件不能收下。");
        Problem::Refusal(refusal.field("content", message))
    };
    let decoded = STANDARD.decode(order.body.content.as_bytes());
    let bytes = decoded.map_err(|_| refused("内容不是 base64".to_owned()))?;
    if bytes.len() > desk.house.uploads.file {
        return Err(refused("文件超过 10 MB".to_owned()));
    }
    let kind = table_kind(&order.body.file_name, &bytes).map_err(|error| refused(error.to_string()))?;
    let incoming = Incoming {
        file_name: table_name(&order.body.file_name, kind),
        kind,
        bytes,
    };
    let done = filing::receive(&desk.house.chronicle, desk.request(&order.meta), incoming).await?;
    Ok(Done {
        value: TableNumber { number: done.value },
        repeated: done.repeated,
    })
}

#[derive(Serialize, JsonSchema)]
struct TableShown {
    number: String,
    /// For `Seen-Version`.
    version: i64,
    state: String,
    file_name: String,
    body_name: String,
    sheets: Vec<SheetShown>,
    /// Numbers of the changes that were filed.
    changes: Vec<String>,
    /// Once the table is no longer open there is none.
    report: Option<ReportShown>,
    /// Why the file cannot be judged at all.
    unreadable: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct SheetShown {
    name: String,
    left_out: bool,
    columns: Vec<ColumnMeant>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TableColumn")]
struct ColumnMeant {
    /// From 0.
    #[schemars(range(min = 0, max = 16384))]
    column: u32,
    #[serde(default)]
    #[schemars(length(max = 200))]
    heading: String,
    /// Key of the catalogue's column; nothing is left out.
    #[schemars(length(max = 40))]
    key: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "TableReport")]
struct ReportShown {
    items: u32,
    added: u32,
    changed: u32,
    suspended: u32,
    ended: u32,
    unchanged: u32,
    refused: u32,
    /// The first 1000; `found` is how many there are.
    findings: Vec<Finding>,
    found: usize,
    rows: Vec<Seen>,
}

const MOST_FINDINGS: usize = 1_000;

async fn read_table(desk: Desk, path: TablePath, _: Nothing) -> Result<TableShown, Problem> {
    let (handed_in, version) = pages::read(&desk, &path.number).await?;
    let (report, unreadable) = match pages::report(&desk, &handed_in).await? {
        Some(Ok(report)) => (Some(report), None),
        Some(Err(why)) => (None, Some(why)),
        None => (None, None),
    };
    let handed = handed_in.handed.as_ref().ok_or_else(filing::unknown)?;
    let column = |column: &ColumnMapping| ColumnMeant {
        column: column.column,
        heading: column.heading.clone(),
        key: column.key.clone(),
    };
    Ok(TableShown {
        number: path.number,
        version,
        state: handed_in.standing.key().to_owned(),
        file_name: handed.file_name.clone(),
        body_name: handed.body_name.clone(),
        sheets: handed_in
            .mappings
            .iter()
            .map(|mapping| SheetShown {
                name: mapping.sheet.clone(),
                left_out: mapping.left_out,
                columns: mapping.columns.iter().map(column).collect(),
            })
            .collect(),
        changes: handed_in.changes.clone(),
        report: report.map(|report| ReportShown {
            items: report.items,
            added: report.counts.added,
            changed: report.counts.changed,
            suspended: report.counts.suspended,
            ended: report.counts.ended,
            unchanged: report.counts.unchanged,
            refused: report.refused,
            found: report.found,
            findings: report.findings.into_iter().take(MOST_FINDINGS).collect(),
            rows: report.rows,
        }),
        unreadable,
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MappingBody {
    /// A member for each sheet of the file, in its order.
    #[schemars(length(max = 60))]
    sheets: Vec<SheetMeant>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SheetMeant {
    left_out: bool,
    #[schemars(length(max = 256))]
    columns: Vec<ColumnMeant>,
}

async fn map(desk: Desk, path: TablePath, order: Order<MappingBody>) -> Result<Done<TableNumber>, Problem> {
    let meant = |sheet: SheetMeant| SheetMapping {
        left_out: sheet.left_out,
        columns: sheet
            .columns
            .into_iter()
            .map(|column| ColumnMapping {
                column: column.column,
                heading: column.heading,
                key: column.key,
            })
            .collect(),
        ..SheetMapping::default()
    };
    let mappings = order.body.sheets.into_iter().map(meant).collect();
    let (request, seen) = (desk.request(&order.meta), order.meta.seen);
    let done = filing::map(&desk.house.chronicle, request, path.number.clone(), seen, mappings).await?;
    Ok(again(path, done.repeated))
}

fn again(path: TablePath, repeated: bool) -> Done<TableNumber> {
    Done {
        value: TableNumber { number: path.number },
        repeated,
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FilingBody {
    /// norm_made、norm_amended、norm_repealed、functions、clean_up
    #[schemars(length(min = 1, max = 20))]
    trigger: String,
    #[schemars(length(min = 1, max = 200))]
    document: String,
    trigger_on: Date,
    effective_on: Date,
    #[schemars(length(min = 1, max = 2000))]
    reasons: String,
}

#[derive(Serialize, JsonSchema)]
struct FiledChanges {
    changes: Vec<String>,
}

async fn file(desk: Desk, path: TablePath, order: Order<FilingBody>) -> Result<Done<FiledChanges>, Problem> {
    let body = order.body;
    let unknown = || {
        let refusal = Refusal::invalid("catalogue.table.trigger", "触发调整的原因不是列出的几种。");
        refusal.field("trigger", "请核对接口文档")
    };
    let kind: TriggerKind = body.trigger.parse().map_err(|()| unknown())?;
    let filing_order = FilingOrder {
        trigger: Trigger {
            kind,
            on: body.trigger_on,
            document: body.document,
        },
        effective_on: body.effective_on,
        reasons: body.reasons,
    };
    let (request, seen) = (desk.request(&order.meta), order.meta.seen);
    let done = filing::file(&desk.house.chronicle, request, path.number, seen, filing_order).await?;
    Ok(Done {
        value: FiledChanges { changes: done.value },
        repeated: done.repeated,
    })
}

#[derive(Serialize, JsonSchema)]
struct RegisteredTo {
    task: String,
}

async fn register(desk: Desk, path: TablePath, order: Order<Nothing>) -> Result<Done<RegisteredTo>, Problem> {
    let (request, seen) = (desk.request(&order.meta), order.meta.seen);
    let done = commands::register(&desk.house.chronicle, request, path.number, seen).await?;
    Ok(Done {
        value: RegisteredTo { task: done.value },
        repeated: done.repeated,
    })
}

async fn give_up(desk: Desk, path: TablePath, order: Order<Nothing>) -> Result<Done<TableNumber>, Problem> {
    let (request, seen) = (desk.request(&order.meta), order.meta.seen);
    let done = filing::give_up(&desk.house.chronicle, request, path.number.clone(), seen).await?;
    Ok(again(path, done.repeated))
}

#[derive(Serialize, JsonSchema)]
struct CleanUpTaskLine {
    task: String,
    clean_up: String,
    name: String,
    body: String,
    body_name: String,
    /// 空的是已经完成
    stage: Option<Stage>,
    items: i64,
    plan: Vec<StageLine>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "CleanUpStageLine")]
struct StageLine {
    stage: Stage,
    due: Date,
    person: String,
    done_on: Option<Date>,
}

async fn list_tasks(desk: Desk, _: Nothing, _: Nothing) -> Result<Paged<CleanUpTaskLine>, Problem> {
    let scope = desk.require(CLEAN_UP)?;
    let rows = desk
        .house
        .chronicle
        .read(move |reader| clean_up_tasks(reader, &scope, MOST_TASKS))
        .await?;
    let lines = rows.into_iter().map(|row| CleanUpTaskLine {
        task: row.task,
        clean_up: row.clean_up,
        name: row.name,
        body: row.body,
        body_name: row.body_name,
        stage: row.stage,
        items: row.items,
        plan: row
            .plan
            .into_iter()
            .map(|planned| StageLine {
                stage: planned.stage,
                due: planned.due,
                person: planned.person,
                done_on: planned.done_on,
            })
            .collect(),
    });
    Ok(Paged::whole(lines.collect()))
}
