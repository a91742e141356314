//! The time for reconsideration and suit, and what the law lets be done only after it (强制法 44, 53).

use jiff::ToSpan;
use jiff::civil::Date;
use mingjing_chronicle::Refusal;

use super::Telling;
use crate::decide::Act;
use crate::events::StepFacts;

const ACT: Act = Act::TakeStep;

/// 53: from the day after that time, for three months; after them the right to apply is lost.
pub(super) fn window(telling: &Telling<'_>, facts: &mut StepFacts) -> Result<(), Refusal> {
    const ARTICLE: &str = "行政强制法第五十三条";
    let over = remedies_over(telling, ARTICLE)?;
    let last = over.saturating_add(3.months());
    if telling.on > last {
        return Err(Refusal::law(
            ACT.code("court_window_over"),
            format!("申请人民法院强制执行，应当自复议、诉讼期限届满之日起三个月内提出，已于{last}届满。"),
        )
        .article(ARTICLE)
        .advice("请由法制机构核对期限；期限确已届满的，不能再申请，请依法追究逾期的责任。"));
    }
    facts.remedy_over_on = Some(over);
    Ok(())
}

/// 44: charts say by their announcement that something is demolished.
pub(super) fn demolition_waits(telling: &Telling<'_>, facts: &mut StepFacts) -> Result<(), Refusal> {
    const ARTICLE: &str = "行政强制法第四十四条";
    const ANNOUNCE: &str = "announce_demolition";
    let model = telling.setting.flow.model();
    let announces = |ix| {
        model
            .work(model.node(ix).id.as_str())
            .is_some_and(|work| work.act.as_deref() == Some(ANNOUNCE))
    };
    if !model.indices().any(announces) {
        return Ok(());
    }
    let Some(announced) = telling.case.took(ANNOUNCE) else {
        return Err(Refusal::law(
            ACT.code("not_announced"),
            "强制拆除以前应当予以公告，限期当事人自行拆除。",
        )
        .article(ARTICLE));
    };
    if let Some(last) = announced.facts.told_day.filter(|last| telling.on <= *last) {
        return Err(Refusal::law(
            ACT.code("too_early"),
            format!("公告限期当事人在{last}以前自行拆除，期限还没有届满。"),
        )
        .article(ARTICLE));
    }
    facts.remedy_over_on = Some(remedies_over(telling, ARTICLE)?);
    Ok(())
}

/// The last day for reconsideration and suit against the decision that is enforced, which must have passed unused.
fn remedies_over(telling: &Telling<'_>, article: &'static str) -> Result<Date, Refusal> {
    let Some(over) = telling.command.remedy_over_on else {
        return Err(ACT
            .lacks(
                "needs_remedy_over",
                "remedy_over_on",
                "请填写申请行政复议、提起行政诉讼的期限届满的日期（以较晚的为准）。",
            )
            .article(article));
    };
    if over >= telling.on {
        return Err(Refusal::invalid(
            ACT.code("remedies_open"),
            format!(
                "申请行政复议、提起行政诉讼的期限到{over}才届满。当事人没有复议、诉讼又不履行的，期满以后才能办理。"
            ),
        )
        .article(article)
        .field("remedy_over_on", "期限还没有届满。"));
    }
    Ok(over)
}
