//! What the scheduler knows of origins, domains and IP addresses.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;

use crate::crawl::politeness::Micros;
use crate::crawl::progress::Failure;
use crate::crawl::robots::Robots;

use super::folders::Folders;
use super::{Entry, Look, focus, learn};

/// Numbers of origins, domains and addresses that are free.
#[derive(Debug, Default)]
pub(super) struct Spare {
    pub origins: Vec<u32>,
    pub domains: Vec<u32>,
    pub ips: Vec<u32>,
}

/// Scheme, host and port.
#[derive(Debug, Default)]
pub(super) struct Origin {
    /// Its place in the store.
    pub lane: u64,
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
    /// Pages asked for, and those that brought something or nothing.
    pub asked: u32,
    pub heard: u32,
    /// How its last page looked.
    pub look: Option<Look>,
    /// A path that nobody links to was asked for; it brought a page like the others.
    pub probed: bool,
    pub any_path: bool,
    /// The same of its folders.
    pub folders: Option<Box<Folders>>,
    pub rules: Rules,
    pub robots_tries: u8,
    /// Its address or robots.txt is being asked for: no page meanwhile.
    pub busy: bool,
    pub place: Place,
    pub given_up: Option<Failure>,
    /// Every waiting URL before this sequence was taken in.
    pub taken: u64,
    /// Behind the last URL that was pushed.
    pub pushed: u64,
    /// The store was seen to hold more than what was taken in, or was not looked into yet.
    pub more: bool,
    /// A [`super::Next::Load`] is wanted or under way, issued when `pushed` was this.
    pub loading: Option<u64>,
    /// Its note in the store was not read yet: no request before.
    pub unread: bool,
    /// Stands in the list of those without anything to do.
    pub idle: bool,
    /// Stands in the list of those whose note is out of date.
    pub unnoted: bool,
}

impl Origin {
    /// Something waits for it that may go now; `expected`: a visit of another origin, which does
    /// not wait for this one's rules.
    pub fn has_turn(&self, expected: bool) -> bool {
        expected || (!self.queue.is_empty() && !self.busy)
    }

    /// The store holds URLs of it that are not here.
    pub fn spilled(&self) -> bool {
        self.more || self.pushed > self.taken
    }
}

/// What is known of the host's address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Address {
    #[default]
    Unknown,
    Known(u32),
}

#[derive(Debug, Default)]
pub(super) enum Rules {
    #[default]
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Place {
    #[default]
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
    pub name: Box<str>,
    /// Origins in memory.
    pub origins: u32,
    pub next_at: Micros,
    pub running: u32,
    /// Origins that may go now, and those that may go later, by time.
    pub ready: VecDeque<u32>,
    pub later: BinaryHeap<Reverse<(Micros, u32)>>,
    /// Its entry among the timers, or among those that may go: rank and turn.
    pub timer: Option<(Micros, u64)>,
    pub due: Option<(u64, u64)>,
    /// Some page links to it.
    pub linked: bool,
    pub record: focus::Record,
    pub sample: Option<learn::Sample>,
    /// Pages in a row that showed nothing but a network known well.
    pub sated: u8,
}

/// An IP address.
#[derive(Debug, Default)]
pub(super) struct Ip {
    pub ip: Option<IpAddr>,
    /// Origins in memory.
    pub origins: u32,
    pub next_at: Micros,
    pub running: u32,
    /// Origins that wait for it, in turn.
    pub waiting: VecDeque<u32>,
    pub timer: Option<Micros>,
}
