//! A form with files (`multipart/form-data`), read piece by piece into bounded memory.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::StatusCode;
use sha2::{Digest, Sha256};

use super::table::{TableFile, table_kind, table_name};
use super::{UploadError, UploadLimits, UploadedFile, harmless_name, sniff};
use crate::form::{Fields, FormMeta, Input, Reader, broken_body};
use crate::house::House;
use crate::problem::Problem;
use crate::visit::Visit;

const MOST_PARTS: usize = 200;
const MOST_FIELD_BYTES: usize = 64 * 1024;

/// A form with files that came in. The hidden fields stand before the file fields, so that the token is
/// checked before any file is read. Files that are not taken are noted in `fields` under their field's name.
pub struct Upload<T> {
    pub meta: FormMeta,
    pub value: Option<T>,
    pub fields: Fields,
    /// Files that passed size, name and kind. A field left empty sends none.
    pub files: Vec<UploadedFile>,
}

impl<T: Input> FromRequest<House> for Upload<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, house: &House) -> Result<Upload<T>, Problem> {
        let judge: Judge = |name, bytes| sniff(name, bytes).map(|_| ());
        let (meta, value, fields, came) = read_form::<T>(request, house, judge).await?;
        let files = came.into_iter().filter_map(|came| {
            let kind = sniff(&came.name, &came.bytes).ok()?;
            Some(UploadedFile {
                name: harmless_name(&came.name, kind),
                field: came.field,
                kind,
                bytes: came.bytes,
            })
        });
        Ok(Upload {
            meta,
            value,
            fields,
            files: files.collect(),
        })
    }
}

/// As [`Upload`], for tables and packages that officials hand in: XLSX, CSV, JSON, ZIP. What is in them is read by who
/// takes them, with limits.
pub struct TableUpload<T> {
    pub meta: FormMeta,
    pub value: Option<T>,
    pub fields: Fields,
    pub files: Vec<TableFile>,
}

impl<T: Input> FromRequest<House> for TableUpload<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, house: &House) -> Result<TableUpload<T>, Problem> {
        let judge: Judge = |name, bytes| table_kind(name, bytes).map(|_| ());
        let (meta, value, fields, came) = read_form::<T>(request, house, judge).await?;
        let files = came.into_iter().filter_map(|came| {
            let kind = table_kind(&came.name, &came.bytes).ok()?;
            Some(TableFile {
                name: table_name(&came.name, kind),
                field: came.field,
                kind,
                bytes: came.bytes,
            })
        });
        Ok(TableUpload {
            meta,
            value,
            fields,
            files: files.collect(),
        })
    }
}

type Judge = fn(&str, &[u8]) -> Result<(), UploadError>;

/// A file that passed size and kind, under the client's name.
struct Came {
    field: String,
    name: String,
    bytes: Vec<u8>,
}

async fn read_form<T: Input>(
    mut request: Request,
    house: &House,
    judge: Judge,
) -> Result<(FormMeta, Option<T>, Fields, Vec<Came>), Problem> {
    let visit = Visit::of(request.extensions()).ok_or_else(|| Problem::fault("a form came without the front"))?;
    let limits = house.uploads;
    DefaultBodyLimit::max(limits.total).apply(&mut request);
    let multipart = Multipart::from_request(request, house)
        .await
        .map_err(|_| Problem::BadRequest("提交的内容不是带文件的表单格式。".into()))?;
    let parts = Parts::read(multipart, &visit, limits, judge).await?;
    let (_, mut meta, mut fields) = Fields::sort_out(parts.pairs);
    if meta.key.is_empty() {
        return Err(Problem::StaleForm);
    }
    meta.digest = with_files(&meta.digest, &parts.files);
    fields.renew(&visit);
    for (field, error) in parts.errors {
        fields.complain(field, error.to_string());
    }
    let value = T::read(&mut Reader::of(&mut fields));
    Ok((meta, value, fields, parts.files))
}

/// The same key with other files is another request.
fn with_files(digest: &str, files: &[Came]) -> String {
    let mut whole = Sha256::new().chain_update(digest);
    for file in files {
        whole.update(Sha256::digest(file.field.as_bytes()));
        whole.update(Sha256::digest(file.name.as_bytes()));
        whole.update(Sha256::digest(&file.bytes));
    }
    hex::encode(whole.finalize())
}

#[derive(Default)]
struct Parts {
    pairs: Vec<(String, String)>,
    files: Vec<Came>,
    errors: Vec<(String, UploadError)>,
}

impl Parts {
    async fn read(
        mut multipart: Multipart,
        visit: &Visit,
        limits: UploadLimits,
        judge: Judge,
    ) -> Result<Parts, Problem> {
        let mut parts = Parts::default();
        let mut admitted = false;
        let mut count = 0;
        while let Some(field) = multipart.next_field().await.map_err(|error| problem(&error, limits))? {
            count += 1;
            if count > MOST_PARTS {
                return Err(Problem::TooLarge(format!("一张表单最多 {MOST_PARTS} 个栏目。")));
            }
            let name = field.name().unwrap_or("").to_owned();
            if field.file_name().is_none() {
                let value = read_text(field, limits).await?;
                if name == "_csrf" && !admitted {
                    visit.check_form_token(&value)?;
                    admitted = true;
                }
                parts.pairs.push((name, value));
            } else if admitted {
                parts.take_file(field, name, limits, judge).await?;
            } else {
                return Err(Problem::StaleForm);
            }
        }
        if admitted { Ok(parts) } else { Err(Problem::StaleForm) }
    }

    async fn take_file(
        &mut self,
        mut field: Field<'_>,
        name: String,
        limits: UploadLimits,
        judge: Judge,
    ) -> Result<(), Problem> {
        let file_name = field.file_name().unwrap_or("").to_owned();
        let mut bytes = Vec::new();
        let mut too_large = false;
        while let Some(piece) = field.chunk().await.map_err(|error| problem(&error, limits))? {
            too_large |= bytes.len() + piece.len() > limits.file;
            // Goes on reading without keeping, so that the person gets the form back with the error beside the field.
            if too_large {
                bytes = Vec::new();
            } else {
                bytes.extend_from_slice(&piece);
            }
        }
        if file_name.is_empty() && bytes.is_empty() && !too_large {
            return Ok(());
        }
        let judged = if too_large {
            Err(UploadError::TooLarge { most: limits.file })
        } else if self.files.len() >= limits.files {
            Err(UploadError::TooMany { most: limits.files })
        } else {
            judge(&file_name, &bytes)
        };
        match judged {
            Ok(()) => self.files.push(Came {
                name: file_name,
                field: name,
                bytes,
            }),
            Err(error) => self.errors.push((name, error)),
        }
        Ok(())
    }
}

async fn read_text(mut field: Field<'_>, limits: UploadLimits) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|error| problem(&error, limits))? {
        if bytes.len() + piece.len() > MOST_FIELD_BYTES {
            return Err(Problem::TooLarge(format!(
                "一个栏目最多 {} KB。",
                MOST_FIELD_BYTES / 1024
            )));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn problem(error: &MultipartError, limits: UploadLimits) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::TooLarge(format!(
            "一次上传的文件合计不能超过 {} MB。",
            limits.total / 1024 / 1024
        ));
    }
    broken_body(error)
}
