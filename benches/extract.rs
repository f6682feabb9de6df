//! Measures Page → Facts on one core, stage by stage, on pages of about 14 KB put together of pages
//! of the demo web, beside the tree that `scraper` would build of the same pages. With a folder
//! (`-- FOLDER`) on the pages in its files, UTF-8, as they are.

#[path = "support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::Instant;

use partyline::demo::{Options, Web};
use partyline::extract::known::LineCache;
use partyline::extract::{self, brand, charset, document, hotline, identifier, number, role};
use partyline::page::{Body, Page};

/// Bytes of a page at least.
const SIZE: usize = 13_000;

fn main() {
    let folder = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    let (pages, crawled) = match folder {
        Some(folder) => (in_folder(&folder), in_folder(&folder)),
        None => {
            let all = support::pages_of(&whole_web(), 12_000);
            (
                support::joined(&support::pages(900), SIZE),
                support::joined(&all, SIZE),
            )
        }
    };
    let bytes = support::mean_size(&pages);
    println!(
        "{} pages of {:.1} KB, one core",
        pages.len(),
        bytes / 1024.0
    );
    let row = |what: &str, work: &mut dyn FnMut(usize)| {
        let items: Vec<usize> = (0..pages.len()).collect();
        support::per_item(what, &items, bytes, |i| work(*i))
    };
    row("decode", &mut |i| {
        black_box(decoded(&pages[i]));
    });
    let sources: Vec<String> = pages.iter().map(decoded).collect();
    let tree = row("tree by scraper (for comparison)", &mut |i| {
        black_box(scraper::Html::parse_document(&sources[i]));
    });
    let parse = |i: usize| document::parse_html(&sources[i], &pages[i].url);
    let parsing = row("parse: markup, lines, links", &mut |i| {
        black_box(parse(i));
    });
    let mut documents: Vec<_> = (0..pages.len()).map(parse).collect();
    // What is noted on a document is noted again in each round; the result is the same.
    let numbers: Vec<_> = documents.iter_mut().map(number::collect).collect();
    let mut after = row("numbers, with their places", &mut |i| {
        let source = document::Source::Html(&sources[i]);
        black_box(number::collect_from(&mut documents[i], source));
    });
    let brands: Vec<_> = documents.iter_mut().map(brand::mine).collect();
    after += row("brands", &mut |i| {
        black_box(brand::mine(&mut documents[i]));
    });
    after += row("roles and article", &mut |i| {
        role::assign(black_box(&mut documents[i]));
    });
    after += row("identifiers", &mut |i| {
        black_box(identifier::collect(&documents[i]));
    });
    after += row("hotline score", &mut |i| {
        black_box(hotline::judge(&documents[i], &numbers[i], &brands[i]));
    });
    let all = row("extract, all of it", &mut |i| {
        black_box(extract::extract(&pages[i]));
    });
    println!(
        "everything after the parse: {:.1} µs, {:.2} of the parse, {:.2} of a tree; the parse is {:.0} % of extract",
        after * 1e6,
        after / parsing,
        after / tree,
        parsing / all * 100.0
    );
    with_lines_of_others(&crawled);
}

/// The files of a folder by name, each as a page of a site of its own.
fn in_folder(folder: &str) -> Vec<Page> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    let read = |(i, file)| {
        let html = std::fs::read(file).expect("the folder holds files alone");
        support::page(&format!("http://s{i}.test/"), html)
    };
    files.iter().enumerate().map(read).collect()
}

/// The same pages as they come in a crawl that takes turns among sites: lines that were read on a
/// page before are known. The cache is empty when a pass begins.
fn with_lines_of_others(pages: &[Page]) {
    const PASSES: usize = 12;
    let sources: Vec<String> = pages.iter().map(decoded).collect();
    let order = shuffled(pages.len());
    println!(
        "{} pages of {:.1} KB in random order, best of {PASSES} passes, µs a page",
        pages.len(),
        support::mean_size(pages) / 1024.0
    );
    for (what, remembers) in [("each page alone", false), ("lines remembered", true)] {
        // Of the first half of a pass and of the second: parse, and everything after it.
        let mut best = [[f64::MAX; 2]; 2];
        for _ in 0..PASSES {
            let mut cache = match remembers {
                true => LineCache::new(),
                false => LineCache::none(),
            };
            let mut sums = [[0.0; 2]; 2];
            for (turn, &i) in order.iter().enumerate() {
                let sum = &mut sums[turn * 2 / order.len()];
                let start = Instant::now();
                let document = document::parse_html(&sources[i], &pages[i].url);
                let parsed = Instant::now();
                let source = document::Source::Html(&sources[i]);
                black_box(extract::findings(
                    charset::Charset::already_text(),
                    document,
                    source,
                    &mut cache,
                ));
                sum[0] += (parsed - start).as_secs_f64();
                sum[1] += parsed.elapsed().as_secs_f64();
            }
            for (best, sum) in best.as_flattened_mut().iter_mut().zip(sums.as_flattened()) {
                *best = best.min(*sum);
            }
        }
        for (half, [parse, after]) in ["first half", "second half"].iter().zip(best) {
            let each = 2e6 / pages.len() as f64;
            println!(
                "{what:<17} {half:<12} parse {:>6.1}, after it {:>6.1}: {:.2} of the parse",
                parse * each,
                after * each,
                after / parse
            );
        }
    }
}

/// The demo web at its full size.
fn whole_web() -> Web {
    Web::generate(&Options {
        gbk_share: 0.0,
        ..Options::large()
    })
}

/// The numbers below `count` in an order of chance that is the same in each run (Fisher and Yates,
/// with Marsaglia's xorshift).
fn shuffled(count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut state = 0x1405_7b7e_f767_814f_u64;
    for last in (1..count).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        order.swap(last, (state % (last as u64 + 1)) as usize);
    }
    order
}

fn decoded(page: &Page) -> String {
    match &page.body {
        Body::Html {
            bytes,
            content_type,
        } => charset::decode(bytes, content_type.as_deref())
            .text
            .into_owned(),
        Body::Text { text, .. } => text.clone(),
    }
}
