//! `mingjing serve`: a configured deployment behind its proxy.

use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use mingjing_chronicle::{Actor, Chance, Chronicle, Clock, operate};
use mingjing_ledger::{Board, Place, Signer};
use mingjing_people::{Cost, Hasher};
use mingjing_web::{Limits, Observer, Server, Site};
use tokio::sync::Notify;

use crate::outcome::{Outcome, say};
use crate::settings::{Settings, read_key};
use crate::{house, metrics};

/// `key`, `journal`: of the public log, before what the configuration says.
pub fn run(data: &Path, key: Option<PathBuf>, journal: Option<PathBuf>) -> Outcome {
    log_as_json();
    let ready = Settings::read(data).and_then(|mut settings| {
        settings.ledger_key = key.or(settings.ledger_key);
        settings.ledger_journal = journal.or(settings.ledger_journal);
        Ok((read_key(&settings.keys)?, settings))
    });
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
            operate::apply_journal(&chronicle, &settings.erasures())
                .await
                .map_err(|fault| format!("擦除记录未能重新执行：{fault}"))?;
            let serving = Serving {
                site: house::site(&settings, false),
                listen: settings.listen,
                limits: Limits {
                    trusted_proxies: settings.trusted_proxies.clone(),
                    ..Limits::default()
                },
                metrics_listen: settings.metrics_listen,
                shown_log: settings.shown_log(data),
                log: settings.log(data)?,
            };
            serve(chronicle, serving).await
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

/// What a node serves, and where.
pub struct Serving {
    pub site: Site,
    pub listen: SocketAddr,
    pub limits: Limits,
    pub metrics_listen: Option<SocketAddr>,
    /// The public log as this node shows it.
    pub shown_log: Place,
    /// On the one node that signs the public log.
    pub log: Option<Place>,
}

/// Answers until a signal to stop; then requests under way are finished and background work rests.
pub async fn serve(chronicle: Arc<Chronicle>, serving: Serving) -> Result<(), String> {
    let Serving {
        site,
        listen,
        limits,
        metrics_listen,
        shown_log,
        log,
    } = serving;
    let hasher = Hasher::new(Cost::USUAL, Chance::System);
    let routes = house::routes(&site, &hasher, &shown_log);
    schedule_daily_work(&chronicle).await?;
    let observer = Arc::new(Observer::default());
    let house = house::house(Arc::clone(&chronicle), site, Clock::System, Chance::System);
    let reads = house.reads.clone();
    let router = routes.into_observed_router(house, Arc::clone(&observer));
    let server = bind(listen, limits).await?;
    let stop = Arc::new(Notify::new());
    let board = Board::default();
    let signing = match log {
        Some(place) => Some(begin_signing(&chronicle, place, &board, &stop)?),
        None => None,
    };
    if let Some(listen) = metrics_listen {
        let figures = metrics::Figures {
            chronicle: Arc::clone(&chronicle),
            observer,
            log: signing.is_some().then(|| Arc::clone(&board)),
            started_at: metrics::started_now(),
        };
        metrics::serve(figures, listen, Arc::clone(&stop)).await?;
    }
    let keeping = mingjing_ledger::keep_reads(&chronicle, &reads, &stop);
    let sweeping = tokio::spawn(sweep_drafts(Arc::clone(&chronicle)));
    answer(chronicle, router, server, stop, stopped()).await;
    sweeping.abort();
    // Those who looked during the last second.
    let _ = tokio::time::timeout(Duration::from_secs(10), keeping).await;
    if let Some(signing) = signing {
        let _ = tokio::time::timeout(Duration::from_secs(10), signing).await;
    }
    Ok(())
}

/// Exactly one process signs the log: a second one on the same journal does not start.
fn begin_signing(
    chronicle: &Arc<Chronicle>,
    place: Place,
    board: &Board,
    stop: &Arc<Notify>,
) -> Result<tokio::task::JoinHandle<()>, String> {
    let signer = Signer::new(Arc::clone(chronicle), place, Arc::clone(board))
        .map_err(|why| format!("公开日志不能签名：{why}"))?;
    Ok(mingjing_ledger::start(signer, stop))
}

async fn bind(listen: SocketAddr, limits: Limits) -> Result<Server, String> {
    let server = Server::bind(listen, limits)
        .await
        .map_err(|error| format!("不能在 {listen} 上监听：{error}"))?;
    let address = server.address().map_err(|error| error.to_string())?;
    say(&format!("== 已就绪：http://{address}/"));
    Ok(server)
}

/// The order of the end: no new connections, requests under way are answered, then background work rests. A command
/// whose answer went out is on disk (the answer comes after the commit); one whose answer did not is repeated with its
/// key.
async fn answer(
    chronicle: Arc<Chronicle>,
    router: Router,
    server: Server,
    stop: Arc<Notify>,
    stopped: impl Future<Output = ()>,
) {
    let background = chronicle.start(Arc::clone(&stop));
    server.serve(router, stopped).await;
    tracing::info!("no request is under way any more; background work comes to rest");
    stop.notify_waiters();
    for task in background {
        // A worker that sleeps hears the notice; one at work finishes its transaction, which is short.
        let _ = tokio::time::timeout(Duration::from_secs(10), task).await;
    }
}

/// Drafts are no acts: they go when their days are over.
async fn sweep_drafts(chronicle: Arc<Chronicle>) {
    loop {
        if mingjing_cases::drafts::sweep(&chronicle).await.is_err() {
            tracing::warn!("drafts could not be swept and will be in six hours");
        }
        if mingjing_catalogue::sweep(&chronicle).await.is_err() {
            tracing::warn!("drafts of items could not be swept");
        }
        if mingjing_studio::sweep(&chronicle).await.is_err() {
            tracing::warn!("drafts of flows could not be swept and will be in six hours");
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

pub async fn stopped() {
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
        // It would tell them on standard error, and panic where that is what was closed.
        .log_internal_errors(false)
        .try_init();
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::extract::{Path as UrlPath, State};
    use axum::routing::post;
    use mingjing_chronicle::{Fault, Stop, params};
    use mingjing_testkit::{Engine, TestOffice};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    /// A command over HTTP: durable before its answer, and slow enough that some are under way at any time.
    struct Counter {
        chronicle: Arc<Chronicle>,
        begun: AtomicUsize,
    }

    async fn post_act(State(counter): State<Arc<Counter>>, UrlPath(key): UrlPath<String>) -> Result<String, String> {
        counter.begun.fetch_add(1, Ordering::SeqCst);
        let told = key.clone();
        tokio::time::sleep(Duration::from_millis(20)).await;
        counter
            .chronicle
            .inside(Actor::system(), move |tx| {
                tx.execute(
                    "INSERT INTO deployment (name, value) VALUES ($1, 'act')",
                    &params![&key],
                )?;
                Ok(())
            })
            .await
            .map_err(|stop: Stop| crate::city::in_words(&stop))?;
        Ok(told)
    }

    /// `Some` where a whole answer came.
    async fn ask(address: SocketAddr, key: &str) -> Option<String> {
        let mut stream = TcpStream::connect(address).await.ok()?;
        let request = format!("POST /{key} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        answer.starts_with("HTTP/1.1 200").then(|| key.to_owned())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_signal_to_stop_under_load_loses_no_acknowledged_act_and_answers_the_running_ones() {
        let office = TestOffice::open(Engine::Sqlite, || house::blueprint("330303", Default::default())).await;
        let counter = Arc::new(Counter {
            chronicle: Arc::clone(&office.chronicle),
            begun: AtomicUsize::new(0),
        });
        let router = Router::new()
            .route("/{key}", post(post_act))
            .with_state(Arc::clone(&counter));
        let server = Server::bind(([127, 0, 0, 1], 0).into(), Limits::default())
            .await
            .unwrap();
        let address = server.address().unwrap();
        let serving = tokio::spawn(answer(
            Arc::clone(&office.chronicle),
            router,
            server,
            Arc::new(Notify::new()),
            stopped(),
        ));
        let acknowledged = Arc::new(Mutex::new(Vec::new()));
        let clients: Vec<_> = (0..16)
            .map(|client| {
                let acknowledged = Arc::clone(&acknowledged);
                tokio::spawn(async move {
                    for turn in 0..10_000 {
                        match ask(address, &format!("act-{client}-{turn}")).await {
                            Some(key) => acknowledged.lock().unwrap().push(key),
                            None => return,
                        }
                    }
                })
            })
            .collect();
        while acknowledged.lock().unwrap().len() < 60 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TERM).unwrap();
        tokio::time::timeout(Duration::from_secs(30), serving)
            .await
            .unwrap()
            .unwrap();
        for client in clients {
            client.await.unwrap();
        }
        let acknowledged = Arc::into_inner(acknowledged).unwrap().into_inner().unwrap();
        assert_eq!(
            acknowledged.len(),
            counter.begun.load(Ordering::SeqCst),
            "every request that began was answered"
        );
        drop(counter);
        let office = office.reopen().await;
        let kept = office
            .chronicle
            .read(|reader| {
                let rows = reader.query("SELECT name FROM deployment WHERE value = 'act'", &[])?;
                Ok::<_, Fault>(rows.iter().map(|row| row.text(0).to_owned()).collect::<Vec<_>>())
            })
            .await
            .unwrap();
        assert!(
            acknowledged.iter().all(|key| kept.contains(key)),
            "an acknowledged act is lost"
        );
        assert_eq!(kept.len(), acknowledged.len());
    }
}
