//! `mingjing calendar due`: when a period ends, and why.

use clap::{Args, Subcommand};
use jiff::civil::Date;
use mingjing_calendar::{Calendar, Period};

use crate::outcome::{Outcome, print_json, say};

#[derive(Subcommand)]
pub enum CalendarCommand {
    /// 计算期限的到期日，并说明理由
    Due(Due),
}

#[derive(Args)]
pub struct Due {
    /// 起算日（当日不计入）
    #[arg(long)]
    from: Date,
    #[command(flatten)]
    amount: Amount,
    /// 以 JSON 输出
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct Amount {
    /// 工作日
    #[arg(long)]
    working_days: Option<u32>,
    /// 自然日
    #[arg(long)]
    calendar_days: Option<u32>,
    /// 月
    #[arg(long)]
    months: Option<u32>,
}

pub fn run(command: CalendarCommand) -> Outcome {
    let CalendarCommand::Due(due) = command;
    let period = match due.amount {
        Amount {
            working_days: Some(days),
            ..
        } => Period::working_days(days),
        Amount {
            calendar_days: Some(days),
            ..
        } => Period::calendar_days(days),
        Amount { months, .. } => Period::months(months.unwrap_or_default()),
    };
    match Calendar::national().due(due.from, period) {
        Ok(found) => {
            if due.json {
                print_json(&found);
            } else {
                say(&format!("到期日：{}", found.due));
                for line in &found.why {
                    say(&format!("  {line}"));
                }
                if found.provisional {
                    say("  （暂按周末规则推算，放假安排公布后重新计算）");
                }
            }
            Outcome::Done
        }
        Err(error) => Outcome::refused(&error.to_string()),
    }
}
