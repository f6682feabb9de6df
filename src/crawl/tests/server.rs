//! A small HTTP server that misbehaves on request. Its connections end with the test's runtime.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a request got.
pub enum Reply {
    /// Bytes as they go over the wire; then the connection is closed.
    Raw(Vec<u8>),
    /// The first bytes, then the others again and again.
    Endless(Vec<u8>, Vec<u8>),
    /// The bytes one by one, with this pause before each.
    Slow(Vec<u8>, Duration),
    /// Nothing at all.
    Hang,
    /// The connection is reset.
    Reset,
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub struct Request {
    pub at: Instant,
    pub host: String,
    pub path: String,
    pub head: String,
}

pub struct Server {
    pub address: SocketAddr,
    log: Arc<Mutex<Vec<Request>>>,
    listening: tokio::task::AbortHandle,
}

impl Server {
    /// Serves on a free port of this loopback address.
    pub async fn start(
        ip: &str,
        answer: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> Server {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (shared, answer) = (log.clone(), Arc::new(answer));
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, answer) = (shared.clone(), answer.clone());
                tokio::spawn(async move {
                    let _ = serve(stream, &log, &*answer).await;
                });
            }
        });
        let listening = listening.abort_handle();
        Server {
            address,
            log,
            listening,
        }
    }

    /// From now on connections are refused.
    pub fn stop(&self) {
        self.listening.abort();
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn log(&self) -> Vec<Request> {
        self.log.lock().unwrap().clone()
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        self.log().iter().filter(|r| r.path == path).count()
    }
}

async fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<Request>>,
    answer: &(dyn Fn(&Request) -> Reply + Send + Sync),
) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < 16_384 {
        match stream.read_u8().await {
            // A TLS handshake: this server speaks plain HTTP to everybody.
            Ok(0x16) if head.is_empty() => {
                let _ = stream.read(&mut [0; 4_096]).await?;
                return stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            }
            Ok(byte) => head.push(byte),
            Err(_) => return Ok(()),
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let field = |name: &str| {
        let line = head
            .lines()
            .find(|l| l.to_ascii_lowercase().starts_with(name));
        line.and_then(|l| l.split_once(": "))
            .map_or(String::new(), |f| f.1.to_owned())
    };
    let request = Request {
        at: Instant::now(),
        host: field("host:"),
        path: head.split(' ').nth(1).unwrap_or_default().to_owned(),
        head: head.clone(),
    };
    log.lock().unwrap().push(request.clone());
    match answer(&request) {
        Reply::Raw(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await?;
        }
        Reply::Endless(first, then) => {
            stream.write_all(&first).await?;
            loop {
                stream.write_all(&then).await?;
            }
        }
        Reply::Slow(bytes, pause) => {
            for byte in bytes {
                tokio::time::sleep(pause).await;
                stream.write_u8(byte).await?;
            }
        }
        Reply::Hang => tokio::time::sleep(Duration::from_secs(60)).await,
        Reply::Reset => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Le").await?;
            stream.set_zero_linger()?;
        }
    }
    Ok(())
}

/// An answer with a length.
pub fn ok(body: impl AsRef<[u8]>) -> Reply {
    with("200 OK", &["Content-Type: text/html"], body)
}

pub fn with(status: &str, fields: &[&str], body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let fields: String = fields.iter().map(|f| format!("{f}\r\n")).collect();
    let head = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    let mut bytes = format!("{head}{fields}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    Reply::Raw(bytes)
}
