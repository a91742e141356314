//! Penalties through the JSON door: registering a lead, the acts of the office, what an officer reads.

mod act;
mod course;
mod discretion;
mod fines;
mod lists;
mod own;
mod public;
mod shown;

use axum::response::Response;
use mingjing_chronicle::Done;
use mingjing_web::api::{Api, Cursor, Nothing, Op, Order, Paged, Paging};
use mingjing_web::{Access, Desk, Permission, Problem, Routes};

use self::lists::PenaltyLine;
use self::shown::PenaltyShown;
use super::files::{MOST_BYTES, Sent};
use super::lists::{CaseQuery, CountQuery};
use super::office::{Count, OfficerLine, officers_of};
use super::{CasePath, FilePath, PaperPath};
use crate::number::Procedure;
use crate::pages::named::note_listed;
use crate::pages::penalty::seen;
use crate::pages::{BOARD, condition, files};
use crate::penalty::decide::register_lead::RegisterLead;
use crate::penalty::leads::{self, RegisteredLead};
use crate::penalty::{PenaltyAct, PenaltyState};
use crate::views::{after, list};

pub(super) fn routes() -> Routes {
    office()
        .merge(act::routes())
        .merge(discretion::routes())
        .merge(fines::routes())
        .merge(own::routes())
        .merge(public::routes())
}

fn office() -> Routes {
    let may = Access::May(BOARD);
    let handle = Access::May(Permission(PenaltyAct::RegisterLead.permission()));
    Api::new("行政处罚案件")
        .read(
            Op::new("list_penalties", "处罚案件列表").note("先按收到线索的日期从新到旧，再按编号"),
            "/api/v1/penalties",
            may,
            list_penalties,
        )
        .create(
            Op::new("register_lead", PenaltyAct::RegisterLead.name())
                .note("行政处罚法第五十四条第一款。文件以 base64 放在内容里")
                .most_bytes(MOST_BYTES),
            "/api/v1/penalties",
            handle,
            register_lead,
        )
        .read(
            Op::new("count_penalties", "处罚案件数"),
            "/api/v1/penalties/count",
            may,
            count_penalties,
        )
        .read(
            Op::new("read_penalty", "处罚案件详情"),
            "/api/v1/penalties/{case_no}",
            may,
            read_penalty,
        )
        .file(
            Op::new("download_penalty_paper", "下载处罚案件的文书"),
            "/api/v1/penalties/{case_no}/papers/{paper_id}",
            may,
            download_paper,
        )
        .file(
            Op::new("download_penalty_file", "下载线索、证据和当事人提交的文件"),
            "/api/v1/penalties/{case_no}/files/{file}",
            may,
            download_file,
        )
        .read(
            Op::new("list_penalty_officers", "办案单位的工作人员").note("填写办案、取证人员时用他们的账号"),
            "/api/v1/penalties/{case_no}/officers",
            may,
            list_officers,
        )
        .into_routes()
}

async fn list_penalties(desk: Desk, _: Nothing, query: CaseQuery<PenaltyState>) -> Result<Paged<PenaltyLine>, Problem> {
    let scope = condition(&desk.require(BOARD)?);
    let paging = Paging::read(query.cursor.as_deref(), query.size)?;
    let (place, most) = (paging.after::<2>()?, paging.ask());
    let filter = query.filter(desk.house.clock.today());
    let rows = desk
        .house
        .chronicle
        .read(move |reader| after::cases(reader, &scope, &filter, place.clone(), most))
        .await?;
    note_listed(&desk, rows.iter().map(|row| row.case_no.as_str()))?;
    let place = |row: &list::CaseRow| Cursor::at([&row.received_on, &row.case_no]);
    Ok(Paged::of(rows, paging.size, place, PenaltyLine::from))
}

async fn count_penalties(desk: Desk, _: Nothing, query: CountQuery<PenaltyState>) -> Result<Count, Problem> {
    let scope = condition(&desk.require(BOARD)?);
    let filter = query.filter(desk.house.clock.today());
    let counted = desk
        .house
        .chronicle
        .read(move |reader| list::count(reader, &scope, &filter));
    Ok(Count { count: counted.await? })
}

async fn read_penalty(desk: Desk, path: CasePath, _: Nothing) -> Result<PenaltyShown, Problem> {
    let seen = seen(&desk, path.case_no).await?;
    let context = desk.house.chronicle.context(desk.actor.clone());
    Ok(PenaltyShown::of(&seen, &context))
}

async fn register_lead(
    desk: Desk,
    _: Nothing,
    order: Order<Sent<RegisterLead>>,
) -> Result<Done<RegisteredLead>, Problem> {
    let lead = order.body.command(&desk).await?;
    Ok(leads::register(&desk.house.chronicle, desk.request(&order.meta), lead).await?)
}

async fn download_paper(desk: Desk, path: PaperPath) -> Result<Response, Problem> {
    of_penalty(&path.case_no)?;
    files::get_paper(desk, axum::extract::Path((path.case_no, path.paper_id))).await
}

async fn download_file(desk: Desk, path: FilePath) -> Result<Response, Problem> {
    of_penalty(&path.case_no)?;
    files::get_file(desk, axum::extract::Path((path.case_no, path.file))).await
}

/// A permit's number names nothing here.
fn of_penalty(case_no: &str) -> Result<(), Problem> {
    match Procedure::of(case_no) {
        Some(Procedure::Penalty) => Ok(()),
        _ => Err(Problem::NotFound),
    }
}

async fn list_officers(desk: Desk, path: CasePath, _: Nothing) -> Result<Paged<OfficerLine>, Problem> {
    let body = seen(&desk, path.case_no).await?.body.body.clone();
    officers_of(&desk, body).await
}
