//! Servers that misbehave in forty ways, in one crawl with good ones.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::server::{Reply, Server, ok, with};
use crate::crawl::fetch::{Fetched, Fetcher};
use crate::crawl::{Options, Scope, fetch, run, seeds};
use crate::lists::Lists;
use crate::page::Body;
use crate::state::State;

const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
const CHUNKED: &str = "Transfer-Encoding: chunked\r\n\r\n";
const PAUSE: Duration = Duration::from_millis(60);

/// The names of the faults, and whether a page comes in spite of it.
const FAULTS: &[(&str, bool)] = &[
    ("hang-before-head", false),
    ("reset-in-head", false),
    ("close-at-once", false),
    ("other-protocol", false),
    ("tls-alert", false),
    ("binary", false),
    ("status-line-only", true),
    ("no-status", false),
    ("status-of-letters", false),
    ("status-1", false),
    ("status-999", false),
    ("version-9", false),
    ("slow-status-line", false),
    ("slow-head", false),
    ("endless-head", false),
    ("endless-line", false),
    ("endless-100-continue", false),
    ("endless-early-hints", false),
    ("big-field", false),
    ("thousand-fields", false),
    ("nul-in-field", false),
    ("field-without-colon", true),
    ("two-lengths", false),
    ("negative-length", false),
    ("length-of-letters", false),
    ("huge-length", true),
    ("short-body", true),
    ("long-body", true),
    ("length-and-chunks", true),
    ("bad-chunk", false),
    ("huge-chunk", true),
    ("negative-chunk", false),
    ("endless-chunk-extension", false),
    ("endless-trailers", true),
    ("slow-body", true),
    ("endless-body", true),
    ("bad-gzip", false),
    ("gzip-of-nothing", true),
    ("unknown-coding", true),
    ("redirect-loop", true),
    ("redirect-to-nowhere", false),
    ("redirect-to-file", false),
    ("body-with-redirect", true),
    ("retry-after-a-century", false),
];

fn raw(text: impl AsRef<str>) -> Reply {
    Reply::Raw(text.as_ref().as_bytes().to_vec())
}

fn html(rest: &str) -> Reply {
    raw(format!("{HEAD}{rest}"))
}

fn endless(first: &str, then: &str) -> Reply {
    Reply::Endless(first.into(), then.into())
}

