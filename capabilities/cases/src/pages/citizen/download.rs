//! Files in and out. A file comes out only through the draft or case that names it, for whom that belongs to.

use axum::extract::Path;
use axum::response::Response;
use mingjing_chronicle::BlobRef;
use mingjing_web::{Desk, Fields, FileKind, Problem, UploadError, UploadedFile, download};

use super::own_case::load;
use super::penalty;
use crate::case::{Case, Paper};
use crate::drafts;
use crate::events::{FileRef, SubmittedMaterial, Template};
use crate::number::Procedure;

/// [`Desk::keep`], as the events of cases name a file.
///
/// # Errors
/// As there.
pub(crate) async fn keep(desk: &Desk, file: UploadedFile) -> Result<Result<FileRef, UploadError>, Problem> {
    let kept = desk.keep(file).await?;
    Ok(kept.map(|kept| FileRef {
        blob: kept.blob.id,
        sha256: kept.blob.sha256,
        bytes: kept.blob.bytes,
        name: kept.name,
        media_type: kept.kind.media_type().to_owned(),
    }))
}

/// Keeps all of them; beside the field of each that is not taken stands why.
///
/// # Errors
/// Our fault.
pub(crate) async fn keep_all(
    desk: &Desk,
    files: Vec<UploadedFile>,
    fields: &mut Fields,
) -> Result<Vec<FileRef>, Problem> {
    let mut kept = Vec::with_capacity(files.len());
    for file in files {
        let (field, name) = (file.field.clone(), file.name.clone());
        match keep(desk, file).await? {
            Ok(file) => kept.push(file),
            Err(error) => fields.complain(field, format!("“{name}”：{error}")),
        }
    }
    Ok(kept)
}

pub async fn get_draft_file(desk: Desk, Path((draft, blob)): Path<(String, String)>) -> Result<Response, Problem> {
    let account = desk.actor.account.clone();
    let draft = desk
        .house
        .chronicle
        .read(move |reader| drafts::one(reader, &account, &draft))
        .await?;
    let materials = draft.map(|draft| draft.content.materials).unwrap_or_default();
    send(&desk, find(&materials, &blob).ok_or(Problem::NotFound)?).await
}

pub async fn get_material(desk: Desk, Path((case_no, blob)): Path<(String, String)>) -> Result<Response, Problem> {
    let case = load(&desk, &case_no).await?.case;
    send(&desk, find(&case.materials, &blob).ok_or(Problem::NotFound)?).await
}

pub async fn get_paper(desk: Desk, Path((case_no, paper_id)): Path<(String, String)>) -> Result<Response, Problem> {
    if Procedure::of(&case_no) == Some(Procedure::Penalty) {
        return penalty::get_paper(&desk, &case_no, &paper_id).await;
    }
    let case = load(&desk, &case_no).await?.case;
    let paper = case
        .paper(&paper_id)
        .filter(|paper| readable(&case, paper))
        .ok_or(Problem::NotFound)?;
    let rendered = paper.rendered.clone().ok_or(Problem::NotFound)?;
    let file = FileRef {
        blob: rendered.blob,
        sha256: rendered.sha256,
        bytes: rendered.bytes,
        name: format!("{}.pdf", paper.order.name()),
        media_type: FileKind::Pdf.media_type().to_owned(),
    };
    send(&desk, file).await
}

/// Whether the party may read this paper now: what is served counts from its service, so it is not shown before.
pub(crate) fn readable(case: &Case, paper: &Paper) -> bool {
    let served = matches!(
        paper.order.template,
        Template::PermitGrant
            | Template::PermitDenial
            | Template::Certificate
            | Template::RefusalOfAcceptance
            | Template::NotRequired
    );
    paper.order.template.for_party() && (!served || case.facts.served.is_some())
}

fn find(materials: &[SubmittedMaterial], blob: &str) -> Option<FileRef> {
    materials
        .iter()
        .flat_map(|material| &material.files)
        .find(|file| file.blob == blob)
        .cloned()
}

async fn send(desk: &Desk, file: FileRef) -> Result<Response, Problem> {
    let blob = BlobRef {
        id: file.blob,
        sha256: file.sha256,
        bytes: file.bytes,
    };
    let kind = FileKind::of_media_type(&file.media_type).ok_or(Problem::NotFound)?;
    match desk.house.chronicle.get_blob(&blob).await? {
        Some(bytes) => Ok(download(&file.name, kind, bytes)),
        None => Err(Problem::NotFound),
    }
}
