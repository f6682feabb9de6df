//! CPU time of a page by stage, each beside the least that somebody else's code takes for the
//! heart of it, on pages as the crawler fetches them from the bench's server.

use std::fs::File;
use std::hint::black_box;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use partyline::archive::{self, Exchange, Originals};
use partyline::crawl::fetch::{self, Fetched, Fetcher};
use partyline::extract::{self, charset, document};
use partyline::lists::Lists;
use partyline::page::{Body, Page};
use partyline::state::{Bytes, Group, NewPage, State};
use partyline::store::Candidate;
use partyline::{fingerprint, pipeline};
use tokio::task::JoinSet;
use xxhash_rust::xxh3::xxh3_64;

use super::support::{self, server};

const PAGES: usize = 4_000;
const CONCURRENCY: usize = 64;
/// How often all pages are fetched, beside the first time.
const FETCHES: usize = 4;
/// Jobs of a commit, as in a crawl that has no time to lose.
const GROUP: usize = 256;
/// New links of a page that are queued with it.
const LINKS: u64 = 2;

type Captured = (Box<Page>, Box<Exchange>);

/// Fetches pages of the web, and takes each stage on all of them.
pub fn measure(port: u16, urls: &[String]) {
    // From all over the web, and so of all sizes.
    let apart = (urls.len() / PAGES).max(1);
    let urls: Vec<String> = urls.iter().step_by(apart).take(PAGES).cloned().collect();
    let urls = urls.as_slice();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    // Whoever comes first pays for fresh memory and a cold server: in turn, and the best counts.
    let (mut fetching, captured) = runtime.block_on(fetch_all(port, urls));
    let mut alone = runtime.block_on(reqwest_alone(port, urls));
    for _ in 0..FETCHES {
        fetching = fetching.min(runtime.block_on(fetch_all(port, urls)).0);
        alone = alone.min(runtime.block_on(reqwest_alone(port, urls)));
    }
    let pages: Vec<&Page> = captured.iter().map(|(page, _)| &**page).collect();
    let bytes: usize = pages.iter().map(|page| page.body.len()).sum();
    println!(
        "{} pages of {:.1} KB, µs of CPU time each:\n",
        pages.len(),
        bytes as f64 / pages.len() as f64 / 1024.0
    );
    println!("| stage | µs | floor, µs | what the floor is |\n| --- | --- | --- | --- |");
    let row = |stage: &str, took: f64, floor: f64, what: &str| {
        println!("| {stage} | {took:.1} | {floor:.1} | {what} |");
    };
    row(
        "fetch",
        fetching,
        alone,
        "reqwest alone, body read to its end",
    );
    in_memory(&pages, row);
    let lists = Lists::built_in();
    let all = each(&pages, |page| {
        black_box(pipeline::process(page, &lists));
    });
    let packing = each(&captured, |(page, exchange)| {
        black_box(archive::encode_exchange(
            page,
            exchange,
            "UTF-8",
            &Originals::default(),
        ));
    });
    let gzip = each(&pages, |page| {
        let mut out = GzEncoder::new(Vec::new(), Compression::fast());
        out.write_all(body(page)).expect("memory");
        black_box(out.finish().expect("memory"));
    });
    row(
        "compress (response, request, metadata)",
        packing,
        gzip,
        "gzip -1 of the body alone",
    );
    let (commit, file) = commits(&captured, &lists);
    row(
        "commit",
        commit,
        file,
        "the same bytes to one file, fdatasync a group",
    );
    println!(
        "\nPage → Record in one: {all:.1} µs; fetch, Page → Record, compress, commit: {:.1} µs",
        fetching + all + packing + commit
    );
}

/// The stages between the bytes and the record.
fn in_memory(pages: &[&Page], row: impl Fn(&str, f64, f64, &str)) {
    let decoding = each(pages, |page| {
        black_box(decoded(page).len());
    });
    let plain = each(pages, |page| {
        black_box(
            encoding_rs::UTF_8
                .decode_without_bom_handling(body(page))
                .0
                .len(),
        );
    });
    row(
        "decode",
        decoding,
        plain,
        "encoding_rs, told that it is UTF-8",
    );
    let sources: Vec<(String, &str)> = pages
        .iter()
        .map(|page| (decoded(page).into_owned(), page.url.as_str()))
        .collect();
    let parsing = each(&sources, |(text, url)| {
        black_box(document::parse_html(text, url));
    });
    let tree = each(&sources, |(text, _)| {
        black_box(scraper::Html::parse_document(text));
    });
    row("parse", parsing, tree, "a tree by `scraper`");
    let extracting = each(pages, |page| {
        black_box(extract::extract(page));
    });
    let number = regex::Regex::new(r"400[- ]?\d{3}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}|1[3-9]\d{9}");
    let number = number.expect("a regex");
    let matching = each(&sources, |(text, _)| {
        black_box(number.find_iter(text).count());
    });
    let rest = extracting - decoding - parsing;
    row(
        "extract (without decode and parse)",
        rest,
        matching,
        "one regex for numbers over the source",
    );
    let facts: Vec<_> = pages.iter().map(|page| extract::extract(page)).collect();
    let printing = each(&facts, |facts| {
        black_box(fingerprint::prints(facts));
    });
    let hashing = each(&facts, |facts| {
        let lines = facts.document.lines.iter();
        black_box(lines.fold(0, |sum, line| sum ^ xxh3_64(line.text.as_bytes())));
    });
    row("fingerprint", printing, hashing, "one hash of each line");
}

