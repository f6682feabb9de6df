//! Sitemaps of a run: found, read, and kept within bounds.

use std::collections::BTreeSet;
use std::io::Write;

use super::run::{crawl, options, stored};
use super::server::{Reply, Server, ok, with};
use crate::crawl::{Scope, Sitemaps};

const XML: &[&str] = &["Content-Type: application/xml"];

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn urlset(locations: &[&str]) -> String {
    let urls: String = locations
        .iter()
        .map(|l| format!("<url><loc>{l}</loc></url>"))
        .collect();
    format!("<?xml version=\"1.0\"?><urlset>{urls}</urlset>")
}

fn answer(path: &str) -> Reply {
    match path {
        "/robots.txt" => with(
            "200 OK",
            &["Content-Type: text/plain"],
            "User-agent: *\nDisallow: /hidden\nSitemap: http://shop.test/index.xml\n\
             Sitemap: /list.txt\nSitemap: http://elsewhere.test/s.xml\nSitemap: http://127.0.0.1:1/s.xml\n",
        ),
        "/index.xml" => with(
            "200 OK",
            XML,
            "<sitemapindex><sitemap><loc>http://shop.test/a.xml.gz</loc></sitemap>\
             <sitemap><loc>/index.xml</loc></sitemap><sitemap><loc>/html.xml</loc></sitemap></sitemapindex>",
        ),
        "/a.xml.gz" => with(
            "200 OK",
            &["Content-Type: application/octet-stream"],
            gzip(&urlset(&[
                "http://shop.test/a1",
                "http://other.test/a2",
                "http://shop.test/hidden/a3",
                "http://shop.test/cal/2049/05",
                "javascript:alert(1)",
            ])),
        ),
        "/list.txt" => with(
            "200 OK",
            &["Content-Type: text/plain"],
            "http://shop.test/t1\nhttp://shop.test/t2\n",
        ),
        "/html.xml" => with("200 OK", XML, "<html><p>no sitemap</p></html>"),
        "/sitemap.xml" => with("200 OK", XML, urlset(&["http://shop.test/guessed"])),
        _ => ok("<p>a page</p>"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sitemaps_lead_to_the_pages_of_their_site_and_no_further() {
    let server = Server::start("127.0.0.1", |r| answer(&r.path)).await;
    let other = Server::start("127.0.0.2", |_| ok("<p>x</p>")).await;
    let mut options = options(&[
        ("shop.test", &server),
        ("other.test", &other),
        ("elsewhere.test", &other),
    ]);
    options.scope = Scope::Hotline;
    let dir = tempfile::tempdir().unwrap();
    let (summary, state) = crawl(&options, dir.path(), &["http://shop.test/"]).await;
    let wanted: BTreeSet<String> = ["", "a1", "t1", "t2", "html.xml"]
        .map(|path| format!("http://shop.test/{path}"))
        .into();
    assert_eq!(stored(&state), wanted);
    assert_eq!((summary.sitemaps, summary.remaining), (3, 0));
    assert_eq!(other.log().len(), 0);
    assert_eq!(server.asked("/index.xml"), 1);
    assert_eq!(server.asked("/hidden/a3"), 0);
    assert_eq!(server.asked("/sitemap.xml"), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sitemaps_are_left_alone_or_guessed_as_the_settings_say() {
    let no_robots = Server::start("127.0.0.1", |r| match r.path.as_str() {
        "/robots.txt" => with("404 Not Found", &[], ""),
        path => answer(path),
    })
    .await;
    for (sitemaps, wanted) in [
        (Sitemaps::Off, vec!["http://shop.test/"]),
        (Sitemaps::Named, vec!["http://shop.test/"]),
        (
            Sitemaps::Guess,
            vec!["http://shop.test/", "http://shop.test/guessed"],
        ),
    ] {
        let mut options = options(&[("shop.test", &no_robots)]);
        options.sitemaps = sitemaps;
        let dir = tempfile::tempdir().unwrap();
        let (_, state) = crawl(&options, dir.path(), &["http://shop.test/"]).await;
        let found: Vec<String> = stored(&state).into_iter().collect();
        assert_eq!(found, wanted, "{sitemaps:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sitemap_of_no_end_spends_a_budget_and_not_the_memory() {
    let server = Server::start("127.0.0.1", |r| match r.path.as_str() {
        "/robots.txt" => with("200 OK", &[], "Sitemap: /s.xml"),
        "/s.xml" => Reply::Endless(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<urlset>".to_vec(),
            (0..50)
                .map(|n| format!("<url><loc>http://shop.test/p{n}</loc></url>"))
                .collect::<String>()
                .into_bytes(),
        ),
        _ => ok("<p>a page</p>"),
    })
    .await;
    let mut options = options(&[("shop.test", &server)]);
    options.fetch.max_body = 1 << 20;
    options.budgets.host = 20;
    let dir = tempfile::tempdir().unwrap();
    let (summary, state) = crawl(&options, dir.path(), &["http://shop.test/"]).await;
    // The seed and the sitemap count, too.
    assert_eq!(stored(&state).len(), 19);
    assert!(summary.over_budget > 0);
}
