//! The wording of the lines that sell: those with a brand or a number, masked.
//!
//! Sentence banks are drawn anew for each page, and SimHash of all template text by shingles of
//! four characters puts two pages of one kit 8 to 16 bits apart. What stays is what the lines
//! that sell are made of: the characters they use, and what stands around each number.

use super::simhash;
use super::tally::Tally;

/// Fewer characters than this say nothing about a page.
const MIN_CHARS: usize = 24;
/// Characters before and after a number whose every stretch is a feature.
const BEFORE: usize = 2;
const AFTER: usize = 4;
/// What stands around the numbers weighs this much more than the characters of the lines.
const AROUND: f64 = 2.0;

/// SimHash of masked lines; 0 for too little text.
pub fn code<'l>(lines: impl Iterator<Item = &'l str>) -> u64 {
    let mut characters = Tally::default();
    let mut around = Around::default();
    let mut total = 0;
    let mut line_chars: Vec<u32> = Vec::new();
    for line in lines {
        line_chars.clear();
        push_chars(line, &mut line_chars);
        total += line_chars.len();
        for (at, c) in line_chars.iter().enumerate() {
            characters.add(*c);
            if *c == PHONE {
                around.see(&line_chars[..at], &line_chars[at + 1..]);
            }
        }
    }
    if total < MIN_CHARS {
        return 0;
    }
    let hashed = |(c, n)| (simhash::mix(1, u64::from(c)), n);
    let characters: Vec<(u64, u32)> = characters.counts().map(hashed).collect();
    simhash::of_bags([(characters, 1.0), (around.features(), AROUND)])
}

/// What stands around numbers. A page repeats itself there, so equal surroundings are counted
/// before they are hashed.
#[derive(Default)]
struct Around {
    before: Vec<u128>,
    after: Vec<u128>,
}

impl Around {
    fn see(&mut self, before: &[u32], after: &[u32]) {
        let before = before.iter().rev().take(BEFORE);
        self.before.push(pack(before));
        self.after.push(pack(after.iter().take(AFTER)));
    }

    /// The hash of every stretch before and after a number, with how often it occurs.
    fn features(mut self) -> Vec<(u64, u32)> {
        let mut features = Vec::new();
        for (side, packed) in [(2, &mut self.before), (3, &mut self.after)] {
            packed.sort_unstable();
            for equal in packed.chunk_by(|a, b| a == b) {
                let mut stretch = Vec::with_capacity(AFTER);
                for c in unpack(equal[0]) {
                    stretch.push(c);
                    let hash = match side {
                        2 => hash(side, stretch.iter().rev()),
                        _ => hash(side, stretch.iter()),
                    };
                    features.push((hash, equal.len() as u32));
                }
            }
        }
        features.sort_unstable();
        features.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0 };
            same
        });
        features
    }
}

/// Bits of a packed character; none packs to 0.
const PACKED: u32 = 22;

/// Up to five characters, the first in the lowest bits.
fn pack<'c>(characters: impl DoubleEndedIterator<Item = &'c u32>) -> u128 {
    let push = |sum, c: &u32| sum << PACKED | u128::from(c + 1);
    characters.rev().fold(0, push)
}

fn unpack(packed: u128) -> impl Iterator<Item = u32> {
    let rest = std::iter::successors(Some(packed), |p| Some(p >> PACKED));
    let last = |p: u128| (p & ((1 << PACKED) - 1)) as u32;
    rest.map(last).take_while(|c| *c != 0).map(|c| c - 1)
}

/// The code points of masks lie behind those of all characters.
const MASK: u32 = 0x0011_0000;
/// A masked number.
const PHONE: u32 = MASK + 'P' as u32;

/// The characters of a line, a mask (`⟨B⟩`) as one.
fn push_chars(line: &str, out: &mut Vec<u32>) {
    for c in line.chars() {
        if c == '⟩'
            && let [.., open, name] = out.as_slice()
            && (*open == u32::from('⟨') && *name < MASK)
        {
            let mask = MASK + name;
            out.truncate(out.len() - 2);
            out.push(mask);
        } else {
            out.push(u32::from(c));
        }
    }
}

fn hash<'c>(side: u64, characters: impl ExactSizeIterator<Item = &'c u32>) -> u64 {
    let length = characters.len() as u64;
    let fold = |sum, c: &u32| simhash::mix(sum, u64::from(*c));
    characters.fold(side << 32 | length, fold)
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
