//! One section of the item's form. Saved even where something is wrong: nothing typed is lost.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_catalogue::condition;
use mingjing_catalogue::public::{Answers, FormField, Section};
use mingjing_web::{Desk, Fields, Form, Frame, Listing, Problem, page};

use super::opened::{Opened, open};
use super::question::{Question, typed};
use super::{backwards, onwards};
use crate::drafts;

#[derive(Template)]
#[template(path = "apply_section.html")]
struct SectionPage {
    frame: Frame,
    fields: Fields,
    section: Section,
    questions: Vec<Question>,
    number: usize,
    of: usize,
}

pub async fn get_section(
    desk: Desk,
    Path((draft, section)): Path<(String, String)>,
    listing: Listing,
) -> Result<Response, Problem> {
    let opened = match open(&desk, &draft).await {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    let section = find(&opened, &section)?;
    let answers = opened.answers();
    let fields = filled(desk.form(), &section, &answers);
    Ok(show(&desk, &opened, section, fields, &listing))
}

pub async fn post_section(
    desk: Desk,
    Path((draft, section)): Path<(String, String)>,
    listing: Listing,
    form: Form<Answers>,
) -> Result<Response, Problem> {
    let opened = match open(&desk, &draft).await {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    let section = find(&opened, &section)?;
    let (sent, meta, _) = match form.check() {
        Ok(all) => all,
        Err(fields) => return Ok(show(&desk, &opened, section, fields, &listing)),
    };
    let given = typed(&section, &sent);
    let mut all = opened.draft.content.form.clone();
    all.extend(given.clone());
    let mut opened = opened;
    opened.draft.content.form = all;
    let errors = opened.asked().form_errors(Some(&section.id));
    let (id, sound) = (section.id.clone(), errors.is_empty());
    drafts::alter(&desk.house.chronicle, desk.request(&meta), draft.clone(), {
        let given = given.clone();
        move |content| {
            content.form.extend(given.clone());
            content.sections_done.retain(|done| *done != id);
            if sound {
                content.sections_done.push(id.clone());
            }
            Ok(())
        }
    })
    .await?;
    if sound {
        return Ok(desk.go(&onwards(&listing, &draft, after(&opened, &section))));
    }
    let mut fields = filled(desk.form(), &section, &given);
    for error in errors {
        fields.complain(error.field, error.message);
    }
    Ok(show(&desk, &opened, section, fields, &listing))
}

fn find(opened: &Opened, id: &str) -> Result<Section, Problem> {
    opened
        .sections()
        .iter()
        .find(|section| section.id == id)
        .cloned()
        .ok_or(Problem::NotFound)
}

fn after(opened: &Opened, section: &Section) -> mingjing_web::Link {
    let tasks = opened.section_tasks();
    let at = place(opened, section);
    tasks
        .into_iter()
        .nth(at + 1)
        .unwrap_or_else(|| opened.materials_task())
        .link
}

/// Among the parts that are asked for; another is reached by its address alone.
fn place(opened: &Opened, section: &Section) -> usize {
    let sections = opened.asked_sections();
    sections.iter().position(|one| one.id == section.id).unwrap_or(0)
}

fn filled(form: Fields, section: &Section, answers: &Answers) -> Fields {
    let pairs = section.fields.iter().flat_map(|field| {
        answers
            .get(&field.id)
            .into_iter()
            .flatten()
            .map(move |value| (&field.id, value))
    });
    pairs.fold(form, |form, (id, value)| form.with(id, value.clone()))
}

/// Whether a field depends on another of its own page: without a script it stands there and says when it matters.
fn waits(field: &FormField, section: &Section) -> bool {
    let of_section = |id: &str| section.fields.iter().any(|other| other.id == id);
    let chosen = field.shown_when.as_ref().is_some_and(|shown| of_section(&shown.field));
    let named = field
        .visible
        .iter()
        .flat_map(|condition| condition::names_in(condition, "form"));
    chosen || named.into_iter().any(|id| of_section(&id))
}

fn show(desk: &Desk, opened: &Opened, section: Section, fields: Fields, listing: &Listing) -> Response {
    let answered = &opened.draft.content.form;
    let question = |field: &FormField| {
        let prefilled =
            !answered.contains_key(&field.id) && field.prefill.as_deref().and_then(|fact| opened.fact(fact)).is_some();
        Question::of(field, &opened.item, prefilled && fields.is_clean())
    };
    let at = place(opened, &section);
    let asked = opened.asked();
    page(&SectionPage {
        frame: desk
            .frame(section.title.clone())
            .of_form(&fields)
            .back(backwards(listing, opened.id())),
        questions: section
            .fields
            .iter()
            .filter(|field| asked.asks_for(&field.id) || waits(field, &section))
            .map(question)
            .collect(),
        number: at + 1,
        of: opened.asked_sections().len(),
        fields,
        section,
    })
}
