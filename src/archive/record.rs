//! Records of a WARC file (ISO 28500), whoever wrote it: version 1.0 or 1.1, a gzip member each,
//! one gzip stream, or plain. No length in the file is trusted, and reading goes on behind
//! damage.

use std::io::{self, BufRead, Seek};

use super::member::{Members, RECORD};

/// A block longer than this is cut.
pub const MAX_BLOCK: usize = 64 << 20;
/// A record that claims more than this is damage, not content.
const MAX_CLAIM: u64 = 8 << 30;
const MAX_HEADER: usize = 64 << 10;
/// A file with more damage than this is given up: each place costs a search for the next record.
const MAX_DAMAGES: u32 = 100_000;
/// White space allowed between records.
const MAX_GAP: usize = 4 << 10;

/// The named fields of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    fields: Vec<(String, String)>,
}

impl Header {
    /// The first value of a field, whatever the case of its name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// `WARC-Type`, or an empty string.
    pub fn kind(&self) -> &str {
        self.get("WARC-Type").unwrap_or_default()
    }

    /// `WARC-Target-URI`; some writers of version 1.0 put it in angle brackets.
    pub fn target(&self) -> Option<&str> {
        let uri = self.get("WARC-Target-URI")?;
        Some(
            uri.strip_prefix('<')
                .and_then(|u| u.strip_suffix('>'))
                .unwrap_or(uri),
        )
    }

    /// Takes one line; a line that begins with white space continues the one before it.
    fn push_line(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        if text.starts_with([' ', '\t']) {
            if let Some((_, value)) = self.fields.last_mut() {
                value.push(' ');
                value.push_str(text.trim());
            }
        } else if let Some((name, value)) = text.split_once(':') {
            self.fields
                .push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it begins: its gzip member, or in a plain file its first byte.
    pub offset: u64,
    /// Length in the file, where the record has a gzip member of its own.
    pub length: Option<u64>,
    pub header: Header,
    pub block: Vec<u8>,
    /// The block was longer than [`MAX_BLOCK`].
    pub cut: bool,
}

/// A place that is no record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    pub offset: u64,
    pub problem: String,
}

enum Fault {
    /// The bytes are there, but are no record.
    Syntax(String),
    /// The bytes do not decompress.
    Stream(String),
    /// The file cannot be read any further.
    Io(io::Error),
}

impl From<io::Error> for Fault {
    fn from(e: io::Error) -> Self {
        use io::ErrorKind::{InvalidData, InvalidInput, UnexpectedEof};
        match e.kind() {
            InvalidData | InvalidInput | UnexpectedEof => {
                Fault::Stream(format!("the gzip data is damaged or cut off ({e})"))
            }
            _ => Fault::Io(e),
        }
    }
}

fn syntax<T>(problem: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Syntax(problem.into()))
}

