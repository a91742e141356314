//! `mingjing flow check|draw`: is this chart fit to run, and what does it look like?

use std::path::PathBuf;

use clap::Subcommand;
use mingjing_bpmn::DrawOptions;

use crate::outcome::{Outcome, complain, print_json, say};

#[derive(Subcommand)]
pub enum FlowCommand {
    /// 检查一份流程图能否运行
    Check {
        file: PathBuf,
        #[arg(long)]
        json: bool,
    },
    /// 把流程图画成 SVG
    Draw { file: PathBuf },
}

pub fn run(command: FlowCommand) -> Outcome {
    match command {
        FlowCommand::Check { file, json } => check(&file, json),
        FlowCommand::Draw { file } => draw(&file),
    }
}

fn read(file: &PathBuf) -> Result<String, Outcome> {
    std::fs::read_to_string(file).map_err(|error| Outcome::refused(&format!("读不到 {}：{error}", file.display())))
}

fn check(file: &PathBuf, json: bool) -> Outcome {
    let xml = match read(file) {
        Ok(xml) => xml,
        Err(outcome) => return outcome,
    };
    let report = mingjing_bpmn::check::report(&xml);
    let fit = report.errors().next().is_none();
    if json {
        print_json(&serde_json::json!({ "fit": fit, "report": report }));
    } else {
        for problem in &report.problems {
            let element = problem.element.as_deref().unwrap_or("-");
            complain(&format!("{element}\t{}\t{}", problem.code, problem.message));
        }
        if let (true, Some(model)) = (fit, &report.model) {
            let steps = mingjing_bpmn::table(model).len();
            say(&format!("可以运行：{}（{steps} 个环节）", model.name()));
        }
    }
    if fit { Outcome::Done } else { Outcome::Refused }
}

fn draw(file: &PathBuf) -> Outcome {
    let xml = match read(file) {
        Ok(xml) => xml,
        Err(outcome) => return outcome,
    };
    match mingjing_bpmn::read(&xml) {
        Ok(model) => {
            say(&mingjing_bpmn::svg(&model, &DrawOptions::default()));
            Outcome::Done
        }
        Err(problems) => {
            for problem in &problems {
                complain(&problem.message);
            }
            Outcome::Refused
        }
    }
}
