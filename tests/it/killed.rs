//! The program is killed again and again, and goes on each time.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use partyline::archive;
use partyline::lists::Lists;
use partyline::maintain;
use partyline::state::State;

use crate::support::Place;

const CACHE: u64 = 16 << 20;
/// Pages of a host: a binary tree of links.
const PAGES: u64 = 63;
const CONCURRENCY: usize = 8;

/// `h<number>.test`, each with its tree; the root links to the roots of two other hosts.
struct Web {
    address: SocketAddr,
    hosts: u64,
    /// What was asked for in which run.
    log: Mutex<Vec<(u64, String)>>,
    run: AtomicU64,
    /// Milliseconds before an answer.
    latency: AtomicU64,
}

impl Web {
    fn serve(hosts: u64) -> Arc<Web> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let web = Arc::new(Web {
            address: listener.local_addr().unwrap(),
            hosts,
            log: Mutex::default(),
            run: AtomicU64::new(0),
            latency: AtomicU64::new(12),
        });
        let shared = web.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let web = shared.clone();
                std::thread::spawn(move || web.answer(stream));
            }
        });
        web
    }

    fn answer(&self, mut stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream.try_clone().ok()?);
        loop {
            let (mut path, mut host, mut line) = (String::new(), String::new(), String::new());
            while reader.read_line(&mut line).ok()? > 2 {
                let lower = line.to_ascii_lowercase();
                if let Some(rest) = line.strip_prefix("GET ") {
                    path = rest.split(' ').next()?.to_owned();
                } else if let Some(name) = lower.strip_prefix("host: ") {
                    host = name.trim().to_owned();
                }
                line.clear();
            }
            if path.is_empty() {
                return None;
            }
            let url = format!("http://{host}{path}");
            let run = self.run.load(Ordering::SeqCst);
            self.log.lock().unwrap().push((run, url));
            std::thread::sleep(Duration::from_millis(self.latency.load(Ordering::SeqCst)));
            let body = self.page(&host, &path);
            let kind = if path == "/robots.txt" {
                "plain"
            } else {
                "html"
            };
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/{kind}\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            stream.write_all((head + &body).as_bytes()).ok()?;
        }
    }

    fn page(&self, host: &str, path: &str) -> String {
        if path == "/robots.txt" {
            return "User-agent: *\nDisallow: /never\n".to_owned();
        }
        let number = |text: &str| {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            digits.parse::<u64>().unwrap_or(0)
        };
        let (host, page) = (number(host), number(path));
        let mut links: Vec<String> = [2 * page + 1, 2 * page + 2]
            .iter()
            .filter(|p| **p < PAGES)
            .map(|p| format!("/{p}"))
            .collect();
        if page == 0 {
            links.push("/never".into());
            for next in [2 * host + 1, 2 * host + 2] {
                if next < self.hosts {
                    links.push(format!("http://h{next}.test/"));
                }
            }
        }
        let links: String = links
            .iter()
            .map(|l| format!("<a href='{l}'>x</a>"))
            .collect();
        format!("<title>{host} {page}</title><p>page {page} of host {host}</p>{links}")
    }

    fn urls(&self) -> BTreeSet<String> {
        let pages = |h| {
            (0..PAGES).map(move |p| match p {
                0 => format!("http://h{h}.test/"),
                p => format!("http://h{h}.test/{p}"),
            })
        };
        (0..self.hosts).flat_map(pages).collect()
    }

    /// Requests that were sent before the kill may still be on their way to the log, where they
    /// would count for the next run.
    fn settle(&self) {
        let length = || self.log.lock().unwrap().len();
        let mut before = length();
        loop {
            std::thread::sleep(Duration::from_millis(40));
            let now = length();
            if std::mem::replace(&mut before, now) == now {
                return;
            }
        }
    }

    /// What was asked for in a run, without robots.txt.
    fn asked(&self, run: u64) -> Vec<String> {
        let log = self.log.lock().unwrap();
        let of_run = log.iter().filter(|(r, _)| *r == run);
        let pages = of_run.filter(|(_, url)| !url.ends_with("/robots.txt"));
        pages.map(|(_, url)| url.clone()).collect()
    }
}

