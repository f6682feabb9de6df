//! The whole archive in order: its pages, and whether they are what was written.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use super::record::{Header, Record, Records};
use super::{End, Location, decode, encode, http, numbers, path_of, with_payload};
use crate::error::{Error, Result};
use crate::page::Page;

/// All pages of the archive up to `end`, in the order in which they were written. A damaged
/// record is an item that says where and what, and reading goes on behind it.
///
/// Fails where `dir` cannot be read at all.
pub fn pages(dir: &Path, end: End) -> Result<Pages> {
    Ok(Pages {
        walk: Walk::new(dir, end)?,
        waiting: decode::Waiting::default(),
    })
}

/// Iterator of [`pages`].
pub struct Pages {
    walk: Walk,
    waiting: decode::Waiting,
}

impl Iterator for Pages {
    type Item = Result<(Location, Page)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let found = match self.walk.next(decode::holds_page)? {
                Ok(found) => found,
                Err(problem) => return Some(Err(problem.into_error())),
            };
            let refers = decode::refers_to(&found.record.header);
            let profile = decode::profile(&found.record.header);
            let problem = match (found.location(), decode::page(found.record)) {
                (_, Ok(None)) => continue,
                (Some(mut location), Ok(Some(page))) => {
                    let Some((page, from)) = self.waiting.join(profile, page, location.offset)
                    else {
                        continue;
                    };
                    let before =
                        u32::try_from(location.offset.saturating_sub(from)).unwrap_or(u32::MAX);
                    location.offset = from;
                    location.length = location.length.saturating_add(before);
                    let page = match refers {
                        Some(original) => with_payload(&self.walk.dir, page, original),
                        None => Ok(page),
                    };
                    return Some(page.map(|page| (location, page)));
                }
                (None, Ok(Some(_))) => "has no gzip member of its own".to_owned(),
                (_, Err(problem)) => problem,
            };
            return Some(Err(Problem {
                path: found.path,
                offset: Some(found.offset),
                problem,
            }
            .into_error()));
        }
    }
}

/// What [`verify`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Records that hold pages and are what was written.
    pub records: u64,
    /// Bytes of their blocks, decompressed.
    pub bytes: u64,
    /// One line each, with file and offset; at most 100 are kept.
    pub problems: Vec<String>,
    /// How many problems there were in all.
    pub problem_count: u64,
}

/// So many problems are told one by one.
const MAX_PROBLEMS: usize = 100;

/// Reads the archive up to `end` and recomputes every digest.
///
/// Fails where `dir` cannot be read at all.
pub fn verify(dir: &Path, end: End) -> Result<Verified> {
    let mut walk = Walk::new(dir, end)?;
    let mut verified = Verified::default();
    while let Some(next) = walk.next(|_| true) {
        let problem = match next {
            Ok(found) => {
                let bytes = found.record.block.len() as u64;
                let page = decode::holds_page(&found.record.header);
                let digests = check_digests(&found.record);
                match digests.and_then(|()| decode::page(found.record)) {
                    Ok(_) => {
                        verified.records += u64::from(page);
                        verified.bytes += if page { bytes } else { 0 };
                        continue;
                    }
                    Err(problem) => Problem {
                        path: found.path,
                        offset: Some(found.offset),
                        problem,
                    },
                }
            }
            Err(problem) => problem,
        };
        verified.problem_count += 1;
        if verified.problems.len() < MAX_PROBLEMS {
            verified.problems.push(problem.line());
        }
    }
    Ok(verified)
}

/// Compares the digests that a record states with those of its bytes.
fn check_digests(record: &Record) -> Result<(), String> {
    let stated = |name: &str| record.header.get(name).map(str::to_owned);
    let block = stated("WARC-Block-Digest").ok_or("has no WARC-Block-Digest")?;
    if record.cut {
        return Err("is longer than any record that partyline writes".to_owned());
    }
    if block != encode::digest(&[&record.block]) {
        return Err("the block is not what its digest says".to_owned());
    }
    let Some(payload) = stated("WARC-Payload-Digest") else {
        return Ok(());
    };
    // Its payload stands elsewhere, and is verified there.
    if record.header.kind() == "revisit" {
        return Ok(());
    }
    let from = match record.header.kind() {
        "response" => http::head_length(&record.block).unwrap_or(0),
        _ => 0,
    };
    if payload != encode::digest(&[&record.block[from..]]) {
        return Err("the payload is not what its digest says".to_owned());
    }
    Ok(())
}

