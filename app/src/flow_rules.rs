//! Where the flow engine and the rules engine meet: FEEL, DMN and working days for `mingjing flow run`.
//!
//! Engines know nobody but calendar and codes, so the flow engine asks through a trait; this answers. The engine's own
//! fixtures include this file, so that they test what runs.

use std::collections::BTreeMap;
use std::sync::Arc;

use mingjing_bpmn::check::{Answer, Conditions, Judgement};
use mingjing_bpmn::step::{NoValue, Rules, Ruling, Variables};
use mingjing_calendar::{Calendar, Period};
use mingjing_rules::api::{self, Setting};
use mingjing_rules::check::Verdict;
use mingjing_rules::dmn;
use mingjing_rules::evaluate::Limits;
use mingjing_rules::extension::Extensions;
use mingjing_rules::value;
use serde_json::Value;

pub struct FlowRules {
    setting: Setting,
    calendar: Calendar,
    decisions: Vec<Arc<dmn::Model>>,
    /// Names of decisions by their ids: charts call them by either.
    ids: BTreeMap<String, String>,
    /// Scripts and services in other languages count as done.
    pub stub_scripts: bool,
    pub stub_conditions: Option<Stub>,
}

/// Answers a condition: its element and its text.
pub type Ask = dyn Fn(&str, &str) -> Option<bool>;

/// What conditions in other languages come to.
pub enum Stub {
    Always(bool),
    Ask(Box<Ask>),
}

impl FlowRules {
    pub fn new() -> FlowRules {
        FlowRules {
            setting: Setting {
                extensions: Arc::new(Extensions::none().with_working_days(Calendar::national())),
                // Small: a condition of a flow is a line, and a flow asks many.
                limits: Limits {
                    steps: 200_000,
                    ..Limits::default()
                },
                ..Setting::default()
            },
            calendar: Calendar::national(),
            decisions: Vec::new(),
            ids: BTreeMap::new(),
            stub_scripts: false,
            stub_conditions: None,
        }
    }

    /// Knows the decisions of these DMN files; one that cannot be read has none.
    pub fn with(tables: &[String]) -> FlowRules {
        let mut rules = FlowRules::new();
        for xml in tables {
            // Whoever asks it is told that there is no such decision.
            drop(rules.add_decisions(xml));
        }
        rules
    }

    /// Adds the decisions of a DMN file.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn add_decisions(&mut self, xml: &str) -> Result<(), String> {
        let definitions = dmn::read(xml).map_err(|error| error.to_string())?;
        let named = definitions.decisions.iter();
        self.ids
            .extend(named.map(|decision| (decision.id.to_string(), decision.name.to_string())));
        let model = dmn::Model::with_extensions(vec![definitions], &self.setting.extensions);
        self.decisions.push(Arc::new(model.map_err(|error| error.to_string())?));
        Ok(())
    }
}

impl Rules for FlowRules {
    fn evaluate(&self, text: &str, variables: &Variables<'_>) -> Result<Value, NoValue> {
        let context = Value::Object(variables.visible()).to_string();
        let unreadable = |why: String| NoValue { null: false, why };
        let outcome = api::feel(text, Some(&context), &self.setting).map_err(|error| unreadable(error.to_string()))?;
        if let Some(stopped) = outcome.stopped {
            return Err(unreadable(stopped.to_string()));
        }
        if outcome.value.is_null()
            && let Some(diagnostic) = outcome.diagnostics.first()
        {
            return Err(NoValue {
                null: true,
                why: diagnostic.message.clone(),
            });
        }
        kept(&outcome.value).map_err(unreadable)
    }

    fn decide(&self, decision: &str, variables: &Variables<'_>) -> Result<Ruling, String> {
        let context = Value::Object(variables.visible()).to_string();
        let inputs = match mingjing_rules::json::read(&context).map_err(|error| error.to_string())? {
            value::Value::Context(context) => context,
            _ => return Err("输入不是对象".to_owned()),
        };
        let decision = self.ids.get(decision).map_or(decision, String::as_str);
        for model in &self.decisions {
            if model.find(decision).is_some() {
                let outcome = api::eval_model(model, decision, &inputs, false, &self.setting);
                return kept(&outcome.map_err(|error| error.to_string())?.value).map(Ruling::from);
            }
        }
        Err(format!("没有给出含决策“{decision}”的DMN文件（--dmn）"))
    }

    fn working_days(&self, from: i64, days: u32) -> Option<i64> {
        let moment = jiff::Timestamp::from_microsecond(from).ok()?;
        let local = jiff::tz::Offset::constant(8).to_datetime(moment);
        let due = self.calendar.due(local.date(), Period::working_days(days)).ok()?;
        // The whole of the last day counts (民法典 203).
        let end = due.due.tomorrow().ok()?.to_datetime(jiff::civil::Time::midnight());
        let end = jiff::tz::Offset::constant(8).to_timestamp(end).ok()?;
        Some(end.as_microsecond())
    }

    fn foreign_condition(&self, element: &str, _language: &str, text: &str) -> Option<bool> {
        match self.stub_conditions.as_ref()? {
            Stub::Always(answer) => Some(*answer),
            Stub::Ask(ask) => ask(element, text),
        }
    }

    fn foreign_work_is_done(&self) -> bool {
        self.stub_scripts
    }
}

/// As flow variables keep it. Their numbers have 15 sure digits; one that has more is refused, not rounded.
fn kept(value: &value::Value) -> Result<Value, String> {
    let text = mingjing_rules::json::write(value);
    let kept: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let again = mingjing_rules::json::read(&kept.to_string());
    let first = mingjing_rules::json::read(&text);
    match (first, again) {
        (Ok(first), Ok(again)) if value::equal(&first, &again) == Some(true) => Ok(kept),
        _ => Err(format!("结果{text}的有效数字太多，不能精确地存为流程变量")),
    }
}

impl Conditions for FlowRules {
    fn judge(&self, conditions: &[&str]) -> Judgement {
        let unknown = |why: String| Judgement {
            exclusive: Answer::Unknown(why.clone()),
            complete: Answer::Unknown(why),
        };
        let report = match mingjing_rules::check::gateway(conditions, &[]) {
            Ok(report) => report,
            Err(error) => return unknown(error.to_string()),
        };
        Judgement {
            exclusive: answer(&report.exclusive),
            complete: answer(&report.complete),
        }
    }
}

fn answer(verdict: &Verdict) -> Answer {
    match verdict {
        Verdict::Proven => Answer::Proven,
        Verdict::Refuted(example) => {
            let text = mingjing_rules::json::write(&value::Value::context(example.clone()));
            Answer::Refuted(text)
        }
        Verdict::Unknown(why) => Answer::Unknown(why.clone()),
    }
}
