//! Servers that ask for patience and seeds of odd forms, as the program meets them.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::support::Place;

/// What was asked for, and when.
type Log = Arc<Mutex<Vec<(String, Instant)>>>;

/// Answers with what `answer` makes of a path and how often it was asked for before: status line
/// with further header fields, and body.
fn serve(
    answer: impl Fn(&str, usize) -> (String, String) + Send + Sync + 'static,
) -> (SocketAddr, Log) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, log, answer) = (
        listener.local_addr().unwrap(),
        Log::default(),
        Arc::new(answer),
    );
    let shared = log.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let (log, answer) = (shared.clone(), answer.clone());
            std::thread::spawn(move || -> Option<()> {
                let mut reader = BufReader::new(stream.try_clone().ok()?);
                loop {
                    let (mut line, mut path) = (String::new(), String::new());
                    while reader.read_line(&mut line).ok()? > 2 {
                        if let Some(rest) = line.strip_prefix("GET ") {
                            rest.split(' ').next()?.clone_into(&mut path);
                        }
                        line.clear();
                    }
                    if path.is_empty() {
                        return None;
                    }
                    let mut log = log.lock().unwrap();
                    let before = log.iter().filter(|(p, _)| *p == path).count();
                    log.push((path.clone(), Instant::now()));
                    drop(log);
                    let (head, body) = answer(&path, before);
                    let length = body.len();
                    let answer =
                        format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\n\r\n{body}");
                    stream.write_all(answer.as_bytes()).ok()?;
                }
            });
        }
    });
    (address, log)
}

fn html(body: &str) -> (String, String) {
    ("200 OK\r\nContent-Type: text/html".into(), body.into())
}

fn none() -> (String, String) {
    ("404 Not Found".into(), String::new())
}

fn crawl(place: &Place, address: SocketAddr, more: &[&str]) -> i32 {
    let everything = format!("*={address}");
    let args = ["crawl", "http://a.test/", "--allow-private", "--quiet"];
    let to = ["--resolve", &everything];
    place.run(&[&args[..], &to, more].concat()).code
}

/// Pauses between the requests for one path.
fn pauses(log: &Log, path: &str) -> Vec<Duration> {
    let log = log.lock().unwrap();
    let at: Vec<Instant> = log
        .iter()
        .filter(|(p, _)| p == path)
        .map(|(_, at)| *at)
        .collect();
    at.windows(2).map(|w| w[1] - w[0]).collect()
}

fn asked(log: &Log, path: &str) -> usize {
    log.lock()
        .unwrap()
        .iter()
        .filter(|(p, _)| p == path)
        .count()
}

#[test]
fn a_robots_txt_that_asks_for_time_gets_it() {
    let (address, log) = serve(|path, before| match (path, before) {
        ("/robots.txt", 0) => ("503 Busy\r\nRetry-After: 4".into(), String::new()),
        ("/", _) => html("<p>words"),
        _ => none(),
    });
    let place = Place::new();
    assert_eq!(crawl(&place, address, &["--delay", "0"]), 0);
    let pauses = pauses(&log, "/robots.txt");
    assert!(
        pauses.len() == 1 && pauses[0] >= Duration::from_secs(4),
        "{pauses:?}"
    );
    assert_eq!(asked(&log, "/"), 1);
}

#[test]
fn a_pause_that_was_asked_for_is_no_shorter_over_restarts() {
    let (address, log) = serve(|path, before| match (path, before) {
        ("/busy", 0) => ("503 Busy\r\nRetry-After: 4".into(), String::new()),
        ("/", _) => html("<a href=/busy>x</a>"),
        ("/busy", _) => html("<p>words"),
        _ => none(),
    });
    let place = Place::new();
    for _ in 0..12 {
        let code = crawl(&place, address, &["--delay", "0.1", "--time-limit", "1s"]);
        assert!([0, 3].contains(&code), "{code}");
        if asked(&log, "/busy") > 1 {
            break;
        }
    }
    let pauses = pauses(&log, "/busy");
    assert!(
        pauses.len() == 1 && pauses[0] >= Duration::from_secs(4),
        "{pauses:?}"
    );
}

#[test]
fn addresses_are_found_in_sloppy_places_and_fetched_once() {
    let (address, log) = serve(|path, _| match path {
        "/robots.txt" => (
            "200 OK\r\nContent-Type: text/plain".into(),
            "Sitemap: http://a.test/sitemap.xml\n".into(),
        ),
        "/sitemap.xml" => (
            "200 OK\r\nContent-Type: text/xml".into(),
            "<urlset><url><loc>http://a.test/list?a=1&b=2</loc></url>\
             <url><loc>http://a.test/named</loc></url></urlset>"
                .into(),
        ),
        "/" => html(
            "<script>setTimeout(\"location.href='/timer'\", 100)</script>\
             <button onclick=\"location='/button'\">x</button>\
             <a href='/%7euser'>x</a><a href='/~user'>x</a>\
             <a href='/grow?f=1'>x</a>",
        ),
        // Each page adds its parameter once more.
        p if p.starts_with("/grow?") => html(&format!("<a href='{p}&f=1'>x</a>")),
        p if p.starts_with("/no-such-page") => none(),
        _ => html("<p>words"),
    });
    let place = Place::new();
    assert_eq!(crawl(&place, address, &["--delay", "0"]), 0);
    for path in [
        "/list?a=1&b=2",
        "/named",
        "/timer",
        "/button",
        "/%7euser",
        "/grow?f=1",
    ] {
        assert_eq!(asked(&log, path), 1, "{path}: {log:?}");
    }
    for path in ["/~user", "/grow?f=1&f=1"] {
        assert_eq!(asked(&log, path), 0, "{path}: {log:?}");
    }
}

#[test]
fn names_in_chinese_are_hosts() {
    let place = Place::new();
    place.write(
        "seeds.txt",
        "http://维修.中国/x\nHTTPS://ｅｘａｍｐｌｅ.com\n维修.com\n",
    );
    let steps = place
        .run(&["crawl", "--dry-run", "--json", "seeds.txt"])
        .json();
    let urls: Vec<_> = steps.iter().map(|s| s["url"].as_str().unwrap()).collect();
    for url in [
        "http://xn--8uq495i.xn--fiqs8s/x",
        "https://example.com/",
        "http://xn--8uq495i.com/",
    ] {
        assert!(urls.contains(&url), "{url}: {urls:?}");
    }
}

#[test]
fn flags_that_make_no_sense_are_wrong_usage() {
    let place = Place::new();
    for flag in [
        ["--log", "a=b=["],
        ["--concurrency", "0"],
        ["--user-agent", " "],
    ] {
        let line = place
            .run(&[&["crawl", "http://a.test/"], &flag[..]].concat())
            .fails(2);
        assert!(line.contains(flag[0]), "{line}");
    }
    let long = format!("http://a.test/{}", "z".repeat(50_000));
    let line = place.run(&["crawl", &long]).fails(1);
    assert!(line.len() < 500, "{} bytes", line.len());
}
