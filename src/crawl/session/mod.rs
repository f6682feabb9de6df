//! One run of the crawler: asks the frontier, fetches, hands pages to the intake, and takes its
//! acknowledgements.

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::error::{Error, Result};
use crate::intake::{Acks, Intake, Job, Select};
use crate::lists::Lists;
use crate::pipeline;
use crate::state::State;
use crate::store::{Candidate, Lane, Reader};

use super::fetch::{Fetched, Fetcher};
use super::frontier::{self, Entry, Frontier, Look, Next, OriginId, RobotsAnswer, RobotsVisit};
use super::outage::Outage;
use super::politeness::{Micros, micros};
use super::progress::{Failure, Found, Rate, Stopped, Summary, Yield};
use super::scope::{self, Scoped};
use super::{Observer, Options, Sitemaps};
use heard::count;

mod ended;
mod heard;
mod listed;
mod visits;

/// The observer is called this often.
const TICK: Duration = Duration::from_millis(200);
/// Requests that run when a crawl is stopped get this long to end.
const GRACE: Duration = Duration::from_secs(3);
/// Seeds that are handed in at a time.
const CHUNK: usize = 1_000;
/// A run with nothing else to do ends where it would have to wait longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// A request that ended.
enum Event {
    Resolved(OriginId, Result<IpAddr, Failure>),
    /// Whether hosts that answered before take connections.
    Tried(bool),
    Robots(RobotsVisit, RobotsAnswer),
    Page(OriginId, Entry, Result<Fetched, Failure>),
    Probed(OriginId, Option<Look>),
    /// The same page as another visitor sees it.
    Visit(OriginId, Entry, Result<Fetched, Failure>),
    /// A sitemap, and what of it is worth queueing.
    Listed(OriginId, Entry, Vec<Candidate>),
    /// Parts of the queue that were read from the store.
    Loaded(OriginId, Result<Lane>),
    Found(Result<(Vec<Lane>, bool)>),
}

pub(super) struct Session {
    max_pages: u64,
    time_limit: Option<Duration>,
    concurrency: usize,
    started: Instant,
    frontier: Frontier,
    fetcher: Fetcher,
    scoped: Arc<Scoped>,
    sitemaps: Sitemaps,
    visits: visits::Visits,
    reader: Reader,
    intake: Intake,
    acks: Acks,
    tasks: JoinSet<Event>,
    /// Requests for pages that run, and pages handed in.
    pages_running: u64,
    pages_sent: u64,
    /// Jobs handed in and not acknowledged.
    unacknowledged: u64,
    /// URLs known to the store as queued.
    open: u64,
    outage: Outage,
    lists: Arc<Lists>,
    yielded: Yield,
    stop_below: Option<f64>,
    stopped: Option<(Stopped, Instant)>,
    next_tick: Instant,
    summary: Summary,
    found: Found,
    rate: Rate,
}

impl Session {
    /// Loads what an earlier run left, and starts the intake.
    pub fn start(
        options: Options,
        seeds: &[Candidate],
        mut state: State,
        lists: Arc<Lists>,
    ) -> Result<Self> {
        state.set_budgets(options.budgets);
        let (reader, meta) = (state.queue_reader(), state.meta());
        let delay = options.politeness.delay;
        let concurrency = options.concurrency.max(1);
        // One moment for both clocks: pauses are kept over a restart by the calendar's.
        let (started, started_at) = (Instant::now(), jiff::Timestamp::now().as_millisecond());
        let mut frontier = Frontier::new(frontier::Settings {
            resolve_first: options.fetch.proxy.is_none(),
            politeness: options.politeness,
            concurrency,
            robots: options.robots,
            max_queued: options.max_queued,
            max_hosts: options.max_hosts,
            order: options.order,
            network_budget: options.network_budget,
            ip_budget: options.ip_budget,
            probe: options.probe,
            resumed: meta.next_seq > 0,
            started_at,
            ..frontier::Settings::default()
        });
        for lane in frontier::LESSONS {
            if let Some(note) = reader.lane(lane, 0, 0)?.note {
                frontier.recall_lessons(lane, &note);
            }
        }
        let mut fetch = options.fetch;
        fetch.delay = delay;
        let fetcher = Fetcher::new(&fetch)?;
        let outage = Outage::new(fetch.proxy.is_some());
        let settings = scope::Settings {
            scope: options.scope,
            max_depth: options.max_depth,
            this_year: i32::from(
                jiff::Timestamp::now()
                    .to_zoned(jiff::tz::TimeZone::UTC)
                    .year(),
            ),
        };
        let scoped = Arc::new(Scoped::new(settings, seeds, lists.clone()));
        let select: Select = {
            let scoped = scoped.clone();
            Arc::new(move |page, outcome, task| scoped.select(page, outcome, task))
        };
        let (intake, acks) = Intake::start(state, lists.clone(), select, options.intake)?;
        Ok(Session {
            max_pages: options.max_pages.unwrap_or(u64::MAX),
            time_limit: options.time_limit,
            concurrency,
            started,
            frontier,
            fetcher,
            scoped,
            sitemaps: options.sitemaps,
            visits: visits::Visits::new(options.profiles),
            reader,
            intake,
            acks,
            tasks: JoinSet::new(),
            pages_running: 0,
            pages_sent: 0,
            unacknowledged: 0,
            open: meta.queued,
            outage,
            lists,
            yielded: Yield::default(),
            stop_below: options.stop_when_yield_below,
            stopped: None,
            next_tick: started,
            summary: Summary::default(),
            found: Found::default(),
            rate: Rate::default(),
        })
    }

