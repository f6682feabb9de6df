//! The queue of an unfinished crawl, by host: what waits, what is remembered of hosts, and how
//! much of their budgets is spent.
//!
//! A *lane* is the hash of an origin (scheme, host, port). The URLs of a lane stand together, in
//! the order of their admission, so that a crawl reads a few of each host and leaves the rest
//! here; the lanes are found by skipping from one to the next, not by reading what is in them.
//! Where they stand is told in `waiting/mod.rs`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::waiting::{Place, Waiting};
use super::{Batch, PageKey, Store, codec};
use crate::error::{Error, Result};

/// A URL that waits to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// With `lane`, its identity in the store; in the order of admission.
    pub seq: u64,
    /// [`lane_of`] the URL that was admitted.
    pub lane: u64,
    /// As found: this is what gets fetched.
    pub url: String,
    /// Links away from a seed.
    pub depth: u16,
    /// Redirects followed to get here.
    pub redirects: u8,
}

/// The stored value; the rest of a [`Queued`] is its key.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Row {
    pub url: String,
    pub depth: u16,
    pub redirects: u8,
}

/// A row of the queue as versions before the lanes wrote it, under its sequence alone.
#[derive(Serialize, Deserialize)]
struct OldRow {
    seq: u64,
    url: String,
    depth: u16,
    redirects: u8,
}

/// Part of a lane.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lane {
    pub lane: u64,
    /// In order of admission, without gaps.
    pub waiting: Vec<Queued>,
    /// Others wait behind these.
    pub more: bool,
    /// What the crawl noted of the host, in its own encoding.
    pub note: Option<Vec<u8>>,
}

/// Part of what a store knows of a crawl beside its pages.
#[derive(Debug, Default)]
pub struct Queue {
    /// Keys of URLs that were ever queued.
    pub seen: Vec<PageKey>,
    /// URLs queued and not done.
    pub pending: Vec<Queued>,
    /// Notes on hosts, by lane.
    pub notes: Vec<(u64, Vec<u8>)>,
    /// URLs that were ever admitted, by host or domain.
    pub admitted: Vec<(u64, u32)>,
}

