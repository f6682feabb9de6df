//! The worker pool and the group commit: pages go in, become records on plain threads, and are
//! acknowledged once archive and store are durable.
//!
//! Order of durability in one group: archive members, fsync; one sled batch with records, "this
//! URL is done" and new links, flush; the ledger outside sled. Then, and only then, the acks.

mod handover;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc as async_channel;

use crate::archive::{self, Exchange, Location, Originals};
use crate::error::{Error, Result};
use crate::extract::known::LineCache;
use crate::lists::Lists;
use crate::page::Page;
use crate::pipeline::{self, Outcome};
use crate::record::Record;
use crate::state::{Admitted, Bytes, Committed, Fate, Group, NewPage, State};
use crate::store::{Candidate, Queued};
use handover::{Entrance, Expected, Groups, Sink, Taker};

/// What goes in.
pub enum Job {
    /// A captured page.
    Page { page: Box<Page> },
    /// A page that answers a queued URL, and how it was fetched.
    Fetched {
        page: Box<Page>,
        task: Queued,
        exchange: Box<Exchange>,
    },
    /// A page that stands in the archive already (a rebuild).
    Archived { page: Box<Page>, location: Location },
    /// A queued URL that will not become a page (failure, robots, refused address).
    Done { task: Queued },
    /// A queued URL that is no page but lists some.
    Listed {
        task: Queued,
        candidates: Vec<Candidate>,
    },
    /// URLs to queue, such as seeds.
    Admit { candidates: Vec<Candidate> },
    /// What to remember of hosts, by lane, over a restart.
    Note { notes: Vec<(u64, Vec<u8>)> },
}

/// What comes back, once durable; one for each job, in no fixed order.
#[derive(Debug)]
pub struct Ack {
    pub task: Option<Queued>,
    /// For pages: the record, and what became of it.
    pub page: Option<(Arc<Record>, Fate)>,
    /// What became of its candidates or links.
    pub admitted: Admitted,
    /// The page made the pipeline panic, which is a bug; it was left out. Its URL.
    pub fault: Option<String>,
}

/// Picks the links of a processed page that are worth queueing (scope, traps, depth). Runs on
/// worker threads.
pub type Select = Arc<dyn Fn(&Page, &Outcome, &Queued) -> Vec<Candidate> + Send + Sync>;

/// Acks in the order of their commits; ends with an error where a commit failed.
pub type Acks = async_channel::UnboundedReceiver<Result<Ack>>;

/// Sizes of the pool and of a group.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub workers: usize,
    /// Jobs that wait for a worker.
    pub queue: usize,
    /// A group is committed when it holds this many jobs…
    pub group: usize,
    /// …or this many bytes of archive members…
    pub group_bytes: usize,
    /// …or when its first job has waited this long…
    pub wait: Duration,
    /// …or this long, where no other job is on its way: what waits for the acknowledgement (new
    /// links) may be all that there is to do.
    pub wait_idle: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            workers: std::thread::available_parallelism().map_or(2, usize::from),
            queue: 64,
            group: 1024,
            group_bytes: 16 << 20,
            wait: Duration::from_millis(150),
            wait_idle: Duration::from_millis(30),
        }
    }
}

/// Bytes that a link counts for in a group: while sled applies a batch it keeps several KB for
/// each row, and it may be new.
const CANDIDATE: usize = 512;

/// A job after the worker's part.
#[derive(Default)]
struct Prepared {
    task: Option<Queued>,
    page: Option<NewPage>,
    candidates: Vec<Candidate>,
    notes: Vec<(u64, Vec<u8>)>,
    fault: Option<String>,
}

impl Prepared {
    /// What it counts for in a group.
    fn bytes(&self) -> usize {
        let members = self.page.as_ref().map_or(0, |page| match &page.bytes {
            Bytes::Members(members) => members.len(),
            Bytes::Exchange(members) => members.page.len() + members.beside.len(),
            Bytes::At(_) => 0,
        });
        members + self.candidates.len() * CANDIDATE
    }
}

/// The running intake.
pub struct Intake {
    jobs: Entrance<Job>,
    expected: Expected<Prepared>,
    workers: Vec<JoinHandle<()>>,
    committer: JoinHandle<State>,
}

impl Intake {
    /// Starts workers and the committer.
    pub fn start(
        state: State,
        lists: Arc<Lists>,
        select: Select,
        options: Options,
    ) -> Result<(Intake, Acks)> {
        let count = options.workers.max(1);
        let (jobs, takers) = handover::jobs(options.queue, count);
        let (expected, sinks, groups) = handover::done(options, count);
        let (acks, ack_source) = async_channel::unbounded_channel();
        let originals = state.originals();
        let mut workers = Vec::new();
        for (number, (source, sink)) in takers.into_iter().zip(sinks).enumerate() {
            let context = Context {
                lists: lists.clone(),
                select: select.clone(),
                originals: originals.clone(),
            };
            let work = move || work(&source, &sink, &context);
            workers.push(thread(format!("page-{number}"), work)?);
        }
        let committer = thread("commit".into(), move || {
            let mut state = state;
            if let Err(error) = commit_all(&mut state, &groups, &acks) {
                // The receiver may be gone already; then nobody waits for acks either.
                let _ = acks.send(Err(error));
            }
            state
        })?;
        let intake = Intake {
            jobs,
            expected,
            workers,
            committer,
        };
        Ok((intake, ack_source))
    }

