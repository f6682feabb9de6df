//! How common a thing is among the innocent: document frequency over background sites.
//!
//! A background site has no hotline page, or hardly any (an innocent host with a parasite page):
//! its other pages show what pages share by chance. Counting over spam instead would throw away
//! the best evidence, for what every page of a generator shares is common there.

use std::sync::LazyLock;

use crate::fingerprint::lines;
use crate::hashed;

/// Sites that are imagined beside those that were seen, so that a state without background
/// neither proves everything nor nothing.
const PRIOR_SITES: f64 = 20.0;
/// Imagined occurrences of a thing that was never seen in the background.
const PRIOR_COUNT: f64 = 0.5;

/// Lines that stand on sites of every kind: footers, menus, forms, notices and the words of the
/// warranty law. Written for this project from general knowledge; no page was copied.
static BOILERPLATE: LazyLock<hashed::Set> = LazyLock::new(|| {
    let text = include_str!("data/boilerplate.txt");
    let lines = text.lines().filter(|l| !l.starts_with('#'));
    lines::of_template(lines).into_iter().collect()
});

/// What is weighed by its frequency. One print may occur as two kinds with one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Token {
    Line(u64),
    Region(u64),
    Skeleton(u64),
    Text(u64),
    Dom(u64),
    /// The rule by which addresses of pages are made.
    Address(u64),
    /// What a generator let slip.
    Leak(u64),
}

impl Token {
    /// Kinds of tokens.
    pub const KINDS: usize = 7;

    /// The token's kind, below [`Token::KINDS`] and in the order of tokens, and its hash.
    pub fn parts(self) -> (usize, u64) {
        match self {
            Token::Line(h) => (0, h),
            Token::Region(h) => (1, h),
            Token::Skeleton(h) => (2, h),
            Token::Text(h) => (3, h),
            Token::Dom(h) => (4, h),
            Token::Address(h) => (5, h),
            Token::Leak(h) => (6, h),
        }
    }

    /// The token of the kind with the hash: what [`Token::parts`] takes apart.
    pub fn of(kind: usize, hash: u64) -> Token {
        match kind {
            0 => Token::Line(hash),
            1 => Token::Region(hash),
            2 => Token::Skeleton(hash),
            3 => Token::Text(hash),
            4 => Token::Dom(hash),
            5 => Token::Address(hash),
            _ => Token::Leak(hash),
        }
    }

    /// A line that stands on sites of every kind, whether or not this state has seen them.
    pub fn is_boilerplate(self) -> bool {
        matches!(self, Token::Line(hash) if BOILERPLATE.contains(&hash))
    }
}

/// How many innocent sites were seen, and what that makes of a count.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Background {
    sites: u32,
}

impl Background {
    pub fn of(sites: u32) -> Self {
        Background { sites }
    }

    /// Background sites that were seen.
    pub fn sites(&self) -> u32 {
        self.sites
    }

    /// Surprise at seeing something that stands on `count` background sites: log2 of one over
    /// its smoothed frequency, in bits.
    pub fn bits_of_count(&self, count: u32) -> f64 {
        let frequency = (f64::from(count) + PRIOR_COUNT) / (f64::from(self.sites) + PRIOR_SITES);
        -frequency.min(1.0).log2()
    }
}
