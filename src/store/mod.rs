//! The index over the archive: records, the frontier of the unfinished crawl, and counters, in
//! sled. This module is the only one that names sled.
//!
//! One tree, few keys, one atomic batch a group commit, then a synchronous flush:
//!
//! | key | value |
//! | --- | --- |
//! | `m` | [`Meta`]: counters and the end of the archive that this index covers |
//! | `p` + 16-byte URL key | [`Stored`] |
//! | `c` + 8-byte commit + 4-byte chunk | the [`Codes`] of the pages of that commit |
//! | `o` + URL key + 8-byte digest | empty: an older content of that page, archived but superseded |
//! | `t` + 8-byte commit + 4-byte chunk | keys of URLs that were queued, see `seen.rs` |
//! | `r` | the files of such keys that count |
//! | `s` + URL key | empty: the same as versions before the files wrote it |
//! | `v` + 8-byte number | URLs that wait, and that are done, since the last file of such |
//! | `x` | the files of such URLs that count, see `waiting/mod.rs` |
//! | `w` + 8-byte lane + 8-byte sequence | a URL that waits, as versions before the files wrote it |
//! | `q` + 8-byte sequence | the same as versions before the lanes wrote it |
//! | `h` + lane | what the crawl noted of that host |
//! | `b` + 8-byte hash | URLs admitted so far of a host or domain |
//!
//! The codes stand apart from the records because a question for near-duplicates reads those of
//! all pages, and nothing else. Of a page that was stored again the last row counts. A store that
//! was made before there were such rows gets them when they are first asked for.
//!
//! [`Meta`] is rewritten by every commit, so a store that lost its tail shows older counters
//! than the ledger outside it ([`crate::state`]).

mod beside;
mod codec;
mod codes;
mod open;
pub mod queue;
mod seen;
mod waiting;

pub use codec::{decode, decode_page, encode};

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::archive::{End, Location};
use crate::error::{Error, Result};
use crate::record::Record;
use crate::site::CanonicalUrl;
pub use codes::Codes;
use open::{Batch, Refused, open_sled};
pub use queue::{Lane, Queue, Queued, Reader};
use seen::Seen;
use waiting::{Staged, Waiting};

/// 128-bit key of a page; see [`CanonicalUrl::key`].
pub type PageKey = [u8; 16];

/// A page as it stands in the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    pub location: Location,
    pub record: Record,
}

/// A page about to be stored, written as a [`Stored`]. Others look at the record, too.
#[derive(Debug, Clone)]
pub struct Placed {
    pub location: Location,
    pub record: Arc<Record>,
}

impl From<Stored> for Placed {
    fn from(stored: Stored) -> Self {
        Placed {
            location: stored.location,
            record: stored.record.into(),
        }
    }
}

/// A URL that the crawl would like to fetch; admitted if it was never seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub url: String,
    pub canonical: CanonicalUrl,
    pub depth: u16,
    pub redirects: u8,
}

/// Counters that change with every commit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
    /// Commits since the state was made.
    pub commits: u64,
    /// Pages in the store.
    pub pages: u64,
    /// Sequence that the next queued URL gets.
    pub next_seq: u64,
    /// URLs queued and not done.
    pub queued: u64,
    /// End of the archive at this commit.
    pub end: End,
}

/// One atomic change.
#[derive(Debug, Default)]
pub struct Change {
    /// Pages to store, each under its key.
    pub pages: Vec<(PageKey, Placed)>,
    /// Contents that a newer one supersedes: key and digest.
    pub superseded: Vec<(PageKey, u64)>,
    /// URLs that were queued now, or in an earlier store.
    pub seen: Vec<PageKey>,
    pub pending: Vec<Queued>,
    /// URLs that are done.
    pub done: Vec<Queued>,
    /// What the crawl notes of hosts, by lane.
    pub notes: Vec<(u64, Vec<u8>)>,
    /// New counts of [`Store::admitted`].
    pub admitted: Vec<(u64, u32)>,
    pub meta: Meta,
}

