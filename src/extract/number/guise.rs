//! Signs and capitals that pass for digits in one number and are something else everywhere else:
//! `4007-|78-236`, `O571-S2BS…`. They are read so only where a label stands right before them and
//! nothing but a whole number comes out.

use super::context;
use super::glyph;
use super::plan;

/// Bytes of a number so written, at most, and digits in it that are written as such, at least.
const MOST: usize = 24;
const LEAST: usize = 5;

/// The text with the digits that such signs stand for, each in its place, where it has any.
pub fn undone(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    // Most texts have none, which a search of many bytes at once tells.
    let any = |a, b, c| memchr::memchr3(a, b, c, bytes).is_some();
    if !any(b'|', b'B', b'D') && !any(b'Q', b'S', b'Z') {
        return None;
    }
    let mut plain: Option<Vec<u8>> = None;
    let mut behind = 0;
    let sign = |b: &u8| matches!(b, b'|' | b'B' | b'D' | b'Q' | b'S' | b'Z');
    while let Some(at) = bytes[behind..].iter().position(sign) {
        let at = behind + at;
        // With the bytes of long and wide dashes: both ends are digits, so none is cut.
        let dash = |b: u8| matches!(b, 0xe2 | 0x80 | 0x93 | 0x94 | 0xef | 0xbc | 0x8d);
        let sign = |b: u8| matches!(b, b'-' | b' ' | b'.') || dash(b);
        let fits = |b: &&u8| digit(**b).is_some() || sign(**b);
        let left = bytes[behind..at].iter().rev().take(MOST).take_while(fits);
        let right = bytes[at..].iter().take(MOST).take_while(fits);
        let (mut from, mut to) = (at - left.count(), at + right.count());
        behind = to.max(at + 1);
        let skipped = bytes[from..to].iter().take_while(|b| digit(**b).is_none());
        from += skipped.count();
        let skipped = bytes[from..to].iter().rev();
        to -= skipped.take_while(|b| digit(**b).is_none()).count();
        // What goes on behind a space may be something else: an hour.
        while from < to && !is_number(&bytes[from..to]) {
            let space = memchr::memrchr(b' ', &bytes[from..to]);
            to = from + space.unwrap_or_default();
        }
        if from < to && context::calls(text, from) {
            let plain = plain.get_or_insert_with(|| bytes.to_vec());
            for byte in &mut plain[from..to] {
                *byte = digit(*byte).map_or(*byte, |digit| b'0' + digit);
            }
        }
    }
    // ASCII stands in place of ASCII.
    plain.and_then(|plain| String::from_utf8(plain).ok())
}

/// The digit that a character of such a number is or stands for.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'Q' | b'D' => Some(0),
        b'|' => Some(1),
        b'Z' => Some(2),
        b'S' => Some(5),
        b'B' => Some(8),
        _ if byte.is_ascii() => glyph::lookalike(char::from(byte)),
        _ => None,
    }
}

/// A whole number of the plan, which it is not if bars are separators.
fn is_number(form: &[u8]) -> bool {
    let digits: Vec<u8> = form.iter().filter_map(|b| digit(*b)).collect();
    let written = form.iter().filter(|b| b.is_ascii_digit()).count();
    let bars = || {
        if !form.contains(&b'|') {
            return false;
        }
        let parted = form.iter().filter(|b| **b != b'|');
        is_whole(&parted.filter_map(|b| digit(*b)).collect::<Vec<u8>>())
    };
    form.len() <= MOST && written >= LEAST && is_whole(&digits) && !bars()
}

fn is_whole(digits: &[u8]) -> bool {
    let landline = || match digits {
        [0, rest @ ..] => plan::area(rest).is_some_and(|(length, seven, eight)| {
            let local = rest.len().saturating_sub(length);
            (local == 7 && seven) || (local == 8 && eight)
        }),
        _ => false,
    };
    plan::is_toll(digits) || plan::is_mobile(digits) || landline()
}
