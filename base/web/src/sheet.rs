//! Tables as files: CSV (RFC 4180, UTF-8 with a mark so that spreadsheet programs read Chinese) and XLSX.
//!
//! Invariant: no cell of a file is ever a formula. In XLSX texts are written as texts; in CSV a text that a spreadsheet
//! program could take for a formula (it begins with `=`, `+`, `-`, `@`, tab or carriage return) gets an apostrophe before
//! it, as OWASP advises. Numbers are numbers of ours and stay as they are.

mod xlsx;

use axum::response::Response;

use crate::upload::attachment;

pub use self::xlsx::xlsx;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    Number(i64),
    /// With one decimal: tenths.
    Tenths(i64),
    Empty,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}
impl From<String> for Cell {
    fn from(text: String) -> Self {
        Cell::Text(text)
    }
}
impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Cell::Number(number)
    }
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Name of the sheet in a workbook, at most 31 characters.
    pub name: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetKind {
    Csv,
    Xlsx,
}

/// The sheets as one file to be downloaded. A CSV has them below each other, each under its name.
pub fn send_sheets(file_name: &str, kind: SheetKind, sheets: &[Sheet]) -> Response {
    match kind {
        SheetKind::Csv => attachment(file_name, "csv", "text/csv; charset=utf-8", csv(sheets).into_bytes()),
        SheetKind::Xlsx => attachment(
            file_name,
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            xlsx(sheets),
        ),
    }
}

pub fn csv(sheets: &[Sheet]) -> String {
    let mut out = String::from('\u{feff}');
    for (index, sheet) in sheets.iter().enumerate() {
        if index > 0 {
            out.push_str("\r\n");
        }
        if sheets.len() > 1 {
            line(&mut out, &[Cell::from(sheet.name.as_str())]);
        }
        line(
            &mut out,
            &sheet.columns.iter().cloned().map(Cell::from).collect::<Vec<_>>(),
        );
        for row in &sheet.rows {
            line(&mut out, row);
        }
    }
    out
}

fn line(out: &mut String, cells: &[Cell]) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        match cell {
            Cell::Text(text) => quoted(out, &harmless(text)),
            Cell::Number(number) => out.push_str(&number.to_string()),
            Cell::Tenths(tenths) => out.push_str(&tenths_in_words(*tenths)),
            Cell::Empty => {}
        }
    }
    out.push_str("\r\n");
}

/// A text that no spreadsheet program takes for a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

fn quoted(out: &mut String, text: &str) {
    if text.contains(['"', ',', '\r', '\n']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

/// `12`, `12.5`.
pub fn tenths_in_words(tenths: i64) -> String {
    if tenths % 10 == 0 {
        (tenths / 10).to_string()
    } else {
        format!("{}.{}", tenths / 10, (tenths % 10).abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(text: &str) -> Sheet {
        Sheet {
            name: "按机关".to_owned(),
            columns: vec!["机关".to_owned(), "件数".to_owned()],
            rows: vec![
                vec![text.into(), Cell::Number(-3)],
                vec![Cell::Empty, Cell::Tenths(125)],
            ],
        }
    }

    #[test]
    fn no_cell_of_a_csv_is_a_formula() {
        for (text, written) in [
            ("龙湾区", "龙湾区"),
            ("=1+1", "'=1+1"),
            ("+86", "'+86"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\r=1", "\"'\r=1\""),
            ("=cmd,\"x\"", "\"'=cmd,\"\"x\"\"\""),
            ("一,二", "\"一,二\""),
        ] {
            let whole = csv(&[sheet(text)]);
            assert_eq!(
                whole,
                format!("\u{feff}机关,件数\r\n{written},-3\r\n,12.5\r\n"),
                "{text:?}"
            );
        }
    }

    #[test]
    fn several_sheets_lie_below_each_other_in_a_csv() {
        let whole = csv(&[sheet("a"), sheet("b")]);
        assert_eq!(whole.matches("按机关\r\n机关,件数").count(), 2);
    }

    #[test]
    fn tenths_are_told_shortly() {
        assert_eq!([0, 5, 120, 125].map(tenths_in_words), ["0", "0.5", "12", "12.5"]);
    }
}
