//! Strings that scripts hide: turned round, in Base64, and as lists of character codes.

use super::context;
use super::joined::Joined;
use super::script::Shift;

/// Characters of Base64 that are decoded at most.
const MAX_BASE64: usize = 4096;

/// Bytes of a call's codes that are read.
const MAX_CODES: usize = 4096;

/// Codes that a list has at least: a local number has seven digits.
const MIN_CODES: usize = 7;

/// The length of `("").reverse().join("")` that `rest` begins with; either quotes, spaces anywhere.
pub fn reversal(rest: &str) -> Option<usize> {
    begins(rest, "(qq).reverse().join(qq)")
}

/// The length of `().join("")` that `rest` begins with; either quotes, spaces anywhere.
pub fn rejoining(rest: &str) -> Option<usize> {
    begins(rest, "().join(qq)")
}

/// The length of what `rest` begins with, where `q` in the pattern stands for a quote.
fn begins(rest: &str, pattern: &str) -> Option<usize> {
    let mut pattern = pattern.chars().peekable();
    for (at, c) in rest.char_indices() {
        let Some(&wanted) = pattern.peek() else {
            return Some(at);
        };
        let fits = match wanted {
            'q' => matches!(c, '"' | '\''),
            wanted => c == wanted,
        };
        if fits {
            pattern.next();
        } else if c != ' ' {
            return None;
        }
    }
    pattern.peek().is_none().then_some(rest.len())
}

/// The text that percent-encoding (RFC 3986, 2.1) stands for, where it holds `wanted` in either case
/// and is nothing but ASCII.
pub fn percent(text: &str, wanted: &str) -> Option<String> {
    text.to_ascii_uppercase().contains(wanted).then_some(())?;
    let mut out = String::with_capacity(text.len());
    let mut parts = text.split('%');
    out.push_str(parts.next()?);
    for part in parts {
        let code = part
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(char::from(code.filter(u8::is_ascii)?));
        out.push_str(&part[2..]);
    }
    Some(out)
}

/// The text of `("NDAw…")` behind `atob`, and its length up to the closing quote; encoded twice, of
/// `(atob("…"`.
pub fn base64_call(rest: &str) -> Option<(String, usize)> {
    let inner = rest.strip_prefix('(')?.trim_start_matches(' ');
    let again = inner.strip_prefix("window.").unwrap_or(inner);
    match again.strip_prefix("atob") {
        Some(again) => {
            let (text, length) = base64_literal(again)?;
            Some((base64_text(&text)?, rest.len() - again.len() + length))
        }
        None => base64_literal(rest),
    }
}

/// The text of `("NDAw…")`, and its length up to the closing quote.
fn base64_literal(rest: &str) -> Option<(String, usize)> {
    let inner = rest.strip_prefix('(')?.trim_start_matches(' ');
    let quote = inner
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let inner = &inner[1..];
    let near = &inner.as_bytes()[..inner.len().min(MAX_BASE64)];
    let close = memchr::memchr(quote as u8, near)?;
    let text = String::from_utf8(base64(&near[..close])?).ok()?;
    Some((text, rest.len() - inner.len() + close + 1))
}

/// The text that Base64 stands for.
pub fn base64_text(text: &str) -> Option<String> {
    String::from_utf8(base64(context::head(text, 0, MAX_BASE64).as_bytes())?).ok()
}

/// RFC 4648, both alphabets, padding optional.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let (mut bits, mut many) = (0u32, 0);
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    for byte in text.iter().take_while(|b| **b != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        many += 6;
        if many >= 8 {
            many -= 8;
            out.push((bits >> many) as u8);
            bits &= (1 << many) - 1;
        }
    }
    Some(out)
}

/// The text of `(52,48,48)`, and its length.
pub fn code_call(rest: &str) -> Option<(String, usize)> {
    let inner = rest.strip_prefix('(')?;
    let near = &inner.as_bytes()[..inner.len().min(MAX_CODES)];
    let close = memchr::memchr(b')', near)?;
    let mut text = String::new();
    for code in inner[..close].split(',') {
        let code = code.trim();
        let value = match code.strip_prefix("0x") {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => code.parse().ok()?,
        };
        text.push(char::from_u32(value)?);
    }
    Some((text, close + 2))
}

