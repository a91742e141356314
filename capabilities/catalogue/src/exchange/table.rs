//! A file's sheets as lines of cells, whatever the format; merged cells are filled and say so.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use mingjing_chronicle::Refusal;
use mingjing_sheets::workbook::{Limits, Survey};
use mingjing_sheets::{Area, Broken, Encoding, Kind, Line, Workbook, text_of};

/// A cell that holds something, or that a merged area fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridCell {
    pub text: String,
    pub kind: Kind,
    pub formula: bool,
    /// Filled from a row above.
    pub above: bool,
    /// Filled from a column to the left in the same row.
    pub left: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GridLine {
    /// From 1, as table programs count.
    pub number: u32,
    pub cells: BTreeMap<u32, GridCell>,
}

impl GridLine {
    pub fn text(&self, column: u32) -> &str {
        self.cells.get(&column).map_or("", |cell| cell.text.as_str())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetFacts {
    pub name: String,
    pub hidden: bool,
    pub lines: usize,
    pub formulas: usize,
}

/// A file that has been looked through once: within its limits, every sheet readable to the end.
pub struct Tables<'a> {
    inner: Inner<'a>,
    sheets: Vec<(SheetFacts, Vec<Area>)>,
    /// Said where the text was in another encoding than UTF-8.
    pub encoding: Option<Encoding>,
}

enum Inner<'a> {
    Workbook(Box<Workbook<'a>>),
    Csv(Cow<'a, str>),
}

pub const MOST_LINES: usize = 120_000;
const MOST_COLUMNS: usize = 256;
const MOST_CELL: usize = 128 * 1024;
/// Cells that merged areas fill in one line.
const MOST_FILLED: usize = 1_000;

fn refused(code: &str, message: String) -> Refusal {
    Refusal::invalid(format!("catalogue.table.{code}"), message).advice("请检查文件后重新上传。")
}

fn of_broken(broken: &Broken) -> Refusal {
    refused(broken.code(), format!("{broken}。"))
}

impl<'a> Tables<'a> {
    /// # Errors
    /// What cannot be read to the end, or is beyond the limits.
    pub fn workbook(bytes: &'a [u8]) -> Result<Tables<'a>, Refusal> {
        let book = Workbook::open(bytes, Limits::default()).map_err(|broken| of_broken(&broken))?;
        let names: Vec<_> = book.sheets().cloned().collect();
        let mut sheets = Vec::new();
        let mut lines = 0;
        for (index, name) in names.into_iter().enumerate() {
            let survey: Survey = book.survey(index).map_err(|broken| of_broken(&broken))?;
            lines += survey.lines;
            if lines > MOST_LINES {
                return Err(refused(
                    "too_many_rows",
                    format!("各工作表合计超过{MOST_LINES}行，请分成几个文件。"),
                ));
            }
            let facts = SheetFacts {
                name: name.name,
                hidden: name.hidden,
                lines: survey.lines,
                formulas: survey.formulas,
            };
            sheets.push((facts, sorted(survey.areas)));
        }
        Ok(Tables {
            inner: Inner::Workbook(Box::new(book)),
            sheets,
            encoding: None,
        })
    }

    /// # Errors
    /// What is in none of the known encodings, not CSV, or beyond the limits.
    pub fn csv(bytes: &'a [u8]) -> Result<Tables<'a>, Refusal> {
        let (text, encoding) = text_of(bytes).ok_or_else(|| {
            let message = "文件的编码无法识别，请在表格软件中另存为“CSV UTF-8”。".to_owned();
            refused("encoding", message)
        })?;
        let mut lines = 0;
        csv_lines(&text, &mut |_| {
            lines += 1;
            ControlFlow::Continue(())
        })?;
        let facts = SheetFacts {
            name: "CSV".to_owned(),
            hidden: false,
            lines,
            formulas: 0,
        };
        Ok(Tables {
            inner: Inner::Csv(text),
            sheets: vec![(facts, Vec::new())],
            encoding: (encoding != Encoding::Utf8).then_some(encoding),
        })
    }

    pub fn sheets(&self) -> impl Iterator<Item = &SheetFacts> {
        self.sheets.iter().map(|(facts, _)| facts)
    }

    /// The lines of a sheet that hold something, one by one.
    ///
    /// # Errors
    /// As at opening.
    pub fn read(&self, sheet: usize, take: &mut dyn FnMut(&GridLine) -> ControlFlow<()>) -> Result<(), Refusal> {
        match &self.inner {
            Inner::Csv(text) => csv_lines(text, take),
            Inner::Workbook(book) => {
                let areas = self.sheets.get(sheet).map_or(&[][..], |(_, areas)| areas);
                let mut filling = Filling::of(areas);
                let read = book.read(sheet, &mut |line| take(&filling.line(line)));
                read.map(|_| ()).map_err(|broken| of_broken(&broken))
            }
        }
    }
}

fn sorted(mut areas: Vec<Area>) -> Vec<Area> {
    areas.sort_by_key(|area| (area.rows.0, area.columns.0));
    areas
}

/// Puts the text of each merged area into all of its cells.
struct Filling<'a> {
    areas: &'a [Area],
    next: usize,
    /// Areas that reach the present row, with what their first cell holds.
    open: Vec<(Area, Option<GridCell>)>,
}

impl<'a> Filling<'a> {
    fn of(areas: &'a [Area]) -> Filling<'a> {
        Filling {
            areas,
            next: 0,
            open: Vec::new(),
        }
    }

    fn line(&mut self, line: &Line) -> GridLine {
        let mut grid = GridLine {
            number: line.number,
            cells: line.cells.iter().map(|cell| (cell.column, grid_cell(cell))).collect(),
        };
        self.open.retain(|(area, _)| area.rows.1 >= line.number);
        while let Some(area) = self.areas.get(self.next).filter(|area| area.rows.0 <= line.number) {
            self.next += 1;
            // An area whose first row is empty holds nothing.
            let first = (area.rows.0 == line.number)
                .then(|| grid.cells.get(&area.columns.0).cloned())
                .flatten();
            if area.rows.1 >= line.number && self.open.len() < MOST_FILLED {
                self.open.push((*area, first));
            }
        }
        let mut filled = 0;
        for (area, first) in &self.open {
            let Some(first) = first else { continue };
            for column in area.columns.0..=area.columns.1.min(MOST_COLUMNS as u32 - 1) {
                filled += 1;
                if filled > MOST_FILLED {
                    return grid;
                }
                let above = area.rows.0 < line.number;
                grid.cells.entry(column).or_insert_with(|| GridCell {
                    above,
                    left: !above,
                    ..first.clone()
                });
            }
        }
        grid
    }
}

fn grid_cell(cell: &mingjing_sheets::Cell) -> GridCell {
    GridCell {
        text: cell.text.clone(),
        kind: cell.kind,
        formula: cell.formula,
        above: false,
        left: false,
    }
}

/// Lines of a text by byte. The reader's own count is one short after a line that ends in CR LF: it stands between the two.
struct TextPlace<'a> {
    bytes: &'a [u8],
    counted: usize,
    line: u32,
}

impl<'a> TextPlace<'a> {
    fn of(text: &'a str) -> TextPlace<'a> {
        TextPlace {
            bytes: text.as_bytes(),
            counted: 0,
            line: 1,
        }
    }

    /// The line of what is written at `byte` or, past line ends, next after it; asked in ascending order.
    fn line_of(&mut self, byte: u64) -> u32 {
        let from = usize::try_from(byte).unwrap_or(usize::MAX).min(self.bytes.len());
        let ends = self.bytes[from..]
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let begins = from + ends.count();
        for at in self.counted..begins {
            let ended = match self.bytes[at] {
                b'\n' => true,
                b'\r' => self.bytes.get(at + 1) != Some(&b'\n'),
                _ => false,
            };
            self.line = self.line.saturating_add(u32::from(ended));
        }
        self.counted = self.counted.max(begins);
        self.line
    }
}

fn csv_lines(text: &str, take: &mut dyn FnMut(&GridLine) -> ControlFlow<()>) -> Result<(), Refusal> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = match (first.contains(','), first.contains('\t'), first.contains(';')) {
        (false, true, _) => b'\t',
        (false, false, true) => b';',
        _ => b',',
    };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut lines = 0;
    let mut place = TextPlace::of(text);
    for record in reader.records() {
        let record = record.map_err(|cause| {
            let line = cause.position().map_or(0, csv::Position::line);
            refused("csv", format!("第{line}行不符合CSV格式，无法读取。"))
        })?;
        let number = place.line_of(record.position().map_or(0, csv::Position::byte));
        let mut grid = GridLine {
            number,
            cells: BTreeMap::new(),
        };
        for (column, cell) in record.iter().enumerate() {
            let cell = plain(cell);
            if cell.trim().is_empty() {
                continue;
            }
            if column >= MOST_COLUMNS {
                return Err(refused(
                    "too_many_columns",
                    format!("第{number}行超过{MOST_COLUMNS}列。"),
                ));
            }
            if cell.len() > MOST_CELL {
                return Err(refused(
                    "cell_too_long",
                    format!("第{number}行有单元格超过{}KB。", MOST_CELL / 1024),
                ));
            }
            let text = GridCell {
                text: cell.to_owned(),
                kind: Kind::Text,
                formula: false,
                above: false,
                left: false,
            };
            grid.cells.insert(u32::try_from(column).unwrap_or(u32::MAX), text);
        }
        if grid.cells.is_empty() {
            continue;
        }
        lines += 1;
        if lines > MOST_LINES {
            return Err(refused(
                "too_many_rows",
                format!("文件超过{MOST_LINES}行，请分成几个文件。"),
            ));
        }
        if take(&grid).is_break() {
            return Ok(());
        }
    }
    Ok(())
}

/// Undoes the apostrophe that exports put before what a table program would calculate.
fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn lines_are_numbered_as_people_see_them() {
        fn check(text: &str, expect: &[u32]) {
            let mut seen = Vec::new();
            csv_lines(text, &mut |line| {
                seen.push(line.number);
                ControlFlow::Continue(())
            })
            .unwrap();
            assert_eq!(seen, expect, "{text:?}");
        }
        check("a,b\nc,d\ne,f\n", &[1, 2, 3]);
        check("a,b\r\nc,d\r\ne,f", &[1, 2, 3]);
        check("a,b\rc,d\re,f\r", &[1, 2, 3]);
        check("\r\na,b\r\n\r\n\r\nc,d\r\n", &[2, 5]);
        check("a,b\r\n\"c\nc\",d\r\ne,f\r\n", &[1, 2, 4]);
        check("a,b\n,\nc,d\n", &[1, 3]);
        check("", &[]);
    }
}
