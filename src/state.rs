//! One state directory: the archive, the store over it, and the ledger that tells whether the
//! two still agree.
//!
//! ```text
//! state/archive/partyline-00000.warc.gz …   the pages as they came: the truth
//! state/store/                              sled: the index, can be rebuilt
//! state/ledger.json                         counters of the last commit, kept outside sled
//! ```
//!
//! A commit makes archive, store and ledger durable in that order. After a crash the archive may
//! hold a tail that the store does not know: it was never acknowledged and is cut off. The store
//! may be one commit ahead of the ledger. A store *behind* the ledger has lost data: that is
//! reported, never papered over.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::archive::{self, End};
use crate::error::{Error, Result};
use crate::page::Page;
use crate::record::Record;
use crate::site::CanonicalUrl;
use crate::store::{
    Candidate, Change, Codes, Meta, PageKey, Placed, Queue, Queued, Reader, Store, Stored,
};

mod admit;
mod lock;
mod room;

pub use admit::{Admitted, Budgets};
pub use lock::Lock;
pub use room::MIN_FREE;

/// An open state directory.
pub struct State {
    dir: PathBuf,
    store: Store,
    archive: archive::Writer,
    /// Commits are entered in the ledger; not while a store is being rebuilt beside it.
    keeps_ledger: bool,
    /// Nothing is written where fewer bytes are free.
    min_free: u64,
    budgets: Budgets,
    spent: admit::Spent,
    originals: archive::Originals,
    lock: Lock,
}

/// The counters outside sled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    pub version: u32,
    pub commits: u64,
    pub pages: u64,
    pub end: End,
}

/// What one group commit brings in.
#[derive(Default)]
pub struct Group {
    pub pages: Vec<NewPage>,
    pub done: Vec<Queued>,
    /// URLs that the crawl would like to fetch, for each origin of them in turn.
    pub candidates: Vec<Vec<Candidate>>,
    /// What the crawl notes of hosts, by lane.
    pub notes: Vec<(u64, Vec<u8>)>,
}

/// A page ready to be archived and stored.
pub struct NewPage {
    pub key: PageKey,
    pub record: Arc<Record>,
    pub bytes: Bytes,
}

/// Where the bytes of a page are.
pub enum Bytes {
    /// Archive members still to be appended.
    Members(Vec<u8>),
    /// The same, with the records that stand beside that of the page.
    Exchange(Box<archive::Members>),
    /// In the archive already (a rebuild).
    At(archive::Location),
}

/// What became of a group, in its order.
#[derive(Debug, Default)]
pub struct Committed {
    /// For each page.
    pub pages: Vec<Fate>,
    /// For each list of candidates: those that were new.
    pub admitted: Vec<Admitted>,
}

/// What became of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    New,
    /// The page was known with other content; the later one is kept, both are archived.
    Changed,
    /// The same page with the same content was there already.
    Known,
}

const LEDGER: &str = "ledger.json";
const VERSION: u32 = 1;

impl State {
    /// Opens a state directory, making it where it is missing.
    pub fn open(dir: &Path, cache: u64) -> Result<Self> {
        fs::create_dir_all(dir).map_err(|e| Error::write(dir, e))?;
        let lock = Lock::take(dir)?;
        let (ledger, path) = (read_ledger(dir)?, dir.join("store"));
        let damaged = |detail: &str| Error::Damaged {
            path: dir.into(),
            detail: detail.into(),
        };
        match ledger {
            None if path.exists() => return Err(damaged("ledger.json is missing")),
            // Opening the archive at its beginning would cut off every page in it.
            None if archive::end_of_files(&dir.join("archive"))? != End::default() => {
                return Err(damaged("store and ledger.json are missing"));
            }
            None => write_ledger(
                dir,
                Ledger {
                    version: VERSION,
                    ..Ledger::default()
                },
            )?,
            Some(ledger) if ledger.commits > 0 && !path.exists() => {
                return Err(damaged("the folder store is missing"));
            }
            Some(_) => {}
        }
        let store = Store::open(&path, dir, cache)?;
        let (meta, ledger) = (store.meta(), ledger.unwrap_or_default());
        if meta.commits < ledger.commits || meta.end < ledger.end {
            let detail = format!("it holds {} of {} commits", meta.commits, ledger.commits);
            return Err(damaged(&detail));
        }
        if meta.commits == ledger.commits && Ledger::of(meta).pages != ledger.pages {
            let detail = format!("it holds {} pages, the ledger {}", meta.pages, ledger.pages);
            return Err(damaged(&detail));
        }
        if meta.commits > ledger.commits {
            // A crash came between the store's flush and the ledger.
            write_ledger(dir, Ledger::of(meta))?;
        }
        let archive = archive::Writer::open(&dir.join("archive"), meta.end)?;
        Ok(State {
            dir: dir.to_owned(),
            store,
            archive,
            keeps_ledger: true,
            min_free: MIN_FREE,
            budgets: Budgets::default(),
            spent: admit::Spent::default(),
            originals: archive::Originals::default(),
            lock,
        })
    }

