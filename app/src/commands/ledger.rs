//! `mingjing ledger …`: the public log, from the operator's and from the doubter's side.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use mingjing_chronicle::{Chance, Chronicle, Clock, Fault, shanghai_date};
use mingjing_ledger::{NotVerified, Place, Proved, Shard, Signed, Stop, Verified};
use mingjing_tlog::{Policy, SignedCheckpoint};
use serde_json::{Value as Json, json};

mod paper;

use crate::commands::{operate, serve};
use crate::house;
use crate::outcome::{Outcome, complain, print_json, say};
use crate::settings::{Settings, log_files, read_key};

#[derive(Subcommand)]
pub enum LedgerCommand {
    /// 开始这份部署的公开日志：密钥、签名簿和第一个条目
    Create(Log),
    /// 显示日志的名称、公钥、规模和根
    Head {
        #[command(flatten)]
        log: Log,
        /// 只打印验证公钥（一行，供信任规则使用）
        #[arg(long = "key")]
        key_only: bool,
        #[arg(long)]
        json: bool,
    },
    /// 由条目重新计算日志的全部文件，并与签过名的检查点核对
    Fsck {
        #[command(flatten)]
        log: Log,
        /// 一份年度日志的目录（自己的或镜像的）；不写则核对数据目录里的全部
        #[arg(long)]
        files: Option<PathBuf>,
        #[arg(long)]
        json: bool,
    },
    /// 出具一个行为的回执：事件编号，或“流/编号#序号”
    Prove {
        event: String,
        #[command(flatten)]
        log: Log,
        /// 写到这个文件；不写则打印
        #[arg(long)]
        out: Option<PathBuf>,
        /// 披露文件中显示的项（可重复）；不写则全部显示
        #[arg(long)]
        show: Vec<String>,
        /// 只要回执，不要披露文件
        #[arg(long)]
        receipt_only: bool,
        #[arg(long)]
        json: bool,
    },
    /// 验证回执、披露文件或者文书（PDF）；不需要联网。只给文书的，在本部署的数据里查它的封存
    Verify {
        file: PathBuf,
        /// 披露文件里没有回执时，另给的回执；文书的凭证或者封存证明
        #[arg(long)]
        receipt: Option<PathBuf>,
        /// 信任规则（C2SP tlog-policy）；不写则只信任本部署的日志
        #[arg(long)]
        policy: Option<PathBuf>,
        /// 只信任这把公钥的日志
        #[arg(long, conflicts_with = "policy")]
        key: Option<String>,
        #[command(flatten)]
        log: Log,
        #[arg(long)]
        json: bool,
    },
    /// 逐条核对：由每个事件重新计算它的条目，与已封存的比较
    Reconcile {
        #[command(flatten)]
        log: Log,
        #[arg(long)]
        json: bool,
    },
    /// 恢复旧备份之后：从日志自己的文件（或镜像）取回记录缺少的条目；服务须已停止
    Refill {
        #[command(flatten)]
        log: Log,
        /// 镜像的目录；不写则用数据目录里的文件
        #[arg(long)]
        from: Option<PathBuf>,
        /// 数据库里没有日志时，它的名称（域名/区划/年份）
        #[arg(long)]
        origin: Option<String>,
        #[arg(long)]
        json: bool,
    },
}

/// Which deployment's log.
#[derive(Args, Clone)]
pub struct Log {
    #[arg(long, default_value = "demo-data")]
    pub data: PathBuf,
    /// 签名密钥；不写则按 config.toml
    #[arg(long)]
    ledger_key: Option<PathBuf>,
    /// 签名簿目录；不写则按 config.toml
    #[arg(long)]
    ledger_journal: Option<PathBuf>,
}

impl Log {
    pub fn settings(&self) -> Result<Settings, String> {
        let mut settings = operate::settings(&self.data)?;
        settings.ledger_key = self.ledger_key.clone().or(settings.ledger_key);
        settings.ledger_journal = self.ledger_journal.clone().or(settings.ledger_journal);
        Ok(settings)
    }

