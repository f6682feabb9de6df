//! Bytes of a WARC file, decompressed: gzip members one after the other, or plain.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use flate2::bufread::GzDecoder;
use memchr::memmem;

/// The file as it is: knows its position, ends at a limit, and takes bytes back.
struct Raw<R> {
    inner: R,
    /// Bytes that were taken back, from `front_at` on; they stand before those of `inner`.
    front: Vec<u8>,
    front_at: usize,
    /// Position in the file of the next byte.
    at: u64,
    limit: u64,
}

impl<R: BufRead + Seek> Raw<R> {
    /// Puts bytes back that were just read.
    fn unread(&mut self, bytes: &[u8]) {
        let mut front = bytes.to_vec();
        front.extend_from_slice(&self.front[self.front_at..]);
        self.front = front;
        self.front_at = 0;
        self.at -= bytes.len() as u64;
    }

    /// Goes back to an earlier position; false where the file cannot (a pipe).
    fn back_to(&mut self, at: u64) -> bool {
        let distance = self.at - at + (self.front.len() - self.front_at) as u64;
        let Ok(distance) = i64::try_from(distance) else {
            return false;
        };
        if self.inner.seek(SeekFrom::Current(-distance)).is_err() {
            return false;
        }
        self.front.clear();
        self.front_at = 0;
        self.at = at;
        true
    }
}

impl<R: BufRead> Read for Raw<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let n = available.len().min(buf.len());
        buf[..n].copy_from_slice(&available[..n]);
        self.consume(n);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Raw<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let left = usize::try_from(self.limit.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let bytes = if self.front_at < self.front.len() {
            &self.front[self.front_at..]
        } else {
            self.inner.fill_buf()?
        };
        Ok(&bytes[..bytes.len().min(left)])
    }

    fn consume(&mut self, n: usize) {
        self.at += n as u64;
        if self.front_at < self.front.len() {
            self.front_at += n;
        } else {
            self.inner.consume(n);
        }
    }
}

enum Layer<R> {
    /// Before the next member.
    Between(Raw<R>),
    Gzip(Box<GzDecoder<Raw<R>>>),
    Plain(Raw<R>),
    /// Only while a method moves the file from one layer to another.
    Moving,
}

/// The decompressed bytes of one member at a time. A file that is not compressed is one member.
pub struct Members<R> {
    layer: Layer<R>,
    /// Decompressed bytes of a gzip member that were not consumed yet: `buffer[from..to]`.
    buffer: Box<[u8]>,
    from: usize,
    to: usize,
    start: u64,
    first: bool,
    /// How many bytes may still be read twice when looking for members behind damage: a file
    /// made of lies costs a bounded amount of time.
    again: u64,
}

const BUFFER: usize = 32 << 10;
const READ_AGAIN: u64 = 256 << 20;
const GZIP: [u8; 3] = [0x1f, 0x8b, 8];
/// How a record begins.
pub const RECORD: &[u8] = b"WARC/1.";
/// The start of a member that must show whether it is a record.
const PROBE: usize = 1 << 10;
const WINDOW: usize = 64 << 10;

impl<R: BufRead + Seek> Members<R> {
    /// Reads `file` from where it stands, at most `limit` bytes.
    pub fn new(file: R, limit: u64) -> Self {
        Members {
            layer: Layer::Between(Raw {
                inner: file,
                front: Vec::new(),
                front_at: 0,
                at: 0,
                limit,
            }),
            buffer: vec![0; BUFFER].into_boxed_slice(),
            from: 0,
            to: 0,
            start: 0,
            first: true,
            again: READ_AGAIN,
        }
    }

    /// Where the current member begins in the file.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Where the file stands: behind the member once [`Members::fill`] has said that it ended.
    pub fn position(&self) -> u64 {
        match &self.layer {
            Layer::Between(raw) | Layer::Plain(raw) => raw.at,
            Layer::Gzip(gzip) => gzip.get_ref().at,
            Layer::Moving => self.start,
        }
    }

