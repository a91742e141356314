//! Operations on the steps of any case that runs on a chart: 会签意见 退回 撤回 转办 委托 交回 加签 减签 抄送 催办 挂起 恢复.
//!
//! They change whose turn it is, or tell somebody of it; nothing follows from them in law and no limit stands still. What
//! is the same for all procedures is here, once; what a procedure's law forbids is said by its `Operated`.

mod asked;
mod hold;
mod keep;
mod signers;
mod tell;
mod turn;

use mingjing_bpmn::step::{Doer, Stimulus};
use mingjing_chronicle::{Context, HeldPost, Refusal};
use serde::{Deserialize, Serialize};

pub use self::asked::{
    AddSigners, CopyStep, DelegateStep, HandBackStep, NoteCopy, RemoveSigners, ResumeStep, ReturnStep, SignStep,
    SignWhen, StepCommand, SuspendStep, TakeBackStep, TransferStep, UrgeStep,
};
pub(crate) use self::hold::fall_back;
pub use self::keep::CopySent;
pub(crate) use self::keep::{Gone, copies_kept};
pub(crate) use self::tell::{copies_to_note, urgeable};
pub(crate) use self::turn::ways_back;

use crate::decide::site_check::Inspector;
use crate::decide::{AtStep, LegalAct, Setting, Verdict, done_on};
use crate::events::{Colleague, Effects, OpenStep, StepNamed, StepOperated};
use crate::matter::Matter;
use crate::penalty::events::OpinionSigned;

macro_rules! operations {
    ($($(#[$doc:meta])* $op:ident $key:literal $name:literal $kind:literal $told:literal;)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Operation { $($(#[$doc])* $op,)* }

        impl Operation {
            const EVERY: &'static [Operation] = &[$(Operation::$op,)*];

            pub fn key(self) -> &'static str {
                match self { $(Operation::$op => $key,)* }
            }

            pub fn name(self) -> &'static str {
                match self { $(Operation::$op => $name,)* }
            }

            /// Kind of its event in `case/*`.
            pub(crate) fn kind(self) -> &'static str {
                match self { $(Operation::$op => $kind,)* }
            }

            /// What it is called on timelines, by the kind of its event.
            pub(crate) fn told(kind: &str) -> Option<&'static str> {
                match kind { $($kind => Some($told),)* _ => None }
            }
        }
    };
}

operations! {
    /// The opinion of an added signer.
    Sign "sign_step" "签署会签意见" "case.step_signed" "会签意见";
    Return "return_step" "退回到以前的环节" "case.step_returned" "退回";
    TakeBack "take_back_step" "撤回上一环节" "case.step_taken_back" "撤回环节";
    Transfer "transfer_step" "转办" "case.step_transferred" "转办";
    Delegate "delegate_step" "委托办理" "case.step_delegated" "委托办理";
    HandBack "hand_back_step" "交回委托" "case.step_handed_back" "交回委托";
    /// Whoever had it can't do it any more: the post's again. Nobody asks for it; see `fall_back`.
    FallBack "fall_back_step" "退回岗位" "case.step_fell_back" "环节退回岗位";
    AddSigners "add_signers" "加签" "case.signers_added" "加签";
    RemoveSigners "remove_signers" "减签" "case.signers_removed" "减签";
    Copy "copy_step" "抄送" "case.step_copied" "抄送";
    NoteCopy "note_copy" "阅悉抄送" "case.copy_noted" "阅悉抄送";
    Urge "urge_step" "催办" "case.step_urged" "催办";
    Suspend "suspend_step" "挂起环节" "case.step_suspended" "挂起环节";
    Resume "resume_step" "恢复环节" "case.step_resumed" "恢复环节";
}

impl Operation {
    /// Those that people ask for.
    pub fn of_people() -> impl Iterator<Item = Operation> {
        Operation::EVERY.iter().copied().filter(|op| *op != Operation::FallBack)
    }

    pub fn from_key(key: &str) -> Option<Operation> {
        Operation::of_people().find(|op| op.key() == key)
    }
}

/// Whether an event of an application changed whose turn it is, by its kind: inside the house, nobody else's to see.
pub(crate) fn is_operation(kind: &str) -> bool {
    Operation::told(kind).is_some()
}

/// A case on whose steps one can operate, and what its law says to that.
pub(crate) trait Operated: Matter {
    type Law: LegalAct;

    /// How the procedure calls the operation and refuses it.
    fn law(op: Operation) -> Self::Law;

    /// The case goes on, and this person need not keep away from it.
    ///
    /// # Errors
    /// The refusal of the procedure.
    fn may_operate(&self, op: Operation, account: &str) -> Result<(), Refusal>;

    /// Has to keep away from this case.
    fn keeps_away(&self, _account: &str) -> bool {
        false
    }

