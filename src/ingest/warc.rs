//! WARC and WET files (ISO 28500), whoever wrote them.

use std::fs::File;
use std::io::BufReader;

use super::{Item, Origin, coding};
use crate::archive::record::{Header, Record, Records};
use crate::archive::{decode, http};
use crate::extract::charset;
use crate::page::{self, Body, Page};
use crate::site::CanonicalUrl;

/// The pages of a WARC file; damaged places are told, and reading goes on behind them.
pub fn records(reader: BufReader<File>, origin: Origin) -> impl Iterator<Item = Item> + Send {
    let mut records = Records::new(reader, u64::MAX);
    let mut waiting = decode::Waiting::default();
    std::iter::from_fn(move || {
        loop {
            let (offset, result) = match records.next(wanted)? {
                Ok(record) => {
                    let (offset, profile) = (record.offset, decode::profile(&record.header));
                    let page = page(record, &origin);
                    let joined =
                        page.map(|page| waiting.join(profile, page?, offset).map(|(p, _)| p));
                    (offset, joined)
                }
                Err(damage) => (damage.offset, Err(damage.problem)),
            };
            match result {
                Ok(None) => {}
                Ok(Some(page)) => return Some(Item::Page(Box::new(page))),
                Err(problem) => {
                    let place = format!("{}, byte {offset}", origin.path.display());
                    return Some(Item::bad(place, problem));
                }
            }
        }
    })
}

/// Records that may hold a page: not those of DNS answers, logs, requests or repetitions.
fn wanted(header: &Header) -> bool {
    let web = header.target().is_some_and(|target| {
        ["http:", "https:", "file:"].iter().any(|scheme| {
            target
                .get(..scheme.len())
                .is_some_and(|t| t.eq_ignore_ascii_case(scheme))
        })
    });
    let media_type = header.get("Content-Type").unwrap_or_default();
    match header.kind() {
        "response" => web,
        "resource" => web && (decode::origin(header).is_some() || is_document(media_type)),
        // A conversion without a type is text: what else would it have been converted to?
        "conversion" => web && matches!(media(media_type).as_str(), "text/plain" | ""),
        _ => false,
    }
}

/// The media type without its parameters, in lower case.
fn media(content_type: &str) -> String {
    let media = content_type.split(';').next().unwrap_or_default();
    media.trim().to_ascii_lowercase()
}

fn is_document(content_type: &str) -> bool {
    matches!(
        media(content_type).as_str(),
        "text/html" | "application/xhtml+xml" | "text/plain"
    )
}

/// The page in a record; `Ok(None)` where it holds something else.
fn page(record: Record, origin: &Origin) -> Result<Option<Page>, String> {
    if decode::origin(&record.header).is_some() {
        return decode::page(record);
    }
    let target = record.header.target().unwrap_or_default().to_owned();
    let canonical =
        CanonicalUrl::parse(&target).ok_or("WARC-Target-URI is no address of a page")?;
    let fetched_at = decode::date(&record.header).unwrap_or(origin.changed);
    let truncated = record.cut || record.header.get("WARC-Truncated").is_some();
    let connection = decode::connection(&record.header);
    let content = match record.header.kind() {
        "response" => response(&record.block)?,
        "resource" => Some(resource(&record)),
        _ => Some(Content::without_head(Body::Text {
            title: None,
            text: String::from_utf8_lossy(&record.block).into_owned(),
        })),
    };
    Ok(content.map(|content| Page {
        url: target,
        canonical,
        fetched_at,
        status: content.status,
        origin: if record.header.kind() == "conversion" {
            page::Origin::Wet
        } else {
            page::Origin::Warc
        },
        body: content.body,
        head: content.head,
        truncated: truncated || content.cut,
        connection,
        variants: Vec::new(),
    }))
}

/// What a record says of a page.
struct Content {
    status: u16,
    head: Option<Vec<u8>>,
    body: Body,
    cut: bool,
}

impl Content {
    fn without_head(body: Body) -> Self {
        Content {
            status: 200,
            head: None,
            body,
            cut: false,
        }
    }
}

fn resource(record: &Record) -> Content {
    let content_type = record.header.get("Content-Type").unwrap_or_default();
    Content::without_head(if media(content_type) == "text/plain" {
        Body::Text {
            title: None,
            text: charset::decode(&record.block, Some(content_type))
                .text
                .into_owned(),
        }
    } else {
        Body::Html {
            content_type: Some(content_type.to_owned()),
            bytes: record.block.clone(),
        }
    })
}

/// An HTTP answer. Redirects are pages whatever their body; other answers only if they are
/// documents.
fn response(block: &[u8]) -> Result<Option<Content>, String> {
    let length = http::head_length(block).ok_or("a response without HTTP head")?;
    let (head, body) = block.split_at(length);
    let status = http::status(head).ok_or("a response without HTTP status")?;
    let content_type = http::field(head, "Content-Type").map(|v| v.into_owned());
    let redirect = (300..400).contains(&status) && http::field(head, "Location").is_some();
    if !redirect && content_type.as_deref().is_some_and(|t| !is_document(t)) {
        return Ok(None);
    }
    let plain = coding::undo(head, body)?;
    let untyped_binary = content_type.is_none() && memchr::memchr(0, &plain.bytes).is_some();
    if !redirect && untyped_binary {
        return Ok(None);
    }
    let head = http::without_codings(head, plain.bytes.len());
    Ok(Some(Content {
        status,
        head: Some(head),
        cut: plain.cut,
        body: Body::Html {
            content_type,
            bytes: plain.bytes.into_owned(),
        },
    }))
}
