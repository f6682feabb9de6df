//! What a run makes of hosts that answer anything, and of a web that has nothing new to show.

use super::run::{crawl, links, no_robots, options};
use super::server::{Server, ok, with};
use crate::crawl::progress::{Failure, Stopped};

/// A page with enough on it to tell how it looks, and links to the next ones.
fn article(number: u64) -> super::server::Reply {
    let lines: String = (0..12)
        .map(|line| format!("<div class=l{line}><p>line {line} of a page with words</p></div>"))
        .collect();
    let next: String = (1..=5)
        .map(|n| format!("<a href='/p{}'>on</a>", number * 5 + n))
        .collect();
    ok(format!(
        "<html><title>page</title><body><h1>a page</h1>{lines}<ul>{next}</ul></body></html>"
    ))
}

fn number(path: &str) -> u64 {
    path[1..].trim_start_matches('p').parse().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_with_a_page_for_any_path_gets_a_small_budget() {
    let any = Server::start("127.0.0.1", |r| no_robots(r, |path| article(number(path)))).await;
    let honest = Server::start("127.0.0.1", |r| {
        no_robots(r, |path| match number(path) {
            0 if path != "/" => with("404 Not Found", &[], ""),
            n if n <= 160 => article(n),
            _ => with("404 Not Found", &[], ""),
        })
    })
    .await;
    let dir = tempfile::tempdir().unwrap();
    let mut options = options(&[("any.test", &any), ("honest.test", &honest)]);
    options.max_pages = Some(500);
    let (summary, _) = crawl(
        &options,
        dir.path(),
        &["http://any.test/", "http://honest.test/"],
    )
    .await;
    let probes = |server: &Server| {
        let log = server.log();
        log.iter()
            .filter(|r| r.path.contains("no-such-page"))
            .count()
    };
    assert_eq!((probes(&any), probes(&honest)), (1, 1));
    assert!(summary.failures[&Failure::AnyPath] > 50, "{summary:?}");
    let pages = any.log().len();
    // A hundred, the probe, robots.txt, and what was under way.
    assert!((100..=112).contains(&pages), "{pages}");
    assert!(honest.asked("/p160") == 1);
    assert_eq!(summary.stopped, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_with_a_page_for_any_path_gets_a_small_budget() {
    // Any path below /any, and three hundred articles beside it, a third of them in a folder.
    let server = Server::start("127.0.0.1", |r| {
        no_robots(r, |path| {
            let missing = || with("404 Not Found", &[], "");
            let inside = path.strip_prefix("/any/");
            let link = |place: &str| format!("<a href='{place}'>on</a>");
            let next: String = match (path, inside) {
                ("/", _) => link("/any/p1") + &link("/news/p1") + &link("/p1"),
                (_, Some(n)) => {
                    let n: u64 = n.trim_start_matches('p').parse().unwrap_or(0);
                    (2..5)
                        .map(|k| link(&format!("/any/p{}", 3 * n + k)))
                        .collect()
                }
                (path, None) => {
                    let (folder, n) = path.rsplit_once("/p").unwrap_or_default();
                    match n.parse::<u64>() {
                        Ok(n) if n <= 150 => link(&format!("{folder}/p{}", n + 1)),
                        _ => return missing(),
                    }
                }
            };
            let lines: String = (0..12)
                .map(|line| {
                    format!("<div class=l{line}><p>line {line} of a page with words</p></div>")
                })
                .collect();
            ok(format!(
                "<html><title>page</title><body>{lines}{next}</body></html>"
            ))
        })
    })
    .await;
    let dir = tempfile::tempdir().unwrap();
    let mut options = options(&[("half.test", &server)]);
    options.max_pages = Some(1_000);
    options.max_depth = 1_000;
    let (summary, _) = crawl(&options, dir.path(), &["http://half.test/"]).await;
    let log = server.log();
    let below = |folder: &str| log.iter().filter(|r| r.path.starts_with(folder)).count();
    let probes: Vec<&str> = log
        .iter()
        .map(|r| r.path.as_str())
        .filter(|p| p.contains("no-such-page"))
        .collect();
    assert_eq!(probes.len(), 3, "the host and both folders: {probes:?}");
    // A hundred, the probe, and what was under way.
    assert!((100..=112).contains(&below("/any/")), "{}", below("/any/"));
    assert_eq!((below("/news/p"), below("/p")), (151, 151));
    assert!(summary.failures[&Failure::AnyPath] > 50, "{summary:?}");
    assert_eq!(summary.stopped, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_ends_when_nothing_new_comes_any_more() {
    let server = Server::start("127.0.0.1", |r| {
        no_robots(r, |path| {
            let n = number(path);
            let next = [2 * n + 1, 2 * n + 2].map(|n| format!("/p{n}"));
            links(&[&next[0], &next[1]])
        })
    })
    .await;
    let dir = tempfile::tempdir().unwrap();
    let mut options = options(&[("web.test", &server)]);
    options.max_pages = Some(5_000);
    options.probe = false;
    options.stop_when_yield_below = Some(0.1);
    options.max_depth = 1_000;
    let (summary, state) = crawl(&options, dir.path(), &["http://web.test/"]).await;
    assert_eq!(summary.stopped, Some(Stopped::YieldGone));
    assert_eq!(summary.exit_code(), 0);
    assert!((200..1_500).contains(&summary.pages), "{}", summary.pages);
    assert!(state.meta().queued > 0, "the rest waits for another run");
    assert_eq!(state.meta().queued, summary.remaining);
    drop(state);
    // And another run goes on, without asking for anything twice.
    options.stop_when_yield_below = None;
    options.max_pages = Some(50);
    let (again, _) = crawl(&options, dir.path(), &["http://web.test/"]).await;
    assert!(again.new >= 50 && again.pages == again.new, "{again:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_has_a_budget_without_a_delay_too() {
    let page = |path: &str| {
        let n = number(path);
        let next = [2 * n + 1, 2 * n + 2].map(|n| format!("/p{n}"));
        links(&[&next[0], &next[1]])
    };
    let crowded = Server::start("127.0.0.1", move |r| no_robots(r, page)).await;
    let other = Server::start("127.0.0.2", move |r| no_robots(r, page)).await;
    let dir = tempfile::tempdir().unwrap();
    let hosts = ["a.test", "b.cn", "c.com"].map(|host| (host, &crowded));
    let mut options = options(&[&hosts[..], &[("d.test", &other)]].concat());
    assert!(options.politeness.delay.is_zero());
    options.probe = false;
    options.ip_budget = 40;
    let seeds = [
        "http://a.test/",
        "http://b.cn/",
        "http://c.com/",
        "http://d.test/",
    ];
    let asked = |server: &Server| {
        let log = server.log();
        log.iter().filter(|r| r.path != "/robots.txt").count()
    };
    let (summary, _) = crawl(&options, dir.path(), &seeds).await;
    assert_eq!((asked(&crowded), asked(&other)), (40, 40), "{summary:?}");
    assert!(summary.failures[&Failure::AddressBudget] > 0, "{summary:?}");
}
