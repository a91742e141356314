//! The item's form at the counter: its definition as questions, and the answers read back.

use mingjing_catalogue::public::{Answers, FieldKind, FormDef, FormField, Section};
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
    fn of(form: &FormDef, field: &FormField) -> Question {
        let mut hint = field.hint.clone().unwrap_or_default();
        if let Some(unit) = &field.unit {
            hint = format!("{hint}　单位：{unit}").trim().to_owned();
        }
        // Works without scripts: the question stands there and says when it matters.
        if let Some(condition) = &field.shown_when
            && let Some(asked) = form.fields().find(|known| known.id == condition.field)
        {
            let values: Vec<&str> = condition.is.iter().map(|value| asked.words(value)).collect();
            hint = format!("只在“{}”选“{}”时填写。{hint}", asked.label, values.join("”或“"));
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

    pub fn of_section(form: &FormDef, section: &Section) -> Vec<Question> {
        section.fields.iter().map(|field| Question::of(form, field)).collect()
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
