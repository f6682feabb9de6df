//! All codes within a Hamming distance of a code: exact, for distances up to eight.
//!
//! ## How it finds them
//!
//! A code has two halves of 32 bits, each with three blocks at its top. Of `k` errors a half has
//! few (`k = 3`: one half has at most one), and of those a block has few (one error leaves two
//! of three blocks as they are). So each half has three sorted tables of all codes, each bucketed
//! by two of its blocks; for `k = 3` six buckets hold every code sought, and each code is accepted
//! in one of them only. More errors are found in the buckets around (`k = 8`: about 800). The
//! pigeonhole principle over blocks is that of Manku, Jain and Das Sarma (2007).
//!
//! - Identical codes are one entry.
//! - Queries go in lockstep: all bucket bounds are read, then the beginnings of all buckets, then
//!   the buckets are compared, so that cache misses overlap.
//! - Where codes crowd into few buckets, a query divides its errors otherwise between the halves
//!   (as in Qin et al., *GPH*, 2018: none in the crowded half's tables, more flips in the other's),
//!   and a long bucket has bounds of its own by the third block, and is descended like a trie.
//!   Where that is dearer, the most even table alone is swept: all its buckets within `k` errors.
//!
//! ## Memory
//!
//! A table stores only what its bucket does not say: 6 bytes a code (32 bits that a search reads
//! and 16 that settle it), and 4 bytes a bucket. Six tables: 36 bytes, and with about ten codes a
//! bucket `6 · 4 / 10` = 2.4 more. The positions of the inputs take 4 bytes an input, and 4 more
//! bytes a code where some are identical. A bucket of more than 4,096 codes has bounds of its own,
//! at most 2 bytes a code in each table.
//!
//! | codes | widths of blocks | codes a bucket | bytes a code, all distinct |
//! | --- | --- | --- | --- |
//! | 1 M | 8 8 8 | 15 | 36 + 6 · 2¹⁶ · 4 / 10⁶ + 4 = 41.6 |
//! | 10 M | 10 10 10 | 9.5 | 36 + 6 · 2²⁰ · 4 / 10⁷ + 4 = 42.5 |
//! | 100 M | 11 11 10 | 24–48 | 36 + (2 · 2²² + 4 · 2²¹) · 4 / 10⁸ + 4 = 40.7: 4.1 GB |

mod search;
mod table;
#[cfg(test)]
mod tests;

use crate::error::{Error, Result};
use search::Plans;
use table::{Shape, Table};

/// Distances are answered up to this one.
pub const MAX_DISTANCE: u32 = 8;
/// Fewer codes than this are compared one by one: faster than six buckets.
const FEW: usize = 2048;

/// A code near the one asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Near {
    /// In bits.
    pub distance: u32,
    pub code: u64,
}

/// An index over codes. The order in which they are given does not matter to any answer.
#[derive(Debug)]
pub struct Index {
    codes: Codes,
    /// Where the inputs of each code begin in `inputs`, by the code's rank; empty where all
    /// codes are distinct.
    starts: Vec<u32>,
    /// Positions of the inputs, in order of their codes.
    inputs: Vec<u32>,
}

#[derive(Debug)]
enum Codes {
    /// Sorted.
    Few(Vec<u64>),
    Many(Box<Many>),
}

#[derive(Debug)]
struct Many {
    /// By half, and in it by the block that the table is not bucketed by.
    tables: [Table; 6],
    plans: Plans,
    distinct: usize,
}

/// The table whose keys are the codes themselves: the upper half's by its first two blocks.
const PLAIN: usize = 2;

impl Index {
    /// Builds the index; it holds at most 2³² − 1 codes.
    pub fn build(codes: &[u64]) -> Result<Self> {
        if u32::try_from(codes.len()).is_err() {
            return Err(Error::Failed(format!(
                "{} codes are more than one index of near-duplicates holds",
                codes.len()
            )));
        }
        let mut sorted: Vec<(u64, u32)> = codes.iter().copied().zip(0..).collect();
        sorted.sort_unstable();
        let inputs: Vec<u32> = sorted.iter().map(|(_, i)| *i).collect();
        let mut starts = Vec::new();
        let mut distinct: Vec<u64> = Vec::new();
        for (i, (code, _)) in sorted.iter().enumerate() {
            if distinct.last() != Some(code) {
                distinct.push(*code);
                starts.push(i as u32);
            }
        }
        drop(sorted);
        if distinct.len() == codes.len() {
            starts = Vec::new();
        } else {
            starts.push(codes.len() as u32);
        }
        starts.shrink_to_fit();
        Ok(Index {
            codes: arrange(distinct),
            starts,
            inputs,
        })
    }

    /// Inputs in the index.
    pub fn len(&self) -> usize {
        self.inputs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }

    /// Codes in the index that differ from each other.
    pub fn distinct(&self) -> usize {
        match &self.codes {
            Codes::Few(codes) => codes.len(),
            Codes::Many(many) => many.distinct,
        }
    }

    /// Memory that the index takes, in bytes.
    pub fn bytes(&self) -> usize {
        let codes = match &self.codes {
            Codes::Few(codes) => 8 * codes.len(),
            Codes::Many(many) => many.tables.iter().map(Table::bytes).sum(),
        };
        codes + 4 * (self.starts.len() + self.inputs.len())
    }

    /// Positions in the input of a code; none where it is not in the index.
    pub fn positions(&self, code: u64) -> &[u32] {
        let mut range = [(0, 0)];
        self.ranges(std::iter::once(code), &mut range);
        &self.inputs[range[0].0 as usize..range[0].1 as usize]
    }

