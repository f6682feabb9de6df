//! How many networks there are so far, without spending the crawl's time on it.

use std::time::{Duration, Instant};

use partyline::graph::Builder;
use partyline::lists::Lists;
use partyline::record::Record;

/// Counts networks as pages come in; the count is renewed when it has paid for itself.
pub struct Tally {
    builder: Builder,
    networks: usize,
    renewed: Instant,
    cost: Duration,
}

/// The graph takes at most one part in this many of the time.
const SHARE: u32 = 50;

impl Tally {
    pub fn new(lists: &Lists) -> Self {
        Tally {
            builder: Builder::new(lists),
            networks: 0,
            renewed: Instant::now(),
            cost: Duration::ZERO,
        }
    }

    pub fn add(&mut self, record: &Record) {
        self.builder.add(record);
    }

    /// The count, perhaps a little old.
    pub fn networks(&mut self) -> usize {
        if self.renewed.elapsed() >= self.cost * SHARE {
            let start = Instant::now();
            self.networks = self.builder.build().networks.len();
            self.cost = start.elapsed().max(Duration::from_millis(10));
            self.renewed = Instant::now();
        }
        self.networks
    }
}
