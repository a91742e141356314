//! The catalogue as tables of people: workbooks and CSV in with a mapping step and a report, and out again (R15, R184–R189).
//!
//! Reading order: [`table`] (a file's sheets as lines, merged cells filled) → [`heading`] (which row heads the columns and
//! what a heading means) → [`meaning`] (a cell's words as a column wants them) → [`rows`] (lines become rows of the
//! catalogue) → [`judge`] (what the file would change, and every problem with its place) → [`handed_in`] (a file as a case
//! of its own) → [`filing`] (commands) → [`sheets`] (out).

pub mod filing;
pub mod handed_in;
pub mod heading;
pub mod judge;
pub mod meaning;
pub mod rows;
pub mod sheets;
pub mod table;

pub use handed_in::{Handed, HandedIn, HandedState};
pub use heading::SheetMapping;
pub use judge::{Finding, Seen, TableReport};
