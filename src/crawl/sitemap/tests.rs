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
    let index = "<sitemapindex><sitemap><loc>http://a.test/1.xml.gz</loc></sitemap></sitemapindex>";
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
        "<svg:svg/>",
        "<rdf:Description/>",
        "just words",
        "http://a.test/ and words",
        "{\"loc\":1}",
    ] {
        assert_eq!(parse(other.as_bytes(), true), None, "{other}");
    }
}

#[test]
fn feeds_list_their_pages() {
    let rss = "<?xml version='1.0'?><rss xmlns:atom='a'><channel><link>http://a.test/</link>\
        <atom:link href='http://a.test/self' rel='self'/><item><title>x</title>\
        <link>http://a.test/1?a=1&amp;b=2</link><guid>http://a.test/g</guid></item>\
        <item><link><![CDATA[http://a.test/2]]></link></item></channel></rss>";
    let wanted = [
        "http://a.test/",
        "http://a.test/1?a=1&b=2",
        "http://a.test/2",
    ];
    assert_eq!(locations(rss), wanted);
    let rdf =
        "<rdf:RDF xmlns:rdf='r'><item rdf:about='x'><link>http://a.test/1</link></item></rdf:RDF>";
    assert_eq!(locations(rdf), ["http://a.test/1"]);
    let atom = "<feed xmlns='http://www.w3.org/2005/Atom'><link rel='self' href='/feed'/>\
        <link rel='next' href='/feed?p=2'/><entry><link href='http://a.test/1?a=1&amp;b=2'/>\
        <link rel='enclosure' href='/x.mp3'/><link rel='alternate' href='/2'></link></entry></feed>";
    let wanted = ["/feed?p=2", "http://a.test/1?a=1&b=2", "/2"];
    assert_eq!(locations(atom), wanted);
    assert_eq!(
        locations(&atom.replace("<link", "<a:link").replace("feed", "a:feed")).len(),
        3
    );
    assert_eq!(parse(b"<rss/>", false).unwrap().locations.len(), 0);
}

#[test]
fn utf_16_is_read_too() {
    let text = "<sm:urlset xmlns:sm='x'><sm:url><sm:loc>http://a.test/\u{7ef4}</sm:loc></sm:url></sm:urlset>";
    let wanted = ["http://a.test/\u{7ef4}"];
    assert_eq!(locations(text), wanted);
    for (marked, little) in [(true, true), (true, false), (false, true), (false, false)] {
        let mark = if marked { "\u{feff}" } else { "" };
        let units = format!("{mark}{text}");
        let bytes: Vec<u8> = units
            .encode_utf16()
            .flat_map(|u| {
                if little {
                    u.to_le_bytes()
                } else {
                    u.to_be_bytes()
                }
            })
            .collect();
        assert_eq!(parse(&bytes, false).unwrap().locations, wanted);
        assert!(looks_like_one(&bytes), "{marked} {little}");
    }
}

#[test]
fn lists_are_told_from_pages_by_how_they_begin() {
    for list in [
        "<?xml version='1.0'?>",
        "\u{feff} \n<urlset>",
        "<sm:urlset xmlns:sm='x'>",
        "<sitemapindex",
        "<rss version='2.0'>",
        "<feed>",
        "<rdf:RDF>",
    ] {
        assert!(looks_like_one(list.as_bytes()), "{list}");
    }
    for other in [
        "",
        "<",
        "<html><rss>",
        "<!doctype html>",
        "urlset",
        "<urlsets>",
        "\0\0",
    ] {
        assert!(!looks_like_one(other.as_bytes()), "{other}");
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
    let cut = "<sitemapindex><sitemap><loc>http://a.test/1.xml</loc></sitemap><sitemap><loc>http";
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
            Just("<urlset>"), Just("<sitemapindex>"), Just("<rss>"), Just("<feed>"), Just("<link>"),
            Just("<link href='/a'/>"), Just("<link href='&x;' href=2/>"), Just("<url>"), Just("<loc>"), Just("</loc>"),
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
