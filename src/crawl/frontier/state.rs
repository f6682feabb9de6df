//! What the scheduler knows of origins, domains and IP addresses.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;

use crate::crawl::politeness::Micros;
use crate::crawl::progress::Failure;
use crate::crawl::robots::Robots;

use super::Entry;

/// Scheme, host and port.
#[derive(Debug)]
pub(super) struct Origin {
    /// `http://host:port`
    pub base: Box<str>,
    pub host: Box<str>,
    pub domain: u32,
    pub address: Address,
    pub queue: VecDeque<Entry>,
    /// No request before this time.
    pub next_at: Micros,
    pub running: u16,
    /// Of these, how many hold a slot set apart for hosts that failed.
    pub failing_running: u16,
    /// Failures, and refusals, in a row.
    pub failures: u8,
    pub refusals: u8,
    /// Some request was answered as it should be: what breaks is a page, not the host.
    pub answered: bool,
    pub rules: Rules,
    pub robots_tries: u8,
    /// Its address or robots.txt is being asked for: no page meanwhile.
    pub busy: bool,
    pub place: Place,
    pub given_up: Option<Failure>,
    /// URLs taken in, for the budget.
    pub admitted: u32,
}

/// What is known of the host's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Address {
    Unknown,
    Known(u32),
}

#[derive(Debug)]
pub(super) enum Rules {
    Needed,
    Known {
        /// `None` where everything is allowed.
        rules: Option<Arc<Robots>>,
        until: Micros,
    },
}

impl Rules {
    pub fn size(&self) -> usize {
        match self {
            Rules::Known {
                rules: Some(rules), ..
            } => rules.size(),
            _ => 0,
        }
    }
}

/// Where an origin waits; it is in one place at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Idle,
    /// In its domain's turn.
    Domain,
    /// For its IP address.
    Ip,
    /// For a slot set apart for hosts that failed.
    Failing,
}

/// A registrable domain.
#[derive(Debug, Default)]
pub(super) struct Domain {
    pub next_at: Micros,
    pub running: u32,
    /// Origins that may go now, and those that may go later, by time.
    pub ready: VecDeque<u32>,
    pub later: BinaryHeap<Reverse<(Micros, u32)>>,
    /// Its entry among the timers.
    pub timer: Option<(Micros, u64)>,
    pub admitted: u32,
}

/// An IP address.
#[derive(Debug, Default)]
pub(super) struct Ip {
    pub next_at: Micros,
    pub running: u32,
    /// Origins that wait for it, in turn.
    pub waiting: VecDeque<u32>,
    pub timer: Option<Micros>,
}
