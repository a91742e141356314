//! What can be asked on the command line. Exit codes: 0 done, 1 refused or found something, 2 usage.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};
use mingjing_web::FileKind;

use crate::commands::{
    calendar, case, catalogue, code, demo, flow, init, law, ledger, operate, paper, rules, serve, simulate, witness,
};
use crate::outcome::Outcome;
use crate::worker;

/// 明镜：行政权力网上公开透明运行平台
#[derive(Parser)]
#[command(name = "mingjing", version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 启动演示城（第一次启动时建立演示数据）
    Demo {
        /// 演示数据目录
        #[arg(long, default_value = "demo-data")]
        data: PathBuf,
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// postgres://…；不写则用数据目录里的 SQLite
        #[arg(long)]
        database: Option<String>,
    },
    /// 建立一个正式部署：辖区、参数集、密钥、三名管理员
    Init(init::Init),
    /// 启动服务
    Serve {
        #[arg(long)]
        data: PathBuf,
        /// 公开日志的签名密钥；只在负责签名的那一个节点上给出（也可写在 config.toml 的 ledger_key）
        #[arg(long)]
        ledger_key: Option<PathBuf>,
        /// 签名簿目录；放在不备份、不恢复的卷上（也可写在 config.toml 的 ledger_journal）
        #[arg(long)]
        ledger_journal: Option<PathBuf>,
    },
    /// 期限计算
    #[command(subcommand)]
    Calendar(calendar::CalendarCommand),
    /// 编码检查
    #[command(subcommand)]
    Code(code::CodeCommand),
    /// 权力事项目录
    #[command(subcommand)]
    Catalogue(catalogue::CatalogueCommand),
    /// 法规库
    #[command(subcommand)]
    Law(law::LawCommand),
    /// 流程图
    #[command(subcommand)]
    Flow(flow::FlowCommand),
    /// 规则：FEEL 与 DMN
    #[command(subcommand)]
    Rules(rules::RulesCommand),
    /// 文书
    #[command(subcommand)]
    Paper(paper::PaperCommand),
    /// 办件：由记录重新推出，并逐步与公开日志核对
    #[command(subcommand)]
    Case(case::CaseCommand),
    /// 公开日志：查看、核对、出具和验证回执
    #[command(subcommand)]
    Ledger(ledger::LedgerCommand),
    /// 见证邻近机关的公开日志（C2SP tlog-witness）
    Witness(witness::Witness),
    /// 重建全部读表；--check 只比较，不改动
    Rebuild(operate::Rebuild),
    /// 检查这台机器和这份部署是否可靠
    Doctor(operate::Doctor),
    /// 备份到一个空目录
    Backup(operate::Backup),
    /// 从备份恢复到一个空的数据目录，并以重建核对
    Restore(operate::Restore),
    /// 以虚拟时钟模拟一座城市的办件，输出 JSON
    Simulate(simulate::Simulate),
    /// 压力测量，输出 JSON
    Bench(crate::bench::Bench),
    #[command(hide = true)]
    InspectUpload {
        #[arg(long)]
        kind: String,
    },
}

pub fn run() -> Outcome {
    match Cli::parse().command {
        Command::Demo { data, listen, database } => demo::run(data, listen, database),
        Command::Init(init) => init::run(init),
        Command::Serve {
            data,
            ledger_key,
            ledger_journal,
        } => serve::run(&data, ledger_key, ledger_journal),
        Command::Calendar(command) => calendar::run(command),
        Command::Code(command) => code::run(command),
        Command::Catalogue(command) => catalogue::run(command),
        Command::Law(command) => law::run(command),
        Command::Flow(command) => flow::run(command),
        Command::Rules(command) => rules::run(command),
        Command::Paper(command) => paper::run(command),
        Command::Case(command) => case::run(command),
        Command::Ledger(command) => ledger::run(command),
        Command::Witness(order) => witness::run(order),
        Command::Rebuild(rebuild) => operate::rebuild(rebuild),
        Command::Doctor(doctor) => operate::doctor(doctor),
        Command::Backup(backup) => operate::backup(backup),
        Command::Restore(restore) => operate::restore(restore),
        Command::Simulate(simulate) => simulate::run(simulate),
        Command::Bench(bench) => crate::bench::run(bench),
        Command::InspectUpload { kind } => inspect_upload(&kind),
    }
}

fn inspect_upload(kind: &str) -> Outcome {
    let kind = match kind {
        "pdf" => FileKind::Pdf,
        "jpg" => FileKind::Jpeg,
        "png" => FileKind::Png,
        _ => return Outcome::Refused,
    };
    match worker::run(kind) {
        Ok(()) => Outcome::Done,
        Err(_) => Outcome::Refused,
    }
}
