//! Strings that scripts hide: turned round, in Base64, and as lists of character codes.

use super::joined::Joined;

/// Characters of Base64 that are decoded at most.
const MAX_BASE64: usize = 4096;

/// Bytes of a call's codes that are read.
const MAX_CODES: usize = 4096;

/// Codes that a list has at least: a local number has seven digits.
const MIN_CODES: usize = 7;

/// The length of `("").reverse().join("")` that `rest` begins with; either quotes, spaces anywhere.
pub fn reversal(rest: &str) -> Option<usize> {
    let mut pattern = "(qq).reverse().join(qq)".chars().peekable();
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

/// The text of `("NDAw…")`, and its length up to the closing quote.
pub fn base64_call(rest: &str) -> Option<(String, usize)> {
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
pub fn codes(elements: &[Joined]) -> Option<String> {
    if elements.len() < MIN_CODES {
        return None;
    }
    let code = |element: &Joined| {
        let text = element.text.as_str();
        let code = match text.strip_prefix("0x") {
            Some(hex) => u8::from_str_radix(hex, 16),
            None => text.parse(),
        };
        code.ok()
            .filter(|c| matches!(c, b' '..=b'~'))
            .map(char::from)
    };
    elements.iter().map(code).collect()
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
    fn a_reversal_is_recognised_whatever_its_quotes() {
        assert_eq!(reversal("('').reverse().join(\"\");"), Some(23));
        assert_eq!(reversal("( '' ) .reverse().join('')"), Some(26));
        assert_eq!(reversal("('-').reverse().join('')"), None);
        assert_eq!(reversal("('').reverse()"), None);
    }
}
