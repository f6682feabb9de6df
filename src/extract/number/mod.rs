//! Telephone numbers in running text, attributes and scripts, through every disguise that the
//! field uses, and nothing that only looks like one.
//!
//! | part | what it does |
//! | --- | --- |
//! | `glyph` | what one character means: digit, separator, invisible, look-alike letter |
//! | `scan` | one pass over the text: runs of digits with the separators between them |
//! | `inside` | brackets, words and odd signs inside a run |
//! | `guise` | signs and capitals that pass for digits behind a label |
//! | `glued` | what runs into a number's start or end |
//! | `shape` | how digits are grouped |
//! | `plan` | the numbering plan: area codes, kinds |
//! | `world` | the plans of other countries |
//! | `candidate` | what the digits from one group on can be |
//! | `landline` | area code and local number |
//! | `international` | country codes, and national forms of other plans |
//! | `local` | short codes and local numbers, which need a label |
//! | `context`, `words` | what the words around them say |
//! | `extension` | `转8`, `-8`, `ext. 8` |
//! | `reading` | the judge: candidates in order, with what stands around them |
//! | `lexer`, `script`, `joined`, `decode`, `markup` | strings that scripts put together or hide, and HTML in them |
//! | `page` | title, lines, attributes and scripts of a page: `collect` |

mod candidate;
mod context;
mod decode;
mod extension;
mod glued;
mod glyph;
mod guise;
mod inside;
mod international;
mod joined;
mod landline;
pub(in crate::extract) mod lexer;
mod local;
mod markup;
mod page;
mod plan;
mod reading;
mod scan;
mod script;
mod shape;
mod words;
mod world;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use page::{Quoted, collect, collect_from};

use super::fold;
use super::veil::{Unshift, may_veil, unveiled};

use context::Hint;
use reading::{Reader, Setting};

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
    /// National digits: the identity of the number. A number of another country that was
    /// announced by `+` or `00` is `+`, its country code and its digits: without the `+` it
    /// could be a number of this country.
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
    /// Occurrences in order (at most 64).
    pub spots: Vec<Spot>,
    pub extensions: Vec<String>,
}

/// One occurrence: which text, and where on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    pub place: Place,
    /// Index of the line, attribute or script.
    pub index: u32,
    /// Byte offset in the decoded page of the first character of the surface form, or of the
    /// reference or escape that stands for it; in a script that puts the form together of
    /// character codes, of the expression. On pages that came as text it counts in the title or
    /// in the text. `None` where it is not known.
    #[serde(with = "offset")]
    pub offset: Option<u32>,
}

/// An offset as a number or null, and where it is stored in one integer, so that records of older
/// versions have the same form: 0, or the offset and one.
mod offset {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(offset: &Option<u32>, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            return offset.serialize(to);
        }
        offset.map_or(0, |at| at.saturating_add(1)).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
        if from.is_human_readable() {
            return Option::deserialize(from);
        }
        Ok(u32::deserialize(from)?.checked_sub(1))
    }
}

/// Finds the numbers in one piece of text, in order, without overlaps.
pub fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    find_each(text, Setting::Prose, Hint::None, |number| {
        found.push(number)
    });
    found
}

/// Hands on each number in `text`; `hint` is what stood before the text. `false` where there are
/// no digits of which one could be made.
fn find_each(text: &str, setting: Setting, hint: Hint<'_>, mut each: impl FnMut(Found)) -> bool {
    let Some(first) = scan::first(text) else {
        return false;
    };
    let veiled = may_veil(text).then(|| unveiled(text)).flatten();
    let Some((plain, gone)) = veiled else {
        return find_plain(text, first, setting, hint, each);
    };
    let Some(first) = scan::first(&plain) else {
        return false;
    };
    let mut written = Unshift::new(text, &gone);
    find_plain(&plain, first, setting, hint, |found| {
        let range = written.start(found.range.start)..written.end(found.range.end);
        each(Found { range, ..found });
    })
}

/// Likewise, in a text that hides nothing, from where the first may begin.
fn find_plain(
    text: &str,
    first: usize,
    setting: Setting,
    hint: Hint<'_>,
    mut each: impl FnMut(Found),
) -> bool {
    let undone = match setting {
        Setting::Prose => guise::undone(text),
        _ => None,
    };
    // What is undone may begin earlier.
    let first = undone.as_deref().and_then(scan::first).unwrap_or(first);
    // The words around the digits are listed in simplified characters. Places stay what they are.
    let written = undone.as_deref().unwrap_or(text);
    let text = fold::simple(written);
    let mut reader = Reader::new(&text, written, setting, hint);
    let mut digits = false;
    scan::runs(&text, first, |cells, most| {
        digits = true;
        reader.read(cells, most, &mut each)
    });
    digits
}

/// Identity of a key typed by a person or taken from a `tel:` URL: `400-1865-909`,
/// `４００1865909`, `tel:+86…`, `+852…` (see [`Found::number`]). `None` where it is no telephone number.
pub fn normalise(key: &str) -> Option<(String, Kind)> {
    let found = read_key(key)?;
    Some((found.number, found.kind))
}

/// The one number that a key consists of, with nothing but an extension behind it.
fn read_key(key: &str) -> Option<Found> {
    const MAX_KEY: usize = 256;
    if key.len() > MAX_KEY {
        return None;
    }
    let mut all = Vec::new();
    find_each(key, Setting::Key, Hint::None, |number| all.push(number));
    let first = all.into_iter().next()?;
    let digit = |c: char| matches!(glyph::classify(c), glyph::Glyph::Digit(..));
    // The message that a link goes on with (`sms:…?body=…`) is no part of it.
    let rest = &key[first.range.end..];
    let rest = rest.split('?').next().unwrap_or(rest);
    let lead = &key[..first.range.start];
    let lead = lead
        .strip_suffix("%2B")
        .or(lead.strip_suffix("%2b"))
        .unwrap_or(lead);
    let dialled_on = rest.trim_start().starts_with([
        ',', ';', 'p', 'w', 'x', 'e', 'P', 'W', 'X', 'E', '#', '-', '转', '轉',
    ]) || first.extension.is_some();
    if lead.chars().any(digit) || (rest.chars().any(digit) && !dialled_on) {
        return None;
    }
    Some(first)
}

/// `+86…` where the number can be dialled from abroad. A foreign number has one where it was
/// announced with its country code, or written so that it holds one (`(852) 2837-4416`).
pub fn e164(number: &str, kind: Kind) -> Option<String> {
    match kind {
        Kind::Shared400 | Kind::Free800 | Kind::Mobile => Some(format!("+86{number}")),
        Kind::Landline => number.strip_prefix('0').map(|rest| format!("+86{rest}")),
        Kind::Short => None,
        Kind::Foreign if number.starts_with('+') => Some(number.to_owned()),
        Kind::Foreign => {
            let digits: Vec<u8> = number.bytes().map(|b| b.wrapping_sub(b'0')).collect();
            (digits.len() > 8 && !plan::is_north_american(&digits) && world::fit(&digits).is_some())
                .then(|| format!("+{number}"))
        }
    }
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod offsets;
#[cfg(test)]
mod planted;
#[cfg(test)]
mod tests;
