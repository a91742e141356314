//! One section of the item's form. Saved even where something is wrong: nothing typed is lost.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_catalogue::public::{Answers, Section};
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
    let form = opened.item.form.as_ref();
    let errors = form
        .map(|form| form.errors(Some(&section.id), &all, opened.today))
        .unwrap_or_default();
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
    let at = opened
        .sections()
        .iter()
        .position(|one| one.id == section.id)
        .unwrap_or(0);
    tasks
        .into_iter()
        .nth(at + 1)
        .unwrap_or_else(|| opened.materials_task())
        .link
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

fn show(desk: &Desk, opened: &Opened, section: Section, fields: Fields, listing: &Listing) -> Response {
    let answered = &opened.draft.content.form;
    let question = |field: &mingjing_catalogue::public::FormField| {
        let prefilled =
            !answered.contains_key(&field.id) && field.prefill.as_deref().and_then(|fact| opened.fact(fact)).is_some();
        Question::of(field, opened.sections(), prefilled && fields.is_clean())
    };
    let at = opened
        .sections()
        .iter()
        .position(|one| one.id == section.id)
        .unwrap_or(0);
    page(&SectionPage {
        frame: desk
            .frame(section.title.clone())
            .of_form(&fields)
            .back(backwards(listing, opened.id())),
        questions: section.fields.iter().map(question).collect(),
        number: at + 1,
        of: opened.sections().len(),
        fields,
        section,
    })
}
