//! Telling what is missing (许可法 32(1)(四)): everything at once, once, on the spot or within five working days
//! from receipt. Later than that nothing can be asked: the application is accepted already.

use mingjing_chronicle::{Context, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::case::Case;
use crate::clock::{ClockChange, ClockKind};
use crate::decide::{Act, AtStep, Setting, Verdict, accept, at_step, done, text};
use crate::events::{CaseEvent, Effects, Notice, SupplementAsked, SupplementItem, Template};
use crate::paper::Draft;

const ACT: Act = Act::AskSupplement;
const MOST: usize = 50;

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AskSupplementBody")]
pub struct AskSupplement {
    #[schemars(length(min = 1, max = 50), description = "需要补正的全部内容，只能告知一次")]
    pub items: Vec<SupplementItem>,
}

/// # Errors
/// `cases.ask_supplement.*`
pub fn may(case: &Case, context: &Context) -> Result<AtStep, Refusal> {
    accept::not_accepted_yet(case, ACT)?;
    let at = at_step(case, ACT, "accept", context)?;
    if let Some(asked) = &case.facts.supplement_asked {
        return Err(ACT
            .forbids(
                "only_once",
                format!("已于{}一次告知补正内容，不能再次要求补正。", asked.on),
            )
            .advice("材料已经补齐的，应当受理；没有按要求全部补正的，可以作出不予受理决定并说明缺少的材料。"));
    }
    if case
        .clock(ClockKind::Telling)
        .is_some_and(|clock| clock.overdue_on(context.today))
    {
        return Err(ACT
            .forbids(
                "too_late",
                "自收到申请材料之日起已超过五个工作日，申请即为受理，不能再要求补正。",
            )
            .advice("请刷新页面后进入审查。"));
    }
    Ok(at)
}

/// # Errors
/// `cases.ask_supplement.*`
pub fn decide(state: &Case, command: &AskSupplement, setting: &Setting<'_>) -> Result<Verdict, Refusal> {
    let at = may(state, setting.context)?;
    let items = checked(command)?;
    let rows: Vec<serde_json::Value> = items
        .iter()
        .map(|item| serde_json::json!({"name": item.name, "requirement": item.requirement}))
        .collect();
    let paper = Draft::of(Template::SupplementNotice, state, setting)
        .with("supplements", rows)
        .order();
    let ordered = setting.orders(state, &at.step.task, "supplement", Template::SupplementNotice);
    let item_name = state.item().map_or("", |item| item.name.as_str());
    let event = CaseEvent::SupplementAsked(SupplementAsked {
        effects: Effects {
            flow: setting.complete(state, &at.step.task, "supplement")?,
            clocks: vec![ClockChange::Stopped {
                kind: ClockKind::Telling,
                on: setting.context.today,
            }],
            notices: vec![Notice {
                title: "请补正申请材料".into(),
                text: format!(
                    "您关于“{item_name}”的申请需要补正{}项内容，已一次全部告知，请按补正通知书办理。",
                    items.len()
                ),
                action: true,
                paper: ordered.then(|| paper.paper_id.clone()),
                service: false,
            }],
            papers: if ordered { vec![paper] } else { Vec::new() },
            ..Effects::default()
        },
        items,
    });
    Ok(done(state, event, &at, setting))
}

fn checked(command: &AskSupplement) -> Result<Vec<SupplementItem>, Refusal> {
    if command.items.is_empty() {
        return Err(ACT.lacks("missing", "supplements", "请列明需要补正的全部内容，至少一项。"));
    }
    if command.items.len() > MOST {
        return Err(ACT.lacks("too_many", "supplements", format!("最多列{MOST}项。")));
    }
    command
        .items
        .iter()
        .map(|item| {
            Ok(SupplementItem {
                material: item.material.clone(),
                name: text(ACT, "supplements", "补正材料的名称", &item.name)?,
                requirement: text(ACT, "supplements", "补正要求", &item.requirement)?,
            })
        })
        .collect()
}
