//! Papers and handed-in files as downloads, for officers who may see the case. Never shown inside a page.

use axum::extract::Path;
use axum::response::Response;
use mingjing_chronicle::{BlobRef, Refusal};
use mingjing_web::{Desk, FileKind, Problem, download};

use super::{penalty, seen};
use crate::events::FileRef;
use crate::number::Procedure;
use crate::reading::CaseSeen;

pub async fn get_paper(desk: Desk, Path((case_no, paper_id)): Path<(String, String)>) -> Result<Response, Problem> {
    let paper = match Procedure::of(&case_no) {
        Some(Procedure::Penalty) => penalty::seen(&desk, case_no).await?.case.paper(&paper_id).cloned(),
        _ => seen(&desk, case_no).await?.case.paper(&paper_id).cloned(),
    };
    let paper = paper.ok_or(Problem::NotFound)?;
    let Some(rendered) = &paper.rendered else {
        return Err(Refusal::not_found("cases.paper.not_ready", "文书正在制作，请稍后再下载。").into());
    };
    let blob = BlobRef {
        id: rendered.blob.clone(),
        sha256: rendered.sha256.clone(),
        bytes: rendered.bytes,
    };
    let name = format!("{}.pdf", paper.order.name());
    send(&desk, &blob, &name, FileKind::Pdf).await
}

pub async fn get_file(desk: Desk, Path((case_no, file)): Path<(String, String)>) -> Result<Response, Problem> {
    let file = match Procedure::of(&case_no) {
        Some(Procedure::Penalty) => penalty::file(&penalty::seen(&desk, case_no).await?.case, &file).cloned(),
        _ => find(&seen(&desk, case_no).await?, &file).cloned(),
    };
    let file = file.ok_or(Problem::NotFound)?;
    let kind = FileKind::of_media_type(&file.media_type).unwrap_or(FileKind::Pdf);
    let blob = BlobRef {
        id: file.blob.clone(),
        sha256: file.sha256.clone(),
        bytes: file.bytes,
    };
    send(&desk, &blob, &file.name, kind).await
}

fn find<'a>(seen: &'a CaseSeen, blob: &str) -> Option<&'a FileRef> {
    let materials = seen.case.materials.iter().flat_map(|material| &material.files);
    let checked = seen.case.facts.site_checked.iter().flat_map(|check| &check.files);
    materials.chain(checked).find(|file| file.blob == blob)
}

async fn send(desk: &Desk, blob: &BlobRef, name: &str, kind: FileKind) -> Result<Response, Problem> {
    match desk.house.chronicle.get_blob(blob).await? {
        Some(bytes) => Ok(download(name, kind, bytes)),
        None => Err(Refusal::not_found("cases.file.erased", "该文件已依法删除。").into()),
    }
}
