use std::io::Write as _;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::archive::{self, End, Writer};
use crate::page::{self, Body};

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    dir
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

fn items(path: impl AsRef<Path>) -> Vec<Item> {
    let input = Input::Path(path.as_ref().to_owned());
    pages(&[input]).unwrap().collect()
}

/// What every item is about: the URL of a page, or `input: problem`.
fn told(items: &[Item]) -> Vec<String> {
    items
        .iter()
        .map(|item| match item {
            Item::Page(page) => page.url.clone(),
            Item::Bad { input, problem } => format!("{input}: {problem}"),
        })
        .collect()
}

fn only_page(items: Vec<Item>) -> Page {
    assert_eq!(items.len(), 1, "{:?}", told(&items));
    match items.into_iter().next() {
        Some(Item::Page(page)) => *page,
        other => panic!("{other:?}"),
    }
}

fn record(kind: &str, uri: &str, media_type: &str, block: &[u8]) -> Vec<u8> {
    let mut out = format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\n\
         WARC-Date: 2020-01-02T03:04:05Z\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n",
        block.len()
    )
    .into_bytes();
    out.extend_from_slice(block);
    out.extend_from_slice(b"\r\n\r\n");
    out
}

fn response(uri: &str, head: &str, body: &[u8]) -> Vec<u8> {
    let block = [format!("{head}\r\n\r\n").as_bytes(), body].concat();
    record(
        "response",
        uri,
        "application/http; msgtype=response",
        &block,
    )
}

const OK_HTML: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html";

#[test]
fn jsonl_lines_are_pages_and_bad_ones_are_told_by_number() {
    let lines = "\u{feff}{\"url\":\"http://a.example/1\",\"html\":\"<p>甲\",\"other\":[1]}\n\
        \n\
        {\"url\":\"http://a.example/2\",\"title\":\"题\",\"text\":\"一\\n二\",\"fetched_at\":\"2024-02-03T04:05:06+08:00\",\"status\":404}\n\
        {\"url\":\"mailto:x\",\"text\":\"\"}\n\
        {\"text\":\"no url\"}\n\
        {\"url\":\"http://a.example/6\"}\n\
        {\"url\":\"http://a.example/7\",\"text\":\"\",\"fetched_at\":\"yesterday\"}\n\
        {\"url\":\"http://a.example/8\",\"text\":\"\",\"status\":99999}\n\
        [1,2]\n\
        {\"url\":\"http://a.example/cut\",\"te";
    let dir = folder(&[
        ("p.jsonl", lines.as_bytes()),
        ("z.jsonl.gz", &gzip(lines.as_bytes())),
    ]);
    for name in ["p.jsonl", "z.jsonl.gz"] {
        let path = dir.path().join(name);
        let items = items(&path);
        let told = told(&items);
        let file = file_url(&path).unwrap();
        assert_eq!(told[..2], ["http://a.example/1", "http://a.example/2"]);
        assert_eq!(told[3], format!("{file}/5"));
        for (at, number, problem) in [
            (2, 4, "mailto:x"),
            (4, 6, "neither html nor text"),
            (5, 7, "yesterday"),
            (6, 8, "status"),
            (7, 9, "is no page"),
            (8, 10, "is no page"),
        ] {
            let begin = format!("{}:{number}: ", path.display());
            assert!(
                told[at].starts_with(&begin) && told[at].contains(problem),
                "{told:?}"
            );
        }
        assert_eq!(told.len(), 9);
        let Item::Page(second) = &items[1] else {
            unreachable!()
        };
        assert_eq!((second.status, second.fetched_at), (404, 1_706_904_306));
        assert_eq!(
            second.body,
            Body::Text {
                title: Some("题".into()),
                text: "一\n二".into()
            }
        );
    }
}

#[test]
fn characters_of_json_are_not_decoded_again() {
    let line = "{\"url\":\"http://a.example/\",\"html\":\"<meta charset=gbk><p>甲\"}";
    let dir = folder(&[("p.jsonl", line.as_bytes())]);
    let Body::Html {
        content_type,
        bytes,
    } = only_page(items(dir.path())).body
    else {
        panic!()
    };
    let decoded = crate::extract::charset::decode(&bytes, content_type.as_deref());
    assert_eq!(decoded.text, "<meta charset=gbk><p>甲");
}

