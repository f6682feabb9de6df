//! The scheduler: which URL to fetch next, and when. Pure: the clock is an argument, nothing
//! here waits, fetches or stores.
//!
//! URLs queue by *origin* (scheme, host, port: what a robots.txt governs). Origins take turns
//! within their registrable *domain*, domains take turns with one another, and origins that
//! share an *IP address* wait for each other. With a delay, each of the three has one request
//! running at most and rests for the delay after it. Each step costs O(log n).
//!
//! The caller asks [`Frontier::next`] what to do, does it, and reports with
//! [`Frontier::resolved`], [`Frontier::robots`] or [`Frontier::done`].

mod rules;
mod schedule;
mod state;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use url::{Host, Url};

use crate::site::registrable_domain;
use crate::store::Queued;

use super::politeness::{self, Micros};
use super::progress::Failure;
use super::robots::Robots;
use state::{Address, Domain, Ip, Origin, Place, Rules};

/// Settings of the scheduler.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    pub politeness: politeness::Settings,
    /// Requests that the caller runs at once; hosts that just failed get a quarter of them.
    pub concurrency: usize,
    /// URLs that one origin, and one registrable domain, may queue in a run.
    pub host_budget: u32,
    pub domain_budget: u32,
    /// Ask for a host's address before its first request, so that hosts on one address are
    /// known to be so. Not possible where a proxy resolves; not needed without a delay.
    pub resolve_first: bool,
    /// Obey robots.txt.
    pub robots: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            politeness: politeness::Settings::default(),
            concurrency: 64,
            host_budget: 20_000,
            domain_budget: 50_000,
            resolve_first: true,
            robots: true,
        }
    }
}

/// A robots.txt is asked for again after a day (RFC 9309 §2.4).
const ROBOTS_LIFE: Duration = Duration::from_secs(24 * 3600);
/// A host that has answered may fail this many times more often in a row.
const PATIENCE: u8 = 8;
/// Times that a robots.txt is asked for before its host is given up.
const ROBOTS_TRIES: u8 = 3;
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
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Find the address of a host, then call [`Frontier::resolved`].
    Resolve { origin: OriginId, host: String },
    /// Fetch a robots.txt, then call [`Frontier::robots`].
    Robots { origin: OriginId, url: String },
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
    /// 5xx or no answer: everything is forbidden until it can be had.
    Unavailable(Failure),
}

