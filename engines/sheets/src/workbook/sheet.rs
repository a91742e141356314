//! A sheet's lines, one by one.

use std::ops::ControlFlow;

use quick_xml::events::{BytesStart, Event};

use super::book::Book;
use super::number;
use super::xml::{Xml, attribute, referred};
use super::{Area, Cell, Kind, Limits, Line, place_of};
use crate::Broken;
use crate::archive::Archive;

const LAST_ROW: u32 = 1_048_576;

pub fn read(
    archive: &Archive<'_>,
    book: &Book,
    limits: &Limits,
    sheet: &str,
    member: &str,
    take: &mut dyn FnMut(&Line) -> ControlFlow<()>,
) -> Result<Vec<Area>, Broken> {
    let mut xml = Xml::of(archive, member)?;
    let mut reading = Reading {
        book,
        limits,
        sheet,
        line: Line::default(),
        next_row: 1,
        next_column: 0,
        lines: 0,
        cell: None,
        part: Part::None,
        areas: Vec::new(),
    };
    loop {
        let done = match xml.next()? {
            Event::Eof => return Ok(reading.areas),
            Event::Start(start) => reading.start(&start)?,
            Event::Empty(start) => {
                let flow = reading.start(&start)?;
                match flow {
                    ControlFlow::Continue(()) => reading.end(start.local_name().as_ref(), take)?,
                    stopped => stopped,
                }
            }
            Event::End(end) => reading.end(end.local_name().as_ref(), take)?,
            Event::Text(text) => reading.text(&text.xml10_content())?,
            Event::CData(text) => reading.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => match referred(&reference) {
                Some(found) => reading.text(found.encode_utf8(&mut [0; 4]))?,
                None => ControlFlow::Continue(()),
            },
            _ => ControlFlow::Continue(()),
        };
        if done.is_break() {
            return Ok(Vec::new());
        }
    }
}

/// Which text is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    None,
    Value,
    /// In place (`is`), outside of what is read aloud.
    Inline,
    Aloud,
}

/// A cell while it is read.
#[derive(Default)]
struct Raw {
    column: u32,
    kind: String,
    style: usize,
    value: String,
    formula: bool,
}

struct Reading<'a> {
    book: &'a Book,
    limits: &'a Limits,
    sheet: &'a str,
    line: Line,
    next_row: u32,
    next_column: u32,
    lines: usize,
    cell: Option<Raw>,
    part: Part,
    areas: Vec<Area>,
}

type Step = Result<ControlFlow<()>, Broken>;

const ON: Step = Ok(ControlFlow::Continue(()));

