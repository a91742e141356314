//! What a body's own system reads and takes in: tasks, cases, board, papers, files, officers, paper applications.

use axum::response::Response;
use jiff::civil::Date;
use mingjing_calendar::Period;
use mingjing_chronicle::Done;
use mingjing_people::public::queries;
use mingjing_web::api::{Api, Cursor, Nothing, Op, Order, Paged, Paging};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::act_bodies::CountedMaterial;
use super::case_shown::CaseShown;
use super::lists::{CaseLine, CaseQuery, CountQuery, PlaceQuery, TaskLine};
use super::{CasePath, FilePath, PaperPath};
use crate::clock::ClockKind;
use crate::events::{CaseState, SubmittedMaterial};
use crate::pages::board::SOON_WORKING_DAYS;
use crate::pages::named::note_listed;
use crate::pages::{BOARD, INTAKE, condition, files, seen};
use crate::party::{Agent, Applicant, Authority, Party};
use crate::penalty::PenaltyState;
use crate::submission::{PaperApplication, SubmittedCase, record_receipt};
use crate::views::board::board;
use crate::views::list::Standing;
use crate::views::{after, list};

pub(super) fn routes() -> Routes {
    let may = Access::May(BOARD);
    Api::new("办件")
        .read(
            Op::new("list_cases", "办件列表").note("先按收到日期从新到旧，再按编号"),
            "/api/v1/cases",
            may,
            list_cases,
        )
        .create(
            Op::new("record_receipt", "登记窗口或者邮寄收件").note("查询码只在回答中出现，请交给申请人"),
            "/api/v1/cases",
            Access::May(INTAKE),
            record_paper_application,
        )
        .read(
            Op::new("count_cases", "办件数"),
            "/api/v1/cases/count",
            may,
            count_cases,
        )
        .read(
            Op::new("list_tasks", "待办").note("最急的在前"),
            "/api/v1/tasks",
            may,
            list_tasks,
        )
        .read(Op::new("read_board", "办件看板"), "/api/v1/board", may, read_board)
        .read(
            Op::new("read_case", "办件详情"),
            "/api/v1/cases/{case_no}",
            may,
            read_case,
        )
        .file(
            Op::new("download_paper", "下载文书"),
            "/api/v1/cases/{case_no}/papers/{paper_id}",
            may,
            download_paper,
        )
        .file(
            Op::new("download_file", "下载申请材料"),
            "/api/v1/cases/{case_no}/files/{file}",
            may,
            download_file,
        )
        .read(
            Op::new("list_case_officers", "办件单位的工作人员").note("登记现场核查时填写他们的账号"),
            "/api/v1/cases/{case_no}/officers",
            may,
            list_officers,
        )
        .into_routes()
}

