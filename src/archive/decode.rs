//! The page that a record written by partyline holds.

use jiff::Timestamp;
use serde::Deserialize;

use super::encode::{PAGE_JSON, PAGE_TEXT};
use super::record::{Header, Record};
use super::{Location, http};
use crate::page::{Body, Connection, Origin, Page, Profile, Variant};
use crate::site::CanonicalUrl;

/// Whether a record may hold a page: the others are passed over.
pub fn holds_page(header: &Header) -> bool {
    matches!(header.kind(), "response" | "resource") || refers_to(header).is_some()
}

/// Who asked for the page of this record, where that was not the plain visitor.
pub fn profile(header: &Header) -> Option<Profile> {
    let name = header.get("WARC-Partyline-Profile")?;
    Profile::ALL.into_iter().find(|p| p.as_str() == name)
}

/// Variants that wait for their page, which stands behind them.
#[derive(Default)]
pub struct Waiting {
    found: Vec<Variant>,
    /// Where the first of them begins.
    offset: u64,
}

/// More variants than there are profiles belong to no page.
const MAX_VARIANTS: usize = 8;

impl Waiting {
    /// Keeps the page of a record that begins at `offset` if it is a variant, or else gives it
    /// back with the variants that stand before it, and where the first of these begins.
    pub fn join(
        &mut self,
        profile: Option<Profile>,
        mut page: Page,
        offset: u64,
    ) -> Option<(Page, u64)> {
        if let Some(profile) = profile {
            if self.found.is_empty() {
                self.offset = offset;
            }
            if self.found.len() < MAX_VARIANTS {
                self.found.push(Variant { profile, page });
            }
            return None;
        }
        let found = std::mem::take(&mut self.found);
        // Those of a page whose own record is damaged belong to nobody.
        let own = |v: &Variant| v.page.canonical == page.canonical;
        if found.is_empty() || !found.iter().all(own) {
            return Some((page, offset));
        }
        page.variants = found;
        Some((page, self.offset))
    }
}

/// Where the payload of a revisit stands, among the files of the same archive.
pub fn refers_to(header: &Header) -> Option<Location> {
    if header.kind() != "revisit" {
        return None;
    }
    let mut numbers = header.get("WARC-Partyline-Refers-To")?.split(' ');
    Some(Location {
        file: numbers.next()?.parse().ok()?,
        offset: numbers.next()?.parse().ok()?,
        length: numbers.next()?.parse().ok()?,
    })
}

/// Where partyline got the page of this record from; `None` for records of other software.
pub fn origin(header: &Header) -> Option<Origin> {
    Some(match header.get("WARC-Partyline-Origin")? {
        "crawl" => Origin::Crawl,
        "file" => Origin::File,
        "jsonl" => Origin::Jsonl,
        "warc" => Origin::Warc,
        "wet" => Origin::Wet,
        _ => return None,
    })
}

/// `WARC-Date` in seconds since the epoch.
pub fn date(header: &Header) -> Option<i64> {
    let time: Timestamp = header.get("WARC-Date")?.parse().ok()?;
    Some(time.as_second())
}

/// The page of a record that [`super::encode()`] made; `Ok(None)` for a record that holds none.
/// That of a revisit has no payload yet: see [`refers_to`].
pub fn page(record: Record) -> Result<Option<Page>, String> {
    let Record {
        header,
        mut block,
        cut,
        ..
    } = record;
    if !holds_page(&header) {
        return Ok(None);
    }
    let origin = origin(&header).ok_or("not written by partyline")?;
    let url = match header.get("WARC-Partyline-URL") {
        Some(escaped) => unescape(escaped).ok_or("WARC-Partyline-URL is damaged")?,
        None => header
            .get("WARC-Target-URI")
            .ok_or("no WARC-Target-URI")?
            .to_owned(),
    };
    let canonical = CanonicalUrl::parse(&url).ok_or("WARC-Target-URI is no address of a page")?;
    let fetched_at = match header.get("WARC-Partyline-Time") {
        Some(time) => time.parse().ok(),
        None => date(&header),
    }
    .ok_or("no readable WARC-Date")?;
    let mut head = None;
    if matches!(header.kind(), "response" | "revisit") {
        let length = http::head_length(&block).ok_or("a response without HTTP head")?;
        let payload = block.split_off(length);
        head = Some(std::mem::replace(&mut block, payload));
    }
    let status = match header.get("WARC-Partyline-Status") {
        Some(status) => status.parse().ok(),
        None => head.as_deref().map_or(Some(200), http::status),
    }
    .ok_or("no readable status")?;
    Ok(Some(Page {
        url,
        canonical,
        fetched_at,
        status,
        origin,
        body: body(&header, head.as_deref(), block)?,
        head,
        truncated: cut || header.get("WARC-Truncated").is_some(),
        connection: connection(&header),
        variants: Vec::new(),
    }))
}

/// Who answered, as far as the record tells.
pub fn connection(header: &Header) -> Connection {
    let facts = || unescape(header.get("WARC-Partyline-Certificate")?);
    Connection {
        ip: header.get("WARC-IP-Address").and_then(|ip| ip.parse().ok()),
        certificate: facts().and_then(|json| serde_json::from_str(&json).ok()),
    }
}

fn body(header: &Header, head: Option<&[u8]>, block: Vec<u8>) -> Result<Body, String> {
    #[derive(Deserialize)]
    struct Extracted {
        title: String,
        text: String,
    }
    let media_type = header.get("Content-Type").unwrap_or_default();
    let stated = header.get("WARC-Partyline-Content-Type");
    if head.is_none() && stated.is_none() {
        if media_type == PAGE_JSON {
            let page: Extracted =
                serde_json::from_slice(&block).map_err(|e| format!("the block is no page: {e}"))?;
            return Ok(Body::Text {
                title: Some(page.title),
                text: page.text,
            });
        }
        if media_type == PAGE_TEXT {
            let text = String::from_utf8(block).map_err(|_| "the text is no UTF-8".to_owned())?;
            return Ok(Body::Text { title: None, text });
        }
    }
    let content_type = match (stated, head) {
        (Some("none"), _) => None,
        (Some(stated), _) => Some(
            stated
                .strip_prefix('=')
                .and_then(unescape)
                .ok_or("WARC-Partyline-Content-Type is damaged")?,
        ),
        (None, Some(head)) => http::field(head, "Content-Type").map(|v| v.into_owned()),
        (None, None) => Some(media_type.to_owned()),
    };
    Ok(Body::Html {
        content_type,
        bytes: block,
    })
}

/// Undoes the percent-encoding of a field.
fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        if byte == b'%' {
            let hex = std::str::from_utf8(rest.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(hex, 16).ok()?);
            rest = &rest[2..];
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}
