//! Rules of robots.txt in memory: bounded, the oldest dropped first.

use std::sync::Arc;

use super::state::Rules;
use super::{Frontier, ROBOTS_BYTES, ROBOTS_LIFE};
use crate::crawl::politeness::{Micros, micros};
use crate::crawl::robots::Robots;

impl Frontier {
    /// Keeps the rules, and drops older ones where they grow too many.
    pub(super) fn keep_rules(&mut self, id: u32, rules: Robots, now: Micros) {
        self.keep_rules_until(id, rules, now.saturating_add(micros(ROBOTS_LIFE)));
        self.outdate(id);
    }

    pub(super) fn keep_rules_until(&mut self, id: u32, rules: Robots, until: Micros) {
        self.forget_rules(id);
        let size = rules.size();
        let origin = &mut self.origins[id as usize];
        origin.robots_tries = 0;
        origin.rules = Rules::Known {
            rules: (size > 0 || rules.crawl_delay.is_some()).then(|| Arc::new(rules)),
            until,
        };
        if size == 0 {
            return;
        }
        self.rules_loaded.push_back((id, until));
        self.rules_bytes += size;
        while self.rules_bytes > ROBOTS_BYTES && self.rules_loaded.len() > 1 {
            let Some((oldest, stamp)) = self.rules_loaded.pop_front() else {
                break;
            };
            let rules = &self.origins[oldest as usize].rules;
            if matches!(rules, Rules::Known { until, .. } if *until == stamp) {
                self.forget_rules(oldest);
            }
        }
    }

    /// Drops the rules of an origin, which are asked for again where they are needed.
    pub(super) fn forget_rules(&mut self, id: u32) {
        let rules = &mut self.origins[id as usize].rules;
        self.rules_bytes -= rules.size();
        *rules = Rules::Needed;
    }
}
