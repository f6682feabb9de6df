//! Which buckets a query looks into, and how many queries go through them in lockstep.

use std::hint::black_box;

use super::table::{LONG, Probe, Table, is_long};
use super::{MAX_DISTANCE, Many, Near};

/// No half is searched with more errors than this: the buckets around grow too many.
pub(super) const MOST_IN_HALF: u32 = 4;
/// Buckets that are in flight at a time.
const IN_FLIGHT: usize = 96;
/// A query with more codes than this in its buckets is planned anew.
const CROWDED: u64 = LONG as u64;
/// What looking into a bucket costs, in codes compared.
const VISIT: u64 = 64;

/// How the errors of a query are divided: each half is searched with an allowance of errors, and
/// one of the halves keeps to it. The allowances of distance `k` add up to `k - 1`.
#[derive(Debug, Clone, Copy)]
struct Plan {
    /// Flips that each table looks into, of those sorted by need.
    flips: [usize; 6],
    /// Errors allowed in each half; `None`: not searched.
    allowed: [Option<u32>; 2],
}

impl Plan {
    fn buckets(&self) -> usize {
        self.flips.iter().sum()
    }
}

/// Plans for every distance, the even division first.
#[derive(Debug)]
pub(super) struct Plans {
    by_distance: Vec<Vec<Plan>>,
    /// For every distance the table that is swept with the least cost, and that cost.
    sweeps: Vec<(u64, usize)>,
}

impl Plans {
    pub fn new(tables: &[Table; 6]) -> Self {
        let plan = |upper: Option<u32>, lower: Option<u32>| {
            let allowed = [upper, lower];
            let count = |t: usize| {
                let flips = &tables[t].flips;
                let within = |most| flips.partition_point(|f| u32::from(f.needs) <= most);
                allowed[t / 3].map_or(0, within)
            };
            Plan {
                flips: std::array::from_fn(count),
                allowed,
            }
        };
        let plans = |k: u32| {
            // In an allowance shifted by one, 0 says that the half is not searched.
            let mut divisions: Vec<(u32, u32)> = (0..=k + 1)
                .map(|upper| (upper, k + 1 - upper))
                .filter(|(u, l)| (*u).max(*l) <= MOST_IN_HALF + 1)
                .collect();
            // The more even, the fewer buckets.
            divisions.sort_by_key(|(u, l)| (u.abs_diff(*l), *l));
            divisions
                .into_iter()
                .map(|(u, l)| plan(u.checked_sub(1), l.checked_sub(1)))
                .collect()
        };
        let crowds = tables.each_ref().map(Table::crowd);
        let sweep = |k| {
            let cost = |t: usize| (tables[t].swept(k) * (VISIT + crowds[t]), t);
            (0..6).map(cost).min().unwrap_or((u64::MAX, 0))
        };
        Plans {
            by_distance: (0..=MAX_DISTANCE).map(plans).collect(),
            sweeps: (0..=MAX_DISTANCE).map(sweep).collect(),
        }
    }
}

/// A bucket on its way.
#[derive(Debug, Clone, Copy)]
struct Visit {
    bucket: u32,
    range: (u32, u32),
    table: u8,
    errors: u8,
    least: u8,
}

impl Many {
    /// See [`super::Index::search`].
    pub fn search(&self, queries: &[u64], within: u32, found: &mut impl FnMut(usize, Near)) {
        let plans = &self.plans.by_distance[within as usize];
        let even = &plans[0];
        let a_query = even.buckets();
        let group = (IN_FLIGHT / a_query).max(1);
        let mut visits: Vec<Visit> = Vec::with_capacity(IN_FLIGHT.max(a_query));
        for (g, queries) in queries.chunks(group).enumerate() {
            visits.clear();
            for query in queries {
                self.visits(*query, even, &mut visits);
            }
            self.bound(&mut visits);
            self.touch(&visits);
            for (i, query) in queries.iter().enumerate() {
                let own = &visits[i * a_query..(i + 1) * a_query];
                let codes: u64 = own.iter().map(|v| u64::from(v.range.1 - v.range.0)).sum();
                let found = &mut |near| found(g * group + i, near);
                if codes <= CROWDED {
                    self.look(*query, within, even, own, found);
                } else {
                    self.look_where_crowded(*query, within, found);
                }
            }
        }
    }

