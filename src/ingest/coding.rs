//! Undoing what HTTP did to a body: chunks (RFC 9112, section 7.1) and content codings (RFC 9110,
//! section 8.4), with the output bounded.
//!
//! Archivers disagree on whether a record holds the body before or after decoding, whatever its
//! head says. A body that is not in the stated form is therefore taken as decoded already.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::MAX_PAGE;
use crate::archive::http;

/// A body as the page's author wrote it.
pub struct Plain<'a> {
    pub bytes: Cow<'a, [u8]>,
    /// It ended early, or at the limit.
    pub cut: bool,
}

/// More codings than this on one body are an attack.
const MAX_CODINGS: usize = 4;

/// Undoes the codings that `head` states. Fails where one is unknown.
pub fn undo<'a>(head: &[u8], body: &'a [u8]) -> Result<Plain<'a>, String> {
    let mut plain = Plain {
        bytes: Cow::Borrowed(body),
        cut: false,
    };
    let transfer = list(head, "Transfer-Encoding");
    let content = list(head, "Content-Encoding");
    if transfer.len() + content.len() > MAX_CODINGS {
        return Err("has too many codings".to_owned());
    }
    // The last one that was applied is undone first.
    for coding in content.iter().chain(&transfer).rev() {
        let undone = match coding.as_str() {
            "chunked" => unchunk(&plain.bytes),
            "gzip" | "x-gzip" => inflate(plain.bytes.starts_with(&[0x1f, 0x8b]), || {
                MultiGzDecoder::new(&plain.bytes[..])
            }),
            "deflate" => inflate(is_zlib(&plain.bytes), || ZlibDecoder::new(&plain.bytes[..]))
                .or_else(|| inflate(true, || DeflateDecoder::new(&plain.bytes[..]))),
            "br" => inflate(!plain.bytes.is_empty(), || {
                brotli_decompressor::Decompressor::new(&plain.bytes[..], 4096)
            }),
            "identity" | "" => None,
            "zstd" if !plain.bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) => None,
            unknown => {
                let name: String = unknown.chars().take(40).collect();
                return Err(format!("has the unknown coding {name}"));
            }
        };
        if let Some((bytes, cut)) = undone {
            plain = Plain {
                bytes: Cow::Owned(bytes),
                cut: plain.cut || cut,
            };
        }
    }
    Ok(plain)
}

/// The values of a list field, in order, in lower case.
fn list(head: &[u8], name: &str) -> Vec<String> {
    http::fields(head)
        .filter(|(field, _, _)| field.eq_ignore_ascii_case(name.as_bytes()))
        .flat_map(|(_, value, _)| value.split(|&b| b == b','))
        .map(|v| String::from_utf8_lossy(v.trim_ascii()).to_ascii_lowercase())
        .take(MAX_CODINGS + 1)
        .collect()
}

/// RFC 1950: method 8, and a header that is a multiple of 31.
fn is_zlib(bytes: &[u8]) -> bool {
    matches!(bytes, [a, b, ..] if a & 0x0f == 8 && (u16::from(*a) << 8 | u16::from(*b)) % 31 == 0)
}

/// Decompresses up to [`MAX_PAGE`] bytes; `None` where nothing comes out.
fn inflate<R: Read>(applies: bool, decoder: impl FnOnce() -> R) -> Option<(Vec<u8>, bool)> {
    if !applies {
        return None;
    }
    let mut bytes = Vec::new();
    let mut decoder = decoder().take(MAX_PAGE as u64);
    let whole = decoder.read_to_end(&mut bytes).is_ok();
    if !whole && bytes.is_empty() {
        return None;
    }
    let cut = !whole || bytes.len() == MAX_PAGE;
    Some((bytes, cut))
}

