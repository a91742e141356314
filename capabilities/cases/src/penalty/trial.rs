//! 裁量计算 before anything is proposed: the factors that the item's benchmark asks for, and what statute and benchmark
//! say about given answers. Nothing is recorded; the same rule runs again at the end of the investigation.

use std::collections::BTreeMap;

use jiff::civil::Date;
use mingjing_catalogue::public::benchmark;
use mingjing_chronicle::Refusal;
use mingjing_rules::benchmark::Benchmark;

use super::PenaltyAct;
use super::discretion::{self, Days, Discretion, GroundGiven, Weight};
use super::reading::PenaltySeen;

/// The benchmark of the item version; of several the latest, whose factors are asked for.
pub fn benchmark_of(seen: &PenaltySeen) -> Option<Benchmark> {
    benchmark::latest(seen.item.discretion_benchmark.as_deref()?)
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
