//! What proves a paper to whoever holds it: openings of the acts that gave it its number and its bytes. Nothing else of
//! the case is shown, and there is no list: one asks with the paper's mark, or with the digest of its file.

use std::sync::Arc;

use crate::paper_code::{self, Asked};
use crate::paper_proof::SealedPaper;
use crate::views::paper_mark;
use axum::Extension;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use mingjing_chronicle::{Chronicle, RecordedEvent, Refusal};
use mingjing_ledger::{Place, Proved, Stop, prove};
use mingjing_web::{Desk, Problem};

/// What there is of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FoundPaper {
    Sealed(Box<SealedPaper>),
    /// Sealed with the next publication.
    Pending,
    /// No such paper, or its content was erased.
    Nothing,
}

pub(super) async fn get_sealed(
    desk: Desk,
    Path(asked): Path<String>,
    place: Option<Extension<Place>>,
) -> Result<Response, Problem> {
    let (Some(asked), Some(Extension(place))) = (paper_code::read(&asked), place) else {
        return Err(Problem::NotFound);
    };
    match sealed_paper(&desk.house.chronicle, &place, &asked).await {
        Ok(FoundPaper::Sealed(sealed)) => {
            let body = serde_json::to_vec(&sealed).map_err(Problem::fault)?;
            let kind = (CONTENT_TYPE, "application/json; charset=utf-8");
            Ok(([kind, (CACHE_CONTROL, "no-store")], body).into_response())
        }
        Ok(FoundPaper::Pending) => Err(pending().into()),
        Ok(FoundPaper::Nothing) => Err(Problem::NotFound),
        Err(stop) => Err(Problem::fault(stop)),
    }
}

/// # Errors
/// A fault of the database, or files of the log that are damaged.
pub async fn sealed_paper(chronicle: &Arc<Chronicle>, place: &Place, asked: &Asked) -> Result<FoundPaper, Stop> {
    let asked = asked.clone();
    let Some(marked) = chronicle.read(move |reader| paper_mark::find(reader, &asked)).await? else {
        return Ok(FoundPaper::Nothing);
    };
    const OF_BYTES: &[&str] = &[
        "body",
        "happened_on",
        "kind",
        "payload.bytes",
        "payload.paper_id",
        "payload.sha256",
    ];
    const OF_NUMBER: &[&str] = &["kind", "payload.paper_id", "payload.paper_no"];
    let rendered = match opening(chronicle, place, &marked.rendered, OF_BYTES).await? {
        Ok(rendered) => rendered,
        Err(nothing) => return Ok(nothing),
    };
    let numbered = match &marked.numbered {
        None => None,
        Some(event) => match opening(chronicle, place, event, OF_NUMBER).await? {
            Ok(numbered) => Some(numbered),
            Err(nothing) => return Ok(nothing),
        },
    };
    Ok(FoundPaper::Sealed(Box::new(SealedPaper { rendered, numbered })))
}

async fn opening(
    chronicle: &Arc<Chronicle>,
    place: &Place,
    event: &RecordedEvent,
    shown: &[&str],
) -> Result<Result<String, FoundPaper>, Stop> {
    let proved = prove(chronicle, place, event, |field| shown.contains(&field)).await?;
    Ok(match proved {
        Proved::Proof(proof) => match proof.opening {
            Some(opening) => Ok(opening.to_string()),
            None => Err(FoundPaper::Nothing),
        },
        Proved::Pending => Err(FoundPaper::Pending),
        Proved::NotAnAct => Err(FoundPaper::Nothing),
    })
}

fn pending() -> Refusal {
    Refusal::not_found("cases.paper.pending", "这份文书已经记录，正在等待写入公开日志。").advice("请一两分钟后再核验。")
}