    /// Opens the archive of a state directory up to `end` with an empty store in `fresh`. The
    /// ledger stays as it is.
    pub fn open_rebuilding(
        dir: &Path,
        fresh: &Path,
        lock: Lock,
        cache: u64,
        end: End,
    ) -> Result<Self> {
        let store = Store::open(fresh, dir, cache)?;
        let archive = archive::Writer::open(&dir.join("archive"), end)?;
        Ok(State {
            dir: dir.to_owned(),
            store,
            archive,
            keeps_ledger: false,
            min_free: MIN_FREE,
            budgets: Budgets::default(),
            spent: admit::Spent::default(),
            originals: archive::Originals::default(),
            lock,
        })
    }

    /// Closes the state and keeps its lock.
    pub fn into_lock(self) -> Lock {
        self.lock
    }

    /// Opens a state directory that must hold a state already.
    pub fn open_existing(dir: &Path, cache: u64) -> Result<Self> {
        match fs::metadata(dir) {
            Ok(meta) if !meta.is_dir() => return Err(Error::input(dir, "not a directory")),
            Ok(_) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(no_state(dir)),
            Err(e) => return Err(Error::read(dir, e)),
        }
        if read_ledger(dir)?.is_none() && !dir.join("store").exists() {
            return Err(no_state(dir));
        }
        Self::open(dir, cache)
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn archive_dir(&self) -> PathBuf {
        self.dir.join("archive")
    }

    pub fn meta(&self) -> Meta {
        self.store.meta()
    }

    pub fn get(&self, url: &CanonicalUrl) -> Result<Option<Stored>> {
        self.store.get(&url.key())
    }

    /// Was this URL stored, or queued, before?
    pub fn knows(&self, url: &CanonicalUrl) -> Result<bool> {
        self.store.knows(&url.key())
    }

    /// All pages, in a fixed order.
    pub fn pages(&self) -> impl Iterator<Item = Result<Stored>> + '_ {
        self.store.pages()
    }

    /// The codes of all pages, in the same order, without reading the pages.
    pub fn codes(&self) -> Result<Vec<Codes>> {
        self.store.codes()
    }

    /// Says what is wrong with the codes that are kept apart from the pages.
    pub fn check_codes(&self, amiss: &mut dyn FnMut(String)) -> Result<()> {
        self.store.check_codes(amiss)
    }

    /// A page by its key.
    pub fn page(&self, key: &PageKey) -> Result<Option<Stored>> {
        self.store.get(key)
    }

    /// URLs queued and not done, in order of admission.
    pub fn pending(&self) -> Result<Vec<Queued>> {
        self.store.pending()
    }

    /// A way to read the queue while the state is being written to.
    pub fn queue_reader(&self) -> Reader {
        self.store.reader()
    }

    /// From now on nothing is written where fewer bytes are free on the disk.
    pub fn set_min_free(&mut self, bytes: u64) {
        self.min_free = bytes;
    }

    /// Bounds what is admitted from now on.
    pub fn set_budgets(&mut self, budgets: Budgets) {
        self.budgets = budgets;
    }

    /// The bytes of a stored page.
    pub fn read_page(&self, stored: &Stored) -> Result<Page> {
        archive::read(&self.archive_dir(), stored.location)
    }

    /// Makes a group durable. When this returns, nothing of it can be lost; when it fails,
    /// nothing of it counts.
    pub fn commit(&mut self, group: Group) -> Result<Committed> {
        room::check(&self.dir, self.min_free)?;
        let mut change = Change {
            meta: self.store.meta(),
            ..Change::default()
        };
        let mut result = Committed::default();
        self.place(group.pages, &mut change, &mut result.pages)?;
        self.admit(group.candidates, &mut change, &mut result.admitted)?;
        change.done = group.done;
        change.notes = group.notes;
        change.meta.queued = change.meta.queued.saturating_sub(change.done.len() as u64);
        change.meta.commits += 1;
        change.meta.end = change.meta.end.max(self.archive.sync()?);
        let ledger = Ledger::of(change.meta);
        self.store.commit(change)?;
        if self.keeps_ledger {
            write_ledger(&self.dir, ledger)?;
        }
        Ok(result)
    }

