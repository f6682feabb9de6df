//! URLs that wait, by lane and sequence. As rows of the tree each would cost some hundred bytes of
//! memory, evicted or not, and a queue has millions.
//!
//! What changed lately is in memory, and in *journal* rows of the store, which are written with
//! the commit that made the change. When these are many they become a run (`run.rs`): a sorted
//! file of URLs, and of marks for those that are done but whose URL stands in an earlier run.
//! Runs of like size are merged; a URL and its mark cancel each other where they meet. Which runs
//! count is a row of the store, as with the URLs that were seen (`seen.rs`): a file that was
//! written just before a crash is no run yet, and what it holds is in the journal still.

mod merge;
mod run;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::queue::{Queued, Row};
use super::{Batch, codec};
use crate::error::{Error, Result};
use merge::Merge;
pub(super) use run::Listed;
use run::{Builder, Run};

/// Lane and sequence.
pub(super) type Place = (u64, u64);

/// Changes, and bytes, in a row of the journal.
const CHUNK: usize = 128;
const CHUNK_BYTES: usize = 16 << 10;
/// What a change costs in memory beside its row, in bytes.
const OVERHEAD: usize = 64;
/// The key of the list of runs.
pub(super) const RUNS: &[u8] = b"x";

/// A URL that waits from now on, or one that is done.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    lane: u64,
    seq: u64,
    /// `None`: done.
    row: Option<Row>,
}

/// See the module's page.
#[derive(Default)]
pub(super) struct Waiting {
    dir: PathBuf,
    /// Bytes of recent changes.
    limit: usize,
    /// The largest first.
    runs: Vec<Run>,
    /// URLs as rows, and (empty) those of the runs that are done.
    recent: BTreeMap<Place, Box<[u8]>>,
    /// Numbers of the journal's rows, and what its changes cost.
    journal: Range<u64>,
    cost: usize,
}

/// Changes that are in a batch, and count as soon as it is written.
pub(super) struct Staged {
    compacted: Option<Compacted>,
    entries: Vec<Entry>,
    journal: Range<u64>,
}

struct Compacted {
    /// Runs that stay.
    keep: usize,
    run: Option<Run>,
}

impl Waiting {
    /// Opens the runs that the store lists, and removes other files. `journal` are its rows.
    pub fn open(
        dir: PathBuf,
        limit: usize,
        listed: Vec<Listed>,
        journal: Vec<(u64, sled::IVec)>,
    ) -> Result<Self, String> {
        let mut runs = Vec::with_capacity(listed.len());
        for run in listed {
            let path = path_of(&dir, run.name);
            let opened = Run::open(&path, run);
            runs.push(opened.map_err(|e| format!("{}: {e}", path.display()))?);
        }
        let mut waiting = Waiting {
            dir,
            limit,
            runs,
            recent: BTreeMap::new(),
            journal: 0..0,
            cost: 0,
        };
        for (number, value) in journal {
            if waiting.journal.is_empty() {
                waiting.journal = number..number;
            }
            waiting.journal.end = number + 1;
            waiting.note(codec::decode(&value)?);
        }
        waiting.sweep();
        Ok(waiting)
    }

    /// Puts changes in a batch, after what a crash must not undo is in a file.
    pub fn stage(
        &self,
        pending: Vec<Queued>,
        done: &[Queued],
        batch: &mut Batch,
    ) -> Result<Staged> {
        let mut journal = self.journal.clone();
        let compacted = if self.cost >= self.limit {
            Some(self.compact().map_err(|e| Error::write(&self.dir, e))?)
        } else {
            None
        };
        if let Some(compacted) = &compacted {
            for number in journal.clone() {
                batch.remove(&key(number));
            }
            journal.start = journal.end;
            let kept = self.runs[..compacted.keep].iter();
            let listed = kept.chain(&compacted.run).map(|run| run.listed);
            batch.insert(RUNS, codec::encode(&listed.collect::<Vec<_>>()));
        }
        let pending = pending.into_iter().map(|queued| Entry {
            lane: queued.lane,
            seq: queued.seq,
            row: Some(Row {
                url: queued.url,
                depth: queued.depth,
                redirects: queued.redirects,
            }),
        });
        let done = done.iter().map(|queued| Entry {
            lane: queued.lane,
            seq: queued.seq,
            row: None,
        });
        let entries: Vec<Entry> = pending.chain(done).collect();
        let mut rest = entries.as_slice();
        while !rest.is_empty() {
            let (row, behind) = rest.split_at(chunk_of(rest));
            batch.insert(&key(journal.end), codec::encode(&row));
            journal.end += 1;
            rest = behind;
        }
        Ok(Staged {
            compacted,
            entries,
            journal,
        })
    }

