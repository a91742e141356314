//! What each operation is asked with, as any door takes it.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Operation;
use crate::events::Stance;

/// 退回: the case goes back to an earlier step; what was done since is done again.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnStep {
    /// The step to return to.
    #[schemars(length(min = 1, max = 128), description = "退回到哪一环节（环节编号）")]
    pub to: String,
    #[schemars(length(min = 1, max = 5000))]
    pub reasons: String,
}

/// 撤回: who did the step before takes it back, before anybody has acted on it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeBackStep {
    #[schemars(length(min = 1, max = 5000))]
    pub reasons: String,
}

/// 转办: the step is for one colleague of the same post alone.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferStep {
    #[schemars(length(min = 1, max = 100), description = "接办人员的账号")]
    pub to: String,
    #[schemars(length(min = 1, max = 5000))]
    pub reasons: String,
}

/// 委托: a colleague of the same post does the step until a day; then it comes back by itself.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DelegateStep {
    #[schemars(length(min = 1, max = 100), description = "受托人员的账号")]
    pub to: String,
    #[schemars(description = "委托到哪一天（含当天），期满自动交回")]
    pub until: Date,
    #[schemars(length(min = 1, max = 5000))]
    pub reasons: String,
}

/// 交回委托: by who was asked, or called back by who asked.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandBackStep {
    #[schemars(length(min = 1, max = 5000))]
    pub reasons: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignWhen {
    Before,
    Beside,
    After,
}

/// 加签: colleagues give their opinion before, beside or after the one whose step it is.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddSigners {
    #[schemars(length(min = 1, max = 10), inner(length(max = 100)), description = "加签人员的账号")]
    pub officers: Vec<String>,
    pub when: SignWhen,
    #[schemars(length(min = 1, max = 5000))]
    pub reasons: String,
}

/// 减签
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveSigners {
    #[schemars(
        length(min = 1, max = 10),
        inner(length(max = 100)),
        description = "不再签署的人员的账号"
    )]
    pub officers: Vec<String>,
    #[schemars(length(min = 1, max = 5000))]
    pub reasons: String,
}

/// The opinion of an added signer (R69).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignStep {
    pub stance: Stance,
    #[schemars(length(max = 5000))]
    pub opinion: String,
    #[serde(default)]
    #[schemars(length(max = 5000), description = "不同意时必须写明")]
    pub reasons: String,
}

/// 抄送: for information, to colleagues or to whoever holds a post. Nobody has to do anything for it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CopyStep {
    #[serde(default)]
    #[schemars(length(max = 10), inner(length(max = 100)), description = "抄送人员的账号")]
    pub officers: Vec<String>,
    #[serde(default)]
    #[schemars(
        length(max = 10),
        inner(length(max = 40)),
        description = "抄送岗位，例如 legal_reviewer"
    )]
    pub roles: Vec<String>,
    #[schemars(length(min = 1, max = 5000))]
    pub reasons: String,
}

/// A copy was read.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteCopy {
    #[schemars(range(min = 1), description = "第几份抄送；没有就是给您的全部")]
    #[serde(default)]
    pub copy: Option<u32>,
}

/// 催办: reminds whoever has the step; limits run as before.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UrgeStep {
    #[schemars(
        length(max = 128),
        description = "催办哪一环节（环节编号）；只有一个在办环节的可以不填"
    )]
    #[serde(default)]
    pub task: Option<String>,
    #[schemars(length(min = 1, max = 5000))]
    pub reasons: String,
}

/// 挂起: the step stands still inside the body. The limits of the law run on.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SuspendStep {
    #[schemars(length(min = 1, max = 5000))]
    pub reasons: String,
}

/// 恢复
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResumeStep {
    #[schemars(length(min = 1, max = 5000))]
    pub reasons: String,
}

macro_rules! step_commands {
    ($($op:ident($command:ty);)*) => {
        /// An operation with what it needs.
        #[derive(Debug, Clone)]
        pub enum StepCommand { $($op($command),)* }

        $(impl From<$command> for StepCommand {
            fn from(command: $command) -> StepCommand {
                StepCommand::$op(command)
            }
        })*

        impl StepCommand {
            pub fn operation(&self) -> Operation {
                match self { $(StepCommand::$op(_) => Operation::$op,)* }
            }
        }
    };
}

step_commands! {
    Sign(SignStep);
    Return(ReturnStep);
    TakeBack(TakeBackStep);
    Transfer(TransferStep);
    Delegate(DelegateStep);
    HandBack(HandBackStep);
    AddSigners(AddSigners);
    RemoveSigners(RemoveSigners);
    Copy(CopyStep);
    NoteCopy(NoteCopy);
    Urge(UrgeStep);
    Suspend(SuspendStep);
    Resume(ResumeStep);
}

impl StepCommand {
    /// Accounts of the officers it names.
    pub(crate) fn named(&self) -> &[String] {
        match self {
            StepCommand::Transfer(command) => std::slice::from_ref(&command.to),
            StepCommand::Delegate(command) => std::slice::from_ref(&command.to),
            StepCommand::AddSigners(command) => &command.officers,
            StepCommand::RemoveSigners(command) => &command.officers,
            StepCommand::Copy(command) => &command.officers,
            _ => &[],
        }
    }
}
