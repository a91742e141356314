//! Field sets as data: what a place asks of items of a type beside tables A–D, versioned, kept by the legal office. A
//! version of an item carries the values with the names they had, so that nobody has to look them up to read it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use mingjing_codes::PowerType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Field, required_for};
use crate::entry::Problem;

/// Fields of one set at most; tables A–D have fifteen.
pub const MOST_FIELDS: usize = 40;
/// Values of a list.
pub const MOST_VALUES: usize = 200;
/// Characters of a value.
pub const MOST_TEXT: usize = 2_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ItemFieldKind")]
pub enum Kind {
    Text,
    /// Several lines.
    Lines,
    Number,
    Date,
    YesNo,
    /// One of a list.
    Choice,
    /// Of the tables alone: a limit, a fee, a material, a basis.
    Structured,
}

impl Kind {
    pub const OWN: [Kind; 6] = [
        Kind::Text,
        Kind::Lines,
        Kind::Number,
        Kind::Date,
        Kind::YesNo,
        Kind::Choice,
    ];

    pub fn key(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Lines => "lines",
            Kind::Number => "number",
            Kind::Date => "date",
            Kind::YesNo => "yes_no",
            Kind::Choice => "choice",
            Kind::Structured => "structured",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Kind::Text => "文字",
            Kind::Lines => "多行文字",
            Kind::Number => "数字",
            Kind::Date => "日期",
            Kind::YesNo => "是否",
            Kind::Choice => "从列表中选",
            Kind::Structured => "表中的栏目",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = ();

    fn from_str(key: &str) -> Result<Self, ()> {
        Self::OWN.into_iter().find(|kind| kind.key() == key).ok_or(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ItemFieldAudience")]
pub enum VisibleTo {
    #[default]
    Everybody,
    /// The body and who reviews it: in comparisons, not in the guide or the public API.
    Office,
}

/// A field that a place has added to a type of item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OwnItemField")]
pub struct OwnField {
    /// `a–z`, `0–9`, `_`; what files and the API call it.
    pub key: String,
    pub name: String,
    pub kind: Kind,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub visible: VisibleTo,
    /// Where it is asked for.
    pub basis: String,
    /// For [`Kind::Choice`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// The fields of one type from a day on. A new version replaces the one before; items are judged by it when they are next
/// entered or changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldSet {
    pub power_type: PowerType,
    /// Dense from 1, by type.
    pub version: u32,
    pub since: Date,
    pub fields: Vec<OwnField>,
}

/// The newest set of each type, by its two-letter code.
pub type FieldSets = BTreeMap<String, FieldSet>;

/// What an item says in a field of its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "OwnItemValue")]
pub struct OwnValue {
    pub key: String,
    /// As the set named it when the item was entered; a file may leave it out.
    #[serde(default)]
    pub name: String,
    pub value: String,
    #[serde(default)]
    pub visible: VisibleTo,
}

/// A field of an item as files, forms and comparisons know it: of the tables or of the place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ItemField")]
pub struct FieldSpec {
    pub key: String,
    pub name: String,
    pub kind: Kind,
    pub required: bool,
    pub visible: VisibleTo,
    pub basis: String,
    pub values: Vec<String>,
    /// Of the place: it stands in `own_fields` of the item, not in a column of its own.
    pub own: bool,
}

/// The one list of fields of a type of item: those of its table, then those of the place. What every item has (code, name,
/// bases, body …) is no matter of the type and not in it.
pub fn fields_of(power_type: PowerType, sets: &FieldSets) -> Vec<FieldSpec> {
    let required = required_for(power_type);
    let tables = Field::ALL.into_iter().map(|field| FieldSpec {
        key: field.key().to_owned(),
        name: field.name().to_owned(),
        kind: field.kind(),
        required: required.contains(&field),
        visible: VisibleTo::Everybody,
        basis: super::table(power_type).to_owned(),
        values: Vec::new(),
        own: false,
    });
    let own = sets.get(power_type.code()).into_iter().flat_map(|set| &set.fields);
    let own = own.map(|field| FieldSpec {
        key: field.key.clone(),
        name: field.name.clone(),
        kind: field.kind,
        required: field.required,
        visible: field.visible,
        basis: field.basis.clone(),
        values: field.values.clone(),
        own: true,
    });
    tables.chain(own).collect()
}

/// What is wrong with a set itself, in words.
pub fn problems_of(fields: &[OwnField]) -> Vec<String> {
    let mut problems = Vec::new();
    if fields.len() > MOST_FIELDS {
        problems.push(format!("自设栏目最多{MOST_FIELDS}个"));
    }
    let mut seen = BTreeSet::new();
    for field in fields {
        let (key, name) = (&field.key, &field.name);
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if key.is_empty() || key.len() > 40 || !key.bytes().all(plain) {
            problems.push(format!("栏目代码“{key}”只能用小写字母、数字和下划线，最多40个"));
        }
        if !seen.insert(key) {
            problems.push(format!("栏目代码“{key}”重复"));
        }
        if crate::entry::COLUMNS
            .iter()
            .any(|column| column.key == key.as_str() || column.heading == name.as_str())
        {
            problems.push(format!("“{name}”（{key}）是目录已有的栏目，不用另设"));
        }
        if name.trim().is_empty() || name.chars().count() > 40 {
            problems.push(format!("栏目“{key}”应有1到40个字的名称"));
        }
        if field.basis.trim().is_empty() {
            problems.push(format!("栏目“{name}”没有写明要求填写的依据"));
        }
        match (field.kind, field.values.len()) {
            (Kind::Structured, _) => problems.push(format!("栏目“{name}”的类型不能自设")),
            (Kind::Choice, 0) => problems.push(format!("栏目“{name}”从列表中选，列表却是空的")),
            (_, count) if count > MOST_VALUES => problems.push(format!("栏目“{name}”的列表最多{MOST_VALUES}个值")),
            _ => {}
        }
    }
    problems
}

/// Judges an item's values by the set of its type and puts in the names: what is not in the set, not of its kind, or
/// missing.
pub fn judge(set: Option<&FieldSet>, values: &mut Vec<OwnValue>) -> Vec<Problem> {
    let known: &[OwnField] = set.map_or(&[], |set| &set.fields);
    let mut problems = Vec::new();
    let mut problem = |code: &'static str, reason: String| problems.push(Problem::new("own_fields", code, reason));
    values.retain(|value| !value.value.trim().is_empty());
    let mut seen = BTreeSet::new();
    for value in values.iter_mut() {
        let Some(field) = known
            .iter()
            .find(|field| field.key == value.key || field.name == value.key)
        else {
            problem(
                "unknown_field",
                format!("这一类事项没有自设栏目“{}”", shortened(&value.key)),
            );
            continue;
        };
        value.key.clone_from(&field.key);
        value.name.clone_from(&field.name);
        value.visible = field.visible;
        if !seen.insert(field.key.as_str()) {
            problem("column_twice", format!("栏目“{}”填了两次", field.name));
        }
        if let Some(reason) = field.wrong(&value.value) {
            problem("malformed", reason);
        }
    }
    for field in known.iter().filter(|field| field.required) {
        if !seen.contains(field.key.as_str()) {
            problem("missing", format!("没有填写“{}”（{}）", field.name, field.basis));
        }
    }
    problems
}

impl OwnField {
    fn wrong(&self, value: &str) -> Option<String> {
        let (name, value) = (&self.name, value.trim());
        if value.chars().count() > MOST_TEXT {
            return Some(format!("“{name}”最多{MOST_TEXT}个字"));
        }
        let sound = match self.kind {
            Kind::Text => !value.contains('\n'),
            Kind::Lines => true,
            Kind::Number => value.parse::<mingjing_rules::number::Number>().is_ok(),
            Kind::Date => value.parse::<Date>().is_ok(),
            Kind::YesNo => matches!(value, "是" | "否"),
            Kind::Choice => self.values.iter().any(|known| known == value),
            Kind::Structured => false,
        };
        let should = match self.kind {
            Kind::Text | Kind::Lines | Kind::Structured => "一行文字".to_owned(),
            Kind::Number => "数字".to_owned(),
            Kind::Date => "日期，例如 2026-03-01".to_owned(),
            Kind::YesNo => "“是”或“否”".to_owned(),
            Kind::Choice => format!("{}之一", self.values.join("、")),
        };
        (!sound).then(|| format!("“{name}”应为{should}"))
    }
}

fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    fn field(key: &str, kind: Kind, required: bool) -> OwnField {
        OwnField {
            key: key.to_owned(),
            name: format!("栏目{key}"),
            kind,
            required,
            visible: VisibleTo::Everybody,
            basis: "演示规定第三条".to_owned(),
            values: match kind {
                Kind::Choice => vec!["甲".into(), "乙".into()],
                _ => Vec::new(),
            },
        }
    }

    fn value(key: &str, value: &str) -> OwnValue {
        OwnValue {
            key: key.to_owned(),
            name: String::new(),
            value: value.to_owned(),
            visible: VisibleTo::Everybody,
        }
    }

    #[test]
    fn values_are_judged_by_the_set_of_their_type() {
        let set = FieldSet {
            power_type: PowerType::Benefit,
            version: 1,
            since: jiff::civil::date(2026, 1, 1),
            fields: vec![
                field("standard", Kind::Text, true),
                field("amount", Kind::Number, false),
                field("cycle", Kind::Choice, false),
            ],
        };
        let check = |given: &[(&str, &str)], expect: &[&str]| {
            let mut values: Vec<OwnValue> = given.iter().map(|(key, text)| value(key, text)).collect();
            let codes: Vec<String> = judge(Some(&set), &mut values)
                .into_iter()
                .map(|problem| problem.code.into_owned())
                .collect();
            assert_eq!(codes, expect, "{given:?}");
        };
        check(&[("standard", "每人每月")], &[]);
        // A file may call a field by its Chinese name.
        check(&[("栏目standard", "每人每月"), ("cycle", "甲")], &[]);
        check(&[], &["missing"]);
        check(&[("standard", " ")], &["missing"]);
        check(&[("standard", "一"), ("amount", "很多")], &["malformed"]);
        check(&[("standard", "一"), ("cycle", "丙")], &["malformed"]);
        check(&[("standard", "一"), ("colour", "红")], &["unknown_field"]);
        check(&[("standard", "一"), ("standard", "二")], &["column_twice"]);
        let mut named = vec![value("standard", "每人每月")];
        judge(Some(&set), &mut named);
        assert_eq!(named[0].name, "栏目standard");
        assert_eq!(judge(None, &mut vec![value("x", "y")])[0].code, "unknown_field");
    }

    #[test]
    fn a_set_that_cannot_be_used_says_why() {
        let check = |fields: &[OwnField], word: &str| {
            let found = problems_of(fields);
            assert!(found.iter().any(|one| one.contains(word)), "{word}: {found:?}");
        };
        assert_eq!(problems_of(&[field("standard", Kind::Text, true)]), [""; 0]);
        check(&[field("Standard", Kind::Text, true)], "小写字母");
        check(&[field("a", Kind::Text, true), field("a", Kind::Date, true)], "重复");
        check(&[field("place", Kind::Text, true)], "已有的栏目");
        check(&[field("a", Kind::Structured, true)], "不能自设");
        let mut empty = field("a", Kind::Choice, false);
        empty.values.clear();
        empty.basis.clear();
        check(&[empty.clone()], "列表却是空的");
        check(&[empty], "依据");
    }

    #[test]
    fn one_list_has_the_fields_of_the_table_and_of_the_place() {
        let set = FieldSet {
            power_type: PowerType::Benefit,
            version: 1,
            since: jiff::civil::date(2026, 1, 1),
            fields: vec![field("standard", Kind::Text, true)],
        };
        let sets = FieldSets::from([("GF".to_owned(), set)]);
        let own = |power_type| {
            let fields = fields_of(power_type, &sets);
            let own: Vec<String> = fields.iter().filter(|one| one.own).map(|one| one.key.clone()).collect();
            (fields.len(), own)
        };
        assert_eq!(
            own(PowerType::Benefit),
            (Field::ALL.len() + 1, vec!["standard".to_owned()])
        );
        assert_eq!(own(PowerType::Permit), (Field::ALL.len(), Vec::new()));
        let permit = fields_of(PowerType::Permit, &sets);
        let place = permit.iter().find(|one| one.key == "place").unwrap();
        assert!(place.required && place.basis.contains('A'));
    }
}
