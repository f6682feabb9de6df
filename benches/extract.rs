//! Measures Page → Facts on one core, stage by stage, on pages of about 14 KB put together of pages
//! of the demo web, beside the tree that `scraper` would build of the same pages.

#[path = "support/mod.rs"]
mod support;

use std::hint::black_box;

use partyline::extract::{self, brand, charset, document, hotline, identifier, number, role};
use partyline::page::{Body, Page};

/// Bytes of a page at least.
const SIZE: usize = 13_000;

fn main() {
    let pages = support::joined(&support::pages(900), SIZE);
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
