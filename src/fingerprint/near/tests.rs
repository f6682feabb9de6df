//! The index beside a linear scan.

use proptest::prelude::*;

use super::*;

fn brute(codes: &[u64], query: u64, within: u32) -> Vec<Near> {
    let mut all: Vec<Near> = codes
        .iter()
        .map(|code| Near {
            distance: (code ^ query).count_ones(),
            code: *code,
        })
        .filter(|near| near.distance <= within)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A small generator of numbers, so that sets of thousands of codes shrink to one seed.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        xxhash_rust::xxh3::xxh3_64(&self.0.to_le_bytes())
    }

    fn flip(&mut self, code: u64, bits: u64) -> u64 {
        (0..bits).fold(code, |code, _| code ^ 1 << (self.next() % 64))
    }
}

#[derive(Debug, Clone, Copy)]
enum Shaped {
    Uniform,
    /// Around centres, with up to so many errors.
    Clustered(u64, u64),
    /// All bits of a mask are the same everywhere.
    Sharing(u64),
    /// One code, and some others.
    Identical,
    /// 0, 1, 2, …
    Counting,
}

fn codes(shaped: Shaped, count: usize, seed: u64) -> Vec<u64> {
    let mut numbers = Numbers(seed);
    let constant = numbers.next();
    (0..count as u64)
        .map(|i| match shaped {
            Shaped::Uniform => numbers.next(),
            Shaped::Clustered(centres, errors) => {
                let centre = Numbers(seed ^ (numbers.next() % centres)).next();
                let errors = numbers.next() % (errors + 1);
                numbers.flip(centre, errors)
            }
            Shaped::Sharing(mask) => numbers.next() & !mask | constant & mask,
            Shaped::Identical if i % 8 != 0 => constant,
            Shaped::Identical => numbers.next(),
            Shaped::Counting => i,
        })
        .chain([0, 0, u64::MAX, 1, u64::MAX - 1])
        .collect()
}

fn shapes() -> impl Strategy<Value = Shaped> {
    prop_oneof![
        Just(Shaped::Uniform),
        (1..40u64, 1..12u64).prop_map(|(c, e)| Shaped::Clustered(c, e)),
        any::<u64>().prop_map(Shaped::Sharing),
        Just(Shaped::Sharing(0xffff_ffff_0000_0000)),
        Just(Shaped::Sharing(0x0000_0000_ffff_fff0)),
        Just(Shaped::Sharing(0xffff_0000_ffff_0000)),
        Just(Shaped::Identical),
        Just(Shaped::Counting),
    ]
}

/// Queries that hit: codes of the set with errors, and some others.
fn queries(codes: &[u64], seed: u64) -> Vec<u64> {
    let mut numbers = Numbers(seed ^ 1);
    let mut queries: Vec<u64> = (0..24)
        .map(|errors| {
            let code = codes[numbers.next() as usize % codes.len()];
            numbers.flip(code, errors % 10)
        })
        .collect();
    queries.extend([0, u64::MAX, numbers.next()]);
    queries
}