/// The text that a list of character codes of printable ASCII makes.
pub fn codes(elements: &[Joined], shift: Option<Shift>) -> Option<String> {
    if elements.len() < MIN_CODES {
        return None;
    }
    let code = |element: &Joined| {
        let text = element.text.as_str();
        let code = match text.strip_prefix("0x") {
            Some(hex) => u16::from_str_radix(hex, 16),
            None => text.parse(),
        };
        let code = i32::from(code.ok()?);
        let code = u8::try_from(shift.map_or(code, |shift| shift.of(code)));
        code.ok()
            .filter(|c| matches!(c, b' '..=b'~'))
            .map(char::from)
    };
    elements.iter().map(code).collect()
}

/// Bytes of a pattern and of what replaces it.
const MAX_PATTERN: usize = 48;

/// What `.replace()` looks for.
#[derive(Debug, PartialEq)]
enum Pattern {
    Text(String),
    /// One of these ranges of characters, or none of them.
    Class(Vec<(char, char)>, bool),
}

/// The arguments of `.replace()`.
#[derive(Debug, PartialEq)]
pub struct Replacement {
    pattern: Pattern,
    with: String,
    /// A pattern with the flag `g`.
    global: bool,
}

impl Replacement {
    /// The text with every match replaced, or with the first alone; `None` where it grows beyond
    /// `room` bytes.
    pub fn of(&self, text: &str, all: bool, room: usize) -> Option<String> {
        let mut left = if all || self.global { usize::MAX } else { 1 };
        let out = match &self.pattern {
            Pattern::Text(pattern) => {
                let many = text.matches(pattern.as_str()).count().min(left);
                let longer = self.with.len().saturating_sub(pattern.len());
                if text.len() + longer.saturating_mul(many) > room {
                    return None;
                }
                text.replacen(pattern.as_str(), &self.with, left)
            }
            Pattern::Class(ranges, none) => {
                let mut out = String::with_capacity(text.len());
                for c in text.chars() {
                    let within = ranges.iter().any(|(from, to)| (*from..=*to).contains(&c));
                    if within != *none && left > 0 {
                        left -= 1;
                        out.push_str(&self.with);
                    } else {
                        out.push(c);
                    }
                    if out.len() > room {
                        return None;
                    }
                }
                out
            }
        };
        Some(out)
    }
}

/// Reads `(/x/g, "")` or `("x", "")` up to the last quote. Of regular expressions those are read
/// that are a text or one class of characters.
pub fn replacement(rest: &str) -> Option<(Replacement, usize)> {
    let inner = rest.strip_prefix('(')?.trim_start();
    let (pattern, global, behind) = match inner.strip_prefix('/') {
        Some(expression) => {
            let close = unescaped(expression, '/')?;
            let pattern = pattern(&expression[..close])?;
            let behind = &expression[close + 1..];
            let flags = behind.len()
                - behind
                    .trim_start_matches(|c: char| c.is_ascii_lowercase())
                    .len();
            (pattern, behind[..flags].contains('g'), &behind[flags..])
        }
        None => {
            let (text, behind) = literal(inner)?;
            (Pattern::Text(text.to_owned()), false, behind)
        }
    };
    let (with, behind) = literal(behind.trim_start().strip_prefix(',')?.trim_start())?;
    let empty = matches!(&pattern, Pattern::Text(text) if text.is_empty());
    // `$1` and its kin stand for what was found.
    (!empty && !with.contains('$')).then(|| {
        let replacement = Replacement {
            pattern,
            with: with.to_owned(),
            global,
        };
        (replacement, rest.len() - behind.len())
    })
}

/// A short literal without escapes, and what stands behind it.
fn literal(text: &str) -> Option<(&str, &str)> {
    let quote = text
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let near = &text.as_bytes()[1..text.len().min(MAX_PATTERN + 2)];
    let close = memchr::memchr(quote as u8, near)?;
    let inner = &text[1..=close];
    (!inner.contains('\\')).then_some((inner, &text[close + 2..]))
}

/// The text of `("…")`, a short literal, and the length of it all.
pub fn literal_call(rest: &str) -> Option<(&str, usize)> {
    let (text, behind) = literal(rest.strip_prefix('(')?.trim_start())?;
    let behind = behind.trim_start().strip_prefix(')')?;
    Some((text, rest.len() - behind.len()))
}

