//! Measures the loopback crawl with everything on: fetch, decode, extract, fingerprint, archive,
//! durable store. The server is a process of its own on the same machine; its pages are rendered
//! before the clock starts. Pages are about 14 KB: two pages of the demo web in one.
//!
//! `cargo bench --bench crawl -- queue [URLS]` measures the queue instead: memory, and the time
//! until the first request of a resumed crawl. `-- order [WEBS]` counts the pages that each order
//! of fetching needs to find the numbers of the demo web's operators. `-- start [PAGES]` measures
//! the time until the first request of a crawl that goes on after so many pages. `-- stages` takes
//! the CPU time of a page by stage.

#[path = "support/mod.rs"]
mod support;

#[path = "support/order.rs"]
mod order;
#[path = "support/queue.rs"]
mod queue;
#[path = "support/stages.rs"]
mod stages;
#[path = "support/start.rs"]
mod start;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use partyline::crawl::{self, fetch, politeness, seeds};
use partyline::demo::{Options, Response, Web};
use partyline::lists::Lists;
use partyline::state::State;
use support::server::{self, Server};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const PAGES: u64 = 12_000;

fn web() -> Web {
    Web::generate(&Options {
        gbk_share: 0.1,
        redirecting_host: false,
        robots_rules: false,
        calendar_trap: false,
        faults: false,
        wildcard_pool: 0,
        ..Options::large()
    })
}

fn main() {
    if std::env::args().any(|a| a == "serve") {
        return serve();
    }
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|a| a == "queue") {
        let urls = arguments.get(at + 1).and_then(|n| n.parse().ok());
        return queue::measure(urls.unwrap_or(10_000_000));
    }
    if let Some(at) = arguments.iter().position(|a| a == "start") {
        let pages = arguments.get(at + 1).and_then(|n| n.parse().ok());
        return start::measure(pages.unwrap_or(100_000));
    }
    if let Some(at) = arguments.iter().position(|a| a == "order") {
        let webs = arguments.get(at + 1).and_then(|n| n.parse().ok());
        return order::measure(webs.unwrap_or(1));
    }
    let server = Server::start();
    if arguments.iter().any(|a| a == "stages") {
        let web = web();
        let urls = web
            .pages()
            .map(|(host, page)| format!("http://{}{}", host.name, page.path));
        return stages::measure(server.port, &urls.collect::<Vec<_>>());
    }
    for concurrency in [64, 128] {
        crawl(server.port, concurrency);
    }
}

fn crawl(port: u16, concurrency: usize) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let state = State::open(dir.path(), 48 << 20).expect("a new state");
    let web = web();
    let seeds = web.seeds.iter().filter_map(|s| seeds::seed(s)).collect();
    let options = crawl::Options {
        scope: crawl::Scope::Any,
        max_depth: 1000,
        max_pages: Some(PAGES),
        concurrency,
        politeness: politeness::Settings {
            delay: Duration::ZERO,
            ..politeness::Settings::default()
        },
        fetch: fetch::Options {
            allow_private: true,
            resolve: server::everything(port),
            ..fetch::Options::default()
        },
        ..crawl::Options::default()
    };
    let cpu = support::cpu_seconds();
    let lists = Arc::new(Lists::built_in());
    let (summary, _state) =
        crawl::crawl(options, seeds, state, lists, &mut |_| {}).expect("the crawl runs");
    let cpu = support::cpu_seconds() - cpu;
    let (pages, seconds) = (summary.pages as f64, summary.elapsed.as_secs_f64());
    println!(
        "concurrency {concurrency:<4} {pages:>6} pages of {:.1} KB on {} hosts: {:>6.0} pages/s, {:.0} µs CPU/page, peak {:.0} MiB, without page: {:?}",
        summary.bytes as f64 / pages / 1024.0,
        summary.hosts,
        pages / seconds,
        cpu / pages * 1e6,
        support::peak_mib(),
        summary.failures,
    );
}

type Pages = HashMap<Vec<u8>, Vec<u8>>;

/// The web, and its pages as answers. What is no planned page (other spellings, robots.txt) is
/// rendered when it is asked for.
struct Held {
    web: Web,
    pages: Pages,
}

impl Held {
    fn answer(&self, host: &str, path: &str) -> Cow<'_, [u8]> {
        match self.pages.get(format!("{host}{path}").as_bytes()) {
            Some(answer) => answer.as_slice().into(),
            None => http(&self.web.respond(host, path), b"").into(),
        }
    }
}

fn http(response: &Response, more: &[u8]) -> Vec<u8> {
    let length = response.body.len() + more.len();
    let mut answer = format!(
        "HTTP/1.1 {} OK\r\nContent-Length: {length}\r\n",
        response.status
    );
    for (name, value) in &response.headers {
        answer.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut answer = (answer + "\r\n").into_bytes();
    answer.extend_from_slice(&response.body);
    answer.extend_from_slice(more);
    answer
}

/// Renders everything, then answers until standard input ends.
fn serve() {
    let web = web();
    let all: Vec<_> = web.pages().collect();
    let bodies: Vec<_> = all
        .iter()
        .map(|(h, p)| web.respond(&h.name, &p.path))
        .collect();
    let mut pages = Pages::new();
    for (i, (host, page)) in all.iter().enumerate() {
        let (own, more) = (&bodies[i], &bodies[(i + 1) % bodies.len()]);
        let fits = own.body.len() < 12 << 10 && own.headers == more.headers;
        let answer = http(own, if fits { &more.body } else { b"" });
        pages.insert(format!("{}{}", host.name, page.path).into_bytes(), answer);
    }
    let held = Arc::new(Held { web, pages });
    server::serve(1, move |stream| answer(stream, held.clone()));
}

/// Answers the requests of one connection.
async fn answer(mut stream: TcpStream, held: Arc<Held>) {
    let mut buffer = Vec::with_capacity(4096);
    while let Some((host, path)) = server::request(&mut stream, &mut buffer).await {
        let answer = held.answer(&host, &path);
        if stream.write_all(&answer).await.is_err() {
            return;
        }
    }
}
