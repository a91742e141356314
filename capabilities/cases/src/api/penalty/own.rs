//! What the party of a penalty reads and answers: the same as on its page (行政处罚法 43(2), 44, 45, 61(2), 62).

use axum::response::Response;
use mingjing_chronicle::Done;
use mingjing_web::api::{Api, Nothing, Op, Order, Paged};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::Deserialize;

use super::super::files::{MOST_BYTES, Sent};
use super::super::lists::PlaceQuery;
use super::super::own::of_party;
use super::super::{CasePath, PaperPath};
use super::act::acted;
use super::lists::PenaltyLine;
use super::shown::OwnPenalty;
use crate::attached::Attached;
use crate::commands::Acted;
use crate::events::FileRef;
use crate::number::Procedure;
use crate::pages::citizen::OWN_PENALTY;
use crate::pages::citizen::penalty::{get_paper, load};
use crate::penalty::PenaltyAct;
use crate::penalty::commands::{self, PenaltyCommand};
use crate::penalty::decide::confirm_service::ConfirmElectronicService;
use crate::penalty::decide::make_defence::MakeDefence;
use crate::penalty::decide::recusal::RequestRecusal;
use crate::penalty::decide::waive_defence::WaiveDefence;
use crate::penalty::events::DefenceChannel;

pub(super) fn routes() -> Routes {
    let own = Access::May(OWN_PENALTY);
    let answer = |id, act: PenaltyAct| Op::new(id, act.name()).note(act.article()).seen();
    Api::new("我的处罚案件")
        .read(
            Op::new("list_own_penalties", "本人（本单位）的处罚案件").note("立案之后才有；最近有变化的在前"),
            "/api/v1/my/penalties",
            own,
            list_penalties,
        )
        .read(
            Op::new("read_own_penalty", "本人（本单位）的处罚案件详情")
                .note("事先告知之后可以看到认定的事实、依据、裁量和处理建议"),
            "/api/v1/my/penalties/{case_no}",
            own,
            read_penalty,
        )
        .file(
            Op::new("download_own_penalty_paper", "下载处罚案件的文书").note("送达之后可以下载"),
            "/api/v1/my/penalties/{case_no}/papers/{paper_id}",
            own,
            download_paper,
        )
        .command(
            answer("make_defence", PenaltyAct::MakeDefence).most_bytes(MOST_BYTES),
            "/api/v1/my/penalties/{case_no}/defend",
            own,
            defend,
        )
        .command(
            answer("waive_defence", PenaltyAct::WaiveDefence),
            "/api/v1/my/penalties/{case_no}/waive",
            own,
            waive,
        )
        .command(
            answer("ask_for_recusal", PenaltyAct::RequestRecusal),
            "/api/v1/my/penalties/{case_no}/recusal",
            own,
            ask_for_recusal,
        )
        .command(
            answer("confirm_electronic_service", PenaltyAct::ConfirmElectronicService),
            "/api/v1/my/penalties/{case_no}/electronic-service",
            own,
            confirm,
        )
        .into_routes()
}

async fn list_penalties(desk: Desk, _: Nothing, query: PlaceQuery) -> Result<Paged<PenaltyLine>, Problem> {
    of_party(&desk, Procedure::Penalty, query).await
}

async fn read_penalty(desk: Desk, path: CasePath, _: Nothing) -> Result<OwnPenalty, Problem> {
    let seen = load(&desk, &path.case_no).await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    Ok(OwnPenalty::of(&seen, &context))
}

async fn download_paper(desk: Desk, path: PaperPath) -> Result<Response, Problem> {
    get_paper(&desk, &path.case_no, &path.paper_id).await
}

/// What the party says for itself, today and online: nothing of that is asked.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "OwnDefence")]
#[serde(deny_unknown_fields)]
struct Defend {
    #[schemars(
        length(min = 1, max = 50),
        inner(length(max = 5000)),
        description = "逐点复核、逐点答复"
    )]
    points: Vec<String>,
    #[serde(default)]
    #[schemars(with = "Vec<Attached>", length(max = 10))]
    files: Vec<FileRef>,
}

async fn defend(desk: Desk, path: CasePath, order: Order<Sent<Defend>>) -> Result<Done<Acted>, Problem> {
    let seen = load(&desk, &path.case_no).await?;
    let made_on = desk.house.clock.today();
    let command = |said: Defend| {
        PenaltyCommand::MakeDefence(MakeDefence {
            points: said.points,
            files: said.files,
            made_on,
            channel: DefenceChannel::Online,
        })
    };
    acted(&desk, &seen, PenaltyAct::MakeDefence, order, command).await
}

async fn waive(desk: Desk, path: CasePath, order: Order<Nothing>) -> Result<Done<Acted>, Problem> {
    let made_on = desk.house.clock.today();
    let said = |_| WaiveDefence { made_on, signed: None };
    answered(desk, path, order, said).await
}

async fn ask_for_recusal(desk: Desk, path: CasePath, order: Order<RequestRecusal>) -> Result<Done<Acted>, Problem> {
    answered(desk, path, order, |said| said).await
}

async fn confirm(desk: Desk, path: CasePath, order: Order<Nothing>) -> Result<Done<Acted>, Problem> {
    answered(desk, path, order, |_| ConfirmElectronicService { signed: None }).await
}

/// An answer without files.
async fn answered<B, C: Into<PenaltyCommand>>(
    desk: Desk,
    path: CasePath,
    order: Order<B>,
    said: impl FnOnce(B) -> C,
) -> Result<Done<Acted>, Problem> {
    load(&desk, &path.case_no).await?;
    let (chronicle, request) = (&desk.house.chronicle, desk.request(&order.meta));
    let command = said(order.body).into();
    Ok(commands::perform(chronicle, request, &path.case_no, order.meta.seen, command).await?)
}
