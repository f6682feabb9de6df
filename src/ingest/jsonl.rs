//! JSON Lines: `{"url","html"}` or `{"url","title","text"}`, with `fetched_at` (RFC 3339) and
//! `status` where known. Other fields are ignored.

use std::io::{self, BufRead};

use jiff::Timestamp;
use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

use super::{Item, MAX_LINE, Origin, file_url};
use crate::page::{self, Body, Page};
use crate::site::CanonicalUrl;

/// Where lines come from: what they are called, and what a line that leaves something out gets.
pub struct From {
    name: String,
    /// URL of the file, or `None` for standard input.
    url: Option<String>,
    time: i64,
}

impl From {
    pub fn file(origin: Origin) -> Self {
        From {
            name: origin.path.display().to_string(),
            url: file_url(&origin.path),
            time: origin.changed,
        }
    }

    pub fn stdin(now: i64) -> Self {
        From {
            name: "-".to_owned(),
            url: None,
            time: now,
        }
    }
}

#[derive(Deserialize)]
struct Fields {
    url: Option<String>,
    html: Option<String>,
    title: Option<String>,
    text: Option<String>,
    fetched_at: Option<String>,
    status: Option<i64>,
}

/// The pages of a JSONL stream; a line that is none is told with its number.
pub fn lines(mut reader: impl BufRead + Send, from: From) -> impl Iterator<Item = Item> + Send {
    let mut number = 0u64;
    let mut ended = false;
    let mut line = Vec::new();
    std::iter::from_fn(move || {
        while !ended {
            number += 1;
            let bad = |problem: String| Item::bad(format!("{}:{number}", from.name), problem);
            line.clear();
            match read_line(&mut reader, &mut line, MAX_LINE) {
                Ok(Line::End) => ended = true,
                Ok(Line::TooLong) => {
                    return Some(bad(format!("a line of more than {MAX_LINE} bytes")));
                }
                Ok(Line::Whole) => {
                    let content = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
                    if content.trim_ascii().is_empty() {
                        continue;
                    }
                    return Some(match page(content, number, &from) {
                        Ok(page) => Item::Page(Box::new(page)),
                        Err(problem) => bad(problem),
                    });
                }
                Err(e) => {
                    ended = true;
                    return Some(bad(format!("cannot be read any further: {e}")));
                }
            }
        }
        None
    })
}

#[derive(Debug, PartialEq, Eq)]
enum Line {
    Whole,
    TooLong,
    End,
}

/// Reads one line of at most `limit` bytes; of a longer one nothing is kept.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>, limit: usize) -> io::Result<Line> {
    let (mut any, mut too_long) = (false, false);
    loop {
        let bytes = match reader.fill_buf() {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(e),
        };
        if bytes.is_empty() && !any {
            return Ok(Line::End);
        }
        any = true;
        let end = memchr::memchr(b'\n', bytes);
        let content = &bytes[..end.unwrap_or(bytes.len())];
        too_long |= line.len() + content.len() > limit;
        if too_long {
            *line = Vec::new();
        } else {
            line.extend_from_slice(content);
        }
        let last = end.is_some() || bytes.is_empty();
        let taken = end.map_or(bytes.len(), |at| at + 1);
        reader.consume(taken);
        if last {
            return Ok(if too_long { Line::TooLong } else { Line::Whole });
        }
    }
}

fn page(line: &[u8], number: u64, from: &From) -> Result<Page, String> {
    if !line.trim_ascii_start().starts_with(b"{") {
        return Err("is no page: not a JSON object".to_owned());
    }
    let fields: Fields = match std::str::from_utf8(line) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_str(&String::from_utf8_lossy(line)),
    }
    .map_err(|e| format!("is no page: {}", clipped(&e.to_string())))?;
    let url = match fields.url {
        Some(url) => url.trim().to_owned(),
        None => match &from.url {
            Some(file) => format!("{file}/{number}"),
            // Equal lines are one page, wherever they stand.
            None => format!("file:///dev/stdin/{:016x}", xxh3_64(line)),
        },
    };
    let canonical = CanonicalUrl::parse(&url)
        .ok_or_else(|| format!("url is no http, https or file address: {}", clipped(&url)))?;
    let fetched_at = match fields.fetched_at {
        Some(text) => text
            .parse::<Timestamp>()
            .map_err(|_| format!("fetched_at is no RFC 3339 time: {}", clipped(&text)))?
            .as_second(),
        None => from.time,
    };
    let status = fields.status.unwrap_or(200);
    let status = u16::try_from(status)
        .ok()
        .filter(|s| (100..1000).contains(s))
        .ok_or_else(|| format!("status is no HTTP status: {status}"))?;
    let body = match (fields.html, fields.text) {
        (Some(html), _) => Body::Html {
            // Characters of JSON are known, whatever the document says of itself.
            content_type: Some("text/html; charset=utf-8".to_owned()),
            bytes: html.into_bytes(),
        },
        (None, Some(text)) => Body::Text {
            title: fields.title,
            text,
        },
        (None, None) => return Err("has neither html nor text".to_owned()),
    };
    // Replaced bytes are longer than the ones that came.
    if body.len() > MAX_LINE {
        return Err(format!("a page of more than {MAX_LINE} bytes"));
    }
    Ok(Page {
        url,
        canonical,
        fetched_at,
        status,
        origin: page::Origin::Jsonl,
        body,
        head: None,
        truncated: false,
        connection: Default::default(),
        variants: Vec::new(),
    })
}

/// Enough of a foreign text to recognise it by.
fn clipped(text: &str) -> String {
    let mut out: String = text.chars().take(160).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_beyond_the_limit_is_not_kept() {
        let mut reader = io::BufReader::with_capacity(3, &b"abcd\nabcdefgh\n\nx"[..]);
        let mut line = Vec::new();
        let mut read = || {
            line.clear();
            let kind = read_line(&mut reader, &mut line, 5).unwrap();
            (kind, String::from_utf8(line.clone()).unwrap())
        };
        assert_eq!(read(), (Line::Whole, "abcd".into()));
        assert_eq!(read(), (Line::TooLong, "".into()));
        assert_eq!(read(), (Line::Whole, "".into()));
        assert_eq!(read(), (Line::Whole, "x".into()));
        assert_eq!(read(), (Line::End, "".into()));
    }
}
