//! HTML as a stream of tags and text, in one linear pass over the source.
//!
//! A tree is not needed to read text by block, links and attributes, and building one is what
//! hostile pages make quadratic. This follows the tokenizer of the HTML standard (WHATWG, 13.2.5)
//! where real pages depend on it: attribute quoting, raw text elements, bogus comments.

use std::borrow::Cow;

use memchr::{memchr, memchr3, memmem};

/// One piece of the source. Text and attribute values still hold character references; see
/// [`unescape`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token<'a> {
    Text(&'a str),
    /// Name in lower case; the attributes as source text, to be read with [`attributes`].
    Open {
        name: Cow<'a, str>,
        attributes: &'a str,
    },
    /// Content of `script` or `style`, whose opening tag came just before.
    Raw(&'a str),
    Close {
        name: Cow<'a, str>,
    },
    Comment(&'a str),
}

/// Longest source text of one tag's attributes that is read; the rest of such a tag is dropped.
const MAX_ATTRIBUTES: usize = 32 * 1024;

/// Iterates over the tokens of a source text.
pub fn tokens(source: &str) -> Tokens<'_> {
    Tokens {
        source,
        at: 0,
        raw: None,
        missing: 0,
    }
}

/// Iterator of [`tokens`].
pub struct Tokens<'a> {
    source: &'a str,
    at: usize,
    /// The raw text element whose content comes next.
    raw: Option<&'static str>,
    /// Raw text end tags known not to occur any more (bits: script, style, title): looking for
    /// each of a million unclosed `<style>` again would be quadratic.
    missing: u8,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(element) = self.raw.take()
            && let Some(content) = self.raw_content(element)
        {
            return Some(Token::Raw(content));
        }
        let rest = self.source.get(self.at..).filter(|r| !r.is_empty())?;
        let open = tag_start(rest).unwrap_or(rest.len());
        if open > 0 {
            self.at += open;
            return Some(Token::Text(&rest[..open]));
        }
        Some(match rest.as_bytes()[1] {
            b'!' | b'?' => self.comment(rest),
            b'/' => self.close(rest),
            _ => self.open(rest),
        })
    }
}

