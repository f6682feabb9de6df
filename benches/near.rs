//! Measures lookups of all codes within a Hamming distance, on one core, beside the `mih-rs`
//! crate and a linear scan, in one run.
//!
//! `cargo bench --bench near -- 1000000 10000000` sets the numbers of codes (these by default);
//! a set's name among the arguments (`uniform`, `clustered`, `crowded`, `half`) leaves out the
//! others, `alone` leaves out the two for comparison, `distances` measures every distance, `pairs`
//! all pairs within three bits.
//!
//! Every second query is a stored code with up to four errors, the others are new draws from the
//! same distribution. An answer is the positions of the codes found, as `mih-rs` gives them; all
//! three must find the same number of them.

use std::hint::black_box;
use std::time::Instant;

use partyline::fingerprint::near::{Index, MAX_DISTANCE};

/// The program's own allocator.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Queries of the measured runs.
const QUERIES: usize = 200_000;
/// Queries on which the linear scan is measured and all three are compared.
const LINEAR: usize = 40;

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn flip(&mut self, code: u64, bits: u64) -> u64 {
        (0..bits).fold(code, |code, _| code ^ 1 << (self.next() % 64))
    }
}

/// How codes are spread.
#[derive(Clone, Copy)]
struct Spread {
    name: &'static str,
    draw: fn(&mut Numbers, usize) -> u64,
}

const SPREADS: [Spread; 4] = [
    Spread {
        name: "uniform",
        draw: |n, _| n.next(),
    },
    // A hundred codes around each centre, up to twelve errors from it.
    Spread {
        name: "clustered",
        draw: |n, count| {
            let centre = Numbers(n.next() % (count as u64 / 100)).next();
            let errors = n.next() % 13;
            n.flip(centre, errors)
        },
    },
    // Half of all codes share their first sixteen bits, and sixteen bits of the other half.
    Spread {
        name: "crowded",
        draw: |n, _| match n.next() & 1 {
            0 => n.next() & 0x0000_ffff_ffff_0000 | 0xabcd_0000_0000_1234,
            _ => n.next(),
        },
    },
    // All codes share one half.
    Spread {
        name: "half",
        draw: |n, _| n.next() & 0xffff_ffff | 0xabcd_ef01 << 32,
    },
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|a| a == name);
    let mut counts: Vec<usize> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    if counts.is_empty() {
        counts = vec![1_000_000, 10_000_000];
    }
    let named = SPREADS.iter().any(|s| has(s.name));
    println!(
        "{:<10} {:>11} {:>2} {:>12} {:>12} {:>9} {:>8} {:>10} {:>8} {:>8}",
        "codes",
        "of them",
        "k",
        "lookups/s",
        "mih-rs",
        "linear",
        "found",
        "bytes/code",
        "build s",
        "mih-rs"
    );
    for spread in SPREADS.iter().filter(|s| !named || has(s.name)) {
        for &count in &counts {
            run(spread, count, &has);
        }
    }
}

fn run(spread: &Spread, count: usize, has: &dyn Fn(&str) -> bool) {
    let alone = has("alone");
    let mut numbers = Numbers(count as u64);
    let codes: Vec<u64> = (0..count)
        .map(|_| (spread.draw)(&mut numbers, count))
        .collect();
    let queries: Vec<u64> = (0..QUERIES)
        .map(|i| match i % 2 {
            0 => {
                let code = codes[numbers.next() as usize % count];
                let errors = numbers.next() % 5;
                numbers.flip(code, errors)
            }
            _ => (spread.draw)(&mut numbers, count),
        })
        .collect();
    let start = Instant::now();
    let index = Index::build(&codes).expect("fewer than 2^32 codes");
    let build = start.elapsed().as_secs_f64();
    let copy = if alone { Vec::new() } else { codes.clone() };
    let start = Instant::now();
    let peer = (!alone).then(|| mih_rs::Index::new(copy).expect("codes"));
    let peer_build = start.elapsed().as_secs_f64();
    if has("pairs") {
        let (start, mut pairs) = (Instant::now(), 0u64);
        index.pairs(3, |_, _| pairs += 1);
        let seconds = start.elapsed().as_secs_f64();
        println!(
            "{:<10} {count:>11}  {pairs} pairs within 3 bits in {seconds:.2} s",
            spread.name
        );
    }
    let all = if has("distances") {
        0..=MAX_DISTANCE
    } else {
        3..=3
    };
    for within in all {
        let (rate, found) = ours(&index, &queries, within);
        let peer_rate = peer.as_ref().map_or(0.0, |peer| {
            let mut searcher = peer.range_searcher();
            rate_of(&queries, |query| {
                black_box(searcher.run(query, within as usize)).len()
            })
        });
        let linear = if alone {
            0.0
        } else {
            let some = &queries[..LINEAR];
            let scan = |query: u64| -> usize {
                codes
                    .iter()
                    .filter(|code| (*code ^ query).count_ones() <= within)
                    .count()
            };
            let start = Instant::now();
            let wanted: usize = some.iter().map(|q| scan(*q)).sum();
            let rate = LINEAR as f64 / start.elapsed().as_secs_f64();
            assert_eq!(count_found(&index, some, within), wanted);
            if let Some(peer) = &peer {
                let mut searcher = peer.range_searcher();
                let theirs: usize = some
                    .iter()
                    .map(|q| searcher.run(*q, within as usize).len())
                    .sum();
                assert_eq!(theirs, wanted);
            }
            rate
        };
        println!(
            "{:<10} {count:>11} {within:>2} {rate:>12.0} {peer_rate:>12.0} {linear:>9.1} {found:>8.2} {:>10.1} {build:>8.2} {peer_build:>8.2}",
            spread.name,
            index.bytes() as f64 / count as f64,
        );
    }
}

fn count_found(index: &Index, queries: &[u64], within: u32) -> usize {
    let mut found = 0;
    index.search_inputs(queries, within, |_, _, inputs| {
        found += black_box(inputs).len();
    });
    found
}

/// Lookups a second, and positions found a lookup.
fn ours(index: &Index, queries: &[u64], within: u32) -> (f64, f64) {
    let (mut best, mut mean) = (0.0f64, 0.0);
    for _ in 0..3 {
        let (start, mut done, mut found) = (Instant::now(), 0, 0);
        for some in queries.chunks(1000) {
            found += black_box(count_found(index, some, within));
            done += some.len();
            if start.elapsed().as_secs_f64() > 1.0 {
                break;
            }
        }
        best = best.max(done as f64 / start.elapsed().as_secs_f64());
        mean = found as f64 / done as f64;
    }
    (best, mean)
}

/// Lookups a second, one by one.
fn rate_of(queries: &[u64], mut lookup: impl FnMut(u64) -> usize) -> f64 {
    let mut best = 0.0f64;
    for _ in 0..3 {
        let (start, mut done) = (Instant::now(), 0);
        for query in queries {
            black_box(lookup(*query));
            done += 1;
            if (done % 64 == 0 || done < 64) && start.elapsed().as_secs_f64() > 1.0 {
                break;
            }
        }
        best = best.max(f64::from(done) / start.elapsed().as_secs_f64());
    }
    best
}
