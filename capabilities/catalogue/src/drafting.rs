//! An item as a form with a text for each column, and back as a row. What was not touched comes back as it is recorded:
//! a text has not the structure of a material or a basis, and nothing of that is lost by editing a telephone number.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::entry::{COLUMNS, RawRow};
use crate::export::version_cells;
use crate::version::{ItemVersion, LegalBasis, Limit, Material};

/// Columns that a form shows, in its order. What an item has beside them goes on as it is.
pub const SHOWN: &[&str] = &[
    "name",
    "legal_bases",
    "conditions",
    "materials",
    "statutory_limit",
    "limit_unit",
    "limit_start",
    "limit_basis",
    "promised_limit",
    "promised_unit",
    "promised_start",
    "promised_basis",
    "excluded_time",
    "fee",
    "fee_basis",
    "fee_standard",
    "flow_steps",
    "handling_office",
    "place",
    "hours",
    "phone",
    "supervision_phone",
    "result_documents",
    "validity",
    "penalty_kinds",
    "penalty_range",
    "discretion_benchmark",
    "result_public",
    "keywords",
    "audiences",
    "themes",
    "visits",
    "online",
    "flow",
    "form",
];

/// Texts of a form by column.
pub type Texts = BTreeMap<&'static str, String>;

/// A version as texts. Flow and form are left empty: empty means as it is.
pub fn texts(version: &ItemVersion) -> Texts {
    let mut texts: Texts = SHOWN.iter().map(|key| (*key, text(version, key))).collect();
    texts.retain(|_, text| !text.is_empty());
    texts
}

fn text(version: &ItemVersion, key: &str) -> String {
    let part = |limit: &Option<Limit>, of: fn(&Limit) -> String| limit.as_ref().map(of).unwrap_or_default();
    match key {
        "legal_bases" => join(version.legal_bases.iter().map(basis)),
        "materials" => join(version.materials.iter().map(|material| material.name.clone())),
        "statutory_limit" => part(&version.statutory_limit, |limit| limit.amount.to_string()),
        "limit_unit" => part(&version.statutory_limit, |limit| word(json!(limit.unit))),
        "limit_start" => part(&version.statutory_limit, |limit| word(json!(limit.start))),
        "limit_basis" => part(&version.statutory_limit, |limit| limit.basis.clone()),
        "promised_limit" => part(&version.promised_limit, |limit| limit.amount.to_string()),
        "promised_unit" => part(&version.promised_limit, |limit| word(json!(limit.unit))),
        "promised_start" => part(&version.promised_limit, |limit| word(json!(limit.start))),
        "promised_basis" => part(&version.promised_limit, |limit| limit.basis.clone()),
        "fee" => if version.fee.charged { "是" } else { "否" }.to_owned(),
        "fee_basis" => version.fee.basis.clone().unwrap_or_default(),
        "fee_standard" => version.fee.standard.clone().unwrap_or_default(),
        "flow" | "form" => String::new(),
        key => crate::difference::said(version, key),
    }
}

/// The words of units and starts as a form shows them; the columns read either.
const WORDS: &[(&str, &str)] = &[
    ("working_day", "工作日"),
    ("calendar_day", "日历日"),
    ("month", "月"),
    ("acceptance", "受理"),
    ("application", "收到申请"),
    ("filing", "立案"),
    ("measure", "采取措施"),
    ("scene_survey", "勘查现场"),
    ("information_complete", "信息收齐"),
];

fn word(key: Json) -> String {
    let key = key.as_str().unwrap_or_default().to_owned();
    let word = WORDS.iter().find(|(known, _)| *known == key);
    word.map_or(key, |(_, word)| (*word).to_owned())
}

/// As [`crate::citation`] reads it back: `食品安全法35(1)(二)`.
fn basis(basis: &LegalBasis) -> String {
    if let Some(original) = &basis.original {
        return original.clone();
    }
    let mut text = match basis.law.ends_with(|last: char| last.is_ascii_digit() || last == ')') {
        true => format!("《{}》", basis.law),
        false => basis.law.clone(),
    };
    if let Some(article) = basis.article {
        text.push_str(&article.to_string());
    }
    if let Some(paragraph) = basis.paragraph {
        text.push_str(&format!("({paragraph})"));
    }
    if let Some(clause) = &basis.clause {
        let clause = clause.replace('-', ")-(");
        text.push_str(&format!("({clause})"));
    }
    text
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("\n")
}

/// Columns that are one value in a version.
const TOGETHER: &[(&str, &[&str])] = &[
    (
        "statutory_limit",
        &["statutory_limit", "limit_unit", "limit_start", "limit_basis"],
    ),
    (
        "promised_limit",
        &["promised_limit", "promised_unit", "promised_start", "promised_basis"],
    ),
    ("fee", &["fee", "fee_basis", "fee_standard"]),
];

/// Texts that were filled in beside a draft: the columns that the draft holds are the draft's.
pub fn over(drafted: &ItemVersion, mut typed: Texts) -> Texts {
    let of_draft = texts(drafted);
    for key in ["materials", "discretion_benchmark"] {
        match of_draft.get(key) {
            Some(text) => typed.insert(key, text.clone()),
            None => typed.remove(key),
        };
    }
    typed.remove("form");
    typed
}

