//! What a place has that a flow chart may speak of: posts and who holds them, forms, papers, decisions, and the limits of
//! the item. Handed in by whoever asks; the prover reads no register.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::law::LawOfPower;

/// Sets that are absent are not known, and not checked against.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// What a person reads about it; no rule hangs on it.
    #[serde(default)]
    pub note: String,
    /// By the key that `candidateGroups` uses.
    #[serde(default)]
    pub posts: Option<BTreeMap<String, Post>>,
    #[serde(default)]
    pub forms: Option<BTreeSet<String>>,
    #[serde(default)]
    pub papers: Option<BTreeSet<String>>,
    #[serde(default)]
    pub decisions: Option<BTreeSet<String>>,
    /// What the flows are for, by process id; `*` for all others.
    #[serde(default)]
    pub flows: BTreeMap<String, Purpose>,
    /// Rules beyond those of the law.
    #[serde(default)]
    pub local_rules: Vec<LawOfPower>,
    /// Bodies that calls may ask, by id, each with its posts; none: not looked at.
    #[serde(default)]
    pub assisting: Option<BTreeMap<String, BTreeMap<String, Post>>>,
    /// Id of the body whose flow it is, which asks itself for nothing; none: not looked at.
    #[serde(default)]
    pub lead: Option<String>,
    /// Fewest working days in so many calendar days, by the place's calendar; none: 5 of 7, less 8 days of holidays.
    #[serde(default)]
    pub fewest_working_days: BTreeMap<u32, u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// As lanes show it, e.g. 承办人.
    pub name: String,
    /// Persons who hold it; none of those outside the body: applicant, party.
    #[serde(default)]
    pub holders: Option<u32>,
}

/// Which power a flow serves, and how long it may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Type code, e.g. `XK`, with the procedure where there are several, e.g. `CF/ordinary`; `disclosure` for requests.
    pub power: String,
    #[serde(default)]
    pub promised: Option<Span>,
    #[serde(default)]
    pub statutory: Option<Span>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    pub amount: u32,
    /// `working_day`, `calendar_day` or `month`.
    pub unit: String,
}

impl Inventory {
    /// # Errors
    /// Why the text is no inventory.
    pub fn from_json(text: &str) -> Result<Inventory, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    pub fn purpose(&self, process: &str) -> Option<&Purpose> {
        self.flows.get(process).or_else(|| self.flows.get("*"))
    }

    /// The fewest working days that a span can hold: a step's sum below it keeps the span whenever it begins.
    pub fn working_days_in(&self, span: &Span) -> u32 {
        let calendar = match span.unit.as_str() {
            "calendar_day" => span.amount,
            "month" => span.amount.saturating_mul(28),
            _ => return span.amount,
        };
        let stated = self.fewest_working_days.get(&calendar).copied();
        stated.unwrap_or_else(|| (calendar / 7).saturating_mul(5).saturating_sub(8))
    }
}

impl Span {
    pub fn in_words(&self) -> String {
        let unit = match self.unit.as_str() {
            "calendar_day" => "日",
            "month" => "个月",
            _ => "个工作日",
        };
        format!("{}{unit}", self.amount)
    }
}
