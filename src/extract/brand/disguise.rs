//! Takes inserted spaces and pinyin out of a title: `洛 森 空 调`, `威wei盾dun`, `澜(lan)盾(dun)`; and
//! writes digits and signs in their plain forms.

use std::borrow::Cow;

use crate::extract::fold;
use crate::extract::region::is_han;
use crate::extract::window;

/// Insertions that a line has at least before it counts as disguised.
const MIN_INSERTIONS: usize = 2;
/// Letters of a syllable at most (`zhuang`).
const MAX_SYLLABLE: usize = 6;

/// The line without insertions, or as it is where it has none.
pub fn undress(line: &str) -> Cow<'_, str> {
    if !may_be_dressed(line) {
        return Cow::Borrowed(line);
    }
    let chars: Vec<char> = line.chars().collect();
    let spaced = count(&chars, spaced_at) >= 2 * MIN_INSERTIONS || chained(&chars);
    let spelled = count(&chars, syllable_at) >= MIN_INSERTIONS;
    if !spaced && !spelled {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len());
    let mut i = 0;
    while i < chars.len() {
        out.push(chars[i]);
        let inserted = match (spaced, spelled) {
            (true, _) if spaced_at(&chars, i) > 0 => spaced_at(&chars, i),
            (_, true) => syllable_at(&chars, i),
            _ => 0,
        };
        i += 1 + inserted;
    }
    Cow::Owned(out)
}

/// A cheap look at the bytes: what can be inserted stands often enough behind what may be a
/// Chinese character.
fn may_be_dressed(line: &str) -> bool {
    let found = window::count(line, |a, b, c| {
        let signs = (b == b' ') | (b == b'(') | (b == b'.') | (b == b'+') | (b == b'*');
        let opens = signs | b.is_ascii_lowercase();
        // The wide bracket, by its bytes.
        let wide = (a == 0xef) & (b == 0xbc) & (c == 0x88);
        ((a >= 0x80) & opens) | wide
    });
    found >= MIN_INSERTIONS
}

/// The line with full-width digits and letters as ASCII, dashes inside of Latin words as `-`, a
/// stroke of the script that serves as a bar as one, and single spaces; `None` where it is so.
pub fn in_plain_forms(line: &str) -> Option<String> {
    if !may_be_wide(line) {
        return None;
    }
    let ascii = |c: char| match c {
        '丨' => '｜',
        c => fold::narrow(c),
    };
    let mut out = String::with_capacity(line.len());
    let mut rest = line.chars().map(ascii).peekable();
    while let Some(c) = rest.next() {
        let latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        let dash = matches!(c, '‐' | '‑' | '‒' | '–' | '−' | '－');
        if dash && latin(out.chars().next_back()) && latin(rest.peek().copied()) {
            out.push('-');
        } else if c != ' ' || !out.ends_with(' ') {
            out.push(c);
        }
    }
    (out != line).then_some(out)
}

/// A name as it stands in a line with full-width letters and digits; `None` where none has been
/// made plain in it.
pub fn in_wide_forms(name: &str, line: &str) -> Option<String> {
    let written = fold::wide(name);
    (written != name && line.contains(&written)).then_some(written)
}

/// A cheap look at the bytes.
fn may_be_wide(line: &str) -> bool {
    window::any(line, |a, b, c| {
        let digit = (c == 0x8d) | (0x90..=0x99).contains(&c);
        let capital = (0xa1..=0xba).contains(&c);
        let small = (b == 0xbd) & (0x81..=0x9a).contains(&c);
        let dash = ((b == 0x80) & (0x90..=0x93).contains(&c)) | ((b == 0x88) & (c == 0x92));
        let bar = (a == 0xe4) & (b == 0xb8) & (c == 0xa8);
        let two = (a == b' ') & (b == b' ');
        let ascii = ((b == 0xbc) & (digit | capital)) | small;
        ((a == 0xef) & ascii) | ((a == 0xe2) & dash) | bar | two
    })
}

fn count(chars: &[char], at: impl Fn(&[char], usize) -> usize) -> usize {
    (0..chars.len()).filter(|i| at(chars, *i) > 0).count()
}

/// One space, or one sign of those that disguise (`洛.森.空.调`), between two Chinese characters, the
/// first of which stands alone.
fn spaced_at(chars: &[char], i: usize) -> usize {
    let han = |i: usize| chars.get(i).is_some_and(|c| is_han(*c));
    let alone = i == 0 || !han(i - 1);
    let sign = matches!(chars.get(i + 1), Some(' ' | '.' | '+' | '*'));
    usize::from(alone && han(i) && sign && han(i + 2))
}

/// A line that begins with three characters or more, each but the last followed by a space
/// (`洛 森 顿热水器`).
fn chained(chars: &[char]) -> bool {
    [0, 2]
        .iter()
        .all(|i| spaced_at(chars, *i) > 0 && chars.get(i + 1) == Some(&' '))
        && chars.get(5).is_some_and(|c| is_han(*c))
}

/// Length of a lower-case syllable, in brackets or bare, between Chinese characters.
fn syllable_at(chars: &[char], i: usize) -> usize {
    if !chars.get(i).is_some_and(|c| is_han(*c)) {
        return 0;
    }
    let rest = &chars[i + 1..];
    let open = rest.first().is_some_and(|c| matches!(c, '(' | '（'));
    let body = &rest[usize::from(open)..];
    let letters = body
        .iter()
        .take(MAX_SYLLABLE + 1)
        .take_while(|c| c.is_ascii_lowercase())
        .count();
    let close = body.get(letters).is_some_and(|c| matches!(c, ')' | '）'));
    let length = letters + 2 * usize::from(open);
    let then_han = rest.get(length).is_none_or(|c| is_han(*c));
    let fits = (1..=MAX_SYLLABLE).contains(&letters) && open == close && then_han;
    if fits { length } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::{in_plain_forms, in_wide_forms, undress};

    #[test]
    fn wide_digits_and_dashes_are_plain_ones() {
        for (line, plain) in [
            ("洛森２４小时ＬＧ", Some("洛森24小时LG")),
            ("K–ONE锁–售后", Some("K-ONE锁–售后")),
            ("洛森  空调丨售后", Some("洛森 空调｜售后")),
            ("洛森 V-ZUG，售后：", None),
        ] {
            assert_eq!(in_plain_forms(line).as_deref(), plain);
        }
    }

    #[test]
    fn plain_names_are_known_as_they_were_written() {
        let line = "ＬＧ ｌｏｒ３洛森";
        assert_eq!(in_wide_forms("LG", line).as_deref(), Some("ＬＧ"));
        assert_eq!(
            in_wide_forms("lor3洛森", line).as_deref(),
            Some("ｌｏｒ３洛森")
        );
        assert_eq!(in_wide_forms("洛森", line), None);
        assert_eq!(in_wide_forms("TCL", line), None);
    }

    #[test]
    fn insertions_come_out_and_names_stay() {
        for (line, plain) in [
            ("洛 森 空 调 售 后", "洛森空调售后"),
            ("威wei盾dun指zhi纹wen锁suo售后", "威盾指纹锁售后"),
            ("澜(lan)盾(dun)智能锁", "澜盾智能锁"),
            ("洛.森.空.调.售.后", "洛森空调售后"),
            ("洛 森 顿热水器维修", "洛森顿热水器维修"),
            ("海尔 空调 维修", "海尔 空调 维修"),
            ("惠而浦whirlpool冰箱", "惠而浦whirlpool冰箱"),
        ] {
            assert_eq!(undress(line), plain);
        }
    }
}
