//! Situations (情形): questions whose answers decide what is asked of an applicant, and what is asked then. One rule for the
//! guide, the application online, the counter and the notice of what is missing (行政许可法 32(1)(四)).
//!
//! Invariants (kept by [`problems`], checked on entry): every combination of answers decides about every material and
//! field; no question, material or field that nobody is ever asked for; no question that decides nothing.

mod proof;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use mingjing_chronicle::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::condition::{self, Seen, Word, asks_the_party, names_in, value_of};
use crate::form::{Answers, Choice, FieldKind, FormField};
use crate::version::{Audience, ItemVersion, Material, MaterialSource};
pub use proof::problems;

/// Answers of situations stand among the answers of the form under this name and a dot, which no field's id has.
pub const PREFIX: &str = "situation.";
pub const MOST_QUESTIONS: usize = 12;
pub const MOST_OPTIONS: usize = 12;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SituationQuestion {
    /// `a–z`, `0–9`, `_`; unique in the item. Conditions call it `situation.<id>`.
    pub id: String,
    pub label: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Several answers may be chosen, also none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub several: bool,
    pub options: Vec<Choice>,
    /// FEEL over earlier questions and `party.kind`; without it always asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_when: Option<String>,
}

impl SituationQuestion {
    /// The name of its answer among the answers of an application.
    pub fn key(&self) -> String {
        format!("{PREFIX}{}", self.id)
    }

    pub fn kind(&self) -> FieldKind {
        match self.several {
            true => FieldKind::Checkboxes,
            false => FieldKind::Radio,
        }
    }

    pub(crate) fn word(&self) -> Word {
        Word::answer("situation", &self.id, &self.label, self.kind(), &self.options)
    }

    /// The labels of what was chosen.
    pub fn words(&self, answers: &Answers) -> String {
        let given = answers.get(&self.key()).into_iter().flatten();
        let label = |value: &String| {
            let known = self.options.iter().find(|choice| choice.value == *value);
            known.map_or_else(|| value.clone(), |choice| choice.label.clone())
        };
        given.map(label).collect::<Vec<_>>().join("、")
    }

    /// As a field of a form, so that it is rendered and checked as one.
    pub fn as_field(&self) -> FormField {
        FormField {
            hint: self.hint.clone(),
            required: !self.several,
            options: self.options.clone(),
            ..FormField::new(self.key(), self.kind(), self.label.clone())
        }
    }
}

/// What is known of an application when it is asked what is asked.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// Of the form by field, of situations under [`PREFIX`].
    pub answers: &'a Answers,
    /// Nothing where nobody has said yet.
    pub audience: Option<Audience>,
    pub today: Date,
}

/// A material, or several of which one is enough, that is asked for and not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lacking {
    /// The first of them.
    pub id: String,
    pub ids: Vec<String>,
    /// `甲`, or `甲或者乙`.
    pub name: String,
}

/// What an item asks of one applicant. Answers that are not asked for count nowhere, so that what was typed before another
/// answer was changed has no effect.
#[derive(Debug)]
pub struct Asked<'a> {
    item: &'a ItemVersion,
    told: Told<'a>,
    questions: Vec<&'a SituationQuestion>,
    /// Fields and whether they must be filled.
    fields: BTreeMap<&'a str, bool>,
    materials: Vec<&'a Material>,
    seen: Seen,
}

impl ItemVersion {
    pub fn asked<'a>(&'a self, told: Told<'a>) -> Asked<'a> {
        let mut asked = Asked {
            item: self,
            told,
            questions: Vec::new(),
            fields: BTreeMap::new(),
            materials: Vec::new(),
            seen: Seen::default(),
        };
        asked.ask_questions();
        asked.ask_fields();
        asked.ask_materials();
        asked
    }

    /// All names that conditions of materials may use: questions, fields, the applicant's kind.
    pub fn words(&self) -> Vec<Word> {
        let questions = self.situations.iter().map(SituationQuestion::word);
        let fields = self.form.iter().flat_map(|form| form.fields());
        let fields = fields.map(FormField::word);
        questions.chain(fields).chain([Word::party_kind()]).collect()
    }

