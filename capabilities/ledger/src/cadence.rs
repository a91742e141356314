//! When a signed head is shown to everybody. Not at once: who asks every second would otherwise learn an act's second.

use jiff::Timestamp;
use mingjing_chronicle::Parameters;

/// Parameters of the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cadence {
    /// `ledger.cadence_seconds`: at least so long between two publications.
    pub seconds: i64,
    /// `ledger.least_batch`: fewer new leaves than this wait for more, or for the heartbeat.
    pub least: u64,
    /// `ledger.heartbeat_seconds`: after so long the same tree is published anew, so that fresh cosignatures tell a
    /// frozen view from a quiet log.
    pub heartbeat_seconds: i64,
}

/// The last publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    pub size: u64,
    pub at: Timestamp,
}

impl Cadence {
    pub fn of(parameters: &Parameters) -> Cadence {
        Cadence {
            seconds: parameters.number("ledger.cadence_seconds", 60).max(1),
            least: u64::try_from(parameters.number("ledger.least_batch", 1)).unwrap_or(1),
            heartbeat_seconds: parameters.number("ledger.heartbeat_seconds", 600).max(1),
        }
    }

    pub fn is_due(&self, now: Timestamp, signed: u64, last: Option<Published>) -> bool {
        let Some(last) = last else {
            return true;
        };
        // A clock that went back must not hold up the log.
        let since = now.as_second() - last.at.as_second();
        if since < 0 || since >= self.heartbeat_seconds {
            return true;
        }
        let new = signed.saturating_sub(last.size);
        since >= self.seconds && new >= self.least.max(1)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_head_is_shown_when_cadence_and_batch_allow() {
        let cadence = Cadence {
            seconds: 60,
            least: 3,
            heartbeat_seconds: 600,
        };
        let check = |since: i64, new: u64, expect: bool| {
            let at = Timestamp::from_second(1_000_000).unwrap();
            let now = Timestamp::from_second(1_000_000 + since).unwrap();
            let due = cadence.is_due(now, 10 + new, Some(Published { size: 10, at }));
            assert_eq!(due, expect, "{since} s, {new} new");
        };
        check(59, 100, false);
        check(60, 2, false);
        check(60, 3, true);
        check(599, 0, false);
        check(600, 0, true);
        check(599, 2, false);
        check(600, 2, true);
        check(-1, 0, true);
        assert!(cadence.is_due(Timestamp::UNIX_EPOCH, 0, None));
    }
}
