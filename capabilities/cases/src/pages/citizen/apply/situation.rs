//! The situation of the applicant: a few questions that decide which fields and materials are asked for.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_catalogue::public::{Answers, FormField, SituationQuestion};
use mingjing_web::{Desk, Fields, Form, Frame, Listing, Problem, page};

use super::opened::{Opened, open};
use super::question::{Question, typed_of};
use super::{backwards, onwards};
use crate::drafts;

#[derive(Template)]
#[template(path = "apply_situation.html")]
struct SituationPage {
    frame: Frame,
    fields: Fields,
    questions: Vec<Question>,
}

pub async fn get_situation(desk: Desk, Path(draft): Path<String>, listing: Listing) -> Result<Response, Problem> {
    let opened = match open(&desk, &draft).await {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    let fields = filled(desk.form(), &opened);
    Ok(show(&desk, &opened, fields, &listing))
}

pub async fn post_situation(
    desk: Desk,
    Path(draft): Path<String>,
    listing: Listing,
    form: Form<Answers>,
) -> Result<Response, Problem> {
    let mut opened = match open(&desk, &draft).await {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    let (sent, meta, _) = match form.check() {
        Ok(all) => all,
        Err(fields) => return Ok(show(&desk, &opened, fields, &listing)),
    };
    let before: Vec<String> = keys(&opened);
    let given = typed_of(&asked(&opened), &sent);
    drafts::alter(&desk.house.chronicle, desk.request(&meta), draft.clone(), {
        let given = given.clone();
        move |content| {
            content.form.extend(given.clone());
            Ok(())
        }
    })
    .await?;
    opened.draft.content.form.extend(given);
    let errors = opened.asked().question_errors();
    if errors.is_empty() {
        let first = opened.section_tasks().into_iter().next();
        let next = first.unwrap_or_else(|| opened.materials_task()).link;
        return Ok(desk.go(&onwards(&listing, &draft, next)));
    }
    let mut fields = filled(desk.form(), &opened);
    // What only these answers brought up stands on the page now; nobody is told off for not having answered it before.
    for error in errors
        .into_iter()
        .filter(|error| before.contains(&error.field.to_string()))
    {
        fields.complain(error.field, error.message);
    }
    Ok(show(&desk, &opened, fields, &listing))
}

fn asked(opened: &Opened) -> Vec<FormField> {
    let asked = opened.asked();
    let questions = asked.questions().iter();
    questions
        .map(|question: &&SituationQuestion| question.as_field())
        .collect()
}

fn keys(opened: &Opened) -> Vec<String> {
    asked(opened).into_iter().map(|field| field.id).collect()
}

fn filled(form: Fields, opened: &Opened) -> Fields {
    let answers = &opened.draft.content.form;
    let given = keys(opened).into_iter().flat_map(|key| {
        let values = answers.get(&key).cloned().unwrap_or_default();
        values.into_iter().map(move |value| (key.clone(), value))
    });
    given.fold(form, |form, (key, value)| form.with(&key, value))
}

fn show(desk: &Desk, opened: &Opened, fields: Fields, listing: &Listing) -> Response {
    page(&SituationPage {
        frame: desk
            .frame("您的情形")
            .of_form(&fields)
            .back(backwards(listing, opened.id())),
        questions: asked(opened)
            .iter()
            .map(|field| Question::of(field, &opened.item, false))
            .collect(),
        fields,
    })
}
