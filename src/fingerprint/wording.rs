//! The wording of the lines that sell: those with a brand or a number, masked.
//!
//! Sentence banks are drawn anew for each page, and SimHash of all template text by shingles of
//! four characters puts two pages of one kit 8 to 16 bits apart. What stays is what the lines
//! that sell are made of: the characters they use, and what stands around each number.

use super::simhash;

/// Fewer characters than this say nothing about a page.
const MIN_CHARS: usize = 24;
/// Characters before and after a number whose every stretch is a feature.
const BEFORE: usize = 2;
const AFTER: usize = 4;
/// What stands around the numbers weighs this much more than the characters of the lines.
const AROUND: f64 = 2.0;

/// SimHash of masked lines; 0 for too little text.
pub fn code<'l>(lines: impl Iterator<Item = &'l str>) -> u64 {
    let (mut characters, mut around) = (Vec::new(), Vec::new());
    let mut line_chars: Vec<u32> = Vec::new();
    for line in lines {
        line_chars.clear();
        push_chars(line, &mut line_chars);
        characters.extend(line_chars.iter().map(|c| simhash::mix(1, u64::from(*c))));
        let numbers = line_chars.iter().enumerate().filter(|(_, c)| **c == PHONE);
        for (at, _) in numbers {
            for length in 1..=BEFORE.min(at) {
                around.push(hash(2, &line_chars[at - length..at]));
            }
            let after = &line_chars[at + 1..];
            for length in 1..=AFTER.min(after.len()) {
                around.push(hash(3, &after[..length]));
            }
        }
    }
    if characters.len() < MIN_CHARS {
        return 0;
    }
    simhash::of_bags([(&mut characters, 1.0), (&mut around, AROUND)])
}

/// The code points of masks lie behind those of all characters.
const MASK: u32 = 0x0011_0000;
/// A masked number.
const PHONE: u32 = MASK + 'P' as u32;

/// The characters of a line, a mask (`⟨B⟩`) as one.
fn push_chars(line: &str, out: &mut Vec<u32>) {
    for c in line.chars() {
        out.push(u32::from(c));
        if let [.., open, name, close] = out.as_slice()
            && (*open, *close) == (u32::from('⟨'), u32::from('⟩'))
        {
            let mask = MASK + name;
            out.truncate(out.len() - 3);
            out.push(mask);
        }
    }
}

fn hash(side: u64, characters: &[u32]) -> u64 {
    let length = characters.len() as u64;
    let fold = |sum, c: &u32| simhash::mix(sum, u64::from(*c));
    characters.iter().fold(side << 32 | length, fold)
}

#[cfg(test)]
mod tests {
    use super::code;
    use crate::fingerprint::simhash::distance;

    #[test]
    fn one_kit_is_near_and_another_is_far() {
        let one = [
            "⟨B⟩售后服务电话:(1)⟨P⟩(点击咨询)(2)⟨P⟩(点击咨询)",
            "⟨B⟩全国统一热线⟨P⟩(点击咨询)",
        ];
        let same = [
            "⟨B⟩全国售后服务热线:(1)⟨P⟩(点击咨询)(2)⟨P⟩(点击咨询)",
            "⟨B⟩统一电话⟨P⟩(点击咨询)",
        ];
        let other = [
            "预约⟨B⟩上门请拨【⟨P⟩】24H",
            "⟨B⟩师傅就近派单☎⟨P⟩转1号线人工坐席",
        ];
        let code = |lines: [&'static str; 2]| code(lines.into_iter());
        assert!(distance(code(one), code(same)) <= 8);
        assert!(distance(code(one), code(other)) >= 12);
        assert_eq!(super::code(["⟨B⟩热线⟨P⟩"].into_iter()), 0);
    }
}
