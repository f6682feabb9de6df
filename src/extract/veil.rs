//! Characters that nobody sees, put between those of names and words: `洛<U+200B>森空调`.

use super::window;

/// May the text hold one? Answers by bytes: those that nearly all other characters have not.
pub fn may_veil(text: &str) -> bool {
    window::any(text, |a, b, c| {
        let two = ((a == 0xc2) & (b == 0xad))
            | ((a == 0xcd) & (b == 0x8f))
            | ((a == 0xd8) & (b == 0x9c))
            | ((a == 0xe1) & ((b == 0x85) | (b == 0xa0)))
            | ((a == 0xef) & ((b == 0xb8) | (b == 0xbb)));
        let (near, far) = ((0x8b..=0x8f).contains(&c), (0xa0..=0xa4).contains(&c));
        two | ((a == 0xe2) & (((b == 0x80) & near) | ((b == 0x81) & far)))
    })
}

/// Takes no room and turns nothing.
pub fn is_veil(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2060}'..='\u{2064}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
    )
}

/// Digits of a telephone number at least: `24` and `400` are words.
const LEAST: usize = 5;

/// Digits up to the next letter; `None` where that comes first.
fn digits(chars: impl Iterator<Item = char>) -> Option<usize> {
    const NEAR: usize = 32;
    let mut near = chars
        .take(NEAR)
        .take_while(|c| !c.is_alphabetic())
        .peekable();
    near.peek()?;
    Some(near.filter(|c| c.is_numeric()).count())
}

/// The text without them, and where each stood in it, in order; `None` where it has none.
pub fn unveiled(text: &str) -> Option<(String, Vec<usize>)> {
    take_out(text, false)
}

/// Likewise, but they stay within numbers: there they are part of how these are written.
pub fn unveiled_words(text: &str) -> Option<(String, Vec<usize>)> {
    take_out(text, true)
}

fn take_out(text: &str, but_numbers: bool) -> Option<(String, Vec<usize>)> {
    if !text.contains(is_veil) {
        return None;
    }
    let (mut plain, mut gone) = (String::with_capacity(text.len()), Vec::new());
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        if !is_veil(c) {
            plain.push(c);
            continue;
        }
        // A row of them is judged as one.
        let mut row = vec![at];
        while let Some((at, _)) = rest.next_if(|(_, c)| is_veil(*c)) {
            row.push(at);
        }
        let within_number = || {
            let before = digits(plain.chars().rev());
            let after = digits(rest.clone().map(|(_, c)| c));
            before.zip(after).is_some_and(|(a, b)| a + b >= LEAST)
        };
        if but_numbers && within_number() {
            plain.push_str(&text[at..rest.peek().map_or(text.len(), |(at, _)| *at)]);
            continue;
        }
        gone.extend(row);
        // Two spaces that nothing parts any more are one.
        if plain.is_empty() || plain.ends_with(' ') {
            gone.extend(rest.next_if(|(_, c)| *c == ' ').map(|(at, _)| at));
        }
    }
    (!gone.is_empty()).then_some((plain, gone))
}

/// Leads from places in a text without such characters to those in the text, in order.
pub struct Unshift<'t> {
    text: &'t str,
    gone: &'t [usize],
    shift: usize,
}

impl<'t> Unshift<'t> {
    pub fn new(text: &'t str, gone: &'t [usize]) -> Self {
        Unshift {
            text,
            gone,
            shift: 0,
        }
    }

    /// The character at byte `at`.
    pub fn start(&mut self, at: usize) -> usize {
        self.pass(at + 1);
        at + self.shift
    }

    /// The end of the character before byte `at`.
    pub fn end(&mut self, at: usize) -> usize {
        self.pass(at);
        at + self.shift
    }

    /// Passes over those that stood before byte `before`.
    fn pass(&mut self, before: usize) {
        while let [from, rest @ ..] = self.gone
            && from - self.shift < before
        {
            let own = self.text[*from..].chars().next();
            self.shift += own.map_or(0, char::len_utf8);
            self.gone = rest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_taken_out_but_within_numbers() {
        let (plain, gone) = unveiled_words("洛\u{200b}森\u{ad}\u{feff}空调 4\u{200b}0076").unwrap();
        assert_eq!(plain, "洛森空调 4\u{200b}0076");
        assert_eq!(gone, [3, 9, 11]);
        let (plain, _) = unveiled_words("\u{200b} 洛 \u{200b} 森").unwrap();
        assert_eq!(plain, "洛 森");
        let (plain, _) = unveiled_words("24\u{200b}小\u{200b}时").unwrap();
        assert_eq!(plain, "24小时");
        assert_eq!(unveiled_words("4\u{200b}00-7651"), None);
        assert_eq!(unveiled_words("“洛森”—空调"), None);
        assert_eq!(unveiled("4\u{200b}00-7651").unwrap().0, "400-7651");
    }

    proptest::proptest! {
        #[test]
        fn none_is_overlooked(text in "[a0洛“—\u{ad}\u{34f}\u{61c}\u{115f}\u{180b}\u{180e}\u{200b}\u{200f}\u{2060}\u{2064}\u{fe00}\u{fe0f}\u{feff}]{0,8}") {
            proptest::prop_assert!(may_veil(&text) || !text.contains(is_veil));
        }
    }
}
