//! Writing runs.

use std::fs;
#[cfg(unix)]
use std::fs::File;
use std::io;
use std::path::Path;

use super::super::beside::Stop;
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
    stop: &Stop,
) -> io::Result<Option<Run>> {
    let path = path_of(dir, name);
    fs::create_dir_all(dir)?;
    let mut builder = Builder::create(&path, name)?;
    let mut row = Vec::new();
    while let Some(place) = merge.next(&mut row)? {
        stop.check()?;
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
