//! Pages that are fetched as other visitors, too. Between its requests such a page waits here and
//! its URL in the frontier, whose turns and pauses hold for each of them.

use std::collections::HashMap;

use crate::archive::Exchange;
use crate::crawl::fetch::Fetched;
use crate::crawl::frontier::{Answer, Entry, OriginId, Verdict};
use crate::crawl::politeness::Micros;
use crate::crawl::progress::Failure;
use crate::error::Result;
use crate::page::{Body, Page, Profile, Variant};
use crate::store::Queued;

use super::Session;

/// A page and how it was fetched.
pub(super) type Captured = (Box<Page>, Box<Exchange>);

/// Pages that wait for their other visitors; with more, pages are stored as they are.
const MAX_WAITING: usize = 128;
/// Hosts that are counted; no page of later ones is sampled.
const MAX_HOSTS: usize = 100_000;

/// Which pages are sampled, and those that wait.
#[derive(Default)]
pub(super) struct Visits {
    /// Pages of each host.
    per_host: u32,
    /// Pages sampled, by lane.
    sampled: HashMap<u64, u32>,
    /// By lane and sequence.
    waiting: HashMap<(u64, u64), Waiting>,
}

struct Waiting {
    task: Queued,
    page: Box<Page>,
    exchange: Box<Exchange>,
    /// Visitors still to come, the next one last.
    left: Vec<Profile>,
}

impl Visits {
    pub fn new(per_host: u32) -> Self {
        Visits {
            per_host,
            ..Visits::default()
        }
    }

    /// Pages that wait.
    pub fn len(&self) -> u64 {
        self.waiting.len() as u64
    }

    /// As whom a URL is to be fetched; `None` stands for the plain visitor.
    pub fn next(&self, task: &Queued) -> Option<Profile> {
        self.waiting.get(&key(task))?.left.last().copied()
    }

    /// Is the page one of the first of its host?
    pub fn samples(&self, task: &Queued) -> bool {
        self.per_host > 0
            && self.waiting.len() < MAX_WAITING
            && match self.sampled.get(&task.lane) {
                Some(sampled) => *sampled < self.per_host,
                None => self.sampled.len() < MAX_HOSTS,
            }
    }

    fn begin(&mut self, task: Queued, (page, exchange): Captured) {
        *self.sampled.entry(task.lane).or_default() += 1;
        let waiting = Waiting {
            page,
            exchange,
            left: vec![Profile::Mobile, Profile::Search],
            task,
        };
        self.waiting.insert(key(&waiting.task), waiting);
    }

    /// Takes in what the visitor was shown, if anything; says whether another is to come. What
    /// differs is only judged where the plain visitor was shown the same page twice.
    fn came(&mut self, task: &Queued, seen: Option<Captured>) -> bool {
        let Some(waiting) = self.waiting.get_mut(&key(task)) else {
            return false;
        };
        let profile = waiting.left.pop();
        if let (Some(profile), Some((page, exchange))) = (profile, seen) {
            waiting.exchange.variant_requests.push(exchange.request);
            let page = *page;
            waiting.page.variants.push(Variant { profile, page });
        }
        let plain = &*waiting.page;
        let differs = |v: &Variant| !same(&v.page, plain);
        if waiting.left.is_empty()
            && profile != Some(Profile::Again)
            && plain.variants.iter().any(differs)
        {
            waiting.left.push(Profile::Again);
        }
        !waiting.left.is_empty()
    }

    /// The page with all that came.
    fn take(&mut self, task: &Queued) -> Option<Captured> {
        let waiting = self.waiting.remove(&key(task))?;
        Some((waiting.page, waiting.exchange))
    }
}

fn key(task: &Queued) -> (u64, u64) {
    (task.lane, task.seq)
}

/// The same answer, byte for byte.
fn same(a: &Page, b: &Page) -> bool {
    let location =
        |p: &Page| crate::crawl::scope::redirect_target(p, &url::Url::parse(&p.url).ok()?);
    match (&a.body, &b.body) {
        (Body::Html { bytes: x, .. }, Body::Html { bytes: y, .. }) => {
            a.status == b.status && x == y && location(a) == location(b)
        }
        _ => false,
    }
}

impl Session {
    /// A page that is to be seen by other visitors came: it waits, and its URL is queued again.
    pub(super) fn show_around(
        &mut self,
        origin: OriginId,
        entry: Entry,
        page: Captured,
        now: Micros,
    ) -> (Verdict, Option<Captured>) {
        let task = entry.task.clone();
        match self.frontier.moved(origin, entry, now) {
            Verdict::Again => {
                self.visits.begin(task, page);
                (Verdict::Again, None)
            }
            _ => (Verdict::Finished(task), Some(page)),
        }
    }

    /// Another visitor's request ended.
    pub(super) async fn visited(
        &mut self,
        origin: OriginId,
        entry: Entry,
        answer: Result<Fetched, Failure>,
    ) -> Result<()> {
        let now = self.now();
        let seen = match answer {
            Ok(Fetched::Page(page, exchange)) => Ok(Some((page, exchange))),
            Ok(Fetched::Refused(after)) => Err(Answer::Refused(after)),
            Err(why) if why.of_host() => Err(Answer::Failed(why)),
            Ok(Fetched::Moved(_) | Fetched::Sitemap(_)) | Err(_) => Ok(None),
        };
        let verdict = match seen {
            Ok(seen) => match self.visits.came(&entry.task, seen) {
                true => self.frontier.moved(origin, entry, now),
                false => self.frontier.done(origin, entry, Answer::Answered, now),
            },
            Err(answer) => self.frontier.done(origin, entry, answer, now),
        };
        match verdict {
            Verdict::Again => Ok(()),
            Verdict::Finished(task) | Verdict::Lost(task, _) => self.keep_waiting(task).await,
        }
    }

    /// Stores a page that waited, whether or not all visitors came.
    async fn keep_waiting(&mut self, task: Queued) -> Result<()> {
        match self.visits.take(&task) {
            Some(page) => self.keep(page, task).await,
            None => Ok(()),
        }
    }

    /// Whether the URL is that of a page that waits; then that is stored.
    pub(super) async fn kept_waiting(&mut self, task: &Queued) -> Result<bool> {
        let waits = self.visits.waiting.contains_key(&key(task));
        if waits {
            self.keep_waiting(task.clone()).await?;
        }
        Ok(waits)
    }

    /// Stores all pages that wait: no other visitor will come.
    pub(super) async fn keep_all_waiting(&mut self) -> Result<()> {
        let tasks: Vec<Queued> = self
            .visits
            .waiting
            .values()
            .map(|w| w.task.clone())
            .collect();
        for task in tasks {
            self.keep_waiting(task).await?;
        }
        Ok(())
    }
}
