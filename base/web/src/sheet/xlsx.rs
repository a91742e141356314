//! A workbook as ECMA-376 (Office Open XML) asks for it, as little of it as tables need: texts in place, numbers, one bold
//! style, columns with widths, the first row frozen. Written here because the well-kept writers rebuild half of our dependencies for
//! some thousand cells.

use mingjing_sheets::archive::Writer;

use super::{Cell, Sheet, tenths_in_words};

pub fn xlsx(sheets: &[Sheet]) -> Vec<u8> {
    let mut zip = Writer::default();
    zip.add("[Content_Types].xml", content_types(sheets.len()).as_bytes());
    zip.add("_rels/.rels", RELATIONS.as_bytes());
    zip.add("xl/workbook.xml", workbook(sheets).as_bytes());
    zip.add(
        "xl/_rels/workbook.xml.rels",
        workbook_relations(sheets.len()).as_bytes(),
    );
    zip.add("xl/styles.xml", STYLES.as_bytes());
    for (index, sheet) in sheets.iter().enumerate() {
        zip.add(
            &format!("xl/worksheets/sheet{}.xml", index + 1),
            worksheet(sheet).as_bytes(),
        );
    }
    zip.finish()
}

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

const RELATIONS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
Target=\"xl/workbook.xml\"/></Relationships>";

/// Style 0 is the plain one, style 1 is bold.
const STYLES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n\
<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>\
<font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>\
<fill><patternFill patternType=\"gray125\"/></fill></fills>\
<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
<cellXfs count=\"2\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
<xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/></cellXfs>\
<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>\
</styleSheet>";

fn content_types(sheets: usize) -> String {
    const MAIN: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let mut out = format!(
        "{HEAD}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" ContentType=\"{MAIN}.sheet.main+xml\"/>\
         <Override PartName=\"/xl/styles.xml\" ContentType=\"{MAIN}.styles+xml\"/>"
    );
    for number in 1..=sheets {
        out.push_str(&format!(
            "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"{MAIN}.worksheet+xml\"/>"
        ));
    }
    out + "</Types>"
}

fn workbook(sheets: &[Sheet]) -> String {
    let mut out = format!(
        "{HEAD}<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
         xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>"
    );
    for (index, sheet) in sheets.iter().enumerate() {
        let number = index + 1;
        out.push_str(&format!(
            "<sheet name=\"{}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>",
            escaped(&sheet_name(&sheet.name))
        ));
    }
    out + "</sheets></workbook>"
}

/// At most 31 characters, none of those that a name may not have.
fn sheet_name(name: &str) -> String {
    name.chars().filter(|c| !"[]:*?/\\'".contains(*c)).take(31).collect()
}

fn workbook_relations(sheets: usize) -> String {
    const KIND: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let mut out =
        format!("{HEAD}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">");
    for number in 1..=sheets {
        out.push_str(&format!(
            "<Relationship Id=\"rId{number}\" Type=\"{KIND}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        ));
    }
    out.push_str(&format!(
        "<Relationship Id=\"rId{}\" Type=\"{KIND}/styles\" Target=\"styles.xml\"/></Relationships>",
        sheets + 1
    ));
    out
}

fn worksheet(sheet: &Sheet) -> String {
    let mut out = format!(
        "{HEAD}<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetViews>\
         <sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" \
         state=\"frozen\"/></sheetView></sheetViews><cols><col min=\"1\" max=\"1\" width=\"28\" customWidth=\"1\"/>\
         <col min=\"2\" max=\"64\" width=\"12\" customWidth=\"1\"/></cols><sheetData>"
    );
    let heads: Vec<Cell> = sheet.columns.iter().cloned().map(Cell::from).collect();
    row(&mut out, &heads, 1);
    for cells in &sheet.rows {
        row(&mut out, cells, 0);
    }
    out + "</sheetData></worksheet>"
}

fn row(out: &mut String, cells: &[Cell], style: u8) {
    out.push_str("<row>");
    for cell in cells {
        match cell {
            // In place and as a text, so that no program looks for a formula in it.
            Cell::Text(text) => out.push_str(&format!(
                "<c s=\"{style}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{}</t></is></c>",
                escaped(text)
            )),
            Cell::Number(number) => out.push_str(&format!("<c s=\"{style}\"><v>{number}</v></c>")),
            Cell::Tenths(tenths) => out.push_str(&format!("<c s=\"{style}\"><v>{}</v></c>", tenths_in_words(*tenths))),
            Cell::Empty => out.push_str("<c/>"),
        }
    }
    out.push_str("</row>");
}

/// Text for XML 1.0; characters that it cannot hold are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A reader of XML would make it a line feed.
            '\r' => out.push_str("&#13;"),
            '\t' | '\n' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn texts_stay_texts_whatever_is_in_them() {
        let sheet = Sheet {
            name: "按机关/事项[1]".to_owned(),
            columns: vec!["机关".to_owned()],
            rows: vec![
                vec![Cell::from("=1+1"), Cell::Number(-3), Cell::Tenths(125), Cell::Empty],
                vec![Cell::from("<b>\u{1}&\"\r")],
            ],
        };
        let book = String::from_utf8_lossy(&xlsx(&[sheet])).into_owned();
        assert!(book.contains("t=\"inlineStr\"><is><t xml:space=\"preserve\">=1+1</t>"));
        assert!(book.contains("<v>-3</v>") && book.contains("<v>12.5</v>") && book.contains("<c/>"));
        assert!(book.contains("&lt;b&gt;&amp;&quot;&#13;</t>"));
        assert!(book.contains("sheet name=\"按机关事项1\""));
        assert!(!book.contains("<f>"), "no formula anywhere");
    }

    /// With the unzip of the machine, where there is one.
    #[test]
    fn other_programs_open_the_archive() {
        let sheet = Sheet {
            name: "一".to_owned(),
            columns: vec!["机关".to_owned()],
            rows: Vec::new(),
        };
        let path = std::env::temp_dir().join(format!("mingjing-sheet-{}.xlsx", std::process::id()));
        std::fs::write(&path, xlsx(&[sheet.clone(), sheet])).unwrap();
        let checked = std::process::Command::new("python3")
            .args(["-c", "import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);sys.exit(z.testzip() is not None or len(z.namelist())!=7)"])
            .arg(&path)
            .status();
        std::fs::remove_file(&path).unwrap();
        match checked {
            Ok(status) => assert!(status.success()),
            Err(_) => eprintln!("no python3 here: the archive is not opened by another program"),
        }
    }
}
