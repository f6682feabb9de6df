//! One table: the codes with their bits rearranged, sorted, and bucketed by their leading bits.

use super::Near;

/// Widths of the three blocks at the top of each half.
pub(super) type Widths = [u32; 3];

/// Ranges up to this length are compared code by code; longer ones are halved first.
const LEAF: usize = 128;
/// Codes that are compared at a time.
const BLOCK: usize = 8;
/// Ranges of more codes than this are descended instead of compared. Measured: comparing runs at
/// about three codes a nanosecond, so short ranges are not worth the branches.
pub(super) const LONG: usize = 4096;

pub(super) fn is_long((start, end): (u32, u32)) -> bool {
    (end - start) as usize > LONG
}

/// Which bits of a code lead in a table. Blocks `x`, `y`, `z` are the three of one half in an
/// order: a table is bucketed by `x` and `y`; `z` follows, then what is left of the half, then
/// the other half.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// Brings the own half to the top: 0 or 32.
    rotate: u32,
    /// Bits of the rotated code that stay where they are.
    keep: u64,
    /// Bits that move up, and how far.
    up: (u64, u32),
    /// Bits that move down, and how far.
    down: (u64, u32),
    /// Bits by which the table is bucketed: the widths of `x` and `y`.
    pub prefix: u32,
    /// Bits of `z` in a key.
    pub z: u64,
    /// Bits of the three blocks of the other half in a key.
    pub others: u64,
    /// Widths of `x` and `y`, and whether each comes before `z` in the half.
    fields: [(u32, bool); 2],
}

/// The lowest `n` bits (`n` below 64).
const fn ones(n: u32) -> u64 {
    (1 << n) - 1
}

impl Shape {
    /// The table of half `half` (0: the upper 32 bits) that is bucketed by all blocks but `z`.
    pub fn new(half: u32, z: usize, widths: Widths) -> Self {
        let [a, b, c] = widths;
        let blocks = a + b + c;
        let (up, down) = match z {
            // b c a
            0 => (
                (ones(b + c) << (64 - blocks), a),
                (ones(a) << (64 - a), b + c),
            ),
            // a c b
            1 => ((ones(c) << (64 - blocks), b), (ones(b) << (64 - a - b), c)),
            _ => ((0, 0), (0, 0)),
        };
        let prefix = blocks - widths[z];
        let [x, y] = [[1, 2], [0, 2], [0, 1]][z];
        Shape {
            rotate: 32 * half,
            keep: !(up.0 | down.0),
            up,
            down,
            prefix,
            z: ones(widths[z]) << (64 - blocks),
            others: ones(blocks) << (32 - blocks),
            fields: [(widths[x], x < z), (widths[y], y < z)],
        }
    }

    /// The code with its bits rearranged. Distances between keys are distances between codes.
    pub fn key(&self, code: u64) -> u64 {
        let code = code.rotate_left(self.rotate);
        (code & self.keep) | (code & self.up.0) << self.up.1 | (code & self.down.0) >> self.down.1
    }

    /// The code of a key.
    pub fn code(&self, key: u64) -> u64 {
        let code =
            (key & self.keep) | (key >> self.up.1 & self.up.0) | (key << self.down.1 & self.down.0);
        code.rotate_right(self.rotate)
    }

    /// The buckets in which this table finds codes with at most `most` errors in its half: errors
    /// in `x` and `y` to flip, fewest first.
    pub fn flips(&self, most: u32) -> Vec<Flip> {
        let [(x, x_first), (y, y_first)] = self.fields;
        let mut flips = Vec::new();
        for ex in 0..=most.min(x) {
            for ey in 0..=most.min(y) {
                let z = (ex + u32::from(x_first)).max(ey + u32::from(y_first));
                let needs = ex + ey + z;
                if needs > most {
                    continue;
                }
                for xs in choose(x, ex) {
                    for ys in choose(y, ey) {
                        flips.push(Flip {
                            mask: xs << y | ys,
                            errors: (ex + ey) as u8,
                            least: z as u8,
                            needs: needs as u8,
                        });
                    }
                }
            }
        }
        flips.sort_by_key(|f| (f.needs, f.mask));
        flips
    }
}