    /// When a field is asked for, in words; empty where always.
    pub fn field_condition(&self, field: &FormField) -> String {
        let shown = field.shown_when.iter().map(|shown| {
            let of = self
                .form
                .iter()
                .flat_map(|form| form.fields())
                .find(|one| one.id == shown.field);
            let label = of.map_or(shown.field.as_str(), |of| of.label.as_str());
            let values: Vec<&str> = shown
                .is
                .iter()
                .map(|value| of.map_or(value.as_str(), |of| of.words(value)))
                .collect();
            format!("“{label}”选“{}”", values.join("”或者“"))
        });
        let visible = field
            .visible
            .iter()
            .map(|text| condition::in_words(text, &self.words()));
        shown.chain(visible).collect::<Vec<_>>().join("，并且")
    }

    /// When a material is asked for, in words; empty where always.
    pub fn material_condition(&self, material: &Material) -> String {
        let said = material.asked_when.as_ref();
        said.map(|text| condition::in_words(text, &self.words()))
            .unwrap_or_default()
    }

    /// Whether what is asked for depends on the kind of the applicant.
    pub fn asks_the_party(&self) -> bool {
        let conditions = self
            .materials
            .iter()
            .filter_map(|material| material.asked_when.as_ref());
        let questions = self
            .situations
            .iter()
            .filter_map(|question| question.asked_when.as_ref());
        conditions.chain(questions).any(|condition| asks_the_party(condition))
    }
}