    /// Steps that wait for the party, or for what the law lets happen: nobody here hands them on or stops them.
    fn of_the_party(step: &OpenStep) -> bool;

    /// The law itself ends such a step when a day has passed: it is neither stopped nor made to wait for others.
    fn ended_by_law(step: &OpenStep) -> bool;

    /// Out of this step something could be given back.
    fn may_go_back(&self, step: &OpenStep) -> bool;

    /// Of the steps done before, the last first: those that may be done again, as things stand in law.
    fn again(&self, earlier: Vec<StepNamed>) -> Vec<StepNamed>;

    fn last_done(&self) -> Option<LastDone>;

    /// Acts on which nobody outside relies yet, so that who did one may take it back.
    fn inner(&self, kind: &str) -> bool;

    fn copies(&self) -> &[CopySent];

    fn operated(op: Operation, fact: StepOperated, effects: Effects<Self::State>) -> Self::Event;

    fn signed(at: &OpenStep, opinion: OpinionSigned, effects: Effects<Self::State>) -> Self::Event;
}

/// What was done last, for who did it to take it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastDone {
    pub task: String,
    pub account: String,
    pub role: String,
    /// It was told to somebody, or a limit goes by it.
    pub told: bool,
}

/// What surrounds an operation, consulted in the same transaction.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    pub(crate) setting: Setting<'a>,
    /// Of the acting officer.
    pub(crate) name: &'a str,
    pub(crate) certificate_no: Option<&'a str>,
    /// Those the command names.
    pub(crate) officers: &'a [Inspector],
    /// Posts of the first of them.
    pub(crate) posts: &'a [HeldPost],
}

impl Around<'_> {
    fn account(&self) -> &str {
        &self.setting.context.actor.account
    }

    fn doer(&self, reasons: &str) -> Doer {
        Doer {
            by: Some(self.account().to_owned()),
            reason: Some(reasons.to_owned()),
        }
    }
}

/// The rule on case and person alone.
///
/// # Errors
/// The refusal that the operation itself would give.
pub(crate) fn may<M: Operated>(op: Operation, case: &M, context: &Context) -> Result<(), Refusal> {
    let act = M::law(op);
    match op {
        Operation::Sign => signers::may_sign(case, context).map(drop),
        Operation::Return => turn::may_return(case, context).map(drop),
        Operation::TakeBack => turn::may_take_back(case, context).map(drop),
        Operation::HandBack => hold::may_hand_back(case, context).map(drop),
        Operation::RemoveSigners => signers::may_remove(case, context).map(drop),
        Operation::AddSigners => signers::may_add(case, context).map(drop),
        Operation::Suspend => hold::may_suspend(case, context).map(drop),
        Operation::Resume => hold::may_resume(case, context).map(drop),
        Operation::NoteCopy => tell::may_note(case, context).map(drop),
        Operation::Urge => tell::may_urge(case, context).map(drop),
        Operation::Transfer | Operation::Delegate | Operation::Copy => running_step(case, op, context).map(drop),
        Operation::FallBack => Err(act.forbids("of_itself", "这一操作由系统按规定自动进行。")),
    }
}

/// # Errors
/// `<procedure>.<operation>.*`, `cases.flow.*`
pub(crate) fn decide<M: Operated>(
    case: &M,
    command: &StepCommand,
    around: &Around<'_>,
) -> Result<Verdict<M::Event>, Refusal> {
    match command {
        StepCommand::Sign(command) => signers::sign(case, command, around),
        StepCommand::Return(command) => turn::give_back(case, command, around),
        StepCommand::TakeBack(command) => turn::take_back(case, command, around),
        StepCommand::Transfer(command) => hold::transfer(case, command, around),
        StepCommand::Delegate(command) => hold::delegate(case, command, around),
        StepCommand::HandBack(command) => hold::hand_back(case, command, around),
        StepCommand::AddSigners(command) => signers::add(case, command, around),
        StepCommand::RemoveSigners(command) => signers::remove(case, command, around),
        StepCommand::Copy(command) => tell::copy(case, command, around),
        StepCommand::NoteCopy(command) => tell::note_copy(case, command, around),
        StepCommand::Urge(command) => tell::urge(case, command, around),
        StepCommand::Suspend(command) => hold::suspend(case, command, around),
        StepCommand::Resume(command) => hold::resume(case, command, around),
    }
}

