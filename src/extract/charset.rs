//! Bytes to characters: byte-order mark, header, meta, then detection; the decision is kept.
//!
//! The order is that of the WHATWG HTML standard ("determining the character encoding"). A
//! declaration that the bytes contradict is overridden, because spam kits often serve one
//! encoding and declare another.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, CoderResult, Encoding, GB18030, GBK, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE,
    WINDOWS_1252, X_USER_DEFINED,
};
use serde::{Deserialize, Serialize};

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

/// A declaration is looked for in so many bytes. Browsers stop at 1,024; kits put scripts first.
const PRESCAN: usize = 4096;
/// Detection looks at so many bytes from the first one that is not ASCII.
const SAMPLE: usize = 64 << 10;

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
    let decoded = finish(bytes, declared, source);
    if !decoded.charset.malformed {
        return decoded;
    }
    let census = Census::of(bytes);
    if census.mostly_utf_8() {
        let source = if declared == UTF_8 {
            source
        } else {
            Source::Detected
        };
        return finish(bytes, UTF_8, source);
    }
    let guess = detect(bytes, CHINESE);
    if guess == declared || !is_multi_byte(guess) {
        return decoded;
    }
    let other = finish(bytes, guess, Source::Detected);
    // A few broken characters are damage, not another encoding.
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
    let mostly = std::str::from_utf8(bytes).is_ok() || Census::of(bytes).mostly_utf_8();
    let encoding = if mostly { UTF_8 } else { detect(bytes, hint) };
    finish(bytes, encoding, Source::Detected)
}

/// A top-level domain, from which chardetng concludes what is likely.
type Hint = Option<&'static [u8]>;
const CHINESE: Hint = Some(b"cn");

/// The guess of chardetng, which knows what frequent characters of each encoding look like. Its
/// hint decides between encodings that fit equally well, and is too strong for Big5: what the
/// hint made GB18030 is compared with the guess for a Taiwanese page.
fn detect(bytes: &[u8], hint: Hint) -> &'static Encoding {
    let first = bytes.iter().position(|b| !b.is_ascii()).unwrap_or(0);
    let sample = &bytes[first..bytes.len().min(first + SAMPLE)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, false);
    let guess = |hint: Hint| as_read(detector.guess(hint, Utf8Detection::Allow));
    let guessed = guess(hint);
    if guessed == GB18030
        && guess(Some(b"tw")) == BIG5
        && strange(sample, BIG5) * 4 < strange(sample, GB18030)
    {
        return BIG5;
    }
    guessed
}

/// Characters that no page means: replaced ones, and those for private use.
fn strange(bytes: &[u8], encoding: &'static Encoding) -> usize {
    let private = |c: &char| matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}');
    other(bytes, encoding).0.chars().filter(private).count()
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

fn utf_8(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    let whole = match std::str::from_utf8(bytes) {
        Ok(text) => return (Cow::Borrowed(text), false),
        // The last character was cut.
        Err(e) if e.error_len().is_none() => &bytes[..e.valid_up_to()],
        Err(_) => {
            let tail = bytes.len().saturating_sub(3);
            let cut = std::str::from_utf8(last_character(&bytes[tail..]))
                .err()
                .filter(|e| e.valid_up_to() == 0 && e.error_len().is_none())
                .map_or(0, |_| last_character(&bytes[tail..]).len());
            &bytes[..bytes.len() - cut]
        }
    };
    match String::from_utf8_lossy(whole) {
        Cow::Borrowed(text) => (Cow::Borrowed(text), false),
        Cow::Owned(text) => (Cow::Owned(text), true),
    }
}

/// From the last byte that begins a UTF-8 sequence.
fn last_character(tail: &[u8]) -> &[u8] {
    let begin = tail.iter().rposition(|b| b & 0xc0 != 0x80).unwrap_or(0);
    &tail[begin..]
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

/// Whether the bytes are UTF-8 to the end (a last character may be cut) with a character of
/// three bytes: text of another encoding does not happen to look like that.
fn is_utf_8_chinese(bytes: &[u8]) -> bool {
    let valid = match std::str::from_utf8(bytes) {
        Ok(_) => bytes,
        Err(e) if e.error_len().is_none() => &bytes[..e.valid_up_to()],
        Err(_) => return false,
    };
    valid.iter().any(|b| *b >= 0xe0)
}

/// How much of the bytes is UTF-8.
struct Census {
    /// Characters of three or four bytes.
    long: usize,
    malformed: usize,
}

impl Census {
    fn of(bytes: &[u8]) -> Self {
        let mut census = Census {
            long: 0,
            malformed: 0,
        };
        for chunk in bytes.utf8_chunks() {
            census.long += chunk.valid().bytes().filter(|b| *b >= 0xe0).count();
            census.malformed += usize::from(!chunk.invalid().is_empty());
        }
        let cut = std::str::from_utf8(last_character(&bytes[bytes.len().saturating_sub(3)..]))
            .is_err_and(|e| e.error_len().is_none());
        census.malformed -= usize::from(cut && census.malformed > 0);
        census
    }

    /// Broken characters are rare among whole ones. In text of another encoding it is the other
    /// way round.
    fn mostly_utf_8(&self) -> bool {
        self.long > 0 && self.malformed * 10 <= self.long
    }
}

/// UTF-16 without a byte-order mark: markup is ASCII, so every other byte is often zero.
fn utf_16_by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(PRESCAN)];
    if memchr::memchr(0, sample).is_none() {
        return None;
    }
    let (mut even, mut odd) = (0, 0);
    for pair in sample.chunks_exact(2) {
        even += usize::from(pair[0] == 0 && pair[1] != 0);
        odd += usize::from(pair[1] == 0 && pair[0] != 0);
    }
    let many = sample.len() / 2 / 5;
    if odd > many && even * 10 < odd {
        Some(UTF_16LE)
    } else if even > many && odd * 10 < even {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The encoding of a label. Labels that decode to nothing (`replacement`) or that only scripts
/// use are none.
fn for_label(label: &str) -> Option<&'static Encoding> {
    let label = label.trim_matches(|c: char| c.is_whitespace() || "\"';,".contains(c));
    let found = Encoding::for_label(label.as_bytes()).or_else(|| {
        let plain: String = label
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .take(16)
            .collect();
        match plain.as_str() {
            "gb" | "gb2312" | "gbk" | "gb18030" | "cp936" | "ms936" | "windows936" | "euccn" => {
                Some(GB18030)
            }
            "utf8" => Some(UTF_8),
            "big5" | "cp950" | "big5hkscs" => Some(BIG5),
            _ => None,
        }
    })?;
    (found != REPLACEMENT && found != X_USER_DEFINED).then(|| as_read(found))
}