/// The row that these texts make of a version, or of nothing for a new item.
pub fn row(base: Option<&ItemVersion>, item_code: &str, typed: &Texts) -> RawRow {
    let before = base.map(texts).unwrap_or_default();
    let mut cells = base.map(version_cells).unwrap_or_default();
    for key in ["valid_from", "status", "type_code", "type_name", "body"] {
        cells.remove(key);
    }
    cells.insert("item_code", json!(item_code));
    let same = |key: &str| tidy(typed.get(key)) == tidy(before.get(key));
    for (whole, parts) in TOGETHER {
        if !parts.iter().all(|part| same(part)) {
            cells.remove(whole);
            parts.iter().for_each(|part| put(&mut cells, part, typed));
        }
    }
    let alone = SHOWN
        .iter()
        .filter(|key| !TOGETHER.iter().any(|(_, parts)| parts.contains(key)));
    for key in alone {
        let given = !tidy(typed.get(key)).is_empty();
        match *key {
            "flow" | "form" if !given => {}
            "flow" => drop(cells.insert("flow", json!({"bpmn_xml": tidy(typed.get(key)), "hash": ""}))),
            "materials" if !same(key) => {
                cells.insert("materials", materials(base, &tidy(typed.get(key))));
            }
            key if same(key) => {}
            key => {
                cells.remove(key);
                put(&mut cells, known(key), typed);
            }
        }
    }
    RawRow {
        line: 1,
        cells,
        problems: Vec::new(),
    }
}

fn known(key: &str) -> &'static str {
    COLUMNS
        .iter()
        .find(|column| column.key == key)
        .map_or("note", |column| column.key)
}

fn put(cells: &mut BTreeMap<&'static str, Json>, key: &str, typed: &Texts) {
    let text = tidy(typed.get(key));
    if !text.is_empty() {
        cells.insert(known(key), Json::String(text));
    }
}

fn tidy(text: Option<&String>) -> String {
    text.map(|text| text.replace("\r\n", "\n").trim().to_owned())
        .unwrap_or_default()
}

/// A material whose name stays keeps what is known about it; a new one gets a number of its own.
fn materials(base: Option<&ItemVersion>, typed: &str) -> Json {
    let known: &[Material] = base.map_or(&[], |base| &base.materials);
    let mut taken: Vec<String> = known.iter().map(|material| material.id.clone()).collect();
    let names = typed
        .split(['\n', ';', '；'])
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let list = names.map(|name| match known.iter().find(|material| material.name == name) {
        Some(material) => json!(material),
        None => {
            let id = (1..)
                .map(|n| format!("m{n}"))
                .find(|id| !taken.contains(id))
                .unwrap_or_default();
            taken.push(id.clone());
            json!({"id": id, "name": name})
        }
    });
    Json::Array(list.collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use jiff::civil::date;

    use super::*;
    use crate::entry::{Attachments, draft};
    use crate::version::Confirmation;
    use crate::version::tests::bare;

    fn rich() -> ItemVersion {
        let mut json = serde_json::to_value(bare("33030300SJ-XK-0001")).unwrap();
        let more = serde_json::json!({
            "legal_bases": [
                {"law": "演示法", "article": 35, "paragraph": 1, "clause": "一-四", "rank": "law", "summary": "摘要"},
                {"law": "演示条例", "rank": "rule"}],
            "conditions": ["甲", "乙"],
            "materials": [{"id": "m1", "name": "营业执照", "source": "government", "basis": "第十三条"},
                          {"id": "m3", "name": "申请书", "copies": 2}],
            "statutory_limit": {"amount": 20, "unit": "working_day", "start": "acceptance", "basis": "演示法36"},
            "promised_limit": {"amount": 10, "unit": "working_day", "start": "acceptance"},
            "handling_office": "科", "place": "地点", "phone": "1", "supervision_phone": "2", "flow_steps": ["一", "二"]
        });
        for (key, value) in more.as_object().unwrap() {
            json[key] = value.clone();
        }
        serde_json::from_value(json).unwrap()
    }

    fn read_back(row: &RawRow) -> ItemVersion {
        let draft = draft(
            row,
            &Attachments::new(),
            &BTreeMap::new(),
            &Confirmation::default(),
            date(2026, 1, 1),
        );
        assert_eq!(draft.problems, []);
        draft.version.unwrap()
    }

    #[test]
    fn what_nobody_touched_comes_back_whole() {
        let version = rich();
        let back = read_back(&row(Some(&version), &version.item_code, &texts(&version)));
        assert!(back.says_the_same_as(&version));
        assert_eq!(back.legal_bases, version.legal_bases);
        assert_eq!(back.materials, version.materials);
    }

    #[test]
    fn what_was_typed_replaces_its_column_alone() {
        let version = rich();
        let mut typed = texts(&version);
        typed.insert("promised_limit", "8".into());
        typed.insert("materials", "申请书\r\n场所平面图".into());
        typed.insert("legal_bases", "演示法35(1)\n演示条例".into());
        let back = read_back(&row(Some(&version), &version.item_code, &typed));
        assert_eq!(back.promised_limit.as_ref().unwrap().amount, 8);
        assert_eq!(back.statutory_limit, version.statutory_limit);
        let materials: Vec<(&str, &str, u32)> = back
            .materials
            .iter()
            .map(|material| (material.id.as_str(), material.name.as_str(), material.copies))
            .collect();
        assert_eq!(materials, [("m3", "申请书", 2), ("m2", "场所平面图", 1)]);
        assert_eq!(back.legal_bases[0].clause, None);
        assert_eq!(back.conditions, version.conditions);
    }
}