/// The open step that is this person's to handle, suspended or not; signers have none of their own.
fn my_step<M: Operated>(case: &M, op: Operation, context: &Context) -> Result<AtStep, Refusal> {
    let (act, account) = (M::law(op), context.actor.account.as_str());
    case.may_operate(op, account)?;
    let mine = |step: &&OpenStep| {
        let held = step.holder.as_deref().is_none_or(|holder| holder == account);
        held && !step.signer && !M::of_the_party(step)
    };
    let open = case.steps().iter().filter(mine);
    let with_post = open.filter_map(|step| {
        let post = context.actor.post_in(&step.role, case.handled_by())?;
        Some((step, post.clone()))
    });
    // One's own before what any colleague could do as well.
    let found = with_post.max_by_key(|(step, _)| (step.holder.is_some(), !step.signed.iter().any(|by| by == account)));
    let Some((step, post)) = found else {
        return Err(Refusal::forbidden(
            act.code("no_step_of_yours"),
            "现在没有由您办理的环节，不能操作。",
        ));
    };
    if step.signed.iter().any(|by| by == account) {
        return Err(act.forbids("signed_already", "您已经签署，等待其他人签署。"));
    }
    Ok(AtStep {
        step: step.clone(),
        post,
    })
}

/// As [`my_step`], and the step is not suspended.
fn running_step<M: Operated>(case: &M, op: Operation, context: &Context) -> Result<AtStep, Refusal> {
    let at = my_step(case, op, context)?;
    match at.step.suspended {
        true => Err(suspended(M::law(op))),
        false => Ok(at),
    }
}

/// As [`running_step`], of steps that may wait as long as those who handle them like.
fn waiting_step<M: Operated>(case: &M, op: Operation, context: &Context) -> Result<AtStep, Refusal> {
    let act = M::law(op);
    let at = running_step(case, op, context)?;
    match M::ended_by_law(&at.step) {
        true => Err(act
            .forbids(
                "ended_by_law",
                format!("“{}”环节到期依法自动产生结果，不能挂起，也不能等待加签。", at.step.name),
            )
            .advice("请在期限内办理；确有困难的，可以转办或者委托同岗位的人员。")),
        false => Ok(at),
    }
}

fn suspended(act: impl LegalAct) -> Refusal {
    act.forbids("suspended", "这一环节已经挂起，恢复后才能办理。")
        .advice("请先办理“恢复环节”。法定期限在挂起期间照常计算。")
}

/// The officers a command names: of this body, active, taking part, not the one who asks.
fn colleagues<M: Operated>(
    case: &M,
    op: Operation,
    field: &'static str,
    around: &Around<'_>,
) -> Result<Vec<Colleague>, Refusal> {
    let act = M::law(op);
    let mut found: Vec<Colleague> = Vec::new();
    for officer in around.officers {
        let fits = officer.active && officer.body == case.handled_by();
        if !fits || case.keeps_away(&officer.account) || officer.account == around.account() {
            let name = match officer.name.as_str() {
                "" => "所选人员",
                name => name,
            };
            return Err(act.lacks(
                "not_a_colleague",
                field,
                format!("{name}不是本机关可以参加本案的其他在岗人员。"),
            ));
        }
        if found.iter().any(|known| known.account == officer.account) {
            return Err(act.lacks("named_twice", field, format!("{}写了两次。", officer.name)));
        }
        found.push(Colleague {
            account: officer.account.clone(),
            name: officer.name.clone(),
        });
    }
    if found.is_empty() {
        return Err(act.lacks("missing", field, "请选择人员。"));
    }
    Ok(found)
}

/// The fact of an operation by the acting officer on this step.
fn fact(step: &OpenStep, reasons: String, around: &Around<'_>) -> StepOperated {
    StepOperated {
        account: around.account().to_owned(),
        name: around.name.to_owned(),
        ..StepOperated::on(step, reasons)
    }
}

fn moved<M: Operated>(case: &M, stimulus: &Stimulus, setting: &Setting<'_>) -> Result<Effects<M::State>, Refusal> {
    Ok(Effects {
        flow: setting.operate(case, stimulus)?,
        ..Effects::default()
    })
}

fn done<M: Operated>(
    case: &M,
    op: Operation,
    fact: StepOperated,
    effects: Effects<M::State>,
    post: &str,
    setting: &Setting<'_>,
) -> Verdict<M::Event> {
    let event = M::operated(op, fact, effects);
    done_on(case, event, setting.context.today, post.to_owned(), setting)
}

/// Notes on open steps what the flow does not keep: the events hold the steps as they are afterwards.
fn marked<M: Operated>(mut verdict: Verdict<M::Event>, mut mark: impl FnMut(&mut OpenStep)) -> Verdict<M::Event> {
    for event in &mut verdict.events {
        if let Some(effects) = M::effects_mut(event) {
            effects.steps.iter_mut().for_each(&mut mark);
        }
    }
    verdict
}

/// The same open step.
fn same(one: &OpenStep, other: &OpenStep) -> bool {
    one.task == other.task && one.instance == other.instance
}
