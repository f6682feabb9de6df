//! One exchange at a time: every fault ends, quickly, with its own name.

use std::io::Write;
use std::time::{Duration, Instant};

use super::server::{Reply, Server, ok, with};
use crate::crawl::fetch::{Fetched, Fetcher, Options};
use crate::crawl::frontier::RobotsAnswer;
use crate::crawl::progress::Failure;
use crate::page::{Body, Page};

fn options() -> Options {
    Options {
        allow_private: true,
        max_body: 100_000,
        connect_timeout: Duration::from_millis(500),
        answer_timeout: Duration::from_millis(500),
        read_timeout: Duration::from_millis(500),
        timeout: Duration::from_millis(1_500),
        delay: Duration::ZERO,
        ..Options::default()
    }
}

fn fetcher() -> Fetcher {
    Fetcher::new(&options()).unwrap()
}

async fn page(url: &str) -> Result<Page, Failure> {
    match fetcher().page(url).await? {
        Fetched::Page(page, _) => Ok(*page),
        other => panic!("no page: {other:?}"),
    }
}

fn bytes(page: &Page) -> &[u8] {
    match &page.body {
        Body::Html { bytes, .. } => bytes,
        Body::Text { .. } => panic!("HTTP brings bytes"),
    }
}

const HTML: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";

#[tokio::test]
async fn a_page_comes_with_its_head_and_its_bytes() {
    let server = Server::start("127.0.0.1", |_| {
        with(
            "200 OK",
            &[
                "Content-Type: text/html; charset=gbk",
                "X-Kit: a",
                "X-Kit: b",
            ],
            b"\xce\xac\xd0\xde\xb5\xe7\xbb\xb0",
        )
    })
    .await;
    let page = page(&server.url("/a?b#c")).await.unwrap();
    assert_eq!(bytes(&page), b"\xce\xac\xd0\xde\xb5\xe7\xbb\xb0");
    let head = String::from_utf8(page.head.clone().unwrap()).unwrap();
    assert!(
        head.starts_with("HTTP/1.1 200 OK\r\n") && head.ends_with("\r\n\r\n"),
        "{head}"
    );
    assert_eq!(head.matches("x-kit: ").count(), 2);
    assert!(!page.truncated);
    let Body::Html { content_type, .. } = &page.body else {
        unreachable!()
    };
    assert_eq!(content_type.as_deref(), Some("text/html; charset=gbk"));
    let asked = server.log().remove(0);
    assert_eq!(asked.path, "/a?b");
    let head = asked.head.to_ascii_lowercase();
    assert!(head.contains("user-agent: partyline/"), "{head}");
    assert!(
        !head.contains("cookie") && !head.contains("referer"),
        "{head}"
    );
}

