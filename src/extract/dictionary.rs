//! Word lists that are asked at every character: which words start here, and which is the longest?
//!
//! Words lie in buckets by their first two characters. Most questions end at a bit for the two, the
//! others at one probe of an open-addressing table (linear probing: Knuth, The Art
//! of Computer Programming, volume 3, section 6.4) and a comparison of eight bytes.

use std::collections::BTreeMap;

/// A fixed set of words with a value each. Words are compared as they are, case included.
pub struct Dictionary {
    /// Low 16 bits of the characters that are words by themselves.
    singles: Bits,
    /// Sixteen bits of the hash of each pair of first characters: a Bloom filter with one hash
    /// (Bloom, 1970), small enough to stay in the nearest cache.
    pairs: Bits,
    /// A power of two long, at most half full; key 0 is an empty place.
    table: Vec<Bucket>,
    /// Bucket by bucket, a bucket's longest word first.
    slots: Vec<Slot>,
    /// What follows the first eight bytes of a tail, all words in a row.
    ends: Vec<u8>,
}

#[derive(Clone, Copy, Default)]
struct Bucket {
    key: u64,
    from: u32,
    to: u32,
}

/// What follows the first two characters of a word.
struct Slot {
    /// The first eight bytes, and which of them count.
    head: u64,
    mask: u64,
    /// Length in bytes.
    len: u32,
    /// Where the bytes after the eighth lie.
    end: u32,
    value: u32,
}

struct Bits(Box<[u64; 1 << 10]>);

impl Bits {
    fn new() -> Self {
        Bits(Box::new([0; 1 << 10]))
    }

    fn set(&mut self, bit: u32) {
        let bit = bit as usize & 0xffff;
        self.0[bit >> 6] |= 1 << (bit & 63);
    }

    #[inline]
    fn has(&self, bit: u32) -> bool {
        let bit = bit as usize & 0xffff;
        self.0[bit >> 6] >> (bit & 63) & 1 == 1
    }
}

impl Dictionary {
    /// Of equal words the first one counts.
    pub fn new<'a>(words: impl IntoIterator<Item = (&'a str, u32)>) -> Self {
        let mut singles = Bits::new();
        let mut grouped: BTreeMap<u64, Vec<(&str, u32)>> = BTreeMap::new();
        for (word, value) in words {
            let mut chars = word.chars();
            let Some(first) = chars.next() else { continue };
            let second = chars.next();
            if second.is_none() {
                singles.set(first.into());
            }
            let tails = grouped.entry(key(first, second)).or_default();
            tails.push((chars.as_str(), value));
        }
        let mut dictionary = Dictionary {
            singles,
            pairs: Bits::new(),
            table: vec![Bucket::default(); (grouped.len() * 2).next_power_of_two()],
            slots: Vec::new(),
            ends: Vec::new(),
        };
        for (key, mut tails) in grouped {
            // A stable sort: of equal words the first one stays in front.
            tails.sort_by_key(|(tail, _)| std::cmp::Reverse(tail.len()));
            dictionary.add(key, &tails);
        }
        dictionary
    }

    fn add(&mut self, key: u64, tails: &[(&str, u32)]) {
        self.pairs.set((mix(key) >> 48) as u32);
        let from = self.slots.len() as u32;
        for (tail, value) in tails {
            let bytes = tail.as_bytes();
            self.slots.push(Slot {
                head: eight(bytes),
                mask: eight(&[0xff; 8][..bytes.len().min(8)]),
                len: bytes.len() as u32,
                end: self.ends.len() as u32,
                value: *value,
            });
            self.ends.extend(bytes.get(8..).unwrap_or_default());
        }
        let mut at = self.place(key);
        while self.table[at].key != 0 {
            at = (at + 1) & (self.table.len() - 1);
        }
        self.table[at] = Bucket {
            key,
            from,
            to: self.slots.len() as u32,
        };
    }

    /// Where the search for a key starts.
    #[inline]
    fn place(&self, key: u64) -> usize {
        (mix(key) >> 32) as usize & (self.table.len() - 1)
    }

    /// May a word begin with these characters? Both bits are asked for at once: each alone is set for
    /// so many that nobody could guess the answer, and together they are clear for most.
    #[inline]
    fn may_begin(&self, first: char, key: u64) -> bool {
        self.pairs.has((mix(key) >> 48) as u32) | self.singles.has(first.into())
    }

    /// The longest word that the text starts with: its length in bytes and its value.
    #[inline]
    pub fn longest(&self, text: &str) -> Option<(usize, u32)> {
        let mut chars = text.chars();
        let first = chars.next()?;
        let key = key(first, chars.next());
        match self.may_begin(first, key) {
            true => self.probe(text, first, key, chars.as_str().as_bytes()),
            false => None,
        }
    }

    fn probe(&self, text: &str, first: char, pair: u64, rest: &[u8]) -> Option<(usize, u32)> {
        if let Some((len, value)) = self.tail(pair, rest) {
            return Some((text.len() - rest.len() + len, value));
        }
        if !self.singles.has(first.into()) {
            return None;
        }
        let (_, value) = self.tail(key(first, None), b"")?;
        Some((first.len_utf8(), value))
    }

    /// Every word at every place of the text, also inside of others: its first byte, the byte
    /// after its last, and its value. Place by place, the longest first.
    #[inline]
    pub fn all(&self, text: &str, mut found: impl FnMut(usize, usize, u32)) {
        let mut chars = text.char_indices();
        let mut next = chars.next();
        while let Some((at, first)) = next {
            next = chars.next();
            let pair = key(first, next.map(|(_, second)| second));
            if !self.may_begin(first, pair) {
                continue;
            }
            if let Some((middle, second)) = next {
                let end = middle + second.len_utf8();
                self.tails(pair, &text.as_bytes()[end..])
                    .for_each(|(len, value)| found(at, end + len, value));
            }
            if self.singles.has(first.into()) {
                let alone = self.tails(key(first, None), b"");
                alone.for_each(|(_, value)| found(at, at + first.len_utf8(), value));
            }
        }
    }

    /// The longest tail of a bucket that `rest` starts with.
    #[inline]
    fn tail(&self, key: u64, rest: &[u8]) -> Option<(usize, u32)> {
        self.tails(key, rest).next()
    }

    /// All tails of a bucket that `rest` starts with, the longest first.
    #[inline]
    fn tails(&self, key: u64, rest: &[u8]) -> impl Iterator<Item = (usize, u32)> {
        let mut at = self.place(key);
        while self.table[at].key != key && self.table[at].key != 0 {
            at = (at + 1) & (self.table.len() - 1);
        }
        // An empty place has no slots.
        let Bucket { from, to, .. } = self.table[at];
        let head = eight(rest);
        let slots = self.slots[from as usize..to as usize].iter();
        let fits = move |slot: &&Slot| {
            let len = slot.len as usize;
            (head ^ slot.head) & slot.mask == 0
                && len <= rest.len()
                && (len <= 8 || rest[8..len] == self.ends[slot.end as usize..][..len - 8])
        };
        slots
            .filter(fits)
            .map(|slot| (slot.len as usize, slot.value))
    }
}

