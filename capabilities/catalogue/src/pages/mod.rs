//! The public pages of the catalogue. They show what is confirmed and are addressed for good:
//! `/items/<code>` never means another item (R191).

mod chart;
mod guide;
mod items;
mod laws;

use mingjing_web::{Access, Link, Permission, Routes};

/// Reading the catalogue: everybody.
pub const READ: Permission = Permission("catalogue.read");
/// Entering what the legal office confirmed.
pub const IMPORT: Permission = Permission("catalogue.import");

pub fn routes() -> Routes {
    Routes::new()
        .get("/items", Access::May(READ), items::get_items)
        .get("/items/{item_code}", Access::May(READ), guide::get_item)
        .get("/laws", Access::May(READ), laws::get_laws)
        .get("/laws/{name}", Access::May(READ), laws::get_law)
        .get("/laws/{name}/{article}", Access::May(READ), laws::get_article)
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

pub fn article_page(law: &str, article: u32) -> Link {
    Link::to("/laws").part(law).part(article)
}

/// Where an application for an item begins; the page belongs to the cases.
pub fn apply_page(item_code: &str) -> Link {
    Link::to("/apply").part(item_code)
}
