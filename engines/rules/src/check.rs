//! What can be known about rules before anybody relies on them: gaps, overlaps, rules that can
//! never apply, wrong types, names that are missing, inputs nobody uses — with an input that shows it.

mod expression;
mod gateway;
mod model;
mod names;
mod samples;
mod table;
mod typing;

pub use expression::expression;
pub use gateway::{GatewayReport, Verdict, gateway};
pub use model::check;

use crate::value::Context;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub kind: FindingKind,
    /// The decision or knowledge model concerned; empty for the whole file.
    pub place: Arc<str>,
    /// Rules concerned, from 1.
    pub rules: Vec<usize>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// Inputs that show it.
    pub example: Option<Context>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingKind {
    /// An expression that cannot be read.
    Syntax,
    /// A requirement in a circle, or a reference to nothing.
    Structure,
    /// A name that nothing in scope has.
    MissingName,
    /// An operation on kinds of values that it does not take.
    Type,
    /// Inputs for which no rule applies.
    Gap,
    /// Inputs for which several rules of a table apply that allows one.
    Overlap,
    /// A rule that can never apply.
    Unreachable,
    /// An input, requirement or knowledge model that nothing uses.
    Unused,
    /// A table that the check could not decide.
    Undecided,
}

impl FindingKind {
    /// Stable code of the kind.
    pub fn code(self) -> &'static str {
        match self {
            FindingKind::Syntax => "syntax",
            FindingKind::Structure => "structure",
            FindingKind::MissingName => "missing-name",
            FindingKind::Type => "type",
            FindingKind::Gap => "gap",
            FindingKind::Overlap => "overlap",
            FindingKind::Unreachable => "unreachable",
            FindingKind::Unused => "unused",
            FindingKind::Undecided => "undecided",
        }
    }

    /// Whether rules with such a finding must not be put in force. The others are worth a look.
    pub fn is_error(self) -> bool {
        !matches!(self, FindingKind::Gap | FindingKind::Unused | FindingKind::Undecided)
    }
}
