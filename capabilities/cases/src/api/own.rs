//! A citizen's own cases: the same as on the pages under 我的办件.

use axum::response::Response;
use jiff::Timestamp;
use mingjing_chronicle::Done;
use mingjing_web::api::{Api, Cursor, Nothing, Op, Order, Paged, Paging};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::case_shown::CaseShown;
use super::files::{MOST_BYTES, keep_one};
use super::lists::{CaseLine, PlaceQuery};
use super::office::AnswersBody;
use super::{CasePath, FilePath, PaperPath};
use crate::attached::Attached;
use crate::commands::{self, Acted, Command};
use crate::decide::supply_supplement::SupplySupplement;
use crate::decide::withdraw::Withdraw;
use crate::events::SubmittedMaterial;
use crate::number::Procedure;
use crate::pages::citizen::{APPLY, WITHDRAW, download, load};
use crate::submission::{Behalf, OnlineApplication, SubmittedCase, submit_online};
use crate::views::after;
use crate::views::list::CaseRow;

pub(super) fn routes() -> Routes {
    let own = Access::May(APPLY);
    Api::new("我的办件")
        .read(
            Op::new("list_own_cases", "本人的办件").note("最近有变化的在前"),
            "/api/v1/my/cases",
            own,
            list_cases,
        )
        .create(
            Op::new("submit_application", "提交申请")
                .note("文件以 base64 放在内容里，随申请一起收下或者一起退回；查询码只在回答中出现")
                .most_bytes(MOST_BYTES),
            "/api/v1/my/cases",
            own,
            submit,
        )
        .read(
            Op::new("read_own_case", "本人的办件详情"),
            "/api/v1/my/cases/{case_no}",
            own,
            read_case,
        )
        .file(
            Op::new("download_own_paper", "下载本人的文书"),
            "/api/v1/my/cases/{case_no}/papers/{paper_id}",
            own,
            download_paper,
        )
        .file(
            Op::new("download_own_file", "下载本人提交的材料"),
            "/api/v1/my/cases/{case_no}/files/{file}",
            own,
            download_file,
        )
        .command(
            Op::new("supply_supplement", "提交补正材料")
                .note("行政许可法第三十二条第一款第（五）项")
                .seen()
                .most_bytes(MOST_BYTES),
            "/api/v1/my/cases/{case_no}/supply",
            own,
            supply,
        )
        .command(
            Op::new("withdraw_application", "撤回申请").seen(),
            "/api/v1/my/cases/{case_no}/withdraw",
            Access::May(WITHDRAW),
            withdraw,
        )
        .read(
            Op::new("list_messages", "收件箱"),
            "/api/v1/my/inbox",
            own,
            list_messages,
        )
        .into_routes()
}

async fn list_cases(desk: Desk, _: Nothing, query: PlaceQuery) -> Result<Paged<CaseLine>, Problem> {
    of_party(&desk, Procedure::Permit, query).await
}

/// The person's cases of one procedure, those that changed last first.
pub(super) async fn of_party<L: From<CaseRow>>(
    desk: &Desk,
    procedure: Procedure,
    query: PlaceQuery,
) -> Result<Paged<L>, Problem> {
    let paging = Paging::read(query.cursor.as_deref(), query.size)?;
    let place = paging
        .after::<2>()?
        .map(|[at, number]| (at.parse::<i64>().unwrap_or(0), number));
    let (account, most) = (desk.actor.account.clone(), paging.ask());
    let rows = desk
        .house
        .chronicle
        .read(move |reader| after::of_party(reader, &account, procedure, place.clone(), most))
        .await?;
    Ok(Paged::of(
        rows,
        paging.size,
        |(row, at)| Cursor::at([&at.to_string(), &row.case_no]),
        |(row, _)| L::from(row),
    ))
}

async fn read_case(desk: Desk, path: CasePath, _: Nothing) -> Result<CaseShown, Problem> {
    let seen = load(&desk, &path.case_no).await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    Ok(CaseShown::of(&seen, &context))
}

async fn download_paper(desk: Desk, path: PaperPath) -> Result<Response, Problem> {
    download::get_paper(desk, axum::extract::Path((path.case_no, path.paper_id))).await
}

