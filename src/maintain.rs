//! Does the store agree with the archive, and how to make it agree again.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use crate::archive::{self, End, Location};
use crate::error::{Error, Result};
use crate::intake::{self, Intake, Job};
use crate::lists::Lists;
use crate::pipeline;
use crate::state::{self, Ledger, Lock, State};
use crate::store::{Meta, Store};

/// What `check` found.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// Pages in the store.
    pub pages: u64,
    /// Records in the archive whose digests were verified.
    pub records: u64,
    /// Of the problems, those of the archive itself: a rebuild does not mend them.
    pub archive_problems: u64,
    /// What does not agree, each in one sentence (at most 100).
    pub problems: Vec<String>,
}

impl Report {
    fn problem(&mut self, text: String) {
        if self.problems.len() < 100 {
            self.problems.push(text);
        }
    }
}

/// Verifies digests of the archive, that every stored record is what the pipeline makes of its
/// archived page, that every archived page is stored, that the codes kept apart are those of the
/// records, and that the counters agree.
pub fn check(state: &State, lists: &Lists) -> Result<Report> {
    let mut report = Report::default();
    let meta = state.meta();
    let verified = archive::verify(&state.archive_dir(), meta.end)?;
    report.records = verified.records;
    report.archive_problems = verified.problem_count;
    report
        .problems
        .extend(verified.problems.into_iter().take(100));
    let mut stored: HashMap<Location, u64> = HashMap::new();
    for item in state.pages() {
        match item {
            Ok(page) => {
                report.pages += 1;
                stored.insert(page.location, page.record.digest);
            }
            Err(error) => {
                report.problem(format!(
                    "the store stops reading after {} pages: {error}",
                    report.pages
                ));
                break;
            }
        }
    }
    if let Err(error) = state.check_codes(&mut |text| report.problem(text)) {
        report.problem(format!("the codes of pages cannot be compared: {error}"));
    }
    check_archive(state, lists, &mut stored, &mut report)?;
    for location in stored.keys() {
        report.problem(format!(
            "a stored page has no archived one at {}",
            place(*location)
        ));
    }
    if report.pages != meta.pages {
        report.problem(format!(
            "the store holds {} pages and counts {}",
            report.pages, meta.pages
        ));
    }
    match state::read_ledger(state.dir())? {
        Some(ledger) if ledger.pages > meta.pages || ledger.commits > meta.commits => {
            report.problem(format!(
                "the ledger counts {} pages in {} commits, the store {} in {}",
                ledger.pages, ledger.commits, meta.pages, meta.commits
            ));
        }
        Some(_) => {}
        None => report.problem("ledger.json is missing".into()),
    }
    report.problems.sort();
    Ok(report)
}

/// Runs the pipeline on every archived page; what it finds is taken out of `stored`.
fn check_archive(
    state: &State,
    lists: &Lists,
    stored: &mut HashMap<Location, u64>,
    report: &mut Report,
) -> Result<()> {
    for item in archive::pages(&state.archive_dir(), state.meta().end)? {
        // A damaged record is in the report by its digest already.
        let Ok((location, page)) = item else { continue };
        let known = state.get(&page.canonical)?;
        let Some(known) = known else {
            report.problem(format!(
                "{} is archived at {} but not stored",
                page.url,
                place(location)
            ));
            continue;
        };
        if stored.remove(&location).is_none() {
            continue; // An older capture of a page that was fetched again.
        }
        let record = pipeline::process(&page, lists).record;
        if known.location == location && known.record != record {
            report.problem(format!(
                "the record of {} is not what its archived page at {} gives (another version of partyline or other lists?)",
                page.url,
                place(location)
            ));
        }
    }
    Ok(())
}

fn place(location: Location) -> String {
    format!(
        "{} byte {}",
        archive::file_name(location.file),
        location.offset
    )
}

/// What `rebuild` did.
#[derive(Debug, Default, Serialize)]
pub struct Rebuilt {
    pub pages: u64,
    /// URLs of the unfinished crawl that are queued again.
    pub queued: u64,
    /// The queue of an unfinished crawl could not be read from the old store.
    pub queue_lost: bool,
    /// It was asked to stop: nothing has changed.
    pub stopped: bool,
    /// Damaged places in the archive, each in one sentence (at most 100).
    pub problems: Vec<String>,
}

impl Rebuilt {
    fn problem(&mut self, text: String) {
        if self.problems.len() < 100 {
            self.problems.push(text);
        }
    }
}

/// Hears the number of pages done, and says whether to go on.
pub type Progress<'a> = &'a mut dyn FnMut(u64) -> bool;

