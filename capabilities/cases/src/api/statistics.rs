//! The statistics through the JSON door: the figures of page, CSV and XLSX, read by the same function under the same scope.

use jiff::civil::Date;
use mingjing_web::api::{Api, Nothing, Op};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::number::Procedure;
use crate::pages::statistics::{Read, Side, read};
use crate::pages::{BOARD, READ};
use crate::views::statistics::{Asked, Figures};

pub(super) fn routes() -> Routes {
    Api::new("办件统计")
        .read(
            Op::new("read_statistics", "办件统计").note("范围是您有权查看的办件，数字与办件统计页相同"),
            "/api/v1/statistics",
            Access::May(BOARD),
            read_statistics,
        )
        .read(
            Op::new("read_public_statistics", "公开的办件统计")
                .note("范围是全部机关；已决定的不足五件时不公布中位日数"),
            "/api/v1/public/statistics",
            Access::May(READ),
            read_public_statistics,
        )
        .into_routes()
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct StatisticsQuery {
    #[schemars(description = "没有就是行政许可；两种程序不相加")]
    procedure: Option<Procedure>,
    #[schemars(range(min = 1900, max = 2200), description = "许可按收到的年份，处罚按立案的年份")]
    year: Option<i16>,
    #[schemars(length(max = 40))]
    body: Option<String>,
    #[schemars(length(max = 40))]
    item_code: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Statistics")]
struct StatisticsShown {
    today: Date,
    procedure: Procedure,
    total: FiguresShown,
    by_body: Vec<OfGroup>,
    by_item: Vec<OfGroup>,
    by_month: Vec<OfGroup>,
    by_state: Vec<InState>,
    /// 每个数字怎么算
    definitions: Vec<Definition>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StatisticsGroup")]
struct OfGroup {
    /// 机关编号、事项编码或者月份
    key: String,
    name: String,
    figures: FiguresShown,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StatisticsInState")]
struct InState {
    state: String,
    state_name: String,
    count: i64,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "StatisticsDefinition")]
struct Definition {
    figure: String,
    meaning: String,
}

/// 每个数字的意思见 definitions；另一种程序的决定为 0
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Figures")]
struct FiguresShown {
    /// 许可：收到申请；处罚：立案
    received: i64,
    undecided: i64,
    decided: i64,
    granted: i64,
    denied: i64,
    /// 未受理或者不需要许可
    turned_away: i64,
    withdrawn: i64,
    fined: i64,
    no_penalty: i64,
    not_established: i64,
    transferred: i64,
    in_time: i64,
    past_promise: i64,
    past_law: i64,
    /// 现已超过法定期限未决定
    overdue: i64,
    /// 法定期限内决定的比例，千分之几；没有已决定的就没有
    #[serde(skip_serializing_if = "Option::is_none")]
    lawful_per_mille: Option<i64>,
    /// 到决定的自然日数的中位数，单位为十分之一日
    #[serde(skip_serializing_if = "Option::is_none")]
    median_tenths_of_days: Option<i64>,
}

impl FiguresShown {
    fn of(figures: &Figures) -> FiguresShown {
        FiguresShown {
            received: figures.received,
            undecided: figures.undecided,
            decided: figures.decided(),
            granted: figures.granted,
            denied: figures.denied,
            turned_away: figures.turned_away,
            withdrawn: figures.withdrawn,
            fined: figures.fined,
            no_penalty: figures.no_penalty,
            not_established: figures.not_established,
            transferred: figures.transferred,
            in_time: figures.in_time,
            past_promise: figures.past_promise,
            past_law: figures.past_law,
            overdue: figures.overdue,
            lawful_per_mille: figures.lawful_tenths(),
            median_tenths_of_days: figures.median_tenths,
        }
    }
}

async fn read_statistics(desk: Desk, _: Nothing, query: StatisticsQuery) -> Result<StatisticsShown, Problem> {
    shown(desk, query, Side::Desk).await
}

async fn read_public_statistics(desk: Desk, _: Nothing, query: StatisticsQuery) -> Result<StatisticsShown, Problem> {
    shown(desk, query, Side::Public).await
}

async fn shown(desk: Desk, query: StatisticsQuery, side: Side) -> Result<StatisticsShown, Problem> {
    let asked = Asked {
        procedure: query.procedure.unwrap_or(Procedure::Permit),
        year: query.year,
        body: query.body.unwrap_or_default(),
        item: query.item_code.unwrap_or_default(),
    };
    let found = read(&desk, &asked, side).await?;
    let group = |(key, figures): (&String, &Figures), name: fn(&Read, &str) -> String| OfGroup {
        key: key.clone(),
        name: name(&found, key),
        figures: FiguresShown::of(figures),
    };
    let counts = &found.counts;
    let definitions = found.words.definitions.iter();
    Ok(StatisticsShown {
        today: desk.house.clock.today(),
        procedure: asked.procedure,
        total: FiguresShown::of(&counts.total),
        by_body: counts.by_body.iter().map(|one| group(one, Read::body_name)).collect(),
        by_item: counts.by_item.iter().map(|one| group(one, Read::item_name)).collect(),
        by_month: counts
            .by_month
            .iter()
            .map(|one| group(one, |_, month| month.to_owned()))
            .collect(),
        by_state: counts
            .by_state
            .iter()
            .map(|(state, count)| InState {
                state: state.key().to_owned(),
                state_name: state.name().to_owned(),
                count: *count,
            })
            .collect(),
        definitions: definitions
            .map(|(figure, meaning)| Definition {
                figure: (*figure).to_owned(),
                meaning: (*meaning).to_owned(),
            })
            .collect(),
    })
}
