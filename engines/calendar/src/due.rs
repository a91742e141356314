//! From a day and a period to the due date.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::pause::Excluded;
use crate::{Calendar, CalendarError, LimitUnit, Pause, PauseCount, Period, civil, why};

/// A due date with its reasons. The day itself still belongs to the period until 24:00 (民法典 203).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    pub due: Date,
    /// Depends on days whose official arrangement is not known; to be computed again when it is.
    pub provisional: bool,
    pub calendar_version: String,
    /// How the date came about, line by line, in Chinese.
    pub why: Vec<String>,
}

/// What was found on the way to a due date; the reasons are written from it.
pub(crate) struct Reckoning {
    pub(crate) from: Date,
    pub(crate) period: Period,
    pub(crate) pause_count: PauseCount,
    pub(crate) excluded: Excluded,
    /// The day a month period ends on before excluded time is added.
    pub(crate) corresponding: Option<Date>,
    /// The last day of the period, before it rolls over rest days.
    pub(crate) nominal: Date,
    pub(crate) due: Date,
}

impl Reckoning {
    /// The first day whose arrangement mattered: a working-day period asks about every day it passes, the others only
    /// about the day they end on and the roll.
    pub(crate) fn first_asked(&self) -> Date {
        match self.period.unit {
            LimitUnit::WorkingDay => self.from.tomorrow().unwrap_or(self.from).min(self.due),
            _ => self.nominal,
        }
    }
}

impl Calendar {
    /// The last day of a period that starts from `from` (not counted).
    pub fn due(&self, from: Date, period: Period) -> Result<Due, CalendarError> {
        self.due_with_pauses(from, period, &[])
    }

    /// As [`Calendar::due`], with excluded time (许可法 45): every day of a pause, its first and its last included, does
    /// not count. A month period is lengthened by the days taken out of it. Overlapping pauses are taken off once.
    pub fn due_with_pauses(&self, from: Date, period: Period, pauses: &[Pause]) -> Result<Due, CalendarError> {
        self.due_with_pauses_by(from, period, pauses, PauseCount::default())
    }

    /// As [`Calendar::due_with_pauses`], where the place's rule on the pauses' first and last days is another.
    pub fn due_with_pauses_by(
        &self,
        from: Date,
        period: Period,
        pauses: &[Pause],
        count: PauseCount,
    ) -> Result<Due, CalendarError> {
        let reckoning = self.reckon(from, period, Excluded::new(pauses, count)?, count)?;
        Ok(Due {
            due: reckoning.due,
            provisional: self.is_provisional(&reckoning),
            calendar_version: self.version().to_owned(),
            why: why::lines(self, &reckoning),
        })
    }

    /// Hours run from the moment and end at the moment (民法典 201(2)); they do not roll over rest days.
    pub fn due_hours(&self, from: DateTime, hours: u32) -> Result<DateTime, CalendarError> {
        let span = jiff::Span::new()
            .try_hours(hours)
            .map_err(|_| CalendarError::OutOfRange)?;
        from.checked_add(span).map_err(|_| CalendarError::OutOfRange)
    }

    fn reckon(
        &self,
        from: Date,
        period: Period,
        excluded: Excluded,
        pause_count: PauseCount,
    ) -> Result<Reckoning, CalendarError> {
        let start = civil::ordinal(from);
        let amount = i64::from(period.amount);
        let mut corresponding = None;
        let nominal = match period.unit {
            LimitUnit::Hour => return Err(CalendarError::HoursNeedMoment),
            LimitUnit::WorkingDay | LimitUnit::CalendarDay => {
                self.nth_counted(&excluded, period.unit, start, amount)?
            }
            LimitUnit::Month => {
                let day = months_later(from, period.amount)?;
                corresponding = Some(day);
                self.nth_counted(&excluded, LimitUnit::CalendarDay, start, civil::ordinal(day) - start)?
            }
        };
        // The roll is the next day that works and is not itself excluded; the nominal day may be that day.
        let due = self.nth_counted(&excluded, LimitUnit::WorkingDay, nominal - 1, 1)?;
        Ok(Reckoning {
            from,
            period,
            pause_count,
            excluded,
            corresponding,
            nominal: civil::from_ordinal(nominal).ok_or(CalendarError::OutOfRange)?,
            due: civil::from_ordinal(due).ok_or(CalendarError::OutOfRange)?,
        })
    }

    /// The day number on which the `amount`-th counted day after `start` falls; `start` itself for amount 0.
    fn nth_counted(&self, excluded: &Excluded, unit: LimitUnit, start: i64, amount: i64) -> Result<i64, CalendarError> {
        let target = excluded.counted_through(self, unit, start) + amount;
        let reached = |day: i64| excluded.counted_through(self, unit, day) >= target;
        let (mut low, mut high) = (start, civil::last_ordinal());
        if !reached(high) {
            return Err(CalendarError::OutOfRange);
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if reached(middle) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(low)
    }

    fn is_provisional(&self, reckoning: &Reckoning) -> bool {
        reckoning.first_asked() < self.first_covered() || reckoning.due > self.last_covered()
    }
}

/// 民法典 202: the corresponding day, or the last day of the month where there is none.
fn months_later(from: Date, months: u32) -> Result<Date, CalendarError> {
    let span = jiff::Span::new()
        .try_months(months)
        .map_err(|_| CalendarError::OutOfRange)?;
    from.checked_add(span).map_err(|_| CalendarError::OutOfRange)
}
