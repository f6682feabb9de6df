//! What each fuzz target does with its bytes. The targets in `fuzz_targets/` and the test
//! `tests/it/fuzz.rs` call the same functions, so that a target that no longer builds or no
//! longer holds is seen without a fuzzer.
//!
//! ```sh
//! cargo +nightly fuzz run -s none numbers fuzz/corpus/numbers fuzz/seeds/numbers -- -runs=1000000 -dict=fuzz/chinese.dict
//! ```

use std::path::{Path, PathBuf};

use partyline::crawl::robots::Robots;
use partyline::crawl::seeds;
use partyline::crawl::sitemap as sitemaps;
use partyline::extract::{brand, charset, document, markup, number};
use partyline::ingest::{self, Input, Item};
use partyline::lists::{Lists, OfficialNumbers, SharedHosts, SpamNumbers};
use partyline::page::{Body, Origin, Page};
use partyline::site::{CanonicalUrl, SiteId};
use partyline::{pipeline, store};

/// A target's name and body.
pub type Target = (&'static str, fn(&[u8]));

/// Every target under its name.
pub const TARGETS: [Target; 13] = [
    ("numbers", numbers),
    ("brand", brand),
    ("page", page),
    ("document", document),
    ("charset", charset),
    ("warc", warc),
    ("jsonl", jsonl),
    ("robots", robots),
    ("url", url),
    ("seeds", seeds),
    ("lists", lists),
    ("codec", codec),
    ("sitemap", sitemap),
];

/// Numbers of running text, of a script, of an attribute, and of a key.
pub fn numbers(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut end = 0;
    for found in number::find(&text) {
        assert!(end <= found.range.start, "numbers overlap");
        end = found.range.end;
        assert!(text.get(found.range.clone()).is_some());
        let digits = found.number.strip_prefix('+').unwrap_or(&found.number);
        assert!((5..=20).contains(&digits.len()));
        assert!(digits.bytes().all(|b| b.is_ascii_digit()));
        let _ = number::e164(&found.number, found.kind);
        let one_form = matches!(found.kind, number::Kind::Shared400 | number::Kind::Mobile);
        if one_form {
            let again = number::normalise(&found.number);
            assert_eq!(again, Some((found.number, found.kind)));
        }
    }
    let _ = number::normalise(&text);
    let mut page = document::Document {
        scripts: vec![text.to_string()],
        attributes: vec![document::Attribute {
            name: "onclick".into(),
            value: text.to_string(),
        }],
        ..document::Document::default()
    };
    number::collect(&mut page);
}

/// Brands of a title, and of a page of text whose first line is its title.
pub fn brand(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (title, body) = text.split_once('\n').unwrap_or((&text, ""));
    let claim = brand::read_title(title);
    assert!(claim.brands.len() <= title.len());
    let mut page = document::parse_text(Some(title), body);
    number::collect(&mut page);
    brand::mine(&mut page);
}

/// Every stage over one page. The first byte chooses form, content type and address.
pub fn page(data: &[u8]) {
    let (&choice, bytes) = data.split_first().unwrap_or((&0, &[]));
    let url = [
        "http://www.xinrui-fix.test/php/a-001.html",
        "https://shop.xinrui-fix.test/?id=7#top",
        "file:///pages.jsonl/17",
    ][usize::from(choice) % 3];
    let types = [
        None,
        Some("text/html"),
        Some("text/html; charset=gb18030"),
        Some("text/html; charset=big5"),
        Some("application/pdf"),
        Some("text/plain; charset=utf-16le"),
        Some("text/html; charset=utf-8"),
    ];
    let body = if choice & 0x80 != 0 {
        let text = String::from_utf8_lossy(bytes);
        let (title, text) = text.split_once('\n').unwrap_or(("", &text));
        Body::Text {
            title: (!title.is_empty()).then(|| title.to_owned()),
            text: text.to_owned(),
        }
    } else {
        Body::Html {
            content_type: types[usize::from(choice >> 2) % types.len()].map(str::to_owned),
            bytes: bytes.to_owned(),
        }
    };
    let canonical = CanonicalUrl::parse(url).expect("the three addresses above are canonical");
    let page = Page {
        url: url.into(),
        canonical,
        fetched_at: 1_700_000_000,
        status: if choice & 0x40 != 0 { 302 } else { 200 },
        origin: Origin::File,
        body,
        head: Some(bytes[..bytes.len().min(200)].to_owned()),
        truncated: false,
        connection: Default::default(),
        variants: Vec::new(),
    };
    let outcome = pipeline::process(&page, lists_as_shipped());
    let record = outcome.record;
    assert!((0.0..=1.0).contains(&record.hotline.score));
    for number in &record.numbers {
        assert!(number.count as usize >= number.spots.len());
    }
}

fn lists_as_shipped() -> &'static Lists {
    static LISTS: std::sync::LazyLock<Lists> = std::sync::LazyLock::new(Lists::built_in);
    &LISTS
}

