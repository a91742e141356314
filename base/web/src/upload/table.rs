//! Tables and packages that officials hand in: their kind by content and name. What is in them is read elsewhere.

use super::UploadError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    Xlsx,
    Csv,
    Json,
    /// A package of several files.
    Zip,
}

impl TableKind {
    /// The ending of its name; also its stable key.
    pub fn ending(self) -> &'static str {
        match self {
            TableKind::Xlsx => "xlsx",
            TableKind::Csv => "csv",
            TableKind::Json => "json",
            TableKind::Zip => "zip",
        }
    }

    pub fn of_key(key: &str) -> Option<TableKind> {
        let all = [TableKind::Xlsx, TableKind::Csv, TableKind::Json, TableKind::Zip];
        all.into_iter().find(|kind| kind.ending() == key)
    }
}

/// A table that came with a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFile {
    /// Name of the form field.
    pub field: String,
    /// For showing only, never for a path.
    pub name: String,
    pub kind: TableKind,
    pub bytes: Vec<u8>,
}

/// # Errors
/// Empty, of another kind, or named otherwise than it is.
pub fn table_kind(name: &str, bytes: &[u8]) -> Result<TableKind, UploadError> {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.trim().to_ascii_lowercase());
    let kind = ending.as_deref().and_then(TableKind::of_key);
    let packed = bytes.starts_with(b"PK");
    match kind {
        _ if bytes.is_empty() => Err(UploadError::Empty),
        // The workbooks of before 2007 and what is encrypted begin so.
        _ if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) => Err(UploadError::OldWorkbook),
        Some(kind) if packed == matches!(kind, TableKind::Xlsx | TableKind::Zip) => Ok(kind),
        Some(_) => Err(UploadError::TableNameDisagrees),
        None => Err(UploadError::NoTable),
    }
}

/// A name for showing: no path, no control or direction characters, not too long.
pub fn table_name(name: &str, kind: TableKind) -> String {
    let plain = super::harmless_name(name, super::FileKind::Pdf);
    let stem = plain.strip_suffix(".pdf").unwrap_or(&plain);
    format!("{stem}.{}", kind.ending())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_and_name_agree_or_it_is_refused() {
        let check = |name: &str, bytes: &[u8], expect: Result<TableKind, UploadError>| {
            assert_eq!(table_kind(name, bytes), expect, "{name}");
        };
        check("目录.xlsx", b"PK\x03\x04", Ok(TableKind::Xlsx));
        check("a.ZIP", b"PK\x03\x04", Ok(TableKind::Zip));
        check("a.csv", b"a,b", Ok(TableKind::Csv));
        check("a.json", b"[]", Ok(TableKind::Json));
        check("a.csv", b"PK\x03\x04", Err(UploadError::TableNameDisagrees));
        check("a.xlsx", b"a,b", Err(UploadError::TableNameDisagrees));
        check("a.xls", &[0xd0, 0xcf, 0x11, 0xe0], Err(UploadError::OldWorkbook));
        check("a.xlsx", &[0xd0, 0xcf, 0x11, 0xe0], Err(UploadError::OldWorkbook));
        check("a.csv", b"", Err(UploadError::Empty));
        check("a.pdf", b"%PDF", Err(UploadError::NoTable));
        check("csv", b"a", Err(UploadError::NoTable));
        assert_eq!(table_name("../目录.csv", TableKind::Csv), "目录.csv");
    }
}
