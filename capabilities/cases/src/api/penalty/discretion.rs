//! 裁量计算 through the JSON door: what the item's benchmark asks for, and what follows from answers. Nothing is recorded.

use std::collections::BTreeMap;

use mingjing_catalogue::public::benchmark::{Factor, factors};
use mingjing_web::api::{Api, Nothing, Op};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::CasePath;
use crate::pages::BOARD;
use crate::pages::penalty::seen;
use crate::penalty::decide::end_investigation::factors_schema;
use crate::penalty::discretion::{Discretion, Weight};
use crate::penalty::trial;

pub(super) fn routes() -> Routes {
    let may = Access::May(BOARD);
    Api::new("行政处罚裁量试算")
        .read(
            Op::new("read_discretion_factors", "裁量基准要求填写的因素").note("事项没有可以执行的裁量基准时为空"),
            "/api/v1/penalties/{case_no}/discretion",
            may,
            read_factors,
        )
        .question(
            Op::new("try_discretion", "裁量试算")
                .note("行政处罚法第三十四条。只是试算，不记入案卷；调查终结时按同一规则计算并记录"),
            "/api/v1/penalties/{case_no}/discretion",
            may,
            weigh,
        )
        .into_routes()
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DiscretionFactors")]
struct FactorsShown {
    /// 没有就是事项没有登记可以执行的裁量基准
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    factors: Vec<FactorShown>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DiscretionFactor")]
struct FactorShown {
    name: String,
    /// 填写数字；否则从各档中选一档
    counted: bool,
    /// 不填就不能计算（例如货值金额）
    required: bool,
    levels: Vec<String>,
}

impl From<Factor> for FactorShown {
    fn from(factor: Factor) -> FactorShown {
        FactorShown {
            name: factor.name,
            counted: factor.counted,
            required: factor.required,
            levels: factor.levels,
        }
    }
}

async fn read_factors(desk: Desk, path: CasePath, _: Nothing) -> Result<FactorsShown, Problem> {
    let seen = seen(&desk, path.case_no).await?;
    let benchmark = trial::benchmark_of(&seen);
    Ok(FactorsShown {
        factors: benchmark
            .as_ref()
            .map_or_else(Vec::new, factors)
            .into_iter()
            .map(FactorShown::from)
            .collect(),
        title: benchmark.map(|found| found.title.to_string()),
    })
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "DiscretionTrial")]
#[serde(deny_unknown_fields)]
struct TrialBody {
    #[serde(default)]
    #[schemars(schema_with = "factors_schema")]
    factors: BTreeMap<String, String>,
    #[schemars(description = "法定情节；没有的不填")]
    weight: Option<Weight>,
}

async fn weigh(desk: Desk, path: CasePath, body: TrialBody) -> Result<Discretion, Problem> {
    let seen = seen(&desk, path.case_no).await?;
    Ok(trial::weigh(
        &seen,
        &body.factors,
        body.weight,
        desk.house.clock.today(),
    )?)
}