/// A record with its place.
struct Found {
    file: u32,
    path: PathBuf,
    offset: u64,
    record: Record,
}

impl Found {
    fn location(&self) -> Option<Location> {
        Some(Location {
            file: self.file,
            offset: self.offset,
            length: u32::try_from(self.record.length?).ok()?,
        })
    }
}

/// A place in the archive that is not as it should be.
struct Problem {
    path: PathBuf,
    offset: Option<u64>,
    problem: String,
}

impl Problem {
    fn text(&self) -> String {
        match self.offset {
            Some(offset) => format!("record at byte {offset}: {}", self.problem),
            None => self.problem.clone(),
        }
    }

    fn line(&self) -> String {
        format!("{}: {}", self.path.display(), self.text())
    }

    fn into_error(self) -> Error {
        let text = self.text();
        Error::input(self.path, text)
    }
}

/// Reads the records of all files up to an end.
struct Walk {
    dir: PathBuf,
    end: End,
    /// Numbers of the files that are there, in reverse order.
    present: Vec<u32>,
    /// The file that should come next.
    expected: u32,
    open: Option<(u32, Records<BufReader<File>>)>,
}

impl Walk {
    fn new(dir: &Path, end: End) -> Result<Self> {
        let mut present = numbers(dir)?;
        // A file in which nothing was acknowledged does not belong to the archive.
        present.retain(|n| *n < end.file || (*n == end.file && end.length > 0));
        present.reverse();
        Ok(Walk {
            dir: dir.to_owned(),
            end,
            present,
            expected: 0,
            open: None,
        })
    }

    fn next(&mut self, want: fn(&Header) -> bool) -> Option<Result<Found, Problem>> {
        loop {
            let Some((file, records)) = &mut self.open else {
                match self.open_next()? {
                    Ok(()) => continue,
                    Err(problem) => return Some(Err(problem)),
                }
            };
            let path = path_of(&self.dir, *file);
            match records.next(want) {
                Some(Ok(record)) => {
                    return Some(Ok(Found {
                        file: *file,
                        path,
                        offset: record.offset,
                        record,
                    }));
                }
                Some(Err(damage)) => {
                    return Some(Err(Problem {
                        path,
                        offset: Some(damage.offset),
                        problem: damage.problem,
                    }));
                }
                None => self.open = None,
            }
        }
    }

    /// Opens the next file; a file that is missing or too short is a problem of its own.
    fn open_next(&mut self) -> Option<Result<(), Problem>> {
        let there = self.present.last().copied();
        let beyond = self.end.file.saturating_add(u32::from(self.end.length > 0));
        let stop = there.unwrap_or(beyond);
        if self.expected < stop {
            let path = path_of(&self.dir, self.expected);
            let problem = match stop - self.expected {
                1 => "is missing".to_owned(),
                more => format!("is missing, with the {} files behind it", more - 1),
            };
            self.expected = stop;
            return Some(Err(Problem {
                path,
                offset: None,
                problem,
            }));
        }
        let number = self.present.pop()?;
        self.expected = number.saturating_add(1);
        Some(self.open(number))
    }

    fn open(&mut self, number: u32) -> Result<(), Problem> {
        let path = path_of(&self.dir, number);
        let problem = |problem: String| Problem {
            path: path.clone(),
            offset: None,
            problem,
        };
        let file = File::open(&path).map_err(|e| problem(format!("cannot be read: {e}")))?;
        let limit = if number == self.end.file {
            self.end.length
        } else {
            u64::MAX
        };
        let length = file.metadata().map_or(0, |m| m.len());
        let reader = BufReader::with_capacity(1 << 16, file);
        self.open = Some((number, Records::new(reader, limit)));
        if limit != u64::MAX && length < limit {
            // Told here; the records that are left are read all the same.
            return Err(problem(format!(
                "has {length} bytes of the {limit} acknowledged ones"
            )));
        }
        Ok(())
    }
}
