//! What may be done in a penalty case, one file an act: the command, the rule, its articles.
//!
//! `may` is all that depends on the case and the person (pages ask it to tell why a button is disabled); `decide` is the
//! rule on the input, and the event with its results. Both are pure; what they know of other streams is in [`Known`].

use jiff::civil::Date;
use mingjing_chronicle::{Context, HeldPost, Refusal};

use super::discretion::BenchmarkText;
use super::events::{OpinionSigned, PenaltyEffects, PenaltyEvent, PenaltyFact};
use super::fine_register::FineEntry;
use super::{PenaltyAct, PenaltyCase};
use crate::decide as acts;
use crate::decide::site_check::Inspector;
use crate::decide::{AtStep, LegalAct, Setting, Verdict, bounded, holds_post, not_at_step, own_step, text};
use crate::events::{OpenStep, Opinion, SiteOfficer, Stance};
use crate::flow::FlowEvent;

pub mod check_defence;
pub mod closing;
pub mod confirm_service;
#[expect(
    clippy::module_inception,
    reason = "to decide is one of the acts that are decided here"
)]
pub mod decide;
pub mod defer;
pub mod dispute;
pub mod end_investigation;
pub mod evidence;
pub mod extend_decision;
pub mod impose_additional_fine;
pub mod legal_review;
pub mod make_defence;
pub mod notify;
pub mod opening;
pub mod operate;
pub mod preserve;
pub mod propose_opening;
pub mod record_payment;
pub mod recusal;
pub mod register_lead;
pub mod release;
pub mod reversal;
pub mod review_proposal;
pub mod serve;
pub mod waive_defence;

/// What was consulted of other streams in the same transaction.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The officers the command names, as of the day it names.
    pub officers: Vec<Inspector>,
    /// The item's version in force today.
    pub current_version: i32,
    /// Benchmarks of the pinned version, of the one on the day of the act, and of today's.
    pub benchmarks: Vec<BenchmarkText>,
    /// The party as the register has it, where the command names one.
    pub account: Option<PartyAccount>,
    /// Fines of the same party at about the same time.
    pub earlier_fines: Vec<FineEntry>,
    /// Posts of the officer a step is transferred to.
    pub posts: Vec<HeldPost>,
    /// The receipt named was recorded in another case.
    pub receipt_used: bool,
}

/// What the register of accounts says about the party a command names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartyAccount {
    /// The account belongs to this party.
    Of(String),
    /// The account named is somebody else's.
    Another,
    /// The party has none.
    Nobody,
}

/// Who acts, as the register has them today.
#[derive(Clone, Copy)]
pub struct Who<'a> {
    pub context: &'a Context,
    /// The party itself or who may act for it (asked of the register).
    pub speaks_for_party: bool,
    /// The acting officer with a certificate valid today.
    pub certified: Option<&'a SiteOfficer>,
    /// Name of the acting officer.
    pub name: &'a str,
}

#[derive(Clone, Copy)]
pub struct Scene<'a> {
    pub setting: Setting<'a>,
    pub who: Who<'a>,
    pub known: &'a Known,
}

impl Scene<'_> {
    pub(crate) fn today(&self) -> Date {
        self.setting.context.today
    }

    pub(crate) fn account(&self) -> &str {
        &self.setting.context.actor.account
    }
}

pub type PenaltyVerdict = Verdict<PenaltyEvent>;

/// The case is there, readable, and not closed.
pub(crate) fn living(case: &PenaltyCase, act: PenaltyAct) -> Result<(), Refusal> {
    readable(case, act)?;
    if let Some(on) = case.facts.closed {
        return Err(
            Refusal::law(act.code("closed"), format!("本案已于{on}结案，不能{}。", act.name()))
                .article("行政处罚法第六十六条第一款")
                .advice("当事人仍可以依法申请行政复议或者提起行政诉讼。"),
        );
    }
    if case.facts.not_opened.is_some() {
        return Err(
            Refusal::law(act.code("not_opened"), "该线索已决定不予立案，不能继续办理。")
                .article("行政处罚法第五十四条第二款")
                .advice("有新的线索的，请另行登记。"),
        );
    }
    Ok(())
}

