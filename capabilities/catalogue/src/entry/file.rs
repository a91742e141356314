//! A file of rows, by its content CSV or JSON. Refuses early what could not be a catalogue.

use std::collections::BTreeMap;

use mingjing_chronicle::Refusal;
use serde_json::Value as Json;

use super::{Problem, columns, decisions};

pub const MAX_BYTES: usize = 20 * 1024 * 1024;
pub const MAX_ROWS: usize = 20_000;
/// Of one cell. A flow or a form inside a JSON file may have sixteen times as much.
pub const MAX_FIELD_BYTES: usize = 64 * 1024;
const MAX_ATTACHED_BYTES: usize = 16 * MAX_FIELD_BYTES;
const MAX_COLUMNS: usize = 200;

/// One row with its cells by column key. Problems found while reading stay with the row.
#[derive(Debug, Clone, PartialEq)]
pub struct RawRow {
    /// First line of the row in the file, from 1.
    pub line: u64,
    pub cells: BTreeMap<&'static str, Json>,
    pub problems: Vec<Problem>,
}

/// Reads a whole file.
///
/// # Errors
/// A refusal for a file that is too large, not UTF-8, or neither CSV nor JSON. What is wrong with
/// single rows is kept in the rows; the heading's problems are a row of line 1 without cells.
pub fn read_file(bytes: &[u8]) -> Result<Vec<RawRow>, Refusal> {
    let text = text_of(bytes)?;
    let rows = match text.trim_start().chars().next() {
        None => return Err(invalid("empty", "文件是空的，没有可以导入的事项。")),
        Some('[' | '{') => read_json(text)?,
        Some(_) => read_csv(text)?,
    };
    if rows.is_empty() {
        return Err(invalid("empty", "文件里没有事项，只有表头。"));
    }
    Ok(rows)
}

/// Names of flow, form and benchmark files that the rows refer to: relative paths below the file's folder.
pub fn attachment_names(bytes: &[u8]) -> Vec<String> {
    let Ok(rows) = read_file(bytes) else {
        return Vec::new();
    };
    let mut names: Vec<String> = rows
        .iter()
        .flat_map(|row| {
            let named = ["flow", "form"].into_iter().filter_map(|key| row.cells.get(key));
            let benchmark = row.cells.get("discretion_benchmark");
            let benchmark = benchmark.filter(|cell| cell.as_str().is_some_and(is_benchmark_file));
            let named = named.chain(benchmark).filter_map(Json::as_str).map(str::to_owned);
            named.chain(decisions::names(row.cells.get("decisions")))
        })
        .filter(|name| is_attachment_name(name))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// A relative path without tricks: never out of the folder, on any system.
pub fn is_attachment_name(name: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':', '\0']);
    name.len() <= 200 && name.split('/').all(plain)
}

/// A name of a benchmark file, not the benchmark in words.
pub fn is_benchmark_file(said: &str) -> bool {
    said.starts_with("benchmarks/") && said.ends_with(".txt") && is_attachment_name(said)
}

fn invalid(code: &str, message: impl Into<String>) -> Refusal {
    Refusal::invalid(format!("catalogue.import.{code}"), message)
}

fn text_of(bytes: &[u8]) -> Result<&str, Refusal> {
    if bytes.len() > MAX_BYTES {
        let message = format!("文件超过{}MB，请分成几个文件导入。", MAX_BYTES / 1024 / 1024);
        return Err(invalid("too_large", message));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|cause| {
        let line = bytes[..cause.valid_up_to()]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        let message = format!("文件不是UTF-8编码（第{line}行起无法读取），可能是用GB18030（GBK）或UTF-16保存的。");
        invalid("encoding", message).advice("请在表格软件中另存为“CSV UTF-8”格式后重新导入。")
    })
}

