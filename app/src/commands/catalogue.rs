//! `mingjing catalogue import|export|check`.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use mingjing_catalogue::{Attachments, Format, ImportOrder, attachment_names};
use mingjing_chronicle::{Actor, Chance, Clock};

use crate::commands::serve::runtime;
use crate::outcome::{Outcome, complain, print_json, say};
use crate::settings::{Settings, read_key};
use crate::{city, house};

#[derive(Subcommand)]
pub enum CatalogueCommand {
    /// 导入事项（CSV 或 JSON）：要么全部，要么一行也不导入
    Import(Import),
    /// 导出全部事项
    Export {
        #[arg(long, default_value = ".")]
        data: PathBuf,
        #[arg(long, value_enum, default_value_t = ExportFormat::Csv)]
        format: ExportFormat,
    },
    /// 检查目录是否完整（缺流程、缺表单、缺依据……）
    Check {
        #[arg(long, default_value = ".")]
        data: PathBuf,
        #[arg(long)]
        json: bool,
    },
}

#[derive(Args)]
pub struct Import {
    file: PathBuf,
    /// 部署的数据目录
    #[arg(long, default_value = ".")]
    data: PathBuf,
    /// 法制机构的确认：“机构, 文号”；没有确认不得录入（R20、R22）
    #[arg(long)]
    confirmed_by: Option<String>,
    /// 只检查，不写入
    #[arg(long)]
    dry_run: bool,
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum ExportFormat {
    Csv,
    Json,
}

pub fn run(command: CatalogueCommand) -> Outcome {
    let outcome = match command {
        CatalogueCommand::Import(order) => import(&order),
        CatalogueCommand::Export { data, format } => export(&data, format),
        CatalogueCommand::Check { data, json } => check(&data, json),
    };
    outcome.unwrap_or_else(|why| Outcome::refused(&why))
}

pub fn with_chronicle<T>(
    data: &Path,
    work: impl AsyncFnOnce(std::sync::Arc<mingjing_chronicle::Chronicle>) -> Result<T, String>,
) -> Result<T, String> {
    let settings = Settings::read(data)?;
    let keys = read_key(&settings.keys)?;
    runtime()?.block_on(async {
        let chronicle = house::open(&settings, data, keys, Clock::System, Chance::System)
            .await
            .map_err(|fault| format!("打不开数据：{fault}"))?;
        work(chronicle).await
    })
}

fn import(order: &Import) -> Result<Outcome, String> {
    let bytes = std::fs::read(&order.file).map_err(|error| format!("读不到 {}：{error}", order.file.display()))?;
    let attachments = read_attachments(&order.file, &bytes)?;
    let request = ImportOrder {
        bytes,
        attachments,
        confirmed_by: order.confirmed_by.clone(),
        dry_run: order.dry_run,
    };
    let imported = with_chronicle(&order.data, async |chronicle| {
        Ok(mingjing_catalogue::import(&chronicle, Actor::system(), request).await)
    })?;
    let report = match imported {
        Ok(report) => report,
        Err(stop) => return Err(city::in_words(&stop)),
    };
    if order.json {
        print_json(&report);
    } else {
        for row in &report.rows {
            for problem in &row.problems {
                complain(&format!(
                    "第 {} 行 {}：{}（{}）",
                    row.line, problem.field, problem.reason, problem.code
                ));
            }
        }
        let (accepted, unchanged, refused) = (report.accepted, report.unchanged, report.refused);
        say(&format!(
            "录入 {accepted} 项，没有变化 {unchanged} 项，拒绝 {refused} 项。"
        ));
        if refused > 0 {
            complain("有一行被拒绝，整个文件都没有录入。");
        }
    }
    Ok(if report.refused == 0 {
        Outcome::Done
    } else {
        Outcome::Refused
    })
}

/// Flow and form files lie beside the file or one folder up, under the names that the rows use.
fn read_attachments(file: &Path, bytes: &[u8]) -> Result<Attachments, String> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut attachments = Attachments::new();
    for name in attachment_names(bytes) {
        let found = [folder.join(&name), folder.join("..").join(&name)]
            .into_iter()
            .find(|path| path.is_file());
        let Some(path) = found else {
            continue; // The row that names it is refused with line and field.
        };
        let content = std::fs::read(&path).map_err(|error| format!("读不到 {}：{error}", path.display()))?;
        attachments.insert(name, content);
    }
    Ok(attachments)
}

fn export(data: &Path, format: ExportFormat) -> Result<Outcome, String> {
    let format = match format {
        ExportFormat::Csv => Format::Csv,
        ExportFormat::Json => Format::Json,
    };
    let bytes = with_chronicle(data, async |chronicle| {
        mingjing_catalogue::export(&chronicle, format)
            .await
            .map_err(|fault| fault.to_string())
    })?;
    say(&String::from_utf8_lossy(&bytes));
    Ok(Outcome::Done)
}

fn check(data: &Path, json: bool) -> Result<Outcome, String> {
    let findings = with_chronicle(data, async |chronicle| {
        mingjing_catalogue::check(&chronicle)
            .await
            .map_err(|fault| fault.to_string())
    })?;
    if json {
        print_json(&findings);
    } else {
        for finding in &findings {
            say(&format!(
                "{}\t{}\t{}",
                finding.item_code, finding.problem.field, finding.problem.reason
            ));
        }
    }
    Ok(if findings.is_empty() {
        Outcome::Done
    } else {
        Outcome::Refused
    })
}
