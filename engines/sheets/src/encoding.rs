//! The encoding of a text file: UTF-8, UTF-16 by its mark, else GB 18030, in which Chinese table programs save CSV.

use std::borrow::Cow;

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf16,
    Gb18030,
}

/// The text without its mark; `None` where it is in none of the encodings.
pub fn text_of(bytes: &[u8]) -> Option<(Cow<'_, str>, Encoding)> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => std::str::from_utf8(rest).ok().map(|text| (text.into(), Encoding::Utf8)),
        [0xff, 0xfe, rest @ ..] => strictly(UTF_16LE, rest, Encoding::Utf16),
        [0xfe, 0xff, rest @ ..] => strictly(UTF_16BE, rest, Encoding::Utf16),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Some((text.into(), Encoding::Utf8)),
            Err(_) => strictly(GB18030, bytes, Encoding::Gb18030),
        },
    }
}

fn strictly<'a>(
    encoding: &'static encoding_rs::Encoding,
    bytes: &'a [u8],
    name: Encoding,
) -> Option<(Cow<'a, str>, Encoding)> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some((text, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encodings_in_which_tables_come() {
        let check = |bytes: &[u8], expect: Option<(&str, Encoding)>| {
            let read = text_of(bytes);
            let read = read.as_ref().map(|(text, encoding)| (text.as_ref(), *encoding));
            assert_eq!(read, expect, "{bytes:?}");
        };
        check("事项".as_bytes(), Some(("事项", Encoding::Utf8)));
        check(b"\xef\xbb\xbfa", Some(("a", Encoding::Utf8)));
        check(b"\xff\xfe\x8b\x4e", Some(("事", Encoding::Utf16)));
        check(b"\xfe\xff\x4e\x8b", Some(("事", Encoding::Utf16)));
        check(b"\xca\xc2\xcf\xee", Some(("事项", Encoding::Gb18030)));
        check(b"a\xff\xffb", None);
        check(b"", Some(("", Encoding::Utf8)));
    }
}
