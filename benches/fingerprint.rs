//! Measures Facts → Prints on one core, and the whole of Page → Record with the archive member.

#[path = "support/mod.rs"]
mod support;

use std::hint::black_box;

use partyline::extract::Facts;
use partyline::lists::Lists;
use partyline::page::{Body, Page};
use partyline::{archive, extract, fingerprint, pipeline};

fn main() {
    let pages = support::pages(400);
    let bytes = support::mean_size(&pages);
    println!(
        "{} pages of {:.1} KB, one core",
        pages.len(),
        bytes / 1024.0
    );
    let facts: Vec<_> = pages.iter().map(extract::extract).collect();
    support::per_item("prints", &facts, bytes, |f| {
        black_box(fingerprint::prints(f));
    });
    let long = long_pages(&pages);
    let characters = long.iter().map(characters).sum::<usize>() / long.len();
    support::per_item(
        &format!("prints, {characters} characters of text"),
        &long,
        0.0,
        |f| {
            black_box(fingerprint::prints(f));
        },
    );
    let lists = Lists::built_in();
    support::per_item("Page → Record", &pages, bytes, |p| {
        black_box(pipeline::process(p, &lists));
    });
    support::per_item("archive member (gzip, digests)", &pages, bytes, |p| {
        black_box(archive::encode(p));
    });
}

/// Pages put together of others until they have 6,000 characters of text.
fn long_pages(pages: &[Page]) -> Vec<Facts> {
    let mut out = Vec::new();
    let mut html = Vec::new();
    for page in pages {
        if let Body::Html { bytes, .. } = &page.body {
            html.extend_from_slice(bytes);
        }
        let body = Body::Html {
            content_type: Some("text/html; charset=utf-8".to_owned()),
            bytes: html.clone(),
        };
        let facts = extract::extract(&Page {
            body,
            ..page.clone()
        });
        if characters(&facts) >= 6_000 {
            out.push(facts);
            html.clear();
        }
    }
    out
}

fn characters(facts: &Facts) -> usize {
    let lines = facts.document.lines.iter();
    lines.map(|l| l.text.chars().count()).sum()
}
