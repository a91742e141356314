//! Operations on the steps of a penalty's flow: 退回, 撤回, 转办, 加签, 减签, 会签意见, 挂起, 恢复.
//!
//! They change whose turn it is, never what happened in law: nothing is returned to before an act that the law sees only
//! once (opening, decision), nobody takes back what the party was told, and no limit of the law stands still (60).

use mingjing_bpmn::step::{Doer, Stimulus, When};
use mingjing_chronicle::{HeldPost, Refusal};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, Who, done, living, not_recused, signed};
use crate::decide::site_check::Inspector;
use crate::decide::{AtStep, LegalAct, holds_post, text};
use crate::events::{Colleague, OpenStep, Stance, StepNamed, StepOperated};
use crate::flow::Flow;
use crate::penalty::events::{OpinionSigned, PenaltyEffects, PenaltyFact};
use crate::penalty::{PenaltyAct, PenaltyCase};

/// Steps that wait for the party or for what the law lets happen: nobody here hands them on or stops them.
const OF_THE_PARTY: [&str; 2] = ["defence", "collect"];
/// Inner acts: opinions and proposals that nobody outside was told of.
const INNER: [&str; 7] = [
    "propose_opening",
    "review_opening",
    "investigate",
    "review_proposal",
    "check_defence",
    "legal_review",
    "propose_closing",
];

/// Steps out of which a case may be given back.
const RETURNING: [&str; 9] = [
    "review_opening",
    "approve_opening",
    "review_proposal",
    "notify",
    "serve_notice",
    "check_defence",
    "legal_review",
    "decide",
    "approve_closing",
];

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

