//! Facts → Prints: codes under which pages of one template are near each other however they
//! are spun. Brand and number are masked; regions and the borrowed article are dropped.
//!
//! | print | where | shows |
//! | --- | --- | --- |
//! | `text` | [`wording`] of the [`mask`]ed lines that sell | same wording, same marks around numbers |
//! | `skeleton` | [`skeleton`] | same sequence of blocks |
//! | `dom` | [`simhash`] of tag paths | same markup |
//! | `lines`, `regions` | [`lines`] | same sentence bank, same region bank |
//! | `article` | [`lines`] | same borrowed article: no link at all |
//! | – | [`grammar`] of the address | same rule for making addresses |
//!
//! [`near`] finds all codes within a Hamming distance.

pub mod grammar;
pub mod lines;
pub mod mask;
mod names;
pub mod near;
pub mod simhash;
pub mod skeleton;
mod tally;
pub mod wording;

use serde::{Deserialize, Serialize};

use crate::extract::Facts;
use crate::extract::document::Line;
use crate::extract::role::Role;

/// The fingerprints of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prints {
    /// SimHash of the masked lines with a brand or a number; 0 where there is too little of them.
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
    let all = &facts.document.lines;
    let dropped = |l: &Line| matches!(l.role, Role::Region | Role::Article | Role::Menu);
    let sells = |l: &Line| matches!(l.role, Role::Brand(_) | Role::Number);
    let kept = || all.iter().filter(|l| !dropped(l));
    let template = mask::mask(kept(), &facts.brands);
    let selling = kept().zip(template.lines()).filter(|(l, _)| sells(l));
    let skeleton = skeleton::skeleton(all.iter().map(|l| l.role));
    Prints {
        text: wording::code(selling.map(|(_, masked)| masked)),
        skeleton: skeleton.hash,
        skeleton_near: skeleton.near,
        dom: simhash::of_tag_paths(&facts.document.tag_paths),
        lines: lines::of_template(template.lines()),
        regions: lines::of_regions(all.iter().filter(|l| l.role == Role::Region)),
        article: lines::article(all.iter().filter(|l| l.role == Role::Article)),
    }
}

#[cfg(test)]
mod tests;
