//! Tells dead hosts from a dead network of our own.
//!
//! A host that cannot be reached fails for good, and its URLs count as done. Where nothing at all
//! can be reached that would work off the whole queue without one page. So such failures are
//! *withheld* until any host answers, which proves the network; where none does, and the hosts
//! that answered before cannot be connected to either, the run stops and its URLs stay queued.
//!
//! Without an answer in the whole run there is nothing to compare with: then one or two hosts
//! have failed by themselves, and from [`FEW`] on it is the network. A list of nothing but dead
//! hosts reads as a dead network.

use std::collections::{HashSet, VecDeque};

use xxhash_rust::xxh3::xxh3_64;

use crate::store::Queued;

use super::progress::Failure;

/// So many different hosts that failed in a row, while others may still answer, raise suspicion…
pub const MANY: usize = 20;
/// …or so many URLs withheld.
pub const MAX_WITHHELD: usize = 10_000;
/// So many different hosts, at the end of a run without any answer, are a dead network.
pub const FEW: usize = 3;
/// Origins kept to be tried when there is a suspicion.
const WITNESSES: usize = 4;

/// What to do about the failures withheld.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suspicion {
    /// Nothing, or nothing yet.
    None,
    /// They are failures of the hosts: report them.
    Hosts,
    /// See whether any of these origins takes connections (with a proxy: whether the proxy
    /// does), then call [`Outage::tried`].
    Try(Vec<String>),
    /// The network is down.
    Network,
}

/// A URL that brought no page, and why.
pub type Failed = (Queued, Failure);

/// See the module's page. Pure.
#[derive(Debug, Default)]
pub struct Outage {
    proxied: bool,
    withheld: Vec<Failed>,
    /// Hosts among these, by hash.
    hosts: HashSet<u64>,
    /// Origins that answered, the latest last.
    witnesses: VecDeque<String>,
    trying: bool,
    down: bool,
}

impl Outage {
    pub fn new(proxied: bool) -> Self {
        Outage {
            proxied,
            ..Outage::default()
        }
    }

    /// Takes a failure in, where it may be the network's; gives it back where it is not.
    pub fn withhold(&mut self, origin: &str, task: Queued, why: Failure) -> Option<Failed> {
        match why {
            Failure::Dns | Failure::Connect | Failure::Proxy => {
                let host = origin.split_once("://").map_or(origin, |(_, host)| host);
                self.hosts.insert(xxh3_64(host.as_bytes()));
            }
            // What waited for a host that was given up shares its lot.
            Failure::GivenUp if !self.withheld.is_empty() => {}
            _ => return Some((task, why)),
        }
        self.withheld.push((task, why));
        None
    }

    /// The origin answered, so the network works: gives back what was withheld.
    pub fn answered(&mut self, origin: &str) -> Vec<Failed> {
        if self.witnesses.back().is_none_or(|last| last != origin) {
            self.witnesses.retain(|known| known != origin);
            if self.witnesses.len() >= WITNESSES {
                self.witnesses.pop_front();
            }
            self.witnesses.push_back(origin.to_owned());
        }
        self.release()
    }

    /// The answer to [`Suspicion::Try`]: gives back what was withheld where it went well.
    pub fn tried(&mut self, connected: bool) -> Vec<Failed> {
        self.trying = false;
        self.down = !connected;
        if connected {
            self.release()
        } else {
            Vec::new()
        }
    }

    /// Gives back what was withheld.
    pub fn release(&mut self) -> Vec<Failed> {
        self.down = false;
        self.hosts.clear();
        std::mem::take(&mut self.withheld)
    }

    /// Judges what is withheld. `idle`: nothing else is left to do in the run.
    pub fn suspicion(&mut self, idle: bool) -> Suspicion {
        let many = self.hosts.len() >= MANY || self.withheld.len() >= MAX_WITHHELD;
        if self.withheld.is_empty() || self.trying || !(idle || many) {
            return Suspicion::None;
        }
        if self.down {
            return Suspicion::Network;
        }
        if self.proxied || !self.witnesses.is_empty() {
            self.trying = true;
            return Suspicion::Try(self.witnesses.iter().rev().cloned().collect());
        }
        if self.hosts.len() >= FEW {
            Suspicion::Network
        } else {
            Suspicion::Hosts
        }
    }

    /// Nothing is withheld.
    pub fn is_clear(&self) -> bool {
        self.withheld.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(seq: u64) -> Queued {
        Queued {
            seq,
            lane: 0,
            url: format!("http://h{seq}.cn/"),
            depth: 0,
            redirects: 0,
        }
    }

    fn fail(outage: &mut Outage, seq: u64, why: Failure) -> bool {
        let origin = format!("http://h{seq}.cn");
        outage.withhold(&origin, task(seq), why).is_none()
    }

    #[test]
    fn a_host_alone_has_failed_by_itself() {
        let mut outage = Outage::default();
        assert!(fail(&mut outage, 1, Failure::Dns));
        assert!(fail(&mut outage, 1, Failure::GivenUp));
        assert_eq!(outage.suspicion(false), Suspicion::None);
        assert_eq!(outage.suspicion(true), Suspicion::Hosts);
        assert_eq!(outage.release().len(), 2);
        assert!(outage.is_clear());
        assert_eq!(outage.suspicion(true), Suspicion::None);
    }

    #[test]
    fn without_an_answer_several_hosts_are_the_network() {
        let mut outage = Outage::default();
        for seq in 0..FEW as u64 {
            fail(&mut outage, seq, Failure::Connect);
        }
        assert_eq!(outage.suspicion(false), Suspicion::None);
        assert_eq!(outage.suspicion(true), Suspicion::Network);
        for seq in 0..MANY as u64 {
            fail(&mut outage, seq, Failure::Dns);
        }
        assert_eq!(outage.suspicion(false), Suspicion::Network);
    }

    #[test]
    fn an_answer_clears_those_that_failed() {
        let mut outage = Outage::default();
        assert!(!fail(&mut outage, 1, Failure::Status(404)));
        assert!(!fail(&mut outage, 1, Failure::GivenUp));
        assert!(fail(&mut outage, 1, Failure::Dns));
        assert!(fail(&mut outage, 2, Failure::Connect));
        assert_eq!(outage.answered("http://good.cn").len(), 2);
        assert!(outage.is_clear());
    }

    #[test]
    fn hosts_that_answered_before_are_the_witnesses() {
        let mut outage = Outage::default();
        for i in [1, 2, 3, 4, 5, 3] {
            outage.answered(&format!("http://good{i}.cn"));
        }
        fail(&mut outage, 1, Failure::Dns);
        let expected = [3, 5, 4, 2].map(|i| format!("http://good{i}.cn")).to_vec();
        assert_eq!(outage.suspicion(true), Suspicion::Try(expected));
        assert_eq!(outage.suspicion(true), Suspicion::None, "once at a time");
        assert_eq!(outage.tried(true).len(), 1);
        fail(&mut outage, 2, Failure::Dns);
        assert!(matches!(outage.suspicion(true), Suspicion::Try(_)));
        assert!(outage.tried(false).is_empty());
        assert_eq!(outage.suspicion(true), Suspicion::Network);
        assert_eq!(outage.answered("http://late.cn").len(), 1);
        assert_eq!(outage.suspicion(true), Suspicion::None);
    }
}
