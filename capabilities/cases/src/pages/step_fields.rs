//! What completing a task of the chart asks for: the chart's outcomes and opinions, and what the law's table demands.

use mingjing_bpmn::model::Task;
use mingjing_web::{Fields, Reader};

use super::act_fields::Offered;
use super::asks::{Ask, checks, date, line, maybe_date, maybe_line, maybe_text, option, radios, text, tick};
use crate::commands::Command;
use crate::decide::LONGEST_TEXT;
use crate::decide::take_step::TakeStep;
use crate::decide::take_step::law::{Demand, Lawful};
use crate::money::Fen;

pub(super) fn asks(task: &Task, lawful: Option<&Lawful>, offered: &Offered) -> Vec<Ask> {
    let mut asks = Vec::new();
    if !task.outcomes.is_empty() {
        let outcomes = task
            .outcomes
            .iter()
            .map(|outcome| option(&outcome.id, &outcome.name, ""));
        asks.push(radios(
            "outcome",
            "结果",
            "流程图为这一环节规定的结果",
            outcomes.collect(),
        ));
    }
    let demands = lawful.map_or(&[][..], |lawful| lawful.demands);
    asks.extend(demands.iter().flat_map(|demand| of_law(demand, offered)));
    asks.push(match task.opinion.required {
        true => text("opinion", "意见", ""),
        false => maybe_text("opinion", "意见", ""),
    });
    asks.push(maybe_text("reasons", "理由", "结果是否定的，必须写明"));
    asks.push(date("happened_on", "办理日期", "实际办理的那一天"));
    asks
}

fn of_law(demand: &Demand, offered: &Offered) -> Vec<Ask> {
    match demand {
        Demand::Record(label) => vec![text("record", *label, "")],
        Demand::Amount("") => vec![line("amount", "金额（元）", "")],
        Demand::Amount(_) => vec![maybe_line("amount", "金额（元）", "减免、没有缴款的不填")],
        Demand::ToldDay(_, label) => vec![maybe_date("told_day", *label, "选择了相应的结果才填")],
        Demand::HearingTold => vec![
            date("told_day", "举行听证的日期", "应当在七个工作日以后"),
            line("place", "举行听证的地点", ""),
            radios(
                "host",
                "听证主持人",
                "审查该申请的工作人员以外的人员",
                offered.officers.clone(),
            ),
        ],
        Demand::RequestInTime => vec![maybe_text(
            "record",
            "谁、以什么方式申请或者放弃听证",
            "期满未申请的不填",
        )],
        Demand::TwoOfficers(_) => vec![checks(
            "officers",
            "参加的执法人员",
            "两名以上，当日持有有效的行政执法证件，包括您自己",
            offered.officers.clone(),
        )],
        Demand::Place("") => vec![line("place", "地点", "")],
        Demand::Place(_) => vec![maybe_line("place", "地点", "选择了相应的结果才填")],
        Demand::Manner(label) => vec![text("manner", *label, "")],
        Demand::Goods => vec![text("goods", "清单", "每行写一项，写成“名称：数量”")],
        Demand::WitnessIf(_) => vec![maybe_line("witness", "见证人", "当事人不到场的，必须邀请见证人到场")],
        Demand::SummaryFine(_) => vec![maybe_line(
            "amount",
            "罚款（元）",
            "只给予警告的不填；对公民不超过200元，对单位不超过3000元",
        )],
        Demand::PaidAsDecided => vec![
            maybe_line("amount", "缴纳的罚款（元）", "没有罚款的不填"),
            maybe_text(
                "record",
                "票据、凭证号码",
                "当场收缴的，写明专用票据号码和交至行政机关的时间",
            ),
        ],
        Demand::LawfulHours => vec![line("time", "实施的时间", "例如 09:30；不得在夜间或者法定节假日实施")],
        Demand::CourtWindow | Demand::DemolitionWaits => vec![maybe_date(
            "remedy_over_on",
            "复议、诉讼期限届满的日期",
            "对被执行的决定；复议、诉讼期限以较晚届满的为准。不涉及拆除、申请法院执行的不填",
        )],
        Demand::UtilitiesKept => vec![tick(
            "utilities_kept",
            "没有对居民生活采取停止供水、供电、供热、供燃气等方式",
        )],
        _ => Vec::new(),
    }
}

/// The command, or `None` with the errors noted in the fields.
pub(super) fn command(task: &str, fields: &mut Fields) -> Option<Command> {
    let mut form = Reader::of(fields);
    let form = &mut form;
    let mut words = |name, label| Some(form.optional(name, label, LONGEST_TEXT)?.unwrap_or_default());
    let outcome = words("outcome", "结果");
    let opinion = words("opinion", "意见");
    let reasons = words("reasons", "理由");
    let record = words("record", "记录");
    let place = words("place", "地点");
    let witness = words("witness", "见证人");
    let goods = words("goods", "清单");
    let time = words("time", "实施的时间");
    let manner = words("manner", "方式");
    let amount = words("amount", "金额");
    let host = words("host", "听证主持人");
    let happened_on = form.optional_date("happened_on", "办理日期");
    let told_day = form.optional_date("told_day", "告知的日期");
    let remedy_over_on = form.optional_date("remedy_over_on", "复议、诉讼期限届满的日期");
    let amount = match amount?.trim() {
        "" => None,
        yuan => Some(Fen::parse(yuan).or_else(|| form.refuse("amount", "金额应为数字，最多两位小数，例如 5000。"))?),
    };
    Some(Command::TakeStep(TakeStep {
        task: task.to_owned(),
        outcome: outcome?,
        opinion: opinion?,
        reasons: reasons?,
        happened_on: happened_on?,
        record: record?,
        told_day: told_day?,
        remedy_over_on: remedy_over_on?,
        place: place?,
        host: Some(host?).filter(|host| !host.is_empty()),
        amount,
        officers: fields.values("officers").to_vec(),
        witness: witness?,
        goods: goods?,
        time: time?,
        manner: manner?,
        utilities_kept: fields.value("utilities_kept") == "yes",
    }))
}
