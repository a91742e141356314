//! Time that does not count: hearings, tests, expert review and the like (许可法 45).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{Calendar, CalendarError, LimitUnit, civil};

/// More separate suspensions than this in one case is a mistake of the caller.
pub const MAX_PAUSES: usize = 256;

/// A suspension that has ended: `from` the day it began, `to` the day it ended. One still running has no due date yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub from: Date,
    pub to: Date,
    /// What the time was needed for, as it is shown to people: `听证`, `检验`.
    pub label: String,
}

/// Whether the days on which a suspension begins and ends count towards the limit. No statute says it; the default
/// excludes both, and the lines shown with every due date say which rule was used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseCount {
    #[default]
    BothEndsExcluded,
    FirstDayCounts,
    LastDayCounts,
}

impl PauseCount {
    pub fn name(self) -> &'static str {
        match self {
            PauseCount::BothEndsExcluded => "首尾两日均不计入",
            PauseCount::FirstDayCounts => "首日计入、末日不计入",
            PauseCount::LastDayCounts => "首日不计入、末日计入",
        }
    }
}

/// The days that do not count, as day numbers.
pub(crate) struct Excluded {
    /// One entry per pause that takes at least a day, in the caller's order; they may overlap.
    pub(crate) labelled: Vec<(i64, i64, String)>,
    /// The same days, sorted and disjoint, so that a day in two pauses is taken off once.
    merged: Vec<(i64, i64)>,
}

impl Excluded {
    pub(crate) fn new(pauses: &[Pause], count: PauseCount) -> Result<Excluded, CalendarError> {
        if pauses.len() > MAX_PAUSES {
            return Err(CalendarError::TooManyPauses);
        }
        let mut labelled = Vec::new();
        for pause in pauses {
            if pause.to < pause.from {
                return Err(CalendarError::PauseReversed {
                    label: pause.label.clone(),
                });
            }
            let (mut first, mut last) = (civil::ordinal(pause.from), civil::ordinal(pause.to));
            match count {
                PauseCount::BothEndsExcluded => {}
                PauseCount::FirstDayCounts => first += 1,
                PauseCount::LastDayCounts => last -= 1,
            }
            if first <= last {
                labelled.push((first, last, pause.label.clone()));
            }
        }
        let merged = merge(&labelled);
        Ok(Excluded { labelled, merged })
    }

    /// Days that count from the calendar's zero through `ordinal`. Only differences of two answers mean anything.
    pub(crate) fn counted_through(&self, calendar: &Calendar, unit: LimitUnit, ordinal: i64) -> i64 {
        let through = |day: i64| match unit {
            LimitUnit::WorkingDay => calendar.working_through(day),
            _ => day,
        };
        let taken_off: i64 = self
            .merged
            .iter()
            .take_while(|(first, _)| *first <= ordinal)
            .map(|(first, last)| through((*last).min(ordinal)) - through(first - 1))
            .sum();
        through(ordinal) - taken_off
    }

    pub(crate) fn label(&self, ordinal: i64) -> Option<&str> {
        let covers = |(first, last, _): &&(i64, i64, String)| (*first..=*last).contains(&ordinal);
        self.labelled.iter().find(covers).map(|(_, _, label)| label.as_str())
    }
}

fn merge(labelled: &[(i64, i64, String)]) -> Vec<(i64, i64)> {
    let mut spans: Vec<(i64, i64)> = labelled.iter().map(|(first, last, _)| (*first, *last)).collect();
    spans.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for (first, last) in spans {
        match merged.last_mut() {
            Some(open) if first <= open.1 + 1 => open.1 = open.1.max(last),
            _ => merged.push((first, last)),
        }
    }
    merged
}