    pub fn is_plain(&self) -> bool {
        matches!(self.layer, Layer::Plain(_))
    }

    fn take_raw(&mut self) -> Option<Raw<R>> {
        (self.from, self.to) = (0, 0);
        match std::mem::replace(&mut self.layer, Layer::Moving) {
            Layer::Between(raw) | Layer::Plain(raw) => Some(raw),
            Layer::Gzip(gzip) => Some(gzip.into_inner()),
            Layer::Moving => None,
        }
    }

    /// Moves to the member at the current position; false at the end of the file.
    pub fn next_member(&mut self) -> io::Result<bool> {
        let Some(mut raw) = self.take_raw() else {
            return Ok(false);
        };
        self.start = raw.at;
        let first = std::mem::replace(&mut self.first, false);
        let next = match raw.fill_buf() {
            // Behind a damaged first byte a file is none the less compressed.
            Ok(bytes) if bytes.get(1..3) == Some(&GZIP[1..]) => Some(GZIP[0]),
            Ok(bytes) => bytes.first().copied(),
            Err(e) => {
                self.layer = Layer::Between(raw);
                return Err(e);
            }
        };
        let (layer, result) = match next {
            None => (Layer::Between(raw), Ok(false)),
            Some(byte) if byte == GZIP[0] => (Layer::Gzip(Box::new(GzDecoder::new(raw))), Ok(true)),
            Some(_) if first => (Layer::Plain(raw), Ok(true)),
            Some(_) => (
                Layer::Between(raw),
                Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "no gzip member follows",
                )),
            ),
        };
        self.layer = layer;
        result
    }

    /// The next bytes of the current member; empty at its end.
    pub fn fill(&mut self) -> io::Result<&[u8]> {
        match &mut self.layer {
            Layer::Gzip(gzip) => {
                if self.from == self.to {
                    (self.from, self.to) = (0, gzip.read(&mut self.buffer)?);
                }
                Ok(&self.buffer[self.from..self.to])
            }
            Layer::Plain(raw) => raw.fill_buf(),
            Layer::Between(_) | Layer::Moving => Ok(&[]),
        }
    }

    /// Drops `n` of the bytes that [`Members::fill`] showed.
    pub fn consume(&mut self, n: usize) {
        match &mut self.layer {
            Layer::Gzip(_) => self.from = (self.from + n).min(self.to),
            Layer::Plain(raw) => raw.consume(n),
            Layer::Between(_) | Layer::Moving => {}
        }
    }

    /// Leaves a member whose bytes do not decompress, and finds the next one that holds a
    /// record. False at the end of the file.
    pub fn recover(&mut self) -> io::Result<bool> {
        let Some(mut raw) = self.take_raw() else {
            return Ok(false);
        };
        let back = raw.at.saturating_sub(self.start + 1);
        if raw.at > self.start && back <= self.again && raw.back_to(self.start + 1) {
            self.again -= back;
        }
        let found = find_record(&mut raw);
        self.layer = Layer::Between(raw);
        found
    }
}

/// Moves to the next gzip member whose content begins like a record.
fn find_record<R: BufRead + Seek>(raw: &mut Raw<R>) -> io::Result<bool> {
    let mut window = Vec::with_capacity(WINDOW);
    loop {
        window.clear();
        raw.take(WINDOW as u64).read_to_end(&mut window)?;
        let last = window.len() < WINDOW;
        let end = if last { window.len() } else { WINDOW - PROBE };
        for at in memmem::find_iter(&window, &GZIP).take_while(|at| *at < end) {
            let probe = &window[at..window.len().min(at + PROBE)];
            let mut begin = [0; RECORD.len()];
            if GzDecoder::new(probe).read_exact(&mut begin).is_ok() && begin == RECORD {
                raw.unread(&window[at..]);
                return Ok(true);
            }
        }
        if last {
            return Ok(false);
        }
        raw.unread(&window[end..]);
    }
}
