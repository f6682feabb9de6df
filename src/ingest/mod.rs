//! Pages from files, folders and standard input, whatever the format: one file a format.
//!
//! | what | where |
//! | --- | --- |
//! | folders, in order of name | `walk` |
//! | `.jsonl`, and standard input | `jsonl` |
//! | `.html`, `.htm`, `.txt`: one page a file | `document` |
//! | `.warc`, `.wet`, of any origin | `warc` |
//! | transfer and content codings inside WARC files | `coding` |
//!
//! Any of them may be compressed with gzip. Everything is read as it is asked for: what a file
//! claims about its size is not believed, and one page at a time is in memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use flate2::bufread::{GzDecoder, MultiGzDecoder};

use crate::error::{Error, Result};
use crate::page::Page;

mod coding;
mod document;
mod jsonl;
mod walk;
mod warc;

/// What reading the inputs yields, one at a time and in order.
#[derive(Debug)]
pub enum Item {
    Page(Box<Page>),
    /// Something that is no page: which input and place (`pages.jsonl:17`), and why. Counted,
    /// never the end of a run.
    Bad {
        input: String,
        problem: String,
    },
}

impl Item {
    fn bad(input: impl std::fmt::Display, problem: impl std::fmt::Display) -> Self {
        Item::Bad {
            input: input.to_string(),
            problem: problem.to_string(),
        }
    }
}

/// A path given on the command line; `-` is standard input (JSONL).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    Stdin,
    Path(PathBuf),
}

/// A page longer than this is cut, a JSONL line longer than this is refused.
const MAX_PAGE: usize = 64 << 20;

type Items = Box<dyn Iterator<Item = Item> + Send>;

/// Reads every page behind the inputs, folders walked in order of name. Fails only where an
/// input that was named does not exist or cannot be opened.
///
/// - A file without URLs of its own gets a `file://` URL, a JSONL line without `url` that of its
///   file with the number of the line (`file:///pages.jsonl/17`), and on standard input one made
///   from its content.
/// - Where a format has no time, that of the file's last change is taken; for standard input
///   the present.
/// - A file that was named and has none of the known endings is recognised by its content;
///   inside folders such files are passed over.
pub fn pages(inputs: &[Input]) -> Result<Box<dyn Iterator<Item = Item> + Send>> {
    let mut starts = Vec::with_capacity(inputs.len());
    for input in inputs {
        starts.push(match input {
            Input::Stdin => Start::Stdin,
            Input::Path(path) => Start::at(path).map_err(|e| Error::read(path, e))?,
        });
    }
    Ok(Box::new(starts.into_iter().flat_map(Start::items)))
}

/// An input that was found to be there.
enum Start {
    Stdin,
    Folder(PathBuf),
    File(PathBuf),
    /// A pipe can be opened only once.
    Pipe(PathBuf, File),
}

impl Start {
    fn at(path: &Path) -> io::Result<Self> {
        if std::fs::metadata(path)?.is_dir() {
            std::fs::read_dir(path)?;
            return Ok(Start::Folder(path.to_owned()));
        }
        let file = File::open(path)?;
        if file.metadata()?.is_file() {
            Ok(Start::File(path.to_owned()))
        } else {
            Ok(Start::Pipe(path.to_owned(), file))
        }
    }

    fn items(self) -> Items {
        match self {
            Start::Stdin => Box::new(jsonl::lines(
                BufReader::new(io::stdin()),
                jsonl::From::stdin(seconds(SystemTime::now())),
            )),
            Start::Folder(path) => Box::new(walk::files(path).flat_map(|found| match found {
                Ok((path, format)) => read_file(path, None, Some(format)),
                Err(bad) => one(bad),
            })),
            Start::File(path) => {
                let format = Format::by_name(&path);
                read_file(path, None, format)
            }
            Start::Pipe(path, file) => {
                let format = Format::by_name(&path);
                read_file(path, Some(file), format)
            }
        }
    }
}

fn one(item: Item) -> Items {
    Box::new(std::iter::once(item))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Jsonl,
    Html,
    Text,
    Warc,
}

impl Format {
    fn by_name(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        Some(match name.rsplit_once('.')?.1 {
            "jsonl" | "ndjson" => Format::Jsonl,
            "html" | "htm" => Format::Html,
            "txt" => Format::Text,
            "warc" | "wet" => Format::Warc,
            _ => return None,
        })
    }

    /// By the first bytes, decompressed.
    fn by_content(start: &[u8]) -> Option<Self> {
        let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
        if start.starts_with(b"WARC/") {
            return Some(Format::Warc);
        }
        match start.trim_ascii_start().first() {
            Some(b'{') => Some(Format::Jsonl),
            Some(b'<') => Some(Format::Html),
            _ => None,
        }
    }
}

/// What the pages of one file have in common.
struct Origin {
    path: PathBuf,
    /// When the file was changed last, in seconds since the epoch.
    changed: i64,
}

fn read_file(path: PathBuf, file: Option<File>, format: Option<Format>) -> Items {
    let open = || -> io::Result<(File, i64)> {
        let file = match file {
            Some(file) => file,
            None => File::open(&path)?,
        };
        let changed = file.metadata()?.modified().map_or(0, seconds);
        Ok((file, changed))
    };
    let (file, changed) = match open() {
        Ok(opened) => opened,
        Err(e) => return one(Item::bad(path.display(), format!("cannot be read: {e}"))),
    };
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let start = match reader.fill_buf() {
        Ok(start) => start,
        Err(e) => return one(Item::bad(path.display(), format!("cannot be read: {e}"))),
    };
    if start.is_empty() {
        return one(Item::bad(path.display(), "is empty"));
    }
    let zipped = start.starts_with(&[0x1f, 0x8b]);
    let Some(format) = format.or_else(|| sniff(start, zipped)) else {
        return one(Item::bad(
            path.display(),
            "is neither JSONL, HTML nor WARC; name it .txt if it is text",
        ));
    };
    let origin = Origin { path, changed };
    if format == Format::Warc {
        return Box::new(warc::records(reader, origin));
    }
    let reader: Box<dyn BufRead + Send> = if zipped {
        Box::new(BufReader::new(MultiGzDecoder::new(reader)))
    } else {
        Box::new(reader)
    };
    match format {
        Format::Jsonl => Box::new(jsonl::lines(reader, jsonl::From::file(origin))),
        Format::Html => one(document::html(reader, &origin)),
        // WARC files were handed on above.
        Format::Text | Format::Warc => one(document::text(reader, &origin)),
    }
}

fn sniff(start: &[u8], zipped: bool) -> Option<Format> {
    if !zipped {
        return Format::by_content(start);
    }
    let mut inside = Vec::new();
    // A cut stream still gives its beginning.
    let _ = GzDecoder::new(start).take(512).read_to_end(&mut inside);
    Format::by_content(&inside)
}

fn seconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |s| -s),
    }
}

/// The `file://` URL of a path that exists.
fn file_url(path: &Path) -> Option<String> {
    let absolute = std::fs::canonicalize(path).ok()?;
    Some(url::Url::from_file_path(absolute).ok()?.into())
}

#[cfg(test)]
mod tests;
