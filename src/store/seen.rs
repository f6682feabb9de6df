//! URLs that were ever queued: by far the most keys of a crawl, and nobody asks for more than
//! whether one is there. The tree would spend fifty bytes of memory on each.
//!
//! The latest keys are rows of the store, written with the commit that queued their URLs, and in
//! memory. When there are [`LIMIT`] of them they become a *run*: a file of sorted keys, of which
//! nothing is in memory. Runs of like size are merged, so there are few (as in a log-structured
//! merge tree, O'Neil et al. 1996). Which files count is a row of the store too: a file that was
//! written just before a crash is no run yet, and its keys are rows still.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::PageKey;
use crate::error::{Error, Result};

/// Latest keys that are kept in memory (about 10 MB).
const LIMIT: usize = 1 << 18;
/// Keys in a row.
pub(super) const CHUNK: usize = 128;
/// Bytes of a key, and keys that are read at a time.
const KEY: usize = size_of::<PageKey>();
const BLOCK: u64 = 256;

/// A run, as the store lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Listed {
    name: u64,
    keys: u64,
}

struct Run {
    listed: Listed,
    file: File,
}

/// See the module's page.
pub(super) struct Seen {
    dir: PathBuf,
    limit: usize,
    /// The largest first.
    runs: Vec<Run>,
    recent: HashSet<PageKey>,
}

/// Runs that take the place of others as soon as the store lists them.
pub(super) struct Compacted {
    keep: usize,
    run: Run,
}

impl Seen {
    /// Opens the runs that the store lists, and removes other files. `recent` are the keys in
    /// its rows.
    pub fn open(
        dir: PathBuf,
        listed: Vec<Listed>,
        recent: HashSet<PageKey>,
    ) -> Result<Self, String> {
        let mut runs = Vec::with_capacity(listed.len());
        for run in &listed {
            let path = path_of(&dir, run.name);
            let opened = File::open(&path).and_then(|file| Ok((file.metadata()?.len(), file)));
            let (length, file) = opened.map_err(|e| format!("{}: {e}", path.display()))?;
            if length != run.keys * KEY as u64 {
                return Err(format!("{} has another length", path.display()));
            }
            runs.push(Run { listed: *run, file });
        }
        let seen = Seen {
            dir,
            limit: LIMIT,
            runs,
            recent,
        };
        seen.sweep();
        Ok(seen)
    }

