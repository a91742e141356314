//! The public pages of the catalogue. They show what is confirmed and are addressed for good:
//! `/items/<code>` never means another item (R191).

pub(crate) mod benchmark;
mod change_new;
mod change_reply;
mod changes;
pub(crate) mod chart;
mod cite;
pub(crate) mod clean_up;
mod compare;
mod drafts;
mod export;
mod field_sets;
pub(crate) mod gaps;
mod guide;
mod items;
mod law;
mod law_changes;
mod laws;
mod materials;
mod open_data;
mod situation;
pub(crate) mod tables;

use std::sync::Arc;

use axum::extract::Path;
pub use change_reply::announcements_page;
pub use changes::changes_page;
pub(crate) use law::unknown as unknown_law;
pub use law_changes::{OpenCase, OpenCases, law_change_page, law_changes_page, side};
pub use open_data::open_data_page;

use jiff::civil::Date;
use law_changes::Settlement;
use mingjing_web::{Access, Desk, Form, Link, Permission, Routes};

use crate::statute::ArticleNumber;

/// Reading the catalogue: everybody.
pub const READ: Permission = Permission("catalogue.read");
/// Entering what the legal office confirmed.
pub const IMPORT: Permission = Permission("catalogue.import");

/// Seeing what a new edition of a law asks of the items.
pub const ADJUST: Permission = Permission("catalogue.adjust");
/// Seeing changes of items that are filed and reviewed.
pub const CHANGES: Permission = Permission("catalogue.changes");
/// Filing a change of one's body's items.
pub const FILE_CHANGE: Permission = Permission("catalogue.file_change");
/// Replying for the legal office.
pub const REVIEW_CHANGE: Permission = Permission("catalogue.review_change");
/// Reviewing changes of approval items for the approval-management body.
pub const REVIEW_APPROVAL: Permission = Permission("catalogue.review_approval");
/// Handing in one's body's items as a table.
pub const HAND_IN: Permission = Permission("catalogue.hand_in");
/// Seeing tasks of the clean-up.
pub const CLEAN_UP: Permission = Permission("catalogue.clean_up");
/// Planning and reviewing the clean-up for the legal office.
pub const PLAN_CLEAN_UP: Permission = Permission("catalogue.plan_clean_up");
/// Saying that something may stay as it is.
pub const SETTLE: Permission = Permission("catalogue.settle");

pub fn routes() -> Routes {
    Routes::new()
        .get("/items", Access::May(READ), items::get_items)
        .get("/items/{item_code}", Access::May(READ), guide::get_item)
        .get(
            "/items/{item_code}/benchmark",
            Access::May(READ),
            benchmark::get_benchmark,
        )
        .get("/benchmarks", Access::May(READ), benchmark::get_benchmarks)
        .get("/announcements", Access::May(READ), change_reply::get_announcements)
        .get("/laws", Access::May(READ), laws::get_laws)
        .get("/laws/cite", Access::May(READ), cite::get_cite)
        .get("/laws/{name}", Access::May(READ), law::get_law)
        .get("/laws/{name}/compare", Access::May(READ), compare::get_compare)
        .get("/laws/{name}/{place}", Access::May(READ), law::get_place)
        .get(
            "/laws/{name}/{edition}/{article}",
            Access::May(READ),
            law::get_edition_article,
        )
        .merge(open_data::routes())
        .merge(crate::api::routes())
}

