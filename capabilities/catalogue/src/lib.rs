//! The catalogue of powers: what the area's bodies may do, by which article, how, and in what time.
//!
//! Reading order: [`version`] (what an item says) → [`field_set`] (what it must say) → [`item`] and
//! [`law`] (state) → `entry` (files) → `decide` → [`import()`] → `views` → pages, `api`.

pub mod adjustment;
mod api;
pub mod benchmark;
pub mod change;
mod changes;
mod citation;
pub mod clean_up;
pub mod condition;
mod decide;
pub mod difference;
pub mod drafting;
pub mod edition;
mod effect;
mod entry;
mod events;
pub mod exchange;
mod export;
pub mod field_set;
pub mod form;
mod import;
pub mod item;
mod item_draft;
pub mod law;
mod library;
pub mod life_event;
pub mod material;
mod mention;
pub mod open_data;
mod pages;
mod proof;
pub mod public;
mod public_form;
pub mod rank;
mod reference;
mod register;
pub mod situation;
pub mod statute;
pub mod version;
mod views;

pub use changes::{
    ChangeOrder, change_rows, enter_change, file_change, reply_to_change, review_for_approval, withdraw_change,
};
pub use decide::cancel_item::CancelItem;
pub use decide::enter_edition::TextProblem;
pub use decide::import_items::{Outcome, Report, RowReport};
pub use decide::reply_to_change::{Answer, ReplyToChange};
pub use decide::review_for_approval::{ApprovalAnswer, ReviewForApproval};
pub use decide::settle_adjustment::SettleAdjustment;
pub use entry::{Attachments, MAX_BYTES, MAX_FIELD_BYTES, MAX_ROWS, Problem, attachment_names};
pub use export::{Format, export};
pub use import::{ImportOrder, confirmation, import};
pub use item_draft::sweep;
pub use library::{FileReport, LawImport, LawOrder, ProgramText, import_editions, settle};
pub use material::define_material;
pub use pages::{
    IMPORT, OpenCase, OpenCases, READ, announcements_page, apply_page, article_page, benchmark_page, benchmarks_page,
    changes_page, cite_page, desk_routes, edition_article_page, item_page, items_page, law_change_page,
    law_changes_page, law_page, laws_page, open_data_page, routes, side,
};
pub use proof::{PAPERS, bodies_asked};
pub use public_form::Which;
pub use reference::{Finding, LawReport, cancel_item, check, import_laws, set_fields, set_synonyms};
pub use views::views;

/// What the catalogue does by the clock.
pub fn jobs() -> Vec<(&'static str, std::sync::Arc<dyn mingjing_chronicle::JobHandler>)> {
    vec![(effect::TAKE_EFFECT, std::sync::Arc::new(effect::TakeEffect))]
}

/// The closed-list tables of this capability.
pub fn tables() -> Vec<mingjing_chronicle::chronicle::Migration> {
    item_draft::TABLES.to_vec()
}
