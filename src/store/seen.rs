//! URLs that were ever queued: by far the most keys of a crawl, and nobody asks for more than
//! whether one is there. The tree would spend fifty bytes of memory on each.
//!
//! The latest keys are rows of the store, written with the commit that queued their URLs, and in
//! memory. When there are [`LIMIT`] of them they become a *run*: a file of sorted keys, of which
//! nothing is in memory. Runs of like size are merged by a thread beside the commits, so there are
//! few (as in a log-structured merge tree, O'Neil et al. 1996). Which files count is a row of the
//! store too: a file that was written just before a crash is no run yet, and what it holds is in
//! rows or in the files that it was made of still.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::PageKey;
use super::beside::{Merged, Merging, Stop};
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
    /// The oldest first, and by and large the largest.
    runs: Vec<Arc<Run>>,
    /// Some of the runs, that are merged now, and were merged since the last commit.
    merging: Option<Merging<Run>>,
    merged: Option<Merged<Run>>,
    recent: HashSet<PageKey>,
}

/// The runs that count as soon as the store lists them.
pub(super) struct Compacted {
    runs: Vec<Arc<Run>>,
    /// The keys in memory are among them.
    pub recent: bool,
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
            runs.push(Arc::new(Run { listed: *run, file }));
        }
        let seen = Seen {
            dir,
            limit: LIMIT,
            runs,
            merging: None,
            merged: None,
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

    /// Takes over what was merged in the meantime, for the next commit to list.
    pub fn take_merged(&mut self) -> Result<()> {
        if let Some(merging) = self.merging.take_if(|merging| merging.is_finished()) {
            let merged = merging.finish();
            self.merged = Some(merged.map_err(|e| Error::write(&self.dir, e))?);
        }
        Ok(())
    }

    /// Other runs, where some were merged or there are many keys in memory, which become one. They
    /// count once the store lists them, and the rows of those keys are then superfluous.
    pub fn compact_where_due(&self) -> Result<Option<Compacted>> {
        let recent = self.recent.len() >= self.limit;
        if !recent && self.merged.is_none() {
            return Ok(None);
        }
        let mut runs = self.runs.clone();
        if let Some(merged) = &self.merged {
            runs.splice(merged.of.clone(), merged.run.clone());
        }
        if recent {
            let mut keys: Vec<PageKey> = self.recent.iter().copied().collect();
            keys.sort_unstable();
            let name = self.next_name();
            let run = write_run(&self.dir, name, keys.into_iter().map(Ok));
            let run = run.map_err(|e| Error::write(path_of(&self.dir, name), e))?;
            runs.push(Arc::new(run));
        }
        Ok(Some(Compacted { runs, recent }))
    }

    /// What the store has to list for it.
    pub fn listing(&self, compacted: &Compacted) -> Vec<Listed> {
        compacted.runs.iter().map(|run| run.listed).collect()
    }

    /// The store lists it now.
    pub fn adopt(&mut self, compacted: Compacted) {
        self.runs = compacted.runs;
        self.merged = None;
        if compacted.recent {
            self.recent = HashSet::new();
        }
        self.sweep();
        self.merge_where_due();
    }

    /// Begins to merge runs of like size, unless some are merged already: the last, and before it
    /// as many as are no larger than twice what is merged with them.
    fn merge_where_due(&mut self) {
        let Some(mut from) = self.runs.len().checked_sub(1) else {
            return;
        };
        let mut keys = self.runs[from].listed.keys;
        while from > 0 && self.runs[from - 1].listed.keys <= keys.saturating_mul(2) {
            from -= 1;
            keys += self.runs[from].listed.keys;
        }
        if self.merging.is_some() || from + 1 == self.runs.len() {
            return;
        }
        let name = self.next_name();
        let dir = self.dir.clone();
        let of = self.runs[from..].iter().map(|run| run.listed.name);
        let of: Vec<PathBuf> = of.map(|name| path_of(&dir, name)).collect();
        self.merging = Merging::start(name, from..self.runs.len(), move |stop| {
            write_run(&dir, name, Union::open(&of, stop)?).map(Some)
        });
    }

    /// A name that no file has that counts, or will.
    fn next_name(&self) -> u64 {
        let runs = self.runs.iter().map(|run| run.listed.name);
        let merging = self.merging.iter().map(|merging| merging.name);
        let merged = self.merged.iter().flat_map(|merged| &merged.run);
        let merged = merged.map(|run| run.listed.name);
        runs.chain(merging).chain(merged).max().unwrap_or(0) + 1
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

    /// Removes files that are no runs. What cannot be removed harms nobody.
    fn sweep(&self) {
        let counts = |path: &Path| {
            let runs = self.runs.iter().map(|run| run.listed.name);
            let mut names = runs.chain(self.merging.iter().map(|merging| merging.name));
            names.any(|name| path_of(&self.dir, name) == path)
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
            read_at(&self.file, block, start * KEY as u64)?;
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

/// In one system call where there is one: the most of what a question costs.
#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, at)
}

#[cfg(not(unix))]
fn read_at(mut file: &File, buffer: &mut [u8], at: u64) -> io::Result<()> {
    use std::io::{Seek, SeekFrom};
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(buffer)
}

/// Writes keys in rising order to a run, durably; those that stand twice once.
fn write_run(
    dir: &Path,
    name: u64,
    from: impl Iterator<Item = io::Result<PageKey>>,
) -> io::Result<Run> {
    fs::create_dir_all(dir)?;
    let path = path_of(dir, name);
    let mut out = BufWriter::with_capacity(1 << 16, File::create(&path)?);
    let (mut keys, mut last) = (0, None);
    for key in from {
        let key = key?;
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
    File::open(dir)?.sync_all()?;
    Ok(Run {
        listed: Listed { name, keys },
        file: File::open(path)?,
    })
}

/// The keys of runs in rising order, until it is told to stop.
struct Union<'s> {
    /// With the next key of each. Few, since runs of like size are merged: the first of them is
    /// found by looking at all.
    sources: Vec<(PageKey, BufReader<File>)>,
    stop: &'s Stop,
}

impl<'s> Union<'s> {
    fn open(paths: &[PathBuf], stop: &'s Stop) -> io::Result<Self> {
        let mut sources = Vec::with_capacity(paths.len());
        for path in paths {
            let mut source = BufReader::with_capacity(1 << 16, File::open(path)?);
            if let Some(key) = next_key(&mut source)? {
                sources.push((key, source));
            }
        }
        Ok(Union { sources, stop })
    }

    fn advance(&mut self) -> io::Result<Option<PageKey>> {
        self.stop.check()?;
        let heads = self.sources.iter().enumerate();
        let Some((first, _)) = heads.min_by_key(|(_, (key, _))| *key) else {
            return Ok(None);
        };
        let (head, source) = &mut self.sources[first];
        let key = *head;
        match next_key(source)? {
            Some(next) => *head = next,
            None => drop(self.sources.swap_remove(first)),
        }
        Ok(Some(key))
    }
}

impl Iterator for Union<'_> {
    type Item = io::Result<PageKey>;

    fn next(&mut self) -> Option<Self::Item> {
        self.advance().transpose()
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
mod tests;
