//! Files that people hand in: read with limits, their kind told by content, names made harmless.
//!
//! Nothing here parses a file: that is the [`Inspector`]'s work, in a limited process of its own.

mod multipart;
mod sniff;
mod table;

use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use mingjing_chronicle::BlobRef;
use serde::{Deserialize, Serialize};

use crate::desk::Desk;
use crate::house::Pending;
use crate::problem::Problem;

pub use self::multipart::{TableUpload, Upload};
pub use self::sniff::sniff;
pub use self::table::{TableFile, TableKind, table_kind, table_name};

/// Limits of one upload request.
#[derive(Debug, Clone, Copy)]
pub struct UploadLimits {
    /// Bytes of one file.
    pub file: usize,
    /// Bytes of the whole request.
    pub total: usize,
    /// Files in one request.
    pub files: usize,
}

impl Default for UploadLimits {
    fn default() -> Self {
        UploadLimits {
            file: 10 * 1024 * 1024,
            total: 30 * 1024 * 1024,
            files: 10,
        }
    }
}

/// The kinds we take. Everything else is refused by content, whatever its name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    Pdf,
    Jpeg,
    Png,
}

impl FileKind {
    pub fn media_type(self) -> &'static str {
        match self {
            FileKind::Pdf => "application/pdf",
            FileKind::Jpeg => "image/jpeg",
            FileKind::Png => "image/png",
        }
    }

    pub fn of_media_type(media_type: &str) -> Option<FileKind> {
        let all = [FileKind::Pdf, FileKind::Jpeg, FileKind::Png];
        all.into_iter().find(|kind| kind.media_type() == media_type)
    }

    /// For the names that we give to stored files.
    pub fn ending(self) -> &'static str {
        match self {
            FileKind::Pdf => "pdf",
            FileKind::Jpeg => "jpg",
            FileKind::Png => "png",
        }
    }
}

/// A file that passed the checks by size, name and first bytes. Not yet inspected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadedFile {
    /// Name of the form field.
    pub field: String,
    /// The client's name for it, made harmless; for showing only, never for a path.
    pub name: String,
    pub kind: FileKind,
    pub bytes: Vec<u8>,
}

/// A file that came within something else than a form; the same checks by size, name and first bytes.
///
/// # Errors
/// Why it is not taken.
pub fn take(field: &str, name: &str, bytes: Vec<u8>, most: usize) -> Result<UploadedFile, UploadError> {
    if bytes.len() > most {
        return Err(UploadError::TooLarge { most });
    }
    let kind = sniff(name, &bytes)?;
    Ok(UploadedFile {
        field: field.to_owned(),
        name: harmless_name(name, kind),
        kind,
        bytes,
    })
}

/// How large a file is, in words.
pub fn size_in_words(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} 字节"),
        1024..1_048_576 => format!("{} KB", bytes.div_ceil(1024)),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}

/// What an inspection hands back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The image written anew without metadata, or the PDF as it came.
    pub bytes: Vec<u8>,
    /// 1 for an image.
    pub pages: u32,
}

/// A file that was inspected and lies sealed. Who names it in an event says whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    pub blob: BlobRef,
    pub name: String,
    pub kind: FileKind,
}

impl Desk {
    /// Inspects an uploaded file and keeps it sealed.
    ///
    /// # Errors
    /// Outer: our fault. Inner: why the file is not taken, for beside its field.
    pub async fn keep(&self, file: UploadedFile) -> Result<Result<KeptFile, UploadError>, Problem> {
        let inspected = match self.house.inspector.inspect(file.kind, file.bytes).await {
            Ok(inspected) => inspected,
            Err(error) => return Ok(Err(error)),
        };
        let blob = self.house.chronicle.put_blob(&inspected.bytes).await?;
        Ok(Ok(KeptFile {
            blob,
            name: file.name,
            kind: file.kind,
        }))
    }
}

/// Parses a file fully in a limited process and refuses what is broken or carries something active.
pub trait Inspector: Send + Sync {
    fn inspect(&self, kind: FileKind, bytes: Vec<u8>) -> Pending<'_, Result<Inspected, UploadError>>;
}

