//! What everybody may read: released records, and progress by number and secret.

use mingjing_chronicle::Refusal;
use mingjing_web::api::{Api, Cursor, Nothing, Op, Paged, Paging};
use mingjing_web::{Access, Desk, Problem, Routes};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::CasePath;
use super::case_shown::ProgressShown;
use crate::events::MaskedRecord;
use crate::pages::READ;
use crate::pages::citizen::citizen_queries;
use crate::pages::citizen::find_by_secret;
use crate::views::public_record::{PublicFilter, PublicRow};
use crate::views::{after, public_record};

pub(super) fn routes() -> Routes {
    let public = Access::May(READ);
    Api::new("办件公开")
        .read(
            Op::new("list_public_records", "已公开的办件").note("先按决定日期从新到旧，再按编号"),
            "/api/v1/public/cases",
            public,
            list_records,
        )
        .read(
            Op::new("read_public_record", "公开的办件记录"),
            "/api/v1/public/cases/{case_no}",
            public,
            read_record,
        )
        .question(
            Op::new("look_up_progress", "凭编号和查询码查询进度").note("编号和查询码不符的，与没有这个办件的回答相同"),
            "/api/v1/progress",
            Access::Public,
            look_up,
        )
        .into_routes()
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct RecordQuery {
    #[schemars(length(max = 60), description = "当事人、事项、文书编号或者办件编号中的文字")]
    q: Option<String>,
    #[schemars(length(max = 40))]
    body: Option<String>,
    #[schemars(length(max = 40))]
    item_code: Option<String>,
    #[schemars(length(max = 40))]
    result: Option<String>,
    #[schemars(range(min = 1900, max = 2200), description = "决定的年份")]
    year: Option<i16>,
    #[schemars(length(max = 400))]
    cursor: Option<String>,
    #[schemars(range(min = 1, max = 100))]
    size: Option<u32>,
}

#[derive(Serialize, JsonSchema)]
struct RecordLine {
    case_no: String,
    item_name: String,
    party_name: String,
    body: String,
    document_no: String,
    result: String,
    decided_on: String,
    released_on: String,
}

async fn list_records(desk: Desk, _: Nothing, query: RecordQuery) -> Result<Paged<RecordLine>, Problem> {
    let paging = Paging::read(query.cursor.as_deref(), query.size)?;
    let (place, most) = (paging.after::<2>()?, paging.ask());
    let filter = PublicFilter {
        words: query.q.unwrap_or_default().trim().to_owned(),
        body: query.body.unwrap_or_default(),
        item: query.item_code.unwrap_or_default(),
        result: query.result.unwrap_or_default(),
        year: query.year,
    };
    let lines = desk
        .house
        .chronicle
        .read(move |reader| after::records(reader, &filter, place.clone(), most))
        .await?;
    let place = |line: &PublicRow| Cursor::at([&line.decided_on, &line.case_no]);
    Ok(Paged::of(lines, paging.size, place, |line| RecordLine {
        case_no: line.case_no,
        item_name: line.item_name,
        party_name: line.party_name,
        body: line.body,
        document_no: line.document_no,
        result: line.result,
        decided_on: line.decided_on,
        released_on: line.released_on,
    }))
}

#[derive(Serialize, JsonSchema)]
struct PublicRecord {
    record: MaskedRecord,
    released_on: String,
    late: Late,
}

#[derive(Serialize, JsonSchema)]
struct Late {
    statutory: bool,
    promised: bool,
}

async fn read_record(desk: Desk, path: CasePath, _: Nothing) -> Result<PublicRecord, Problem> {
    let found = desk
        .house
        .chronicle
        .read(move |reader| {
            let Some((record, released_on)) = public_record::record(reader, &path.case_no)? else {
                return Ok(None);
            };
            let (statutory, promised) = citizen_queries::lateness(reader, &path.case_no)?;
            Ok(Some(PublicRecord {
                record,
                released_on,
                late: Late { statutory, promised },
            }))
        })
        .await?;
    found.ok_or_else(|| {
        Refusal::not_found("cases.public.none", "没有公开的办件是这个编号。")
            .advice("尚未作出决定的和依法不公开的办件不在这里。")
            .into()
    })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct LookUpBody {
    #[schemars(length(min = 1, max = 60))]
    case_no: String,
    #[schemars(length(min = 1, max = 60))]
    query_secret: String,
}

async fn look_up(desk: Desk, _: Nothing, body: LookUpBody) -> Result<ProgressShown, Problem> {
    match find_by_secret(&desk, &body.case_no, &body.query_secret).await? {
        Some(seen) => Ok(ProgressShown::of(&seen)),
        None => Err(
            Refusal::not_found("cases.progress.none", "没有找到这个办件，或者查询码不对。")
                .advice("请核对办件编号和查询码。")
                .into(),
        ),
    }
}
