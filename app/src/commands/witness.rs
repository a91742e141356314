//! `mingjing witness`: cosigns what the neighbours' logs show, so that no log can show two things to two people. It needs
//! no record; key, host and people should be others than the log's.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use mingjing_chronicle::{Chance, Clock};
use mingjing_ledger::{Folder, WitnessDesk, create_seed, lock_folder, read_seed, witness_routes};
use mingjing_tlog::{KeyKind, KeyName, SignerKey, VerifierKey};
use mingjing_web::{Limits, Server};

use crate::commands::serve::{log_as_json, runtime, stopped};
use crate::outcome::{Outcome, say};

#[derive(Args)]
pub struct Witness {
    /// 见过的检查点存放在这里；不得从备份恢复
    #[arg(long)]
    state: PathBuf,
    /// 见证密钥；第一次启动时建立
    #[arg(long)]
    key: PathBuf,
    /// 见证人的名称，例如 witness.example.gov.cn
    #[arg(long)]
    name: String,
    /// 为哪些日志见证：每行一把验证公钥
    #[arg(long)]
    logs: PathBuf,
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
}

pub fn run(order: Witness) -> Outcome {
    log_as_json();
    match witness(&order) {
        Ok(()) => Outcome::Done,
        Err(why) => Outcome::refused(&why),
    }
}

fn witness(order: &Witness) -> Result<(), String> {
    let in_words = |stop: mingjing_ledger::Stop| format!("见证人不能启动：{stop}");
    let name = KeyName::parse(&order.name).map_err(|error| format!("名称有误：{error}"))?;
    let logs = logs(&order.logs)?;
    if !order.key.exists() {
        create_seed(&order.key, &Chance::System).map_err(in_words)?;
    }
    let seed = read_seed(&order.key).map_err(in_words)?;
    let key = SignerKey::from_seed(name, KeyKind::Witness, &seed);
    std::fs::create_dir_all(&order.state).map_err(|error| format!("建不了目录 {}：{error}", order.state.display()))?;
    let lock = lock_folder(&order.state).map_err(in_words)?;
    say(&format!("== 见证公钥：{}", key.verifier()));
    let heads = Folder::new(&order.state);
    let desk = WitnessDesk::new(key, logs, Clock::System, heads, Some(lock));
    runtime()?.block_on(async {
        let server = Server::bind(order.listen, Limits::default())
            .await
            .map_err(|error| format!("不能在 {} 上监听：{error}", order.listen))?;
        let address = server.address().map_err(|error| error.to_string())?;
        say(&format!("== 已就绪：http://{address}/"));
        server.serve(witness_routes(Arc::new(desk)), stopped()).await;
        Ok(())
    })
}

fn logs(path: &Path) -> Result<Vec<VerifierKey>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("读不到 {}：{error}", path.display()))?;
    let lines = text.lines().map(str::trim);
    let keys: Vec<VerifierKey> = lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| VerifierKey::parse(line).map_err(|error| format!("公钥有误：{error}")))
        .collect::<Result<_, _>>()?;
    match keys.iter().all(|key| key.kind() == KeyKind::Log) && !keys.is_empty() {
        true => Ok(keys),
        false => Err(format!("{} 里要有日志的公钥，而且只能有日志的公钥。", path.display())),
    }
}
