//! Page → the gzip members that hold it. Equal pages give equal bytes.

use std::cell::RefCell;
use std::fmt::Write as _;

use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use jiff::Timestamp;
use sha1::{Digest, Sha1};
use xxhash_rust::xxh3::xxh3_128;

use super::http;
use crate::page::{Body, Origin, Page, Profile};

/// On pages of 14 KB level 1 takes 86 µs and leaves 38 %, level 2 takes 201 µs and leaves 30 %,
/// level 6 takes 343 µs and leaves 28 %: compressing must not cost more than everything else.
const LEVEL: u32 = 1;

/// Media type of the block that holds a title and extracted text: `{"title":…,"text":…}`.
pub const PAGE_JSON: &str = "application/vnd.partyline.page+json";
/// Media type of the block that holds extracted text without a title.
pub const PAGE_TEXT: &str = "text/plain; charset=utf-8";
/// Media type of a document that came without one.
pub const PAGE_HTML: &str = "text/html";

/// The gzip members that hold a page: a `response` record where the page came over HTTP,
/// `resource` otherwise. Runs on worker threads; [`super::Writer`] only appends.
///
/// A page reads back equal as long as it keeps to these rules: `canonical` belongs to `url`,
/// extracted text has no `head`, and `head` begins with `HTTP/`, ends with its first empty line
/// (a head that does not is closed with one) and names no coding that the bytes do not have:
/// the body of a page is decoded, so such fields are kept under another name
/// (`X-Archive-Orig-…`). What other visitors saw stands before it, a record each.
pub fn encode(page: &Page) -> Vec<u8> {
    let record = page_record(page, None, None);
    [variants(page).0, record.bytes].concat()
}

/// The records of what other visitors saw, with their ids. A variant has a head and none of its
/// own.
pub(super) fn variants(page: &Page) -> (Vec<u8>, Vec<u128>) {
    let records = page
        .variants
        .iter()
        .map(|v| page_record(&v.page, Some(v.profile), None));
    let (mut bytes, mut ids) = (Vec::new(), Vec::new());
    for record in records {
        bytes.extend(record.bytes);
        ids.push(record.id);
    }
    (bytes, ids)
}

/// The record of a page, and what other records say of it.
pub(super) struct PageRecord {
    pub bytes: Vec<u8>,
    pub id: u128,
    /// Digest of the payload, as it stands in the record.
    pub payload: String,
}

/// The `response` or `resource` record; `profile` is who asked if not the plain visitor, `known`
/// the digest of the payload where it was computed already.
pub(super) fn page_record(
    page: &Page,
    profile: Option<Profile>,
    known: Option<String>,
) -> PageRecord {
    let mut fields = Fields::new();
    let head = head_of(page);
    let kind = if head.is_some() {
        "response"
    } else {
        "resource"
    };
    fields.put("WARC-Type", kind);
    connection(&mut fields, page);
    if let Some(profile) = profile {
        fields.put("WARC-Partyline-Profile", profile.as_str());
    }
    address(&mut fields, page);
    time(&mut fields, page);
    fields.put("WARC-Partyline-Origin", origin_name(page.origin));
    let concluded = head.as_deref().map_or(Some(200), http::status);
    if concluded != Some(page.status) {
        fields.put("WARC-Partyline-Status", &page.status.to_string());
    }
    if page.truncated {
        fields.put("WARC-Truncated", "length");
    }
    let payload = payload(page);
    let mut block = head.clone().unwrap_or_default();
    let payload_at = block.len();
    block.extend_from_slice(&payload);
    media_type(&mut fields, page, head.as_deref());
    let block_digest = digest(&block);
    let payload = match known {
        Some(digest) => digest,
        None if payload_at > 0 => digest(&payload),
        None => block_digest.clone(),
    };
    fields.put("WARC-Payload-Digest", &payload);
    fields.put("WARC-Block-Digest", &block_digest);
    let (id, bytes) = member(&fields, &block);
    PageRecord { bytes, id, payload }
}

/// The HTTP head as it is archived, of a page that came over HTTP.
pub(super) fn head_of(page: &Page) -> Option<Vec<u8>> {
    match (&page.head, &page.body) {
        (Some(head), Body::Html { bytes, .. }) => {
            Some(http::without_codings(&closed_head(head), bytes.len()))
        }
        _ => None,
    }
}

/// The record that stands at the head of every file.
pub(super) fn warcinfo(file_name: &str, now: Timestamp) -> Vec<u8> {
    let block = format!(
        "software: partyline/{}\r\nformat: WARC File Format 1.1\r\n\
         conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n",
        env!("CARGO_PKG_VERSION")
    );
    let mut fields = Fields::new();
    fields.put("WARC-Type", "warcinfo");
    fields.put("WARC-Date", &date(now));
    fields.put("WARC-Filename", file_name);
    fields.put("Content-Type", "application/warc-fields");
    fields.put("WARC-Block-Digest", &digest(block.as_bytes()));
    member(&fields, block.as_bytes()).1
}

