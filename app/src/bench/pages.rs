//! Pages under an open loop: requests leave at a fixed rate whether or not the answers come, so that a slow answer is
//! counted as slow and does not slow the asking. Then a spike of five times that rate, and how soon after it all is well
//! again. The server is a process of its own.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::Mutex;

use super::figures::{Samples, process_milliseconds, resident_bytes};
use super::{kills, visitor};
use crate::commands::demo;
use crate::commands::serve::{Serving, runtime, serve};
use crate::house;

/// Who asks for a page.
#[derive(Clone, Copy)]
enum By {
    Anybody,
    /// Who handles permits.
    Official,
    /// Who investigates.
    Inspector,
    /// Who has a case.
    Owner,
}

/// `{permit}` and `{penalty}` are cases of the database, `{own}` is one of who asks.
const PAGES: [(&str, &str, By); 16] = [
    ("home", "/", By::Anybody),
    ("items", "/items", By::Anybody),
    ("search", "/search?q=%E9%A3%9F%E5%93%81", By::Anybody),
    ("guide", "/items/33030300SJ-XK-0001", By::Anybody),
    ("public", "/public", By::Anybody),
    ("public_penalties", "/public/penalties", By::Anybody),
    ("statistics", "/statistics", By::Anybody),
    ("statistics_penalty", "/statistics?procedure=penalty", By::Anybody),
    ("worklist", "/desk", By::Official),
    ("cases", "/desk/cases", By::Official),
    ("case", "/desk/cases/{permit}", By::Official),
    ("board", "/desk/board", By::Official),
    ("worklist_penalty", "/desk", By::Inspector),
    ("case_penalty", "/desk/cases/{penalty}", By::Inspector),
    ("my", "/my", By::Owner),
    ("progress", "/my/cases/{own}", By::Owner),
];

/// The cases that pages show.
pub struct LookedAt {
    pub permit: String,
    pub penalty: String,
    pub own: String,
}

/// How hard the pages are asked for.
pub struct Load {
    pub seconds: u64,
    pub rate: u64,
    pub spike_seconds: u64,
}

/// The other side: serves the measured folder until it is killed.
/// With `lives` it lives meanwhile, and says there what was acknowledged.
pub fn serve_for_bench(folder: &Path, database: Option<String>, lives: Option<&Path>) -> Result<(), String> {
    runtime()?.block_on(async {
        let settings = demo::settings(folder, ([127, 0, 0, 1], 0).into(), database.clone());
        let chronicle = super::open(folder, database).await?;
        let limits = mingjing_web::Limits {
            per_network: 4_000,
            connections: 4_000,
            ..mingjing_web::Limits::default()
        };
        let serving = Serving {
            site: house::site(&settings, true),
            listen: settings.listen,
            limits,
            metrics_listen: None,
            shown_log: settings.shown_log(folder),
            log: None,
        };
        let serving = serve(Arc::clone(&chronicle), serving);
        match lives {
            None => serving.await,
            Some(log) => tokio::select! {
                served = serving => served,
                lived = kills::live_until_killed(chronicle, log) => lived,
            },
        }
    })
}

pub async fn measure(folder: &Path, database: Option<&str>, looked_at: LookedAt, load: &Load) -> Result<Json, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = tokio::process::Command::new(program);
    command.arg("bench").arg("--serve").arg(folder);
    if let Some(url) = database {
        command.arg("--database").arg(url);
    }
    let mut child = command
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| error.to_string())?;
    let process = child.id().ok_or("the server ended early")?.to_string();
    let output = child.stdout.take().ok_or("the server has no output")?;
    let address = ready_address(output).await?;
    let crowd = Arc::new(Crowd::gather(&address, looked_at).await?);
    // The first of each kind fills caches; what is measured is the rule.
    crowd.ask(load.rate, 1).await;
    let processor = process_milliseconds(&process);
    let usual = crowd.ask(load.rate, load.seconds).await;
    let processor = process_milliseconds(&process) - processor;
    let mut told = usual.told(load.rate, load.seconds);
    told["cpu_ms_per_page"] = json!((processor as f64 / (load.rate * load.seconds) as f64 * 100.0).round() / 100.0);
    told["server_resident_mb"] = json!(resident_bytes(&process) / 1_000_000);
    if load.spike_seconds > 0 {
        let spike = crowd.ask(load.rate * 5, load.spike_seconds).await;
        told["spike"] = spike.told(load.rate * 5, load.spike_seconds);
        told["seconds_until_normal"] = back_to_normal(&crowd, load.rate).await;
    }
    let _ = child.kill().await;
    Ok(told)
}