    /// Puts a part of the queue of an earlier store into this one.
    pub fn restore(&mut self, queue: Queue) -> Result<()> {
        let mut meta = self.store.meta();
        meta.queued += queue.pending.len() as u64;
        let last = queue.pending.iter().map(|q| q.seq + 1).max();
        meta.next_seq = meta.next_seq.max(last.unwrap_or(0));
        meta.commits += 1;
        meta.end = meta.end.max(self.archive.sync()?);
        self.store.commit(Change {
            seen: queue.seen,
            pending: queue.pending,
            notes: queue.notes,
            admitted: queue.admitted,
            meta,
            ..Change::default()
        })
    }

    /// Payloads in the archive that later records may refer to.
    pub fn originals(&self) -> archive::Originals {
        self.originals.clone()
    }

    fn append(&mut self, members: archive::Members) -> Result<archive::Location> {
        let location = self.archive.append(&members.page)?;
        self.archive.append_beside(&members.beside)?;
        if let Some(original) = members.original {
            self.originals.note(original, location);
        }
        Ok(location)
    }

    /// Decides what becomes of each page and appends the new ones to the archive.
    fn place(
        &mut self,
        pages: Vec<NewPage>,
        change: &mut Change,
        fates: &mut Vec<Fate>,
    ) -> Result<()> {
        let mut slots: HashMap<PageKey, usize> = HashMap::new();
        for page in pages {
            let slot = slots.get(&page.key).copied();
            let known = match slot {
                Some(slot) => Some(change.pages[slot].1.clone()),
                None => self.store.get(&page.key)?.map(Placed::from),
            };
            let digest = page.record.digest;
            let repeated = known.as_ref().is_some_and(|k| k.record.digest == digest)
                || change.superseded.contains(&(page.key, digest))
                || (known.is_some() && self.store.is_superseded(&page.key, digest)?);
            if repeated {
                fates.push(Fate::Known);
                continue;
            }
            let location = match page.bytes {
                Bytes::Members(bytes) => self.archive.append(&bytes)?,
                Bytes::Exchange(members) => self.append(*members)?,
                Bytes::At(location) => location,
            };
            let stored = Placed {
                location,
                record: page.record,
            };
            let Some(known) = known else {
                change.meta.pages += 1;
                slots.insert(page.key, change.pages.len());
                change.pages.push((page.key, stored));
                fates.push(Fate::New);
                continue;
            };
            // The later capture stays, whatever order the two came in.
            let age = |s: &Placed| (s.record.fetched_at, s.record.digest);
            let (keep, old) = if age(&stored) > age(&known) {
                (stored, known)
            } else {
                (known, stored)
            };
            change.superseded.push((page.key, old.record.digest));
            match slot {
                Some(slot) => change.pages[slot].1 = keep,
                None => {
                    slots.insert(page.key, change.pages.len());
                    change.pages.push((page.key, keep));
                }
            }
            fates.push(Fate::Changed);
        }
        Ok(())
    }
}

fn no_state(dir: &Path) -> Error {
    Error::input(
        dir,
        "no partyline state here: run `partyline crawl` or `partyline ingest` first, or point --state at one",
    )
}

impl Ledger {
    pub fn of(meta: Meta) -> Self {
        Ledger {
            version: VERSION,
            commits: meta.commits,
            pages: meta.pages,
            end: meta.end,
        }
    }
}

/// Reads the ledger of a state directory; `None` where there is none.
pub fn read_ledger(dir: &Path) -> Result<Option<Ledger>> {
    let path = dir.join(LEDGER);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::read(&path, e)),
    };
    let damaged = |detail: String| Error::Damaged {
        path: dir.into(),
        detail,
    };
    let ledger: Ledger = serde_json::from_str(&text)
        .map_err(|e| damaged(format!("ledger.json does not read back: {e}")))?;
    if ledger.version != VERSION {
        return Err(damaged(format!(
            "ledger.json has version {}, unknown to this build",
            ledger.version
        )));
    }
    Ok(Some(ledger))
}

/// Replaces the ledger; readers see the old or the new one, never a part.
pub fn write_ledger(dir: &Path, ledger: Ledger) -> Result<()> {
    let path = dir.join(LEDGER);
    let temporary = dir.join("ledger.json.new");
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&temporary)?;
        file.write_all(serde_json::to_string(&ledger)?.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_data()?;
        fs::rename(&temporary, &path)?;
        // Without this a power failure could bring back a much older ledger.
        File::open(dir)?.sync_all()
    };
    write().map_err(|e| Error::write(&path, e))
}
