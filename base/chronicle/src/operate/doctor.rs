//! Examines the place a deployment lives in. What could lose an acknowledged act is refused; what only
//! makes trouble is a warning. Fonts and the web side are examined by the program itself.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::runtime::Handle;

use crate::blob::BlobPlace;
use crate::chronicle::{Location, blocking};
use crate::db::postgres::{self, PostgresSql};
use crate::db::sqlite::{LEAST_VERSION, SqliteSql};
use crate::db::{Fault, Sql, TableNames};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Ok,
    Warn,
    /// The program must not run like this.
    Refuse,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub level: Level,
    /// Stable, e.g. `sqlite.version`.
    pub code: &'static str,
    pub message: String,
    /// What to do; empty where nothing is wrong.
    pub advice: String,
}

/// A file to delete when the disk is full: a full disk lets not even a checkpoint through.
pub const BALLAST: &str = "ballast";
pub const BALLAST_BYTES: u64 = 64 << 20;
/// Below this a disk counts as nearly full.
const LEAST_FREE: u64 = 1 << 30;
/// A follower this far behind does not keep up.
const MOST_LAG: i64 = 1_000;

fn ok(code: &'static str, message: impl Into<String>) -> Finding {
    finding(Level::Ok, code, message, "")
}

fn finding(level: Level, code: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Finding {
    Finding {
        level,
        code,
        message: message.into(),
        advice: advice.into(),
    }
}

/// `keys` is the folder of the deployment's keys. `patroni` is `host:port` of Patroni's REST interface:
/// its version is not visible in the database, so without it a Patroni is only noticed.
pub async fn doctor(location: &Location, keys: Option<&Path>, patroni: Option<&str>) -> Vec<Finding> {
    let (location, keys, patroni) = (
        location.clone(),
        keys.map(Path::to_path_buf),
        patroni.map(str::to_owned),
    );
    let handle = Handle::current();
    let examined = blocking(move || Ok(examine(&location, keys.as_deref(), patroni.as_deref(), &handle))).await;
    examined.unwrap_or_else(|fault| vec![unreachable(&fault)])
}

fn examine(location: &Location, keys: Option<&Path>, patroni: Option<&str>, handle: &Handle) -> Vec<Finding> {
    let mut findings = Vec::new();
    let data = match location {
        Location::Folder(folder) => {
            examine_folder(folder, &mut findings);
            findings.extend(examine_sqlite(folder).unwrap_or_else(|fault| vec![unreachable(&fault)]));
            Some(folder)
        }
        Location::Postgres { url, blobs } => {
            let folder = examine_blobs(blobs, handle, &mut findings);
            findings.extend(examine_postgres(url, patroni, handle).unwrap_or_else(|fault| vec![unreachable(&fault)]));
            folder
        }
    };
    if let Some(keys) = keys {
        examine_keys(keys, data.map(PathBuf::as_path), &mut findings);
    }
    findings
}

fn unreachable(fault: &Fault) -> Finding {
    finding(
        Level::Refuse,
        "database.unreachable",
        format!("打不开数据库：{fault}"),
        "请检查数据目录或数据库地址、网络和权限。",
    )
}

/// The folder, where it is one.
fn examine_blobs<'a>(place: &'a BlobPlace, handle: &Handle, findings: &mut Vec<Finding>) -> Option<&'a PathBuf> {
    match place {
        BlobPlace::Folder(folder) => {
            examine_folder(folder, findings);
            Some(folder)
        }
        BlobPlace::Store(store) => {
            findings.push(match handle.block_on(BlobPlace::probe(store)) {
                Ok(()) => ok("blobs.store", "对象存储可以写入、读取和删除。"),
                Err(fault) => finding(
                    Level::Refuse,
                    "blobs.store",
                    format!("对象存储不能正常读写：{fault}"),
                    "请检查地址、存储桶、密钥和网络。",
                ),
            });
            None
        }
    }
}

