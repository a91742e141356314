//! What may be done in a case, one file per act: the command, the rule, its articles, its tests.
//!
//! Each file has `may` (all that depends on the case and the person, not on the input: pages ask it to tell why a
//! button is disabled) and `decide` (the rule on the input, and the event with its results). Both are pure.

use std::sync::Arc;

use jiff::civil::Date;
use mingjing_catalogue::public::{DecisionFile, ItemVersion};
use mingjing_chronicle::{Context, HeldPost, Refusal};
use mingjing_people::public::BodyFacts;

use crate::case::Case;
use crate::course::Course;
use crate::events::{CaseEvent, OpenStep};
use crate::flow::Flow;
use crate::joint;
use crate::matter::Matter;
use crate::operate::Operation;

pub mod accept;
pub mod ask_supplement;
pub(crate) mod assist;
pub mod complete;
pub mod correct;
#[expect(
    clippy::module_inception,
    reason = "to decide is one of the acts that are decided here"
)]
pub mod decide;
pub mod examine;
pub mod exclude_time;
pub mod extend;
pub mod issue;
pub mod open;
pub(crate) mod operate;
pub mod release;
pub mod resume_time;
pub mod review;
pub mod serve;
pub mod site_check;
pub mod submit;
pub mod supply_supplement;
pub mod take_step;
pub mod turn_down;
pub mod withdraw;

/// What surrounds a decision beside state and command.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    pub context: &'a Context,
    pub flow: &'a Flow,
    pub body: &'a BodyFacts,
    /// The version pinned with the case, or the one in force when it is submitted.
    pub item: &'a ItemVersion,
    /// Tables that the chart may ask: of the version whose chart it is.
    pub decisions: &'a [DecisionFile],
    /// The bodies that the item's chart asks in a joint approval.
    pub assisting: &'a [Arc<BodyFacts>],
}

/// The events of an act, the legal date they carry, and the post they were done in.
#[derive(Debug, Clone)]
pub struct Verdict<E = CaseEvent> {
    pub events: Vec<E>,
    pub happened_on: Date,
    /// Empty where a party or the program acted.
    pub post: String,
}

/// An officer at an open step, in the post that entitles to it.
#[derive(Debug, Clone)]
pub struct AtStep {
    pub step: OpenStep,
    pub post: HeldPost,
}

/// Every act there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    Submit,
    /// The body begins a matter by itself.
    Open,
    CorrectOnTheSpot,
    AskSupplement,
    SupplySupplement,
    Accept,
    RefuseAcceptance,
    NotRequired,
    RecordSiteCheck,
    Examine,
    Review,
    Decide,
    Issue,
    Serve,
    Complete,
    ReleaseReview,
    Withdraw,
    Extend,
    Suspend,
    Resume,
    /// Any task of the chart whose act has no command of its own.
    TakeStep,
    /// Whose turn it is, not what happens in law.
    Operate(Operation),
}

impl Act {
    /// In the order a case meets them; standing acts last. Without the operations on steps.
    pub const ALL: [Act; 19] = [
        Act::CorrectOnTheSpot,
        Act::AskSupplement,
        Act::SupplySupplement,
        Act::Accept,
        Act::RefuseAcceptance,
        Act::NotRequired,
        Act::TakeStep,
        Act::RecordSiteCheck,
        Act::Examine,
        Act::Review,
        Act::Decide,
        Act::Issue,
        Act::Serve,
        Act::Complete,
        Act::ReleaseReview,
        Act::Extend,
        Act::Suspend,
        Act::Resume,
        Act::Withdraw,
    ];

