//! What is remembered of a host over a restart: its rules, the pauses it is owed, its failures.

use serde::{Deserialize, Serialize};

use super::Frontier;
use super::state::Rules;
use crate::crawl::politeness::{Micros, micros};
use crate::crawl::robots::Robots;
use crate::store;

/// Rules that take more bytes are asked for again in place of being kept.
const MAX_NOTE: usize = 16 << 10;

/// Times are in Unix milliseconds.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    /// No request before this time.
    next_at: i64,
    failures: u8,
    refusals: u8,
    answered: bool,
    /// A path that nobody links to was asked for; it brought a page like the others.
    probed: bool,
    any_path: bool,
    rules: Option<KeptRules>,
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptRules {
    until: i64,
    rules: Option<Robots>,
}

impl Frontier {
    /// What changed since the last time, by lane, to be kept in the store.
    pub fn take_notes(&mut self) -> Vec<(u64, Vec<u8>)> {
        let ids = std::mem::take(&mut self.unnoted);
        let mut notes = Vec::with_capacity(ids.len());
        for id in ids {
            self.origins[id as usize].unnoted = false;
            notes.push((self.origins[id as usize].lane, self.note(id)));
            self.rest(id);
        }
        notes.extend(self.counts.note());
        notes.extend(self.lessons());
        notes
    }

    /// The note on an origin is out of date.
    pub(super) fn outdate(&mut self, id: u32) {
        let origin = &mut self.origins[id as usize];
        if !origin.unnoted {
            origin.unnoted = true;
            self.unnoted.push(id);
        }
    }

    fn note(&self, id: u32) -> Vec<u8> {
        let origin = &self.origins[id as usize];
        let rules = match &origin.rules {
            Rules::Needed => None,
            Rules::Known { rules, until } => Some(KeptRules {
                until: self.unix_of(*until),
                rules: rules.as_deref().cloned(),
            }),
        };
        let mut note = Note {
            next_at: self.unix_of(origin.next_at),
            failures: origin.failures,
            refusals: origin.refusals,
            answered: origin.answered,
            probed: origin.probed,
            any_path: origin.any_path,
            rules: rules.filter(|r| r.rules.as_ref().is_none_or(|r| r.size() <= MAX_NOTE)),
        };
        let bytes = store::encode(&note);
        if bytes.len() <= MAX_NOTE {
            return bytes;
        }
        note.rules = None;
        store::encode(&note)
    }

    /// Takes in what was noted of an origin. A note that does not read back is none.
    pub(super) fn recall(&mut self, id: u32, note: &[u8]) {
        let Ok(note) = store::decode::<Note>(note) else {
            return;
        };
        let next_at = self.micros_of(note.next_at);
        let origin = &mut self.origins[id as usize];
        origin.next_at = origin.next_at.max(next_at);
        self.troubled += usize::from(origin.failures == 0 && note.failures > 0);
        self.troubled -= usize::from(origin.failures > 0 && note.failures == 0);
        (origin.failures, origin.refusals) = (note.failures, note.refusals);
        origin.answered |= note.answered;
        origin.probed |= note.probed;
        origin.any_path |= note.any_path;
        let Some(kept) = note.rules else { return };
        let until = self.micros_of(kept.until);
        if until == 0 || !matches!(self.origins[id as usize].rules, Rules::Needed) {
            return;
        }
        let asked = kept.rules.as_ref().and_then(|r| r.crawl_delay);
        self.keep_rules_until(id, kept.rules.unwrap_or_default(), until);
        if self.settings.resumed {
            let between = micros(self.settings.politeness.between(asked));
            let origin = &mut self.origins[id as usize];
            origin.next_at = origin.next_at.max(between);
        }
    }

    fn unix_of(&self, at: Micros) -> i64 {
        // Rounded up, and a millisecond more for what the start of either run lost: never early.
        let millis = i64::try_from(at.div_ceil(1_000) + 1).unwrap_or(i64::MAX);
        self.settings.started_at.saturating_add(millis)
    }

    /// 0 for a time before the run.
    fn micros_of(&self, at: i64) -> Micros {
        let millis = at.saturating_sub(self.settings.started_at);
        u64::try_from(millis).unwrap_or(0).saturating_mul(1_000)
    }
}
