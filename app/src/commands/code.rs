//! `mingjing code check`: form and check digits of codes; no register is asked.

use clap::Subcommand;
use mingjing_chronicle::Clock;

use crate::outcome::{Outcome, print_json, say};

#[derive(Subcommand)]
pub enum CodeCommand {
    /// 检查事项编码、统一社会信用代码、组织机构代码、身份号码、区划代码的格式与校验位
    Check {
        #[arg(required = true)]
        codes: Vec<String>,
        /// 以 JSON 输出
        #[arg(long)]
        json: bool,
    },
}

pub fn run(command: CodeCommand) -> Outcome {
    let CodeCommand::Check { codes, json } = command;
    let today = Clock::System.today();
    let checked: Vec<_> = codes.iter().map(|code| mingjing_codes::check(code, today)).collect();
    if json {
        print_json(&checked);
    } else {
        for one in &checked {
            let verdict = if one.valid { "有效" } else { "无效" };
            let reason = one.reason.as_deref().unwrap_or_default();
            say(&format!("{}\t{}\t{verdict}\t{reason}", one.code, one.kind.name()));
        }
    }
    if checked.iter().all(|one| one.valid) {
        Outcome::Done
    } else {
        Outcome::Refused
    }
}
