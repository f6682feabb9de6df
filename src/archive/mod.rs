//! The bytes as they came, in WARC/1.1 files (ISO 28500): append-only, one gzip member a record,
//! with digests. They are the truth; the store can be rebuilt from them.
//!
//! | concern | where |
//! | --- | --- |
//! | a page as the record that holds it | `encode` |
//! | a record as the gzip member that holds it | `pack` |
//! | a page with its request, what is known of both, and repeated payloads | `exchange` |
//! | appending, rotation, durability, repair at open | `write` |
//! | gzip members and finding the next one behind damage | `member` |
//! | records of any WARC file (shared with [`crate::ingest`]) | `record`, `header` |
//! | the HTTP head inside a record | `http` |
//! | the page that a record holds | `decode` |
//! | all pages, and verification | `scan` |
//!
//! Files are named `partyline-00000.warc.gz` and so on. Fields that WARC has no name for carry
//! the prefix `WARC-Partyline-`, and are written only where a reader could not know the value
//! otherwise.

use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::page::{Body, Page};

pub(crate) mod decode;
mod encode;
mod exchange;
mod header;
pub(crate) mod http;
mod member;
mod pack;
pub(crate) mod record;
mod scan;
mod write;

pub use encode::encode;
pub use exchange::{Exchange, Members, Original, Originals, encode_exchange};
pub use scan::{Pages, Verified, pages, verify};
pub use write::{ROTATE_AT, Writer};

/// Where the record of a page begins: number of the file, byte offset and length of the page's
/// members in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    pub file: u32,
    pub offset: u64,
    pub length: u32,
}

/// End of what is known to be whole: bytes after it were never acknowledged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct End {
    pub file: u32,
    pub length: u64,
}

/// Members of one page are never longer than this: what a [`Location`] says beyond it is damage.
const MAX_MEMBERS: u32 = 256 << 20;

/// Name of an archive file.
pub fn file_name(number: u32) -> String {
    format!("partyline-{number:05}.warc.gz")
}

fn path_of(dir: &Path, number: u32) -> PathBuf {
    dir.join(file_name(number))
}

/// The number in the name of an archive file; `None` for any other file.
fn number_of(name: &str) -> Option<u32> {
    let number = name
        .strip_prefix("partyline-")?
        .strip_suffix(".warc.gz")?
        .parse()
        .ok()?;
    (file_name(number) == name).then_some(number)
}

/// Numbers of the archive files in `dir`, ascending; none where the directory is missing.
fn numbers(dir: &Path) -> Result<Vec<u32>> {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(Error::read(dir, e)),
    };
    let mut numbers = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| Error::read(dir, e))?;
        numbers.extend(entry.file_name().to_str().and_then(number_of));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// The end of everything that the files in `dir` hold, acknowledged or not: what is left to
/// rebuild from when no ledger says where the archive ends.
pub fn end_of_files(dir: &Path) -> Result<End> {
    let Some(&file) = numbers(dir)?.last() else {
        return Ok(End::default());
    };
    let path = path_of(dir, file);
    let length = std::fs::metadata(&path)
        .map_err(|e| Error::read(&path, e))?
        .len();
    Ok(End { file, length })
}

/// Reads one page back.
///
/// Fails where the file is missing or unreadable, or where no whole record of a page stands at
/// the location.
pub fn read(dir: &Path, location: Location) -> Result<Page> {
    let (page, refers) = read_page(dir, location)?;
    match refers {
        Some(original) => with_payload(dir, page, original),
        None => Ok(page),
    }
}

/// The page at a location with its variants, and where its payload stands if not here.
fn read_page(dir: &Path, location: Location) -> Result<(Page, Option<Location>)> {
    let damage = |problem: &str| damage(dir, location, problem);
    let bytes = read_members(dir, location)?;
    let mut records = record::Records::new(Cursor::new(bytes), u64::MAX);
    let mut waiting = decode::Waiting::default();
    while let Some(found) = records.next(decode::holds_page) {
        let found = found.map_err(|d| damage(&d.problem))?;
        let refers = decode::refers_to(&found.header);
        let profile = decode::profile(&found.header);
        let page = decode::page(found).map_err(|problem| damage(&problem))?;
        let page = page.ok_or_else(|| damage("holds no page"))?;
        if let Some((page, _)) = waiting.join(profile, page, 0) {
            return Ok((page, refers));
        }
    }
    Err(damage("holds no page"))
}

/// Gives the page of a revisit its payload, which stands elsewhere.
fn with_payload(dir: &Path, mut page: Page, original: Location) -> Result<Page> {
    let damage = |problem: &str| damage(dir, original, problem);
    let (known, refers) = read_page(dir, original)?;
    if refers.is_some() {
        return Err(damage("refers to another record in its turn"));
    }
    match (&mut page.body, known.body) {
        (Body::Html { bytes, .. }, Body::Html { bytes: payload, .. }) => *bytes = payload,
        _ => return Err(damage("holds no payload")),
    }
    Ok(page)
}

fn damage(dir: &Path, location: Location, problem: &str) -> Error {
    Error::input(
        path_of(dir, location.file),
        format!("record at byte {}: {problem}", location.offset),
    )
}

/// The members at a location.
fn read_members(dir: &Path, location: Location) -> Result<Vec<u8>> {
    let path = path_of(dir, location.file);
    let damage = |problem: &str| damage(dir, location, problem);
    if location.length > MAX_MEMBERS {
        return Err(damage("longer than any record"));
    }
    let mut bytes = Vec::new();
    let mut file = File::open(&path).map_err(|e| Error::read(&path, e))?;
    file.seek(SeekFrom::Start(location.offset))
        .and_then(|_| {
            file.take(u64::from(location.length))
                .read_to_end(&mut bytes)
        })
        .map_err(|e| Error::read(&path, e))?;
    if bytes.len() < location.length as usize {
        return Err(damage("the file ends before the record does"));
    }
    Ok(bytes)
}

#[cfg(test)]
pub(crate) mod tests;