/// Who answered. The certificate's facts are one line of JSON, escaped.
pub(super) fn connection(fields: &mut Fields, page: &Page) {
    if let Some(ip) = page.connection.ip {
        fields.put("WARC-IP-Address", &ip.to_string());
    }
    if let Some(certificate) = &page.connection.certificate {
        // Strings and numbers always serialise.
        let json = serde_json::to_string(certificate).unwrap_or_default();
        fields.put("WARC-Partyline-Certificate", &escape(&json));
    }
}

pub(super) fn address(fields: &mut Fields, page: &Page) {
    let plain = page.url.bytes().all(|b| b.is_ascii_graphic()) && !page.url.starts_with('<');
    if plain {
        fields.put("WARC-Target-URI", &page.url);
    } else {
        fields.put("WARC-Target-URI", page.canonical.as_str());
        fields.put("WARC-Partyline-URL", &escape(&page.url));
    }
}

pub(super) fn time(fields: &mut Fields, page: &Page) {
    fields.put("WARC-Date", &warc_date(page));
    if time_of(page).is_none() {
        fields.put("WARC-Partyline-Time", &page.fetched_at.to_string());
    }
}

pub(super) fn warc_date(page: &Page) -> String {
    date(time_of(page).unwrap_or(Timestamp::UNIX_EPOCH))
}

fn time_of(page: &Page) -> Option<Timestamp> {
    let year = |t: &Timestamp| t.as_second() >= FIRST_SECOND;
    Timestamp::from_second(page.fetched_at).ok().filter(year)
}

/// 0000-01-01T00:00:00Z: earlier years have a sign, which WARC-Date does not know.
const FIRST_SECOND: i64 = -62_167_219_200;

/// W3C-DTF in UTC with seconds, as WARC-Date wants it.
fn date(time: Timestamp) -> String {
    time.to_string()
}

fn payload(page: &Page) -> Vec<u8> {
    match &page.body {
        Body::Html { bytes, .. } => bytes.clone(),
        Body::Text { title: None, text } => text.clone().into_bytes(),
        Body::Text {
            title: Some(title),
            text,
        } => serde_json::json!({ "title": title, "text": text })
            .to_string()
            .into_bytes(),
    }
}

/// `Content-Type` of the record, and what a reader could not conclude about that of the page.
pub(super) fn media_type(fields: &mut Fields, page: &Page, head: Option<&[u8]>) {
    let (record, concluded) = match (&page.body, head) {
        (Body::Text { title: None, .. }, _) => return fields.put("Content-Type", PAGE_TEXT),
        (Body::Text { title: Some(_), .. }, _) => return fields.put("Content-Type", PAGE_JSON),
        (Body::Html { .. }, Some(head)) => (
            "application/http; msgtype=response".to_owned(),
            http::field(head, "Content-Type").map(|v| v.into_owned()),
        ),
        (Body::Html { content_type, .. }, None) => match content_type {
            Some(value) if is_field_value(value) && !is_page_type(value) => {
                (value.clone(), Some(value.clone()))
            }
            _ => (PAGE_HTML.to_owned(), Some(PAGE_HTML.to_owned())),
        },
    };
    fields.put("Content-Type", &record);
    if let Body::Html { content_type, .. } = &page.body
        && *content_type != concluded
    {
        let value = match content_type {
            Some(value) => format!("={}", escape(value)),
            None => "none".to_owned(),
        };
        fields.put("WARC-Partyline-Content-Type", &value);
    }
}

/// Whether the media type says that the block is extracted text.
pub(super) fn is_page_type(value: &str) -> bool {
    value == PAGE_JSON || value == PAGE_TEXT
}

fn is_field_value(value: &str) -> bool {
    !value.is_empty()
        && value.trim() == value
        && value.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
}

/// The head up to its first empty line; closed with one where it has none.
fn closed_head(head: &[u8]) -> Vec<u8> {
    let mut closed = Vec::with_capacity(head.len() + 16);
    if !head.starts_with(b"HTTP/") {
        closed.extend_from_slice(b"HTTP/1.1 ");
    }
    closed.extend_from_slice(head);
    if http::head_length(&closed).is_none() {
        closed.truncate(http::MAX_HEAD / 2);
        while matches!(closed.last(), Some(b'\r' | b'\n')) {
            closed.pop();
        }
        closed.extend_from_slice(b"\r\n\r\n");
    }
    let length = http::head_length(&closed).unwrap_or(closed.len());
    closed.truncate(length);
    closed
}

pub(super) fn origin_name(origin: Origin) -> &'static str {
    match origin {
        Origin::Crawl => "crawl",
        Origin::File => "file",
        Origin::Jsonl => "jsonl",
        Origin::Warc => "warc",
        Origin::Wet => "wet",
    }
}

