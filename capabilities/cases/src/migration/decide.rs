//! What may be said to a plan, and by whom. Pure.

use mingjing_catalogue::public::Item;
use mingjing_chronicle::{Context, Refusal};

use super::plan::{Chosen, MigrationPlan, PlanEvent, PlanFiled, PlanState, Tried};
use super::trial::Between;
use super::{ARTICLE, plan::PlanState as State};
use crate::events::Colleague;

pub(crate) const MOST_CHOSEN: usize = 500;
const LONGEST: usize = 2_000;

/// What a body's legal clerk hands in.
#[derive(Debug, Clone)]
pub struct MigrationOrder {
    pub item_code: String,
    pub from_version: i32,
    pub to_version: i32,
    pub plan: mingjing_bpmn::migrate::Plan,
    pub chosen: Chosen,
    pub reasons: String,
}

/// What is to be put right stands beside its field.
fn beside(field: &'static str, refusal: Refusal) -> Refusal {
    let text = refusal.message.clone();
    refusal.article(ARTICLE).field(field, text)
}

fn words(field: &'static str, label: &str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(beside(
            field,
            Refusal::invalid("cases.migration.missing", format!("请填写{label}。")),
        ));
    }
    if text.chars().count() > LONGEST {
        let long = format!("{label}过长，请控制在{LONGEST}个字以内。");
        return Err(beside(field, Refusal::invalid("cases.migration.too_long", long)));
    }
    Ok(text.to_owned())
}

/// A plan that may be tried: the charts differ, the new one is in force, the mapping fits both.
///
/// # Errors
/// `cases.migration.*`
pub(crate) fn may_try(order: &MigrationOrder, between: &Between, context: &Context) -> Result<(), Refusal> {
    let current = between.item.current(context.today).map(|version| version.version);
    if current != Some(order.to_version) {
        let text = "只能迁移到现在生效的版本的流程图。";
        return Err(
            beside("to_version", Refusal::invalid("cases.migration.not_in_force", text))
                .advice("新的流程图要先经过目录调整确认并生效。"),
        );
    }
    if let Some(finding) = between.charts.findings().first() {
        return Err(beside(
            "mapping",
            Refusal::invalid("cases.migration.mapping", format!("对应关系有误：{finding}")),
        )
        .advice("请改正对应关系后再试行。"));
    }
    if let Chosen::Some(cases) = &order.chosen
        && (cases.is_empty() || cases.len() > MOST_CHOSEN)
    {
        let text = format!("请选择1至{MOST_CHOSEN}个办件，或者选择全部。");
        return Err(beside("cases", Refusal::invalid("cases.migration.cases", text)));
    }
    Ok(())
}

/// # Errors
/// `cases.migration.*`
pub(crate) fn file(
    order: &MigrationOrder,
    between: &Between,
    tried: Tried,
    (body, area): (&str, &str),
    by: Colleague,
    context: &Context,
) -> Result<PlanEvent, Refusal> {
    may_try(order, between, context)?;
    let reasons = words("reasons", "迁移的理由", &order.reasons)?;
    if tried.moves == 0 {
        let tried = tried.stays;
        let text = format!("试行了{tried}个办件，没有一个可以迁移，方案不能提出。");
        return Err(beside("cases", Refusal::invalid("cases.migration.nothing_moves", text))
            .advice("请按试行结果修改对应关系，或者让这些办件按原来的流程图办完。"));
    }
    let hash = |version: &mingjing_catalogue::public::ItemVersion| {
        version.flow.as_ref().map(|flow| flow.hash.clone()).unwrap_or_default()
    };
    Ok(PlanEvent::Filed(Box::new(PlanFiled {
        item_code: order.item_code.clone(),
        item_name: between.to.name.clone(),
        body: body.to_owned(),
        area: area.to_owned(),
        from_version: order.from_version,
        to_version: order.to_version,
        from_flow: hash(&between.from),
        to_flow: hash(&between.to),
        plan: order.plan.clone(),
        chosen: order.chosen.clone(),
        reasons,
        by,
        tried,
    })))
}

