//! Read tables of cases. Each is written by its projection in the command's own transaction, keyed by the case; what is
//! counted across cases follows.

pub mod after;
mod assistance;
pub mod board;
pub mod charts;
pub mod copies;
pub mod fines;
pub mod inbox;
pub mod list;
pub mod open_of_items;
pub mod paper_mark;
pub mod penalty_progress;
mod penalty_rows;
pub mod public_count;
pub mod public_record;
pub mod state_of;
pub mod statistics;
pub mod tally;
pub mod tasks;

use std::sync::Arc;

use mingjing_chronicle::View;

pub fn views() -> Vec<Arc<dyn View>> {
    vec![
        Arc::new(list::CaseList),
        Arc::new(inbox::Inbox),
        Arc::new(public_record::PublicRecord),
        Arc::new(tally::CaseTally),
        Arc::new(penalty_progress::PenaltyProgress),
        Arc::new(fines::Fines),
        Arc::new(copies::Copies),
        Arc::new(charts::CaseCharts),
        Arc::new(paper_mark::PaperMarks),
    ]
}

/// Rows a page shows at most.
pub const PAGE: i64 = 50;
