//! Sitemaps (sitemaps.org, protocol 0.9): XML, an index of others, or plain text, each also
//! compressed with gzip. Pure: bytes in, addresses out.
//!
//! Whatever the file claims, no more than [`MAX_BYTES`] are looked at and no more than
//! [`MAX_LOCATIONS`] come out. Document types are passed over: an entity that one defines is
//! never expanded.

use std::io::Read;

use flate2::read::MultiGzDecoder;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

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
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match bytes.trim_ascii_start().first()? {
        b'<' => xml(&String::from_utf8_lossy(bytes)),
        _ if plain => text(bytes),
        _ => None,
    }
}

/// One address a line, and nothing else.
fn text(bytes: &[u8]) -> Option<Sitemap> {
    let mut locations = Vec::new();
    for line in bytes.split(|b| matches!(b, b'\n' | b'\r')) {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let address = std::str::from_utf8(line).ok()?;
        let web = address.starts_with("http://") || address.starts_with("https://");
        if !web || address.contains(char::is_whitespace) {
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

/// `<urlset><url><loc>` and `<sitemapindex><sitemap><loc>`, whatever prefix the names have: that
/// of the root. Extensions (`image:loc`) have others.
fn xml(text: &str) -> Option<Sitemap> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    // `?a=1&b=2` as many generators write it.
    config.allow_dangling_amp = true;
    let mut found: Option<(Sitemap, String)> = None;
    let mut location: Option<String> = None;
    // A syntax error ends the reading; what came before it counts.
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(tag) => {
                let name = tag.name();
                match &found {
                    None => {
                        let index = match name.local_name().as_ref() {
                            "urlset" => false,
                            "sitemapindex" => true,
                            _ => return None,
                        };
                        let prefix = name.prefix().map(|p| p.into_inner().to_owned());
                        let sitemap = Sitemap {
                            index,
                            locations: Vec::new(),
                        };
                        found = Some((sitemap, prefix.unwrap_or_default()));
                    }
                    Some((_, prefix)) => {
                        let own = name.prefix().map_or("", |p| p.into_inner()) == prefix;
                        let is_location = own && name.local_name().as_ref() == "loc";
                        location = is_location.then(String::new);
                    }
                }
            }
            Event::Text(text) => add(&mut location, &text),
            Event::CData(text) => add(&mut location, &text),
            Event::GeneralRef(reference) => match character(&reference) {
                Some(text) => add(&mut location, &text),
                // An address with an unknown entity is none.
                None => location = None,
            },
            Event::End(_) => {
                let (Some((sitemap, _)), Some(address)) = (&mut found, location.take()) else {
                    continue;
                };
                let address = address.trim();
                if !address.is_empty() && address.len() <= MAX_LOCATION {
                    sitemap.locations.push(address.to_owned());
                }
                if sitemap.locations.len() >= MAX_LOCATIONS {
                    break;
                }
            }
            _ => {}
        }
    }
    found.map(|(sitemap, _)| sitemap)
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
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn locations(text: &str) -> Vec<String> {
        parse(text.as_bytes(), false).unwrap().locations
    }

    #[test]
    fn all_forms_are_read() {
        let urlset = "\u{feff}<?xml version='1.0'?><!-- x --><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' \
            xmlns:image='i'><url><loc> http://a.test/?a=1&amp;b=&#50; </loc><lastmod>2024</lastmod>\
            <image:image><image:loc>http://a.test/x.png</image:loc></image:image></url>\
            <url><loc><![CDATA[http://a.test/<2>]]></loc></url><url><loc/></url></urlset>";
        let wanted = ["http://a.test/?a=1&b=2", "http://a.test/<2>"];
        assert_eq!(locations(urlset), wanted);
        let zipped = parse(&gzip(urlset.as_bytes()), false).unwrap();
        assert_eq!(
            (zipped.index, zipped.locations),
            (false, wanted.map(String::from).to_vec())
        );
        let prefixed = urlset
            .replace("urlset", "s:urlset")
            .replace("loc>", "s:loc>");
        let prefixed = prefixed.replace("image:s:loc", "image:loc");
        assert_eq!(locations(&prefixed), wanted);
        let index =
            "<sitemapindex><sitemap><loc>http://a.test/1.xml.gz</loc></sitemap></sitemapindex>";
        let index = parse(index.as_bytes(), false).unwrap();
        assert_eq!((index.index, index.locations.len()), (true, 1));
        let plain = b"http://a.test/1\r\n\r\nhttps://a.test/2\r\n";
        assert_eq!(parse(plain, true).unwrap().locations.len(), 2);
        assert_eq!(parse(plain, false), None);
    }

    #[test]
    fn other_documents_are_none() {
        for other in [
            "",
            "<html><body><loc>http://a.test/</loc></body></html>",
            "<rss><channel/></rss>",
            "just words",
            "http://a.test/ and words",
            "{\"loc\":1}",
        ] {
            assert_eq!(parse(other.as_bytes(), true), None, "{other}");
        }
    }

    #[test]
    fn entities_are_not_expanded() {
        let bomb = "<!DOCTYPE urlset [<!ENTITY a 'http://a.test/'><!ENTITY b '&a;&a;&a;&a;'>\
            <!ENTITY f SYSTEM 'file:///etc/passwd'>]>\
            <urlset><url><loc>&b;&b;</loc></url><url><loc>&f;</loc></url>\
            <url><loc>http://a.test/good</loc></url></urlset>";
        assert_eq!(locations(bomb), ["http://a.test/good"]);
    }

    #[test]
    fn size_nesting_and_count_are_bounded() {
        let deep = format!("<urlset>{}", "<url>".repeat(300_000));
        assert_eq!(locations(&deep).len(), 0);
        let many = format!(
            "<urlset>{}",
            "<url><loc>http://a.test/</loc></url>".repeat(30_000)
        );
        assert_eq!(locations(&many).len(), MAX_LOCATIONS);
        let long = format!("<urlset><loc>http://a.test/{}</loc>", "x".repeat(5_000_000));
        assert_eq!(locations(&long).len(), 0);
        let references = format!("<urlset><loc>{}</loc>", "&#120;".repeat(1_000_000));
        assert_eq!(locations(&references).len(), 0);
        let bomb = gzip(&vec![b'a'; 64 << 20]);
        let started = std::time::Instant::now();
        assert_eq!(parse(&bomb, true), None);
        assert!(started.elapsed() < std::time::Duration::from_secs(5));
        // An index that is cut off still gives what stood before.
        let cut =
            "<sitemapindex><sitemap><loc>http://a.test/1.xml</loc></sitemap><sitemap><loc>http";
        assert_eq!(locations(cut), ["http://a.test/1.xml"]);
    }

    proptest! {
        #[test]
        fn anything_is_survived_and_bounded(bytes in any::<Vec<u8>>(), plain in any::<bool>()) {
            if let Some(sitemap) = parse(&bytes, plain) {
                prop_assert!(sitemap.locations.len() <= MAX_LOCATIONS);
            }
        }

        #[test]
        fn damaged_sitemaps_are_survived(parts in proptest::collection::vec(
            prop_oneof![
                Just("<urlset>"), Just("<sitemapindex>"), Just("<url>"), Just("<loc>"), Just("</loc>"),
                Just("http://a.test/"), Just("&amp;"), Just("&x;"), Just("&#1114112;"), Just("<![CDATA["),
                Just("]]>"), Just("<!--"), Just("-->"), Just("<!DOCTYPE x ["), Just("]>"), Just("</"), Just("<"),
                Just("\0"),
            ],
            0..40,
        )) {
            if let Some(sitemap) = parse(parts.concat().as_bytes(), true) {
                prop_assert!(sitemap.locations.iter().all(|l| l.len() <= MAX_LOCATION));
            }
        }
    }
}
