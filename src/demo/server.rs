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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::super::Options;
    use super::*;

    /// Sends one request and reads one answer with a `Content-Length`.
    async fn ask(stream: &mut TcpStream, target: &str, host: &str) -> (u16, String, Vec<u8>) {
        let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: test\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        let mut buffer = [0_u8; 16 << 10];
        loop {
            let n = stream.read(&mut buffer).await.unwrap();
            assert!(n > 0, "closed early");
            bytes.extend_from_slice(&buffer[..n]);
            let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
                continue;
            };
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let lower = head.to_ascii_lowercase();
            let (_, length) = lower.split_once("content-length: ").unwrap();
            let length: usize = length.lines().next().unwrap().parse().unwrap();
            if bytes.len() >= end + 4 + length {
                let status = head[9..12].parse().unwrap();
                return (status, lower, bytes[end + 4..].to_vec());
            }
        }
    }

    fn run(test: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            tokio::time::timeout(Duration::from_secs(20), test)
                .await
                .unwrap();
        });
    }

    #[test]
    fn answers_by_host_name_and_keeps_a_log() {
        run(async {
            let web = Arc::new(Web::generate(&Options::tiny()));
            let settings = Settings {
                log_entries: 3,
                ..Settings::default()
            };
            let server = serve(Arc::clone(&web), settings).await.unwrap();
            let mut stream = TcpStream::connect(server.addr).await.unwrap();
            for (host, page) in web.pages().take(5) {
                let authority = format!("{}:{}", host.name.to_uppercase(), server.addr.port());
                let (status, head, body) = ask(&mut stream, &page.path, &authority).await;
                let expected = web.respond(&host.name, &page.path);
                assert_eq!((status, body), (expected.status, expected.body));
                assert!(head.contains(&expected.headers[0].1), "{head}");
            }
            let (host, page) = web.pages().nth(1).unwrap();
            let (status, _, _) = ask(&mut stream, &host.url(page), "proxy.invalid").await;
            assert_eq!(status, 200);
            let (status, _, _) = ask(&mut stream, "/", "nobody.test").await;
            assert_eq!(status, 404);
            let log = server.log();
            assert_eq!((server.requests(), log.len()), (7, 3));
            assert_eq!(
                (log[1].host.as_str(), log[1].path.as_str()),
                (host.name.as_str(), page.path.as_str())
            );
            assert_eq!((log[2].host.as_str(), log[2].status), ("nobody.test", 404));
            assert_eq!(log[2].user_agent, "test");
            assert!(log[1].at_ms <= log[2].at_ms);
        });
    }

    #[test]
    fn stops_when_told_to() {
        run(async {
            let web = Arc::new(Web::generate(&Options::tiny()));
            let server = serve(web, Settings::default()).await.unwrap();
            let mut idle = TcpStream::connect(server.addr).await.unwrap();
            ask(&mut idle, "/", "nobody.test").await;
            server.shutdown();
            let mut rest = Vec::new();
            assert_eq!(idle.read_to_end(&mut rest).await.unwrap(), 0);
            // The listener goes with its task, which needs a turn to end.
            while TcpStream::connect(server.addr).await.is_ok() {
                tokio::task::yield_now().await;
            }
        });
    }

    /// Prints requests a second (client included) for who runs it with `--nocapture`.
    #[test]
    fn serves_many_clients_at_once() {
        const CLIENTS: usize = 16;
        const EACH: usize = 60;
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let web = Arc::new(Web::generate(&Options::small()));
            let server = serve(Arc::clone(&web), Settings::default()).await.unwrap();
            let started = Instant::now();
            let clients: Vec<_> = (0..CLIENTS)
                .map(|i| {
                    let (web, addr) = (Arc::clone(&web), server.addr);
                    tokio::spawn(async move {
                        let mut stream = TcpStream::connect(addr).await.unwrap();
                        for (host, page) in web.pages().skip(i * 50).take(EACH) {
                            let (status, _, _) = ask(&mut stream, &page.path, &host.name).await;
                            assert_eq!(status, 200, "{}", host.url(page));
                        }
                    })
                })
                .collect();
            for client in clients {
                client.await.unwrap();
            }
            let rate = server.requests() as f64 / started.elapsed().as_secs_f64();
            assert_eq!(server.log().len(), CLIENTS * EACH);
            eprintln!("{rate:.0} requests a second, client included");
        });
    }
}
