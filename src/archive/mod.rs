//! The bytes as they came, in WARC/1.1 files (ISO 28500): append-only, one gzip member a record,
//! with digests. They are the truth; the store can be rebuilt from them.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::page::Page;

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

/// The gzip members that hold a page: `response` (with its `request`) where the page came over
/// HTTP, `resource` otherwise. Runs on worker threads; [`Writer`] only appends.
pub fn encode(_page: &Page) -> Vec<u8> {
    todo!()
}

/// Appends to the archive of a state directory.
pub struct Writer {
    _dir: PathBuf,
}

impl Writer {
    /// Opens the archive in `dir` (created where missing) and cuts off whatever lies beyond
    /// `end`, which a killed run left behind.
    pub fn open(_dir: &Path, _end: End) -> Result<Self> {
        todo!()
    }

    /// Appends the members of one page; durable after [`Writer::sync`].
    pub fn append(&mut self, _members: &[u8]) -> Result<Location> {
        todo!()
    }

    /// Makes everything appended durable and says where it ends.
    pub fn sync(&mut self) -> Result<End> {
        todo!()
    }
}

/// Reads one page back.
pub fn read(_dir: &Path, _location: Location) -> Result<Page> {
    todo!()
}

/// All pages of the archive up to `end`, in the order in which they were written. A damaged
/// record is an item that says where and what, and reading goes on behind it.
pub fn pages(_dir: &Path, _end: End) -> Result<Pages> {
    todo!()
}

/// Iterator of [`pages`].
pub struct Pages {}

impl Iterator for Pages {
    type Item = Result<(Location, Page)>;
    fn next(&mut self) -> Option<Self::Item> {
        None
    }
}
