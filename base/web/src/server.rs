//! Our own accept loop, because axum's has no defence against slow clients: a client that connects and
//! says nothing, sends half a request line, drips headers or drips a body would be held for ever.
//!
//! Invariants:
//! - A connection is closed when it was silent, or busy with one request head, for `Limits::head`.
//! - A request body ends, or fails, within `Limits::body_grace` plus its bytes divided by `Limits::body_rate`.
//! - A peer that does not read its answer is dropped after `Limits::write_stall`.
//! - No network holds more than `Limits::per_network` connections, all together no more than `Limits::connections`;
//!   what is over the cap is closed at once, so that waiting costs nobody memory.

mod pace;
mod quota;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tower::ServiceExt;

use self::pace::{PacedBody, StallGuard};
use self::quota::Quota;

pub use self::pace::BodyError;
pub use self::quota::network_of;

/// What a client may take of us. The defaults close every kind of slow client within 15 seconds.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Longest time for a whole request head; also the longest silence on a kept-alive connection.
    pub head: Duration,
    /// Time that every body gets, however small.
    pub body_grace: Duration,
    /// Bytes per second that a body must keep up on average after the grace.
    pub body_rate: u64,
    /// Longest pause between two pieces of a body.
    pub body_pause: Duration,
    /// Longest time in which the peer takes no byte of an answer.
    pub write_stall: Duration,
    /// Number of header lines (more are answered with 431).
    pub headers: usize,
    /// Bytes of the request head.
    pub head_bytes: usize,
    /// Open connections of all peers together.
    pub connections: usize,
    /// Open connections of one network (an IPv4 address, an IPv6 /64). Trusted proxies are exempt.
    pub per_network: usize,
    /// How long a shutdown waits for requests that are under way.
    pub farewell: Duration,
    /// Addresses of our own reverse proxies: only they may say `X-Forwarded-For`.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            head: Duration::from_secs(10),
            body_grace: Duration::from_secs(8),
            body_rate: 4 * 1024,
            body_pause: Duration::from_secs(8),
            write_stall: Duration::from_secs(12),
            headers: 64,
            head_bytes: 32 * 1024,
            connections: 4096,
            per_network: 256,
            farewell: Duration::from_secs(20),
            trusted_proxies: Vec::new(),
        }
    }
}

/// The other end of the connection, as the kernel sees it. In every request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// A bound door that is not open yet.
pub struct Server {
    listener: TcpListener,
    limits: Arc<Limits>,
}

impl Server {
    /// # Errors
    /// The address is in use or not ours.
    pub async fn bind(address: SocketAddr, limits: Limits) -> io::Result<Server> {
        Ok(Server {
            listener: TcpListener::bind(address).await?,
            limits: Arc::new(limits),
        })
    }

    /// # Errors
    /// The kernel does not tell the address.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers requests until `shutdown` is ready, then lets those under way finish (`Limits::farewell`).
    pub async fn serve(self, router: Router, shutdown: impl Future<Output = ()>) {
        let door = Door {
            router,
            quota: Quota::new(self.limits.per_network),
            slots: Arc::new(Semaphore::new(self.limits.connections)),
            closing: watch::channel(()).0,
            limits: self.limits,
        };
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, peer)) => door.admit(stream, peer),
                    Err(error) => rest_after(&error).await,
                },
            }
        }
        drop(self.listener);
        door.close().await;
    }
}

/// Out of file descriptors the loop would spin; a reset by the peer is nothing to wait for.
async fn rest_after(error: &io::Error) {
    let peers_doing = matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionRefused
    );
    if !peers_doing {
        tracing::warn!(%error, "cannot accept a connection");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

struct Door {
    router: Router,
    quota: Quota,
    slots: Arc<Semaphore>,
    closing: watch::Sender<()>,
    limits: Arc<Limits>,
}

impl Door {
    fn admit(&self, stream: TcpStream, peer: SocketAddr) {
        let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() else {
            tracing::warn!(
                limit = self.limits.connections,
                "connection refused: all slots are taken"
            );
            return;
        };
        let trusted = self.limits.trusted_proxies.contains(&peer.ip().to_canonical());
        let share = if trusted {
            None
        } else {
            Some(self.quota.take(peer.ip()))
        };
        if let Some(None) = share {
            tracing::debug!("connection refused: this network holds its share");
            return;
        }
        // Small answers must not wait for the peer's delayed acknowledgement.
        let _ = stream.set_nodelay(true);
        let connection = serve_connection(
            stream,
            peer,
            self.router.clone(),
            Arc::clone(&self.limits),
            self.closing.subscribe(),
        );
        tokio::spawn(async move {
            connection.await;
            drop(share);
            drop(slot);
        });
    }

    /// Tells every connection to finish, and waits until the last one gave its slot back.
    async fn close(self) {
        let all = u32::try_from(self.limits.connections).unwrap_or(u32::MAX);
        self.closing.send_replace(());
        let finished = tokio::time::timeout(self.limits.farewell, self.slots.acquire_many(all)).await;
        if finished.is_err() {
            tracing::warn!("some requests did not finish before the shutdown");
        }
    }
}

async fn serve_connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Arc<Limits>,
    mut closing: watch::Receiver<()>,
) {
    let io = TokioIo::new(StallGuard::new(stream, limits.write_stall));
    let body_limits = Arc::clone(&limits);
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let request = prepare(request, peer, &body_limits);
        let router = router.clone();
        async move { Ok::<Response<Body>, Infallible>(router.oneshot(request).await.unwrap_or_else(|never| match never {})) }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_headers(limits.headers)
        .max_header_size(limits.head_bytes)
        .serve_connection(io, service);
    let mut connection = std::pin::pin!(connection);
    tokio::select! {
        // Errors here are the peer's: broken requests, resets, timeouts. hyper has answered what can be answered.
        _ = connection.as_mut() => {}
        _ = closing.changed() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

fn prepare(request: Request<Incoming>, peer: SocketAddr, limits: &Arc<Limits>) -> Request<Body> {
    let mut request = request.map(|body| Body::new(PacedBody::new(body, limits)));
    request.extensions_mut().insert(Peer(peer));
    request.extensions_mut().insert(Arc::clone(limits));
    request
}
