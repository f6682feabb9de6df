//! SimHash (Charikar 2002; Manku, Jain and Das Sarma 2007): 64 bits whose Hamming distance
//! follows the angle between two bags of features.
//!
//! The `simhash` crate's counters cost 64 additions a feature, and a page has thousands of
//! features, so they go through bit-sliced counters here. Distances stay with the crate.

/// Majority vote over 64-bit hashes, one vote a bit.
#[derive(Default)]
struct Votes {
    waiting: [u64; 8],
    held: usize,
    /// Vertical counters: bit `i` of `planes[p]` is bit `p` of the count of bit `i`.
    planes: [u64; 8],
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
        self.waiting[self.held] = hash;
        self.held += 1;
        self.total += 1;
        if self.held == self.waiting.len() {
            self.count();
        }
    }

    /// Counts eight hashes at once with carry-save adders (Harley and Seal).
    fn count(&mut self) {
        let [a, b, c, d, e, f, g, h] = self.waiting;
        let [ones, twos, fours, more @ ..] = &mut self.planes;
        let two = [
            add(ones, a, b),
            add(ones, c, d),
            add(ones, e, f),
            add(ones, g, h),
        ];
        let four = [add(twos, two[0], two[1]), add(twos, two[2], two[3])];
        let mut carry = add(fours, four[0], four[1]);
        for plane in more {
            let next = *plane & carry;
            *plane ^= carry;
            carry = next;
        }
        self.held = 0;
        self.pending += 8;
        // Eight planes count to 255.
        if self.pending > 255 - 8 {
            self.spill();
        }
    }

    fn spill(&mut self) {
        for (k, counts) in self.ones.0.chunks_exact_mut(8).enumerate() {
            let byte = |plane: u64| plane >> (8 * k) & 0xff;
            let planes = self.planes.iter().enumerate();
            let rows = planes.fold(0, |rows, (p, plane)| rows | byte(*plane) << (8 * p));
            let columns = transpose(rows).to_le_bytes();
            for (count, more) in counts.iter_mut().zip(columns) {
                *count += u32::from(more);
            }
        }
        self.planes = [0; 8];
        self.pending = 0;
    }

    /// For each bit, the features that have it less those that have it not.
    fn balance(mut self) -> [i64; 64] {
        let held = self.held;
        self.waiting[held..].fill(0);
        self.count();
        self.spill();
        let total = i64::from(self.total);
        self.ones.0.map(|ones| 2 * i64::from(ones) - total)
    }

    /// A bit is set where more than half of the features have it.
    fn code(self) -> u64 {
        let balance = self.balance();
        (0..64).fold(0, |code, i| code | (u64::from(balance[i] > 0) << i))
    }
}

/// Transposes eight rows of eight bits (Warren, *Hacker's Delight*, 7-3).
fn transpose(rows: u64) -> u64 {
    let swap = |x: u64, by: u32, mask: u64| {
        let t = (x ^ (x >> by)) & mask;
        x ^ t ^ (t << by)
    };
    let x = swap(rows, 7, 0x00aa_00aa_00aa_00aa);
    let x = swap(x, 14, 0x0000_cccc_0000_cccc);
    swap(x, 28, 0x0000_0000_f0f0_f0f0)
}

/// Adds two bits to a counter's in each of 64 columns; returns what is carried.
fn add(sum: &mut u64, a: u64, b: u64) -> u64 {
    let half = *sum ^ a;
    let carry = (*sum & a) | (half & b);
    *sum = half ^ b;
    carry
}

/// Hash of two words: the folded 128-bit product of wyhash (Wang Yi), taken twice.
pub fn mix(a: u64, b: u64) -> u64 {
    let fold = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        product as u64 ^ (product >> 64) as u64
    };
    let once = fold(a ^ 0xa076_1d64_78bd_642f, b ^ 0xe703_7ed1_a0b4_28db);
    fold(once ^ 0x8ebc_6af0_9c88_c6e3, 0x5899_65cc_7537_4cc3)
}

/// SimHash of two bags of hashed features, each given once with how often it occurs. The bags are
/// scaled to the same length and then weighted: a long bag does not drown a short one. The order
/// of features never matters.
pub fn of_bags(bags: [(Vec<(u64, u32)>, f64); 2]) -> u64 {
    let mut sums = [0.0; 64];
    for (features, weight) in bags {
        let squares: u64 = features.iter().map(|(_, n)| u64::from(*n).pow(2)).sum();
        if squares > 0 {
            let scale = weight / (squares as f64).sqrt();
            for (sum, balance) in sums.iter_mut().zip(balance(&features)) {
                *sum += scale * balance as f64;
            }
        }
    }
    (0..64).fold(0, |code, i| code | (u64::from(sums[i] > 0.0) << i))
}

/// The balance of features that occur more than once: one vote for each binary digit of how
/// often, counted apart from those of other digits.
fn balance(features: &[(u64, u32)]) -> [i64; 64] {
    let digits = features.iter().fold(0, |all, (_, n)| all | n);
    let mut votes: Vec<Votes> = Vec::new();
    votes.resize_with(32 - digits.leading_zeros() as usize, Votes::default);
    for (hash, n) in features {
        let mut left = *n;
        while left != 0 {
            votes[left.trailing_zeros() as usize].add(*hash);
            left &= left - 1;
        }
    }
    let mut sums = [0; 64];
    for (digit, votes) in votes.into_iter().enumerate().filter(|(_, v)| v.total > 0) {
        for (sum, balance) in sums.iter_mut().zip(votes.balance()) {
            *sum += balance << digit;
        }
    }
    sums
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

/// SimHash of hashed features.
pub fn of_hashes(hashes: impl Iterator<Item = u64>) -> u64 {
    let mut votes = Votes::default();
    hashes.for_each(|hash| votes.add(hash));
    votes.code()
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

        #[test]
        fn weights_count_as_repetitions(
            features in proptest::collection::vec((any::<u64>(), 1..600u32), 0..20),
        ) {
            let mut votes = Votes::default();
            for (hash, n) in &features {
                (0..*n).for_each(|_| votes.add(*hash));
            }
            prop_assert_eq!(balance(&features), votes.balance());
        }
    }
}
