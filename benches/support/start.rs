//! The time until the first request of a crawl that goes on, by the pages that are done.

use std::time::Instant;

use partyline::archive::Location;
use partyline::crawl::frontier::{Frontier, Next, Settings};
use partyline::lists::Lists;
use partyline::pipeline;
use partyline::site::CanonicalUrl;
use partyline::state::{Bytes, Group, NewPage, State};

use super::support::{self, waiting};

const CACHE: u64 = 48 << 20;
const HOSTS: u64 = 1_000;
const WAITING: u64 = 1_000;
const GROUP: u64 = 1_000;

/// Stores so many pages, of which each was a queued URL, and leaves [`WAITING`] others queued.
pub fn measure(pages: u64) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let page = &support::pages(1)[0];
    let record = pipeline::process(page, &Lists::built_in()).record;
    let mut state = State::open(dir.path(), CACHE).expect("a new state");
    for first in (0..pages + WAITING).step_by(GROUP as usize) {
        let candidates = (first..first + GROUP).map(|n| waiting::candidate(n % HOSTS, n));
        let group = Group {
            candidates: vec![candidates.collect()],
            ..Group::default()
        };
        let admitted = state.commit(group).expect("a commit").admitted;
        let done = admitted.into_iter().flat_map(|list| list.new);
        let done: Vec<_> = done.filter(|task| task.seq < pages).collect();
        let stored = done.iter().map(|task| NewPage {
            key: CanonicalUrl::parse(&task.url).expect("a URL").key(),
            record: record.clone().into(),
            bytes: Bytes::At(Location {
                file: 0,
                offset: 0,
                length: 1,
            }),
        });
        let group = Group {
            pages: stored.collect(),
            done,
            ..Group::default()
        };
        state.commit(group).expect("a commit");
    }
    drop(state);
    let start = Instant::now();
    let state = State::open(dir.path(), CACHE).expect("the state opens again");
    let opened = start.elapsed();
    let reader = state.queue_reader();
    let mut frontier = Frontier::new(Settings {
        resolve_first: false,
        resumed: true,
        ..Settings::default()
    });
    // What was asked just before the last run ended is not known: all rest for the delay.
    let now = 2_000_000;
    let next = waiting::next(&mut frontier, &reader, now);
    assert!(matches!(next, Next::Robots(_)), "{next:?}");
    println!(
        "{pages} pages done, {WAITING} URLs waiting: open {:.3} s, first request {:.3} s, {} rows read",
        opened.as_secs_f64(),
        start.elapsed().as_secs_f64(),
        reader.rows_read(),
    );
}
