//! What the flow engine asks of others, answered for a case: FEEL over the case's facts, working days.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Time;
use jiff::tz::Offset;
use mingjing_bpmn::step::{NoValue, Rules, Ruling, Variables};
use mingjing_calendar::{Calendar, Period};
use mingjing_catalogue::public::DecisionFile;
use mingjing_rules::api::{self, Setting};
use mingjing_rules::dmn::{self, Definitions, Model};
use mingjing_rules::evaluate::Limits;
use mingjing_rules::extension::Extensions;
use mingjing_rules::{json, value};
use serde_json::{Map, Value as Json};

pub(super) struct CaseRules<'a> {
    pub(super) calendar: &'a Calendar,
    /// Asked only where a condition needs more than an outcome.
    pub(super) facts: &'a dyn Fn() -> Map<String, Json>,
    /// Of the item's version: what its chart may ask.
    pub(super) decisions: &'a [DecisionFile],
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

    /// The same inputs give the same words for ever: rules are asked once, and the event keeps what they said.
    fn decide(&self, decision: &str, variables: &Variables<'_>) -> Result<Ruling, String> {
        let asked = Asked::of(decision, self.decisions)?;
        let setting = self.setting();
        let model =
            Model::with_extensions(asked.definitions, &setting.extensions).map_err(|error| error.to_string())?;
        let model = Arc::new(model);
        let place = model.find(&asked.name).ok_or("没有这个决策")?;
        let mut names = (self.facts)();
        names.extend(variables.visible());
        let inputs: Map<String, Json> = model
            .needed_inputs(place)
            .into_iter()
            .map(|name| (name.to_string(), names.get(&*name).cloned().unwrap_or(Json::Null)))
            .collect();
        let given = json::read(&Json::Object(inputs.clone()).to_string()).map_err(|error| error.to_string())?;
        let value::Value::Context(given) = given else {
            return Err("输入不是对象".to_owned());
        };
        let outcome =
            api::eval_model(&model, &asked.name, &given, true, &setting).map_err(|error| error.to_string())?;
        if let Some(stopped) = outcome.stopped {
            return Err(stopped.to_string());
        }
        if let (value::Value::Null, Some(diagnostic)) = (&outcome.value, outcome.diagnostics.first()) {
            return Err(diagnostic.message.clone());
        }
        Ok(Ruling {
            value: serde_json::from_str(&json::write(&outcome.value)).map_err(|error| error.to_string())?,
            inputs,
            because: outcome
                .lines()
                .into_iter()
                .map(|line| format!("{}{}", "　".repeat(line.level), line.text))
                .collect(),
            rules: asked.hash,
        })
    }

    fn hands_over(&self) -> bool {
        true
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

/// The rules that a chart means by the name or id of one of their decisions.
struct Asked {
    /// All files of the version, the one with the decision first: files may import each other.
    definitions: Vec<Definitions>,
    name: String,
    /// Of the file with the decision.
    hash: String,
}

impl Asked {
    fn of(decision: &str, files: &[DecisionFile]) -> Result<Asked, String> {
        let mut definitions = Vec::new();
        let mut found = None;
        for file in files {
            let read = dmn::read(&file.dmn_xml).map_err(|error| error.to_string())?;
            let mut decisions = read.decisions.iter();
            let meant = decisions.find(|known| *known.id == *decision || *known.name == *decision);
            match meant.filter(|_| found.is_none()) {
                Some(meant) => {
                    found = Some((meant.name.to_string(), file.hash.clone()));
                    definitions.insert(0, read);
                }
                None => definitions.push(read),
            }
        }
        let (name, hash) = found.ok_or_else(|| format!("该事项没有登记决策“{decision}”"))?;
        Ok(Asked {
            definitions,
            name,
            hash,
        })
    }
}
