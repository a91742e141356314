//! Sealing: every payload and blob is encrypted under a secret of its own, so that deleting the secret
//! erases the content everywhere at once, backups of the content included.
//!
//! The secret of an event lies in `event_key`, wrapped under the deployment's key, which lies off the
//! data volume. Sealing and commitment keys are derived from the secret under separate labels.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, XChaCha20Poly1305};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::context::Chance;
use crate::db::Fault;

/// Secret of one event or blob.
pub type Secret = Zeroizing<[u8; 32]>;

const SEAL_LABEL: &[u8] = b"mingjing/seal/v1";
const COMMITMENT_LABEL: &[u8] = b"mingjing/act-commitment/v1";

/// The deployment's key-wrapping key.
#[derive(Clone)]
pub struct KeyRing {
    wrapping: XChaCha20Poly1305,
}

impl KeyRing {
    pub fn new(key: &[u8; 32]) -> KeyRing {
        KeyRing {
            wrapping: XChaCha20Poly1305::new(key.into()),
        }
    }

    /// The secret wrapped for storage: 24 bytes nonce, 32 bytes secret, 16 bytes tag.
    pub(crate) fn wrap(&self, id: &str, secret: &Secret, chance: &Chance) -> Result<Vec<u8>, Fault> {
        self.seal_under(id, secret.as_slice(), chance)
    }

    pub(crate) fn unwrap(&self, id: &str, wrapped: &[u8]) -> Result<Secret, Fault> {
        let secret: [u8; 32] = self
            .open_under(id, wrapped)?
            .try_into()
            .map_err(|_| Fault::Seal("a key has the wrong length".into()))?;
        Ok(Zeroizing::new(secret))
    }

    /// Content under the deployment's key itself, for what is deleted as a row: outcomes of commands.
    pub(crate) fn seal_under(&self, id: &str, content: &[u8], chance: &Chance) -> Result<Vec<u8>, Fault> {
        let nonce = chance.bytes::<24>();
        let payload = Payload {
            msg: content,
            aad: id.as_bytes(),
        };
        let sealed = self
            .wrapping
            .encrypt(&nonce.into(), payload)
            .map_err(|_| Fault::Seal("sealing under the deployment key".into()))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    pub(crate) fn open_under(&self, id: &str, sealed: &[u8]) -> Result<Vec<u8>, Fault> {
        let (nonce, sealed) = sealed
            .split_first_chunk::<24>()
            .ok_or_else(|| Fault::Seal("a sealed value is too short".into()))?;
        let payload = Payload {
            msg: sealed,
            aad: id.as_bytes(),
        };
        self.wrapping
            .decrypt(nonce.into(), payload)
            .map_err(|_| Fault::Seal(format!("{id} does not open: wrong deployment key or altered")))
    }
}

fn derive(secret: &Secret, label: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0u8; 32]);
    Hkdf::<Sha256>::new(None, secret.as_slice())
        .expand(label, key.as_mut_slice())
        .expect("32 bytes is a valid HKDF length");
    key
}

/// Key for the salted commitment that the public log carries (LEDGER 3.2).
pub fn commitment_key(secret: &Secret) -> Zeroizing<[u8; 32]> {
    derive(secret, COMMITMENT_LABEL)
}

/// Seals content under its own secret. The nonce is constant because each secret seals exactly one content.
pub(crate) fn seal(secret: &Secret, bound_to: &str, content: &[u8]) -> Result<Vec<u8>, Fault> {
    let key = derive(secret, SEAL_LABEL);
    let cipher = ChaCha20Poly1305::new((&*key).into());
    let payload = Payload {
        msg: content,
        aad: bound_to.as_bytes(),
    };
    cipher
        .encrypt(&[0u8; 12].into(), payload)
        .map_err(|_| Fault::Seal("sealing".into()))
}

pub(crate) fn open(secret: &Secret, bound_to: &str, sealed: &[u8]) -> Result<Vec<u8>, Fault> {
    let key = derive(secret, SEAL_LABEL);
    let cipher = ChaCha20Poly1305::new((&*key).into());
    let payload = Payload {
        msg: sealed,
        aad: bound_to.as_bytes(),
    };
    cipher
        .decrypt(&[0u8; 12].into(), payload)
        .map_err(|_| Fault::Seal(format!("the content of {bound_to} was altered")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_only_in_its_place_and_unaltered() {
        let chance = Chance::seeded(1);
        let secret = Zeroizing::new(chance.bytes::<32>());
        let ring = KeyRing::new(&[7; 32]);
        let wrapped = ring.wrap("e1", &secret, &chance).unwrap();
        assert_eq!(*ring.unwrap("e1", &wrapped).unwrap(), *secret);
        assert!(
            ring.unwrap("e2", &wrapped).is_err(),
            "a key moved to another event must not open"
        );
        assert!(KeyRing::new(&[8; 32]).unwrap("e1", &wrapped).is_err());

        let sealed = seal(&secret, "case/1#1", b"facts").unwrap();
        assert_eq!(open(&secret, "case/1#1", &sealed).unwrap(), b"facts");
        assert!(open(&secret, "case/1#2", &sealed).is_err());
        let mut flipped = sealed.clone();
        flipped[0] ^= 1;
        assert!(open(&secret, "case/1#1", &flipped).is_err());
    }

    #[test]
    fn sealing_and_commitment_keys_differ() {
        let secret = Zeroizing::new([3u8; 32]);
        assert_ne!(*derive(&secret, SEAL_LABEL), *commitment_key(&secret));
    }
}