impl<'a> Tokens<'a> {
    /// Byte offset of the next token in the source.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// Content up to the end tag of a raw text element; `None` where that tag never comes, and
    /// the content is then read as markup.
    fn raw_content(&mut self, element: &'static str) -> Option<&'a str> {
        let bit = match element {
            "script" => 1,
            "style" => 2,
            _ => 4,
        };
        if self.missing & bit != 0 {
            return None;
        }
        let rest = &self.source[self.at..];
        let mut from = 0;
        while let Some(found) = memmem::find(&rest.as_bytes()[from..], b"</") {
            let tag = from + found + 2;
            let name = rest.as_bytes().get(tag..tag + element.len());
            if name.is_some_and(|n| n.eq_ignore_ascii_case(element.as_bytes())) {
                self.at += tag - 2;
                return Some(&rest[..tag - 2]);
            }
            from = tag;
        }
        self.missing |= bit;
        None
    }

    fn comment(&mut self, rest: &'a str) -> Token<'a> {
        let (content, length) = if rest.starts_with("<!-->") {
            ("", 5)
        } else if let Some(body) = rest.strip_prefix("<!--") {
            match memmem::find(body.as_bytes(), b"-->") {
                Some(end) => (&body[..end], end + 7),
                // Browsers hide everything behind an unclosed comment.
                None => (body, rest.len()),
            }
        } else {
            let end = memchr(b'>', rest.as_bytes()).unwrap_or(rest.len() - 1);
            (rest.get(2..end).unwrap_or_default(), end + 1)
        };
        self.at += length;
        Token::Comment(content)
    }

    fn close(&mut self, rest: &'a str) -> Token<'a> {
        let end = memchr(b'>', rest.as_bytes()).map_or(rest.len(), |e| e + 1);
        self.at += end;
        let name = tag_name(&rest[2..]);
        Token::Close { name: lower(name) }
    }

    fn open(&mut self, rest: &'a str) -> Token<'a> {
        let name = tag_name(&rest[1..]);
        let attributes = &rest[1 + name.len()..];
        let length = attributes_length(attributes);
        self.at += 1 + name.len() + length;
        let name = lower(name);
        self.raw = match name.as_ref() {
            "script" => Some("script"),
            "style" => Some("style"),
            "title" => Some("title"),
            _ => None,
        };
        let source = attributes[..length].trim_end_matches('>');
        let source = if source.len() <= MAX_ATTRIBUTES {
            source
        } else {
            ""
        };
        Token::Open {
            name,
            attributes: source,
        }
    }
}

/// Position of the next `<` that begins a tag, comment or declaration.
fn tag_start(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 0;
    loop {
        let at = from + memchr(b'<', &bytes[from..])?;
        match bytes.get(at + 1) {
            Some(b'!' | b'?') => return Some(at),
            Some(b'/') if bytes.get(at + 2).is_some_and(u8::is_ascii_alphabetic) => {
                return Some(at);
            }
            Some(c) if c.is_ascii_alphabetic() => return Some(at),
            _ => from = at + 1,
        }
    }
}

fn tag_name(text: &str) -> &str {
    let end = text
        .bytes()
        .position(|b| b.is_ascii_whitespace() || b == b'/' || b == b'>');
    &text[..end.unwrap_or(text.len())]
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// Length of a tag's attributes with the closing `>`: a `>` inside quotes does not close, but
/// only where the quote follows `=`, as in browsers.
fn attributes_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr3(b'>', b'"', b'\'', &bytes[at..]) {
        at += found;
        if bytes[at] == b'>' {
            return at + 1;
        }
        let quote = bytes[at];
        let after_equals = text[..at]
            .trim_end_matches([' ', '\t', '\n', '\r'])
            .ends_with('=');
        at += 1;
        if after_equals {
            match memchr(quote, &bytes[at..]) {
                Some(end) => at += end + 1,
                None => return bytes.len(),
            }
        }
    }
    bytes.len()
}

/// Reads the attributes of an opening tag: name as written, value still escaped.
pub fn attributes(source: &str) -> impl Iterator<Item = (&str, &str)> {
    attributes_at(source).map(|(name, value, _)| (name, value))
}

/// Likewise, each with the byte offset of its value in `source`.
pub fn attributes_at(source: &str) -> impl Iterator<Item = (&str, &str, usize)> {
    let mut rest = source;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let end = rest
            .bytes()
            .skip(1)
            .position(|b| b.is_ascii_whitespace() || b == b'=' || b == b'/')
            .map_or(rest.len(), |p| p + 1);
        // A first character of several bytes must not be cut.
        let end = (end..=rest.len()).find(|&e| rest.is_char_boundary(e))?;
        let name = &rest[..end];
        rest = rest[end..].trim_start();
        let Some(after) = rest.strip_prefix('=') else {
            return Some((name, "", source.len() - rest.len()));
        };
        let after = after.trim_start();
        let at = source.len() - after.len();
        let (value, at) = match after.as_bytes().first() {
            Some(&quote @ (b'"' | b'\'')) => {
                let body = &after[1..];
                let end = memchr(quote, body.as_bytes()).unwrap_or(body.len());
                rest = body.get(end + 1..).unwrap_or_default();
                (&body[..end], at + 1)
            }
            _ => {
                let end = after.bytes().position(|b| b.is_ascii_whitespace());
                let end = end.unwrap_or(after.len());
                rest = &after[end..];
                (&after[..end], at)
            }
        };
        Some((name, value, at))
    })
}

/// Resolves character references (HTML standard, 13.2.5.72): `&#52;`, `&#x34;`, `&nbsp;`.
pub fn unescape(text: &str) -> Cow<'_, str> {
    let Some(first) = memchr(b'&', text.as_bytes()) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(at) = memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let taken = reference(rest, &mut out);
        if taken == 0 {
            out.push('&');
        }
        rest = &rest[taken..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The characters that `text` begins with where its first one may be a reference, put behind
/// `out`; the bytes that they take in `text`.
pub fn character(text: &str, out: &mut String) -> Option<usize> {
    let first = text.chars().next()?;
    if first == '&' {
        let taken = reference(&text[1..], out);
        if taken > 0 {
            return Some(1 + taken);
        }
    }
    out.push(first);
    Some(first.len_utf8())
}

/// Resolves the reference whose text (behind `&`) `rest` begins with; returns the bytes used.
fn reference(rest: &str, out: &mut String) -> usize {
    if let Some(number) = rest.strip_prefix('#') {
        let (digits, radix) = match number.strip_prefix(['x', 'X']) {
            Some(hex) => (hex, 16),
            None => (number, 10),
        };
        let length = digits
            .bytes()
            .take_while(|b| (*b as char).is_digit(radix))
            .count();
        if length == 0 {
            return 0;
        }
        // Leading zeros are allowed in any number; more than 8 digits behind them are no character.
        let significant = digits[..length].trim_start_matches('0');
        let code = match significant.len() {
            0..=8 => u32::from_str_radix(significant, radix).unwrap_or(0),
            _ => 0,
        };
        out.push(numbered(code));
        let used = rest.len() - digits.len() + length;
        return used + usize::from(rest[used..].starts_with(';'));
    }
    let name = rest
        .bytes()
        .take(32)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    if rest[name..].starts_with(';')
        && let Some(text) = quick_xml::escape::resolve_html5_entity(&rest[..name])
    {
        out.push_str(text);
        return name + 1;
    }
    // These few may stand without the semicolon.
    for (legacy, c) in [
        ("nbsp", ' '),
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
    ] {
        if rest.starts_with(legacy) {
            out.push(c);
            return legacy.len();
        }
    }
    0
}

/// The character of a numeric reference: 0x80–0x9f mean windows-1252, as in browsers.
fn numbered(code: u32) -> char {
    match code {
        0x80..=0x9f => {
            let byte = [code as u8];
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
            text.chars().next().unwrap_or('\u{fffd}')
        }
        0 => '\u{fffd}',
        _ => char::from_u32(code).unwrap_or('\u{fffd}'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tags_text_and_raw_elements() {
        let html = "<!DOCTYPE html><P Class='a>b'>1 < 2<script>if(a<b)\"</p>\"</script></P><br/>";
        let seen: Vec<String> = tokens(html)
            .map(|t| match t {
                Token::Text(t) => format!("t:{t}"),
                Token::Open { name, attributes } => format!("o:{name}:{}", attributes.trim()),
                Token::Raw(t) => format!("r:{t}"),
                Token::Close { name } => format!("c:{name}"),
                Token::Comment(t) => format!("!:{t}"),
            })
            .collect();
        assert_eq!(
            seen,
            [
                "!:DOCTYPE html",
                "o:p:Class='a>b'",
                "t:1 < 2",
                "o:script:",
                "r:if(a<b)\"</p>\"",
                "c:script",
                "c:p",
                "o:br:/"
            ]
        );
    }

    #[test]
    fn attribute_forms() {
        let read = |s| attributes(s).collect::<Vec<_>>();
        assert_eq!(
            read(" a=1 b='2 3' c=\"4\" d e = 5/"),
            [("a", "1"), ("b", "2 3"), ("c", "4"), ("d", ""), ("e", "5/")]
        );
        assert_eq!(read("中=\"x\""), [("中", "x")]);
    }

    #[test]
    fn character_references() {
        assert_eq!(
            unescape("&#52;&#x30;0&nbsp;&amp;&#150;&copy;&nope;&"),
            "400\u{a0}&–©&nope;&"
        );
        assert_eq!(unescape("&#0;&#99999999999;&#000052;"), "\u{fffd}\u{fffd}4");
    }

    proptest! {
        #[test]
        fn any_text_is_covered_without_panic(source in "[<>/!a-z \"'=&#;中-]{0,80}") {
            for token in tokens(&source) {
                if let Token::Open { attributes: a, .. } = &token {
                    for (_, value) in attributes(a) { let _ = unescape(value); }
                }
            }
        }
    }
}