    /// Crawls until nothing is left to do, a limit is reached, or `stop` ends.
    pub async fn work(
        &mut self,
        seeds: Vec<Candidate>,
        stop: impl Future<Output = ()>,
        observer: Observer<'_>,
    ) -> Result<()> {
        self.fetcher.check_proxy().await?;
        let mut stop = std::pin::pin!(stop);
        let deadline = self.time_limit.map(|limit| self.started + limit);
        let mut seeds = seeds.into_iter();
        loop {
            self.admit(&mut seeds).await?;
            let wake = self.fill().await?;
            self.note().await?;
            self.tick(observer);
            if self.stopped.is_none() {
                self.suspect(self.idle(seeds.len())).await?;
                self.sit_out(wake, seeds.len());
            }
            if self.finished(seeds.len()) {
                self.keep_all_waiting().await?;
                return Ok(());
            }
            let until = [
                Some(self.next_tick),
                wake,
                deadline.filter(|_| self.stopped.is_none()),
                self.stopped.map(|(_, grace)| grace),
            ];
            // The next tick is always among them.
            let mut until = until.into_iter().flatten().min().unwrap_or(self.next_tick);
            if seeds.len() > 0 {
                until = Instant::now();
            }
            tokio::select! {
                biased;
                () = &mut stop, if self.stopped.is_none() => self.stop(Stopped::Interrupted),
                Some(event) = self.tasks.join_next(), if !self.tasks.is_empty() => {
                    self.landed(event).await?;
                }
                ack = self.acks.recv(), if self.unacknowledged > 0 => self.acknowledged(ack, observer)?,
                () = sleep_until(until) => {}
            }
            while let Some(event) = self.tasks.try_join_next() {
                self.landed(event).await?;
            }
            while let Ok(ack) = self.acks.try_recv() {
                self.acknowledged(Some(ack), observer)?;
            }
            if deadline.is_some_and(|at| at <= Instant::now()) && self.stopped.is_none() {
                self.stop(Stopped::TimeLimit);
            }
        }
    }

