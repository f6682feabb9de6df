//! What bad hosts cost the good ones, and what bombs cost in memory.
//!
//! `cargo bench --bench hostile` crawls good hosts alone, then beside bad ones (a fifth of all:
//! no answer, heads and bodies that drip, bodies without end, resets, refusals), each in a process
//! of its own, and prints the rate at which the good pages came. Then it fetches bombs of each
//! coding and prints the peak of the memory.

#[path = "support/mod.rs"]
mod support;

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use partyline::crawl::{self, fetch, politeness, resolve, seeds};
use partyline::lists::Lists;
use partyline::state::State;
use support::server::{self, Server, again};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

/// Good hosts, and pages of each.
const HOSTS: usize = 120;
const PAGES: usize = 60;
/// Pause between two requests to a good host, as a polite crawl makes them.
const DELAY: Duration = Duration::from_millis(50);
/// What a bad host does.
const BAD: [&str; 6] = [
    "hang",
    "drip-head",
    "drip-body",
    "endless",
    "reset",
    "refuse",
];
/// Bytes that a bomb unpacks to, in MiB, and bombs fetched.
const BOMB_MIB: usize = 200;
const BOMBS: usize = 8;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let mode = |name: &str| arguments.iter().any(|a| a == name);
    if mode("serve") {
        return serve();
    }
    if let Some(at) = arguments.iter().position(|a| a == "crawl") {
        let number = |i: usize| arguments[at + i].parse().expect("a number");
        return crawl(number(1), number(2) as usize);
    }
    if let Some(at) = arguments.iter().position(|a| a == "bombs") {
        return bombs(
            arguments[at + 1].parse().expect("a port"),
            &arguments[at + 2],
        );
    }
    // Each part in a process of its own: a peak of memory is a process's.
    let server = Server::start();
    let port = server.port.to_string();
    for bad in ["0", "30", "0", "30"] {
        let _ = again(&["crawl", &port, bad]).status();
    }
    for coding in ["identity", "gzip", "deflate", "br", "zstd"] {
        let _ = again(&["bombs", &port, coding]).status();
    }
}

/// Crawls all good hosts, and so many bad ones beside them.
fn crawl(port: u16, bad: usize) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let state = State::open(dir.path(), 48 << 20).expect("a new state");
    let good: Vec<String> = (0..HOSTS).map(|n| format!("good{n}.test")).collect();
    let bad_hosts: Vec<String> = (0..bad)
        .map(|n| format!("{}.bad{n}.test", BAD[n % BAD.len()]))
        .collect();
    // An address of its own each: hosts on one would wait for each other.
    let address = |(n, host): (usize, &String)| resolve::Override {
        host: host.clone(),
        ip: [127, 1, (n / 250) as u8, (n % 250 + 1) as u8].into(),
        port: Some(port),
    };
    let resolve = good
        .iter()
        .chain(&bad_hosts)
        .enumerate()
        .map(address)
        .collect();
    let of_bad = |host: &String| {
        let host = host.clone();
        (0..PAGES).map(move |page| format!("http://{host}/{page}.html"))
    };
    let urls = bad_hosts.iter().flat_map(of_bad);
    let urls = urls.chain(good.iter().map(|host| format!("http://{host}/")));
    let all: Vec<_> = urls.filter_map(|s| seeds::seed(&s)).collect();
    let options = crawl::Options {
        scope: crawl::Scope::Site,
        concurrency: 64,
        robots: false,
        politeness: politeness::Settings {
            delay: DELAY,
            ..politeness::Settings::default()
        },
        fetch: fetch::Options {
            allow_private: true,
            resolve,
            ..fetch::Options::default()
        },
        ..crawl::Options::default()
    };
    let lists = Arc::new(Lists::built_in());
    let started = Instant::now();
    let (mut pages, mut last) = (0u32, Duration::ZERO);
    let mut observe = |seen: crawl::Seen<'_>| {
        if let crawl::Seen::Page(record) = seen
            && record.site.as_str().starts_with("good")
        {
            pages += 1;
            last = started.elapsed();
        }
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let summary = runtime.block_on(async {
        // Bad hosts may take long to be given up; what counts is when the good pages are there.
        let stop = tokio::time::sleep(Duration::from_secs(25));
        crawl::run(options, all, state, lists, stop, &mut observe).await
    });
    let (summary, _state) = summary.expect("the crawl runs");
    println!(
        "{bad:>3} bad hosts beside {HOSTS}: {pages} good pages in {:.2} s, {:.0} a second; whole run {:.1} s, without page {:?}",
        last.as_secs_f64(),
        f64::from(pages) / last.as_secs_f64(),
        summary.elapsed.as_secs_f64(),
        summary.failures,
    );
}

