//! Lines of a sheet become rows of the catalogue. Several lines can be one item (its code merged over them), and what is no
//! item (titles between, notes, sums) is passed over and told.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use mingjing_chronicle::Refusal;
use mingjing_codes::ItemCode;
use mingjing_sheets::Kind;
use serde_json::{Value as Json, json};

use super::heading::{SheetMapping, bare};
use super::meaning::{Words, understood};
use super::table::{GridLine, Tables};
use crate::drafting::{self, SHOWN, Texts};
use crate::entry::RawRow;
use crate::version::{ItemStatus, ItemVersion};

/// An item as a sheet has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listed {
    /// First of its rows.
    pub row: u32,
    pub words: Words,
    /// Columns whose value a formula had made.
    pub formulas: Vec<&'static str>,
    /// Columns in which a formula had failed.
    pub faults: Vec<&'static str>,
}

/// A row that is no item, and why it was passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    pub row: u32,
    pub why: &'static str,
}

/// Hands over the items of a sheet one by one.
///
/// # Errors
/// As [`Tables::read`].
pub fn items(
    tables: &Tables<'_>,
    sheet: usize,
    mapping: &SheetMapping,
    take: &mut dyn FnMut(Listed) -> ControlFlow<()>,
) -> Result<Vec<PassedOver>, Refusal> {
    let Some((_, last_heading)) = mapping.heading.filter(|_| !mapping.left_out) else {
        return Ok(Vec::new());
    };
    let by_column: BTreeMap<u32, &'static str> = mapping
        .columns
        .iter()
        .filter_map(|column| Some((column.column, mapping.key_of(column.column)?)))
        .collect();
    let leading = mapping.column_of("item_code").or(mapping.column_of("name"));
    let mut passed = Vec::new();
    let mut pending: Option<Listed> = None;
    tables.read(sheet, &mut |line| {
        if line.number <= last_heading {
            return ControlFlow::Continue(());
        }
        if let Some(why) = no_item(line, mapping, &by_column) {
            if passed.len() < MOST_PASSED {
                passed.push(PassedOver { row: line.number, why });
            }
            return ControlFlow::Continue(());
        }
        let goes_on = leading.is_some_and(|column| line.cells.get(&column).is_some_and(|cell| cell.above));
        match (&mut pending, goes_on) {
            (Some(listed), true) => {
                add(listed, line, &by_column, true);
                ControlFlow::Continue(())
            }
            (before, _) => {
                let mut listed = Listed {
                    row: line.number,
                    ..Listed::default()
                };
                add(&mut listed, line, &by_column, false);
                match before.replace(listed) {
                    Some(whole) => take(whole),
                    None => ControlFlow::Continue(()),
                }
            }
        }
    })?;
    if let Some(listed) = pending {
        let _ = take(listed);
    }
    Ok(passed)
}

const MOST_PASSED: usize = 500;

fn add(listed: &mut Listed, line: &GridLine, by_column: &BTreeMap<u32, &'static str>, below: bool) {
    for (column, key) in by_column {
        let Some(cell) = line.cells.get(column) else { continue };
        // What an area fills from above was said in the first row already.
        if below && cell.above {
            continue;
        }
        if cell.kind == Kind::Fault {
            listed.faults.push(key);
            continue;
        }
        if cell.formula {
            listed.formulas.push(key);
        }
        let said = listed.words.entry(key).or_default();
        if !said.is_empty() {
            said.push('\n');
        }
        said.push_str(&cell.text);
    }
}

