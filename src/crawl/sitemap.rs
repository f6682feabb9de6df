//! Sitemaps (sitemaps.org, protocol 0.9): XML, an index of others, or plain text, each also
//! compressed with gzip; and feeds, which list pages too: RSS 0.9 to 2.0 and Atom (RFC 4287). Pure:
//! bytes in, addresses out.
//!
//! Whatever the file claims, no more than [`MAX_BYTES`] are looked at and no more than
//! [`MAX_LOCATIONS`] come out. Document types are passed over: an entity that one defines is
//! never expanded.

use std::io::Read;

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use flate2::read::MultiGzDecoder;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Decompressed bytes that are looked at.
pub const MAX_BYTES: usize = 16 << 20;
/// Addresses of one sitemap.
pub const MAX_LOCATIONS: usize = 10_000;
/// Bytes of an address: longer ones are left out, as in the queue.
const MAX_LOCATION: usize = super::traps::MAX_URL;
/// Sitemaps that a robots.txt may name.
pub const MAX_NAMED: usize = 16;

/// What a sitemap lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sitemap {
    /// The addresses are those of other sitemaps.
    pub index: bool,
    /// As written, in order.
    pub locations: Vec<String>,
}

/// Reads a sitemap, compressed or not; `None` where it is something else. `plain` allows one
/// address a line.
pub fn parse(bytes: &[u8], plain: bool) -> Option<Sitemap> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return read(&bytes[..bytes.len().min(MAX_BYTES)], plain);
    }
    let mut inside = Vec::new();
    // What came before damage, or the limit, is read.
    let _ = MultiGzDecoder::new(bytes)
        .take(MAX_BYTES as u64)
        .read_to_end(&mut inside);
    read(&inside, true)
}

fn read(bytes: &[u8], plain: bool) -> Option<Sitemap> {
    let text = decoded(bytes);
    match text.trim_start().bytes().next()? {
        b'<' => xml(&text),
        _ if plain => lines(&text),
        _ => None,
    }
}

/// UTF-8, or UTF-16 by its byte-order mark or by the zeros beside a first `<` (XML 1.0, appendix F).
/// Addresses are ASCII, so that of other encodings nothing counts is lost.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or(match bytes {
        [b'<' | b'h', 0, ..] => (UTF_16LE, 0),
        [0, b'<' | b'h', ..] => (UTF_16BE, 0),
        _ => (UTF_8, 0),
    });
    encoding.decode_without_bom_handling(&bytes[mark..]).0
}

/// Does it begin as a sitemap or a feed does? (XML that is no page may be one.)
pub fn looks_like_one(bytes: &[u8]) -> bool {
    // All roots stand within the beginning, unless long comments do before them.
    let start = decoded(&bytes[..bytes.len().min(512)]);
    let start = start.trim_start();
    if start.starts_with("<?xml") {
        return true;
    }
    let Some(name) = start.strip_prefix('<') else {
        return false;
    };
    let end = name.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'));
    let name = &name[..end.unwrap_or(name.len())];
    let (prefix, local) = name.split_once(':').unwrap_or(("", name));
    Root::named(prefix, local).is_some()
}

/// One address a line, and nothing else.
fn lines(text: &str) -> Option<Sitemap> {
    let mut locations = Vec::new();
    for address in text.split(['\n', '\r']).map(str::trim) {
        if address.is_empty() {
            continue;
        }
        let web = address.starts_with("http://") || address.starts_with("https://");
        let broken = |c: char| c.is_whitespace() || c == char::REPLACEMENT_CHARACTER;
        if !web || address.contains(broken) {
            return None;
        }
        if locations.len() < MAX_LOCATIONS && address.len() <= MAX_LOCATION {
            locations.push(address.to_owned());
        }
    }
    Some(Sitemap {
        index: false,
        locations,
    })
}

/// What kind of list its root element says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    Urlset,
    Index,
    Rss,
    Atom,
}

impl Root {
    fn named(prefix: &str, local: &str) -> Option<Self> {
        Some(match (prefix, local) {
            (_, "urlset") => Root::Urlset,
            (_, "sitemapindex") => Root::Index,
            ("", "rss") | ("rdf", "RDF") => Root::Rss,
            (_, "feed") => Root::Atom,
            _ => return None,
        })
    }
}