/// Where the next `end` stands that no backslash escapes.
fn unescaped(text: &str, end: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().take(MAX_PATTERN) {
        if c == end && !escaped {
            return Some(at);
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

fn pattern(expression: &str) -> Option<Pattern> {
    let one = expression.strip_suffix(['+', '*']).unwrap_or(expression);
    if let Some(class) = one
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        let (none, class) = match class.strip_prefix('^') {
            Some(class) => (true, class),
            None => (false, class),
        };
        return Some(Pattern::Class(members(class)?, none));
    }
    match one {
        r"\D" => return Some(Pattern::Class(vec![('0', '9')], true)),
        r"\s" => return Some(Pattern::Class(members(r"\s")?, false)),
        r"\W" => return Some(Pattern::Class(members(r"\w")?, true)),
        _ => {}
    }
    let mut text = String::new();
    let mut chars = expression.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next().filter(|c| !c.is_alphanumeric())?),
            '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => {
                // A repeated character is as good as the class of it.
                let single = text.chars().count() == 1 && chars.as_str().is_empty();
                let found = text.chars().next().filter(|_| c == '+' && single)?;
                return Some(Pattern::Class(vec![(found, found)], false));
            }
            c => text.push(c),
        }
    }
    Some(Pattern::Text(text))
}

/// The ranges of a class of characters.
fn members(class: &str) -> Option<Vec<(char, char)>> {
    let mut ranges = Vec::new();
    let mut chars = class.chars().peekable();
    while let Some(c) = chars.next() {
        let from = match c {
            '\\' => match chars.next()? {
                'd' => {
                    ranges.push(('0', '9'));
                    continue;
                }
                'w' => {
                    ranges.extend([('0', '9'), ('A', 'Z'), ('a', 'z'), ('_', '_')]);
                    continue;
                }
                's' => {
                    ranges.extend([('\t', '\r'), (' ', ' '), ('\u{a0}', '\u{a0}')]);
                    continue;
                }
                other if !other.is_alphanumeric() => other,
                _ => return None,
            },
            c => c,
        };
        let mut ahead = chars.clone();
        let range = ahead.next() == Some('-');
        match ahead.next().filter(|to| range && *to != '\\') {
            Some(to) => {
                ranges.push((from, to));
                chars = ahead;
            }
            None => ranges.push((from, from)),
        }
    }
    Some(ranges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_in_the_standard() {
        let read = |text: &str| base64_call(text).map(|(text, _)| text);
        assert_eq!(read("('Zm9vYmFy')").as_deref(), Some("foobar"));
        assert_eq!(read("( \"Zm9vYg==\")").as_deref(), Some("foob"));
        assert_eq!(read("('Zm9vYg==").as_deref(), None);
        assert_eq!(read("('Zm 9v')").as_deref(), None);
        assert_eq!(base64_call("(\"NDAw\")+1").map(|c| c.1), Some(7));
    }

    #[test]
    fn a_replacement_is_a_text_or_a_class() {
        let done = |call: &str, text: &str| {
            let (replacement, _) = replacement(call)?;
            replacement.of(text, false, 100)
        };
        let out = |call: &str, text: &str, want: &str| {
            assert_eq!(done(call, text).as_deref(), Some(want), "{call}");
        };
        out("(/x/g, '')", "4x0x0", "400");
        out("('x','-')", "4x0x0", "4-0x0");
        out("(/[a-z#]+/g,\"\")", "4ab0#0", "400");
        out(r"(/[^\d-]/g,'')", "4a0 0-8", "400-8");
        out(r"(/\D/g,'')", "4-0 0", "400");
        out(r"(/\*\*/g,'')", "4**0*0", "40*0");
        out("(/z+/g,'')", "4zz0", "40");
        for call in [
            "(/(a|b)/g,'')",
            "(/a/g, f)",
            "('','x')",
            "(/a/,'$1')",
            "(/a",
            "x",
        ] {
            assert_eq!(done(call, "a"), None, "{call}");
        }
        assert_eq!(done("('a','bbbbbbbbbbbbbbbb')", &"a".repeat(99)), None);
        assert_eq!(replacement("(/x/g, 'y').z").map(|found| found.1), Some(10));
    }

    #[test]
    fn a_reversal_is_recognised_whatever_its_quotes() {
        assert_eq!(reversal("('').reverse().join(\"\");"), Some(23));
        assert_eq!(reversal("( '' ) .reverse().join('')"), Some(26));
        assert_eq!(reversal("('-').reverse().join('')"), None);
        assert_eq!(reversal("('').reverse()"), None);
    }
}
