//! How sure are we that this page sells a repair hotline under somebody's brand?

use serde::{Deserialize, Serialize};

use super::brand::Brand;
use super::document::Document;
use super::number::NumberFact;

/// A judgement with its reasons.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Hotline {
    /// 0..1, rounded to three decimals.
    pub score: f32,
    /// Each reason is one short clause in English.
    pub reasons: Vec<String>,
}

/// Judges the page by its lines and their roles.
pub fn judge(_document: &Document, _numbers: &[NumberFact], _brands: &[Brand]) -> Hotline {
    Hotline::default()
}
