//! Hashes of whole lines, and the identity of the borrowed article.

use std::borrow::Cow;

use xxhash_rust::xxh3::xxh3_64;

use crate::extract::document::Line;
use crate::hashed;

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
    let long = lines.filter(|l| l.chars().nth(MIN_CHARS - 1).is_some());
    distinct(long.map(|l| xxh3_64(l.as_bytes())))
}

/// Hashes of region lines, white space aside.
pub fn of_regions<'l>(lines: impl Iterator<Item = &'l Line>) -> Vec<u64> {
    distinct(lines.filter_map(|line| {
        let text = match line.text.contains(' ') {
            true => Cow::Owned(line.text.replace(' ', "")),
            false => Cow::Borrowed(&line.text),
        };
        text.chars()
            .nth(MIN_REGION_CHARS - 1)
            .is_some()
            .then(|| xxh3_64(text.as_bytes()))
    }))
}

/// Identity of an article: the smallest hash of its shingles (a winnowing of one window over the
/// whole text; Schleimer, Wilkerson and Aiken 2003), so that a changed word or a cut-off end
/// rarely changes it.
pub fn article<'l>(lines: impl Iterator<Item = &'l Line>) -> Option<u64> {
    let mut text = String::new();
    let mut starts = Vec::new();
    for c in lines.flat_map(|l| l.text.chars()).filter(|c| is_letter(*c)) {
        starts.push(text.len());
        text.push(c);
    }
    starts.push(text.len());
    if starts.len() <= MIN_ARTICLE_CHARS {
        return None;
    }
    let hash = |w: &[usize]| xxh3_64(&text.as_bytes()[w[0]..w[SHINGLE]]);
    starts.windows(SHINGLE + 1).map(hash).min()
}

/// Letters and digits; most of them are Chinese, which is told faster this way.
fn is_letter(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c) || c.is_alphanumeric()
}

fn distinct(hashes: impl Iterator<Item = u64>) -> Vec<u64> {
    let mut seen = hashed::Set::default();
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
