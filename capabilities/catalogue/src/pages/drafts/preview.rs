//! A draft as a citizen and as an official will see it, with made-up answers that stand in the address. Nothing is kept.

use mingjing_web::{Desk, Fields, Link, Listing};

use super::Opened;
use crate::form::{Answers, FieldKind, FormField};
use crate::situation::{Asked, SituationQuestion, Told};
use crate::version::{Audience, MaterialSource};

/// Answers of the preview stand under this name, apart from the names of the editor.
const OWN: &str = "p.";

pub(super) struct Preview {
    pub(super) action: Link,
    /// Parameters of the address that are to stay.
    pub(super) kept: Vec<(String, String)>,
    pub(super) fields: Fields,
    pub(super) parts: Vec<PreviewPart>,
    /// What is still wrong with the answers, as the citizen would be told.
    pub(super) errors: Vec<String>,
    pub(super) materials: Vec<String>,
    pub(super) shared: Vec<String>,
    /// Label and answer, as the official sees them.
    pub(super) answers: Vec<(String, String)>,
    /// What the counter would find missing if nothing else came.
    pub(super) lacking: Vec<String>,
    pub(super) tried: bool,
}

pub(super) struct PreviewPart {
    pub(super) title: String,
    pub(super) hint: String,
    pub(super) questions: Vec<Shown>,
}

/// A question as the template draws it.
pub(super) struct Shown {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) optional: bool,
    pub(super) kind: FieldKind,
    pub(super) options: Vec<(String, String, String)>,
    pub(super) pairs: Vec<(String, String)>,
}

impl Preview {
    pub(super) fn kinds(&self) -> [(&'static str, &'static str, &'static str); 2] {
        [("individual", "个人", ""), ("organisation", "单位", "")]
    }
}

impl Shown {
    fn of(field: &FormField, required: bool) -> Shown {
        let option = |choice: &crate::form::Choice| {
            let hint = choice.hint.clone().unwrap_or_default();
            (choice.value.clone(), choice.label.clone(), hint)
        };
        Shown {
            name: format!("{OWN}{}", field.id),
            label: match &field.unit {
                Some(unit) => format!("{}（{unit}）", field.label),
                None => field.label.clone(),
            },
            hint: field.hint.clone().unwrap_or_default(),
            optional: !required,
            kind: field.kind,
            options: field.options.iter().map(option).collect(),
            pairs: field
                .options
                .iter()
                .map(|one| (one.value.clone(), one.label.clone()))
                .collect(),
        }
    }
}

pub(super) fn of(desk: &Desk, opened: &Opened, listing: &Listing, action: Link) -> Preview {
    let version = &opened.drafted;
    let fields_of = version.form.iter().flat_map(|form| form.fields());
    let keys = version
        .situations
        .iter()
        .map(SituationQuestion::key)
        .chain(fields_of.map(|field| field.id.clone()));
    let answers: Answers = keys
        .filter_map(|key| {
            let given: Vec<String> = listing.many(&format!("{OWN}{key}")).map(str::to_owned).collect();
            (!given.is_empty()).then_some((key, given))
        })
        .collect();
    let kind = listing.one("p.party");
    let told = Told {
        answers: &answers,
        audience: [Audience::Individual, Audience::Organisation]
            .into_iter()
            .find(|one| one.key() == kind),
        today: opened.today,
    };
    let asked = version.asked(told);
    let given = answers
        .iter()
        .flat_map(|(key, values)| values.iter().map(move |value| (key, value)));
    let filled = given.fold(desk.form(), |form, (key, value)| {
        form.with(&format!("{OWN}{key}"), value.clone())
    });
    let tried = listing.has("p.tried", "yes");
    let errors = asked.question_errors().into_iter().chain(asked.form_errors(None));
    Preview {
        kept: vec![("at".to_owned(), listing.one("at").to_owned())],
        action,
        fields: filled.with("p.party", kind),
        parts: parts(opened, &asked),
        errors: errors.map(|error| error.message).filter(|_| tried).collect(),
        materials: asked.handed_in().map(|material| material.name.clone()).collect(),
        shared: asked
            .materials()
            .iter()
            .filter(|material| material.source == MaterialSource::Shared)
            .map(|material| material.name.clone())
            .collect(),
        answers: said(opened, &asked, &answers),
        lacking: asked.lacking(|_| false).into_iter().map(|one| one.name).collect(),
        tried,
    }
}

fn parts(opened: &Opened, asked: &Asked<'_>) -> Vec<PreviewPart> {
    let questions: Vec<Shown> = asked
        .questions()
        .iter()
        .map(|question| question.as_field())
        .map(|field| Shown::of(&field, field.required))
        .collect();
    let situation = (!questions.is_empty()).then(|| PreviewPart {
        title: "您的情形".to_owned(),
        hint: String::new(),
        questions,
    });
    let sections = opened.drafted.form.iter().flat_map(|form| &form.sections);
    let sections = sections.map(|section| PreviewPart {
        title: section.title.clone(),
        hint: section.hint.clone().unwrap_or_default(),
        questions: section
            .fields
            .iter()
            .filter(|field| asked.asks_for(&field.id))
            .map(|field| Shown::of(field, asked.must_fill(&field.id)))
            .collect(),
    });
    let parts = situation.into_iter().chain(sections);
    parts.filter(|part| !part.questions.is_empty()).collect()
}

fn said(opened: &Opened, asked: &Asked<'_>, answers: &Answers) -> Vec<(String, String)> {
    let questions = asked
        .questions()
        .iter()
        .map(|question| (question.label.clone(), question.words(answers)));
    let fields = opened.drafted.form.iter().flat_map(|form| form.fields());
    let fields = fields.filter(|field| asked.asks_for(&field.id)).map(|field| {
        let values = answers.get(&field.id).into_iter().flatten();
        let words: Vec<&str> = values.map(|value| field.words(value)).collect();
        (field.label.clone(), words.join("、"))
    });
    questions.chain(fields).filter(|(_, words)| !words.is_empty()).collect()
}
