//! Whole runs: what is asked of the servers, and what is stored.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::server::{Reply, Request, Server, ok, with};
use crate::crawl::progress::{Failure, Stopped, Summary};
use crate::crawl::{Options, Scope, run, seeds};
use crate::lists::Lists;
use crate::state::State;

pub fn options(hosts: &[(&str, &Server)]) -> Options {
    let mut options = Options {
        scope: Scope::Any,
        concurrency: 8,
        ..Options::default()
    };
    options.politeness.delay = Duration::ZERO;
    options.politeness.backoff = Duration::from_millis(20);
    options.fetch.allow_private = true;
    options.fetch.connect_timeout = Duration::from_millis(500);
    options.fetch.answer_timeout = Duration::from_millis(500);
    options.fetch.resolve = hosts
        .iter()
        .map(|(host, server)| format!("{host}={}", server.address).parse().unwrap())
        .collect();
    options.intake.wait = Duration::from_millis(10);
    options
}

async fn crawl_until(
    options: &Options,
    dir: &Path,
    from: &[&str],
    stop: impl Future<Output = ()>,
) -> (Summary, State) {
    let seeds = from.iter().map(|s| seeds::seed(s).unwrap()).collect();
    let state = State::open(dir, 8 << 20).unwrap();
    let lists = Arc::new(Lists::default());
    let result = run(options.clone(), seeds, state, lists, stop, &mut |_| {}).await;
    result.unwrap()
}

pub async fn crawl(options: &Options, dir: &Path, from: &[&str]) -> (Summary, State) {
    let patience = tokio::time::timeout(
        Duration::from_secs(30),
        crawl_until(options, dir, from, std::future::pending()),
    );
    let (summary, state) = patience.await.expect("the crawl ends by itself");
    crate::archive::tests::offer(&state.archive_dir());
    (summary, state)
}

pub(super) fn stored(state: &State) -> BTreeSet<String> {
    state.pages().map(|p| p.unwrap().record.url).collect()
}

/// A page of links.
pub fn links(targets: &[&str]) -> Reply {
    let items: String = targets
        .iter()
        .map(|t| format!("<p><a href=\"{t}\">link</a> some words</p>"))
        .collect();
    ok(format!(
        "<html><title>page</title><body>{items}</body></html>"
    ))
}

