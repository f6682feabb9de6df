//! Brands as a page claims them, and their product nouns: mined from the title, the headings
//! and the line prefix that repeats before service words, for brands never seen before.

use serde::{Deserialize, Serialize};

use super::document::Document;

/// A brand that the page claims.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// As claimed: `威诗迪`, `惠而浦Whirlpool`, `Tint lock`.
    pub brand: String,
    /// Product noun that stands with it: `智能锁`.
    pub category: Option<String>,
    /// Further product nouns claimed for the same brand.
    pub categories: Vec<String>,
    /// Other spellings on this page, such as the Latin and the Chinese half of a pair.
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

/// Reads one title-like line by itself.
pub fn read_title(_line: &str) -> Claim {
    Claim::default()
}

/// The brands that a page claims, strongest first (at most 16); empty for pages that claim none.
/// Expects numbers to be noted on the lines already.
pub fn mine(_document: &Document) -> Vec<Brand> {
    Vec::new()
}
