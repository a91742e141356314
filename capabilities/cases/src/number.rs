//! Case numbers and query secrets.
//!
//! A case number tells division and day and nothing else; its last eight characters are chance, so that numbers
//! cannot be counted through. The query secret opens the progress page to who holds both; it is shown once.

use jiff::civil::Date;
use mingjing_codes::PowerType;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::events::QueryLock;

/// Crockford's base 32: no I, L, O, U, so that a number survives the telephone.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The secret in clear, to be shown once, and what is kept of it.
#[derive(Debug, Clone)]
pub struct QuerySecret {
    pub clear: String,
    pub lock: QueryLock,
}

/// Each procedure has its own series, so that a number tells which rules its case follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Procedure {
    Permit,
    Penalty,
    /// A matter of another type of power: no law gives these a procedure of their own, so that the chart of its item
    /// and the item's own law lead it (DOMAIN 4.4).
    Matter,
    /// The part of a body that is asked in a joint approval (许可法 26(2)).
    Assistance,
}

impl Procedure {
    pub const ALL: [Procedure; 4] = [
        Procedure::Permit,
        Procedure::Penalty,
        Procedure::Matter,
        Procedure::Assistance,
    ];

    pub fn key(self) -> &'static str {
        match self {
            Procedure::Permit => "permit",
            Procedure::Penalty => "penalty",
            Procedure::Matter => "matter",
            Procedure::Assistance => "assistance",
        }
    }

    pub fn from_key(key: &str) -> Option<Procedure> {
        Procedure::ALL.into_iter().find(|procedure| procedure.key() == key)
    }

    pub fn name(self) -> &'static str {
        match self {
            Procedure::Permit => "行政许可",
            Procedure::Penalty => "行政处罚",
            Procedure::Matter => "其他权力事项",
            Procedure::Assistance => "联合办理协办",
        }
    }

    /// What stands before the day: nothing for permits, the type code of the item for the others (DOMAIN 6.1).
    fn marks(self) -> &'static [&'static str] {
        match self {
            Procedure::Permit => &[""],
            Procedure::Penalty => &["CF"],
            Procedure::Matter => &["QR", "ZS", "CFJ", "QZ", "GF", "JL", "ZY", "CJ", "JG", "DL", "FW", "QT"],
            Procedure::Assistance => &["XB"],
        }
    }

    /// Whether its cases are [`crate::case::Case`]s.
    pub fn is_application(self) -> bool {
        matches!(self, Procedure::Permit | Procedure::Matter | Procedure::Assistance)
    }

    /// The procedure whose series this number belongs to; `None` where it can be no case number at all.
    pub fn of(case_no: &str) -> Option<Procedure> {
        Procedure::ALL
            .into_iter()
            .find(|procedure| in_series(case_no, *procedure))
    }
}

/// `<division6>-<yyyymmdd>-<8 characters>`.
pub fn case_no(division: &str, on: Date, chance: &[u8; 32]) -> String {
    number_in(Procedure::Permit, division, on, chance)
}

/// The number of an application for an item of this type of power.
pub fn number_of(power: PowerType, division: &str, on: Date, chance: &[u8; 32]) -> String {
    match power {
        PowerType::Permit => case_no(division, on, chance),
        // Penalties by ordinary procedure have the series CF to themselves.
        PowerType::Penalty => number_with("CFJ", division, on, chance),
        other => number_with(other.code(), division, on, chance),
    }
}

/// `<division6>-<mark><yyyymmdd>-<8 characters>`.
pub fn number_in(procedure: Procedure, division: &str, on: Date, chance: &[u8; 32]) -> String {
    number_with(procedure.marks()[0], division, on, chance)
}

fn number_with(mark: &str, division: &str, on: Date, chance: &[u8; 32]) -> String {
    let mut division: String = division.chars().filter(char::is_ascii_digit).take(6).collect();
    while division.len() < 6 {
        division.push('0');
    }
    format!(
        "{division}-{}{:04}{:02}{:02}-{}",
        mark,
        on.year(),
        on.month(),
        on.day(),
        base32::<8>(chance)
    )
}

pub fn query_secret(chance: &[u8; 32], salt: &[u8; 32]) -> QuerySecret {
    let clear = base32::<10>(chance);
    let salt = hex::encode(&salt[..16]);
    let lock = QueryLock {
        sha256: digest(&salt, &clear),
        salt,
    };
    QuerySecret { clear, lock }
}