/// Who looks at a plan is not who made it.
///
/// # Errors
/// `cases.migration.*`
pub(crate) fn may_reply(plan: &MigrationPlan, context: &Context) -> Result<(), Refusal> {
    waits(plan)?;
    let own = plan
        .filed
        .as_ref()
        .is_some_and(|filed| filed.by.account == context.actor.account);
    match own {
        true => Err(
            Refusal::law("cases.migration.own_plan", "提出方案的人不能确认自己的方案。")
                .article(ARTICLE)
                .advice("请法制机构的其他人员确认。"),
        ),
        false => Ok(()),
    }
}

fn waits(plan: &MigrationPlan) -> Result<(), Refusal> {
    match plan.state {
        State::Filed => Ok(()),
        state => Err(Refusal::law(
            "cases.migration.not_waiting",
            format!("这个方案{}，不能再办理。", told(state)),
        )
        .article(ARTICLE)
        .advice("请刷新页面查看方案的最新情况。")),
    }
}

fn told(state: PlanState) -> &'static str {
    match state {
        PlanState::None => "没有提出",
        PlanState::Filed => "待确认",
        PlanState::Confirmed => "已经确认，正在迁移",
        PlanState::Finished => "已经完成",
        PlanState::Declined => "已经不予确认",
        PlanState::Withdrawn => "已经撤回",
    }
}

/// # Errors
/// `cases.migration.superseded` where another version came into force since the plan was made.
pub(crate) fn still_in_force(item: &Item, to_version: i32, context: &Context) -> Result<(), Refusal> {
    let current = item.current(context.today).map(|version| version.version);
    match current == Some(to_version) {
        true => Ok(()),
        false => Err(Refusal::law(
            "cases.migration.superseded",
            "方案提出以后事项又有了新的版本，不能再按这个方案迁移。",
        )
        .article(ARTICLE)
        .advice("请不予确认，由提出的人按现行版本重新拟定方案。")),
    }
}

/// What a plan is about on the day on which it is confirmed.
#[derive(Debug, Clone)]
pub(crate) enum About {
    /// How many run on the chart.
    All(i64),
    /// Those of the chosen ones that still run on it.
    These(Vec<String>),
}

/// # Errors
/// `cases.migration.*`
pub(crate) fn confirm(
    plan: &MigrationPlan,
    opinion: &str,
    about: About,
    by: Colleague,
    context: &Context,
) -> Result<PlanEvent, Refusal> {
    may_reply(plan, context)?;
    let opinion = words("opinion", "意见", opinion)?;
    let (cases, all) = match about {
        About::All(all) => (Vec::new(), Some(u32::try_from(all).unwrap_or(u32::MAX))),
        About::These(cases) => (cases, None),
    };
    if cases.is_empty() && all.unwrap_or(0) == 0 {
        return Err(
            Refusal::law("cases.migration.no_cases", "已经没有办件在原来的流程图上，不用迁移。")
                .article(ARTICLE)
                .advice("请不予确认，或者由提出的人撤回。"),
        );
    }
    Ok(PlanEvent::Confirmed {
        by,
        opinion,
        cases,
        all,
    })
}

/// # Errors
/// `cases.migration.*`
pub(crate) fn decline(
    plan: &MigrationPlan,
    reasons: &str,
    by: Colleague,
    context: &Context,
) -> Result<PlanEvent, Refusal> {
    may_reply(plan, context)?;
    let reasons = words("opinion", "不予确认的理由", reasons)?;
    Ok(PlanEvent::Declined { by, reasons })
}

/// # Errors
/// `cases.migration.*`
pub(crate) fn withdraw(plan: &MigrationPlan, reasons: &str, by: Colleague) -> Result<PlanEvent, Refusal> {
    waits(plan)?;
    let reasons = words("reasons", "撤回的理由", reasons)?;
    Ok(PlanEvent::Withdrawn { by, reasons })
}
