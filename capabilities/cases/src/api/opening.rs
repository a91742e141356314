//! What a body begins by itself, for its own system: the same command as the page.

use jiff::civil::Date;
use mingjing_chronicle::Done;
use mingjing_web::api::{Api, Nothing, Op, Order};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::opening::{OpenMatter, OpenedMatter, open};
use crate::pages::OPEN;
use crate::party::Party;

pub(super) fn routes() -> Routes {
    Api::new("办件")
        .create(
            Op::new("open_matter", "依职权启动")
                .note("当场处罚、行政强制措施、行政强制执行；以后的环节用 take_step 办理"),
            "/api/v1/openings",
            Access::May(OPEN),
            open_matter,
        )
        .into_routes()
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct OpeningBody {
    #[schemars(length(min = 1, max = 40))]
    item_code: String,
    party: Party,
    #[schemars(description = "发现的日期")]
    found_on: Date,
    #[schemars(length(min = 1, max = 5000), description = "发现的情况，或者没有履行的行政决定")]
    facts: String,
    #[schemars(length(min = 1, max = 5000))]
    place: String,
}

async fn open_matter(desk: Desk, _: Nothing, order: Order<OpeningBody>) -> Result<Done<OpenedMatter>, Problem> {
    desk.require(OPEN)?;
    let body = order.body;
    let matter = OpenMatter {
        item_code: body.item_code,
        party: body.party,
        found_on: body.found_on,
        facts: body.facts,
        place: body.place,
    };
    Ok(open(&desk.house.chronicle, desk.request(&order.meta), matter).await?)
}
