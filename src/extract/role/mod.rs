//! What each line is for, and which run of lines is the borrowed article.

use serde::{Deserialize, Serialize};

use super::brand::Brand;
use super::document::Document;

/// The part that a line plays in a hotline page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Role {
    /// A number without a brand.
    Number,
    /// A brand, with how many numbers stand beside it (capped at 3).
    Brand(u8),
    /// A heading without brand or number.
    Heading,
    /// A list of places.
    Region,
    /// A sentence of promises without brand or number.
    Slogan,
    /// Menus, friend links: text that is all link.
    Menu,
    /// Part of the borrowed article (headings and credit line inside it included).
    Article,
    /// Anything else.
    #[default]
    Other,
}

/// Gives every line its role. Expects numbers to be noted on the lines already.
pub fn assign(_document: &mut Document, _brands: &[Brand]) {}
