//! Traps: addresses that lead nowhere new. Pure; nothing here fetches.
//!
//! | trap | what is done |
//! | --- | --- |
//! | session ids, parameter orders | removed or sorted, so that one page has one address |
//! | downloads, images, mail and script links | not queued |
//! | repeated path segments, very deep or long addresses | not queued |
//! | calendars without end | not queued outside plausible years |
//! | a path with ever new queries | not queued beyond [`MAX_QUERIES`] a path |

use std::collections::HashMap;

use url::Url;
use xxhash_rust::xxh3::xxh3_64;

use crate::site::{self, CanonicalUrl};
use crate::store::Candidate;

/// Longer addresses are not queued (bytes).
pub const MAX_URL: usize = 2_000;
/// Deeper paths are not queued (segments).
pub const MAX_SEGMENTS: usize = 20;
/// A path segment may occur this often in one path.
pub const MAX_REPEATS: usize = 2;
/// Different queries that one path may have, about.
pub const MAX_QUERIES: u32 = 2_000;

/// Why an address is not queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trap {
    LongUrl,
    DeepPath,
    RepeatedSegment,
    Calendar,
    NotAPage,
    ManyQueries,
}

/// Endings of paths that are no pages.
const NOT_PAGES: &[&str] = &[
    "7z",
    "aac",
    "apk",
    "avi",
    "avif",
    "bin",
    "bmp",
    "bz2",
    "cab",
    "css",
    "csv",
    "deb",
    "dmg",
    "doc",
    "docx",
    "eot",
    "epub",
    "exe",
    "flac",
    "flv",
    "gif",
    "gz",
    "ico",
    "ipa",
    "iso",
    "jar",
    "jpeg",
    "jpg",
    "js",
    "json",
    "m3u8",
    "m4a",
    "m4v",
    "map",
    "mjs",
    "mkv",
    "mov",
    "mp3",
    "mp4",
    "mpeg",
    "mpg",
    "msi",
    "ogg",
    "otf",
    "pdf",
    "png",
    "ppt",
    "pptx",
    "psd",
    "rar",
    "rmvb",
    "rpm",
    "svg",
    "swf",
    "tar",
    "tgz",
    "tif",
    "tiff",
    "torrent",
    "ts",
    "ttf",
    "wasm",
    "wav",
    "webm",
    "webmanifest",
    "webp",
    "wma",
    "wmv",
    "woff",
    "woff2",
    "xls",
    "xlsx",
    "xz",
    "zip",
];

/// Bytes of the longest of them.
const LONGEST_ENDING: usize = 11;

/// Query parameters that only name a visit.
const SESSION: &[&str] = &[
    "phpsessid",
    "jsessionid",
    "aspsessionid",
    "cfid",
    "cftoken",
    "zenid",
    "oscsid",
];
/// Query parameters that name a visit where the value is 16 or more hexadecimal digits.
const SESSION_IF_HEX: &[&str] = &[
    "sid",
    "s",
    "sess",
    "sessid",
    "session",
    "sessionid",
    "session_id",
    "token",
];

/// The address as a candidate: without credentials, fragment and session id to fetch, and with
/// its parameters sorted to compare. `None` where it is no http or https address, or one that
/// has no canonical form.
pub fn candidate(mut url: Url, depth: u16, redirects: u8) -> Option<Candidate> {
    if !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    strip_credentials(&mut url);
    url.set_fragment(None);
    strip_session(&mut url);
    // What is fetched has to be readable from the archive again.
    if url.as_str().len() > site::MAX_URL {
        return None;
    }
    let plain = plain_escapes(&url);
    let plain = plain.as_ref().unwrap_or(&url);
    let canonical = match sorted_query(plain) {
        Some(query) => {
            let mut sorted = plain.clone();
            sorted.set_query(Some(&query));
            CanonicalUrl::of(&sorted)?
        }
        None => CanonicalUrl::of(plain)?,
    };
    Some(Candidate {
        url: url.into(),
        canonical,
        depth,
        redirects,
    })
}

/// `user:password@` is neither sent nor stored, and tells no pages apart.
pub fn strip_credentials(url: &mut Url) {
    // These fail only for addresses that cannot have credentials.
    let _ = url.set_username("");
    let _ = url.set_password(None);
}

