//! What the flow engine asks of others, answered for a case: FEEL over the case's facts, working days.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::Offset;
use mingjing_bpmn::step::{NoValue, Rules, Variables};
use mingjing_calendar::{Calendar, Period};
use mingjing_rules::api::{self, Setting};
use mingjing_rules::evaluate::Limits;
use mingjing_rules::extension::Extensions;
use mingjing_rules::{json, value};
use serde_json::{Map, Value as Json};

pub(super) struct CaseRules<'a> {
    pub(super) calendar: &'a Calendar,
    /// Asked only where a condition needs more than an outcome.
    pub(super) facts: &'a dyn Fn() -> Map<String, Json>,
}

impl CaseRules<'_> {
    fn setting(&self) -> Setting {
        Setting {
            extensions: Arc::new(Extensions::none().with_working_days(self.calendar.clone())),
            // Small: a condition of a flow is a line.
            limits: Limits {
                steps: 200_000,
                ..Limits::default()
            },
            ..Setting::default()
        }
    }
}

impl Rules for CaseRules<'_> {
    fn evaluate(&self, text: &str, variables: &Variables<'_>) -> Result<Json, NoValue> {
        let mut names = (self.facts)();
        names.extend(variables.visible());
        let unreadable = |why: String| NoValue { null: false, why };
        let context = Json::Object(names).to_string();
        let outcome =
            api::feel(text, Some(&context), &self.setting()).map_err(|error| unreadable(error.to_string()))?;
        if let Some(stopped) = outcome.stopped {
            return Err(unreadable(stopped.to_string()));
        }
        match (&outcome.value, outcome.diagnostics.first()) {
            (value::Value::Null, Some(diagnostic)) => Err(NoValue {
                null: true,
                why: diagnostic.message.clone(),
            }),
            (value, _) => serde_json::from_str(&json::write(value)).map_err(|error| unreadable(error.to_string())),
        }
    }

    fn working_days(&self, from: i64, days: u32) -> Option<i64> {
        let china = Offset::constant(8);
        let start = china.to_datetime(Timestamp::from_microsecond(from).ok()?).date();
        let due = self.calendar.due(start, Period::working_days(days)).ok()?;
        // The whole of the last day counts (民法典 203).
        let end = due.due.tomorrow().ok()?.to_datetime(Time::midnight());
        Some(china.to_timestamp(end).ok()?.as_microsecond())
    }
}