/// The open step that is this person's to handle, suspended or not; signers have none of their own.
fn my_step(case: &PenaltyCase, act: PenaltyAct, who: &Who<'_>) -> Result<AtStep, Refusal> {
    living(case, act)?;
    not_recused(case, act, who)?;
    let account = who.context.actor.account.as_str();
    let mine = |step: &&OpenStep| {
        let held = step.holder.as_deref().is_none_or(|holder| holder == account);
        held && !step.signer && !OF_THE_PARTY.contains(&step.kind.as_str())
    };
    let open = case.steps.iter().filter(mine);
    let with_post = open.filter_map(|step| {
        let post = who.context.actor.post_in(&step.role, case.body())?;
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
fn running_step(case: &PenaltyCase, act: PenaltyAct, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let at = my_step(case, act, who)?;
    match at.step.suspended {
        true => Err(suspended(act)),
        false => Ok(at),
    }
}

pub(super) fn suspended(act: impl LegalAct) -> Refusal {
    act.forbids("suspended", "这一环节已经挂起，恢复后才能办理。")
        .advice("请先办理“恢复环节”。法定期限在挂起期间照常计算。")
}

/// Kinds of steps that may be returned to, as things stand in law.
fn returnable(case: &PenaltyCase) -> &'static [&'static str] {
    let facts = &case.facts;
    if facts.decided.is_some() {
        &["propose_closing"]
    } else if facts.opened.is_none() {
        &["propose_opening", "review_opening"]
    } else if facts.notice_served.is_some() {
        &["investigate", "check_defence", "legal_review"]
    } else {
        &["investigate", "review_proposal"]
    }
}

/// Earlier steps that this case can be returned to now.
pub fn ways_back(case: &PenaltyCase, who: &Who<'_>, flow: &Flow) -> Vec<StepNamed> {
    let Ok(at) = may_return(case, who) else {
        return Vec::new();
    };
    let kinds = returnable(case);
    let earlier = flow.earlier_steps(case, &at.step).into_iter();
    earlier.filter(|step| kinds.contains(&step.kind.as_str())).collect()
}

/// # Errors
/// `penalty.return_step.*`
pub fn may_return(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let act = PenaltyAct::ReturnStep;
    let at = running_step(case, act, who)?;
    if !RETURNING.contains(&at.step.kind.as_str()) {
        return Err(act.forbids(
            "nothing_before",
            "这一环节不能退回：之前没有可以重做的环节，或者此前的行为已经对外发生效力。",
        ));
    }
    Ok(at)
}

/// # Errors
/// `penalty.return_step.*`, `cases.flow.*`
pub fn give_back(state: &PenaltyCase, command: &ReturnStep, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let act = PenaltyAct::ReturnStep;
    let at = may_return(state, &scene.who)?;
    let reasons = text(act, "reasons", "退回的理由", &command.reasons)?;
    let flow = scene.setting.flow;
    let Some(to) = flow
        .named(&command.to)
        .filter(|to| returnable(state).contains(&to.kind.as_str()))
    else {
        return Err(act
            .lacks("not_returnable", "to", "不能退回到这一环节。")
            .advice("已经立案、已经送达告知书、已经作出决定的，只能退回到其后的环节。"));
    };
    let stimulus = Stimulus::Return {
        target: scene.setting.flow.target(state, &at.step),
        to: command.to.clone(),
        doer: doer(scene, &reasons),
    };
    let effects = moved(state, &stimulus, scene)?;
    let fact = StepOperated {
        back_to: Some(to),
        ..operated(&at.step, reasons, scene)
    };
    Ok(done(
        state,
        PenaltyFact::StepReturned(Box::new(fact)),
        effects,
        &at.post.post,
        scene,
    ))
}

/// The last opinion is this person's own; whether somebody has acted on it since, the flow knows.
///
/// # Errors
/// `penalty.take_back_step.*`
pub fn may_take_back<'a>(case: &'a PenaltyCase, who: &Who<'_>) -> Result<&'a OpinionSigned, Refusal> {
    let act = PenaltyAct::TakeBackStep;
    living(case, act)?;
    not_recused(case, act, who)?;
    let account = who.context.actor.account.as_str();
    let last = case.opinions.last().filter(|signed| signed.opinion.account == account);
    last.ok_or_else(|| Refusal::forbidden(act.code("not_yours"), "上一环节不是您办理的，不能撤回。"))
}

/// # Errors
/// `penalty.take_back_step.*`, `cases.flow.*`
pub fn take_back(state: &PenaltyCase, command: &TakeBackStep, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let act = PenaltyAct::TakeBackStep;
    let last = may_take_back(state, &scene.who)?;
    let post = holds_post(act, state.body(), &last.opinion.role, scene.setting.context)?;
    let reasons = text(act, "reasons", "撤回的理由", &command.reasons)?;
    let step = scene.setting.flow.named(&last.opinion.task);
    let Some(step) = step.filter(|step| INNER.contains(&step.kind.as_str())) else {
        return Err(act.forbids(
            "not_inner",
            "立案、决定等已经发生法律效力的行为不能撤回，只能依法变更、撤销。",
        ));
    };
    let stimulus = Stimulus::Withdraw {
        element: step.task.clone(),
        doer: doer(scene, &reasons),
    };
    let effects = moved(state, &stimulus, scene)?;
    let fact = StepOperated {
        task: step.task.clone(),
        step: step.name.clone(),
        account: scene.account().to_owned(),
        name: scene.who.name.to_owned(),
        reasons,
        back_to: Some(step),
        officers: Vec::new(),
    };
    Ok(done(
        state,
        PenaltyFact::StepTakenBack(Box::new(fact)),
        effects,
        &post.post,
        scene,
    ))
}

/// # Errors
/// `penalty.transfer_step.*`
pub fn may_transfer(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    running_step(case, PenaltyAct::TransferStep, who)
}

/// # Errors
/// `penalty.transfer_step.*`, `cases.flow.*`
pub fn transfer(state: &PenaltyCase, command: &TransferStep, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let act = PenaltyAct::TransferStep;
    let at = may_transfer(state, &scene.who)?;
    let reasons = text(act, "reasons", "转办的理由", &command.reasons)?;
    let officers = colleagues(state, act, "to", scene)?;
    if officers.iter().any(|officer| at.step.signed.contains(&officer.account)) {
        return Err(act.lacks("signed_already", "to", "该人员已经签署过这一环节，请转给其他人员。"));
    }
    // The post is asked again when the step is done; here so that it does not wait for somebody who may not do it.
    let of_the_post = |post: &HeldPost| post.role == at.step.role && post.body == state.body();
    if !scene.known.posts.iter().any(of_the_post) {
        return Err(act
            .lacks("not_of_the_post", "to", "该人员没有担任办理这一环节的岗位，不能转办。")
            .advice("请转给担任同一岗位的人员（R63：环节固定到岗位）。"));
    }
    let stimulus = Stimulus::Transfer {
        target: scene.setting.flow.target(state, &at.step),
        to: command.to.clone(),
        doer: doer(scene, &reasons),
    };
    let effects = moved(state, &stimulus, scene)?;
    let fact = StepOperated {
        officers,
        ..operated(&at.step, reasons, scene)
    };
    Ok(done(
        state,
        PenaltyFact::StepTransferred(Box::new(fact)),
        effects,
        &at.post.post,
        scene,
    ))
}

/// # Errors
/// `penalty.add_signers.*`
pub fn may_add(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    running_step(case, PenaltyAct::AddSigners, who)
}

/// # Errors
/// `penalty.add_signers.*`, `cases.flow.*`
pub fn add(state: &PenaltyCase, command: &AddSigners, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let act = PenaltyAct::AddSigners;
    let at = may_add(state, &scene.who)?;
    let reasons = text(act, "reasons", "加签的理由", &command.reasons)?;
    let officers = colleagues(state, act, "officers", scene)?;
    let signs = |account: &str| {
        let of_task = state.steps.iter().filter(|step| step.task == at.step.task);
        let mut of_task = of_task.filter(|step| step.signer);
        of_task.any(|step| step.holder.as_deref() == Some(account))
    };
    if let Some(twice) = officers.iter().find(|officer| signs(&officer.account)) {
        return Err(act.lacks("signs_already", "officers", format!("{}已经在加签人员中。", twice.name)));
    }
    // Beside in a countersigned step would make one more who has to do the act itself; an added signer only gives an
    // opinion, so that the number the chart fixes stays (R63).
    if at.step.instance.is_some() && command.when == SignWhen::Beside {
        return Err(act.lacks(
            "countersigned",
            "when",
            "会签环节的人数由流程图规定，加签请选择在前或者在后。",
        ));
    }
    let when = match command.when {
        SignWhen::Before => When::Before,
        SignWhen::Beside => When::Beside,
        SignWhen::After => When::After,
    };
    let stimulus = Stimulus::AddSigners {
        target: scene.setting.flow.target(state, &at.step),
        who: officers.iter().map(|officer| officer.account.clone()).collect(),
        when,
        doer: doer(scene, &reasons),
    };
    let effects = moved(state, &stimulus, scene)?;
    let fact = StepOperated {
        officers,
        ..operated(&at.step, reasons, scene)
    };
    Ok(done(
        state,
        PenaltyFact::SignersAdded(Box::new(fact)),
        effects,
        &at.post.post,
        scene,
    ))
}

/// # Errors
/// `penalty.remove_signers.*`
pub fn may_remove(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let act = PenaltyAct::RemoveSigners;
    let at = running_step(case, act, who)?;
    match case.steps.iter().any(|step| step.signer && step.task == at.step.task) {
        true => Ok(at),
        false => Err(Refusal::forbidden(act.code("no_signers"), "这一环节没有加签人员。")),
    }
}

/// # Errors
/// `penalty.remove_signers.*`, `cases.flow.*`
pub fn remove(state: &PenaltyCase, command: &RemoveSigners, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let act = PenaltyAct::RemoveSigners;
    let at = may_remove(state, &scene.who)?;
    let reasons = text(act, "reasons", "减签的理由", &command.reasons)?;
    let officers = colleagues(state, act, "officers", scene)?;
    let stimulus = Stimulus::RemoveSigners {
        target: scene.setting.flow.target(state, &at.step),
        who: command.officers.clone(),
        doer: doer(scene, &reasons),
    };
    let effects = moved(state, &stimulus, scene)?;
    let fact = StepOperated {
        officers,
        ..operated(&at.step, reasons, scene)
    };
    Ok(done(
        state,
        PenaltyFact::SignersRemoved(Box::new(fact)),
        effects,
        &at.post.post,
        scene,
    ))
}

/// # Errors
/// `penalty.sign_step.*`
pub fn may_sign(case: &PenaltyCase, who: &Who<'_>) -> Result<OpenStep, Refusal> {
    let act = PenaltyAct::SignStep;
    living(case, act)?;
    not_recused(case, act, who)?;
    let account = who.context.actor.account.as_str();
    let mine = |step: &&OpenStep| step.signer && step.holder.as_deref() == Some(account);
    match case.steps.iter().find(mine) {
        Some(step) if step.suspended => Err(suspended(act)),
        Some(step) => Ok(step.clone()),
        None => Err(Refusal::forbidden(act.code("not_asked"), "没有请您加签的环节。")),
    }
}

/// # Errors
/// `penalty.sign_step.*`, `cases.flow.*`
pub fn sign(state: &PenaltyCase, command: &SignStep, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let act = PenaltyAct::SignStep;
    let step = may_sign(state, &scene.who)?;
    // Signers are asked whatever their post; the first one held in the body is told.
    let posts = &scene.setting.context.actor.posts;
    let Some(post) = posts.iter().find(|post| post.body == state.body()).cloned() else {
        return Err(Refusal::forbidden(
            act.code("not_your_post"),
            "您没有担任本机关的岗位。",
        ));
    };
    let at = AtStep { step, post };
    let opinion = signed(act, &at, command.stance, &command.opinion, &command.reasons, scene)?;
    let effects = PenaltyEffects {
        flow: scene.setting.complete_step(state, &at.step, None)?,
        ..PenaltyEffects::default()
    };
    let fact = PenaltyFact::StepSigned(Box::new(opinion));
    Ok(done(state, fact, effects, &at.post.post, scene))
}

/// # Errors
/// `penalty.suspend_step.*`
pub fn may_suspend(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    running_step(case, PenaltyAct::SuspendStep, who)
}

/// # Errors
/// `penalty.suspend_step.*`, `cases.flow.*`
pub fn suspend(state: &PenaltyCase, command: &SuspendStep, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let at = may_suspend(state, &scene.who)?;
    let reasons = text(PenaltyAct::SuspendStep, "reasons", "挂起的理由", &command.reasons)?;
    let stimulus = Stimulus::Suspend {
        target: Some(scene.setting.flow.target(state, &at.step)),
        doer: doer(scene, &reasons),
    };
    let effects = moved(state, &stimulus, scene)?;
    let fact = PenaltyFact::StepSuspended(Box::new(operated(&at.step, reasons, scene)));
    Ok(done(state, fact, effects, &at.post.post, scene))
}

/// # Errors
/// `penalty.resume_step.*`
pub fn may_resume(case: &PenaltyCase, who: &Who<'_>) -> Result<AtStep, Refusal> {
    let act = PenaltyAct::ResumeStep;
    let at = my_step(case, act, who)?;
    match at.step.suspended {
        true => Ok(at),
        false => Err(Refusal::forbidden(act.code("not_suspended"), "这一环节没有挂起。")),
    }
}

/// # Errors
/// `penalty.resume_step.*`, `cases.flow.*`
pub fn resume(state: &PenaltyCase, command: &ResumeStep, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let at = may_resume(state, &scene.who)?;
    let reasons = text(PenaltyAct::ResumeStep, "reasons", "恢复的理由", &command.reasons)?;
    let stimulus = Stimulus::Resume {
        target: Some(scene.setting.flow.target(state, &at.step)),
        doer: doer(scene, &reasons),
    };
    let effects = moved(state, &stimulus, scene)?;
    let fact = PenaltyFact::StepResumed(Box::new(operated(&at.step, reasons, scene)));
    Ok(done(state, fact, effects, &at.post.post, scene))
}

/// The officers a command names: of this body, active, not recused, not the one who asks.
fn colleagues(
    case: &PenaltyCase,
    act: PenaltyAct,
    field: &'static str,
    scene: &Scene<'_>,
) -> Result<Vec<Colleague>, Refusal> {
    let officers: &[Inspector] = &scene.known.officers;
    let mut found: Vec<Colleague> = Vec::new();
    for officer in officers {
        let fits = officer.active && officer.body == case.body();
        if !fits || case.recused(&officer.account) || officer.account == scene.account() {
            return Err(act.lacks(
                "not_a_colleague",
                field,
                format!("{}不是本机关可以参加本案的其他在岗人员。", officer.name),
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

fn operated(step: &OpenStep, reasons: String, scene: &Scene<'_>) -> StepOperated {
    StepOperated {
        task: step.task.clone(),
        step: step.name.clone(),
        account: scene.account().to_owned(),
        name: scene.who.name.to_owned(),
        reasons,
        back_to: None,
        officers: Vec::new(),
    }
}

fn moved(case: &PenaltyCase, stimulus: &Stimulus, scene: &Scene<'_>) -> Result<PenaltyEffects, Refusal> {
    Ok(PenaltyEffects {
        flow: scene.setting.operate(case, stimulus)?,
        ..PenaltyEffects::default()
    })
}

fn doer(scene: &Scene<'_>, reasons: &str) -> Doer {
    Doer {
        by: Some(scene.account().to_owned()),
        reason: Some(reasons.to_owned()),
    }
}
