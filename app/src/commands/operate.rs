//! `mingjing rebuild|doctor|backup|restore`: looking after a deployment.

use std::path::{Path, PathBuf};

use clap::Args;
use mingjing_chronicle::{Chance, Clock, operate};

use crate::commands::paper::missing_fonts;
use crate::commands::{demo, serve};
use crate::house;
use crate::outcome::{Outcome, complain, print_json, say};
use crate::settings::{Settings, read_key};

#[derive(Args)]
pub struct Rebuild {
    #[arg(long, default_value = "demo-data")]
    data: PathBuf,
    /// 只把重建的结果与现有的比较
    #[arg(long)]
    check: bool,
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Doctor {
    #[arg(long, default_value = "demo-data")]
    data: PathBuf,
    /// Patroni 的 REST 地址（主机:端口），用来查它的版本
    #[arg(long)]
    patroni: Option<String>,
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub struct Backup {
    #[arg(long)]
    data: PathBuf,
    /// 空目录
    #[arg(long)]
    to: PathBuf,
}

#[derive(Args)]
pub struct Restore {
    #[arg(long)]
    from: PathBuf,
    /// 已有 config.toml、还没有数据的目录
    #[arg(long)]
    data: PathBuf,
}

/// The settings of a deployment, or those of a demo city that lies there.
pub fn settings(data: &Path) -> Result<Settings, String> {
    if data.join("config.toml").exists() || !data.join("keys").exists() {
        return Settings::read(data);
    }
    Ok(demo::settings(data, ([127, 0, 0, 1], 8080).into(), None))
}

fn answer(outcome: Result<Outcome, String>) -> Outcome {
    outcome.unwrap_or_else(|why| Outcome::refused(&why))
}

pub fn rebuild(order: Rebuild) -> Outcome {
    answer(try_rebuild(&order))
}

fn try_rebuild(order: &Rebuild) -> Result<Outcome, String> {
    let settings = settings(&order.data)?;
    let keys = read_key(&settings.keys)?;
    serve::runtime()?.block_on(async {
        let chronicle = house::open(&settings, &order.data, keys, Clock::System, Chance::System)
            .await
            .map_err(|fault| format!("打不开数据：{fault}"))?;
        if !order.check {
            operate::rebuild(&chronicle).await.map_err(|fault| fault.to_string())?;
        }
        let report = operate::rebuild_check(&chronicle)
            .await
            .map_err(|fault| fault.to_string())?;
        if order.json {
            print_json(&report);
        } else if report.equal() {
            say(&format!(
                "一致：由 {} 条记录重建的读表与现有的完全相同。",
                report.events
            ));
        } else {
            complain("不一致：");
            for table in report
                .tables
                .iter()
                .filter(|table| table.missing + table.unexpected > 0)
            {
                complain(&format!(
                    "  {}：缺 {} 行，多 {} 行",
                    table.table, table.missing, table.unexpected
                ));
            }
        }
        Ok(if report.equal() {
            Outcome::Done
        } else {
            Outcome::Refused
        })
    })
}

pub fn doctor(order: Doctor) -> Outcome {
    answer(try_doctor(&order))
}

fn try_doctor(order: &Doctor) -> Result<Outcome, String> {
    let settings = settings(&order.data)?;
    let location = settings.location(&order.data)?;
    let mut findings = serve::runtime()?.block_on(operate::doctor(
        &location,
        Some(&settings.keys),
        order.patroni.as_deref(),
    ));
    for name in missing_fonts() {
        findings.push(operate::Finding {
            level: operate::Level::Refuse,
            code: "fonts.missing",
            message: format!("缺少文书字体 {name}"),
            advice: "运行 app/setup/fonts.sh，并让 MINGJING_FONTS 指向字体目录。".into(),
        });
    }
    let sound = findings.iter().all(|finding| finding.level != operate::Level::Refuse);
    if order.json {
        print_json(&findings);
    } else {
        for finding in &findings {
            say(&format!(
                "[{}] {}\n      {}",
                word(finding.level),
                finding.message,
                finding.advice
            ));
        }
        say(if sound {
            "没有发现必须先解决的问题。"
        } else {
            "有必须先解决的问题。"
        });
    }
    Ok(if sound { Outcome::Done } else { Outcome::Refused })
}

fn word(level: operate::Level) -> &'static str {
    match level {
        operate::Level::Ok => "正常",
        operate::Level::Warn => "注意",
        operate::Level::Refuse => "必须解决",
    }
}

pub fn backup(order: Backup) -> Outcome {
    answer(try_backup(&order))
}

fn try_backup(order: &Backup) -> Result<Outcome, String> {
    let settings = settings(&order.data)?;
    let keys = read_key(&settings.keys)?;
    serve::runtime()?.block_on(async {
        let chronicle = house::open(&settings, &order.data, keys, Clock::System, Chance::System)
            .await
            .map_err(|fault| format!("打不开数据：{fault}"))?;
        let manifest = operate::backup(&chronicle, &order.to)
            .await
            .map_err(|fault| fault.to_string())?;
        say(&format!("已备份 {} 条记录到 {}。", manifest.events, order.to.display()));
        Ok(Outcome::Done)
    })
}

pub fn restore(order: Restore) -> Outcome {
    answer(try_restore(&order))
}

fn try_restore(order: &Restore) -> Result<Outcome, String> {
    let settings = settings(&order.data)?;
    let keys = read_key(&settings.keys)?;
    let parameters = settings.parameters()?;
    let blueprint = house::blueprint(&settings.jurisdiction, parameters);
    let journal = settings.erasures();
    let location = settings.location(&order.data)?;
    serve::runtime()?.block_on(async {
        let restored = operate::restore(
            &order.from,
            location,
            blueprint,
            keys,
            Clock::System,
            Chance::System,
            Some(&journal),
        )
        .await
        .map_err(|fault| fault.to_string())?;
        say(&format!(
            "已恢复 {} 条记录；读表已重建并核对一致。",
            restored.manifest.events
        ));
        Ok(Outcome::Done)
    })
}
