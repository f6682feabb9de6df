//! Facts → Prints: codes under which pages of one template are near each other however they
//! are spun. Brand and number are masked; regions and the borrowed article are dropped.
//!
//! | print | where | shows |
//! | --- | --- | --- |
//! | `text` | [`simhash`] of [`mask`]ed template text | near-identical wording |
//! | `skeleton` | [`skeleton`] | same sequence of blocks |
//! | `dom` | [`simhash`] of tag paths | same markup |
//! | `lines`, `regions` | [`lines`] | same sentence bank, same region bank |
//! | `article` | [`lines`] | same borrowed article: no link at all |
//!
//! [`near`] finds all codes within a Hamming distance.

pub mod lines;
pub mod mask;
pub mod near;
pub mod simhash;
pub mod skeleton;

use serde::{Deserialize, Serialize};

use crate::extract::Facts;
use crate::extract::role::Role;

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
pub fn prints(facts: &Facts) -> Prints {
    let masker = mask::Masker::new(&facts.brands);
    let all = &facts.document.lines;
    let template: Vec<String> = all
        .iter()
        .filter(|l| !matches!(l.role, Role::Region | Role::Article | Role::Menu))
        .map(|l| masker.line(l))
        .collect();
    let skeleton = skeleton::skeleton(all.iter().map(|l| l.role));
    Prints {
        text: simhash::of_text(&template),
        skeleton: skeleton.hash,
        skeleton_near: skeleton.near,
        dom: simhash::of_tag_paths(&facts.document.tag_paths),
        lines: lines::of_template(&template),
        regions: lines::of_regions(all.iter().filter(|l| l.role == Role::Region)),
        article: lines::article(all.iter().filter(|l| l.role == Role::Article)),
    }
}