fn misbehave(fault: &str) -> Reply {
    match fault {
        "hang-before-head" => Reply::Hang,
        "reset-in-head" => Reply::Reset,
        "close-at-once" => raw(""),
        "other-protocol" => raw("220 mail.test ESMTP\r\n"),
        "tls-alert" => Reply::Raw(b"\x15\x03\x03\x00\x02\x02\x28".to_vec()),
        "binary" => Reply::Raw(vec![0xff; 3_000]),
        "status-line-only" => raw("HTTP/1.1 200 OK\r\n\r\n"),
        "no-status" => raw("HTTP/1.1 OK\r\n\r\n"),
        "status-of-letters" => raw("HTTP/1.1 abc OK\r\n\r\n"),
        "status-1" => raw("HTTP/1.1 1 Low\r\n\r\n"),
        "status-999" => raw("HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n"),
        "version-9" => raw("HTTP/9.9 200 OK\r\n\r\n"),
        "slow-status-line" => Reply::Slow(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), PAUSE),
        "slow-head" => Reply::Slow(HEAD.into(), PAUSE),
        "endless-head" => endless(HEAD, "X-A: bbbbbbbbbbbbbbbbbbbbbbbb\r\n"),
        "endless-line" => endless("HTTP/1.1 200 ", &"O".repeat(4_096)),
        "endless-100-continue" => endless("", "HTTP/1.1 100 Continue\r\n\r\n"),
        "endless-early-hints" => endless("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
        "big-field" => html(&format!("X: {}\r\n\r\n", "y".repeat(900_000))),
        "thousand-fields" => html(&format!("{}\r\n", "X: y\r\n".repeat(20_000))),
        "nul-in-field" => html("X-A: b\0c\r\nContent-Length: 1\r\n\r\nx"),
        "field-without-colon" => html("nonsense\r\nContent-Length: 1\r\n\r\nx"),
        "two-lengths" => html("Content-Length: 1\r\nContent-Length: 2\r\n\r\nxy"),
        "negative-length" => html("Content-Length: -5\r\n\r\nxy"),
        "length-of-letters" => html("Content-Length: ten\r\n\r\nxy"),
        "huge-length" => html("Content-Length: 9223372036854775807\r\n\r\nxy"),
        "short-body" => html("Content-Length: 50\r\n\r\nonly this"),
        "long-body" => html("Content-Length: 2\r\n\r\nmore than two"),
        "length-and-chunks" => html(&format!(
            "Content-Length: 99\r\n{CHUNKED}2\r\nxy\r\n0\r\n\r\n"
        )),
        "bad-chunk" => html(&format!("{CHUNKED}zz\r\nhello")),
        "huge-chunk" => html(&format!("{CHUNKED}7fffffffffffffff\r\nhello")),
        "negative-chunk" => html(&format!("{CHUNKED}-5\r\nhello")),
        "endless-chunk-extension" => endless(&format!("{HEAD}{CHUNKED}5;"), &"e".repeat(4_096)),
        "endless-trailers" => endless(&format!("{HEAD}{CHUNKED}2\r\nxy\r\n0\r\n"), "A: b\r\n"),
        "slow-body" => Reply::Slow(format!("{HEAD}\r\n{}", "x".repeat(900)).into(), PAUSE / 20),
        "endless-body" => endless(&format!("{HEAD}\r\n"), &"a".repeat(4_096)),
        "bad-gzip" => html("Content-Encoding: gzip\r\nContent-Length: 7\r\n\r\nno gzip"),
        "gzip-of-nothing" => html("Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n"),
        "unknown-coding" => html("Content-Encoding: rot13\r\nContent-Length: 2\r\n\r\nxy"),
        "redirect-loop" => with("302 Found", &["Location: /"], ""),
        "redirect-to-nowhere" => with("302 Found", &["Location: http://["], ""),
        "redirect-to-file" => with("302 Found", &["Location: file:///etc/passwd"], ""),
        "body-with-redirect" => endless(
            "HTTP/1.1 302 Found\r\nLocation: /other\r\n\r\n",
            &"a".repeat(4_096),
        ),
        "retry-after-a-century" => with("503 Busy", &["Retry-After: 3153600000"], ""),
        other => panic!("{other}"),
    }
}

