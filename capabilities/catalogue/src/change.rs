//! A change of the catalogue as a case of its own: filed by the body, reviewed by the legal office, in force on its day
//! (R25–R34; DOMAIN 4.9).
//!
//! Invariants: what was filed never changes, a filing again is another one; only what was filed last can be confirmed,
//! and of approval items only what the approval-management body agreed to (R33); a change that was confirmed and entered,
//! refused or withdrawn is over; who filed does not reply. Where the body makes the change itself (R29), what was confirmed
//! waits, and exactly that is entered.

use jiff::civil::Date;
use mingjing_chronicle::{Aggregate, Event, Recorded};
use mingjing_codes::{ItemCode, PowerType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::adjustment::AdjustmentClock;
use crate::version::{Confirmation, ItemVersion};

/// R33's five, and what the other places add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ItemChangeKind")]
pub enum ChangeKind {
    Add,
    Change,
    Delegate,
    Split,
    Merge,
    Suspend,
    Cancel,
}

impl ChangeKind {
    pub const ALL: [ChangeKind; 7] = [
        ChangeKind::Add,
        ChangeKind::Change,
        ChangeKind::Delegate,
        ChangeKind::Split,
        ChangeKind::Merge,
        ChangeKind::Suspend,
        ChangeKind::Cancel,
    ];

    pub fn name(self) -> &'static str {
        match self {
            ChangeKind::Add => "新增",
            ChangeKind::Change => "修改",
            ChangeKind::Delegate => "下放",
            ChangeKind::Split => "拆分",
            ChangeKind::Merge => "合并",
            ChangeKind::Suspend => "暂停",
            ChangeKind::Cancel => "取消",
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            ChangeKind::Add => "add",
            ChangeKind::Change => "change",
            ChangeKind::Delegate => "delegate",
            ChangeKind::Split => "split",
            ChangeKind::Merge => "merge",
            ChangeKind::Suspend => "suspend",
            ChangeKind::Cancel => "cancel",
        }
    }
}

impl ChangeKind {
    /// R33's five.
    pub fn is_for_approval_items(self) -> bool {
        !matches!(self, ChangeKind::Merge | ChangeKind::Suspend)
    }
}

impl std::str::FromStr for ChangeKind {
    type Err = ();

    fn from_str(key: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.key() == key).ok_or(())
    }
}

/// What made the change necessary (R25).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TriggerKind {
    NormMade,
    NormAmended,
    NormRepealed,
    Functions,
    CleanUp,
}

impl TriggerKind {
    pub const ALL: [TriggerKind; 5] = [
        TriggerKind::NormMade,
        TriggerKind::NormAmended,
        TriggerKind::NormRepealed,
        TriggerKind::Functions,
        TriggerKind::CleanUp,
    ];

    pub fn name(self) -> &'static str {
        match self {
            TriggerKind::NormMade => "法律、法规、规章颁布",
            TriggerKind::NormAmended => "法律、法规、规章修改",
            TriggerKind::NormRepealed => "法律、法规、规章废止",
            TriggerKind::Functions => "单位职能调整",
            TriggerKind::CleanUp => "权力清理、流程优化",
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            TriggerKind::NormMade => "norm_made",
            TriggerKind::NormAmended => "norm_amended",
            TriggerKind::NormRepealed => "norm_repealed",
            TriggerKind::Functions => "functions",
            TriggerKind::CleanUp => "clean_up",
        }
    }

    /// Only what comes from outside starts the clock T1; a body may improve its items whenever it likes.
    pub fn starts_the_clock(self) -> bool {
        !matches!(self, TriggerKind::CleanUp)
    }
}

impl std::str::FromStr for TriggerKind {
    type Err = ();

    fn from_str(key: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.key() == key).ok_or(())
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    pub kind: TriggerKind,
    /// Publication of the norm, or the day on which the change of functions was fixed.
    pub on: Date,
    /// The norm or document, e.g. `《食品安全法》2026年修订`.
    pub document: String,
}

/// The four standards of the clean-up (R17), answered one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standard {
    Competence,
    Procedure,
    Reasonable,
    Convenient,
}

impl Standard {
    pub const ALL: [Standard; 4] = [
        Standard::Competence,
        Standard::Procedure,
        Standard::Reasonable,
        Standard::Convenient,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Standard::Competence => "职权法定",
            Standard::Procedure => "程序法定",
            Standard::Reasonable => "合理适当",
            Standard::Convenient => "直观便捷",
        }
    }

    /// What is looked at.
    pub fn asks(self) -> &'static str {
        match self {
            Standard::Competence => "依据现行有效，位阶足够，实施主体有这项职权",
            Standard::Procedure => "流程、期限、听证和告知等程序符合法律规定",
            Standard::Reasonable => "条件、材料、收费和裁量幅度没有超出依据，也没有多余",
            Standard::Convenient => "群众看得懂、找得到、办得顺",
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            Standard::Competence => "competence",
            Standard::Procedure => "procedure",
            Standard::Reasonable => "reasonable",
            Standard::Convenient => "convenient",
        }
    }
}

