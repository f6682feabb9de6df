//! Which candidates are queued: each URL once, and no more of a host or domain than its budget.

use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

use super::State;
use crate::error::Result;
use crate::hashed;
use crate::site::registrable_domain;
use crate::store::queue::{lane_of, origin_of};
use crate::store::{Candidate, Change, Queued, Store};

/// URLs that one host, and one registrable domain, may queue in the life of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budgets {
    pub host: u32,
    pub domain: u32,
}

impl Default for Budgets {
    fn default() -> Self {
        Budgets {
            host: u32::MAX,
            domain: u32::MAX,
        }
    }
}

/// What became of a list of candidates.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Admitted {
    /// Those that were new, queued now.
    pub new: Vec<Queued>,
    /// How many others were new, but beyond the budget of their host or domain.
    pub over_budget: u64,
}

impl State {
    /// Queues the candidates that were never seen, as far as budgets go.
    pub(super) fn admit(
        &mut self,
        candidates: Vec<Vec<Candidate>>,
        change: &mut Change,
        admitted: &mut Vec<Admitted>,
    ) -> Result<()> {
        let mut fresh = HashSet::new();
        for list in candidates {
            let mut result = Admitted::default();
            for candidate in list {
                let key = candidate.canonical.key();
                if fresh.contains(&key) || self.store.knows(&key)? {
                    continue;
                }
                let lane = lane_of(&candidate.url);
                if !self.within_budgets(lane, &candidate.url, change)? {
                    result.over_budget += 1;
                    continue;
                }
                fresh.insert(key);
                let queued = Queued {
                    seq: change.meta.next_seq,
                    lane,
                    url: candidate.url,
                    depth: candidate.depth,
                    redirects: candidate.redirects,
                };
                change.meta.next_seq += 1;
                change.meta.queued += 1;
                change.seen.push(key);
                change.pending.push(queued.clone());
                result.new.push(queued);
            }
            admitted.push(result);
        }
        change.admitted.sort_unstable();
        change.admitted.dedup_by(|later, first| {
            // Of a host that passed several marks the highest counts.
            let same = later.0 == first.0;
            if same {
                first.1 = later.1;
            }
            same
        });
        Ok(())
    }

    /// Takes one from the budgets of host and domain, if both have one left.
    fn within_budgets(&mut self, lane: u64, url: &str, change: &mut Change) -> Result<bool> {
        let domain = domain_of(url);
        let host = self.spent.count(lane, &self.store)?;
        let Budgets {
            host: most,
            domain: most_of_domain,
        } = self.budgets;
        if host >= most || self.spent.count(domain, &self.store)? >= most_of_domain {
            return Ok(false);
        }
        for (of, most) in [(lane, most), (domain, most_of_domain)] {
            let count = self.spent.add(of);
            if count.is_multiple_of((most / MARKS).max(1)) {
                change.admitted.push((of, count));
            }
        }
        Ok(true)
    }
}

/// A count is made durable at each of so many parts of its budget: a restart forgets less than
/// one of them, and a large queue is not written twice.
const MARKS: u32 = 256;
/// Counts in memory; beyond it they are read from the store again.
const MAX_COUNTS: usize = 500_000;

/// URLs admitted of hosts and domains.
#[derive(Default)]
pub(super) struct Spent(hashed::Map<u32>);

impl Spent {
    fn add(&mut self, of: u64) -> u32 {
        let count = self.0.entry(of).or_default();
        *count += 1;
        *count
    }

    fn count(&mut self, of: u64, store: &Store) -> Result<u32> {
        if let Some(count) = self.0.get(&of) {
            return Ok(*count);
        }
        if self.0.len() >= MAX_COUNTS {
            self.0.clear();
        }
        let count = store.admitted(of)?;
        self.0.insert(of, count);
        Ok(count)
    }
}

/// Hash of the registrable domain of an address, or of its IP address. Not that of any lane.
fn domain_of(url: &str) -> u64 {
    let host = origin_of(url).and_then(|o| Some(o.split_once("://")?.1));
    let host = host.unwrap_or_default();
    let port = host.rfind(':').filter(|at| !host[*at..].contains(']'));
    let host = &host[..port.unwrap_or(host.len())];
    let name = match host.ends_with(|c: char| c.is_ascii_digit() || c == ']') {
        true => host,
        false => registrable_domain(host.trim_end_matches('.')),
    };
    xxh3_64(name.as_bytes())
}
