//! 裁量计算: the factors of the item's benchmark answered, and what statute and benchmark say. Nothing is recorded; the
//! same rule runs again at the end of the investigation.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use mingjing_rules::benchmark::{Benchmark, Shape, phrase_tests, read_benchmark};
use mingjing_web::{Desk, Fields, Frame, Listing, Problem, page};

use super::super::links::case_page;
use super::seen;
use crate::penalty::PenaltyAct;
use crate::penalty::discretion::{self, BenchmarkText, Days, GroundGiven, Weight};
use crate::penalty::reading::PenaltySeen;

/// Names of the factors' fields; a benchmark with more factors than these is refused by the reader of items.
pub(super) const FACTORS: [&str; 12] = [
    "factor_1",
    "factor_2",
    "factor_3",
    "factor_4",
    "factor_5",
    "factor_6",
    "factor_7",
    "factor_8",
    "factor_9",
    "factor_10",
    "factor_11",
    "factor_12",
];

/// The name of the fact that chooses the row of a table with fixed amounts.
const SITUATION: &str = "情形";

struct FactorShown {
    name: &'static str,
    label: String,
    hint: String,
    options: Vec<(String, String)>,
}

struct Weighing {
    lawful: String,
    interval: String,
    default: String,
    version: String,
    lines: Vec<String>,
}

#[derive(Template)]
#[template(path = "cases/penalty_discretion.html")]
struct DiscretionPage {
    frame: Frame,
    fields: Fields,
    case_no: String,
    item_name: String,
    title: String,
    factors: Vec<FactorShown>,
    weights: Vec<(String, String)>,
    result: Option<Weighing>,
    /// Why nothing can be said.
    missing: String,
}

pub(in crate::pages) async fn get_discretion(
    desk: Desk,
    Path(case_no): Path<String>,
    listing: Listing,
) -> Result<Response, Problem> {
    let seen = seen(&desk, case_no).await?;
    let today = desk.house.clock.today();
    let benchmark = benchmark_of(&seen);
    let mut fields = desk.form();
    for name in FACTORS.into_iter().chain(["weight", "asked"]) {
        fields = fields.with(name, listing.one(name).to_owned());
    }
    let (result, missing) = match (&benchmark, listing.has("asked", "yes")) {
        (None, _) => (None, "该事项还没有登记可以执行的裁量基准。".to_owned()),
        (Some(_), false) => (None, String::new()),
        (Some(benchmark), true) => match weigh(&seen, benchmark, &fields, today) {
            Ok(result) => (Some(result), String::new()),
            Err(refusal) => (None, refusal.message),
        },
    };
    Ok(page(&DiscretionPage {
        frame: desk.frame("裁量计算").back(case_page(&seen.case.case_no)),
        case_no: seen.case.case_no.clone(),
        item_name: seen.item.name.clone(),
        title: benchmark
            .as_ref()
            .map_or(String::new(), |found| found.title.to_string()),
        factors: benchmark.as_ref().map_or_else(Vec::new, shown),
        weights: Weight::ALL
            .iter()
            .map(|weight| (weight.key().to_owned(), weight.name().to_owned()))
            .collect(),
        result,
        missing,
        fields,
    }))
}

fn shown(benchmark: &Benchmark) -> Vec<FactorShown> {
    FACTORS
        .into_iter()
        .zip(factors(benchmark))
        .map(|(name, factor)| FactorShown {
            name,
            hint: factor_hint(benchmark, &factor),
            options: named_levels(benchmark, &factor)
                .unwrap_or_default()
                .into_iter()
                .map(|level| (level.clone(), level))
                .collect(),
            label: factor,
        })
        .collect()
}

fn weigh(
    seen: &PenaltySeen,
    benchmark: &Benchmark,
    fields: &Fields,
    today: jiff::civil::Date,
) -> Result<Weighing, mingjing_chronicle::Refusal> {
    let texts = [BenchmarkText {
        item_version: seen.item.version,
        text: seen.item.discretion_benchmark.clone().unwrap_or_default(),
    }];
    let acted = seen
        .case
        .facts
        .opening
        .as_ref()
        .map(|opening| opening.acted.decisive_day(today));
    let days = Days {
        acted: acted.unwrap_or(today),
        decided: today,
    };
    let grounds: Vec<GroundGiven> = Weight::from_key(fields.value("weight"))
        .map(|weight| GroundGiven {
            weight,
            article: "行政处罚法第三十二条".to_owned(),
            reason: "试算".to_owned(),
        })
        .into_iter()
        .collect();
    let answers = answers(benchmark, fields);
    let found = discretion::weigh(PenaltyAct::EndInvestigation, &texts, days, &answers, &grounds)?.record;
    let span = |low: Option<crate::money::Fen>, high: Option<crate::money::Fen>| match (low, high) {
        (Some(low), Some(high)) if low == high => format!("{low}元"),
        (Some(low), Some(high)) => format!("{low}元至{high}元"),
        (Some(low), None) => format!("{low}元以上"),
        (None, Some(high)) => format!("{high}元以下"),
        (None, None) => "没有规定".to_owned(),
    };
    Ok(Weighing {
        lawful: span(found.statutory_low, found.statutory_high),
        interval: span(found.low, found.high),
        default: found.default.map_or(String::new(), |fine| format!("{fine}元")),
        version: found.version_reason,
        lines: found.lines,
    })
}

/// The answers by the factors' names; what is not answered counts for the party.
pub(super) fn answers(benchmark: &Benchmark, fields: &Fields) -> BTreeMap<String, String> {
    FACTORS
        .into_iter()
        .zip(factors(benchmark))
        .map(|(name, factor)| (factor, fields.value(name).trim().to_owned()))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// The benchmark of the item version; of several the latest, whose factors the form asks for.
pub(super) fn benchmark_of(seen: &PenaltySeen) -> Option<Benchmark> {
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

pub(super) fn factors(benchmark: &Benchmark) -> Vec<String> {
    match &benchmark.shape {
        Shape::Fixed(_) => vec![SITUATION.to_owned()],
        Shape::WeightSum { factors, .. } => factors.iter().map(|factor| factor.name.to_string()).collect(),
        Shape::Range { factors, .. } => factors.iter().map(ToString::to_string).collect(),
        Shape::Tier { .. } => Vec::new(),
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
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|level| level != "-" && seen.insert(level.clone()));
    found
}

/// Levels that are chosen by name; `None` where a number has to be given.
pub(super) fn named_levels(benchmark: &Benchmark, factor: &str) -> Option<Vec<String>> {
    let levels = levels(benchmark, factor);
    let counted = |level: &String| {
        phrase_tests(level, benchmark.bounds).is_some()
            || level.starts_with(|first: char| first.is_ascii_digit() || "<>=[(".contains(first))
    };
    (!levels.is_empty() && !levels.iter().any(counted)).then_some(levels)
}

pub(super) fn factor_hint(benchmark: &Benchmark, factor: &str) -> String {
    let levels = levels(benchmark, factor);
    match named_levels(benchmark, factor) {
        Some(_) => "不能证明的不选，按最低一档计算".to_owned(),
        None => format!("填数字；各档：{}。不能证明的不填，按最低一档计算", levels.join("、")),
    }
}
