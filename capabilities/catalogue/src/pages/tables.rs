//! `/desk/catalogue/import`: a body hands in its items as a table; columns are mapped, problems told with their place, and
//! what changes is filed for review. Nothing comes into force here.

use std::str::FromStr;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_chronicle::Stop;
use mingjing_sheets::workbook::column_name;
use mingjing_web::{
    Cell, Desk, Fields, Form, Frame, Input, Link, Problem, Reader as FormReader, Sheet, SheetKind, TableUpload, page,
    send_sheets,
};

use super::HAND_IN;
use super::changes::change_page;
use crate::change::{Trigger, TriggerKind};
use crate::entry::COLUMNS;
use crate::exchange::filing::{self, FilingOrder, Incoming, within};
use crate::exchange::handed_in::{Handed, HandedState};
use crate::exchange::heading::{ColumnMapping, SheetMapping};
use crate::exchange::judge::{Finding, Purpose};
use crate::exchange::{HandedIn, Seen, TableReport};
use crate::views::{ItemTableRow, item_tables};

const MOST: i64 = 100;
/// Problems shown on the page; all of them are in the file.
const MOST_SHOWN: usize = 100;

pub fn tables_page() -> Link {
    Link::to("/desk/catalogue/import")
}

pub fn table_page(number: &str) -> Link {
    tables_page().part(number)
}

#[derive(Template)]
#[template(path = "exchange/list.html")]
struct ListPage {
    frame: Frame,
    fields: Fields,
    rows: Vec<ItemTableRow>,
}

impl ListPage {
    fn link(&self, row: &ItemTableRow) -> Link {
        table_page(&row.number)
    }

    fn export(&self, format: &str) -> Link {
        Link::to("/desk/catalogue/export").query("format", format)
    }
}

pub async fn get_tables(desk: Desk) -> Result<Response, Problem> {
    let fields = desk.form();
    list(&desk, fields).await
}

async fn list(desk: &Desk, fields: Fields) -> Result<Response, Problem> {
    let scope = desk.require(HAND_IN)?;
    let rows = desk
        .house
        .chronicle
        .read(move |reader| item_tables(reader, &scope, MOST))
        .await?;
    Ok(page(&ListPage {
        frame: desk.frame("表格导入").of_form(&fields),
        fields,
        rows,
    }))
}

pub struct NoMore;

impl Input for NoMore {
    fn read(_: &mut FormReader<'_>) -> Option<Self> {
        Some(NoMore)
    }
}

pub async fn post_table(desk: Desk, upload: TableUpload<NoMore>) -> Result<Response, Problem> {
    desk.require(HAND_IN)?;
    let mut fields = upload.fields;
    let Some(file) = upload.files.into_iter().next().filter(|_| fields.is_clean()) else {
        if fields.is_clean() {
            fields.complain("table", "请选择要上传的表格");
        }
        return list(&desk, fields).await;
    };
    let incoming = Incoming {
        file_name: file.name,
        kind: file.kind,
        bytes: file.bytes,
    };
    match filing::receive(&desk.house.chronicle, desk.request(&upload.meta), incoming).await {
        Ok(done) => Ok(desk.go_saying(&table_page(&done.value), "表格已收下，请核对各列的含义和下面的报告。")),
        Err(Stop::Refusal(refusal)) if refusal.code.starts_with("catalogue.") => {
            fields.complain("table", refusal.message.clone());
            list(&desk, fields).await
        }
        Err(stop) => Err(stop.into()),
    }
}

#[derive(Template)]
#[template(path = "exchange/one.html")]
struct OnePage {
    frame: Frame,
    fields: Fields,
    number: String,
    state: HandedState,
    handed: Handed,
    mappings: Vec<SheetMapping>,
    changes: Vec<String>,
    /// `None` once the file is no longer open.
    report: Option<TableReport>,
    /// Why the file cannot be judged at all.
    unreadable: String,
    /// The body's task of a clean-up that runs, to which the table can be registered.
    task: Option<String>,
}

impl OnePage {
    fn here(&self) -> Link {
        table_page(&self.number)
    }

    fn report_link(&self) -> Link {
        table_page(&self.number).part("report")
    }

    fn change_link(&self, change_no: &str) -> Link {
        change_page(change_no)
    }

    fn letter(&self, column: &ColumnMapping) -> String {
        column_name(column.column)
    }

    /// Value, label and whether it is chosen.
    fn options(&self, sheet: &usize, column: &ColumnMapping) -> Vec<(String, &'static str, bool)> {
        let value = |key: &str| format!("{sheet}.{}={key}", column.column);
        let none = (value(""), "（不采用）", column.key.is_none());
        let known = COLUMNS.iter().map(|known| {
            let chosen = column.key.as_deref() == Some(known.key);
            (value(known.key), known.heading, chosen)
        });
        std::iter::once(none).chain(known).collect()
    }

