//! A queue of millions of URLs: memory while it is filled and worked off, and the time until the
//! first URL of a resumed crawl.

use std::path::Path;
use std::time::{Duration, Instant};

use partyline::crawl::frontier::{Answer, Frontier, Next, RobotsAnswer, Settings};
use partyline::crawl::politeness;
use partyline::crawl::robots::Robots;
use partyline::state::{Group, State};

use super::support::{self, waiting};

const HOSTS: u64 = 100_000;
/// URLs that a commit admits.
const GROUP: u64 = 5_000;
/// URLs that are taken out again.
const WORKED: usize = 300_000;

/// Queues so many URLs on [`HOSTS`] hosts, then opens the state again and works off some.
pub fn measure(urls: u64) {
    let dir = tempfile::tempdir().expect("a temporary directory");
    fill(dir.path(), urls);
    let settings = Settings {
        resolve_first: false,
        concurrency: 64,
        resumed: true,
        politeness: politeness::Settings {
            delay: Duration::ZERO,
            ..politeness::Settings::default()
        },
        ..Settings::default()
    };
    let start = Instant::now();
    let mut state = State::open(dir.path(), 48 << 20).expect("the state opens again");
    let opened = start.elapsed();
    let reader = state.queue_reader();
    let mut frontier = Frontier::new(settings);
    let (mut first, mut most, mut worked) = (None, 0, 0);
    let (mut done, mut notes) = (Vec::new(), Vec::new());
    while worked < WORKED.min(urls as usize) {
        let now = politeness::micros(start.elapsed());
        most = most.max(frontier.len());
        match waiting::next(&mut frontier, &reader, now) {
            Next::Robots(visit) => {
                first.get_or_insert_with(|| start.elapsed());
                frontier.robots(visit, RobotsAnswer::Rules(Robots::default()), now);
            }
            Next::Page { origin, entry } => {
                done.push(entry.task.clone());
                frontier.done(origin, entry, Answer::Answered, now);
                worked += 1;
            }
            other => panic!("{other:?}"),
        }
        notes.extend(frontier.take_notes());
        if done.len() + notes.len() >= 1_000 {
            let group = Group {
                done: std::mem::take(&mut done),
                notes: std::mem::take(&mut notes),
                ..Group::default()
            };
            state.commit(group).expect("a commit");
        }
    }
    println!(
        "resumed: open {:.2} s, first request {:.2} s, {worked} URLs worked off at {:.0}/s, at most {most} in memory, {} hosts met, peak {:.0} MiB",
        opened.as_secs_f64(),
        first.unwrap_or_default().as_secs_f64(),
        worked as f64 / start.elapsed().as_secs_f64(),
        frontier.hosts(),
        support::peak_mib(),
    );
}

fn fill(dir: &Path, urls: u64) {
    let (start, cpu) = (Instant::now(), support::cpu_seconds());
    let mut state = State::open(dir, 48 << 20).expect("a new state");
    let mut frontier = Frontier::new(Settings::default());
    let mut slowest = Vec::new();
    for first in (0..urls).step_by(GROUP as usize) {
        let candidates = (first..(first + GROUP).min(urls)).map(|n| {
            let host = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
            waiting::candidate(host % HOSTS, n)
        });
        let group = Group {
            candidates: vec![candidates.collect()],
            ..Group::default()
        };
        let begun = Instant::now();
        let admitted = state.commit(group).expect("a commit").admitted;
        slowest.push(begun.elapsed().as_secs_f64());
        for task in admitted.into_iter().flat_map(|list| list.new) {
            frontier.push(task, false, 0);
        }
        if first % (urls / 5).next_multiple_of(GROUP) == 0 {
            let seconds = start.elapsed().as_secs_f64();
            println!("  {first} in {seconds:.0} s, {:.0} MiB", support::rss_mib());
        }
    }
    slowest.sort_by(|a, b| b.total_cmp(a));
    slowest.truncate(5);
    println!("  slowest commits, s: {slowest:.2?}");
    println!(
        "{urls} URLs on {HOSTS} hosts queued in {:.0} s ({:.1} µs CPU each), {} in memory, peak {:.0} MiB, disk {:.0} MB",
        start.elapsed().as_secs_f64(),
        (support::cpu_seconds() - cpu) / urls as f64 * 1e6,
        frontier.len(),
        support::peak_mib(),
        size(dir) as f64 / 1e6,
    );
}

fn size(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(meta) if meta.is_dir() => size(&entry.path()),
        Ok(meta) => meta.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
