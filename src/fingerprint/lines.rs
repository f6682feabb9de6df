//! Hashes of whole lines, and the identity of the borrowed article.

use xxhash_rust::xxh3::xxh3_64;

use crate::extract::document::Line;
use crate::hashed;

use super::mask::unspaced;

/// A record keeps at most this many hashes of each kind.
const MAX_LINES: usize = 512;
/// Shorter masked lines (`在线客服`) stand on any page.
const MIN_CHARS: usize = 6;
/// A region line proves a bank only if it is long: characters.
const MIN_REGION_CHARS: usize = 20;
/// Characters in a shingle of an article.
const SHINGLE: usize = 16;
/// A shorter text is no article.
const MIN_ARTICLE_CHARS: usize = 200;

/// Hashes of the masked template lines.
pub fn of_template<'l>(lines: impl Iterator<Item = &'l str>) -> Vec<u64> {
    let long = lines.filter(|l| has_chars(l, MIN_CHARS));
    distinct(long.map(|l| xxh3_64(l.as_bytes())))
}

/// Hashes of region lines, white space aside.
pub fn of_regions<'l>(lines: impl Iterator<Item = &'l Line>) -> Vec<u64> {
    distinct(lines.filter_map(|line| {
        let text = unspaced(&line.text);
        has_chars(&text, MIN_REGION_CHARS).then(|| xxh3_64(text.as_bytes()))
    }))
}

/// Whether a text has so many characters; long ones are not counted, a character has at most
/// four bytes.
fn has_chars(text: &str, least: usize) -> bool {
    text.len() >= 4 * least || text.chars().nth(least - 1).is_some()
}

/// Identity of an article: the smallest hash of its shingles (a winnowing of one window over the
/// whole text; Schleimer, Wilkerson and Aiken 2003), so that a changed word or a cut-off end
/// rarely changes it.
pub fn article<'l>(lines: impl Iterator<Item = &'l Line> + Clone) -> Option<u64> {
    let bytes = lines.clone().map(|line| line.text.len()).sum::<usize>();
    let mut letters = Vec::with_capacity(bytes / 3);
    lines.for_each(|line| push_letters(&line.text, &mut letters));
    if letters.len() < MIN_ARTICLE_CHARS {
        return None;
    }
    // Each hash waits for the one before it, so four parts are hashed at once.
    let part = (letters.len() - (SHINGLE - 1)) / PARTS;
    let parts = std::array::from_fn(|i| &letters[i * part..][..part + SHINGLE - 1]);
    let rest = [&letters[letters.len() - SHINGLE - PARTS..]];
    Some(smallest::<PARTS>(parts).min(smallest(rest)))
}

const PARTS: usize = 4;

/// The smallest hash of all shingles of texts of one length, by a rolling polynomial (Karp and
/// Rabin 1987).
fn smallest<const N: usize>(parts: [&[u32]; N]) -> u64 {
    let roll = |sum: u64, c: u32| sum.wrapping_mul(BASE).wrapping_add(u64::from(c) + 1);
    let first = |part: &[u32]| part[..SHINGLE].iter().fold(0, |sum, c| roll(sum, *c));
    let mut rolled = parts.map(first);
    let mut smallest = rolled.map(|sum| sum.wrapping_mul(SPREAD));
    let more = parts[0].len() - SHINGLE;
    let (leaving, coming) = (
        parts.map(|p| &p[..more]),
        parts.map(|p| &p[SHINGLE..][..more]),
    );
    for at in 0..more {
        for i in 0..N {
            let left = (u64::from(leaving[i][at]) + 1).wrapping_mul(LEFT);
            rolled[i] = roll(rolled[i], coming[i][at]).wrapping_sub(left);
            smallest[i] = smallest[i].min(rolled[i].wrapping_mul(SPREAD));
        }
    }
    smallest.into_iter().fold(u64::MAX, u64::min)
}

/// Adds the letters and digits of a text.
fn push_letters(text: &str, out: &mut Vec<u32>) {
    let bytes = text.as_bytes();
    let (mut at, mut held, mut block) = (0, 0, [0; BLOCK]);
    loop {
        // Chinese characters, nearly all of a Chinese text, need no table.
        while held < BLOCK
            && let Some(&[a @ 0xe4..=0xe9, b, c]) = bytes[at..].first_chunk()
        {
            let low = |byte: u8| u32::from(byte & 63);
            let code = u32::from(a & 15) << 12 | low(b) << 6 | low(c);
            if code < 0x4e00 {
                break;
            }
            block[held] = code;
            held += 1;
            at += 3;
        }
        out.extend_from_slice(&block[..held]);
        held = 0;
        let Some(c) = text[at..].chars().next() else {
            return;
        };
        if is_letter(c) {
            out.push(u32::from(c));
        }
        at += c.len_utf8();
    }
}

/// Letters that are gathered before they are added.
const BLOCK: usize = 128;

/// Base of the polynomial, odd.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;
/// What a character has been multiplied by when it leaves the window.
const LEFT: u64 = BASE.wrapping_pow(SHINGLE as u32);
/// Brings what the low bits say, which are the weak ones of a polynomial, to the top.
const SPREAD: u64 = 0xd6e8_feb8_6659_fd93;

/// Letters and digits. Most characters are Chinese, or punctuation of Chinese texts, which is told
/// faster than by the tables of Unicode.
fn is_letter(c: char) -> bool {
    match c {
        '\u{4e00}'..='\u{9fff}' => true,
        '\0'..='\u{7f}' => c.is_ascii_alphanumeric(),
        '\u{2010}'..='\u{2027}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' => false,
        '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' => false,
        _ => c.is_alphanumeric(),
    }
}

fn distinct(hashes: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut seen = hashed::Set::with_capacity_and_hasher(MAX_LINES / 2, Default::default());
    hashes.filter(|h| seen.insert(*h)).take(MAX_LINES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        Line {
            text: text.into(),
            ..Line::default()
        }
    }

    #[test]
    fn an_article_keeps_its_identity_when_a_little_changes() {
        let words: Vec<String> = (0..60).map(|i| format!("第{i}段讲述事情经过")).collect();
        let whole = [line(&words.concat())];
        let split = [line(&words[..20].concat()), line(&words[20..].concat())];
        assert_eq!(article(whole.iter()), article(split.iter()));
        assert_eq!(article([line("短文")].iter()), None);
    }

    #[test]
    fn what_is_told_fast_is_told_right() {
        let all: String = ('\0'..=char::MAX).collect();
        let wanted = all.chars().filter(|c| c.is_alphanumeric()).map(u32::from);
        let mut found = Vec::new();
        push_letters(&all, &mut found);
        assert!(wanted.eq(found));
    }

    #[test]
    fn an_article_is_its_shingles_and_not_what_came_before_them() {
        let text: String = ('\u{4e00}'..).take(300).collect();
        let of = |text: &str| article([line(text)].iter()).unwrap();
        // One more shingle at either end: the smallest stays, or is the new one.
        let both = of(&format!("新{text}尾"));
        let ends = [of(&format!("新{text}")), of(&format!("{text}尾"))];
        assert_eq!(both, ends[0].min(ends[1]));
    }

    #[test]
    fn line_hashes_are_distinct_and_in_order() {
        let lines = [
            "全国统一服务热线",
            "短",
            "售后服务网点查询",
            "全国统一服务热线",
        ];
        let hashes = of_template(lines.into_iter());
        assert_eq!(hashes.len(), 2);
        assert_eq!(hashes[0], xxh3_64("全国统一服务热线".as_bytes()));
    }
}
