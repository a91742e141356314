//! How penalties stand, for everybody: item, body, state and days. Neither number nor party (R156; DOMAIN 2.15): identity
//! is public only by a release review, under `/api/v1/public/cases`.

use mingjing_web::api::{Api, Cursor, Nothing, Op, Paged, Paging};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::pages::READ;
use crate::penalty::PenaltyState;
use crate::views::penalty_progress;

pub(super) fn routes() -> Routes {
    let public = Access::May(READ);
    Api::new("行政处罚进度公开")
        .read(
            Op::new("list_penalty_progress", "处罚案件进度")
                .note("最近立案的在前。没有当事人和编号；决定经公开审查后，在“公开的办件记录”里"),
            "/api/v1/public/penalties",
            public,
            list_progress,
        )
        .read(
            Op::new("count_penalty_progress", "各状态的处罚案件数"),
            "/api/v1/public/penalties/count",
            public,
            count_progress,
        )
        .into_routes()
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ProgressQuery {
    #[schemars(length(max = 40))]
    body: Option<String>,
    #[schemars(length(max = 400))]
    cursor: Option<String>,
    #[schemars(range(min = 1, max = 100))]
    size: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "PenaltyProgress")]
struct ProgressLine {
    item_name: String,
    body: String,
    state: PenaltyState,
    state_name: String,
    opened_on: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    served_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_on: Option<String>,
}

async fn list_progress(desk: Desk, _: Nothing, query: ProgressQuery) -> Result<Paged<ProgressLine>, Problem> {
    let paging = Paging::read(query.cursor.as_deref(), query.size)?;
    let number = |text: &str| text.parse::<i64>().unwrap_or(0);
    let place = paging.after::<2>()?.map(|[at, nth]| (number(&at), number(&nth)));
    let (body, most) = (query.body.unwrap_or_default(), paging.ask());
    let rows = desk
        .house
        .chronicle
        .read(move |reader| penalty_progress::after(reader, &body, place, most))
        .await?;
    Ok(Paged::of(
        rows,
        paging.size,
        |(_, (at, nth))| Cursor::at([&at.to_string(), &nth.to_string()]),
        |(row, _)| ProgressLine {
            item_name: row.item_name,
            body: row.body,
            state: row.state,
            state_name: row.state.name().to_owned(),
            opened_on: row.opened_on,
            decided_on: row.decided_on,
            served_on: row.served_on,
            closed_on: row.closed_on,
        },
    ))
}

#[derive(Serialize, JsonSchema)]
struct InState {
    state: PenaltyState,
    state_name: String,
    count: i64,
}

async fn count_progress(desk: Desk, _: Nothing, _: Nothing) -> Result<Paged<InState>, Problem> {
    let counts = desk.house.chronicle.read(penalty_progress::counts).await?;
    let row = |(state, count): (PenaltyState, i64)| InState {
        state,
        state_name: state.name().to_owned(),
        count,
    };
    Ok(Paged::whole(counts.into_iter().map(row).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_reads_has_no_place_for_a_party_or_a_number() {
        let schema = schemars::schema_for!(ProgressLine).to_value().to_string();
        for word in ["party", "party_name", "case_no", "cause", "fine"] {
            assert!(!schema.contains(&format!("\"{word}\"")), "{word}");
        }
    }
}