fn read_csv(text: &str) -> Result<Vec<RawRow>, Refusal> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter_of(text))
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let broken = |cause: csv::Error| {
        let line = cause.position().map_or(0, csv::Position::line);
        invalid("csv", format!("第{line}行不符合CSV格式，无法读取。"))
    };
    let Some(heading) = records.next() else {
        return Err(invalid("empty", "文件是空的，没有可以导入的事项。"));
    };
    let heading = heading.map_err(broken)?;
    let (found, problems) = headings(heading.iter())?;
    let mut rows = Vec::new();
    if !problems.is_empty() {
        rows.push(RawRow {
            line: 1,
            cells: BTreeMap::new(),
            problems,
        });
    }
    for record in records {
        let record = record.map_err(broken)?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        refuse_too_many(rows.len())?;
        rows.push(csv_row(&record, &found, line_of(&record, text)));
    }
    Ok(rows)
}

/// Tab-separated and semicolon-separated files come out of some table programs under the name CSV.
fn delimiter_of(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or("");
    match (first.contains(','), first.contains('\t')) {
        (false, true) => b'\t',
        _ => b',',
    }
}

type Headings = Vec<Option<&'static str>>;

fn headings<'a>(names: impl Iterator<Item = &'a str>) -> Result<(Headings, Vec<Problem>), Refusal> {
    let mut found: Headings = Vec::new();
    let mut problems = Vec::new();
    for name in names {
        if found.len() >= MAX_COLUMNS {
            return Err(invalid("too_many_columns", format!("表头超过{MAX_COLUMNS}列。")));
        }
        let key = columns::find(name).map(|column| column.key);
        match key {
            Some(key) if found.contains(&Some(key)) => {
                problems.push(Problem::new(
                    key,
                    "column_twice",
                    format!("列“{}”出现了两次", shortened(name)),
                ));
            }
            None if !name.trim().is_empty() => problems.push(unknown_column(name)),
            _ => {}
        }
        found.push(key);
    }
    if !found.contains(&Some("item_code")) {
        return Err(invalid(
            "heading",
            "第1行应为表头，其中要有“事项编码”（item_code）一列。",
        ));
    }
    Ok((found, problems))
}

fn unknown_column(name: &str) -> Problem {
    let name = shortened(name);
    Problem::new(
        name.clone(),
        "unknown_column",
        format!("不认识列“{name}”，请改为规定的列名或删去"),
    )
}

/// Enough of a foreign text to recognise it by.
pub(super) fn shortened(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !c.is_control()).take(40).collect();
    match text.chars().count() > 40 {
        true => format!("{kept}…"),
        false => kept,
    }
}

fn refuse_too_many(rows: usize) -> Result<(), Refusal> {
    if rows < MAX_ROWS {
        return Ok(());
    }
    let message = format!("文件超过{MAX_ROWS}行，请分成几个文件导入。");
    Err(invalid("too_many_rows", message))
}

/// The reader tells where it began to look for the record: blank lines before it are still to come.
fn line_of(record: &csv::StringRecord, text: &str) -> u64 {
    let Some(position) = record.position() else {
        return 0;
    };
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + blank.filter(|byte| **byte == b'\n').map(|_| 1).sum::<u64>()
}

fn csv_row(record: &csv::StringRecord, headings: &Headings, line: u64) -> RawRow {
    let mut row = RawRow {
        line,
        cells: BTreeMap::new(),
        problems: Vec::new(),
    };
    if record.len() != headings.len() {
        let reason = format!("本行有{}列，表头有{}列", record.len(), headings.len());
        row.problems.push(Problem::new("", "column_count", reason));
    }
    for (cell, key) in record.iter().zip(headings) {
        if let Some(key) = *key {
            row.put(key, Json::String(plain_cell(cell).to_owned()));
        }
    }
    row
}

/// Undoes the apostrophe that the export puts before what a table program would calculate. Without
/// it such a cell is data like any other.
fn plain_cell(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r', '\'']) => rest,
        _ => cell,
    }
}

impl RawRow {
    fn put(&mut self, key: &'static str, value: Json) {
        let most = match key {
            "flow" | "form" | "decisions" => MAX_ATTACHED_BYTES,
            _ => MAX_FIELD_BYTES,
        };
        let size = match &value {
            Json::String(text) => text.len(),
            Json::Null | Json::Bool(_) | Json::Number(_) => 0,
            structured => structured.to_string().len(),
        };
        if size > most {
            let reason = format!("内容超过{}KB", most / 1024);
            self.problems.push(Problem::new(key, "too_long", reason));
            return;
        }
        if holds_control(&value) {
            self.problems
                .push(Problem::new(key, "control_character", "含有不可见的控制字符"));
            return;
        }
        self.cells.insert(key, value);
    }
}

