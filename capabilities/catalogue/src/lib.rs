//! The catalogue of powers: what the area's bodies may do, by which article, how, and in what time.
//!
//! Reading order: [`version`] (what an item says) → [`field_set`] (what it must say) → [`item`] and
//! [`law`] (state) → `entry` (files) → `decide` → [`import()`] → `views` → pages, `api`.

pub mod adjustment;
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
mod mention;
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
pub use decide::settle_adjustment::SettleAdjustment;
pub use entry::{Attachments, MAX_BYTES, MAX_FIELD_BYTES, MAX_ROWS, Problem, attachment_names};
pub use export::{Format, export};
pub use import::{ImportOrder, confirmation, import};
pub use library::{FileReport, LawImport, LawOrder, ProgramText, import_editions, settle};
pub use pages::{
    IMPORT, OpenCase, OpenCases, READ, apply_page, article_page, cite_page, desk_routes, edition_article_page,
    item_page, items_page, law_change_page, law_changes_page, law_page, laws_page, routes, side,
};
pub use reference::{Finding, LawReport, cancel_item, check, import_laws, set_synonyms};
pub use views::views;

/// Tables outside the views: the catalogue has none.
pub fn tables() -> Vec<mingjing_chronicle::chronicle::Migration> {
    Vec::new()
}
