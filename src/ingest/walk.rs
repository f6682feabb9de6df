//! Folders: every file with a known ending, in order of name.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use super::{Format, Item};

/// The files below `folder`. A folder that was entered already is not entered again, so links
/// that lead in circles end. What cannot be read is an item of its own.
pub fn files(folder: PathBuf) -> impl Iterator<Item = Result<(PathBuf, Format), Item>> + Send {
    let mut waiting = vec![folder];
    let mut entered = HashSet::new();
    std::iter::from_fn(move || {
        while let Some(path) = waiting.pop() {
            match fs::metadata(&path) {
                Ok(about) if about.is_dir() => {
                    if fs::canonicalize(&path).is_ok_and(|real| !entered.insert(real)) {
                        continue;
                    }
                    match entries(&path) {
                        Ok(mut inside) => waiting.append(&mut inside),
                        Err(e) => return Some(Err(unreadable(&path, &e))),
                    }
                }
                Ok(about) if about.is_file() => {
                    if let Some(format) = Format::by_name(&path) {
                        return Some(Ok((path, format)));
                    }
                }
                // Pipes and devices are not read unless they are named.
                Ok(_) => {}
                Err(e) => {
                    if Format::by_name(&path).is_some() {
                        return Some(Err(unreadable(&path, &e)));
                    }
                }
            }
        }
        None
    })
}

fn unreadable(path: &std::path::Path, e: &std::io::Error) -> Item {
    Item::bad(path.display(), format!("cannot be read: {e}"))
}

/// What a folder holds, the last name first: the list is worked off from its end.
fn entries(folder: &std::path::Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<Vec<_>, _>>()?;
    paths.sort_unstable_by(|a, b| b.file_name().cmp(&a.file_name()));
    Ok(paths)
}
