//! Measures Facts → Prints on one core, and the whole of Page → Record with the archive member.

#[path = "support/mod.rs"]
mod support;

use std::hint::black_box;

use partyline::lists::Lists;
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
    let lists = Lists::built_in();
    support::per_item("Page → Record", &pages, bytes, |p| {
        black_box(pipeline::process(p, &lists));
    });
    support::per_item("archive member (gzip, digests)", &pages, bytes, |p| {
        black_box(archive::encode(p));
    });
}