pub fn no_robots(request: &Request, page: impl Fn(&str) -> Reply) -> Reply {
    match request.path.as_str() {
        "/robots.txt" => with("404 Not Found", &[], ""),
        path => page(path),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_web_with_every_kind_of_page_is_crawled_to_its_end() {
    let other = Server::start("127.0.0.2", |r| no_robots(r, |_| links(&["/"]))).await;
    let server = Server::start("127.0.0.1", |request| match request.path.as_str() {
        "/robots.txt" => with("200 OK", &[], "User-agent: *\nDisallow: /private\n"),
        "/" => links(&[
            "/a",
            "/a#again",
            "/private/x",
            "/gone",
            "/image.png",
            "/file",
            "/loop",
            "/hop/1",
            "http://other.test/",
            "http://dead.test/1",
            "http://dead.test/2",
            "http://no-such-host.invalid/",
            "/x/x/x/trap",
            "mailto:a@b.cn",
            "/flaky",
            "/gbk",
        ]),
        "/a" => links(&["/", "/deep"]),
        "/gone" => with("404 Not Found", &[], ""),
        "/file" => with("200 OK", &["Content-Type: application/zip"], "PK"),
        "/loop" => with("302 Found", &["Location: /loop2"], ""),
        "/loop2" => with("302 Found", &["Location: /loop"], ""),
        "/flaky" => Reply::Reset,
        "/gbk" => with(
            "200 OK",
            &["Content-Type: text/html; charset=gbk"],
            b"<title>\xce\xac\xd0\xde</title>",
        ),
        path => match path
            .strip_prefix("/hop/")
            .and_then(|n| n.parse::<u32>().ok())
        {
            Some(n) => with("302 Found", &[&format!("Location: /hop/{}", n + 1)], ""),
            None => links(&[]),
        },
    })
    .await;
    let dir = tempfile::tempdir().unwrap();
    let mut options = options(&[("web.test", &server), ("other.test", &other)]);
    // Nobody listens there.
    options
        .fetch
        .resolve
        .push("dead.test=127.0.0.9:1".parse().unwrap());
    options.politeness.max_failures = 3;
    let (summary, state) = crawl(&options, dir.path(), &["http://web.test/"]).await;

    assert_eq!(server.asked("/private/x"), 0, "robots.txt forbids it");
    assert_eq!(server.asked("/image.png") + server.asked("/x/x/x/trap"), 0);
    for path in [
        "/",
        "/a",
        "/deep",
        "/gone",
        "/file",
        "/loop",
        "/loop2",
        "/gbk",
        "/robots.txt",
    ] {
        assert_eq!(server.asked(path), 1, "{path}");
    }
    assert_eq!(server.asked("/flaky"), 3, "tried again twice");
    assert_eq!(server.asked("/hop/11"), 1);
    assert_eq!(server.asked("/hop/12"), 0, "ten redirects are followed");
    assert_eq!(other.asked("/"), 1);

    let failures: Vec<_> = summary.failures.iter().map(|(why, n)| (*why, *n)).collect();
    assert_eq!(
        failures,
        [
            (Failure::Dns, 1),
            (Failure::Connect, 2),
            (Failure::Broken, 1),
            (Failure::NotAPage, 1),
            (Failure::Status(404), 1),
            (Failure::Robots, 1),
        ]
    );
    // /, /a, /deep, /gbk, other; two of the loop; eleven hops.
    assert_eq!(
        (summary.pages, summary.new, summary.redirects),
        (18, 18, 13)
    );
    assert_eq!(
        (summary.remaining, summary.stopped, summary.exit_code()),
        (0, None, 0)
    );
    assert_eq!(summary.traps, 2);
    let pages = stored(&state);
    assert_eq!(pages.len(), 18);
    assert!(pages.contains("http://other.test/") && pages.contains("http://web.test/gbk"));
    let gbk = state
        .pages()
        .find(|p| p.as_ref().unwrap().record.url.ends_with("/gbk"));
    assert_eq!(gbk.unwrap().unwrap().record.title, "维修");
    assert!(state.pending().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limited_run_goes_on_where_it_stopped() {
    let page = |path: &str| match path {
        "/" => links(&["/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9"]),
        _ => links(&["/"]),
    };
    let server = Server::start("127.0.0.1", move |r| no_robots(r, page)).await;
    let dir = tempfile::tempdir().unwrap();
    let mut options = options(&[("web.test", &server)]);
    options.max_pages = Some(4);
    let (summary, state) = crawl(&options, dir.path(), &["web.test"]).await;
    assert_eq!(
        (summary.pages, summary.stopped),
        (4, Some(Stopped::MaxPages))
    );
    assert_eq!((summary.remaining, summary.exit_code()), (6, 3));
    assert_eq!(state.pending().unwrap().len(), 6);
    drop(state);

    options.max_pages = Some(6);
    let (summary, state) = crawl(&options, dir.path(), &["web.test"]).await;
    assert_eq!((summary.pages, summary.new, summary.stopped), (6, 6, None));
    assert_eq!(
        summary.exit_code(),
        0,
        "the queue is empty just at the limit"
    );
    assert_eq!(stored(&state).len(), 10);
    for path in ["/", "/1", "/9"] {
        assert_eq!(server.asked(path), 1, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_run_saves_what_it_has() {
    let page = |path: &str| match path {
        "/" => links(&["/hang", "/fine"]),
        "/hang" => Reply::Hang,
        _ => links(&[]),
    };
    let server = Server::start("127.0.0.1", move |r| no_robots(r, page)).await;
    let dir = tempfile::tempdir().unwrap();
    let mut options = options(&[("web.test", &server)]);
    options.fetch.answer_timeout = Duration::from_secs(20);
    let started = Instant::now();
    let stop = tokio::time::sleep(Duration::from_millis(500));
    let (summary, state) = crawl_until(&options, dir.path(), &["web.test"], stop).await;
    assert!(
        started.elapsed() < Duration::from_secs(6),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(
        (summary.pages, summary.stopped),
        (2, Some(Stopped::Interrupted))
    );
    let pending = state.pending().unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].url, "http://web.test/hang");
    drop(state);

    // The time limit ends a run in the same way.
    options.time_limit = Some(Duration::from_millis(300));
    let (summary, state) = crawl(&options, dir.path(), &["web.test"]).await;
    assert_eq!(
        (summary.pages, summary.stopped),
        (0, Some(Stopped::TimeLimit))
    );
    assert_eq!(state.pending().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hosts_that_hang_do_not_hold_up_the_others() {
    let bad = Server::start("127.0.0.2", |_| Reply::Hang).await;
    let page = |path: &str| match path.len() {
        1..6 => links(&[&format!("{path}x")]),
        _ => links(&[]),
    };
    let good = Server::start("127.0.0.1", move |r| no_robots(r, page)).await;
    let names: Vec<String> = (0..12).map(|i| format!("bad{i}.test")).collect();
    let mut hosts: Vec<(&str, &Server)> = names.iter().map(|n| (n.as_str(), &bad)).collect();
    hosts.push(("good.test", &good));
    let dir = tempfile::tempdir().unwrap();
    let options = options(&hosts);
    let from: Vec<&str> = hosts.iter().map(|h| h.0).collect();
    let started = Instant::now();
    let (summary, _) = crawl(&options, dir.path(), &from).await;
    assert_eq!(summary.pages, 6);
    assert_eq!(summary.failures[&Failure::Timeout], 12);
    let last = good.log().iter().map(|r| r.at).max().unwrap() - started;
    assert!(last < Duration::from_secs(5), "{last:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_alone_fails_but_where_none_answers_it_is_the_network() {
    let mut options = options(&[]);
    // Nobody listens there.
    options.fetch.resolve.push("*=127.0.0.9:1".parse().unwrap());
    let dir = tempfile::tempdir().unwrap();
    let (summary, state) = crawl(&options, dir.path(), &["a.test"]).await;
    assert_eq!(
        summary.failed_seeds,
        [("http://a.test/".to_owned(), Failure::Connect)]
    );
    assert_eq!((summary.stopped, summary.remaining), (None, 0));
    drop(state);

    let seeds = ["b.test", "c.test", "d.test", "e.test"];
    let (summary, state) = crawl(&options, dir.path(), &seeds).await;
    assert_eq!(
        (summary.stopped, summary.exit_code()),
        (Some(Stopped::NetworkDown), 3)
    );
    assert_eq!((summary.remaining, summary.failed()), (4, 0));
    assert_eq!(state.pending().unwrap().len(), 4);
    drop(state);

    // The network is back: what still fails is the hosts' own.
    let server = Server::start("127.0.0.1", |r| no_robots(r, |_| links(&[]))).await;
    let back = format!("b.test={}", server.address);
    options.fetch.resolve.push(back.parse().unwrap());
    let (summary, state) = crawl(&options, dir.path(), &["b.test"]).await;
    assert_eq!(
        (summary.pages, summary.failed(), summary.stopped),
        (1, 3, None)
    );
    assert!(state.pending().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_in_a_run_loses_no_url() {
    let page = |path: &str| match path {
        "/" => links(&["/1", "/2"]),
        _ => links(&[]),
    };
    let server = Server::start("127.0.0.1", move |r| no_robots(r, page)).await;
    let dir = tempfile::tempdir().unwrap();
    let mut options = options(&[("web.test", &server)]);
    options.politeness.delay = Duration::from_millis(400);
    let outage = async {
        while server.asked("/") == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        server.stop();
    };
    let ((summary, state), ()) = tokio::join!(crawl(&options, dir.path(), &["web.test"]), outage);
    assert_eq!(
        (summary.pages, summary.stopped),
        (1, Some(Stopped::NetworkDown))
    );
    assert_eq!((summary.remaining, summary.failed()), (2, 0));
    assert_eq!(state.pending().unwrap().len(), 2);
}
