//! What comes in with an application and never changes after it.

use jiff::civil::Date;
use mingjing_catalogue::public::Answers;
use mingjing_codes::{ItemCode, PowerType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Effects;
use crate::clock::Limit;
use crate::course::Course;
use crate::party::Applicant;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Online,
    Counter,
    Post,
    /// Nobody asked: the body began it by itself.
    ExOfficio,
    /// The lead body of a joint approval asked.
    Joint,
}

impl Channel {
    pub fn key(self) -> &'static str {
        match self {
            Channel::Online => "online",
            Channel::Counter => "counter",
            Channel::Post => "post",
            Channel::ExOfficio => "ex_officio",
            Channel::Joint => "joint",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Channel::Online => "网上申请",
            Channel::Counter => "窗口申请",
            Channel::Post => "邮寄申请",
            Channel::ExOfficio => "依职权",
            Channel::Joint => "主办机关转告",
        }
    }
}

/// The item version as it stood when the application came, frozen with the case (RED3). The whole version stays in the
/// catalogue under its number, for ever; here is what deadlines, papers and lists rest on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PinnedItem {
    pub item_code: String,
    pub version: i32,
    pub name: String,
    pub body: String,
    /// Division code of the body.
    pub area: String,
    pub bases: Vec<String>,
    pub statutory: Limit,
    pub promised: Option<Limit>,
    /// Name of the certificate or approval that a grant leads to.
    pub result_document: String,
    pub flow_hash: String,
}

impl PinnedItem {
    /// By its code, which tells it (DOMAIN 6.1).
    pub fn power(&self) -> PowerType {
        let code = self.item_code.parse::<ItemCode>();
        code.map_or(PowerType::Permit, |code| code.power_type())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubmittedMaterial {
    pub id: String,
    pub name: String,
    pub files: Vec<FileRef>,
    /// Counted at the counter; 0 for what came as a file only.
    pub originals: u32,
    pub copies: u32,
}

impl SubmittedMaterial {
    pub fn present(&self) -> bool {
        !self.files.is_empty() || self.originals + self.copies > 0
    }
}

/// A kept file. The name is personal data and lives in the sealed payload only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRef {
    pub blob: String,
    pub sha256: String,
    pub bytes: u64,
    pub name: String,
    pub media_type: String,
}

/// The query secret is shown once; only its salted hash stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryLock {
    pub salt: String,
    pub sha256: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submitted {
    pub case_no: String,
    pub item: PinnedItem,
    pub applicant: Applicant,
    pub channel: Channel,
    pub received_on: Date,
    /// What proves an arrival on an earlier day than the recording (postmark, registration number).
    pub proof_of_arrival: Option<String>,
    pub form: Answers,
    pub materials: Vec<SubmittedMaterial>,
    pub query: QueryLock,
    /// Which law it follows; none in cases begun before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub course: Option<Course>,
    /// Of what the body began by itself; `received_on` is then the day on which it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<Opening>,
    pub effects: Effects,
}

/// Why the body began a matter by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// What was found, or which decision was not performed.
    pub facts: String,
    pub place: String,
    pub opened_by: String,
}
