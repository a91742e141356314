//! Notice, defence, legal review, decision, service.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::opening::words;
use super::{Correction, OpinionSigned, Outcome};
use crate::attached::Attached;
use crate::events::{BasisUsed, FileRef, Lateness, Service};
use crate::money::Fen;
use crate::penalty::discretion::Discretion;

/// The advance notice (44): what is to be imposed, on which facts, reasons and basis, and the party's rights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notified {
    pub fine: Fen,
    /// Time to answer, from service of the notice.
    pub defence_working_days: u32,
    pub contact: String,
    pub phone: String,
    pub paper_id: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperServed {
    pub service: Service,
    pub served_on: Date,
    pub server: String,
}

words! {
    DefenceChannel {
        Online "online" "网上",
        Written "written" "书面",
        Oral "oral" "口头（制作笔录）",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defence {
    pub channel: DefenceChannel,
    pub made_on: Date,
    /// Each point is answered on its own.
    pub points: Vec<String>,
    pub files: Vec<FileRef>,
    /// Account of the party, or of the officer who took it in.
    pub taken_by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiver {
    pub made_on: Date,
    /// The party's signed statement; online the party says it itself.
    pub signed: Option<FileRef>,
    pub taken_by: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefencePeriodEnded {
    /// The last day on which the party could have answered.
    pub last_day: Date,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reply {
    pub point: String,
    pub adopted: bool,
    pub reasons: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefenceChecked {
    pub replies: Vec<Reply>,
    /// The fine proposed after the check; never more than was told (45(2)).
    pub fine: Fen,
    pub signed: OpinionSigned,
}

/// 58(2): who reviews for the first time since the law of 2021 has passed the national examination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "by", rename_all = "snake_case")]
#[schemars(deny_unknown_fields)]
pub enum ReviewerQualification {
    /// 法律职业资格证书.
    LegalProfession {
        #[schemars(length(max = 100))]
        certificate_no: String,
    },
    /// Reviewed such decisions before, since that year.
    ReviewingSince {
        #[schemars(range(min = 1900, max = 2200))]
        year: i16,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegallyReviewed {
    pub passed: bool,
    pub qualification: ReviewerQualification,
    pub signed: OpinionSigned,
}

/// 57(2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct CollectiveDiscussion {
    pub held_on: Date,
    /// Names of the heads who took part.
    #[schemars(length(max = 50), inner(length(max = 100)), description = "参加的负责人的姓名")]
    pub members: Vec<String>,
    #[schemars(length(max = 5000))]
    pub summary: String,
    #[schemars(with = "Option<Attached>")]
    pub record: Option<FileRef>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PenaltyDecided {
    pub outcome: Outcome,
    pub reasons: String,
    pub decided_on: Date,
    pub late: Lateness,
    pub basis: BasisUsed,
    pub discretion: Option<Discretion>,
    pub correction: Correction,
    pub discussion: Option<CollectiveDiscussion>,
    /// Why an earlier fine at about the same time was for another act (29).
    pub different_act: Option<String>,
    pub paper_id: Option<String>,
    pub signed: OpinionSigned,
}
