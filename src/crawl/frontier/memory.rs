//! What was learned about the worth of places, over a restart: the priors, the grammars that were
//! met most, and the records of the domains that were heard of most. Bounded, and so in part: a
//! place that is not remembered is a stranger again.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::focus::{DEPTHS, Focus, Mean, Record};
use super::{COUNTS, Frontier, Order};
use crate::hashed;
use crate::store;

/// Lessons after which they are noted again.
const NOTE_EVERY: u32 = 512;
/// Grammars, and domains, that are noted (about 20 KB each).
const KEPT: usize = 1_000;
/// The lanes under which they are noted; hashes of texts that no origin has.
const WORTHS: u64 = 0x41f7_20c5_9ab3_6e8d;
const PLACES: u64 = 0xe25b_8d13_0f64_a97c;
/// Everything that [`Frontier::recall_lessons`] takes.
pub const LESSONS: [u64; 3] = [COUNTS, WORTHS, PLACES];

/// What is remembered of places, until they are met, and when it was noted.
#[derive(Debug, Default)]
pub(super) struct Memory {
    places: hashed::Map<Record>,
    since_noted: u32,
}

impl Memory {
    pub fn count_lesson(&mut self) {
        self.since_noted += 1;
    }
}

/// Sums and counts.
type Kept = (f32, f32);

#[derive(Serialize, Deserialize)]
struct Worths {
    depths: Vec<Kept>,
    first_of_lead: Kept,
    grammars: Vec<(u64, Kept)>,
}

#[derive(Serialize, Deserialize)]
struct Place {
    name: u64,
    heard: u32,
    lead: bool,
    worth: Kept,
}

#[derive(Serialize, Deserialize)]
struct Places(Vec<Place>);

impl Frontier {
    /// Takes in what an earlier run noted under one of [`LESSONS`]. What does not read back is
    /// not there.
    pub fn recall_lessons(&mut self, lane: u64, note: &[u8]) {
        match lane {
            COUNTS => self.recall_counts(note),
            WORTHS => {
                if let Ok(worths) = store::decode(note) {
                    self.focus.recall(&worths);
                }
            }
            PLACES => {
                let Ok(Places(places)) = store::decode(note) else {
                    return;
                };
                let known = places.into_iter().take(KEPT);
                let records = known.map(|place| (place.name, place.record()));
                self.memory.places.extend(records);
            }
            _ => {}
        }
    }

    /// What was learned since it was noted last, to be kept in the store, where it is much.
    pub(super) fn lessons(&mut self) -> Vec<(u64, Vec<u8>)> {
        if self.memory.since_noted < NOTE_EVERY || self.settings.order != Order::Focused {
            return Vec::new();
        }
        self.memory.since_noted = 0;
        let met = self.domains.iter().filter(|domain| domain.origins > 0);
        let met = met.map(|domain| (hash_of(&domain.name), domain.record));
        let remembered = self.memory.places.iter();
        let all = met.chain(remembered.map(|(name, record)| (*name, *record)));
        let mut places: Vec<Place> = all
            .filter(|(_, record)| record.heard > 0)
            .map(|(name, record)| Place::of(name, &record))
            .collect();
        keep_most(&mut places, |place| (place.heard, place.name));
        vec![
            (WORTHS, store::encode(&self.focus.worths())),
            (PLACES, store::encode(&Places(places))),
        ]
    }

    /// What is remembered of a domain that is met.
    pub(super) fn remembered(&mut self, name: &str) -> Record {
        let known = self.memory.places.remove(&hash_of(name));
        known.unwrap_or_default()
    }
}

impl Focus {
    fn worths(&self) -> Worths {
        let grammars = self.grammars.iter();
        let mut grammars: Vec<_> = grammars.map(|(of, mean)| (*of, kept(mean))).collect();
        keep_most(&mut grammars, |(of, (_, count))| (*count as u32, *of));
        Worths {
            depths: self.depths.iter().map(kept).collect(),
            first_of_lead: kept(&self.first_of_lead),
            grammars,
        }
    }

    fn recall(&mut self, worths: &Worths) {
        let depths = self.depths.iter_mut().zip(&worths.depths).take(DEPTHS);
        depths.for_each(|(mean, kept)| *mean = mean_of(*kept));
        self.first_of_lead = mean_of(worths.first_of_lead);
        let grammars = worths.grammars.iter().take(KEPT);
        self.grammars
            .extend(grammars.map(|(of, kept)| (*of, mean_of(*kept))));
    }
}

impl Place {
    fn of(name: u64, record: &Record) -> Self {
        Place {
            name,
            heard: record.heard,
            lead: record.lead,
            worth: (record.worth as f32, record.weight as f32),
        }
    }

    fn record(&self) -> Record {
        Record {
            asked: self.heard,
            heard: self.heard,
            worth: sane(self.worth.0),
            weight: sane(self.worth.1),
            lead: self.lead,
        }
    }
}

/// Keeps those with the most.
fn keep_most<T>(all: &mut Vec<T>, most: impl Fn(&T) -> (u32, u64)) {
    all.sort_unstable_by_key(|one| std::cmp::Reverse(most(one)));
    all.truncate(KEPT);
}

fn kept(mean: &Mean) -> Kept {
    (mean.sum as f32, mean.count as f32)
}

/// The count of a mean is never 0.
fn mean_of((sum, count): Kept) -> Mean {
    Mean {
        sum: sane(sum),
        count: sane(count).max(1.0),
    }
}

/// A damaged note must not put places out of all order.
fn sane(value: f32) -> f64 {
    match value.is_finite() {
        true => f64::from(value.max(0.0)),
        false => 0.0,
    }
}

fn hash_of(name: &str) -> u64 {
    xxh3_64(name.as_bytes())
}
