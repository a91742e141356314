//! Deferral and instalments (行政处罚法 66(2)): on the party's application for real economic hardship, approved. What
//! has been added by then stays owed; nothing is added while the plan is kept.

use jiff::civil::Date;
use mingjing_chronicle::Refusal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PenaltyVerdict, Scene, Who, done, standing};
use crate::attached::Attached;
use crate::clock::{ClockChange, ClockKind, DueDate, Limit};
use crate::decide::{LegalAct, past_date, text};
use crate::events::{FileRef, Notice};
use crate::money::Fen;
use crate::penalty::events::{Deferred, Instalment, PenaltyEffects, PenaltyFact};
use crate::penalty::fine::Owed;
use crate::penalty::{PenaltyAct, PenaltyCase};

const ACT: PenaltyAct = PenaltyAct::GrantDeferral;
const MOST_INSTALMENTS: usize = 36;

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantDeferral {
    pub applied_on: Date,
    #[schemars(with = "Option<Attached>", description = "当事人的申请书")]
    pub application: Option<FileRef>,
    #[schemars(length(max = 5000))]
    pub reasons: String,
    /// One: deferred; more: by instalments. Together what is unpaid of the fine.
    #[schemars(length(max = 36), description = "一期是延期，多期是分期；合计等于未缴的罚款")]
    pub instalments: Vec<Instalment>,
}

/// # Errors
/// `penalty.grant_deferral.*`
pub fn may(case: &PenaltyCase, who: &Who<'_>) -> Result<(Owed, String), Refusal> {
    let post = standing(case, ACT, who)?;
    let owed = case.facts.served.as_ref().and_then(|_| case.owed_on(who.context.today));
    let Some(owed) = owed.filter(|owed| !owed.fine_left.is_zero()) else {
        return Err(ACT.forbids("nothing_owed", "本案没有未缴的罚款，不需要延期或者分期。"));
    };
    if case.facts.deferred.is_some() {
        return Err(ACT.forbids("deferred_before", "已经批准过延期（分期）缴纳。"));
    }
    Ok((owed, post))
}

/// # Errors
/// `penalty.grant_deferral.*`
pub fn decide(state: &PenaltyCase, command: &GrantDeferral, scene: &Scene<'_>) -> Result<PenaltyVerdict, Refusal> {
    let (owed, post) = may(state, &scene.who)?;
    let Some(application) = &command.application else {
        return Err(ACT
            .lacks(
                "needs_application",
                "application",
                "延期、分期缴纳应当由当事人申请，请上传其申请书。",
            )
            .advice("请当事人写明经济困难的情况并附上材料。"));
    };
    let served_on = state.facts.served.as_ref().map_or(Date::MIN, |served| served.served_on);
    past_date(
        ACT,
        "applied_on",
        command.applied_on,
        served_on,
        90,
        scene.setting.context,
    )?;
    let plan = plan(command, owed.fine_left, scene)?;
    let last = plan.last().map_or(scene.today(), |instalment| instalment.due);
    let reasons = text(ACT, "reasons", "经济困难的情况", &command.reasons)?;
    let lines: Vec<String> = plan
        .iter()
        .map(|instalment| format!("{}前缴纳{}元", instalment.due, instalment.amount))
        .collect();
    let effects = PenaltyEffects {
        clocks: vec![ClockChange::Started {
            kind: ClockKind::Payment,
            limit: Limit::calendar_days(days_until(scene.today(), last), "行政处罚法第六十六条第二款"),
            from: scene.today(),
            due: DueDate {
                on: last,
                provisional: false,
                calendar: scene.setting.context.calendar.version().to_owned(),
                why: lines.clone(),
            },
        }],
        notices: vec![Notice {
            title: "准予延期（分期）缴纳罚款".into(),
            text: format!("{}。逾期不缴的，依法加处罚款。", lines.join("，")),
            action: true,
            paper: None,
            service: false,
        }],
        ..PenaltyEffects::default()
    };
    let fact = Deferred {
        applied_on: command.applied_on,
        granted_on: scene.today(),
        application: Some(application.clone()),
        reasons,
        instalments: plan,
        additional_so_far: owed.additional,
        approved_by: scene.account().to_owned(),
    };
    Ok(done(
        state,
        PenaltyFact::Deferred(Box::new(fact)),
        effects,
        &post,
        scene,
    ))
}

fn plan(command: &GrantDeferral, unpaid: Fen, scene: &Scene<'_>) -> Result<Vec<Instalment>, Refusal> {
    let plan = command.instalments.clone();
    if plan.is_empty() || plan.len() > MOST_INSTALMENTS {
        return Err(ACT.lacks(
            "no_plan",
            "instalments",
            format!("请填写一至{MOST_INSTALMENTS}期的缴款计划。"),
        ));
    }
    let in_order = plan.windows(2).all(|pair| pair[0].due < pair[1].due);
    if !in_order
        || plan
            .iter()
            .any(|part| part.due <= scene.today() || part.amount <= Fen::ZERO)
    {
        return Err(ACT.lacks(
            "plan_out_of_order",
            "instalments",
            "各期应当在今天以后、按日期先后排列，数额大于零。",
        ));
    }
    let sum: Fen = plan.iter().map(|part| part.amount.min(Fen::MOST)).sum();
    if sum != unpaid {
        return Err(ACT.lacks(
            "plan_sum",
            "instalments",
            format!("各期数额合计{sum}元，应当等于未缴的罚款{unpaid}元。"),
        ));
    }
    Ok(plan)
}

fn days_until(from: Date, to: Date) -> u32 {
    from.until(to)
        .ok()
        .and_then(|span| u32::try_from(span.get_days()).ok())
        .unwrap_or_default()
}
