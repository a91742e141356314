//! Pages under an open loop: requests leave at a fixed rate whether or not the answers come, so that a slow
//! answer is counted as slow and does not slow the asking. The server is a process of its own.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

use super::figures::{Samples, process_milliseconds};
use crate::commands::demo;
use crate::commands::serve::{runtime, serve};
use crate::house;

const PAGES: [(&str, &str); 6] = [
    ("home", "/"),
    ("items", "/items"),
    ("search", "/search?q=%E9%A3%9F%E5%93%81"),
    ("guide", "/items/33030300SJ-XK-0001"),
    ("public", "/public"),
    ("sign_in", "/sign-in"),
];

/// The other side: serves the measured folder until it is killed.
pub fn serve_for_bench(folder: &Path, database: Option<String>) -> Result<(), String> {
    runtime()?.block_on(async {
        let settings = demo::settings(folder, ([127, 0, 0, 1], 0).into(), database.clone());
        let chronicle = super::open(folder, database).await?;
        let limits = mingjing_web::Limits {
            per_network: 4_000,
            connections: 4_000,
            ..mingjing_web::Limits::default()
        };
        serve(chronicle, house::site(&settings, true), settings.listen, limits).await
    })
}

pub async fn measure(folder: &Path, database: Option<&str>, seconds: u64, rate: u64) -> Result<Json, String> {
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
    let samples = Arc::new(Mutex::new(Samples::default()));
    let failures = Arc::new(std::sync::atomic::AtomicU64::new(0));
    let processor = process_milliseconds(&process);
    let total = seconds * rate;
    let begun = Instant::now();
    let mut tasks = Vec::new();
    for number in 0..total {
        let due = Duration::from_secs_f64(number as f64 / rate as f64);
        tokio::time::sleep_until(tokio::time::Instant::from_std(begun + due)).await;
        let (name, path) = PAGES[number as usize % PAGES.len()];
        let (samples, failures, address) = (Arc::clone(&samples), Arc::clone(&failures), address.clone());
        tasks.push(tokio::spawn(async move {
            let left = begun + due;
            match get(&address, path).await {
                Ok(()) => samples.lock().await.add(name, left.elapsed()),
                Err(_) => {
                    failures.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                }
            }
        }));
    }
    for task in tasks {
        let _ = task.await;
    }
    let processor = process_milliseconds(&process) - processor;
    let _ = child.kill().await;
    Ok(json!({
        "requests": total,
        "per_second": rate,
        "failures": failures.load(std::sync::atomic::Ordering::Relaxed),
        "cpu_ms_per_page": (processor as f64 / total as f64 * 100.0).round() / 100.0,
        "pages_ms": samples.lock().await.quantiles(),
    }))
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

async fn get(address: &str, path: &str) -> Result<(), String> {
    let mut stream = TcpStream::connect(address).await.map_err(|error| error.to_string())?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream
        .write_all(request.as_bytes())
        .await
        .map_err(|error| error.to_string())?;
    let mut answer = Vec::new();
    stream
        .read_to_end(&mut answer)
        .await
        .map_err(|error| error.to_string())?;
    if answer.starts_with(b"HTTP/1.1 200") {
        Ok(())
    } else {
        Err("not a page".to_owned())
    }
}
