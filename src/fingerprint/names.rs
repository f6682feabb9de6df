//! Where the brands and products of a page occur in its lines.
//!
//! Gives what [`crate::extract::brand::finder::Finder`] gives. That one is made for long texts
//! with few hits; this one for many short stretches in which names are frequent: each character
//! costs a look into a table of 8 KB, whatever the number of names.

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
    /// Some name has Latin letters.
    latin: bool,
}

struct Name<'n> {
    lower: Cow<'n, str>,
    value: usize,
    /// The next name with the same slot, no longer than this.
    next: u16,
}

/// A name in a text by byte range, and the value that belongs to the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    pub start: usize,
    pub end: usize,
    pub value: usize,
}

impl<'n> Names<'n> {
    /// Names with a value each. Those of less than two bytes are left out, and what goes beyond
    /// 65,535 different names.
    pub fn new(names: impl Iterator<Item = (&'n str, usize)>) -> Self {
        let mut all = Names {
            names: Vec::new(),
            first: Box::new([END; SLOTS]),
            latin: false,
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
        let Some(slot) = slot(lower.as_bytes()) else {
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
        self.latin |= lower.bytes().any(|b| b.is_ascii_lowercase());
        self.names.push(Name { lower, value, next });
    }

    /// Hands on all hits in order, without overlap.
    pub fn each(&self, text: &str, mut hit: impl FnMut(Hit)) {
        if self.names.is_empty() {
            return;
        }
        // Looks at every byte, which vectorises; stopping at the first would not.
        let capitals = self.latin
            && text
                .bytes()
                .fold(false, |any, b| any | b.is_ascii_uppercase());
        let text = match capitals {
            true => Cow::Owned(text.to_ascii_lowercase()),
            false => Cow::Borrowed(text),
        };
        let text = text.as_bytes();
        let mut at = 0;
        while let Some(slot) = slot(&text[at..]) {
            let mut next = self.first[slot];
            // No name begins inside a character, and most have three bytes.
            let mut step = if text[at] >= 0xe0 { 3 } else { 1 };
            while let Some(name) = self.names.get(usize::from(next)) {
                if text[at..].starts_with(name.lower.as_bytes()) {
                    step = name.lower.len();
                    hit(Hit {
                        start: at,
                        end: at + step,
                        value: name.value,
                    });
                    break;
                }
                next = name.next;
            }
            at += step;
        }
    }
}

/// A slot by the first character of a text; `None` for less than two bytes, and less than three
/// that begin like a Chinese character.
fn slot(text: &[u8]) -> Option<usize> {
    let [a, b, ..] = *text else { return None };
    let low = |byte: u8| usize::from(byte & 63);
    if a < 0xe0 {
        return Some(usize::from(a) << 5 & (SLOTS - 1) ^ low(b));
    }
    let c = *text.get(2)?;
    Some(low(b) << 6 ^ low(c) ^ usize::from(a & 15) << 8)
}

#[cfg(test)]
mod tests {
    use super::{Hit, Names};
    use crate::extract::brand::finder::Finder;

    proptest::proptest! {
        #[test]
        fn names_are_found_as_the_finder_finds_them(
            names in proptest::collection::vec("[abA洛森落 ]{2,4}", 0..20),
            text in "[abAB洛森落⟨\n ]{0,80}",
        ) {
            let names = || names.iter().map(String::as_str).zip(0..);
            let wanted = Finder::new(names()).hits(&text).into_iter();
            let wanted: Vec<Hit> = wanted
                .map(|h| Hit { start: h.start, end: h.end, value: h.value })
                .collect();
            let mut found = Vec::new();
            Names::new(names()).each(&text, |hit| found.push(hit));
            proptest::prop_assert_eq!(found, wanted);
        }
    }
}
