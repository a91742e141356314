//! Keys of logs (type 0x01) and witnesses (0x04), both Ed25519: names, key IDs, verifier-key strings, signing.

use std::fmt;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::MOST_NUMBER;
use crate::lines::{from_base64, to_base64};
use crate::note::{SignatureLine, cosigned};
use crate::refusal::{Fault, Form, Malformed};

/// Not empty, no Unicode white space, no control character, no `+`, at most 255 bytes. A log's is its origin.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// The length of a cosigner's name stands in one byte where post-quantum witnesses sign.
    const MOST_BYTES: usize = 255;

    pub fn parse(text: &str) -> Result<KeyName, Malformed> {
        KeyName::of(text).map_err(|fault| fault.in_whole(Form::Key))
    }

    pub(crate) fn of(text: &str) -> Result<KeyName, Fault> {
        let bad = |c: char| c.is_whitespace() || c < ' ' || c == '+';
        if text.is_empty() || text.len() > KeyName::MOST_BYTES || text.contains(bad) {
            return Err(Fault::KeyName);
        }
        Ok(KeyName(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// First four bytes of SHA-256(name ‖ LF ‖ type ‖ public key). With the name it identifies a key; alone it does not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl KeyId {
    fn of(name: &KeyName, typed_key: &[u8]) -> KeyId {
        let hash = Sha256::new()
            .chain_update(name.as_str())
            .chain_update("\n")
            .chain_update(typed_key)
            .finalize();
        KeyId([hash[0], hash[1], hash[2], hash[3]])
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// 0x01: the text itself.
    Log,
    /// 0x04, cosignature/v1: the checkpoint with the time at which the witness saw it.
    Witness,
}

impl KeyKind {
    const fn byte(self) -> u8 {
        match self {
            KeyKind::Log => 0x01,
            KeyKind::Witness => 0x04,
        }
    }

    const fn of(byte: u8) -> Option<KeyKind> {
        match byte {
            0x01 => Some(KeyKind::Log),
            0x04 => Some(KeyKind::Witness),
            _ => None,
        }
    }
}

/// A public key with its name: `name+8 hex digits+base64(type ‖ key)`.
///
/// Invariants: the point is on the curve, canonically encoded and not of small order (otherwise one signature would
/// fit many texts); the key ID agrees with the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    kind: KeyKind,
    id: KeyId,
    point: VerifyingKey,
}

impl VerifierKey {
    const MOST_TEXT_BYTES: usize = 4096;

    pub fn new(name: KeyName, kind: KeyKind, public: &[u8; 32]) -> Result<VerifierKey, Malformed> {
        VerifierKey::of(name, kind, public).map_err(|fault| fault.in_whole(Form::Key))
    }

    fn of(name: KeyName, kind: KeyKind, public: &[u8; 32]) -> Result<VerifierKey, Fault> {
        let point = VerifyingKey::from_bytes(public).map_err(|_| Fault::PublicKey)?;
        let canonical = point.to_edwards().compress().to_bytes() == *public;
        if !canonical || point.is_weak() {
            return Err(Fault::PublicKey);
        }
        let id = KeyId::of(&name, &typed(kind, public));
        Ok(VerifierKey { name, kind, id, point })
    }

    pub fn parse(text: &str) -> Result<VerifierKey, Malformed> {
        VerifierKey::read(text).map_err(|fault| fault.in_whole(Form::Key))
    }

    /// Split at the first two `+` only: base64 has its own.
    pub(crate) fn read(text: &str) -> Result<VerifierKey, Fault> {
        if text.len() > VerifierKey::MOST_TEXT_BYTES {
            return Err(Fault::TooLong);
        }
        let mut parts = text.splitn(3, '+');
        let name = KeyName::of(parts.next().unwrap_or_default())?;
        let id = parts.next().ok_or(Fault::Missing)?;
        let typed_key = from_base64(parts.next().ok_or(Fault::Missing)?)?;
        let (kind, public) = typed_key.split_first().ok_or(Fault::Missing)?;
        let kind = KeyKind::of(*kind).ok_or(Fault::KeyKind)?;
        let key = VerifierKey::of(name, kind, public.try_into().map_err(|_| Fault::PublicKey)?)?;
        if key.id.to_string() != id {
            return Err(Fault::KeyId);
        }
        Ok(key)
    }

    pub fn name(&self) -> &KeyName {
        &self.name
    }

    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    pub fn id(&self) -> KeyId {
        self.id
    }

    pub fn public(&self) -> &[u8; 32] {
        self.point.as_bytes()
    }

    /// Whether this line claims to be from this key.
    pub fn claims(&self, line: &SignatureLine) -> bool {
        line.name() == &self.name && line.id() == self.id
    }

    /// For a witness's key the time of the cosignature, seconds since 1970; `None` where the signature is not good.
    pub(crate) fn verify(&self, text: &str, signature: &[u8]) -> Option<Option<u64>> {
        match self.kind {
            KeyKind::Log => self.signed(text.as_bytes(), signature).then_some(None),
            KeyKind::Witness => {
                let (time, signature) = signature.split_first_chunk()?;
                let time = u64::from_be_bytes(*time);
                let good = time <= MOST_NUMBER && self.signed(cosigned(time, text).as_bytes(), signature);
                good.then_some(Some(time))
            }
        }
    }

    fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        // Strict: no point of small order, so that every verifier gives the same answer.
        Signature::from_slice(signature).is_ok_and(|signature| self.point.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed_key = typed(self.kind, self.public());
        write!(f, "{}+{}+{}", self.name, self.id, to_base64(&typed_key))
    }
}

fn typed(kind: KeyKind, public: &[u8; 32]) -> [u8; 33] {
    let mut bytes = [kind.byte(); 33];
    bytes[1..].copy_from_slice(public);
    bytes
}

/// A private key. It shows nothing of itself and is wiped when dropped.
pub struct SignerKey {
    verifier: VerifierKey,
    secret: SigningKey,
}

impl SignerKey {
    /// `seed`: 32 bytes of chance, as RFC 8032 takes them.
    pub fn from_seed(name: KeyName, kind: KeyKind, seed: &[u8; 32]) -> SignerKey {
        let secret = SigningKey::from_bytes(seed);
        let verifier = VerifierKey::of(name, kind, secret.verifying_key().as_bytes())
            .expect("a public key made from a seed is a good point");
        SignerKey { verifier, secret }
    }

    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The same text gives the same line. `time` (seconds since 1970, below 2^63) goes into a witness's line only.
    pub fn sign(&self, text: &str, time: u64) -> SignatureLine {
        let bytes = match self.verifier.kind {
            KeyKind::Log => self.secret.sign(text.as_bytes()).to_bytes().to_vec(),
            KeyKind::Witness => {
                let time = time.min(MOST_NUMBER);
                let signature = self.secret.sign(cosigned(time, text).as_bytes());
                [time.to_be_bytes().as_slice(), &signature.to_bytes()].concat()
            }
        };
        SignatureLine::new(self.verifier.name.clone(), self.verifier.id, bytes)
            .expect("a signature of 64 or 72 bytes fits a line")
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({})", self.verifier)
    }
}
