use std::io::Write as _;

use proptest::prelude::*;

use super::record::Records;
use super::*;
use crate::page::{Body, Origin};
use crate::site::CanonicalUrl;

mod visitors;

fn page(url: &str, head: Option<&str>, body: Body) -> Page {
    Page {
        url: url.to_owned(),
        canonical: CanonicalUrl::parse(url).unwrap(),
        fetched_at: 1_700_000_000,
        status: 200,
        origin: Origin::Crawl,
        body,
        head: head.map(|h| h.as_bytes().to_vec()),
        truncated: false,
        connection: Default::default(),
        variants: Vec::new(),
    }
}

fn html(content_type: Option<&str>, bytes: &[u8]) -> Body {
    Body::Html {
        content_type: content_type.map(str::to_owned),
        bytes: bytes.to_vec(),
    }
}

fn numbered(n: usize) -> Page {
    page(
        &format!("http://a.example/{n}"),
        Some("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=gbk\r\n\r\n"),
        html(
            Some("text/html; charset=gbk"),
            format!("<p>page {n} {}</p>", "x".repeat(n * 37 % 900)).as_bytes(),
        ),
    )
}

fn back(members: Vec<u8>) -> Page {
    let mut records = Records::new(Cursor::new(members), u64::MAX);
    let record = records.next(decode::holds_page).unwrap().unwrap();
    assert!(record.length.is_some());
    assert!(records.next(decode::holds_page).is_none());
    decode::page(record).unwrap().unwrap()
}

/// An archive of `count` pages; where they are and where it ends.
fn archive(dir: &Path, count: usize, rotate_at: u64) -> (Vec<Location>, End) {
    let mut writer = Writer::open_rotating(dir, End::default(), rotate_at).unwrap();
    let at = (0..count)
        .map(|n| writer.append(&encode(&numbered(n))).unwrap())
        .collect();
    (at, writer.sync().unwrap())
}

