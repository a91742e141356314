//! 裁量计算 before anything is proposed: the factors that the item's benchmark asks for, and what statute and benchmark
//! say about given answers. Nothing is recorded; the same rule runs again at the end of the investigation.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use mingjing_rules::benchmark::{Benchmark, Shape, phrase_tests, read_benchmark};

use super::PenaltyAct;
use super::discretion::{self, Days, Discretion, GroundGiven, Weight};
use super::reading::PenaltySeen;

/// The name of the fact that chooses the row of a table with fixed amounts.
const SITUATION: &str = "情形";

/// A fact that the benchmark asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    pub name: String,
    pub levels: Vec<String>,
    /// A number is given and the levels are ranges of it; otherwise one of the levels is chosen by its name.
    pub counted: bool,
}

/// The benchmark of the item version; of several the latest, whose factors are asked for.
pub fn benchmark_of(seen: &PenaltySeen) -> Option<Benchmark> {
    let text = seen.item.discretion_benchmark.as_deref()?;
    discretion::parts(text)
        .iter()
        .filter_map(|part| read_benchmark(part).ok())
        .max_by(|one, other| {
            one.in_force
                .partial_cmp(&other.in_force)
                .unwrap_or(std::cmp::Ordering::Equal)
        })
}

pub fn factors(benchmark: &Benchmark) -> Vec<Factor> {
    let names = match &benchmark.shape {
        Shape::Fixed(_) => vec![SITUATION.to_owned()],
        Shape::WeightSum { factors, .. } => factors.iter().map(|factor| factor.name.to_string()).collect(),
        Shape::Range { factors, .. } => factors.iter().map(ToString::to_string).collect(),
        Shape::Tier { .. } => Vec::new(),
    };
    names.into_iter().map(|name| factor(benchmark, name)).collect()
}

fn factor(benchmark: &Benchmark, name: String) -> Factor {
    let levels = levels(benchmark, &name);
    let of_numbers = |level: &String| {
        phrase_tests(level, benchmark.bounds).is_some()
            || level.starts_with(|first: char| first.is_ascii_digit() || "<>=[(".contains(first))
    };
    Factor {
        counted: levels.is_empty() || levels.iter().any(of_numbers),
        name,
        levels,
    }
}

fn levels(benchmark: &Benchmark, factor: &str) -> Vec<String> {
    let mut found: Vec<String> = match &benchmark.shape {
        Shape::Fixed(situations) => situations.iter().map(|one| one.code.to_string()).collect(),
        Shape::WeightSum { factors, .. } => factors
            .iter()
            .filter(|known| &*known.name == factor)
            .flat_map(|known| known.levels.iter().map(|level| level.text.to_string()))
            .collect(),
        Shape::Range { factors, rows } => {
            let at = factors.iter().position(|known| &**known == factor);
            let cells = rows.iter().filter_map(|row| row.cells.get(at?));
            cells.map(|(text, _)| text.to_string()).collect()
        }
        Shape::Tier { .. } => Vec::new(),
    };
    let mut seen = BTreeSet::new();
    found.retain(|level| level != "-" && seen.insert(level.clone()));
    found
}

/// What would be recorded for these answers; a factor without an answer counts for the party.
///
/// # Errors
/// As the end of the investigation: `penalty.end_investigation.no_benchmark`, `…benchmark_unreadable`, `…factors`.
pub fn weigh(
    seen: &PenaltySeen,
    answers: &BTreeMap<String, String>,
    weight: Option<Weight>,
    today: Date,
) -> Result<Discretion, Refusal> {
    let opening = seen.case.facts.opening.as_ref();
    let days = Days {
        acted: opening.map_or(today, |opening| opening.acted.decisive_day(today)),
        decided: today,
    };
    let grounds: Vec<GroundGiven> = weight
        .map(|weight| GroundGiven {
            weight,
            article: "行政处罚法第三十二条".to_owned(),
            reason: "试算".to_owned(),
        })
        .into_iter()
        .collect();
    let weighed = discretion::weigh(PenaltyAct::EndInvestigation, &seen.benchmarks, days, answers, &grounds)?;
    Ok(weighed.record)
}
