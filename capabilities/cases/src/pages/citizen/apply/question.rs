//! A field of the item's form as the templates show it.

use mingjing_catalogue::condition;
use mingjing_catalogue::public::{Answers, FieldKind, FormField, ItemVersion, Section};

use super::super::words::{narrow, tidy};

pub(super) struct Question {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) optional: bool,
    pub(super) shape: &'static str,
    pub(super) kind: &'static str,
    pub(super) inputmode: &'static str,
    pub(super) width: &'static str,
    /// Value, label, hint.
    pub(super) options: Vec<(String, String, String)>,
    pub(super) pairs: Vec<(String, String)>,
}

impl Question {
    /// `prefilled`: its value came from the register and was not yet saved here.
    pub(super) fn of(field: &FormField, item: &ItemVersion, prefilled: bool) -> Question {
        let (shape, kind, inputmode, width) = match field.kind {
            FieldKind::Text => ("text", "text", "", ""),
            FieldKind::Textarea => ("textarea", "", "", ""),
            FieldKind::Number if field.decimals.unwrap_or(0) > 0 => ("text", "text", "decimal", "10"),
            FieldKind::Number => ("text", "text", "numeric", "10"),
            FieldKind::Date => ("text", "date", "", "10"),
            FieldKind::Radio => ("radios", "", "", ""),
            FieldKind::Select => ("select", "", "", ""),
            FieldKind::Checkboxes => ("checkboxes", "", "", ""),
            FieldKind::Phone => ("text", "tel", "tel", "20"),
            FieldKind::IdNo | FieldKind::Uscc => ("text", "text", "", "20"),
        };
        let label = match &field.unit {
            Some(unit) => format!("{}（{unit}）", field.label),
            None => field.label.clone(),
        };
        let option = |choice: &mingjing_catalogue::public::Choice| {
            (
                choice.value.clone(),
                choice.label.clone(),
                choice.hint.clone().unwrap_or_default(),
            )
        };
        Question {
            id: field.id.clone(),
            label,
            hint: hint(field, item, prefilled),
            optional: !field.required && field.required_when.is_none(),
            shape,
            kind,
            inputmode,
            width,
            options: field.options.iter().map(option).collect(),
            pairs: field
                .options
                .iter()
                .map(|choice| (choice.value.clone(), choice.label.clone()))
                .collect(),
        }
    }
}

/// The field's own hint, its condition, and where a value came from. Conditions are said in words because nothing
/// is hidden without a script.
fn hint(field: &FormField, item: &ItemVersion, prefilled: bool) -> String {
    let mut parts: Vec<String> = field.hint.iter().cloned().collect();
    let condition = item.field_condition(field);
    if !condition.is_empty() {
        parts.push(format!("{condition}的才填"));
    }
    let words = item.words();
    let must = field.required_when.iter().map(|text| condition::in_words(text, &words));
    parts.extend(must.map(|condition| format!("{condition}的必须填写")));
    if prefilled {
        parts.push("已从账户登记信息带入，请核对".to_owned());
    }
    parts.join("。")
}

/// The answers of one section as typed: only its own fields, tidied.
pub(super) fn typed(section: &Section, sent: &Answers) -> Answers {
    typed_of(&section.fields, sent)
}

pub(super) fn typed_of(fields: &[FormField], sent: &Answers) -> Answers {
    fields
        .iter()
        .map(|field| {
            let values = sent
                .get(&field.id)
                .into_iter()
                .flatten()
                .take(MOST_VALUES)
                .map(|value| {
                    let value = match field.kind {
                        FieldKind::Number | FieldKind::Phone | FieldKind::Date => narrow(value),
                        FieldKind::IdNo | FieldKind::Uscc => narrow(value).to_uppercase(),
                        _ => value.clone(),
                    };
                    tidy(&value)
                });
            let kept: Vec<String> = values.filter(|value| !value.is_empty()).collect();
            (field.id.clone(), kept)
        })
        .collect()
}

/// A field has at most this many options (checked when the form is entered).
const MOST_VALUES: usize = 500;

/// A field's answer as people read it.
pub(super) fn answer_words(field: &FormField, answers: &Answers) -> String {
    let values: Vec<&str> = answers
        .get(&field.id)
        .into_iter()
        .flatten()
        .map(|value| field.words(value))
        .collect();
    match (values.is_empty(), &field.unit) {
        (true, _) => "未填写".to_owned(),
        (false, Some(unit)) => format!("{} {unit}", values.join("、")),
        (false, None) => values.join("、"),
    }
}