/// Scheme, host and port of an http or https address: the part before its path. Addresses in the
/// queue are written by the URL parser, so equal origins are equal text.
pub fn origin_of(url: &str) -> Option<&str> {
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

/// The lane of an address; those without an origin share one.
pub fn lane_of(url: &str) -> u64 {
    xxh3_64(origin_of(url).unwrap_or_default().as_bytes())
}

/// Reads the queue while the store is written to by its owner.
#[derive(Clone)]
pub struct Reader {
    shown: Arc<RwLock<Option<sled::Db>>>,
    waiting: Arc<RwLock<Waiting>>,
    state: std::path::PathBuf,
    reads: Arc<AtomicU64>,
}

/// Rows that are handed on, or moved, at a time.
const PART: usize = 10_000;

impl Store {
    /// A way to read the queue from other threads, as long as the store is open.
    pub fn reader(&self) -> Reader {
        Reader {
            shown: Arc::clone(&self.shown),
            waiting: Arc::clone(&self.waiting),
            state: self.dir.clone(),
            reads: Arc::clone(&self.reads),
        }
    }

    /// All URLs queued and not done, in order of admission.
    pub fn pending(&self) -> Result<Vec<Queued>> {
        let mut pending = Vec::new();
        self.each_pending(&mut |queued| {
            pending.push(queued);
            Ok(())
        })?;
        pending.sort_unstable_by_key(|q| q.seq);
        Ok(pending)
    }

    /// Hands on the URLs queued and not done, lane by lane.
    fn each_pending(&self, take: &mut dyn FnMut(Queued) -> Result<()>) -> Result<()> {
        let waiting = read(&self.waiting);
        let mut merge = waiting.from((0, 0)).map_err(|e| self.damaged(e))?;
        let mut row = Vec::new();
        while let Some(place) = merge.next(&mut row).map_err(|e| self.damaged(e))? {
            if !row.is_empty() {
                take(queued(place, &row).map_err(|e| self.damaged(e))?)?;
            }
        }
        Ok(())
    }

    /// Hands on everything that was ever in the queue, in parts.
    pub fn queue(&self, take: &mut dyn FnMut(Queue) -> Result<()>) -> Result<()> {
        let mut part = Queue::default();
        let mut full = |part: &mut Queue, last: bool| {
            let rows = part.seen.len() + part.pending.len() + part.notes.len();
            match last || rows + part.admitted.len() >= PART {
                true => take(std::mem::take(part)),
                false => Ok(()),
            }
        };
        self.each_pending(&mut |queued| {
            part.pending.push(queued);
            full(&mut part, false)
        })?;
        self.seen()?.each(&mut |key| {
            part.seen.push(key);
            full(&mut part, false)
        })?;
        for item in self.scan(b"s") {
            part.seen.extend(PageKey::try_from(&item?.0[1..]));
            full(&mut part, false)?;
        }
        for item in self.scan(b"h") {
            let (key, value) = item?;
            part.notes.push((number(&key[1..]), value.to_vec()));
            full(&mut part, false)?;
        }
        for item in self.scan(b"b") {
            let (key, value) = item?;
            let count = codec::decode(&value).map_err(|e| self.damaged(e))?;
            part.admitted.push((number(&key[1..]), count));
            full(&mut part, false)?;
        }
        full(&mut part, true)
    }

    /// URLs that were ever admitted of a host or domain (by the hash of its name).
    pub fn admitted(&self, of: u64) -> Result<u32> {
        let found = self
            .db()?
            .get(numbered(b'b', of))
            .map_err(|e| self.damaged(e))?;
        found.map_or(Ok(0), |v| codec::decode(&v).map_err(|e| self.damaged(e)))
    }

    /// Takes in the queue of earlier versions, whose URLs were rows of their own. Batch by batch:
    /// where it is cut short, the next opening goes on.
    pub(super) fn take_in_old_queue(&mut self) -> Result<()> {
        loop {
            let mut batch = Batch::default();
            let mut pending = Vec::new();
            for item in self.scan(b"q").take(PART) {
                let (key, value) = item?;
                let old: OldRow = codec::decode(&value).map_err(|e| self.damaged(e))?;
                pending.push(Queued {
                    seq: old.seq,
                    lane: lane_of(&old.url),
                    url: old.url,
                    depth: old.depth,
                    redirects: old.redirects,
                });
                batch.remove(&key);
            }
            for item in self.scan(b"w").take(PART) {
                let (key, value) = item?;
                if key.len() != 17 {
                    return Err(self.damaged("a key of the queue has another length"));
                }
                let place = (number(&key[1..9]), number(&key[9..]));
                pending.push(queued(place, &value).map_err(|e| self.damaged(e))?);
                batch.remove(&key);
            }
            if pending.is_empty() {
                return Ok(());
            }
            let staged = read(&self.waiting).stage(pending, &[], &mut batch)?;
            self.write(batch)?;
            self.adopt(staged);
        }
    }
}

impl Reader {
    /// Rows that the store was asked for since it was opened, by whomever.
    pub fn rows_read(&self) -> u64 {
        self.reads.load(Ordering::Relaxed)
    }

    /// What waits in a lane from a sequence on, at most so many, and the note on its host.
    pub fn lane(&self, lane: u64, from: u64, most: usize) -> Result<Lane> {
        let mut found = self.search((lane, from), 1, most, Some(lane))?;
        let mut found = found.pop().unwrap_or(Lane {
            lane,
            ..Lane::default()
        });
        found.note = self.note(lane)?;
        Ok(found)
    }

    /// The next lanes with something waiting, at most `lanes`, each with its first `most` URLs;
    /// fewer where there are no more.
    pub fn lanes(&self, from: u64, lanes: usize, most: usize) -> Result<Vec<Lane>> {
        let mut found = self.search((from, 0), lanes, most, None)?;
        for lane in &mut found {
            lane.note = self.note(lane.lane)?;
        }
        Ok(found)
    }

    /// Lanes from a place on, without their notes; `only` of this lane.
    fn search(
        &self,
        from: Place,
        lanes: usize,
        most: usize,
        only: Option<u64>,
    ) -> Result<Vec<Lane>> {
        let waiting = read(&self.waiting);
        let mut merge = waiting.from(from).map_err(|e| self.damaged(e))?;
        let mut found: Vec<Lane> = Vec::new();
        let mut row = Vec::new();
        while let Some(place) = merge.next(&mut row).map_err(|e| self.damaged(e))? {
            if only.is_some_and(|lane| lane != place.0) {
                break;
            }
            if row.is_empty() {
                continue; // Done, and its URL was never here.
            }
            if found.last().is_none_or(|last| last.lane != place.0) {
                if found.len() == lanes {
                    break;
                }
                found.push(Lane {
                    lane: place.0,
                    ..Lane::default()
                });
            }
            let Some(lane) = found.last_mut() else { break };
            if lane.waiting.len() < most {
                let next = queued(place, &row).map_err(|e| self.damaged(e))?;
                lane.waiting.push(next);
                continue;
            }
            lane.more = true;
            let Some(next) = place.0.checked_add(1).filter(|_| only.is_none()) else {
                break;
            };
            merge.seek((next, 0)).map_err(|e| self.damaged(e))?;
        }
        self.reads.fetch_add(merge.read, Ordering::Relaxed);
        Ok(found)
    }

    fn note(&self, lane: u64) -> Result<Option<Vec<u8>>> {
        let shown = self.shown();
        let db = shown.as_ref().ok_or_else(|| self.closed())?;
        self.reads.fetch_add(1, Ordering::Relaxed);
        let note = db.get(numbered(b'h', lane));
        Ok(note.map_err(|e| self.damaged(e))?.map(|v| v.to_vec()))
    }

    /// Held for one answer: the store waits for it where it has to close and open again.
    fn shown(&self) -> RwLockReadGuard<'_, Option<sled::Db>> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn closed(&self) -> Error {
        self.damaged("it was closed and did not open again")
    }

    fn damaged(&self, error: impl std::fmt::Display) -> Error {
        Error::Damaged {
            path: self.state.clone(),
            detail: super::one_line(&error.to_string()),
        }
    }
}

/// Held for one answer: the owner waits for it where it takes in a change.
pub(super) fn read(waiting: &RwLock<Waiting>) -> RwLockReadGuard<'_, Waiting> {
    waiting.read().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn numbered(tag: u8, number: u64) -> [u8; 9] {
    let mut out = [tag; 9];
    out[1..].copy_from_slice(&number.to_be_bytes());
    out
}

/// The big-endian number that a key holds; 0 where it has another length.
pub(super) fn number(bytes: &[u8]) -> u64 {
    <[u8; 8]>::try_from(bytes).map_or(0, u64::from_be_bytes)
}

fn queued((lane, seq): Place, value: &[u8]) -> Result<Queued, String> {
    let row: Row = codec::decode(value)?;
    Ok(Queued {
        seq,
        lane,
        url: row.url,
        depth: row.depth,
        redirects: row.redirects,
    })
}

#[cfg(test)]
mod tests;
