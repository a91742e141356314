//! `mingjing rules eval|feel|check|test`: ask a rule, and hear why.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use mingjing_calendar::Calendar;
use mingjing_rules::api::{self, Setting};
use mingjing_rules::extension::Extensions;
use mingjing_rules::tck::SuiteFile;

use crate::outcome::{Outcome, complain, say};

#[derive(Subcommand)]
pub enum RulesCommand {
    /// 求一个决策的结果
    Eval {
        /// DMN 文件；有引入的，一并写上
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[arg(long)]
        decision: String,
        /// 输入数据（JSON 对象）
        #[arg(long, default_value = "{}")]
        input: String,
        /// 说明结果是怎样得出的
        #[arg(long)]
        explain: bool,
        #[arg(long)]
        json: bool,
    },
    /// 求一个 FEEL 表达式的值
    Feel {
        expression: String,
        #[arg(long)]
        context: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// 检查规则：缺口、重叠、用不到的规则、类型错误……
    Check {
        #[arg(required = true)]
        files: Vec<PathBuf>,
        #[arg(long)]
        json: bool,
    },
    /// 运行目录里的 DMN 测试（*.dmn 与同目录的 *-test-*.xml）
    Test { folder: PathBuf },
}

pub fn run(command: RulesCommand) -> Outcome {
    let outcome = match command {
        RulesCommand::Eval {
            files,
            decision,
            input,
            explain,
            json,
        } => eval(&files, &decision, &input, explain, json),
        RulesCommand::Feel {
            expression,
            context,
            json,
        } => answer(api::feel(&expression, context.as_deref(), &setting()), false, json),
        RulesCommand::Check { files, json } => check(&files, json),
        RulesCommand::Test { folder } => test(&folder),
    };
    outcome.unwrap_or_else(|why| Outcome::refused(&why))
}

/// Without a moment: `now()` of the command line would make its answers unrepeatable.
fn setting() -> Setting {
    Setting {
        extensions: Arc::new(Extensions::none().with_working_days(Calendar::national())),
        ..Setting::default()
    }
}

fn read(files: &[PathBuf]) -> Result<Vec<String>, String> {
    files
        .iter()
        .map(|file| std::fs::read_to_string(file).map_err(|error| format!("读不到 {}：{error}", file.display())))
        .collect()
}

fn eval(files: &[PathBuf], decision: &str, input: &str, explain: bool, json: bool) -> Result<Outcome, String> {
    let texts = read(files)?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    answer(api::eval(&texts, decision, input, explain, &setting()), explain, json)
}

fn answer(found: Result<api::Outcome, api::RulesError>, explain: bool, json: bool) -> Result<Outcome, String> {
    let found = found.map_err(|error| error.to_string())?;
    if json {
        say(&found.to_json());
    } else {
        say(&found.value.to_string());
        if explain {
            say(&found.sentences());
        }
        for name in &found.missing {
            complain(&format!("没有给出输入：{name}"));
        }
        for diagnostic in &found.diagnostics {
            complain(&format!("{diagnostic:?}"));
        }
    }
    let whole = found.stopped.is_none() && found.missing.is_empty();
    Ok(if whole { Outcome::Done } else { Outcome::Refused })
}

fn check(files: &[PathBuf], json: bool) -> Result<Outcome, String> {
    let texts = read(files)?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let findings = api::check_files(&texts, &setting()).map_err(|error| error.to_string())?;
    if json {
        say(&api::findings_json(&findings));
    } else {
        for finding in &findings {
            say(&format!(
                "{}\t{}\t{}",
                finding.kind.code(),
                finding.place,
                finding.message
            ));
        }
    }
    Ok(if findings.is_empty() {
        Outcome::Done
    } else {
        Outcome::Refused
    })
}

fn test(folder: &Path) -> Result<Outcome, String> {
    let mut files = Vec::new();
    gather(folder, &mut files, 0)?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    let report = api::test(&files, &Setting::default());
    for line in report.lines() {
        say(&line);
    }
    Ok(if report.failed() == 0 {
        Outcome::Done
    } else {
        Outcome::Refused
    })
}

fn gather(folder: &Path, files: &mut Vec<SuiteFile>, depth: usize) -> Result<(), String> {
    let unreadable = |error: std::io::Error| format!("读不到 {}：{error}", folder.display());
    if depth > 32 {
        return Err(format!("目录太深：{}", folder.display()));
    }
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            gather(&path, files, depth + 1)?;
        } else if path
            .extension()
            .is_some_and(|ending| ending == "dmn" || ending == "xml")
        {
            let text = std::fs::read_to_string(&path).map_err(unreadable)?;
            files.push(SuiteFile {
                path: path.display().to_string(),
                text,
            });
        }
    }
    Ok(())
}
