//! Measures Facts → Prints on one core, and the whole of Page → Record with the archive member.
//!
//! Prints are measured on pages of the demo web as they are, and on pages of 6,000 characters put
//! together of their lines: with the shares of text that spam in the wild has, and of nothing but
//! template, the dearest kind. Both are measured twice: right after the page was read, which is when
//! the pipeline asks (the clock runs for the prints alone), and for pages read long ago, which lie
//! scattered in memory. Beside them, for the same text, the `simhash` crate's own way: slices of
//! four characters through `simhash_stream`.

#[path = "support/mod.rs"]
mod support;

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use partyline::extract::Facts;
use partyline::extract::document::Line;
use partyline::extract::role::Role;
use partyline::lists::Lists;
use partyline::page::{Body, Page};
use partyline::{archive, extract, fingerprint, pipeline};

/// Characters of the pages put together.
const CHARACTERS: usize = 6_000;
/// Of 100 characters of a spam page in the wild, how many are template and how many places; the
/// rest is the borrowed article.
const TEMPLATE: usize = 12;
const PLACES: usize = 35;

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
    compare("as in the wild", &spam_pages(&facts));
    compare("all template", &template_pages(&pages));
    real_pages();
    let lists = Lists::built_in();
    support::per_item("Page → Record", &pages, bytes, |p| {
        black_box(pipeline::process(p, &lists));
    });
    support::per_item("archive member (gzip, digests)", &pages, bytes, |p| {
        black_box(archive::encode(p));
    });
}

/// Ours beside the crate.
fn compare(what: &str, pages: &[Facts]) {
    let mean = pages.iter().map(characters).sum::<usize>() / pages.len();
    println!("{} pages {what}, {mean} characters:", pages.len());
    let html: Vec<Page> = pages.iter().map(page_of).collect();
    just_read("  prints, page just read", &html);
    support::per_item("  prints, pages in a row", pages, 0.0, |f| {
        black_box(fingerprint::prints(f));
    });
    let texts: Vec<String> = pages.iter().map(text).collect();
    support::per_item("  simhash crate, 4-character slices", &texts, 0.0, |t| {
        let starts: Vec<usize> = t.char_indices().map(|(i, _)| i).chain([t.len()]).collect();
        let slices = starts.windows(5).map(|w| &t[w[0]..w[4]]);
        black_box(simhash::simhash_stream(slices));
    });
}

/// The real pages of the project's common ground, where they are at hand.
fn real_pages() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/seeds");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        return println!("no real pages here: {} is missing", folder.display());
    };
    let files = entries.filter_map(|e| Some(e.ok()?.path()));
    let texts = files.filter(|f| f.extension().is_some_and(|e| e == "txt"));
    let texts: Vec<String> = texts
        .filter_map(|f| std::fs::read_to_string(f).ok())
        .collect();
    let pages: Vec<Page> = texts
        .into_iter()
        .map(|text| Page {
            body: Body::Text { title: None, text },
            ..support::page("http://bench.test/", Vec::new())
        })
        .collect();
    if pages.is_empty() {
        return println!("no real pages here: {} is empty", folder.display());
    }
    let facts: Vec<Facts> = pages.iter().map(extract::extract).collect();
    let mean = facts.iter().map(characters).sum::<usize>() / facts.len();
    println!("{} real pages, {mean} characters:", pages.len());
    just_read("  prints, page just read", &pages);
}

/// Reads page after page and measures the prints of each, which then lies in the caches as it does
/// in the pipeline: rounds as in [`support::per_item`]. Reading the clock is in the time.
fn just_read(what: &str, pages: &[Page]) {
    let (mut lines, mut read) = ([0; 3], 0);
    let round = || {
        let (mut time, mut done) = (Duration::ZERO, 0u32);
        while time.as_secs_f64() < 0.02 {
            for page in pages {
                let facts = extract::extract(page);
                let start = Instant::now();
                black_box(fingerprint::prints(black_box(&facts)));
                time += start.elapsed();
                for line in &facts.document.lines {
                    let kind = match line.role {
                        Role::Region => 1,
                        Role::Article => 2,
                        _ => 0,
                    };
                    lines[kind] += line.text.chars().count();
                }
            }
            done += pages.len() as u32;
        }
        read += done as usize;
        time.as_secs_f64() / f64::from(done)
    };
    let (best, median) = support::ranked(std::iter::repeat_with(round).take(30).collect());
    println!(
        "{what:<38} {:>8.0} pages/s {:>7.1} µs/page               (median {:.1} µs)",
        1.0 / best,
        best * 1e6,
        median * 1e6,
    );
    let [template, places, article] = lines.map(|l| l / read);
    println!(
        "    read as {template} characters of template, {places} of places, {article} of article"
    );
}

/// The HTML of a page put together, a block a line.
fn page_of(facts: &Facts) -> Page {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let mut html = format!("<title>{}</title>", escape(&facts.document.title));
    for line in &facts.document.lines {
        let tag = match line.heading {
            1..=6 => format!("h{}", line.heading),
            _ => "p".to_owned(),
        };
        html.push_str(&format!("<{tag}>{}</{tag}>\n", escape(&line.text)));
    }
    support::page("http://bench.test/", html.into_bytes())
}

fn text(facts: &Facts) -> String {
    facts.document.lines.iter().map(|l| &*l.text).collect()
}

fn characters(facts: &Facts) -> usize {
    let lines = facts.document.lines.iter();
    lines.map(|l| l.text.chars().count()).sum()
}

/// Lines of a kind until they have so many characters.
fn take<'l>(lines: impl Iterator<Item = &'l Line>, characters: usize, out: &mut Vec<Line>) {
    let mut had = 0;
    for line in lines {
        if had >= characters {
            break;
        }
        had += line.text.chars().count();
        out.push(line.clone());
    }
}

fn is_template(line: &Line) -> bool {
    !matches!(line.role, Role::Region | Role::Article | Role::Menu)
}

/// Each hotline page's own template lines with places and an article, its own first.
fn spam_pages(facts: &[Facts]) -> Vec<Facts> {
    let sells = |f: &&Facts| f.hotline.score > 0.5;
    let mut out = Vec::new();
    for (i, page) in facts.iter().enumerate().filter(|(_, f)| sells(f)) {
        let lines = || {
            let around = facts[i..].iter().chain(facts);
            around.flat_map(|f| &f.document.lines)
        };
        let of = |role| move |l: &&Line| l.role == role;
        let own = page.document.lines.iter().filter(|l| is_template(l));
        let mut put = Vec::new();
        take(own, CHARACTERS * TEMPLATE / 100, &mut put);
        take(
            lines().filter(of(Role::Region)),
            CHARACTERS * PLACES / 100,
            &mut put,
        );
        let left = CHARACTERS.saturating_sub(put.iter().map(|l| l.text.chars().count()).sum());
        take(lines().filter(of(Role::Article)), left, &mut put);
        let mut page = page.clone();
        page.document.lines = put;
        out.push(page);
    }
    out
}

/// Pages put together of whole pages, without their places, articles and menus.
fn template_pages(pages: &[Page]) -> Vec<Facts> {
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
        let mut facts = extract::extract(&Page {
            body,
            ..page.clone()
        });
        let mut put = Vec::new();
        let lines = facts.document.lines.iter();
        take(lines.filter(|l| is_template(l)), CHARACTERS, &mut put);
        facts.document.lines = put;
        if characters(&facts) >= CHARACTERS {
            out.push(facts);
            html.clear();
        }
    }
    out
}
