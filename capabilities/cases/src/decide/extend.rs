//! Extension (许可法 42(1)): once, by up to ten working days, approved by the body's head before the limit ends; the
//! applicant is told the reasons. What the body promised is not extended by it: a promise is the body's own word. What
//! several bodies deal with as one is extended by the head of the government of their level, by up to fifteen (42(2)).

use jiff::civil::Date;
use mingjing_calendar::LimitUnit;
use mingjing_chronicle::{Context, HeldPost, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::case::Case;
use crate::clock::{self, CaseClock, ClockKind, Extension};
use crate::course::Course;
use crate::decide::{Act, Setting, Verdict, bounded, done_on, holds, living, text};
use crate::events::{CaseEvent, DecisionExtended, Effects, Notice, PaperOrder, Template};
use crate::paper::{Draft, asked_in_words};

const ACT: Act = Act::Extend;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ExtendBody")]
pub struct Extend {
    #[schemars(range(min = 1, max = 20))]
    pub working_days: u32,
    #[schemars(length(min = 1, max = 5000))]
    pub reasons: String,
    /// 许可法 42(2): who of the government approved it, and under which number.
    #[serde(default)]
    #[schemars(length(max = 300), description = "联合办理的，本级人民政府负责人的姓名和批准文号")]
    pub government_approval: String,
}

/// # Errors
/// `cases.extend.*`
pub fn may<'a>(case: &'a Case, context: &Context) -> Result<(&'a CaseClock, HeldPost), Refusal> {
    living(case, ACT)?;
    let post = holds(case, ACT, ACT.role(), context)?;
    let Some(clock) = case.clock(ClockKind::Decision).filter(|clock| clock.runs()) else {
        return Err(ACT.forbids("no_running_limit", "办理期限没有开始或者已经结束，不能延长。"));
    };
    if let Some(extension) = &clock.extension {
        return Err(ACT.forbids(
            "only_once",
            format!("办理期限已于{}延长过一次，不能再次延长。", extension.on),
        ));
    }
    if clock.suspended() {
        return Err(ACT
            .forbids("time_excluded", "正在依法扣除时间，期限没有进行，不能延长。")
            .advice("请在扣除时间结束后再决定是否需要延长。"));
    }
    if clock.overdue_on(context.today) {
        return Err(ACT.forbids(
            "too_late",
            format!("法定办理期限已于{}届满，不能再延长。", clock.due.on),
        ));
    }
    if clock.limit.unit != LimitUnit::WorkingDay {
        return Err(ACT
            .forbids(
                "other_unit",
                "该事项的法定期限不以工作日计算，其延长由有关法律、法规另行规定。",
            )
            .advice("请按照该事项的依据办理。"));
    }
    Ok((clock, post))
}

/// # Errors
/// `cases.extend.*`
pub fn decide(state: &Case, command: &Extend, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let (clock, post) = may(state, setting.context)?;
    let joint = state.course() == Course::Permit && setting.flow.is_joint();
    let most = if joint {
        JOINT_DAYS
    } else {
        state.course().longest_extension()
    };
    if !(1..=most).contains(&command.working_days) {
        let says = format!("延长的时间应为1至{most}个工作日。");
        return Err(ACT.lacks("at_most_ten", "working_days", says));
    }
    let reasons = text(ACT, "reasons", "延长期限的理由", &command.reasons)?;
    let approval = match joint {
        true => Some(approved_by_government(command)?),
        false => None,
    };
    let approver = approval.as_deref().map_or("本机关负责人", |_| "本级人民政府负责人");
    let today = setting.context.today;
    let extension = Extension {
        amount: command.working_days,
        unit: LimitUnit::WorkingDay,
        reasons: reasons.clone(),
        approver: setting.context.actor.account.clone(),
        on: today,
    };
    let change = clock::extend(&setting.context.calendar, clock, extension)?;
    let extended_due = change.due().map(|due| due.on);
    let paper = match state.course() {
        // The permits' notice is worded for permits.
        Course::Disclosure => answer_extended(state, command, extended_due, &reasons, setting),
        _ => Draft::of(Template::ExtensionNotice, state, setting)
            .date("statutory_due", Some(clock.due.on))
            .date("extended_due", extended_due)
            .with("extension", format!("{}个工作日", command.working_days))
            .with("reasons", reasons.clone())
            .order(),
    };
    let event = CaseEvent::DecisionExtended(DecisionExtended {
        working_days: command.working_days,
        effects: Effects {
            clocks: vec![change],
            notices: vec![Notice {
                title: "办理期限延长".into(),
                text: format!(
                    "经{approver}批准，办理期限延长{}个工作日，至{}止。理由：{reasons}",
                    command.working_days,
                    extended_due.map(|due| due.to_string()).unwrap_or_default()
                ),
                action: false,
                paper: Some(paper.paper_id.clone()),
                service: false,
            }],
            papers: vec![paper],
            ..Effects::default()
        },
        reasons,
        approval,
    });
    Ok(done_on(state, event, today, post.post, setting))
}

/// 许可法 42(2).
const JOINT_DAYS: u32 = 15;

fn approved_by_government(command: &Extend) -> Result<String, Refusal> {
    let approval = bounded(
        ACT,
        "government_approval",
        "批准人和批准文号",
        &command.government_approval,
    )?;
    if approval.is_empty() {
        return Err(Refusal::invalid(
            ACT.code("needs_government"),
            "联合办理的期限，经本级人民政府负责人批准才可以延长。",
        )
        .article("行政许可法第四十二条第二款")
        .field("government_approval", "请填写批准的人民政府负责人和批准文号。"));
    }
    Ok(approval)
}

/// 公开条例 33(2): the applicant is told.
fn answer_extended(
    state: &Case,
    command: &Extend,
    until: Option<Date>,
    reasons: &str,
    setting: &Setting<'_>,
) -> PaperOrder {
    let until = until.map_or(String::new(), |until| format!("，至{until}"));
    Draft::of(Template::DisclosureAnswer, state, setting)
        .with("title", "延长答复期限告知书")
        .with("asked", asked_in_words(state))
        .with("result", format!("答复期限延长{}个工作日{until}", command.working_days))
        .with("facts", reasons)
        .with("basis", vec!["《政府信息公开条例》第三十三条第二款".to_owned()])
        .remedies(false)
        .order()
}
