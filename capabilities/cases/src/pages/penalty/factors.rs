//! 裁量计算: the factors of the item's benchmark answered, and what statute and benchmark say. Nothing is recorded; the
//! same rule runs again at the end of the investigation.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use jiff::civil::Date;
use mingjing_catalogue::public::benchmark::factors;
use mingjing_chronicle::Refusal;
use mingjing_rules::benchmark::Benchmark;
use mingjing_web::{Desk, Fields, Frame, Link, Listing, Problem, page};

use super::super::links::case_page;
use super::super::{BOARD, condition};
use super::seen;
use super::shown::{range, yuan};
use crate::penalty::discretion::Weight;
use crate::penalty::reading::PenaltySeen;
use crate::penalty::trial::{self, benchmark_of};
use crate::views::fines;

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

struct Alike {
    case_no: String,
    link: Link,
    decided_on: String,
    fine: String,
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
    /// Decided cases of the same item with the same levels.
    alike: Vec<Alike>,
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
        (Some(benchmark), true) => match weighed(&seen, benchmark, &fields, today) {
            Ok(result) => (Some(result), String::new()),
            Err(refusal) => (None, refusal.message),
        },
    };
    let alike = match &result {
        Some((_, facts)) => alike_to(&desk, &seen, facts.clone()).await?,
        None => Vec::new(),
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
        result: result.map(|(weighing, _)| weighing),
        alike,
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
            hint: factor.hint(),
            options: match factor.counted {
                true => Vec::new(),
                false => factor
                    .levels
                    .iter()
                    .map(|level| (level.clone(), level.clone()))
                    .collect(),
            },
            label: factor.name,
        })
        .collect()
}

/// Other cases of the item that were decided with these levels, as far as the officer may see them.
async fn alike_to(desk: &Desk, seen: &PenaltySeen, facts: String) -> Result<Vec<Alike>, Problem> {
    let scope = condition(&desk.require(BOARD)?);
    let (item, own) = (seen.item.item_code.clone(), seen.case.case_no.clone());
    let rows = desk
        .house
        .chronicle
        .read(move |reader| fines::alike(reader, &scope, &item, &facts))
        .await?;
    let others = rows.into_iter().filter(|row| row.case_no != own);
    Ok(others
        .map(|row| Alike {
            link: case_page(&row.case_no),
            case_no: row.case_no,
            decided_on: row.decided_on,
            fine: yuan(row.fine),
        })
        .collect())
}

/// What statute and benchmark say, and the levels by which decided cases are alike.
fn weighed(
    seen: &PenaltySeen,
    benchmark: &Benchmark,
    fields: &Fields,
    today: Date,
) -> Result<(Weighing, String), Refusal> {
    let weight = Weight::from_key(fields.value("weight"));
    let found = trial::weigh(seen, &answers(benchmark, fields), weight, today)?;
    let facts = fines::facts_of_trial(&found, weight.map(Weight::name));
    let weighing = Weighing {
        lawful: range(found.statutory_low, found.statutory_high),
        interval: range(found.low, found.high),
        default: found.default.map_or(String::new(), yuan),
        version: found.version_reason,
        lines: found.lines,
    };
    Ok((weighing, facts))
}

/// The answers by the factors' names; what is not answered counts for the party.
pub(super) fn answers(benchmark: &Benchmark, fields: &Fields) -> BTreeMap<String, String> {
    FACTORS
        .into_iter()
        .zip(factors(benchmark))
        .map(|(name, factor)| (factor.name, fields.value(name).trim().to_owned()))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}
