//! What the law wants where officers act on the spot: who they are, what they took, when they may.

use jiff::civil::{Time, time};
use mingjing_chronicle::Refusal;

use super::{ACT, Telling};
use crate::decide::site_check::{CertifiedRule, certified};
use crate::decide::text;
use crate::events::{GoodsTaken, StepFacts};

/// A list is written to be read and checked piece by piece.
const MOST_GOODS: usize = 200;
/// Night is not defined in the law; quiet hours of the noise law (噪声污染防治法 88) are taken.
const DAY: std::ops::Range<Time> = time(6, 0, 0, 0)..time(22, 0, 0, 0);

pub(super) fn two_officers(telling: &Telling<'_>, rule: &CertifiedRule, facts: &mut StepFacts) -> Result<(), Refusal> {
    let officers = certified(ACT, telling.case.body(), telling.officers, *rule)?;
    let actor = &telling.setting.context.actor.account;
    if !officers.iter().any(|officer| officer.account == *actor) {
        return Err(ACT
            .forbids("not_among_officers", "由参加的执法人员登记，您不在其列。")
            .article(rule.article)
            .advice("请由参加的执法人员登记，或者核对人员。"));
    }
    facts.officers = officers;
    Ok(())
}

/// One piece a line: name and quantity.
pub(super) fn goods(telling: &Telling<'_>, facts: &mut StepFacts) -> Result<(), Refusal> {
    let list = text(ACT, "goods", "清单", &telling.command.goods)?;
    let goods: Vec<GoodsTaken> = list.lines().filter_map(piece).collect();
    let complete = goods.iter().all(|piece| !piece.amount.is_empty());
    if goods.is_empty() || !complete || goods.len() > MOST_GOODS {
        let says = format!("请每行写一项，写成“名称：数量”，最多{MOST_GOODS}项。");
        return Err(ACT
            .lacks("unclear_list", "goods", says)
            .article("行政强制法第二十四条第二款第（三）项"));
    }
    facts.goods = goods;
    Ok(())
}

fn piece(line: &str) -> Option<GoodsTaken> {
    let line = line.trim();
    let (name, amount) = line.split_once(['：', ':']).unwrap_or((line, ""));
    (!line.is_empty()).then(|| GoodsTaken {
        name: name.trim().to_owned(),
        amount: amount.trim().to_owned(),
    })
}

pub(super) fn witness(telling: &Telling<'_>, facts: &mut StepFacts) -> Result<(), Refusal> {
    let witness = telling.command.witness.trim();
    if witness.is_empty() {
        return Err(ACT
            .lacks(
                "needs_witness",
                "witness",
                "当事人不到场的，应当邀请见证人到场，请填写见证人。",
            )
            .article("行政强制法第十八条第（九）项"));
    }
    facts.witness = Some(text(ACT, "witness", "见证人", witness)?);
    Ok(())
}

/// Day and hour of an execution. A holiday is read as any day that is no working day, as art. 69 sets the two against
/// each other.
pub(super) fn lawful_hours(telling: &Telling<'_>, facts: &mut StepFacts) -> Result<(), Refusal> {
    const ARTICLE: &str = "行政强制法第四十三条第一款";
    let given = telling.command.time.trim();
    let Ok(at) = Time::strptime("%H:%M", given) else {
        return Err(ACT
            .lacks("needs_time", "time", "请填写实施的时间，例如 09:30。")
            .article(ARTICLE));
    };
    let calendar = &telling.setting.context.calendar;
    let by_day = DAY.contains(&at) && calendar.is_working_day(telling.on);
    if !by_day && telling.command.reasons.trim().is_empty() {
        return Err(Refusal::invalid(
            ACT.code("night_or_holiday"),
            "不得在夜间或者法定节假日实施行政强制执行。",
        )
        .article(ARTICLE)
        .advice("请改在工作日的白天实施；情况紧急的，写明紧急的理由。")
        .field("time", "夜间和法定节假日不得实施；情况紧急的，请写明理由。"));
    }
    facts.time = Some(given.to_owned());
    Ok(())
}

pub(super) fn utilities_kept(telling: &Telling<'_>) -> Result<(), Refusal> {
    if telling.command.utilities_kept {
        return Ok(());
    }
    let says = "不得对居民生活采取停止供水、供电、供热、供燃气等方式迫使当事人履行。";
    Err(Refusal::invalid(ACT.code("utilities_cut"), says)
        .article("行政强制法第四十三条第二款")
        .advice("请以其他方式执行，并确认没有采取这些方式。")
        .field("utilities_kept", "请确认没有采取停止供水、供电、供热、供燃气等方式。"))
}
