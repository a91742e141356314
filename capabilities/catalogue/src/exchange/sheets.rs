//! The catalogue as sheets, one for each type with the annex's headings: the mirror of what is read (R184–R188).

use mingjing_chronicle::{Fault, Reader};
use mingjing_codes::PowerType;
use mingjing_web::{Cell, Sheet};

use crate::difference;
use crate::drafting::{self, SHOWN};
use crate::entry::COLUMNS;
use crate::field_set;
use crate::item::Item;
use crate::version::{ItemStatus, ItemVersion};

/// An item as it is exported: its latest version, or the one that holds.
#[derive(Debug, Clone)]
pub struct Exported {
    pub version: ItemVersion,
    pub cancelled: Option<(String, String)>,
}

impl Exported {
    /// In the version that was entered last, as a file that comes back is compared with.
    pub fn latest(item: &Item) -> Option<Exported> {
        let cancelled = item.cancelled().map(|over| (over.on.to_string(), over.reason.clone()));
        Some(Exported {
            version: item.latest()?.clone(),
            cancelled,
        })
    }

    /// In the version that the public sees on this day.
    pub fn holding(item: &Item, on: jiff::civil::Date) -> Option<Exported> {
        let over = item.cancelled().filter(|over| over.on <= on);
        Some(Exported {
            version: item.holding(on)?.clone(),
            cancelled: over.map(|over| (over.on.to_string(), over.reason.clone())),
        })
    }
}

/// All items whose list rows fit, by code.
///
/// # Errors
/// [`Fault`] from the database.
pub fn gather(
    reader: &mut Reader<'_>,
    covers: &dyn Fn(&str) -> bool,
    take: &dyn Fn(&Item) -> Option<Exported>,
) -> Result<Vec<Exported>, Fault> {
    let codes = reader.query("SELECT item_code, body FROM {item_list} ORDER BY item_code", &[])?;
    let mut items = Vec::new();
    for row in codes.iter().filter(|row| covers(row.text(1))) {
        let item = reader.load::<Item>(row.text(0))?;
        items.extend(take(&item));
    }
    Ok(items)
}

/// Columns of an exported table, in order. Charts and forms are files, not cells: they are in JSON and in packages.
fn columns() -> impl Iterator<Item = (&'static str, &'static str)> {
    let kept = |key: &str| {
        let beside = [
            "item_code",
            "body",
            "valid_from",
            "valid_to",
            "status",
            "cancelled_on",
            "cancel_reason",
            "note",
        ];
        beside.contains(&key) || SHOWN.contains(&key) && !matches!(key, "flow" | "form")
    };
    COLUMNS
        .iter()
        .filter(move |column| kept(column.key))
        .map(|column| (column.key, column.heading))
}

/// What a table says of an item in a column.
pub fn said(exported: &Exported, key: &str) -> String {
    let version = &exported.version;
    match key {
        "item_code" => version.item_code.clone(),
        "type_name" => version.power_type.name().to_owned(),
        "body" => version.body_name.clone(),
        "valid_from" => version.valid_from.to_string(),
        "valid_to" => version.valid_to.map(|day| day.to_string()).unwrap_or_default(),
        "note" => version.note.clone().unwrap_or_default(),
        "status" => match exported.cancelled.is_some() {
            true => difference::status(ItemStatus::Cancelled).to_owned(),
            false => difference::status(version.status).to_owned(),
        },
        "cancelled_on" => exported
            .cancelled
            .as_ref()
            .map(|(on, _)| on.clone())
            .unwrap_or_default(),
        "cancel_reason" => exported
            .cancelled
            .as_ref()
            .map(|(_, why)| why.clone())
            .unwrap_or_default(),
        _ => String::new(),
    }
}

/// A sheet for each type that has items: the columns that its field set asks for or that some item fills.
pub fn by_type(items: &[Exported]) -> Vec<Sheet> {
    let sheets = PowerType::ALL.into_iter().filter_map(|power_type| {
        let of_type: Vec<&Exported> = items
            .iter()
            .filter(|item| item.version.power_type == power_type)
            .collect();
        (!of_type.is_empty()).then(|| sheet(power_type.name(), Some(power_type), &of_type))
    });
    sheets.collect()
}

/// All items in one sheet, for CSV.
pub fn in_one(items: &[Exported]) -> Sheet {
    sheet("权力事项目录", None, &items.iter().collect::<Vec<_>>())
}

fn sheet(name: &str, power_type: Option<PowerType>, items: &[&Exported]) -> Sheet {
    let required: Vec<&str> = match power_type {
        Some(power_type) => field_set::required_for(power_type)
            .iter()
            .map(|field| field.key())
            .collect(),
        None => Vec::new(),
    };
    let mut columns: Vec<(&str, &str)> = columns().collect();
    if power_type.is_none() {
        columns.insert(1, ("type_name", "事项类型"));
    }
    let texts: Vec<_> = items.iter().map(|item| drafting::texts(&item.version)).collect();
    let cell = |index: usize, key: &str| match texts[index].get(key) {
        Some(text) => text.clone(),
        None => said(items[index], key),
    };
    let always = ["item_code", "name", "body", "legal_bases", "valid_from", "status"];
    columns.retain(|(key, _)| {
        always.contains(key) || required.contains(key) || (0..items.len()).any(|index| !cell(index, key).is_empty())
    });
    Sheet {
        name: name.to_owned(),
        columns: columns.iter().map(|(_, heading)| (*heading).to_owned()).collect(),
        rows: (0..items.len())
            .map(|index| {
                let cells = columns.iter().map(|(key, _)| match cell(index, key) {
                    text if text.is_empty() => Cell::Empty,
                    text => Cell::Text(text),
                });
                cells.collect()
            })
            .collect(),
    }
}