async fn list_cases(desk: Desk, _: Nothing, query: CaseQuery<CaseState>) -> Result<Paged<CaseLine>, Problem> {
    let scope = condition(&desk.require(BOARD)?);
    let paging = Paging::read(query.cursor.as_deref(), query.size)?;
    let (place, most, filter) = (
        paging.after::<2>()?,
        paging.ask(),
        query.filter(desk.house.clock.today()),
    );
    let rows = desk
        .house
        .chronicle
        .read(move |reader| after::cases(reader, &scope, &filter, place.clone(), most))
        .await?;
    note_listed(&desk, rows.iter().map(|row| row.case_no.as_str()))?;
    let place = |row: &list::CaseRow| Cursor::at([&row.received_on, &row.case_no]);
    Ok(Paged::of(rows, paging.size, place, CaseLine::from))
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Count {
    pub(super) count: i64,
}

async fn count_cases(desk: Desk, _: Nothing, query: CountQuery<CaseState>) -> Result<Count, Problem> {
    let scope = condition(&desk.require(BOARD)?);
    let filter = query.filter(desk.house.clock.today());
    let counted = desk
        .house
        .chronicle
        .read(move |reader| list::count(reader, &scope, &filter));
    Ok(Count { count: counted.await? })
}

async fn list_tasks(desk: Desk, _: Nothing, query: PlaceQuery) -> Result<Paged<TaskLine>, Problem> {
    desk.require(BOARD)?;
    let paging = Paging::read(query.cursor.as_deref(), query.size)?;
    let (place, most) = (paging.after::<3>()?, paging.ask());
    let held = desk.actor.posts.iter();
    let posts: Vec<(String, String)> = held.map(|post| (post.body.clone(), post.role.clone())).collect();
    let account = desk.actor.account.clone();
    let rows = desk
        .house
        .chronicle
        .read(move |reader| after::tasks(reader, &posts, &account, place.clone(), most))
        .await?;
    note_listed(&desk, rows.iter().map(|task| task.case_no.as_str()))?;
    let place = |task: &list::TaskRow| Cursor(after::place_of(task).to_vec());
    Ok(Paged::of(rows, paging.size, place, TaskLine::from))
}

#[derive(Serialize, JsonSchema)]
struct Board {
    today: Date,
    /// 在办的许可
    open: Vec<OpenInState<CaseState>>,
    /// 在办的其他权力事项
    open_matters: Vec<OpenInState<CaseState>>,
    /// 在办的处罚案件（含线索）
    open_penalties: Vec<OpenInState<PenaltyState>>,
    suspended: i64,
    overdue_telling: i64,
    overdue_statutory: i64,
    overdue_promised: i64,
    overdue_serving: i64,
    overdue_publication: i64,
    overdue_payment: i64,
    overdue_preservation: i64,
    overdue_withdrawal: i64,
    /// 到 soon_until 为止到期的
    due_soon: i64,
    soon_until: Date,
}

#[derive(Serialize, JsonSchema)]
struct OpenInState<S> {
    state: S,
    name: String,
    count: i64,
}

fn open_in<S>(counts: &[(Standing, i64)], state: impl Fn(Standing) -> Option<S>) -> Vec<OpenInState<S>> {
    counts
        .iter()
        .filter_map(|(standing, count)| {
            Some(OpenInState {
                state: state(*standing)?,
                name: standing.name().to_owned(),
                count: *count,
            })
        })
        .collect()
}

async fn read_board(desk: Desk, _: Nothing, _: Nothing) -> Result<Board, Problem> {
    let scope = condition(&desk.require(BOARD)?);
    let (today, calendar) = (desk.house.clock.today(), desk.house.chronicle.calendar());
    let soon = calendar
        .due(today, Period::working_days(SOON_WORKING_DAYS))
        .map_or(today, |due| due.due);
    let counts = desk
        .house
        .chronicle
        .read(move |reader| board(reader, &scope, today, soon))
        .await?;
    let overdue = |limit: ClockKind| {
        let found = counts.overdue.iter().find(|(kind, _)| *kind == limit);
        found.map_or(0, |(_, count)| *count)
    };
    Ok(Board {
        today,
        open: open_in(&counts.open, Standing::permit),
        open_matters: open_in(&counts.open, |standing| {
            standing.application().filter(|_| standing.permit().is_none())
        }),
        open_penalties: open_in(&counts.open, Standing::penalty),
        suspended: counts.suspended,
        overdue_telling: overdue(ClockKind::Telling),
        overdue_statutory: overdue(ClockKind::Decision),
        overdue_promised: overdue(ClockKind::Promised),
        overdue_serving: overdue(ClockKind::Serving),
        overdue_publication: overdue(ClockKind::Publication),
        overdue_payment: overdue(ClockKind::Payment),
        overdue_preservation: overdue(ClockKind::Preservation),
        overdue_withdrawal: overdue(ClockKind::Withdrawal),
        due_soon: counts.due_soon,
        soon_until: soon,
    })
}

async fn read_case(desk: Desk, path: CasePath, _: Nothing) -> Result<CaseShown, Problem> {
    let seen = seen(&desk, path.case_no).await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    Ok(CaseShown::of(&seen, &context))
}

async fn download_paper(desk: Desk, path: PaperPath) -> Result<Response, Problem> {
    files::get_paper(desk, axum::extract::Path((path.case_no, path.paper_id))).await
}

async fn download_file(desk: Desk, path: FilePath) -> Result<Response, Problem> {
    files::get_file(desk, axum::extract::Path((path.case_no, path.file))).await
}

#[derive(Serialize, JsonSchema)]
pub(super) struct OfficerLine {
    account: String,
    name: String,
    office: String,
    /// 今天有效的执法证
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate_no: Option<String>,
}

async fn list_officers(desk: Desk, path: CasePath, _: Nothing) -> Result<Paged<OfficerLine>, Problem> {
    let body = seen(&desk, path.case_no).await?.body.body.clone();
    officers_of(&desk, body).await
}

pub(super) async fn officers_of(desk: &Desk, body: String) -> Result<Paged<OfficerLine>, Problem> {
    let today = desk.house.clock.today();
    let officers = desk
        .house
        .chronicle
        .read(move |reader| queries::officers_of(reader.sql(), &body))
        .await?;
    let active = officers.into_iter().filter(|officer| officer.active);
    let line = active.map(|officer| OfficerLine {
        account: officer.account,
        name: officer.name,
        office: officer.office,
        certificate_no: officer
            .certificate
            .filter(|certificate| certificate.valid_on(today))
            .map(|certificate| certificate.no),
    });
    Ok(Paged::whole(line.collect()))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct ReceiptBody {
    #[schemars(length(min = 1, max = 40))]
    item_code: String,
    party: Party,
    agent: Option<AgentBody>,
    #[serde(default)]
    #[schemars(description = "邮寄收到；否则是窗口提交")]
    by_post: bool,
    received_on: Date,
    #[schemars(length(max = 200), description = "邮戳等到达证明，收到日期早于今天的必须填写")]
    proof_of_arrival: Option<String>,
    #[serde(default)]
    #[schemars(with = "AnswersBody")]
    form: AnswersBody,
    #[serde(default)]
    #[schemars(length(max = 50))]
    materials: Vec<CountedMaterial>,
}

/// Answers by the id of the form's field.
pub(super) type AnswersBody = std::collections::BTreeMap<String, Vec<String>>;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AgentBody {
    #[schemars(length(min = 1, max = 100))]
    name: String,
    #[schemars(length(max = 30))]
    phone: String,
    #[schemars(description = "委托有效期至")]
    valid_to: Option<Date>,
}

async fn record_paper_application(
    desk: Desk,
    _: Nothing,
    order: Order<ReceiptBody>,
) -> Result<Done<SubmittedCase>, Problem> {
    desk.require(INTAKE)?;
    let body = order.body;
    let application = PaperApplication {
        item_code: body.item_code,
        applicant: Applicant {
            party: body.party,
            account: None,
            agent: body.agent.map(|agent| Agent {
                name: agent.name,
                phone: agent.phone,
                account: None,
                authority: Authority::Entrusted {
                    scope: "代为申请".into(),
                    valid_to: agent.valid_to,
                },
            }),
            electronic_service: false,
        },
        by_post: body.by_post,
        received_on: body.received_on,
        proof_of_arrival: body.proof_of_arrival,
        form: body.form,
        materials: body.materials.into_iter().map(SubmittedMaterial::from).collect(),
    };
    Ok(record_receipt(&desk.house.chronicle, desk.request(&order.meta), application).await?)
}
