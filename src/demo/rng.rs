//! A small seeded generator of random numbers (SplitMix64: Steele, Lea and Flood, "Fast
//! splittable pseudorandom number generators", 2014). Its stream is part of the demo web's
//! definition: equal options give equal bytes on every platform and in every release.

use super::bank::{FIRST, Words};

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Rng {
    state: u64,
    /// What is written with it.
    pub words: &'static Words,
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Rng {
    /// The stream that belongs to a path of numbers, such as `[seed, host, page]`. Streams of
    /// different paths are independent.
    pub fn of(path: &[u64]) -> Self {
        let state = path.iter().fold(0x5851_f42d_4c95_7f2d, |state, part| {
            mix(state ^ mix(part.wrapping_add(0x9e37_79b9_7f4a_7c15)))
        });
        Rng {
            state,
            words: &FIRST,
        }
    }

    /// The same stream, for a web in these words.
    pub fn with(words: &'static Words, path: &[u64]) -> Self {
        Rng {
            words,
            ..Self::of(path)
        }
    }

    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// Uniform below `n`; 0 where `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// Uniform in `low..=high`.
    pub fn within(&mut self, (low, high): (usize, usize)) -> usize {
        low + self.below(high.saturating_sub(low) + 1)
    }

    /// True with probability `p`.
    pub fn chance(&mut self, p: f64) -> bool {
        ((self.next() >> 11) as f64) < p * (1u64 << 53) as f64
    }

    /// One of the items, which must not be empty.
    pub fn pick<'a, T: ?Sized>(&mut self, items: &'a [&'a T]) -> &'a T {
        items[self.below(items.len())]
    }

    /// One of the items, which must not be empty.
    pub fn of_slice<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }

    /// `count` of the items without repeats, in random order (all of them where there are
    /// fewer).
    pub fn sample<T: Clone>(&mut self, items: &[T], count: usize) -> Vec<T> {
        let mut all = items.to_vec();
        let count = count.min(all.len());
        for i in 0..count {
            let j = i + self.below(all.len() - i);
            all.swap(i, j);
        }
        all.truncate(count);
        all
    }

    /// `count` different indices below `len`, in random order (all of them where there are
    /// fewer).
    pub fn choose(&mut self, len: usize, count: usize) -> Vec<usize> {
        let all: Vec<usize> = (0..len).collect();
        self.sample(&all, count)
    }

    /// `len` characters of an ASCII alphabet.
    pub fn token(&mut self, alphabet: &str, len: usize) -> String {
        let bytes = alphabet.as_bytes();
        (0..len)
            .map(|_| char::from(bytes[self.below(bytes.len())]))
            .collect()
    }
}

pub const DIGITS: &str = "0123456789";
pub const HEX: &str = "0123456789abcdef";
pub const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
pub const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_differ() {
        let draw = |path: &[u64]| {
            let mut rng = Rng::of(path);
            [rng.next(), rng.next(), rng.next()]
        };
        assert_eq!(draw(&[1, 2, 3]), draw(&[1, 2, 3]));
        assert_ne!(draw(&[1, 2, 3]), draw(&[1, 3, 2]));
        assert_ne!(draw(&[1]), draw(&[1, 0]));
    }

    #[test]
    fn draws_stay_in_range_and_reach_its_ends() {
        let mut rng = Rng::of(&[7]);
        let mut seen = [false; 5];
        for _ in 0..500 {
            seen[rng.within((3, 7)) - 3] = true;
        }
        assert_eq!(seen, [true; 5]);
        assert!(!rng.chance(0.0) && rng.chance(1.0));
        let mut sample = rng.sample(&[1, 2, 3, 4], 9);
        sample.sort_unstable();
        assert_eq!(sample, [1, 2, 3, 4]);
    }
}
