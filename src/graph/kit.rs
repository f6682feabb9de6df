//! Kit families: sites made by one generator.
//!
//! Candidates share rare lines, region lines or bands of the text SimHash.
//! Sites that share something are never paired all against all: each is compared with the first
//! that has it and with the one before it, so a line of a hundred thousand sites costs two hundred
//! thousand comparisons. Each candidate is then compared exactly, if no other has joined the two before.

use super::background::Token;
use super::cluster::Sets;
use super::csr::Rows;
use super::evidence::{EvidenceKind, token_kind};
use super::facts::{Facts, Traces};
use super::par;

/// Lines of a site that look for candidates: those with the smallest hashes.
const PROBES: usize = 64;
/// Nearest distance at which two template texts are one (Manku, Jain and Das Sarma, 2007).
pub(crate) const NEAR: u32 = 3;
/// Bits at which two sites are of one kit.
const KIT_BITS: f64 = 12.0;
/// Shared part of all lines of two sites that shows one sentence bank.
const BANK_SHARE: f64 = 0.1;

/// Kit families of two or more sites.
#[derive(Debug, Default)]
pub(super) struct Kits {
    /// Index into `members`, by site.
    pub of_site: Vec<Option<u32>>,
    /// Sites of each family, in order; families in order of first site.
    pub members: Vec<Vec<u32>>,
}

/// What two sites share of a kit.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Match {
    pub lines: u32,
    pub regions: u32,
    pub text: bool,
    /// Kinds with bits.
    pub kinds: u32,
    pub bits: f64,
    /// Rare lines shared, as a part of all lines of both.
    pub share: f64,
}

impl Match {
    /// One generator made both.
    pub fn same_kit(&self) -> bool {
        let bank =
            self.share >= BANK_SHARE && (self.lines >= 4 || (self.lines >= 2 && self.kinds >= 2));
        self.bits >= KIT_BITS && (bank || self.kinds >= 2 && (self.regions > 0 || self.text))
    }
}

/// Compares what two sites show of their generators.
pub(super) fn compare(facts: &Facts, a: u32, b: u32) -> Match {
    let tokens = &facts.tokens;
    let (left, right) = (tokens.of_site(a), tokens.of_site(b));
    let (a, b) = (&facts.sites[a as usize], &facts.sites[b as usize]);
    let mut found = Match::default();
    let mut bits = [0.0; Token::KINDS];
    let (mut i, mut j, mut shared_lines) = (0, 0, 0);
    while let (Some(x), Some(y)) = (left.get(i), right.get(j)) {
        if x == y {
            let (slot, _) = tokens.token(*x).parts();
            let kind = token_kind(tokens.token(*x));
            bits[slot] = f64::min(bits[slot] + tokens.bits(*x), kind.total_cap());
            shared_lines += u32::from(slot == 0);
            found.regions += u32::from(slot == 1);
        }
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    if bits[TEXT] == 0.0 && near_text(&a.traces, &b.traces) {
        // A near text is as rare as one that was never seen.
        bits[TEXT] = facts
            .background
            .bits_of_count(0)
            .min(EvidenceKind::Text.cap());
    }
    found.lines = shared_lines;
    found.text = bits[TEXT] > 0.0;
    found.kinds = bits.iter().filter(|b| **b > 0.0).count() as u32;
    found.bits = bits.iter().sum();
    let all_lines = (a.lines + b.lines).saturating_sub(shared_lines).max(1);
    found.share = f64::from(shared_lines) / f64::from(all_lines);
    found
}

/// Place of template texts among the kinds of tokens.
const TEXT: usize = 3;

/// Some template text of the one is near to one of the other.
fn near_text(a: &Traces, b: &Traces) -> bool {
    let near = |x: &u64| b.texts.iter().any(|y| (x ^ y).count_ones() <= NEAR);
    a.texts.iter().any(near)
}

/// Finds the families.
pub(super) fn families(facts: &Facts) -> Kits {
    let mut search = Search {
        facts,
        sets: Sets::new(facts.sites.len()),
        refused: vec![(0, 0); REFUSED],
    };
    search.by_tokens();
    search.by_texts();
    let mut sets = search.sets;
    let roots: Vec<u32> = (0..facts.sites.len() as u32)
        .map(|s| sets.find(s))
        .collect();
    let groups = Rows::of(roots.len(), || roots.iter().copied().zip(0..));
    let mut kits = Kits {
        of_site: vec![None; roots.len()],
        members: Vec::new(),
    };
    for (_, sites) in groups.iter().filter(|(_, s)| s.len() > 1) {
        for &site in sites {
            kits.of_site[site as usize] = Some(kits.members.len() as u32);
        }
        kits.members.push(sites.to_vec());
    }
    kits
}

/// Pairs that were compared in vain are remembered in so many places: two sites meet in the
/// posting list of every line that they share.
const REFUSED: usize = 1 << 18;
/// Codes of a band that each is compared with.
const WINDOW: usize = 8;

/// The search for sites of one kit.
struct Search<'a> {
    facts: &'a Facts,
    sets: Sets,
    refused: Vec<(u32, u32)>,
}

