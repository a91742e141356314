//! The case goes on on the chart of another version of its item. Nothing else of the case changes: its limits, materials,
//! papers and what it rests on stay those of the version it began under.

use serde::{Deserialize, Serialize};

use super::{Colleague, Effects};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowMoved {
    /// Number of the plan.
    pub plan: String,
    pub from_version: i32,
    pub to_version: i32,
    /// Hashes of the charts.
    pub from_flow: String,
    pub to_flow: String,
    pub reasons: String,
    /// Who made the plan, and who confirmed it.
    pub filed_by: Colleague,
    pub confirmed_by: Colleague,
    /// Where the case stood and where it stands, as the charts call it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<PlaceMoved>,
    /// What somebody should know, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceMoved {
    pub from: String,
    pub to: String,
}

impl FlowMoved {
    /// 审核→审查意见复核; what keeps its name is not said.
    pub fn in_words(&self) -> Vec<String> {
        let renamed = self.places.iter().filter(|place| place.from != place.to);
        renamed
            .map(|place| format!("“{}”对应到“{}”", place.from, place.to))
            .collect()
    }
}

/// The same, with what followed, of an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseMoved {
    #[serde(flatten)]
    pub moved: FlowMoved,
    pub effects: Effects,
}
