//! How sure are we that this page sells a repair hotline under somebody's brand?
//!
//! A logistic model over a few named features (`features`), each 0..1, with weights set by hand
//! on the page shapes of `tests/data/pages.jsonl`. Every weight that moves the score is a reason
//! in words. On those pages every threshold from .2 to .75 parts hotline pages from all others, but
//! for two that stand between (a workshop for watches; news of a fake hotline that prints its number).

mod features;

use serde::{Deserialize, Serialize};

use super::brand::Brand;
use super::document::Document;
use super::number::NumberFact;

use features::Features;

/// A judgement with its reasons.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Hotline {
    /// 0..1, rounded to three decimals.
    pub score: f32,
    /// Each reason is one short clause in English.
    pub reasons: Vec<String>,
}

/// Log-odds of a page of which nothing is known.
const BIAS: f32 = -3.6;

/// Contributions below this move the score too little to be a reason.
const MIN_REASON: f32 = 0.3;

/// Judges the page by its lines and their roles.
pub fn judge(document: &Document, numbers: &[NumberFact], brands: &[Brand]) -> Hotline {
    let features = Features::collect(document, numbers, brands);
    let mut parts = features.weighed();
    let odds = BIAS + parts.iter().map(|p| p.bits).sum::<f32>();
    // The strongest reason first; ties keep the order of the table.
    parts.sort_by(|a, b| b.bits.abs().total_cmp(&a.bits.abs()));
    let score = 1.0 / (1.0 + (-odds).exp());
    Hotline {
        score: (score * 1000.0).round() / 1000.0,
        reasons: parts
            .into_iter()
            .filter(|p| p.bits.abs() >= MIN_REASON)
            .map(|p| {
                let side = if p.bits > 0.0 { "for" } else { "against" };
                format!("{side}: {}", p.why)
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests;