impl std::str::FromStr for Standard {
    type Err = ();

    fn from_str(key: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|standard| standard.key() == key).ok_or(())
    }
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub kind: ChangeKind,
    pub trigger: Trigger,
    /// First day on which it is to hold.
    pub effective_on: Date,
    pub reasons: String,
    /// New versions and new items; their confirmation is still empty.
    #[serde(default)]
    pub versions: Vec<ItemVersion>,
    /// Codes of items that end.
    #[serde(default)]
    pub endings: Vec<String>,
}

impl Proposal {
    /// Codes of all items it touches, each once.
    pub fn items(&self) -> Vec<String> {
        let versions = self.versions.iter().map(|version| &version.item_code);
        let mut codes: Vec<String> = versions.chain(&self.endings).cloned().collect();
        codes.sort();
        codes.dedup();
        codes
    }

    /// Whether a permit or another approval is among them (审批事项, S2 二(二)2). The other kind of approval was abolished
    /// and has only a history, but its items may still end.
    pub fn touches_approval(&self) -> bool {
        self.items().iter().any(|code| is_approval_item(code))
    }
}

/// S2 二(三)2 counts permits and non-permit approvals as approval items. The type stands in the code for good.
pub fn is_approval_item(item_code: &str) -> bool {
    ItemCode::parse(item_code)
        .is_ok_and(|code| matches!(code.power_type(), PowerType::Permit | PowerType::NonPermitApproval))
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeEvent {
    /// For the first time, or again after a return.
    Filed(Box<Filed>),
    /// The approval-management body agrees to what touches approval items; the legal office may confirm now (R33).
    ApprovalAgreed(ApprovalOpinion),
    /// It gives the change back to the body.
    ApprovalReturned(ApprovalOpinion),
    Returned(Opinion),
    Confirmed(Box<Confirmed>),
    /// The body made the change in the database (R29).
    Entered(Entered),
    Refused(Opinion),
    Withdrawn {
        reason: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filed {
    /// Body id of who files.
    pub body: String,
    pub body_name: String,
    /// Division code of the body.
    pub area: String,
    pub proposal: Proposal,
    /// T1; `None` where nothing outside started it.
    #[serde(default)]
    pub to_apply: Option<AdjustmentClock>,
    /// Filed after T1 had run out: a finding for supervision.
    #[serde(default)]
    pub late: bool,
    /// T2.
    pub to_reply: AdjustmentClock,
    /// It touches approval items in a place where the approval-management body reviews them (R33). What was filed before
    /// the place said so is not reviewed by it.
    #[serde(default)]
    pub approval_review: bool,
}

/// What the approval-management body says, as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalOpinion {
    /// Name of the body.
    pub body: String,
    /// Reasons where it does not agree.
    pub text: String,
}

/// What the legal office says, standard by standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    pub points: Vec<Point>,
    /// The opinion as a whole; reasons where it does not confirm.
    pub text: String,
    /// Past T2 when it was given.
    #[serde(default)]
    pub late: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    pub standard: Standard,
    pub holds: bool,
    #[serde(default)]
    pub remark: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmed {
    pub opinion: Opinion,
    pub confirmation: Confirmation,
    /// T3, where the place sets one.
    #[serde(default)]
    pub to_update: Option<AdjustmentClock>,
    /// The body has still to enter it; without it the items were written with the confirmation.
    #[serde(default)]
    pub waits: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    /// Past T3: a finding for supervision.
    #[serde(default)]
    pub late: bool,
}

impl Event for ChangeEvent {
    const SCHEMA: i32 = 1;

    fn kind(&self) -> &'static str {
        match self {
            ChangeEvent::Filed(_) => "item_change.filed",
            ChangeEvent::ApprovalAgreed(_) => "item_change.approval_agreed",
            ChangeEvent::ApprovalReturned(_) => "item_change.approval_returned",
            ChangeEvent::Returned(_) => "item_change.returned",
            ChangeEvent::Confirmed(_) => "item_change.confirmed",
            ChangeEvent::Entered(_) => "item_change.entered",
            ChangeEvent::Refused(_) => "item_change.refused",
            ChangeEvent::Withdrawn { .. } => "item_change.withdrawn",
        }
    }

    /// That another body agrees to it changes nothing of what the legal office has before it.
    fn harmless(&self) -> bool {
        matches!(self, ChangeEvent::ApprovalAgreed(_))
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeState {
    #[default]
    None,
    /// The legal office has it.
    Reviewing,
    /// The body has it back.
    Returned,
    /// Confirmed, and the body has still to enter it.
    Waiting,
    /// Confirmed and entered.
    Confirmed,
    Refused,
    Withdrawn,
}

impl ChangeState {
    pub fn key(self) -> &'static str {
        match self {
            ChangeState::None => "",
            ChangeState::Reviewing => "reviewing",
            ChangeState::Returned => "returned",
            ChangeState::Waiting => "waiting",
            ChangeState::Confirmed => "confirmed",
            ChangeState::Refused => "refused",
            ChangeState::Withdrawn => "withdrawn",
        }
    }

    /// Of the tag: what waits is blue, what came back yellow, what is over without effect grey.
    pub fn colour(self) -> &'static str {
        match self {
            ChangeState::Reviewing => "blue",
            ChangeState::Returned | ChangeState::Waiting => "yellow",
            ChangeState::Confirmed => "green",
            _ => "grey",
        }
    }

    pub fn of(key: &str) -> ChangeState {
        use ChangeState::{Confirmed, None, Refused, Returned, Reviewing, Waiting, Withdrawn};
        let all = [Reviewing, Returned, Waiting, Confirmed, Refused, Withdrawn];
        all.into_iter().find(|state| state.key() == key).unwrap_or(None)
    }

    pub fn name(self) -> &'static str {
        match self {
            ChangeState::None => "",
            ChangeState::Reviewing => "审核中",
            ChangeState::Returned => "已退回",
            ChangeState::Waiting => "已确认，待更新权力库",
            ChangeState::Confirmed => "已确认",
            ChangeState::Refused => "不予确认",
            ChangeState::Withdrawn => "已撤回",
        }
    }
}