fn unzipped(members: &[u8]) -> String {
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(members)
        .read_to_end(&mut text)
        .unwrap();
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn a_response_stands_as_the_standard_wants_it() {
    let text = unzipped(&encode(&numbered(1)));
    let (header, block) = text.split_once("\r\n\r\n").unwrap();
    for line in [
        "WARC/1.1",
        "WARC-Type: response",
        "WARC-Target-URI: http://a.example/1",
        "WARC-Date: 2023-11-14T22:13:20Z",
        "Content-Type: application/http; msgtype=response",
        "WARC-Partyline-Origin: crawl",
    ] {
        assert!(header.lines().any(|l| l == line), "{line} not in\n{header}");
    }
    assert!(!header.contains("Truncated") && !header.contains("-Status"));
    assert!(block.starts_with("HTTP/1.1 200 OK\r\n") && block.ends_with("</p>\r\n\r\n"));
}

#[test]
fn hostile_values_add_no_field() {
    let mut page = page(
        "http://a.example/",
        None,
        html(Some("text/html\r\nWARC-Type: revisit"), b"x"),
    );
    page.url = "http://a.example/\r\nWARC-Truncated: disconnect\r\n\r\n\0".into();
    let text = unzipped(&encode(&page));
    let header = text.split_once("\r\n\r\n").unwrap().0;
    assert_eq!(header.matches("WARC-Type").count(), 2, "{header}");
    assert!(header.lines().all(|l| !l.starts_with("WARC-Truncated")));
    assert_eq!(
        header
            .lines()
            .filter(|l| l.starts_with("WARC-Type:"))
            .count(),
        1
    );
    let read = back(encode(&page));
    assert_eq!((&read.url, &read.body), (&page.url, &page.body));
}

#[test]
fn pages_of_every_kind_read_back() {
    let head = "HTTP/1.1 301 Moved\r\nLocation: /new\r\n\r\n";
    let text = |title: Option<&str>| Body::Text {
        title: title.map(str::to_owned),
        text: "一行\n二行".to_owned(),
    };
    let mut redirect = page("http://a.example/", Some(head), html(None, b""));
    redirect.status = 301;
    let mut cut = page("http://a.example/", None, html(Some("text/html"), b"<p>"));
    cut.truncated = true;
    cut.status = 404;
    cut.fetched_at = -1;
    for page in [
        redirect,
        cut,
        page("http://a.example/路径 x", None, text(None)),
        page("file:///tmp/a.txt", None, text(Some(""))),
        page(
            "http://a.example/",
            None,
            html(Some("text/plain; charset=utf-8"), b"x"),
        ),
        page(
            "http://a.example/",
            None,
            html(Some("a/b"), &[0, 255, 13, 10, 13, 10]),
        ),
        page("http://a.example/", None, html(Some(""), b"WARC/1.1\r\n")),
        page(
            "http://a.example/",
            Some("HTTP/1.0 200 OK\r\n\r\n"),
            html(Some("x"), b"\r\n\r\n"),
        ),
    ] {
        assert_eq!(back(encode(&page)), page);
    }
}

fn any_page() -> impl Strategy<Value = Page> {
    let body = prop_oneof![
        (any::<Option<String>>(), any::<Vec<u8>>()).prop_map(|(content_type, bytes)| {
            Body::Html {
                content_type,
                bytes,
            }
        }),
        (any::<Option<String>>(), any::<String>())
            .prop_map(|(title, text)| Body::Text { title, text }),
    ];
    let head = proptest::option::of(
        "HTTP/1.1 [1-5][0-9][0-9]( [ -~]{0,8})?\r\n([A-Za-z-]{1,12}: ?[ -~]{0,20}\r\n){0,4}\r\n",
    );
    let origin = prop_oneof![
        Just(Origin::Crawl),
        Just(Origin::File),
        Just(Origin::Jsonl),
        Just(Origin::Warc),
        Just(Origin::Wet)
    ];
    (
        "\\PC{0,20}",
        any::<i64>(),
        100u16..600,
        origin,
        body,
        head,
        any::<bool>(),
    )
        .prop_map(
            |(path, fetched_at, status, origin, body, head, truncated)| {
                let url = format!("http://a.example/{path}");
                let text = matches!(body, Body::Text { .. });
                Page {
                    canonical: CanonicalUrl::parse(&url).unwrap(),
                    url,
                    fetched_at,
                    status,
                    origin,
                    body,
                    head: head.filter(|_| !text).map(String::into_bytes),
                    truncated,
                    connection: Default::default(),
                    variants: Vec::new(),
                }
            },
        )
}

proptest! {
    #[test]
    fn any_page_reads_back_equal(page in any_page()) {
        prop_assert_eq!(encode(&page), encode(&page));
        prop_assert_eq!(back(encode(&page)), page);
    }

    #[test]
    fn any_head_is_survived(head in any::<Vec<u8>>(), bytes in any::<Vec<u8>>()) {
        let mut page = numbered(1);
        page.head = Some(head);
        page.body = html(None, &bytes);
        prop_assert_eq!(back(encode(&page)).body, page.body);
    }

    #[test]
    fn damage_costs_no_page_before_it(
        at in 0usize..6000, change in 1u8..=255, cut in any::<bool>()
    ) {
        let dir = tempfile::tempdir().unwrap();
        let (places, end) = archive(dir.path(), 20, ROTATE_AT);
        let path = dir.path().join(file_name(0));
        let mut bytes = std::fs::read(&path).unwrap();
        let at = at % bytes.len();
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] ^= change;
        }
        std::fs::write(&path, &bytes).unwrap();
        let whole = places.iter().filter(|p| (p.offset + u64::from(p.length)) as usize <= at);
        let good: Vec<_> = pages(dir.path(), end).unwrap().filter_map(|p| p.ok()).collect();
        for (n, place) in whole.enumerate() {
            prop_assert_eq!(&good[n], &(*place, numbered(n)));
        }
        // One flipped bit costs one page, and nothing that is false comes out.
        prop_assert!(cut || good.len() >= 19, "{} pages", good.len());
        for (place, page) in &good {
            prop_assert_eq!(page, &read(dir.path(), *place).unwrap());
        }
    }

    #[test]
    fn any_bytes_are_survived(bytes in any::<Vec<u8>>(), gzip in any::<bool>()) {
        let mut all = if gzip { encode(&numbered(3)) } else { Vec::new() };
        all.extend(bytes);
        let mut records = Records::new(Cursor::new(all), u64::MAX);
        let mut n = 0;
        while let Some(next) = records.next(|_| true) {
            if let Ok(record) = next {
                let _ = decode::page(record);
            }
            n += 1;
            prop_assert!(n < 1000);
        }
    }
}

