//! Functions beyond the standard. A registry is handed to an evaluation; without one no name is
//! taken, and a name of the standard, of the model or of the context always wins.

mod working_days;

use crate::builtins::BuiltIn;
use mingjing_calendar::Calendar;

#[derive(Debug, Default)]
pub struct Extensions {
    functions: Vec<&'static BuiltIn>,
    calendar: Option<Calendar>,
}

impl Extensions {
    pub fn none() -> Extensions {
        Extensions::default()
    }

    /// The working-day functions over a calendar:
    ///
    /// - `add working days(date, days)`: the last day of a period of that many working days from
    ///   `date` (not counted); with a negative number, the working day so far before it;
    /// - `working days between(from, to)`: working days after `from` through `to`, negative if `to`
    ///   lies before;
    /// - `is working day(date)`.
    pub fn with_working_days(mut self, calendar: Calendar) -> Extensions {
        self.calendar = Some(calendar);
        self.with(working_days::FUNCTIONS)
    }

    pub fn with(mut self, functions: &'static [BuiltIn]) -> Extensions {
        self.functions.extend(functions);
        self
    }

    pub(crate) fn find(&self, name: &str) -> Option<&'static BuiltIn> {
        self.functions.iter().find(|function| function.name == name).copied()
    }

    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.functions.iter().map(|function| function.name)
    }
}