fn agrees(codes: &[u64], seed: u64) -> std::result::Result<(), TestCaseError> {
    let index = Index::build(codes).unwrap();
    let queries = queries(codes, seed);
    for within in 0..=MAX_DISTANCE {
        let mut together = vec![Vec::new(); queries.len()];
        index.search(&queries, within, |i, near| together[i].push(near));
        for (query, mut found) in queries.iter().zip(together) {
            found.sort_unstable();
            let wanted = brute(codes, *query, within);
            prop_assert_eq!(&found, &wanted, "{:016x} within {}", query, within);
            prop_assert_eq!(&index.near(*query, within), &wanted);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn near_is_what_a_linear_scan_finds(
        shaped in shapes(),
        count in prop_oneof![0..40usize, 1500..12_000usize],
        seed: u64,
    ) {
        agrees(&codes(shaped, count, seed), seed)?;
    }

    #[test]
    fn pairs_are_what_brute_force_finds(
        shaped in shapes(),
        count in prop_oneof![0..40usize, 2100..2600usize],
        seed: u64,
        within in 0..=MAX_DISTANCE,
    ) {
        let codes = codes(shaped, count, seed);
        let mut found = Vec::new();
        Index::build(&codes).unwrap().pairs(within, |a, b| found.push((a, b)));
        found.sort_unstable();
        let mut distinct = codes;
        distinct.sort_unstable();
        distinct.dedup();
        let mut wanted = Vec::new();
        for (i, a) in distinct.iter().enumerate() {
            wanted.extend(brute(&distinct[i + 1..], *a, within).into_iter().map(|b| (*a, b)));
        }
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(
        shaped in shapes(),
        count in prop_oneof![0..40usize, 2100..4000usize],
        seed: u64,
    ) {
        let one = codes(shaped, count, seed);
        let order: Vec<usize> = {
            let mut numbers = Numbers(seed ^ 7);
            let mut order: Vec<(u64, usize)> = (0..one.len()).map(|i| (numbers.next(), i)).collect();
            order.sort_unstable();
            order.into_iter().map(|(_, i)| i).collect()
        };
        let other: Vec<u64> = order.iter().map(|&i| one[i]).collect();
        let (a, b) = (Index::build(&one).unwrap(), Index::build(&other).unwrap());
        prop_assert_eq!(a.distinct(), b.distinct());
        let mut visited = 0;
        a.each_code(|_| visited += 1);
        prop_assert_eq!(visited, a.distinct());
        for query in queries(&one, seed) {
            prop_assert_eq!(a.near(query, 3), b.near(query, 3));
            // The same inputs, under their other positions.
            let mut there: Vec<u32> =
                b.positions(query).iter().map(|&p| order[p as usize] as u32).collect();
            there.sort_unstable();
            prop_assert_eq!(a.positions(query), there);
            let held: Vec<u32> = (0..).zip(&one).filter(|(_, c)| **c == query).map(|(i, _)| i).collect();
            prop_assert_eq!(a.positions(query), held);
        }
    }
}

#[test]
fn crowded_buckets_are_exact_too() {
    // More codes in one bucket than are compared one by one, in one half and in both.
    for (seed, shaped) in [
        Shaped::Sharing(0xffff_ffff_0000_0000),
        Shaped::Sharing(0x0000_0000_ffff_ffff),
        Shaped::Sharing(0xffff_f000_ffff_f000),
        Shaped::Sharing(0xfff0_00ff_0fff_f000),
        Shaped::Clustered(2, 6),
        Shaped::Counting,
    ]
    .into_iter()
    .enumerate()
    {
        agrees(&codes(shaped, 60_000, seed as u64), seed as u64).unwrap();
    }
}

#[test]
fn a_sweep_of_any_table_finds_all() {
    for (seed, shaped) in [Shaped::Uniform, Shaped::Sharing(0xffff_ffff_0000_0000)]
        .into_iter()
        .enumerate()
    {
        let codes = codes(shaped, 6_000, seed as u64);
        let index = Index::build(&codes).unwrap();
        let Codes::Many(many) = &index.codes else {
            panic!("many codes are in tables");
        };
        for query in queries(&codes, seed as u64) {
            for within in [0, 1, 3, 5, MAX_DISTANCE] {
                let wanted = brute(&codes, query, within);
                for table in &many.tables {
                    let mut found = Vec::new();
                    table.sweep(query, within, &mut |near| found.push(near));
                    found.sort_unstable();
                    assert_eq!(found, wanted, "{query:016x} within {within}");
                }
            }
        }
    }
}

#[test]
fn every_width_of_block_is_exact() {
    for widths in [[8, 8, 8], [9, 9, 9], [10, 10, 10], [11, 11, 10]] {
        for t in 0..6 {
            let shape = Shape::new(t / 3, t as usize % 3, widths);
            let mut numbers = Numbers(u64::from(t));
            for _ in 0..100 {
                let (a, b) = (numbers.next(), numbers.next());
                assert_eq!(shape.code(shape.key(a)), a);
                let differs = shape.key(a) ^ shape.key(b);
                assert_eq!(differs.count_ones(), (a ^ b).count_ones());
            }
        }
    }
}
