//! Who goes first among those who may go: the site whose next page is likeliest to bring something
//! new, by what pages of similar places brought (a bandit with a decaying mean and a prior that is
//! learned; Sutton and Barto, Reinforcement Learning, chapter 2).
//!
//! What is expected of a domain's next page is the mean worth of its latest pages, mixed with what
//! the pages of other domains were worth that were as many pages deep. Requests without an answer
//! yet count as pages without worth, so that nobody is asked for much on one good page. Within an
//! origin the URL goes first whose grammar (digits and parameters masked) was worth most, on
//! whatever host. Every eighth turn goes to whoever waited longest: nobody starves, and places
//! that disappointed are tried again.

use std::cmp::Reverse;
use std::str::FromStr;

use xxhash_rust::xxh3::xxh3_64;

use super::state::{Domain, Origin};
use super::{Entry, Frontier, base_of};
use crate::hashed;

/// In which order URLs are fetched, as far as politeness leaves a choice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// By the new numbers, sites and templates expected.
    #[default]
    Focused,
    /// Sites in turn, the oldest URL of each.
    Fair,
    /// The oldest URL of all.
    Breadth,
}

impl FromStr for Order {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "focused" => Ok(Order::Focused),
            "fair" => Ok(Order::Fair),
            "breadth" => Ok(Order::Breadth),
            _ => Err(format!("`{text}`: expected focused, fair or breadth")),
        }
    }
}

/// Every so many turns the one goes who waited longest.
const EXPLORE: u64 = 8;
/// Weight of an older page beside the one after it.
const DECAY: f64 = 0.8;
/// Pages that the prior counts as.
const PRIOR: f64 = 1.5;
/// Pages of a domain, by powers of two, that priors are told apart by.
pub(super) const DEPTHS: usize = 10;
/// Grammars that are remembered (about 2 MB); further ones are taken for new.
const MAX_GRAMMARS: usize = 65_536;

/// A mean that begins with a guess, which counts as two pages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mean {
    pub sum: f64,
    pub count: f64,
}

impl Mean {
    fn starting(worth: f64) -> Self {
        Mean {
            sum: worth * 2.0,
            count: 2.0,
        }
    }

    fn note(&mut self, worth: f64) {
        self.sum += worth;
        self.count += 1.0;
    }

    fn mean(&self) -> f64 {
        self.sum / self.count
    }
}

/// What is known of all pages.
#[derive(Debug)]
pub(super) struct Focus {
    /// Worth of a domain's next page, by how many it had; of the first, apart for domains that
    /// hotline pages link to.
    pub depths: [Mean; DEPTHS],
    pub first_of_lead: Mean,
    pub grammars: hashed::Map<Mean>,
    turns: u64,
}

impl Default for Focus {
    fn default() -> Self {
        Focus {
            depths: std::array::from_fn(|depth| Mean::starting(1.0 / (1 << depth) as f64)),
            first_of_lead: Mean::starting(2.0),
            grammars: hashed::Map::default(),
            turns: 0,
        }
    }
}

/// Of a domain: what its pages were worth.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Record {
    /// Pages asked for, and those that brought something or nothing.
    pub asked: u32,
    pub heard: u32,
    pub worth: f64,
    pub weight: f64,
    /// A hotline page links to it.
    pub lead: bool,
}

impl Focus {
    fn prior(&self, record: &Record) -> f64 {
        match record.asked {
            0 if record.lead => self.first_of_lead.mean(),
            asked => self.depths[depth(asked)].mean(),
        }
    }

    fn expected(&self, record: &Record) -> f64 {
        let waiting = f64::from(record.asked.saturating_sub(record.heard));
        (PRIOR * self.prior(record) + record.worth) / (PRIOR + record.weight + waiting)
    }

    pub fn note(&mut self, record: &mut Record, grammar: u64, worth: f64) {
        match record.heard {
            0 if record.lead => self.first_of_lead.note(worth),
            heard => self.depths[depth(heard)].note(worth),
        }
        record.heard = record.heard.saturating_add(1);
        record.asked = record.asked.max(record.heard);
        record.worth = record.worth * DECAY + worth;
        record.weight = record.weight * DECAY + 1.0;
        let room = self.grammars.len() < MAX_GRAMMARS;
        match self.grammars.get_mut(&grammar) {
            Some(mean) => mean.note(worth),
            None if room => {
                let mut mean = Mean::starting(1.0);
                mean.note(worth);
                self.grammars.insert(grammar, mean);
            }
            None => {}
        }
    }

    fn of_grammar(&self, grammar: u64) -> f64 {
        self.grammars.get(&grammar).map_or(1.0, Mean::mean)
    }
}

/// 0 for none, then the powers of two.
fn depth(pages: u32) -> usize {
    let power = pages.checked_ilog2().map_or(0, |power| power as usize + 1);
    power.min(DEPTHS - 1)
}