fn no_item(line: &GridLine, mapping: &SheetMapping, by_column: &BTreeMap<u32, &'static str>) -> Option<&'static str> {
    let mapped: Vec<(u32, &str)> = by_column
        .keys()
        .map(|column| (*column, line.text(*column).trim()))
        .filter(|(_, text)| !text.is_empty())
        .collect();
    if mapped.is_empty() {
        return Some("没有要采用的内容");
    }
    let first = line.cells.values().next().map_or("", |cell| cell.text.trim());
    let one_area = line.cells.len() > 2 && line.cells.values().all(|cell| cell.text.trim() == first);
    if one_area {
        return Some("整行合并的小标题");
    }
    let code = mapping
        .column_of("item_code")
        .map_or("", |column| line.text(column).trim());
    let is_code = ItemCode::parse(code).is_ok();
    let notes = [
        "注",
        "备注",
        "说明",
        "填表",
        "填报",
        "审核",
        "制表",
        "负责人",
        "合计",
        "总计",
        "小计",
        "共计",
    ];
    let few = line.cells.len() <= 2 || mapped.len() <= 2;
    if few && !is_code && notes.iter().any(|word| first.starts_with(word)) {
        return Some("表后的注释、签名或者合计");
    }
    let heads = mapping.columns.iter().filter(|column| column.key.is_some());
    let again = heads.filter(|column| {
        let head = column.heading.rsplit('·').next().unwrap_or_default();
        !head.is_empty() && bare(line.text(column.column)) == bare(head)
    });
    (again.count() >= 2.max(by_column.len() / 2)).then_some("重复的表头")
}

/// Columns beside the form's that a sheet may fill.
const BESIDE: &[&str] = &[
    "body",
    "entrusting_body",
    "type_code",
    "type_name",
    "valid_from",
    "valid_to",
    "status",
    "cancelled_on",
    "cancel_reason",
    "note",
    "certainty",
    "papers",
    "demo_fields",
];

/// The item's code as it will be read.
pub fn code_of(listed: &Listed) -> String {
    let written = listed.words.get("item_code").map(String::as_str).unwrap_or_default();
    let understood = understood("item_code", written, None);
    understood.into_iter().next().map(|(_, code)| code).unwrap_or_default()
}

/// The row that a listed item makes of what is recorded (`base`) or of nothing. Columns that the sheet does not have stay as
/// they are recorded; a cell that says what is recorded changes nothing of it, so that an export comes back unchanged.
pub fn row_of(listed: &Listed, mapping: &SheetMapping, base: Option<&ItemVersion>) -> RawRow {
    let item_code = code_of(listed);
    let power_type = ItemCode::parse(&item_code).ok().map(|code| code.power_type());
    let recorded = base.map(drafting::texts).unwrap_or_default();
    let has_column = |key: &str| mapping.column_of(key).is_some();
    let mut typed: Texts = recorded.clone();
    for key in SHOWN
        .iter()
        .filter(|key| has_column(key) && !matches!(**key, "flow" | "form"))
    {
        typed.remove(key);
    }
    let mut beside: BTreeMap<&'static str, String> = BTreeMap::new();
    for (key, text) in &listed.words {
        // The name that the version was confirmed with: the body may be called otherwise since.
        if *key == "body" && base.is_some_and(|base| same(&base.body_name, text)) {
            continue;
        }
        let as_recorded = recorded.get(key).filter(|recorded| same(recorded, text));
        let understood = match as_recorded {
            Some(recorded) => vec![(*key, recorded.clone())],
            None => understood(key, text, power_type),
        };
        for (part, text) in understood {
            // A part that a column of its own says is not taken from another one's words.
            let own = part != *key && has_column(part) && listed.words.contains_key(part);
            let keeps_start = part != *key && part.ends_with("_start") && recorded.contains_key(part);
            if own || keeps_start && !text_says_start(&listed.words, key) {
                continue;
            }
            match SHOWN.contains(&part) {
                true => drop(typed.insert(part, text)),
                false => drop(beside.insert(part, text)),
            }
        }
    }
    let mut row = drafting::row(base, &item_code, &typed);
    row.line = u64::from(listed.row);
    keep_what_nobody_said(&mut row, base, &has_column);
    for key in BESIDE {
        if let Some(text) = beside.get(key).filter(|text| !text.is_empty()) {
            row.cells.insert(key, Json::String(text.clone()));
        } else if has_column(key) && !matches!(*key, "body" | "status" | "valid_from" | "type_code" | "type_name") {
            row.cells.remove(key);
        }
    }
    row
}

fn same(recorded: &str, text: &str) -> bool {
    let tidy = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
    tidy(recorded) == tidy(text)
}

/// Whether the words of a limit say from when it runs; else a default must not replace what is recorded.
fn text_says_start(words: &Words, key: &str) -> bool {
    let text = words.get(key).map(String::as_str).unwrap_or_default();
    ["自", "从", "之日", "起"].iter().any(|word| text.contains(word))
}

/// A sheet without these columns does not ask to end a suspension or to move a first day.
fn keep_what_nobody_said(row: &mut RawRow, base: Option<&ItemVersion>, has_column: &dyn Fn(&str) -> bool) {
    let Some(base) = base else { return };
    if !has_column("status") && base.status == ItemStatus::Suspended {
        row.cells.insert("status", json!(base.status));
    }
    if !has_column("valid_from") {
        row.cells.insert("valid_from", json!(base.valid_from));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::super::heading::guess;
    use super::*;

    fn listed(csv: &str) -> (Vec<Listed>, Vec<PassedOver>, SheetMapping) {
        let tables = Tables::csv(csv.as_bytes()).unwrap();
        let mut lines = Vec::new();
        tables
            .read(0, &mut |line| {
                lines.push(line.clone());
                ControlFlow::Continue(())
            })
            .unwrap();
        let mapping = guess("CSV", &lines, &BTreeMap::new());
        let mut found = Vec::new();
        let passed = items(&tables, 0, &mapping, &mut |listed| {
            found.push(listed);
            ControlFlow::Continue(())
        });
        (found, passed.unwrap(), mapping)
    }

    #[test]
    fn what_is_no_item_is_passed_over() {
        let csv = "附件1,,\n序号,事项编码,事项名称\n1,33030300SJ-XK-0001,食品经营许可\n序号,事项编码,事项名称\n,,\n2,,药品经营许可\n注：本表一式两份,,\n合计,2,\n";
        let (found, passed, _) = listed(csv);
        let rows: Vec<(u32, &str)> = found
            .iter()
            .map(|listed| (listed.row, listed.words["name"].as_str()))
            .collect();
        assert_eq!(rows, [(3, "食品经营许可"), (6, "药品经营许可")]);
        let why: Vec<(u32, &str)> = passed.iter().map(|passed| (passed.row, passed.why)).collect();
        assert_eq!(
            why,
            [
                (4, "重复的表头"),
                (7, "没有要采用的内容"),
                (8, "表后的注释、签名或者合计")
            ]
        );
    }

    #[test]
    fn a_new_row_understands_its_cells() {
        let (found, _, mapping) = listed(
            "事项编码,事项名称,法定期限,实施主体\n33030300SJ－XK－0001,食品经营许可,20个工作日,某局（行政机关）\n",
        );
        let row = row_of(&found[0], &mapping, None);
        let cell = |key: &str| row.cells.get(key).and_then(Json::as_str).map(str::to_owned);
        assert_eq!(cell("item_code").as_deref(), Some("33030300SJ-XK-0001"));
        assert_eq!(cell("statutory_limit").as_deref(), Some("20"));
        assert_eq!(cell("limit_unit").as_deref(), Some("工作日"));
        assert_eq!(cell("limit_start").as_deref(), Some("受理"));
        assert_eq!(cell("body").as_deref(), Some("某局"));
        assert_eq!(row.line, 2);
    }

    #[test]
    fn columns_that_a_sheet_does_not_have_stay_as_recorded() {
        let mut base = crate::version::tests::bare("33030300SJ-XK-0001");
        base.phone = "1".into();
        base.place = "甲".into();
        base.status = ItemStatus::Suspended;
        let (found, _, mapping) = listed("事项编码,事项名称,联系电话\n33030300SJ-XK-0001,演示事项,2\n");
        let row = row_of(&found[0], &mapping, Some(&base));
        assert_eq!(row.cells["phone"], json!("2"));
        assert_eq!(row.cells["place"], json!("甲"));
        assert_eq!(row.cells["status"], json!("suspended"));
        assert_eq!(row.cells["valid_from"], json!("2026-01-01"));
    }

    proptest::proptest! {
        #[test]
        fn any_table_gets_rows_or_nothing(body in "([0-9A-Z-]{0,20}|[事项编码名称依据期限注合计一二\"]{0,6}|,|\n){0,60}") {
            let csv = format!("事项编码,事项名称,行使依据,法定期限,收费\n{body}");
            let Ok(tables) = Tables::csv(csv.as_bytes()) else { return Ok(()) };
            let mut lines = Vec::new();
            let read = tables.read(0, &mut |line| {
                lines.push(line.clone());
                ControlFlow::Continue(())
            });
            proptest::prop_assert!(read.is_ok());
            let mapping = guess("CSV", &lines, &BTreeMap::new());
            let base = crate::version::tests::bare("33030300SJ-XK-0001");
            let _ = items(&tables, 0, &mapping, &mut |listed| {
                let _ = (row_of(&listed, &mapping, None), row_of(&listed, &mapping, Some(&base)));
                ControlFlow::Continue(())
            });
        }
    }
}
