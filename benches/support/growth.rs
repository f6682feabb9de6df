//! How the graph's time and memory grow with the number of sites.

use std::process::Command;
use std::time::Instant;

use partyline::graph::{Builder, SiteNode};
use partyline::lists::Lists;

use super::mill::Mill;
use super::support;

/// Graphs that are built of each size: the machine may be somebody else's for a moment, so the
/// fastest counts.
const ROUNDS: usize = 3;

/// Times the graph of ten thousand sites, a hundred thousand, and `most`, each size in a process of
/// its own: memory that a smaller size left behind is no size's own.
pub fn growth(most: usize) {
    println!(
        "| sites | facts (sites × numbers, lines, accounts) | load, s | graph, s (all rounds) | CPU, s | peak, MiB | networks | P | R | exponent, by CPU, by CPU without the kernel's |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let mut before: Option<Round> = None;
    for sites in [10_000, 100_000, 1_000_000, 10_000_000]
        .into_iter()
        .filter(|&n| n <= most)
    {
        let rounds = Round::apart(sites);
        let all: Vec<String> = rounds.iter().map(|r| format!("{:.2}", r.seconds)).collect();
        let (p, r) = (rounds[0].precision, rounds[0].recall);
        let (facts, networks) = (rounds[0].facts, rounds[0].networks);
        let least = |of: fn(&Round) -> f64| rounds.iter().map(of).fold(f64::MAX, f64::min);
        let (cpu, user, peak) = (least(|r| r.cpu), least(|r| r.user), least(|r| r.peak));
        let fastest = rounds
            .into_iter()
            .reduce(|a, b| if b.seconds < a.seconds { b } else { a });
        let Some(best) = fastest.map(|r| Round { cpu, user, ..r }) else {
            continue;
        };
        let exponent = before.map_or(String::from("–"), |b| {
            let times = (sites as f64 / b.sites as f64).ln();
            let of = |now: f64, then: f64| (now / then).ln() / times;
            let (wall, cpu) = (of(best.seconds, b.seconds), of(best.cpu, b.cpu));
            format!("{wall:.2}, {cpu:.2}, {:.2}", of(best.user, b.user))
        });
        println!(
            "| {sites} | {facts} | {:.1} | {:.2} ({}) | {:.2} | {:.0} | {networks} | {p:.3} | {r:.3} | {exponent} |",
            best.load,
            best.seconds,
            all.join(", "),
            best.cpu,
            peak,
        );
        before = Some(best);
    }
}

/// Builds graphs of so many sites, and tells [`Round::apart`] of each.
pub fn rounds(sites: usize) {
    for _ in 0..ROUNDS {
        let round = serde_json::to_string(&Round::of(sites));
        println!("{}", round.expect("numbers can be told"));
    }
}

/// One graph of so many sites.
#[derive(serde::Serialize, serde::Deserialize)]
struct Round {
    sites: usize,
    facts: usize,
    load: f64,
    seconds: f64,
    cpu: f64,
    user: f64,
    networks: usize,
    precision: f64,
    recall: f64,
    /// Of the process so far, in MiB.
    peak: f64,
}

impl Round {
    /// Some rounds in another process.
    fn apart(sites: usize) -> Vec<Round> {
        let program = std::env::current_exe().expect("the bench runs");
        let child = Command::new(program)
            .args(["rounds", &sites.to_string()])
            .output();
        let told = String::from_utf8(child.expect("the bench runs again").stdout);
        let told = told.expect("JSON is text");
        let round = |line| serde_json::from_str(line).expect("a round tells of itself");
        told.lines().map(round).collect()
    }

    fn of(sites: usize) -> Round {
        let mut mill = Mill::new();
        let mut builder = Builder::new(&Lists::built_in());
        let (mut operator, mut left, mut facts) = (0u64, 0u64, 0usize);
        let mut truth = Vec::new();
        let start = Instant::now();
        for index in 0..sites as u64 {
            if left == 0 {
                operator += 1;
                // Sizes fall like those of real networks: many small ones, few large.
                left = 3 + 200 / (1 + mill.below(60));
            }
            left -= 1;
            let record = mill.site(index, operator);
            facts += record.numbers.len()
                + record.prints.lines.len()
                + record.prints.regions.len()
                + record.identifiers.trackers.len();
            if record.hotline.score > 0.5 {
                truth.push((record.site.0.clone(), operator));
            }
            builder.add(&record);
        }
        let load = start.elapsed().as_secs_f64();
        let (cpu, user) = (support::cpu_seconds(), support::user_seconds());
        let start = Instant::now();
        let graph = builder.build();
        let seconds = start.elapsed().as_secs_f64();
        let cpu = support::cpu_seconds() - cpu;
        let user = support::user_seconds() - user;
        let node = |(i, s): (usize, &SiteNode)| {
            (s.name.clone(), s.network.map_or(-1 - i as i64, i64::from))
        };
        let found: Vec<(String, i64)> = graph.sites.iter().enumerate().map(node).collect();
        let (precision, recall) = partyline::graph::score::b_cubed(&found, &truth);
        Round {
            sites,
            facts,
            load,
            seconds,
            cpu,
            user,
            networks: graph.networks.len(),
            precision,
            recall,
            peak: support::peak_mib(),
        }
    }
}
