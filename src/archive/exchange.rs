//! An HTTP exchange as its records: the answer, the request, and what is known about both. An
//! answer whose payload stands in the archive already is a `revisit`.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use xxhash_rust::xxh3::xxh3_128;

use super::encode::{self, Fields, PageRecord};
use super::{Location, http};
use crate::page::{Body, Page};

/// What a crawl knows of the fetch of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exchange {
    /// Request line and fields, ending in an empty line.
    pub request: Vec<u8>,
    /// The same of each variant of the page.
    pub variant_requests: Vec<Vec<u8>>,
    /// Until the last byte of the body.
    pub took: Duration,
    /// Links away from a seed.
    pub depth: u16,
}

/// The members of an exchange.
#[derive(Debug, Clone, Default)]
pub struct Members {
    /// Those of the page's record, `response` or `revisit`, with its variants before it.
    pub page: Vec<u8>,
    /// Those of `request` and `metadata`, which stand behind it.
    pub beside: Vec<u8>,
    /// What makes the page's record one that later ones may refer to.
    pub original: Option<Original>,
}

/// A `response` record with its payload.
#[derive(Debug, Clone)]
pub struct Original {
    /// As it stands in the record.
    payload: String,
    id: u128,
    url: String,
    date: String,
}

/// Profile of a revisit (WARC 1.1, section 6.7.2).
const SAME_PAYLOAD: &str = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest";
/// Shorter payloads are written again: the reference takes as much.
const MIN_PAYLOAD: usize = 512;

/// The members of a page and its exchange. `charset` is how the body was decoded. Payloads among
/// the `originals` are not written again.
pub fn encode_exchange(
    page: &Page,
    exchange: &Exchange,
    charset: &str,
    originals: &Originals,
) -> Members {
    let digest = revisitable(page).map(|payload| encode::digest(&[payload]));
    let known = digest.as_deref().and_then(|digest| originals.get(digest));
    let is_original = digest.is_some() && known.is_none();
    let (mut members, ids) = encode::variants(page);
    let record = match &known {
        Some((original, at)) => revisit(page, original, *at, &mut members),
        None => encode::page_record(page, None, digest, &mut members),
    };
    let mut beside = Vec::new();
    request(page, &exchange.request, record.id, &mut beside);
    let variants = page.variants.iter().zip(&exchange.variant_requests);
    for ((variant, sent), id) in variants.zip(ids) {
        request(&variant.page, sent, id, &mut beside);
    }
    metadata(page, exchange, charset, record.id, &mut beside);
    let original = is_original.then(|| Original {
        payload: record.payload,
        id: record.id,
        url: page.canonical.as_str().to_owned(),
        date: encode::warc_date(page),
    });
    Members {
        page: members,
        beside,
        original,
    }
}

/// The payload of a page that may be referred to, or refer to another.
fn revisitable(page: &Page) -> Option<&[u8]> {
    match &page.body {
        Body::Html { bytes, .. }
            if page.head.is_some() && !page.truncated && bytes.len() >= MIN_PAYLOAD =>
        {
            Some(bytes)
        }
        _ => None,
    }
}

fn revisit(page: &Page, original: &Original, at: Location, out: &mut Vec<u8>) -> PageRecord {
    let block = encode::head_of(page).unwrap_or_default();
    let mut fields = Fields::new();
    fields.put("WARC-Type", "revisit");
    fields.put("WARC-Profile", SAME_PAYLOAD);
    fields.put(
        "WARC-Refers-To",
        &format!("<urn:uuid:{}>", encode::uuid(original.id)),
    );
    fields.put("WARC-Refers-To-Target-URI", &original.url);
    fields.put("WARC-Refers-To-Date", &original.date);
    // Readers of this archive need no index of it.
    let place = format!("{} {} {}", at.file, at.offset, at.length);
    fields.put("WARC-Partyline-Refers-To", &place);
    encode::connection(&mut fields, page);
    encode::address(&mut fields, page);
    encode::time(&mut fields, page);
    fields.put("WARC-Partyline-Origin", encode::origin_name(page.origin));
    if http::status(&block) != Some(page.status) {
        fields.put("WARC-Partyline-Status", &page.status.to_string());
    }
    encode::media_type(&mut fields, page, Some(&block));
    fields.put("WARC-Payload-Digest", &original.payload);
    let block = [block.as_slice()];
    fields.put("WARC-Block-Digest", &encode::digest(&block));
    let id = encode::member(&fields, &block, out);
    PageRecord {
        id,
        payload: original.payload.clone(),
    }
}

fn beside(
    kind: &str,
    page: &Page,
    id: u128,
    (media_type, block): (&str, &[u8]),
    out: &mut Vec<u8>,
) {
    let mut fields = Fields::new();
    fields.put("WARC-Type", kind);
    encode::address(&mut fields, page);
    encode::time(&mut fields, page);
    let concurrent = format!("<urn:uuid:{}>", encode::uuid(id));
    fields.put("WARC-Concurrent-To", &concurrent);
    fields.put("Content-Type", media_type);
    fields.put("WARC-Block-Digest", &encode::digest(&[block]));
    encode::member(&fields, &[block], out);
}

fn request(page: &Page, sent: &[u8], id: u128, out: &mut Vec<u8>) {
    if !sent.is_empty() {
        let media_type = "application/http; msgtype=request";
        beside("request", page, id, (media_type, sent), out);
    }
}

fn metadata(page: &Page, exchange: &Exchange, charset: &str, id: u128, out: &mut Vec<u8>) {
    let mut block = format!(
        "fetchTimeMs: {}\r\nhopsFromSeed: {}\r\ncharset: {}\r\n",
        exchange.took.as_millis(),
        exchange.depth,
        encode::escape(charset),
    );
    if let Some(certificate) = &page.connection.certificate {
        block.push_str(&format!(
            "tlsCertificateSha256: {}\r\ntlsCertificateIssuer: {}\r\ntlsCertificateNames: {}\r\n\
             tlsCertificateNotBefore: {}\r\ntlsCertificateNotAfter: {}\r\ntlsCertificateSelfSigned: {}\r\n",
            line(&certificate.sha256),
            line(&certificate.issuer),
            line(&certificate.names.join(" ")),
            certificate.not_before,
            certificate.not_after,
            certificate.self_signed,
        ));
    }
    let block = ("application/warc-fields", block.as_bytes());
    beside("metadata", page, id, block, out);
}

/// The text on one line.
fn line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// The payloads that stand in the archive: the latest of them, in bounded memory. Shared by those
/// who encode and the one who appends.
#[derive(Debug, Clone, Default)]
pub struct Originals {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    /// By a hash of the digest as it stands in a record.
    known: HashMap<u128, (Original, Location)>,
    order: VecDeque<u128>,
}

/// Payloads that are known at a time (about 16 MB).
const MAX_ORIGINALS: usize = 50_000;

impl Originals {
    /// Notes where a record was appended.
    pub fn note(&self, original: Original, at: Location) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.order.len() >= MAX_ORIGINALS
            && let Some(oldest) = inner.order.pop_front()
        {
            inner.known.remove(&oldest);
        }
        let digest = xxh3_128(original.payload.as_bytes());
        if inner.known.insert(digest, (original, at)).is_none() {
            inner.order.push_back(digest);
        }
    }

    fn get(&self, digest: &str) -> Option<(Original, Location)> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let found = inner.known.get(&xxh3_128(digest.as_bytes()));
        found.filter(|(o, _)| o.payload == digest).cloned()
    }
}
