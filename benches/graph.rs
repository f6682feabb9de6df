//! Measures the graph: how well networks and verdicts fit webs whose truth is known, and how
//! time and memory grow with the number of sites.
//!
//! `cargo bench --bench graph -- quality [SEEDS [FIRST [SETTING]]]` on whole webs, by setting and noise
//! `cargo bench --bench graph -- words [SEEDS [FIRST [SETTING]]]` the same on webs in other words
//! `cargo bench --bench graph -- explain SEED SETTING [words] [NOISE]` the mistakes on one web
//! `cargo bench --bench graph -- curve [SEEDS [FIRST]]` by the threshold of links
//! `cargo bench --bench graph -- growth [SITES]` on facts made in memory
//! `cargo bench --bench graph -- hostile` on shapes that are made to cost

#[path = "support/growth.rs"]
mod growth;
#[path = "support/mill.rs"]
mod mill;
#[path = "support/mistakes.rs"]
mod mistakes;
#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Instant;

use partyline::demo::trial::{self, Noise, Trial};
use partyline::demo::{Options, Web, judge};
use partyline::extract::identifier::Tracker;
use partyline::graph::Builder;
use partyline::lists::Lists;
use partyline::record::Record;

use mill::Mill;

fn main() {
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let part = args.first().map_or("all", String::as_str);
    let count = args.get(1).and_then(|n| n.parse().ok());
    let first = args.get(2).and_then(|n| n.parse().ok()).unwrap_or(1000);
    let setting = args.get(3).map_or("", String::as_str);
    if matches!(part, "all" | "growth") {
        growth::growth(count.unwrap_or(1_000_000) as usize);
    }
    if part == "rounds" {
        growth::rounds(count.unwrap_or(10_000) as usize);
    }
    if matches!(part, "all" | "hostile") {
        hostile();
    }
    if matches!(part, "all" | "curve") {
        curve(first, count.unwrap_or(10));
    }
    if matches!(part, "all" | "quality") {
        quality(first, count.unwrap_or(20), setting, |o| o);
    }
    if part == "explain" {
        explain(&args[1..]);
    }
    if matches!(part, "all" | "words") {
        quality(first, count.unwrap_or(20), setting, Options::in_other_words);
    }
}

/// What goes wrong in extraction: nothing, some, much.
const NOISE: [(&str, Noise); 3] = [
    (
        "none",
        Noise {
            seed: 0,
            lost_numbers: 0.0,
            wrong_brands: 0.0,
            lost_lines: 0.0,
            hot_innocents: 0.0,
            cold_spam: 0.0,
        },
    ),
    (
        "some",
        Noise {
            seed: 0,
            lost_numbers: 0.1,
            wrong_brands: 0.1,
            lost_lines: 0.1,
            hot_innocents: 0.1,
            cold_spam: 0.1,
        },
    ),
    (
        "much",
        Noise {
            seed: 0,
            lost_numbers: 0.25,
            wrong_brands: 0.3,
            lost_lines: 0.3,
            hot_innocents: 0.3,
            cold_spam: 0.3,
        },
    ),
];

#[derive(Default, Clone)]
struct Row {
    webs: u32,
    precision: f64,
    recall: f64,
    worst: (f64, f64),
    innocents: usize,
    merged: usize,
    split: usize,
    auc: Vec<f64>,
    accused: usize,
    spared: usize,
    /// Innocents in networks, by class.
    classes: BTreeMap<String, usize>,
    /// Seeds of the webs on which precision is not 1.
    imprecise: Vec<u64>,
}

impl Row {
    fn add(&mut self, trial: &Trial) {
        if self.webs == 0 {
            self.worst = (1.0, 1.0);
        }
        let j = &trial.judgement;
        self.webs += 1;
        self.precision += j.precision;
        self.recall += j.recall;
        self.worst = (self.worst.0.min(j.precision), self.worst.1.min(j.recall));
        self.innocents += j.innocents.len();
        for (_, class) in &j.innocents {
            *self.classes.entry(format!("{class:?}")).or_default() += 1;
        }
        self.merged += j.merged.len();
        self.split += j.split.len();
        self.auc.extend(judge::auc(&trial.scores));
        self.accused += trial.accused.len();
        self.spared += trial.spared.len();
    }
}

