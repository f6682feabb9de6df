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
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

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
    for (host, found) in web.pages() {
        let response = web.respond(&host.name, &found.path);
        let url = format!("http://{}{}", host.name, found.path);
        if response.status != 200 || response.body.len() < 4096 {
            continue;
        }
        pages.push(page(&url, response.body));
        if pages.len() == count {
            break;
        }
    }
    pages
}

/// A page of HTML in UTF-8, as a crawl hands it on. The address is one of the bench's own.
pub fn page(url: &str, html: Vec<u8>) -> Page {
    let content_type = "text/html; charset=utf-8";
    Page {
        url: url.to_owned(),
        canonical: CanonicalUrl::parse(url).expect("an address of the bench"),
        fetched_at: 1_700_000_000,
        status: 200,
        origin: Origin::Crawl,
        body: Body::Html {
            content_type: Some(content_type.to_owned()),
            bytes: html,
        },
        head: Some(format!("HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\r\n").into()),
        truncated: false,
        connection: Default::default(),
        variants: Vec::new(),
    }
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
    let [user, kernel] = user_and_kernel_seconds();
    user + kernel
}

/// The same without what the kernel took.
pub fn user_seconds() -> f64 {
    user_and_kernel_seconds()[0]
}

fn user_and_kernel_seconds() -> [f64; 2] {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    // In ticks of 1/100 s.
    [11, 12].map(|i: usize| {
        let ticks = fields.get(i).and_then(|f| f.parse::<f64>().ok());
        ticks.unwrap_or(0.0) / 100.0
    })
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

/// Repeats `work` over all items until a tenth of a second has passed, thirty times; prints the best
/// round and the median, and returns the best: seconds an item. Short rounds find the moments in
/// which nothing else runs on the machine.
pub fn per_item<T>(what: &str, items: &[T], bytes: f64, mut work: impl FnMut(&T)) -> f64 {
    let round = || {
        let start = Instant::now();
        let mut done = 0u64;
        while start.elapsed().as_secs_f64() < 0.1 {
            items.iter().for_each(&mut work);
            done += items.len() as u64;
        }
        start.elapsed().as_secs_f64() / done as f64
    };
    let (best, median) = ranked(std::iter::repeat_with(round).take(30).collect());
    println!(
        "{what:<38} {:>8.0} pages/s {:>7.1} µs/page {:>6.0} MB/s   (median {:.1} µs)",
        1.0 / best,
        best * 1e6,
        bytes / best / 1e6,
        median * 1e6,
    );
    best
}

/// The smallest and the middle one.
pub fn ranked(mut seconds: Vec<f64>) -> (f64, f64) {
    seconds.sort_by(f64::total_cmp);
    (seconds[0], seconds[seconds.len() / 2])
}
