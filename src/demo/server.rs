//! The demo web over HTTP/1.1 on loopback: an origin server for all of its host names, told
//! apart by the `Host` header, and a forward proxy for them (requests in absolute form).

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{HOST, HeaderValue, USER_AGENT};
use hyper::service::service_fn;
use hyper::{Request, Response as HttpResponse, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::web::Web;

/// One request, as the server saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Milliseconds since the server was started.
    pub at_ms: u64,
    /// Without port.
    pub host: String,
    /// Path and query.
    pub path: String,
    pub status: u16,
    pub user_agent: String,
}

/// How the server is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The log keeps this many requests, the newest ones.
    pub log_entries: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            log_entries: 100_000,
        }
    }
}

struct Shared {
    web: Arc<Web>,
    started: Instant,
    log: Mutex<VecDeque<Entry>>,
    log_entries: usize,
    requests: AtomicU64,
}

/// A running server; it stops when this is dropped or [`Server::shutdown`] is called.
pub struct Server {
    pub addr: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
}

/// Starts a server on the current tokio runtime.
pub async fn serve(web: Arc<Web>, settings: Settings) -> io::Result<Server> {
    let listener = TcpListener::bind(settings.listen).await?;
    let addr = listener.local_addr()?;
    let (stop, stopped) = watch::channel(false);
    let shared = Arc::new(Shared {
        web,
        started: Instant::now(),
        log: Mutex::new(VecDeque::new()),
        log_entries: settings.log_entries,
        requests: AtomicU64::new(0),
    });
    tokio::spawn(accept(listener, Arc::clone(&shared), stopped));
    Ok(Server { addr, shared, stop })
}

impl Server {
    /// The requests so far, oldest first (only the newest, where the log is full).
    pub fn log(&self) -> Vec<Entry> {
        let log = self
            .shared
            .log
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        log.iter().cloned().collect()
    }

    /// All requests since the start, those that the log has forgotten included.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::Relaxed)
    }

    /// Stops listening and closes idle and busy connections alike.
    pub fn shutdown(&self) {
        // Nobody listening any more means that it has stopped already.
        let _ = self.stop.send(true);
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    loop {
        let stream = tokio::select! {
            _ = stopped.changed() => return,
            accepted = listener.accept() => accepted,
        };
        match stream {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, Arc::clone(&shared), stopped.clone()));
            }
            // Out of descriptors, or the client has gone: the next one may do better.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| answer(Arc::clone(&shared), request));
    let http = hyper::server::conn::http1::Builder::new()
        .keep_alive(true)
        .serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = stopped.changed() => {}
        // A client that breaks off is its own affair.
        _ = http => {}
    }
}

async fn answer(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<HttpResponse<Full<Bytes>>, Infallible> {
    let header = |name| {
        let value: Option<&HeaderValue> = request.headers().get(name);
        value.and_then(|v| v.to_str().ok()).unwrap_or_default()
    };
    // The absolute form of a proxy request beats the header (RFC 9112, section 3.2.2).
    let authority = request.uri().authority().map(|a| a.as_str());
    let host = authority
        .unwrap_or_else(|| header(HOST))
        .to_ascii_lowercase();
    let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
    let response = shared.web.respond(&host, path);
    shared.note(Entry {
        at_ms: u64::try_from(shared.started.elapsed().as_millis()).unwrap_or(u64::MAX),
        host: host.split(':').next().unwrap_or_default().to_owned(),
        path: path.to_owned(),
        status: response.status,
        user_agent: header(USER_AGENT).to_owned(),
    });
    if !response.delay.is_zero() {
        tokio::time::sleep(response.delay).await;
    }
    let mut http = HttpResponse::new(Full::new(Bytes::from(response.body)));
    *http.status_mut() =
        StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in response.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            http.headers_mut().insert(name, value);
        }
    }
    Ok(http)
}

impl Shared {
    fn note(&self, entry: Entry) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        if log.len() >= self.log_entries {
            log.pop_front();
        }
        if self.log_entries > 0 {
            log.push_back(entry);
        }
    }
}
