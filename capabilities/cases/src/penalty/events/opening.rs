//! From the lead to the opening.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::OpinionSigned;
use crate::events::{FileRef, PinnedItem, SiteOfficer};
use crate::party::Party;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident $key:literal $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$each])* $variant,)* }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant,)*];

            pub fn key(self) -> &'static str {
                match self { $($name::$variant => $key,)* }
            }

            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            pub fn from_key(key: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|known| known.key() == key)
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Where a lead comes from (DOMAIN 4.2).
    LeadSource {
        Inspection "inspection" "监督检查",
        Complaint "complaint" "投诉",
        Report "report" "举报",
        Transfer "transfer" "其他机关移送",
        Assignment "assignment" "上级交办",
        Monitoring "monitoring" "监测、抽检",
        SelfReport "self_report" "当事人主动报告",
        Other "other" "其他",
    }
}

/// Who told. Sealed in the event; no page but the handler's of this case may show it in full (R123, PIPL 6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Informant {
    #[schemars(length(max = 100))]
    pub name: String,
    #[schemars(length(max = 200))]
    pub contact: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    pub source: LeadSource,
    pub received_on: Date,
    pub content: String,
    pub place: String,
    /// Who may have done it, as the lead says; empty where it says nothing.
    pub suspect: String,
    pub informant: Option<Informant>,
    pub files: Vec<FileRef>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeadRegistered {
    pub case_no: String,
    pub item: PinnedItem,
    pub lead: Lead,
    /// Account of who registered it.
    pub registered_by: String,
}

/// The party of a penalty with what the law asks of its person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PenaltyParty {
    pub party: Party,
    /// The account into whose in-box notices go; from the register, never from a form.
    pub account: Option<String>,
    /// By the identity number, where there is one.
    pub born_on: Option<Date>,
}

words! {
    /// What decides between two and five years (36(1)).
    Harm {
        None "none" "不涉及",
        LifeOrHealth "life_or_health" "涉及公民生命健康安全且有危害后果",
        FinancialSafety "financial_safety" "涉及金融安全且有危害后果",
    }
}

/// When the act was done (36, 37).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ActPeriod {
    pub from: Date,
    /// The day the act (or the continuing or repeated act) ended; `None` while it still goes on.
    pub to: Option<Date>,
}

impl ActPeriod {
    pub fn overlaps(&self, other: &ActPeriod) -> bool {
        self.from <= other.to.unwrap_or(Date::MAX) && other.from <= self.to.unwrap_or(Date::MAX)
    }

    /// The day whose law applies (37): a continuing act is judged as of its last day.
    pub fn decisive_day(&self, today: Date) -> Date {
        self.to.unwrap_or(today)
    }
}

/// The limitation period, worked out (36).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Limitation {
    pub harm: Harm,
    pub years: u32,
    pub discovered_on: Date,
    /// The last day on which the act could have been discovered; `None` while it goes on.
    pub last_day: Option<Date>,
    pub why: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpeningProposed {
    pub open: bool,
    pub cause: String,
    pub party: Option<PenaltyParty>,
    pub acted: ActPeriod,
    pub limitation: Limitation,
    pub facts: String,
    pub reasons: String,
    /// Two or more, each with a certificate valid on the day (42(1)).
    pub investigators: Vec<SiteOfficer>,
    pub signed: OpinionSigned,
}
