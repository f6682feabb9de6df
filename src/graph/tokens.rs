//! The generator's traces that tell something, by dense numbers: each stands on several sites, one
//! of them a hotline site, and is rare among the innocent.
//!
//! All tokens of all sites are sorted by hash, kind by kind; a run of equal ones is one token with
//! the sites that show it. What stands on one site alone, or is boilerplate, gets no number: it
//! can neither link nor explain.
//!
//! Fresh memory and scattered reads are what costs at a million sites. So the tokens lie in the
//! order of sites, are looked at a range of hashes at a time, in a buffer that is used again, and
//! each one's number is written over its hash.

use std::sync::atomic::{AtomicU64, Ordering};

use super::background::{Background, Token};
use super::csr::Rows;
use super::evidence::token_bits;
use super::facts::SiteFacts;
use super::par;

/// About so many tokens are looked at at a time.
const BUCKET: usize = 1 << 19;
/// In place of the number of a token that gets none.
const NONE: u64 = u64::MAX;

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Tokens {
    /// In order.
    all: Vec<Token>,
    /// Bits of each, more than 0.
    bits: Vec<f32>,
    /// Background sites on which each stands.
    counts: Vec<u32>,
    /// The numbers of lines are below the first, those of region lines from there to the second.
    ends: [u32; 2],
    /// Site → tokens, in order.
    of_site: Rows,
}

/// Tokens of some sites, one site after the other.
#[derive(Debug, Default)]
pub(super) struct Hashes {
    /// Hashes by site and kind, in order; then what they became: place in the list of parts, and
    /// number within the part.
    slots: Vec<AtomicU64>,
    /// Where each kind of each site ends.
    ends: Vec<[u32; Token::KINDS]>,
}

impl Hashes {
    /// Room for so many sites and tokens.
    pub fn with_room(sites: usize, tokens: usize) -> Hashes {
        Hashes {
            slots: Vec::with_capacity(tokens),
            ends: Vec::with_capacity(sites),
        }
    }

    /// Adds a site with its tokens, which are in order.
    pub fn push(&mut self, tokens: &[Token]) {
        let mut end = self.slots.len() as u32;
        let mut ends = [0; Token::KINDS];
        for (at, token) in (end..).zip(tokens) {
            let (kind, hash) = token.parts();
            self.slots.push(AtomicU64::new(hash));
            ends[kind] = at + 1;
        }
        for kind in &mut ends {
            end = end.max(*kind);
            *kind = end;
        }
        self.ends.push(ends);
    }

    /// The slots of each site for tokens of the kind.
    fn of_kind(&self, kind: usize) -> impl Iterator<Item = (u32, u32)> {
        (0..self.ends.len()).map(move |site| {
            let start = match (kind, site) {
                (0, 0) => 0,
                (0, _) => self.ends[site - 1][Token::KINDS - 1],
                _ => self.ends[site][kind - 1],
            };
            (start, self.ends[site][kind])
        })
    }

    fn slot(&self, at: u32) -> u64 {
        self.slots[at as usize].load(Ordering::Relaxed)
    }
}

