//! Discretion benchmarks for machines: the list, one with what it asks for, and the calculator, which records nothing.

use std::collections::BTreeMap;

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use mingjing_rules::benchmark::Ground;
use mingjing_rules::number::Number;
use mingjing_web::api::{Api, Nothing, Op, Paged};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::ItemPath;
use crate::benchmark::{MOST_FACTORS, factors};
use crate::pages::READ;
use crate::pages::benchmark::{ground, of_item, weigh};
use crate::views::benchmarks;

const MOST: i64 = 2_000;

pub fn routes() -> Routes {
    let read = Access::May(READ);
    Api::new("裁量基准")
        .read(
            Op::new("list_benchmarks", "裁量基准列表").note("现行的和将要施行的，按部门和事项排列"),
            "/api/v1/benchmarks",
            read,
            list_benchmarks,
        )
        .read(
            Op::new("read_benchmark", "事项的裁量基准和它要求填写的因素"),
            "/api/v1/items/{item_code}/benchmark",
            read,
            read_benchmark,
        )
        .question(
            Op::new("try_benchmark", "按裁量基准试算").note("不是决定，不记录。行政处罚法第三十四条、第三十七条"),
            "/api/v1/items/{item_code}/benchmark",
            read,
            try_benchmark,
        )
        .into_routes()
}

#[derive(Serialize, JsonSchema)]
struct BenchmarkLine {
    item_code: String,
    item_name: String,
    body_name: String,
    title: String,
    issuer: String,
    document: String,
    /// First day in force.
    in_force: String,
    /// Last day, where one is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

async fn list_benchmarks(desk: Desk, _: Nothing, _: Nothing) -> Result<Paged<BenchmarkLine>, Problem> {
    let today = desk.house.clock.today();
    let rows = desk
        .house
        .chronicle
        .read(move |reader| benchmarks(reader, today, MOST))
        .await?;
    let lines = rows.into_iter().map(|row| BenchmarkLine {
        item_code: row.item_code,
        item_name: row.item_name,
        body_name: row.body_name,
        title: row.title,
        issuer: row.issuer,
        document: row.document,
        in_force: row.in_force,
        until: row.until,
    });
    Ok(Paged::whole(lines.collect()))
}

#[derive(Serialize, JsonSchema)]
struct BenchmarkShown {
    item_code: String,
    item_name: String,
    /// 新的在前
    benchmarks: Vec<BenchmarkAsks>,
}

#[derive(Serialize, JsonSchema)]
struct BenchmarkAsks {
    title: String,
    document: String,
    in_force: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    factors: Vec<FactorAsked>,
}

#[derive(Serialize, JsonSchema)]
struct FactorAsked {
    name: String,
    /// 填写数字；否则从各档中选一档
    counted: bool,
    /// 不填就不能计算
    required: bool,
    levels: Vec<String>,
}

async fn read_benchmark(desk: Desk, path: ItemPath, _: Nothing) -> Result<BenchmarkShown, Problem> {
    let known = of_item(&desk, path.item_code).await?;
    let shown = known.benchmarks.iter().map(|benchmark| BenchmarkAsks {
        title: benchmark.title.to_string(),
        document: benchmark.document.to_string(),
        in_force: benchmark.in_force.to_string(),
        until: benchmark.until.map(|last| last.to_string()),
        factors: factors(benchmark)
            .into_iter()
            .map(|factor| FactorAsked {
                name: factor.name,
                counted: factor.counted,
                required: factor.required,
                levels: factor.levels,
            })
            .collect(),
    });
    Ok(BenchmarkShown {
        benchmarks: shown.collect(),
        item_code: known.item_code,
        item_name: known.item_name,
    })
}

/// A circumstance that changes the amount.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "BenchmarkGround")]
enum GroundAsked {
    Lighter,
    Mitigated,
    Heavier,
    Apology,
}

impl GroundAsked {
    fn engine(self) -> Option<Ground> {
        ground(match self {
            GroundAsked::Lighter => "lighter",
            GroundAsked::Mitigated => "mitigated",
            GroundAsked::Heavier => "heavier",
            GroundAsked::Apology => "apology",
        })
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BenchmarkTrial {
    #[serde(default)]
    #[schemars(schema_with = "answers_schema")]
    factors: BTreeMap<String, String>,
    #[schemars(description = "没有的不填")]
    ground: Option<GroundAsked>,
    #[schemars(description = "违法行为终了的日期；不填按今天算")]
    acted: Option<Date>,
}

fn answers_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "description": "裁量因素：裁量基准中的名称和取值",
        "maxProperties": MOST_FACTORS,
        "additionalProperties": {"type": "string", "maxLength": 200},
    })
}

#[derive(Serialize, JsonSchema)]
struct BenchmarkResult {
    no_penalty: bool,
    /// 元；没有的不填
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statutory_low: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statutory_high: Option<String>,
    /// 为什么适用这一版基准
    version_reason: String,
    lines: Vec<String>,
}

async fn try_benchmark(desk: Desk, path: ItemPath, body: BenchmarkTrial) -> Result<BenchmarkResult, Problem> {
    let today = desk.house.clock.today();
    let known = of_item(&desk, path.item_code).await?;
    let grounds: Vec<Ground> = body.ground.and_then(GroundAsked::engine).into_iter().collect();
    let acted = body.acted.unwrap_or(today);
    let (version_reason, found) = weigh(&known.benchmarks, &body.factors, &grounds, acted, today)
        .map_err(|why| Problem::Refusal(Refusal::law("catalogue.benchmark.not_computable", why)))?;
    let yuan = |amount: Option<Number>| amount.map(|amount| amount.to_string());
    Ok(BenchmarkResult {
        no_penalty: found.no_penalty,
        low: yuan(found.low),
        high: yuan(found.high),
        default: yuan(found.default),
        statutory_low: yuan(found.statutory_low),
        statutory_high: yuan(found.statutory_high),
        version_reason,
        lines: found.lines,
    })
}
