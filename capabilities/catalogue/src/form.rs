//! The form that an applicant fills in: data of the item version, rendered by whoever takes the
//! application. The JSON shape is described in `demo/forms/README.md`.
//!
//! Invariants (kept by [`FormDef::problems`], checked on import): ids are unique in the form, every
//! choice has options, a condition names an earlier field of the form. What an applicant is asked of it, and what is wrong
//! with the answers, is told by [`crate::situation::Asked`]; its conditions are proved in `situation/proof.rs`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use mingjing_codes::{CitizenId, Uscc};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::Word;

/// Answers by field id; several values only for [`FieldKind::Checkboxes`].
pub type Answers = BTreeMap<String, Vec<String>>;

const MAX_SECTIONS: usize = 30;
const MAX_FIELDS: usize = 300;
const MAX_OPTIONS: usize = 500;
/// Characters of an answer where the field says nothing else.
const DEFAULT_MAX_LENGTH: usize = 500;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormDef {
    pub title: String,
    pub sections: Vec<Section>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    pub id: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// FEEL over situations and earlier fields; without it always shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible: Option<String>,
    pub fields: Vec<FormField>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormField {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: FieldKind,
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    #[serde(default)]
    pub required: bool,
    /// Characters at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
    /// Least and greatest value of a number, as decimal text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// Digits after the decimal point that a number may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// Asked only when another field has one of these values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_when: Option<ShownWhen>,
    /// FEEL over situations and earlier fields; a field that is not shown is neither asked for nor kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible: Option<String>,
    /// FEEL: must be filled where this holds, although `required` is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_when: Option<String>,
    /// What must hold of an answer, over all that was answered.
    #[serde(default, rename = "valid", skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<Test>,
    /// Fact of the account that fills it beforehand: `party.name`, `party.number`, `party.phone`,
    /// `party.address`, `party.legal_representative`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefill: Option<String>,
    /// Holds personal data: masked in lists, never in logs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub personal: bool,
}

/// An answer that fails it is told so with the sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "FieldTest")]
pub struct Test {
    /// FEEL.
    pub when: String,
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    Text,
    Textarea,
    Number,
    Date,
    Radio,
    Select,
    Checkboxes,
    Phone,
    /// A citizen's identity number.
    IdNo,
    /// A unified social credit code.
    Uscc,
}

impl FieldKind {
    pub const ALL: [FieldKind; 10] = [
        FieldKind::Text,
        FieldKind::Textarea,
        FieldKind::Number,
        FieldKind::Date,
        FieldKind::Radio,
        FieldKind::Select,
        FieldKind::Checkboxes,
        FieldKind::Phone,
        FieldKind::IdNo,
        FieldKind::Uscc,
    ];

    pub fn key(self) -> &'static str {
        match self {
            FieldKind::Text => "text",
            FieldKind::Textarea => "textarea",
            FieldKind::Number => "number",
            FieldKind::Date => "date",
            FieldKind::Radio => "radio",
            FieldKind::Select => "select",
            FieldKind::Checkboxes => "checkboxes",
            FieldKind::Phone => "phone",
            FieldKind::IdNo => "id_no",
            FieldKind::Uscc => "uscc",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            FieldKind::Text => "一行文字",
            FieldKind::Textarea => "多行文字",
            FieldKind::Number => "数字",
            FieldKind::Date => "日期",
            FieldKind::Radio => "单选",
            FieldKind::Select => "下拉选择",
            FieldKind::Checkboxes => "多选",
            FieldKind::Phone => "电话",
            FieldKind::IdNo => "公民身份号码",
            FieldKind::Uscc => "统一社会信用代码",
        }
    }

    pub fn has_options(self) -> bool {
        matches!(self, FieldKind::Radio | FieldKind::Select | FieldKind::Checkboxes)
    }
}

impl std::str::FromStr for FieldKind {
    type Err = ();

    fn from_str(key: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.key() == key).ok_or(())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub value: String,
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShownWhen {
    pub field: String,
    pub is: Vec<String>,
}

impl FormDef {
    pub fn fields(&self) -> impl Iterator<Item = &FormField> {
        self.sections.iter().flat_map(|section| &section.fields)
    }

    /// What is wrong with the definition itself; empty when it may be used.
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.sections.is_empty() || self.sections.len() > MAX_SECTIONS {
            problems.push(format!("表单应有1到{MAX_SECTIONS}个部分"));
        }
        if self.fields().count() > MAX_FIELDS {
            problems.push(format!("表单最多{MAX_FIELDS}个栏目"));
        }
        let mut seen = BTreeSet::new();
        for field in self.fields() {
            field.check_definition(&seen, &mut problems);
            if !seen.insert(field.id.as_str()) {
                problems.push(format!("栏目编号“{}”重复", field.id));
            }
        }
        problems
    }
}

impl FormField {
    pub fn new(id: String, kind: FieldKind, label: String) -> FormField {
        FormField {
            id,
            kind,
            label,
            hint: None,
            required: false,
            max_length: None,
            min: None,
            max: None,
            decimals: None,
            unit: None,
            options: Vec::new(),
            shown_when: None,
            visible: None,
            required_when: None,
            tests: Vec::new(),
            prefill: None,
            personal: false,
        }
    }