/// Joins the chunks; `None` where the body does not begin with one.
fn unchunk(body: &[u8]) -> Option<(Vec<u8>, bool)> {
    let mut out = Vec::new();
    let mut rest = body;
    let mut first = true;
    loop {
        let Some((size, tail)) = chunk_size(rest) else {
            return if first { None } else { Some((out, true)) };
        };
        first = false;
        if size == 0 {
            return Some((out, false));
        }
        if tail.len() < size {
            out.extend_from_slice(tail);
            return Some((out, true));
        }
        out.extend_from_slice(&tail[..size]);
        rest = &tail[size..];
        rest = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"))
            .unwrap_or(rest);
    }
}

/// The line before a chunk: its size in hexadecimal digits, then extensions.
fn chunk_size(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = memchr::memchr(b'\n', &bytes[..bytes.len().min(4096)])?;
    let line = &bytes[..end];
    let digits = line.split(|&b| b == b';').next()?.trim_ascii();
    if digits.is_empty() || digits.len() > 15 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let size = usize::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    Some((size, &bytes[end + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn undone(head: &str, body: &[u8]) -> (Vec<u8>, bool) {
        let head = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n");
        let plain = undo(head.as_bytes(), body).unwrap();
        (plain.bytes.into_owned(), plain.cut)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    #[test]
    fn chunks_are_joined() {
        let head = "Transfer-Encoding: chunked";
        assert_eq!(
            undone(head, b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"),
            (b"abcde".to_vec(), false)
        );
        assert_eq!(
            undone(head, b"3\r\nabc\r\n9\r\nde"),
            (b"abcde".to_vec(), true)
        );
        assert_eq!(undone(head, b"<html>\n"), (b"<html>\n".to_vec(), false));
        assert_eq!(
            undone(head, b"ffffffffffffffff\r\nx"),
            (b"ffffffffffffffff\r\nx".to_vec(), false)
        );
    }

    #[test]
    fn codings_are_undone_in_order() {
        let zipped = gzip(b"hello");
        let mut body = format!("{:x}\r\n", zipped.len()).into_bytes();
        body.extend_from_slice(&zipped);
        body.extend_from_slice(b"\r\n0\r\n\r\n");
        let head = "Content-Encoding: gzip\r\nTransfer-Encoding: chunked";
        assert_eq!(undone(head, &body), (b"hello".to_vec(), false));
        assert_eq!(
            undone("content-encoding: GZIP", b"plain"),
            (b"plain".to_vec(), false)
        );
    }

    #[test]
    fn deflate_comes_in_two_forms() {
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        zlib.write_all(b"hello").unwrap();
        let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        raw.write_all(b"hello").unwrap();
        for body in [zlib.finish().unwrap(), raw.finish().unwrap()] {
            assert_eq!(
                undone("Content-Encoding: deflate", &body),
                (b"hello".to_vec(), false)
            );
        }
    }

    #[test]
    fn brotli_is_undone() {
        // "hello" as an uncompressed meta-block (RFC 7932, section 9.2).
        let body = [0x0b, 0x02, 0x80, b'h', b'e', b'l', b'l', b'o', 0x03];
        assert_eq!(
            undone("Content-Encoding: br", &body),
            (b"hello".to_vec(), false)
        );
    }

    #[test]
    fn a_cut_or_endless_stream_gives_what_there_is() {
        let text: Vec<u8> = (0..50_000u32).flat_map(|n| (n * n).to_le_bytes()).collect();
        let zipped = gzip(&text);
        let (bytes, cut) = undone("Content-Encoding: gzip", &zipped[..zipped.len() / 2]);
        assert!(cut && !bytes.is_empty() && text.starts_with(&bytes));
        let bomb = gzip(&vec![0; MAX_PAGE + 10]);
        let (bytes, cut) = undone("Content-Encoding: gzip", &bomb);
        assert!(cut && bytes.len() == MAX_PAGE);
    }

    #[test]
    fn unknown_codings_are_told() {
        let head = |v: &str| format!("HTTP/1.1 200 OK\r\nContent-Encoding: {v}\r\n\r\n");
        assert!(undo(head("rot13").as_bytes(), b"x").is_err());
        assert!(undo(head("gzip,gzip,gzip,gzip,gzip").as_bytes(), b"x").is_err());
        assert!(undo(head("identity").as_bytes(), b"x").is_ok());
    }
}