    pub fn key(self) -> &'static str {
        match self {
            Act::Submit => "submit",
            Act::Open => "open",
            Act::CorrectOnTheSpot => "correct_on_the_spot",
            Act::AskSupplement => "ask_supplement",
            Act::SupplySupplement => "supply_supplement",
            Act::Accept => "accept",
            Act::RefuseAcceptance => "refuse_acceptance",
            Act::NotRequired => "not_required",
            Act::RecordSiteCheck => "record_site_check",
            Act::Examine => "examine",
            Act::Review => "review",
            Act::Decide => "decide",
            Act::Issue => "issue",
            Act::Serve => "serve",
            Act::Complete => "complete",
            Act::ReleaseReview => "release_review",
            Act::Withdraw => "withdraw",
            Act::Extend => "extend",
            Act::Suspend => "suspend",
            Act::Resume => "resume",
            Act::TakeStep => "take_step",
            Act::Operate(op) => op.key(),
        }
    }

    pub fn from_key(key: &str) -> Option<Act> {
        let act = Act::ALL.into_iter().find(|act| act.key() == key);
        act.or_else(|| Operation::from_key(key).map(Act::Operate))
    }

    pub fn name(self) -> &'static str {
        match self {
            Act::Submit => "提交申请",
            Act::Open => "依职权启动",
            Act::CorrectOnTheSpot => "当场更正",
            Act::AskSupplement => "一次告知补正",
            Act::SupplySupplement => "提交补正材料",
            Act::Accept => "受理",
            Act::RefuseAcceptance => "不予受理",
            Act::NotRequired => "告知不需要取得许可",
            Act::RecordSiteCheck => "登记现场核查",
            Act::Examine => "提出审查意见",
            Act::Review => "提出审核意见",
            Act::Decide => "作出决定",
            Act::Issue => "制发证件",
            Act::Serve => "登记送达",
            Act::Complete => "办结",
            Act::ReleaseReview => "公开审查",
            Act::Withdraw => "撤回申请",
            Act::Extend => "延长办理期限",
            Act::Suspend => "开始扣除时间",
            Act::Resume => "结束扣除时间",
            Act::TakeStep => "办理流程环节",
            Act::Operate(op) => op.name(),
        }
    }

    /// The article the act rests on.
    pub fn article(self) -> &'static str {
        match self {
            Act::Submit => "行政许可法第二十九条第一款",
            Act::Open => ITEMS_OWN_LAW,
            Act::CorrectOnTheSpot => "行政许可法第三十二条第一款第（三）项",
            Act::AskSupplement => "行政许可法第三十二条第一款第（四）项",
            Act::SupplySupplement | Act::Accept => "行政许可法第三十二条第一款第（五）项",
            Act::RefuseAcceptance => "行政许可法第三十二条第一款第（二）项",
            Act::NotRequired => "行政许可法第三十二条第一款第（一）项",
            Act::RecordSiteCheck => "行政许可法第三十四条第三款",
            Act::Examine => "行政许可法第三十四条第一款",
            Act::Review => "行政许可法第三十七条",
            Act::Decide => "行政许可法第三十八条",
            Act::Issue => "行政许可法第三十九条",
            Act::Serve => "行政许可法第四十四条",
            Act::Complete => "行政许可法第三十七条",
            Act::ReleaseReview => "行政许可法第四十条",
            Act::Withdraw => "行政许可法第二十九条第一款",
            Act::Extend => "行政许可法第四十二条第一款",
            Act::Suspend | Act::Resume => "行政许可法第四十五条",
            Act::TakeStep => "该事项所依据的法律、法规",
            // How a body examines is for it to arrange, within the limits.
            Act::Operate(_) => "行政许可法第三十七条",
        }
    }

    /// Whether an act is done in matters of this power. Permits have a law for each; the others have the chart's steps, and
    /// the acts that are the same everywhere: taking in, telling once, serving, ending.
    pub fn belongs_to(self, course: Course) -> bool {
        let of_applications = matches!(
            self,
            Act::AskSupplement
                | Act::SupplySupplement
                | Act::Accept
                | Act::RefuseAcceptance
                | Act::Serve
                | Act::Complete
                | Act::Withdraw
                | Act::TakeStep
                | Act::Operate(_)
        );
        match course {
            // How a step is worked on is for the body to arrange, whatever the power.
            _ if matches!(self, Act::Operate(_)) => true,
            Course::Permit => true,
            // 强制法 25(3): testing is excluded, as in permits.
            Course::CoerciveMeasure => matches!(self, Act::TakeStep | Act::Suspend | Act::Resume),
            Course::SummaryPenalty | Course::Enforcement | Course::Assistance => self == Act::TakeStep,
            // 公开条例 33(2): extended once.
            Course::Disclosure => matches!(
                self,
                Act::TakeStep | Act::Serve | Act::Withdraw | Act::Extend | Act::SupplySupplement
            ),
            Course::Confirmation | Course::Levy | Course::Unknown => of_applications,
        }
    }

    /// What the act rests on in a matter of this power.
    pub fn article_for(self, course: Course) -> &'static str {
        match (course, self) {
            (Course::Permit, _) => self.article(),
            (Course::CoerciveMeasure, Act::Suspend | Act::Resume) => "行政强制法第二十五条第三款",
            (Course::Assistance, _) => "行政许可法第二十六条第二款",
            (Course::Disclosure, Act::SupplySupplement) => "政府信息公开条例第三十条",
            (Course::Disclosure, Act::Extend) => "政府信息公开条例第三十三条第二款",
            (Course::Disclosure, Act::Serve) => "政府信息公开条例第三十三条、第四十条",
            _ => ITEMS_OWN_LAW,
        }
    }

    /// The role that does it; `applicant` for the party.
    pub fn role(self) -> &'static str {
        match self {
            Act::Submit | Act::SupplySupplement | Act::Withdraw => "applicant",
            Act::RecordSiteCheck | Act::Examine | Act::Open => "handler",
            Act::Review => "reviewer",
            Act::Decide | Act::Extend | Act::Suspend | Act::Resume => "approver",
            Act::ReleaseReview => "release_reviewer",
            _ => "counter_clerk",
        }
    }

    pub(crate) fn code(self, reason: &str) -> String {
        LegalAct::code(self, reason)
    }

    pub(crate) fn forbids(self, reason: &str, message: impl Into<String>) -> Refusal {
        LegalAct::forbids(self, reason, message)
    }

    pub(crate) fn lacks(self, reason: &str, field: &'static str, message: impl Into<String>) -> Refusal {
        LegalAct::lacks(self, reason, field, message)
    }
}

