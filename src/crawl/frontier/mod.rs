//! The scheduler: which URL to fetch next, and when. Pure: the clock is an argument, nothing
//! here waits, fetches or stores.
//!
//! URLs queue by *origin* (scheme, host, port: what a robots.txt governs). Origins take turns
//! within their registrable *domain*, domains take turns with one another, and origins that
//! share an *IP address* wait for each other. With a delay, each of the three has one request
//! running at most and rests for the delay after it. Each step costs O(log n).
//!
//! Memory is bounded by the settings: of each origin the first few URLs are here, the others wait
//! in the store and are asked for when there is room, and so are origins beyond the limit.
//!
//! The caller asks [`Frontier::next`] what to do, does it, and reports with
//! [`Frontier::resolved`], [`Frontier::robots`], [`Frontier::done`], [`Frontier::loaded`] or
//! [`Frontier::found`].

mod answers;
mod focus;
mod folders;
mod guests;
mod known;
mod learn;
mod memory;
mod note;
mod rules;
mod schedule;
mod spill;
mod state;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use crate::store::Queued;
use crate::store::queue::origin_of as base_of;

use super::politeness::{self, Micros};
use super::progress::Failure;
use super::robots::Robots;
pub use focus::Order;
pub use guests::RobotsVisit;
use learn::COUNTS;
pub use learn::{Lesson, Look};
pub use memory::LESSONS;
use state::{Domain, Ip, Origin};

/// Settings of the scheduler.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    pub politeness: politeness::Settings,
    /// Requests that the caller runs at once; hosts that just failed get a quarter of them.
    pub concurrency: usize,
    /// URLs of one origin that are read from the store at a time.
    pub window: usize,
    /// URLs in memory; beyond it each origin has one.
    pub max_queued: usize,
    /// Origins in memory.
    pub max_hosts: usize,
    /// The store may hold a queue, and notes on hosts, from an earlier run. What that run asked
    /// of whom just before its end is not known: everybody rests for the delay first.
    pub resumed: bool,
    /// The time at which the clock was 0, in Unix milliseconds.
    pub started_at: i64,
    /// Ask for a host's address before its first request, so that hosts on one address are
    /// known to be so. Not possible where a proxy resolves.
    pub resolve_first: bool,
    /// Obey robots.txt.
    pub robots: bool,
    pub order: Order,
    /// Pages with the same numbers (or template) that are enough; 0 for no limit.
    pub network_budget: u32,
    /// Pages that are fetched from one IP address in the life of a state; known where addresses
    /// are resolved first.
    pub ip_budget: u32,
    /// Ask each host once for a path that nobody links to.
    pub probe: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            politeness: politeness::Settings::default(),
            concurrency: 64,
            window: 32,
            max_queued: 200_000,
            max_hosts: 200_000,
            resumed: false,
            started_at: 0,
            resolve_first: true,
            robots: true,
            order: Order::default(),
            network_budget: 0,
            ip_budget: 200_000,
            probe: true,
        }
    }
}

/// A robots.txt is asked for again after a day (RFC 9309 §2.4).
const ROBOTS_LIFE: Duration = Duration::from_secs(24 * 3600);
/// A host that has answered may fail this many times more often in a row.
const PATIENCE: u8 = 8;
/// Times that a robots.txt is asked for before its host is given up.
const ROBOTS_TRIES: u8 = 3;
/// Redirects of a robots.txt that are followed (RFC 9309 §2.3.1.2).
pub const ROBOTS_REDIRECTS: usize = 5;
/// Bytes of rules kept in memory; beyond it the oldest are dropped and asked for again.
const ROBOTS_BYTES: usize = 64 << 20;

/// Names an origin in calls and answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OriginId(u32);

/// A URL on its way, with how often it was tried before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub task: Queued,
    pub tries: u8,
    /// What URLs of its kind share, as a hash.
    pub grammar: u64,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Read what waits in a lane from a sequence on, at most so many, then call
    /// [`Frontier::loaded`].
    Load {
        origin: OriginId,
        lane: u64,
        from: u64,
        most: usize,
    },
    /// Read the next lanes, at most so many with the first few URLs of each, then call
    /// [`Frontier::found`].
    Find {
        from: u64,
        lanes: usize,
        most: usize,
    },
    /// Find the address of a host, then call [`Frontier::resolved`].
    Resolve { origin: OriginId, host: String },
    /// Fetch a robots.txt, then call [`Frontier::robots`].
    Robots(RobotsVisit),
    /// Fetch a page that nobody links to, then call [`Frontier::probed`].
    Probe { origin: OriginId, url: String },
    /// Fetch a page, then call [`Frontier::done`].
    Page { origin: OriginId, entry: Entry },
    /// This URL will not be fetched; it is out of the frontier.
    Drop { task: Queued, why: Failure },
    /// Nothing before this time; without one, nothing until something is reported or pushed.
    Wait(Option<Micros>),
}

/// What came of fetching a robots.txt.
#[derive(Debug, Clone, PartialEq)]
pub enum RobotsAnswer {
    Rules(Robots),
    /// 5xx, 429 or no answer: everything is forbidden until it can be had. With `Retry-After`
    /// where one was sent.
    Unavailable(Failure, Option<Duration>),
    /// It has moved to another origin: where to, after how many redirects.
    Moved(String, usize),
}

/// What came of fetching a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The server answered; whether with a page or not is no matter of scheduling.
    Answered,
    /// A page that did not end: it broke off, or ran into a limit of size or time. It is kept, and
    /// its host is troubled: pages without end cost as much as many others.
    Cut,
    /// No usable answer. Tried again where it may pass.
    Failed(Failure),
    /// 429 or 503, with `Retry-After` where one was sent.
    Refused(Option<Duration>),
}