    /// The buckets that a plan looks into, their ranges not read yet.
    fn visits(&self, query: u64, plan: &Plan, visits: &mut Vec<Visit>) {
        for (t, table) in self.tables.iter().enumerate() {
            let prefix = (table.shape.key(query) >> (64 - table.shape.prefix)) as u32;
            let flips = &table.flips[..plan.flips[t]];
            visits.extend(flips.iter().map(|flip| Visit {
                bucket: prefix ^ flip.mask,
                range: (0, 0),
                table: t as u8,
                errors: flip.errors,
                least: flip.least,
            }));
        }
    }

    /// Reads the ranges, nothing else: as many cache misses as the CPU bears overlap.
    fn bound(&self, visits: &mut [Visit]) {
        for visit in visits {
            visit.range = self.tables[usize::from(visit.table)].bucket(visit.bucket);
        }
    }

    /// Reads the ends of the ranges, so that they are in the cache when they are compared.
    fn touch(&self, visits: &[Visit]) {
        black_box(visits.iter().fold(0, |sum, v| {
            sum ^ self.tables[usize::from(v.table)].touch(v.range)
        }));
    }

    fn probe(&self, query: u64, within: u32, plan: &Plan, visit: &Visit) -> Probe {
        let half = usize::from(visit.table / 3);
        let shape = &self.tables[usize::from(visit.table)].shape;
        let errors = u32::from(visit.errors);
        // A plan has visits only to halves that it searches.
        let allowed = plan.allowed[half].unwrap_or(0);
        Probe {
            bucket: visit.bucket,
            rest: shape.key(query) << shape.prefix,
            within,
            errors,
            z: (u32::from(visit.least), allowed - errors),
            others: match half {
                0 => 0,
                _ => plan.allowed[0].map_or(0, |upper| upper + 1),
            },
        }
    }

    /// Compares the codes in the buckets.
    fn look(
        &self,
        query: u64,
        within: u32,
        plan: &Plan,
        visits: &[Visit],
        found: &mut impl FnMut(Near),
    ) {
        for visit in visits.iter().filter(|v| v.range.0 < v.range.1) {
            let probe = self.probe(query, within, plan, visit);
            self.tables[usize::from(visit.table)].search(visit.range, &probe, found);
        }
    }

    /// Divides the errors so that the fewest codes are compared.
    fn look_where_crowded(&self, query: u64, within: u32, found: &mut impl FnMut(Near)) {
        let mut best: Option<(u64, &Plan, Vec<Visit>)> = None;
        let mut buckets = Vec::new();
        for plan in &self.plans.by_distance[within as usize] {
            let least = best.as_ref().map_or(u64::MAX, |(cost, ..)| *cost);
            if plan.buckets() as u64 * VISIT >= least {
                continue;
            }
            buckets.clear();
            self.visits(query, plan, &mut buckets);
            self.bound(&mut buckets);
            let mut visits = Vec::with_capacity(buckets.len());
            for visit in &buckets {
                let table = &self.tables[usize::from(visit.table)];
                if is_long(visit.range) {
                    let parts = table.parts(self.probe(query, within, plan, visit));
                    visits.extend(parts.map(|range| Visit { range, ..*visit }));
                } else {
                    visits.push(*visit);
                }
            }
            let cost = visits
                .iter()
                .map(|v| VISIT + cost(v.range, within - u32::from(v.errors)))
                .sum();
            if cost < least {
                best = Some((cost, plan, visits));
            }
        }
        // Where codes crowd in one half, the tables of the other find them in their own buckets.
        let (sweep, table) = self.plans.sweeps[within as usize];
        if best.as_ref().is_none_or(|(cost, ..)| sweep < *cost) {
            return self.tables[table].sweep(query, within, found);
        }
        if let Some((_, plan, visits)) = best {
            self.touch(&visits);
            self.look(query, within, plan, &visits, found);
        }
    }
}

/// What searching a range costs, in codes compared: a long one is a trie of which the leaves with
/// few enough turns away from the query are read.
fn cost((start, end): (u32, u32), within: u32) -> u64 {
    /// A leaf and the way to it.
    const A_LEAF: u64 = 400;
    let codes = u64::from(end - start);
    if !is_long((start, end)) {
        return codes;
    }
    let depth = u64::from((codes / 128).ilog2() + 1);
    let (mut leaves, mut turns) = (1, 1);
    for i in 0..u64::from(within).min(depth) {
        turns = turns * (depth - i) / (i + 1);
        leaves += turns;
    }
    // Measured: going down to every leaf takes four times as long as comparing straight on.
    (leaves * A_LEAF).min(codes * 4)
}
