//! From a seed list to pages.
//!
//! | part | what it settles |
//! | --- | --- |
//! | [`seeds`] | where a crawl begins |
//! | [`scope`], [`script`], [`traps`] | which links it follows, those of simple scripts too, and which lead nowhere |
//! | [`frontier`], [`politeness`] | what is fetched next, and when (pure: the clock is an argument) |
//! | [`robots`] | what a site forbids (RFC 9309) |
//! | [`sitemap`] | the pages that a site lists |
//! | [`guard`], [`resolve`] | which addresses may be connected to |
//! | [`fetch`] | one HTTP exchange with every limit on it (the only user of `reqwest`) |
//! | [`outage`] | whether hosts are dead or the network is |
//! | [`progress`] | what a run shows and sums up |
//!
//! [`crawl`] is the loop over them, on a runtime of its own; [`run`] is the same for callers that
//! are async already. Pages go to the [intake], and a URL is done only when its
//! acknowledgement comes back: what was on its way when a run is killed is fetched again.

pub mod fetch;
pub mod frontier;
pub mod guard;
pub mod outage;
pub mod politeness;
pub mod progress;
pub mod resolve;
pub mod robots;
pub mod scope;
pub mod script;
pub mod seeds;
pub mod sitemap;
pub mod traps;

mod session;

#[cfg(test)]
mod tests;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::intake;
use crate::lists::Lists;
use crate::record::Record;
use crate::state::{Budgets, State};
use crate::store::Candidate;

pub use frontier::Order;
pub use progress::{Failure, Progress, Stopped, Summary};
pub use scope::Scope;

/// What to crawl and how.
#[derive(Debug, Clone)]
pub struct Options {
    pub scope: Scope,
    /// Links away from a seed.
    pub max_depth: u16,
    /// Pages of this run, redirects included.
    pub max_pages: Option<u64>,
    pub time_limit: Option<Duration>,
    /// Requests at once, over all hosts.
    pub concurrency: usize,
    /// URLs that one host, and one registrable domain, may queue in the life of a state.
    pub budgets: Budgets,
    /// URLs, and hosts, that are kept in memory; the others wait in the store.
    pub max_queued: usize,
    pub max_hosts: usize,
    /// Pages with the same numbers, or of one template, that are enough; 0 for no limit.
    pub network_budget: u32,
    /// Pages from one IP address in the life of a state; counted where there is no proxy, because
    /// addresses are known only then.
    pub ip_budget: u32,
    pub order: frontier::Order,
    /// Ask each host once for a path that nobody links to.
    pub probe: bool,
    /// Ends the run when the last pages ([`progress::YIELD_WINDOW`]) brought fewer new numbers,
    /// sites and templates per hundred.
    pub stop_when_yield_below: Option<f64>,
    /// Obey robots.txt.
    pub robots: bool,
    pub sitemaps: Sitemaps,
    /// Pages of each host that are fetched as other visitors, too; 0 for none.
    pub profiles: u32,
    pub politeness: politeness::Settings,
    /// The delay in here is set from `politeness`.
    pub fetch: fetch::Options,
    pub intake: intake::Options,
}

/// Which sitemaps are read. (Without robots.txt none is named.)
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sitemaps {
    Off,
    /// Those that a robots.txt names.
    #[default]
    Named,
    /// The same, and `/sitemap.xml` of hosts whose robots.txt names none.
    Guess,
}

impl Default for Options {
    fn default() -> Self {
        let frontier = frontier::Settings::default();
        Options {
            scope: Scope::default(),
            max_depth: 6,
            max_pages: None,
            time_limit: None,
            concurrency: frontier.concurrency,
            budgets: Budgets {
                host: 20_000,
                domain: 50_000,
            },
            max_queued: frontier.max_queued,
            max_hosts: frontier.max_hosts,
            network_budget: frontier.network_budget,
            ip_budget: frontier.ip_budget,
            order: frontier.order,
            probe: frontier.probe,
            stop_when_yield_below: None,
            robots: true,
            sitemaps: Sitemaps::default(),
            profiles: 0,
            politeness: frontier.politeness,
            fetch: fetch::Options::default(),
            intake: intake::Options::default(),
        }
    }
}

/// What an observer of a crawl gets to see.
pub enum Seen<'s> {
    /// A page that was acknowledged and was not in the store before.
    Page(&'s Record),
    /// How far the crawl is, about five times a second.
    Progress(&'s Progress),
}

/// Called from the crawl's loop: what it does, the crawl waits for.
pub type Observer<'a> = &'a mut (dyn FnMut(Seen<'_>) + Send);

/// Crawls on a runtime of its own until the queue is empty, a limit is reached, or the user
/// interrupts; gives the state back with everything committed.
///
/// # Errors
/// Settings that cannot be used, and a state that cannot be written. A page that fails is no
/// error: see [`Summary::failures`].
pub fn crawl(
    options: Options,
    seeds: Vec<Candidate>,
    state: State,
    lists: Arc<Lists>,
    observer: Observer<'_>,
) -> Result<(Summary, State)> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(std::thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 8)))
        .thread_name("crawl")
        .enable_all()
        .build()
        .map_err(|e| Error::Failed(format!("cannot start the network threads: {e}")))?;
    let result = runtime
        .block_on(async { run(options, seeds, state, lists, interrupted(), observer).await });
    // A name lookup may hang in the system for long; nobody waits for it any more.
    runtime.shutdown_background();
    result
}

/// As [`crawl`], on the caller's runtime (which has to be multi-threaded); ends early when `stop`
/// does.
pub async fn run(
    options: Options,
    seeds: Vec<Candidate>,
    state: State,
    lists: Arc<Lists>,
    stop: impl Future<Output = ()>,
    observer: Observer<'_>,
) -> Result<(Summary, State)> {
    let mut session = session::Session::start(options, &seeds, state, lists)?;
    let worked = session.work(seeds, stop, observer).await;
    session.close(worked, observer).await
}

/// Ends with the first Ctrl-C (or SIGTERM, or SIGHUP). A second one ends the process there and then: what
/// was acknowledged is safe all the same. Signals are taken from this call on, by a task of the
/// caller's runtime, whatever the crawl is waiting for.
pub fn interrupted() -> impl Future<Output = ()> + Send {
    let mut signals = Signals::listen();
    let (tell, told) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        signals.next().await;
        // Where nobody waits any more, the crawl is ending already.
        let _ = tell.send(());
        signals.next().await;
        std::process::exit(3);
    });
    async move {
        if told.await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// The signals that ask a process to end. One that cannot be had never comes.
#[cfg(unix)]
struct Signals([Option<tokio::signal::unix::Signal>; 3]);

#[cfg(unix)]
impl Signals {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ];
        Signals(kinds.map(|kind| signal(kind).ok()))
    }

    async fn next(&mut self) {
        async fn came(signal: &mut Option<tokio::signal::unix::Signal>) {
            match signal {
                Some(signal) => never_if(signal.recv().await.is_none()).await,
                None => never_if(true).await,
            }
        }
        let [interrupt, terminate, hangup] = &mut self.0;
        tokio::select! {
            () = came(interrupt) => {}
            () = came(terminate) => {}
            () = came(hangup) => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Self {
        Signals
    }

    async fn next(&mut self) {
        never_if(tokio::signal::ctrl_c().await.is_err()).await;
    }
}

async fn never_if(failed: bool) {
    if failed {
        std::future::pending::<()>().await;
    }
}
