//! Rehearsing a flow: a script of acts, a clock that jumps to the next timer, and a trace of what happened.
//!
//! Behind `mingjing flow run`, the fixtures and the studio's simulation.

mod act;
mod rehearsal;
mod trace;

use serde::Serialize;
use serde_json::{Map, Value};

pub use act::{Act, ActError, Deed};
pub use trace::TraceLine;

use crate::model::{Kind, Model, Moment, NodeIx, timer};
use crate::step::Rules;

#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// Without: the only executable process, else the one with a none start.
    pub process: Option<String>,
    pub vars: Map<String, Value>,
    pub script: Vec<Act>,
    /// Completes waiting user, manual and receive tasks at once, in document order.
    pub auto: bool,
    /// Moment the clock starts at.
    pub start: Moment,
    /// Microseconds after the start beyond which the clock does not jump.
    pub until: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Completed,
    Waiting,
    Terminated,
    Failed,
    Refused,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    pub status: Status,
    /// Chinese sentence: why it failed, was refused or stopped.
    pub reason: Option<String>,
    /// Stable code of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    pub trace: Vec<TraceLine>,
    pub open: Vec<Open>,
    pub vars: Map<String, Value>,
    /// How long the clock would have to run, in ISO form, until the next timer; for whoever steps through by hand.
    #[serde(skip)]
    pub to_next_timer: Option<String>,
}

/// What waits for someone, or for something to happen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Open {
    pub element: String,
    /// ISO duration since the start.
    pub since: String,
    pub instance: u32,
}

impl Status {
    /// Exit code of the command line.
    pub fn exit(self) -> u8 {
        match self {
            Status::Completed | Status::Waiting => 0,
            Status::Terminated | Status::Failed => 1,
            Status::Refused => 2,
        }
    }
}

impl Report {
    pub fn refused(code: &str, element: Option<String>, reason: String) -> Report {
        Report {
            status: Status::Refused,
            reason: Some(reason),
            code: Some(code.to_owned()),
            element,
            trace: Vec::new(),
            open: Vec::new(),
            vars: Map::new(),
            to_next_timer: None,
        }
    }
}

/// Runs a model from its start until nothing moves any more.
pub fn run(model: &Model, setting: &Setting, rules: &dyn Rules) -> Report {
    let process = match chosen(model, setting.process.as_deref()) {
        Ok(process) => process,
        Err(reason) => return Report::refused("process", None, reason),
    };
    rehearsal::rehearse(model, &process, setting, rules)
}

/// The only executable process, else the one with a none start.
fn chosen(model: &Model, asked: Option<&str>) -> Result<String, String> {
    if let Some(asked) = asked {
        return Ok(asked.to_owned());
    }
    let all: Vec<NodeIx> = model.processes().collect();
    let executable = |ix: &NodeIx| model.node(*ix).kind == Kind::Process { executable: true };
    let called = |ix: &NodeIx| {
        let calls = Kind::Call(crate::model::Called::Process(*ix));
        model.nodes().iter().any(|node| node.kind == calls)
    };
    let plain = |ix: &NodeIx| !model.plain_starts(*ix).is_empty() && !called(ix);
    let runnable: Vec<NodeIx> = all.iter().copied().filter(executable).collect();
    let pool = if runnable.is_empty() { all } else { runnable };
    let narrowed: Vec<NodeIx> = match pool.len() {
        0 | 1 => pool,
        _ => pool.into_iter().filter(plain).collect(),
    };
    match narrowed.first() {
        Some(ix) => Ok(model.node(*ix).id.to_string()),
        None => Err("文件中没有可以直接开始的流程，请用 --process 指明。".to_owned()),
    }
}

/// `PT1H30M`: hours are the largest unit.
pub fn iso(microseconds: i64) -> String {
    let (sign, rest) = if microseconds < 0 {
        ("-", -microseconds)
    } else {
        ("", microseconds)
    };
    let (seconds, fraction) = (rest / 1_000_000, rest % 1_000_000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{sign}PT");
    if hours > 0 {
        text.push_str(&format!("{hours}H"));
    }
    if minutes > 0 {
        text.push_str(&format!("{minutes}M"));
    }
    if seconds > 0 || fraction > 0 || (hours == 0 && minutes == 0) {
        text.push_str(&seconds.to_string());
        if fraction > 0 {
            text.push('.');
            text.push_str(format!("{fraction:06}").trim_end_matches('0'));
        }
        text.push('S');
    }
    text
}

/// Microseconds from a moment to the end of an ISO duration.
pub fn span(from: Moment, text: &str) -> Option<i64> {
    let span = timer::duration(text)?;
    Some(timer::add(from, span)? - from)
}

/// The moment an ISO date and time means; without a zone in China Standard Time.
pub fn moment(text: &str) -> Option<Moment> {
    timer::date(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_in_hours_and_less() {
        for (seconds, text) in [
            (0, "PT0S"),
            (3600, "PT1H"),
            (5400, "PT1H30M"),
            (90_061, "PT25H1M1S"),
            (60, "PT1M"),
        ] {
            assert_eq!(iso(seconds * 1_000_000), text);
        }
        assert_eq!(iso(1_500_000), "PT1.5S");
        assert_eq!(iso(-1_000_000), "-PT1S");
    }
}
