//! White space and limits of texts.

use std::borrow::Cow;

/// Without white space there is nothing to fold. Answers by bytes: those that white space of
/// all scripts begins with, but for 。、《》 and the like, which share one with U+3000.
pub fn may_hold_space(text: &str) -> bool {
    let (mut any, mut wide) = (false, false);
    for byte in text.bytes() {
        any |= byte <= b' ' || matches!(byte, 0xc2 | 0xe1 | 0xe2);
        wide |= byte == 0xe3;
    }
    any || (wide && text.contains('\u{3000}'))
}

/// Values without a digit or a non-ASCII character hold neither numbers nor names.
pub fn worth_keeping(value: &str) -> bool {
    value.bytes().any(|b| b.is_ascii_digit() || b >= 0x80)
}

/// White space folded to single spaces, none at the ends.
pub fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Shows what follows from right to left, up to what ends it or to the end of the text.
const TURNS: char = '\u{202e}';
const ENDS: char = '\u{202c}';

/// May the text be shown otherwise than it stands there?
pub fn may_turn(text: &str) -> bool {
    text.contains(TURNS)
}

/// The text in the order in which it is shown (the right-to-left override of the Unicode
/// Bidirectional Algorithm, UAX #9; what else turns text is left alone), and the byte from which on
/// it differs. `None` where it stands as it is shown.
pub fn as_shown(text: &str) -> Option<(String, usize)> {
    let mut parts = text.split(TURNS);
    let mut shown = parts.next().unwrap_or_default().to_owned();
    let from = shown.len();
    if from == text.len() {
        return None;
    }
    for part in parts {
        let (turned, rest) = part.split_once(ENDS).unwrap_or((part, ""));
        shown.extend(turned.chars().rev());
        shown.push_str(rest);
    }
    Some((shown, from))
}

/// At most `bytes` bytes of the text, cut between characters.
pub fn clip(text: &str, bytes: usize) -> Cow<'_, str> {
    Cow::Borrowed(&text[..text.floor_char_boundary(bytes)])
}