    /// The codes within a distance (at most [`MAX_DISTANCE`]; more counts as that), nearest first,
    /// each once.
    pub fn near(&self, code: u64, within: u32) -> Vec<Near> {
        let mut all = Vec::new();
        self.search(&[code], within, |_, near| all.push(near));
        all.sort_unstable();
        all
    }

    /// The same for many codes, in lockstep: hands on the position of the query and a near code,
    /// each pair once, in no particular order.
    pub fn search(&self, queries: &[u64], within: u32, mut found: impl FnMut(usize, Near)) {
        let within = within.min(MAX_DISTANCE);
        match &self.codes {
            Codes::Few(codes) => {
                for (i, query) in queries.iter().enumerate() {
                    for code in codes {
                        let distance = (code ^ query).count_ones();
                        if distance <= within {
                            found(
                                i,
                                Near {
                                    distance,
                                    code: *code,
                                },
                            );
                        }
                    }
                }
            }
            Codes::Many(many) => many.search(queries, within, &mut found),
        }
    }

    /// [`Index::search`] with the positions of the inputs that have the code.
    pub fn search_inputs(
        &self,
        queries: &[u64],
        within: u32,
        mut found: impl FnMut(usize, Near, &[u32]),
    ) {
        /// Queries whose answers are looked up together.
        const GROUP: usize = 64;
        let mut answers: Vec<(usize, Near)> = Vec::new();
        for (g, queries) in queries.chunks(GROUP).enumerate() {
            answers.clear();
            self.search(queries, within, |i, near| {
                answers.push((g * GROUP + i, near))
            });
            for some in answers.chunks(GROUP) {
                let mut ranges = [(0, 0); GROUP];
                self.ranges(some.iter().map(|(_, near)| near.code), &mut ranges);
                for ((query, near), (start, end)) in some.iter().zip(ranges) {
                    found(*query, *near, &self.inputs[start as usize..end as usize]);
                }
            }
        }
    }

    /// Where the inputs of codes are, empty for codes that are not in the index. In lockstep.
    fn ranges(&self, codes: impl Iterator<Item = u64> + Clone, ranges: &mut [(u32, u32)]) {
        match &self.codes {
            Codes::Few(few) => {
                for (range, code) in ranges.iter_mut().zip(codes) {
                    *range = few
                        .binary_search(&code)
                        .map_or((0, 0), |r| self.inputs_of(r));
                }
            }
            Codes::Many(many) => {
                let plain = &many.tables[PLAIN];
                let key = |code| plain.shape.key(code);
                let bucket = |code| plain.bucket((key(code) >> (64 - plain.shape.prefix)) as u32);
                for (range, code) in ranges.iter_mut().zip(codes.clone()) {
                    *range = bucket(code);
                }
                std::hint::black_box(ranges.iter().fold(0, |sum, r| sum ^ plain.touch(*r)));
                for (range, code) in ranges.iter_mut().zip(codes) {
                    let rank = plain.rank(key(code), *range);
                    *range = rank.map_or((0, 0), |r| self.inputs_of(r));
                }
            }
        }
    }

    fn inputs_of(&self, rank: usize) -> (u32, u32) {
        if self.starts.is_empty() {
            return (rank as u32, rank as u32 + 1);
        }
        (self.starts[rank], self.starts[rank + 1])
    }

    /// All pairs of distinct codes within a distance, the smaller code first, each pair once, in
    /// no particular order.
    pub fn pairs(&self, within: u32, mut found: impl FnMut(u64, Near)) {
        /// Queries that are made at a time.
        const GROUP: usize = 1024;
        let mut group = Vec::with_capacity(GROUP);
        let mut ask = |group: &mut Vec<u64>| {
            self.search(group, within, |i, near| {
                if group[i] < near.code {
                    found(group[i], near);
                }
            });
            group.clear();
        };
        self.each_code(|code| {
            group.push(code);
            if group.len() == GROUP {
                ask(&mut group);
            }
        });
        ask(&mut group);
    }

    /// Every distinct code, in order.
    pub fn each_code(&self, mut each: impl FnMut(u64)) {
        match &self.codes {
            Codes::Few(codes) => codes.iter().copied().for_each(each),
            Codes::Many(many) => {
                let plain = &many.tables[PLAIN];
                plain.each_key(|key| each(plain.shape.code(key)));
            }
        }
    }
}

/// Puts sorted distinct codes in tables where they are many.
fn arrange(mut codes: Vec<u64>) -> Codes {
    if codes.len() < FEW {
        return Codes::Few(codes);
    }
    let distinct = codes.len();
    // About ten to twenty codes a bucket, measured as the best: fewer, and the bounds of buckets
    // leave the cache. Fewer buckets than the first would not leave 48 bits to store.
    let widths = match distinct {
        0..1_500_000 => [8, 8, 8],
        1_500_000..5_000_000 => [9, 9, 9],
        5_000_000..40_000_000 => [10, 10, 10],
        _ => [11, 11, 10],
    };
    let tables = [5, 4, 3, 1, 0, PLAIN].map(|t| {
        let shape = Shape::new(t as u32 / 3, t % 3, widths);
        codes.iter_mut().for_each(|c| *c = shape.key(*c));
        codes.sort_unstable();
        let table = Table::new(shape, shape.flips(search::MOST_IN_HALF), &codes);
        codes.iter_mut().for_each(|c| *c = shape.code(*c));
        table
    });
    let [f, e, d, b, a, c] = tables;
    let tables = [a, b, c, d, e, f];
    let plans = Plans::new(&tables);
    Codes::Many(Box::new(Many {
        tables,
        plans,
        distinct,
    }))
}
