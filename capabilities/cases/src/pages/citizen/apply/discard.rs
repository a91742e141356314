//! Deleting a draft, asked twice.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_web::{Desk, Fields, Form, Frame, Problem, page};

use super::super::links::{draft_page, my_page};
use super::opened::{Opened, open};
use crate::drafts;

#[derive(Template)]
#[template(path = "apply_discard.html")]
struct DiscardPage {
    frame: Frame,
    fields: Fields,
    opened: Opened,
}

pub async fn get_discard(desk: Desk, Path(draft): Path<String>) -> Result<Response, Problem> {
    let opened = match open(&desk, &draft).await {
        Ok(opened) => opened,
        Err(answer) => return answer,
    };
    Ok(page(&DiscardPage {
        frame: desk.frame("删除草稿").back(draft_page(opened.id())),
        fields: desk.form(),
        opened,
    }))
}

pub async fn post_discard(desk: Desk, Path(draft): Path<String>, form: Form<()>) -> Result<Response, Problem> {
    drafts::discard(&desk.house.chronicle, desk.request(&form.meta), draft).await?;
    Ok(desk.go_saying(&my_page().query("tab", "drafts"), "草稿已删除。"))
}