    fn place(&self, settings: &Settings) -> Result<Place, String> {
        settings
            .log(&self.data)?
            .ok_or_else(|| "这里没有配置公开日志：请给出 --ledger-key 和 --ledger-journal。".to_owned())
    }

    /// Files alone, where key and journal lie on another node.
    pub fn files(&self, settings: &Settings) -> Result<Place, String> {
        Ok(settings
            .log(&self.data)?
            .unwrap_or_else(|| settings.shown_log(&self.data)))
    }

    pub async fn open(&self, settings: &Settings) -> Result<Arc<Chronicle>, String> {
        let keys = read_key(&settings.keys)?;
        house::open(settings, &self.data, keys, Clock::System, Chance::System)
            .await
            .map_err(|fault| match fault {
                Fault::Race(_) => "打不开数据：服务正忙，请稍后再试。".to_owned(),
                fault => format!("打不开数据：{fault}"),
            })
    }
}

pub fn run(command: LedgerCommand) -> Outcome {
    let outcome = serve::runtime().and_then(|runtime| {
        runtime.block_on(async {
            match command {
                LedgerCommand::Create(log) => create(&log).await,
                LedgerCommand::Head { log, key_only, json } => head(&log, key_only, json).await,
                LedgerCommand::Fsck { log, files, json } => fsck(&log, files, json),
                LedgerCommand::Prove {
                    event,
                    log,
                    out,
                    show,
                    receipt_only,
                    json,
                } => {
                    let wanted = Wanted { show, receipt_only };
                    prove(&log, &event, &wanted, out.as_deref(), json).await
                }
                LedgerCommand::Verify {
                    file,
                    receipt,
                    policy,
                    key,
                    log,
                    json,
                } => {
                    let policy = trusted(&log, policy.as_deref(), key.as_deref()).await?;
                    let brought = read_file(&file)?;
                    let beside = receipt.as_deref().map(read_file).transpose()?;
                    match brought.starts_with(b"%PDF-") {
                        true => paper::verify(&log, &brought, beside.as_deref(), &policy, json).await,
                        false => verify(&brought, beside.as_deref(), &policy, json),
                    }
                }
                LedgerCommand::Reconcile { log, json } => reconcile(&log, json).await,
                LedgerCommand::Refill {
                    log,
                    from,
                    origin,
                    json,
                } => refill(&log, from, origin, json).await,
            }
        })
    });
    outcome.unwrap_or_else(|why| Outcome::refused(&why))
}

fn in_words(stop: &Stop) -> String {
    format!("公开日志：{stop}")
}

/// The year in China.
fn this_year() -> i16 {
    shanghai_date(Clock::System.now()).year()
}

/// The demo's log begins by itself, once; afterwards as everywhere.
///
/// # Errors
/// What went wrong, in words.
pub async fn begin_demo(chronicle: &Arc<Chronicle>, settings: &Settings, data: &Path) -> Result<Place, String> {
    let place = settings.log(data)?.ok_or("a demo has a log")?;
    if open_head(chronicle).await?.is_none() {
        let log = free_log(settings, &place, chronicle.chance())?;
        mingjing_ledger::create(chronicle, &place, &log)
            .await
            .map_err(|stop| in_words(&stop))?;
    }
    Ok(place)
}

/// A name and a key that no earlier database of this folder has used: its log was signed and is over.
fn free_log(settings: &Settings, place: &Place, chance: &Chance) -> Result<mingjing_ledger::NewLog, String> {
    let first = settings.new_log(this_year());
    if !place.knows(&first.shard) {
        return Ok(first);
    }
    let names = (2..1000).map(|number| format!("{}-{number}", first.shard));
    let shard = names.into_iter().find(|shard| !place.knows(shard));
    let shard = shard.ok_or("这个目录里的公开日志太多，请换一个数据目录。")?;
    place.create_key_of(&shard, chance).map_err(|stop| in_words(&stop))?;
    let (deployment, _) = first.origin.rsplit_once('/').ok_or("a log has a name")?;
    Ok(mingjing_ledger::NewLog {
        origin: format!("{deployment}/{shard}"),
        shard,
    })
}