    /// As conditions of later fields and of materials name it.
    pub(crate) fn word(&self) -> Word {
        Word::answer("form", &self.id, &self.label, self.kind, &self.options)
    }

    /// The label of a choice, or the value itself.
    pub fn words<'a>(&'a self, value: &'a str) -> &'a str {
        self.options
            .iter()
            .find(|choice| choice.value == value)
            .map_or(value, |choice| choice.label.as_str())
    }

    fn check_definition(&self, earlier: &BTreeSet<&str>, problems: &mut Vec<String>) {
        let id = &self.id;
        let plain = !id.is_empty()
            && id.len() <= 64
            && id
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if !plain {
            problems.push(format!("栏目编号“{id}”只能用小写字母、数字和下划线"));
        }
        if self.label.trim().is_empty() {
            problems.push(format!("栏目“{id}”没有名称"));
        }
        if self.kind.has_options() && (self.options.is_empty() || self.options.len() > MAX_OPTIONS) {
            problems.push(format!("栏目“{id}”应有1到{MAX_OPTIONS}个选项"));
        }
        if let Some(condition) = &self.shown_when
            && !earlier.contains(condition.field.as_str())
        {
            problems.push(format!(
                "栏目“{id}”的显示条件引用了它之前没有的栏目“{}”",
                condition.field
            ));
        }
    }

    /// What is wrong with the answer by itself. `required`: in this situation.
    pub(crate) fn error(&self, required: bool, answers: &Answers, today: Date) -> Option<String> {
        let label = &self.label;
        let given: Vec<&str> = answers
            .get(&self.id)
            .into_iter()
            .flatten()
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
            .collect();
        if given.is_empty() {
            return required.then(|| match self.kind.has_options() {
                true => format!("请选择{label}"),
                false => format!("请填写{label}"),
            });
        }
        if given.len() > 1 && self.kind != FieldKind::Checkboxes {
            return Some(format!("{label}只能填一项"));
        }
        given.iter().find_map(|value| self.value_error(value, today))
    }

    fn value_error(&self, value: &str, today: Date) -> Option<String> {
        let label = &self.label;
        let most = self.max_length.unwrap_or(DEFAULT_MAX_LENGTH);
        if value.chars().count() > most {
            return Some(format!("{label}最多{most}个字"));
        }
        match self.kind {
            FieldKind::Text | FieldKind::Textarea => None,
            FieldKind::Number => self.number_error(value),
            FieldKind::Date => value
                .parse::<Date>()
                .is_err()
                .then(|| format!("{label}应为日期，例如 2026-03-01")),
            FieldKind::Radio | FieldKind::Select | FieldKind::Checkboxes => {
                let known = self.options.iter().any(|choice| choice.value == value);
                (!known).then(|| format!("{label}没有这个选项，请重新选择"))
            }
            FieldKind::Phone => (!is_phone(value)).then(|| format!("{label}应为手机号码或带区号的固定电话")),
            FieldKind::IdNo => CitizenId::parse(value, today)
                .is_err()
                .then(|| format!("{label}应为18位公民身份号码，请核对")),
            FieldKind::Uscc => Uscc::parse(value)
                .is_err()
                .then(|| format!("{label}应为18位统一社会信用代码，请核对")),
        }
    }

    fn number_error(&self, value: &str) -> Option<String> {
        let label = &self.label;
        let Some((whole, decimals)) = split_number(value) else {
            return Some(format!("{label}应为数字"));
        };
        let allowed = usize::from(self.decimals.unwrap_or(0));
        if decimals > allowed {
            return Some(match allowed {
                0 => format!("{label}应为整数"),
                _ => format!("{label}最多{allowed}位小数"),
            });
        }
        let unit = self.unit.as_deref().unwrap_or("");
        if let Some(min) = self.min
            && whole < min
        {
            return Some(format!("{label}不能小于{min}{unit}"));
        }
        // 100.5 is more than 100 although its whole part is not.
        if let Some(max) = self.max
            && (whole > max || whole == max && has_fraction(value))
        {
            return Some(format!("{label}不能大于{max}{unit}"));
        }
        None
    }
}

/// Whole part and number of decimals of a plain non-negative decimal number.
fn split_number(value: &str) -> Option<(i64, usize)> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 15 || !digits(whole) || !digits(fraction) || value.ends_with('.') {
        return None;
    }
    Some((whole.parse().ok()?, fraction.len()))
}

fn has_fraction(value: &str) -> bool {
    value
        .split_once('.')
        .is_some_and(|(_, fraction)| fraction.bytes().any(|digit| digit != b'0'))
}

/// Mobile (11 digits from 1) or landline with area code, hyphens allowed.
fn is_phone(value: &str) -> bool {
    let digits: String = value.chars().filter(|c| *c != '-' && *c != ' ').collect();
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits
        && match digits.as_bytes().first() {
            Some(b'1') => digits.len() == 11,
            Some(b'0') => (10..=12).contains(&digits.len()),
            _ => false,
        }
}
