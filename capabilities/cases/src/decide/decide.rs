//! The decision (许可法 38): a grant, or a denial with reasons and remedies. Late is recorded, never refused: the
//! party is owed a decision. Where the item changed on the way, which version it rests on is a recorded choice.

use jiff::civil::Date;
use mingjing_chronicle::{Context, Refusal};

use crate::case::Case;
use crate::clock::{self, CaseClock, ClockChange, ClockKind, ExcludedFor, Limit};
use crate::decide::examine::opinion;
use crate::decide::{Act, AtStep, Setting, Verdict, at_step, bounded, done, text};
use crate::events::{
    BasisUsed, CaseEvent, Decided, Decision, Effects, Lateness, Notice, PaperOrder, PinnedItem, Stance, Template,
};
use crate::paper::{Draft, remedies_in_words};
use crate::party::Applicant;

const ACT: Act = Act::Decide;
const MOST_CONDITIONS: usize = 50;

#[derive(Debug, Clone)]
pub struct Decide {
    pub decision: Decision,
    pub opinion: String,
    /// Reasons of the decision; needed to deny, and to depart from what was proposed.
    pub reasons: String,
    /// Where the item changed since the application: the version applied, and why.
    pub basis: Option<BasisChoice>,
    /// 许可法 48(2): after a hearing, the record the decision rests on.
    pub hearing_record: String,
}

#[derive(Debug, Clone)]
pub struct BasisChoice {
    pub version: i32,
    pub reasons: String,
}

/// The item as it stands in the catalogue today.
#[derive(Debug, Clone, Copy)]
pub struct ItemToday {
    pub version: i32,
}

/// # Errors
/// `cases.decide.*`
pub fn may(case: &Case, context: &Context) -> Result<AtStep, Refusal> {
    let at = at_step(case, ACT, "decide", context)?;
    opinions_in(case)?;
    if case.suspended() {
        return Err(Refusal::law(
            ACT.code("time_excluded"),
            "听证、检验、检测、检疫、鉴定、专家评审等程序尚未结束，不能作出决定。",
        )
        .article("行政许可法第四十五条")
        .advice("请先登记该程序已经结束及其结果。"));
    }
    Ok(at)
}

/// # Errors
/// `cases.decide.*`
pub fn decide(
    state: &Case,
    command: &Decide,
    today_item: ItemToday,
    setting: &Setting<'_>,
) -> Result<Verdict, Refusal> {
    let at = may(state, setting.context)?;
    let (Some(item), Some(applicant)) = (state.item(), state.applicant()) else {
        return Err(Refusal::not_found(ACT.code("no_case"), "没有找到这个办件。"));
    };
    let decision = checked(state, command)?;
    let basis = basis(item, command.basis.as_ref(), today_item)?;
    hearing_followed(state, command)?;
    departs_with_reasons(state, command)?;
    heeds_other_bodies(state, command)?;
    let stance = if decision.granted() {
        Stance::Positive
    } else {
        Stance::Negative
    };
    let opinion = opinion(ACT, &at, stance, &command.opinion, &command.reasons, setting)?;
    let today = setting.context.today;
    let late = lateness(state, today);
    let paper = paper(state, item, applicant, &decision, command, setting);
    let outcome = if decision.granted() { "grant" } else { "deny" };
    let event = CaseEvent::Decided(Box::new(Decided {
        effects: Effects {
            flow: setting.complete(state, &at.step.task, outcome)?,
            clocks: clocks(state, &decision, setting)?,
            notices: vec![notice(item, &decision, &paper, setting)],
            papers: vec![paper],
            ..Effects::default()
        },
        decision,
        opinion,
        decided_on: today,
        late,
        basis,
    }));
    Ok(done(state, event, &at, setting))
}