/// Why a file is not taken; the texts stand beside the field (UX 1.2).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UploadError {
    #[error("请选择要上传的文件")]
    Missing,
    #[error("文件是空的，请重新选择")]
    Empty,
    #[error("文件超过 {} MB，请压缩或分开后再上传", .most / 1024 / 1024)]
    TooLarge { most: usize },
    #[error("一次最多上传 {most} 个文件")]
    TooMany { most: usize },
    #[error("只能上传 PDF、JPG 或 PNG 文件")]
    WrongKind,
    #[error("文件名的后缀与内容不一致，请用原来的程序另存为 PDF、JPG 或 PNG")]
    NameDisagrees,
    #[error("文件已损坏，无法打开，请检查后重新上传")]
    Broken,
    #[error("文件有密码保护，请去掉密码后再上传")]
    Encrypted,
    #[error("文件里带有脚本、附件或其他会运行的内容，请另存为普通 PDF 后再上传")]
    Active,
    #[error("图片尺寸太大，请缩小到 1 亿像素以内")]
    TooManyPixels,
    #[error("文件页数太多，请分开后再上传")]
    TooManyPages,
    #[error("只能上传表格（XLSX、CSV）、JSON 或者材料包（ZIP）")]
    NoTable,
    #[error("文件名的后缀与内容不一致，请在表格软件中另存为 XLSX 或 CSV")]
    TableNameDisagrees,
    #[error("这是旧格式的表格（XLS）或者有密码保护，请在表格软件中打开后另存为 XLSX")]
    OldWorkbook,
    /// The inspection itself did not work; not the person's fault.
    #[error("暂时不能检查文件，请稍后重新上传")]
    Unavailable,
}

/// A name for showing and for `Content-Disposition`: no path, no control or direction characters, not too long.
pub fn harmless_name(name: &str, kind: FileKind) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    let odd = |c: &char| !(c.is_control() || crate::form::is_bidi(*c) || r#"<>:"|?*"#.contains(*c) || *c == '\u{feff}');
    let kept: String = last.chars().filter(odd).collect();
    let stem = kept.rsplit_once('.').map_or(kept.as_str(), |(stem, _)| stem);
    let stem: String = stem
        .trim_matches(|c: char| c == '.' || c.is_whitespace())
        .chars()
        .take(60)
        .collect();
    let stem = if stem.is_empty() { "文件" } else { &stem };
    format!("{stem}.{}", kind.ending())
}

/// A stored file as a download: never shown inside our pages, never sniffed, never run.
pub fn download(name: &str, kind: FileKind, bytes: impl Into<axum::body::Bytes>) -> Response {
    attachment(&harmless_name(name, kind), kind.ending(), kind.media_type(), bytes)
}

/// A file to be saved, under a name that is harmless already and has its ending.
pub fn attachment(name: &str, ending: &str, media_type: &'static str, bytes: impl Into<axum::body::Bytes>) -> Response {
    let mut response = bytes.into().into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(
        HeaderName::from_static("x-download-options"),
        HeaderValue::from_static("noopen"),
    );
    if let Ok(disposition) = HeaderValue::from_str(&disposition(name, ending)) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    response
}

/// RFC 6266: a plain name for old programs and the real one, percent-encoded (RFC 8187).
fn disposition(name: &str, ending: &str) -> String {
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"file.{}\"; filename*=UTF-8''{encoded}", ending)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_are_told_in_units_that_people_know() {
        let check = |bytes: u64, expect: &str| assert_eq!(size_in_words(bytes), expect);
        check(12, "12 字节");
        check(1025, "2 KB");
        check(3 * 1_048_576 + 524_288, "3.5 MB");
    }

    #[test]
    fn names_lose_what_could_harm() {
        let check = |name: &str, expect: &str| assert_eq!(harmless_name(name, FileKind::Pdf), expect, "{name:?}");
        check("营业执照.pdf", "营业执照.pdf");
        check("../../etc/passwd", "passwd.pdf");
        check("C:\\Users\\me\\证.PDF", "证.pdf");
        check("a\0b\r\n.pdf", "ab.pdf");
        check("fdp.\u{202e}exe.pdf", "fdp.exe.pdf");
        check("..", "文件.pdf");
        check("", "文件.pdf");
        check("x.jpg.html", "x.jpg.pdf");
    }

    #[test]
    fn a_download_is_an_attachment_in_a_sandbox() {
        let response = download("许可证\"; x=\"y.pdf", FileKind::Pdf, vec![1]);
        let header = |name: &str| {
            response
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or("")
                .to_owned()
        };
        assert_eq!(
            header("content-disposition"),
            "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E8%AE%B8%E5%8F%AF%E8%AF%81%3B%20x%3Dy.pdf"
        );
        assert!(header("content-security-policy").contains("sandbox"));
        assert_eq!(header("content-type"), "application/pdf");
    }

    proptest! {
        #[test]
        fn any_name_becomes_one_harmless_segment(name in "\\PC{0,80}|.{0,80}") {
            let harmless = harmless_name(&name, FileKind::Png);
            prop_assert!(harmless.chars().count() <= 64);
            let has_odd_char = harmless.contains(['/', '\\', '\0', '"', '\n', '\r']);
            prop_assert!(!has_odd_char);
            prop_assert!(harmless.ends_with(".png") && !harmless.starts_with('.'));
        }
    }
}