fn fetch_options() -> fetch::Options {
    fetch::Options {
        allow_private: true,
        max_body: 100_000,
        connect_timeout: Duration::from_millis(500),
        answer_timeout: Duration::from_millis(400),
        read_timeout: Duration::from_millis(400),
        timeout: Duration::from_millis(1_000),
        delay: Duration::ZERO,
        ..fetch::Options::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_faults_end_and_good_hosts_are_crawled() {
    assert!(FAULTS.len() >= 40);
    let server = Server::start("127.0.0.1", |request| {
        let name = request.host.split('.').next().unwrap_or_default();
        match request.path.as_str() {
            "/robots.txt" => with("404 Not Found", &[], ""),
            "/" if name.starts_with("good") => {
                let mut links = String::new();
                for page in 0..20 {
                    let _ = write!(links, "<a href='/{page}'>x</a>");
                }
                ok(links)
            }
            _ if name.starts_with("good") => ok("<p>a page</p>"),
            "/other" => ok("<p>here it is</p>"),
            _ => misbehave(name),
        }
    })
    .await;
    let mut options = Options {
        scope: Scope::Any,
        concurrency: 16,
        fetch: fetch_options(),
        ..Options::default()
    };
    options.politeness.delay = Duration::ZERO;
    options.politeness.backoff = Duration::from_millis(20);
    options.politeness.max_retry_after = Duration::from_millis(200);
    options.intake.wait = Duration::from_millis(10);
    let everything = format!("*={}", server.address);
    options.fetch.resolve = vec![everything.parse().unwrap()];
    let good = (0..10).map(|n| format!("http://good{n}.test/"));
    let bad = FAULTS
        .iter()
        .map(|(name, _)| format!("http://{name}.test/"));
    let from = bad.chain(good).map(|s| seeds::seed(&s).unwrap()).collect();
    let dir = tempfile::tempdir().unwrap();
    let state = State::open(dir.path(), 8 << 20).unwrap();
    let (stop, lists) = (std::future::pending(), Arc::new(Lists::default()));
    let started = Instant::now();
    let mut unseen = |_: crate::crawl::Seen<'_>| {};
    let run = run(options, from, state, lists, stop, &mut unseen);
    let run = tokio::time::timeout(Duration::from_secs(60), run);
    let (summary, state) = run.await.expect("nothing hangs").unwrap();
    eprintln!("{} faults in {:?}", FAULTS.len(), started.elapsed());
    assert_eq!((summary.remaining, summary.stopped), (0, None));
    let stored: Vec<String> = state.pages().map(|p| p.unwrap().record.url).collect();
    let good = stored.iter().filter(|u| u.starts_with("http://good"));
    assert_eq!(good.count(), 10 * 21);
    let mut wrong = Vec::new();
    for (name, comes) in FAULTS {
        let url = format!("http://{name}.test/");
        if stored.contains(&url) != *comes {
            wrong.push(*name);
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}: {:?}", summary.failures);
}

/// 200 MiB of one letter, as each coding packs it.
fn bombs() -> Vec<(&'static str, Vec<u8>)> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..200 {
        gzip.write_all(&vec![b'a'; 1 << 20]).unwrap();
        zlib.write_all(&vec![b'a'; 1 << 20]).unwrap();
    }
    // A frame without a checksum, window of 8 MiB, and blocks that repeat one byte 128 Ki times.
    let mut zstd = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68];
    for block in 0..1_600u32 {
        let last = u32::from(block == 1_599);
        let header = last | 1 << 1 | (128 << 10) << 3;
        zstd.extend_from_slice(&header.to_le_bytes()[..3]);
        zstd.push(b'a');
    }
    // 64 MiB, as the reference encoder packs them.
    let brotli = "cfffff7f0024c2e2b14072effff9ffff0f8004401c1680eefd3fffffff01900088c302d0bdffe7ffff3f001200715800baf7ff03";
    let brotli = (0..brotli.len() / 2)
        .map(|i| u8::from_str_radix(&brotli[2 * i..2 * i + 2], 16).unwrap())
        .collect();
    vec![
        ("gzip", gzip.finish().unwrap()),
        ("deflate", zlib.finish().unwrap()),
        ("zstd", zstd),
        ("br", brotli),
    ]
}

#[tokio::test]
async fn bombs_of_every_coding_end_at_the_limit() {
    for (coding, bomb) in bombs() {
        assert!(bomb.len() < 1 << 20, "{coding}");
        let server = Server::start("127.0.0.1", move |_| {
            let coding = format!("Content-Encoding: {coding}");
            with("200 OK", &["Content-Type: text/html", &coding], &bomb)
        })
        .await;
        let fetcher = Fetcher::new(&fetch_options()).unwrap();
        let started = Instant::now();
        let fetched = fetcher.page(&server.url("/")).await;
        let Ok(Fetched::Page(page, _)) = fetched else {
            panic!("{coding}: {fetched:?}");
        };
        let Body::Html { bytes, .. } = &page.body else {
            unreachable!()
        };
        assert_eq!((bytes.len(), page.truncated), (100_000, true), "{coding}");
        assert!(bytes.iter().all(|b| *b == b'a'), "{coding}");
        let took = started.elapsed();
        assert!(took < Duration::from_secs(1), "{coding}: {took:?}");
    }
}
