//! Where a few names occur in a text.

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use memchr::memmem;

use super::Brand;

/// Names that are sought one by one; for more an automaton pays.
const MAX_SINGLE: usize = 12;

/// Seeks names in texts. Of names that overlap the leftmost counts, and of those the longest; of
/// equal names the first. Case is folded for Latin letters.
pub struct Finder {
    way: Way,
    /// Some name has Latin letters.
    latin: bool,
}

enum Way {
    Nothing,
    OneByOne(Vec<(memmem::Finder<'static>, usize)>),
    AtOnce(AhoCorasick, Vec<usize>),
}

/// A name in a text by byte range, and the value that belongs to the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    pub start: usize,
    pub end: usize,
    pub value: usize,
}

impl Finder {
    /// Names with a value each; empty ones are left out.
    pub fn new<'a>(names: impl IntoIterator<Item = (&'a str, usize)>) -> Self {
        let names = names.into_iter().filter(|(name, _)| !name.is_empty());
        let names: Vec<(String, usize)> = names.map(|(n, v)| (n.to_ascii_lowercase(), v)).collect();
        let way = match names.len() {
            0 => Way::Nothing,
            1..=MAX_SINGLE => Way::one_by_one(&names),
            _ => Way::at_once(&names),
        };
        let latin = names
            .iter()
            .any(|(n, _)| n.bytes().any(|b| b.is_ascii_lowercase()));
        Finder { way, latin }
    }

    /// All hits in order, without overlap.
    pub fn hits(&self, text: &str) -> Vec<Hit> {
        if matches!(self.way, Way::Nothing) {
            return Vec::new();
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
        self.way.hits(&text)
    }
}

impl Way {
    fn one_by_one(names: &[(String, usize)]) -> Way {
        let finder = |name: &str| memmem::Finder::new(name.as_bytes()).into_owned();
        Way::OneByOne(names.iter().map(|(n, v)| (finder(n), *v)).collect())
    }

    fn at_once(names: &[(String, usize)]) -> Way {
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            // Built for every page: what takes long to build never pays here.
            .kind(Some(AhoCorasickKind::NoncontiguousNFA))
            .prefilter(false)
            .build(names.iter().map(|(name, _)| name));
        match automaton {
            Ok(automaton) => Way::AtOnce(automaton, names.iter().map(|(_, v)| *v).collect()),
            // Building fails only beyond 2^31 states: names of no length come near it.
            Err(_) => Way::Nothing,
        }
    }

    fn hits(&self, text: &str) -> Vec<Hit> {
        match self {
            Way::Nothing => Vec::new(),
            Way::OneByOne(names) => one_by_one(names, text.as_bytes()),
            Way::AtOnce(automaton, values) => automaton
                .find_iter(text)
                .map(|m| Hit {
                    start: m.start(),
                    end: m.end(),
                    value: values[m.pattern().as_usize()],
                })
                .collect(),
        }
    }
}

fn one_by_one(names: &[(memmem::Finder<'static>, usize)], text: &[u8]) -> Vec<Hit> {
    /// Where a name occurs next; past the end where it does not.
    const NOWHERE: usize = usize::MAX;
    let find = |name: usize, from: usize| {
        let found = names[name].0.find(&text[from..]);
        found.map_or(NOWHERE, |i| from + i)
    };
    let mut next = [NOWHERE; MAX_SINGLE];
    let next = &mut next[..names.len()];
    for (name, next) in next.iter_mut().enumerate() {
        *next = find(name, 0);
    }
    let mut out = Vec::new();
    loop {
        let length = |name: usize| names[name].0.needle().len();
        let rank = |name: &usize| (next[*name], std::cmp::Reverse(length(*name)));
        let Some(first) = (0..names.len()).min_by_key(rank) else {
            return out;
        };
        let start = next[first];
        if start == NOWHERE {
            return out;
        }
        let end = start + length(first);
        out.push(Hit {
            start,
            end,
            value: names[first].1,
        });
        for (name, next) in next.iter_mut().enumerate().filter(|(_, n)| **n < end) {
            *next = find(name, end);
        }
    }
}

/// The occurrences of brands in texts of one line each: which text, and which brand.
pub fn occurrences<'a>(
    brands: &[Brand],
    texts: impl Iterator<Item = &'a str> + Clone,
) -> Vec<(usize, usize)> {
    let named = brands.iter().enumerate();
    let finder = Finder::new(named.flat_map(|(index, brand)| {
        let forms = brand.aliases.iter().chain([&brand.brand]);
        forms.map(move |form| (form.as_str(), index))
    }));
    // One search of all lines: no name holds a line break.
    let room = texts.clone().map(|text| text.len() + 1).sum();
    let (mut joined, mut ends) = (String::with_capacity(room), Vec::new());
    for text in texts {
        joined.push_str(text);
        joined.push('\n');
        ends.push(joined.len());
    }
    let mut line = 0;
    let place = |hit: Hit| {
        while ends[line] <= hit.start {
            line += 1;
        }
        (line, hit.value)
    };
    finder.hits(&joined).into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::Way;

    proptest::proptest! {
        #[test]
        fn both_ways_find_the_same(
            names in proptest::collection::vec("[ab洛森]{1,4}", 1..8),
            text in "[ab洛森\n]{0,60}",
        ) {
            let names: Vec<(String, usize)> = names.into_iter().zip(0..).collect();
            let both = [Way::one_by_one(&names), Way::at_once(&names)];
            proptest::prop_assert_eq!(both[0].hits(&text), both[1].hits(&text));
        }
    }
}