/// The HTML stream and the document folded from it.
pub fn document(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for token in markup::tokens(&text) {
        std::hint::black_box(&token);
    }
    assert!(markup::attributes(&text).count() <= text.len());
    markup::unescape(&text);
    let page = document::parse_html(&text, "http://www.xinrui-fix.test/a/b.html");
    for link in &page.links {
        if let Some(line) = link.line {
            assert!((line as usize) <= page.lines.len());
        }
    }
}

/// Bytes to text, with and without a declared charset.
pub fn charset(data: &[u8]) {
    let (&choice, bytes) = data.split_first().unwrap_or((&0, &[]));
    let (declared, bytes) = bytes.split_at(bytes.len().min(usize::from(choice & 0x1f)));
    let declared = std::str::from_utf8(declared).ok();
    charset::decode(bytes, declared);
    charset::decode(bytes, None);
}

/// A WARC file, read as `ingest` reads it.
pub fn warc(data: &[u8]) {
    ingested(data, "warc");
}

/// A file of JSON Lines, read as `ingest` reads it.
pub fn jsonl(data: &[u8]) {
    ingested(data, "jsonl");
}

fn ingested(data: &[u8], ending: &str) {
    with_file(data, ending, |path| {
        let inputs = [Input::Path(path.to_owned())];
        let items = ingest::pages(&inputs).expect("the file was just written");
        for item in items {
            match item {
                Item::Page(page) => assert!(page.body.len() <= 64 << 20),
                Item::Bad { problem, .. } => assert!(!problem.is_empty()),
            }
        }
    });
}

/// Calls `then` with a file that holds `data`: some readers take nothing but paths.
fn with_file(data: &[u8], ending: &str, then: impl FnOnce(&Path)) {
    let folder = Path::new("/dev/shm");
    let folder: PathBuf = if folder.is_dir() {
        folder.into()
    } else {
        std::env::temp_dir()
    };
    let path = folder.join(format!("partyline-fuzz-{}.{ending}", std::process::id()));
    std::fs::write(&path, data).expect("the folder for temporary files can be written");
    then(&path);
    let _ = std::fs::remove_file(&path);
}

/// robots.txt, and a path asked of it.
pub fn robots(data: &[u8]) {
    let (rules, path) = halves(data);
    let robots = Robots::parse(rules, "partyline");
    let path = format!("/{}", String::from_utf8_lossy(path));
    assert!(robots.size() <= 64 * rules.len() + 4096);
    robots.allowed(&path);
}

/// The bytes before and behind the last zero byte.
fn halves(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().rposition(|&b| b == 0) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}

/// Canonical addresses: one that is canonical stays as it is.
pub fn url(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Some(canonical) = CanonicalUrl::parse(&text) {
        let again = CanonicalUrl::parse(canonical.as_str());
        assert_eq!(again.as_ref(), Some(&canonical));
        let page = Page {
            url: text.to_string(),
            canonical,
            fetched_at: 0,
            status: 301,
            origin: Origin::Crawl,
            body: Body::Text {
                title: None,
                text: String::new(),
            },
            head: Some(format!("HTTP/1.1 301 x\r\nLocation: {text}\r\n\r\n").into_bytes()),
            truncated: false,
            connection: Default::default(),
            variants: Vec::new(),
        };
        let record = pipeline::process(&page, lists_as_shipped()).record;
        assert_ne!(record.site, SiteId(String::new()));
    }
}

/// A sitemap, with and without addresses line by line.
pub fn sitemap(data: &[u8]) {
    for plain in [false, true] {
        if let Some(found) = sitemaps::parse(data, plain) {
            assert!(found.locations.len() <= sitemaps::MAX_LOCATIONS);
            assert!(found.locations.iter().all(|l| l.len() <= 2_000));
        }
    }
}

/// A seed file.
pub fn seeds(data: &[u8]) {
    with_file(data, "txt", |path| {
        let argument = path.display().to_string();
        if let Ok(found) = seeds::read(&[argument]) {
            assert!(!found.candidates.is_empty());
            assert!(found.problems.len() <= seeds::MAX_REPORTED);
        }
    });
}

/// The user's lists, and lookups in them.
pub fn lists(data: &[u8]) {
    let (text, host) = halves(data);
    let (text, host) = (String::from_utf8_lossy(text), String::from_utf8_lossy(host));
    if let Ok(shared) = SharedHosts::parse(&text, Path::new("shared-hosts.tsv")) {
        let _ = shared.tenant(&host, "/shop/7.html");
    }
    if let Ok(official) = OfficialNumbers::parse(&text, Path::new("official-numbers.tsv")) {
        let _ = official.brand_of(&host);
    }
    if let Ok(spam) = SpamNumbers::parse(&text, Path::new("spam-numbers.tsv")) {
        let _ = spam.source_of(&host);
    }
}

/// A stored page: what decodes is written and read back as the same, and can be shown.
pub fn codec(data: &[u8]) {
    if let Ok(stored) = store::decode_page(data) {
        let bytes = store::encode(&stored);
        let again = store::decode_page(&bytes).expect("what was written is read");
        assert_eq!(bytes, store::encode(&again));
        assert!(!format!("{:?}", stored.record.json()).is_empty());
    }
}
