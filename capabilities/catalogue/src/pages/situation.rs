//! The questions of an item and the materials that follow, from answers in an address: in the guide and in previews. What
//! stands in the address are facts of nobody.

use jiff::civil::Date;
use mingjing_web::{Fields, Listing};

use crate::form::Answers;
use crate::situation::{Asked, SituationQuestion, Told};
use crate::version::{Audience, ItemVersion, Material, MaterialSource};

/// Questions and list of an item, as the templates show them.
pub(super) struct Chooser {
    pub(super) questions: Vec<QuestionShown>,
    /// The applicant's kind is asked for, too.
    pub(super) asks_kind: bool,
    /// Somebody has answered: the list is for these answers alone.
    pub(super) answered: bool,
    /// Answered, but not all that must be.
    pub(super) open: bool,
    pub(super) rows: Vec<MaterialRow>,
}

pub(super) struct QuestionShown {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) hint: String,
    pub(super) several: bool,
    pub(super) options: Vec<(String, String, String)>,
}

pub(super) struct MaterialRow {
    pub(super) material: Material,
    pub(super) need: String,
    /// When it is asked for, in words; empty where always.
    pub(super) condition: String,
    /// Others of which one is enough.
    pub(super) instead: String,
}

/// What the kind of the applicant is called in addresses.
pub(super) const KIND: &str = "party";
/// Says that the answers are meant: none may be a right answer.
pub(super) const ANSWERED: &str = "answered";

/// The answers in an address, by the names that applications use.
pub(super) fn answers(listing: &Listing, version: &ItemVersion) -> Answers {
    let fields = version
        .form
        .iter()
        .flat_map(|form| form.fields())
        .map(|field| field.id.clone());
    let keys = version.situations.iter().map(SituationQuestion::key).chain(fields);
    keys.filter_map(|key| {
        let given: Vec<String> = listing.many(&key).map(str::to_owned).collect();
        (!given.is_empty()).then_some((key, given))
    })
    .collect()
}

pub(super) fn audience(listing: &Listing) -> Option<Audience> {
    let kinds = [Audience::Individual, Audience::Organisation];
    kinds.into_iter().find(|kind| kind.key() == listing.one(KIND))
}

/// The fields of the form of questions, filled with what the address says.
pub(super) fn fields(form: Fields, answers: &Answers, listing: &Listing) -> Fields {
    let given = answers
        .iter()
        .flat_map(|(key, values)| values.iter().map(move |value| (key, value)));
    let form = given.fold(form, |form, (key, value)| form.with(key, value.clone()));
    form.with(KIND, listing.one(KIND))
}

pub(super) fn chooser(version: &ItemVersion, answers: &Answers, listing: &Listing, today: Date) -> Chooser {
    let told = Told {
        answers,
        audience: audience(listing),
        today,
    };
    let asked = version.asked(told);
    let asks_kind = version.asks_the_party();
    let answered = listing.has(ANSWERED, "yes");
    let conditional = version.materials.iter().any(|material| material.asked_when.is_some());
    Chooser {
        questions: asked.questions().iter().map(|question| shown(question)).collect(),
        open: answered && (!asked.is_answered() || asks_kind && told.audience.is_none()),
        rows: rows(version, &asked, answered || !conditional),
        asks_kind,
        answered,
    }
}

fn shown(question: &SituationQuestion) -> QuestionShown {
    let option = |choice: &crate::form::Choice| {
        let hint = choice.hint.clone().unwrap_or_default();
        (choice.value.clone(), choice.label.clone(), hint)
    };
    QuestionShown {
        name: question.key(),
        label: question.label.clone(),
        hint: question.hint.clone().unwrap_or_default(),
        several: question.several,
        options: question.options.iter().map(option).collect(),
    }
}

/// All materials with when they are asked for; once answered, those that are.
fn rows(version: &ItemVersion, asked: &Asked<'_>, answered: bool) -> Vec<MaterialRow> {
    let is_asked = |material: &&Material| {
        let now = asked.materials().iter().any(|one| one.id == material.id);
        !answered || now || asked.is_open(material)
    };
    let shown: Vec<&Material> = version.materials.iter().filter(is_asked).collect();
    let row = |material: &&Material| {
        let instead = shown
            .iter()
            .filter(|other| other.id != material.id && material.one_of.is_some() && other.one_of == material.one_of);
        let instead: Vec<&str> = instead.map(|other| other.name.as_str()).collect();
        let condition = match answered && !asked.is_open(material) {
            true => String::new(),
            false => version.material_condition(material),
        };
        MaterialRow {
            need: need(material, !condition.is_empty(), !instead.is_empty()),
            condition,
            instead: instead.join("、"),
            material: (*material).clone(),
        }
    };
    shown.iter().map(row).collect()
}

fn need(material: &Material, conditional: bool, alternative: bool) -> String {
    let need = match (material.source, material.required, alternative) {
        (MaterialSource::Shared, _, _) => "不用提交",
        (_, false, _) => "非必要",
        (_, true, true) => "择一",
        (_, true, false) => "必要",
    };
    match conditional {
        true => format!("{need}（看情形）"),
        false => need.to_owned(),
    }
}
