//! What a deployment is: `config.toml` in the data folder, keys in a folder of their own.

use std::collections::BTreeMap;
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use mingjing_chronicle::{Chance, KeyRing, Location, Parameters};
use mingjing_ledger::{NewLog, Place};
use serde::{Deserialize, Serialize};

/// Everything a node must know before it opens the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Division code of the cell, six digits.
    pub jurisdiction: String,
    /// Name of the division, e.g. 温州市龙湾区.
    pub division: String,
    /// Name of the site, e.g. 龙湾区行政权力公开运行平台.
    pub site_name: String,
    /// Public host name; cookies and links use it.
    pub domain: String,
    /// Set of local parameters (`profiles/<name>.toml`).
    pub profile: String,
    /// `nist` or `cn-mlps3`.
    pub password_policy: String,
    /// Folder of the keys; not on the data volume.
    pub keys: PathBuf,
    /// `postgres://…`; without it the data folder holds a SQLite database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<String>,
    /// `s3://bucket/prefix` for the files of several nodes, with PostgreSQL only; without it they lie in the data folder.
    /// Address, region and credentials come from the environment (`AWS_ENDPOINT`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`), so that no secret stands in this file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blobs: Option<String>,
    /// Key and journal of the public log, on the one node that signs it: the journal on a volume that no backup covers.
    /// Absent = this node does not sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger_key: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger_journal: Option<PathBuf>,
    /// Trust policy (C2SP tlog-policy) with the witnesses whose cosignatures a head needs before it is shown, and where
    /// they are asked. Absent = nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger_policy: Option<PathBuf>,
    /// Where to listen. TLS ends at a trusted proxy in front.
    pub listen: SocketAddr,
    /// Where Prometheus may ask for figures (`/metrics`): an address of its own, never the public one. Absent = nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics_listen: Option<SocketAddr>,
    /// Addresses of the proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    #[serde(default)]
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether browsers reach the site by HTTPS. Off only for a demo on this machine.
    pub https: bool,
    /// Parameters of this place that differ from its profile, e.g. `"reconsideration.online_channel"`: without one
    /// no decision can be served through the Internet (行政复议法 22(2)).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, String>,
    #[serde(default)]
    pub footer: FooterSettings,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FooterSettings {
    pub host: String,
    pub operator: String,
    pub phone: String,
    pub address: String,
    pub site_code: String,
    pub icp: String,
    pub police: String,
}

/// Folder of the public log's files, beside the data of each node that serves them.
pub fn log_files(data: &Path) -> PathBuf {
    data.join("ledger")
}

const CONFIG: &str = "config.toml";
const KEY: &str = "wrapping.key";

impl Settings {
    pub fn read(data: &Path) -> Result<Settings, String> {
        let path = data.join(CONFIG);
        let text = fs::read_to_string(&path)
            .map_err(|error| format!("读不到配置 {}：{error}。请先运行 mingjing init。", path.display()))?;
        toml::from_str(&text).map_err(|error| format!("配置 {} 有误：{error}", path.display()))
    }

    /// Writes a new configuration; never over an old one.
    pub fn write_new(&self, data: &Path) -> Result<(), String> {
        let path = data.join(CONFIG);
        if path.exists() {
            return Err(format!("{} 已经存在，没有改动。", path.display()));
        }
        let text = toml::to_string_pretty(self).map_err(|error| error.to_string())?;
        fs::write(&path, text).map_err(|error| format!("写不了 {}：{error}", path.display()))
    }

    /// The profile's parameters with this place's own on top.
    pub fn parameters(&self) -> Result<Parameters, String> {
        let mut parameters = profile(&self.profile)?;
        parameters
            .values
            .insert("people.password_profile".to_owned(), self.password_policy.clone());
        parameters.values.insert("site.address".to_owned(), self.address());
        for (key, value) in &self.parameters {
            parameters.values.insert(key.clone(), value.clone());
        }
        if !self.parameters.is_empty() {
            parameters.version.push_str("+own");
        }
        Ok(parameters)
    }

    /// Where browsers find the site: what the marks on papers open.
    fn address(&self) -> String {
        match (self.https, self.listen.port()) {
            (true, _) => format!("https://{}", self.domain),
            // Any free port, or the usual one.
            (false, 0 | 80) => format!("http://{}", self.domain),
            (false, port) => format!("http://{}:{port}", self.domain),
        }
    }

    /// Where the public log lies, if this node signs it.
    pub fn log(&self, data: &Path) -> Result<Option<Place>, String> {
        match (&self.ledger_key, &self.ledger_journal) {
            (Some(key), Some(journal)) => Ok(Some(Place {
                files: log_files(data),
                journal: journal.clone(),
                key: key.clone(),
                policy: self.ledger_policy.clone(),
                erasures: Some(self.erasures()),
            })),
            (None, None) => Ok(None),
            _ => Err("公开日志的密钥（ledger_key）和签名簿（ledger_journal）要么都给出，要么都不给。".to_owned()),
        }
    }