#[test]
fn an_archive_rotates_and_reads_back_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let (places, end) = archive(dir.path(), 30, 2000);
    assert!(end.file > 2, "{end:?}");
    assert_eq!(end_of_files(dir.path()).unwrap(), end);
    let all: Vec<_> = pages(dir.path(), end)
        .unwrap()
        .map(|p| p.unwrap())
        .collect();
    assert_eq!(all.len(), 30);
    for (n, (place, page)) in all.iter().enumerate() {
        assert_eq!((*place, page), (places[n], &numbered(n)));
        assert_eq!(read(dir.path(), *place).unwrap(), numbered(n));
    }
    let verified = verify(dir.path(), end).unwrap();
    assert_eq!((verified.records, verified.problem_count), (30, 0));
}

#[test]
fn what_a_killed_run_left_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open_rotating(dir.path(), End::default(), 2000).unwrap();
    assert_eq!(writer.sync().unwrap(), End::default());
    for n in 0..5 {
        writer.append(&encode(&numbered(n))).unwrap();
    }
    let end = writer.sync().unwrap();
    for n in 5..40 {
        writer.append(&encode(&numbered(n))).unwrap();
    }
    writer.sync().unwrap();
    drop(writer);
    let mut writer = Writer::open_rotating(dir.path(), end, 2000).unwrap();
    assert_eq!(end_of_files(dir.path()).unwrap(), end);
    writer.append(&encode(&numbered(5))).unwrap();
    let end = writer.sync().unwrap();
    let all: Vec<_> = pages(dir.path(), end)
        .unwrap()
        .map(|p| p.unwrap().1)
        .collect();
    assert_eq!(all, (0..6).map(numbered).collect::<Vec<_>>());
}

#[test]
fn a_torn_tail_behind_the_end_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let (_, end) = archive(dir.path(), 3, ROTATE_AT);
    let path = dir.path().join(file_name(0));
    let half = &encode(&numbered(4))[..100];
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .unwrap();
    file.write_all(half).unwrap();
    assert_eq!(verify(dir.path(), end).unwrap().problem_count, 0);
    Writer::open(dir.path(), end).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().len(), end.length);
}

#[test]
fn missing_bytes_are_damage_not_an_empty_archive() {
    let dir = tempfile::tempdir().unwrap();
    let (_, end) = archive(dir.path(), 30, 2000);
    let last = dir.path().join(file_name(end.file));
    let bytes = std::fs::read(&last).unwrap();
    std::fs::write(&last, &bytes[..bytes.len() - 1]).unwrap();
    let error = Writer::open(dir.path(), end).err().unwrap();
    assert_eq!(error.exit_code(), 4);
    assert!(error.to_string().contains(&file_name(end.file)), "{error}");
    assert!(verify(dir.path(), end).unwrap().problem_count >= 1);
    std::fs::remove_file(dir.path().join(file_name(1))).unwrap();
    let error = Writer::open(dir.path(), end).err().unwrap();
    assert!(error.to_string().contains(&file_name(1)), "{error}");
    let problems = verify(dir.path(), end).unwrap().problems;
    assert!(problems[0].contains("is missing"), "{problems:?}");
}

