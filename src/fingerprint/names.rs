//! Where the brands and products of a page occur in its lines.
//!
//! Gives what [`crate::extract::brand::finder::Finder`] gives. That one is made for long texts
//! with few hits; this one for many short stretches in which names are frequent: each character
//! costs a look into a table of 8 KB, whatever the number of names. White space is passed over.

use std::borrow::Cow;

/// Where chains of names begin, by the first character.
const SLOTS: usize = 4096;
/// No name follows.
const END: u16 = u16::MAX;

/// Names to be sought. Of names that overlap the leftmost counts, and of those the longest; of
/// equal names the first. Case is folded for Latin letters.
pub struct Names<'n> {
    names: Vec<Name<'n>>,
    first: Box<[u16; SLOTS]>,
}

struct Name<'n> {
    lower: Cow<'n, str>,
    value: usize,
    /// The next name with the same slot, no longer than this.
    next: u16,
}

impl<'n> Names<'n> {
    /// Names with a value each. Those of less than two bytes are left out, and what goes beyond
    /// 65,535 different names.
    pub fn new(names: impl Iterator<Item = (&'n str, usize)>) -> Self {
        let mut all = Names {
            names: Vec::new(),
            first: Box::new([END; SLOTS]),
        };
        for (name, value) in names {
            all.insert(name, value);
        }
        all
    }

    fn insert(&mut self, name: &'n str, value: usize) {
        let lower = match name.bytes().any(|b| b.is_ascii_uppercase()) {
            true => Cow::Owned(name.to_ascii_lowercase()),
            false => Cow::Borrowed(name),
        };
        let Some((slot, _)) = slot(lower.as_bytes()).filter(|_| lower.len() > 1) else {
            return;
        };
        let (mut before, mut next) = (None, self.first[slot]);
        while let Some(other) = self.names.get(usize::from(next))
            && other.lower.len() >= lower.len()
        {
            // Products are those of every brand of the page.
            if other.lower == lower {
                return;
            }
            (before, next) = (Some(usize::from(next)), other.next);
        }
        if self.names.len() >= usize::from(END) {
            return;
        }
        let own = self.names.len() as u16;
        match before {
            Some(before) => self.names[before].next = own,
            None => self.first[slot] = own,
        }
        self.names.push(Name { lower, value, next });
    }

    /// The name that a text, not empty, begins with: how many bytes of the text it takes, white
    /// space inside included, and its value. Where there is none, how many bytes can be skipped.
    pub fn at(&self, text: &[u8]) -> Result<(usize, usize), usize> {
        let Some((slot, width)) = slot(text) else {
            return Err(text.len());
        };
        let mut next = self.first[slot];
        while let Some(name) = self.names.get(usize::from(next)) {
            if let Some(taken) = taken(text, name.lower.as_bytes()) {
                return Ok((taken, name.value));
            }
            next = name.next;
        }
        Err(width)
    }
}

/// How many bytes of a text a name takes that it begins with.
fn taken(text: &[u8], name: &[u8]) -> Option<usize> {
    let mut at = 0;
    for wanted in name {
        while *text.get(at)? == b' ' && at > 0 {
            at += 1;
        }
        if text[at].to_ascii_lowercase() != *wanted {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// The slot of a text's first character and how many bytes can be skipped with it; `None` where
/// the text ends before the character does.
fn slot(text: &[u8]) -> Option<(usize, usize)> {
    let low = |byte: u8| usize::from(byte & 63);
    match *text {
        // No name begins inside a character, and most have three bytes.
        [a @ 0xe0..=0xff, b, c, ..] => Some((low(b) << 6 ^ low(c) ^ usize::from(a & 15) << 8, 3)),
        [a @ 0..=0x7f, ..] => Some((usize::from(a.to_ascii_lowercase()), 1)),
        [a, b, ..] => Some((usize::from(a) << 5 & (SLOTS - 1) ^ low(b), 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Names;
    use crate::extract::brand::finder::Finder;

    fn hits(names: &Names<'_>, text: &str) -> Vec<(usize, usize, usize)> {
        let (mut found, mut at) = (Vec::new(), 0);
        while at < text.len() {
            match names.at(&text.as_bytes()[at..]) {
                Ok((taken, value)) => {
                    found.push((at, at + taken, value));
                    at += taken;
                }
                Err(skip) => at += skip,
            }
        }
        found
    }

    proptest::proptest! {
        #[test]
        fn names_are_found_as_the_finder_finds_them(
            names in proptest::collection::vec("[abA洛森落é]{2,4}", 0..20),
            text in "[abAB洛森落é⟨\n]{0,80}",
        ) {
            let list = || names.iter().map(String::as_str).zip(0..);
            let wanted = Finder::new(list()).hits(&text).into_iter();
            let wanted: Vec<_> = wanted.map(|h| (h.start, h.end, h.value)).collect();
            proptest::prop_assert_eq!(hits(&Names::new(list()), &text), wanted);
        }

        #[test]
        fn white_space_is_passed_over(
            names in proptest::collection::vec("[abA洛森落é]{2,4}", 0..20),
            text in "[abAB洛森落é ]{0,80}",
        ) {
            let names = Names::new(names.iter().map(String::as_str).zip(0..));
            let part = |(from, to, value): (usize, usize, usize)| (text[from..to].replace(' ', ""), value);
            let bare = text.replace(' ', "");
            let wanted: Vec<_> = hits(&names, &bare).into_iter().map(|(from, to, v)| (bare[from..to].to_owned(), v)).collect();
            let found: Vec<_> = hits(&names, &text).into_iter().map(part).collect();
            proptest::prop_assert_eq!(found, wanted);
        }
    }
}