#[tokio::test]
async fn faults_end_with_their_names() {
    let server = Server::start("127.0.0.1", |request| match request.path.as_str() {
        "/hang" => Reply::Hang,
        "/reset" => Reply::Reset,
        "/empty" => Reply::Raw(Vec::new()),
        "/no-http" => Reply::Raw(b"SSH-2.0-OpenSSH\r\n".to_vec()),
        "/slow-head" => Reply::Slow(HTML.into(), Duration::from_millis(100)),
        "/endless-head" => Reply::Endless(
            HTML.into(),
            b"X-A: bbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n".to_vec(),
        ),
        "/big-head" => with(
            "200 OK",
            &[
                "Content-Type: text/html",
                &format!("X: {}", "y".repeat(70_000)),
            ],
            "",
        ),
        "/image" => with("200 OK", &["Content-Type: image/png"], "x"),
        "/pdf" => ok("%PDF-1.7 binary"),
        "/gone" => with("404 Not Found", &["Content-Type: text/html"], "x"),
        "/fault" => with("500 Oops", &[], "x"),
        "/bad-chunk" => {
            Reply::Raw(format!("{HTML}Transfer-Encoding: chunked\r\n\r\nzz\r\nhello").into_bytes())
        }
        "/bad-gzip" => with(
            "200 OK",
            &["Content-Type: text/html", "Content-Encoding: gzip"],
            "no gzip",
        ),
        "/nowhere" => with("302 Found", &["Location: http://["], ""),
        "/script" => with("302 Found", &["Location: javascript:alert(1)"], ""),
        "/no-location" => with("302 Found", &[], ""),
        path => panic!("{path}"),
    })
    .await;
    for (path, expected) in [
        ("/hang", Failure::Timeout),
        ("/reset", Failure::Broken),
        ("/empty", Failure::Broken),
        ("/no-http", Failure::Broken),
        ("/slow-head", Failure::Timeout),
        ("/endless-head", Failure::Broken),
        ("/big-head", Failure::Broken),
        ("/image", Failure::NotAPage),
        ("/pdf", Failure::NotAPage),
        ("/gone", Failure::Status(404)),
        ("/fault", Failure::Status(500)),
        ("/bad-chunk", Failure::Broken),
        ("/bad-gzip", Failure::Broken),
        ("/nowhere", Failure::Redirect),
        ("/script", Failure::Redirect),
        ("/no-location", Failure::Redirect),
    ] {
        let started = Instant::now();
        assert_eq!(
            page(&server.url(path)).await.unwrap_err(),
            expected,
            "{path}"
        );
        assert!(
            started.elapsed() < Duration::from_secs(3),
            "{path}: {:?}",
            started.elapsed()
        );
    }
    let https = format!("https://{}/", server.address);
    assert_eq!(page(&https).await.unwrap_err(), Failure::Tls);
    // Port 1 of this address is nobody's.
    assert_eq!(
        page("http://127.0.0.9:1/").await.unwrap_err(),
        Failure::Connect
    );
    assert_eq!(
        page("http://no-such-host.invalid/").await.unwrap_err(),
        Failure::Dns
    );
}

#[tokio::test]
async fn bodies_end_at_their_limit_and_what_came_is_kept() {
    let server = Server::start("127.0.0.1", |request| match request.path.as_str() {
        "/endless" => Reply::Endless(format!("{HTML}\r\n").into_bytes(), vec![b'a'; 4_096]),
        "/drip" => Reply::Slow(
            format!("{HTML}\r\nabcdefghijklmnopqrstuvwxyz{}", "x".repeat(2_000)).into_bytes(),
            Duration::from_millis(8),
        ),
        "/cut" => Reply::Raw(format!("{HTML}Content-Length: 50\r\n\r\nonly this").into_bytes()),
        "/late-bad-chunk" => Reply::Raw(
            format!("{HTML}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n").into_bytes(),
        ),
        path => panic!("{path}"),
    })
    .await;
    let endless = page(&server.url("/endless")).await.unwrap();
    assert_eq!((bytes(&endless).len(), endless.truncated), (100_000, true));
    let cut = page(&server.url("/cut")).await.unwrap();
    assert_eq!((bytes(&cut), cut.truncated), (&b"only this"[..], true));
    let chunk = page(&server.url("/late-bad-chunk")).await.unwrap();
    assert_eq!((bytes(&chunk), chunk.truncated), (&b"hello"[..], true));
    let started = Instant::now();
    let drip = page(&server.url("/drip")).await.unwrap();
    assert!(drip.truncated && bytes(&drip).starts_with(b"abc"));
    assert!(started.elapsed() < Duration::from_secs(3));
}

