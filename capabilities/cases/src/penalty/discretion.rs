//! The fine inside statute and benchmark: the rules engine's benchmark with the facts of a case, recorded with its
//! reasons (行政处罚法 32–34, 37). The benchmark stands in the item version; a person decides, the engine proposes.

use std::collections::BTreeMap;

use jiff::civil::Date;
use mingjing_catalogue::public::{Item, ItemVersion, benchmark};
use mingjing_chronicle::Refusal;
use mingjing_rules::benchmark::{Benchmark, Ground, GroundKind, Judgement, choose, read_benchmark};
use mingjing_rules::number::Number;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decide::LegalAct;
use crate::money::Fen;
use crate::penalty::events::words;

words! {
    /// A circumstance that changes the result (32, 33; 从重 by the special law).
    Weight {
        Lighter "lighter" "从轻",
        Mitigated "mitigated" "减轻",
        Heavier "heavier" "从重",
        Apology "apology" "公开道歉",
    }
}

/// A circumstance with its article and its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct GroundGiven {
    pub weight: Weight,
    #[schemars(length(max = 5000))]
    pub article: String,
    #[schemars(length(max = 5000))]
    pub reason: String,
}

/// What statute and benchmark say about one case, as recorded. Amounts in fen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Discretion {
    /// Code and document of the benchmark.
    pub benchmark: String,
    pub document: String,
    /// The interval; an open end where there is none.
    pub low: Option<Fen>,
    pub high: Option<Fen>,
    pub high_included: bool,
    /// The amount that follows where nothing else is reasoned.
    pub default: Option<Fen>,
    pub statutory_low: Option<Fen>,
    pub statutory_high: Option<Fen>,
    /// A mitigating ground allows less than the statutory minimum (32).
    pub may_go_below: bool,
    /// Why this version of the benchmark applies (37).
    pub version_reason: String,
    /// The version of the item whose benchmark it is.
    pub item_version: i32,
    pub lines: Vec<String>,
}

/// A benchmark found and applied, still able to judge an amount.
#[derive(Debug, Clone)]
pub struct Weighed {
    pub record: Discretion,
    found: mingjing_rules::benchmark::Discretion,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    Within,
    /// Lawful, but outside the interval: reasons and a legal review.
    Departs(String),
    Unlawful(String),
}

impl Weighed {
    pub fn judge(&self, fine: Fen) -> Judged {
        let Some(yuan) = Number::from(fine.0).div(Number::from(100)) else {
            return Judged::Unlawful("罚款数额超出可以计算的范围".into());
        };
        match self.found.judge(yuan) {
            Judgement::Within => Judged::Within,
            Judgement::Departs(why) => Judged::Departs(why),
            Judgement::Unlawful(why) => Judged::Unlawful(why),
        }
    }
}

/// The benchmark texts of one item version; one text may hold several versions, each beginning with a line 基准.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BenchmarkText {
    pub item_version: i32,
    pub text: String,
}

/// The days that choose the law (37).
#[derive(Debug, Clone, Copy)]
pub struct Days {
    pub acted: Date,
    pub decided: Date,
}

