//! `mingjing law import`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;
use mingjing_catalogue::adjustment::CitingKind;
use mingjing_catalogue::public::NormRank;
use mingjing_catalogue::{LawImport, LawOrder, ProgramText, import_editions};
use mingjing_chronicle::Actor;

use crate::city;
use crate::commands::catalogue::with_chronicle;
use crate::outcome::{Outcome, complain, print_json, say};

#[derive(Subcommand)]
pub enum LawCommand {
    /// 导入法律法规的全文（Markdown）：要么全部文件，要么一个也不导入
    Import(Import),
}

#[derive(Args)]
pub struct Import {
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// 部署的数据目录
    #[arg(long, default_value = ".")]
    data: PathBuf,
    /// 施行日期；一次导入几个文件时，只用于文中没有写明的
    #[arg(long)]
    in_force: Option<Date>,
    /// 失效日期（最后一天），只用于已经废止的
    #[arg(long)]
    until: Option<Date>,
    /// 位阶：法律、行政法规、地方性法规、规章、规范性文件
    #[arg(long, value_parser = rank)]
    rank: Option<NormRank>,
    /// 只检查，不写入
    #[arg(long)]
    dry_run: bool,
    #[arg(long)]
    json: bool,
}

fn rank(name: &str) -> Result<NormRank, String> {
    NormRank::named(name).ok_or_else(|| "没有这种位阶".to_owned())
}

pub fn run(command: LawCommand) -> Outcome {
    let LawCommand::Import(order) = command;
    import(&order).unwrap_or_else(|why| Outcome::refused(&why))
}

fn import(order: &Import) -> Result<Outcome, String> {
    let read = order.files.iter().map(|path| {
        let bytes = std::fs::read(path).map_err(|error| format!("读不到 {}：{error}", path.display()))?;
        Ok((path.display().to_string(), bytes))
    });
    let request = LawOrder {
        files: read.collect::<Result<_, String>>()?,
        in_force_from: order.in_force,
        in_force_to: order.until,
        rank: order.rank,
        dry_run: order.dry_run,
        program: program(),
    };
    let imported = with_chronicle(&order.data, async |chronicle| {
        Ok(import_editions(&chronicle, Actor::system(), request).await)
    })?;
    let report = imported.map_err(|stop| city::in_words(&stop))?;
    match order.json {
        true => print_json(&report),
        false => tell(&report),
    }
    Ok(match report.is_refused() {
        false => Outcome::Done,
        true => Outcome::Refused,
    })
}

fn tell(report: &LawImport) {
    for file in &report.files {
        for problem in &file.problems {
            complain(&format!(
                "{} 第 {} 行：{}（{}）",
                file.file, problem.line, problem.reason, problem.code
            ));
        }
        let since = file
            .in_force_from
            .map_or_else(String::new, |day| format!("，自{day}起施行"));
        say(&format!(
            "{}\t《{}》{} 条{since}，与前一版相比变动 {} 处",
            file.outcome.name(),
            file.law,
            file.articles,
            file.changed
        ));
    }
    if report.is_refused() {
        complain("有文件被退回，全部没有导入。");
    }
}

/// What of the program cites articles: every refusal with its article, every paper's template.
fn program() -> Vec<ProgramText> {
    let mut texts = templates();
    texts.extend(rules(include_str!("../../../docs/refusals.md")));
    texts
}

/// Rows of the page that the tests make from the sources: code, status, words, article, advice.
fn rules(page: &str) -> Vec<ProgramText> {
    page.lines()
        .filter_map(|line| {
            let cells: Vec<&str> = line.split(" | ").map(|cell| cell.trim_matches(['|', ' '])).collect();
            let [code, _, words, article, ..] = cells.as_slice() else {
                return None;
            };
            let code = code.strip_prefix('`')?.strip_suffix('`')?;
            (!article.is_empty()).then(|| ProgramText {
                kind: CitingKind::Rule,
                id: code.to_owned(),
                name: (*words).to_owned(),
                text: (*article).to_owned(),
            })
        })
        .collect()
}

#[cfg(feature = "papers")]
fn templates() -> Vec<ProgramText> {
    let templates = mingjing_paper::Templates::builtin();
    let texts = templates.texts().map(|(name, text)| ProgramText {
        kind: CitingKind::Template,
        id: name.to_owned(),
        name: format!("文书模板 {name}"),
        text: text.to_owned(),
    });
    texts.collect()
}

#[cfg(not(feature = "papers"))]
fn templates() -> Vec<ProgramText> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_known_with_their_articles() {
        let rules = rules(include_str!("../../../docs/refusals.md"));
        let of = |code: &str| rules.iter().find(|rule| rule.id == code).map(|rule| rule.text.as_str());
        assert_eq!(of("cases.*.benchmark_unreadable"), Some("行政处罚法第三十四条"));
        assert_eq!(of("api.body"), None);
        assert!(rules.len() > 50, "{}", rules.len());
    }
}
