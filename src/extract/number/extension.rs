//! Extensions: `转8`, `转"8"`, `分机号：801`, `ext. 12`, and `-8` behind a number.

use super::glyph::{self, Gap, Glyph};
use super::scan::Cell;
use super::shape::{boundary, group_end};

/// Words that announce an extension, longest first.
const WORDS: [&str; 21] = [
    "extension",
    "转分机号",
    "转分机",
    "分机号码",
    "分机号",
    "转接",
    "转拨",
    "轉接",
    "轉駁",
    "内线",
    "內線",
    "分机",
    "分機",
    "ext.",
    "ext",
    "Extension",
    "EXT.",
    "EXT",
    "Ext",
    "转",
    "轉",
];
/// An extension has at most this many digits.
const MAX_DIGITS: usize = 6;

/// An extension in words behind `end`: its digits, and where it ends.
pub fn spoken(text: &str, end: usize) -> Option<(String, usize)> {
    let rest = text[end..].trim_start_matches([
        ' ', '\u{3000}', '\u{a0}', ',', '，', '(', '（', ')', '）', '-', '—', '#', '再', '"', '”',
        '“',
    ]);
    if text.len() - rest.len() - end > 12 {
        return None;
    }
    let word = WORDS.iter().find(|word| rest.starts_with(**word))?;
    let rest = rest[word.len()..].trim_start_matches([
        ' ', '\u{3000}', ':', '：', '"', '“', '”', '\'', '‘', '「', '【', '.', '号', '机',
    ]);
    let from = text.len() - rest.len();
    if from - end > 40 {
        return None;
    }
    let mut digits = String::new();
    let mut to = from;
    for c in rest.chars() {
        match glyph::classify(c) {
            Glyph::Digit(digit, _) if digits.len() < MAX_DIGITS => {
                digits.push(char::from(b'0' + digit));
                to += c.len_utf8();
            }
            Glyph::Digit(..) => return None,
            Glyph::Invisible => to += c.len_utf8(),
            // `转1/2`, `1500转/分`
            _ => break,
        }
    }
    (!digits.is_empty()).then_some((digits, to))
}

/// A group of at most five digits tied on by dashes alone (`028-85555678-1234`): its digits, and
/// the cell behind it. `None` where a longer tail is tied on.
pub fn dashed(cells: &[Cell], at: usize) -> Option<(String, usize)> {
    let cell = cells.get(at)?;
    if !cell.gap.only(Gap::DASH) {
        return None;
    }
    let to = group_end(cells, at);
    let tied = cells
        .get(to)
        .is_some_and(|next| next.gap.only(Gap(Gap::DASH.0 | Gap::DOT.0)));
    if to - at > 5 || tied || !boundary(cells, to) {
        return None;
    }
    let digits = cells[at..to]
        .iter()
        .map(|cell| char::from(b'0' + cell.digit))
        .collect();
    Some((digits, to))
}
