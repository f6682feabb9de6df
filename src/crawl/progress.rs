//! What a running crawl shows, and what a finished one sums up. Bounded in size.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::time::Duration;

use xxhash_rust::xxh3::xxh3_64;

use crate::record::Record;

/// Why a URL brought no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Failure {
    /// The host does not resolve.
    Dns,
    /// The address is refused by the address rules; the reason.
    Refused(&'static str),
    /// No connection: refused, unreachable, or too slow to connect.
    Connect,
    /// The TLS handshake failed: version, broken, or no TLS at all.
    Tls,
    /// The server's certificate is not trusted; why.
    Certificate(&'static str),
    /// The proxy failed.
    Proxy,
    /// No answer, or no end of it, in time.
    Timeout,
    /// The connection broke, or what came is no HTTP.
    Broken,
    /// The answer is no HTML or text.
    NotAPage,
    /// An HTTP status that brings no page.
    Status(u16),
    /// 429 or 503 each time it was tried.
    Refusing,
    /// More redirects than are followed, or a redirect to nowhere.
    Redirect,
    /// Forbidden by robots.txt.
    Robots,
    /// robots.txt could not be had (5xx or no answer), which forbids everything.
    RobotsUnavailable,
    /// The host failed too often in a row; not tried.
    GivenUp,
    /// The numbers of its site were on enough pages: no more are needed.
    KnownNetwork,
    /// One of many subdomains that look alike; a sample of them was fetched.
    Pool,
    /// Its host answers any path at all, and brought enough.
    AnyPath,
    /// Its IP address used up its budget.
    AddressBudget,
    /// No address that can be fetched.
    BadUrl,
    /// The pipeline failed on the page, which is a bug in it.
    Fault,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Failure::Dns => "host does not resolve",
            Failure::Refused(why) => return write!(f, "address refused ({why})"),
            Failure::Connect => "no connection",
            Failure::Tls => "TLS failed",
            Failure::Certificate(why) => return write!(f, "certificate refused ({why})"),
            Failure::Proxy => "proxy failed",
            Failure::Timeout => "too slow",
            Failure::Broken => "connection broke or no HTTP",
            Failure::NotAPage => "no HTML or text",
            Failure::Status(status) => return write!(f, "HTTP {status}"),
            Failure::Refusing => "told to wait too often (429, 503)",
            Failure::Redirect => "redirects too long or broken",
            Failure::Robots => "forbidden by robots.txt",
            Failure::RobotsUnavailable => "robots.txt not to be had",
            Failure::GivenUp => "host given up",
            Failure::KnownNetwork => "network known well enough, not fetched",
            Failure::Pool => "one of a pool of like subdomains, not fetched",
            Failure::AnyPath => "host with a page for any path, not fetched",
            Failure::AddressBudget => "budget of its IP address used up, not fetched",
            Failure::BadUrl => "no fetchable address",
            Failure::Fault => "page could not be processed",
        })
    }
}

impl Failure {
    /// May pass if tried again.
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            Failure::Dns | Failure::Connect | Failure::Timeout | Failure::Broken | Failure::Proxy
        ) || matches!(self, Failure::Status(status) if *status >= 500)
    }

    /// Speaks against the host as a whole, not against one page.
    pub fn of_host(&self) -> bool {
        self.may_pass()
            || matches!(
                self,
                Failure::Tls | Failure::Certificate(_) | Failure::Refused(_)
            )
    }
}

/// A look at a running crawl.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Progress {
    pub elapsed: Duration,
    /// Pages fetched and handed on.
    pub pages: u64,
    /// Pages a second over the last few seconds.
    pub rate: f64,
    /// URLs waiting.
    pub queued: u64,
    /// Requests running.
    pub running: usize,
    /// Hosts met.
    pub hosts: usize,
    /// Hosts that failed or refused at their last request.
    pub troubled: usize,
    /// Different sites, and telephone numbers, among the acknowledged pages.
    pub sites: u64,
    pub numbers: u64,
    /// URLs that brought no page.
    pub failed: u64,
    /// New numbers, sites and templates of the last hundred pages, once there were so many.
    pub yielded: Option<f64>,
}

/// Why a crawl ended with URLs left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    Interrupted,
    TimeLimit,
    MaxPages,
    /// No host could be reached any more.
    NetworkDown,
    /// The last pages brought next to nothing new.
    YieldGone,
    /// There is no room on the disk, or less than is to stay free.
    DiskFull,
    /// All that is left waits for servers that asked for a longer pause than a run sits out.
    Waiting,
}

/// A summary names this many seeds that failed.
pub const MAX_FAILED_SEEDS: usize = 20;

/// A summary names this many pages that other visitors are shown otherwise.
pub const MAX_CLOAKED: usize = 10;