/// DOMAIN 4.4: no procedure law; each item names its own.
pub(crate) const ITEMS_OWN_LAW: &str = "该事项所依据的法律、法规";

/// An act of any procedure: what it is called, what it rests on, and how it says no.
pub(crate) trait LegalAct: Copy {
    /// `<procedure>.<act>.<reason>`.
    fn code(self, reason: &str) -> String;
    fn named(self) -> &'static str;
    fn rests_on(self) -> &'static str;

    /// A refusal by law, with the article of the act.
    fn forbids(self, reason: &str, message: impl Into<String>) -> Refusal {
        Refusal::law(self.code(reason), message).article(self.rests_on())
    }

    /// A refusal for what was (not) filled in.
    fn lacks(self, reason: &str, field: &'static str, message: impl Into<String>) -> Refusal {
        let message = message.into();
        Refusal::invalid(self.code(reason), message.clone())
            .article(self.rests_on())
            .field(field, message)
    }
}

impl LegalAct for Act {
    fn code(self, reason: &str) -> String {
        format!("cases.{}.{reason}", self.key())
    }

    fn named(self) -> &'static str {
        self.name()
    }

    fn rests_on(self) -> &'static str {
        self.article()
    }
}

/// The case is there, readable, and not withdrawn.
pub(crate) fn living(case: &Case, act: Act) -> Result<(), Refusal> {
    if !case.exists() {
        return Err(Refusal::not_found(act.code("no_case"), "没有找到这个办件。").advice("请核对办件编号。"));
    }
    if !act.belongs_to(case.course()) {
        return Err(Refusal::law(
            act.code("another_power"),
            format!(
                "“{}”是行政许可的操作，不适用于{}事项。",
                act.name(),
                case.course().name()
            ),
        )
        .advice("请按照该事项的办理流程图办理。"));
    }
    if case.erased {
        return Err(Refusal::law(
            act.code("erased"),
            "该办件的部分记录已依法删除，只能查看，不能继续办理。",
        ));
    }
    if let Some((on, why)) = &case.facts.ended {
        return Err(Refusal::law(
            act.code("assistance_ended"),
            format!("这件协办已于{on}终止，不再需要意见：{why}"),
        )
        .article("行政许可法第二十六条第二款")
        .advice("有情况需要说明的，请直接与主办机关联系。"));
    }
    if case.facts.withdrawn.is_some() {
        return Err(Refusal::law(act.code("withdrawn"), "申请人已撤回申请，办理已终止。")
            .advice("如需办理，请申请人重新提出申请。"));
    }
    Ok(())
}