fn examine_folder(folder: &Path, findings: &mut Vec<Finding>) {
    let probe = folder.join(".doctor");
    let written = fs::write(&probe, b"probe").and_then(|()| fs::File::open(&probe)?.sync_all());
    let _ = fs::remove_file(&probe);
    findings.push(match written {
        Ok(()) => ok("folder.writable", "数据目录可以写入。"),
        Err(error) => finding(
            Level::Refuse,
            "folder.writable",
            format!("数据目录写不进去：{error}"),
            "请检查目录是否存在、属主和权限是否正确、文件系统是否只读。",
        ),
    });
    if let Ok(space) = rustix::fs::statvfs(folder) {
        let free = space.f_bavail * space.f_frsize;
        findings.push(if free >= LEAST_FREE {
            ok("disk.space", format!("磁盘剩余 {} GiB。", free >> 30))
        } else {
            finding(
                Level::Warn,
                "disk.space",
                format!("磁盘只剩 {} MiB。", free >> 20),
                "请清理或扩容；磁盘写满后将不能受理新的事项。",
            )
        });
    }
    let laid = fs::metadata(folder.join(BALLAST)).is_ok_and(|ballast| ballast.blocks() * 512 >= BALLAST_BYTES);
    findings.push(if laid {
        ok("disk.ballast", "应急占位文件已备好。")
    } else {
        finding(
            Level::Warn,
            "disk.ballast",
            "没有应急占位文件。",
            "重新启动服务会自动建立；磁盘写满时删除它可腾出空间恢复运行。",
        )
    });
}

/// Lays the ballast file, in real bytes, if it is not there yet and the disk has room for it.
///
/// # Errors
/// [`Fault::File`] where it cannot be written.
pub fn lay_ballast(folder: &Path) -> Result<(), Fault> {
    let path = folder.join(BALLAST);
    let roomy = rustix::fs::statvfs(folder).is_ok_and(|space| space.f_bavail * space.f_frsize > 4 * BALLAST_BYTES);
    if path.exists() || !roomy {
        return Ok(());
    }
    let lay = || {
        let mut file = fs::File::create_new(&path)?;
        // Zeros would be stored as nothing by file systems that compress.
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut block = vec![0_u8; 1 << 20];
        for _ in 0..BALLAST_BYTES >> 20 {
            for word in block.chunks_exact_mut(8) {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                word.copy_from_slice(&state.to_le_bytes());
            }
            file.write_all(&block)?;
        }
        file.sync_all()
    };
    lay().map_err(|error: std::io::Error| {
        let _ = fs::remove_file(&path);
        Fault::File(format!("{BALLAST}: {error}"))
    })
}

fn examine_keys(keys: &Path, data: Option<&Path>, findings: &mut Vec<Finding>) {
    let files = match fs::read_dir(keys) {
        Ok(files) => files.flatten().collect::<Vec<_>>(),
        Err(error) => {
            findings.push(finding(
                Level::Refuse,
                "keys.readable",
                format!("读不到密钥目录：{error}"),
                "请检查密钥目录的位置和权限；没有密钥，任何记录都打不开。",
            ));
            return;
        }
    };
    let wide = files
        .iter()
        .filter_map(|file| Some((file.file_name(), file.metadata().ok()?)))
        .find(|(_, metadata)| metadata.is_file() && metadata.permissions().mode() & 0o077 != 0);
    findings.push(match wide {
        None => ok("keys.rights", "密钥文件只有属主可读。"),
        Some((name, _)) => finding(
            Level::Refuse,
            "keys.rights",
            format!("密钥文件 {} 的权限太宽。", name.to_string_lossy()),
            "请改为 0600（chmod 600），并考虑密钥是否已被他人看到。",
        ),
    });
    let volume = |path: &Path| fs::metadata(path).map(|metadata| metadata.dev()).ok();
    findings.push(
        if volume(keys).is_some() && data.is_some_and(|data| volume(keys) == volume(data)) {
            finding(
                Level::Warn,
                "keys.volume",
                "密钥与数据在同一个磁盘卷上。",
                "请把密钥目录放到另一个卷，使拿到数据盘或其备份的人打不开记录。",
            )
        } else {
            ok("keys.volume", "密钥不在数据所在的磁盘卷上。")
        },
    );
}

fn examine_sqlite(folder: &Path) -> Result<Vec<Finding>, Fault> {
    let mut findings = vec![judge_sqlite_version(rusqlite::version_number(), rusqlite::version())];
    findings.push(examine_journal(folder)?);
    let path = folder.join("mingjing.db");
    if path.exists() {
        let mut sql = SqliteSql::reader(&path, Arc::new(TableNames::default()))?;
        examine_work(&mut sql, &mut findings)?;
    }
    Ok(findings)
}

fn judge_sqlite_version(number: i32, name: &str) -> Finding {
    if number >= LEAST_VERSION {
        return ok("sqlite.version", format!("SQLite {name}。"));
    }
    finding(
        Level::Refuse,
        "sqlite.version",
        format!("SQLite {name} 低于 3.51.3，可能损坏预写日志。"),
        "请使用随程序编译的版本。",
    )
}