async fn open_head(chronicle: &Chronicle) -> Result<Option<mingjing_ledger::Head>, String> {
    chronicle
        .read(|reader| mingjing_ledger::open_head(reader.sql()))
        .await
        .map_err(|fault| fault.to_string())
}

async fn create(log: &Log) -> Result<Outcome, String> {
    let settings = log.settings()?;
    let place = log.place(&settings)?;
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    if whole(&place.journal).starts_with(whole(&log.data)) {
        complain("注意：签名簿在数据目录里；恢复数据目录的备份时，不要连它一起恢复。");
    }
    let chronicle = log.open(&settings).await?;
    let new = settings.new_log(this_year());
    mingjing_ledger::create(&chronicle, &place, &new)
        .await
        .map_err(|stop| in_words(&stop))?;
    let head = open_head(&chronicle).await?.ok_or("a log was just begun")?;
    say(&format!("公开日志已开始：{}", head.origin));
    say(&format!("验证公钥：{}", head.verifier));
    Ok(Outcome::Done)
}

async fn head(log: &Log, key_only: bool, as_json: bool) -> Result<Outcome, String> {
    let settings = log.settings()?;
    let place = log.files(&settings)?;
    let chronicle = log.open(&settings).await?;
    let head = open_head(&chronicle)
        .await?
        .ok_or("还没有公开日志：先运行 mingjing ledger create。")?;
    let key = &head.verifier;
    let published = place.shard(&head.shard).published().map_err(|stop| in_words(&stop))?;
    let checkpoint = published.as_ref().map(|signed| signed.checkpoint());
    let size = checkpoint.map_or(0, |checkpoint| checkpoint.size);
    if key_only {
        say(key);
    } else if as_json {
        print_json(&json!({
            "origin": head.origin,
            "shard": head.shard,
            "key": key,
            "record": head.signed().size,
            "published": size,
            "root": checkpoint.map(|checkpoint| checkpoint.root.to_base64()),
            "files": place.files.join(&head.shard),
        }));
    } else {
        say(&format!("日志：{}", head.origin));
        say(&format!("验证公钥：{key}"));
        say(&format!("记录中的条目：{}，已公布：{size}", head.signed().size));
        if let Some(checkpoint) = checkpoint {
            say(&format!("根：{}", checkpoint.root.to_base64()));
        }
        say(&format!("文件：{}", place.files.join(&head.shard).display()));
    }
    Ok(Outcome::Done)
}

fn fsck(log: &Log, files: Option<PathBuf>, as_json: bool) -> Result<Outcome, String> {
    let folders = match files {
        Some(folder) => vec![folder],
        None => shard_folders(&log_files(&log.data))?,
    };
    if folders.is_empty() {
        return Err("没有找到日志文件。".to_owned());
    }
    let mut sound = true;
    let mut reports = Vec::new();
    for folder in folders {
        let outcome = check_folder(&folder);
        sound &= outcome.is_ok();
        match (&outcome, as_json) {
            (Ok(report), true) => reports.push(report.clone()),
            (Err(found), true) => reports.push(json!({ "files": folder, "found": found })),
            (Ok(report), false) => say(&format!(
                "完好：{} 有 {} 个条目、{} 个哈希块，由条目算出的根与检查点一致。",
                folder.display(),
                report["leaves"],
                report["tiles"]
            )),
            (Err(found), false) => complain(&format!("有问题：{}：{found}", folder.display())),
        }
    }
    if as_json {
        print_json(&reports);
    }
    Ok(if sound { Outcome::Done } else { Outcome::Refused })
}

fn shard_folders(files: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(files).map_err(|error| format!("读不到 {}：{error}", files.display()))?;
    let mut folders: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    folders.retain(|folder| folder.join("checkpoint").is_file());
    folders.sort();
    Ok(folders)
}