/// The officer may do this act now: the flow waits at a step of this kind, for a role held in the case's body.
pub(crate) fn at_step(case: &Case, act: Act, kind: &str, context: &Context) -> Result<AtStep, Refusal> {
    living(case, act)?;
    let Some(step) = own_step(act, &case.steps, kind, &context.actor.account)? else {
        return Err(not_at_step(act, &case.steps, case.state.name()));
    };
    let post = holds(case, act, &step.role, context)?;
    Ok(AtStep {
        step: step.clone(),
        post,
    })
}

/// The open step of this kind that this person may do: one's own, or one that is for any officer of the post.
pub(crate) fn own_step<'a>(
    act: impl LegalAct,
    steps: &'a [OpenStep],
    kind: &str,
    account: &str,
) -> Result<Option<&'a OpenStep>, Refusal> {
    let of_kind = || steps.iter().filter(|step| step.kind == kind && !step.signer);
    if of_kind().next().is_none() {
        return Ok(None);
    }
    // R69: a countersigned step has as many opinions as people.
    if of_kind().any(|step| step.signed.iter().any(|by| by == account)) {
        return Err(act
            .forbids("signed_already", "您已经签署过这一环节，会签应当由不同的人签署。")
            .advice("请等待其他人员签署。"));
    }
    let mine = of_kind().find(|step| step.holder.as_deref() == Some(account));
    let Some(step) = mine.or_else(|| of_kind().find(|step| step.holder.is_none())) else {
        return Err(act
            .forbids("held_by_another", "这一环节已经转交其他人员办理。")
            .advice("需要由您办理的，请该人员转办给您。"));
    };
    if step.suspended {
        return Err(act
            .forbids("suspended", "这一环节已经挂起，恢复后才能办理。")
            .advice("请先恢复环节。法定期限在挂起期间照常计算。"));
    }
    Ok(Some(step))
}

pub(crate) fn not_at_step(act: impl LegalAct, open: &[OpenStep], state: &str) -> Refusal {
    let waiting: Vec<&str> = open.iter().map(|step| step.name.as_str()).collect();
    let now = if waiting.is_empty() {
        format!("办件目前为“{state}”")
    } else {
        format!("办件目前处于“{}”环节", waiting.join("、"))
    };
    Refusal::law(act.code("not_at_step"), format!("{now}，不能{}。", act.named()))
        .advice("请刷新页面查看办件的最新情况。")
}

/// The post of this role in the case's body, held by the acting person.
pub(crate) fn holds(case: &Case, act: Act, role: &str, context: &Context) -> Result<HeldPost, Refusal> {
    holds_post(act, case.body(), role, context)
}