/// Opens a scratch database beside the real one exactly as the writer does and asks what is in effect:
/// a file system that cannot do WAL falls back silently.
fn examine_journal(folder: &Path) -> Result<Finding, Fault> {
    let path = folder.join(".doctor.db");
    let asked = (|| {
        let mut sql = SqliteSql::writer(&path, Arc::new(TableNames::default()))?;
        let mode = sql.query_one("PRAGMA journal_mode", &[])?;
        let synchronous = sql.query_one("PRAGMA synchronous", &[])?;
        Ok::<_, Fault>((
            mode.map(|row| row.text(0).to_owned()).unwrap_or_default(),
            synchronous.map_or(0, |row| row.int(0)),
        ))
    })();
    for suffix in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(folder.join(format!(".doctor.db{suffix}")));
    }
    let (mode, synchronous) = asked?;
    Ok(if mode == "wal" && synchronous == 2 {
        ok("sqlite.durable", "预写日志与完全同步（WAL、synchronous=FULL）已生效。")
    } else {
        finding(
            Level::Refuse,
            "sqlite.durable",
            format!("日志方式为 {mode}，同步级别为 {synchronous}，断电会丢失已回执的事项。"),
            "请把数据目录放到支持预写日志的本地文件系统，不要放在网络盘上。",
        )
    })
}

fn examine_postgres(url: &str, patroni: Option<&str>, handle: &Handle) -> Result<Vec<Finding>, Fault> {
    let pool = postgres::pool(url, 1)?;
    let mut sql = PostgresSql::take(&pool, handle, Arc::new(TableNames::default()))?;
    let mut findings = Vec::new();
    let setting = |sql: &mut PostgresSql, name: &str| -> Result<String, Fault> {
        let row = sql.query_one("SELECT COALESCE(current_setting($1, true), '')", &crate::params![name])?;
        Ok(row.map(|row| row.text(0).to_owned()).unwrap_or_default())
    };
    for name in ["fsync", "full_page_writes", "synchronous_commit"] {
        let value = setting(&mut sql, name)?;
        findings.push(judge_setting(name, &value));
    }
    let standbys = sql.query(
        "SELECT COALESCE(sync_state, '') FROM pg_stat_replication WHERE state = 'streaming'",
        &[],
    )?;
    let states: Vec<_> = standbys.iter().map(|row| row.text(0)).collect();
    findings.push(judge_standbys(
        &states,
        &setting(&mut sql, "synchronous_standby_names")?,
    ));
    let heart = sql.query(
        "SELECT 1::bigint FROM pg_stat_activity WHERE application_name LIKE 'Patroni%' LIMIT 1",
        &[],
    )?;
    let present = !heart.is_empty() || patroni.is_some();
    if present {
        findings.push(judge_patroni(patroni.and_then(patroni_version).as_deref()));
    }
    let prepared = sql.query_one("SELECT to_regclass('job')::text", &[])?;
    if prepared.is_some_and(|row| row.opt_text(0).is_some()) {
        examine_work(&mut sql, &mut findings)?;
    }
    Ok(findings)
}

fn judge_setting(name: &str, value: &str) -> Finding {
    let (code, durable) = match name {
        "fsync" => ("postgres.fsync", value == "on"),
        "full_page_writes" => ("postgres.full_page_writes", value == "on"),
        // `local` and `off` answer before a standby, or even the disk, has it.
        _ => ("postgres.synchronous_commit", matches!(value, "on" | "remote_apply")),
    };
    if durable {
        return ok(code, format!("{name} = {value}。"));
    }
    finding(
        Level::Refuse,
        code,
        format!("{name} = {value}，故障会丢失已回执的事项。"),
        format!("请在 postgresql.conf 中设 {name} = on 并重新加载。"),
    )
}

fn judge_standbys(states: &[&str], synchronous: &str) -> Finding {
    let waits = states.iter().any(|state| matches!(*state, "sync" | "quorum"));
    if states.is_empty() && synchronous.is_empty() {
        return ok("postgres.standbys", "没有备机（单机运行）。");
    }
    if waits {
        return ok(
            "postgres.standbys",
            format!("有 {} 台备机，其中有同步备机。", states.len()),
        );
    }
    finding(
        Level::Refuse,
        "postgres.standbys",
        "备机都是异步复制，切换后会丢失已回执的事项。",
        "请设置 synchronous_standby_names（Patroni：synchronous_mode: true）。",
    )
}

fn judge_patroni(version: Option<&str>) -> Finding {
    let major = version.and_then(|version| version.split('.').next()?.parse::<u32>().ok());
    match (version, major) {
        (Some(version), Some(4..)) => ok("postgres.patroni", format!("Patroni {version}。")),
        (Some(version), Some(_)) => finding(
            Level::Refuse,
            "postgres.patroni",
            format!("Patroni {version} 低于 4，主机故障时停写时间过长。"),
            "请升级到 Patroni 4 或更高版本。",
        ),
        _ => finding(
            Level::Warn,
            "postgres.patroni",
            "数据库由 Patroni 管理，但不知道它的版本。",
            "请用 --patroni 主机:8008 指明其 REST 接口后再查；须为 4 或更高版本。",
        ),
    }
}

