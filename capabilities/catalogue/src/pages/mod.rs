//! The public pages of the catalogue. They show what is confirmed and are addressed for good:
//! `/items/<code>` never means another item (R191).

mod chart;
mod compare;
mod guide;
mod items;
mod law;
mod laws;

pub(crate) use law::unknown as unknown_law;

use jiff::civil::Date;
use mingjing_web::{Access, Link, Permission, Routes};

use crate::statute::ArticleNumber;

/// Reading the catalogue: everybody.
pub const READ: Permission = Permission("catalogue.read");
/// Entering what the legal office confirmed.
pub const IMPORT: Permission = Permission("catalogue.import");

pub fn routes() -> Routes {
    Routes::new()
        .get("/items", Access::May(READ), items::get_items)
        .get("/items/{item_code}", Access::May(READ), guide::get_item)
        .get("/laws", Access::May(READ), laws::get_laws)
        .get("/laws/{name}", Access::May(READ), law::get_law)
        .get("/laws/{name}/compare", Access::May(READ), compare::get_compare)
        .get("/laws/{name}/{place}", Access::May(READ), law::get_place)
        .get(
            "/laws/{name}/{edition}/{article}",
            Access::May(READ),
            law::get_edition_article,
        )
        .merge(crate::api::routes())
}

pub fn items_page() -> Link {
    Link::to("/items")
}

/// The guide of an item, its permanent address.
pub fn item_page(item_code: &str) -> Link {
    Link::to("/items").part(item_code)
}

pub fn laws_page() -> Link {
    Link::to("/laws")
}

pub fn law_page(law: &str) -> Link {
    Link::to("/laws").part(law)
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
