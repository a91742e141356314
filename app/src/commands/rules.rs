//! `mingjing rules eval|feel|check|test`: ask a rule, and hear why.

mod sheet;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use mingjing_calendar::Calendar;
use mingjing_chronicle::Clock;
use mingjing_rules::api::{self, RulesError, Setting};
use mingjing_rules::extension::Extensions;
use mingjing_rules::tck::SuiteFile;
use mingjing_rules::time::DateTime;

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
        /// 与 --explain 一起：说明写成可以打印存档的网页
        #[arg(long, requires = "explain", conflicts_with = "json")]
        html: bool,
        #[command(flatten)]
        moment: Moment,
        #[arg(long)]
        json: bool,
    },
    /// 求一个 FEEL 表达式的值
    Feel {
        /// 表达式；可以以负号开头
        #[arg(allow_hyphen_values = true)]
        expression: String,
        /// 名称和值（JSON 对象）
        #[arg(long)]
        context: Option<String>,
        #[command(flatten)]
        moment: Moment,
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

/// What `now()` and `today()` mean.
#[derive(Args)]
pub struct Moment {
    /// now() 和 today() 所指的时刻，如 2026-11-22T09:30:00+08:00；不写则为当前时刻
    #[arg(long)]
    at: Option<String>,
}

/// Largest file that is read at all; the engine's own limits are below.
const MAX_FILE: u64 = 64 << 20;

/// In which form the answer is wanted.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Text { explain: bool },
    Json,
    Sheet,
}

pub fn run(command: RulesCommand) -> Outcome {
    let outcome = match command {
        RulesCommand::Eval {
            files,
            decision,
            input,
            explain,
            html,
            moment,
            json,
        } => {
            let form = if html { Form::Sheet } else { form(json, explain) };
            eval(&files, &decision, &input, explain, &moment, form)
        }
        RulesCommand::Feel {
            expression,
            context,
            moment,
            json,
        } => setting(&moment).map(|setting| {
            let found = api::feel(&expression, context.as_deref(), &setting);
            answer(found, &expression, form(json, false))
        }),
        RulesCommand::Check { files, json } => check(&files, json),
        RulesCommand::Test { folder } => test(&folder),
    };
    outcome.unwrap_or_else(|why| Outcome::refused(&why))
}

fn form(json: bool, explain: bool) -> Form {
    if json { Form::Json } else { Form::Text { explain } }
}

fn setting(moment: &Moment) -> Result<Setting, String> {
    let now = match &moment.at {
        Some(text) => DateTime::parse(text).ok_or_else(|| format!("--at 不是日期时间：{text}"))?,
        None => current()?,
    };
    Ok(Setting {
        now: Some(now),
        extensions: Arc::new(Extensions::none().with_working_days(Calendar::national())),
        ..Setting::default()
    })
}

/// The moment in China, where the rules are in force.
fn current() -> Result<DateTime, String> {
    let china = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    let now = Clock::System.now().to_zoned(china);
    let text = now.strftime("%Y-%m-%dT%H:%M:%S+08:00").to_string();
    DateTime::parse(&text).ok_or_else(|| format!("时钟的时刻读不懂：{text}"))
}

fn read(files: &[PathBuf]) -> Result<Vec<String>, String> {
    files.iter().map(|file| read_one(file)).collect()
}

fn read_one(file: &Path) -> Result<String, String> {
    let unreadable = |why: &str| format!("读不到 {}：{why}", file.display());
    let size = std::fs::metadata(file).map_err(|error| unreadable(&error.to_string()))?;
    if size.is_dir() {
        return Err(unreadable("这是一个目录"));
    }
    if size.len() > MAX_FILE {
        return Err(unreadable("文件过大"));
    }
    let bytes = std::fs::read(file).map_err(|error| unreadable(&error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        unreadable(&format!("第 {} 个字节起不是 UTF-8 文字", at + 1))
    })
}

fn eval(
    files: &[PathBuf],
    decision: &str,
    input: &str,
    explain: bool,
    moment: &Moment,
    form: Form,
) -> Result<Outcome, String> {
    let setting = setting(moment)?;
    let texts = read(files)?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let found = api::eval(&texts, decision, input, explain, &setting);
    Ok(answer(found, "", form))
}

fn answer(found: Result<api::Outcome, RulesError>, text: &str, form: Form) -> Outcome {
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            if form == Form::Json {
                say(&error.to_json());
            }
            return Outcome::refused(&error.to_string());
        }
    };
    match form {
        Form::Json => say(&found.to_json()),
        Form::Sheet => say(&sheet::page(&found)),
        Form::Text { explain } => {
            say(&found.value.to_string());
            if explain {
                say(&found.sentences());
            }
        }
    }
    if form != Form::Json {
        remark(&found, text);
    }
    let whole = found.stopped.is_none() && found.missing.is_empty();
    if whole { Outcome::Done } else { Outcome::Refused }
}

/// What the evaluation had to say besides its value.
fn remark(found: &api::Outcome, text: &str) {
    if let Some(stopped) = found.stopped {
        complain(&format!("求值中止：{stopped}"));
    }
    for name in &found.missing {
        complain(&format!("没有给出输入：{name}"));
    }
    for diagnostic in &found.diagnostics {
        complain(&diagnostic.sentence(text));
    }
}

fn check(files: &[PathBuf], json: bool) -> Result<Outcome, String> {
    let texts = read(files)?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let found = api::check_files(&texts, &setting(&Moment { at: None })?);
    if let (Err(error), true) = (&found, json) {
        say(&error.to_json());
    }
    let findings = found.map_err(|error| error.to_string())?;
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
    let report = api::test(&files, &setting(&Moment { at: None })?);
    for line in report.lines() {
        say(&line);
    }
    if report.checks.is_empty() {
        return Ok(Outcome::refused("目录里没有找到测试（*-test-*.xml）"));
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
            files.push(SuiteFile {
                path: path.display().to_string(),
                text: read_one(&path)?,
            });
        }
    }
    Ok(())
}