/// The office's pages; `open_cases` tells the cases that a new edition of a law meets.
pub fn desk_routes(open_cases: &Arc<dyn OpenCases>) -> Routes {
    let (shown, posted) = (Arc::clone(open_cases), Arc::clone(open_cases));
    let (change_shown, change_posted) = (Arc::clone(open_cases), Arc::clone(open_cases));
    Routes::new()
        .get("/desk/catalogue", Access::May(CHANGES), gaps::get_gaps)
        .get("/desk/catalogue/import", Access::May(HAND_IN), tables::get_tables)
        .post("/desk/catalogue/import", Access::May(HAND_IN), tables::post_table)
        .get(
            "/desk/catalogue/import/{number}",
            Access::May(HAND_IN),
            tables::get_table,
        )
        .post(
            "/desk/catalogue/import/{number}",
            Access::May(HAND_IN),
            tables::post_act,
        )
        .get(
            "/desk/catalogue/import/{number}/report",
            Access::May(HAND_IN),
            tables::get_report,
        )
        .get("/desk/catalogue/export", Access::May(HAND_IN), export::get_export)
        .get("/desk/clean-up", Access::May(CLEAN_UP), clean_up::get_list)
        .get("/desk/clean-up/new", Access::May(PLAN_CLEAN_UP), clean_up::get_new)
        .post("/desk/clean-up/new", Access::May(PLAN_CLEAN_UP), clean_up::post_new)
        .get("/desk/clean-up/tasks/{task}", Access::May(CLEAN_UP), clean_up::get_task)
        .post(
            "/desk/clean-up/tasks/{task}",
            Access::May(CLEAN_UP),
            clean_up::post_task,
        )
        .get("/desk/changes", Access::May(CHANGES), changes::get_changes)
        .get("/desk/changes/new", Access::May(FILE_CHANGE), change_new::get_new)
        .post("/desk/changes/new", Access::May(FILE_CHANGE), change_new::post_new)
        .get(
            "/desk/changes/{change_no}",
            Access::May(CHANGES),
            move |desk: Desk, path: Path<String>| changes::get_change(Arc::clone(&change_shown), desk, path),
        )
        .post(
            "/desk/changes/{change_no}",
            Access::May(CHANGES),
            move |desk: Desk, path: Path<String>, form: Form<changes::Done>| {
                changes::post_change(Arc::clone(&change_posted), desk, path, form)
            },
        )
        .get(
            "/desk/changes/{change_no}/reply",
            Access::May(CHANGES),
            change_reply::get_reply,
        )
        .get("/desk/materials", Access::May(CHANGES), materials::get_materials)
        .get(
            "/desk/materials/{definition}",
            Access::May(CHANGES),
            materials::get_material,
        )
        .post(
            "/desk/materials/{definition}",
            Access::May(REVIEW_CHANGE),
            materials::post_material,
        )
        .get(
            "/material-forms/{definition}/{version}/{which}",
            Access::Public,
            materials::get_form_file,
        )
        .get("/desk/field-sets", Access::May(CHANGES), field_sets::get_field_sets)
        .get(
            "/desk/field-sets/{power_type}",
            Access::May(CHANGES),
            field_sets::get_field_set,
        )
        .post(
            "/desk/field-sets/{power_type}",
            Access::May(REVIEW_CHANGE),
            field_sets::post_field_set,
        )
        .merge(drafts::routes())
        .get("/desk/law-changes", Access::May(ADJUST), law_changes::get_changes)
        .get(
            "/desk/law-changes/{law}/{edition}",
            Access::May(ADJUST),
            move |desk: Desk, path: Path<(String, String)>| law_changes::get_change(Arc::clone(&shown), desk, path),
        )
        .post(
            "/desk/law-changes/{law}/{edition}",
            Access::May(SETTLE),
            move |desk: Desk, path: Path<(String, String)>, form: Form<Settlement>| {
                law_changes::post_change(Arc::clone(&posted), desk, path, form)
            },
        )
}

pub fn items_page() -> Link {
    Link::to("/items")
}

/// The guide of an item, its permanent address.
pub fn item_page(item_code: &str) -> Link {
    Link::to("/items").part(item_code)
}

/// All published discretion benchmarks.
pub fn benchmarks_page() -> Link {
    Link::to("/benchmarks")
}

/// The benchmark of an item with its calculator.
pub fn benchmark_page(item_code: &str) -> Link {
    item_page(item_code).part("benchmark")
}

pub fn laws_page() -> Link {
    Link::to("/laws")
}

pub fn law_page(law: &str) -> Link {
    Link::to("/laws").part(law)
}

/// Leads from a citation in words (parameter `text`) to its article.
pub fn cite_page() -> Link {
    Link::to("/laws/cite")
}

/// An article as it reads today.
pub fn article_page(law: &str, article: u32) -> Link {
    Link::to("/laws").part(law).part(article)
}

/// An edition, named by its first day in force.
pub fn edition_page(law: &str, edition: Date) -> Link {
    law_page(law).part(edition)
}

/// An article of an edition: it never reads otherwise.
pub fn edition_article_page(law: &str, edition: Date, article: ArticleNumber) -> Link {
    edition_page(law, edition).part(article)
}

pub fn compare_page(law: &str, from: Date, to: Date) -> Link {
    law_page(law).part("compare").query("from", from).query("to", to)
}

/// Where an application for an item begins; the page belongs to the cases.
pub fn apply_page(item_code: &str) -> Link {
    Link::to("/apply").part(item_code)
}
