//! `mingjing case replay`: a case derived anew, at any instant, each step checked against the public log.

use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use mingjing_cases::replay::{Replayed, Step, replay};
use mingjing_chronicle::context::shanghai;
use mingjing_ledger::{Seal, attest, own_policy};
use mingjing_tlog::Policy;
use serde_json::json;

use crate::commands::ledger::Log;
use crate::commands::serve;
use crate::outcome::{Outcome, complain, print_json, say};

#[derive(Subcommand)]
pub enum CaseCommand {
    /// 由记录逐步重新推出一件办件；--verify 同时逐步与公开日志核对。一致退出 0，有出入退出 1
    Replay(Replay),
}

#[derive(Args)]
pub struct Replay {
    case_no: String,
    /// 推到这一刻为止：2026-05-06（当天结束）、2026-05-06T10:30（北京时间）或带时区的时刻
    #[arg(long, value_parser = instant)]
    at: Option<Timestamp>,
    /// 每一步都核对：条目、在签名的树里的位置、签名、内容
    #[arg(long)]
    verify: bool,
    /// 信任规则（C2SP tlog-policy）；不写则只信任本部署的日志
    #[arg(long, requires = "verify")]
    policy: Option<std::path::PathBuf>,
    #[command(flatten)]
    log: Log,
    #[arg(long)]
    json: bool,
}

fn instant(text: &str) -> Result<Timestamp, String> {
    let local = match text.parse::<Date>() {
        Ok(date) if text.len() == 10 => Ok(date.at(23, 59, 59, 999_999_999)),
        _ if text.ends_with('Z') || text.contains('+') => {
            return text.parse().map_err(|_| "时刻读不懂".to_owned());
        }
        _ => text.parse::<DateTime>(),
    };
    local
        .and_then(|local| local.to_zoned(shanghai()))
        .map(|zoned| zoned.timestamp())
        .map_err(|_| "时刻读不懂，例如 2026-05-06 或 2026-05-06T10:30".to_owned())
}

pub fn run(command: CaseCommand) -> Outcome {
    let CaseCommand::Replay(order) = command;
    let outcome = serve::runtime().and_then(|runtime| runtime.block_on(replayed(&order)));
    outcome.unwrap_or_else(|why| Outcome::refused(&why))
}

async fn replayed(order: &Replay) -> Result<Outcome, String> {
    let settings = order.log.settings()?;
    let place = order.log.files(&settings)?;
    let chronicle = order.log.open(&settings).await?;
    let (case_no, at) = (order.case_no.clone(), order.at);
    let found = chronicle
        .read(move |reader| replay(reader, &case_no, at))
        .await
        .map_err(|fault| fault.to_string())?;
    let mut found = found.ok_or_else(|| format!("没有这件办件：{}", order.case_no))?;
    let mut seals = Vec::new();
    if order.verify {
        let text = match &order.policy {
            Some(path) => {
                std::fs::read_to_string(path).map_err(|error| format!("读不到 {}：{error}", path.display()))?
            }
            None => own_policy(&chronicle, &place).await.map_err(|stop| stop.in_words())?,
        };
        let policy = Policy::parse(text.as_bytes()).map_err(|malformed| format!("信任规则有误：{malformed}"))?;
        for (step, event) in found.steps.iter().zip(&found.events) {
            let seal = match event {
                Some(event) => attest(&chronicle, &place, &policy, event)
                    .await
                    .map_err(|stop| stop.in_words())?,
                None => Seal::Differs {
                    why: "打不开，不能与条目比较".to_owned(),
                },
            };
            if let Seal::Differs { why } = &seal {
                found
                    .differences
                    .push(format!("第 {} 号记录（{}）：{why}", step.version, step.act));
            }
            seals.push(seal);
        }
    }
    tell(order, &found, &seals);
    Ok(match found.differences.is_empty() {
        true => Outcome::Done,
        false => Outcome::Refused,
    })
}

fn tell(order: &Replay, found: &Replayed, seals: &[Seal]) {
    if order.json {
        let steps: Vec<_> = found
            .steps
            .iter()
            .enumerate()
            .map(|(at, step)| json!({ "step": step, "seal": seals.get(at) }))
            .collect();
        return print_json(&json!({
            "case_no": order.case_no,
            "at": order.at,
            "state": found.steps.last().and_then(|step| step.state.as_ref()),
            "steps": steps,
            "differences": found.differences,
        }));
    }
    for (at, step) in found.steps.iter().enumerate() {
        say(&line(step, seals.get(at)));
    }
    let stood = found.steps.last().and_then(|step| step.state.as_ref());
    say(&format!("状态：{}", stood.map_or("推不出来", |stood| stood.name)));
    for difference in &found.differences {
        complain(&format!("  {difference}"));
    }
    say(match (found.differences.is_empty(), order.verify) {
        (true, true) => "每一步都与公开日志一致。",
        (true, false) => "记录前后一致（没有与公开日志核对；加 --verify 核对）。",
        (false, _) => "有出入，见上。",
    });
}

fn line(step: &Step, seal: Option<&Seal>) -> String {
    let at = step.recorded_at.map_or("时间不明".to_owned(), |at| {
        at.to_zoned(shanghai()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    });
    let stood = step.state.as_ref().map_or("？", |stood| stood.name);
    let erased = if step.erased { "（内容已删除）" } else { "" };
    let sealed = match seal {
        None => String::new(),
        Some(Seal::Sealed { place, .. } | Seal::Erased { place, .. }) => format!("　日志第 {place} 号，一致"),
        Some(Seal::Waiting) => "　等待封存".to_owned(),
        Some(Seal::NotAnAct) => "　不是行政行为，没有条目".to_owned(),
        Some(Seal::Differs { .. }) => "　不一致！".to_owned(),
    };
    format!("{:>3}　{at}　{}{erased} → {stood}{sealed}", step.version, step.act)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_a_day_in_china_or_exact() {
        let check = |text: &str, expect: Option<&str>| {
            let read = instant(text).ok().map(|at| at.to_string());
            assert_eq!(read.as_deref(), expect, "{text}");
        };
        check("2026-05-06", Some("2026-05-06T15:59:59.999999999Z"));
        check("2026-05-06T10:30", Some("2026-05-06T02:30:00Z"));
        check("2026-05-06T10:30:00Z", Some("2026-05-06T10:30:00Z"));
        check("2026-05-06T10:30:00+08:00", Some("2026-05-06T02:30:00Z"));
        check("昨天", None);
        check("2026-02-30", None);
    }
}