/// The case is there and readable; some acts are possible after closing too.
pub(crate) fn readable(case: &PenaltyCase, act: PenaltyAct) -> Result<(), Refusal> {
    if !case.exists() {
        return Err(Refusal::not_found(act.code("no_case"), "没有找到这个案件。").advice("请核对案件编号。"));
    }
    if case.erased {
        return Err(Refusal::law(
            act.code("erased"),
            "该案件的部分记录已依法删除，只能查看，不能继续办理。",
        ));
    }
    Ok(())
}

/// The officer may do this act now: the flow waits at a step of this kind for a role held in the case's body, and the
/// officer need not keep away (43).
pub(crate) fn at_step(case: &PenaltyCase, act: PenaltyAct, kind: &str, who: &Who<'_>) -> Result<AtStep, Refusal> {
    living(case, act)?;
    let Some(step) = own_step(act, &case.steps, kind, &who.context.actor.account)? else {
        return Err(not_at_step(act, &case.steps, case.state.name()));
    };
    let post = holds_post(act, case.body(), &step.role, who.context)?;
    not_recused(case, act, who)?;
    Ok(AtStep {
        step: step.clone(),
        post,
    })
}

/// A standing act of a post, outside the flow's steps.
pub(crate) fn standing(case: &PenaltyCase, act: PenaltyAct, who: &Who<'_>) -> Result<String, Refusal> {
    living(case, act)?;
    let post = holds_post(act, case.body(), act.role(), who.context)?;
    not_recused(case, act, who)?;
    Ok(post.post)
}

/// 43(1): who was recused keeps away from everything.
fn not_recused(case: &PenaltyCase, act: PenaltyAct, who: &Who<'_>) -> Result<(), Refusal> {
    not_recused_account(case, act, &who.context.actor.account)
}

fn not_recused_account(case: &PenaltyCase, act: PenaltyAct, account: &str) -> Result<(), Refusal> {
    if case.recused(account) {
        return Err(Refusal::law(act.code("recused"), "您已被决定回避，不能再办理本案。")
            .article("行政处罚法第四十三条第一款")
            .advice("请由其他人员办理。"));
    }
    Ok(())
}

/// Who investigated does not review, check or decide: the separation of investigation, review and decision.
pub(crate) fn not_investigator(
    case: &PenaltyCase,
    act: PenaltyAct,
    who: &Who<'_>,
    article: &'static str,
) -> Result<(), Refusal> {
    if case.investigated(&who.context.actor.account) {
        return Err(Refusal::law(
            act.code("investigated_it"),
            format!("您参加过本案的调查，调查人员不能{}。", act.name()),
        )
        .article(article)
        .advice("请由没有参加调查的人员办理。"));
    }
    Ok(())
}

/// 42(1), 76(1)(五): who exercises the power of penalty has a valid certificate today.
pub(crate) fn certificate(act: PenaltyAct, who: &Who<'_>) -> Result<SiteOfficer, Refusal> {
    who.certified.cloned().ok_or_else(|| {
        Refusal::law(
            act.code("no_valid_certificate"),
            "您今天没有有效的行政执法证件，不能办理行政处罚案件。",
        )
        .article("行政处罚法第四十二条第一款")
        .advice("请由持有有效行政执法证件的人员办理；证件已换发的，请联系安全管理员更新登记。")
    })
}

/// Two or more officers of this body, each with a certificate valid on the day (42(1)).
pub(crate) fn two_certified(
    case: &PenaltyCase,
    act: PenaltyAct,
    officers: &[Inspector],
) -> Result<Vec<SiteOfficer>, Refusal> {
    let found = acts::site_check::certified(act, case.body(), officers, CERTIFIED)?;
    if let Some(recused) = found.iter().find(|officer| case.recused(&officer.account)) {
        return Err(Refusal::law(
            act.code("officer_recused"),
            format!("{}已被决定回避，不能参加本案。", recused.name),
        )
        .article("行政处罚法第四十三条第一款")
        .advice("请更换人员。"));
    }
    Ok(found)
}

