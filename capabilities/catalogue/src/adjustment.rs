//! What a new edition of a law means for the area: everything that cites a changed article, and the time
//! within which the bodies apply for adjustment (T1; R25, R26).
//!
//! Invariants: one stream per edition; it is opened once, with the edition; what is settled stays settled.
//! A task is done when the item has a newer version or the legal office says why nothing needs to change.

use std::collections::BTreeMap;

use jiff::civil::Date;
use mingjing_chronicle::{Aggregate, Event, Recorded};
use serde::{Deserialize, Serialize};

use crate::edition::ArticleChange;
use crate::statute::ArticleNumber;

/// What cites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CitingKind {
    /// A legal basis of an item.
    Item,
    Flow,
    Benchmark,
    /// Limits, fees, materials, conditions of an item.
    Element,
    Form,
    /// A paper's template, of this program.
    Template,
    /// A rule of this program: a refusal with its article.
    Rule,
}

impl CitingKind {
    pub const ALL: [CitingKind; 7] = [
        CitingKind::Item,
        CitingKind::Flow,
        CitingKind::Benchmark,
        CitingKind::Element,
        CitingKind::Form,
        CitingKind::Template,
        CitingKind::Rule,
    ];

    pub fn name(self) -> &'static str {
        match self {
            CitingKind::Item => "行使依据",
            CitingKind::Flow => "流程图",
            CitingKind::Benchmark => "裁量基准",
            CitingKind::Element => "期限、收费、材料等要素",
            CitingKind::Form => "表单",
            CitingKind::Template => "文书模板",
            CitingKind::Rule => "系统规则",
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            CitingKind::Item => "item",
            CitingKind::Flow => "flow",
            CitingKind::Benchmark => "benchmark",
            CitingKind::Element => "element",
            CitingKind::Form => "form",
            CitingKind::Template => "template",
            CitingKind::Rule => "rule",
        }
    }

    pub fn from_key(key: &str) -> Option<CitingKind> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// Belongs to the program, not to a body: it changes with a release.
    pub fn is_of_the_program(self) -> bool {
        matches!(self, CitingKind::Template | CitingKind::Rule)
    }
}

/// Something that cites an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CitedBy {
    pub kind: CitingKind,
    /// Item code, key of a template, code of a refusal.
    pub id: String,
    pub name: String,
    /// Body id; empty for the program's own.
    pub body: String,
    pub area: String,
    pub article: ArticleNumber,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentEvent {
    Opened(Box<Opened>),
    Settled(Settled),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    pub law: String,
    /// First day in force.
    pub edition: Date,
    pub clock: AdjustmentClock,
    pub tasks: Vec<AdjustmentTask>,
}

/// T1 as it was reckoned when the edition arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdjustmentClock {
    /// Publication of the norm; that day is not counted.
    pub from: Date,
    pub amount: u32,
    pub unit: String,
    /// `None` where the calendar does not reach.
    #[serde(default)]
    pub due: Option<Date>,
    pub why: Vec<String>,
    pub parameters: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdjustmentTask {
    pub kind: CitingKind,
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub body: String,
    #[serde(default)]
    pub area: String,
    /// The changes it must look at.
    pub changes: Vec<ArticleChange>,
}

/// The legal office found that nothing needs to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    pub kind: CitingKind,
    pub id: String,
    pub reason: String,
}

impl Event for AdjustmentEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            AdjustmentEvent::Opened(_) => "law_change.opened",
            AdjustmentEvent::Settled(_) => "law_change.settled",
        }
    }
}

#[derive(Debug, Clone, Default)]
pub struct Adjustment {
    pub opened: Option<Opened>,
    pub settled: BTreeMap<(CitingKind, String), Settled>,
}

impl Adjustment {
    /// Id of the stream.
    pub fn id(law: &str, edition: Date) -> String {
        format!("{law}@{edition}")
    }

    pub fn task(&self, kind: CitingKind, id: &str) -> Option<&AdjustmentTask> {
        let opened = self.opened.as_ref()?;
        opened.tasks.iter().find(|task| task.kind == kind && task.id == id)
    }
}

impl Aggregate for Adjustment {
    type Event = AdjustmentEvent;
    const STREAM: &'static str = "law_change";

    fn evolve(&mut self, recorded: &Recorded<'_, AdjustmentEvent>) {
        match recorded.payload.known() {
            Some(AdjustmentEvent::Opened(opened)) => self.opened = Some((**opened).clone()),
            Some(AdjustmentEvent::Settled(settled)) => {
                self.settled.insert((settled.kind, settled.id.clone()), settled.clone());
            }
            None => {}
        }
    }
}