/// Percent-encoding of everything that is not a visible ASCII character.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && byte != b'%' {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// `sha1:` and the digest in base32 (RFC 4648), as the examples of ISO 28500 have it.
pub(super) fn digest(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = String::with_capacity(5 + 32);
    out.push_str("sha1:");
    // 160 bits are 4 groups of 5 bytes, of 8 characters each.
    for group in Sha1::digest(bytes).chunks(5) {
        let bits = group.iter().fold(0u64, |bits, b| bits << 8 | u64::from(*b));
        for i in (0..8).rev() {
            out.push(char::from(ALPHABET[(bits >> (5 * i)) as usize & 31]));
        }
    }
    out
}

/// The named fields of a record under way. Only values of visible ASCII and spaces get in, so
/// that no page can add a field of its own.
pub(super) struct Fields(String);

impl Fields {
    pub(super) fn new() -> Self {
        Fields(String::with_capacity(1024))
    }

    pub(super) fn put(&mut self, name: &str, value: &str) {
        self.0.push_str(name);
        self.0.push_str(": ");
        self.0.extend(
            value
                .chars()
                .map(|c| if c.is_ascii_control() { ' ' } else { c }),
        );
        self.0.push_str("\r\n");
    }
}

/// One record as one gzip member.
pub(super) fn member(fields: &Fields, block: &[u8]) -> (u128, Vec<u8>) {
    // The fields hold the block's digest: the id stands for all of the record.
    let id = xxh3_128(fields.0.as_bytes());
    let header = format!(
        "WARC/1.1\r\n{}WARC-Record-ID: <urn:uuid:{}>\r\nContent-Length: {}\r\n\r\n",
        fields.0,
        uuid(id),
        block.len()
    );
    (id, gzip(&[header.as_bytes(), block, b"\r\n\r\n"]))
}

/// A UUID of version 8, made by a rule of one's own (RFC 9562, section 5.8): equal records have
/// equal ids, so that archives can be reproduced.
pub(super) fn uuid(hash: u128) -> String {
    let bits = hash & !(0xf << 76) & !(0b11 << 62) | 8 << 76 | 0b10 << 62;
    let hex = format!("{bits:032x}");
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

/// One gzip member (RFC 1952) without name and time. The compressor of a thread is used again:
/// setting one up costs more than compressing a short page.
fn gzip(parts: &[&[u8]]) -> Vec<u8> {
    thread_local! {
        static DEFLATE: RefCell<Compress> =
            RefCell::new(Compress::new(Compression::new(LEVEL), false));
    }
    let total: usize = parts.iter().map(|p| p.len()).sum();
    let mut out = Vec::with_capacity(total / 2 + 256);
    out.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    let mut crc = Crc::new();
    DEFLATE.with_borrow_mut(|deflate| {
        deflate.reset();
        for (i, part) in parts.iter().enumerate() {
            crc.update(part);
            let flush = if i + 1 == parts.len() {
                FlushCompress::Finish
            } else {
                FlushCompress::None
            };
            run(deflate, part, &mut out, flush);
        }
    });
    out.extend_from_slice(&crc.sum().to_le_bytes());
    out.extend_from_slice(&crc.amount().to_le_bytes());
    out
}

fn run(deflate: &mut Compress, part: &[u8], out: &mut Vec<u8>, flush: FlushCompress) {
    let begin = deflate.total_in();
    loop {
        let done = usize::try_from(deflate.total_in() - begin).unwrap_or(part.len());
        let whole = done >= part.len();
        if whole && !matches!(flush, FlushCompress::Finish) {
            return;
        }
        if out.capacity() - out.len() < 1024 {
            out.reserve(16 << 10);
        }
        match deflate.compress_vec(&part[done.min(part.len())..], out, flush) {
            Ok(Status::StreamEnd) => return,
            Ok(_) => {}
            // Deflate fails only on a wrong order of calls; the stream was reset and is
            // finished once. The reader's checksum would tell.
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standard_tools() {
        // RFC 3174 "abc", in base32.
        assert_eq!(digest(b"abc"), "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5");
        assert_eq!(digest(b""), "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ");
    }

    #[test]
    fn ids_are_version_8() {
        assert_eq!(uuid(0), "00000000-0000-8000-8000-000000000000");
        assert_eq!(uuid(u128::MAX), "ffffffff-ffff-8fff-bfff-ffffffffffff");
    }

    #[test]
    fn a_member_is_what_gunzip_reads() {
        use std::io::Read;
        for size in [0u64, 1, 1000, 300_000] {
            let part: Vec<u8> = (0..size).map(|i| (i * i % 251) as u8).collect();
            let member = gzip(&[b"head", &part, b"tail"]);
            let mut back = Vec::new();
            flate2::read::GzDecoder::new(&member[..])
                .read_to_end(&mut back)
                .unwrap();
            assert_eq!(back, [b"head", &part[..], b"tail"].concat());
        }
    }
}