/// A bucket to look into, relative to a key's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flip {
    /// Bits of the prefix that differ.
    pub mask: u32,
    /// How many they are.
    pub errors: u8,
    /// Errors in `z` that a code must have at least: with fewer, another table finds it.
    pub least: u8,
    /// The allowance of errors in the half from which on this bucket is looked into.
    pub needs: u8,
}

/// All numbers of `width` bits with `n` ones.
fn choose(width: u32, n: u32) -> Vec<u32> {
    (0..1u32 << width).filter(|m| m.count_ones() == n).collect()
}

/// What is looked for in a bucket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Probe {
    pub bucket: u32,
    /// The key's bits below the prefix, at the top.
    pub rest: u64,
    /// Distance allowed.
    pub within: u32,
    /// Errors in the prefix.
    pub errors: u32,
    /// Errors in `z`: at least, at most.
    pub z: (u32, u32),
    /// Errors in the blocks of the other half: at least. With fewer, its tables find the code.
    pub others: u32,
}

/// The codes in one arrangement. The prefix of a key is its bucket; the 32 bits after it are
/// what a search reads; the last 16 are read where those agree.
#[derive(Debug)]
pub(super) struct Table {
    pub shape: Shape,
    pub flips: Vec<Flip>,
    /// Where each bucket begins, and the end of the last.
    starts: Vec<u32>,
    /// By bucket: where the values of `z` begin in it, of buckets with more codes than [`LONG`].
    long: Vec<(u32, Box<[u32]>)>,
    /// Values of `z` to flip, fewest ones first.
    z_flips: Vec<u32>,
    hot: Vec<u32>,
    cold: Vec<u16>,
}

impl Table {
    /// `keys` are sorted.
    pub fn new(shape: Shape, flips: Vec<Flip>, keys: &[u64]) -> Self {
        let prefix = shape.prefix;
        let mut starts = Vec::with_capacity((1 << prefix) + 1);
        let mut next = 0u32;
        for bucket in 0..1u64 << prefix {
            starts.push(next);
            let end = keys[next as usize..]
                .iter()
                .take_while(|k| *k >> (64 - prefix) == bucket)
                .count();
            next += end as u32;
        }
        starts.push(next);
        let z_width = shape.z.count_ones();
        let z = |k: &u64| (k << prefix) >> (64 - z_width);
        let mut long = Vec::new();
        for (bucket, range) in starts.windows(2).enumerate() {
            let (start, end) = (range[0] as usize, range[1] as usize);
            if is_long((range[0], range[1])) {
                let within = |v: u64| keys[start..end].partition_point(|k| z(k) < v);
                let starts = (0..=1 << z_width).map(|v| (start + within(v)) as u32);
                long.push((bucket as u32, starts.collect()));
            }
        }
        let mut z_flips: Vec<u32> = (0..1 << z_width).collect();
        z_flips.sort_by_key(|m| (m.count_ones(), *m));
        let rest = |k: &u64| k << prefix;
        let hot = keys.iter().map(|k| (rest(k) >> 32) as u32);
        let hot = hot.chain([0; BLOCK]);
        Table {
            shape,
            flips,
            starts,
            long,
            z_flips,
            hot: hot.collect(),
            cold: keys.iter().map(|k| (rest(k) >> 16) as u16).collect(),
        }
    }

    pub fn bytes(&self) -> usize {
        let long: usize = self.long.iter().map(|(_, starts)| starts.len() + 6).sum();
        4 * (self.starts.len() + long + self.hot.len()) + 2 * self.cold.len()
    }

    /// The range of a bucket.
    pub fn bucket(&self, prefix: u32) -> (u32, u32) {
        let i = prefix as usize;
        (self.starts[i], self.starts[i + 1])
    }