/// What a crawl did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Summary {
    pub elapsed: Duration,
    /// Pages acknowledged: durable in archive and store.
    pub pages: u64,
    /// Of these, not in the store before.
    pub new: u64,
    /// Of these, redirects.
    pub redirects: u64,
    /// Bytes of bodies, decompressed.
    pub bytes: u64,
    pub truncated: u64,
    pub hosts: u64,
    pub sites: u64,
    pub numbers: u64,
    /// URLs that were queued, and were neither fetched nor given up: what a resumed run does.
    pub remaining: u64,
    /// URLs that brought no page, by reason.
    pub failures: BTreeMap<Failure, u64>,
    /// Seeds that brought no page, with the reason; at most [`MAX_FAILED_SEEDS`].
    pub failed_seeds: Vec<(String, Failure)>,
    /// Links that were not queued because they lead into a trap.
    pub traps: u64,
    /// Links that were not queued because their host or domain used up its budget.
    pub over_budget: u64,
    /// The pause that is left, where the run stopped for it.
    pub pause: Option<Duration>,
    /// Sitemaps read.
    pub sitemaps: u64,
    /// Pages fetched as other visitors, too; of these, those that were shown otherwise, and the
    /// first of them (at most [`MAX_CLOAKED`]).
    pub visited: u64,
    pub cloaked: u64,
    pub cloaked_pages: Vec<String>,
    /// Attempts beyond the first.
    pub retries: u64,
    pub stopped: Option<Stopped>,
    /// What could not be written, where the disk is full.
    pub no_room: Option<String>,
}

impl Summary {
    pub fn failed(&self) -> u64 {
        self.failures.values().sum()
    }

    /// Counts how an acknowledged page looked to other visitors.
    pub fn note_visits(&mut self, record: &Record) {
        self.visited += u64::from(!record.visits.is_empty());
        if record.visits.iter().any(|v| !v.differs.is_empty()) {
            self.cloaked += 1;
            if self.cloaked_pages.len() < MAX_CLOAKED {
                self.cloaked_pages.push(record.url.clone());
            }
        }
    }

    /// 0 where the queue was worked off or brought nothing new any more, 3 where the run stopped
    /// early with its state saved.
    pub fn exit_code(&self) -> u8 {
        match self.stopped {
            None | Some(Stopped::YieldGone) => 0,
            Some(_) => 3,
        }
    }
}

/// Counts different strings, exactly up to a bound.
#[derive(Debug, Default)]
pub struct Distinct {
    seen: HashSet<u64>,
}

/// Different strings that are told apart; beyond it the count stands still (about 16 MB).
const MAX_DISTINCT: usize = 1_000_000;

impl Distinct {
    /// True where it was not there before.
    pub fn note(&mut self, text: &str) -> bool {
        self.note_hash(xxh3_64(text.as_bytes()))
    }

    fn note_hash(&mut self, hash: u64) -> bool {
        self.seen.len() < MAX_DISTINCT && self.seen.insert(hash)
    }

    pub fn count(&self) -> u64 {
        self.seen.len() as u64
    }
}

/// From this score on, a page counts as one of a hotline.
pub const HOTLINE: f32 = 0.5;

/// Sites, numbers and templates of the acknowledged records.
#[derive(Debug, Default)]
pub struct Found {
    sites: Distinct,
    numbers: Distinct,
    templates: Distinct,
}

/// What a page brought that no page before it had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct News {
    pub sites: u32,
    pub numbers: u32,
    pub templates: u32,
}

impl News {
    pub fn all(&self) -> u32 {
        self.sites + self.numbers + self.templates
    }
}

impl Found {
    pub fn note(&mut self, record: &Record) -> News {
        let mut news = News {
            sites: u32::from(self.sites.note(record.site.as_str())),
            ..News::default()
        };
        for fact in &record.numbers {
            news.numbers += u32::from(self.numbers.note(&fact.number));
        }
        // Pages that are no hotlines have templates that nobody looks for.
        if record.hotline.score >= HOTLINE && record.prints.skeleton != 0 {
            news.templates += u32::from(self.templates.note_hash(record.prints.skeleton));
        }
        news
    }

    pub fn sites(&self) -> u64 {
        self.sites.count()
    }

    pub fn numbers(&self) -> u64 {
        self.numbers.count()
    }
}

/// New numbers, sites and templates over the last [`YIELD_WINDOW`] pages.
#[derive(Debug, Default)]
pub struct Yield {
    last: std::collections::VecDeque<u32>,
    sum: u64,
}

/// Pages over which the yield is counted.
pub const YIELD_WINDOW: usize = 200;

impl Yield {
    pub fn note(&mut self, news: News) {
        self.last.push_back(news.all());
        self.sum += u64::from(news.all());
        if self.last.len() > YIELD_WINDOW {
            self.sum -= u64::from(self.last.pop_front().unwrap_or(0));
        }
    }

    /// Per hundred pages; `None` before the window is full.
    pub fn per_hundred(&self) -> Option<f64> {
        let full = self.last.len() == YIELD_WINDOW;
        full.then(|| self.sum as f64 * 100.0 / YIELD_WINDOW as f64)
    }
}

/// Pages a second over a sliding window.
#[derive(Debug, Default)]
pub struct Rate {
    samples: std::collections::VecDeque<(Duration, u64)>,
}

/// Samples that the window spans.
const WINDOW: usize = 20;

impl Rate {
    /// Notes the count at a time and gives the rate since the oldest sample kept.
    pub fn sample(&mut self, at: Duration, pages: u64) -> f64 {
        self.samples.push_back((at, pages));
        if self.samples.len() > WINDOW {
            self.samples.pop_front();
        }
        let (since, before) = self.samples.front().copied().unwrap_or((at, pages));
        let seconds = at.saturating_sub(since).as_secs_f64();
        if seconds > 0.0 {
            pages.saturating_sub(before) as f64 / seconds
        } else {
            0.0
        }
    }
}
