//! Evidence, preservation, and the end of the investigation with its proposal.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::opening::words;
use super::{ActPeriod, OpinionSigned};
use crate::events::{FileRef, SiteOfficer};
use crate::money::Fen;
use crate::penalty::discretion::{Discretion, GroundGiven};

words! {
    /// The eight kinds of 46(1).
    EvidenceKind {
        Documentary "documentary" "书证",
        Physical "physical" "物证",
        AudioVisual "audio_visual" "视听资料",
        ElectronicData "electronic_data" "电子数据",
        Witness "witness" "证人证言",
        PartyStatement "party_statement" "当事人的陈述",
        Expert "expert" "鉴定意见",
        SiteRecord "site_record" "勘验笔录、现场笔录",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub evidence_id: String,
    pub kind: EvidenceKind,
    pub name: String,
    pub source: String,
    pub place: String,
    pub taken_on: Date,
    /// What it proves.
    pub proves: String,
    pub takers: Vec<SiteOfficer>,
    /// Certificates were shown before acting (55(1)).
    pub shown_certificates: bool,
    /// The thing itself, or its copy or photograph; with its SHA-256.
    pub file: FileRef,
    /// Where the original lies.
    pub kept_at: String,
    /// Account of the officer who keeps it: the first link of the chain of custody.
    pub keeper: String,
}

/// One link of the chain of custody (47).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    pub evidence_id: String,
    pub from: String,
    pub to: String,
    pub on: Date,
    pub kept_at: String,
    pub reason: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct PreservedItem {
    #[schemars(length(max = 5000))]
    pub name: String,
    #[schemars(length(max = 5000))]
    pub quantity: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preservation {
    pub preservation_id: String,
    pub items: Vec<PreservedItem>,
    pub place: String,
    pub reasons: String,
    pub officers: Vec<SiteOfficer>,
    pub from: Date,
    /// The approving head (56).
    pub approved_by: String,
}

words! {
    /// What is done with preserved things within seven working days.
    DisposalKind {
        Returned "returned" "解除保存，退还当事人",
        CopiedAndReturned "copied_and_returned" "记录、复制、拍照后退还",
        Appraisal "appraisal" "送交检验、检测、鉴定",
        Seized "seized" "依法查封、扣押",
        HandedOver "handed_over" "移送有关机关",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposal {
    pub preservation_id: String,
    pub kind: DisposalKind,
    pub reasons: String,
    pub on: Date,
    /// Later than seven working days: recorded, never refused.
    pub late: bool,
}

words! {
    /// 31: the mind of the person when acting.
    Mind {
        Sound "sound" "精神状况正常",
        Unable "unable" "不能辨认或者控制自己行为",
        Limited "limited" "尚未完全丧失辨认或者控制自己行为能力",
    }
}

words! {
    /// Why no penalty although the facts are there (30, 31, 33).
    NoPenaltyGround {
        /// 33(1) first sentence.
        SlightAndCorrected "slight_and_corrected" "违法行为轻微并及时改正，没有造成危害后果",
        /// 33(1) second sentence.
        FirstOffence "first_offence" "初次违法且危害后果轻微并及时改正",
        /// 33(2).
        NoFault "no_fault" "当事人有证据足以证明没有主观过错",
        Underage "underage" "不满十四周岁",
        MindUnable "mind_unable" "不能辨认或者不能控制自己行为时有违法行为",
    }
}

impl NoPenaltyGround {
    pub fn article(self) -> &'static str {
        match self {
            NoPenaltyGround::SlightAndCorrected | NoPenaltyGround::FirstOffence => "行政处罚法第三十三条第一款",
            NoPenaltyGround::NoFault => "行政处罚法第三十三条第二款",
            NoPenaltyGround::Underage => "行政处罚法第三十条",
            NoPenaltyGround::MindUnable => "行政处罚法第三十一条",
        }
    }
}

words! {
    /// Why a legal review is due before the decision (58(1)).
    LegalReviewGround {
        PublicInterest "public_interest" "涉及重大公共利益",
        Complex "complex" "案件情况疑难复杂、涉及多个法律关系",
        ByStatute "by_statute" "法律、法规规定应当进行法制审核",
        /// Not in 58(1): who departs from the benchmark has it reviewed (34; R77).
        DepartsFromBenchmark "departs_from_benchmark" "罚款数额偏离裁量基准",
    }
}

/// 28(1): whoever punishes also orders to correct.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "order", rename_all = "snake_case")]
#[schemars(rename = "OrderToCorrect", deny_unknown_fields)]
pub enum Correction {
    AlreadyDone {
        #[schemars(length(max = 5000))]
        how: String,
    },
    AtOnce,
    By {
        on: Date,
    },
}

/// Another norm that the same act breaks, with the highest fine it threatens (29).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct OtherNorm {
    #[schemars(length(max = 5000))]
    pub basis: String,
    pub highest: Fen,
}

/// What the handler proposes, and later what the head decides: the four outcomes of 57(1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[schemars(rename = "PenaltyOutcome", deny_unknown_fields)]
pub enum Outcome {
    Penalty {
        #[schemars(description = "罚款，单位为分")]
        fine: Fen,
    },
    NoPenalty {
        ground: NoPenaltyGround,
        #[schemars(length(max = 5000), description = "对当事人进行教育的内容")]
        education: String,
    },
    NotEstablished,
    Transfer {
        #[schemars(length(max = 5000), description = "接受移送的司法机关")]
        organ: String,
    },
}

impl Outcome {
    pub fn key(&self) -> &'static str {
        match self {
            Outcome::Penalty { .. } => "penalty",
            Outcome::NoPenalty { .. } => "no_penalty",
            Outcome::NotEstablished => "not_established",
            Outcome::Transfer { .. } => "transfer",
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Outcome::Penalty { .. } => "给予行政处罚",
            Outcome::NoPenalty { .. } => "不予行政处罚",
            Outcome::NotEstablished => "违法事实不能成立，不予行政处罚",
            Outcome::Transfer { .. } => "涉嫌犯罪，移送司法机关",
        }
    }

    pub fn fine(&self) -> Option<Fen> {
        match self {
            Outcome::Penalty { fine } => Some(*fine),
            _ => None,
        }
    }
}

/// The report at the end of the investigation: facts, evidence, law, circumstances, discretion, proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InvestigationEnded {
    pub facts: String,
    /// Ids of the evidence relied on.
    pub evidence: Vec<String>,
    pub acted: ActPeriod,
    /// Provisions broken.
    pub violated: Vec<String>,
    /// Provisions that threaten the penalty.
    pub bases: Vec<String>,
    pub mind: Mind,
    pub factors: std::collections::BTreeMap<String, String>,
    pub grounds: Vec<GroundGiven>,
    pub other_norms: Vec<OtherNorm>,
    /// With a proposed fine: what benchmark and statute say, line by line.
    pub discretion: Option<Discretion>,
    pub proposal: Outcome,
    pub reasons: String,
    pub correction: Correction,
    pub legal_review: Vec<LegalReviewGround>,
    /// 57(2): complex, or major: the heads discuss it together.
    pub collective: bool,
    pub signed: OpinionSigned,
}