    /// Ends the requests that still run, commits everything and gives the state back. A run that
    /// failed for want of room on the disk has a summary like any other.
    pub async fn close(
        mut self,
        worked: Result<()>,
        observer: Observer<'_>,
    ) -> Result<(Summary, State)> {
        self.tasks.shutdown().await;
        // What follows needs the state alone.
        let Session {
            intake,
            mut acks,
            reader,
            ..
        } = self;
        drop(reader);
        let finished = tokio::task::spawn_blocking(move || intake.finish()).await;
        let state = finished.map_err(|_| Error::Failed("the intake ended with a panic".into()));
        let mut summary = self.summary;
        let mut open = self.open;
        let mut found = self.found;
        let mut failed = worked.err();
        while let Ok(ack) = acks.try_recv() {
            match ack {
                Ok(ack) => drop(count(&ack, &mut summary, &mut found, &mut open, observer)),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        if let Some(error) = failed.take_if(|error| !error.is_disk_full()) {
            return Err(error);
        }
        let state = state??;
        summary.elapsed = self.started.elapsed();
        summary.hosts = self.frontier.hosts() as u64;
        summary.sites = found.sites();
        summary.numbers = found.numbers();
        summary.traps = self.scoped.trapped();
        summary.remaining = open;
        summary.stopped = self.stopped.map(|s| s.0).filter(|_| open > 0);
        if let Some(full) = failed {
            summary.stopped = Some(Stopped::DiskFull);
            summary.no_room = Some(full.to_string());
        }
        Ok((summary, state))
    }

    /// Hands in seeds, a chunk at a time.
    async fn admit(&mut self, seeds: &mut std::vec::IntoIter<Candidate>) -> Result<()> {
        if self.stopped.is_none() && seeds.len() > 0 {
            let candidates = seeds.by_ref().take(CHUNK).collect();
            self.send(Job::Admit { candidates }).await?;
        }
        Ok(())
    }

    /// Starts requests while there is room; says when the frontier wants to be asked again.
    async fn fill(&mut self) -> Result<Option<Instant>> {
        while self.stopped.is_none() && self.tasks.len() < self.concurrency {
            let waiting = self.visits.len();
            let full = self.pages_sent + self.pages_running + waiting >= self.max_pages;
            if full && waiting == 0 {
                if self.pages_running == 0 {
                    self.stop(Stopped::MaxPages);
                }
                return Ok(None);
            }
            let fetcher = self.fetcher.clone();
            match self.frontier.next(self.now()) {
                Next::Resolve { origin, host } => {
                    self.tasks.spawn(async move {
                        let found = fetcher.resolver().lookup(&host).await;
                        let answer = match found {
                            Ok(found) => found.first().map(|a| a.ip()).ok_or(Failure::Dns),
                            Err(why) => Err(why.0),
                        };
                        Event::Resolved(origin, answer)
                    });
                }
                Next::Robots(visit) => {
                    self.tasks.spawn(async move {
                        let answer = fetcher.robots(&visit.url, visit.hops).await;
                        Event::Robots(visit, answer)
                    });
                }
                Next::Probe { origin, url } => self.probe(origin, url),
                // No further page in this run, but other visitors of those that wait.
                Next::Page { entry, .. } if full && self.visits.next(&entry.task).is_none() => {}
                Next::Page { origin, entry } => {
                    let (profile, scoped) = (self.visits.next(&entry.task), self.scoped.clone());
                    self.pages_running += u64::from(profile.is_none());
                    self.tasks.spawn(async move {
                        let answer = fetcher.visit(&entry.task.url, profile).await;
                        match (profile, answer) {
                            (Some(_), answer) => Event::Visit(origin, entry, answer),
                            (None, Ok(Fetched::Sitemap(listed))) => {
                                let candidates = scoped.listed(&listed, &entry.task);
                                Event::Listed(origin, entry, candidates)
                            }
                            (None, answer) => Event::Page(origin, entry, answer),
                        }
                    });
                }
                Next::Load {
                    origin,
                    lane,
                    from,
                    most,
                } => {
                    let reader = self.reader.clone();
                    self.tasks.spawn_blocking(move || {
                        Event::Loaded(origin, reader.lane(lane, from, most))
                    });
                }
                Next::Find { from, lanes, most } => {
                    let reader = self.reader.clone();
                    self.tasks.spawn_blocking(move || {
                        let found = reader.lanes(from, lanes, most);
                        Event::Found(found.map(|found| {
                            let last = found.len() < lanes;
                            (found, last)
                        }))
                    });
                }
                Next::Drop { task, .. } if self.kept_waiting(&task).await? => {}
                Next::Drop { task, why } => self.fail(task, why).await?,
                Next::Wait(None) if full && self.tasks.is_empty() => {
                    self.keep_all_waiting().await?;
                }
                Next::Wait(at) => {
                    return Ok(at.map(|at| self.started + Duration::from_micros(at)));
                }
            }
        }
        Ok(None)
    }

    /// Asks for a page that nobody links to, and sees how it looks. It is not kept.
    fn probe(&mut self, origin: OriginId, url: String) {
        let (fetcher, lists) = (self.fetcher.clone(), self.lists.clone());
        self.tasks.spawn(async move {
            let Ok(Fetched::Page(page, _)) = fetcher.page(&url).await else {
                return Event::Probed(origin, None);
            };
            // A page that makes the pipeline panic looks like no other.
            let looked = tokio::task::spawn_blocking(move || {
                Look::of(&pipeline::process(&page, &lists).record)
            });
            Event::Probed(origin, looked.await.unwrap_or_default())
        });
    }

    /// Hands in what changed of hosts, to be remembered over a restart.
    async fn note(&mut self) -> Result<()> {
        let notes = self.frontier.take_notes();
        if notes.is_empty() {
            return Ok(());
        }
        self.send(Job::Note { notes }).await
    }

    fn finished(&self, seeds_left: usize) -> bool {
        match self.stopped {
            Some((_, grace)) => self.tasks.is_empty() || Instant::now() >= grace,
            None => self.idle(seeds_left) && self.outage.is_clear(),
        }
    }

    /// Nothing is queued or under way.
    fn idle(&self, seeds_left: usize) -> bool {
        seeds_left == 0
            && self.tasks.is_empty()
            && self.unacknowledged == 0
            && self.frontier.is_empty()
    }

    /// Stops where nothing is left to do for a long time; `wake`: when there is.
    fn sit_out(&mut self, wake: Option<Instant>, seeds_left: usize) {
        let at_rest = seeds_left == 0
            && self.tasks.is_empty()
            && self.unacknowledged == 0
            && self.outage.is_clear();
        let pause = wake.map(|wake| wake.saturating_duration_since(Instant::now()));
        if let Some(pause) = pause.filter(|pause| at_rest && *pause > LONGEST_PAUSE) {
            self.summary.pause = Some(pause);
            self.stop(Stopped::Waiting);
        }
    }

    fn stop(&mut self, why: Stopped) {
        self.stopped = Some((why, Instant::now() + GRACE));
    }

    fn now(&self) -> Micros {
        micros(self.started.elapsed())
    }

    /// Hands a job in. Where the intake has stopped, its own reason is the error.
    async fn send(&mut self, job: Job) -> Result<()> {
        self.unacknowledged += 1;
        match self.intake.send(job).await {
            Ok(()) => Ok(()),
            Err(stopped) => {
                while let Some(ack) = self.acks.recv().await {
                    ack?;
                }
                Err(stopped)
            }
        }
    }
}
