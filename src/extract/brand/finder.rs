//! Where the brands of a page occur in its lines.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use memchr::memmem;

use super::Brand;

/// Patterns that are sought one by one; for more an automaton pays.
const MAX_SINGLE: usize = 12;

/// The occurrences of brands in texts of one line each: which text, and which brand. Of names that
/// overlap the leftmost counts, and of those the longest. Case is folded for Latin letters.
pub fn occurrences<'a>(
    brands: &[Brand],
    texts: impl Iterator<Item = &'a str>,
) -> Vec<(usize, usize)> {
    let mut patterns = Vec::new();
    for (index, brand) in brands.iter().enumerate() {
        for form in brand.aliases.iter().chain([&brand.brand]) {
            if !form.is_empty() {
                patterns.push((form.to_ascii_lowercase(), index));
            }
        }
    }
    if patterns.is_empty() {
        return Vec::new();
    }
    // One search of all lines: no name holds a line break.
    let (mut joined, mut ends) = (String::new(), Vec::new());
    for text in texts {
        joined.push_str(text);
        joined.push('\n');
        ends.push(joined.len());
    }
    joined.make_ascii_lowercase();
    let starts = if patterns.len() <= MAX_SINGLE {
        one_by_one(&patterns, &joined)
    } else {
        at_once(&patterns, &joined)
    };
    let mut line = 0;
    let place = |(start, brand)| {
        while ends[line] <= start {
            line += 1;
        }
        (line, brand)
    };
    starts.into_iter().map(place).collect()
}

/// Where each occurrence starts, and of which brand it is.
fn one_by_one(patterns: &[(String, usize)], text: &str) -> Vec<(usize, usize)> {
    struct Search<'a> {
        finder: memmem::Finder<'a>,
        /// Where it occurs next; past the end where it does not.
        next: usize,
        brand: usize,
    }
    let text = text.as_bytes();
    let find = |finder: &memmem::Finder, from: usize| {
        let found = finder.find(&text[from..]);
        found.map_or(usize::MAX, |i| from + i)
    };
    let search = |(form, brand): &'_ (String, usize)| {
        let finder = memmem::Finder::new(form.as_bytes()).into_owned();
        let next = find(&finder, 0);
        Search {
            finder,
            next,
            brand: *brand,
        }
    };
    let mut searches: Vec<Search> = patterns.iter().map(search).collect();
    let mut out = Vec::new();
    loop {
        let rank = |s: &&Search| (s.next, std::cmp::Reverse(s.finder.needle().len()));
        let Some(first) = searches.iter().min_by_key(rank) else {
            return out;
        };
        if first.next == usize::MAX {
            return out;
        }
        let end = first.next + first.finder.needle().len();
        out.push((first.next, first.brand));
        for s in searches.iter_mut().filter(|s| s.next < end) {
            s.next = find(&s.finder, end);
        }
    }
}

/// The same by an automaton.
fn at_once(patterns: &[(String, usize)], text: &str) -> Vec<(usize, usize)> {
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .kind(Some(AhoCorasickKind::NoncontiguousNFA))
        .build(patterns.iter().map(|(form, _)| form));
    // Building fails only beyond 2^31 states: names of no length come near it.
    let Ok(automaton) = automaton else {
        return Vec::new();
    };
    let found = automaton.find_iter(text);
    found
        .map(|m| (m.start(), patterns[m.pattern().as_usize()].1))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{at_once, one_by_one};

    proptest::proptest! {
        #[test]
        fn both_ways_find_the_same(
            names in proptest::collection::vec("[ab洛森]{1,4}", 1..8),
            text in "[ab洛森\n]{0,60}",
        ) {
            let names: Vec<(String, usize)> = names.into_iter().zip(0..).collect();
            proptest::prop_assert_eq!(one_by_one(&names, &text), at_once(&names, &text));
        }
    }
}
