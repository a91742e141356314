//! `mingjing serve`: a configured deployment behind its proxy.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use mingjing_chronicle::{Actor, Chance, Chronicle, Clock, operate};
use mingjing_people::{Cost, Hasher};
use mingjing_web::{Limits, Server, Site};
use tokio::sync::Notify;

use crate::house;
use crate::outcome::{Outcome, say};
use crate::settings::{Settings, read_key};

pub fn run(data: &Path) -> Outcome {
    log_as_json();
    let ready = Settings::read(data).and_then(|settings| Ok((read_key(&settings.keys)?, settings)));
    let (keys, settings) = match ready {
        Ok(ready) => ready,
        Err(why) => return Outcome::refused(&why),
    };
    let outcome = runtime().and_then(|runtime| {
        runtime.block_on(async {
            let chronicle = house::open(&settings, data, keys, Clock::System, Chance::System)
                .await
                .map_err(|fault| format!("打不开数据：{fault}"))?;
            operate::lay_ballast(data).map_err(|fault| fault.to_string())?;
            operate::apply_journal(&chronicle, &settings.keys.join("erasure.journal"))
                .await
                .map_err(|fault| format!("擦除记录未能重新执行：{fault}"))?;
            let site = house::site(&settings, false);
            let limits = Limits {
                trusted_proxies: settings.trusted_proxies.clone(),
                ..Limits::default()
            };
            serve(chronicle, site, settings.listen, limits).await
        })
    });
    match outcome {
        Ok(()) => Outcome::Done,
        Err(why) => Outcome::refused(&why),
    }
}

pub fn runtime() -> Result<tokio::runtime::Runtime, String> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(128)
        .build()
        .map_err(|error| format!("运行环境启动失败：{error}"))
}

/// Answers until a signal to stop; then requests under way are finished and background work rests.
pub async fn serve(chronicle: Arc<Chronicle>, site: Site, listen: SocketAddr, limits: Limits) -> Result<(), String> {
    let server = Server::bind(listen, limits)
        .await
        .map_err(|error| format!("不能在 {listen} 上监听：{error}"))?;
    let address = server.address().map_err(|error| error.to_string())?;
    let stop = Arc::new(Notify::new());
    let background = chronicle.start(Arc::clone(&stop));
    let hasher = Hasher::new(Cost::USUAL, Chance::System);
    let routes = house::routes(&site, &hasher);
    schedule_daily_work(&chronicle).await?;
    let house = house::house(Arc::clone(&chronicle), site, Clock::System, Chance::System);
    let sweeping = tokio::spawn(sweep_drafts(Arc::clone(&chronicle)));
    say(&format!("== 已就绪：http://{address}/"));
    server.serve(routes.into_router(house), stopped()).await;
    stop.notify_waiters();
    sweeping.abort();
    for task in background {
        // A worker that sleeps hears the notice; one at work finishes its transaction, which is short.
        let _ = tokio::time::timeout(Duration::from_secs(10), task).await;
    }
    Ok(())
}

/// Drafts are no acts: they go when their ninety days are over.
async fn sweep_drafts(chronicle: Arc<Chronicle>) {
    loop {
        if mingjing_cases::drafts::sweep(&chronicle).await.is_err() {
            tracing::warn!("drafts could not be swept and will be in six hours");
        }
        tokio::time::sleep(Duration::from_secs(6 * 3600)).await;
    }
}

/// The daily job enqueues its successor; this starts the chain, and repairs it should it ever have broken.
async fn schedule_daily_work(chronicle: &Chronicle) -> Result<(), String> {
    chronicle
        .inside(Actor::system(), |tx| Ok(mingjing_people::jobs::schedule(tx)?))
        .await
        .map_err(|stop| crate::city::in_words(&stop))
}

async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupt => {}
        () = terminate => {}
    }
}

pub fn log_as_json() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("MINGJING_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let _ = tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}
