//! SimHash (Charikar 2002; Manku, Jain and Das Sarma 2007): 64 bits whose Hamming distance
//! follows the angle between two bags of features.
//!
//! The `simhash` crate's counters cost 64 additions a feature; text has thousands of features,
//! so those go through bit-sliced counters here. Distances and short sequences stay with the crate.

use xxhash_rust::xxh3::xxh3_64;

/// Characters in a shingle of text.
const SHINGLE: usize = 4;
/// Fewer features than this say nothing about a page.
const MIN_FEATURES: u32 = 24;

/// Majority vote over 64-bit hashes, one vote a bit.
#[derive(Default)]
struct Votes {
    /// Vertical counters: bit `i` of `planes[p]` is bit `p` of the count of bit `i`.
    planes: [u64; 5],
    pending: u32,
    ones: Counts,
    total: u32,
}

struct Counts([u32; 64]);

impl Default for Counts {
    fn default() -> Self {
        Counts([0; 64])
    }
}

impl Votes {
    fn add(&mut self, hash: u64) {
        let mut carry = hash;
        for plane in &mut self.planes {
            let next = *plane & carry;
            *plane ^= carry;
            carry = next;
        }
        self.pending += 1;
        self.total += 1;
        // Five planes count to 31.
        if self.pending == 31 {
            self.spill();
        }
    }

    fn spill(&mut self) {
        for (i, count) in self.ones.0.iter_mut().enumerate() {
            for (p, plane) in self.planes.iter().enumerate() {
                *count += ((plane >> i & 1) as u32) << p;
            }
        }
        self.planes = [0; 5];
        self.pending = 0;
    }

    /// A bit is set where more than half of the features have it.
    fn code(mut self) -> u64 {
        self.spill();
        let total = self.total;
        let bits = self.ones.0.iter().enumerate();
        bits.fold(0, |code, (i, &ones)| {
            code | (u64::from(2 * ones > total) << i)
        })
    }
}

/// SimHash of text, shingled by characters within each line; 0 for too little text.
pub fn of_text(lines: &[String]) -> u64 {
    let mut votes = Votes::default();
    for line in lines {
        let starts: Vec<usize> = line
            .char_indices()
            .map(|(i, _)| i)
            .chain(std::iter::once(line.len()))
            .collect();
        for window in starts.windows(SHINGLE + 1) {
            votes.add(xxh3_64(&line.as_bytes()[window[0]..window[SHINGLE]]));
        }
    }
    if votes.total < MIN_FEATURES {
        0
    } else {
        votes.code()
    }
}

/// SimHash of tag paths, each weighted by the logarithm of how often it occurs.
pub fn of_tag_paths(paths: &[(u64, u32)]) -> Option<u64> {
    let mut votes = Votes::default();
    for (hash, count) in paths {
        for _ in 0..=count.ilog2() {
            votes.add(*hash);
        }
    }
    (!paths.is_empty()).then(|| votes.code())
}

/// SimHash of a short sequence of words.
pub fn of_words<'w>(words: impl Iterator<Item = &'w str>) -> u64 {
    ::simhash::simhash_stream(words)
}

/// Bits in which two codes differ.
pub fn distance(a: u64, b: u64) -> u32 {
    ::simhash::hamming_distance(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn naive(hashes: &[u64]) -> u64 {
        (0..64).fold(0, |code, i| {
            let ones = hashes.iter().filter(|h| *h >> i & 1 == 1).count();
            code | (u64::from(2 * ones > hashes.len()) << i)
        })
    }

    proptest! {
        #[test]
        fn bit_sliced_counters_count(hashes in proptest::collection::vec(any::<u64>(), 0..200)) {
            let mut votes = Votes::default();
            hashes.iter().for_each(|h| votes.add(*h));
            prop_assert_eq!(votes.code(), naive(&hashes));
        }
    }

    #[test]
    fn near_texts_are_near_and_others_are_far() {
        let text = |tail: &str| {
            let body =
                "全国统一报修热线服务网点二十四小时在线受理各类故障为您安排就近师傅上门".repeat(2);
            vec![format!("{body}{tail}")]
        };
        let (a, b) = (of_text(&text("满意为止")), of_text(&text("修好为止")));
        let far = of_text(&[
            "市场监管部门提醒消费者通过品牌官网查询售后电话谨防山寨维修陷阱与虚假收费套路"
                .to_owned(),
        ]);
        assert!(distance(a, b) <= 8, "{}", distance(a, b));
        assert!(distance(a, far) >= 16, "{}", distance(a, far));
        assert_eq!(of_text(&["短".to_owned()]), 0);
    }
}
