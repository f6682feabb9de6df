//! Which candidates are queued: each URL once, and no more of a host or domain than its budget.

use std::collections::{HashMap, HashSet};

use xxhash_rust::xxh3::xxh3_64;

use super::State;
use crate::error::Result;
use crate::site::registrable_domain;
use crate::store::queue::{lane_of, origin_of};
use crate::store::{Candidate, Change, Queued};

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
        &self,
        candidates: Vec<Vec<Candidate>>,
        change: &mut Change,
        admitted: &mut Vec<Admitted>,
    ) -> Result<()> {
        let mut fresh = HashSet::new();
        let mut spent = Spent::default();
        for list in candidates {
            let mut result = Admitted::default();
            for candidate in list {
                let key = candidate.canonical.key();
                if fresh.contains(&key) || self.store.knows(&key)? {
                    continue;
                }
                let lane = lane_of(&candidate.url);
                if !spent.take(lane, &candidate.url, self)? {
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
        change.admitted = spent.0.into_iter().collect();
        change.admitted.sort_unstable();
        Ok(())
    }
}

/// Counts of the hosts and domains that a commit touches.
#[derive(Default)]
struct Spent(HashMap<u64, u32>);

impl Spent {
    /// Takes one from the budgets of host and domain, if both have one left.
    fn take(&mut self, lane: u64, url: &str, state: &State) -> Result<bool> {
        let domain = domain_of(url);
        let host = self.count(lane, state)?;
        if host >= state.budgets.host || self.count(domain, state)? >= state.budgets.domain {
            return Ok(false);
        }
        for of in [lane, domain] {
            *self.0.entry(of).or_default() += 1;
        }
        Ok(true)
    }

    fn count(&mut self, of: u64, state: &State) -> Result<u32> {
        if let Some(count) = self.0.get(&of) {
            return Ok(*count);
        }
        let count = state.store.admitted(of)?;
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
