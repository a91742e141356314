//! The demands of the table, asked of the case, the person and what was filled in.

mod court;
mod days;
mod money;
mod on_site;

use jiff::civil::Date;
use mingjing_calendar::Period;
use mingjing_chronicle::{Context, Refusal};

use super::TakeStep;
use super::law::{Demand, Lawful};
use crate::case::Case;
use crate::decide::site_check::Inspector;
use crate::decide::{Act, Setting, text};
use crate::events::{Colleague, OutcomeNamed, StepFacts};

const ACT: Act = Act::TakeStep;

/// An act as it is told, and what it is measured by.
pub(super) struct Telling<'a> {
    pub(super) case: &'a Case,
    pub(super) command: &'a TakeStep,
    pub(super) outcome: Option<&'a OutcomeNamed>,
    pub(super) host: Option<&'a Inspector>,
    pub(super) officers: &'a [Inspector],
    /// The day on which the step was opened.
    pub(super) since: Date,
    pub(super) on: Date,
    pub(super) setting: &'a Setting<'a>,
}

impl Telling<'_> {
    fn came(&self, wanted: &str) -> bool {
        wanted.is_empty() || self.outcome.is_some_and(|outcome| outcome.id == wanted)
    }
}

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
            Demand::Since {
                when,
                any,
                says,
                article,
            } if done(case, when) && !any.iter().any(|named| done(case, named)) => {
                return Err(Refusal::law(ACT.code("too_early"), *says).article(*article));
            }
            Demand::InPeriod => days::in_period(case, context)?,
            Demand::ExtendedOnce => days::extended_once(case)?,
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
        "serve" => case.facts.served.is_some(),
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
    // From its service, where the chart records that by itself.
    let Some(demanded) = case.took("serve_demand").or_else(|| case.took("demand")) else {
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

pub(super) fn period(context: &Context, from: Date, working_days: u32) -> Result<Date, Refusal> {
    let due = context.calendar.due(from, Period::working_days(working_days));
    let due = due.map_err(crate::clock::ClockError::from)?;
    Ok(due.due)
}

/// The facts that the act records, each as the law asks for it.
pub(super) fn told(telling: &Telling<'_>, lawful: &Lawful) -> Result<StepFacts, Refusal> {
    let (command, on) = (telling.command, telling.on);
    let mut facts = StepFacts::default();
    for demand in lawful.demands {
        match demand {
            Demand::Record(label) => facts.record = Some(text(ACT, "record", label, &command.record)?),
            Demand::Manner(label) => facts.manner = Some(text(ACT, "manner", label, &command.manner)?),
            Demand::Place(when) if telling.came(when) => {
                facts.place = Some(text(ACT, "place", "地点", &command.place)?);
            }
            Demand::Amount(when) if telling.came(when) => {
                let amount = command.amount.filter(|amount| amount.0 > 0);
                let amount = amount.ok_or_else(|| ACT.lacks("needs_amount", "amount", "请填写金额。"))?;
                facts.amount = Some(amount);
            }
            Demand::ToldDay(when, label) if telling.came(when) => {
                let day = command.told_day.filter(|day| *day > on);
                let lacking = || ACT.lacks("needs_day", "told_day", format!("请填写{label}，应当晚于办理的日期。"));
                facts.told_day = Some(day.ok_or_else(lacking)?);
            }
            Demand::HearingTold => hearing_told(telling, &mut facts)?,
            Demand::RequestInTime => request_in_time(telling, &mut facts)?,
            Demand::NotMoreThanOwed => not_more_than_owed(telling.case, &facts)?,
            Demand::TwoOfficers(rule) => on_site::two_officers(telling, rule, &mut facts)?,
            Demand::Goods => on_site::goods(telling, &mut facts)?,
            Demand::WitnessIf(when) if telling.came(when) => on_site::witness(telling, &mut facts)?,
            Demand::LawfulHours => on_site::lawful_hours(telling, &mut facts)?,
            Demand::UtilitiesKept => on_site::utilities_kept(telling)?,
            Demand::SummaryFine(when) if telling.came(when) => money::summary_fine(telling, &mut facts)?,
            Demand::NotHeavier => money::not_heavier(telling, &facts)?,
            Demand::PaidAsDecided => money::paid_as_decided(telling, &mut facts)?,
            Demand::SameDayAs { act, says, article } => days::same_day(telling, act, says, article)?,
            Demand::Within24Hours => days::within_24_hours(telling)?,
            Demand::SuspendedThreeYears(when) if telling.came(when) => days::three_years(telling)?,
            Demand::NotBeforeTold {
                outcome,
                act,
                says,
                article,
            } if telling.came(outcome) => days::not_before_told(telling, act, says, article)?,
            Demand::SilentAfter {
                outcome,
                working_days,
                says,
                article,
            } if telling.came(outcome) => days::silent_after(telling, *working_days, says, article)?,
            Demand::ReasonsFor {
                outcomes,
                says,
                article,
            } if outcomes.iter().any(|outcome| telling.came(outcome)) => reasoned(telling, says, article)?,
            Demand::AgainstThirdParty => against_third_party(telling)?,
            Demand::CourtWindow => court::window(telling, &mut facts)?,
            Demand::DemolitionWaits => court::demolition_waits(telling, &mut facts)?,
            Demand::OutcomeAfter {
                outcome,
                any,
                says,
                article,
            } if telling.came(outcome) && !any.iter().any(|named| done(telling.case, named)) => {
                return Err(Refusal::law(ACT.code("too_early"), *says).article(*article));
            }
            _ => {}
        }
    }
    Ok(facts)
}

fn reasoned(telling: &Telling<'_>, says: &str, article: &str) -> Result<(), Refusal> {
    if telling.command.reasons.trim().is_empty() {
        return Err(ACT.lacks("needs_reasons", "reasons", says).article(article));
    }
    Ok(())
}

fn against_third_party(telling: &Telling<'_>) -> Result<(), Refusal> {
    let against = telling.case.took("consult_third_party:refuse").is_some() && telling.came("provide");
    if !against {
        return Ok(());
    }
    reasoned(
        telling,
        "第三方不同意公开。不公开可能对公共利益造成重大影响的，才可以决定公开，请写明理由并书面告知第三方。",
        "政府信息公开条例第三十二条",
    )
}

/// "七日前" is counted in working days (许可法 82): our reading, in the applicant's favour.
fn hearing_told(telling: &Telling<'_>, facts: &mut StepFacts) -> Result<(), Refusal> {
    let Telling {
        case,
        command,
        host,
        on,
        setting,
        ..
    } = *telling;
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
    let Some(host) = host.filter(|host| host.active && host.body == case.body()) else {
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
fn request_in_time(telling: &Telling<'_>, facts: &mut StepFacts) -> Result<(), Refusal> {
    let Telling { case, command, on, .. } = *telling;
    let context = telling.setting.context;
    const ARTICLE: &str = "行政许可法第四十七条第一款";
    let Some(told) = case.took("tell_hearing_right") else {
        return Ok(());
    };
    let last = period(context, told.on, 5)?;
    let requested = telling.came("requested");
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
