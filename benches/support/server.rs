//! A server in a process of its own: the bench's program once more, told to `serve`.

use std::future::Future;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use partyline::crawl::resolve;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

/// The running server; it ends with this value.
pub struct Server {
    process: Child,
    pub port: u16,
}

impl Server {
    pub fn start() -> Self {
        let mut process = again(&["serve"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("piped");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the server says its port");
        let port = line.trim().parse().expect("a port");
        Server { process, port }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends with its standard input.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// This program once more, in another part.
pub fn again(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this bench"));
    command.args(arguments);
    command
}

/// Takes every name to the server.
pub fn everything(port: u16) -> Vec<resolve::Override> {
    vec![resolve::Override {
        host: "*".into(),
        ip: [127, 0, 0, 1].into(),
        port: Some(port),
    }]
}

/// Hands on connections until standard input ends.
pub fn serve<F>(threads: usize, answer: impl Fn(TcpStream) -> F + Send + Sync + 'static)
where
    F: Future<Output = ()> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(async {
        let listener = TcpListener::bind("0.0.0.0:0").await.expect("a free port");
        println!("{}", listener.local_addr().expect("bound").port());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream));
            }
        });
        let wait = || std::io::stdin().read_to_end(&mut Vec::new());
        let _ = tokio::task::spawn_blocking(wait).await;
    });
    runtime.shutdown_background();
}

/// Host and path of the next request of a connection; `None` at its end. What came behind it
/// stays in the buffer.
pub async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<(String, String)> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        match stream.read_buf(buffer).await {
            Ok(n) if n > 0 && buffer.len() < 64 << 10 => {}
            _ => return None,
        }
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end);
    let path = head.split(' ').nth(1).unwrap_or("/");
    let host = head.lines().find_map(|l| {
        let (name, value) = l.split_once(':')?;
        name.eq_ignore_ascii_case("host").then(|| value.trim())
    });
    Some((host.unwrap_or_default().to_owned(), path.to_owned()))
}
