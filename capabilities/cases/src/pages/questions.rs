//! The item's form at the counter: its definition as questions, and the answers read back.

use mingjing_catalogue::public::{Answers, FieldKind, FormField, ItemVersion, Section};
use mingjing_web::Fields;

/// A field as the template shows it.
pub(super) struct Question {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub optional: bool,
    pub kind: FieldKind,
    pub options: Vec<(String, String, String)>,
    pub pairs: Vec<(String, String)>,
}

impl Question {
    fn of(item: &ItemVersion, field: &FormField) -> Question {
        let mut hint = field.hint.clone().unwrap_or_default();
        if let Some(unit) = &field.unit {
            hint = format!("{hint}　单位：{unit}").trim().to_owned();
        }
        // Works without scripts: the question stands there and says when it matters.
        let condition = item.field_condition(field);
        if !condition.is_empty() {
            hint = format!("只在{condition}时填写。{hint}");
        }
        let options: Vec<(String, String, String)> = field
            .options
            .iter()
            .map(|option| {
                (
                    option.value.clone(),
                    option.label.clone(),
                    option.hint.clone().unwrap_or_default(),
                )
            })
            .collect();
        Question {
            name: field.id.clone(),
            label: field.label.clone(),
            hint,
            // At the counter nothing has to be filled in: what is missing is told once.
            optional: true,
            kind: field.kind,
            pairs: options
                .iter()
                .map(|(value, label, _)| (value.clone(), label.clone()))
                .collect(),
            options,
        }
    }

    pub fn of_section(item: &ItemVersion, section: &Section) -> Vec<Question> {
        section.fields.iter().map(|field| Question::of(item, field)).collect()
    }

    /// The questions that decide which materials are asked for.
    pub fn of_situations(item: &ItemVersion) -> Vec<Question> {
        let questions = item.situations.iter();
        questions
            .map(|question| Question::of(item, &question.as_field()))
            .collect()
    }
}

/// Fields of these questions, trimmed; what was left empty is no answer.
pub(super) fn read_answers(fields: &Fields, asked: &[FormField], into: &mut Answers) {
    for field in asked {
        let values: Vec<String> = fields
            .values(&field.id)
            .iter()
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
            .collect();
        if !values.is_empty() {
            into.insert(field.id.clone(), values);
        }
    }
}
