//! Brands as a page claims them, and their product nouns: mined from the title, the headings
//! and the line prefix that repeats before service words, for brands never seen before.
//!
//! `lexicon` holds the word lists, `disguise` undoes insertions, `token` cuts a line by the
//! lists, `name` makes names of what is left (with `join`, `pair` and `model`), `claim` decides
//! which of them a line claims (`claimed`) by what stands around them (`context`, `between`,
//! `behind`), `mine` lets the lines of a page vote, and `finder` finds the brands again in the text.

mod behind;
mod between;
mod claim;
mod claimed;
mod context;
mod disguise;
pub mod finder;
mod join;
mod lexicon;
mod mine;
mod model;
mod name;
mod pair;
mod token;

pub use mine::mine;

use crate::extract::number;

use serde::{Deserialize, Serialize};

use claim::Scratch;
pub use claimed::Reading;
use lexicon::LEXICON;

/// A brand that the page claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// As claimed: `威诗迪`, `惠而浦Whirlpool`, `Tint lock`.
    pub brand: String,
    /// Product noun that stands with it: `智能锁`.
    pub category: Option<String>,
    /// Further product nouns claimed for the same brand.
    pub categories: Vec<String>,
    /// Other spellings: on this page, such as the Latin and the Chinese half of a pair, and of a name
    /// in traditional characters or full width the simplified or plain one.
    pub aliases: Vec<String>,
    /// Occurrences in title and lines.
    pub count: u32,
}

/// What one title or heading line says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claim {
    pub brands: Vec<String>,
    pub categories: Vec<String>,
}

/// Reads one title-like line by itself. Categories are all product nouns of the line, also where
/// no brand is claimed.
pub fn read_title(line: &str) -> Claim {
    let mut scratch = Scratch::default();
    let reading = scratch.read(line, &number::find(line)).of_title();
    let firm = reading.claims.into_iter().filter(|c| c.firm);
    Claim {
        brands: firm.map(|c| c.name).collect(),
        categories: scratch
            .products()
            .iter()
            .filter_map(|p| LEXICON.category(*p))
            .map(str::to_owned)
            .collect(),
    }
}

#[cfg(test)]
pub(in crate::extract) mod tests;