/// Tells whether the address itself is a trap. `this_year` bounds calendars.
pub fn trap(url: &Url, this_year: i32) -> Option<Trap> {
    if url.as_str().len() > MAX_URL {
        return Some(Trap::LongUrl);
    }
    // On the stack: every link of every page comes through here.
    let (mut places, mut count) = ([""; MAX_SEGMENTS], 0);
    for segment in url.path().split('/').filter(|s| !s.is_empty()) {
        let Some(place) = places.get_mut(count) else {
            return Some(Trap::DeepPath);
        };
        *place = segment;
        count += 1;
    }
    let segments = &places[..count];
    let repeated = |s: &&str| segments.iter().filter(|t| *t == s).count() > MAX_REPEATS;
    if segments.iter().any(repeated) {
        return Some(Trap::RepeatedSegment);
    }
    if let Some(last) = segments.last()
        && let Some((_, ending)) = last.rsplit_once('.')
        && is_no_page(ending)
    {
        return Some(Trap::NotAPage);
    }
    calendar(url, segments, this_year).then_some(Trap::Calendar)
}

fn is_no_page(ending: &str) -> bool {
    let mut lower = [0; LONGEST_ENDING];
    let Some(lower) = lower.get_mut(..ending.len()) else {
        return false;
    };
    lower.copy_from_slice(ending.as_bytes());
    lower.make_ascii_lowercase();
    let known = NOT_PAGES.binary_search_by(|known| known.as_bytes().cmp(lower));
    known.is_ok()
}

/// Dates in path or query whose year is none that a page would be about.
fn calendar(url: &Url, segments: &[&str], this_year: i32) -> bool {
    let odd_year =
        |text: &str| year(text).is_some_and(|y| !(1990..=this_year.saturating_add(2)).contains(&y));
    let is_month =
        |text: &str| text.len() <= 2 && text.parse::<u8>().is_ok_and(|m| (1..=12).contains(&m));
    if segments
        .windows(2)
        .any(|w| odd_year(w[0]) && is_month(w[1]))
    {
        return true;
    }
    // `2049-05-01`, `2049-05`
    let dashed = |text: &str| {
        let mut parts = text.splitn(3, '-');
        let (first, second) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        odd_year(first) && is_month(second)
    };
    segments.iter().any(|s| dashed(s))
        || url.query_pairs().take(32).any(|(name, value)| {
            let name = name.to_ascii_lowercase();
            let dated =
                ["year", "date", "month", "day", "cal", "calendar"].contains(&name.as_str());
            dated && (odd_year(&value) || dashed(&value))
        })
}

