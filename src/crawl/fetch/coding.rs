//! Content codings that the HTTP client leaves to us (RFC 9110, section 8.4.1): `deflate`, which half
//! of the servers send without its zlib frame, `x-gzip`, other spellings, and one coding in another.
//! They are rare: the body is read first, up to the limit, and unpacked after it.

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use reqwest::header::{self, HeaderMap};

use crate::crawl::progress::Failure;

/// Codings that one body may have.
const MAX_LAYERS: usize = 4;
/// What the decoder of `br` reads at a time.
const BUFFER: usize = 4_096;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    Gzip,
    Deflate,
    Brotli,
}

/// The codings that a body still has, the first applied first. What is no coding at all
/// (`identity`, `utf-8`) changes nothing.
///
/// # Errors
/// One that only the client knows, inside of another; or more than anybody needs.
pub fn left(headers: &HeaderMap) -> Result<Vec<Coding>, Failure> {
    let mut found = Vec::new();
    for value in headers.get_all(header::CONTENT_ENCODING) {
        for name in value.as_bytes().split(|b| *b == b',') {
            let name = name.trim_ascii();
            let is = |known: &[&str]| {
                let mut known = known.iter();
                known.any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
            };
            if is(&["gzip", "x-gzip"]) {
                found.push(Coding::Gzip);
            } else if is(&["deflate", "x-deflate"]) {
                found.push(Coding::Deflate);
            } else if is(&["br"]) {
                found.push(Coding::Brotli);
            } else if is(&["zstd", "compress", "x-compress"]) {
                return Err(Failure::Broken);
            }
            if found.len() > MAX_LAYERS {
                return Err(Failure::Broken);
            }
        }
    }
    Ok(found)
}

/// Takes the codings off, the last first; no layer gives more than `limit` bytes. Says whether
/// something is missing at the end: cut at the limit, or damaged.
pub fn unpack(mut bytes: Vec<u8>, codings: &[Coding], limit: usize) -> (Vec<u8>, bool) {
    let mut cut = false;
    for coding in codings.iter().rev() {
        let (inside, fault) = match coding {
            Coding::Gzip => read(MultiGzDecoder::new(&bytes[..]), limit),
            Coding::Brotli => {
                let decoder = brotli_decompressor::Decompressor::new(&bytes[..], BUFFER);
                read(decoder, limit)
            }
            Coding::Deflate => match read(ZlibDecoder::new(&bytes[..]), limit) {
                (inside, true) if inside.is_empty() => read(DeflateDecoder::new(&bytes[..]), limit),
                framed => framed,
            },
        };
        bytes = inside;
        cut |= fault;
    }
    (bytes, cut)
}

fn read(from: impl Read, limit: usize) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    // One more tells that there is more.
    let damaged = from.take(limit as u64 + 1).read_to_end(&mut out).is_err();
    let long = out.len() > limit;
    out.truncate(limit);
    (out, damaged || long)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use proptest::prelude::*;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn raw(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn of(values: &[&'static str]) -> Result<Vec<Coding>, Failure> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(
                header::CONTENT_ENCODING,
                header::HeaderValue::from_static(value),
            );
        }
        left(&headers)
    }

    #[test]
    fn codings_are_read_in_order_and_bounded() {
        use Coding::{Brotli, Deflate, Gzip};
        assert_eq!(of(&[]), Ok(vec![]));
        assert_eq!(of(&["identity", "UTF-8, none"]), Ok(vec![]));
        assert_eq!(of(&["X-GZip"]), Ok(vec![Gzip]));
        assert_eq!(
            of(&["deflate, gzip", " BR "]),
            Ok(vec![Deflate, Gzip, Brotli])
        );
        assert_eq!(of(&["gzip, zstd"]), Err(Failure::Broken));
        assert_eq!(of(&["gzip,gzip,gzip,gzip"]), Ok(vec![Gzip; 4]));
        assert_eq!(of(&["gzip,gzip,gzip,gzip,gzip"]), Err(Failure::Broken));
    }

    #[test]
    fn every_layer_comes_off() {
        use Coding::{Deflate, Gzip};
        let page = b"<p>400-000-1234</p>".repeat(50);
        for (packed, codings) in [
            (zlib(&page), vec![Deflate]),
            (raw(&page), vec![Deflate]),
            (gzip(&gzip(&page)), vec![Gzip, Gzip]),
            (gzip(&raw(&page)), vec![Deflate, Gzip]),
            (page.clone(), vec![]),
        ] {
            assert_eq!(
                unpack(packed, &codings, 1 << 20),
                (page.clone(), false),
                "{codings:?}"
            );
        }
        let half = gzip(&page)[..40].to_vec();
        assert!(unpack(half, &[Gzip], 1 << 20).1, "cut in the middle");
        assert_eq!(unpack(page, &[Gzip], 1 << 20), (Vec::new(), true));
    }

    #[test]
    fn bombs_end_at_the_limit() {
        let bomb = vec![0; 50 << 20];
        for (packed, coding) in [
            (gzip(&bomb), Coding::Gzip),
            (zlib(&bomb), Coding::Deflate),
            (raw(&bomb), Coding::Deflate),
        ] {
            let (inside, cut) = unpack(packed, &[coding], 1 << 20);
            assert_eq!((inside.len(), cut), (1 << 20, true), "{coding:?}");
        }
        let nested = gzip(&gzip(&bomb));
        let (inside, cut) = unpack(nested, &[Coding::Gzip; 2], 1 << 20);
        assert_eq!((inside.len(), cut), (1 << 20, true));
    }

    proptest! {
        #[test]
        fn anything_is_survived(bytes in any::<Vec<u8>>(), layers in 0usize..3) {
            use Coding::{Brotli, Deflate, Gzip};
            for coding in [Gzip, Deflate, Brotli] {
                let (inside, _) = unpack(bytes.clone(), &vec![coding; layers], 100);
                prop_assert!(inside.len() <= 100.max(bytes.len()));
            }
        }
    }
}
