//! Hashing passwords with Argon2id, outside the writer: as many at once as there are cores, a bounded queue behind
//! them, and a polite refusal beyond it, so that a flood of sign-ins cannot take all memory and time.
//!
//! Invariant: verifying costs the same whether or not there is a hash to verify against.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::{Algorithm, Argon2, Params, Version};
use mingjing_chronicle::{Chance, Fault};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// A password on its way; wiped when dropped, never printed.
pub type Secret = Zeroizing<String>;

/// What one hash costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
}

impl Cost {
    /// OWASP's least: 19 MiB, two passes, one lane.
    pub const USUAL: Cost = Cost {
        memory_kib: 19 * 1024,
        passes: 2,
    };
}

/// Waiting tries per core; at about 30 ms each nobody waits more than half a second.
const QUEUE_PER_CORE: usize = 16;

#[derive(Clone)]
pub struct Hasher {
    cost: Cost,
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    chance: Chance,
    /// Verified where there is no hash, so that an unknown login name takes as long as a known one.
    dummy: Arc<str>,
    /// KiB times passes of everything verified so far.
    verified: Arc<AtomicU64>,
}

impl Hasher {
    pub fn new(cost: Cost, chance: Chance) -> Hasher {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let dummy = hash_with(cost, b"nobody's", &chance.bytes::<16>());
        Hasher {
            cost,
            running: Arc::new(Semaphore::new(cores)),
            waiting: Arc::new(Semaphore::new(cores * QUEUE_PER_CORE)),
            chance,
            dummy: dummy.into(),
            verified: Arc::default(),
        }
    }

    /// The work of all verifications since the start, in KiB times passes. Each try to sign in adds the same,
    /// whomever it names; time itself tells that only on a quiet machine.
    pub fn verified(&self) -> u64 {
        self.verified.load(Ordering::Relaxed)
    }

    /// # Errors
    /// [`Fault::Busy`] when the queue is full.
    pub async fn hash(&self, password: Secret) -> Result<String, Fault> {
        let (cost, salt) = (self.cost, self.chance.bytes::<16>());
        self.run(move || hash_with(cost, password.as_bytes(), &salt)).await
    }

    /// Whether the password fits the stored hash; `None` never fits but takes as long.
    ///
    /// # Errors
    /// [`Fault::Busy`] when the queue is full.
    pub async fn verify(&self, password: Secret, stored: Option<String>) -> Result<bool, Fault> {
        let (dummy, verified) = (Arc::clone(&self.dummy), Arc::clone(&self.verified));
        self.run(move || {
            let hash = stored.as_deref().unwrap_or(&dummy);
            fits_hash(password.as_bytes(), hash, &verified) & stored.is_some()
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Fault> {
        let _waiting = self.waiting.try_acquire().map_err(|_| Fault::Busy)?;
        let running = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(|_| Fault::Busy)?;
        tokio::task::spawn_blocking(move || {
            // Held by the work, not by the request: who hangs up does not free a core that is still busy.
            let _running = running;
            work()
        })
        .await
        .map_err(|_| Fault::Internal("hashing a password stopped".into()))
    }
}

/// `argon2id:<KiB>:<passes>:<salt>:<hash>`, the last two in hex.
fn hash_with(cost: Cost, password: &[u8], salt: &[u8; 16]) -> String {
    let hash = derive(cost, password, salt);
    format!(
        "argon2id:{}:{}:{}:{}",
        cost.memory_kib,
        cost.passes,
        hex::encode(salt),
        hex::encode(hash)
    )
}

fn derive(cost: Cost, password: &[u8], salt: &[u8]) -> [u8; 32] {
    let params = Params::new(cost.memory_kib, cost.passes, 1, Some(32)).expect("costs are constants of the program");
    let mut hash = [0u8; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password, salt, &mut hash)
        .expect("salt and output have allowed lengths");
    hash
}

fn fits_hash(password: &[u8], stored: &str, verified: &AtomicU64) -> bool {
    let Some((cost, salt, hash)) = parse(stored) else {
        return false;
    };
    let fits = derive(cost, password, &salt).ct_eq(&hash).into();
    verified.fetch_add(u64::from(cost.memory_kib) * u64::from(cost.passes), Ordering::Relaxed);
    fits
}

fn parse(stored: &str) -> Option<(Cost, [u8; 16], [u8; 32])> {
    let mut parts = stored.strip_prefix("argon2id:")?.split(':');
    let cost = Cost {
        memory_kib: parts.next()?.parse().ok()?,
        passes: parts.next()?.parse().ok()?,
    };
    let salt = hex::decode(parts.next()?).ok()?.try_into().ok()?;
    let hash = hex::decode(parts.next()?).ok()?.try_into().ok()?;
    let sane = (8..=1_048_576).contains(&cost.memory_kib) && (1..=16).contains(&cost.passes);
    sane.then_some((cost, salt, hash))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const LIGHT: Cost = Cost {
        memory_kib: 64,
        passes: 1,
    };

    fn secret(text: &str) -> Secret {
        Zeroizing::new(text.to_owned())
    }

    #[tokio::test]
    async fn only_the_same_password_fits() {
        let hasher = Hasher::new(LIGHT, Chance::seeded(1));
        let stored = hasher.hash(secret("一句只有我知道的话")).await.unwrap();
        assert!(
            hasher
                .verify(secret("一句只有我知道的话"), Some(stored.clone()))
                .await
                .unwrap()
        );
        assert!(
            !hasher
                .verify(secret("一句只有我知道的话 "), Some(stored.clone()))
                .await
                .unwrap()
        );
        assert!(!hasher.verify(secret("nobody's"), None).await.unwrap());
        assert!(
            !hasher
                .verify(secret("x"), Some("argon2id:1:1:zz:zz".into()))
                .await
                .unwrap()
        );
        assert_ne!(
            stored,
            hasher.hash(secret("一句只有我知道的话")).await.unwrap(),
            "each hash has a salt of its own"
        );
    }

    #[tokio::test]
    async fn a_full_queue_says_so_at_once() {
        let mut hasher = Hasher::new(LIGHT, Chance::seeded(1));
        hasher.waiting = Arc::new(Semaphore::new(0));
        assert!(matches!(hasher.hash(secret("x")).await, Err(Fault::Busy)));
    }
}
