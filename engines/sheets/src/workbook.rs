//! A workbook (XLSX, ECMA-376 part 1): its sheets, and their lines as a stream.

mod book;
mod number;
mod sheet;
mod xml;

use std::ops::ControlFlow;

use crate::Broken;
use crate::archive::{self, Archive};

use book::Book;

/// What a workbook may hold; the archive's own limits stand beside.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub archive: archive::Limits,
    pub sheets: usize,
    /// Lines of one sheet that hold something.
    pub lines: usize,
    pub columns: u32,
    /// Bytes of one cell.
    pub cell: usize,
    /// Bytes of all shared strings.
    pub text: usize,
    pub areas: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            archive: archive::WORKBOOK,
            sheets: 60,
            lines: 120_000,
            columns: 256,
            cell: 128 * 1024,
            text: 192 << 20,
            areas: 100_000,
        }
    }
}

/// What a cell was before it became a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    /// `2026-03-01`, or `2026-03-01 08:30`.
    Date,
    /// `是` or `否`.
    Flag,
    /// What a table program shows where a formula failed, `#N/A`.
    Fault,
}

/// A cell that holds something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// From 0.
    pub column: u32,
    pub text: String,
    pub kind: Kind,
    /// The text is what the program that saved the file had calculated last.
    pub formula: bool,
}

/// A row that holds something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// As the table program counts, from 1.
    pub number: u32,
    /// By column.
    pub cells: Vec<Cell>,
}

/// Merged cells: rows from 1, columns from 0, both ends included. Only the first cell holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Area {
    pub rows: (u32, u32),
    pub columns: (u32, u32),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetName {
    pub name: String,
    /// Not shown by table programs; read all the same, and told.
    pub hidden: bool,
}

/// How much a sheet holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    pub lines: usize,
    pub areas: Vec<Area>,
    /// Cells with formulas.
    pub formulas: usize,
}

pub struct Workbook<'a> {
    archive: Archive<'a>,
    book: Book,
    limits: Limits,
}

impl<'a> Workbook<'a> {
    /// Reads the directory, the names of the sheets, shared strings and which styles are dates.
    ///
    /// # Errors
    /// What is no workbook, broken or too large.
    pub fn open(bytes: &'a [u8], limits: Limits) -> Result<Workbook<'a>, Broken> {
        let archive = Archive::open(bytes, limits.archive)?;
        let book = Book::read(&archive, &limits)?;
        Ok(Workbook { archive, book, limits })
    }

    pub fn sheets(&self) -> impl Iterator<Item = &SheetName> {
        self.book.sheets.iter().map(|(name, _)| name)
    }

    /// Goes through a sheet once: how many lines, which cells are merged.
    ///
    /// # Errors
    /// What is broken or beyond the limits.
    pub fn survey(&self, sheet: usize) -> Result<Survey, Broken> {
        let mut formulas = 0;
        let mut lines = 0;
        let areas = self.read(sheet, &mut |line| {
            lines += 1;
            formulas += line.cells.iter().filter(|cell| cell.formula).count();
            ControlFlow::Continue(())
        })?;
        Ok(Survey { lines, areas, formulas })
    }

    /// Hands over the lines of a sheet that hold something, one by one; gives the merged areas, which stand at a sheet's
    /// end, none where the taker broke off.
    ///
    /// # Errors
    /// What is broken or beyond the limits. A sheet that there is not has no lines.
    pub fn read(&self, sheet: usize, take: &mut dyn FnMut(&Line) -> ControlFlow<()>) -> Result<Vec<Area>, Broken> {
        let Some((name, member)) = self.book.sheets.get(sheet) else {
            return Ok(Vec::new());
        };
        sheet::read(&self.archive, &self.book, &self.limits, &name.name, member, take)
    }
}

/// `AB12` as column 27 and row 12; `None` for what is no such name.
fn place_of(name: &str) -> Option<(u32, u32)> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = name.split_at(letters);
    if letters.is_empty() || letters.len() > 3 || digits.len() > 7 {
        return None;
    }
    let column = letters.bytes().fold(0, |sum, letter| {
        sum * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1
    });
    let row = digits.parse().ok().filter(|row| *row > 0)?;
    Some((column - 1, row))
}

/// Column 27 as `AB`, as people call it.
pub fn column_name(column: u32) -> String {
    let mut name = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        rest -= 1;
        name.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    name.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_people_name_them() {
        let check = |name: &str, expect: Option<(u32, u32)>| assert_eq!(place_of(name), expect, "{name}");
        check("A1", Some((0, 1)));
        check("AB12", Some((27, 12)));
        check("XFD1048576", Some((16_383, 1_048_576)));
        check("A0", None);
        check("12", None);
        check("AAAA1", None);
        assert_eq!(
            [0, 25, 26, 27, 701, 702].map(column_name),
            ["A", "Z", "AA", "AB", "ZZ", "AAA"]
        );
    }
}