    fn triggers(&self) -> Vec<(&'static str, &'static str)> {
        TriggerKind::ALL
            .into_iter()
            .map(|kind| (kind.key(), kind.name()))
            .collect()
    }

    fn problems<'a>(&self, report: &'a TableReport) -> Vec<&'a Finding> {
        report
            .findings
            .iter()
            .filter(|finding| finding.refuses)
            .take(MOST_SHOWN)
            .collect()
    }

    fn notices<'a>(&self, report: &'a TableReport) -> Vec<&'a Finding> {
        report
            .findings
            .iter()
            .filter(|finding| !finding.refuses)
            .take(MOST_SHOWN)
            .collect()
    }

    fn shown<'a>(&self, report: &'a TableReport) -> &'a [Seen] {
        report.rows.get(..MOST_SHOWN.min(report.rows.len())).unwrap_or_default()
    }
}

/// Sheet and place of a finding.
fn words(finding: &Finding) -> (&str, String) {
    let place = match (finding.row, finding.column.is_empty()) {
        (0, _) => "整张表".to_owned(),
        (row, true) => format!("第{row}行"),
        (row, false) => format!("第{row}行{}列", finding.column),
    };
    (finding.sheet.as_str(), place)
}

pub async fn get_table(desk: Desk, Path(number): Path<String>) -> Result<Response, Problem> {
    let today = desk.house.clock.today().to_string();
    let fields = desk
        .form()
        .with("trigger", TriggerKind::CleanUp.key())
        .with("trigger_on", today.clone())
        .with("effective_on", today);
    show(&desk, number, fields).await
}

/// The table with its stream's version.
pub(crate) async fn read(desk: &Desk, number: &str) -> Result<(HandedIn, i64), Problem> {
    let scope = desk.require(HAND_IN)?;
    let wanted = number.to_owned();
    let read = desk.house.chronicle.read(move |reader| {
        let loaded = reader.load::<HandedIn>(&wanted)?;
        Ok((loaded.version, (*loaded).clone()))
    });
    let (version, handed_in) = read.await?;
    let handed = handed_in.handed.as_ref().ok_or_else(filing::unknown)?;
    within(&scope, handed)?;
    Ok((handed_in, version))
}

/// The report while the table is open; else nothing.
pub(crate) async fn report(desk: &Desk, handed_in: &HandedIn) -> Result<Option<Result<TableReport, String>>, Problem> {
    if handed_in.standing != HandedState::Received {
        return Ok(None);
    }
    let scope = desk.require(HAND_IN)?;
    let purpose = match super::clean_up::open_task(desk, handed_in).await?.is_some() {
        true => Purpose::CleanUp,
        false => Purpose::Changes,
    };
    let judged = filing::judged(
        &desk.house.chronicle,
        desk.actor.clone(),
        scope,
        handed_in,
        purpose,
        false,
    );
    match judged.await {
        Ok((report, _)) => Ok(Some(Ok(report))),
        Err(Stop::Refusal(refusal)) => Ok(Some(Err(refusal.message.to_string()))),
        Err(stop) => Err(stop.into()),
    }
}

async fn show(desk: &Desk, number: String, fields: Fields) -> Result<Response, Problem> {
    let (handed_in, version) = read(desk, &number).await?;
    let report = report(desk, &handed_in).await?;
    let task = match handed_in.standing {
        HandedState::Received => super::clean_up::open_task(desk, &handed_in).await?,
        _ => handed_in.task.clone(),
    };
    let unreadable = match &report {
        Some(Err(why)) => why.clone(),
        _ => String::new(),
    };
    let fields = fields.seen(version);
    let handed = handed_in.handed.clone().ok_or_else(filing::unknown)?;
    Ok(page(&OnePage {
        frame: desk
            .frame(format!("表格：{}", handed.file_name))
            .of_form(&fields)
            .back(tables_page()),
        number,
        state: handed_in.standing,
        mappings: handed_in.mappings.clone(),
        changes: handed_in.changes.clone(),
        report: report.and_then(Result::ok),
        unreadable,
        handed,
        fields,
        task,
    }))
}

/// `sheet.column=key` of a list.
pub struct Meant {
    sheet: usize,
    column: u32,
    key: String,
}

impl FromStr for Meant {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (place, key) = text.split_once('=').ok_or(())?;
        let (sheet, column) = place.split_once('.').ok_or(())?;
        Ok(Meant {
            sheet: sheet.parse().map_err(|_| ())?,
            column: column.parse().map_err(|_| ())?,
            key: key.to_owned(),
        })
    }
}

pub enum Act {
    Map { columns: Vec<Meant>, left_out: Vec<usize> },
    File(FilingOrder),
    Register,
    GiveUp,
}

