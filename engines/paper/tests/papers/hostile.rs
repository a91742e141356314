//! Text that tries to be code, characters that can't be printed, templates that reach out.

use std::collections::BTreeMap;

use mingjing_paper::{Date, PaperError, Press, Templates};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{DAY, PRESS, assert_says, fixture, fonts, pdftotext, print, text_of, with};

const HOSTILE: &[&str] = &[
    r#"#read("/etc/passwd")"#,
    r#"#eval("1 + 1")"#,
    "$ x^2 $",
    "*粗* _斜_ `码` = 标题",
    r"反斜杠\ \u{41} \#",
    "// 注释 /* 注释 */",
    "<标签> @引用 [内容] {代码}",
    r#"引号" + read("x") + ""#,
    "#set page(width: 1cm)",
    "~ -- --- ... ' \" 1/2",
];

#[test]
fn what_people_write_is_never_code() {
    for text in HOSTILE {
        let mut data = with("permit_denial", "party_name", *text);
        data["reasons"] = json!([text, text]);
        data["item_name"] = json!(text);
        data["case_no"] = json!(text);
        let pdf = print("permit_denial", &data).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_says(&pdf, &[&format!("{text}："), &format!("（一）{text}")]);
    }
}

#[test]
fn rare_characters_of_names_are_printed() {
    let pdf = print(
        "acceptance_notice",
        &with("acceptance_notice", "party_name", "镕堃喆昇玥珺翀祎赟䶮"),
    );
    assert_says(&pdf.unwrap(), &["镕堃喆昇玥珺翀祎赟䶮："]);
}

#[test]
fn a_character_that_no_font_has_is_named_with_its_place() {
    fn check(data: Value, expect: (char, &str)) {
        let found = print("supplement_notice", &data).unwrap_err();
        let said = found.to_string();
        let PaperError::NoGlyph { character, field } = found else {
            panic!("{said}");
        };
        assert_eq!((character, field.as_str()), expect);
        assert!(said.contains(character) && said.contains("U+"), "{said}");
    }
    check(
        with("supplement_notice", "party_name", "笑脸😀店"),
        ('😀', "party_name"),
    );
    let mut data = fixture("supplement_notice");
    data["supplements"][1]["requirement"] = json!("\u{e000}");
    check(data, ('\u{e000}', "supplements[2].requirement"));
}

#[test]
fn deceiving_and_broken_text_is_refused() {
    for text in ["甲\u{202e}乙", "甲\u{0}乙", "甲\u{1b}[31m乙"] {
        let refused = print("receipt", &with("receipt", "party_name", text));
        assert!(
            matches!(refused, Err(PaperError::Data { ref field, .. }) if field == "party_name"),
            "{text:?}"
        );
    }
}

#[test]
fn long_text_runs_over_pages_and_nothing_is_lost() {
    let paragraph = "经现场核查，食品处理区的布局不符合食品安全要求，清洗消毒设施不足。";
    let reasons: Vec<String> = (1..=120).map(|number| format!("{paragraph}第{number}条完。")).collect();
    let pdf = print("permit_denial", &with("permit_denial", "reasons", reasons.clone()));
    let pdf = pdf.unwrap();
    assert!(pdf.pages >= 8, "{} pages", pdf.pages);
    assert_says(&pdf, &["第1条完。", "第77条完。", "第120条完。", "提起行政诉讼", "—8—"]);
}

#[test]
fn no_text_leaves_the_paper() {
    let url = format!("https://demo.example/{}", "x".repeat(80));
    for (name, text) in [
        ("party_name", "名".repeat(300)),
        ("party_name", "A".repeat(300)),
        ("reasons", "W".repeat(2000)),
        ("body_name", "局".repeat(60)),
        ("case_no", "0123456789".repeat(5)),
        ("item_code", "X".repeat(90)),
        ("paper_no", "号".repeat(50)),
        ("verify_url", url),
    ] {
        let pdf = print("permit_denial", &with("permit_denial", name, text.as_str())).unwrap();
        // Cells stand beside each other, so their lines are mixed in the text: count instead of comparing.
        let last = text.chars().next_back().unwrap();
        let count = |text: &str| text.chars().filter(|&c| c == last).count();
        let Some(found) = text_of(&pdf) else { return };
        assert!(count(&found) >= count(&text), "{name} lost text: {found}");
        let Some(boxes) = pdftotext(&pdf, &["-bbox"]) else {
            return;
        };
        let edges = boxes.split("xMax=\"").skip(1);
        let edge = |piece: &str| piece.split('"').next().unwrap().parse::<f64>().unwrap();
        let rightmost = edges.map(edge).fold(0.0, f64::max);
        // A4 is 595.3 pt wide; the type area ends 26 mm, or 28 mm, before its edge.
        assert!((400.0..=525.0).contains(&rightmost), "{name}: {rightmost}");
    }
}

#[test]
fn a_template_reaches_no_file_package_clock_or_foreign_font() {
    let probes = [
        r#"#read("/etc/passwd")"#,
        r#"#read("../../etc/passwd")"#,
        r#"#image("seal.png")"#,
        r#"#import "/other.typ": x"#,
        r#"#import "@preview/cetz:0.4.0": canvas"#,
        "#plugin(\"x.wasm\")",
        "#set document(title: [x])\n#datetime.today().display()",
        "#set document(title: [x])\n#set text(font: \"Comic Sans\")\nx",
        "#set document(title: [x])\n#set text(lang: \"zh\", font: \"FandolFang R\")\n好😀",
        "没有题名",
        "#let f() = f()\n#f()",
        "#while true {}",
        "#(",
    ];
    let good = "#set document(title: [x])\n#set text(lang: \"zh\", font: \"FandolFang R\")\n好";
    let name = |index: usize| format!("probe_{index}");
    let mut own: BTreeMap<_, _> = (0..probes.len())
        .map(|index| (name(index), probes[index].to_owned()))
        .collect();
    own.insert("good".to_owned(), good.to_owned());
    let press = Press::new(fonts(), Templates::from_map(own).unwrap());
    for (index, text) in probes.iter().enumerate() {
        let made = press.render(&name(index), &json!({}), DAY, "probe");
        assert!(
            matches!(made, Err(PaperError::Template { ref template, .. }) if *template == name(index)),
            "{text}: {made:?}"
        );
    }
    press.render("good", &json!({}), DAY, "probe").unwrap();
}

#[test]
fn unknown_templates_and_impossible_dates_are_refused() {
    for name in ["", "house", "no_such", "../receipt"] {
        assert!(matches!(print(name, &json!({})), Err(PaperError::UnknownTemplate(_))));
    }
    let data = fixture("receipt");
    for date in [Date(2026, 2, 30), Date(2026, 13, 1), Date(2026, 0, 1)] {
        assert!(matches!(
            PRESS.render("receipt", &data, date, "x"),
            Err(PaperError::NoSuchDate(..))
        ));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever stands in the fields, the answer is a paper or a reason that lies in the data.
    #[test]
    fn any_text_is_printed_or_refused_for_what_it_is(name in prop_oneof!["[ -~一-龥]{1,40}", ".{0,40}"], reason in "[ -~\n一-龥，。（）《》]{1,200}") {
        let mut data = with("permit_denial", "party_name", name);
        data["reasons"] = json!(reason);
        match print("permit_denial", &data) {
            Ok(_)
            | Err(PaperError::Missing { .. } | PaperError::Data { .. } | PaperError::NoGlyph { .. }) => {}
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}
