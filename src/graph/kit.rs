//! Kit families: sites made by one generator.
//!
//! Candidates come from posting lists of rare lines, region lines and bands of the text SimHash.
//! A posting is never paired all against all: each site is compared with the first of the list
//! and with the one before it, so a list of a hundred thousand costs two hundred thousand
//! comparisons. Each candidate is then compared exactly.

use super::background::{Background, Token};
use super::cluster::Sets;
use super::evidence::{EvidenceKind, token_bits, token_kind};
use super::facts::{Facts, SiteFacts};

/// Lines of a site that look for candidates: those with the smallest hashes.
const PROBES: usize = 64;
/// Nearest distance at which two template texts are one (Manku, Jain and Das Sarma, 2007).
pub(crate) const NEAR: u32 = 3;
/// Text codes of a site that are compared.
const TEXTS: usize = 16;
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
pub(super) fn compare(a: &SiteFacts, b: &SiteFacts, background: &Background) -> Match {
    compare_tokens(&a.tokens, &b.tokens, background)
}

/// The same for tokens in order.
pub(super) fn compare_tokens(a: &[Token], b: &[Token], background: &Background) -> Match {
    let mut found = Match::default();
    let mut bits = [0.0; 5];
    let (mut i, mut j, mut all_lines) = (0, 0, 0u32);
    while i < a.len() || j < b.len() {
        let (left, right) = (a.get(i), b.get(j));
        let order = match (left, right) {
            (Some(l), Some(r)) => l.cmp(r),
            (Some(_), None) => std::cmp::Ordering::Less,
            _ => std::cmp::Ordering::Greater,
        };
        let token = if order.is_gt() { right } else { left };
        all_lines += u32::from(matches!(token, Some(Token::Line(_))));
        if let (true, Some(&token)) = (order.is_eq(), token) {
            let weight = token_bits(token, background);
            let slot = match token {
                Token::Line(_) => 0,
                Token::Region(_) => 1,
                Token::Skeleton(_) => 2,
                Token::Text(_) => 3,
                Token::Dom(_) => 4,
            };
            let cap = if slot < 2 {
                token_kind(token).total_cap()
            } else {
                token_kind(token).cap()
            };
            bits[slot] = f64::min(bits[slot] + weight, cap);
            found.lines += u32::from(slot == 0 && weight > 0.0);
            found.regions += u32::from(slot == 1 && weight > 0.0);
        }
        i += usize::from(order.is_le());
        j += usize::from(order.is_ge());
    }
    if bits[3] == 0.0 && texts(a).any(|x| texts(b).any(|y| (x ^ y).count_ones() <= NEAR)) {
        // A near text is as rare as one that was never seen.
        bits[3] = background.bits_of_count(0).min(EvidenceKind::Text.cap());
    }
    found.text = bits[3] > 0.0;
    found.kinds = bits.iter().filter(|b| **b > 0.0).count() as u32;
    found.bits = bits.iter().sum();
    found.share = f64::from(found.lines) / f64::from(all_lines.max(1));
    found
}

fn texts(tokens: &[Token]) -> impl Iterator<Item = u64> {
    let all = tokens.iter().filter_map(|t| match t {
        Token::Text(code) => Some(*code),
        _ => None,
    });
    all.take(TEXTS)
}

/// Finds the families.
pub(super) fn families(facts: &Facts, background: &Background) -> Kits {
    let mut sets = Sets::new(facts.sites.len());
    for (a, b) in candidates(facts, background) {
        if sets.find(a) != sets.find(b)
            && compare(
                &facts.sites[a as usize],
                &facts.sites[b as usize],
                background,
            )
            .same_kit()
        {
            sets.union(a, b);
        }
    }
    let mut groups: Vec<Vec<u32>> = vec![Vec::new(); facts.sites.len()];
    for site in 0..facts.sites.len() as u32 {
        groups[sets.find(site) as usize].push(site);
    }
    groups.retain(|g| g.len() > 1);
    let mut of_site = vec![None; facts.sites.len()];
    for (kit, sites) in groups.iter().enumerate() {
        sites
            .iter()
            .for_each(|&s| of_site[s as usize] = Some(kit as u32));
    }
    Kits {
        of_site,
        members: groups,
    }
}

/// Pairs of hotline sites worth comparing, in order, each once.
fn candidates(facts: &Facts, background: &Background) -> Vec<(u32, u32)> {
    let mut postings: Vec<(u8, u64, u32)> = Vec::new();
    for (index, site) in facts.sites.iter().enumerate().filter(|(_, s)| s.hot) {
        let index = index as u32;
        let mut lines: Vec<u64> = Vec::new();
        for &token in &site.tokens {
            match token {
                Token::Line(hash) => lines.push(hash),
                Token::Region(hash) => postings.push((1, hash, index)),
                _ => {}
            }
        }
        lines.retain(|&hash| token_bits(Token::Line(hash), background) > 0.0);
        // Sorted by hash already: the first are a sample that two sites share where they can.
        postings.extend(lines.into_iter().take(PROBES).map(|hash| (0, hash, index)));
        for code in texts(&site.tokens) {
            // Codes within 3 bits are equal in at least one of four bands of 16.
            for band in 0..4u8 {
                postings.push((2 + band, (code >> (16 * band)) & 0xffff, index));
            }
        }
    }
    postings.sort_unstable();
    postings.dedup();
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for list in postings.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let first = list[0].2;
        for pair in list.windows(2) {
            pairs.push((first, pair[1].2));
            pairs.push((pair[0].2, pair[1].2));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}
