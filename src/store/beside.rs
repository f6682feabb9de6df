//! Merging files beside the commits: a merge of many millions takes longer than a commit may. The
//! files that it reads never change, and the one that it writes counts when the store lists it in
//! their place.

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// Runs that became one, `None` where nothing is left of them.
pub struct Merged<R> {
    /// Their places among all runs.
    pub of: Range<usize>,
    pub run: Option<Arc<R>>,
}

/// Whether a merge is to end before it is done.
pub struct Stop(Arc<AtomicBool>);

/// Runs that are being merged. When it is dropped the thread ends first.
pub struct Merging<R> {
    pub of: Range<usize>,
    /// Of the run to be.
    pub name: u64,
    stop: Stop,
    thread: Option<JoinHandle<io::Result<Option<R>>>>,
}

impl Stop {
    /// An error where it is.
    pub fn check(&self) -> io::Result<()> {
        match self.0.load(Ordering::Relaxed) {
            true => Err(io::ErrorKind::Interrupted.into()),
            false => Ok(()),
        }
    }

    /// Of a merge that nobody stops.
    pub fn never() -> Self {
        Stop(Arc::default())
    }
}

impl<R: Send + 'static> Merging<R> {
    /// Begins; `None` where there is no thread to be had, which is no harm.
    pub fn start(
        name: u64,
        of: Range<usize>,
        merge: impl FnOnce(&Stop) -> io::Result<Option<R>> + Send + 'static,
    ) -> Option<Self> {
        let stop = Stop::never();
        let told = Stop(stop.0.clone());
        let thread = thread::Builder::new()
            .name("merge".into())
            .spawn(move || merge(&told));
        Some(Merging {
            of,
            name,
            stop,
            thread: Some(thread.ok()?),
        })
    }
}

impl<R> Merging<R> {
    pub fn is_finished(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// What came of it; waits for it.
    pub fn finish(mut self) -> io::Result<Merged<R>> {
        let panicked = |_| io::Error::other("merging files of the store panicked");
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

impl<R> Drop for Merging<R> {
    fn drop(&mut self) {
        self.stop.0.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