/// An open store; one in the process, one process at a time.
pub struct Store {
    /// `None` where it was closed and did not open again.
    db: Option<sled::Db>,
    /// The same for readers in other threads, who hold it no longer than one question takes.
    shown: Arc<RwLock<Option<sled::Db>>>,
    /// The folder of the store, and the state directory that errors name.
    path: PathBuf,
    dir: PathBuf,
    /// In bytes.
    cache: u64,
    meta: Meta,
    /// URLs that were queued once, but for those in rows of their own.
    seen: Option<Seen>,
    waiting: Arc<RwLock<Waiting>>,
    /// There are such rows, from an earlier version.
    old_seen: bool,
    /// Bytes of values and keys since it was opened.
    written: usize,
    /// Rows that were asked for, by it and its readers.
    reads: Arc<AtomicU64>,
}

const META: &[u8] = b"m";
const RUNS: &[u8] = b"r";
/// Keys and values written, in bytes, after which the store is closed and opened again. Opening
/// reads what was logged since the last opening, several times as much as was written, and only
/// then does sled note how far it read: so no opening takes long, not even after a crash. Until
/// then its memory grows, by some 100 MB for 64 MB of rows. Opening costs more the larger the store
/// is: from 100,000 pages on it comes after so many bytes for each, up to the most.
const REOPEN_AFTER: usize = 16 << 20;
const REOPEN_PER_PAGE: u64 = 160;
const REOPEN_AT_MOST: usize = 64 << 20;
/// Bytes of changes to the queue in memory, for a share of the cache.
const QUEUE_SHARE: u64 = 6;
const QUEUE_BYTES: std::ops::RangeInclusive<u64> = 64 << 10..=64 << 20;
/// How long to wait for another process to let go of the store.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);
/// The same where it was this process that had it: sled lets go when its threads have written what
/// they were about to.
const REOPEN_PATIENCE: Duration = Duration::from_secs(60);

impl Store {
    /// Opens the store in `dir`, making it where it is missing. `state` is the directory that
    /// errors name; `cache` is in bytes.
    pub fn open(dir: &Path, state: &Path, cache: u64) -> Result<Self> {
        let mut store = Store {
            db: None,
            shown: Arc::default(),
            path: dir.to_owned(),
            dir: state.to_owned(),
            cache,
            meta: Meta::default(),
            seen: None,
            waiting: Arc::default(),
            old_seen: false,
            written: 0,
            reads: Arc::default(),
        };
        let db = store.open_patiently(LOCK_PATIENCE)?;
        if let Some(bytes) = db.get(META).map_err(|e| store.damaged(e))? {
            store.meta = codec::decode(&bytes).map_err(|e| store.damaged(e))?;
        }
        store.show(Some(db));
        store.seen = Some(store.open_seen()?);
        let waiting = store.open_waiting()?;
        *store.change_waiting() = waiting;
        store.take_in_old_queue()?;
        let old = store.scan(b"s").next().transpose()?;
        store.old_seen = old.is_some();
        Ok(store)
    }

    fn open_seen(&self) -> Result<Seen> {
        let runs = self.db()?.get(RUNS).map_err(|e| self.damaged(e))?;
        let runs = runs.map_or(Ok(Vec::new()), |r| codec::decode(&r));
        let mut recent = HashSet::new();
        for row in self.scan(b"t") {
            recent.extend(row?.1.as_chunks().0);
        }
        let runs = runs.map_err(|e| self.damaged(e))?;
        Seen::open(self.path.join("seen"), runs, recent).map_err(|e| self.damaged(e))
    }

