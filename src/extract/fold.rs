//! Text as the word lists are written: Latin letters in lower case, Chinese characters simplified.
//! Byte for byte as long as the original, so that places in one are places in the other.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::dictionary::entries;
use super::region::head;

/// Simplified forms by the low bits of a character; 0 where it has none. Traditional characters
/// of the lists all lie between these two.
static SIMPLE: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut simple = vec![0; LAST as usize - FIRST as usize + 1];
    for pair in entries(include_str!("data/traditional.txt")).flat_map(|l| l.split(' ')) {
        let mut chars = pair.chars();
        if let (Some(from), Some(to)) = (chars.next(), chars.next())
            && (FIRST..=LAST).contains(&from)
        {
            // Simplified characters of three bytes lie below 2^16.
            simple[from as usize - FIRST as usize] = to as u16;
        }
    }
    simple
});

const FIRST: char = '\u{4e00}';
const LAST: char = '\u{9fff}';

/// The simplified form of a character that has one in the list.
fn simplified(c: char) -> Option<char> {
    let index = (c as usize).checked_sub(FIRST as usize)?;
    let simple = *SIMPLE.get(index)?;
    char::from_u32(u32::from(simple)).filter(|_| simple != 0)
}

/// One bit for each character from [`FIRST`] to [`LAST`]: it has a simplified form. Small enough
/// to stay in the nearest cache.
static TRADITIONAL: LazyLock<[u64; BITS]> = LazyLock::new(|| {
    let mut bits = [0; BITS];
    for (code, _) in SIMPLE
        .iter()
        .enumerate()
        .filter(|(_, simple)| **simple != 0)
    {
        bits[code / 64] |= 1 << (code % 64);
    }
    bits
});

const BITS: usize = (LAST as usize - FIRST as usize) / 64 + 1;

#[inline]
fn has(bits: &[u64; BITS], code: usize) -> bool {
    bits.get(code / 64)
        .is_some_and(|word| word >> (code % 64) & 1 == 1)
}

/// Does a character of the text have a simplified form? Asked of every line: the bytes that begin
/// one of [`FIRST`] to [`LAST`] are looked for without decoding the others.
pub fn holds_traditional(text: &str) -> bool {
    let bits = &*TRADITIONAL;
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if let (0xe4..=0xe9, [second, third, tail @ ..]) = (first, tail) {
            let code = usize::from(first & 0x0f) << 12
                | usize::from(second & 0x3f) << 6
                | usize::from(third & 0x3f);
            if has(bits, code.wrapping_sub(FIRST as usize)) {
                return true;
            }
            rest = tail;
        }
    }
    false
}

/// A name in simplified characters, its letters as they are; `None` where it is so already. 乾 is
/// a character of simplified names too.
pub fn in_simplified(name: &str) -> Option<String> {
    let simple = |c: char| simplified(c).filter(|_| c != '乾');
    name.chars()
        .any(|c| simple(c).is_some())
        .then(|| name.chars().map(|c| simple(c).unwrap_or(c)).collect())
}

/// The text in simplified characters, its letters as they are. 參 stays, which is a numeral too.
pub fn simple(text: &str) -> Cow<'_, str> {
    let simple = |c: char| simplified(c).filter(|_| c != '參').unwrap_or(c);
    match holds_traditional(text) {
        true => text.chars().map(simple).collect(),
        false => Cow::Borrowed(text),
    }
}

/// The same for a line of a page: one in traditional characters shows it in its first words.
pub fn simple_line(text: &str) -> Cow<'_, str> {
    const SHOWN: usize = 48;
    match holds_traditional(head(text, SHOWN)) {
        true => simple(text),
        false => Cow::Borrowed(text),
    }
}

/// From an ASCII character to its full-width form.
const WIDE: i32 = 0xfee0;

/// The ASCII character of a full-width letter or digit.
pub fn narrow(c: char) -> char {
    match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => moved(c, -WIDE),
        c => c,
    }
}

/// The text with its ASCII letters and digits in full width.
pub fn wide(text: &str) -> String {
    let wide = |c: char| match c.is_ascii_alphanumeric() {
        true => moved(c, WIDE),
        false => c,
    };
    text.chars().map(wide).collect()
}

fn moved(c: char, by: i32) -> char {
    let code = (c as u32).checked_add_signed(by);
    code.and_then(char::from_u32).unwrap_or(c)
}

/// The text with its Latin letters in lower case: itself where it is so already, otherwise written
/// to `out`.
pub fn lower_case<'a>(text: &'a str, out: &'a mut String) -> &'a str {
    if !holds_capitals(text) {
        return text;
    }
    out.clear();
    out.push_str(text);
    out.make_ascii_lowercase();
    out
}

fn holds_capitals(text: &str) -> bool {
    // A fold without a way out: the compiler does many bytes at once.
    let bytes = text.bytes();
    bytes.fold(false, |any, b| any | b.is_ascii_uppercase())
}

/// The text in the form of the lists: itself where it is so already, otherwise written to `out`.
pub fn fold<'a>(text: &'a str, out: &'a mut String) -> &'a str {
    if !holds_traditional(text) {
        return lower_case(text, out);
    }
    out.clear();
    out.extend(text.chars().map(|c| match c {
        '\0'..='\u{7f}' => c.to_ascii_lowercase(),
        c => simplified(c).unwrap_or(c),
    }));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_letters_and_digits_are_ascii_ones() {
        let text = "０９ＡＺａｚ";
        assert_eq!(text.chars().map(narrow).collect::<String>(), "09AZaz");
        assert_eq!(wide("09AZaz-洛"), "０９ＡＺａｚ-洛");
        assert_eq!(narrow('，'), '，');
    }

    #[test]
    fn folded_text_keeps_its_places() {
        let mut out = String::new();
        assert_eq!(fold("LG電視售後", &mut out), "lg电视售后");
        assert_eq!(fold("洛森空调", &mut out), "洛森空调");
        let list = entries(include_str!("data/traditional.txt"));
        for pair in list.flat_map(|l| l.split(' ')) {
            let chars: Vec<char> = pair.chars().collect();
            assert_eq!(
                (chars.len(), chars[0].len_utf8(), chars[1].len_utf8()),
                (2, 3, 3),
                "{pair}"
            );
            assert_eq!(simplified(chars[0]), Some(chars[1]), "{pair}");
            assert_eq!(simplified(chars[1]), None, "{pair}: simplified twice");
        }
    }
}