/// A number that reads as a year: from 1000 to 2999, which every endless calendar passes through.
fn year(text: &str) -> Option<i32> {
    (text.len() == 4 && text.starts_with(['1', '2']) && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// Name and value of each parameter, as they stand.
fn parameters(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter(|p| !p.is_empty())
}

fn is_session(parameter: &str) -> bool {
    let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
    let is = |known: &&str| name.eq_ignore_ascii_case(known);
    let hex = value.len() >= 16 && value.bytes().all(|b| b.is_ascii_hexdigit());
    // `ASPSESSIONIDQQRRSSTT`: each server adds letters of its own.
    let asp = name.len() == 20 && name[..12].eq_ignore_ascii_case("aspsessionid");
    asp || SESSION.iter().any(is) || (hex && SESSION_IF_HEX.iter().any(is))
}

fn strip_session(url: &mut Url) {
    if url.query().is_some_and(|q| parameters(q).any(is_session)) {
        let kept: Vec<&str> = parameters(url.query().unwrap_or_default())
            .filter(|p| !is_session(p))
            .collect();
        let kept = kept.join("&");
        url.set_query((!kept.is_empty()).then_some(kept.as_str()));
    }
    if url.path().contains("/(") {
        strip_cookieless(url);
    }
    if !url.path().contains(';') {
        return;
    }
    // `/page;jsessionid=0123?x=1`
    let lower = url.path().to_ascii_lowercase();
    if let Some(start) = lower.find(";jsessionid=") {
        let end = lower[start..].find('/').map_or(lower.len(), |i| start + i);
        let path = format!("{}{}", &url.path()[..start], &url.path()[end..]);
        url.set_path(&path);
    }
}

/// `/(S(lit3py55t21z5v55vlm25s55))/page.aspx`: ASP.NET puts what would be a cookie in a segment of
/// its own (`A` for an anonymous visitor, `F` for one who logged in, `S` for the session).
fn strip_cookieless(url: &mut Url) {
    let path = url.path();
    let kept: Vec<&str> = path.split('/').filter(|s| !is_cookieless(s)).collect();
    let kept = match kept.as_slice() {
        [""] => "/".to_owned(),
        kept => kept.join("/"),
    };
    if kept != path {
        url.set_path(&kept);
    }
}

fn is_cookieless(segment: &str) -> bool {
    let inside = segment.strip_prefix('(').and_then(|s| s.strip_suffix(')'));
    let Some(mut rest) = inside.filter(|inside| !inside.is_empty()) else {
        return false;
    };
    while !rest.is_empty() {
        let ticket = ["A(", "F(", "S(", "X("].iter();
        let ticket = ticket.filter_map(|kind| rest.strip_prefix(kind)).next();
        let Some((value, after)) = ticket.and_then(|t| t.split_once(')')) else {
            return false;
        };
        let of_id = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        if value.is_empty() || !value.bytes().all(of_id) {
            return false;
        }
        rest = after;
    }
    true
}

/// The query with its parameters in order and each once, where it is not so already.
fn sorted_query(url: &Url) -> Option<String> {
    let query = url.query()?;
    let mut found: Vec<&str> = parameters(query).collect();
    if found.is_sorted_by(|a, b| a < b) {
        return None;
    }
    found.sort_unstable();
    found.dedup();
    Some(found.join("&"))
}

/// The address with `%7E` as `~` and `%e4` as `%E4` (RFC 3986 §6.2.2), where that is another one.
fn plain_escapes(url: &Url) -> Option<Url> {
    let text = url.as_str();
    if !text.contains('%') {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        plain.push_str(&rest[..at]);
        let code = rest.get(at + 1..at + 3);
        let byte = code
            .filter(|c| c.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|c| u8::from_str_radix(c, 16).ok());
        let taken = match (byte, code) {
            (Some(b), _) if b.is_ascii_alphanumeric() || b"-._~".contains(&b) => {
                plain.push(char::from(b));
                3
            }
            (Some(_), Some(code)) => {
                plain.push('%');
                plain.push_str(&code.to_ascii_uppercase());
                3
            }
            _ => {
                plain.push('%');
                1
            }
        };
        rest = &rest[at + taken..];
    }
    plain.push_str(rest);
    (plain != text).then(|| Url::parse(&plain).ok()).flatten()
}

/// Counts the different queries of each path, roughly and in bounded memory, by linear counting
/// (Whang et al. 1990) in 1,024 bits a path.
#[derive(Debug, Default)]
pub struct QueryCounter {
    paths: HashMap<u64, Box<[u64; 16]>>,
}

/// Paths that are counted at a time (about 12 MB); beyond it counting starts afresh.
const MAX_PATHS: usize = 65_536;

impl QueryCounter {
    /// Notes the address; tells whether its path has more queries than [`MAX_QUERIES`].
    pub fn exceeds(&mut self, url: &str) -> bool {
        let Some((path, query)) = url.split_once('?') else {
            return false;
        };
        let key = xxh3_64(path.as_bytes());
        if self.paths.len() >= MAX_PATHS && !self.paths.contains_key(&key) {
            self.paths.clear();
        }
        let bits = self.paths.entry(key).or_default();
        let hash = xxh3_64(query.as_bytes());
        bits[(hash >> 6 & 15) as usize] |= 1 << (hash & 63);
        let zero: u32 = bits.iter().map(|b| b.count_zeros()).sum();
        if zero == 0 {
            return true;
        }
        let estimate = -1024.0 * (f64::from(zero) / 1024.0).ln();
        estimate > f64::from(MAX_QUERIES)
    }
}

#[cfg(test)]
mod tests;
