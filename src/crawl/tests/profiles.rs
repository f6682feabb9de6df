//! The same pages as other visitors see them.

use std::time::Duration;

use super::run::{crawl, links, options};
use super::server::{Request, Server, ok, with};
use crate::page::Profile;
use crate::record::Difference;
use crate::store::Stored;

const HOTLINE: &str = "<title>欣睿空调维修电话 400-000-1234</title><h1>欣睿空调售后服务电话400-000-1234</h1>\
    <p>欣睿空调24小时服务热线:400-000-1234</p><p>欣睿空调维修中心,专业维修各类空调故障。</p>";
const NOODLES: &str = "<title>一家面馆</title><p>今天的面很好吃,汤也很鲜。</p><p>明天再来。</p>";

fn is(request: &Request, what: &str) -> bool {
    request.head.to_ascii_lowercase().contains(what)
}

async fn cloaking() -> Server {
    Server::start("127.0.0.1", |r| match r.path.as_str() {
        "/robots.txt" => with("404 Not Found", &[], ""),
        "/" => links(&["/search", "/mobile", "/same", "/gone", "/late"]),
        "/search" if is(r, "referer: https://www.baidu.com/") => ok(HOTLINE),
        "/mobile" if is(r, "android") => with("302 Found", &["Location: http://m.other.cn/"], ""),
        "/gone" if is(r, "android") => with("404 Not Found", &[], "no"),
        _ => ok(NOODLES),
    })
    .await
}

fn differs(pages: &[Stored], path: &str) -> Vec<(Profile, Vec<Difference>)> {
    let page = pages.iter().find(|p| p.record.url.ends_with(path)).unwrap();
    let visits = page.record.visits.iter();
    visits.map(|v| (v.profile, v.differs.clone())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_are_shown_is_told_and_kept() {
    use Profile::{Again, Mobile, Search};
    let server = cloaking().await;
    let mut options = options(&[("shop.test", &server)]);
    options.profiles = 5;
    // One after the other: the sample is the first pages to come.
    options.concurrency = 1;
    let dir = tempfile::tempdir().unwrap();
    let (summary, state) = crawl(&options, dir.path(), &["http://shop.test/"]).await;
    let pages: Vec<Stored> = state.pages().map(Result::unwrap).collect();
    assert_eq!(
        (summary.visited, summary.cloaked, summary.remaining),
        (5, 3, 0)
    );
    let hotline = vec![Difference::Hotline, Difference::Numbers];
    assert_eq!(
        differs(&pages, "/search"),
        [(Again, vec![]), (Search, hotline), (Mobile, vec![])]
    );
    assert_eq!(
        differs(&pages, "/mobile"),
        [
            (Again, vec![]),
            (Search, vec![]),
            (Mobile, vec![Difference::Redirect])
        ]
    );
    assert_eq!(
        differs(&pages, "/gone")[2],
        (Mobile, vec![Difference::Status])
    );
    // Nothing differs: the plain visitor did not come again.
    assert_eq!(
        differs(&pages, "/same"),
        [(Search, vec![]), (Mobile, vec![])]
    );
    // The sixth page of the host is no sample.
    assert_eq!(differs(&pages, "/late"), []);
    // Whoever asks says so, each time.
    let log = server.log();
    assert!(log.iter().all(|r| is(r, "partyline/")), "{log:?}");
    assert_eq!(log.iter().filter(|r| is(r, "referer:")).count(), 5);
    // The archive tells the same.
    for page in &pages {
        let read = state.read_page(page).unwrap();
        let again = crate::pipeline::process(&read, &crate::lists::Lists::default()).record;
        assert_eq!(again, page.record);
    }
    let archived = std::fs::read(state.archive_dir().join("partyline-00000.warc.gz")).unwrap();
    let mut text = Vec::new();
    let mut reader = flate2::read::MultiGzDecoder::new(&archived[..]);
    std::io::Read::read_to_end(&mut reader, &mut text).unwrap();
    let text = String::from_utf8_lossy(&text);
    assert!(text.contains("Referer: https://www.baidu.com/"));
    assert_eq!(text.matches("WARC-Partyline-Profile: search").count(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_visitors_keep_to_the_delay_and_to_the_limit_of_pages() {
    let server = cloaking().await;
    let mut options = options(&[("shop.test", &server)]);
    options.profiles = 2;
    options.max_pages = Some(2);
    let delay = Duration::from_millis(60);
    options.politeness.delay = delay;
    let dir = tempfile::tempdir().unwrap();
    let (summary, _) = crawl(&options, dir.path(), &["http://shop.test/"]).await;
    assert_eq!((summary.pages, summary.visited), (2, 2));
    let log = server.log();
    // robots.txt, and each page as three visitors or four.
    assert!((7..=9).contains(&log.len()), "{}", log.len());
    for pair in log.windows(2) {
        let pause = pair[1].at - pair[0].at;
        assert!(
            pause >= delay.mul_f64(0.95),
            "{pause:?} before {}",
            pair[1].path
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_whose_other_visitors_are_turned_away_is_kept() {
    let server = Server::start("127.0.0.1", |r| match r.path.as_str() {
        "/robots.txt" => with("404 Not Found", &[], ""),
        _ if is(r, "referer:") => with("429 Too Many", &["Retry-After: 0"], ""),
        _ => ok(NOODLES),
    })
    .await;
    let mut options = options(&[("shop.test", &server)]);
    options.profiles = 1;
    options.politeness.max_retry_after = Duration::from_millis(50);
    let dir = tempfile::tempdir().unwrap();
    let (summary, _) = crawl(&options, dir.path(), &["http://shop.test/"]).await;
    assert_eq!(
        (summary.pages, summary.failed(), summary.remaining),
        (1, 0, 0)
    );
}
