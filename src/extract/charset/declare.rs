//! What a header or a document says of its encoding.

use encoding_rs::{BIG5, Encoding, GB18030, REPLACEMENT, UTF_8, X_USER_DEFINED};

use super::{as_read, is_utf_16};

/// A declaration is looked for in so many bytes. Browsers stop at 1,024; kits put scripts first.
const PRESCAN: usize = 4096;

/// The encoding of a label. Labels that decode to nothing (`replacement`) or that only scripts
/// use are none.
pub fn for_label(label: &str) -> Option<&'static Encoding> {
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
pub fn charset_parameter(value: &str) -> Option<&str> {
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
pub fn declared_inside(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(PRESCAN)];
    let found = prescan(head)?;
    // A declaration that can be read as ASCII is not written in UTF-16.
    Some(if is_utf_16(found) { UTF_8 } else { found })
}

pub fn prescan(head: &[u8]) -> Option<&'static Encoding> {
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