impl<'a> Asked<'a> {
    fn given(&self, key: &str) -> &'a [String] {
        self.told.answers.get(key).map_or(&[], Vec::as_slice)
    }

    fn ask_questions(&mut self) {
        self.seen.party_kind(self.told.audience.map(Audience::key));
        for question in &self.item.situations {
            let asked = question.asked_when.as_ref();
            let asked = asked.is_none_or(|condition| self.seen.holds(condition, self.told.today));
            let given = if asked { self.given(&question.key()) } else { &[] };
            self.seen.situation(&question.id, value_of(question.kind(), given));
            if asked {
                self.questions.push(question);
            }
        }
    }

    fn ask_fields(&mut self) {
        let Some(form) = &self.item.form else {
            return;
        };
        // A condition may name any earlier field, also one that nobody was asked: it has no value then.
        for field in form.fields() {
            self.seen.form(&field.id, value_of(field.kind, &[]));
        }
        for section in &form.sections {
            let open = self.holds(section.visible.as_ref());
            for field in section.fields.iter().filter(|_| open) {
                if !(self.holds(field.visible.as_ref()) && self.is_chosen(field)) {
                    continue;
                }
                let must = field.required || field.required_when.is_some() && self.holds(field.required_when.as_ref());
                self.fields.insert(&field.id, must);
                self.seen.form(&field.id, value_of(field.kind, self.given(&field.id)));
            }
        }
    }

    fn holds(&self, condition: Option<&String>) -> bool {
        condition.is_none_or(|condition| self.seen.holds(condition, self.told.today))
    }

    /// The older way to say on what a field depends: another field has one of these values.
    fn is_chosen(&self, field: &FormField) -> bool {
        field.shown_when.as_ref().is_none_or(|shown| {
            let asked = self.fields.contains_key(shown.field.as_str());
            asked && self.given(&shown.field).iter().any(|value| shown.is.contains(value))
        })
    }

    fn ask_materials(&mut self) {
        let materials = self.item.materials.iter();
        let asked = materials.filter(|material| self.holds(material.asked_when.as_ref()));
        self.materials = asked.collect();
    }

    pub fn questions(&self) -> &[&'a SituationQuestion] {
        &self.questions
    }

    /// Whether every question that must be answered has been.
    pub fn is_answered(&self) -> bool {
        self.question_errors().is_empty()
    }

    pub fn asks_for(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }

    pub fn must_fill(&self, field: &str) -> bool {
        self.fields.get(field).copied().unwrap_or(false)
    }

    /// All that are asked for in this situation, also those that the body gets by itself.
    pub fn materials(&self) -> &[&'a Material] {
        &self.materials
    }

    /// Those that the applicant hands in.
    pub fn handed_in(&self) -> impl Iterator<Item = &'a Material> + '_ {
        let shared = |material: &&'a Material| material.source != MaterialSource::Shared;
        self.materials.iter().copied().filter(shared)
    }

    /// Required materials that are not there, each group of alternatives once.
    pub fn lacking(&self, is_there: impl Fn(&str) -> bool) -> Vec<Lacking> {
        let mut lacking: Vec<Lacking> = Vec::new();
        let mut groups = BTreeSet::new();
        for material in self.handed_in().filter(|material| material.required) {
            let group: Vec<&Material> = match &material.one_of {
                Some(name) if !groups.insert(name.as_str()) => continue,
                Some(name) => self
                    .handed_in()
                    .filter(|other| other.one_of.as_ref() == Some(name))
                    .collect(),
                None => vec![material],
            };
            if group.iter().any(|one| is_there(&one.id)) {
                continue;
            }
            let names: Vec<&str> = group.iter().map(|one| one.name.as_str()).collect();
            lacking.push(Lacking {
                id: material.id.clone(),
                ids: group.iter().map(|one| one.id.clone()).collect(),
                name: names.join("或者"),
            });
        }
        lacking
    }

    /// Questions that are not answered, or with what is no option.
    pub fn question_errors(&self) -> Vec<FieldError> {
        let errors = self.questions.iter().filter_map(|question| {
            let field = question.as_field();
            let message = field.error(field.required, self.told.answers, self.told.today)?;
            Some(error(field.id, message))
        });
        errors.collect()
    }

    /// Errors of the answers of one section of the form, or of the whole for `None`.
    pub fn form_errors(&self, section: Option<&str>) -> Vec<FieldError> {
        let sections = self.item.form.iter().flat_map(|form| &form.sections);
        let wanted = sections.filter(|candidate| section.is_none_or(|id| candidate.id == id));
        let mut errors = Vec::new();
        for field in wanted.flat_map(|section| &section.fields) {
            let Some(must) = self.fields.get(field.id.as_str()) else {
                continue;
            };
            let wrong = field.error(*must, self.told.answers, self.told.today);
            if let Some(message) = wrong.or_else(|| self.refused(field)) {
                errors.push(error(field.id.clone(), message));
            }
        }
        errors
    }

    /// The sentence of the first test that an answer fails. What was left empty and need not be filled is not tested.
    fn refused(&self, field: &FormField) -> Option<String> {
        if self.given(&field.id).iter().all(|text| text.trim().is_empty()) {
            return None;
        }
        // A test that decides nothing (another answer is missing) is left to the one who reads the application.
        let failed = |test: &&crate::form::Test| self.seen.decide(&test.when, self.told.today) == Some(false);
        field.tests.iter().find(failed).map(|test| test.message.clone())
    }

    /// The answers that were asked for, and no others.
    pub fn kept(&self) -> Answers {
        let questions = self.questions.iter().map(|question| question.key());
        let fields = self.fields.keys().map(|id| (*id).to_owned());
        let given = |key: String| Some((key.clone(), self.told.answers.get(&key)?.clone()));
        questions.chain(fields).filter_map(given).collect()
    }

    /// Whether this material is only decided by what the form will say.
    pub fn is_open(&self, material: &Material) -> bool {
        let fields = material
            .asked_when
            .iter()
            .flat_map(|condition| names_in(condition, "form"));
        fields.into_iter().any(|field| self.given(&field).is_empty())
    }
}

fn error(field: String, message: String) -> FieldError {
    FieldError {
        field: Cow::Owned(field),
        message,
    }
}

#[cfg(test)]
mod tests;
