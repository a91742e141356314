//! `mingjing demo`: the demo city, built on the first start, at once afterwards.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use mingjing_chronicle::{Chance, Clock};
use mingjing_web::Limits;

use crate::commands::ledger;
use crate::commands::serve::{Serving, runtime, serve};
use crate::outcome::{Outcome, complain};
use crate::settings::{FooterSettings, Settings, create_key, read_key};
use crate::{city, house};

pub fn run(data: PathBuf, listen: SocketAddr, database: Option<String>) -> Outcome {
    let filter = tracing_subscriber::EnvFilter::try_from_env("MINGJING_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // It would tell them on standard error, and panic where that is what was closed.
        .log_internal_errors(false)
        .try_init();
    // One click signs in as anybody: never reachable from outside this machine.
    if !listen.ip().is_loopback() {
        return Outcome::refused("演示城只能在本机地址（127.0.0.1）上打开。");
    }
    match start(&data, listen, database) {
        Ok(()) => Outcome::Done,
        Err(why) => Outcome::refused(&why),
    }
}

fn start(data: &Path, listen: SocketAddr, database: Option<String>) -> Result<(), String> {
    std::fs::create_dir_all(data).map_err(|error| format!("建不了目录 {}：{error}", data.display()))?;
    let settings = settings(data, listen, database);
    if !settings.keys.exists() {
        create_key(&settings.keys, &Chance::System)?;
    }
    let keys = read_key(&settings.keys)?;
    runtime()?.block_on(async {
        city::build(&settings, data, keys.clone()).await?;
        let chronicle = house::open(&settings, data, keys, Clock::System, Chance::System)
            .await
            .map_err(|fault| format!("打不开演示数据：{fault}"))?;
        complain("== 演示城：点“演示登录”即可以任何一种身份进入");
        let log = ledger::begin_demo(&chronicle, &settings, data).await?;
        let serving = Serving {
            site: house::site(&settings, true),
            listen,
            limits: Limits::default(),
            metrics_listen: None,
            shown_log: settings.shown_log(data),
            log: Some(log),
        };
        serve(chronicle, serving).await
    })
}

/// The demo's settings are not a file: nothing about it is to be configured.
pub fn settings(data: &Path, listen: SocketAddr, database: Option<String>) -> Settings {
    Settings {
        jurisdiction: "330303".to_owned(),
        division: "温州市龙湾区（演示）".to_owned(),
        site_name: "明镜 · 行政权力公开运行平台".to_owned(),
        domain: Ipv4Addr::LOCALHOST.to_string(),
        profile: "wenzhou".to_owned(),
        password_policy: "nist".to_owned(),
        keys: data.join("keys"),
        database,
        blobs: None,
        ledger_key: Some(data.join("keys").join("ledger.key")),
        ledger_journal: Some(data.join("ledger-journal")),
        ledger_policy: None,
        listen,
        metrics_listen: None,
        trusted_proxies: Vec::new(),
        https: false,
        parameters: [
            ("demo", "true"),
            // Nobody's second is to be hidden here, and nobody wants to wait for a receipt.
            ("ledger.cadence_seconds", "2"),
            // Departmental rules may know an extension (60): by the head, thirty days (市场监督管理行政处罚程序规定 64).
            ("penalty.extension_days", "30"),
            // Only this machine reaches it, and its tests ask much.
            ("api.requests_per_second", "2000"),
            (
                "reconsideration.online_channel",
                "演示行政复议网上申请渠道（演示，不接收申请）",
            ),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into(),
        footer: FooterSettings {
            host: "龙湾区人民政府（演示）".to_owned(),
            operator: "龙湾区政务服务管理部门（演示）".to_owned(),
            phone: "0577-00000000".to_owned(),
            address: "龙湾区演示路100号".to_owned(),
            site_code: "演示-3303030000".to_owned(),
            icp: "演示ICP备00000000号".to_owned(),
            police: "演示公网安备00000000000000号".to_owned(),
        },
    }
}
