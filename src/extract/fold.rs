//! Text as the word lists are written: Latin letters in lower case, Chinese characters simplified.
//! Byte for byte as long as the original, so that places in one are places in the other.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::dictionary::entries;

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

/// The character has a simplified form.
#[inline]
pub fn is_traditional(c: char) -> bool {
    simplified(c).is_some()
}

/// A name in simplified characters, its letters as they are; `None` where it is so already. 乾 is
/// a character of simplified names too.
pub fn in_simplified(name: &str) -> Option<String> {
    let simple = |c: char| simplified(c).filter(|_| c != '乾');
    name.chars()
        .any(|c| simple(c).is_some())
        .then(|| name.chars().map(|c| simple(c).unwrap_or(c)).collect())
}

/// The text in simplified characters, its letters as they are.
pub fn simple(text: &str) -> Cow<'_, str> {
    match text.chars().any(is_traditional) {
        true => text.chars().map(|c| simplified(c).unwrap_or(c)).collect(),
        false => Cow::Borrowed(text),
    }
}

/// The text in the form of the lists: itself where it is so already, otherwise written to `out`.
pub fn fold<'a>(text: &'a str, out: &'a mut String) -> &'a str {
    // A fold without a way out: the compiler does many bytes at once.
    let upper = text
        .bytes()
        .fold(false, |any, b| any | b.is_ascii_uppercase());
    if !upper && !text.chars().any(is_traditional) {
        return text;
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