impl Tokens {
    /// Numbers the tokens of `sites`. All pieces of `hashes` but the last hold equally many.
    pub fn of(hashes: Vec<Hashes>, sites: &[SiteFacts], background: Background) -> Tokens {
        let hot: Vec<bool> = sites.iter().map(|s| s.hot).collect();
        let mut tokens = Tokens::default();
        let mut first = Vec::with_capacity(2 * Token::KINDS);
        let mut held = 0;
        let (mut low, mut high) = (Desk::default(), Desk::default());
        for kind in 0..Token::KINDS {
            let look = Look {
                hashes: &hashes,
                hot: &hot,
                background,
                kind,
            };
            look.split(&mut low, &mut high);
            let parts = par::both(
                || look.part(2 * kind, &mut low),
                || look.part(2 * kind + 1, &mut high),
            );
            for part in [parts.0, parts.1] {
                first.push(tokens.all.len() as u32);
                tokens.all.extend(part.all);
                tokens.bits.extend(part.bits);
                tokens.counts.extend(part.counts);
                held += part.held;
            }
            if let Some(end) = tokens.ends.get_mut(kind) {
                *end = tokens.all.len() as u32;
            }
        }
        tokens.of_site = rows(hashes, &first, held);
        tokens
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn token(&self, id: u32) -> Token {
        self.all[id as usize]
    }

    pub fn bits(&self, id: u32) -> f64 {
        self.bits[id as usize].into()
    }

    /// Background sites on which the token stands.
    pub fn count(&self, id: u32) -> u32 {
        self.counts[id as usize]
    }

    /// The site's tokens, in order.
    pub fn of_site(&self, site: u32) -> &[u32] {
        self.of_site.row(site)
    }

    /// The site's lines and its region lines, in order.
    pub fn lines_and_regions(&self, site: u32) -> (&[u32], &[u32]) {
        let all = self.of_site(site);
        let end = |n: usize| all.partition_point(|&id| id < self.ends[n]);
        (&all[..end(0)], &all[end(0)..end(1)])
    }
}

/// The numbers that were written over the hashes, by site.
fn rows(hashes: Vec<Hashes>, first: &[u32], held: usize) -> Rows {
    let mut rows = Rows::with_room(held);
    for piece in hashes {
        let mut at = 0;
        for ends in &piece.ends {
            let end = ends[Token::KINDS - 1];
            for slot in at..end {
                let found = piece.slot(slot);
                if found != NONE {
                    rows.push(first[(found >> 32) as usize] + found as u32);
                }
            }
            rows.end_row();
            at = end;
        }
    }
    rows
}

/// Slots of one site, of which those before the first were looked at.
type Range = (u32, u32);

/// Where tokens are worked on, kind after kind in the same memory.
#[derive(Default)]
struct Desk {
    count: usize,
    /// Where they are, by site.
    ranges: Vec<Range>,
    /// Hash, site and slot of those that are looked at, in the order of sites.
    held: Vec<(u64, u32, u32)>,
    /// Their hashes, sorted: those on hotline sites, and the others.
    hot: Vec<u64>,
    cold: Vec<u64>,
    index: Index,
}

/// Sorted hashes, with the place where each prefix of theirs begins.
#[derive(Default)]
struct Index {
    hashes: Vec<u64>,
    starts: Vec<u32>,
}

/// Bits of a prefix.
const PREFIX: u32 = 14;

impl Index {
    /// Of hashes in order, which have the first `common` bits in common.
    fn fill(&mut self, hashes: impl Iterator<Item = u64>, common: u32) {
        self.hashes.clear();
        self.hashes.extend(hashes);
        self.starts.clear();
        self.starts.resize((1 << PREFIX) + 1, 0);
        for &hash in &self.hashes {
            self.starts[prefix(hash, common) + 1] += 1;
        }
        for at in 1..self.starts.len() {
            self.starts[at] += self.starts[at - 1];
        }
    }

    /// The place of a hash, which has the common bits.
    fn find(&self, hash: u64, common: u32) -> Option<u32> {
        let prefix = prefix(hash, common);
        let (start, end) = (self.starts[prefix], self.starts[prefix + 1]);
        let found = self.hashes[start as usize..end as usize].binary_search(&hash);
        found.ok().map(|at| start + at as u32)
    }
}

fn prefix(hash: u64, common: u32) -> usize {
    ((hash << common) >> (u64::BITS - PREFIX)) as usize
}

/// What is found among the tokens of one kind whose hashes have one first bit.
#[derive(Default)]
struct Part {
    all: Vec<Token>,
    bits: Vec<f32>,
    counts: Vec<u32>,
    /// Tokens of sites that got a number.
    held: usize,
}

/// Tokens of one kind.
struct Look<'a> {
    hashes: &'a [Hashes],
    hot: &'a [bool],
    background: Background,
    kind: usize,
}

