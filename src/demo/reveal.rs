//! Reads a page's source back to bare digits, independently of `extract`: the check that what
//! the truth says is really on the page.

use unicode_normalization::UnicodeNormalization;

/// All digits of the source, in order, with markup, disguises and separators gone; anything
/// else is a space. Values of `tel:` links and joined script strings are read too.
pub fn digits(source: &str) -> String {
    let text = references(&tags(source));
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(|c| std::iter::once(c).nfkc()) {
        match c {
            '0'..='9' => out.push(c),
            '零' | '〇' | 'O' => out.push('0'),
            '一' | '幺' | 'l' | 'I' => out.push('1'),
            '二' => out.push('2'),
            '三' => out.push('3'),
            '四' => out.push('4'),
            '五' => out.push('5'),
            '六' => out.push('6'),
            '七' => out.push('7'),
            '八' => out.push('8'),
            '九' => out.push('9'),
            '-' | '—' | '.' | '/' | '_' | '~' | '·' | ' ' | '"' | '+' => {}
            '\u{200b}' | '\u{200c}' | '\u{feff}' | '\u{2060}' => {}
            _ => out.push('x'),
        }
    }
    out
}

/// Drops tags and comments; keeps the text of scripts and what follows `tel:`.
fn tags(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let end = if after.starts_with("!--") { "-->" } else { ">" };
        let (tag, tail) = after.split_once(end).unwrap_or((after, ""));
        for mark in ["tel:", "data-tel=", "call("] {
            if let Some((_, value)) = tag.split_once(mark) {
                out.push('x');
                out.push_str(value);
                out.push('x');
            }
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn references(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("&#") {
        out.push_str(before);
        let Some((code, tail)) = after.split_once(';') else {
            out.push_str(after);
            return out;
        };
        let value = match code.strip_prefix('x') {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => code.parse(),
        };
        out.extend(value.ok().and_then(char::from_u32));
        rest = tail;
    }
    out.push_str(rest);
    out
}