async fn ready_address(output: tokio::process::ChildStdout) -> Result<String, String> {
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await.map_err(|error| error.to_string())? {
        if let Some((_, rest)) = line.split_once("http://") {
            return Ok(rest.trim_end_matches('/').to_owned());
        }
    }
    Err("the server did not start".to_owned())
}

/// Everybody who asks, signed in once.
struct Crowd {
    address: String,
    looked_at: LookedAt,
    official: String,
    inspector: String,
    owner: String,
}

/// What came back.
#[derive(Default)]
struct Outcome {
    samples: Samples,
    by_status: BTreeMap<String, u64>,
}

impl Outcome {
    fn told(&self, rate: u64, seconds: u64) -> Json {
        json!({
            "requests": rate * seconds,
            "per_second": rate,
            "answers": self.by_status,
            "pages_ms": self.samples.quantiles(),
        })
    }
}

impl Crowd {
    async fn gather(address: &str, looked_at: LookedAt) -> Result<Crowd, String> {
        Ok(Crowd {
            address: address.to_owned(),
            looked_at,
            official: visitor::sign_in(address, "staff", "acc-demo-handler").await?,
            inspector: visitor::sign_in(address, "staff", "acc-demo-inspector").await?,
            owner: visitor::sign_in(address, "person", "acc-demo-owner").await?,
        })
    }

    async fn ask(self: &Arc<Self>, rate: u64, seconds: u64) -> Outcome {
        let outcome = Arc::new(Mutex::new(Outcome::default()));
        let begun = Instant::now();
        let mut tasks = Vec::new();
        for number in 0..seconds * rate {
            let due = begun + Duration::from_secs_f64(number as f64 / rate as f64);
            tokio::time::sleep_until(tokio::time::Instant::from_std(due)).await;
            let (crowd, outcome) = (Arc::clone(self), Arc::clone(&outcome));
            tasks.push(tokio::spawn(async move {
                let page = PAGES[number as usize % PAGES.len()];
                let answer = crowd.get(page).await;
                let mut outcome = outcome.lock().await;
                if answer == "200" {
                    outcome.samples.add(page.0, due.elapsed());
                }
                *outcome.by_status.entry(answer).or_default() += 1;
            }));
        }
        for task in tasks {
            let _ = task.await;
        }
        Arc::into_inner(outcome).map(Mutex::into_inner).unwrap_or_default()
    }

    /// The status; of a refusal for now also whether it says when to come again.
    async fn get(&self, (_, path, by): (&'static str, &'static str, By)) -> String {
        let cookie = match by {
            By::Anybody => "",
            By::Official => &self.official,
            By::Inspector => &self.inspector,
            By::Owner => &self.owner,
        };
        let path = path
            .replace("{permit}", &self.looked_at.permit)
            .replace("{penalty}", &self.looked_at.penalty)
            .replace("{own}", &self.looked_at.own);
        match visitor::get(&self.address, &path, cookie).await {
            Ok(answer) if matches!(answer.status, 429 | 503) && !answer.tells_when_to_come_again() => {
                format!("{} without Retry-After", answer.status)
            }
            Ok(answer) => answer.status.to_string(),
            Err(_) => "broken".to_owned(),
        }
    }
}

/// Seconds until a whole second has only whole answers within 50 ms at the 99th percentile; `null` where half a minute
/// was not enough.
async fn back_to_normal(crowd: &Arc<Crowd>, rate: u64) -> Json {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(30) {
        let second = begun.elapsed().as_secs();
        let outcome = crowd.ask(rate, 1).await;
        let whole = outcome.by_status.keys().all(|status| status == "200");
        if whole && outcome.samples.at(0.99) <= Duration::from_millis(50) {
            return json!(second);
        }
    }
    Json::Null
}
