use super::*;
use crate::archive::{self, End, Writer};

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
            assert_eq!(only_page(super::items(again.path())), **page);
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
