//! Whatever the bytes: an answer, no panic.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::ops::ControlFlow;

use mingjing_sheets::archive::{Archive, PACKAGE, Writer};
use mingjing_sheets::workbook::Limits;
use mingjing_sheets::{Broken, Kind, Line, Workbook, text_of};
use proptest::prelude::*;

const TYPES: &str = "<Types/>";
const RELS: &str =
    r#"<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str =
    r#"<workbook><sheets><sheet name="表1" r:id="a"/><sheet name="藏" state="hidden" r:id="b"/></sheets></workbook>"#;
const PARTS: &str = r#"<Relationships><Relationship Id="a" Type="http://x/worksheet" Target="sheets/1.xml"/>
<Relationship Id="b" Type="http://x/worksheet" Target="/xl/sheets/2.xml"/>
<Relationship Id="c" Type="http://x/sharedStrings" Target="strings.xml"/>
<Relationship Id="d" Type="http://x/styles" Target="styles.xml"/></Relationships>"#;
const STRINGS: &str =
    r#"<sst><si><t>事项</t></si><si><r><t>名</t></r><r><t>称&amp;</t></r><rPh><t>ming</t></rPh></si><si/></sst>"#;
const STYLES: &str = r#"<styleSheet><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m"/></numFmts>
<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs></styleSheet>"#;

fn workbook(first: &str, strings: &str) -> Vec<u8> {
    let mut writer = Writer::default();
    for (name, text) in [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", PARTS),
        ("xl/strings.xml", strings),
        ("xl/styles.xml", STYLES),
        ("xl/sheets/1.xml", first),
        ("xl/sheets/2.xml", "<worksheet/>"),
    ] {
        writer.add(name, text.as_bytes());
    }
    writer.finish()
}

fn lines(book: &Workbook<'_>, sheet: usize) -> Result<Vec<Line>, Broken> {
    let mut lines = Vec::new();
    book.read(sheet, &mut |line| {
        lines.push(line.clone());
        ControlFlow::Continue(())
    })?;
    Ok(lines)
}

#[test]
fn a_sheet_as_table_programs_write_it() {
    let sheet = r#"<x:worksheet><x:sheetData>
        <x:row r="2"><x:c r="A2" t="s"><x:v>0</x:v></x:c><x:c r="C2" t="s"><x:v>1</x:v></x:c><x:c t="s"><x:v>9</x:v></x:c></x:row>
        <x:row><x:c t="inlineStr"><x:is><x:r><x:t>甲</x:t></x:r><x:t>乙&lt;&#x4e8b;</x:t></x:is></x:c><x:c s="1"><x:v>46082</x:v></x:c>
        <x:c s="2"><x:v>46082</x:v></x:c><x:c><x:f>A1+1</x:f><x:v>20.0</x:v></x:c><x:c t="e"><x:f/><x:v>#N/A</x:v></x:c><x:c t="b"><x:v>1</x:v></x:c></x:row>
        <x:row r="9"/><x:row r="10"><x:c r="A10" s="1"/></x:row>
        </x:sheetData><x:mergeCells><x:mergeCell ref="A1:C1"/><x:mergeCell ref="C9:A1"/></x:mergeCells></x:worksheet>"#;
    let bytes = workbook(sheet, STRINGS);
    let book = Workbook::open(&bytes, Limits::default()).unwrap();
    let names: Vec<(&str, bool)> = book.sheets().map(|sheet| (sheet.name.as_str(), sheet.hidden)).collect();
    assert_eq!(names, [("表1", false), ("藏", true)]);
    let read = lines(&book, 0).unwrap();
    type Shown<'a> = (u32, &'a str, Kind, bool);
    let shown: Vec<(u32, Vec<Shown<'_>>)> = read
        .iter()
        .map(|line| {
            let cells = line.cells.iter();
            let cells = cells.map(|cell| (cell.column, cell.text.as_str(), cell.kind, cell.formula));
            (line.number, cells.collect())
        })
        .collect();
    assert_eq!(
        shown,
        [
            (2, vec![(0, "事项", Kind::Text, false), (2, "名称&", Kind::Text, false)]),
            (
                3,
                vec![
                    (0, "甲乙<事", Kind::Text, false),
                    (1, "2026-03-01", Kind::Date, false),
                    (2, "2026-03-01", Kind::Date, false),
                    (3, "20", Kind::Number, true),
                    (4, "#N/A", Kind::Fault, true),
                    (5, "是", Kind::Flag, false),
                ]
            ),
        ]
    );
    let survey = book.survey(0).unwrap();
    assert_eq!((survey.lines, survey.areas.len(), survey.formulas), (2, 1, 2));
    assert_eq!(lines(&book, 1).unwrap(), []);
}

