//! The words that stand before and behind digits, as shipped in `data/`.

use std::ops::Range;
use std::sync::LazyLock;

use crate::extract::dictionary::Dictionary;
use crate::extract::fold::{lower_case, simple};

use super::context::{After, Label};

/// Words with a class each, for texts in simplified characters and letters of any case.
pub struct Words<T> {
    /// Simplified and in lower case; indices of `classes`.
    dictionary: Dictionary,
    classes: Vec<T>,
}

impl<T: Copy> Words<T> {
    fn new(
        file: &'static str,
        class: impl Fn(&str) -> Option<T>,
        more: impl Iterator<Item = (&'static str, T)>,
    ) -> Self {
        let words = file
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('\t'))
            .filter_map(|(word, name)| Some((word, class(name)?)))
            .chain(more)
            .map(|(word, class)| (simple(word).to_ascii_lowercase(), class));
        let (words, classes): (Vec<String>, Vec<T>) = words.unzip();
        let indexed = words.iter().map(String::as_str).zip(0..);
        Words {
            dictionary: Dictionary::new(indexed),
            classes,
        }
    }

    /// The longest word that the text starts with: its length in bytes and its class.
    pub fn first(&self, text: &str) -> Option<(usize, T)> {
        let mut room = String::new();
        let (len, index) = self.dictionary.longest(lower_case(text, &mut room))?;
        Some((len, self.classes[index as usize]))
    }

    /// Hands on the words of a text from left to right, the longest where several start, none
    /// inside of another.
    pub fn each(&self, text: &str, mut found: impl FnMut(Range<usize>, T)) {
        let mut room = String::new();
        let text = lower_case(text, &mut room);
        let mut at = 0;
        while let Some(c) = text[at..].chars().next() {
            let word = self.dictionary.longest(&text[at..]);
            let start = at;
            at += word.map_or(c.len_utf8(), |(len, _)| len);
            if let Some((_, index)) = word {
                found(start..at, self.classes[index as usize]);
            }
        }
    }
}

pub static LABELS: LazyLock<Words<Label>> = LazyLock::new(|| {
    Words::new(
        include_str!("../data/number-labels.tsv"),
        |name| {
            Some(match name {
                "phone" => Label::Phone,
                "service" => Label::Service,
                "company" => Label::Company,
                "house" => Label::House,
                "id" => Label::Id,
                "count" => Label::Count,
                _ => return None,
            })
        },
        std::iter::empty(),
    )
});

pub static UNITS: LazyLock<Words<After>> = LazyLock::new(|| {
    Words::new(
        include_str!("../data/number-units.tsv"),
        |name| {
            Some(match name {
                "unit" => After::Unit,
                "small" => After::Small,
                "phone" => After::Phone,
                "open" => After::Open,
                _ => return None,
            })
        },
        // `…1032米家`, `…1032万和`: brands that start like a unit.
        include_str!("../data/brands.txt")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split('\t').next())
            .filter(|brand| brand.chars().count() > 1)
            .map(|brand| (brand, After::Open)),
    )
});

#[cfg(test)]
mod tests {
    use aho_corasick::{AhoCorasick, MatchKind};

    use super::*;

    proptest::proptest! {
        /// Agrees with an automaton.
        #[test]
        fn words_are_found_from_left_to_right(
            list in proptest::collection::vec("[aQ电话号]{1,4}", 1..12),
            text in "[aAqQ电话号。]{0,24}",
        ) {
            let automaton = AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(MatchKind::LeftmostLongest)
                .build(&list)
                .unwrap();
            let expected: Vec<_> = automaton.find_iter(&text).map(|m| m.range()).collect();
            let more = list.iter().map(|w| (w.clone().leak() as &'static str, ()));
            let words = Words::new("", |_| None, more);
            let mut found = Vec::new();
            words.each(&text, |range, ()| found.push(range));
            proptest::prop_assert_eq!(&found, &expected);
            let first = expected.first().filter(|range| range.start == 0);
            proptest::prop_assert_eq!(words.first(&text).map(|(len, ())| len), first.map(|r| r.end));
        }
    }
}