/// Hash of path and parameter names with runs of digits masked: what pages of one kind share.
pub(super) fn grammar(url: &str) -> u64 {
    let path = base_of(url).map_or("", |base| &url[base.len()..]);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut masked = Vec::with_capacity(path.len() + query.len());
    let mut mask = |text: &str| {
        for byte in text.bytes() {
            match byte {
                b'0'..=b'9' if masked.last() == Some(&b'0') => {}
                b'0'..=b'9' => masked.push(b'0'),
                _ => masked.push(byte),
            }
        }
    };
    mask(path);
    for parameter in query.split('&').filter(|p| !p.is_empty()) {
        mask("&");
        mask(parameter.split('=').next().unwrap_or_default());
    }
    xxh3_64(&masked)
}

impl Frontier {
    /// Those whose time has come stand in line from now on.
    pub(super) fn line_up(&mut self, now: u64) {
        while let Some(&(at, turn, domain)) = self.timers.first()
            && at <= now
        {
            self.timers.pop_first();
            let rank = self.rank(domain);
            let state = &mut self.domains[domain as usize];
            state.timer = None;
            state.due = Some((rank, turn));
            self.due.insert((rank, turn, domain));
            self.turns.insert((turn, domain));
        }
    }

    /// Takes the next domain out of the line.
    pub(super) fn first_in_line(&mut self) -> Option<u32> {
        let &(_, _, best) = self.due.first()?;
        self.focus.turns += 1;
        let explores =
            self.settings.order == Order::Focused && self.focus.turns.is_multiple_of(EXPLORE);
        let domain = match self.turns.first() {
            Some(&(_, longest)) if explores => longest,
            _ => best,
        };
        self.out_of_line(domain);
        Some(domain)
    }

    pub(super) fn out_of_line(&mut self, domain: u32) {
        if let Some((rank, turn)) = self.domains[domain as usize].due.take() {
            self.due.remove(&(rank, turn, domain));
            self.turns.remove(&(turn, domain));
        }
    }

    /// The domain's place in the line is found anew.
    pub(super) fn line_up_again(&mut self, domain: u32) {
        let Some((old, turn)) = self.domains[domain as usize].due else {
            return;
        };
        let rank = self.rank(domain);
        if rank != old {
            self.due.remove(&(old, turn, domain));
            self.due.insert((rank, turn, domain));
            self.domains[domain as usize].due = Some((rank, turn));
        }
    }

    /// The lowest goes first.
    fn rank(&self, domain: u32) -> u64 {
        let state: &Domain = &self.domains[domain as usize];
        match self.settings.order {
            Order::Fair => 0,
            Order::Breadth => {
                let later = state.later.peek().map(|Reverse((_, id))| id);
                let origin = state.ready.front().or(later);
                let first = origin.and_then(|id| self.origins[*id as usize].queue.front());
                first.map_or(0, |entry| entry.task.seq)
            }
            Order::Focused => {
                let expected = self.focus.expected(&state.record).clamp(0.0, 1000.0);
                u64::from(u32::MAX) - (expected * 1e6) as u64
            }
        }
    }

    /// The next URL of an origin.
    pub(super) fn take_entry(&mut self, id: u32) -> Option<Entry> {
        let origin: &mut Origin = &mut self.origins[id as usize];
        if self.settings.order != Order::Focused {
            return origin.queue.pop_front();
        }
        let mut best: Option<(f64, usize)> = None;
        for (place, entry) in origin.queue.iter().enumerate() {
            let worth = self.focus.of_grammar(entry.grammar);
            if best.is_none_or(|(most, _)| worth > most) {
                best = Some((worth, place));
            }
        }
        origin.queue.remove(best?.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_values_are_no_part_of_a_grammar() {
        let same = |a: &str, b: &str| grammar(a) == grammar(b);
        assert!(same(
            "http://a.cn/news/12.html",
            "https://b.cn/news/9876.html"
        ));
        assert!(same(
            "http://a.cn/list?page=3&id=4",
            "http://a.cn/list?page=x&id="
        ));
        assert!(!same(
            "http://a.cn/news/12.html",
            "http://a.cn/list/12.html"
        ));
        assert!(!same("http://a.cn/list?page=3", "http://a.cn/list?id=3"));
        assert!(same("http://a.cn", "http://b.cn"));
    }

    #[test]
    fn a_place_without_news_is_worth_less_and_less() {
        let mut focus = Focus::default();
        let (mut barren, mut rich) = (Record::default(), Record::default());
        for _ in 0..6 {
            (barren.asked, rich.asked) = (barren.asked + 1, rich.asked + 1);
            focus.note(&mut barren, 1, 0.0);
            focus.note(&mut rich, 2, 1.0);
            assert!(focus.expected(&barren) < focus.expected(&rich));
        }
        assert!(focus.expected(&barren) < focus.expected(&Record::default()) / 2.0);
        assert!(focus.of_grammar(1) < focus.of_grammar(3));
        assert!(focus.of_grammar(3) <= focus.of_grammar(2));
        // Requests that are under way count against a place.
        let idle = focus.expected(&rich);
        rich.asked += 5;
        assert!(focus.expected(&rich) < idle);
    }

    #[test]
    fn strangers_whom_hotlines_link_to_go_before_others() {
        let focus = Focus::default();
        let lead = Record {
            lead: true,
            ..Record::default()
        };
        assert!(focus.expected(&lead) > focus.expected(&Record::default()));
    }
}