/// A step of the change as people read it.
#[derive(Debug, Clone)]
pub struct Step {
    pub on: Date,
    pub event: ChangeEvent,
}

#[derive(Debug, Clone, Default)]
pub struct ItemChange {
    pub state: ChangeState,
    /// As filed last.
    pub filed: Option<Filed>,
    /// Account of who filed last.
    pub filed_by: String,
    /// How often it was filed.
    pub filings: u32,
    /// Account of who agreed for the approval-management body to what was filed last.
    pub agreed_by: Option<String>,
    pub steps: Vec<Step>,
}

impl ItemChange {
    pub fn confirmed(&self) -> Option<&Confirmed> {
        self.steps.iter().rev().find_map(|step| match &step.event {
            ChangeEvent::Confirmed(confirmed) => Some(&**confirmed),
            _ => None,
        })
    }

    /// The approval-management body has still to say something (R33).
    pub fn awaits_approval(&self) -> bool {
        let asked = self.filed.as_ref().is_some_and(|filed| filed.approval_review);
        self.state == ChangeState::Reviewing && asked && self.agreed_by.is_none()
    }
}

impl Aggregate for ItemChange {
    type Event = ChangeEvent;
    const STREAM: &'static str = "item_change";

    fn evolve(&mut self, recorded: &Recorded<'_, ChangeEvent>) {
        // Nothing in it is personal, so nothing is ever erased.
        let Some(event) = recorded.payload.known() else {
            return;
        };
        self.steps.push(Step {
            on: recorded.envelope.happened_on,
            event: (*event).clone(),
        });
        self.state = match event {
            ChangeEvent::Filed(filed) => {
                self.filed = Some((**filed).clone());
                self.filed_by.clone_from(&recorded.envelope.actor);
                self.filings += 1;
                // What was agreed to was another filing.
                self.agreed_by = None;
                ChangeState::Reviewing
            }
            ChangeEvent::ApprovalAgreed(_) => {
                self.agreed_by = Some(recorded.envelope.actor.clone());
                ChangeState::Reviewing
            }
            ChangeEvent::ApprovalReturned(_) | ChangeEvent::Returned(_) => ChangeState::Returned,
            ChangeEvent::Confirmed(confirmed) if confirmed.waits => ChangeState::Waiting,
            ChangeEvent::Confirmed(_) | ChangeEvent::Entered(_) => ChangeState::Confirmed,
            ChangeEvent::Refused(_) => ChangeState::Refused,
            ChangeEvent::Withdrawn { .. } => ChangeState::Withdrawn,
        };
    }
}
