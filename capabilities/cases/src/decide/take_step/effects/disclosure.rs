//! What follows from the acts on a request for government information: its limit, what does not count, the answer.

use mingjing_chronicle::Refusal;

use super::{limits, notice, suspended};
use crate::case::Case;
use crate::clock::{ClockChange, ExcludedFor};
use crate::decide::Setting;
use crate::events::{Channel, Effects, Notice, TakenStep, Template};
use crate::paper::{Draft, asked_in_words, remedies_in_words};

/// 公开条例 31: a request over the network is received on the day both sides confirm it; otherwise on the day it came. After a
/// supplement the limit begins with the supplement (30).
pub(super) fn registered(
    state: &Case,
    taken: &TakenStep,
    setting: &Setting<'_>,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    if taken.came_to("unclear") {
        return Ok(());
    }
    let Some(application) = &state.application else {
        return Ok(());
    };
    let confirmed = application.channel == Channel::Online || taken.came_to("registered");
    let from = state.facts.received.filter(|_| !confirmed).unwrap_or(taken.on);
    effects.clocks = limits(&application.item, from, setting)?;
    let due = effects.clocks.iter().find_map(ClockChange::due);
    let words = due.map_or(String::new(), |due| {
        format!("收到申请的日期登记为{from}，最迟于{}答复。", due.on)
    });
    effects.notices.push(notice("已登记您的政府信息公开申请", words, None));
    Ok(())
}

/// 公开条例 30.
pub(super) fn asked(taken: &TakenStep, effects: &mut Effects) {
    let until = taken.facts.told_day.map_or(String::new(), |day| day.to_string());
    let words = format!(
        "申请内容不明确，请在{until}以前补正：{}。无正当理由逾期不补正的，视为放弃申请。",
        taken.facts.record.as_deref().unwrap_or_default()
    );
    effects.notices.push(Notice {
        action: true,
        ..notice("请补正政府信息公开申请", words, None)
    });
}

/// 公开条例 32, 33(3), 34: from the day it is decided to ask until the answer is there.
pub(super) fn consulting(
    state: &Case,
    taken: &TakenStep,
    setting: &Setting<'_>,
    effects: &mut Effects,
) -> Result<(), Refusal> {
    if taken.came_to("own") {
        return Ok(());
    }
    let expected = super::super::demands::period(setting.context, taken.on, 15)?;
    suspended(state, ExcludedFor::Consultation, taken, expected, "", effects)?;
    let words = format!(
        "需要征求第三方或者其他机关的意见，自{}起所需时间不计入答复期限。",
        taken.on
    );
    effects.notices.push(notice("征求意见，期限暂停", words, None));
    Ok(())
}

/// 公开条例 36, 37. Against a refusal reconsideration comes first (复议法 23(1)(四)); of information given in part that is
/// said, too, for the part that is not.
pub(super) fn answered(state: &Case, taken: &TakenStep, setting: &Setting<'_>, effects: &mut Effects) {
    let running = state.clocks.iter().filter(|clock| clock.runs());
    effects.clocks.extend(running.map(|clock| ClockChange::Stopped {
        kind: clock.kind,
        on: taken.on,
    }));
    let (Some(applicant), Some(outcome)) = (state.applicant(), &taken.outcome) else {
        return;
    };
    let (title, article) = kind_of_answer(&outcome.id);
    let first = matches!(outcome.id.as_str(), "refuse" | "partly");
    let mut draft = Draft::of(Template::DisclosureAnswer, state, setting)
        .with("title", title)
        .with("asked", asked_in_words(state))
        .with("result", outcome.name.clone())
        .with("facts", taken.facts.record.clone().unwrap_or_default())
        .text("reasons", taken.reasons.as_deref())
        .with("basis", vec![article.to_owned()]);
    if first {
        draft = draft.with("reconsideration_first", true);
    }
    let paper = draft.remedies(applicant.electronic_service).order();
    let mut words = format!("{}答复：{}。", setting.body.name, outcome.name);
    if first {
        words.push_str(&format!(
            "不服的，应当先自收到答复书之日起六十日内向{}申请行政复议。",
            setting.body.reconsideration_organ
        ));
    } else {
        words.push_str(&remedies_in_words(setting).concat());
    }
    effects
        .notices
        .push(notice("政府信息公开申请的答复", words, Some(&paper)));
    effects.papers.push(paper);
}

fn kind_of_answer(outcome: &str) -> (&'static str, &'static str) {
    match outcome {
        "public" => ("政府信息已主动公开告知书", "《政府信息公开条例》第三十六条第（一）项"),
        "provide" => ("政府信息公开告知书", "《政府信息公开条例》第三十六条第（二）项"),
        "partly" => (
            "政府信息部分公开告知书",
            "《政府信息公开条例》第三十六条第（二）项、第（三）项、第三十七条",
        ),
        "refuse" => ("政府信息不予公开告知书", "《政府信息公开条例》第三十六条第（三）项"),
        "absent" => ("政府信息不存在告知书", "《政府信息公开条例》第三十六条第（四）项"),
        "not_ours" => ("不属于本机关负责公开告知书", "《政府信息公开条例》第三十六条第（五）项"),
        "repeated" => ("不予重复处理告知书", "《政府信息公开条例》第三十六条第（六）项"),
        "special" => ("依照特别规定办理告知书", "《政府信息公开条例》第三十六条第（七）项"),
        "unreasonable" => ("不予处理告知书", "《政府信息公开条例》第三十五条"),
        "petition" => (
            "不作为政府信息公开申请处理告知书",
            "《政府信息公开条例》第三十九条第一款",
        ),
        _ => ("政府信息公开申请答复书", "《政府信息公开条例》第三十六条"),
    }
}
