//! Time, chance and the acting person: everything a decision may not take from the air.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan};
use mingjing_calendar::Calendar;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The one source of time. Microseconds, UTC.
#[derive(Clone, Debug)]
pub enum Clock {
    System,
    /// Stands still until moved; shared by all clones.
    Virtual(Arc<AtomicI64>),
}

impl Clock {
    pub fn at(timestamp: Timestamp) -> Clock {
        Clock::Virtual(Arc::new(AtomicI64::new(timestamp.as_microsecond())))
    }

    pub fn now(&self) -> Timestamp {
        let micros = match self {
            #[expect(clippy::disallowed_methods, reason = "this is the seam")]
            Clock::System => Timestamp::now().as_microsecond(),
            Clock::Virtual(micros) => micros.load(Ordering::SeqCst),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    pub fn today(&self) -> Date {
        shanghai_date(self.now())
    }

    /// Moves a virtual clock; a system clock does not move for anybody.
    pub fn set(&self, timestamp: Timestamp) {
        if let Clock::Virtual(micros) = self {
            micros.store(timestamp.as_microsecond(), Ordering::SeqCst);
        }
    }

    pub fn advance_hours(&self, hours: i64) {
        if let Ok(later) = self.now().checked_add(hours.hours()) {
            self.set(later);
        }
    }
}

/// The date in China (UTC+8, no daylight saving since 1991) at this moment.
pub fn shanghai_date(at: Timestamp) -> Date {
    at.to_zoned(shanghai()).date()
}

/// China's time zone as a fixed offset, so that no time-zone database decides a legal date.
pub fn shanghai() -> TimeZone {
    TimeZone::fixed(Offset::constant(8))
}

/// The one source of chance.
#[derive(Clone)]
pub enum Chance {
    System,
    /// Repeatable, for tests and the simulator; shared by all clones.
    Seeded(Arc<Mutex<ChaCha20Rng>>),
}

impl Chance {
    pub fn seeded(seed: u64) -> Chance {
        Chance::Seeded(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed))))
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0u8; N];
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the seam")]
            Chance::System => {
                getrandom::fill(&mut bytes).expect("the operating system always has chance to give");
            }
            Chance::Seeded(rng) => rng
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .fill_bytes(&mut bytes),
        }
        bytes
    }

    /// 128 random bits in lower-case hex.
    pub fn id(&self) -> String {
        hex::encode(self.bytes::<16>())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// Not signed in.
    Public,
    /// A citizen, or somebody acting for an organisation or as an agent.
    Citizen,
    Official,
    /// One of the three administrators (system, security, audit).
    Administrator,
    /// A department's own system: acts in the posts of its access token.
    Department,
    /// The program itself: timers, followers, imports.
    System,
}

/// A post that an officer holds: the role in the body's flow, bound to one body and office.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HeldPost {
    /// Id of the post.
    pub post: String,
    /// Role key as flows name it (`counter_clerk`, `handler`, `reviewer`, `approver` …).
    pub role: String,
    /// Id of the body.
    pub body: String,
    /// Division code of the body.
    pub area: String,
}

/// Who acts. Ids only: names are looked up where they are shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Account id (pseudonymous); `system` and `public` for the two that have no account.
    pub account: String,
    pub kind: ActorKind,
    /// All posts held now.
    pub posts: Vec<HeldPost>,
    /// Roles of accounts that are not bound to a post (`system_admin`, `security_admin`, `audit_admin`, `citizen`).
    pub roles: Vec<String>,
}

impl Actor {
    pub fn system() -> Actor {
        Actor {
            account: "system".into(),
            kind: ActorKind::System,
            posts: Vec::new(),
            roles: Vec::new(),
        }
    }

    pub fn public() -> Actor {
        Actor {
            account: "public".into(),
            kind: ActorKind::Public,
            posts: Vec::new(),
            roles: Vec::new(),
        }
    }

    /// Acts for a body, in posts held: a person of it or its own system.
    pub fn in_office(&self) -> bool {
        matches!(self.kind, ActorKind::Official | ActorKind::Department)
    }

    /// The post of this role in this body, if the actor holds it.
    pub fn post_in(&self, role: &str, body: &str) -> Option<&HeldPost> {
        self.posts.iter().find(|held| held.role == role && held.body == body)
    }
}

/// Parameters of a place (its profile) with their version; every event records the version used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Parameters {
    pub version: String,
    pub values: BTreeMap<String, String>,
}

impl Parameters {
    pub fn text(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// A whole number, or `default` where the profile is silent.
    pub fn number(&self, key: &str, default: i64) -> i64 {
        self.text(key).and_then(|text| text.parse().ok()).unwrap_or(default)
    }
}

/// All that `decide` may know beside state and command.
#[derive(Clone)]
pub struct Context {
    /// When the server records the act.
    pub at: Timestamp,
    /// The date in China at `at`.
    pub today: Date,
    pub jurisdiction: Arc<str>,
    pub actor: Actor,
    pub calendar: Arc<Calendar>,
    pub parameters: Arc<Parameters>,
    /// Version of this program.
    pub software: &'static str,
    /// Fresh chance of this command; ids are derived from it by label.
    pub seed: [u8; 32],
}

impl Context {
    /// A 128-bit id, the same for the same label within one command: `decide` stays a function.
    pub fn id(&self, label: &str) -> String {
        hex::encode(&self.derive(label)[..16])
    }

    /// 32 bytes of chance for this label.
    pub fn derive(&self, label: &str) -> [u8; 32] {
        Sha256::new()
            .chain_update(b"mingjing/chance/v1\0")
            .chain_update(self.seed)
            .chain_update(label.as_bytes())
            .finalize()
            .into()
    }
}
