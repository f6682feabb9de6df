//! Appending to the archive: rotation at a size, durability on demand, repair at open.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::{End, Location, encode, file_name, numbers, path_of};
use crate::error::{Error, Result};

/// A file that has reached this many bytes gets no further pages.
pub const ROTATE_AT: u64 = 1_000_000_000;

/// Bytes gathered before they go to the file.
const BUFFER: usize = 1 << 20;

/// Appends to the archive of a state directory.
pub struct Writer {
    dir: PathBuf,
    rotate_at: u64,
    number: u32,
    /// `None` until the first page after opening at the beginning of a file.
    file: Option<File>,
    /// Bytes that were appended but not handed to the file.
    buffer: Vec<u8>,
    /// Length of the file with the buffer.
    length: u64,
    /// After a failed write nobody knows what the file holds behind the last end: the writer
    /// refuses to go on.
    failed: bool,
}

impl Writer {
    /// Opens the archive in `dir` (created where missing) and cuts off whatever lies beyond
    /// `end`, which a killed run left behind.
    ///
    /// Fails with [`Error::Damaged`] where the files hold less than `end`: acknowledged pages
    /// are missing. `dir` is taken to lie directly inside the state directory.
    pub fn open(dir: &Path, end: End) -> Result<Self> {
        Self::open_rotating(dir, end, ROTATE_AT)
    }

    /// As [`Writer::open`], with another size to rotate at.
    pub fn open_rotating(dir: &Path, end: End, rotate_at: u64) -> Result<Self> {
        std::fs::create_dir_all(dir).map_err(|e| Error::write(dir, e))?;
        let present = numbers(dir)?;
        let first_missing = (0..end.file).find(|n| present.binary_search(n).is_err());
        if let Some(missing) = first_missing {
            return Err(damaged(dir, missing, "is missing"));
        }
        let file = if end.length > 0 {
            Some(reopen(dir, end)?)
        } else {
            None
        };
        let later = |n: &u32| *n > end.file || (*n == end.file && end.length == 0);
        for number in present.into_iter().filter(later) {
            let path = path_of(dir, number);
            std::fs::remove_file(&path).map_err(|e| Error::write(&path, e))?;
        }
        sync_dir(dir)?;
        Ok(Writer {
            dir: dir.to_owned(),
            rotate_at,
            number: end.file,
            file,
            buffer: Vec::new(),
            length: end.length,
            failed: false,
        })
    }

    /// Appends the members of one page; durable after [`Writer::sync`].
    ///
    /// After an error the writer only gives errors. Opened again at the last end that
    /// [`Writer::sync`] gave, the archive holds everything up to there.
    pub fn append(&mut self, members: &[u8]) -> Result<Location> {
        let path = self.path();
        let length = u32::try_from(members.len())
            .map_err(|_| Error::write(&path, io::Error::other("a page of more than 4 GB")))?;
        self.guarded(|writer| {
            if writer.length >= writer.rotate_at {
                writer.write_out(true)?;
                writer.file = None;
                writer.number += 1;
                writer.length = 0;
            }
            if writer.file.is_none() {
                writer.create()?;
            }
            let offset = writer.length;
            writer.push(members)?;
            Ok(Location {
                file: writer.number,
                offset,
                length,
            })
        })
    }

    /// Appends members that belong to the page before them, in the same file.
    pub fn append_beside(&mut self, members: &[u8]) -> Result<()> {
        self.guarded(|writer| writer.push(members))
    }

    /// Makes everything appended durable and says where it ends.
    pub fn sync(&mut self) -> Result<End> {
        self.guarded(|writer| {
            writer.write_out(true)?;
            Ok(End {
                file: writer.number,
                length: writer.length,
            })
        })
    }

    fn path(&self) -> PathBuf {
        path_of(&self.dir, self.number)
    }

    /// Runs one operation; after a failure no further one runs.
    fn guarded<T>(&mut self, operation: impl FnOnce(&mut Self) -> io::Result<T>) -> Result<T> {
        if self.failed {
            let again = io::Error::other("an earlier write failed; the run has to be resumed");
            return Err(Error::write(self.path(), again));
        }
        operation(self).map_err(|e| {
            self.failed = true;
            self.buffer = Vec::new();
            Error::write(self.path(), e)
        })
    }

    /// Begins a file with its `warcinfo` record.
    fn create(&mut self) -> io::Result<()> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(self.path())?;
        self.file = Some(file);
        File::open(&self.dir)?.sync_all()?;
        self.push(&encode::warcinfo(
            &file_name(self.number),
            seconds(Timestamp::now()),
        ))
    }

    fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        self.length += bytes.len() as u64;
        if self.buffer.len() >= BUFFER {
            self.write_out(false)?;
        }
        Ok(())
    }

    fn write_out(&mut self, durable: bool) -> io::Result<()> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        file.write_all(&self.buffer)?;
        self.buffer.clear();
        if durable {
            file.sync_data()?;
        }
        Ok(())
    }
}

/// Whole seconds: WARC-Date is written without a fraction.
fn seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Opens the file in which the archive ends, cut to its end and positioned there.
fn reopen(dir: &Path, end: End) -> Result<File> {
    let path = path_of(dir, end.file);
    let mut file = match OpenOptions::new().write(true).open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Err(damaged(dir, end.file, "is missing"));
        }
        Err(e) => return Err(Error::write(&path, e)),
    };
    let length = file.metadata().map_err(|e| Error::read(&path, e))?.len();
    if length < end.length {
        let detail = format!("has {length} bytes of the {} acknowledged ones", end.length);
        return Err(damaged(dir, end.file, &detail));
    }
    let cut = |file: &mut File| {
        if length > end.length {
            file.set_len(end.length)?;
            file.sync_all()?;
        }
        file.seek(SeekFrom::Start(end.length))
    };
    cut(&mut file).map_err(|e| Error::write(&path, e))?;
    Ok(file)
}

fn damaged(dir: &Path, number: u32, detail: &str) -> Error {
    let state = match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => dir,
    };
    Error::Damaged {
        path: state.to_owned(),
        detail: format!("{} {detail}", path_of(dir, number).display()),
    }
}

fn sync_dir(dir: &Path) -> Result<()> {
    File::open(dir)
        .and_then(|d| d.sync_all())
        .map_err(|e| Error::write(dir, e))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every write to this device fails as on a full disk.
    const FULL: &str = "/dev/full";

    #[test]
    fn a_full_disk_is_told_and_nothing_is_claimed_after_it() {
        let Ok(full) = OpenOptions::new().write(true).open(FULL) else {
            eprintln!("skipped: no {FULL}");
            return;
        };
        let dir = tempfile::tempdir().unwrap();
        let mut writer = Writer::open(dir.path(), End::default()).unwrap();
        writer.append(b"first").unwrap();
        let end = writer.sync().unwrap();
        writer.file = Some(full);
        writer.append(b"second").unwrap();
        let error = writer.sync().unwrap_err().to_string();
        assert!(error.contains(&file_name(0)), "{error}");
        assert!(writer.append(b"third").is_err());
        assert!(writer.sync().is_err());
        drop(writer);
        let mut writer = Writer::open(dir.path(), end).unwrap();
        assert_eq!(writer.sync().unwrap(), end);
    }
}
