//! The queue of an unfinished crawl, by host: what waits, what is remembered of hosts, and how
//! much of their budgets is spent.
//!
//! A *lane* is the hash of an origin (scheme, host, port). The URLs of a lane stand together, in
//! the order of their admission, so that a crawl reads a few of each host and leaves the rest
//! here; the lanes are found by skipping from one to the next, not by reading what is in them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{PageKey, Store, codec};
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
#[derive(Serialize, Deserialize)]
struct Row {
    url: String,
    depth: u16,
    redirects: u8,
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

/// What a store knows of a crawl beside its pages.
#[derive(Debug, Default)]
pub struct Queue {
    /// Keys of all URLs that were ever queued.
    pub seen: Vec<PageKey>,
    /// URLs queued and not done, in order of admission.
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
    state: std::path::PathBuf,
    reads: Arc<AtomicU64>,
}

impl Store {
    /// A way to read the queue from other threads, as long as the store is open.
    pub fn reader(&self) -> Reader {
        Reader {
            shown: Arc::clone(&self.shown),
            state: self.dir.clone(),
            reads: Arc::clone(&self.reads),
        }
    }

    /// URLs queued and not done, in order of admission.
    pub fn pending(&self) -> Result<Vec<Queued>> {
        let mut pending = Vec::new();
        for item in self.scan(b"w") {
            let (key, value) = item?;
            pending.push(queued(&key, &value).map_err(|e| self.damaged(e))?);
        }
        pending.sort_unstable_by_key(|q| q.seq);
        Ok(pending)
    }

    /// The queue with everything that was ever in it.
    pub fn queue(&self) -> Result<Queue> {
        let mut queue = Queue {
            pending: self.pending()?,
            seen: self.seen()?.all()?,
            ..Queue::default()
        };
        for item in self.db()?.scan_prefix(b"s").keys() {
            let key = item.map_err(|e| self.damaged(e))?;
            queue.seen.extend(PageKey::try_from(&key[1..]));
        }
        for item in self.db()?.scan_prefix(b"h") {
            let (key, value) = item.map_err(|e| self.damaged(e))?;
            queue.notes.push((number(&key[1..]), value.to_vec()));
        }
        for item in self.db()?.scan_prefix(b"b") {
            let (key, value) = item.map_err(|e| self.damaged(e))?;
            let count = codec::decode(&value).map_err(|e| self.damaged(e))?;
            queue.admitted.push((number(&key[1..]), count));
        }
        Ok(queue)
    }

    /// URLs that were ever admitted of a host or domain (by the hash of its name).
    pub fn admitted(&self, of: u64) -> Result<u32> {
        let found = self
            .db()?
            .get(numbered(b'b', of))
            .map_err(|e| self.damaged(e))?;
        found.map_or(Ok(0), |v| codec::decode(&v).map_err(|e| self.damaged(e)))
    }

