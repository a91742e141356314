//! Migration of running cases to the chart of another version of their item: planned by the body's legal clerk, tried,
//! confirmed by the legal office, then done case by case.
//!
//! A case keeps its chart until then, and everything else of the version it began under for ever: limits, materials, what
//! it rests on. Nothing moves a case whose law or whose party would lose by it (engines/bpmn `migrate`); what moved on
//! meanwhile is judged again at that moment.
//!
//! Reading order: `plan` (the aggregate) → `decide` → `trial` (one case judged) → `commands` → `run` (the job) → `seen`.

pub mod commands;
pub mod decide;
pub mod plan;
pub(crate) mod run;
pub(crate) mod seen;
pub(crate) mod trial;

use mingjing_web::Permission;

pub use plan::{Chosen, MigrationPlan, Outcome, PlanState};
pub use run::{MIGRATE, Migrate};

/// To see plans.
pub const MIGRATIONS: Permission = Permission("cases.migrations");
/// To make one, try it, withdraw it.
pub const PLAN: Permission = Permission("cases.plan_migration");
/// To confirm or decline one.
pub const CONFIRM: Permission = Permission("cases.confirm_migration");

/// What decides what holds while a case runs.
pub(crate) const ARTICLE: &str = "立法法第一百零四条";