fn check_folder(folder: &Path) -> Result<Json, String> {
    let shard = Shard::new(mingjing_ledger::Folder::new(folder));
    let published: SignedCheckpoint = shard
        .published()
        .map_err(|stop| stop.to_string())?
        .ok_or("没有检查点")?;
    let checkpoint = published.checkpoint();
    let head = Signed {
        size: checkpoint.size,
        root: checkpoint.root,
    };
    let checked = mingjing_ledger::fsck(&shard, head).map_err(|stop| stop.to_string())?;
    Ok(json!({
        "files": folder,
        "origin": checkpoint.origin.to_string(),
        "leaves": checked.leaves,
        "tiles": checked.tiles,
        "root": checkpoint.root.to_base64(),
        "found": null,
    }))
}

struct Wanted {
    show: Vec<String>,
    receipt_only: bool,
}

async fn prove(log: &Log, name: &str, wanted: &Wanted, out: Option<&Path>, as_json: bool) -> Result<Outcome, String> {
    let settings = log.settings()?;
    let place = log.files(&settings)?;
    let chronicle = log.open(&settings).await?;
    let event = mingjing_ledger::find_event(&chronicle, name)
        .await
        .map_err(|fault| fault.to_string())?
        .ok_or_else(|| format!("没有这个事件：{name}"))?;
    let show = wanted.show.clone();
    let shown = move |field: &str| show.is_empty() || show.iter().any(|name| name == field);
    let proof = match mingjing_ledger::prove(&chronicle, &place, &event, shown).await {
        Ok(Proved::Proof(proof)) => proof,
        Ok(Proved::Pending) => return Err("这个行为还在等待公布，稍后再试。".to_owned()),
        Ok(Proved::NotAnAct) => return Err("这个事件不是行政行为，没有条目。".to_owned()),
        Err(stop) => return Err(in_words(&stop)),
    };
    let text = match (&proof.opening, wanted.receipt_only) {
        (Some(opening), false) => opening.to_string(),
        _ => proof.receipt.to_string(),
    };
    if let Some(out) = out {
        std::fs::write(out, &text).map_err(|error| format!("写不了 {}：{error}", out.display()))?;
    }
    if as_json {
        print_json(&json!({
            "event_id": event.envelope.event_id,
            "place": proof.receipt.index(),
            "size": proof.receipt.checkpoint().checkpoint().size,
            "receipt": proof.receipt.to_string(),
            "opening": proof.opening.as_ref().map(ToString::to_string),
        }));
    } else if let Some(out) = out {
        say(&format!(
            "已写到 {}（日志第 {} 号条目）。",
            out.display(),
            proof.receipt.index()
        ));
    } else {
        say(text.trim_end_matches('\n'));
    }
    Ok(Outcome::Done)
}

/// Whom the person trusts: their policy, a key, or this deployment's own log.
async fn trusted(log: &Log, policy: Option<&Path>, key: Option<&str>) -> Result<Policy, String> {
    let text = match (policy, key) {
        (Some(path), _) => std::fs::read(path).map_err(|error| format!("读不到 {}：{error}", path.display()))?,
        (None, Some(key)) => format!("log {key}\nquorum none\n").into_bytes(),
        (None, None) => own_policy(log).await?.into_bytes(),
    };
    Policy::parse(&text).map_err(|malformed| format!("信任规则有误：{malformed}"))
}

async fn own_policy(log: &Log) -> Result<String, String> {
    let settings = log.settings()?;
    let place = log.files(&settings)?;
    let chronicle = log.open(&settings).await?;
    mingjing_ledger::own_policy(&chronicle, &place)
        .await
        .map_err(|stop| in_words(&stop))
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("读不到 {}：{error}", path.display()))
}

