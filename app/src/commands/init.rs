//! `mingjing init`: a real deployment. No default password: three one-time passwords are shown once.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use mingjing_chronicle::{Chance, Clock};
use mingjing_people::bootstrap::{self, CreateAdministrator};
use mingjing_people::role::AccountRole;
use mingjing_people::{Cost, Hasher};

use crate::commands::serve::runtime;
use crate::outcome::{Outcome, say};
use crate::settings::{FooterSettings, Settings, create_key, profile, read_key};
use crate::{city, house};

#[derive(Args)]
pub struct Init {
    /// 数据目录（须为空）
    #[arg(long)]
    data: PathBuf,
    /// 密钥目录；不得在数据目录里，宜放在另一块盘上，单独备份
    #[arg(long)]
    keys: PathBuf,
    /// 行政区划代码，6 位
    #[arg(long)]
    jurisdiction: String,
    /// 行政区划名称
    #[arg(long)]
    division: String,
    /// 网站名称
    #[arg(long)]
    site_name: String,
    /// 公众访问的域名
    #[arg(long)]
    domain: String,
    /// 地方参数集：chengdu、wenzhou、zhenjiang、suqian
    #[arg(long)]
    profile: String,
    /// 口令规则：nist 或 cn-mlps3
    #[arg(long, default_value = "cn-mlps3", value_parser = ["nist", "cn-mlps3"])]
    password_policy: String,
    /// postgres://…；不写则用 SQLite
    #[arg(long)]
    database: Option<String>,
    /// 文件放在对象存储：s3://存储桶/前缀（只与 PostgreSQL 一起使用）；不写则放在数据目录
    #[arg(long)]
    blobs: Option<String>,
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

const ADMINISTRATORS: [(AccountRole, &str, &str); 3] = [
    (AccountRole::SystemAdmin, "系统管理员", "system-admin"),
    (AccountRole::SecurityAdmin, "安全管理员", "security-admin"),
    (AccountRole::AuditAdmin, "审计管理员", "audit-admin"),
];

pub fn run(init: Init) -> Outcome {
    match set_up(init) {
        Ok(()) => Outcome::Done,
        Err(why) => Outcome::refused(&why),
    }
}

fn set_up(init: Init) -> Result<(), String> {
    check(&init)?;
    let settings = Settings {
        jurisdiction: init.jurisdiction,
        division: init.division.clone(),
        site_name: init.site_name,
        domain: init.domain,
        profile: init.profile,
        password_policy: init.password_policy,
        keys: init.keys,
        database: init.database,
        blobs: init.blobs.clone(),
        ledger_key: None,
        ledger_journal: None,
        ledger_policy: None,
        listen: init.listen,
        metrics_listen: None,
        trusted_proxies: vec![init.listen.ip()],
        https: true,
        parameters: std::collections::BTreeMap::new(),
        footer: FooterSettings {
            host: init.division,
            ..FooterSettings::default()
        },
    };
    create_key(&settings.keys, &Chance::System)?;
    settings.write_new(&init.data)?;
    let keys = read_key(&settings.keys)?;
    let passwords = runtime()?.block_on(async {
        let chronicle = house::open(&settings, &init.data, keys, Clock::System, Chance::System)
            .await
            .map_err(|fault| format!("打不开数据：{fault}"))?;
        let hasher = Hasher::new(Cost::USUAL, Chance::System);
        let mut passwords = Vec::new();
        for (role, name, login_name) in ADMINISTRATORS {
            let password = mingjing_people::sign_in::one_time_password(&Chance::System);
            let hash = hasher.hash(password.clone()).await.map_err(|fault| fault.to_string())?;
            let command = CreateAdministrator {
                account: format!("acc-{}", Chance::System.id()),
                role,
                name: name.to_owned(),
                login_name: login_name.to_owned(),
            };
            bootstrap::seed(&chronicle, move |tx| {
                bootstrap::create_administrator(tx, &command)?;
                mingjing_people::sign_in::set_hash(tx, &command.account, &hash, true)?;
                Ok(())
            })
            .await
            .map_err(|stop| city::in_words(&stop))?;
            passwords.push((login_name, name, password));
        }
        Ok::<_, String>(passwords)
    })?;
    say("部署已建立。下面三个一次性口令只显示这一次，请分别交给三个人，首次登录须更换：");
    for (login_name, name, password) in &passwords {
        say(&format!("  {name}\t{login_name}\t{}", password.as_str()));
    }
    say(&format!("启动：mingjing serve --data {}", init.data.display()));
    Ok(())
}

fn check(init: &Init) -> Result<(), String> {
    profile(&init.profile)?;
    if init.jurisdiction.len() != 6 || !init.jurisdiction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("行政区划代码应为 6 位数字。".to_owned());
    }
    std::fs::create_dir_all(&init.data).map_err(|error| format!("建不了目录 {}：{error}", init.data.display()))?;
    let mut inside = std::fs::read_dir(&init.data).map_err(|error| error.to_string())?;
    if inside.next().is_some() {
        return Err(format!("{} 不是空目录，没有改动。", init.data.display()));
    }
    std::fs::create_dir_all(&init.keys).map_err(|error| format!("建不了目录 {}：{error}", init.keys.display()))?;
    let whole = |path: &PathBuf| path.canonicalize().map_err(|error| error.to_string());
    // A copy of the data must not bring the key along: that is what sealing is for.
    if whole(&init.keys)?.starts_with(whole(&init.data)?) {
        return Err("密钥目录不得在数据目录里：拿走数据的人就同时拿走了钥匙。".to_owned());
    }
    Ok(())
}