impl Input for Act {
    fn read(form: &mut FormReader<'_>) -> Option<Self> {
        let act = form.text("act", "要做的事", 20)?;
        match act.as_str() {
            "map" => {
                let columns = form.choices::<Meant>("column", "各列的含义");
                let left_out = form.choices::<usize>("left_out", "不读取的工作表");
                Some(Act::Map {
                    columns: columns?,
                    left_out: left_out?,
                })
            }
            "file" => order(form).map(Act::File),
            "register" => Some(Act::Register),
            "give_up" => Some(Act::GiveUp),
            _ => form.refuse("act", "请重新选择要做的事"),
        }
    }
}

fn order(form: &mut FormReader<'_>) -> Option<FilingOrder> {
    let trigger = form.choice::<TriggerKind>("trigger", "触发调整的原因");
    let document = form.text("document", "触发调整的文件", 200);
    let on = form.date("trigger_on", "公布或者确定的日期");
    let effective_on = form.date("effective_on", "生效日期");
    let reasons = form.text("reasons", "调整的理由", 2000);
    Some(FilingOrder {
        trigger: Trigger {
            kind: trigger?,
            on: on?,
            document: document?,
        },
        effective_on: effective_on?,
        reasons: reasons?,
    })
}

pub async fn post_act(desk: Desk, Path(number): Path<String>, form: Form<Act>) -> Result<Response, Problem> {
    desk.require(HAND_IN)?;
    let (act, meta, fields) = match form.check() {
        Ok(all) => all,
        Err(fields) => return show(&desk, number, fields).await,
    };
    let (chronicle, request, seen) = (&desk.house.chronicle, desk.request(&meta), meta.seen);
    let done = match act {
        Act::Map { columns, left_out } => {
            let (handed_in, _) = read(&desk, &number).await?;
            let mappings = meant(&handed_in.mappings, &columns, &left_out);
            let mapped = filing::map(chronicle, request, number.clone(), seen, mappings).await;
            mapped.map(|_| {
                (
                    table_page(&number),
                    "已按新的对应关系重新核对；下次上传会记住。".to_owned(),
                )
            })
        }
        Act::File(order) => {
            let filed = filing::file(chronicle, request, number.clone(), seen, order).await;
            filed.map(|done| {
                (
                    table_page(&number),
                    format!("已申报{}次调整，等待法制机构审核。", done.value.len()),
                )
            })
        }
        Act::Register => {
            let registered = crate::clean_up::commands::register(chronicle, request, number.clone(), seen).await;
            registered.map(|done| {
                (
                    super::clean_up::task_page(&done.value),
                    "已登记，等待法制机构审核。".to_owned(),
                )
            })
        }
        Act::GiveUp => {
            let given = filing::give_up(chronicle, request, number.clone(), seen).await;
            given.map(|_| (tables_page(), "已放弃这份表格，目录没有变动。".to_owned()))
        }
    };
    match done {
        Ok((link, said)) => Ok(desk.go_saying(&link, &said)),
        Err(Stop::Refusal(refusal)) if refusal.code != filing::unknown().code => {
            show(&desk, number, fields.refused(&refusal)).await
        }
        Err(stop) => Err(stop.into()),
    }
}

pub(crate) fn meant(before: &[SheetMapping], columns: &[Meant], left_out: &[usize]) -> Vec<SheetMapping> {
    let mut mappings = before.to_vec();
    for (index, mapping) in mappings.iter_mut().enumerate() {
        mapping.left_out = left_out.contains(&index);
        for column in &mut mapping.columns {
            let said = columns
                .iter()
                .find(|said| said.sheet == index && said.column == column.column);
            if let Some(said) = said {
                column.key = Some(said.key.clone()).filter(|key| !key.is_empty());
            }
        }
    }
    mappings
}

/// Every problem as a table, to be worked off beside the file.
pub async fn get_report(desk: Desk, Path(number): Path<String>) -> Result<Response, Problem> {
    let (handed_in, _) = read(&desk, &number).await?;
    let report = match report(&desk, &handed_in).await? {
        Some(Ok(report)) => report,
        _ => return Err(filing::unknown().into()),
    };
    let rows = report.findings.iter().map(|finding| {
        let text = |text: &str| Cell::Text(text.to_owned());
        vec![
            text(&finding.sheet),
            Cell::Number(i64::try_from(finding.row).unwrap_or(0)),
            text(&finding.column),
            text(&finding.field),
            text(if finding.refuses { "必须改正" } else { "提示" }),
            text(&finding.sentence),
            text(&finding.code),
        ]
    });
    let sheet = Sheet {
        name: "核对报告".to_owned(),
        columns: ["工作表", "行", "列", "栏目", "性质", "说明", "规则"]
            .map(str::to_owned)
            .to_vec(),
        rows: rows.collect(),
    };
    Ok(send_sheets(&format!("{number}-核对报告.csv"), SheetKind::Csv, &[sheet]))
}