pub(crate) const CERTIFIED: acts::site_check::CertifiedRule = acts::site_check::CertifiedRule {
    two: "办案的执法人员不得少于两人。",
    called: "执法人员",
    article: "行政处罚法第四十二条第一款",
    certificate: "行政处罚法第四十二条第一款",
};

/// R69 with the signature of the law: who, in which post, with which certificate.
pub(crate) fn signed(
    act: PenaltyAct,
    at: &AtStep,
    stance: Stance,
    words: &str,
    reasons: &str,
    scene: &Scene<'_>,
) -> Result<OpinionSigned, Refusal> {
    let words = text(act, "opinion", "意见", words)?;
    let reasons = bounded(act, "reasons", "理由", reasons)?;
    if stance != Stance::Positive && reasons.is_empty() {
        return Err(act.lacks("needs_reasons", "reasons", "否定意见或者退回应当说明理由。"));
    }
    Ok(OpinionSigned {
        opinion: Opinion {
            task: at.step.task.clone(),
            step: at.step.name.clone(),
            role: at.post.role.clone(),
            account: scene.account().to_owned(),
            stance,
            text: words,
            reasons: (!reasons.is_empty()).then_some(reasons),
            on: scene.today(),
        },
        name: scene.who.name.to_owned(),
        certificate_no: scene.who.certified.map(|officer| officer.certificate_no.clone()),
    })
}

/// The flow's answer to a completed step.
pub(crate) fn complete(
    case: &PenaltyCase,
    step: &OpenStep,
    outcome: &str,
    scene: &Scene<'_>,
) -> Result<Vec<FlowEvent>, Refusal> {
    scene.setting.complete_step(case, step, Some(outcome))
}

/// The verdict of one fact done today.
pub(crate) fn done(
    case: &PenaltyCase,
    fact: PenaltyFact,
    effects: PenaltyEffects,
    post: &str,
    scene: &Scene<'_>,
) -> PenaltyVerdict {
    done_on(case, fact, effects, scene.today(), post, &scene.setting)
}

pub(crate) fn done_on(
    case: &PenaltyCase,
    fact: PenaltyFact,
    effects: PenaltyEffects,
    on: Date,
    post: &str,
    setting: &Setting<'_>,
) -> PenaltyVerdict {
    let event = PenaltyEvent {
        fact,
        effects: Some(effects),
    };
    acts::done_on(case, event, on, post.to_owned(), setting)
}

/// The party, or an officer who takes in for it what came on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Voice {
    Party,
    /// With the post.
    TakenInBy(String),
}

impl Voice {
    pub(crate) fn post(&self) -> &str {
        match self {
            Voice::Party => "",
            Voice::TakenInBy(post) => post,
        }
    }
}

/// Acts of the party: by itself online, or taken in by the handler.
pub(crate) fn voice(case: &PenaltyCase, act: PenaltyAct, who: &Who<'_>) -> Result<Voice, Refusal> {
    living(case, act)?;
    if who.speaks_for_party {
        return Ok(Voice::Party);
    }
    if who.context.actor.kind == mingjing_chronicle::ActorKind::Official {
        let post = holds_post(act, case.body(), "handler", who.context)?;
        not_recused(case, act, who)?;
        return Ok(Voice::TakenInBy(post.post));
    }
    Err(Refusal::forbidden(
        act.code("not_your_case"),
        "只有当事人或者其代理人可以办理。",
    ))
}

/// Lists that people type have bounds.
pub(crate) const MOST_ENTRIES: usize = 50;

/// A list with something in it; empty lines are left out.
pub(crate) fn lines(
    act: PenaltyAct,
    field: &'static str,
    label: &str,
    values: &[String],
) -> Result<Vec<String>, Refusal> {
    let mut kept = Vec::new();
    for value in values.iter().filter(|value| !value.trim().is_empty()) {
        kept.push(bounded(act, field, label, value)?);
    }
    if kept.is_empty() {
        return Err(act.lacks("missing", field, format!("请填写{label}。")));
    }
    if kept.len() > MOST_ENTRIES {
        return Err(act.lacks("too_many", field, format!("{label}最多{MOST_ENTRIES}项。")));
    }
    Ok(kept)
}