    /// Reads both ends of a range, so that they are in the cache later.
    pub fn touch(&self, range: (u32, u32)) -> u32 {
        self.hot[range.0 as usize] ^ self.hot[range.1 as usize]
    }

    /// The ranges of a long bucket with few enough errors in `z`, not the empty ones; nothing for
    /// a bucket that is not long.
    pub fn parts(&self, probe: Probe) -> impl Iterator<Item = (u32, u32)> {
        let long = self.long.binary_search_by_key(&probe.bucket, |(b, _)| *b);
        let starts = long.map_or(&[][..], |i| &self.long[i].1);
        let z = (probe.rest >> (64 - self.shape.z.count_ones())) as u32;
        let (least, most) = probe.z;
        let flips = self.z_flips.iter().filter(move |_| !starts.is_empty());
        flips
            .skip_while(move |m| m.count_ones() < least)
            .take_while(move |m| m.count_ones() <= most)
            .map(move |m| {
                let i = (z ^ m) as usize;
                (starts[i], starts[i + 1])
            })
            .filter(|(start, end)| start < end)
    }

    /// The bits below the prefix of the code at `i`, at the top.
    fn rest(&self, i: usize) -> u64 {
        u64::from(self.hot[i]) << 32 | u64::from(self.cold[i]) << 16
    }

    /// Place of a key among the sorted ones, given the range of its bucket.
    pub fn rank(&self, key: u64, (start, end): (u32, u32)) -> Option<usize> {
        let (start, rest) = (start as usize, key << self.shape.prefix);
        let before = |hot: &u32| *hot < (rest >> 32) as u32;
        let mut at = start + self.hot[start..end as usize].partition_point(before);
        while at < end as usize && self.rest(at) < rest {
            at += 1;
        }
        (at < end as usize && self.rest(at) == rest).then_some(at)
    }

    /// Every key, in order.
    pub fn each_key(&self, mut each: impl FnMut(u64)) {
        let prefix = self.shape.prefix;
        for (bucket, range) in self.starts.windows(2).enumerate() {
            for i in range[0] as usize..range[1] as usize {
                each((bucket as u64) << (64 - prefix) | self.rest(i) >> prefix);
            }
        }
    }

    /// Hands on the code and distance of everything in the range that the probe asks for.
    pub fn search(&self, range: (u32, u32), probe: &Probe, found: &mut impl FnMut(Near)) {
        let (start, end) = (range.0 as usize, range.1 as usize);
        if is_long(range) {
            self.descend(start, end, probe, found);
        } else {
            self.scan(start, end, probe, found);
        }
    }

    /// Hands on everything within a distance of the query, by this table alone: all buckets with
    /// few enough errors in the prefix.
    pub fn sweep(&self, query: u64, within: u32, found: &mut impl FnMut(Near)) {
        let (key, prefix) = (self.shape.key(query), self.shape.prefix);
        for errors in 0..=within.min(prefix) {
            let mut mask = (1u32 << errors) - 1;
            while mask < 1 << prefix {
                let bucket = (key >> (64 - prefix)) as u32 ^ mask;
                let range = self.bucket(bucket);
                if range.0 < range.1 {
                    let probe = Probe {
                        bucket,
                        rest: key << prefix,
                        within,
                        errors,
                        z: (0, u32::MAX),
                        others: 0,
                    };
                    self.search(range, &probe, found);
                }
                if mask == 0 {
                    break;
                }
                // The next number with as many ones (Gosper's hack, HAKMEM 175).
                let ripple = mask + (mask & mask.wrapping_neg());
                mask = ripple | (ripple ^ mask) >> 2 >> mask.trailing_zeros();
            }
        }
    }

    /// Buckets that a sweep looks into.
    pub fn swept(&self, within: u32) -> u64 {
        let prefix = u64::from(self.shape.prefix);
        let (mut buckets, mut of_errors) = (1, 1);
        for errors in 0..u64::from(within).min(prefix) {
            of_errors = of_errors * (prefix - errors) / (errors + 1);
            buckets += of_errors;
        }
        buckets
    }

