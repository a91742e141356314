//! The demands of the table, asked of the case, the person and what was filled in.

use jiff::civil::Date;
use mingjing_calendar::Period;
use mingjing_chronicle::{Context, Refusal};

use super::law::{Demand, Lawful};
use super::{Host, TakeStep};
use crate::case::Case;
use crate::decide::{Act, Setting, text};
use crate::events::{Colleague, OutcomeNamed, StepFacts};

const ACT: Act = Act::TakeStep;

/// What depends on the case and the person alone.
pub(super) fn of_person(case: &Case, lawful: &Lawful, context: &Context) -> Result<(), Refusal> {
    let account = context.actor.account.as_str();
    for demand in lawful.demands {
        match demand {
            Demand::After { any, says, article } if !any.iter().any(|named| done(case, named)) => {
                return Err(Refusal::law(ACT.code("too_early"), *says).article(*article));
            }
            Demand::Apart { from, says, article } if from.iter().any(|named| did(case, named, account)) => {
                return Err(Refusal::law(ACT.code("same_person"), *says)
                    .article(*article)
                    .advice("请由其他人员办理。"));
            }
            Demand::NotSuspended if case.suspended() => {
                return Err(Refusal::law(
                    ACT.code("time_excluded"),
                    "依法不计入期限的程序尚未结束，不能作出决定。",
                )
                .article(lawful.article)
                .advice("请先登记该程序已经结束及其结果。"));
            }
            Demand::HeldByHost => held_by_host(case, context)?,
            Demand::TenDaysAfterUrging => ten_days_after_demand(case, context)?,
            _ => {}
        }
    }
    Ok(())
}

/// Whether this was done, be it a fact of its own or a step of the chart.
fn done(case: &Case, named: &str) -> bool {
    match named {
        "accept" => case.facts.accepted.is_some(),
        "examine" if case.examiner().is_some() => true,
        "site_check" if case.facts.site_checked.is_some() => true,
        named => case.took(named).is_some(),
    }
}

pub(super) fn did(case: &Case, named: &str, account: &str) -> bool {
    let checked = case.facts.site_checked.as_ref();
    match named {
        "examine" if case.examiner() == Some(account) => true,
        "site_check" => checked.is_some_and(|check| check.officers.iter().any(|officer| officer.account == account)),
        named => case
            .taken
            .iter()
            .any(|taken| taken.is(named) && taken.account == account),
    }
}

fn held_by_host(case: &Case, context: &Context) -> Result<(), Refusal> {
    let Some(told) = case.took("notify_hearing") else {
        return Ok(());
    };
    let host = told.facts.host.as_ref();
    if host.is_some_and(|host| host.account != context.actor.account) {
        let name = host.map_or("", |host| host.name.as_str());
        return Err(Refusal::law(
            ACT.code("not_the_host"),
            format!("听证通知书载明的主持人是{name}，由其主持并登记听证情况。"),
        )
        .article("行政许可法第四十八条第一款第（三）项")
        .advice("更换主持人的，应当重新通知。"));
    }
    if let Some(day) = told.facts.told_day.filter(|day| *day > context.today) {
        return Err(
            Refusal::law(ACT.code("too_early"), format!("听证定于{day}举行，还没有到。"))
                .article("行政许可法第四十八条第一款第（一）项"),
        );
    }
    Ok(())
}

/// 强制法 54, 69: ten days or fewer are working days.
fn ten_days_after_demand(case: &Case, context: &Context) -> Result<(), Refusal> {
    let Some(demanded) = case.took("demand") else {
        return Ok(());
    };
    let over = period(context, demanded.on, 10)?;
    if context.today <= over {
        return Err(Refusal::law(
            ACT.code("too_early"),
            format!("催告书送达十日后（{over}期满）仍未履行的，才能申请人民法院强制执行。"),
        )
        .article("行政强制法第五十四条、第六十九条"));
    }
    Ok(())
}

fn period(context: &Context, from: Date, working_days: u32) -> Result<Date, Refusal> {
    let due = context.calendar.due(from, Period::working_days(working_days));
    let due = due.map_err(crate::clock::ClockError::from)?;
    Ok(due.due)
}

