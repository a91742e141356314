//! The parts of a workbook that its sheets rest on: names, shared strings, styles.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use super::number::{is_day_format, is_day_number};
use super::xml::{Xml, attribute, referred};
use super::{Limits, SheetName};
use crate::Broken;
use crate::archive::Archive;

#[derive(Default)]
pub struct Book {
    /// With the member that holds it.
    pub sheets: Vec<(SheetName, String)>,
    pub from_1904: bool,
    pub shared: Shared,
    /// By the number of a cell's style: whether it shows a day.
    pub days: Vec<bool>,
}

/// Shared strings end to end: a cell names its own by number.
#[derive(Default)]
pub struct Shared {
    text: String,
    ends: Vec<usize>,
}

impl Shared {
    pub fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)?;
        let start = match number {
            0 => 0,
            _ => *self.ends.get(number - 1)?,
        };
        self.text.get(start..end)
    }
}

/// The kind of a part by the last segment of its relation: the two versions of the norm name them alike there.
struct Relation {
    kind: String,
    member: String,
}

impl Book {
    pub fn read(archive: &Archive<'_>, limits: &Limits) -> Result<Book, Broken> {
        if !archive.has("[Content_Types].xml") {
            return Err(Broken::NotAWorkbook);
        }
        let main = relations(archive, "")?;
        let main = main.into_values().find(|relation| relation.kind == "officeDocument");
        let main = main.map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.member);
        if !archive.has(&main) {
            return Err(Broken::NotAWorkbook);
        }
        let parts = relations(archive, &main)?;
        let mut book = Book::default();
        book.read_sheets(archive, &main, &parts, limits)?;
        let part = |kind: &str| parts.values().find(|relation| relation.kind == kind);
        if let Some(part) = part("sharedStrings") {
            book.shared = shared_strings(archive, &part.member, limits)?;
        }
        if let Some(part) = part("styles") {
            book.days = day_styles(archive, &part.member)?;
        }
        Ok(book)
    }

    fn read_sheets(
        &mut self,
        archive: &Archive<'_>,
        main: &str,
        parts: &BTreeMap<String, Relation>,
        limits: &Limits,
    ) -> Result<(), Broken> {
        let mut xml = Xml::of(archive, main)?;
        loop {
            let event = xml.next()?;
            let (Event::Start(start) | Event::Empty(start)) = &event else {
                match event {
                    Event::Eof => break,
                    _ => continue,
                }
            };
            match start.local_name().as_ref() {
                "workbookPr" => {
                    let flag = attribute(start, "date1904").unwrap_or_default();
                    self.from_1904 = matches!(flag.as_str(), "1" | "true");
                }
                "sheet" => {
                    // Charts and macros stand among the sheets, too.
                    let part = attribute(start, "id").and_then(|id| parts.get(&id));
                    let Some(part) = part.filter(|part| part.kind == "worksheet") else {
                        continue;
                    };
                    if self.sheets.len() >= limits.sheets {
                        return Err(Broken::TooManySheets(limits.sheets));
                    }
                    let name = SheetName {
                        name: attribute(start, "name").unwrap_or_default().chars().take(31).collect(),
                        hidden: attribute(start, "state").is_some_and(|state| state != "visible"),
                    };
                    self.sheets.push((name, part.member.clone()));
                }
                _ => {}
            }
        }
        match self.sheets.is_empty() {
            true => Err(Broken::NotAWorkbook),
            false => Ok(()),
        }
    }
}

const MOST_RELATIONS: usize = 5_000;

/// The parts that a part names, by id; of the archive itself for the empty name.
fn relations(archive: &Archive<'_>, of: &str) -> Result<BTreeMap<String, Relation>, Broken> {
    let (folder, file) = of.rsplit_once('/').unwrap_or(("", of));
    let member = match folder {
        "" => format!("_rels/{file}.rels"),
        folder => format!("{folder}/_rels/{file}.rels"),
    };
    if !archive.has(&member) {
        return Ok(BTreeMap::new());
    }
    let mut found = BTreeMap::new();
    let mut xml = Xml::of(archive, &member)?;
    loop {
        match xml.next()? {
            Event::Eof => return Ok(found),
            Event::Start(start) | Event::Empty(start) if start.local_name().as_ref() == "Relationship" => {
                let of = |name: &str| attribute(&start, name).unwrap_or_default();
                if of("TargetMode") == "External" || found.len() >= MOST_RELATIONS {
                    continue;
                }
                let kind = of("Type").rsplit('/').next().unwrap_or_default().to_owned();
                let target = of("Target");
                let target = match target.strip_prefix('/') {
                    Some(whole) => whole.to_owned(),
                    None if folder.is_empty() => target,
                    None => format!("{folder}/{}", target.trim_start_matches("./")),
                };
                found.insert(of("Id"), Relation { kind, member: target });
            }
            _ => {}
        }
    }
}

fn shared_strings(archive: &Archive<'_>, member: &str, limits: &Limits) -> Result<Shared, Broken> {
    let mut shared = Shared::default();
    let mut xml = Xml::of(archive, member)?;
    // Texts stand in `t`, alone or in runs; what stands in `rPh` says how it is read aloud.
    let (mut in_text, mut aloud) = (false, false);
    loop {
        match xml.next()? {
            Event::Eof => return Ok(shared),
            Event::Start(start) => match start.local_name().as_ref() {
                "t" => in_text = !aloud,
                "rPh" => aloud = true,
                _ => {}
            },
            Event::End(end) => match end.local_name().as_ref() {
                "t" => in_text = false,
                "rPh" => aloud = false,
                "si" => shared.ends.push(shared.text.len()),
                _ => {}
            },
            Event::Empty(empty) if empty.local_name().as_ref() == "si" => shared.ends.push(shared.text.len()),
            Event::Text(text) if in_text => shared.text.push_str(&text.xml10_content()),
            Event::CData(text) if in_text => shared.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) if in_text => shared.text.extend(referred(&reference)),
            _ => {}
        }
        // An entry costs its number's eight bytes, too.
        if shared.text.len() + shared.ends.len() * 8 > limits.text {
            return Err(Broken::TooMuchText(limits.text));
        }
    }
}

const MOST_STYLES: usize = 100_000;

fn day_styles(archive: &Archive<'_>, member: &str) -> Result<Vec<bool>, Broken> {
    let mut own = BTreeMap::new();
    let mut days = Vec::new();
    let mut in_cells = false;
    let mut xml = Xml::of(archive, member)?;
    loop {
        match xml.next()? {
            Event::Eof => return Ok(days),
            Event::End(end) if end.local_name().as_ref() == "cellXfs" => in_cells = false,
            Event::Start(start) | Event::Empty(start) => match start.local_name().as_ref() {
                "numFmt" if own.len() < MOST_STYLES => {
                    let number = attribute(&start, "numFmtId").and_then(|id| id.parse::<u32>().ok());
                    let code = attribute(&start, "formatCode").unwrap_or_default();
                    own.extend(number.map(|number| (number, is_day_format(&code))));
                }
                "cellXfs" => in_cells = true,
                "xf" if in_cells && days.len() < MOST_STYLES => {
                    let number = attribute(&start, "numFmtId").and_then(|id| id.parse::<u32>().ok());
                    let number = number.unwrap_or(0);
                    days.push(own.get(&number).copied().unwrap_or_else(|| is_day_number(number)));
                }
                _ => {}
            },
            _ => {}
        }
    }
}
