//! What an answer is, by its declared type and by how it begins.

use reqwest::Url;

/// HTML or text by its declared type; no type may be anything.
pub fn is_text(content_type: Option<&str>) -> bool {
    let Some(value) = content_type else {
        return true;
    };
    let kind = value
        .split(';')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase();
    matches!(
        kind.as_str(),
        "" | "text/html"
            | "text/plain"
            | "text/xml"
            | "text/vnd.wap.wml"
            | "application/xml"
            | "application/xhtml+xml"
            | "application/vnd.wap.xhtml+xml"
    )
}

/// Text without markup, by its declared type.
pub fn is_plain(content_type: Option<&str>) -> bool {
    content_type.is_some_and(|value| {
        let kind = value.split(';').next().unwrap_or("").trim();
        kind.eq_ignore_ascii_case("text/plain")
    })
}

/// A feed, by its declared type: no page, but a list of some.
pub fn is_feed(content_type: Option<&str>) -> bool {
    content_type.is_some_and(|value| {
        let kind = value.split(';').next().unwrap_or("").trim();
        let kinds = [
            "application/rss+xml",
            "application/atom+xml",
            "application/rdf+xml",
        ];
        kinds.iter().any(|feed| kind.eq_ignore_ascii_case(feed))
    })
}

/// A compressed file, which may be a sitemap whatever type it was sent under.
pub fn may_list(url: &Url) -> bool {
    let path = url.path().as_bytes();
    path.len() >= 3 && path[path.len() - 3..].eq_ignore_ascii_case(b".gz")
}

/// Common binary formats, by how they begin, under whatever type they were sent.
pub fn is_binary(bytes: &[u8]) -> bool {
    const MAGIC: &[&[u8]] = &[
        b"PK\x03\x04",
        b"%PDF-",
        b"GIF8",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"7z\xbc\xaf",
        b"Rar!",
        b"\x7fELF",
        b"\x1f\x8b\x08",
        b"RIFF",
        b"wOFF",
        b"wOF2",
        b"MZ\x90\x00",
        b"ID3\x03",
    ];
    MAGIC.iter().any(|magic| bytes.starts_with(magic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_told_from_files() {
        for page in [
            "text/html",
            "TEXT/HTML; charset=gbk",
            "text/plain",
            "application/xhtml+xml",
            "",
        ] {
            assert!(is_text(Some(page)), "{page}");
        }
        assert!(is_text(None));
        assert!(is_feed(Some("Application/RSS+xml; charset=utf-8")));
        assert!(!is_feed(Some("text/xml")) && !is_feed(None));
        for file in [
            "image/png",
            "application/pdf",
            "application/octet-stream",
            "text/css",
            "video/mp4",
        ] {
            assert!(!is_text(Some(file)), "{file}");
        }
        assert!(is_binary(b"%PDF-1.7"));
        assert!(!is_binary(b"<html>") && !is_binary(b""));
    }
}