async fn download_file(desk: Desk, path: FilePath) -> Result<Response, Problem> {
    download::get_material(desk, axum::extract::Path((path.case_no, path.file))).await
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SubmitBody {
    #[schemars(length(min = 1, max = 40))]
    item_code: String,
    behalf: Behalf,
    #[serde(default)]
    #[schemars(length(max = 100), description = "单位的联系人")]
    contact: String,
    #[serde(default)]
    #[schemars(length(max = 30))]
    phone: String,
    #[serde(default)]
    #[schemars(length(max = 200))]
    address: String,
    #[schemars(description = "同意电子送达")]
    electronic_service: bool,
    #[serde(default)]
    form: AnswersBody,
    #[serde(default)]
    #[schemars(length(max = 50))]
    materials: Vec<MaterialBody>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct MaterialBody {
    #[schemars(length(min = 1, max = 64), description = "事项材料的编号")]
    id: String,
    #[schemars(length(min = 1, max = 200))]
    name: String,
    #[schemars(length(min = 1, max = 10))]
    files: Vec<Attached>,
}

async fn submit(desk: Desk, _: Nothing, order: Order<SubmitBody>) -> Result<Done<SubmittedCase>, Problem> {
    let body = order.body;
    let application = OnlineApplication {
        item_code: body.item_code,
        behalf: body.behalf,
        contact: body.contact,
        phone: body.phone,
        address: body.address,
        electronic_service: body.electronic_service,
        form: body.form,
        materials: keep_all(&desk, body.materials).await?,
        draft: None,
    };
    Ok(submit_online(&desk.house.chronicle, desk.request(&order.meta), application).await?)
}

/// Inspects and keeps the files of all materials; a fault of one is told at its place and nothing is handed in.
async fn keep_all(desk: &Desk, materials: Vec<MaterialBody>) -> Result<Vec<SubmittedMaterial>, Problem> {
    let (mut kept, mut number) = (Vec::new(), 0);
    for (at, material) in materials.into_iter().enumerate() {
        let mut files = Vec::new();
        for (nth, file) in material.files.into_iter().enumerate() {
            number += 1;
            let place = format!("materials.{at}.files.{nth}");
            files.push(keep_one(desk, file, place, number).await?);
        }
        kept.push(SubmittedMaterial {
            id: material.id,
            name: material.name,
            files,
            originals: 0,
            copies: 0,
        });
    }
    Ok(kept)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SupplyBody {
    #[serde(default)]
    #[schemars(length(max = 50))]
    materials: Vec<MaterialBody>,
    #[serde(default)]
    #[schemars(length(max = 1000), description = "确实不能提供的，写明材料和原因")]
    note: String,
}

async fn supply(desk: Desk, path: CasePath, order: Order<SupplyBody>) -> Result<Done<Acted>, Problem> {
    load(&desk, &path.case_no).await?;
    let command = Command::SupplySupplement(SupplySupplement {
        materials: keep_all(&desk, order.body.materials).await?,
        note: order.body.note,
    });
    let (chronicle, request) = (&desk.house.chronicle, desk.request(&order.meta));
    Ok(commands::perform(chronicle, request, &path.case_no, order.meta.seen, command).await?)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WithdrawBody {
    #[serde(default)]
    #[schemars(length(max = 500))]
    reasons: String,
}

async fn withdraw(desk: Desk, path: CasePath, order: Order<WithdrawBody>) -> Result<Done<Acted>, Problem> {
    load(&desk, &path.case_no).await?;
    let command = Command::Withdraw(Withdraw {
        reasons: order.body.reasons,
        paper_request: false,
    });
    let (chronicle, request) = (&desk.house.chronicle, desk.request(&order.meta));
    Ok(commands::perform(chronicle, request, &path.case_no, order.meta.seen, command).await?)
}

#[derive(Serialize, JsonSchema)]
struct MessageLine {
    case_no: String,
    title: String,
    text: String,
    /// 需要您处理
    action: bool,
    /// 到达即为送达
    service: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    paper_id: Option<String>,
    arrived_at: Timestamp,
}

async fn list_messages(desk: Desk, _: Nothing, query: PlaceQuery) -> Result<Paged<MessageLine>, Problem> {
    let paging = Paging::read(query.cursor.as_deref(), query.size)?;
    let number = |text: &str| text.parse::<i64>().unwrap_or(0);
    let place = paging
        .after::<4>()?
        .map(|[at, case_no, version, nth]| (number(&at), case_no, number(&version), number(&nth)));
    let (account, most) = (desk.actor.account.clone(), paging.ask());
    let rows = desk
        .house
        .chronicle
        .read(move |reader| after::messages(reader, &account, place.clone(), most))
        .await?;
    Ok(Paged::of(
        rows,
        paging.size,
        |(_, (at, case_no, version, nth))| {
            Cursor::at([&at.to_string(), case_no, &version.to_string(), &nth.to_string()])
        },
        |(message, _)| MessageLine {
            case_no: message.case_no,
            title: message.title,
            text: message.text,
            action: message.action,
            service: message.service,
            paper_id: message.paper_id,
            arrived_at: message.arrived_at,
        },
    ))
}