pub(crate) fn holds_post(act: impl LegalAct, body: &str, role: &str, context: &Context) -> Result<HeldPost, Refusal> {
    context.actor.post_in(role, body).cloned().ok_or_else(|| {
        Refusal::forbidden(
            act.code("not_your_post"),
            format!("这一步由本机关的{}办理，您没有担任这一岗位。", role_name(role)),
        )
    })
}

/// Post roles as people read them.
pub fn role_name(role: &str) -> &'static str {
    match role {
        "counter_clerk" => "窗口受理员",
        "handler" => "承办人",
        "reviewer" => "审核人",
        "approver" => "批准人",
        "release_reviewer" => "公开审查员",
        "archivist" => "归档员",
        "legal_reviewer" => "法制审核员",
        "supervisor" => "监察员",
        "legal_officer" => "法制监督员",
        "approval_manager" => "审批管理员",
        "applicant" => "申请人",
        _ => "有关岗位",
    }
}

/// Completes the event: state in law and open steps as they are after it.
pub(crate) fn settled<M: Matter>(case: &M, mut event: M::Event, on: Date, setting: &Setting<'_>) -> M::Event {
    let mut after = case.clone();
    after.follow_event(&event, on);
    let moved = M::effects(&event).map_or(&[][..], |effects| &effects.flow);
    let mut steps = setting
        .flow
        .open_steps(after.flow(), case.steps(), moved, setting.context);
    joint::name(&mut steps, setting);
    after.place_at(steps.clone());
    let state = after.state_in_law();
    if let Some(effects) = M::effects_mut(&mut event) {
        effects.state = state;
        effects.steps = steps;
    }
    event
}

/// One event of an officer at a step, done today.
pub(crate) fn done<M: Matter>(case: &M, event: M::Event, at: &AtStep, setting: &Setting<'_>) -> Verdict<M::Event> {
    done_on(case, event, setting.context.today, at.post.post.clone(), setting)
}

pub(crate) fn done_on<M: Matter>(
    case: &M,
    event: M::Event,
    on: Date,
    post: String,
    setting: &Setting<'_>,
) -> Verdict<M::Event> {
    Verdict {
        events: vec![settled(case, event, on, setting)],
        happened_on: on,
        post,
    }
}

/// Free text with something in it, of bounded length.
pub(crate) fn text(act: impl LegalAct, field: &'static str, label: &str, value: &str) -> Result<String, Refusal> {
    let value = value.trim();
    if value.is_empty() {
        return Err(act.lacks("missing", field, format!("请填写{label}。")));
    }
    bounded(act, field, label, value)
}

/// Free text that may be empty.
pub(crate) fn bounded(act: impl LegalAct, field: &'static str, label: &str, value: &str) -> Result<String, Refusal> {
    let value = value.trim();
    if value.chars().count() > LONGEST_TEXT {
        return Err(act.lacks(
            "too_long",
            field,
            format!("{label}过长，请控制在{LONGEST_TEXT}个字以内。"),
        ));
    }
    Ok(value.to_owned())
}

/// Reasons and facts are written to be read; longer ones belong into a file.
pub const LONGEST_TEXT: usize = 5_000;

/// A legal date of an act: not in the future, and no earlier than the window allows.
pub(crate) fn past_date(
    act: impl LegalAct,
    field: &'static str,
    on: Date,
    not_before: Date,
    window_days: i64,
    context: &Context,
) -> Result<(), Refusal> {
    if on > context.today {
        return Err(act.lacks("future_date", field, "日期不能晚于今天。"));
    }
    if on < not_before {
        return Err(act.lacks("date_before_cause", field, format!("日期不能早于{not_before}。")));
    }
    let back = on
        .until(context.today)
        .map_or(i64::MAX, |span| i64::from(span.get_days()));
    if back > window_days {
        return Err(act
            .lacks(
                "back_dated",
                field,
                format!("登记日期比今天早{back}天，超过允许补登的{window_days}天。"),
            )
            .advice("请核对日期；确有特殊情况的，请联系监察员登记说明。"));
    }
    Ok(())
}
