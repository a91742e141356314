//! Discretion benchmarks (行政处罚裁量基准): from the facts of a case to the fine that the issuing
//! organ has bound itself to, with the reasons line by line (行政处罚法 34).
//!
//! Invariants: a result lies in the statutory range; below it only with a mitigating ground (减轻,
//! 行政处罚法 32); no amount at all with a ground for no penalty (行政处罚法 33).

mod amount;
mod check;
mod judge;
mod model;
mod phrase;
mod read;
mod version;
mod weigh;
mod write;

pub use amount::{Amount, StatutoryRange};
pub use judge::Judgement;
pub use phrase::{Bounds, phrase_tests};
pub use read::{BenchmarkError, read_benchmark};
pub use version::{Chosen, choose};
pub use weigh::{Discretion, FactorFinding, Missing};

use crate::feel::UnaryTests;
use crate::number::Number;
use crate::time::Date;
use std::sync::Arc;

type Text = Arc<str>;

#[derive(Clone, Debug, PartialEq)]
pub struct Benchmark {
    pub code: Text,
    pub title: Text,
    pub issuer: Text,
    /// Number of the document, e.g. 粤环发〔2021〕7号.
    pub document: Text,
    pub in_force: Date,
    /// The last day, where one is set.
    pub until: Option<Date>,
    /// The articles it rests on.
    pub bases: Vec<Text>,
    pub statutory: StatutoryRange,
    pub bounds: Bounds,
    /// A public apology before the decision reduces by so many to so many per cent.
    pub apology: Option<(Number, Number)>,
    pub shape: Shape,
}

/// How the amount is found.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// 定额: each situation has its range and one guide amount.
    Fixed(Vec<Situation>),
    /// 权重累加: a starting weight and one for each factor, at most 100 %, times a base.
    WeightSum {
        start: Number,
        base: Amount,
        factors: Vec<Factor>,
    },
    /// 幅度罚款: the levels of the factors select an interval.
    Range { factors: Vec<Text>, rows: Vec<Interval> },
    /// 阶次: light, normal and heavy are shares of the statutory range; the two numbers are the
    /// per cent where normal and heavy begin.
    Tier { normal_from: Number, heavy_from: Number },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Situation {
    pub code: Text,
    pub name: Text,
    pub low: Number,
    pub high: Number,
    pub default: Number,
    /// Detention, licence points, whether a warning will do …
    pub besides: Vec<(Text, Text)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    pub name: Text,
    pub levels: Vec<Level>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// As written: a name, a FEEL test, or a phrase with 以上 and 以下.
    pub text: Text,
    pub tests: UnaryTests,
    /// Per cent.
    pub weight: Number,
}

/// A row of a range benchmark: a cell for each factor, and the interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    pub cells: Vec<(Text, UnaryTests)>,
    pub low: Option<Number>,
    pub high: Option<Number>,
}

/// A fact that changes the outcome, with its article and the reasons recorded for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ground {
    pub kind: GroundKind,
    pub article: Text,
    pub reason: Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroundKind {
    /// 不予处罚 (行政处罚法 30, 31, 33 第一款、第二款)
    NoPenalty,
    /// 首违不罚 (行政处罚法 33 第一款)
    FirstOffence,
    /// 减轻 (行政处罚法 32)
    Mitigated,
    /// 公开道歉, where the benchmark knows it
    Apology,
    /// 从轻 (行政处罚法 32)
    Lighter,
    /// 从重
    Heavier,
}

impl GroundKind {
    pub fn name(self) -> &'static str {
        match self {
            GroundKind::NoPenalty => "不予处罚",
            GroundKind::FirstOffence => "首违不罚",
            GroundKind::Mitigated => "减轻处罚",
            GroundKind::Apology => "公开道歉",
            GroundKind::Lighter => "从轻处罚",
            GroundKind::Heavier => "从重处罚",
        }
    }
}