/// Fetches bombs of one coding, several at a time.
fn bombs(port: u16, coding: &str) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let options = fetch::Options {
        allow_private: true,
        resolve: server::everything(port),
        ..fetch::Options::default()
    };
    let before = support::peak_mib();
    let started = Instant::now();
    runtime.block_on(async {
        let fetcher = fetch::Fetcher::new(&options).expect("a client");
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..BOMBS {
            let (fetcher, url) = (fetcher.clone(), format!("http://bomb.test/{coding}/{n}"));
            tasks.spawn(async move { fetcher.page(&url).await });
        }
        while let Some(fetched) = tasks.join_next().await {
            match fetched.expect("no panic") {
                Ok(fetch::Fetched::Page(page, _)) => {
                    assert!(
                        page.truncated && page.body.len() == options.max_body,
                        "{coding}"
                    );
                }
                other => panic!("{coding}: {other:?}"),
            }
        }
    });
    println!(
        "{BOMBS} bombs of {} MiB each at once, {coding:<8}: {:.2} s, peak {:.1} MiB (before {before:.1} MiB), bodies of {} MiB kept",
        if coding == "br" { 64 } else { BOMB_MIB },
        started.elapsed().as_secs_f64(),
        support::peak_mib(),
        (BOMBS * options.max_body) >> 20,
    );
}

/// The bomb of a coding.
fn bomb(coding: &str) -> Vec<u8> {
    let block = vec![b'a'; 1 << 20];
    match coding {
        "gzip" => {
            let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            (0..BOMB_MIB).for_each(|_| out.write_all(&block).expect("memory"));
            out.finish().expect("memory")
        }
        "deflate" => {
            let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
            (0..BOMB_MIB).for_each(|_| out.write_all(&block).expect("memory"));
            out.finish().expect("memory")
        }
        "zstd" => {
            // A frame with a window of 8 MiB, and blocks that repeat one byte 128 Ki times.
            let mut out = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68];
            let blocks = (BOMB_MIB * 8) as u32;
            for n in 1..=blocks {
                let header = u32::from(n == blocks) | 1 << 1 | (128 << 10) << 3;
                out.extend_from_slice(&header.to_le_bytes()[..3]);
                out.push(b'a');
            }
            out
        }
        // 64 MiB as the reference encoder packs them.
        "br" => {
            let hex = "cfffff7f0024c2e2b14072effff9ffff0f8004401c1680eefd3fffffff01900088c302d0bdffe7ffff3f001200715800baf7ff03";
            let byte =
                |i: usize| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).expect("hexadecimal");
            (0..hex.len() / 2).map(byte).collect()
        }
        _ => block.repeat(BOMB_MIB),
    }
}

/// Answers until standard input ends.
fn serve() {
    let bombs: Arc<Vec<(&str, Vec<u8>)>> = Arc::new(
        ["identity", "gzip", "deflate", "br", "zstd"]
            .map(|c| (c, bomb(c)))
            .into(),
    );
    server::serve(2, move |stream| {
        let bombs = bombs.clone();
        async move {
            let _ = answer(stream, &bombs).await;
        }
    });
}

/// A page of 14 KB or so.
fn page(host: &str, path: &str) -> String {
    let links: String = match path {
        "/" => (0..PAGES - 1)
            .map(|n| format!("<p><a href=\"/{n}.html\">page {n}</a></p>"))
            .collect(),
        _ => String::new(),
    };
    let words = "空调 洗衣机 冰箱 热水器 的 维修 与 保养 常识 ".repeat(180);
    format!("<html><title>{host}{path}</title><body>{links}<p>{path} {words}</p></body></html>")
}

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";

/// Answers the requests of one connection.
async fn answer(mut stream: TcpStream, bombs: &[(&str, Vec<u8>)]) -> std::io::Result<()> {
    let mut buffer = Vec::with_capacity(4096);
    while let Some((host, path)) = server::request(&mut stream, &mut buffer).await {
        match host.split('.').next().unwrap_or_default() {
            "hang" => tokio::time::sleep(Duration::from_secs(3600)).await,
            "drip-head" => drip(&mut stream, HEAD).await?,
            "drip-body" => drip(&mut stream, &format!("{HEAD}\r\n{}", "x".repeat(5_000))).await?,
            "endless" => {
                stream.write_all(format!("{HEAD}\r\n").as_bytes()).await?;
                loop {
                    stream.write_all(&[b'a'; 4096]).await?;
                }
            }
            "reset" => {
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Le").await?;
                return stream.set_zero_linger();
            }
            "refuse" => {
                let refusal = b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n";
                stream.write_all(refusal).await?;
            }
            "bomb" => {
                let coding = path.split('/').nth(1).unwrap_or_default();
                let found = bombs.iter().find(|(c, _)| *c == coding);
                let Some((coding, bytes)) = found else {
                    return Ok(());
                };
                let head = format!(
                    "{HEAD}Content-Encoding: {coding}\r\nContent-Length: {}\r\n\r\n",
                    bytes.len()
                );
                stream.write_all(head.as_bytes()).await?;
                stream.write_all(bytes).await?;
            }
            _ => {
                let body = page(&host, &path);
                let head = format!("{HEAD}Content-Length: {}\r\n\r\n", body.len());
                stream.write_all(head.as_bytes()).await?;
                stream.write_all(body.as_bytes()).await?;
            }
        }
    }
    Ok(())
}

/// Two bytes a second, which no time limit between reads stops.
async fn drip(stream: &mut TcpStream, text: &str) -> std::io::Result<()> {
    for byte in text.bytes() {
        stream.write_u8(byte).await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(())
}
