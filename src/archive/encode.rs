//! Page → the gzip members that hold it. Equal pages give equal bytes.

use std::borrow::Cow;
use std::fmt::Write as _;

use jiff::Timestamp;
use sha1::{Digest, Sha1};
use xxhash_rust::xxh3::xxh3_128;

use super::{http, pack};
use crate::page::{Body, Origin, Page, Profile};

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
    let mut out = variants(page).0;
    page_record(page, None, None, &mut out);
    out
}

/// The records of what other visitors saw, with their ids. A variant has a head and none of its
/// own.
pub(super) fn variants(page: &Page) -> (Vec<u8>, Vec<u128>) {
    let mut bytes = Vec::new();
    let variants = page.variants.iter();
    let ids = variants
        .map(|v| page_record(&v.page, Some(v.profile), None, &mut bytes).id)
        .collect();
    (bytes, ids)
}

/// What other records say of that of a page.
pub(super) struct PageRecord {
    pub id: u128,
    /// Digest of the payload, as it stands in the record.
    pub payload: String,
}

/// Appends the `response` or `resource` record; `profile` is who asked if not the plain visitor,
/// `known` the digest of the payload where it was computed already.
pub(super) fn page_record(
    page: &Page,
    profile: Option<Profile>,
    known: Option<String>,
    out: &mut Vec<u8>,
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
    media_type(&mut fields, page, head.as_deref());
    let head = head.unwrap_or_default();
    let block = [head.as_slice(), &payload];
    let block_digest = digest(&block);
    let payload = match known {
        Some(digest) => digest,
        None if !head.is_empty() => digest(&[&payload]),
        None => block_digest.clone(),
    };
    fields.put("WARC-Payload-Digest", &payload);
    fields.put("WARC-Block-Digest", &block_digest);
    let id = member(&fields, &block, out);
    PageRecord { id, payload }
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
    let block = [block.as_bytes()];
    fields.put("WARC-Block-Digest", &digest(&block));
    let mut out = Vec::new();
    member(&fields, &block, &mut out);
    out
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

fn payload(page: &Page) -> Cow<'_, [u8]> {
    match &page.body {
        Body::Html { bytes, .. } => bytes.into(),
        Body::Text { title: None, text } => text.as_bytes().into(),
        Body::Text {
            title: Some(title),
            text,
        } => serde_json::json!({ "title": title, "text": text })
            .to_string()
            .into_bytes()
            .into(),
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

/// `sha1:` and the digest of the parts in base32 (RFC 4648), as the examples of ISO 28500 have it.
pub(super) fn digest(parts: &[&[u8]]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut out = String::with_capacity(5 + 32);
    out.push_str("sha1:");
    // 160 bits are 4 groups of 5 bytes, of 8 characters each.
    let mut sha1 = Sha1::new();
    parts.iter().for_each(|part| sha1.update(part));
    for group in sha1.finalize().chunks(5) {
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
        if value.bytes().any(|b| b.is_ascii_control()) {
            let blank = |c: char| if c.is_ascii_control() { ' ' } else { c };
            self.0.extend(value.chars().map(blank));
        } else {
            self.0.push_str(value);
        }
        self.0.push_str("\r\n");
    }
}

/// Appends one record, as one gzip member; gives its id.
pub(super) fn member(fields: &Fields, block: &[&[u8]], out: &mut Vec<u8>) -> u128 {
    // The fields hold the block's digest: the id stands for all of the record.
    let id = xxh3_128(fields.0.as_bytes());
    let length: usize = block.iter().map(|part| part.len()).sum();
    let behind = format!(
        "WARC-Record-ID: <urn:uuid:{}>\r\nContent-Length: {length}\r\n\r\n",
        uuid(id),
    );
    let mut parts: Vec<&[u8]> = vec![b"WARC/1.1\r\n", fields.0.as_bytes(), behind.as_bytes()];
    parts.extend(block);
    parts.push(b"\r\n\r\n");
    pack::gzip(&parts, out);
    id
}

/// A UUID of version 8, made by a rule of one's own (RFC 9562, section 5.8): equal records have
/// equal ids, so that archives can be reproduced.
pub(super) fn uuid(hash: u128) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let bits = hash & !(0xf << 76) & !(0b11 << 62) | 8 << 76 | 0b10 << 62;
    let mut out = String::with_capacity(36);
    for (i, byte) in bits.to_be_bytes().into_iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        out.push(char::from(HEX[usize::from(byte >> 4)]));
        out.push(char::from(HEX[usize::from(byte & 15)]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standard_tools() {
        // RFC 3174 "abc", in base32.
        assert_eq!(
            digest(&[b"a", b"bc"]),
            "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5"
        );
        assert_eq!(digest(&[]), "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ");
    }

    #[test]
    fn ids_are_version_8() {
        assert_eq!(uuid(0), "00000000-0000-8000-8000-000000000000");
        assert_eq!(uuid(u128::MAX), "ffffffff-ffff-8fff-bfff-ffffffffffff");
    }
}
