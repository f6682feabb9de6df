//! Measures Page → Facts on one core, stage by stage, on pages of the demo web, beside the tree
//! that `scraper` would build of the same pages.

#[path = "support/mod.rs"]
mod support;

use std::hint::black_box;

use partyline::extract::{self, brand, charset, document, hotline, identifier, number, role};
use partyline::page::Body;

fn main() {
    let pages = support::pages(400);
    let bytes = support::mean_size(&pages);
    println!(
        "{} pages of {:.1} KB, one core",
        pages.len(),
        bytes / 1024.0
    );
    let html = |page: &partyline::page::Page| match &page.body {
        Body::Html {
            bytes,
            content_type,
        } => charset::decode(bytes, content_type.as_deref())
            .text
            .into_owned(),
        Body::Text { text, .. } => text.clone(),
    };
    let sources: Vec<(String, String)> = pages.iter().map(|p| (html(p), p.url.clone())).collect();
    support::per_item("decode", &pages, bytes, |p| {
        black_box(html(p));
    });
    support::per_item(
        "scraper tree (for comparison)",
        &sources,
        bytes,
        |(html, _)| {
            black_box(scraper::Html::parse_document(html));
        },
    );
    support::per_item(
        "document (markup, lines, links)",
        &sources,
        bytes,
        |(html, url)| {
            black_box(document::parse_html(html, url));
        },
    );
    let documents: Vec<_> = sources
        .iter()
        .map(|(h, u)| document::parse_html(h, u))
        .collect();
    let mut noted = documents;
    let items: Vec<usize> = (0..noted.len()).collect();
    // Done again, it writes over what it noted.
    support::per_item("numbers, with their places", &items, bytes, |&i| {
        let source = document::Source::Html(&sources[i].0);
        black_box(number::collect_from(&mut noted[i], source));
    });
    let numbers: Vec<_> = noted.iter_mut().map(number::collect).collect();
    support::per_item("brands", &noted, bytes, |d| {
        black_box(brand::mine(d));
    });
    let brands: Vec<_> = noted.iter().map(brand::mine).collect();
    support::per_item("roles and article", &items, bytes, |&i| {
        role::assign(&mut noted[i].clone(), black_box(&brands[i]));
    });
    for (document, brands) in noted.iter_mut().zip(&brands) {
        role::assign(document, brands);
    }
    support::per_item("identifiers", &noted, bytes, |d| {
        black_box(identifier::collect(d));
    });
    support::per_item("hotline score", &items, bytes, |&i| {
        black_box(hotline::judge(&noted[i], &numbers[i], &brands[i]));
    });
    support::per_item("extract, all of it", &pages, bytes, |p| {
        black_box(extract::extract(p));
    });
}