    /// Which keys were deleted by an act of erasure: beside the keys, outside the data and its backups.
    pub fn erasures(&self) -> PathBuf {
        self.keys.join("erasure.journal")
    }

    /// The public log as every node shows it.
    pub fn shown_log(&self, data: &Path) -> Place {
        Place {
            policy: self.ledger_policy.clone(),
            erasures: Some(self.erasures()),
            ..Place::of_files(log_files(data))
        }
    }

    /// What the log of a year is called that begins now.
    pub fn new_log(&self, year: i16) -> NewLog {
        NewLog {
            origin: format!("{}/{}/{year}", self.domain, self.jurisdiction),
            shard: year.to_string(),
        }
    }

    pub fn location(&self, data: &Path) -> Result<Location, String> {
        match (&self.database, &self.blobs) {
            (Some(url), Some(place)) => Ok(Location::Postgres {
                url: url.clone(),
                blobs: crate::bucket::open(place)?,
            }),
            (Some(url), None) => Ok(Location::Postgres {
                url: url.clone(),
                blobs: data.join("blobs").into(),
            }),
            (None, None) => Ok(Location::Folder(data.to_path_buf())),
            (None, Some(_)) => {
                Err("对象存储只与 PostgreSQL 一起使用；单机的 SQLite 部署请把文件放在数据目录。".to_owned())
            }
        }
    }
}

/// Makes the wrapping key, readable by its owner only. Whoever loses it loses every record.
pub fn create_key(folder: &Path, chance: &Chance) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("建不了目录 {}：{error}", folder.display()))?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(|error| error.to_string())?;
    let path = folder.join(KEY);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .map_err(|error| format!("写不了密钥 {}：{error}", path.display()))?;
    std::io::Write::write_all(&mut file, hex::encode(chance.bytes::<32>()).as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(|error| format!("写不了密钥 {}：{error}", path.display()))
}

pub fn read_key(folder: &Path) -> Result<KeyRing, String> {
    let path = folder.join(KEY);
    let metadata = fs::metadata(&path).map_err(|error| format!("读不到密钥 {}：{error}", path.display()))?;
    if metadata.permissions().mode() & 0o077 != 0 {
        return Err(format!("密钥 {} 的权限太宽，请改为 0600 后再启动。", path.display()));
    }
    let text = fs::read_to_string(&path).map_err(|error| format!("读不到密钥 {}：{error}", path.display()))?;
    let bytes: [u8; 32] = hex::decode(text.trim())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| format!("密钥 {} 的内容不是 64 位十六进制。", path.display()))?;
    Ok(KeyRing::new(&bytes))
}

/// A place's parameters as its profile has them; every event records their version.
pub fn profile(name: &str) -> Result<Parameters, String> {
    let text = match name {
        "chengdu" => include_str!("../../profiles/chengdu.toml"),
        "wenzhou" => include_str!("../../profiles/wenzhou.toml"),
        "zhenjiang" => include_str!("../../profiles/zhenjiang.toml"),
        "suqian" => include_str!("../../profiles/suqian.toml"),
        other => {
            return Err(format!(
                "没有名为 {other} 的参数集；可用：chengdu、wenzhou、zhenjiang、suqian。"
            ));
        }
    };
    let values: BTreeMap<String, toml::Value> =
        toml::from_str(text).map_err(|error| format!("参数集 {name} 有误：{error}"))?;
    let values: BTreeMap<String, String> = values
        .into_iter()
        .map(|(key, value)| match value {
            toml::Value::String(text) => (key, text),
            other => (key, other.to_string()),
        })
        .collect();
    let version = format!("{name}-{}", values.get("version").map_or("0", String::as_str));
    Ok(Parameters { version, values })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn every_profile_reads_and_names_its_version() {
        for name in ["chengdu", "wenzhou", "zhenjiang", "suqian"] {
            let parameters = profile(name).unwrap();
            assert!(parameters.version.starts_with(name));
            assert!(
                parameters.number("adjustment.reply.amount", 0) > 0,
                "{name} says how long the legal office has"
            );
        }
        assert!(profile("nowhere").is_err());
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let folder = std::env::temp_dir().join(format!("mingjing-key-{}", Chance::System.id()));
        create_key(&folder, &Chance::System).unwrap();
        assert!(read_key(&folder).is_ok());
        assert!(
            create_key(&folder, &Chance::System).is_err(),
            "a key is never overwritten"
        );
        fs::set_permissions(folder.join(KEY), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(read_key(&folder).is_err());
        fs::remove_dir_all(folder).unwrap();
    }
}
