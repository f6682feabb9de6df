//! URLs that wait, by lane and sequence. As rows of the tree each would cost some hundred bytes of
//! memory, evicted or not, and a queue has millions.
//!
//! What changed lately is in memory, and in *journal* rows of the store, which are written with
//! the commit that made the change. When these are many they become a run (`run.rs`): a sorted
//! file of URLs, and of marks for those that are done but whose URL stands in an earlier run.
//! Runs of like size are merged, large ones by a thread beside the commits (`beside.rs`); a URL and
//! its mark cancel each other where they meet. Which runs count is a row of the store, as with the URLs that were seen (`seen.rs`): a file that was
//! written just before a crash is no run yet, and what it holds is in the journal still.

mod merge;
mod run;
mod tidy;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::beside::{Merged, Merging, Stop};
use super::queue::{Queued, Row};
use super::{Batch, codec};
use crate::error::{Error, Result};
use merge::Merge;
pub(super) use run::Listed;
use run::Run;
use tidy::write_run;

/// Lane and sequence.
pub(super) type Place = (u64, u64);

/// Changes, and bytes, in a row of the journal.
const CHUNK: usize = 128;
const CHUNK_BYTES: usize = 16 << 10;
/// What a change costs in memory beside its row, in bytes.
const OVERHEAD: usize = 64;
/// Records that a commit merges itself, in about half a second; more are left to the thread.
const QUICK: u64 = 500_000;
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
    runs: Vec<Arc<Run>>,
    /// Some of the runs, that are merged now, and were merged since the last commit.
    merging: Option<Merging<Run>>,
    merged: Option<Merged<Run>>,
    quick: u64,
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
    run: Option<Arc<Run>>,
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
            runs.push(Arc::new(
                opened.map_err(|e| format!("{}: {e}", path.display()))?,
            ));
        }
        let mut waiting = Waiting {
            dir,
            limit,
            runs,
            merging: None,
            merged: None,
            quick: QUICK,
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
        if compacted.is_some() {
            for number in journal.clone() {
                batch.remove(&key(number));
            }
            journal.start = journal.end;
        }
        if compacted.is_some() || self.merged.is_some() {
            let runs = self.runs_after(compacted.as_ref());
            let listed: Vec<Listed> = runs.iter().map(|run| run.listed).collect();
            batch.insert(RUNS, codec::encode(&listed));
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

    /// The runs when a compaction, and what was merged, count.
    fn runs_after(&self, compacted: Option<&Compacted>) -> Vec<Arc<Run>> {
        let mut runs = self.runs.clone();
        if let Some(compacted) = compacted {
            runs.truncate(compacted.keep);
            runs.extend(compacted.run.clone());
        }
        if let Some(merged) = &self.merged {
            // It was begun before any of the runs behind it.
            runs.splice(merged.of.clone(), merged.run.clone());
        }
        runs
    }

    /// The batch is written.
    pub fn adopt(&mut self, staged: Staged) {
        if staged.compacted.is_some() || self.merged.is_some() {
            self.runs = self.runs_after(staged.compacted.as_ref());
            self.merged = None;
            if staged.compacted.is_some() {
                self.recent = BTreeMap::new();
                self.cost = 0;
            }
            self.sweep();
            self.merge_where_due();
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

    /// Writes what is in memory to a run, with the runs that are no larger than twice as much as
    /// long as they are few.
    fn compact(&self) -> io::Result<Compacted> {
        let records = self.recent.len() as u64;
        let merging = self.merging.as_ref().map_or(0, |merging| merging.of.end);
        let merged = self.merged.as_ref().map_or(0, |merged| merged.of.end);
        let fixed = merging.max(merged);
        let keep = self.like_sized(fixed..self.runs.len(), records, self.quick);
        let name = self.next_name();
        let mut merge = Merge::new(&self.runs[keep..], Some(&self.recent), (0, 0))?;
        let run = write_run(&self.dir, name, &mut merge, keep > 0, &Stop::never())?;
        let run = run.map(Arc::new);
        Ok(Compacted { keep, run })
    }

    /// From which of these runs on all are merged with so many records behind them: none is larger
    /// than twice what follows, and all together have at most so many.
    fn like_sized(&self, runs: Range<usize>, mut records: u64, most: u64) -> usize {
        let mut keep = runs.end;
        while keep > runs.start {
            let before = self.runs[keep - 1].listed.records;
            if before > records.saturating_mul(2) || records + before > most {
                break;
            }
            keep -= 1;
            records += before;
        }
        keep
    }

    /// A name that no file has that counts, or will.
    fn next_name(&self) -> u64 {
        let runs = self.runs.iter().map(|run| run.listed.name);
        let merging = self.merging.iter().map(|merging| merging.name);
        let merged = self.merged.iter().flat_map(|merged| &merged.run);
        let merged = merged.map(|run| run.listed.name);
        runs.chain(merging).chain(merged).max().unwrap_or(0) + 1
    }

    /// Begins to merge runs of like size, unless some are merged already.
    fn merge_where_due(&mut self) {
        let Some((last, before)) = self.runs.split_last() else {
            return;
        };
        let from = self.like_sized(0..before.len(), last.listed.records, u64::MAX);
        if self.merging.is_none() && from < before.len() {
            let (of, name) = (from..self.runs.len(), self.next_name());
            let (dir, runs) = (self.dir.clone(), self.runs[of.clone()].to_vec());
            self.merging = Merging::start(name, of, move |stop| {
                let mut merge = Merge::new(&runs, None, (0, 0))?;
                write_run(&dir, name, &mut merge, from > 0, stop)
            });
        }
    }

    /// Takes over what was merged in the meantime, for the next commit to list.
    pub fn take_merged(&mut self) -> Result<()> {
        if let Some(merging) = self.merging.take_if(|merging| merging.is_finished()) {
            let merged = merging.finish();
            self.merged = Some(merged.map_err(|e| Error::write(&self.dir, e))?);
        }
        Ok(())
    }

    /// Nothing is merged any more.
    pub fn rest(&mut self) {
        self.merging = None;
    }

    /// Removes files that are no runs. What cannot be removed harms nobody.
    fn sweep(&self) {
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let runs = self.runs.iter().map(|run| run.listed.name);
            let mut names = runs.chain(self.merging.iter().map(|merging| merging.name));
            if !names.any(|name| path_of(&self.dir, name) == entry.path()) {
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
