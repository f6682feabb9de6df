//! Who answered, and what other visitors saw.

use super::*;
use crate::page::{Certificate, Connection, Profile, Variant};

/// The page with what a connection tells.
fn connected(mut page: Page) -> Page {
    page.connection = Connection {
        ip: Some([203, 0, 113, 9].into()),
        certificate: Some(Box::new(Certificate {
            sha256: "00ff".into(),
            names: vec!["a.example".into(), "*.b.example".into()],
            names_left_out: 3,
            issuer: "CN=某CA".into(),
            not_before: -1,
            not_after: i64::MAX,
            self_signed: true,
        })),
    };
    page
}

/// The page with what two other visitors saw.
fn varied(page: Page) -> Page {
    let variant = |profile, page: &Page, text: &str| {
        let mut page = page.clone();
        page.body = html(Some("text/html; charset=gbk"), text.as_bytes());
        Variant { profile, page }
    };
    let long = "<p>words</p>".repeat(100);
    let variants = vec![
        variant(Profile::Search, &connected(page.clone()), "<p>other</p>"),
        variant(Profile::Mobile, &page, &long),
    ];
    Page { variants, ..page }
}

#[test]
fn who_answered_and_what_others_saw_reads_back() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(dir.path(), End::default()).unwrap();
    let originals = Originals::default();
    let mut body = numbered(0);
    body.body = html(Some("text/html; charset=gbk"), &[b'z'; 700]);
    let pages = [
        varied(connected(body.clone())),
        numbered(1),
        // A revisit with variants, of a page with variants.
        varied(connected(body)),
        connected(numbered(2)),
    ];
    let mut places = Vec::new();
    for page in &pages {
        let members = encode_exchange(page, &exchange(), "gbk", &originals);
        let at = writer.append(&members.page).unwrap();
        writer.append_beside(&members.beside).unwrap();
        if let Some(original) = members.original {
            originals.note(original, at);
        }
        places.push(at);
    }
    let end = writer.sync().unwrap();
    for (page, at) in pages.iter().zip(&places) {
        assert_eq!(read(dir.path(), *at).unwrap(), *page);
    }
    let all: Vec<_> = super::pages(dir.path(), end)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let expected: Vec<_> = places.into_iter().zip(pages.clone()).collect();
    assert_eq!(all, expected);
    assert_eq!(verify(dir.path(), end).unwrap().problem_count, 0);
    offer(dir.path());
    for page in pages {
        let mut waiting = decode::Waiting::default();
        let mut records = Records::new(Cursor::new(encode(&page)), u64::MAX);
        let mut found = None;
        while let Some(record) = records.next(decode::holds_page) {
            let record = record.unwrap();
            let profile = decode::profile(&record.header);
            found = waiting.join(profile, decode::page(record).unwrap().unwrap(), 0);
        }
        assert_eq!(found.unwrap().0, page);
    }
}

#[test]
fn an_exchange_is_a_response_with_its_request_and_metadata() {
    let originals = Originals::default();
    let members = encode_exchange(&connected(numbered(1)), &exchange(), "gbk", &originals);
    let page = unzipped(&members.page);
    assert!(page.contains("WARC-IP-Address: 203.0.113.9\r\n"), "{page}");
    let id = page.lines().find(|l| l.starts_with("WARC-Record-ID: "));
    let concurrent = id.unwrap().replace("Record-ID", "Concurrent-To");
    let beside = unzipped(&members.beside);
    assert_eq!(beside.matches(&concurrent).count(), 2, "{beside}");
    for part in [
        "WARC-Type: request",
        "msgtype=request",
        "GET /1 HTTP/1.1",
        "WARC-Type: metadata",
        "fetchTimeMs: 12\r\nhopsFromSeed: 3\r\ncharset: gbk\r\ntlsCertificateSha256: 00ff\r\n",
        "tlsCertificateIssuer: CN=某CA\r\ntlsCertificateNames: a.example *.b.example\r\n",
    ] {
        assert!(beside.contains(part), "{part} not in\n{beside}");
    }
}
