//! Measures the group commit: archive, sled and ledger, durable, in groups as a crawl makes them;
//! and reading all records back.
//!
//! `cargo bench --bench store -- open 1000000 [DIR]` measures how long the first question for
//! near-duplicates takes, opening included, after a process that stored so many pages was aborted,
//! and how long the next one takes.

#[path = "support/mod.rs"]
mod support;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use partyline::archive;
use partyline::lists::Lists;
use partyline::pipeline;
use partyline::query::near::{self, Pages};
use partyline::record::Record;
use partyline::site::CanonicalUrl;
use partyline::state::{Bytes, Group, NewPage, State};

const PAGES: usize = 20_000;
/// The store's cache in bytes, the program's default.
const CACHE: u64 = 48 << 20;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["fill", pages, dir, ..] => fill(pages.parse().expect("a number"), Path::new(dir)),
        ["open", pages, dir, ..] if !dir.starts_with("--") => open(pages, Path::new(dir)),
        ["open", pages, ..] => {
            let dir = tempfile::tempdir().expect("a temporary directory");
            open(pages, dir.path());
        }
        _ => groups(),
    }
}

/// Stores pages and dies without closing anything.
fn fill(pages: usize, dir: &Path) {
    let samples = Samples::new();
    let mut state = State::open(dir, CACHE).expect("a new state");
    let mut slowest = 0.0f64;
    let start = Instant::now();
    for first in (0..pages).step_by(1024) {
        let (one, group) = (
            Instant::now(),
            samples.group(first, 1024.min(pages - first)),
        );
        state.commit(group).expect("a commit");
        slowest = slowest.max(one.elapsed().as_secs_f64());
    }
    println!(
        "{pages} pages stored, {:.0} pages/s, slowest commit {slowest:.2} s, peak {:.0} MiB",
        pages as f64 / start.elapsed().as_secs_f64(),
        support::peak_mib()
    );
    std::process::abort();
}

fn open(pages: &str, dir: &Path) {
    let this = std::env::current_exe().expect("this program");
    let fill = Command::new(this).args(["fill", pages]).arg(dir).status();
    assert!(!fill.expect("it runs").success(), "it aborts");
    for what in ["after the abort", "again", "again"] {
        let start = Instant::now();
        let state = State::open_existing(dir, CACHE).expect("a state");
        let opened = start.elapsed().as_secs_f64();
        let codes = Pages::of(&state).expect("codes");
        let read = start.elapsed().as_secs_f64();
        let answer = near::run(Some("http://s7.test/7"), near::WITHIN, &codes).expect("an answer");
        println!(
            "first question {what:<16} {:.2} s (opened {opened:.2}, codes read {:.2}, {} near)",
            start.elapsed().as_secs_f64(),
            read - opened,
            answer.json_lines().count()
        );
    }
}

/// Records and archive members of pages that stand for many.
struct Samples {
    records: Vec<Record>,
    members: Vec<Vec<u8>>,
}

impl Samples {
    fn new() -> Self {
        let (lists, pages) = (Lists::built_in(), support::pages(400));
        let record = |p| pipeline::process(p, &lists).record;
        Samples {
            records: pages.iter().map(record).collect(),
            members: pages.iter().map(archive::encode).collect(),
        }
    }

    fn group(&self, first: usize, count: usize) -> Group {
        let pages = (first..first + count).map(|n| {
            let i = n % self.records.len();
            let url = format!("http://s{}.test/{n}", n % 1000);
            let key = CanonicalUrl::parse(&url).expect("a URL").key();
            let mut record = self.records[i].clone();
            record.url = url;
            NewPage {
                key,
                record: record.into(),
                bytes: Bytes::Members(self.members[i].clone()),
            }
        });
        Group {
            pages: pages.collect(),
            ..Group::default()
        }
    }
}

fn groups() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let samples = Samples::new();
    for group in [16, 256, 1024] {
        let path = dir.path().join(group.to_string());
        let mut state = State::open(&path, CACHE).expect("a new state");
        let (start, cpu) = (Instant::now(), support::cpu_seconds());
        let total = if group < 100 { PAGES / 10 } else { PAGES };
        for first in (0..total).step_by(group) {
            state.commit(samples.group(first, group)).expect("a commit");
        }
        let (wall, cpu) = (start.elapsed().as_secs_f64(), support::cpu_seconds() - cpu);
        let n = state.meta().pages as f64;
        println!(
            "commit in groups of {group:<5} {:>8.0} pages/s {:>8.1} µs CPU/page",
            n / wall,
            cpu / n * 1e6
        );
        let start = Instant::now();
        let read = state.pages().filter(Result::is_ok).count() as f64;
        println!(
            "  read back            {:>8.0} records/s",
            read / start.elapsed().as_secs_f64()
        );
    }
}
