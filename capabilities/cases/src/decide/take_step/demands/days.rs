//! Days and periods that the law measures an act of the chart by.

use jiff::ToSpan;
use mingjing_calendar::LimitUnit;
use mingjing_chronicle::{Context, Refusal};

use super::{ACT, Telling, period};
use crate::case::Case;
use crate::clock::ClockKind;

/// "当场": on the day of the act before.
pub(super) fn same_day(telling: &Telling<'_>, act: &str, says: &str, article: &str) -> Result<(), Refusal> {
    match telling.case.took(act) {
        Some(before) if before.on != telling.on => Err(Refusal::law(
            ACT.code("not_on_the_spot"),
            format!("{says}前一步办理的日期是{}。", before.on),
        )
        .article(article)
        .advice("请核对实际办理的日期；确实没有当场交付的，联系法制机构依法纠正。")),
        _ => Ok(()),
    }
}

/// 强制法 19: what came later is put on record with its reason, since the measure stands until it is lifted.
pub(super) fn within_24_hours(telling: &Telling<'_>) -> Result<(), Refusal> {
    let Some(taken_at) = telling.case.took("seal").and_then(|seal| seal.facts.at) else {
        return Ok(());
    };
    let late = telling.setting.context.at > taken_at.saturating_add(24.hours()).unwrap_or(taken_at);
    if late && telling.command.reasons.trim().is_empty() {
        return Err(Refusal::invalid(
            ACT.code("over_24_hours"),
            "已经超过二十四小时，应当写明没有及时报告并补办批准的原因。",
        )
        .article("行政强制法第十九条")
        .advice("不应当采取强制措施的，请选择立即解除。")
        .field("reasons", "超过二十四小时的，请写明原因。"));
    }
    Ok(())
}

/// 强制法 28(1)(四).
pub(super) fn in_period(case: &Case, context: &Context) -> Result<(), Refusal> {
    match case.clock(ClockKind::Decision) {
        Some(clock) if clock.overdue_on(context.today) => Err(Refusal::law(
            ACT.code("period_over"),
            format!("查封、扣押的期限已于{}届满，应当解除。", clock.due.on),
        )
        .article("行政强制法第二十五条第一款、第二十八条第一款第（四）项")
        .advice("请作出解除查封、扣押的决定，立即退还财物。")),
        _ => Ok(()),
    }
}

/// 强制法 25(1): once, by thirty days at most; other units are of other laws.
pub(super) fn extended_once(case: &Case) -> Result<(), Refusal> {
    const ARTICLE: &str = "行政强制法第二十五条第一款";
    let Some(clock) = case.clock(ClockKind::Decision) else {
        return Ok(());
    };
    if let Some(extension) = &clock.extension {
        return Err(Refusal::law(
            ACT.code("only_once"),
            format!("期限已于{}延长过，不能再次延长。", extension.on),
        )
        .article(ARTICLE));
    }
    if clock.limit.unit != LimitUnit::CalendarDay {
        return Err(Refusal::law(
            ACT.code("other_unit"),
            "该事项的期限由其他法律、行政法规规定，不能依照行政强制法延长。",
        )
        .article(ARTICLE));
    }
    Ok(())
}

/// 强制法 39(2).
pub(super) fn three_years(telling: &Telling<'_>) -> Result<(), Refusal> {
    let Some(suspended) = telling.case.took("execute:suspend") else {
        return Ok(());
    };
    let until = suspended.on.saturating_add(3.years());
    if telling.on < until {
        return Err(Refusal::law(
            ACT.code("before_three_years"),
            format!("中止执行满三年（{until}）未恢复的，才可以不再执行。"),
        )
        .article("行政强制法第三十九条第二款")
        .advice("中止的情形消失的，应当恢复执行。"));
    }
    Ok(())
}

pub(super) fn not_before_told(telling: &Telling<'_>, act: &str, says: &str, article: &str) -> Result<(), Refusal> {
    let last = telling.case.took(act).and_then(|told| told.facts.told_day);
    match last {
        Some(last) if telling.on <= last => {
            Err(Refusal::law(ACT.code("too_early"), format!("{says}最后一天是{last}。"))
                .article(article)
                .advice("请在期限届满以后办理；当事人提前答复的，按照实际情况选择结果。"))
        }
        _ => Ok(()),
    }
}

pub(super) fn silent_after(telling: &Telling<'_>, working_days: u32, says: &str, article: &str) -> Result<(), Refusal> {
    let last = period(telling.setting.context, telling.since, working_days)?;
    if telling.on <= last {
        return Err(Refusal::law(ACT.code("too_early"), format!("{says}最早于{last}届满。"))
            .article(article)
            .advice("请等待意见，或者在期限届满以后登记没有提出意见。"));
    }
    Ok(())
}