/// The same command each time. Every acknowledged page is a line of its log.
fn start(place: &Place, web: &Web) -> Child {
    Command::new(env!("CARGO_BIN_EXE_partyline"))
        .current_dir(place.dir.path())
        .args(["crawl", "http://h0.test/", "--allow-private", "--quiet"])
        .args(["--scope", "any", "--max-depth", "100000", "--delay", "0"])
        .args(["--concurrency", &CONCURRENCY.to_string()])
        // A small one: what waits goes to files now and then.
        .args(["--cache", "8"])
        .args(["--resolve", &format!("*={}", web.address)])
        .args(["--log", "partyline::crawl=debug", "--state", "state"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// URLs of the acknowledged pages in a log; a line without an end was not written in full.
fn acknowledged(log: &str) -> BTreeSet<String> {
    let whole = log.rfind('\n').map_or("", |end| &log[..end]);
    let kept = whole.lines().filter(|line| line.contains("acknowledged"));
    kept.filter_map(|line| Some(line.split_once("url=\"")?.1.split_once('"')?.0.to_owned()))
        .collect()
}

struct Held {
    stored: BTreeSet<String>,
    pending: BTreeSet<String>,
}

fn held(place: &Place) -> Held {
    let state = State::open(&place.path("state"), CACHE).unwrap();
    let urls: Vec<String> = state.pages().map(|p| p.unwrap().record.url).collect();
    let stored: BTreeSet<String> = urls.iter().cloned().collect();
    assert_eq!(stored.len(), urls.len(), "a page is stored twice");
    let pending = state.pending().unwrap();
    assert_eq!(pending.len() as u64, state.meta().queued);
    Held {
        stored,
        pending: pending.into_iter().map(|q| q.url).collect(),
    }
}

#[test]
fn a_crawl_that_is_killed_at_any_instant_goes_on() {
    let kills: u64 = match std::env::var("PARTYLINE_KILLS") {
        Ok(text) => text.parse().expect("PARTYLINE_KILLS is a number"),
        Err(_) => 100,
    };
    let place = Place::new();
    let web = Web::serve(kills + 30);
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut before = Held {
        stored: BTreeSet::new(),
        pending: BTreeSet::new(),
    };
    let (mut lines, mut early) = (0, 0);
    for run in 0..kills {
        web.run.store(run, Ordering::SeqCst);
        let mut child = start(&place, &web);
        let mut stderr = child.stderr.take().unwrap();
        let reader = std::thread::spawn(move || {
            let mut log = String::new();
            stderr.read_to_string(&mut log).map(|_| log)
        });
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        std::thread::sleep(Duration::from_millis(5 + random % 300));
        early += u64::from(child.try_wait().unwrap().is_some());
        // SIGKILL.
        child.kill().unwrap();
        child.wait().unwrap();
        let acknowledged = acknowledged(&reader.join().unwrap().unwrap());
        lines += acknowledged.len();
        web.settle();
        check(&web, run, &before);
        let after = held(&place);
        for url in before.stored.iter().chain(&acknowledged) {
            assert!(after.stored.contains(url), "run {run} lost {url}");
        }
        before = after;
    }
    assert_eq!(early, 0, "the web is large enough for all the kills");
    assert!(lines > 0, "the log tells what was acknowledged");
    web.run.store(kills, Ordering::SeqCst);
    web.latency.store(0, Ordering::SeqCst);
    let ended = start(&place, &web).wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    check(&web, kills, &before);
    finished(&place, &web, kills);
}

/// Nothing was asked for that an earlier run had done with.
fn check(web: &Web, run: u64, before: &Held) {
    let mut seen = BTreeMap::new();
    for url in web.asked(run) {
        assert!(!before.stored.contains(&url), "run {run}: {url} was stored");
        *seen.entry(url).or_insert(0) += 1;
    }
    for (url, times) in seen {
        assert_eq!(times, 1, "run {run}: {url}");
    }
}

fn finished(place: &Place, web: &Web, kills: u64) {
    let end = held(place);
    assert_eq!(end.stored, web.urls());
    assert!(end.pending.is_empty());
    let state = State::open(&place.path("state"), CACHE).unwrap();
    let archived = archive::pages(&state.archive_dir(), state.meta().end).unwrap();
    assert_eq!(archived.count(), end.stored.len(), "each page once");
    let report = maintain::check(&state, &Lists::built_in()).unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
    let log = web.log.lock().unwrap();
    let robots = log.iter().filter(|(_, url)| url.ends_with("/robots.txt"));
    let (robots, pages) = (robots.count() as u64, web.urls().len());
    let again = log.len() - robots as usize - pages;
    eprintln!("{kills} kills: {pages} pages, {again} asked for again, {robots} robots.txt");
    assert!(!log.iter().any(|(_, url)| url.ends_with("/never")));
    // What runs at the time of a kill is asked for again, and so is what waits for its commit.
    assert!(
        again as u64 <= kills * (CONCURRENCY as u64 + 128),
        "{again}"
    );
    assert!(robots <= web.hosts + kills * CONCURRENCY as u64, "{robots}");
}
