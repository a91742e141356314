//! Signed notes (C2SP signed-note): a text and the lines of those who signed it.

use std::fmt;

use crate::lines::{self, Lines, from_base64, to_base64};
use crate::refusal::{Fault, Form, Malformed, Place, Unproven};
use crate::{KeyId, KeyName, VerifierKey};

/// A note may have lines of many witnesses; more than this nobody should be made to verify.
pub(crate) const MOST_SIGNATURES: usize = 100;

/// Key ID and signature. The longest known, ML-DSA-44 with its time, has 2432 bytes.
const MOST_SIGNATURE_BYTES: usize = 8192;

/// One signer's line. Of a kind or key that nobody here knows it is kept and ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureLine {
    name: KeyName,
    id: KeyId,
    signature: Vec<u8>,
}

impl SignatureLine {
    /// `signature`: what follows the key ID, 1 to 8188 bytes.
    pub fn new(name: KeyName, id: KeyId, signature: Vec<u8>) -> Result<SignatureLine, Malformed> {
        if signature.is_empty() || signature.len() + id.0.len() > MOST_SIGNATURE_BYTES {
            return Err(Fault::SignatureLine.in_whole(Form::Note));
        }
        Ok(SignatureLine { name, id, signature })
    }

    pub(crate) fn read(line: &str) -> Result<SignatureLine, Fault> {
        let rest = line.strip_prefix("— ").ok_or(Fault::SignatureLine)?;
        let (name, base64) = rest.split_once(' ').ok_or(Fault::SignatureLine)?;
        let name = KeyName::of(name)?;
        let bytes = from_base64(base64)?;
        let (id, signature) = bytes.split_first_chunk().ok_or(Fault::SignatureLine)?;
        SignatureLine::new(name, KeyId(*id), signature.to_vec()).map_err(|malformed| malformed.fault)
    }

    pub fn name(&self) -> &KeyName {
        &self.name
    }

    pub fn id(&self) -> KeyId {
        self.id
    }

    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

/// With its line end.
impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.id.0.as_slice(), &self.signature].concat();
        writeln!(f, "— {} {}", self.name, to_base64(&bytes))
    }
}

/// Lines alone, one to a hundred, as a witness answers them.
pub(crate) fn signature_lines(form: Form, text: &str, before: u32) -> Result<Vec<SignatureLine>, Malformed> {
    let mut lines = Lines::new(form, text, before);
    let mut signatures = Vec::new();
    let mut line = lines.need()?;
    loop {
        if signatures.len() == MOST_SIGNATURES {
            return Err(lines.refuse(Fault::TooMany));
        }
        signatures.push(SignatureLine::read(line).map_err(|fault| lines.refuse(fault))?);
        match lines.next() {
            Some(next) => line = next,
            None => return Ok(signatures),
        }
    }
}

/// Invariants: the text ends with a line end and holds no control character; one to a hundred signature lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<SignatureLine>,
}

impl Note {
    pub fn new(text: &str, signatures: Vec<SignatureLine>) -> Result<Note, Malformed> {
        lines::text_of(Form::Note, text.as_bytes(), lines::MOST_TEXT_BYTES)?;
        if signatures.is_empty() {
            return Err(Fault::Missing.in_whole(Form::Note));
        }
        if signatures.len() > MOST_SIGNATURES {
            return Err(Fault::TooMany.in_whole(Form::Note));
        }
        let note = Note {
            text: text.to_owned(),
            signatures,
        };
        if note.to_string().len() > lines::MOST_TEXT_BYTES {
            return Err(Fault::TooLong.in_whole(Form::Note));
        }
        Ok(note)
    }

    pub fn parse(bytes: &[u8]) -> Result<Note, Malformed> {
        Note::read(lines::text_of(Form::Note, bytes, lines::MOST_TEXT_BYTES)?, 0)
    }

    /// From a checked text, `before` whose lines stand others of the same file.
    pub(crate) fn read(note: &str, before: u32) -> Result<Note, Malformed> {
        // The last empty line: the text may have its own.
        let split = note
            .rfind("\n\n")
            .ok_or(Fault::Missing.at(Form::Note, Place::Line(before + 1)))?;
        let text = &note[..=split];
        let lines_of_text = text.bytes().filter(|byte| *byte == b'\n').count() as u32;
        Ok(Note {
            text: text.to_owned(),
            signatures: signature_lines(Form::Note, &note[split + 2..], before + lines_of_text + 1)?,
        })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn signatures(&self) -> &[SignatureLine] {
        &self.signatures
    }

    /// A note without the lines of this key, then with this line at its end.
    pub fn with(mut self, line: SignatureLine) -> Result<Note, Malformed> {
        self.signatures
            .retain(|other| other.name != line.name || other.id != line.id);
        self.signatures.push(line);
        Note::new(&self.text, self.signatures)
    }

    /// Every line of a known key must be good, also a second one of the same key; lines of others are ignored. At least
    /// one is known. In the order of `known`, each key once, with the latest time it gives.
    pub fn verify<'k>(&self, known: &'k [VerifierKey]) -> Result<Vec<Signed<'k>>, Unproven> {
        let mut good: Vec<Option<Option<u64>>> = vec![None; known.len()];
        for line in &self.signatures {
            for (key, known_time) in known.iter().zip(&mut good).filter(|(key, _)| key.claims(line)) {
                let time = key
                    .verify(&self.text, &line.signature)
                    .ok_or_else(|| Unproven::Signature(line.name.clone()))?;
                *known_time = Some((*known_time).unwrap_or_default().max(time));
            }
        }
        let signed: Vec<Signed<'k>> = known
            .iter()
            .zip(good)
            .filter_map(|(key, time)| time.map(|time| Signed { key, time }))
            .collect();
        if signed.is_empty() {
            return Err(Unproven::NoSignature);
        }
        Ok(signed)
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| write!(f, "{line}"))
    }
}

/// A key that signed, and when, where the key is a witness's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signed<'k> {
    pub key: &'k VerifierKey,
    /// Seconds since 1970.
    pub time: Option<u64>,
}

/// What a witness signs (C2SP tlog-cosignature, cosignature/v1).
pub(crate) fn cosigned(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}