/// Makes the store anew from the archive. The old one is not written to; it is replaced when the
/// new one is complete, and stays where `progress` ends the work before. Memory does not grow with
/// what is in the store.
pub fn rebuild(
    dir: &Path,
    cache: u64,
    lists: Arc<Lists>,
    progress: Progress<'_>,
) -> Result<Rebuilt> {
    let archive_dir = dir.join("archive");
    if !archive_dir.is_dir() {
        return Err(Error::input(
            dir,
            "no archive here to rebuild from: point --state at a state directory",
        ));
    }
    let lock = Lock::take(dir)?;
    let copy = dir.join("store.copy");
    let old = salvage(dir, &copy, cache)?;
    let meta = old.as_ref().map(Store::meta);
    // Pages of a store that can still be read must not get fewer.
    let held = meta.map_or(0, |meta| meta.pages);
    let end = end_of_pages(dir, meta)?;
    let fresh = dir.join("store.new");
    remove(&fresh)?;
    let state = State::open_rebuilding(dir, &fresh, lock, cache, end)?;
    let mut result = Rebuilt {
        queue_lost: old.is_none(),
        ..Rebuilt::default()
    };
    let mut state = replay(state, lists, end, &mut result, progress)?;
    if let Some(old) = old.filter(|_| !result.stopped) {
        let pages = state.meta().pages;
        old.queue(&mut |part| {
            result.stopped |= !progress(pages);
            match result.stopped {
                true => Ok(()),
                false => state.restore(part),
            }
        })?;
    }
    remove(&copy)?;
    let meta = state.meta();
    // The lock is held until the new store stands in its place.
    let _lock = state.into_lock();
    if result.stopped {
        remove(&fresh)?;
        return Ok(result);
    }
    result.pages = meta.pages;
    result.queued = meta.queued;
    if meta.pages < held {
        remove(&fresh)?;
        return Err(Error::input(
            &archive_dir,
            format!(
                "holds {} of the {held} pages in the store: restore its files from a backup; the store is left as it was",
                meta.pages
            ),
        ));
    }
    swap(dir, &fresh)?;
    state::write_ledger(dir, Ledger::of(meta))?;
    Ok(result)
}

/// Sends every archived page through the pipeline into the new store.
fn replay(
    state: State,
    lists: Arc<Lists>,
    end: End,
    result: &mut Rebuilt,
    progress: Progress<'_>,
) -> Result<State> {
    let archive_dir = state.archive_dir();
    let select: intake::Select = Arc::new(|_, _, _| Vec::new());
    let (intake, mut acks) = Intake::start(state, lists, select, intake::Options::default())?;
    let mut seen = 0;
    let mut heard = |ack: intake::Ack, result: &mut Rebuilt| {
        seen += 1;
        if let Some(url) = ack.fault {
            result.problem(format!("{url} could not be processed"));
        }
        seen
    };
    let mut done = 0;
    for item in archive::pages(&archive_dir, end)? {
        if !progress(done) {
            result.stopped = true;
            break;
        }
        match item {
            Ok((location, page)) => {
                let page = Box::new(page);
                if intake
                    .send_blocking(Job::Archived { page, location })
                    .is_err()
                {
                    break; // The reason is in the acks.
                }
            }
            Err(error) => result.problem(error.to_string()),
        }
        while let Ok(ack) = acks.try_recv() {
            done = heard(ack?, result);
        }
    }
    let state = intake.finish()?;
    while let Ok(ack) = acks.try_recv() {
        heard(ack?, result);
    }
    Ok(state)
}

/// Where the archive's acknowledged pages end, as far as store and ledger still tell. Without
/// either, everything up to the last whole record counts.
fn end_of_pages(dir: &Path, old: Option<Meta>) -> Result<End> {
    let archive_dir = dir.join("archive");
    let whole = archive::end_of_files(&archive_dir)?;
    let ledger = match state::read_ledger(dir) {
        Ok(ledger) => ledger.filter(|l| l.commits > 0),
        Err(Error::Damaged { .. }) => None,
        Err(error) => return Err(error),
    };
    // A store that was just salvaged may be one commit ahead of the ledger.
    let known = ledger
        .map(|l| l.end)
        .max(old.filter(|m| m.commits > 0).map(|m| m.end));
    if let Some(end) = known.filter(|end| *end <= whole) {
        return Ok(end);
    }
    // Files that end too soon have lost pages: what is left is kept, up to the last whole one.
    let mut end = End::default();
    for (location, _) in archive::pages(&archive_dir, whole)?.flatten() {
        let length = location.offset + u64::from(location.length);
        end = end.max(End {
            file: location.file,
            length,
        });
    }
    Ok(end)
}

/// The old store, where it still opens and its queue reads back: a copy of it, since opening may
/// write to a store.
fn salvage(dir: &Path, copy: &PathBuf, cache: u64) -> Result<Option<Store>> {
    // A rebuild that was killed between its two renames leaves the old store under this name.
    let names = [dir.join("store"), dir.join("store.old")];
    let Some(old) = names.into_iter().find(|path| path.exists()) else {
        return Ok(None);
    };
    remove(copy)?;
    copy_folder(&old, copy).map_err(|e| Error::write(copy, e))?;
    let opened = Store::open(copy, dir, cache).and_then(|store| {
        store.queue(&mut |_| Ok(()))?;
        Ok(store)
    });
    if opened.is_err() {
        remove(copy)?;
    }
    Ok(opened.ok())
}

/// Puts the new store in the place of the old one.
fn swap(dir: &Path, fresh: &Path) -> Result<()> {
    let (store, old) = (dir.join("store"), dir.join("store.old"));
    remove(&old)?;
    if store.exists() {
        fs::rename(&store, &old).map_err(|e| Error::write(&store, e))?;
    }
    fs::rename(fresh, &store).map_err(|e| Error::write(&store, e))?;
    remove(&old)
}

fn remove(path: &PathBuf) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::write(path, e)),
        _ => Ok(()),
    }
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