/// A list under way.
struct List {
    root: Root,
    /// Of the names that count: that of the root. Extensions (`image:loc`, `atom:link`) have others.
    prefix: String,
    sitemap: Sitemap,
    /// Text of the element that holds an address, while it is open.
    location: Option<String>,
}

impl List {
    /// `None` where the root is that of something else.
    fn open(root: &BytesStart<'_>) -> Option<Self> {
        let name = root.name();
        let prefix = name.prefix().map_or("", |p| p.into_inner());
        let root = Root::named(prefix, name.local_name().as_ref())?;
        // RSS 1.0 has a root of RDF, and elements without a prefix.
        let prefix = if root == Root::Rss { "" } else { prefix };
        Some(List {
            root,
            prefix: prefix.to_owned(),
            sitemap: Sitemap {
                index: root == Root::Index,
                locations: Vec::new(),
            },
            location: None,
        })
    }

    fn element(&mut self, tag: &BytesStart<'_>) {
        let name = tag.name();
        let own = name.prefix().map_or("", |p| p.into_inner()) == self.prefix;
        let wanted = match self.root {
            Root::Urlset | Root::Index => "loc",
            Root::Rss | Root::Atom => "link",
        };
        let holds = own && name.local_name().as_ref() == wanted;
        self.location = (holds && self.root != Root::Atom).then(String::new);
        if holds && self.root == Root::Atom {
            self.link(tag);
        }
    }

    /// `<link rel="alternate" href="…"/>`; the next part of the feed (RFC 5005) is a list again.
    fn link(&mut self, tag: &BytesStart<'_>) {
        let value = |name: &str| {
            let found = tag.try_get_attribute(name).ok().flatten()?;
            found
                .normalized_value(XmlVersion::Implicit1_0)
                .ok()
                .map(Cow::into_owned)
        };
        let rel = value("rel");
        if matches!(rel.as_deref(), None | Some("alternate" | "next"))
            && let Some(address) = value("href")
        {
            self.push(&address);
        }
    }

    fn push(&mut self, address: &str) {
        let address = address.trim();
        if !address.is_empty() && address.len() <= MAX_LOCATION {
            self.sitemap.locations.push(address.to_owned());
        }
    }

    fn is_full(&self) -> bool {
        self.sitemap.locations.len() >= MAX_LOCATIONS
    }
}

/// `<urlset><url><loc>`, `<sitemapindex><sitemap><loc>`, `<rss><channel><item><link>`, and
/// `<feed><entry><link href>`, whatever prefix the names have.
fn xml(text: &str) -> Option<Sitemap> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    // `?a=1&b=2` as many generators write it.
    config.allow_dangling_amp = true;
    let mut list: Option<List> = None;
    // A syntax error ends the reading; what came before it counts.
    while let Ok(event) = reader.read_event() {
        match (event, &mut list) {
            (Event::Eof, _) => break,
            (Event::Start(tag) | Event::Empty(tag), None) => list = Some(List::open(&tag)?),
            (Event::Start(tag), Some(list)) => list.element(&tag),
            (Event::Empty(tag), Some(list)) => {
                list.element(&tag);
                list.location = None;
            }
            (Event::Text(text), Some(list)) => add(&mut list.location, &text),
            (Event::CData(text), Some(list)) => add(&mut list.location, &text),
            (Event::GeneralRef(reference), Some(list)) => match character(&reference) {
                Some(text) => add(&mut list.location, &text),
                // An address with an unknown entity is none.
                None => list.location = None,
            },
            (Event::End(_), Some(list)) => {
                if let Some(address) = list.location.take() {
                    list.push(&address);
                }
            }
            _ => {}
        }
        if list.as_ref().is_some_and(List::is_full) {
            break;
        }
    }
    list.map(|list| list.sitemap)
}

/// Adds to the address under way, up to a little more than it may have.
fn add(location: &mut Option<String>, text: &str) {
    if let Some(location) = location {
        let room = (MAX_LOCATION + 200).saturating_sub(location.len());
        location.extend(text.chars().take(room));
    }
}

/// The character that a reference stands for: by number, or one of the five that XML names.
fn character(reference: &BytesRef<'_>) -> Option<String> {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return Some(c.to_string());
    }
    resolve_predefined_entity(reference).map(str::to_owned)
}

#[cfg(test)]
mod tests;
