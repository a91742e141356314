//! Slow, greedy and broken clients against real sockets, with limits short enough for a test.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};
use mingjing_web::{Limits, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::house::house;

fn short() -> Limits {
    Limits {
        head: Duration::from_millis(400),
        body_grace: Duration::from_millis(500),
        body_rate: 10_000,
        body_pause: Duration::from_millis(400),
        write_stall: Duration::from_millis(400),
        farewell: Duration::from_secs(3),
        ..Limits::default()
    }
}

struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

async fn run(limits: Limits, router: Router) -> Running {
    let server = Server::bind(([127, 0, 0, 1], 0).into(), limits).await.unwrap();
    let address = server.address().unwrap();
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(server.serve(router, async {
        let _ = stopped.await;
    }));
    Running { address, stop, task }
}

fn router() -> Router {
    Router::new()
        .route("/", get(|| async { "hello" }))
        .route(
            "/echo",
            post(|body: Bytes| async move { format!("{} bytes", body.len()) }),
        )
        .route("/big", get(|| async { vec![b'x'; 64 * 1024 * 1024] }))
        .route(
            "/slow",
            get(|| async {
                sleep(Duration::from_millis(600)).await;
                "late"
            }),
        )
}

/// Sends `first`, then `drip` every 100 ms, until the server closes; returns what it said.
async fn held(address: SocketAddr, first: &str, drip: &str) -> String {
    let started = Instant::now();
    let (mut read, mut write) = TcpStream::connect(address).await.unwrap().into_split();
    write.write_all(first.as_bytes()).await.unwrap();
    let drip = drip.to_owned();
    let dripping = tokio::spawn(async move {
        while !drip.is_empty() && write.write_all(drip.as_bytes()).await.is_ok() {
            sleep(Duration::from_millis(100)).await;
        }
        sleep(Duration::from_secs(10)).await;
    });
    let mut said = Vec::new();
    let closed = timeout(Duration::from_secs(3), read.read_to_end(&mut said)).await;
    dripping.abort();
    assert!(closed.is_ok(), "still open after {:?}: {first:?}", started.elapsed());
    String::from_utf8_lossy(&said).into_owned()
}

async fn status(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut said = Vec::new();
    let _ = timeout(Duration::from_secs(3), stream.read_to_end(&mut said))
        .await
        .expect("an answer");
    String::from_utf8_lossy(&said).split("\r\n").next().unwrap().to_owned()
}

const HELLO: &str = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn the_default_limits_close_every_slow_client_within_15_seconds() {
    let limits = Limits::default();
    for limit in [limits.head, limits.body_grace, limits.body_pause, limits.write_stall] {
        assert!(limit <= Duration::from_secs(12));
    }
}

#[tokio::test]
async fn a_silent_client_is_closed() {
    let running = run(short(), router()).await;
    held(running.address, "", "").await;
}

#[tokio::test]
async fn half_a_request_line_is_closed() {
    let running = run(short(), router()).await;
    held(running.address, "GET / HT", "").await;
}

#[tokio::test]
async fn dripping_headers_are_closed() {
    let running = run(short(), router()).await;
    held(running.address, "GET / HTTP/1.1\r\nhost: x\r\n", "x-a: b\r\n").await;
}

#[tokio::test]
async fn a_stopped_body_is_closed() {
    let running = run(short(), router()).await;
    held(
        running.address,
        "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nabc",
        "",
    )
    .await;
}

#[tokio::test]
async fn a_dripping_body_is_closed() {
    let running = run(short(), router()).await;
    held(
        running.address,
        "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n",
        "a",
    )
    .await;
    let chunked = "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
    held(running.address, chunked, "1\r\na\r\n").await;
}

#[tokio::test]
async fn a_slow_form_is_told_408() {
    let house = house().await;
    let site = mingjing_web::routes(&house.site).into_router(house);
    let running = run(short(), site).await;
    let head = "POST /_parts HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 1000\r\n\r\n";
    let said = held(running.address, head, "a").await;
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    assert!(said.contains("提交没有完成"));
}

#[tokio::test]
async fn a_body_that_nobody_reads_does_not_hold_the_connection() {
    let running = run(short(), router()).await;
    let said = held(
        running.address,
        "POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n",
        "a",
    )
    .await;
    assert!(said.starts_with("HTTP/1.1 404"), "{said}");
}

#[tokio::test]
async fn an_idle_kept_connection_is_closed() {
    let running = run(short(), router()).await;
    let said = held(running.address, "GET / HTTP/1.1\r\nhost: x\r\n\r\n", "").await;
    assert!(said.ends_with("hello"), "{said}");
}

#[tokio::test]
async fn a_client_that_does_not_read_loses_its_slot() {
    let limits = Limits {
        connections: 1,
        ..short()
    };
    let running = run(limits, router()).await;
    let mut greedy = TcpStream::connect(running.address).await.unwrap();
    greedy.write_all(b"GET /big HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    sleep(Duration::from_millis(150)).await;
    assert_eq!(status(running.address, HELLO).await, "", "the only slot is taken");
    sleep(Duration::from_millis(900)).await;
    assert_eq!(status(running.address, HELLO).await, "HTTP/1.1 200 OK");
    drop(greedy);
}

#[tokio::test]
async fn a_body_that_keeps_its_pace_is_taken() {
    // Longer than the grace, and far from its limits where the machine is busy.
    let limits = Limits {
        body_rate: 4_000,
        body_pause: Duration::from_secs(3),
        ..short()
    };
    let running = run(limits, router()).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream
        .write_all(b"POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 20000\r\n\r\n")
        .await
        .unwrap();
    for _ in 0..10 {
        stream.write_all(&[b'a'; 2000]).await.unwrap();
        sleep(Duration::from_millis(100)).await;
    }
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    assert!(said.ends_with("20000 bytes"), "{said}");
}

#[tokio::test]
async fn a_network_has_its_share_and_proxies_are_exempt() {
    let limits = Limits {
        per_network: 2,
        ..short()
    };
    let running = run(limits.clone(), router()).await;
    let _held = [
        TcpStream::connect(running.address).await.unwrap(),
        TcpStream::connect(running.address).await.unwrap(),
    ];
    sleep(Duration::from_millis(50)).await;
    assert_eq!(status(running.address, HELLO).await, "");
    sleep(Duration::from_millis(700)).await;
    assert_eq!(
        status(running.address, HELLO).await,
        "HTTP/1.1 200 OK",
        "the silent ones were closed"
    );

    let behind_proxy = Limits {
        trusted_proxies: vec![[127, 0, 0, 1].into()],
        ..limits
    };
    let running = run(behind_proxy, router()).await;
    let _held = [
        TcpStream::connect(running.address).await.unwrap(),
        TcpStream::connect(running.address).await.unwrap(),
    ];
    assert_eq!(status(running.address, HELLO).await, "HTTP/1.1 200 OK");
}

#[tokio::test]
async fn smuggling_and_oversized_heads_are_refused() {
    let running = run(short(), router()).await;
    let check = async |request: &str, refused: &[&str]| {
        let said = status(running.address, request).await;
        assert!(
            refused.iter().any(|status| said.contains(status)),
            "{said:?} for {:?}",
            &request[..request.len().min(120)]
        );
    };
    check(
        "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcdef",
        &["400"],
    )
    .await;
    check("GET / HTTP/1.1\r\nhost: x\r\nx-a: b\r\n folded\r\n\r\n", &["400"]).await;
    check("GET / HTTP/1.1\r\nhost: x\r\nx a: b\r\n\r\n", &["400"]).await;
    check(
        &format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "x-a: b\r\n".repeat(10_000)),
        &["431", "400"],
    )
    .await;
    check(
        &format!("GET / HTTP/1.1\r\nhost: x\r\nx-a: {}\r\n\r\n", "b".repeat(1024 * 1024)),
        &["431", "400"],
    )
    .await;
    check("\u{16}\u{3}\u{1}\u{2}\r\n\r\n", &["400"]).await;
}

#[tokio::test]
async fn both_lengths_never_make_two_requests() {
    let running = run(short(), router()).await;
    let both = "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /slow HTTP/1.1\r\nhost: x\r\n\r\n";
    let said = held(running.address, both, "").await;
    assert!(!said.contains("late"), "the smuggled request was answered: {said}");
}

#[tokio::test]
async fn a_shutdown_finishes_what_is_under_way() {
    let running = run(short(), router()).await;
    let address = running.address;
    let under_way = tokio::spawn(async move { status(address, "GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await });
    let idle = TcpStream::connect(address).await.unwrap();
    sleep(Duration::from_millis(150)).await;
    running.stop.send(()).unwrap();
    assert_eq!(under_way.await.unwrap(), "HTTP/1.1 200 OK");
    timeout(Duration::from_secs(2), running.task)
        .await
        .expect("the server ends")
        .unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "the door is shut");
    drop(idle);
}