/// The words of a list file: one a line, without comments and empty lines.
pub(super) fn entries(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.lines()
        .map(str::trim_end)
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
}

/// The words are fixed, so hostile text cannot fill a stretch of the table; multiplying by an odd
/// constant spreads them.
#[inline]
fn mix(key: u64) -> u64 {
    key.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Two code points side by side; never 0 for a word, as a lone character stands in the low half.
#[inline]
fn key(first: char, second: Option<char>) -> u64 {
    match second {
        Some(second) => u64::from(u32::from(first) + 1) << 32 | u64::from(u32::from(second)),
        None => u64::from(u32::from(first) + 1),
    }
}

/// The first eight bytes, filled up with zeros.
#[inline]
fn eight(bytes: &[u8]) -> u64 {
    if let Some(whole) = bytes.first_chunk::<8>() {
        return u64::from_le_bytes(*whole);
    }
    let part = bytes.iter().rev();
    part.fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::Dictionary;

    proptest::proptest! {
        /// Agrees with trying every word.
        #[test]
        fn the_longest_word_is_found(
            words in proptest::collection::vec("[ab\0北京市𠀀]{1,9}", 0..40),
            text in "[ab\0北京市𠀀]{0,12}",
        ) {
            let values = words.iter().enumerate();
            let dictionary = Dictionary::new(values.map(|(i, w)| (w.as_str(), i as u32)));
            let fits = words.iter().filter(|w| text.starts_with(w.as_str()));
            let longest = fits.max_by_key(|w| w.len());
            let expected = longest.map(|longest| {
                let first = words.iter().position(|w| w == longest).unwrap();
                (longest.len(), first as u32)
            });
            proptest::prop_assert_eq!(dictionary.longest(&text), expected);
            let starts = text.char_indices().map(|(at, _)| at);
            let expected: Vec<(usize, usize)> = starts.flat_map(|at| {
                let here = words.iter().filter(|w| text[at..].starts_with(w.as_str()));
                let mut ends: Vec<usize> = here.map(|w| at + w.len()).collect();
                ends.sort_by_key(|end| std::cmp::Reverse(*end));
                ends.into_iter().map(move |end| (at, end))
            }).collect();
            let mut found = Vec::new();
            dictionary.all(&text, |at, end, _| found.push((at, end)));
            proptest::prop_assert_eq!(found, expected);
        }
    }
}