/// What came of fetching a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The server answered; whether with a page or not is no matter of scheduling.
    Answered,
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
            settings,
            origins: Vec::new(),
            origin_ids: HashMap::new(),
            domains: Vec::new(),
            domain_ids: HashMap::new(),
            ips: Vec::new(),
            ip_ids: HashMap::new(),
            timers: BTreeSet::new(),
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

    /// URLs that wait.
    pub fn len(&self) -> usize {
        self.queued + self.dropped.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Requests that the caller was told to make and has not reported on.
    pub fn running(&self) -> usize {
        self.running
    }

    /// Origins met so far.
    pub fn hosts(&self) -> usize {
        self.origins.len()
    }

    /// `http://host:port` of an origin.
    pub fn base(&self, origin: OriginId) -> &str {
        &self.origins[origin.0 as usize].base
    }

    /// Origins whose last request failed or was refused.
    pub fn troubled(&self) -> usize {
        self.troubled
    }

    /// Queues a URL. What cannot be queued comes back from [`Frontier::next`] as dropped.
    pub fn push(&mut self, task: Queued, now: Micros) {
        let Some(id) = self.origin_of(&task.url) else {
            self.dropped.push_back((task, Failure::BadUrl));
            return;
        };
        let domain = self.origins[id as usize].domain as usize;
        if let Some(why) = self.origins[id as usize].given_up {
            self.dropped.push_back((task, why));
            return;
        }
        if self.origins[id as usize].admitted >= self.settings.host_budget
            || self.domains[domain].admitted >= self.settings.domain_budget
        {
            self.dropped.push_back((task, Failure::Budget));
            return;
        }
        self.origins[id as usize].admitted += 1;
        self.domains[domain].admitted += 1;
        let entry = Entry { task, tries: 0 };
        self.origins[id as usize].queue.push_back(entry);
        self.queued += 1;
        self.activate(id, now);
    }

    /// Puts a URL that is being fetched back under another spelling (`http` became `https`): the
    /// same task, next in turn at the origin of its new address. Call in place of
    /// [`Frontier::done`].
    pub fn moved(&mut self, origin: OriginId, entry: Entry, now: Micros) -> Verdict {
        self.answered(origin.0);
        self.finish(origin.0, Duration::ZERO, now);
        let Some(id) = self.origin_of(&entry.task.url) else {
            return Verdict::Lost(entry.task, Failure::Redirect);
        };
        if let Some(why) = self.origins[id as usize].given_up {
            return Verdict::Lost(entry.task, why);
        }
        self.requeue(id, entry, now);
        Verdict::Again
    }

    /// Reports the answer to [`Next::Resolve`]. All hosts on one address share its turns.
    pub fn resolved(&mut self, origin: OriginId, answer: Result<IpAddr, Failure>, now: Micros) {
        self.running -= 1;
        let id = origin.0;
        self.origins[id as usize].busy = false;
        match answer {
            Ok(ip) => {
                let ip = *self.ip_ids.entry(ip).or_insert_with(|| {
                    self.ips.push(Ip::default());
                    (self.ips.len() - 1) as u32
                });
                self.origins[id as usize].address = Address::Known(ip);
            }
            Err(why) => self.host_failed(id, why, now),
        }
        self.activate(id, now);
    }

    /// Reports the answer to [`Next::Robots`].
    pub fn robots(&mut self, origin: OriginId, answer: RobotsAnswer, now: Micros) {
        let id = origin.0;
        self.origins[id as usize].busy = false;
        match answer {
            RobotsAnswer::Rules(rules) => {
                self.answered(id);
                self.keep_rules(id, rules, now);
            }
            RobotsAnswer::Unavailable(why) => {
                let origin = &mut self.origins[id as usize];
                origin.robots_tries += 1;
                let tries = origin.robots_tries;
                let failures = self.note_failure(id);
                if tries >= ROBOTS_TRIES || self.hopeless(id, why, failures) {
                    let why = if why.of_host() && !matches!(why, Failure::Status(_)) {
                        why
                    } else {
                        Failure::RobotsUnavailable
                    };
                    self.give_up(id, why);
                } else {
                    let pause = self.settings.politeness.backoff_after(tries);
                    self.finish(id, pause, now);
                    return;
                }
            }
        }
        self.finish(id, Duration::ZERO, now);
    }

    /// Reports the answer to [`Next::Page`].
    pub fn done(
        &mut self,
        origin: OriginId,
        mut entry: Entry,
        answer: Answer,
        now: Micros,
    ) -> Verdict {
        let id = origin.0;
        let politeness = self.settings.politeness.clone();
        let (pause, why, again) = match answer {
            Answer::Answered => {
                self.answered(id);
                self.finish(id, Duration::ZERO, now);
                return Verdict::Finished(entry.task);
            }
            Answer::Failed(why) if why.of_host() => {
                let failures = self.note_failure(id);
                let pause = politeness.backoff_after(failures);
                if self.hopeless(id, why, failures) {
                    let passing = why.may_pass() && why != Failure::Dns;
                    self.give_up(id, if passing { Failure::GivenUp } else { why });
                }
                (
                    pause,
                    why,
                    why.may_pass() && entry.tries < politeness.retries,
                )
            }
            Answer::Failed(why) => {
                self.answered(id);
                (Duration::ZERO, why, false)
            }
            Answer::Refused(retry_after) => {
                self.note_failure(id);
                let origin = &mut self.origins[id as usize];
                origin.refusals = origin.refusals.saturating_add(1);
                let refusals = origin.refusals;
                if refusals >= politeness.max_refusals {
                    self.give_up(id, Failure::Refusing);
                }
                let pause = politeness.pause_after_refusal(refusals, retry_after);
                (
                    pause,
                    Failure::Refusing,
                    entry.tries < politeness.max_refusals,
                )
            }
        };
        self.finish(id, pause, now);
        if !again || self.origins[id as usize].given_up.is_some() {
            return Verdict::Lost(entry.task, why);
        }
        entry.tries += 1;
        self.requeue(id, entry, now);
        Verdict::Again
    }

    fn requeue(&mut self, id: u32, entry: Entry, now: Micros) {
        self.origins[id as usize].queue.push_front(entry);
        self.queued += 1;
        self.activate(id, now);
    }

    /// The origin of a URL, made where it is new.
    fn origin_of(&mut self, url: &str) -> Option<u32> {
        let base = base_of(url)?;
        if let Some(id) = self.origin_ids.get(base) {
            return Some(*id);
        }
        let parsed = Url::parse(url).ok()?;
        let host = parsed.host_str()?.trim_end_matches('.').to_owned();
        let name = match parsed.host()? {
            Host::Domain(_) => registrable_domain(&host),
            _ => &host,
        };
        let domain = match self.domain_ids.get(name) {
            Some(id) => *id,
            None => {
                let id = self.domains.len() as u32;
                self.domain_ids.insert(name.to_owned(), id);
                self.domains.push(Domain::default());
                id
            }
        };
        let id = self.origins.len() as u32;
        self.origin_ids.insert(base.to_owned(), id);
        self.origins.push(Origin {
            base: base.into(),
            host: host.into(),
            domain,
            address: Address::Unknown,
            queue: VecDeque::new(),
            next_at: 0,
            running: 0,
            failing_running: 0,
            failures: 0,
            refusals: 0,
            answered: false,
            rules: Rules::Needed,
            robots_tries: 0,
            busy: false,
            place: Place::Idle,
            given_up: None,
            admitted: 0,
        });
        Some(id)
    }
}

/// Scheme, host and port of an address: the part before its path. Addresses in the frontier are
/// written by the URL parser, so equal origins are equal text.
pub(super) fn base_of(url: &str) -> Option<&str> {
    let scheme = url.find("://")?;
    if !matches!(&url[..scheme], "http" | "https") {
        return None;
    }
    let host = scheme + 3;
    let end = url[host..]
        .find(['/', '?', '#'])
        .map_or(url.len(), |i| host + i);
    (end > host).then(|| &url[..end])
}

/// Path and query of an address: what a robots.txt rules on.
fn path_of(url: &str) -> &str {
    match base_of(url).map(str::len) {
        Some(start) if url.len() > start => url[start..].split('#').next().unwrap_or("/"),
        _ => "/",
    }
}