fn verify(file: &[u8], beside: Option<&[u8]>, policy: &Policy, as_json: bool) -> Result<Outcome, String> {
    let outcome = mingjing_ledger::verify(file, beside, policy);
    match (&outcome, as_json) {
        (Ok(verified), true) => print_json(&json!({ "verified": true, "proved": verified })),
        (Ok(verified), false) => tell(verified),
        (Err(why), true) => print_json(&json!({ "verified": false, "code": why.code(), "why": why.to_string() })),
        (Err(why), false) => complain(&format!("验证不通过（{}）：{}", why.code(), reason(why))),
    }
    Ok(if outcome.is_ok() {
        Outcome::Done
    } else {
        Outcome::Refused
    })
}

fn reason(why: &NotVerified) -> String {
    match why {
        NotVerified::Malformed(malformed) => format!("文件不完整或被改动过：{malformed}"),
        NotVerified::Unproven(unproven) => format!("文件证明不了它所说的：{unproven}"),
        NotVerified::NoReceipt => "披露文件里没有回执，请用 --receipt 另给。".to_owned(),
        NotVerified::NoLeaf => "回执里没有公开条目。".to_owned(),
    }
}

fn tell(verified: &Verified) {
    say("验证通过。");
    say(&format!(
        "  {} 的第 {} 号条目（检查点共 {} 个条目）",
        verified.log, verified.place, verified.size
    ));
    say(&format!(
        "  类别 {}，日期 {}（世界时），机关 {}，种类 {}",
        verified.class, verified.day, verified.organ, verified.kind
    ));
    for (witness, time) in &verified.witnesses {
        say(&format!("  见证人 {witness} 于 {time} 秒（1970 年起）见过这棵树"));
    }
    for (name, value) in &verified.fields {
        say(&format!("  {name} = {value}"));
    }
}

async fn reconcile(log: &Log, as_json: bool) -> Result<Outcome, String> {
    let settings = log.settings()?;
    let place = log.files(&settings)?;
    let chronicle = log.open(&settings).await?;
    let report = mingjing_ledger::reconcile(&chronicle, &place, Some(&settings.erasures()))
        .await
        .map_err(|stop| in_words(&stop))?;
    if as_json {
        print_json(&report);
    } else {
        say(&format!(
            "核对了 {} 个事件，其中行政行为 {} 个（已擦除 {} 个），条目 {} 个，等待封存 {} 个，所附文件 {} 个。",
            report.events, report.acts, report.erased, report.leaves, report.waiting, report.files
        ));
        for finding in &report.findings {
            complain(&format!("  {}", finding.in_words()));
        }
        say(if report.sound() {
            "记录与公开日志一致。"
        } else {
            "记录与公开日志不一致：有人在程序之外改动过数据，请保全现场并查明。"
        });
    }
    Ok(if report.sound() {
        Outcome::Done
    } else {
        Outcome::Refused
    })
}

async fn refill(log: &Log, from: Option<PathBuf>, origin: Option<String>, as_json: bool) -> Result<Outcome, String> {
    let settings = log.settings()?;
    let place = log.place(&settings)?;
    let chronicle = log.open(&settings).await?;
    let new = match (open_head(&chronicle).await?, origin) {
        (Some(head), _) => mingjing_ledger::NewLog {
            origin: head.origin,
            shard: head.shard,
        },
        (None, Some(origin)) => mingjing_ledger::NewLog {
            shard: origin.rsplit('/').next().unwrap_or_default().to_owned(),
            origin,
        },
        (None, None) => return Err("数据库里没有日志：请用 --origin 说明它的名称。".to_owned()),
    };
    let done = mingjing_ledger::refill(&chronicle, &place, &new, from)
        .await
        .map_err(|stop| in_words(&stop))?;
    if as_json {
        print_json(&done);
    } else {
        say(&format!(
            "核对了 {} 个条目；从文件取回 {} 个；{} 个行为重新等待封存。",
            done.kept, done.read_back, done.moved
        ));
        say("现在可以启动服务。然后运行 mingjing ledger reconcile：恢复时失去的行为会逐一列出，由人处理。");
    }
    Ok(Outcome::Done)
}