impl Search<'_> {
    /// Joins the two where they are of one kit.
    fn meet(&mut self, a: u32, b: u32) {
        if self.sets.find(a) == self.sets.find(b) {
            return;
        }
        let slot = (u64::from(a) << 32 | u64::from(b)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let slot = (slot >> 40) as usize % REFUSED;
        if self.refused[slot] == (a, b) {
            return;
        }
        if compare(self.facts, a, b).same_kit() {
            self.sets.union(a, b);
        } else {
            self.refused[slot] = (a, b);
        }
    }

    /// Sites that share a rare line or a region line: each meets the first that showed it and the
    /// one before. Sites in turn, and not tokens: whom a site meets for one line it meets for most
    /// of the others, too, while both are at hand.
    fn by_tokens(&mut self) {
        let tokens = &self.facts.tokens;
        // The first and the latest site of each.
        let mut seen: Vec<Option<(u32, u32)>> = vec![None; tokens.len()];
        for (site, _) in (0u32..).zip(&self.facts.sites).filter(|(_, s)| s.hot) {
            // Sorted by hash: the first are a sample that two sites share where they can.
            let (lines, regions) = tokens.lines_and_regions(site);
            for &id in lines.iter().take(PROBES).chain(regions) {
                let seen = &mut seen[id as usize];
                let Some((first, latest)) = *seen else {
                    *seen = Some((site, site));
                    continue;
                };
                self.meet(first, site);
                if latest != first {
                    self.meet(latest, site);
                }
                *seen = Some((first, site));
            }
        }
    }

    /// Sites with equal template texts, or with some that are near.
    fn by_texts(&mut self) {
        let mut codes: Vec<(u64, u32)> = Vec::new();
        for (index, site) in (0u32..).zip(&self.facts.sites).filter(|(_, s)| s.hot) {
            codes.extend(site.traces.texts.iter().map(|&code| (code, index)));
        }
        par::sort(&mut codes);
        for pair in codes.windows(2).filter(|p| p[0].0 == p[1].0) {
            self.meet(pair[0].1, pair[1].1);
        }
        codes.dedup_by_key(|c| c.0);
        // Codes within 3 bits are equal in at least one of four bands of 16.
        for _ in 0..4 {
            for (at, &(code, site)) in codes.iter().enumerate() {
                for &(other, with) in codes[at + 1..].iter().take(WINDOW) {
                    if code >> 48 == other >> 48 && (code ^ other).count_ones() <= NEAR {
                        self.meet(site.min(with), site.max(with));
                    }
                }
            }
            codes.iter_mut().for_each(|c| c.0 = c.0.rotate_left(16));
            par::sort(&mut codes);
        }
    }
}