    /// How many codes share the bucket of a code, on the average.
    pub fn crowd(&self) -> u64 {
        let lengths = self.starts.windows(2).map(|w| u64::from(w[1] - w[0]));
        let squares: u64 = lengths.map(|n| n * n).sum();
        squares / (self.cold.len() as u64).max(1)
    }

    /// Compares code by code.
    fn scan(&self, start: usize, end: usize, probe: &Probe, found: &mut impl FnMut(Near)) {
        let query = (probe.rest >> 32) as u32;
        match probe.within - probe.errors {
            0 => self.scan_within::<0>(query, start, end, probe, found),
            1 => self.scan_within::<1>(query, start, end, probe, found),
            2 => self.scan_within::<2>(query, start, end, probe, found),
            3 => self.scan_within::<3>(query, start, end, probe, found),
            4 => self.scan_within::<4>(query, start, end, probe, found),
            5 => self.scan_within::<5>(query, start, end, probe, found),
            6 => self.scan_within::<6>(query, start, end, probe, found),
            7 => self.scan_within::<7>(query, start, end, probe, found),
            _ => self.scan_within::<8>(query, start, end, probe, found),
        }
    }

    /// The distance is a constant here: whether `MOST` steps that each clear a bit clear them all
    /// takes half the instructions of counting on CPUs without a vector count of bits.
    fn scan_within<const MOST: usize>(
        &self,
        query: u32,
        start: usize,
        end: usize,
        probe: &Probe,
        found: &mut impl FnMut(Near),
    ) {
        let near = |hot: u32| (0..MOST).fold(hot ^ query, |x, _| x & x.wrapping_sub(1)) == 0;
        let mut at = start;
        while at < end {
            let Some((block, _)) = self.hot[at..].split_first_chunk::<BLOCK>() else {
                return; // The table ends with a block that belongs to no bucket.
            };
            // No branch a code, and none for the length: what follows a range is compared too,
            // and is hardly ever near.
            if block.iter().fold(false, |any, hot| any | near(*hot)) {
                for i in at..end.min(at + BLOCK) {
                    if near(self.hot[i]) {
                        self.check(i, probe, found);
                    }
                }
            }
            at += BLOCK;
        }
    }

    fn check(&self, i: usize, probe: &Probe, found: &mut impl FnMut(Near)) {
        let differs = self.rest(i) ^ probe.rest;
        let distance = probe.errors + differs.count_ones();
        if distance > probe.within {
            return;
        }
        let key = differs >> self.shape.prefix;
        let z = (key & self.shape.z).count_ones();
        let others = (key & self.shape.others).count_ones();
        if (probe.z.0..=probe.z.1).contains(&z) && others >= probe.others {
            let bucket = u64::from(probe.bucket) << (64 - self.shape.prefix);
            let code = self.shape.code(bucket | self.rest(i) >> self.shape.prefix);
            found(Near { distance, code });
        }
    }

    /// Halves the range by its first differing bit, as a PATRICIA trie over the sorted codes
    /// would, and leaves out what has too many errors by then.
    fn descend(&self, start: usize, end: usize, probe: &Probe, found: &mut impl FnMut(Near)) {
        if end - start <= LEAF {
            return self.scan(start, end, probe, found);
        }
        let hot = &self.hot[start..end];
        let (first, last) = (hot[0], hot[hot.len() - 1]);
        let common = (first ^ last).leading_zeros();
        let shared = !u32::MAX.checked_shr(common).unwrap_or(0);
        let differs = (first ^ (probe.rest >> 32) as u32) & shared;
        if probe.errors + differs.count_ones() > probe.within {
            return;
        }
        if common == 32 {
            return self.scan(start, end, probe, found);
        }
        let bit = 1 << (31 - common);
        let middle = start + hot.partition_point(|h| h & bit == 0);
        self.descend(start, middle, probe, found);
        self.descend(middle, end, probe, found);
    }
}
