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
    match mingjing_bpmn::read(&xml) {
        Ok(model) => {
            if json {
                print_json(&serde_json::json!({
                    "fit": true,
                    "process": model.process_id(),
                    "hash": model.hash(),
                    "steps": mingjing_bpmn::table(&model).len(),
                    "problems": [],
                }));
            } else {
                say(&format!("可以运行：{}（{} 个环节）", model.name(), mingjing_bpmn::table(&model).len()));
            }
            Outcome::Done
        }
        Err(problems) => {
            if json {
                let problems: Vec<_> = problems
                    .iter()
                    .map(|problem| {
                        serde_json::json!({
                            "element": problem.element, "code": problem.code, "message": problem.message,
                        })
                    })
                    .collect();
                print_json(&serde_json::json!({ "fit": false, "problems": problems }));
            } else {
                for problem in &problems {
                    let element = problem.element.as_deref().unwrap_or("-");
                    complain(&format!("{element}\t{}\t{}", problem.code, problem.message));
                }
            }
            Outcome::Refused
        }
    }
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
