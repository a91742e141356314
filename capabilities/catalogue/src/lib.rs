//! The catalogue of powers: what the area's bodies may do, by which article, how, and in what time.
//!
//! Reading order: [`version`] (what an item says) → [`field_set`] (what it must say) → [`item`] and
//! [`law`] (state) → `entry` (files) → `decide` → [`import()`] → `views` → pages, `api`.

mod api;
mod citation;
mod decide;
pub mod edition;
mod entry;
mod events;
mod export;
pub mod field_set;
pub mod form;
mod import;
pub mod item;
pub mod law;
mod library;
mod pages;
pub mod public;
mod reference;
mod register;
pub mod statute;
pub mod version;
mod views;

pub use decide::cancel_item::CancelItem;
pub use decide::enter_edition::TextProblem;
pub use decide::import_items::{Outcome, Report, RowReport};
pub use entry::{Attachments, MAX_BYTES, MAX_FIELD_BYTES, MAX_ROWS, Problem, attachment_names};
pub use export::{Format, export};
pub use import::{ImportOrder, confirmation, import};
pub use library::{FileReport, LawImport, LawOrder, import_editions};
pub use pages::{IMPORT, READ, apply_page, article_page, item_page, items_page, law_page, laws_page, routes};
pub use reference::{Finding, LawReport, cancel_item, check, import_laws, set_synonyms};
pub use views::views;

/// Tables outside the views: the catalogue has none.
pub fn tables() -> Vec<mingjing_chronicle::chronicle::Migration> {
    Vec::new()
}
