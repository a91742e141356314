//! What items still lack, for the departments' own systems and the legal office's.

use mingjing_web::api::{Api, Nothing, Op, Paged};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::Serialize;

use crate::pages::CHANGES;
use crate::pages::gaps::body_rows;
use crate::views::Gap;

pub fn routes() -> Routes {
    Api::new("事项目录")
        .read(
            Op::new("list_item_gaps", "目录完整情况").note("各部门在用的事项缺什么；只列出可以查看的部门"),
            "/api/v1/items/gaps",
            Access::May(CHANGES),
            list_gaps,
        )
        .into_routes()
}

#[derive(Serialize, JsonSchema)]
struct BodyGaps {
    body: String,
    name: String,
    /// 在用的事项
    items: i64,
    lacks: Vec<GapNumber>,
}

#[derive(Serialize, JsonSchema)]
struct GapNumber {
    gap: Gap,
    name: &'static str,
    items: i64,
}

async fn list_gaps(desk: Desk, _: Nothing, _: Nothing) -> Result<Paged<BodyGaps>, Problem> {
    let scope = desk.require(CHANGES)?;
    let rows = desk
        .house
        .chronicle
        .read(move |reader| body_rows(reader, &scope))
        .await?;
    let bodies = rows.into_iter().map(|row| BodyGaps {
        lacks: row
            .lacks
            .into_iter()
            .map(|(gap, items)| GapNumber {
                gap,
                name: gap.name(),
                items,
            })
            .collect(),
        body: row.body,
        name: row.name,
        items: row.items,
    });
    Ok(Paged::whole(bodies.collect()))
}
