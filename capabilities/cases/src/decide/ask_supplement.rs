//! Telling what is missing (许可法 32(1)(四)): everything at once, once, on the spot or within five working days
//! from receipt. Later than that nothing can be asked: the application is accepted already.

use mingjing_catalogue::public::{ItemVersion, Lacking};
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
    let items = named(checked(command)?, setting.item);
    tells_all(state, &items, setting)?;
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

/// A material of the item that is asked for by its name is that material: what then comes is counted as it.
fn named(mut items: Vec<SupplementItem>, item: &ItemVersion) -> Vec<SupplementItem> {
    for asked in items.iter_mut().filter(|asked| asked.material.is_none()) {
        let known = item.materials.iter().find(|material| material.name == asked.name);
        asked.material = known.map(|material| material.id.clone());
    }
    items
}

/// 32(1)(四): everything at once. What the item's list lacks in this situation cannot be asked for later, so the notice
/// that leaves it out is refused.
fn tells_all(state: &Case, items: &[SupplementItem], setting: &Setting<'_>) -> Result<(), Refusal> {
    let told = |lacking: &Lacking| {
        items.iter().any(|item| {
            let by_id = item.material.as_ref().is_some_and(|id| lacking.ids.contains(id));
            by_id || item.name == lacking.name
        })
    };
    let left_out: Vec<Lacking> = state
        .lacking(setting.item)
        .into_iter()
        .filter(|one| !told(one))
        .collect();
    if left_out.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = left_out.iter().map(|one| one.name.as_str()).collect();
    let message = format!("按事项清单还缺“{}”，补正通知没有写。", names.join("”“"));
    Err(Refusal::law(ACT.code("not_all"), message)
        .article("行政许可法第三十二条第一款第（四）项")
        .advice("需要补正的应当一次全部告知，以后不能再要求；请把缺少的材料都列上。")
        .field("supplements", "请列上全部缺少的材料。"))
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
