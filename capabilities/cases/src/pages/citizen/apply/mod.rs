//! Applying: start → task list → sections, materials, service → check answers → submitted.
//! Every page of a draft saves it; a draft is gone in the transaction that submits it.

mod check;
mod delivery;
mod discard;
mod materials;
mod opened;
mod party;
mod question;
mod section;
mod situation;
mod start;
mod tasks;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use mingjing_web::{Access, Desk, Frame, Link, Listing, Routes, page};

use super::links::{check_page, draft_page, my_page};
use super::{APPLY, download};

pub(super) fn routes() -> Routes {
    let own = Access::May(APPLY);
    Routes::new()
        .get("/apply/{item_code}", own, start::get_start)
        .post("/apply/{item_code}", own, start::post_start)
        .get("/my/drafts/{draft}", own, tasks::get_tasks)
        .get("/my/drafts/{draft}/party", own, party::get_party)
        .post("/my/drafts/{draft}/party", own, party::post_party)
        .get("/my/drafts/{draft}/situation", own, situation::get_situation)
        .post("/my/drafts/{draft}/situation", own, situation::post_situation)
        .get("/my/drafts/{draft}/form/{section}", own, section::get_section)
        .post("/my/drafts/{draft}/form/{section}", own, section::post_section)
        .get("/my/drafts/{draft}/materials", own, materials::get_materials)
        .post("/my/drafts/{draft}/materials/{material}", own, materials::post_material)
        .post(
            "/my/drafts/{draft}/materials/{material}/remove",
            own,
            materials::post_remove,
        )
        .get("/my/drafts/{draft}/files/{blob}", own, download::get_draft_file)
        .get("/my/drafts/{draft}/delivery", own, delivery::get_delivery)
        .post("/my/drafts/{draft}/delivery", own, delivery::post_delivery)
        .get("/my/drafts/{draft}/check", own, check::get_check)
        .post("/my/drafts/{draft}/check", own, check::post_check)
        .get("/my/drafts/{draft}/discard", own, discard::get_discard)
        .post("/my/drafts/{draft}/discard", own, discard::post_discard)
}

/// Where a page of the draft leads after saving: back to the answers when it was opened from there.
fn onwards(listing: &Listing, draft: &str, otherwise: Link) -> Link {
    if listing.one("from") == "check" {
        check_page(draft)
    } else {
        otherwise
    }
}

fn backwards(listing: &Listing, draft: &str) -> Link {
    onwards(listing, draft, draft_page(draft))
}

#[derive(askama::Template)]
#[template(path = "apply_gone.html")]
struct GonePage {
    frame: Frame,
}

/// The draft was submitted, deleted, has expired, or is not one's own: what the browser's Back leads to.
fn gone(desk: &Desk) -> Response {
    let frame = desk.frame("这份草稿已经不在了").back(my_page());
    (StatusCode::NOT_FOUND, page(&GonePage { frame })).into_response()
}
