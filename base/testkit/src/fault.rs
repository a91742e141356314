//! A switch that makes one statement fail, and an ear for all statements.

use std::collections::BTreeSet;
use std::sync::Mutex;

use mingjing_chronicle::db::probe::{Failure, Probe};

/// Which statements count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Everything that changes data or moves a transaction.
    Write,
    Commit,
}

#[derive(Default)]
pub struct FaultSwitch {
    armed: Mutex<Option<Armed>>,
    statements: Mutex<BTreeSet<String>>,
}

struct Armed {
    target: Target,
    failure: Failure,
    left: u32,
}

impl FaultSwitch {
    /// Makes the `nth` (from 1) statement from now fail, once.
    pub fn arm(&self, target: Target, nth: u32, failure: Failure) {
        *self.armed.lock().expect("no holder panics") = Some(Armed {
            target,
            failure,
            left: nth,
        });
    }

    /// Whether the armed failure is still to come; disarms it.
    pub fn disarm(&self) -> bool {
        self.armed.lock().expect("no holder panics").take().is_some()
    }

    /// All portable texts that were prepared so far.
    pub fn statements(&self) -> BTreeSet<String> {
        self.statements.lock().expect("no holder panics").clone()
    }
}

fn counts(target: Target, text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default();
    match target {
        Target::Commit => word == "COMMIT",
        Target::Write => matches!(
            word,
            "INSERT" | "UPDATE" | "DELETE" | "BEGIN" | "COMMIT" | "SAVEPOINT" | "RELEASE" | "ROLLBACK"
        ),
    }
}

impl Probe for FaultSwitch {
    fn statement(&self, portable: &str) {
        self.statements
            .lock()
            .expect("no holder panics")
            .insert(portable.to_owned());
    }

    fn failure(&self, text: &str) -> Option<Failure> {
        let mut slot = self.armed.lock().expect("no holder panics");
        let armed = slot.as_mut().filter(|armed| counts(armed.target, text))?;
        armed.left -= 1;
        if armed.left > 0 {
            return None;
        }
        let failure = armed.failure;
        *slot = None;
        Some(failure)
    }
}