fn checked(state: &Case, command: &Decide) -> Result<Decision, Refusal> {
    match &command.decision {
        Decision::Grant {
            conditions,
            valid_from,
            valid_to,
        } => {
            if valid_to.is_some_and(|to| to < *valid_from) {
                return Err(ACT.lacks("validity_reversed", "valid_to", "有效期的截止日期不能早于起始日期。"));
            }
            let conditions: Vec<String> = conditions
                .iter()
                .map(|c| c.trim().to_owned())
                .filter(|c| !c.is_empty())
                .collect();
            if conditions.len() > MOST_CONDITIONS {
                return Err(ACT.lacks("too_many", "conditions", format!("要求最多{MOST_CONDITIONS}条。")));
            }
            for condition in &conditions {
                bounded(ACT, "conditions", "要求", condition)?;
            }
            Ok(Decision::Grant {
                conditions,
                valid_from: *valid_from,
                valid_to: *valid_to,
            })
        }
        Decision::Deny {
            technical_standards, ..
        } => {
            if command.reasons.trim().is_empty() {
                return Err(
                    Refusal::invalid(ACT.code("needs_reasons"), "不予行政许可的，应当说明理由。")
                        .article("行政许可法第三十八条第二款")
                        .advice("请写明不符合哪一项法定条件、标准。")
                        .field("reasons", "请写明不予许可的理由。"),
                );
            }
            let standards = technical_standards.as_deref().unwrap_or_default();
            if was_tested(state) && standards.trim().is_empty() {
                return Err(Refusal::invalid(
                    ACT.code("needs_technical_standards"),
                    "经过检验、检测、检疫后不予许可的，应当书面说明所依据的技术标准、技术规范。",
                )
                .article("行政许可法第五十五条第三款")
                .field("technical_standards", "请写明所依据的技术标准、技术规范。"));
            }
            Ok(Decision::Deny {
                reasons: text(ACT, "reasons", "理由", &command.reasons)?,
                technical_standards: (!standards.trim().is_empty()).then(|| standards.trim().to_owned()),
            })
        }
    }
}

fn excluded_for(state: &Case, kinds: &[ExcludedFor]) -> bool {
    state.clock(ClockKind::Decision).is_some_and(|clock| {
        clock
            .suspensions
            .iter()
            .any(|suspension| kinds.contains(&suspension.kind))
    })
}

fn was_tested(state: &Case) -> bool {
    excluded_for(
        state,
        &[ExcludedFor::Inspection, ExcludedFor::Testing, ExcludedFor::Quarantine],
    )
}

/// RED6: after a hearing the decision follows its record.
fn hearing_followed(state: &Case, command: &Decide) -> Result<(), Refusal> {
    if excluded_for(state, &[ExcludedFor::Hearing]) && command.hearing_record.trim().is_empty() {
        return Err(Refusal::invalid(
            ACT.code("needs_hearing_record"),
            "举行听证的，应当根据听证笔录作出决定。",
        )
        .article("行政许可法第四十八条第二款")
        .field("hearing_record", "请写明所依据的听证笔录。"));
    }
    Ok(())
}

const JOINT: &str = "行政许可法第二十六条第二款";

/// No statute gives the silence of a body that was asked the meaning of consent.
fn opinions_in(case: &Case) -> Result<(), Refusal> {
    let missing: Vec<&str> = case
        .assistance
        .iter()
        .filter(|one| one.open())
        .map(|one| one.body_name.as_str())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Refusal::law(
        ACT.code("opinions_missing"),
        format!(
            "{}还没有提出意见，不能作出决定；逾期未提出不视为同意。",
            missing.join("、")
        ),
    )
    .article(JOINT)
    .advice("请催办协办机关；逾期的，请提请监督机关督办。"))
}

/// What another body is against is granted only with the reason why its opinion is not followed.
fn heeds_other_bodies(state: &Case, command: &Decide) -> Result<(), Refusal> {
    let last = |task: &str| state.assistance.iter().rev().find(|one| one.task == task);
    let answers = state.assistance.iter().filter(|one| last(&one.task) == Some(*one));
    let mut against = answers
        .filter_map(|one| one.answer.as_ref())
        .filter(|answer| answer.outcome.negative);
    let Some(answer) = against.next() else {
        return Ok(());
    };
    if !command.decision.granted() || !command.reasons.trim().is_empty() {
        return Ok(());
    }
    Err(Refusal::invalid(
        ACT.code("against_opinion"),
        format!("{}不同意。准予许可的，应当说明不采纳该意见的理由。", answer.body_name),
    )
    .article(JOINT)
    .field("reasons", format!("请写明不采纳{}意见的理由。", answer.body_name)))
}

/// A decision against the last opinions is possible and says why.
fn departs_with_reasons(state: &Case, command: &Decide) -> Result<(), Refusal> {
    let proposed = |role: &str| state.last_opinion(role).map(|opinion| opinion.stance);
    let against = |stance: Option<Stance>| match stance {
        Some(Stance::Positive) => !command.decision.granted(),
        Some(Stance::Negative) => command.decision.granted(),
        _ => false,
    };
    if (against(proposed("handler")) || against(proposed("reviewer"))) && command.reasons.trim().is_empty() {
        return Err(Refusal::invalid(
            ACT.code("departs_without_reasons"),
            "决定与审查或者审核意见不一致的，应当说明理由。",
        )
        .article(ACT.article())
        .field("reasons", "请写明不采纳审查或者审核意见的理由。"));
    }
    Ok(())
}

