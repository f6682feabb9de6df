//! How common a thing is among the innocent: document frequency over background sites.
//!
//! A background site has no hotline page, or hardly any (an innocent host with a parasite page):
//! its other pages show what pages share by chance. Counting over spam instead would throw away
//! the best evidence, for what every page of a generator shares is common there.

use std::collections::HashMap;

use super::facts::Facts;

/// Sites that are imagined beside those that were seen, so that a state without background
/// neither proves everything nor nothing.
const PRIOR_SITES: f64 = 20.0;
/// Imagined occurrences of a thing that was never seen in the background.
const PRIOR_COUNT: f64 = 0.5;

/// What is weighed by its frequency. One print may occur as two kinds with one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Token {
    Line(u64),
    Region(u64),
    Skeleton(u64),
    Text(u64),
    Dom(u64),
}

/// Document frequencies of the tokens that hotline sites carry.
#[derive(Debug, Default)]
pub(super) struct Background {
    sites: f64,
    frequency: HashMap<Token, u32>,
}

impl Background {
    /// Counts over the background sites of `facts`; tokens that no hotline site carries are left
    /// out.
    pub fn of(facts: &Facts) -> Self {
        let mut frequency: HashMap<Token, u32> = HashMap::new();
        for site in facts.sites.iter().filter(|s| s.hot) {
            frequency.extend(site.tokens.iter().map(|&token| (token, 0)));
        }
        let mut sites = 0u32;
        for site in facts.sites.iter().filter(|s| s.background) {
            sites += 1;
            for token in &site.cold_tokens {
                if let Some(n) = frequency.get_mut(token) {
                    *n += 1;
                }
            }
        }
        Background {
            sites: f64::from(sites),
            frequency,
        }
    }

    /// Background sites that were seen.
    pub fn sites(&self) -> u32 {
        self.sites as u32
    }

    /// Background sites on which the token stands.
    pub fn count(&self, token: Token) -> u32 {
        self.frequency.get(&token).copied().unwrap_or(0)
    }

    /// Surprise at seeing something that stands on `count` background sites: log2 of one over
    /// its smoothed frequency, in bits.
    pub fn bits_of_count(&self, count: u32) -> f64 {
        let frequency = (f64::from(count) + PRIOR_COUNT) / (self.sites + PRIOR_SITES);
        -frequency.min(1.0).log2()
    }

    /// Surprise at seeing the token, in bits.
    pub fn bits(&self, token: Token) -> f64 {
        self.bits_of_count(self.count(token))
    }
}