fn quality(first: u64, seeds: u64, setting: &str, turn: fn(Options) -> Options) {
    println!(
        "| web | noise | webs | B-cubed P (worst) | B-cubed R (worst) | innocents | merges | splits | AUC (worst) | accused | spared |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let settings = Options::settings().into_iter();
    for (name, options) in settings.filter(|s| s.0.starts_with(setting)) {
        let options = turn(options);
        let rows = Mutex::new(vec![Row::default(); NOISE.len()]);
        let next = Mutex::new(0..seeds);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    loop {
                        let Some(seed) = next.lock().expect("no panic before").next() else {
                            break;
                        };
                        let web = Web::generate(&Options {
                            seed: first + seed,
                            ..options.clone()
                        });
                        let lists = trial::lists(&web);
                        let records = trial::records(&web, &lists);
                        for (i, (_, noise)) in NOISE.iter().enumerate() {
                            let mut records = records.clone();
                            let seed = (first + seed) % 1000;
                            Noise { seed, ..*noise }.disturb(&web.truth, &mut records);
                            let graph = trial::graph(&lists, &records);
                            let trial = trial::judge(&web, &graph);
                            let row = &mut rows.lock().expect("no panic before")[i];
                            row.add(&trial);
                            if trial.judgement.precision < 1.0 {
                                row.imprecise.push(web.options.seed);
                            }
                        }
                    }
                });
            }
        });
        for (row, (noise, _)) in rows
            .into_inner()
            .expect("threads have ended")
            .iter()
            .zip(NOISE)
        {
            let n = f64::from(row.webs);
            let auc = row.auc.iter().sum::<f64>() / row.auc.len().max(1) as f64;
            let worst = row.auc.iter().copied().fold(1.0, f64::min);
            println!(
                "| {name} | {noise} | {} | {:.3} ({:.3}) | {:.3} ({:.3}) | {} | {} | {} | {auc:.4} ({worst:.4}) | {} | {} |",
                row.webs,
                row.precision / n,
                row.worst.0,
                row.recall / n,
                row.worst.1,
                row.innocents,
                row.merged,
                row.split,
                row.accused,
                row.spared
            );
            if !row.imprecise.is_empty() {
                eprintln!("P below 1 on {name}, {noise}: seeds {:?}", row.imprecise);
            }
            if !row.classes.is_empty() {
                eprintln!("innocents of {name}, {noise}: {:?}", row.classes);
            }
        }
    }
}

/// The mistakes on one web, with what the graph knows of each number and site.
fn explain(args: &[String]) {
    let seed = args.first().and_then(|n| n.parse().ok()).unwrap_or(1000);
    let setting = args.get(1).map_or("small", String::as_str);
    let noise = NOISE.iter().find(|n| args.iter().any(|a| a == n.0));
    for (_, options) in (Options::settings().into_iter()).filter(|o| o.0.starts_with(setting)) {
        let options = match args.iter().any(|a| a == "words") {
            true => options.in_other_words(),
            false => options,
        };
        let web = Web::generate(&Options { seed, ..options });
        let lists = trial::lists(&web);
        let mut records = trial::records(&web, &lists);
        if let Some((_, noise)) = noise {
            let seed = seed % 1000;
            Noise { seed, ..*noise }.disturb(&web.truth, &mut records);
        }
        let graph = trial::graph(&lists, &records);
        let trial = trial::judge(&web, &graph);
        mistakes::print(&web, &graph, &trial);
    }
}

