//! Cases: a permit from draft to public record.
//!
//! Reading order: `party`, `clock`, `flow`, `paper` (what a case is made of) → `events` → `case` (the aggregate) →
//! `decide` (one file per act), `operate` (whose turn it is), `migration` (onto another chart) → `expiries`, `standing`
//! (what the law does by itself, what may be done next) → `commands`, `submission`, `joint` (one transaction each) →
//! `press`, `timer` (later work) → `views` → `pages`, `api`.

mod api;
mod asking;
mod attached;
pub mod case;
pub mod clock;
mod codes;
pub mod commands;
pub mod course;
pub mod decide;
pub mod drafts;
pub mod events;
mod expiries;
mod flow;
pub mod joint;
pub mod keeping;
mod matter;
pub mod migration;
pub mod money;
pub mod number;
pub mod opening;
pub mod operate;
pub mod pages;
mod paper;
pub mod paper_code;
pub mod paper_proof;
pub mod party;
pub mod penalty;
mod press;
mod reading;
mod register;
pub mod replay;
mod service;
pub mod standing;
pub mod submission;
mod timer;
pub mod views;

use std::sync::Arc;

use mingjing_chronicle::chronicle::Migration;
use mingjing_chronicle::{Follower, JobHandler};

pub use pages::routes;
pub use press::{PaperPress, PapersLater, RENDER_PAPER};
pub use views::views;

/// The closed-list tables of this capability.
pub fn tables() -> Vec<Migration> {
    drafts::TABLES.to_vec()
}

pub fn followers() -> Vec<Arc<dyn Follower>> {
    vec![Arc::new(press::PaperOrders), Arc::new(timer::PostsLost)]
}

/// Kinds of jobs with their handlers; the press makes the bytes of papers.
pub fn jobs(press: Arc<dyn PaperPress>) -> Vec<(&'static str, Arc<dyn JobHandler>)> {
    vec![
        (press::RENDER_PAPER, Arc::new(press::RenderPaper { press })),
        (timer::APPLY_EXPIRIES, Arc::new(timer::ApplyExpiries)),
        (migration::MIGRATE, Arc::new(migration::Migrate::default())),
    ]
}