/// The facts that the act records, each as the law asks for it.
pub(super) fn told(
    case: &Case,
    command: &TakeStep,
    outcome: Option<&OutcomeNamed>,
    host: &Host,
    lawful: &Lawful,
    on: Date,
    setting: &Setting<'_>,
) -> Result<StepFacts, Refusal> {
    let came = |wanted: &str| wanted.is_empty() || outcome.is_some_and(|outcome| outcome.id == wanted);
    let mut facts = StepFacts::default();
    for demand in lawful.demands {
        match demand {
            Demand::Record(label) => facts.record = Some(text(ACT, "record", label, &command.record)?),
            Demand::Amount(when) if came(when) => {
                let amount = command.amount.filter(|amount| amount.0 > 0);
                let amount = amount.ok_or_else(|| ACT.lacks("needs_amount", "amount", "请填写金额。"))?;
                facts.amount = Some(amount);
            }
            Demand::ToldDay(when, label) if came(when) => {
                let day = command.told_day.filter(|day| *day > on);
                let lacking = || ACT.lacks("needs_day", "told_day", format!("请填写{label}，应当晚于办理的日期。"));
                facts.told_day = Some(day.ok_or_else(lacking)?);
            }
            Demand::HearingTold => hearing_told(case, command, host, on, setting, &mut facts)?,
            Demand::RequestInTime => request_in_time(case, command, outcome, on, setting.context, &mut facts)?,
            Demand::NotMoreThanOwed => not_more_than_owed(case, &facts)?,
            _ => {}
        }
    }
    Ok(facts)
}

/// "七日前" is counted in working days (许可法 82): our reading, in the applicant's favour.
fn hearing_told(
    case: &Case,
    command: &TakeStep,
    host: &Host,
    on: Date,
    setting: &Setting<'_>,
    facts: &mut StepFacts,
) -> Result<(), Refusal> {
    const ARTICLE: &str = "行政许可法第四十八条第一款第（一）项、第八十二条";
    let Some(day) = command.told_day else {
        return Err(ACT.lacks("needs_day", "told_day", "请填写举行听证的日期。"));
    };
    let earliest = period(setting.context, on, 7)?;
    if day < earliest {
        return Err(Refusal::invalid(
            ACT.code("seven_days_before"),
            format!("应当在举行听证的七日前通知；今天通知的，最早{earliest}举行。"),
        )
        .article(ARTICLE)
        .field(
            "told_day",
            format!("应当在举行听证的七日前通知：听证日期不能早于{earliest}。"),
        ));
    }
    let place = text(ACT, "place", "举行听证的地点", &command.place)?;
    let Some(host) = host.as_ref().filter(|host| host.active && host.body == case.body()) else {
        return Err(ACT.lacks("needs_host", "host", "请选择本机关在岗的听证主持人。"));
    };
    if did(case, "examine", &host.account) || did(case, "site_check", &host.account) {
        return Err(Refusal::law(
            ACT.code("host_examines"),
            format!("{}审查过这份申请，不能担任听证主持人。", host.name),
        )
        .article("行政许可法第四十八条第一款第（三）项")
        .advice("请指定审查该申请的工作人员以外的人员。"));
    }
    facts.told_day = Some(day);
    facts.place = Some(place);
    facts.host = Some(Colleague {
        account: host.account.clone(),
        name: host.name.clone(),
    });
    Ok(())
}

/// Five working days (许可法 82; DOMAIN: our reading, in the applicant's favour).
fn request_in_time(
    case: &Case,
    command: &TakeStep,
    outcome: Option<&OutcomeNamed>,
    on: Date,
    context: &Context,
    facts: &mut StepFacts,
) -> Result<(), Refusal> {
    const ARTICLE: &str = "行政许可法第四十七条第一款";
    let Some(told) = case.took("tell_hearing_right") else {
        return Ok(());
    };
    let last = period(context, told.on, 5)?;
    let requested = outcome.is_some_and(|outcome| outcome.id == "requested");
    if requested && on > last {
        return Err(Refusal::law(
            ACT.code("request_too_late"),
            format!("听证申请应当在被告知之日起五日内提出，期限已于{last}届满。"),
        )
        .article(ARTICLE)
        .advice("行政机关认为需要听证的，可以依照第四十六条主动举行。"));
    }
    if requested || on <= last {
        // Given up in writing before the days are over, or asked for: by whom and how.
        let label = if requested {
            "谁、以什么方式申请听证"
        } else {
            "五日未满，谁以书面形式放弃听证"
        };
        facts.record = Some(text(ACT, "record", label, &command.record)?);
    }
    Ok(())
}

fn not_more_than_owed(case: &Case, facts: &StepFacts) -> Result<(), Refusal> {
    let owed = case.took("decide:levy").and_then(|decided| decided.facts.amount);
    match (facts.amount, owed) {
        (Some(fee), Some(owed)) if fee > owed => Err(Refusal::invalid(
            ACT.code("more_than_owed"),
            "加处的滞纳金不得超出金钱给付义务的数额。",
        )
        .article("行政强制法第四十五条第二款")
        .field("amount", "不得超出征收决定的数额。")),
        _ => Ok(()),
    }
}