impl Reading<'_> {
    fn start(&mut self, start: &BytesStart<'_>) -> Step {
        match start.local_name().as_ref() {
            "row" => self.start_row(start),
            "c" => self.start_cell(start),
            "v" => self.part = Part::Value,
            "t" if self.part != Part::Aloud => self.part = Part::Inline,
            "rPh" => self.part = Part::Aloud,
            "f" => {
                if let Some(cell) = &mut self.cell {
                    cell.formula = true;
                }
            }
            "mergeCell" => self.area(start)?,
            _ => {}
        }
        ON
    }

    /// Rows and cells may leave out their names: then they follow the one before.
    fn start_row(&mut self, start: &BytesStart<'_>) {
        let told = attribute(start, "r").and_then(|row| row.parse::<u32>().ok());
        // A row that goes back, or beyond the last, is taken for the next: nothing is lost and places stay in order.
        let row = told.filter(|row| (self.next_row..=LAST_ROW).contains(row));
        let row = row.unwrap_or(self.next_row);
        self.line.number = row;
        self.line.cells.clear();
        self.next_row = row.saturating_add(1);
        self.next_column = 0;
    }

    fn start_cell(&mut self, start: &BytesStart<'_>) {
        let mut cell = Raw {
            column: self.next_column,
            ..Raw::default()
        };
        for attribute in start.attributes().with_checks(false).flatten() {
            let value = || attribute.value.as_ref();
            match attribute.key.as_ref() {
                "r" => {
                    let told = place_of(value()).map(|(column, _)| column);
                    cell.column = told.filter(|column| *column >= self.next_column).unwrap_or(cell.column);
                }
                "t" => cell.kind = value().to_owned(),
                "s" => cell.style = value().parse().unwrap_or(0),
                _ => {}
            }
        }
        self.next_column = cell.column.saturating_add(1);
        self.part = Part::None;
        self.cell = Some(cell);
    }

    fn text(&mut self, text: &str) -> Step {
        if !matches!(self.part, Part::Value | Part::Inline) {
            return ON;
        }
        if let Some(cell) = &mut self.cell {
            if cell.value.len() + text.len() > self.limits.cell {
                return Err(self.too_long());
            }
            cell.value.push_str(text);
        }
        ON
    }

    fn too_long(&self) -> Broken {
        Broken::CellTooLong {
            sheet: self.sheet.to_owned(),
            row: self.line.number,
            most: self.limits.cell,
        }
    }

    fn end(&mut self, name: &str, take: &mut dyn FnMut(&Line) -> ControlFlow<()>) -> Step {
        match name {
            "v" | "rPh" => self.part = Part::None,
            "t" if self.part == Part::Inline => self.part = Part::None,
            "c" => self.end_cell()?,
            "row" => return self.end_row(take),
            _ => {}
        }
        ON
    }

    fn end_cell(&mut self) -> Result<(), Broken> {
        self.part = Part::None;
        let Some(raw) = self.cell.take() else {
            return Ok(());
        };
        let (text, mut kind) = self.meaning(&raw);
        if text.trim().is_empty() {
            // A formula whose result the file does not keep says nothing that could be used; one that makes an empty text does.
            if !raw.formula || raw.kind == "str" {
                return Ok(());
            }
            kind = Kind::Fault;
        }
        if raw.column >= self.limits.columns {
            return Err(Broken::TooManyColumns {
                sheet: self.sheet.to_owned(),
                row: self.line.number,
                most: self.limits.columns,
            });
        }
        if text.len() > self.limits.cell {
            return Err(self.too_long());
        }
        self.line.cells.push(Cell {
            column: raw.column,
            text,
            kind,
            formula: raw.formula,
        });
        Ok(())
    }

    fn meaning(&self, raw: &Raw) -> (String, Kind) {
        let value = raw.value.as_str();
        match raw.kind.as_str() {
            "s" => {
                let number = value.trim().parse().ok();
                let found = number.and_then(|number| self.book.shared.get(number));
                (found.unwrap_or_default().to_owned(), Kind::Text)
            }
            "inlineStr" | "str" => (value.to_owned(), Kind::Text),
            "b" => (if value.trim() == "1" { "是" } else { "否" }.to_owned(), Kind::Flag),
            "e" => (value.to_owned(), Kind::Fault),
            "d" => (value.trim().trim_end_matches("T00:00:00").replace('T', " "), Kind::Date),
            _ => {
                let value = value.trim();
                let is_day = self.book.days.get(raw.style).copied().unwrap_or(false);
                match is_day.then(|| number::day(value, self.book.from_1904)).flatten() {
                    Some(day) => (day, Kind::Date),
                    None => (number::plain(value), Kind::Number),
                }
            }
        }
    }

    fn end_row(&mut self, take: &mut dyn FnMut(&Line) -> ControlFlow<()>) -> Step {
        if self.line.cells.is_empty() {
            return ON;
        }
        self.lines += 1;
        if self.lines > self.limits.lines {
            return Err(Broken::TooManyRows {
                sheet: self.sheet.to_owned(),
                most: self.limits.lines,
            });
        }
        let flow = take(&self.line);
        self.line.cells.clear();
        Ok(flow)
    }

    fn area(&mut self, start: &BytesStart<'_>) -> Result<(), Broken> {
        let named = attribute(start, "ref").unwrap_or_default();
        let Some((first, last)) = named.split_once(':') else {
            return Ok(());
        };
        let (Some(first), Some(last)) = (place_of(first), place_of(last)) else {
            return Ok(());
        };
        if self.areas.len() >= self.limits.areas {
            return Err(Broken::TooManyAreas(self.sheet.to_owned()));
        }
        if first.0 <= last.0 && first.1 <= last.1 {
            self.areas.push(Area {
                rows: (first.1, last.1),
                columns: (first.0, last.0),
            });
        }
        Ok(())
    }
}
