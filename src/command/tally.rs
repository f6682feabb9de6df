//! How many networks there are so far, without spending the crawl's time on it.

use std::time::{Duration, Instant};

use partyline::graph::Running;
use partyline::lists::Lists;
use partyline::record::Record;

/// Counts networks as pages come in; the count is renewed when it has paid for itself.
pub struct Tally {
    running: Running,
    networks: usize,
    renewed: Instant,
    cost: Duration,
}

/// Counting takes at most one part in this many of the time.
const SHARE: u32 = 50;

impl Tally {
    pub fn new(lists: &Lists) -> Self {
        Tally {
            running: Running::new(lists),
            networks: 0,
            renewed: Instant::now(),
            cost: Duration::ZERO,
        }
    }

    pub fn add(&mut self, record: &Record) {
        self.running.add(record);
    }

    /// The count, perhaps a little old.
    pub fn networks(&mut self) -> usize {
        if self.renewed.elapsed() >= self.cost * SHARE {
            let start = Instant::now();
            self.networks = self.running.networks();
            self.cost = start.elapsed().max(Duration::from_millis(10));
            self.renewed = Instant::now();
        }
        self.networks
    }

    /// The count as it is now.
    pub fn last(&self) -> usize {
        self.running.networks()
    }
}
