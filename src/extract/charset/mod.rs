//! Bytes to characters: byte-order mark, header, meta, then detection; the decision is kept.
//!
//! The order is that of the WHATWG HTML standard ("determining the character encoding"). A
//! declaration that the bytes contradict is overridden, because spam kits often serve one
//! encoding and declare another.

use std::borrow::Cow;

use encoding_rs::{CoderResult, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};

mod declare;
mod detect;

use declare::{charset_parameter, declared_inside, for_label};
use detect::{CHINESE, Census, Hint, cut_at_end, detect, is_utf_8_chinese, utf_16_by_zeros};

/// Which encoding was used, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charset {
    /// WHATWG name: `UTF-8`, `gb18030`, `Big5`.
    pub name: String,
    pub source: Source,
    /// Some bytes were no characters of it. Half a character at the very end, where a body was
    /// cut, is dropped and does not count.
    pub malformed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    Bom,
    Header,
    Meta,
    Detected,
    /// The page arrived as characters.
    Text,
}

impl Charset {
    pub fn already_text() -> Self {
        Charset {
            name: "UTF-8".into(),
            source: Source::Text,
            malformed: false,
        }
    }
}

/// Decoded text with the decision.
pub struct Decoded<'a> {
    pub text: Cow<'a, str>,
    pub charset: Charset,
}

/// Decodes a document. Never fails: what is no character becomes U+FFFD.
pub fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return settle(&bytes[length..], encoding, Source::Bom);
    }
    let zeros = utf_16_by_zeros(bytes);
    let header = content_type.and_then(charset_parameter).and_then(for_label);
    if let Some(encoding) = header
        && !says_nothing(encoding)
    {
        return match zeros {
            Some(found) if found != encoding => finish(bytes, found, Source::Detected),
            None if is_utf_16(encoding) && !bytes.is_empty() => detected(bytes, CHINESE),
            _ => settle(bytes, encoding, Source::Header),
        };
    }
    if let Some(found) = zeros {
        return finish(bytes, found, Source::Detected);
    }
    match (declared_inside(bytes), header) {
        (Some(encoding), _) if !says_nothing(encoding) => settle(bytes, encoding, Source::Meta),
        (_, Some(encoding)) => settle_latin(bytes, encoding, Source::Header),
        (Some(encoding), None) => settle_latin(bytes, encoding, Source::Meta),
        (None, None) => detected(bytes, CHINESE),
    }
}

/// A declaration of Latin-1 is the default of many servers and says nothing about the page.
fn says_nothing(encoding: &'static Encoding) -> bool {
    encoding == WINDOWS_1252
}

fn is_utf_16(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// Decodes by a declaration, or by detection where the bytes contradict it.
fn settle<'a>(bytes: &'a [u8], declared: &'static Encoding, source: Source) -> Decoded<'a> {
    if is_utf_16(declared) {
        return finish(bytes, declared, source);
    }
    if declared != UTF_8 && is_utf_8_chinese(bytes) {
        return finish(bytes, UTF_8, Source::Detected);
    }
    // Decoding by a wrong declaration is put off until it is needed: it is the slow case.
    let by_declaration = || finish(bytes, declared, source);
    if declared != UTF_8 {
        let decoded = by_declaration();
        if !decoded.charset.malformed {
            return decoded;
        }
    } else if let Some(text) = whole_utf_8(bytes) {
        return as_it_is(text, source);
    }
    if Census::of(bytes).mostly_utf_8() {
        return match declared == UTF_8 {
            true => by_declaration(),
            false => finish(bytes, UTF_8, Source::Detected),
        };
    }
    let guess = detect(bytes, CHINESE);
    if guess == declared || !is_multi_byte(guess) {
        return by_declaration();
    }
    let other = finish(bytes, guess, Source::Detected);
    if !other.charset.malformed {
        return other;
    }
    // A few broken characters are damage, not another encoding.
    let decoded = by_declaration();
    if replaced(&other.text) * 4 < replaced(&decoded.text) {
        other
    } else {
        decoded
    }
}

/// Decodes a page declared as Latin-1: by detection where that finds a multi-byte encoding.
fn settle_latin<'a>(bytes: &'a [u8], declared: &'static Encoding, source: Source) -> Decoded<'a> {
    if bytes.is_ascii() {
        return finish(bytes, declared, source);
    }
    // Without a hint: European text must not become Chinese.
    let found = detected(bytes, None);
    let multi_byte = Encoding::for_label(found.charset.name.as_bytes()).is_some_and(is_multi_byte);
    if multi_byte && !found.charset.malformed {
        found
    } else {
        finish(bytes, declared, source)
    }
}

fn is_multi_byte(encoding: &'static Encoding) -> bool {
    !encoding.is_single_byte()
}

/// Decodes by what the bytes look like.
fn detected(bytes: &[u8], hint: Hint) -> Decoded<'_> {
    if let Some(text) = whole_utf_8(bytes) {
        return as_it_is(text, Source::Detected);
    }
    let encoding = match Census::of(bytes).mostly_utf_8() {
        true => UTF_8,
        false => detect(bytes, hint),
    };
    finish(bytes, encoding, Source::Detected)
}

/// The superset that is really read: pages declared gb2312 or gbk use all of GB18030.
fn as_read(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == GBK { GB18030 } else { encoding }
}

/// Decodes, borrowing where the bytes are UTF-8 already.
fn finish<'a>(bytes: &'a [u8], encoding: &'static Encoding, source: Source) -> Decoded<'a> {
    let encoding = as_read(encoding);
    let (text, malformed) = if encoding == UTF_8 || (!is_utf_16(encoding) && bytes.is_ascii()) {
        utf_8(bytes)
    } else {
        other(bytes, encoding)
    };
    Decoded {
        text,
        charset: Charset {
            name: encoding.name().to_owned(),
            source,
            malformed,
        },
    }
}

fn as_it_is(text: &str, source: Source) -> Decoded<'_> {
    Decoded {
        text: Cow::Borrowed(text),
        charset: Charset {
            name: UTF_8.name().to_owned(),
            source,
            malformed: false,
        },
    }
}

/// The bytes as they are, where they are UTF-8; without a last character that was cut.
fn whole_utf_8(bytes: &[u8]) -> Option<&str> {
    match simdutf8::compat::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(e) if e.error_len().is_none() => std::str::from_utf8(&bytes[..e.valid_up_to()]).ok(),
        Err(_) => None,
    }
}

fn utf_8(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    match whole_utf_8(bytes) {
        Some(text) => (Cow::Borrowed(text), false),
        None => {
            let whole = &bytes[..bytes.len() - cut_at_end(bytes)];
            (String::from_utf8_lossy(whole), true)
        }
    }
}

fn other(bytes: &[u8], encoding: &'static Encoding) -> (Cow<'static, str>, bool) {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2 + 16);
    let (mut at, mut malformed) = (0, false);
    loop {
        // Not told that this is the end, the decoder keeps half a character to itself.
        let (result, read, errors) = decoder.decode_to_string(&bytes[at..], &mut text, false);
        at += read;
        malformed |= errors;
        match result {
            CoderResult::InputEmpty => return (Cow::Owned(text), malformed),
            CoderResult::OutputFull => text.reserve((bytes.len() - at) * 2 + 64),
        }
    }
}

fn replaced(text: &str) -> usize {
    memchr::memmem::find_iter(text.as_bytes(), "\u{fffd}").count()
}

#[cfg(test)]
mod tests;
