//! What the benches share: pages of the demo web, and clocks for wall time and CPU time.

#![allow(dead_code, reason = "each bench uses its part")]

pub mod server;
pub mod waiting;

use std::time::Instant;

use partyline::demo::{Options, Web};
use partyline::page::{Body, Origin, Page};
use partyline::site::CanonicalUrl;

/// The program's own allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Pages of the demo web with a size near 14 KB, as a crawl hands them on.
pub fn pages(count: usize) -> Vec<Page> {
    let web = Web::generate(&Options {
        gbk_share: 0.0,
        ..Options::small()
    });
    pages_of(&web, count)
}

/// Pages of a web, from 4 KB on.
pub fn pages_of(web: &Web, count: usize) -> Vec<Page> {
    let mut pages = Vec::new();
    for (host, page) in web.pages() {
        let response = web.respond(&host.name, &page.path);
        let url = format!("http://{}{}", host.name, page.path);
        let Some(canonical) = CanonicalUrl::parse(&url) else {
            continue;
        };
        if response.status != 200 || response.body.len() < 4096 {
            continue;
        }
        let content_type = Some("text/html; charset=utf-8".to_owned());
        pages.push(Page {
            url,
            canonical,
            fetched_at: 1_700_000_000,
            status: 200,
            origin: Origin::Crawl,
            body: Body::Html {
                content_type,
                bytes: response.body,
            },
            head: Some(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n".to_vec(),
            ),
            truncated: false,
            connection: Default::default(),
            variants: Vec::new(),
        });
        if pages.len() == count {
            break;
        }
    }
    pages
}

/// Pages put together of others, until they have this many bytes.
pub fn joined(pages: &[Page], size: usize) -> Vec<Page> {
    let mut out = Vec::new();
    let mut joined = Vec::new();
    for page in pages {
        if let Body::Html { bytes, .. } = &page.body {
            joined.extend_from_slice(bytes);
        }
        if joined.len() >= size {
            out.push(Page {
                body: Body::Html {
                    content_type: Some("text/html; charset=utf-8".to_owned()),
                    bytes: std::mem::take(&mut joined),
                },
                ..page.clone()
            });
        }
    }
    out
}

/// Mean size of the bodies in bytes.
pub fn mean_size(pages: &[Page]) -> f64 {
    pages.iter().map(|p| p.body.len()).sum::<usize>() as f64 / pages.len() as f64
}

/// CPU seconds of this process so far, all threads; 0 where the system does not tell.
pub fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    // utime and stime, in ticks of 1/100 s.
    let ticks = |i: usize| {
        fields
            .get(i)
            .and_then(|f| f.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    (ticks(11) + ticks(12)) / 100.0
}

/// Peak resident memory of this process in MiB; 0 where the system does not tell.
pub fn peak_mib() -> f64 {
    status_mib("VmHWM:")
}

/// Resident memory of this process now, in MiB; 0 where the system does not tell.
pub fn rss_mib() -> f64 {
    status_mib("VmRSS:")
}

fn status_mib(field: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|l| l.strip_prefix(field))
        .unwrap_or_default();
    line.trim()
        .trim_end_matches(" kB")
        .trim()
        .parse::<f64>()
        .unwrap_or(0.0)
        / 1024.0
}

/// Repeats `work` over all items until a second has passed, three times; prints the best and
/// returns it: seconds an item.
pub fn per_item<T>(what: &str, items: &[T], bytes: f64, mut work: impl FnMut(&T)) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let start = Instant::now();
        let mut done = 0u64;
        while start.elapsed().as_secs_f64() < 1.0 {
            items.iter().for_each(&mut work);
            done += items.len() as u64;
        }
        best = best.min(start.elapsed().as_secs_f64() / done as f64);
    }
    println!(
        "{what:<38} {:>10.0} pages/s {:>8.1} µs/page {:>8.0} MB/s",
        1.0 / best,
        best * 1e6,
        bytes / best / 1e6
    );
    best
}