#[test]
fn a_million_empty_rows_are_passed_over() {
    let mut sheet = String::from("<worksheet><sheetData><row r=\"1\"><c t=\"str\"><v>头</v></c></row>");
    for row in 2..=1_000_000 {
        sheet.push_str(&format!("<row r=\"{row}\" s=\"1\"><c r=\"A{row}\" s=\"1\"/></row>"));
    }
    sheet.push_str("</sheetData></worksheet>");
    let bytes = workbook(&sheet, STRINGS);
    let book = Workbook::open(&bytes, Limits::default()).unwrap();
    assert_eq!(lines(&book, 0).unwrap().len(), 1);
}

#[test]
fn limits_hold() {
    let refused = |sheet: &str, strings: &str, limits: Limits| {
        let bytes = workbook(sheet, strings);
        let read = Workbook::open(&bytes, limits).and_then(|book| lines(&book, 0));
        read.err().map(|broken| broken.code())
    };
    let all = Limits::default();
    let rows = "<worksheet><row><c t=\"str\"><v>a</v></c></row><row><c t=\"str\"><v>b</v></c></row></worksheet>";
    assert_eq!(refused(rows, STRINGS, all), None);
    assert_eq!(
        refused(rows, STRINGS, Limits { lines: 1, ..all }),
        Some("too_many_rows")
    );
    assert_eq!(
        refused(rows, STRINGS, Limits { columns: 0, ..all }),
        Some("too_many_columns")
    );
    assert_eq!(refused(rows, STRINGS, Limits { cell: 0, ..all }), Some("cell_too_long"));
    assert_eq!(refused(rows, STRINGS, Limits { text: 3, ..all }), Some("too_much_text"));
    assert_eq!(
        refused(rows, STRINGS, Limits { sheets: 1, ..all }),
        Some("too_many_sheets")
    );
    assert_eq!(refused("<!DOCTYPE a><worksheet/>", STRINGS, all), Some("doctype"));
    assert_eq!(refused("<worksheet><row", STRINGS, all), Some("xml"));
    let long = format!("<worksheet>{}</worksheet>", "a".repeat(3 << 20));
    assert_eq!(
        refused(&long, STRINGS, all),
        Some("inflates_too_much"),
        "a text without end is not kept"
    );
    let deep = "<a>".repeat(100);
    assert_eq!(refused(&deep, STRINGS, all), Some("xml"));
}

proptest! {
    #[test]
    fn archives(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = Archive::open(&bytes, PACKAGE);
        let _ = Workbook::open(&bytes, Limits::default());
        let _ = text_of(&bytes);
    }

    #[test]
    fn damaged_archives(at in 0_usize..3_000, with in any::<u8>(), cut in 0_usize..3_000) {
        let mut bytes = workbook("<worksheet><row><c t=\"s\"><v>1</v></c></row></worksheet>", STRINGS);
        let length = bytes.len();
        bytes[at % length] = with;
        for bytes in [&bytes[..], &bytes[..cut.min(length)]] {
            if let Ok(book) = Workbook::open(bytes, Limits::default()) {
                let _ = lines(&book, 0);
            }
        }
    }

    #[test]
    fn any_sheet(sheet in "(<row r=\"[0-9]{1,9}\">|<c r=\"[A-Z]{0,4}[0-9]{0,8}\" t=\"[a-z]{0,2}\" s=\"[0-9]{0,4}\">|<v>|</v>|</c>|</row>|<f>|</f>|<is>|<t>|</t>|[0-9.eE-]{0,8}|&[a-z]{0,4};|&#x?[0-9a-f]{0,7};|<mergeCell ref=\"[A-Z0-9:]{0,12}\"/>|[<>&\"]){0,40}") {
        let bytes = workbook(&sheet, STRINGS);
        if let Ok(book) = Workbook::open(&bytes, Limits::default()) {
            let _ = lines(&book, 0);
            let _ = book.survey(0);
        }
    }
}