#[test]
fn a_line_that_is_no_utf_8_is_read_all_the_same() {
    let dir = folder(&[(
        "p.jsonl",
        b"{\"url\":\"http://a.example/\",\"text\":\"a\xffb\"}\n",
    )]);
    let Body::Text { text, .. } = only_page(items(dir.path())).body else {
        panic!()
    };
    assert_eq!(text, "a\u{fffd}b");
}

#[test]
fn folders_are_walked_in_order_of_name() {
    let dir = folder(&[
        ("b.html", b"<p>b"),
        ("a/z.txt", b"z"),
        ("a/中.htm", b"<p>"),
        ("c.jpg", b"\xff\xd8"),
        ("d.HTML", b"<p>d"),
        ("README", b"{"),
    ]);
    std::os::unix::fs::symlink(dir.path(), dir.path().join("a/loop")).unwrap();
    std::os::unix::fs::symlink("nowhere", dir.path().join("e.txt")).unwrap();
    let told = told(&items(dir.path()));
    let names: Vec<_> = told.iter().map(|t| t.rsplit('/').next().unwrap()).collect();
    assert_eq!(names[..4], ["z.txt", "%E4%B8%AD.htm", "b.html", "d.HTML"]);
    assert!(
        names.len() == 5 && names[4].starts_with("e.txt: cannot be read"),
        "{told:?}"
    );
    assert!(told[0].starts_with("file:///"));
}

#[test]
fn files_have_their_own_url_time_and_encoding() {
    let (text, _, _) = encoding_rs::GBK.encode("本公司专业维修空调，欢迎来电咨询。\n第二行文字");
    let dir = folder(&[("页 1.txt", &text), ("p.html", b"<p>x")]);
    let path = dir.path().join("页 1.txt");
    let page = only_page(items(&path));
    assert!(page.url.ends_with("/%E9%A1%B5%201.txt"), "{}", page.url);
    assert_eq!((page.status, page.origin), (200, page::Origin::File));
    let changed = std::fs::metadata(&path).unwrap().modified().unwrap();
    assert_eq!(page.fetched_at, seconds(changed));
    let Body::Text { title: None, text } = page.body else {
        panic!()
    };
    assert_eq!(text, "本公司专业维修空调，欢迎来电咨询。\n第二行文字");
    let html = only_page(items(dir.path().join("p.html")));
    assert_eq!(
        html.body,
        Body::Html {
            content_type: None,
            bytes: b"<p>x".to_vec()
        }
    );
}

#[test]
fn a_named_file_is_recognised_by_its_content() {
    let line = b" {\"url\":\"http://a.example/\",\"text\":\"\"}";
    let warc = response("http://a.example/", OK_HTML, b"<p>");
    let dir = folder(&[
        ("json", line),
        ("json-gz", &gzip(line)),
        ("html.php", b"\xef\xbb\xbf\n<html>"),
        ("warc", &warc),
        ("warc-gz", &gzip(&warc)),
        ("image", b"\xff\xd8"),
        ("empty", b""),
    ]);
    for name in ["json", "json-gz", "html.php", "warc", "warc-gz"] {
        only_page(items(dir.path().join(name)));
    }
    for name in ["image", "empty"] {
        assert!(
            matches!(items(dir.path().join(name))[..], [Item::Bad { .. }]),
            "{name}"
        );
    }
    assert!(items(dir.path()).is_empty());
}

#[test]
fn what_is_named_and_missing_is_an_error_before_anything_is_read() {
    let dir = folder(&[("p.html", b"<p>")]);
    let inputs = ["p.html", "missing.jsonl"].map(|n| Input::Path(dir.path().join(n)));
    let error = pages(&inputs).err().unwrap().to_string();
    assert!(error.contains("missing.jsonl"), "{error}");
}