/// Seconds become µs of CPU time for each item: the better of two goes of a second at least.
fn each<T>(items: &[T], work: impl Fn(&T)) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..2 {
        let start = support::cpu_seconds();
        let mut done = 0;
        while support::cpu_seconds() - start < 1.0 {
            items.iter().for_each(&work);
            done += items.len();
        }
        best = best.min((support::cpu_seconds() - start) / done as f64);
    }
    best * 1e6
}

fn body(page: &Page) -> &[u8] {
    match &page.body {
        Body::Html { bytes, .. } => bytes,
        Body::Text { text, .. } => text.as_bytes(),
    }
}

fn decoded(page: &Page) -> std::borrow::Cow<'_, str> {
    let content_type = match &page.body {
        Body::Html { content_type, .. } => content_type.as_deref(),
        Body::Text { .. } => None,
    };
    charset::decode(body(page), content_type).text
}

/// CPU time a page, and the pages.
async fn fetch_all(port: u16, urls: &[String]) -> (f64, Vec<Captured>) {
    let options = fetch::Options {
        allow_private: true,
        resolve: server::everything(port),
        ..fetch::Options::default()
    };
    let fetcher = Fetcher::new(&options).expect("a client");
    let start = support::cpu_seconds();
    let answers = at_once(urls, |url| {
        let fetcher = fetcher.clone();
        async move { fetcher.page(&url).await }
    });
    let answers = answers.await;
    let took = (support::cpu_seconds() - start) / urls.len() as f64 * 1e6;
    let captured = answers.into_iter().filter_map(|answer| match answer {
        Ok(Fetched::Page(page, exchange)) if page.status == 200 => Some((page, exchange)),
        _ => None,
    });
    (took, captured.collect())
}

async fn reqwest_alone(port: u16, urls: &[String]) -> f64 {
    // The one that the program uses.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .dns_resolver(Arc::new(ToServer(port)))
        .build()
        .expect("a client");
    let start = support::cpu_seconds();
    let bodies = at_once(urls, |url| {
        let client = client.clone();
        async move { client.get(&url).send().await?.bytes().await }
    });
    let bodies = bodies.await;
    assert!(bodies.iter().all(Result::is_ok), "every page came");
    (support::cpu_seconds() - start) / urls.len() as f64 * 1e6
}

/// Runs requests for all URLs, so many at once.
async fn at_once<T, F>(urls: &[String], request: impl Fn(String) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let (mut tasks, mut answers) = (JoinSet::new(), Vec::new());
    for url in urls {
        if tasks.len() >= CONCURRENCY {
            answers.extend(tasks.join_next().await.map(|a| a.expect("no panic")));
        }
        tasks.spawn(request(url.clone()));
    }
    while let Some(answer) = tasks.join_next().await {
        answers.push(answer.expect("no panic"));
    }
    answers
}

struct ToServer(u16);

impl reqwest::dns::Resolve for ToServer {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let address = SocketAddr::from(([127, 0, 0, 1], self.0));
        Box::pin(async move {
            let addresses: reqwest::dns::Addrs = Box::new(std::iter::once(address));
            Ok(addresses)
        })
    }
}

/// CPU time a page to commit all pages in groups, each with new links, and to write their bytes
/// to one file.
fn commits(captured: &[Captured], lists: &Lists) -> (f64, f64) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut state = State::open(&dir.path().join("state"), 48 << 20).expect("a new state");
    let known = state.originals();
    let pack = |(page, exchange): &Captured| {
        let members = archive::encode_exchange(page, exchange, "UTF-8", &known);
        NewPage {
            key: page.canonical.key(),
            record: pipeline::process(page, lists).record.into(),
            bytes: Bytes::Exchange(Box::new(members)),
        }
    };
    let link = |of: usize, n: u64| -> Candidate {
        support::waiting::candidate(of as u64 % 1_000, of as u64 * LINKS + n)
    };
    let mut file = File::create(dir.path().join("bytes")).expect("a file");
    let (mut committing, mut writing) = (0.0, 0.0);
    let mut waiting = Vec::new();
    for (group, pages) in captured.chunks(GROUP).enumerate() {
        let news: Vec<NewPage> = pages.iter().map(pack).collect();
        let start = support::cpu_seconds();
        for page in &news {
            if let Bytes::Exchange(members) = &page.bytes {
                file.write_all(&members.page).expect("a file");
                file.write_all(&members.beside).expect("a file");
            }
        }
        file.sync_data().expect("a file");
        writing += support::cpu_seconds() - start;
        let links = |n: usize| (0..LINKS).map(move |l| link(group * GROUP + n, l));
        let group = Group {
            pages: news,
            done: std::mem::take(&mut waiting),
            candidates: (0..pages.len()).map(|n| links(n).collect()).collect(),
            ..Group::default()
        };
        let start = support::cpu_seconds();
        let committed = state.commit(group).expect("a commit");
        committing += support::cpu_seconds() - start;
        let new = committed.admitted.into_iter().flat_map(|list| list.new);
        waiting = new.take(pages.len()).collect();
    }
    let each = 1e6 / captured.len() as f64;
    (committing * each, writing * each)
}
