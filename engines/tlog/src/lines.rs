//! How every text of the log is read: bounded, line by line, canonical numbers and base64 only, so that what parses
//! prints back byte for byte.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::refusal::{Fault, Form, Malformed, Place};
use crate::{Hash, MOST_NUMBER};

/// Proofs have at most this many hashes: sizes stay below 2^63.
pub(crate) const MOST_PROOF_HASHES: usize = 63;

/// Any text of the log. A note with a hundred post-quantum signatures has a third of it.
pub(crate) const MOST_TEXT_BYTES: usize = 1 << 20;

pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

pub(crate) fn from_base64(text: &str) -> Result<Vec<u8>, Fault> {
    STANDARD.decode(text).map_err(|_| Fault::Base64)
}

pub(crate) fn to_base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn from_base64url(text: &str) -> Result<Vec<u8>, Fault> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Fault::Base64)
}

pub(crate) fn hash(text: &str) -> Result<Hash, Fault> {
    Hash::from_slice(&from_base64(text)?).ok_or(Fault::HashLength)
}

/// Decimal without sign or leading zero, below 2^63: what fits a database's integer and Go's int64.
pub(crate) fn number(text: &str) -> Result<u64, Fault> {
    let canonical = !text.is_empty()
        && text.len() <= 19
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    let value: u64 = canonical.then(|| text.parse().ok()).flatten().ok_or(Fault::Number)?;
    if value > MOST_NUMBER {
        return Err(Fault::Number);
    }
    Ok(value)
}

/// Length, encoding, control characters and the last line end, before anything is allocated.
pub(crate) fn text_of(form: Form, bytes: &[u8], most: usize) -> Result<&str, Malformed> {
    if bytes.len() > most {
        return Err(Fault::TooLong.in_whole(form));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Fault::NotUtf8.in_whole(form))?;
    let mut line = 1;
    for byte in text.bytes() {
        match byte {
            b'\n' => line += 1,
            0..0x20 => return Err(Fault::ControlCharacter.at(form, Place::Line(line))),
            _ => {}
        }
    }
    if !text.ends_with('\n') {
        return Err(Fault::NoLineEnd.in_whole(form));
    }
    Ok(text)
}

/// The lines of a checked text, with the number of the one last given.
pub(crate) struct Lines<'a> {
    form: Form,
    rest: &'a str,
    line: u32,
}

impl<'a> Lines<'a> {
    /// `before` lines of the same file come before this text.
    pub(crate) fn new(form: Form, text: &'a str, before: u32) -> Self {
        Lines {
            form,
            rest: text,
            line: before,
        }
    }

    pub(crate) fn next(&mut self) -> Option<&'a str> {
        let (line, rest) = self.rest.split_once('\n')?;
        self.rest = rest;
        self.line += 1;
        Some(line)
    }

    pub(crate) fn need(&mut self) -> Result<&'a str, Malformed> {
        self.next()
            .ok_or_else(|| Fault::Missing.at(self.form, Place::Line(self.line + 1)))
    }

    pub(crate) fn end(self) -> Result<(), Malformed> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(Fault::Surplus.at(self.form, Place::Line(self.line + 1)))
    }

    /// At the line last given.
    pub(crate) fn refuse(&self, fault: Fault) -> Malformed {
        fault.at(self.form, Place::Line(self.line))
    }

    /// `word value` → value.
    pub(crate) fn keyword(&self, line: &'a str, word: &str) -> Result<&'a str, Malformed> {
        line.strip_prefix(word)
            .and_then(|rest| rest.strip_prefix(' '))
            .ok_or_else(|| self.refuse(Fault::Keyword))
    }

    /// Hashes, one a line, up to the empty line that ends them.
    pub(crate) fn hashes(&mut self) -> Result<Vec<Hash>, Malformed> {
        let mut hashes = Vec::new();
        loop {
            let line = self.need()?;
            if line.is_empty() {
                return Ok(hashes);
            }
            if hashes.len() == MOST_PROOF_HASHES {
                return Err(self.refuse(Fault::TooMany));
            }
            hashes.push(hash(line).map_err(|fault| self.refuse(fault))?);
        }
    }

    /// What follows, and how many lines came before it.
    pub(crate) fn rest(self) -> (&'a str, u32) {
        (self.rest, self.line)
    }
}