/// The `charset` parameter of a `Content-Type` value.
fn charset_parameter(value: &str) -> Option<&str> {
    let at = find_ignore_case(value.as_bytes(), b"charset")?;
    let rest = value[at + 7..].trim_start().strip_prefix('=')?.trim_start();
    let label = match rest.chars().next()? {
        quote @ ('"' | '\'') => rest[1..].split(quote).next()?,
        _ => rest.split([';', ',', ' ', '\t', '"', '\'']).next()?,
    };
    (!label.is_empty()).then_some(label)
}

fn find_ignore_case(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window.eq_ignore_ascii_case(needle))
}

/// What the document says of itself: `<?xml encoding=…?>` or a meta element.
fn declared_inside(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(PRESCAN)];
    let found = prescan(head)?;
    // A declaration that can be read as ASCII is not written in UTF-16.
    Some(if is_utf_16(found) { UTF_8 } else { found })
}

fn prescan(head: &[u8]) -> Option<&'static Encoding> {
    let start = head.trim_ascii_start();
    if start.starts_with(b"<?xml") {
        let end = memchr::memchr(b'>', start).unwrap_or(start.len());
        let encoding = xml_encoding(&start[..end]);
        if encoding.is_some() {
            return encoding;
        }
    }
    let mut at = 0;
    while let Some(next) = memchr::memchr(b'<', &head[at..]) {
        at += next + 1;
        let tag = &head[at..];
        if tag.starts_with(b"!--") {
            at += memchr::memmem::find(&tag[3..], b"-->").map_or(0, |end| end + 6);
        } else if tag.len() > 5
            && tag[..4].eq_ignore_ascii_case(b"meta")
            && (tag[4].is_ascii_whitespace() || tag[4] == b'/')
        {
            let (encoding, length) = meta(&tag[4..]);
            if encoding.is_some() {
                return encoding;
            }
            at += 4 + length;
        }
    }
    None
}

fn xml_encoding(declaration: &[u8]) -> Option<&'static Encoding> {
    let at = memchr::memmem::find(declaration, b"encoding")?;
    let rest = declaration[at + 8..].trim_ascii_start();
    let rest = rest.strip_prefix(b"=")?.trim_ascii_start();
    let (quote, rest) = rest.split_first()?;
    let end = memchr::memchr(*quote, rest)?;
    for_label(std::str::from_utf8(&rest[..end]).ok()?)
}

/// Reads the attributes of a meta element: its encoding, and how long they are.
fn meta(tag: &[u8]) -> (Option<&'static Encoding>, usize) {
    let mut rest = tag;
    let (mut charset, mut content, mut is_type) = (None, None, false);
    while let Some((name, value, tail)) = attribute(rest) {
        rest = tail;
        let text = std::str::from_utf8(value).ok();
        if name.eq_ignore_ascii_case(b"charset") {
            charset = charset.or(text.and_then(for_label));
        } else if name.eq_ignore_ascii_case(b"content") {
            content = content.or(text.and_then(charset_parameter).and_then(for_label));
        } else if name.eq_ignore_ascii_case(b"http-equiv") {
            is_type |= value.eq_ignore_ascii_case(b"content-type");
        }
    }
    let found = charset.or(content.filter(|_| is_type));
    (found, tag.len() - rest.len())
}

/// One attribute: name, value and what follows; `None` at the end of the tag.
fn attribute(tag: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let skip = |b: &u8| b.is_ascii_whitespace() || *b == b'/';
    let tag = &tag[tag.iter().take_while(|b| skip(b)).count()..];
    if tag.is_empty() || tag[0] == b'>' {
        return None;
    }
    let end = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'/' | b'>' | b'=');
    // An attribute may begin with `=`: at least one byte is its name.
    let length = 1 + tag[1..].iter().take_while(|b| !end(b)).count();
    let (name, rest) = tag.split_at(length);
    let Some(rest) = rest.trim_ascii_start().strip_prefix(b"=") else {
        return Some((name, b"", rest));
    };
    let rest = rest.trim_ascii_start();
    let (value, rest) = match rest.first() {
        Some(quote @ (b'"' | b'\'')) => {
            let inner = &rest[1..];
            let length = memchr::memchr(*quote, inner)?;
            (&inner[..length], &inner[length + 1..])
        }
        _ => {
            let stop = |b: &u8| b.is_ascii_whitespace() || *b == b'>';
            rest.split_at(rest.iter().take_while(|b| !stop(b)).count())
        }
    };
    Some((name, value.trim_ascii(), rest))
}

#[cfg(test)]
#[path = "charset_tests.rs"]
mod tests;
