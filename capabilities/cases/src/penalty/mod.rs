//! A penalty by the ordinary procedure with a fine, from lead to public record (行政处罚法 第五章第三节、第六章).
//!
//! Reading order: `state`, `act` → `events` → `case` (the aggregate) → `decide` (one file an act) → `discretion`,
//! `fine` (how much, by which rule), `trial` → `expiries`, `standing` → `leads`, `commands` (the two doors).

pub mod act;
pub mod case;
pub mod commands;
pub mod decide;
pub mod discretion;
pub mod events;
mod expiries;
pub mod fine;
pub mod fine_register;
pub mod leads;
mod matter;
mod paper;
pub mod reading;
mod rule_facts;
pub mod standing;
mod state;
pub mod trial;

pub use act::PenaltyAct;
pub use case::PenaltyCase;
pub use state::PenaltyState;
