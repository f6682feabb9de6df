//! How many networks there are so far, while pages come in: an estimate by clean numbers alone,
//! which needs no graph.
//!
//! A page costs a few look-ups. The count goes once over what is kept of each site, so that it
//! takes back what later pages refute: a number that turns out to be an innocent's joins nobody.

use xxhash_rust::xxh3::xxh3_64;

use crate::extract::number::Kind;
use crate::hashed;
use crate::lists::{Lists, OfficialNumbers};
use crate::record::Record;

use super::builder::{Builder, Stance};
use super::cluster::Sets;
use super::score::HOT;

/// Numbers that are kept of a site, the first that lead it.
const OF_SITE: usize = 8;
/// Sites, and numbers, that are told apart; later ones are not counted.
const MOST: usize = 4_000_000;

/// Sites and the numbers that lead their pages.
#[derive(Debug, Default)]
pub struct Running {
    official: OfficialNumbers,
    sites: hashed::Map<u32>,
    numbers: hashed::Map<u32>,
    facts: Vec<Site>,
}

#[derive(Debug, Default)]
struct Site {
    pages: u32,
    hot_pages: u32,
    /// Numbers with the pages that they lead prominently.
    led: Vec<(u32, u32)>,
}

impl Site {
    fn hot(&self) -> bool {
        self.hot_pages > 0 && u64::from(self.hot_pages) * 5 >= self.pages.into()
    }

    /// The numbers that lead about as many pages as any.
    fn foremost(&self) -> impl Iterator<Item = u32> {
        let most = self.led.iter().map(|l| l.1).max().unwrap_or(0);
        let fair = self.led.iter().filter(move |l| l.1 * 2 > most);
        fair.map(|l| l.0)
    }
}

impl Running {
    pub fn new(lists: &Lists) -> Self {
        Running {
            official: lists.official.clone(),
            ..Running::default()
        }
    }

    /// Notes a page. One that is noted twice weighs twice, and joins no more for it.
    pub fn add(&mut self, record: &Record) {
        if !Builder::counts(record) {
            return;
        }
        let Some(site) = number_of(&mut self.sites, record.site.as_str()) else {
            return;
        };
        if site as usize == self.facts.len() {
            self.facts.push(Site::default());
        }
        let hot = record.hotline.score >= HOT;
        let facts = &mut self.facts[site as usize];
        facts.pages = facts.pages.saturating_add(1);
        facts.hot_pages = facts.hot_pages.saturating_add(hot.into());
        let stance = Stance::of(&record.numbers);
        for fact in &record.numbers {
            let fit = fact.kind != Kind::Short && stance.leads(fact) && Stance::prominent(fact);
            if !fit || self.official.brand_of(&fact.number).is_some() {
                continue;
            }
            let Some(number) = number_of(&mut self.numbers, &fact.number) else {
                continue;
            };
            let known = facts.led.iter().position(|l| l.0 == number);
            match known {
                Some(at) => facts.led[at].1 = facts.led[at].1.saturating_add(1),
                None if facts.led.len() < OF_SITE => facts.led.push((number, 1)),
                None => {}
            }
        }
    }

    /// Groups of two hotline sites or more that numbers hold together.
    pub fn networks(&self) -> usize {
        let mut owned = vec![false; self.numbers.len()];
        for site in self.facts.iter().filter(|s| !s.hot()) {
            for &(number, pages) in &site.led {
                owned[number as usize] |= pages >= 2 && pages.saturating_mul(2) >= site.pages;
            }
        }
        let mut sets = Sets::new(self.numbers.len());
        let mut led: Vec<u32> = Vec::new();
        for site in self.facts.iter().filter(|s| s.hot()) {
            let mut clean = site.foremost().filter(|&n| !owned[n as usize]);
            if let Some(first) = clean.next() {
                clean.for_each(|other| sets.union(first, other));
                led.push(first);
            }
        }
        led.iter_mut().for_each(|n| *n = sets.find(*n));
        led.sort_unstable();
        led.chunk_by(|a, b| a == b).filter(|l| l.len() > 1).count()
    }
}

/// The dense number of a name; `None` for a new one where there is no room.
fn number_of(names: &mut hashed::Map<u32>, name: &str) -> Option<u32> {
    let fresh = names.len();
    let key = xxh3_64(name.as_bytes());
    match names.get(&key) {
        Some(&known) => Some(known),
        None if fresh < MOST => {
            names.insert(key, fresh as u32);
            Some(fresh as u32)
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::testing::{cold, hot};

    #[test]
    fn it_counts_groups_and_takes_back_what_is_refuted() {
        let mut running = Running::new(&Lists::built_in());
        assert_eq!(running.networks(), 0);
        for i in 0..3 {
            running.add(&hot(&format!("a{i}.example"), "x").sells("4001110000").0);
            running.add(&hot(&format!("b{i}.example"), "x").sells("4002220000").0);
            running.add(&hot(&format!("c{i}.example"), "x").sells("4006999999").0);
        }
        running.add(&hot("alone.example", "x").sells("4003330000").0);
        assert_eq!(running.networks(), 2);
        // One site with both numbers joins them.
        for page in ["x", "y"] {
            let both = hot("both.example", page).sells("4001110000");
            running.add(&both.sells("4002220000").0);
        }
        assert_eq!(running.networks(), 1);
        for page in ["x", "y"] {
            running.add(&cold("firm.example", page).sells("4001110000").0);
        }
        assert_eq!(running.networks(), 1);
        let owner = ["x", "y"].map(|page| cold("firm2.example", page).sells("4002220000"));
        owner.iter().for_each(|page| running.add(&page.0));
        assert_eq!(running.networks(), 0);
    }
}