/// Precision and recall by the threshold of links between groups of sites, over all settings.
fn curve(first: u64, seeds: u64) {
    const BITS: [f64; 9] = [4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 20.0, 30.0];
    let rows = Mutex::new(vec![Row::default(); BITS.len()]);
    let jobs: Vec<(u64, Options)> = (0..seeds)
        .flat_map(|seed| {
            let with = move |o: (&str, Options)| {
                (
                    seed,
                    Options {
                        seed: first + seed,
                        ..o.1
                    },
                )
            };
            Options::settings().into_iter().map(with)
        })
        .collect();
    let next = Mutex::new(jobs.into_iter());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let job = next.lock().expect("no panic before").next();
                    let Some((seed, options)) = job else { break };
                    let web = Web::generate(&options);
                    let lists = trial::lists(&web);
                    let mut records = trial::records(&web, &lists);
                    Noise { seed, ..NOISE[1].1 }.disturb(&web.truth, &mut records);
                    let mut builder = Builder::new(&lists);
                    records.iter().for_each(|r| builder.add(r));
                    for (i, bits) in BITS.into_iter().enumerate() {
                        let trial = trial::judge(&web, &builder.clone().build_at(bits));
                        rows.lock().expect("no panic before")[i].add(&trial);
                    }
                }
            });
        }
    });
    println!(
        "| threshold, bits | webs | B-cubed P (worst) | B-cubed R (worst) | merges | splits |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    for (row, bits) in rows
        .into_inner()
        .expect("threads have ended")
        .iter()
        .zip(BITS)
    {
        let n = f64::from(row.webs);
        println!(
            "| {bits} | {} | {:.3} ({:.3}) | {:.3} ({:.3}) | {} | {} |",
            row.webs,
            row.precision / n,
            row.worst.0,
            row.recall / n,
            row.worst.1,
            row.merged,
            row.split
        );
    }
}

/// Shapes that are made to cost: seconds each.
fn hostile() {
    println!("| shape | sites | networks | graph, s |");
    println!("| --- | --- | --- | --- |");
    let mill = Mill::new();
    let run = |what: &str, records: &mut dyn Iterator<Item = Record>| {
        let mut builder = Builder::new(&Lists::built_in());
        records.for_each(|r| builder.add(&r));
        let start = Instant::now();
        let graph = builder.build();
        let verdicts: f64 = (0..graph.numbers.len().min(1000) as u32)
            .map(|n| graph.verdict(n).score)
            .sum();
        let seconds = start.elapsed().as_secs_f64();
        assert!(verdicts >= 0.0);
        println!(
            "| {what} | {} | {} | {seconds:.2} |",
            graph.sites.len(),
            graph.networks.len()
        );
    };
    let hot = |site: String| mill.bare(site, true);
    run(
        "one number on 100,000 sites",
        &mut (0..100_000).map(|i| {
            let mut record = hot(format!("s{i}.example"));
            record.numbers = vec![mill.number("4001112222".into(), 8)];
            record.brands = vec![mill.brand(format!("牌{}", i % 500))];
            record
        }),
    );
    run(
        "a million numbers on one site",
        &mut (0..1_000_000).map(|i| {
            let mut record = hot("s.example".into());
            record.url = format!("http://s.example/{i}");
            record.numbers = vec![mill.number(format!("400{i:07}"), 8)];
            record
        }),
    );
    run(
        "one line on 100,000 sites of as many numbers",
        &mut (0..100_000).map(|i| {
            let mut record = hot(format!("s{i}.example"));
            record.numbers = vec![mill.number(format!("400{i:07}"), 8)];
            record.prints.lines = (0..64).collect();
            record
        }),
    );
    run(
        "one account on 100,000 sites of as many numbers",
        &mut (0..100_000).map(|i| {
            let mut record = hot(format!("s{i}.example"));
            record.numbers = vec![mill.number(format!("400{i:07}"), 8)];
            record.identifiers.trackers = vec![Tracker {
                kind: "baidu-tongji".into(),
                id: "a".repeat(32),
            }];
            record
        }),
    );
    run(
        "no hotline pages",
        &mut (0..100_000).map(|i| {
            let mut record = mill.bare(format!("s{i}.example"), false);
            record.numbers = vec![mill.number(format!("400{:07}", i % 100), 8)];
            record
        }),
    );
    run(
        "one page",
        &mut std::iter::once_with(|| hot("s.example".into())),
    );
}
