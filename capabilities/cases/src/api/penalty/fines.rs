//! Decided fines against their benchmarks, for the legal office's and the supervisors' own systems.

use mingjing_web::api::{Api, Nothing, Op, Paged};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::money::Fen;
use crate::pages::{BOARD, condition};
use crate::views::fines::{FineRow, fines};

const MOST: i64 = 1_000;

pub(super) fn routes() -> Routes {
    Api::new("行政处罚裁量试算")
        .read(
            Op::new("list_fines", "罚款决定与裁量基准").note("最近的在前，最多1000件；行政处罚法第三十四条"),
            "/api/v1/penalties/fines",
            Access::May(BOARD),
            list_fines,
        )
        .into_routes()
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FinesQuery {
    #[schemars(length(max = 40))]
    item_code: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DecidedFine")]
struct FineLine {
    case_no: String,
    item_code: String,
    decided_on: String,
    /// 各因素的档次和情节
    facts: String,
    fine: Fen,
    #[serde(skip_serializing_if = "Option::is_none")]
    low: Option<Fen>,
    #[serde(skip_serializing_if = "Option::is_none")]
    high: Option<Fen>,
    /// 没有其他情节时的数额
    #[serde(skip_serializing_if = "Option::is_none")]
    usual: Option<Fen>,
    /// 偏离基准
    departs: bool,
    /// 在幅度内，与一般数额相差一半以上
    stands_out: bool,
}

impl From<FineRow> for FineLine {
    fn from(row: FineRow) -> FineLine {
        FineLine {
            departs: row.departs(),
            stands_out: row.stands_out(),
            case_no: row.case_no,
            item_code: row.item_code,
            decided_on: row.decided_on,
            facts: row.facts,
            fine: row.fine,
            low: row.low,
            high: row.high,
            usual: row.usual,
        }
    }
}

async fn list_fines(desk: Desk, _: Nothing, query: FinesQuery) -> Result<Paged<FineLine>, Problem> {
    let scope = condition(&desk.require(BOARD)?);
    let item = query.item_code.unwrap_or_default();
    let rows = desk
        .house
        .chronicle
        .read(move |reader| fines(reader, &scope, &item, MOST))
        .await?;
    Ok(Paged::whole(rows.into_iter().map(FineLine::from).collect()))
}