#[test]
fn warc_files_of_every_make_are_read() {
    let mut zipped = Vec::new();
    zipped.extend(gzip(b"chunks follow"));
    let chunked = [
        format!("{:x}\r\n", zipped.len()).as_bytes(),
        &zipped,
        b"\r\n0\r\n\r\n",
    ]
    .concat();
    let records = [
        record(
            "warcinfo",
            "",
            "application/warc-fields",
            b"software: x\r\n",
        ),
        record(
            "request",
            "http://a.example/",
            "application/http; msgtype=request",
            b"GET /",
        ),
        response("<http://a.example/1>", OK_HTML, b"<p>1"),
        response(
            "http://a.example/2",
            &format!("{OK_HTML}\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked"),
            &chunked,
        ),
        response(
            "http://a.example/3",
            "HTTP/1.1 302 Found\r\nLocation: /4\r\nContent-Type: image/png",
            b"",
        ),
        response(
            "http://a.example/img",
            "HTTP/1.1 200 OK\r\nContent-Type: image/png",
            b"\x89PNG",
        ),
        response("dns:a.example", "x", b""),
        record(
            "revisit",
            "http://a.example/1",
            "application/http; msgtype=response",
            b"HTTP/1.1 200 OK\r\n\r\n",
        ),
        record(
            "resource",
            "http://a.example/5",
            "text/html; charset=gbk",
            b"<p>5",
        ),
        record("resource", "http://a.example/css", "text/css", b"p{}"),
        record(
            "conversion",
            "http://a.example/6",
            "text/plain",
            "题\n文".as_bytes(),
        ),
        record(
            "metadata",
            "http://a.example/6",
            "application/warc-fields",
            b"a: b",
        ),
        response(
            "http://a.example/7",
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/html",
            b"<p>7",
        ),
    ];
    let all = records.concat();
    let each: Vec<u8> = records.iter().flat_map(|r| gzip(r)).collect();
    let dir = folder(&[
        ("1.warc", &all),
        ("2.warc.gz", &gzip(&all)),
        ("3.warc.wet.gz", &each),
    ]);
    for name in ["1.warc", "2.warc.gz", "3.warc.wet.gz"] {
        let items = items(dir.path().join(name));
        let expected: Vec<_> = [1, 2, 3, 5, 6, 7]
            .map(|n| format!("http://a.example/{n}"))
            .into();
        assert_eq!(told(&items), expected, "{name}");
        let page = |n: usize| match &items[n] {
            Item::Page(page) => page,
            Item::Bad { .. } => unreachable!(),
        };
        assert_eq!(page(0).fetched_at, 1_577_934_245);
        let Body::Html { bytes, .. } = &page(1).body else {
            panic!()
        };
        assert_eq!(bytes, b"chunks follow");
        let head = String::from_utf8_lossy(page(1).head.as_deref().unwrap());
        assert!(
            head.contains("X-Archive-Orig-Content-Encoding: gzip"),
            "{head}"
        );
        assert_eq!(page(2).status, 302);
        assert_eq!(page(3).origin, page::Origin::Warc);
        assert_eq!(page(4).origin, page::Origin::Wet);
        assert_eq!(
            page(4).body,
            Body::Text {
                title: None,
                text: "题\n文".into()
            }
        );
        assert_eq!(page(5).status, 404);
        // What was read can be archived and read again.
        for item in &items {
            let Item::Page(page) = item else {
                unreachable!()
            };
            let again = folder(&[("x.warc.gz", &archive::encode(page))]);
            assert_eq!(only_page(self::items(again.path())), **page);
        }
    }
}

#[test]
fn an_archive_can_be_ingested() {
    let source = folder(&[
        (
            "p.jsonl",
            b"{\"url\":\"http://a.example/\",\"title\":\"t\",\"text\":\"x\",\"status\":500}",
        ),
        ("q.html", b"<p>q"),
    ]);
    let taken: Vec<Page> = items(source.path())
        .into_iter()
        .map(|item| match item {
            Item::Page(page) => *page,
            Item::Bad { .. } => panic!(),
        })
        .collect();
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), End::default()).unwrap();
    for page in &taken {
        writer.append(&archive::encode(page)).unwrap();
    }
    writer.sync().unwrap();
    let again: Vec<Page> = items(dir.path())
        .into_iter()
        .filter_map(|item| match item {
            Item::Page(page) => Some(*page),
            Item::Bad { .. } => None,
        })
        .collect();
    assert_eq!(again, taken);
}