    /// Brings a queue from before the lanes into their order. Batch by batch: where it is cut
    /// short, the next opening goes on.
    pub(super) fn sort_old_queue(&self) -> Result<()> {
        const BATCH: usize = 10_000;
        loop {
            let mut batch = sled::Batch::default();
            let mut any = false;
            for item in self.db()?.scan_prefix(b"q").take(BATCH) {
                let (key, value) = item.map_err(|e| self.damaged(e))?;
                let old: OldRow = codec::decode(&value).map_err(|e| self.damaged(e))?;
                let new = Queued {
                    seq: old.seq,
                    lane: lane_of(&old.url),
                    url: old.url,
                    depth: old.depth,
                    redirects: old.redirects,
                };
                let (place, row) = row(&new);
                batch.insert(&place, row);
                batch.remove(key);
                any = true;
            }
            if !any {
                return Ok(());
            }
            self.db()?
                .apply_batch(batch)
                .map_err(|e| self.unwritable(e))?;
            self.db()?.flush().map_err(|e| self.unwritable(e))?;
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
        let shown = self.shown();
        let db = shown.as_ref().ok_or_else(|| self.closed())?;
        self.lane_of(db, lane, from, most)
    }

    fn lane_of(&self, db: &sled::Db, lane: u64, from: u64, most: usize) -> Result<Lane> {
        let mut found = Lane {
            lane,
            ..Lane::default()
        };
        for item in db.range(place(lane, from)..=place(lane, u64::MAX)) {
            self.reads.fetch_add(1, Ordering::Relaxed);
            let (key, value) = item.map_err(|e| self.damaged(e))?;
            if found.waiting.len() == most {
                found.more = true;
                break;
            }
            let next = queued(&key, &value).map_err(|e| self.damaged(e))?;
            found.waiting.push(next);
        }
        self.reads.fetch_add(1, Ordering::Relaxed);
        let note = db.get(numbered(b'h', lane));
        found.note = note.map_err(|e| self.damaged(e))?.map(|v| v.to_vec());
        Ok(found)
    }

    /// The next lanes with something waiting, at most `lanes`, each with its first `most` URLs;
    /// fewer where there are no more.
    pub fn lanes(&self, from: u64, lanes: usize, most: usize) -> Result<Vec<Lane>> {
        let shown = self.shown();
        let db = shown.as_ref().ok_or_else(|| self.closed())?;
        let mut found = Vec::new();
        let mut from = Some(from);
        while let Some(start) = from
            && found.len() < lanes
        {
            let end = place(u64::MAX, u64::MAX);
            self.reads.fetch_add(1, Ordering::Relaxed);
            let Some(item) = db.range(place(start, 0)..=end).next() else {
                break;
            };
            let (key, _) = item.map_err(|e| self.damaged(e))?;
            let lane = number(&key[1..9]);
            found.push(self.lane_of(db, lane, 0, most)?);
            from = lane.checked_add(1);
        }
        Ok(found)
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

/// Key and value of a row.
pub(super) fn row(queued: &Queued) -> ([u8; 17], Vec<u8>) {
    let row = Row {
        url: queued.url.clone(),
        depth: queued.depth,
        redirects: queued.redirects,
    };
    (place(queued.lane, queued.seq), codec::encode(&row))
}

pub(super) fn place(lane: u64, seq: u64) -> [u8; 17] {
    let mut out = [b'w'; 17];
    out[1..9].copy_from_slice(&lane.to_be_bytes());
    out[9..].copy_from_slice(&seq.to_be_bytes());
    out
}

pub(super) fn numbered(tag: u8, number: u64) -> [u8; 9] {
    let mut out = [tag; 9];
    out[1..].copy_from_slice(&number.to_be_bytes());
    out
}

/// The big-endian number that a key holds; 0 where it has another length.
fn number(bytes: &[u8]) -> u64 {
    <[u8; 8]>::try_from(bytes).map_or(0, u64::from_be_bytes)
}

fn queued(key: &[u8], value: &[u8]) -> Result<Queued, String> {
    let row: Row = codec::decode(value)?;
    if key.len() != 17 {
        return Err("a key of the queue has another length".into());
    }
    Ok(Queued {
        seq: number(&key[9..]),
        lane: number(&key[1..9]),
        url: row.url,
        depth: row.depth,
        redirects: row.redirects,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Change, Meta};

    fn waiting(seq: u64, url: &str) -> Queued {
        Queued {
            seq,
            lane: lane_of(url),
            url: url.into(),
            depth: 1,
            redirects: 0,
        }
    }

    fn commit(store: &mut Store, change: Change) {
        let meta = Meta {
            commits: store.meta().commits + 1,
            ..store.meta()
        };
        store.commit(Change { meta, ..change }).unwrap();
    }

    #[test]
    fn lanes_are_read_in_parts() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::open(&dir.path().join("store"), dir.path(), 8 << 20).unwrap();
        let pending: Vec<_> = (0..30)
            .map(|i| waiting(i, &format!("http://h{}.cn/{i}", i % 3)))
            .collect();
        let notes = vec![(pending[0].lane, b"note".to_vec())];
        let change = Change {
            pending: pending.clone(),
            notes,
            admitted: vec![(7, 10)],
            ..Change::default()
        };
        commit(&mut store, change);
        let reader = store.reader();
        let part = reader.lane(pending[0].lane, 4, 2).unwrap();
        let seqs: Vec<u64> = part.waiting.iter().map(|q| q.seq).collect();
        assert_eq!((seqs, part.more), (vec![6, 9], true));
        assert_eq!(part.note.as_deref(), Some(b"note".as_slice()));
        assert!(!reader.lane(pending[0].lane, 4, 8).unwrap().more);
        let first = reader.lanes(0, 2, 1).unwrap();
        let rest = reader.lanes(first[1].lane + 1, 2, 99).unwrap();
        assert_eq!((first.len(), rest.len(), rest[0].waiting.len()), (2, 1, 10));
        assert_eq!(store.pending().unwrap(), pending);
        assert_eq!(store.admitted(7).unwrap(), 10);
        assert_eq!(store.admitted(8).unwrap(), 0);
        let change = Change {
            done: pending.clone(),
            ..Change::default()
        };
        commit(&mut store, change);
        assert!(reader.lanes(0, 9, 9).unwrap().is_empty());
    }

    #[test]
    fn a_queue_from_before_the_lanes_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store");
        let store = Store::open(&path, dir.path(), 8 << 20).unwrap();
        for seq in 0..12_000 {
            let old = OldRow {
                seq,
                url: format!("http://h{}.cn/{seq}", seq % 7),
                depth: 2,
                redirects: 1,
            };
            let key = numbered(b'q', seq);
            store
                .db()
                .unwrap()
                .insert(key, codec::encode(&old))
                .unwrap();
        }
        let seen = [3; 16];
        let row = super::super::keyed(b's', &seen);
        store.db().unwrap().insert(row, &[]).unwrap();
        drop(store);
        let store = Store::open(&path, dir.path(), 8 << 20).unwrap();
        assert!(store.knows(&seen).unwrap() && !store.knows(&[4; 16]).unwrap());
        assert_eq!(store.queue().unwrap().seen, [seen]);
        let pending = store.pending().unwrap();
        assert_eq!(pending.len(), 12_000);
        assert_eq!(pending[8].url, "http://h1.cn/8");
        assert_eq!(pending[8].lane, lane_of("http://h1.cn/"));
        assert!(store.db().unwrap().scan_prefix(b"q").next().is_none());
    }

    #[test]
    fn origins_are_read_off_the_text() {
        assert_eq!(origin_of("http://a.cn:81/x?y"), Some("http://a.cn:81"));
        assert_eq!(origin_of("https://[::1]/"), Some("https://[::1]"));
        assert_eq!(origin_of("ftp://a.cn/"), None);
        assert_eq!(origin_of("http:///x"), None);
    }
}