/// DESIGN §4: for permits a basis that changed on the way forces a recorded choice.
fn basis(item: &PinnedItem, choice: Option<&BasisChoice>, today: ItemToday) -> Result<BasisUsed, Refusal> {
    if today.version == item.version {
        return Ok(BasisUsed {
            version: item.version,
            current_version: today.version,
            reasons: None,
        });
    }
    let Some(choice) = choice else {
        return Err(Refusal::invalid(
            ACT.code("basis_changed"),
            format!(
                "办理期间事项由第{}版变更为第{}版，请选择决定所依据的版本并说明理由。",
                item.version, today.version
            ),
        )
        .article("行政许可法第八条第一款")
        .advice("申请时的规定对申请人更有利的，通常适用申请时的版本；法律、法规另有规定的从其规定。")
        .field("basis_version", "请选择所依据的事项版本。"));
    };
    if choice.version != item.version && choice.version != today.version {
        return Err(ACT.lacks("no_such_version", "basis_version", "只能选择申请时的版本或者现行版本。"));
    }
    Ok(BasisUsed {
        version: choice.version,
        current_version: today.version,
        reasons: Some(text(ACT, "basis_reasons", "选择版本的理由", &choice.reasons)?),
    })
}

fn lateness(state: &Case, today: Date) -> Lateness {
    let late = |kind| state.clock(kind).is_some_and(|clock| clock.overdue_on(today));
    Lateness {
        statutory: late(ClockKind::Decision),
        promised: late(ClockKind::Promised),
    }
}

fn clocks(state: &Case, decision: &Decision, setting: &Setting<'_>) -> Result<Vec<ClockChange>, Refusal> {
    let today = setting.context.today;
    let mut changes: Vec<ClockChange> = [ClockKind::Decision, ClockKind::Promised]
        .into_iter()
        .filter(|kind| state.clock(*kind).is_some_and(CaseClock::runs))
        .map(|kind| ClockChange::Stopped { kind, on: today })
        .collect();
    if decision.granted() {
        let calendar = &setting.context.calendar;
        let serving = Limit::working_days(10, "行政许可法第四十四条");
        let publication = Limit::working_days(7, "行政许可法第四十条；行政许可和行政处罚等信用信息“双公示”要求");
        changes.push(clock::start(calendar, ClockKind::Serving, &serving, today)?);
        changes.push(clock::start(calendar, ClockKind::Publication, &publication, today)?);
    }
    Ok(changes)
}

fn paper(
    state: &Case,
    item: &PinnedItem,
    applicant: &Applicant,
    decision: &Decision,
    command: &Decide,
    setting: &Setting<'_>,
) -> PaperOrder {
    match decision {
        Decision::Grant {
            conditions,
            valid_from,
            valid_to,
        } => {
            let draft = Draft::of(Template::PermitGrant, state, setting)
                .basis("行政许可法第三十八条第一款", item)
                .date("validity_from", Some(*valid_from))
                .date("validity_to", *valid_to);
            if conditions.is_empty() {
                draft.order()
            } else {
                draft.with("conditions", conditions.clone()).order()
            }
        }
        Decision::Deny {
            reasons,
            technical_standards,
        } => Draft::of(Template::PermitDenial, state, setting)
            .basis("行政许可法第三十八条第二款", item)
            .with("reasons", reasons.clone())
            .with("denied_by_testing", technical_standards.is_some())
            .text("technical_standards", technical_standards.as_deref())
            .text(
                "hearing_record",
                Some(command.hearing_record.trim()).filter(|record| !record.is_empty()),
            )
            .remedies(applicant.electronic_service)
            .order(),
    }
}

fn notice(item: &PinnedItem, decision: &Decision, paper: &PaperOrder, setting: &Setting<'_>) -> Notice {
    let text = match decision {
        Decision::Grant { .. } => format!(
            "{}已作出准予“{}”的决定，将在十个工作日内颁发、送达证件。",
            setting.body.name, item.name
        ),
        Decision::Deny { reasons, .. } => format!(
            "{}已作出不予“{}”的决定。理由：{reasons}。{}",
            setting.body.name,
            item.name,
            remedies_in_words(setting).concat()
        ),
    };
    Notice {
        title: "已作出决定".into(),
        text,
        action: false,
        paper: Some(paper.paper_id.clone()),
        service: false,
    }
}
