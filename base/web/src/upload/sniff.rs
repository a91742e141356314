//! The kind of a file by its first and last bytes, which its name must not contradict.

use super::{FileKind, UploadError};

/// Tells the kind by content and compares it with the ending of the name.
///
/// # Errors
/// Empty, none of our kinds, or named otherwise than it is.
pub fn sniff(name: &str, bytes: &[u8]) -> Result<FileKind, UploadError> {
    if bytes.is_empty() {
        return Err(UploadError::Empty);
    }
    let kind = kind_of(bytes).ok_or(UploadError::WrongKind)?;
    if is_also_markup(bytes) {
        return Err(UploadError::WrongKind);
    }
    if endings(kind).contains(&ending(name).as_str()) {
        Ok(kind)
    } else {
        Err(UploadError::NameDisagrees)
    }
}

fn kind_of(bytes: &[u8]) -> Option<FileKind> {
    // PDF readers accept the mark within the first kilobyte; we do not, because such files are also something else.
    if bytes.starts_with(b"%PDF-") {
        Some(FileKind::Pdf)
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        Some(FileKind::Jpeg)
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") && bytes.get(12..16) == Some(b"IHDR") {
        Some(FileKind::Png)
    } else {
        None
    }
}

/// A file that a browser could also read as a page (polyglot). Looked for where browsers look: at the start.
fn is_also_markup(bytes: &[u8]) -> bool {
    let start = bytes.get(..1024).unwrap_or(bytes).to_ascii_lowercase();
    let has = |mark: &[u8]| start.windows(mark.len()).any(|window| window == mark);
    [&b"<html"[..], b"<script", b"<!doctype", b"<svg", b"<body", b"<iframe"]
        .iter()
        .any(|mark| has(mark))
}

fn ending(name: &str) -> String {
    let clean: String = name.chars().filter(|c| !c.is_control()).collect();
    clean
        .trim()
        .rsplit_once('.')
        .map_or(String::new(), |(_, ending)| ending.to_ascii_lowercase())
}

fn endings(kind: FileKind) -> &'static [&'static str] {
    match kind {
        FileKind::Pdf => &["pdf"],
        FileKind::Jpeg => &["jpg", "jpeg"],
        FileKind::Png => &["png"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01";

    #[test]
    fn content_and_name_agree_or_it_is_refused() {
        let check = |name: &str, bytes: &[u8], expect: Result<FileKind, UploadError>| {
            assert_eq!(sniff(name, bytes), expect, "{name}");
        };
        check("a.pdf", b"%PDF-1.7\n", Ok(FileKind::Pdf));
        check("a.PDF ", b"%PDF-1.7\n", Ok(FileKind::Pdf));
        check("a.jpeg", &[0xff, 0xd8, 0xff, 0xe0], Ok(FileKind::Jpeg));
        check("a.png", PNG, Ok(FileKind::Png));
        check("a.pdf", PNG, Err(UploadError::NameDisagrees));
        check("a.jpg.html", &[0xff, 0xd8, 0xff, 0xe0], Err(UploadError::NameDisagrees));
        check("a", b"%PDF-1.7\n", Err(UploadError::NameDisagrees));
        check("a.pdf", b"", Err(UploadError::Empty));
        check("a.pdf", b"\n%PDF-1.7", Err(UploadError::WrongKind));
        check(
            "a.pdf",
            b"%PDF-1.7\n<script>alert(1)</script>",
            Err(UploadError::WrongKind),
        );
        check("a.pdf", b"%PDF-1.7\n<HTML>", Err(UploadError::WrongKind));
        check(
            "a.svg",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\">",
            Err(UploadError::WrongKind),
        );
        check("a.png", b"GIF89a", Err(UploadError::WrongKind));
        check("a.png", &PNG[..10], Err(UploadError::WrongKind));
        check("a.docx", b"PK\x03\x04", Err(UploadError::WrongKind));
        check("a.exe", b"MZ\x90\0", Err(UploadError::WrongKind));
        check("a.pdf\0.exe", b"%PDF-1.7", Err(UploadError::NameDisagrees));
    }

    proptest! {
        #[test]
        fn any_bytes_get_an_answer(name in ".{0,20}", bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = sniff(&name, &bytes);
        }
    }
}
