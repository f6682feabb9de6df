//! Telephone numbers in running text, attributes and scripts, through every disguise that the
//! field uses, and nothing that only looks like one.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::document::Document;

/// What kind of number it is, by the Chinese numbering plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    #[serde(rename = "400")]
    Shared400,
    #[serde(rename = "800")]
    Free800,
    #[serde(rename = "landline")]
    Landline,
    #[serde(rename = "mobile")]
    Mobile,
    #[serde(rename = "short")]
    Short,
    #[serde(rename = "foreign")]
    Foreign,
}

/// Where on a page a number stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    Title,
    Text,
    Tel,
    Attr,
    Script,
}

/// One occurrence in one piece of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// National digits: the identity of the number.
    pub number: String,
    pub kind: Kind,
    pub extension: Option<String>,
    /// Byte range of the surface form in the text that was searched (extension not included).
    pub range: Range<usize>,
}

/// A number with all its occurrences on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NumberFact {
    pub number: String,
    pub kind: Kind,
    pub e164: Option<String>,
    /// Distinct surface forms, in order of first occurrence (at most 16).
    pub raw: Vec<String>,
    /// Occurrences over all places.
    pub count: u32,
    /// Distinct places, in the order of [`Place`].
    #[serde(rename = "where")]
    pub places: Vec<Place>,
    /// Occurrences in order (at most 64): place, index of the line, attribute or script, byte
    /// offset in it.
    pub spots: Vec<Spot>,
    pub extensions: Vec<String>,
}

/// One occurrence: which text, and where in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    pub place: Place,
    pub index: u32,
    pub offset: u32,
}

/// Finds the numbers in one piece of text, in order, without overlaps.
pub fn find(_text: &str) -> Vec<Found> {
    Vec::new()
}

/// National digits of a key typed by a person or taken from a `tel:` URL: `400-1865-909`,
/// `４００1865909`, `tel:+86…`. `None` where it is no telephone number.
pub fn normalise(_key: &str) -> Option<(String, Kind)> {
    None
}

/// `+86…` where the number can be dialled from abroad.
pub fn e164(_number: &str, _kind: Kind) -> Option<String> {
    None
}

/// Finds the numbers everywhere on the page, notes them in `title_numbers` and in each line's
/// `numbers`, and returns one fact a number, ordered by first occurrence (at most 256).
pub fn collect(_document: &mut Document) -> Vec<NumberFact> {
    Vec::new()
}