fn holds_control(value: &Json) -> bool {
    let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    match value {
        Json::String(text) => text.contains(odd),
        Json::Array(values) => values.iter().any(holds_control),
        Json::Object(fields) => fields
            .iter()
            .any(|(key, value)| key.contains(odd) || holds_control(value)),
        _ => false,
    }
}

fn read_json(text: &str) -> Result<Vec<RawRow>, Refusal> {
    // serde_json stops at 128 levels by itself.
    let value: Json = serde_json::from_str(text).map_err(|cause| {
        let message = format!("第{}行第{}列不符合JSON格式，无法读取。", cause.line(), cause.column());
        invalid("json", message)
    })?;
    let (items, depth) = match value {
        Json::Array(items) => (items, 1),
        Json::Object(mut file) => match file.remove("items") {
            Some(Json::Array(items)) if file.is_empty() => (items, 2),
            _ => return Err(invalid("json", "JSON文件应为事项的数组，或只含“items”数组的对象。")),
        },
        _ => return Err(invalid("json", "JSON文件应为事项的数组，或只含“items”数组的对象。")),
    };
    if items.len() > MAX_ROWS {
        refuse_too_many(items.len())?;
    }
    let mut lines = value_lines(text, depth).into_iter();
    Ok(items
        .into_iter()
        .map(|item| json_row(item, lines.next().unwrap_or(0)))
        .collect())
}

fn json_row(item: Json, line: u64) -> RawRow {
    let mut row = RawRow {
        line,
        cells: BTreeMap::new(),
        problems: Vec::new(),
    };
    let Json::Object(fields) = item else {
        row.problems
            .push(Problem::new("", "not_an_item", "这里应为一个事项（JSON对象）"));
        return row;
    };
    for (name, value) in fields {
        match columns::find(&name) {
            Some(column) if row.cells.contains_key(column.key) => {
                let reason = format!("“{}”以两个名称出现了两次", column.heading);
                row.problems.push(Problem::new(column.key, "column_twice", reason));
            }
            Some(column) => row.put(column.key, value),
            None => row.problems.push(unknown_column(&name)),
        }
    }
    row
}