    fn open_waiting(&self) -> Result<Waiting> {
        let runs = self.db()?.get(waiting::RUNS).map_err(|e| self.damaged(e))?;
        let runs = runs.map_or(Ok(Vec::new()), |r| codec::decode(&r));
        let mut journal = Vec::new();
        for row in self.scan(b"v") {
            let (key, value) = row?;
            journal.push((queue::number(&key[1..]), value));
        }
        let limit = (self.cache / QUEUE_SHARE).clamp(*QUEUE_BYTES.start(), *QUEUE_BYTES.end());
        let runs = runs.map_err(|e| self.damaged(e))?;
        Waiting::open(self.path.join("queue"), limit as usize, runs, journal)
            .map_err(|e| self.damaged(e))
    }

    fn change_waiting(&self) -> RwLockWriteGuard<'_, Waiting> {
        self.waiting.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn adopt(&self, staged: Staged) {
        self.change_waiting().adopt(staged);
    }

    fn seen(&self) -> Result<&Seen> {
        self.seen.as_ref().ok_or_else(|| self.closed())
    }

    /// Opens sled; waits so long for somebody else to let go of it.
    fn open_patiently(&self, patience: Duration) -> Result<sled::Db> {
        let started = Instant::now();
        loop {
            let path = self.dir.clone();
            return Err(match open_sled(&self.path, self.cache) {
                Ok(db) => return Ok(db),
                Err(Refused::Locked) if started.elapsed() < patience => {
                    std::thread::sleep(Duration::from_millis(50));
                    continue;
                }
                Err(Refused::Locked) => Error::Locked { path },
                Err(Refused::Io(e)) => Error::read(&self.path, e),
                Err(Refused::Damaged(detail)) => Error::Damaged { path, detail },
            });
        }
    }

    /// Closes and opens sled where much was written since it was opened.
    fn reopen_where_due(&mut self) -> Result<()> {
        let grown = self.meta.pages.saturating_mul(REOPEN_PER_PAGE);
        let grown = usize::try_from(grown).unwrap_or(REOPEN_AT_MOST);
        if self.written < grown.clamp(REOPEN_AFTER, REOPEN_AT_MOST) {
            return Ok(());
        }
        let shown = Arc::clone(&self.shown);
        // Readers wait until it is open again.
        let mut shown = shown.write().unwrap_or_else(PoisonError::into_inner);
        // Two at a time would lock each other out.
        self.db = None;
        *shown = None;
        let db = self.open_patiently(REOPEN_PATIENCE)?;
        *shown = Some(db.clone());
        self.db = Some(db);
        self.written = 0;
        Ok(())
    }

    /// What is asked from now on; waits for readers to have their answers.
    fn show(&mut self, db: Option<sled::Db>) {
        self.db.clone_from(&db);
        // A reader that panicked has changed nothing.
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = db;
    }

    fn db(&self) -> Result<&sled::Db> {
        self.db.as_ref().ok_or_else(|| self.closed())
    }

    fn closed(&self) -> Error {
        self.damaged("it was closed and did not open again")
    }

