//! Cases: a permit from draft to public record.
//!
//! Reading order: `party`, `clock`, `flow`, `paper` (what a case is made of) → `events` → `case` (the aggregate) →
//! `decide` (one file per act) → `expiries`, `standing` (what the law does by itself, what may be done next).

mod case;
mod clock;
mod codes;
pub mod decide;
mod events;
mod expiries;
mod flow;
mod number;
mod paper;
mod party;
mod standing;
