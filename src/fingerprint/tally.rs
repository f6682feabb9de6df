//! How often each character occurs: a hash table, for there are a million of them and a page has
//! some hundred.

/// Counts of values below 2³² − 1, in a table by multiplicative hashing (Knuth) with linear probing.
pub struct Tally {
    /// Value and count, 32 bits each; 0 where free.
    slots: Vec<u64>,
    bits: u32,
    /// The slots that are taken: most are free, and looking at all of them costs more.
    taken: Vec<u32>,
}

/// Slots at the beginning: a page of Chinese text has 200 to 600 different characters.
const BITS: u32 = 11;
/// A value that is sought longer than this makes the table grow: values chosen to meet in one
/// slot part in a larger table.
const MAX_PROBES: usize = 32;

impl Default for Tally {
    fn default() -> Self {
        Tally {
            slots: vec![0; 1 << BITS],
            bits: BITS,
            taken: Vec::with_capacity(1 << (BITS - 1)),
        }
    }
}

impl Tally {
    pub fn add(&mut self, value: u32) {
        self.add_times(value, 1);
    }

    fn add_times(&mut self, value: u32, times: u32) {
        let mask = self.slots.len() - 1;
        let first = start(value, self.bits);
        for at in first..first + MAX_PROBES {
            let at = at & mask;
            let slot = &mut self.slots[at];
            if *slot == 0 {
                *slot = u64::from(value) << 32 | u64::from(times);
                self.taken.push(at as u32);
                if self.taken.len() * 2 > self.slots.len() {
                    self.grow();
                }
                return;
            }
            if (*slot >> 32) as u32 == value {
                // A text has fewer than 2³² characters.
                *slot += u64::from(times);
                return;
            }
        }
        self.grow();
        self.add_times(value, times);
    }

    fn grow(&mut self) {
        let mut larger = Tally {
            slots: vec![0; self.slots.len() * 2],
            bits: self.bits + 1,
            taken: Vec::with_capacity(self.slots.len()),
        };
        self.counts().for_each(|(v, n)| larger.add_times(v, n));
        *self = larger;
    }

    /// Each value with its count, in no order that means something.
    pub fn counts(&self) -> impl Iterator<Item = (u32, u32)> {
        let held = self.taken.iter().map(|at| self.slots[*at as usize]);
        held.map(|slot| ((slot >> 32) as u32, slot as u32))
    }
}

/// The slot at which a value is first sought: another multiplier for each size, so that values
/// chosen to meet at one size are scattered at the next.
fn start(value: u32, bits: u32) -> usize {
    (value.wrapping_mul(0x9e37_79b1_u32.rotate_left(bits) | 1) >> (32 - bits)) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn agrees(values: &[u32]) {
        let mut tally = Tally::default();
        let mut wanted = BTreeMap::new();
        for value in values {
            tally.add(*value);
            *wanted.entry(*value).or_insert(0) += 1;
        }
        assert_eq!(tally.counts().collect::<BTreeMap<_, _>>(), wanted);
    }

    #[test]
    fn values_that_meet_in_one_slot_are_parted() {
        // All that begin in the first slot of the first table.
        let meeting = (0..0x0022_0000_u32).filter(|v| start(*v, BITS) == 0);
        let meeting: Vec<u32> = meeting.collect();
        assert!(meeting.len() > 500);
        agrees(&meeting);
        let mut tally = Tally::default();
        meeting.iter().for_each(|v| tally.add(*v));
        assert!(tally.slots.len() <= 1 << 18, "{}", tally.slots.len());
    }

    proptest::proptest! {
        #[test]
        fn counts_are_those_of_an_ordered_map(
            values in proptest::collection::vec(0..4000u32, 0..3000),
        ) {
            agrees(&values);
        }
    }
}