#[test]
fn a_changed_block_with_a_right_checksum_is_found_by_its_digest() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), End::default()).unwrap();
    let text = unzipped(&encode(&numbered(7))).replace("page 7", "page 8");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    writer.append(&gzip.finish().unwrap()).unwrap();
    let end = writer.sync().unwrap();
    let verified = verify(dir.path(), end).unwrap();
    assert_eq!((verified.records, verified.problem_count), (0, 1));
    assert!(verified.problems[0].contains("digest"), "{verified:?}");
}

/// Gives the files of an archive to the programs of others that `.ci/run` has them checked with:
/// it names a folder for copies.
pub(crate) fn offer(archive: &Path) {
    let Some(folder) = std::env::var_os("PARTYLINE_WARC_CHECK") else {
        return;
    };
    static OFFERED: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    std::fs::create_dir_all(&folder).unwrap();
    for number in numbers(archive).unwrap() {
        let serial = OFFERED.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("unit-{serial:04}-{}", file_name(number));
        let copy = Path::new(&folder).join(name);
        std::fs::copy(path_of(archive, number), copy).unwrap();
    }
}

fn exchange() -> Exchange {
    Exchange {
        request: b"GET /1 HTTP/1.1\r\nHost: a.example\r\n\r\n".to_vec(),
        took: std::time::Duration::from_millis(12),
        variant_requests: vec![b"GET /1 HTTP/1.1\r\nReferer: x\r\n\r\n".to_vec()],
        depth: 3,
    }
}

#[test]
fn a_damaged_first_byte_costs_no_page() {
    let dir = tempfile::tempdir().unwrap();
    let (_, end) = archive(dir.path(), 3, ROTATE_AT);
    let path = path_of(dir.path(), 0);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[0] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let read = pages(dir.path(), end).unwrap();
    assert_eq!(read.filter(|page| page.is_ok()).count(), 3);
}

#[test]
fn a_payload_is_written_once_and_read_back_everywhere() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open_rotating(dir.path(), End::default(), 3_000).unwrap();
    let originals = Originals::default();
    let body = |n: usize| format!("<p>{}</p>", "y".repeat(600 + n)).into_bytes();
    let mut pages = Vec::new();
    let mut places = Vec::new();
    for n in 0..12 {
        let mut page = numbered(n);
        page.body = html(Some("text/html; charset=gbk"), &body(n % 3));
        let members = encode_exchange(&page, &exchange(), "gbk", &originals);
        let kind = if n < 3 { "response" } else { "revisit" };
        let text = unzipped(&members.page);
        assert!(text.contains(&format!("WARC-Type: {kind}\r\n")), "{text}");
        let at = writer.append(&members.page).unwrap();
        writer.append_beside(&members.beside).unwrap();
        if let Some(original) = members.original {
            originals.note(original, at);
        }
        places.push(at);
        pages.push(page);
    }
    let end = writer.sync().unwrap();
    assert!(end.file > 0, "the archive rotates");
    for (page, at) in pages.iter().zip(&places) {
        assert_eq!(read(dir.path(), *at).unwrap(), *page);
    }
    let all: Vec<_> = super::pages(dir.path(), end)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let expected: Vec<_> = places.into_iter().zip(pages).collect();
    assert_eq!(all, expected);
    let verified = verify(dir.path(), end).unwrap();
    assert_eq!((verified.records, verified.problem_count), (12, 0));
    offer(dir.path());
    // Without the file that holds the payloads, the revisits are damage and not empty pages.
    std::fs::remove_file(path_of(dir.path(), 0)).unwrap();
    assert!(super::pages(dir.path(), end).unwrap().any(|p| p.is_err()));
}