fn claimed_length(header: &Header) -> Result<u64, Fault> {
    match header.get("Content-Length").map(str::parse) {
        Some(Ok(claim)) if claim <= MAX_CLAIM => Ok(claim),
        Some(Ok(claim)) => syntax(format!("a record cannot have {claim} bytes")),
        Some(Err(_)) => syntax("Content-Length is no number"),
        None => syntax("a record without Content-Length"),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Read,
    /// Look for the next record among the decompressed bytes.
    Seek,
    /// Look for the next gzip member.
    Recover,
    Stop,
}

/// Reads record after record.
pub struct Records<R> {
    members: Members<R>,
    then: Then,
    /// No member was entered yet, or the last one has ended.
    outside: bool,
    /// Another record of the current member was read.
    shared: bool,
    /// The bytes of [`RECORD`] were consumed already.
    begun: bool,
    damages: u32,
}

impl<R: BufRead + Seek> Records<R> {
    /// Reads `file` from where it stands, at most `limit` bytes.
    pub fn new(file: R, limit: u64) -> Self {
        Records {
            members: Members::new(file, limit),
            then: Then::Read,
            outside: true,
            shared: false,
            begun: false,
            damages: 0,
        }
    }

    /// The next record that `want` accepts, or the next damage; reading goes on behind it. The
    /// blocks of other records are passed over without being kept.
    pub fn next(&mut self, want: fn(&Header) -> bool) -> Option<Result<Record, Damage>> {
        let step = match self.then {
            Then::Stop => return None,
            Then::Read => Ok(true),
            Then::Seek => self.seek_record(),
            Then::Recover => {
                self.outside = true;
                self.begun = false;
                self.members.recover().map_err(Fault::from)
            }
        };
        self.then = Then::Read;
        let result = match step {
            Ok(true) => self.read_record(want),
            Ok(false) => Ok(None),
            Err(fault) => Err(fault),
        };
        match result {
            Ok(Some(record)) => Some(Ok(record)),
            Ok(None) => {
                self.then = Then::Stop;
                None
            }
            Err(fault) => Some(Err(self.damage(fault))),
        }
    }

    /// Counts a fault and decides how reading goes on behind it.
    fn damage(&mut self, fault: Fault) -> Damage {
        let (then, mut problem) = match fault {
            Fault::Syntax(problem) => (Then::Seek, problem),
            Fault::Stream(problem) => (Then::Recover, problem),
            Fault::Io(e) => (Then::Stop, e.to_string()),
        };
        self.then = then;
        self.damages += 1;
        if self.damages >= MAX_DAMAGES {
            self.then = Then::Stop;
            problem = format!("{problem}; {MAX_DAMAGES} damaged places, the rest is not read");
        }
        let offset = if self.members.is_plain() {
            self.members.position()
        } else {
            self.members.start()
        };
        Damage { offset, problem }
    }

    fn read_record(&mut self, want: fn(&Header) -> bool) -> Result<Option<Record>, Fault> {
        loop {
            if !self.begun && !self.skip_gap()? {
                return Ok(None);
            }
            let alone = !std::mem::replace(&mut self.shared, true) && !self.members.is_plain();
            let offset = self.record_start();
            let header = self.read_header()?;
            let claim = claimed_length(&header)?;
            let wanted = want(&header);
            let block = self.read_block(claim, wanted)?;
            let length = if alone && self.at_member_end()? {
                Some(self.members.position() - offset)
            } else {
                None
            };
            if wanted {
                return Ok(Some(Record {
                    offset,
                    length,
                    header,
                    cut: block.len() == MAX_BLOCK && claim > MAX_BLOCK as u64,
                    block,
                }));
            }
        }
    }

    fn record_start(&self) -> u64 {
        if self.members.is_plain() {
            let begun = if self.begun { RECORD.len() as u64 } else { 0 };
            self.members.position() - begun
        } else {
            self.members.start()
        }
    }

    /// Skips empty lines and ended members before a record; false at the end of the file.
    fn skip_gap(&mut self) -> Result<bool, Fault> {
        let mut gap = 0;
        loop {
            if self.outside {
                if !self.members.next_member()? {
                    return Ok(false);
                }
                (self.outside, self.shared) = (false, false);
            }
            let bytes = self.members.fill()?;
            if bytes.is_empty() {
                if self.members.is_plain() {
                    return Ok(false);
                }
                self.outside = true;
                continue;
            }
            let blank = bytes.iter().take_while(|b| b"\r\n".contains(b)).count();
            let more = blank < bytes.len();
            self.members.consume(blank);
            if more {
                return Ok(true);
            }
            gap += blank;
            if gap > MAX_GAP {
                return syntax("nothing but empty lines");
            }
        }
    }

    /// After a block: skips the two line ends and says whether the member ends there (its
    /// checksum has then been compared).
    fn at_member_end(&mut self) -> Result<bool, Fault> {
        for _ in 0..8 {
            let bytes = self.members.fill()?;
            if bytes.is_empty() {
                self.outside = true;
                return Ok(true);
            }
            let blank = bytes
                .iter()
                .take(4)
                .take_while(|b| b"\r\n".contains(b))
                .count();
            if blank == 0 {
                return Ok(false);
            }
            self.members.consume(blank);
        }
        Ok(false)
    }

    fn read_header(&mut self) -> Result<Header, Fault> {
        let mut line = Vec::new();
        if std::mem::replace(&mut self.begun, false) {
            line.extend_from_slice(RECORD);
        }
        let mut left = MAX_HEADER;
        self.read_line(&mut line, &mut left)?;
        if !line.starts_with(RECORD) {
            return syntax("no WARC record begins here");
        }
        let mut header = Header::default();
        loop {
            line.clear();
            self.read_line(&mut line, &mut left)?;
            if line.is_empty() {
                return Ok(header);
            }
            header.push_line(&line);
        }
    }

    /// Appends the rest of the line, without its end.
    fn read_line(&mut self, line: &mut Vec<u8>, left: &mut usize) -> Result<(), Fault> {
        loop {
            let bytes = self.members.fill()?;
            if bytes.is_empty() {
                return syntax("ends within the header of a record");
            }
            let end = memchr::memchr(b'\n', bytes);
            let taken = end.map_or(bytes.len(), |at| at + 1);
            if taken > *left {
                return syntax(format!("a header of more than {MAX_HEADER} bytes"));
            }
            *left -= taken;
            line.extend_from_slice(&bytes[..end.unwrap_or(taken)]);
            self.members.consume(taken);
            if end.is_some() {
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(());
            }
        }
    }

    fn read_block(&mut self, claim: u64, keep: bool) -> Result<Vec<u8>, Fault> {
        let mut block = Vec::new();
        let mut left = claim;
        while left > 0 {
            let bytes = self.members.fill()?;
            if bytes.is_empty() {
                return syntax(format!(
                    "ends after {} of {claim} bytes of a record",
                    claim - left
                ));
            }
            let taken = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            if keep {
                let room = MAX_BLOCK - block.len();
                block.extend_from_slice(&bytes[..taken.min(room)]);
            }
            self.members.consume(taken);
            left -= taken as u64;
        }
        Ok(block)
    }

    /// Moves behind the next [`RECORD`] at the beginning of a line or of a member; false at the
    /// end of the file.
    fn seek_record(&mut self) -> Result<bool, Fault> {
        // Characters of "\nWARC/1." that the bytes read last match. The faulty record was left
        // at the beginning of a line.
        let mut matched = 1;
        loop {
            if self.outside {
                if !self.members.next_member()? {
                    return Ok(false);
                }
                (self.outside, self.shared) = (false, false);
                matched = 1;
            }
            let bytes = self.members.fill()?;
            if bytes.is_empty() {
                if self.members.is_plain() {
                    return Ok(false);
                }
                self.outside = true;
                continue;
            }
            let mut taken = bytes.len();
            for (i, &byte) in bytes.iter().enumerate() {
                matched = match byte {
                    b'\n' => 1,
                    _ if matched > 0 && byte == RECORD[matched - 1] => matched + 1,
                    _ => 0,
                };
                if matched > RECORD.len() {
                    taken = i + 1;
                    break;
                }
            }
            self.members.consume(taken);
            if matched > RECORD.len() {
                self.begun = true;
                return Ok(true);
            }
        }
    }
}