/// What becomes of the URL after [`Frontier::done`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is out of the frontier.
    Finished(Queued),
    /// It is queued again.
    Again,
    /// It is out of the frontier without a page.
    Lost(Queued, Failure),
}

/// See the module's page.
#[derive(Debug)]
pub struct Frontier {
    settings: Settings,
    origins: Vec<Origin>,
    origin_ids: HashMap<String, u32>,
    domains: Vec<Domain>,
    domain_ids: HashMap<String, u32>,
    ips: Vec<Ip>,
    ip_ids: HashMap<IpAddr, u32>,
    /// Domains that may go, by time and turn.
    timers: BTreeSet<(Micros, u64, u32)>,
    /// Domains that may go now: by rank, turn and number, and by turn and number.
    due: BTreeSet<(u64, u64, u32)>,
    turns: BTreeSet<(u64, u32)>,
    focus: focus::Focus,
    counts: learn::Counts,
    memory: memory::Memory,
    /// Origins, domains and addresses that nobody needs any more: their numbers are used again.
    spare: state::Spare,
    spill: spill::Spill,
    guests: guests::Guests,
    /// Origins whose note is out of date.
    unnoted: Vec<u32>,
    /// IP addresses that others wait for, by the time they are free.
    ip_timers: BTreeSet<(Micros, u32)>,
    turn: u64,
    /// Origins that failed last time and wait for one of the slots set apart for such.
    failing_wait: VecDeque<u32>,
    failing_running: usize,
    dropped: VecDeque<(Queued, Failure)>,
    /// Origins whose rules are in memory, oldest first, with the time until which these hold
    /// (entries of rules that were replaced since differ in it), and the size of all rules.
    rules_loaded: VecDeque<(u32, Micros)>,
    rules_bytes: usize,
    queued: usize,
    running: usize,
    troubled: usize,
}

impl Frontier {
    pub fn new(settings: Settings) -> Self {
        Frontier {
            spare: state::Spare::default(),
            spill: spill::Spill::new(settings.resumed),
            guests: guests::Guests::default(),
            unnoted: Vec::new(),
            settings,
            origins: Vec::new(),
            origin_ids: HashMap::new(),
            domains: Vec::new(),
            domain_ids: HashMap::new(),
            ips: Vec::new(),
            ip_ids: HashMap::new(),
            timers: BTreeSet::new(),
            due: BTreeSet::new(),
            turns: BTreeSet::new(),
            focus: focus::Focus::default(),
            counts: learn::Counts::default(),
            memory: memory::Memory::default(),
            ip_timers: BTreeSet::new(),
            turn: 0,
            failing_wait: VecDeque::new(),
            failing_running: 0,
            dropped: VecDeque::new(),
            rules_loaded: VecDeque::new(),
            rules_bytes: 0,
            queued: 0,
            running: 0,
            troubled: 0,
        }
    }

    /// URLs that wait in memory.
    pub fn len(&self) -> usize {
        self.queued + self.dropped.len()
    }

    /// Nothing waits, neither here nor in the store.
    pub fn is_empty(&self) -> bool {
        self.len() == 0 && self.spill.is_empty()
    }

    /// Requests that the caller was told to make and has not reported on.
    pub fn running(&self) -> usize {
        self.running
    }

    /// Origins met so far in this run.
    pub fn hosts(&self) -> usize {
        self.spill.met
    }

    /// `http://host:port` of an origin.
    pub fn base(&self, origin: OriginId) -> &str {
        &self.origins[origin.0 as usize].base
    }

    /// Origins whose last request failed or was refused.
    pub fn troubled(&self) -> usize {
        self.troubled
    }

    /// Takes in a URL that was just admitted to the store; it may stay there for the time being.
    /// What cannot be queued comes back from [`Frontier::next`] as dropped. `lead`: a hotline
    /// page links to it. True where nothing was known of its domain.
    pub fn push(&mut self, task: Queued, lead: bool, now: Micros) -> bool {
        let id = match self.known_origin(&task.url) {
            Some(id) => id,
            None if base_of(&task.url).is_some() && !self.make_room(now) => {
                self.spill.parked = true;
                return false;
            }
            None => match self.new_origin(&task.url) {
                Some(id) => id,
                None => {
                    self.dropped.push_back((task, Failure::BadUrl));
                    return false;
                }
            },
        };
        let domain = &mut self.domains[self.origins[id as usize].domain as usize];
        let stranger = domain.record.asked == 0 && !std::mem::replace(&mut domain.linked, true);
        domain.record.lead |= lead;
        self.take_in(id, task, now);
        stranger
    }

    /// Puts a URL that is being fetched back under another spelling (`http` became `https`): the
    /// same task, next in turn at the origin of its new address. Call in place of
    /// [`Frontier::done`].
    pub fn moved(&mut self, origin: OriginId, entry: Entry, now: Micros) -> Verdict {
        self.answered(origin.0);
        self.finish(origin.0, Duration::ZERO, now);
        let known = self.known_origin(&entry.task.url);
        let Some(id) = known.or_else(|| self.new_origin(&entry.task.url)) else {
            return Verdict::Lost(entry.task, Failure::Redirect);
        };
        if let Some(why) = self.origins[id as usize].given_up {
            return Verdict::Lost(entry.task, why);
        }
        self.requeue(id, entry, now);
        Verdict::Again
    }
}

/// Path and query of an address: what a robots.txt rules on.
fn path_of(url: &str) -> &str {
    match base_of(url).map(str::len) {
        Some(start) if url.len() > start => url[start..].split('#').next().unwrap_or("/"),
        _ => "/",
    }
}
