//! Which version of a benchmark applies: the one in force on the day of the act, or a later one if
//! it is lighter for the party (从旧兼从轻, 行政处罚法 37).

use super::{Benchmark, Discretion, Ground, Missing};
use crate::number::Number;
use crate::time::Date;
use crate::value::Context;

/// The version chosen and what it says, with the reason for the choice.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Place of the version in the list given.
    pub version: usize,
    pub discretion: Discretion,
    pub reason: String,
}

impl Benchmark {
    pub fn is_in_force(&self, day: Date) -> bool {
        self.in_force <= day && self.until.is_none_or(|until| day <= until)
    }
}

/// Chooses among versions; nothing if none was in force on the day of the act.
pub fn choose(
    versions: &[Benchmark],
    acted: Date,
    decided: Date,
    facts: &Context,
    grounds: &[Ground],
) -> Result<Option<Chosen>, Missing> {
    let old = versions.iter().position(|version| version.is_in_force(acted));
    let Some(old) = old else { return Ok(None) };
    let before = versions[old].weigh(facts, grounds)?;
    let later = versions
        .iter()
        .position(|version| version.is_in_force(decided) && version.in_force > versions[old].in_force);
    if let Some(later) = later {
        let after = versions[later].weigh(facts, grounds)?;
        if severity(&after) < severity(&before) {
            let reason = format!(
                "行为发生时的基准（{}）较重，处罚时的基准（{}）较轻，适用较轻的（行政处罚法第三十七条）",
                versions[old].document, versions[later].document
            );
            return Ok(Some(Chosen {
                version: later,
                discretion: after,
                reason,
            }));
        }
    }
    let reason = format!("适用行为发生时（{acted}）施行的基准（{}）", versions[old].document);
    Ok(Some(Chosen {
        version: old,
        discretion: before,
        reason,
    }))
}

/// What weighs first: whether there is a penalty, then the guide amount, the upper and lower ends.
fn severity(discretion: &Discretion) -> (bool, Number, Number, Number) {
    let open = Number::from(i64::MAX);
    let (low, high) = (discretion.low, discretion.high.unwrap_or(open));
    let default = discretion.default.unwrap_or(high);
    (!discretion.no_penalty, default, high, low.unwrap_or(Number::ZERO))
}
