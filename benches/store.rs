//! Measures the group commit: archive, sled and ledger, durable, in groups as a crawl makes them;
//! and reading all records back.

#[path = "support/mod.rs"]
mod support;

use std::time::Instant;

use partyline::archive;
use partyline::lists::Lists;
use partyline::pipeline;
use partyline::site::CanonicalUrl;
use partyline::state::{Bytes, Group, NewPage, State};

const PAGES: usize = 20_000;

fn main() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let lists = Lists::built_in();
    let pages = support::pages(400);
    let records: Vec<_> = pages
        .iter()
        .map(|p| pipeline::process(p, &lists).record)
        .collect();
    let members: Vec<_> = pages.iter().map(archive::encode).collect();
    for group in [16, 256, 1024] {
        let path = dir.path().join(group.to_string());
        let mut state = State::open(&path, 48 << 20).expect("a new state");
        let (start, cpu) = (Instant::now(), support::cpu_seconds());
        let total = if group < 100 { PAGES / 10 } else { PAGES };
        for first in (0..total).step_by(group) {
            let pages = (first..first + group).map(|n| {
                let i = n % records.len();
                let url = format!("http://s{}.test/{n}", n % 1000);
                let key = CanonicalUrl::parse(&url).expect("a URL").key();
                let mut record = records[i].clone();
                record.url = url;
                NewPage {
                    key,
                    record,
                    bytes: Bytes::Members(members[i].clone()),
                }
            });
            let group = Group {
                pages: pages.collect(),
                ..Group::default()
            };
            state.commit(group).expect("a commit");
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
