//! No page makes the crawler connect to a private address, however the address is written and
//! whichever way it comes.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;

use super::server::{Server, ok, with};
use crate::crawl::fetch::{Fetcher, Options};
use crate::crawl::progress::Failure;
use crate::crawl::{self, Scope, seeds};
use crate::lists::Lists;
use crate::state::State;

/// Loopback, private, link-local and metadata, carrier-grade NAT, and others that are no public
/// unicast addresses.
const PRIVATE: [[u8; 4]; 14] = [
    [127, 0, 0, 1],
    [127, 8, 9, 10],
    [10, 0, 0, 1],
    [10, 255, 255, 254],
    [172, 16, 0, 1],
    [172, 31, 255, 254],
    [192, 168, 1, 1],
    [169, 254, 169, 254],
    [168, 63, 129, 16],
    [100, 100, 100, 200],
    [0, 0, 0, 0],
    [198, 18, 0, 1],
    [224, 0, 0, 251],
    [255, 255, 255, 255],
];

/// An address in every spelling that a URL may have it in.
fn spellings([a, b, c, d]: [u8; 4]) -> Vec<String> {
    let whole = u32::from_be_bytes([a, b, c, d]);
    let rest = whole & 0x00ff_ffff;
    let (high, low) = (whole >> 16, whole & 0xffff);
    vec![
        format!("{a}.{b}.{c}.{d}"),
        format!("{a}.{b}.{c}.{d}."),
        format!("{whole}"),
        format!("{whole:#x}"),
        format!("0{whole:o}"),
        format!("{a}.{rest}"),
        format!("{a:#x}.{b:#x}.{c:#x}.{d:#x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("{a}。{b}。{c}。{d}"),
        format!("{a}.{b}.{c}.{d}").replacen('.', "%2e", 1),
        format!("[::ffff:{a}.{b}.{c}.{d}]"),
        format!("[::ffff:{high:x}:{low:x}]"),
        format!("[::{a}.{b}.{c}.{d}]"),
        format!("[64:ff9b::{high:x}:{low:x}]"),
        format!("[2002:{high:x}:{low:x}::1]"),
        format!("[::ffff:0:{high:x}:{low:x}]"),
    ]
}

/// Hosts, as URLs have them.
fn forms() -> Vec<String> {
    let mut forms: Vec<String> = PRIVATE.into_iter().flat_map(spellings).collect();
    let names = [
        "[::1]",
        "[::]",
        "[fc00::1]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[ff02::1]",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "printer.local",
        "metadata.google.internal",
        "router.lan",
        "nas.home.arpa",
    ];
    forms.extend(names.map(String::from));
    // What is no address to the URL parser is no way to one.
    forms.retain(|form| url::Url::parse(&format!("http://{form}/")).is_ok());
    forms.sort();
    forms.dedup();
    assert!(forms.len() >= 150, "{} forms", forms.len());
    forms
}

/// Listens on all addresses of the machine and counts connections.
async fn alarm() -> (u16, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let v4 = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = v4.local_addr().unwrap().port();
    let v6 = TcpListener::bind(("::1", port)).await.ok();
    for listener in [Some(v4), v6].into_iter().flatten() {
        let count = count.clone();
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    (port, count)
}

fn options() -> Options {
    Options {
        connect_timeout: Duration::from_millis(500),
        answer_timeout: Duration::from_millis(500),
        delay: Duration::ZERO,
        ..Options::default()
    }
}

#[tokio::test]
async fn addresses_written_in_urls_are_refused() {
    let (port, connections) = alarm().await;
    let fetcher = Fetcher::new(&options()).unwrap();
    for form in forms() {
        for scheme in ["http", "https"] {
            let url = format!("{scheme}://{form}:{port}/");
            let refused = fetcher.page(&url).await.unwrap_err();
            assert!(matches!(refused, Failure::Refused(_)), "{url}: {refused}");
        }
    }
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn addresses_that_name_servers_give_are_refused() {
    let (port, connections) = alarm().await;
    let fetcher = Fetcher::new(&options()).unwrap();
    let literals = forms().into_iter().filter_map(|form| {
        let url = url::Url::parse(&format!("http://{form}/")).ok()?;
        match url.host()? {
            url::Host::Ipv4(ip) => Some(IpAddr::V4(ip)),
            url::Host::Ipv6(ip) => Some(IpAddr::V6(ip)),
            url::Host::Domain(_) => None,
        }
    });
    let addresses: std::collections::BTreeSet<IpAddr> = literals.collect();
    assert!(addresses.len() >= 70, "{}", addresses.len());
    let public = SocketAddr::from((Ipv4Addr::new(1, 1, 1, 1), port));
    for ip in addresses {
        let private = SocketAddr::new(ip, port);
        let url = format!("http://named.example:{port}/");
        // At once, and after an answer that was in order (rebinding).
        fetcher.resolver().script(vec![vec![private]]);
        let refused = fetcher.page(&url).await.unwrap_err();
        assert!(matches!(refused, Failure::Refused(_)), "{ip}: {refused}");
        fetcher.resolver().script(vec![vec![public]]);
        assert!(fetcher.resolver().lookup("named.example").await.is_ok());
        fetcher.resolver().script(vec![vec![private, private]]);
        let refused = fetcher.page(&url).await.unwrap_err();
        assert!(matches!(refused, Failure::Refused(_)), "{ip}: {refused}");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 0);
}

/// A page, a redirect and a meta refresh to each form, fetched through a proxy: a crawl that may
/// not connect to the test's own loopback server otherwise.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_redirects_and_refreshes_to_private_addresses_are_refused() {
    let (port, connections) = alarm().await;
    let targets: Vec<String> = forms()
        .iter()
        .map(|form| format!("http://{form}:{port}/"))
        .collect();
    let shared = targets.clone();
    let proxy = Server::start("127.0.0.1", move |request| {
        let path = request.path.strip_prefix("http://web.example");
        let Some(path) = path else {
            return ok("a secret");
        };
        let number = |kind: &str| path.strip_prefix(kind)?.parse::<usize>().ok();
        if path == "/robots.txt" {
            return with("404 Not Found", &[], "");
        }
        if let Some(n) = number("/redirect/") {
            return with("302 Found", &[&format!("Location: {}r{n}", shared[n])], "");
        }
        if let Some(n) = number("/refresh/") {
            return ok(format!(
                "<meta http-equiv=refresh content='0;url={}m{n}'>",
                shared[n]
            ));
        }
        let links: String = (0..shared.len())
            .map(|n| {
                let target = &shared[n];
                format!(
                    "<a href='{target}l{n}'>x</a><a href='/redirect/{n}'>x</a><a href='/refresh/{n}'>x</a>"
                )
            })
            .collect();
        ok(links)
    })
    .await;
    let mut options = crawl::Options {
        scope: Scope::Any,
        ..crawl::Options::default()
    };
    options.politeness.delay = Duration::ZERO;
    options.politeness.backoff = Duration::from_millis(1);
    options.fetch = Options {
        proxy: Some(format!("http://{}", proxy.address)),
        ..self::options()
    };
    options.intake.wait = Duration::from_millis(5);
    let dir = tempfile::tempdir().unwrap();
    let state = State::open(dir.path(), 8 << 20).unwrap();
    let seeds = vec![seeds::seed("http://web.example/").unwrap()];
    let (stop, lists) = (std::future::pending(), Arc::new(Lists::default()));
    let mut unseen = |_: crawl::Seen<'_>| {};
    let run = crawl::run(options, seeds, state, lists, stop, &mut unseen);
    let run = tokio::time::timeout(Duration::from_secs(40), run);
    let (summary, _) = run.await.expect("the crawl ends").unwrap();
    let refused: u64 = summary
        .failures
        .iter()
        .filter(|(why, _)| matches!(why, Failure::Refused(_)))
        .map(|(_, n)| n)
        .sum();
    let asked = proxy.log();
    let outside = |r: &&super::server::Request| !r.path.starts_with("http://web.example/");
    let outside: Vec<_> = asked.iter().filter(outside).collect();
    assert!(outside.is_empty(), "{outside:?}");
    assert_eq!(connections.load(Ordering::SeqCst), 0);
    // Spellings of one address are one host, and each of its three URLs was refused.
    assert!(refused >= 150, "{refused} of {:?}", summary.failures);
    assert_eq!(summary.pages as usize, 1 + 2 * targets.len());
}