/// Lines on which the values inside the brackets at `depth` begin. Only for text that has parsed.
fn value_lines(text: &str, depth: u32) -> Vec<u64> {
    let mut lines = Vec::new();
    let (mut line, mut level) = (1u64, 0u32);
    let (mut in_string, mut escaped) = (false, false);
    // Whether a value of the array has begun since the last comma.
    let mut begun = true;
    for byte in text.bytes() {
        if byte == b'\n' {
            line += 1;
        }
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        let opens_value = !byte.is_ascii_whitespace() && !matches!(byte, b',' | b']' | b'}' | b':');
        if level == depth && opens_value && !begun {
            lines.push(line);
            begun = true;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => {
                level += 1;
                if level == depth {
                    begun = byte == b'{';
                }
            }
            b']' | b'}' => level = level.saturating_sub(1),
            b',' if level == depth => begun = false,
            _ => {}
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use proptest::prelude::*;

    fn code_of(bytes: &[u8]) -> String {
        read_file(bytes).unwrap_err().code.into_owned()
    }

    #[test]
    fn a_file_that_cannot_be_a_catalogue_is_refused_as_a_whole() {
        let check = |bytes: &[u8], code: &str| assert_eq!(code_of(bytes), format!("catalogue.import.{code}"));
        check(b"", "empty");
        check(b"\xEF\xBB\xBF", "empty");
        check(b"item_code,name\n", "empty");
        check(b"name,place\nx,y\n", "heading");
        // 事项编码 in GB18030, and a UTF-16 mark.
        check(b"\xCA\xC2\xCF\xEE\xB1\xE0\xC2\xEB\n", "encoding");
        check(b"\xFF\xFEi\0t\0", "encoding");
        check(b"[1,", "json");
        check(b"{\"rows\":[]}", "json");
        check(&vec![b'x'; MAX_BYTES + 1], "too_large");
        check("[".repeat(100_000).as_bytes(), "json");
        let many = format!("item_code\n{}", "a\n".repeat(MAX_ROWS + 1));
        check(many.as_bytes(), "too_many_rows");
    }

    #[test]
    fn rows_know_their_lines() {
        let csv = "\u{feff}事项编码,name\n\"a\",\"two\nlines\"\n\nb,c\n";
        let lines = |text: &str| {
            read_file(text.as_bytes())
                .unwrap()
                .iter()
                .map(|row| row.line)
                .collect::<Vec<_>>()
        };
        assert_eq!(lines(csv), [2, 5]);
        assert_eq!(lines("[\n{\"name\":\"a,[\\\"\"},\n\n{\"name\":\"b\"}, 7]"), [2, 4, 4]);
        assert_eq!(lines("{\"items\":\n[{},\n{}]}"), [2, 3]);
    }

    #[test]
    fn problems_of_cells_stay_with_their_row() {
        let codes = |text: &str| -> Vec<(u64, String, String)> {
            read_file(text.as_bytes())
                .unwrap()
                .into_iter()
                .flat_map(|row| {
                    row.problems
                        .into_iter()
                        .map(move |problem| (row.line, problem.field.into_owned(), problem.code.into_owned()))
                })
                .collect()
        };
        let row = |line: u64, field: &str, code: &str| (line, field.to_owned(), code.to_owned());
        assert_eq!(codes("item_code,colour\nx,red\n"), [row(1, "colour", "unknown_column")]);
        assert_eq!(
            codes("item_code,事项编码\nx,y\n"),
            [row(1, "item_code", "column_twice")]
        );
        assert_eq!(codes("item_code,name\nx\n"), [row(2, "", "column_count")]);
        assert_eq!(
            codes("item_code,name\nx,a\u{1}b\n"),
            [row(2, "name", "control_character")]
        );
        let long = "长".repeat(MAX_FIELD_BYTES / 3 + 1);
        assert_eq!(
            codes(&format!("item_code,note\nx,{long}\n")),
            [row(2, "note", "too_long")]
        );
    }

    #[test]
    fn what_looks_like_a_formula_is_data() {
        let cell = |text: &str| {
            let rows = read_file(format!("item_code,note\nx,{text}\n").as_bytes()).unwrap();
            rows[0].cells["note"].as_str().unwrap().to_owned()
        };
        assert_eq!(cell("=1+2"), "=1+2");
        assert_eq!(cell("'=1+2"), "=1+2");
        assert_eq!(cell("'quoted"), "'quoted");
        assert_eq!(cell("''twice"), "'twice");
    }

    #[test]
    fn attachments_stay_inside_their_folder() {
        let check = |name: &str, expect: bool| assert_eq!(is_attachment_name(name), expect, "{name}");
        check("flows/food-permit.bpmn", true);
        check("../secret", false);
        check("/etc/passwd", false);
        check("a\\b", false);
        check("C:x", false);
        check("a//b", false);
    }

    #[test]
    fn a_benchmark_in_words_is_no_file() {
        let check = |said: &str, expect: bool| assert_eq!(is_benchmark_file(said), expect, "{said}");
        check("benchmarks/food-label.txt", true);
        check("细化基准待录入，暂按法定种类和幅度裁量", false);
        check("benchmarks/../../secret.txt", false);
        check("food-label.txt", false);
        let rows = "item_code,flow,discretion_benchmark\nx,flows/a.bpmn,benchmarks/b.txt\ny,,见附件\n";
        assert_eq!(attachment_names(rows.as_bytes()), ["benchmarks/b.txt", "flows/a.bpmn"]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read_file(&bytes);
        }

        #[test]
        fn no_text_makes_it_panic(text in "(item_code,name\n)?[\\[\\]{}\",:\\\\a事\n0-9']{0,200}") {
            let _ = read_file(text.as_bytes());
            let _ = attachment_names(text.as_bytes());
        }
    }
}