/// Asks Patroni's REST interface for its version, within seconds and a few kilobytes.
fn patroni_version(address: &str) -> Option<String> {
    const PATIENCE: Duration = Duration::from_secs(3);
    let target = address.to_socket_addrs().ok()?.next()?;
    let mut stream = TcpStream::connect_timeout(&target, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    stream
        .write_all(format!("GET /patroni HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes())
        .ok()?;
    let mut answer = Vec::new();
    stream.take(64 << 10).read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8(answer).ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    let body: serde_json::Value = serde_json::from_str(body).ok()?;
    Some(body["patroni"]["version"].as_str()?.to_owned())
}

fn examine_work(sql: &mut dyn Sql, findings: &mut Vec<Finding>) -> Result<(), Fault> {
    let count = |sql: &mut dyn Sql, text: &str| Ok::<_, Fault>(sql.query_one(text, &[])?.map_or(0, |row| row.int(0)));
    let dead = count(sql, "SELECT COUNT(*) FROM job WHERE state = 'dead'")?;
    findings.push(judge_count(
        "work.dead_jobs",
        dead,
        0,
        "后台任务多次失败已搁置",
        "请在系统管理页查看原因后重试或作废。",
    ));
    let waiting = count(sql, "SELECT COUNT(*) FROM event_waiting")?;
    findings.push(judge_count(
        "work.waiting_events",
        waiting,
        MOST_LAG,
        "事件等待排序",
        "请确认至少有一个服务节点在运行。",
    ));
    let lag = count(
        sql,
        "SELECT COALESCE(MAX((SELECT COALESCE(MAX(position), 0) FROM event_position) - position), 0)
         FROM follower_cursor",
    )?;
    findings.push(judge_count(
        "work.follower_lag",
        lag,
        MOST_LAG,
        "事件尚未进入统计与检索",
        "请确认服务在运行，并在日志中查找 background work failed。",
    ));
    Ok(())
}

fn judge_count(code: &'static str, count: i64, most: i64, what: &str, advice: &str) -> Finding {
    if count <= most {
        ok(code, format!("{what}：{count}。"))
    } else {
        finding(Level::Warn, code, format!("{what}：{count}。"), advice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(finding: Finding, level: Level) {
        assert_eq!(finding.level, level, "{finding:?}");
        assert_eq!(finding.advice.is_empty(), level == Level::Ok, "{finding:?}");
    }

    #[test]
    fn what_could_lose_an_act_is_refused() {
        check(judge_sqlite_version(3_051_002, "3.51.2"), Level::Refuse);
        check(judge_sqlite_version(3_051_003, "3.51.3"), Level::Ok);
        check(judge_setting("fsync", "off"), Level::Refuse);
        check(judge_setting("fsync", "on"), Level::Ok);
        check(judge_setting("full_page_writes", "off"), Level::Refuse);
        check(judge_setting("synchronous_commit", "local"), Level::Refuse);
        check(judge_setting("synchronous_commit", "remote_apply"), Level::Ok);
        check(judge_standbys(&[], ""), Level::Ok);
        check(judge_standbys(&["async", "async"], ""), Level::Refuse);
        check(judge_standbys(&["async", "potential"], "x"), Level::Refuse);
        check(judge_standbys(&["async", "sync"], "x"), Level::Ok);
        check(judge_standbys(&["quorum"], "ANY 1 (*)"), Level::Ok);
        check(judge_patroni(Some("3.3.2")), Level::Refuse);
        check(judge_patroni(Some("4.0.4")), Level::Ok);
        check(judge_patroni(None), Level::Warn);
        check(judge_patroni(Some("garbage")), Level::Warn);
        check(judge_count("work.dead_jobs", 1, 0, "", "看"), Level::Warn);
    }

    #[test]
    fn patroni_is_asked_over_its_rest_interface() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let answering = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 256];
            let read = stream.read(&mut request).unwrap();
            assert!(request[..read].starts_with(b"GET /patroni HTTP/1.0\r\n"));
            let answer =
                "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{\"patroni\":{\"version\":\"3.0.2\"}}";
            stream.write_all(answer.as_bytes()).unwrap();
        });
        assert_eq!(patroni_version(&address).as_deref(), Some("3.0.2"));
        answering.join().unwrap();
        assert_eq!(patroni_version("127.0.0.1:1"), None);
    }
}