    /// The batch is written.
    pub fn adopt(&mut self, staged: Staged) {
        if let Some(compacted) = staged.compacted {
            self.runs.truncate(compacted.keep);
            self.runs.extend(compacted.run);
            self.recent = BTreeMap::new();
            self.cost = 0;
            self.sweep();
        }
        self.note(staged.entries);
        self.journal = staged.journal;
    }

    fn note(&mut self, entries: Vec<Entry>) {
        for entry in entries {
            let place = (entry.lane, entry.seq);
            match entry.row {
                Some(row) => {
                    let row = codec::encode(&row).into_boxed_slice();
                    self.cost += row.len() + OVERHEAD;
                    self.recent.insert(place, row);
                }
                None => {
                    self.cost += OVERHEAD;
                    match self.recent.remove(&place) {
                        Some(row) if !row.is_empty() => {}
                        _ => drop(self.recent.insert(place, Box::default())),
                    }
                }
            }
        }
    }

    /// What waits from a place on.
    pub fn from(&self, place: Place) -> io::Result<Merge<'_>> {
        Merge::new(&self.runs, Some(&self.recent), place)
    }

    /// Writes what is in memory to a run, with the runs that are no larger than twice as much.
    fn compact(&self) -> io::Result<Compacted> {
        let mut records = self.recent.len() as u64;
        let mut keep = self.runs.len();
        while keep > 0 && self.runs[keep - 1].listed.records <= records.saturating_mul(2) {
            keep -= 1;
            records += self.runs[keep].listed.records;
        }
        if records == 0 {
            return Ok(Compacted { keep, run: None });
        }
        let name = self.runs.iter().map(|r| r.listed.name).max().unwrap_or(0) + 1;
        let path = path_of(&self.dir, name);
        fs::create_dir_all(&self.dir)?;
        let mut merge = Merge::new(&self.runs[keep..], Some(&self.recent), (0, 0))?;
        let mut builder = Builder::create(&path, name)?;
        let mut row = Vec::new();
        while let Some(place) = merge.next(&mut row)? {
            // Without earlier runs there is nothing that a mark could cancel.
            if keep > 0 || !row.is_empty() {
                builder.push(place, &row)?;
            }
        }
        let run = builder.finish(&path)?;
        // The file's name has to last as long as the row that lists it.
        #[cfg(unix)]
        File::open(&self.dir)?.sync_all()?;
        let run = Some(run).filter(|run| run.listed.records > 0);
        Ok(Compacted { keep, run })
    }

    /// Removes files that are no runs. What cannot be removed harms nobody.
    fn sweep(&self) {
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let mut runs = self.runs.iter();
            if !runs.any(|run| path_of(&self.dir, run.listed.name) == entry.path()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// How many entries the next row of the journal takes.
fn chunk_of(entries: &[Entry]) -> usize {
    let mut bytes = 0;
    let fits = |entry: &&Entry| {
        bytes += 32 + entry.row.as_ref().map_or(0, |row| row.url.len());
        bytes <= CHUNK_BYTES
    };
    let fitting = entries.iter().take(CHUNK).take_while(fits).count();
    fitting.max(1)
}

/// Key of a row of the journal.
fn key(number: u64) -> [u8; 9] {
    super::queue::numbered(b'v', number)
}

fn path_of(dir: &Path, name: u64) -> PathBuf {
    dir.join(format!("{name:08}.urls"))
}

#[cfg(test)]
mod tests;
