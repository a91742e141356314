//! `mingjing flow check|draw|run`: is this chart fit to run, what does it look like, and what happens when it runs?

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use mingjing_bpmn::check::{Inventory, Soundness};
use mingjing_bpmn::draw::{self, Overlay};
use mingjing_bpmn::run::{self, Act, Report, Setting};
use mingjing_bpmn::{Problem, Severity, check, model};
use serde_json::{Map, Value};

use crate::flow_rules::{FlowRules, Stub};
use crate::outcome::{Outcome, complain, print_json, say};

#[derive(Subcommand)]
pub enum FlowCommand {
    /// 检查一份流程图能否运行
    Check {
        file: PathBuf,
        /// 还按法律和这个地方有的岗位、文书、期限来查：清单文件（JSON），或 demo（演示城市）
        #[arg(long)]
        profile: Option<String>,
        #[arg(long)]
        json: bool,
    },
    /// 把流程图画成 SVG
    Draw {
        file: PathBuf,
        /// 写到文件；不写则输出
        #[arg(short, long)]
        output: Option<PathBuf>,
        /// 把检查的发现和反例的路径画在图上
        #[arg(long)]
        findings: bool,
        /// 同 flow check；与 --findings 一起用
        #[arg(long)]
        profile: Option<String>,
    },
    /// 给流程图排版，写上图形部分，供其他编辑器打开
    Place {
        file: PathBuf,
        /// 写到文件；不写则输出
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// 按脚本试运行一份流程图；时钟是虚拟的，没有别的可做时跳到下一个定时
    Run(Run),
}

#[derive(Args)]
pub struct Run {
    file: PathBuf,
    /// 流程的编号；不写则是唯一可执行的，或有无触发开始事件的那个
    #[arg(long)]
    process: Option<String>,
    /// 开始时的变量（JSON 对象）
    #[arg(long)]
    vars: Option<String>,
    /// 操作列表（JSON 文件）
    #[arg(long)]
    script: Option<PathBuf>,
    /// 等人办理的任务随到随办
    #[arg(long)]
    auto: bool,
    /// 其他语言的脚本和服务任务视为已办
    #[arg(long)]
    stub_scripts: bool,
    /// 其他语言的条件的答案；ask 则逐个询问
    #[arg(long)]
    stub_conditions: Option<StubConditions>,
    /// 时钟最多走到开始后多久（ISO 8601，如 PT24H）
    #[arg(long)]
    until: Option<String>,
    /// 时钟从何时开始
    #[arg(long, default_value = "2026-01-01T00:00:00+08:00")]
    start: String,
    /// 业务规则任务用到的 DMN 文件
    #[arg(long)]
    dmn: Vec<PathBuf>,
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum StubConditions {
    True,
    False,
    Ask,
}

pub fn run(command: FlowCommand) -> Outcome {
    match command {
        FlowCommand::Check { file, profile, json } => check(&file, profile.as_deref(), json),
        FlowCommand::Draw {
            file,
            output,
            findings,
            profile,
        } => draw_file(&file, output.as_deref(), findings, profile.as_deref()),
        FlowCommand::Place { file, output } => place(&file, output.as_deref()),
        FlowCommand::Run(run) => rehearse(&run),
    }
}

fn read(file: &Path) -> Result<String, Outcome> {
    let unreadable = |why: String| {
        complain(&format!("读不到 {}：{why}", file.display()));
        Outcome::Unusable
    };
    let bytes = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| unreadable("不是UTF-8文本".to_owned()))
}

/// What the demo city has: `--profile demo`.
const DEMO: &str = include_str!("../../../demo/flows/inventory.json");

/// What is known of a file, with or without the law and a place.
struct Findings {
    problems: Vec<Problem>,
    sound: Soundness,
    operations: Option<Soundness>,
    readable: bool,
    holds: bool,
}

fn findings(xml: &str, profile: Option<&str>) -> Result<Findings, Outcome> {
    let Some(profile) = profile else {
        let verdict = check::verdict(xml);
        return Ok(Findings {
            holds: verdict.is_fit() && verdict.soundness != Soundness::NotDecided,
            problems: verdict.problems,
            sound: verdict.soundness,
            operations: None,
            readable: verdict.readable,
        });
    };
    let text = match profile {
        "demo" => DEMO.to_owned(),
        file => read(Path::new(file))?,
    };
    let inventory = Inventory::from_json(&text).map_err(|why| {
        complain(&format!("清单 {profile} 读不出来：{why}"));
        Outcome::Unusable
    })?;
    let proof = check::prove(xml, &inventory, &FlowRules::new());
    Ok(Findings {
        holds: proof.holds(),
        problems: proof.problems,
        sound: proof.soundness,
        operations: Some(proof.operations),
        readable: proof.readable,
    })
}

fn check(file: &Path, profile: Option<&str>, json: bool) -> Outcome {
    let found = match read(file).and_then(|xml| findings(&xml, profile)) {
        Ok(found) => found,
        Err(outcome) => return outcome,
    };
    if json {
        print_json(&serde_json::json!({
            "fit": found.holds,
            "sound": found.sound,
            "operations": found.operations,
            "problems": found.problems,
        }));
    } else {
        tell(&found.problems);
        if found.holds {
            say(&format!("可以运行：{}", found.sound.in_words()));
        }
    }
    match (found.holds, found.readable) {
        (true, _) => Outcome::Done,
        (false, true) => Outcome::Refused,
        (false, false) => Outcome::Unusable,
    }
}

fn tell(problems: &[Problem]) {
    for problem in problems {
        let element = problem.element.as_deref().unwrap_or("-");
        let way = match problem.path.is_empty() {
            true => String::new(),
            false => format!("\t{}", problem.path.join(" → ")),
        };
        complain(&format!("{element}\t{}\t{}{way}", problem.code, problem.message));
    }
}

fn write_out(text: &str, output: Option<&Path>) -> Outcome {
    let Some(output) = output else {
        say(text);
        return Outcome::Done;
    };
    match std::fs::write(output, text) {
        Ok(()) => Outcome::Done,
        Err(error) => Outcome::refused(&format!("写不到 {}：{error}", output.display())),
    }
}

fn draw_file(file: &Path, output: Option<&Path>, with_findings: bool, profile: Option<&str>) -> Outcome {
    let xml = match read(file) {
        Ok(xml) => xml,
        Err(outcome) => return outcome,
    };
    let drawn = match with_findings {
        true => match findings(&xml, profile) {
            Ok(found) => drawn_with(&xml, &found.problems),
            Err(outcome) => return outcome,
        },
        false => drawn(&xml),
    };
    match drawn {
        Some(drawn) => write_out(&drawn, output),
        None => Outcome::Unusable,
    }
}

/// With what is wrong marked on it.
fn drawn(xml: &str) -> Option<String> {
    let (model, problems) = model::read_all(xml);
    let errors: Vec<Problem> = problems.into_iter().filter(|p| p.severity == Severity::Error).collect();
    tell(&errors);
    model.map(|model| draw::svg(&model, &Overlay::of_findings(&model, &errors)))
}

fn drawn_with(xml: &str, problems: &[Problem]) -> Option<String> {
    let (model, _) = model::read_all(xml);
    model.map(|model| draw::svg(&model, &Overlay::of_findings(&model, problems)))
}

fn place(file: &Path, output: Option<&Path>) -> Outcome {
    let xml = match read(file) {
        Ok(xml) => xml,
        Err(outcome) => return outcome,
    };
    match model::read_all(&xml) {
        (Some(model), _) => write_out(&model::write_placed(&model), output),
        (None, problems) => {
            tell(&problems);
            Outcome::Unusable
        }
    }
}

fn rehearse(asked: &Run) -> Outcome {
    let xml = match read(&asked.file) {
        Ok(xml) => xml,
        Err(outcome) => return outcome,
    };
    let report = report(asked, &xml).unwrap_or_else(|why| Report::refused("usage", None, why));
    if asked.json {
        print_json(&report);
    } else {
        tell_report(&report);
    }
    match report.status.exit() {
        0 => Outcome::Done,
        1 => Outcome::Refused,
        _ => Outcome::Unusable,
    }
}

fn report(asked: &Run, xml: &str) -> Result<Report, String> {
    let (setting, rules) = (setting(asked)?, rules(asked)?);
    Ok(match model::read(xml) {
        Ok(model) => run::run(&model, &setting, &rules),
        Err(problems) => refused(&problems),
    })
}

fn refused(problems: &[Problem]) -> Report {
    let sentences: Vec<&str> = problems
        .iter()
        .take(20)
        .map(|problem| problem.message.as_str())
        .collect();
    let errors = problems.iter().find(|problem| problem.severity == Severity::Error);
    let code = errors.map_or("unreadable", |problem| problem.code);
    Report::refused(
        code,
        errors.and_then(|problem| problem.element.clone()),
        sentences.join("\n"),
    )
}

fn setting(asked: &Run) -> Result<Setting, String> {
    let vars: Map<String, Value> = match &asked.vars {
        None => Map::new(),
        Some(text) => serde_json::from_str(text).map_err(|error| format!("--vars 不是JSON对象：{error}"))?,
    };
    let script = match &asked.script {
        None => Vec::new(),
        Some(file) => {
            let unreadable = |error: String| format!("脚本 {} 读不出来：{error}", file.display());
            let text = std::fs::read_to_string(file).map_err(|error| unreadable(error.to_string()))?;
            let value: Value = serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
            Act::list(&value).map_err(|error| error.to_string())?
        }
    };
    let start = run::moment(&asked.start).ok_or_else(|| format!("--start “{}”不是日期时间", asked.start))?;
    let until = match &asked.until {
        None => None,
        Some(text) => Some(run::span(start, text).ok_or_else(|| format!("--until “{text}”不是ISO 8601的时长"))?),
    };
    Ok(Setting {
        process: asked.process.clone(),
        vars,
        script,
        auto: asked.auto,
        start,
        until,
    })
}

fn rules(asked: &Run) -> Result<FlowRules, String> {
    let mut rules = FlowRules::new();
    rules.stub_scripts = asked.stub_scripts;
    rules.stub_conditions = asked.stub_conditions.map(|stub| match stub {
        StubConditions::True => Stub::Always(true),
        StubConditions::False => Stub::Always(false),
        StubConditions::Ask => Stub::Ask(Box::new(ask)),
    });
    for file in &asked.dmn {
        let unreadable = |error: String| format!("{} 读不出来：{error}", file.display());
        let text = std::fs::read_to_string(file).map_err(|error| unreadable(error.to_string()))?;
        rules.add_decisions(&text).map_err(unreadable)?;
    }
    Ok(rules)
}

fn ask(element: &str, text: &str) -> Option<bool> {
    loop {
        let mut out = std::io::stderr();
        let _ = write!(out, "{element}：{text} 成立吗？（y/n）");
        let _ = out.flush();
        let mut line = String::new();
        if std::io::stdin().read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim() {
            "y" | "yes" | "true" | "是" => return Some(true),
            "n" | "no" | "false" | "否" => return Some(false),
            _ => {}
        }
    }
}

fn tell_report(report: &Report) {
    for line in &report.trace {
        say(&format!(
            "{}\t{}\t{}\t{}",
            line.at, line.what, line.element, line.instance
        ));
    }
    for open in &report.open {
        say(&format!("{}\topen\t{}\t{}", open.since, open.element, open.instance));
    }
    let status = serde_json::to_value(report.status).unwrap_or_default();
    say(status.as_str().unwrap_or_default());
    if let Some(reason) = &report.reason {
        complain(reason);
    }
}