#[test]
fn a_lie_about_lengths_costs_no_memory() {
    let lie = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nContent-Length: 8000000000\r\n\r\nHTTP/1.1 200 OK\r\n\r\n";
    let good = response("http://a.example/2", OK_HTML, b"<p>");
    let each = [gzip(lie), gzip(&good)].concat();
    let dir = folder(&[("x.warc.gz", &each)]);
    let told = told(&items(dir.path()));
    assert!(
        told[0].contains("byte 0") && told[0].contains("8000000000"),
        "{told:?}"
    );
    assert_eq!(told[1..], ["http://a.example/2"]);
}

#[test]
fn reading_goes_on_behind_a_damaged_record() {
    let url = |n: usize| format!("http://a.example/{n}");
    let one = |n: usize| response(&url(n), OK_HTML, format!("<p>{n}").as_bytes());
    let plain = [one(0), b"rubbish\r\n".to_vec(), one(1), one(2)].concat();
    let mut broken = gzip(&one(1));
    let middle = broken.len() / 2;
    broken[middle] ^= 0x55;
    let zipped = [
        gzip(&one(0)),
        broken,
        gzip(&one(2)),
        b"rubbish".to_vec(),
        gzip(&one(3)),
    ]
    .concat();
    let dir = folder(&[("a.warc", &plain), ("b.warc.gz", &zipped)]);
    let good = |name: &str| -> Vec<String> {
        let told = told(&items(dir.path().join(name)));
        assert!(told.iter().any(|t| t.contains(", byte ")), "{told:?}");
        told.into_iter().filter(|t| t.starts_with("http")).collect()
    };
    assert_eq!(good("a.warc"), [url(0), url(1), url(2)]);
    assert_eq!(good("b.warc.gz"), [url(0), url(2), url(3)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn damage_costs_no_page_before_it(
        at in any::<prop::sample::Index>(), bytes in any::<Vec<u8>>(), form in 0usize..4
    ) {
        let lines: Vec<Vec<u8>> = (0..8)
            .map(|n| match form {
                0 => format!("{{\"url\":\"http://a.example/{n}\",\"text\":\"x\"}}\n").into_bytes(),
                1 => response(&format!("http://a.example/{n}"), OK_HTML, b"<p>text"),
                _ => gzip(&response(&format!("http://a.example/{n}"), OK_HTML, b"<p>text")),
            })
            .collect();
        let whole = lines.concat();
        let at = at.index(whole.len());
        let mut damaged = whole[..at].to_vec();
        damaged.extend_from_slice(&bytes);
        // Some damage ends the file, other damage only overwrites a part.
        if form != 3 {
            damaged.extend_from_slice(&whole[(at + bytes.len()).min(whole.len())..]);
        }
        let name = if form == 0 { "x.jsonl" } else { "x.warc.gz" };
        let dir = folder(&[(name, &damaged)]);
        let mut end = 0;
        let before = lines.iter().take_while(|l| { end += l.len(); end <= at }).count();
        let items = items(dir.path());
        prop_assert!(items.len() < 500);
        for (n, told) in told(&items).iter().take(before).enumerate() {
            prop_assert_eq!(told, &format!("http://a.example/{}", n));
        }
        prop_assert!(items.len() >= before);
    }

    #[test]
    fn any_file_is_survived(bytes in any::<Vec<u8>>(), n in 0usize..6) {
        let name = ["a.jsonl", "a.html", "a.txt", "a.warc", "a.warc.gz", "a"][n];
        let dir = folder(&[(name, &bytes)]);
        prop_assert!(items(dir.path().join(name)).len() < 1000);
    }
}