    /// Hands a job in; waits for room.
    pub async fn send(&self, job: Job) -> Result<()> {
        self.expected.one();
        self.jobs.send(job).await.map_err(|_| stopped())
    }

    /// The same from a thread that runs no async code.
    pub fn send_blocking(&self, job: Job) -> Result<()> {
        self.expected.one();
        self.jobs.send_blocking(job).map_err(|_| stopped())
    }

    /// [`Intake::finish`] for async code.
    pub async fn finish_async(self) -> Result<State> {
        tokio::task::spawn_blocking(|| self.finish())
            .await
            .map_err(|e| Error::Failed(format!("the intake did not end: {e}")))?
    }

    /// Commits what is still inside and returns the state. Waits; not for async code.
    pub fn finish(self) -> Result<State> {
        drop(self.jobs);
        for worker in self.workers {
            worker
                .join()
                .map_err(|_| Error::Failed("a page worker panicked".into()))?;
        }
        self.committer
            .join()
            .map_err(|_| Error::Failed("the commit thread panicked".into()))
    }
}

fn stopped() -> Error {
    Error::Failed("the store stopped taking pages".into())
}

fn thread<T: Send + 'static>(
    name: String,
    run: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>> {
    std::thread::Builder::new()
        .name(name)
        .spawn(run)
        .map_err(|e| Error::Failed(format!("cannot start a thread: {e}")))
}

/// What the workers share.
struct Context {
    lists: Arc<Lists>,
    select: Select,
    originals: Originals,
}

/// A worker: takes jobs until there are no more.
fn work(source: &Taker<Job>, sink: &Sink<Prepared>, context: &Context) {
    let mut cache = LineCache::new();
    while let Some(job) = source.take() {
        let prepared = prepare(job, context, &mut cache);
        let bytes = prepared.bytes();
        if sink.put(prepared, bytes).is_err() {
            return;
        }
    }
}

fn prepare(job: Job, context: &Context, cache: &mut LineCache) -> Prepared {
    let (page, task, from) = match job {
        Job::Page { page } => (page, None, Door::Outside),
        Job::Fetched {
            page,
            task,
            exchange,
        } => (page, Some(task), Door::Web(exchange)),
        Job::Archived { page, location } => (page, None, Door::Archive(location)),
        Job::Done { task } => {
            return Prepared {
                task: Some(task),
                ..Prepared::default()
            };
        }
        Job::Listed { task, candidates } => {
            return Prepared {
                task: Some(task),
                candidates,
                ..Prepared::default()
            };
        }
        Job::Admit { candidates } => {
            return Prepared {
                candidates,
                ..Prepared::default()
            };
        }
        Job::Note { notes } => {
            return Prepared {
                notes,
                ..Prepared::default()
            };
        }
    };
    // One bad page never ends a run, not even one that finds a bug.
    let worked = catch_unwind(AssertUnwindSafe(|| {
        let outcome = pipeline::process_with(&page, &context.lists, cache);
        let candidates = task
            .as_ref()
            .map_or_else(Vec::new, |t| (context.select)(&page, &outcome, t));
        let bytes = match from {
            Door::Archive(location) => Bytes::At(location),
            Door::Outside => Bytes::Members(archive::encode(&page)),
            Door::Web(exchange) => {
                let charset = &outcome.record.charset.name;
                let known = &context.originals;
                let members = archive::encode_exchange(&page, &exchange, charset, known);
                Bytes::Exchange(Box::new(members))
            }
        };
        (
            NewPage {
                key: page.canonical.key(),
                record: outcome.record.into(),
                bytes,
            },
            candidates,
        )
    }));
    match worked {
        Ok((page, candidates)) => Prepared {
            task,
            page: Some(page),
            candidates,
            ..Prepared::default()
        },
        Err(_) => Prepared {
            task,
            fault: Some(page.url),
            ..Prepared::default()
        },
    }
}

/// Where a page comes from.
enum Door {
    Outside,
    Web(Box<Exchange>),
    Archive(Location),
}

/// Commits groups until the workers are gone.
fn commit_all(
    state: &mut State,
    groups: &Groups<Prepared>,
    acks: &async_channel::UnboundedSender<Result<Ack>>,
) -> Result<()> {
    loop {
        let group = groups.next();
        if group.is_empty() {
            return Ok(());
        }
        for ack in commit(state, group)? {
            // The receiver is gone where a crawl was abandoned; what came in is kept all the same.
            let _ = acks.send(Ok(ack));
        }
    }
}

fn commit(state: &mut State, prepared: Vec<Prepared>) -> Result<Vec<Ack>> {
    let mut group = Group::default();
    let mut waiting = Vec::with_capacity(prepared.len());
    for item in prepared {
        let record = item.page.as_ref().map(|p| p.record.clone());
        group.pages.extend(item.page);
        group.done.extend(item.task.clone());
        group.candidates.push(item.candidates);
        group.notes.extend(item.notes);
        waiting.push((item.task, record, item.fault));
    }
    let Committed { pages, admitted } = state.commit(group)?;
    let mut fates = pages.into_iter();
    let acks = waiting
        .into_iter()
        .zip(admitted)
        .map(|((task, record, fault), admitted)| {
            let page = record.and_then(|record| Some((record, fates.next()?)));
            Ack {
                task,
                page,
                admitted,
                fault,
            }
        });
    Ok(acks.collect())
}
