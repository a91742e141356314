//! The mark on a paper: sixteen characters that lead whoever holds the paper to its seal in the public log.
//!
//! A stranger who sees the mark alone learns which body made a paper of which number on which day, and its digest; not
//! whose it is. The mark follows from the paper's id one way only (80 bits), so that neither can be guessed or counted
//! through. In the address it stands behind `#`: browsers keep that part to themselves, so that no proxy logs it.

use sha2::{Digest, Sha256};

use crate::number::{base32, readable};

const CHARACTERS: usize = 16;

/// `7K3M-92QD-4T6V-8W0X`: base 32 (Crockford) of SHA-256("mingjing/paper-code/v1" 0 paper id).
pub(crate) fn of(paper_id: &str) -> String {
    let hash = Sha256::new()
        .chain_update(b"mingjing/paper-code/v1\0")
        .chain_update(paper_id.as_bytes())
        .finalize();
    grouped(&base32::<CHARACTERS>(&hash.into()))
}

pub(crate) fn address(site: &str, code: &str) -> String {
    format!("{site}/verify#{code}")
}

/// How a paper is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    Code(String),
    /// SHA-256 of its file, lower-case hex: only who has the file knows it.
    Digest(String),
}

/// `None` for what is neither.
pub fn read(text: &str) -> Option<Asked> {
    if text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return Some(Asked::Digest(text.to_owned()));
    }
    if text.len() > 64 {
        return None;
    }
    let code: String = readable(text).chars().filter(|c| *c != '-').collect();
    let known = code.len() == CHARACTERS && code.chars().all(|c| c.is_ascii_alphanumeric() && c != 'U');
    known.then(|| Asked::Code(grouped(&code)))
}

fn grouped(code: &str) -> String {
    let groups: Vec<&str> = (0..CHARACTERS).step_by(4).map(|at| &code[at..at + 4]).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_printed_is_read_back_however_it_is_typed() {
        let code = of("0123456789abcdef0123456789abcdef");
        // The browser's verifier computes the same one (web/test/paper.test.js).
        assert_eq!(code, "9X13-E958-E9SV-64D1");
        let check = |typed: &str, expect: Option<Asked>| assert_eq!(read(typed), expect, "{typed}");
        check(&code, Some(Asked::Code(code.clone())));
        check(&code.to_lowercase(), Some(Asked::Code(code.clone())));
        check(&format!(" {} ", code.replace('-', "")), Some(Asked::Code(code.clone())));
        check(
            "ooIl-0000-0000-0000",
            Some(Asked::Code("0011-0000-0000-0000".to_owned())),
        );
        let digest = "ab".repeat(32);
        check(&digest, Some(Asked::Digest(digest.clone())));
        for wrong in [
            "",
            "7K3M",
            "AB",
            &digest.to_uppercase(),
            "UUUU-0000-0000-0000",
            &"0".repeat(65),
        ] {
            check(wrong, None);
        }
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused(text in ".{0,80}") {
            if let Some(Asked::Code(code)) = read(&text) {
                prop_assert_eq!(read(&code), Some(Asked::Code(code.clone())));
            }
        }
    }
}