impl Look<'_> {
    /// Lays hashes that begin with 0 on the one desk, those that begin with 1 on the other.
    fn split(&self, low: &mut Desk, high: &mut Desk) {
        for desk in [&mut *low, &mut *high] {
            desk.count = 0;
            desk.ranges.clear();
            desk.ranges.reserve(self.hot.len());
        }
        for piece in self.hashes {
            for (start, end) in piece.of_kind(self.kind) {
                let slots = &piece.slots[start as usize..end as usize];
                let below = slots.partition_point(|s| s.load(Ordering::Relaxed) >> 63 == 0);
                let middle = start + below as u32;
                low.count += below;
                high.count += slots.len() - below;
                low.ranges.push((start, middle));
                high.ranges.push((middle, end));
            }
        }
    }

    /// Numbers the tokens on the desk, and writes the numbers over the hashes, with `name` above
    /// them.
    fn part(&self, name: usize, desk: &mut Desk) -> Part {
        let mut part = Part::default();
        let count = desk.count;
        if count == 0 {
            return part;
        }
        let bits = (count / BUCKET + 1).next_power_of_two().trailing_zeros();
        let room = count.min(BUCKET + BUCKET / 8);
        desk.held.clear();
        desk.held.reserve(room);
        for bucket in 0..1u64 << bits {
            // Of the 63 bits after the first.
            let last = ((bucket + 1) << (63 - bits)) - 1;
            self.lay_out(last, desk);
            desk.hot.sort_unstable();
            desk.cold.sort_unstable();
            let first = part.all.len();
            let mut cold = desk.cold.iter().peekable();
            for list in desk.hot.chunk_by(|a, b| a == b) {
                while cold.next_if(|c| **c < list[0]).is_some() {}
                let mut others = 0;
                while cold.next_if(|c| **c == list[0]).is_some() {
                    others += 1;
                }
                self.take(list[0], list.len() as u32, others, &mut part);
            }
            let taken = part.all[first..].iter().map(|token| token.parts().1);
            desk.index.fill(taken, 1 + bits);
            // In the order of sites, as they lie in memory.
            for &(hash, site, at) in &desk.held {
                let found = desk.index.find(hash, 1 + bits);
                part.held += usize::from(found.is_some());
                let name = |id: u32| (name as u64) << 32 | (first as u64 + u64::from(id));
                let piece = &self.hashes[site as usize / self.hashes[0].ends.len()];
                piece.slots[at as usize].store(found.map_or(NONE, name), Ordering::Relaxed);
            }
        }
        part
    }

    /// Takes what is not above `last`, the first bit aside, from the ranges of all sites.
    fn lay_out(&self, last: u64, desk: &mut Desk) {
        desk.held.clear();
        desk.hot.clear();
        desk.cold.clear();
        let mut site = 0;
        let per_piece = self.hashes[0].ends.len();
        let pieces = desk.ranges.chunks_mut(per_piece);
        for (piece, ranges) in self.hashes.iter().zip(pieces) {
            for (at, end) in ranges {
                while at < end && piece.slot(*at) & (u64::MAX >> 1) <= last {
                    let hash = piece.slot(*at);
                    desk.held.push((hash, site, *at));
                    match self.hot[site as usize] {
                        true => desk.hot.push(hash),
                        false => desk.cold.push(hash),
                    }
                    *at += 1;
                }
                site += 1;
            }
        }
    }

    /// Gives a token a number within its part, if it tells something: `hot` hotline sites show it,
    /// and `cold` others.
    fn take(&self, hash: u64, hot: u32, cold: u32, part: &mut Part) {
        if hot + cold < 2 {
            return;
        }
        let token = Token::of(self.kind, hash);
        let bits = token_bits(token, cold, self.background);
        if bits > 0.0 {
            part.all.push(token);
            part.bits.push(bits as f32);
            part.counts.push(cold);
        }
    }
}