/// Applies the benchmark in force on the day of the act, or the later one where it is lighter (37).
///
/// # Errors
/// `<act>.no_benchmark`, `<act>.benchmark_unreadable`, `<act>.factors`: what is missing, in words.
pub(crate) fn weigh(
    act: impl LegalAct,
    texts: &[BenchmarkText],
    days: Days,
    factors: &BTreeMap<String, String>,
    grounds: &[GroundGiven],
) -> Result<Weighed, Refusal> {
    let versions = read(act, texts)?;
    let benchmarks: Vec<Benchmark> = versions.iter().map(|(_, benchmark)| benchmark.clone()).collect();
    let (facts, grounds) = (benchmark::facts(factors), engine_grounds(grounds));
    let (acted, decided) = (benchmark::engine_date(days.acted), benchmark::engine_date(days.decided));
    let (Some(acted), Some(decided)) = (acted, decided) else {
        return Err(act.lacks("no_such_day", "acted_from", "违法行为的日期有误。"));
    };
    let chosen = choose(&benchmarks, acted, decided, &facts, &grounds).map_err(|missing| {
        act.lacks("factors", "factors", format!("裁量因素不完整：{missing}。"))
            .article("行政处罚法第三十四条")
    })?;
    let Some(chosen) = chosen else {
        return Err(Refusal::law(
            act.code("no_benchmark"),
            format!(
                "违法行为终了时（{}）没有可以适用的裁量基准，不能计算罚款数额。",
                days.acted
            ),
        )
        .article("行政处罚法第三十四条、第三十七条")
        .advice("请联系法制机构在权力事项中登记当时施行的裁量基准。"));
    };
    let item_version = versions[chosen.version].0;
    let found = chosen.discretion;
    let record = Discretion {
        benchmark: found.benchmark.to_string(),
        document: found.document.to_string(),
        low: found.low.and_then(fen),
        high: found.high.and_then(fen),
        high_included: found.high_included,
        default: found.default.and_then(fen),
        statutory_low: found.statutory_low.and_then(fen),
        statutory_high: found.statutory_high.and_then(fen),
        may_go_below: found.may_go_below,
        version_reason: chosen.reason,
        item_version,
        lines: found.lines.clone(),
    };
    Ok(Weighed { record, found })
}

fn read(act: impl LegalAct, texts: &[BenchmarkText]) -> Result<Vec<(i32, Benchmark)>, Refusal> {
    let mut versions: Vec<(i32, Benchmark)> = Vec::new();
    for text in texts {
        for part in benchmark::parts(&text.text) {
            let benchmark = read_benchmark(&part).map_err(|error| {
                Refusal::law(
                    act.code("benchmark_unreadable"),
                    format!("该事项登记的裁量基准不能执行：{error}"),
                )
                .article("行政处罚法第三十四条")
                .advice("请联系法制机构核对权力事项中的裁量基准。")
            })?;
            // A later item version usually repeats the benchmarks of the earlier one.
            if !versions.iter().any(|(_, known)| *known == benchmark) {
                versions.push((text.item_version, benchmark));
            }
        }
    }
    if versions.is_empty() {
        return Err(Refusal::law(
            act.code("no_benchmark"),
            "该事项还没有登记可以执行的裁量基准，不能在平台上提出罚款建议。",
        )
        .article("行政处罚法第三十四条")
        .advice("请联系法制机构在权力事项中登记裁量基准。"));
    }
    Ok(versions)
}

/// The benchmarks of the versions that may govern a case (37): the pinned one, that of the day of the act, today's.
pub(crate) fn texts(item: &Item, pinned: &ItemVersion, acted: Option<Date>, today: Date) -> Vec<BenchmarkText> {
    let mut texts: Vec<BenchmarkText> = Vec::new();
    let versions = [
        acted.and_then(|day| item.current(day)),
        Some(pinned),
        item.current(today),
    ];
    for version in versions.into_iter().flatten() {
        let text = version.discretion_benchmark.as_deref().unwrap_or_default();
        let known = texts.iter().any(|other| other.item_version == version.version);
        if !known && is_executable(text) {
            texts.push(BenchmarkText {
                item_version: version.version,
                text: text.to_owned(),
            });
        }
    }
    texts
}

/// Whether an item's benchmark is one that can be executed, not a remark.
fn is_executable(text: &str) -> bool {
    !benchmark::parts(text).is_empty()
}

fn engine_grounds(grounds: &[GroundGiven]) -> Vec<Ground> {
    grounds
        .iter()
        .map(|ground| Ground {
            kind: match ground.weight {
                Weight::Lighter => GroundKind::Lighter,
                Weight::Mitigated => GroundKind::Mitigated,
                Weight::Heavier => GroundKind::Heavier,
                Weight::Apology => GroundKind::Apology,
            },
            article: ground.article.as_str().into(),
            reason: ground.reason.as_str().into(),
        })
        .collect()
}

/// Fractions of a fen are cut off: in favour of the party.
fn fen(yuan: Number) -> Option<Fen> {
    yuan.mul(Number::from(100))?.trunc_i64().map(Fen)
}
