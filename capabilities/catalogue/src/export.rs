//! The catalogue as a file that an import takes back unchanged.

use std::collections::BTreeMap;

use mingjing_chronicle::{Chronicle, Fault};
use serde_json::{Value as Json, json};

use crate::entry::COLUMNS;
use crate::item::Item;
use crate::version::{ItemVersion, Limit};
use crate::views::{ItemFilter, ItemRow, Page, Sort, items};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Json,
}

/// All items, suspended and cancelled ones included, in their latest version. CSV is UTF-8 with its mark, so that
/// table programs read it, and cells that they would calculate are disarmed.
///
/// # Errors
/// A fault of the database.
pub async fn export(chronicle: &Chronicle, format: Format) -> Result<Vec<u8>, Fault> {
    let rows = chronicle
        .read(|reader| {
            let everything = Page {
                offset: 0,
                size: i64::from(u32::MAX),
            };
            let cancelled = ItemFilter {
                cancelled: true,
                ..ItemFilter::default()
            };
            let suspended = ItemFilter {
                suspended: true,
                ..ItemFilter::default()
            };
            let mut list: Vec<ItemRow> = items(reader, &ItemFilter::default(), Sort::Code, everything)?;
            list.extend(items(reader, &suspended, Sort::Code, everything)?);
            list.extend(items(reader, &cancelled, Sort::Code, everything)?);
            let mut rows = Vec::new();
            for row in list {
                let item = reader.load::<Item>(&row.item_code)?;
                rows.extend(item.latest().map(|version| cells(version, &item)));
            }
            Ok(rows)
        })
        .await?;
    match format {
        Format::Json => serde_json::to_vec_pretty(&rows).map_err(|cause| Fault::Internal(cause.to_string())),
        Format::Csv => csv_file(&rows),
    }
}

pub(crate) type Cells = BTreeMap<&'static str, Json>;

fn cells(version: &ItemVersion, item: &Item) -> Cells {
    let mut cells = version_cells(version);
    if item.cancelled().is_some() {
        cells.insert("status", json!("cancelled"));
    }
    if let Some(cancelled) = item.cancelled() {
        cells.insert("cancelled_on", json!(cancelled.on));
        cells.insert("cancel_reason", json!(cancelled.reason));
    }
    cells
}

/// These items as a JSON file.
pub(crate) fn json_file(items: &[crate::exchange::sheets::Exported]) -> Result<Vec<u8>, Fault> {
    let rows: Vec<Cells> = items
        .iter()
        .map(|exported| {
            let mut cells = version_cells(&exported.version);
            if let Some((on, why)) = &exported.cancelled {
                cells.insert("status", json!("cancelled"));
                cells.insert("cancelled_on", json!(on));
                cells.insert("cancel_reason", json!(why));
            }
            cells
        })
        .collect();
    serde_json::to_vec_pretty(&rows).map_err(|cause| Fault::Internal(cause.to_string()))
}

/// A version as the cells of a row, by column; what it leaves open has none.
pub(crate) fn version_cells(version: &ItemVersion) -> Cells {
    let mut cells = Cells::from([
        ("item_code", json!(version.item_code)),
        ("type_code", json!(version.power_type.code())),
        ("type_name", json!(version.power_type.name())),
        ("name", json!(version.name)),
        ("keywords", json!(version.keywords)),
        ("body", json!(version.body)),
        ("legal_bases", json!(version.legal_bases)),
        ("conditions", json!(version.conditions)),
        ("materials", json!(version.materials)),
        ("excluded_time", json!(version.excluded_time)),
        ("fee", json!(version.fee)),
        ("handling_office", json!(version.handling_office)),
        ("place", json!(version.place)),
        ("hours", json!(version.hours)),
        ("phone", json!(version.phone)),
        ("supervision_phone", json!(version.supervision_phone)),
        ("result_documents", json!(version.result_documents)),
        ("validity", json!(version.validity)),
        ("penalty_kinds", json!(version.penalty_kinds)),
        ("penalty_range", json!(version.penalty_range)),
        ("discretion_benchmark", json!(version.discretion_benchmark)),
        ("result_public", json!(version.result_public)),
        ("flow_steps", json!(version.flow_steps)),
        ("flow", json!(version.flow)),
        ("decisions", json!(version.decisions)),
        ("form", json!(version.form)),
        ("papers", json!(version.papers)),
        ("audiences", json!(version.audiences)),
        ("themes", json!(version.themes)),
        ("visits", json!(version.visits)),
        ("online", json!(version.online)),
        ("valid_from", json!(version.valid_from)),
        ("valid_to", json!(version.valid_to)),
        ("certainty", json!(version.certainty)),
        ("note", json!(version.note)),
        ("own_fields", json!(version.own_fields)),
        ("situations", json!(version.situations)),
        ("demo_fields", json!(version.demo_fields)),
        ("status", json!(version.status)),
    ]);
    put_limit(&mut cells, "statutory_limit", version.statutory_limit.as_ref());
    put_limit(&mut cells, "promised_limit", version.promised_limit.as_ref());
    cells.retain(|_, value| !(value.is_null() || value == &json!([]) || value == &json!("")));
    cells
}

fn put_limit(cells: &mut Cells, key: &'static str, limit: Option<&Limit>) {
    if let Some(limit) = limit {
        cells.insert(key, json!(limit));
    }
}

fn csv_file(rows: &[Cells]) -> Result<Vec<u8>, Fault> {
    let broken = |cause: csv::Error| Fault::Internal(format!("a CSV row cannot be written: {cause}"));
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer
        .write_record(COLUMNS.iter().map(|column| column.key))
        .map_err(broken)?;
    for row in rows {
        let record = COLUMNS
            .iter()
            .map(|column| row.get(column.key).map(cell_text).unwrap_or_default());
        writer.write_record(record).map_err(broken)?;
    }
    writer
        .into_inner()
        .map_err(|cause| Fault::Internal(format!("a CSV file cannot be written: {}", cause.error())))
}

/// Structure stays JSON; an apostrophe goes before what a table program would calculate.
fn cell_text(value: &Json) -> String {
    match value {
        Json::String(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) => format!("'{text}"),
        Json::String(text) => text.clone(),
        Json::Bool(flag) => if *flag { "是" } else { "否" }.to_owned(),
        other => other.to_string(),
    }
}