    pub fn contains(&self, key: &PageKey) -> Result<bool> {
        if self.recent.contains(key) {
            return Ok(true);
        }
        for run in &self.runs {
            let found = run.contains(key);
            if found.map_err(|e| Error::read(path_of(&self.dir, run.listed.name), e))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes in keys that the store holds as rows from now on.
    pub fn note(&mut self, keys: &[PageKey]) {
        self.recent.extend(keys);
    }

    /// Writes a run where there are many keys in memory. It counts once the store lists it, and
    /// the rows of its keys are then superfluous.
    pub fn compact_where_due(&self) -> Result<Option<Compacted>> {
        if self.recent.len() < self.limit {
            return Ok(None);
        }
        let mut keys = self.recent.len() as u64;
        let mut keep = self.runs.len();
        while keep > 0 && self.runs[keep - 1].listed.keys <= keys.saturating_mul(2) {
            keep -= 1;
            keys += self.runs[keep].listed.keys;
        }
        let name = self.runs.iter().map(|r| r.listed.name).max().unwrap_or(0) + 1;
        let path = path_of(&self.dir, name);
        let run = self.merge(&self.runs[keep..], name, &path);
        Ok(Some(Compacted {
            keep,
            run: run.map_err(|e| Error::write(&path, e))?,
        }))
    }

    /// What the store has to list for it.
    pub fn listing(&self, compacted: &Compacted) -> Vec<Listed> {
        let kept = self.runs[..compacted.keep].iter().map(|run| run.listed);
        kept.chain([compacted.run.listed]).collect()
    }

    /// The store lists it now.
    pub fn adopt(&mut self, compacted: Compacted) {
        self.runs.truncate(compacted.keep);
        self.runs.push(compacted.run);
        self.recent = HashSet::new();
        self.sweep();
    }

    /// Hands on all keys, in no order.
    pub fn each(&self, take: &mut dyn FnMut(PageKey) -> Result<()>) -> Result<()> {
        self.recent.iter().try_for_each(|key| take(*key))?;
        for run in &self.runs {
            let path = path_of(&self.dir, run.listed.name);
            let file = File::open(&path).map_err(|e| Error::read(&path, e))?;
            let mut source = BufReader::new(file);
            while let Some(key) = next_key(&mut source).map_err(|e| Error::read(&path, e))? {
                take(key)?;
            }
        }
        Ok(())
    }

    /// Merges runs and the keys in memory into a file.
    fn merge(&self, runs: &[Run], name: u64, path: &Path) -> io::Result<Run> {
        fs::create_dir_all(&self.dir)?;
        let mut recent: Vec<PageKey> = self.recent.iter().copied().collect();
        recent.sort_unstable();
        let mut recent = recent.into_iter();
        let mut sources = Vec::with_capacity(runs.len());
        for run in runs {
            sources.push(BufReader::with_capacity(
                1 << 16,
                File::open(path_of(&self.dir, run.listed.name))?,
            ));
        }
        let mut next = |source: usize| match sources.get_mut(source) {
            Some(source) => next_key(source),
            None => Ok(recent.next()),
        };
        let mut heads = BinaryHeap::new();
        for source in 0..=runs.len() {
            heads.extend(next(source)?.map(|key| Reverse((key, source))));
        }
        let mut out = BufWriter::with_capacity(1 << 16, File::create(path)?);
        let (mut keys, mut last) = (0, None);
        while let Some(Reverse((key, source))) = heads.pop() {
            heads.extend(next(source)?.map(|key| Reverse((key, source))));
            if last.replace(key) != Some(key) {
                out.write_all(&key)?;
                keys += 1;
            }
        }
        out.into_inner()
            .map_err(io::IntoInnerError::into_error)?
            .sync_all()?;
        // The file's name has to last as long as the row that lists it.
        #[cfg(unix)]
        File::open(&self.dir)?.sync_all()?;
        Ok(Run {
            listed: Listed { name, keys },
            file: File::open(path)?,
        })
    }

    /// Removes files that are no runs. What cannot be removed harms nobody.
    fn sweep(&self) {
        let counts = |path: &Path| {
            let mut runs = self.runs.iter();
            runs.any(|run| path_of(&self.dir, run.listed.name) == path)
        };
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            if !counts(&entry.path()) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

impl Run {
    /// Looks where the key should be, keys being hashes and so evenly spread; halves what is left
    /// where that did not find it, so that keys of somebody's choice cost little.
    fn contains(&self, key: &PageKey) -> io::Result<bool> {
        let (mut from, mut to) = (0, self.listed.keys);
        let (mut low, mut high) = (0u64, u64::MAX);
        let wanted = head(key);
        let mut buffer = [0; BLOCK as usize * KEY];
        let mut guesses = 0;
        while from < to {
            let middle = if guesses < 3 {
                let part = u128::from(wanted.saturating_sub(low)) * u128::from(to - from)
                    / (u128::from(high.saturating_sub(low)) + 1);
                from + (part as u64).min(to - from - 1)
            } else {
                from + (to - from) / 2
            };
            guesses += 1;
            let start = middle.saturating_sub(BLOCK / 2).max(from);
            let some = (to - start).min(BLOCK);
            let block = &mut buffer[..some as usize * KEY];
            let mut file = &self.file;
            file.seek(SeekFrom::Start(start * KEY as u64))?;
            file.read_exact(block)?;
            let (keys, _) = block.as_chunks::<KEY>();
            let (Some(first), Some(last)) = (keys.first(), keys.last()) else {
                return Ok(false);
            };
            if key < first {
                (to, high) = (start, head(first));
            } else if key > last {
                (from, low) = (start + some, head(last));
            } else {
                return Ok(keys.binary_search(key).is_ok());
            }
        }
        Ok(false)
    }
}

/// Key of a row.
pub(super) fn key(commit: u64, chunk: u32) -> [u8; 13] {
    let mut out = [b't'; 13];
    out[1..9].copy_from_slice(&commit.to_be_bytes());
    out[9..].copy_from_slice(&chunk.to_be_bytes());
    out
}

fn path_of(dir: &Path, name: u64) -> PathBuf {
    dir.join(format!("{name:08}.keys"))
}

/// The first half of a key, as a number.
fn head(key: &PageKey) -> u64 {
    (u128::from_be_bytes(*key) >> 64) as u64
}

fn next_key(source: &mut impl Read) -> io::Result<Option<PageKey>> {
    let mut key = PageKey::default();
    match source.read_exact(&mut key) {
        Ok(()) => Ok(Some(key)),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xxhash_rust::xxh3::xxh3_128;

    fn key(n: u64) -> PageKey {
        xxh3_128(&n.to_be_bytes()).to_be_bytes()
    }

    fn open(dir: &Path, listed: Vec<Listed>) -> Seen {
        Seen {
            limit: 1_000,
            ..Seen::open(dir.join("seen"), listed, HashSet::new()).unwrap()
        }
    }

    fn files(dir: &Path) -> usize {
        fs::read_dir(dir.join("seen")).unwrap().count()
    }

    #[test]
    fn keys_go_to_few_files_and_are_found_there() {
        let dir = tempfile::tempdir().unwrap();
        let mut seen = open(dir.path(), Vec::new());
        let mut listed = Vec::new();
        for n in 0..30_500 {
            seen.note(&[key(n)]);
            if let Some(compacted) = seen.compact_where_due().unwrap() {
                listed = seen.listing(&compacted);
                seen.adopt(compacted);
                assert_eq!(files(dir.path()), listed.len());
            }
        }
        assert!(listed.len() <= 5, "{listed:?}");
        assert_eq!(seen.recent.len(), 500, "the rest is in files");
        for n in 0..30_500 {
            assert!(seen.contains(&key(n)).unwrap(), "{n}");
            assert!(!seen.contains(&key(n + 1_000_000)).unwrap());
        }
        let mut all = 0;
        let mut count = |_| {
            all += 1;
            Ok(())
        };
        seen.each(&mut count).unwrap();
        assert_eq!(all, 30_500);
        let again = open(dir.path(), listed);
        assert!(again.contains(&key(29_999)).unwrap() && !again.contains(&key(30_400)).unwrap());
    }

    #[test]
    fn keys_of_somebodys_choice_are_found_too() {
        let dir = tempfile::tempdir().unwrap();
        let mut seen = open(dir.path(), Vec::new());
        let crowded = |n: u32| {
            let mut key = [7; KEY];
            key[12..].copy_from_slice(&n.to_be_bytes());
            key
        };
        let mut keys: Vec<PageKey> = (0..5_000).map(|n| crowded(2 * n)).collect();
        keys.extend([[0; KEY], [255; KEY]]);
        seen.note(&keys);
        let compacted = seen.compact_where_due().unwrap().unwrap();
        seen.adopt(compacted);
        assert!(keys.iter().all(|k| seen.contains(k).unwrap()));
        assert!((0..5_000).all(|n| !seen.contains(&crowded(2 * n + 1)).unwrap()));
    }

    #[test]
    fn a_file_that_the_store_does_not_list_is_no_run() {
        let dir = tempfile::tempdir().unwrap();
        let mut seen = open(dir.path(), Vec::new());
        seen.note(&(0..1_000).map(key).collect::<Vec<_>>());
        let compacted = seen.compact_where_due().unwrap().unwrap();
        assert_eq!(files(dir.path()), 1);
        // Here the process is killed.
        drop((seen, compacted));
        let seen = open(dir.path(), Vec::new());
        assert!(!seen.contains(&key(1)).unwrap());
        assert_eq!(files(dir.path()), 0);
    }

    #[test]
    fn a_file_that_is_missing_or_cut_is_damage() {
        let dir = tempfile::tempdir().unwrap();
        let listed = vec![Listed { name: 1, keys: 2 }];
        let open = || Seen::open(dir.path().join("seen"), listed.clone(), HashSet::new());
        assert!(open().is_err());
        fs::create_dir(dir.path().join("seen")).unwrap();
        fs::write(dir.path().join("seen/00000001.keys"), [0; 31]).unwrap();
        assert!(open().is_err());
    }
}