/// So many bytes of `a`, packed.
fn bomb(coding: &str, bytes: usize) -> Vec<u8> {
    let level = flate2::Compression::best();
    let body = vec![b'a'; bytes];
    let gzip = |body: &[u8]| {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), level);
        out.write_all(body).unwrap();
        out.finish().unwrap()
    };
    match coding {
        "gzip" | "x-gzip" => gzip(&body),
        "gzip, gzip" => gzip(&gzip(&body)),
        "deflate" => {
            let mut out = flate2::write::ZlibEncoder::new(Vec::new(), level);
            out.write_all(&body).unwrap();
            out.finish().unwrap()
        }
        "Deflate" => {
            let mut out = flate2::write::DeflateEncoder::new(Vec::new(), level);
            out.write_all(&body).unwrap();
            out.finish().unwrap()
        }
        "zstd" => {
            // A frame with a window of 8 MiB, and blocks that repeat one byte 128 Ki times.
            let mut out = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x68];
            let blocks = (bytes >> 17).max(1) as u32;
            for n in 1..=blocks {
                let size = (bytes as u32 / blocks).min(128 << 10);
                let header = u32::from(n == blocks) | 1 << 1 | size << 3;
                out.extend_from_slice(&header.to_le_bytes()[..3]);
                out.push(b'a');
            }
            out
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_compression_bomb_ends_at_the_limit() {
    let codings = [
        "gzip",
        "x-gzip",
        "gzip, gzip",
        "deflate",
        // Without its zlib frame.
        "Deflate",
        "zstd",
    ];
    for coding in codings {
        for (unpacked, kept) in [(50_000, 50_000), (200 << 20, 100_000)] {
            let packed = bomb(coding, unpacked);
            assert!(packed.len() < 1 << 20, "200 MB in less than one");
            let server = Server::start("127.0.0.1", move |_| {
                let coding = format!("Content-Encoding: {coding}");
                with("200 OK", &["Content-Type: text/html", &coding], &packed)
            })
            .await;
            let started = Instant::now();
            let page = page(&server.url("/")).await.unwrap();
            assert_eq!(
                (bytes(&page).len(), page.truncated),
                (kept, kept < unpacked),
                "{coding}"
            );
            assert!(bytes(&page).iter().all(|b| *b == b'a'));
            let took = started.elapsed();
            assert!(took < Duration::from_secs(2), "{coding}: {took:?}");
            let head = String::from_utf8(page.head.unwrap()).unwrap();
            assert!(
                !head.contains("content-encoding"),
                "the body is kept decoded: {head}"
            );
        }
    }
    // Codings in codings without end, and what only says that it is packed.
    for coding in ["gzip, gzip, gzip, gzip, gzip", "x-gzip"] {
        let server = Server::start("127.0.0.1", move |_| {
            let coding = format!("Content-Encoding: {coding}");
            with("200 OK", &["Content-Type: text/html", &coding], "<p>plain")
        })
        .await;
        assert_eq!(
            page(&server.url("/")).await,
            Err(Failure::Broken),
            "{coding}"
        );
    }
}

#[tokio::test]
async fn waiting_is_asked_for_and_redirects_are_answers() {
    let server = Server::start("127.0.0.1", |request| match request.path.as_str() {
        "/busy" => with("429 Too Many Requests", &["Retry-After: 7"], ""),
        "/down" => with("503 Unavailable", &[], ""),
        "/away" => with(
            "301 Moved Permanently",
            &["Location: http://elsewhere.invalid/x"],
            "body",
        ),
        "/self" => with(
            "301 Moved Permanently",
            &[&format!("Location: https://{}/self", request.host)],
            "",
        ),
        "/visit" => with("302 Found", &["Location: /visit?PHPSESSID=0a1b2c"], ""),
        path => panic!("{path}"),
    })
    .await;
    let fetch = async |path: &str| fetcher().page(&server.url(path)).await.unwrap();
    assert!(matches!(fetch("/busy").await, Fetched::Refused(Some(d)) if d.as_secs() == 7));
    assert!(matches!(fetch("/down").await, Fetched::Refused(None)));
    let Fetched::Page(away, _) = fetch("/away").await else {
        panic!("a redirect is a page")
    };
    assert_eq!((away.status, away.body.len()), (301, 0));
    let Fetched::Moved(to) = fetch("/self").await else {
        panic!("https is the same page")
    };
    assert_eq!(to, server.url("/self").replace("http:", "https:"));
    let Fetched::Moved(to) = fetch("/visit").await else {
        panic!("a session id makes no other page")
    };
    assert_eq!(to, server.url("/visit?PHPSESSID=0a1b2c"));
}

#[tokio::test]
async fn private_addresses_are_never_connected_to() {
    let server = Server::start("127.0.0.1", |_| ok("secret")).await;
    let port = server.address.port();
    let strict = Fetcher::new(&Options {
        allow_private: false,
        resolve: vec![format!("inside.test=127.0.0.1:{port}").parse().unwrap()],
        ..options()
    })
    .unwrap();
    for host in [
        "127.0.0.1",
        "0x7f.1",
        "2130706433",
        "017700000001",
        "[::ffff:127.0.0.1]",
        "0",
        "localhost",
        "inside.test",
    ] {
        let url = format!("http://{host}:{port}/");
        let failure = strict.page(&url).await.unwrap_err();
        assert!(matches!(failure, Failure::Refused(_)), "{url}: {failure}");
        let robots = strict.robots(&format!("{url}robots.txt"), 0).await;
        assert!(
            matches!(robots, RobotsAnswer::Unavailable(Failure::Refused(_), None)),
            "{robots:?}"
        );
    }
    assert!(server.log().is_empty(), "{:?}", server.log());
}

#[tokio::test]
async fn robots_answers_are_read_as_the_rfc_says() {
    let server = Server::start("127.0.0.1", |request| match request.path.as_str() {
        "/rules" => with("200 OK", &[], "User-agent: partyline\nDisallow: /x"),
        "/gone" => with("404 Not Found", &[], "Disallow: /"),
        "/forbidden" => with("403 Forbidden", &[], ""),
        "/fault" => with("500 Oops", &[], ""),
        "/busy" => with("429 Too Many Requests", &[], ""),
        "/moved" => with("302 Found", &["Location: /rules"], ""),
        "/endless" => Reply::Endless(
            b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /x\n".to_vec(),
            b"# and so on\n".repeat(1_000),
        ),
        "/hang" => Reply::Hang,
        path => with("302 Found", &[&format!("Location: {path}a")], ""),
    })
    .await;
    let fetcher = fetcher();
    let allowed = async |path: &str| match fetcher.robots(&server.url(path), 0).await {
        RobotsAnswer::Rules(rules) => Some(rules.allowed("/x")),
        RobotsAnswer::Unavailable(..) | RobotsAnswer::Moved(..) => None,
    };
    for (path, expected) in [
        ("/rules", Some(false)),
        ("/moved", Some(false)),
        ("/endless", Some(false)),
        ("/gone", Some(true)),
        ("/forbidden", Some(true)),
        ("/loop", Some(true)),
        ("/fault", None),
        ("/busy", None),
        ("/hang", None),
    ] {
        assert_eq!(allowed(path).await, expected, "{path}");
    }
    assert_eq!(
        server
            .log()
            .iter()
            .filter(|r| r.path.starts_with("/loop"))
            .count(),
        6
    );
}

#[tokio::test]
async fn a_proxy_is_used_and_a_broken_one_is_named() {
    let proxy = Server::start("127.0.0.1", |_| ok("by proxy")).await;
    let with_proxy = |address: String| {
        Fetcher::new(&Options {
            proxy: Some(address),
            allow_private: false,
            ..options()
        })
    };
    let fetcher = with_proxy(format!("http://{}", proxy.address)).unwrap();
    let Ok(Fetched::Page(page, _)) = fetcher.page("http://some.invalid/x").await else {
        panic!("the proxy answers");
    };
    assert_eq!(bytes(&page), b"by proxy");
    assert_eq!(proxy.log()[0].path, "http://some.invalid/x");
    let refused = fetcher.page("http://10.0.0.1/").await.unwrap_err();
    assert!(matches!(refused, Failure::Refused(_)), "{refused}");
    for local in ["http://localhost/", "http://metadata.google.internal/"] {
        let refused = fetcher.page(local).await.unwrap_err();
        assert_eq!(refused, Failure::Refused("local name"), "{local}");
    }
    let broken = with_proxy("http://127.0.0.9:1".into()).unwrap();
    assert_eq!(
        broken.page("http://some.invalid/").await.unwrap_err(),
        Failure::Proxy
    );
    assert!(fetcher.check_proxy().await.is_ok());
    let error = broken.check_proxy().await.unwrap_err().to_string();
    assert!(
        error.contains("--proxy http://127.0.0.9:1: cannot connect"),
        "{error}"
    );
    let secret = with_proxy("http://user:secret@127.0.0.9:1".into()).unwrap();
    let error = secret.check_proxy().await.unwrap_err().to_string();
    assert!(
        error.contains("--proxy http://***@127.0.0.9:1: cannot"),
        "{error}"
    );
    let error = with_proxy("no proxy".into()).unwrap_err().to_string();
    assert!(error.contains("--proxy no proxy"), "{error}");
}
