//! Writing runs. Large ones are merged by a thread of their own: a merge of many millions takes
//! longer than a commit may. The runs that it reads never change, and the one that it writes
//! counts when the store lists it in their place.

use std::fs;
#[cfg(unix)]
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use super::merge::Merge;
use super::path_of;
use super::run::{Builder, Run};

/// Writes what is merged to a run, durably; `None` where nothing is left of it. Marks are kept
/// where earlier runs may hold what they cancel. Ends with an error where it is told to `stop`.
pub fn write_run(
    dir: &Path,
    name: u64,
    merge: &mut Merge<'_>,
    keep_marks: bool,
    stop: &dyn Fn() -> bool,
) -> io::Result<Option<Run>> {
    let path = path_of(dir, name);
    fs::create_dir_all(dir)?;
    let mut builder = Builder::create(&path, name)?;
    let mut row = Vec::new();
    while let Some(place) = merge.next(&mut row)? {
        if stop() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        if keep_marks || !row.is_empty() {
            builder.push(place, &row)?;
        }
    }
    let run = builder.finish(&path)?;
    // The file's name has to last as long as the row that lists it.
    #[cfg(unix)]
    File::open(dir)?.sync_all()?;
    Ok(Some(run).filter(|run| run.listed.records > 0))
}

/// Runs that became one.
pub struct Merged {
    /// Their places among all runs.
    pub of: Range<usize>,
    pub run: Option<Arc<Run>>,
}

/// Runs that are being merged. When it is dropped the thread ends first.
pub struct Merging {
    pub of: Range<usize>,
    /// Of the run to be.
    pub name: u64,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<io::Result<Option<Run>>>>,
}

impl Merging {
    /// Begins; `None` where there is no thread to be had, which is no harm.
    pub fn start(dir: &Path, name: u64, of: Range<usize>, runs: &[Arc<Run>]) -> Option<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let (dir, told): (PathBuf, _) = (dir.to_owned(), stop.clone());
        let (merged, keep_marks) = (runs[of.clone()].to_vec(), of.start > 0);
        let work = move || {
            let mut merge = Merge::new(&merged, None, (0, 0))?;
            write_run(&dir, name, &mut merge, keep_marks, &|| {
                told.load(Ordering::Relaxed)
            })
        };
        let thread = thread::Builder::new().name("merge".into()).spawn(work);
        Some(Merging {
            of,
            name,
            stop,
            thread: Some(thread.ok()?),
        })
    }

    pub fn is_finished(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// What came of it; waits for it.
    pub fn finish(mut self) -> io::Result<Merged> {
        let panicked = |_| io::Error::other("merging files of the queue panicked");
        let run = match self.thread.take() {
            Some(thread) => thread.join().map_err(panicked)??,
            None => None,
        };
        Ok(Merged {
            of: self.of.clone(),
            run: run.map(Arc::new),
        })
    }
}

impl Drop for Merging {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
