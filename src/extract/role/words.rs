//! The vocabulary of repair and of promises, for telling slogans from prose.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// Words that sentence banks are made of.
pub static SERVICE: LazyLock<AhoCorasick> =
    LazyLock::new(|| automaton(include_str!("../data/promise.txt")));

/// Words of reporting.
pub static REPORT: LazyLock<AhoCorasick> =
    LazyLock::new(|| automaton(include_str!("../data/report.txt")));

/// How many words of repair and promise a text holds.
pub fn service_words(text: &str) -> usize {
    SERVICE.find_iter(text).count()
}

/// How many words of reporting a text holds.
pub fn report_words(text: &str) -> usize {
    REPORT.find_iter(text).count()
}

fn automaton(list: &str) -> AhoCorasick {
    let words = list
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'));
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .kind(Some(AhoCorasickKind::DFA))
        .build(words)
        // Building fails beyond 2^31 states; the list is part of the program.
        .expect("a hundred words")
}