    /// The rows under a tag, in the order of their keys.
    fn scan(&self, tag: &[u8]) -> impl Iterator<Item = Result<(sled::IVec, sled::IVec)>> + '_ {
        let (db, gone) = match self.db() {
            Ok(db) => (Some(db), None),
            Err(gone) => (None, Some(Err(gone))),
        };
        let rows = db.map(|db| db.scan_prefix(tag)).into_iter().flatten();
        let counted = rows.inspect(|_| self.count_read());
        counted
            .map(|row| row.map_err(|e| self.damaged(e)))
            .chain(gone)
    }

    fn count_read(&self) {
        self.reads.fetch_add(1, Ordering::Relaxed);
    }

    pub fn meta(&self) -> Meta {
        self.meta
    }

    pub fn get(&self, key: &PageKey) -> Result<Option<Stored>> {
        self.count_read();
        let found = self.db()?.get(keyed(b'p', key));
        let bytes = found.map_err(|e| self.damaged(e))?;
        bytes
            .map(|b| codec::decode_page(&b).map_err(|e| self.damaged(e)))
            .transpose()
    }

    /// Was this URL queued or stored before?
    pub fn knows(&self, key: &PageKey) -> Result<bool> {
        let db = self.db()?;
        let has = |tag| {
            self.count_read();
            let found = db.contains_key(keyed(tag, key));
            found.map_err(|e| self.damaged(e))
        };
        Ok(self.seen()?.contains(key)? || (self.old_seen && has(b's')?) || has(b'p')?)
    }

    /// Is this an older content of the page, archived already?
    pub fn is_superseded(&self, key: &PageKey, digest: u64) -> Result<bool> {
        let found = self.db()?.contains_key(superseded(key, digest));
        found.map_err(|e| self.damaged(e))
    }

    /// All pages, in the order of their keys.
    pub fn pages(&self) -> impl Iterator<Item = Result<Stored>> + '_ {
        self.scan(b"p").map(|row| {
            let (_, value) = row?;
            codec::decode_page(&value).map_err(|e| self.damaged(e))
        })
    }

    /// Applies a change atomically and makes it durable before returning.
    pub fn commit(&mut self, change: Change) -> Result<()> {
        self.reopen_where_due()?;
        self.change_waiting().take_merged()?;
        self.seen.iter_mut().try_for_each(Seen::take_merged)?;
        let mut batch = Batch::default();
        for (key, placed) in &change.pages {
            batch.insert(&keyed(b'p', key), codec::encode_page(placed));
        }
        for (chunk, rows) in (0..).zip(codes::rows(&change.pages)) {
            batch.insert(&codes::key(change.meta.commits, chunk), rows);
        }
        for (key, digest) in &change.superseded {
            batch.insert(&superseded(key, *digest), Vec::new());
        }
        let compacted = self.seen()?.compact_where_due()?;
        if let Some(compacted) = &compacted {
            let rows = compacted.recent.then(|| self.scan(b"t"));
            for row in rows.into_iter().flatten() {
                batch.remove(&row?.0);
            }
            batch.insert(RUNS, codec::encode(&self.seen()?.listing(compacted)));
        }
        for (chunk, keys) in (0..).zip(change.seen.chunks(seen::CHUNK)) {
            batch.insert(&seen::key(change.meta.commits, chunk), keys.concat());
        }
        let staged = queue::read(&self.waiting).stage(change.pending, &change.done, &mut batch)?;
        for (lane, note) in &change.notes {
            batch.insert(&queue::numbered(b'h', *lane), note.clone());
        }
        for (of, count) in &change.admitted {
            batch.insert(&queue::numbered(b'b', *of), codec::encode(count));
        }
        batch.insert(META, codec::encode(&change.meta));
        self.write(batch)?;
        self.adopt(staged);
        self.meta = change.meta;
        if let Some(seen) = &mut self.seen {
            if let Some(compacted) = compacted {
                seen.adopt(compacted);
            }
            seen.note(&change.seen);
        }
        Ok(())
    }

    /// Writes rows atomically and durably.
    fn write(&mut self, batch: Batch) -> Result<()> {
        let db = self.db()?;
        db.apply_batch(batch.rows).map_err(|e| self.unwritable(e))?;
        db.flush().map_err(|e| self.unwritable(e))?;
        self.written += batch.bytes;
        Ok(())
    }

    fn damaged(&self, error: impl std::fmt::Display) -> Error {
        Error::Damaged {
            path: self.dir.clone(),
            detail: one_line(&error.to_string()),
        }
    }

    fn unwritable(&self, error: sled::Error) -> Error {
        match error {
            sled::Error::Io(source) => Error::write(&self.dir, source),
            other => self.damaged(other),
        }
    }
}

impl Drop for Store {
    /// Readers that outlive it keep nothing open.
    fn drop(&mut self) {
        self.show(None);
        self.change_waiting().rest();
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn keyed(tag: u8, key: &PageKey) -> [u8; 17] {
    let mut out = [tag; 17];
    out[1..].copy_from_slice(key);
    out
}

fn superseded(key: &PageKey, digest: u64) -> Vec<u8> {
    [b"o".as_slice(), key, &digest.to_be_bytes()].concat()
}
