//! Measures the graph: how well networks and verdicts fit webs whose truth is known, and how
//! time and memory grow with the number of sites.
//!
//! `cargo bench --bench graph -- quality [SEEDS]`

#[path = "support/mod.rs"]
mod support;

use std::sync::Mutex;

use partyline::demo::trial::{self, Noise, Trial};
use partyline::demo::{Options, Web, judge};

fn main() {
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let part = args.first().map_or("all", String::as_str);
    let count = args.get(1).and_then(|n| n.parse().ok());
    if matches!(part, "all" | "quality") {
        let first = args.get(2).and_then(|n| n.parse().ok()).unwrap_or(1000);
        quality(first, count.unwrap_or(20));
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
        self.merged += j.merged.len();
        self.split += j.split.len();
        self.auc.extend(judge::auc(&trial.scores));
        self.accused += trial.accused.len();
        self.spared += trial.spared.len();
    }
}

fn quality(first: u64, seeds: u64) {
    println!(
        "| web | noise | webs | B-cubed P (worst) | B-cubed R (worst) | innocents | merges | splits | AUC (worst) | accused | spared |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let verbose = std::env::var_os("VERBOSE").is_some();
    for (name, options) in Options::settings()
        .into_iter()
        .filter(|s| std::env::var("ONLY").map_or(true, |o| s.0.starts_with(&o)))
    {
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
                        for (i, (noise_name, noise)) in NOISE.iter().enumerate() {
                            let mut records = records.clone();
                            Noise { seed, ..*noise }.disturb(&web.truth, &mut records);
                            let graph = trial::graph(&lists, &records);
                            let trial = trial::judge(&web, &graph);
                            if verbose {
                                explain(
                                    &format!("{name}/{noise_name}/{seed}"),
                                    &web,
                                    &graph,
                                    &trial,
                                );
                            }
                            rows.lock().expect("no panic before")[i].add(&trial);
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
        }
    }
}

fn explain(what: &str, web: &Web, graph: &partyline::graph::Graph, trial: &Trial) {
    let j = &trial.judgement;
    for (site, class) in &j.innocents {
        let n = graph.sites[graph.site(site).unwrap() as usize]
            .network
            .unwrap();
        eprintln!(
            "{what} innocent {site} {class:?} in {} of {} sites",
            graph.networks[n as usize].id,
            graph.networks[n as usize].sites.len()
        );
    }
    for m in &j.merged {
        eprintln!("{what} merged {m:?}");
        let n = &graph.networks[graph.network(&m.network).unwrap() as usize];
        for o in m.operators.keys() {
            eprintln!("    operator {o}: {:?}", web.truth.operator_numbers[*o]);
        }
        for e in n.evidence.iter().take(6) {
            let mut by = std::collections::BTreeMap::new();
            for s in &e.sites {
                *by.entry(web.truth.operator_of.get(graph.site_name(*s)))
                    .or_insert(0) += 1;
            }
            eprintln!("    {:?} {} {} {by:?}", e.kind, e.value, e.bits);
        }
    }
    for s in &j.split {
        eprintln!(
            "{what} split {s:?} {:?}",
            web.truth.operator_numbers[s.operator]
        );
    }
    let mut missed: std::collections::BTreeMap<_, Vec<&str>> = Default::default();
    for s in &j.missed {
        missed.entry(web.truth.operator_of[s]).or_default().push(s);
    }
    for (o, sites) in missed {
        let d: Vec<String> = sites
            .iter()
            .map(|s| {
                let n = &graph.sites[graph.site(s).unwrap() as usize];
                format!(
                    "{s} hot {}/{} nums {:?}",
                    n.hot_pages,
                    n.pages,
                    n.numbers
                        .iter()
                        .map(|x| (graph.digits(x.number), x.own, x.prominent))
                        .collect::<Vec<_>>()
                )
            })
            .collect();
        eprintln!("{what} missed of {o}: {d:?}");
    }
    for n in &trial.accused {
        let i = graph.number(n).unwrap();
        eprintln!(
            "{what} accused {n} {:?} {:?}",
            web.truth.numbers[n],
            graph.verdict(i)
        );
    }
    for n in &trial.spared {
        let i = graph.number(n).unwrap();
        let x = &graph.numbers[i as usize];
        eprintln!(
            "{what} spared {n} {:?} own {} bg {} pass {} list {} brands {} {:?}",
            x.status,
            x.own_sites,
            x.background_sites,
            x.passing_sites,
            x.listing_sites,
            x.brands,
            graph.verdict(i)
        );
    }
}
