//! Nobody is asked early: pauses as a server's log shows them.

use std::time::{Duration, Instant};

use super::run::{crawl, links, no_robots, options};
use super::server::{Server, with};
use crate::crawl::progress::Stopped;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_comes_early() {
    // Two hosts of one domain and a third of another, on one address; one asks for more.
    let server = Server::start("127.0.0.1", |request| match request.path.as_str() {
        "/robots.txt" if request.host.starts_with("slow") => {
            with("200 OK", &[], "User-agent: *\nCrawl-delay: 0.4\n")
        }
        "/robots.txt" => with("404 Not Found", &[], ""),
        "/" => links(&["/1", "/2"]),
        _ => links(&[]),
    })
    .await;
    let hosts = ["www.one.test", "m.one.test", "slow.test"];
    let dir = tempfile::tempdir().unwrap();
    let mut options = options(&hosts.map(|h| (h, &server)));
    options.politeness.delay = Duration::from_millis(100);
    let (summary, _) = crawl(&options, dir.path(), &hosts).await;
    assert_eq!(summary.pages, 9);

    let log = server.log();
    assert_eq!(log.len(), 12, "three robots.txt and nine pages");
    let gaps = |times: Vec<Instant>| times.windows(2).map(|w| w[1] - w[0]).min();
    let all = gaps(log.iter().map(|r| r.at).collect()).unwrap();
    assert!(all >= Duration::from_millis(100), "one address: {all:?}");
    let slow = log
        .iter()
        .filter(|r| r.host == "slow.test" && r.path != "/robots.txt");
    let slow = gaps(slow.map(|r| r.at).collect()).unwrap();
    assert!(slow >= Duration::from_millis(400), "Crawl-delay: {slow:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_robots_txt_that_has_moved_is_asked_for_as_politely() {
    let first = Server::start("127.0.0.1", |request| match request.path.as_str() {
        "/robots.txt" => with("302 Found", &["Location: http://rules.test/of-all"], ""),
        _ => links(&[]),
    })
    .await;
    let rules = Server::start("127.0.0.2", |request| match request.path.as_str() {
        "/of-all" => with("200 OK", &[], "User-agent: *\nDisallow: /2\n"),
        "/robots.txt" => with("404 Not Found", &[], ""),
        "/" => links(&["/1", "/2"]),
        _ => links(&[]),
    })
    .await;
    let hosts = ["a.test", "b.test", "c.test", "rules.test"];
    let named = |host| if host == "rules.test" { &rules } else { &first };
    let mut options = options(&hosts.map(|h| (h, named(h))));
    options.politeness.delay = Duration::from_millis(100);
    let dir = tempfile::tempdir().unwrap();
    let (summary, _) = crawl(&options, dir.path(), &hosts).await;
    assert_eq!(summary.pages, 6);
    assert_eq!(rules.asked("/of-all"), 3, "once for each that sends there");
    for server in [&first, &rules] {
        let times: Vec<_> = server.log().iter().map(|r| r.at).collect();
        let gap = times.windows(2).map(|w| w[1] - w[0]).min().unwrap();
        assert!(gap >= Duration::from_millis(100), "{gap:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_asks_for_time_gets_it() {
    let asked = std::sync::atomic::AtomicU32::new(0);
    let server = Server::start("127.0.0.1", move |request| {
        no_robots(request, |_| {
            match asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                0 => with("429 Too Many Requests", &["Retry-After: 1"], ""),
                _ => links(&[]),
            }
        })
    })
    .await;
    let dir = tempfile::tempdir().unwrap();
    let (summary, _) = crawl(
        &options(&[("web.test", &server)]),
        dir.path(),
        &["web.test"],
    )
    .await;
    assert_eq!(
        (summary.pages, summary.retries, summary.failed()),
        (1, 1, 0)
    );
    let times: Vec<_> = server
        .log()
        .iter()
        .filter(|r| r.path == "/")
        .map(|r| r.at)
        .collect();
    assert!(times[1] - times[0] >= Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_asks_for_hours_is_left_to_a_later_run() {
    let good = Server::start("127.0.0.1", |r| no_robots(r, |_| links(&[]))).await;
    let busy = Server::start("127.0.0.2", |r| {
        no_robots(r, |_| {
            with("503 Service Unavailable", &["Retry-After: 7200"], "")
        })
    })
    .await;
    let dir = tempfile::tempdir().unwrap();
    let options = options(&[("good.test", &good), ("busy.test", &busy)]);
    for pages in [1, 0] {
        let (summary, _) = crawl(&options, dir.path(), &["good.test", "busy.test"]).await;
        assert_eq!(
            (summary.pages, summary.stopped, summary.remaining),
            (pages, Some(Stopped::Waiting), 1)
        );
        let pause = summary.pause.unwrap();
        assert!((6_000..=7_200).contains(&pause.as_secs()), "{pause:?}");
        let asked = busy.log().iter().filter(|r| r.path == "/").count();
        assert_eq!(asked, 1, "not before its time, not by the next run either");
    }
}
