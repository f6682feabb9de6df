//! A *run*: a file of changes to the queue, sorted by lane and sequence, that is written once.
//!
//! Records stand in blocks of some kilobytes: lane and sequence (8 bytes each, big-endian), the
//! length of the row (4 bytes) and the row, which is empty where the URL is done. Behind the last
//! block stands, for each block, its first lane and sequence and its place (8 bytes each).

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::Place;

/// A block ends with the record that makes it this long.
const BLOCK: usize = 16 << 10;
const HEAD: usize = 20;
const MARK: usize = 24;

/// A run, as the store lists it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub name: u64,
    pub records: u64,
    pub blocks: u64,
    /// Bytes of all blocks.
    pub length: u64,
}

pub struct Run {
    pub listed: Listed,
    /// First record and place of each block: a thousandth of the file, and all of it that is in
    /// memory.
    marks: Vec<(Place, u64)>,
    file: Mutex<File>,
}

impl Run {
    pub fn open(path: &Path, listed: Listed) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let index = listed.blocks.checked_mul(MARK as u64);
        let whole = index.and_then(|index| index.checked_add(listed.length));
        if Some(file.metadata()?.len()) != whole {
            return Err(broken("it has another length"));
        }
        file.seek(SeekFrom::Start(listed.length))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let (marks, _) = bytes.as_chunks::<MARK>();
        let marks: Vec<(Place, u64)> = marks
            .iter()
            .map(|mark| {
                (
                    (number(&mark[..8]), number(&mark[8..16])),
                    number(&mark[16..]),
                )
            })
            .collect();
        let ordered = marks.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1);
        if !ordered || marks.last().is_some_and(|last| last.1 >= listed.length) {
            return Err(broken("its index is out of order"));
        }
        Ok(Run {
            listed,
            marks,
            file: Mutex::new(file),
        })
    }

    /// Its records from this place on.
    pub fn from(&self, place: Place) -> io::Result<Cursor<'_>> {
        let mut cursor = Cursor {
            run: self,
            block: None,
            bytes: Vec::new(),
            at: 0,
            head: None,
        };
        cursor.seek(place)?;
        Ok(cursor)
    }

    fn read(&self, block: usize, bytes: &mut Vec<u8>) -> io::Result<()> {
        let end = self
            .marks
            .get(block + 1)
            .map_or(self.listed.length, |m| m.1);
        let Some((_, start)) = self.marks.get(block) else {
            bytes.clear();
            return Ok(());
        };
        bytes.resize((end - start) as usize, 0);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(*start))?;
        file.read_exact(bytes)
    }
}

/// Reads a run in its order.
pub struct Cursor<'r> {
    run: &'r Run,
    /// The block in `bytes`.
    block: Option<usize>,
    bytes: Vec<u8>,
    /// Behind the record at the head.
    at: usize,
    head: Option<(Place, usize)>,
}

impl Cursor<'_> {
    /// Where the record at the head belongs; `None` at the end.
    pub fn place(&self) -> Option<Place> {
        self.head.map(|(place, _)| place)
    }

    /// The row at the head; empty where the URL is done.
    pub fn row(&self) -> &[u8] {
        self.head
            .map_or(&[], |(_, start)| &self.bytes[start..self.at])
    }

    pub fn advance(&mut self) -> io::Result<()> {
        if self.at >= self.bytes.len() {
            self.load(self.block.map_or(0, |block| block + 1))?;
        }
        self.parse()
    }

    /// Goes on to the first record from this place on; never back.
    pub fn seek(&mut self, place: Place) -> io::Result<()> {
        let behind = self.run.marks.partition_point(|mark| mark.0 <= place);
        let block = behind.saturating_sub(1);
        if self.block.is_none_or(|now| now < block) {
            self.load(block)?;
            self.parse()?;
        }
        while self.place().is_some_and(|now| now < place) {
            self.advance()?;
        }
        Ok(())
    }

    fn load(&mut self, block: usize) -> io::Result<()> {
        self.run.read(block, &mut self.bytes)?;
        (self.block, self.at) = (Some(block), 0);
        Ok(())
    }

    /// Takes the next record of the block; none where the block is empty, which is the end.
    fn parse(&mut self) -> io::Result<()> {
        let rest = &self.bytes[self.at..];
        if rest.is_empty() {
            self.head = None;
            return Ok(());
        }
        let head = rest.get(..HEAD).ok_or_else(|| broken("a record is cut"))?;
        let place = (number(&head[..8]), number(&head[8..16]));
        let length = number(&head[16..]) as usize;
        if rest.len() - HEAD < length {
            return Err(broken("a record is cut"));
        }
        let start = self.at + HEAD;
        self.at = start + length;
        self.head = Some((place, start));
        Ok(())
    }
}

/// Writes a run.
pub struct Builder {
    out: BufWriter<File>,
    listed: Listed,
    marks: Vec<(Place, u64)>,
    in_block: usize,
}

impl Builder {
    pub fn create(path: &Path, name: u64) -> io::Result<Self> {
        Ok(Builder {
            out: BufWriter::with_capacity(1 << 16, File::create(path)?),
            listed: Listed {
                name,
                records: 0,
                blocks: 0,
                length: 0,
            },
            marks: Vec::new(),
            in_block: 0,
        })
    }

    /// Places come in ascending order.
    pub fn push(&mut self, place: Place, row: &[u8]) -> io::Result<()> {
        let too_long = |_| broken("a row is longer than 4 GiB");
        let length = u32::try_from(row.len()).map_err(too_long)?;
        if self.in_block == 0 {
            self.marks.push((place, self.listed.length));
            self.listed.blocks += 1;
        }
        self.out.write_all(&place.0.to_be_bytes())?;
        self.out.write_all(&place.1.to_be_bytes())?;
        self.out.write_all(&length.to_be_bytes())?;
        self.out.write_all(row)?;
        let written = HEAD + row.len();
        self.listed.records += 1;
        self.listed.length += written as u64;
        self.in_block += written;
        if self.in_block >= BLOCK {
            self.in_block = 0;
        }
        Ok(())
    }

    /// Makes the file durable.
    pub fn finish(mut self, path: &Path) -> io::Result<Run> {
        for (place, at) in &self.marks {
            for part in [place.0, place.1, *at] {
                self.out.write_all(&part.to_be_bytes())?;
            }
        }
        let file = self
            .out
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(Run {
            listed: self.listed,
            marks: self.marks,
            file: Mutex::new(File::open(path)?),
        })
    }
}

/// A big-endian number of at most eight bytes.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte))
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