/// Whether this is the secret of the lock. Takes the same time for every wrong one.
pub fn opens(lock: &QueryLock, secret: &str) -> bool {
    let given = digest(&lock.salt, &readable(secret));
    let mut difference = u8::from(given.len() != lock.sha256.len());
    for (a, b) in given.bytes().zip(lock.sha256.bytes()) {
        difference |= a ^ b;
    }
    difference == 0
}

/// What people type is read kindly: case, spaces and the letters that look like digits do not matter.
pub fn readable(typed: &str) -> String {
    typed
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect()
}

/// Whether this can be the number of an application; anything else is not looked up.
pub fn is_case_no(text: &str) -> bool {
    Procedure::of(text).is_some_and(Procedure::is_application)
}

fn in_series(text: &str, procedure: Procedure) -> bool {
    let mut parts = text.split('-');
    let digits = |part: Option<&str>, length: usize| {
        part.is_some_and(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_digit()))
    };
    let chance =
        |part: Option<&str>| part.is_some_and(|part| part.len() == 8 && part.bytes().all(|b| ALPHABET.contains(&b)));
    let division = digits(parts.next(), 6);
    let numbered = parts.next().unwrap_or_default();
    let mut days = procedure.marks().iter().map(|mark| numbered.strip_prefix(mark));
    division && days.any(|day| digits(day, 8)) && chance(parts.next()) && parts.next().is_none()
}

fn digest(salt: &str, secret: &str) -> String {
    let hash = Sha256::new()
        .chain_update(b"mingjing/query-secret/v1\0")
        .chain_update(salt.as_bytes())
        .chain_update([0])
        .chain_update(secret.as_bytes())
        .finalize();
    hex::encode(hash)
}

/// `N` characters of five bits each.
pub(crate) fn base32<const N: usize>(chance: &[u8; 32]) -> String {
    chance
        .iter()
        .take(N)
        .map(|byte| char::from(ALPHABET[usize::from(byte & 31)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_number_tells_place_and_day_and_chance() {
        let number = case_no("330303", date(2026, 5, 6), &[7; 32]);
        assert_eq!(number, "330303-20260506-77777777");
        assert!(is_case_no(&number));
        for wrong in [
            "",
            "330303-20260506",
            "330303-20260506-7777777U",
            "330303-2026050-77777777",
            "330303-20260506-77777777-1",
        ] {
            assert!(!is_case_no(wrong), "{wrong}");
        }
    }

    #[test]
    fn each_procedure_has_its_own_series() {
        for procedure in Procedure::ALL {
            let number = number_in(procedure, "330303", date(2026, 5, 6), &[7; 32]);
            assert_eq!(Procedure::of(&number), Some(procedure), "{number}");
        }
        let penalty = number_in(Procedure::Penalty, "330303", date(2026, 5, 6), &[7; 32]);
        assert_eq!(penalty, "330303-CF20260506-77777777");
        assert!(!is_case_no(&penalty));
        assert_eq!(Procedure::of("330303-XX20260506-77777777"), None);
        let confirmation = number_of(PowerType::Confirmation, "330303", date(2026, 5, 6), &[7; 32]);
        assert_eq!(confirmation, "330303-QR20260506-77777777");
        assert_eq!(Procedure::of(&confirmation), Some(Procedure::Matter));
        assert!(is_case_no(&confirmation));
        let on_the_spot = number_of(PowerType::Penalty, "330303", date(2026, 5, 6), &[7; 32]);
        assert_eq!(Procedure::of(&on_the_spot), Some(Procedure::Matter), "{on_the_spot}");
    }

    #[test]
    fn a_secret_opens_its_own_lock_however_it_is_typed() {
        let secret = query_secret(&[0; 32], &[1; 32]);
        assert_eq!(secret.clear, "0000000000");
        assert!(opens(&secret.lock, "0000000000"));
        assert!(opens(&secret.lock, " oooo oooooo "));
        assert!(!opens(&secret.lock, "0000000001"));
        assert!(!opens(&secret.lock, ""));
        assert!(!secret.lock.sha256.contains("0000000000"));
    }
}
