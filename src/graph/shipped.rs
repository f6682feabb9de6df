//! Accounts that came with a kit: every site of the kit reports to them, whoever runs it, for its
//! maker put them there. They tie operators that have nothing but the kit in common.
//!
//! An operator that rotates numbers under one account looks alike: several groups of sites, each
//! with a number of its own, one kit, one account. Two things tell the two apart. The account of
//! an operator among other users of a kit stands on a part of the kit only. And whoever runs
//! several groups draws their brands from one list, so that sites of two groups claim as much in
//! common as two sites of one group do, while strangers' lists differ.

use super::account::Shared;
use super::core::Cores;
use super::evidence::EvidenceKind;
use super::facts::Facts;
use super::kit::{Kits, Match, compare};

/// Groups of sites, and sites of each, whose brands are compared.
const GROUPS: usize = 12;
const SITES: usize = 4;
/// Pairs of sites of one number, and of two, below which nothing is known of how brands are picked.
const FEW_PAIRS: u32 = 3;
/// Part of their brands that two sites of one number have in common, from which on an operator's
/// list is short enough to be told from another's.
const OWN_LIST: f64 = 0.2;
/// How many times as much sites of one number have in common as sites of two, where these are
/// strangers'.
const STRANGERS: f64 = 2.0;
/// The same for a longer list, or one of which many brands were misread, and the pairs that it takes.
const LONG_LIST: f64 = 0.1;
const FAR_STRANGERS: f64 = 3.0;
const MANY_PAIRS: u32 = 10;
/// Carriers, and sites of their kits that do not carry the account, whose kits are compared.
const CARRIERS: usize = 12;
const OTHERS: usize = 24;
/// How many times as often two carriers show one kit as a carrier and another site do, or how
/// many carriers there are to each other site of the kit, where the account stands on all of it.
const ALIKE: f64 = 3.0;
const WHOLE_KIT: f64 = 4.0;
/// Part of the lines that two carriers usually share which two sites of one kit share at least.
const MUCH_ALIKE: f64 = 0.5;

/// The identifiers that came with a kit.
pub(super) fn shipped(facts: &Facts, cores: &Cores, kits: &Kits, shared: &[Shared]) -> Vec<u32> {
    let came = |s: &&Shared| {
        // Whoever answers there talks to the customers: no maker of kits does.
        s.kind != EvidenceKind::Contact
            && are_strangers(facts, cores, s)
            && is_whole_kit(facts, cores, kits, s)
    };
    shared.iter().filter(came).map(|s| s.id).collect()
}

/// Sites of groups that each lead with a number of their own claim far less in common than sites
/// within such a group do.
fn are_strangers(facts: &Facts, cores: &Cores, shared: &Shared) -> bool {
    let several = |core: &u32| cores.lead[*core as usize].is_some();
    let groups = shared.groups.iter().filter(|(core, _)| several(core));
    let mut groups: Vec<&[u32]> = groups.map(|(_, sites)| sites.as_slice()).collect();
    groups.sort_by_key(|sites| std::cmp::Reverse(sites.len()));
    groups.truncate(GROUPS);
    let sample = |sites: &&[u32]| -> Vec<Vec<u32>> {
        let claimed = spread(sites, SITES).map(|s| brands(facts, s));
        claimed.filter(|b| !b.is_empty()).collect()
    };
    let groups: Vec<Vec<Vec<u32>>> = groups.iter().map(sample).collect();
    let (mut within, mut between) = (Mean::default(), Mean::default());
    for (at, group) in groups.iter().enumerate() {
        for (i, site) in group.iter().enumerate() {
            group[i + 1..]
                .iter()
                .for_each(|o| within.add(in_common(site, o)));
            let others = groups[at + 1..].iter().flatten();
            others.for_each(|o| between.add(in_common(site, o)));
        }
    }
    let (pairs, ratio) = match within.value() {
        part if part >= OWN_LIST => (FEW_PAIRS, STRANGERS),
        part if part >= LONG_LIST => (MANY_PAIRS, FAR_STRANGERS),
        _ => return false,
    };
    within.count.min(between.count) >= pairs && between.value() * ratio <= within.value()
}

/// Sites of the kit that do not carry the account are few, or look otherwise.
fn is_whole_kit(facts: &Facts, cores: &Cores, kits: &Kits, shared: &Shared) -> bool {
    let mut all: Vec<u32> = shared.groups.values().flatten().copied().collect();
    all.sort_unstable();
    let carries = |site: u32| {
        facts.sites[site as usize]
            .traces
            .ids
            .binary_search(&shared.id)
            .is_ok()
    };
    let carriers: Vec<u32> = spread(&all, CARRIERS).collect();
    let mut families: Vec<u32> = carriers
        .iter()
        .filter_map(|&s| kits.of_site[s as usize])
        .collect();
    families.sort_unstable();
    families.dedup();
    let members = families.iter().flat_map(|&f| &kits.members[f as usize]);
    let strangers: Vec<u32> = members.copied().filter(|&s| !carries(s)).collect();
    let others: Vec<u32> = spread(&strangers, OTHERS).collect();
    let core_of = |site: u32| cores.of_site[site as usize];
    let (mut together, mut apart) = (Vec::new(), Vec::new());
    for (i, &site) in carriers.iter().enumerate() {
        let rest = carriers[i + 1..]
            .iter()
            .filter(|&&o| core_of(o) != core_of(site));
        together.extend(rest.map(|&o| compare(facts, site, o)));
        apart.extend(others.iter().map(|&o| compare(facts, site, o)));
    }
    // Kits that borrow from one bank have something in common, too: but less.
    let mut shares: Vec<f64> = together.iter().map(|m| m.share).collect();
    shares.sort_by(f64::total_cmp);
    let usual = shares.get(shares.len() / 2).copied().unwrap_or(0.0);
    let alike = |m: &Match| m.same_kit() && m.share >= usual * MUCH_ALIKE;
    let part = |all: &[Match]| {
        let mut mean = Mean::default();
        let each = all.iter().map(|m| f64::from(u8::from(alike(m))));
        each.for_each(|m| mean.add(m));
        mean
    };
    let (inside, outside) = (part(&together), part(&apart));
    let (inside, outside) = (inside.value(), outside.value());
    let all_of_it = outside * strangers.len() as f64 * WHOLE_KIT <= inside * all.len() as f64;
    inside > 0.0 && (all_of_it || outside * ALIKE <= inside)
}

/// Up to `most` items, evenly spread.
fn spread(items: &[u32], most: usize) -> impl Iterator<Item = u32> {
    let taken = items.len().min(most);
    (0..taken).map(move |i| items[i * items.len() / taken])
}

/// The brands that a site claims, in order.
fn brands(facts: &Facts, site: u32) -> Vec<u32> {
    let claims = facts.sites[site as usize].brands.iter();
    let mut brands: Vec<u32> = claims.map(|c| c.0.0).collect();
    brands.dedup();
    brands
}

/// Part of the shorter of two sorted lists that the other has, too.
fn in_common(a: &[u32], b: &[u32]) -> f64 {
    let both = a.iter().filter(|x| b.binary_search(x).is_ok()).count();
    both as f64 / a.len().min(b.len()).max(1) as f64
}

#[derive(Default)]
struct Mean {
    sum: f64,
    count: u32,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.sum += value;
        self.count += 1;
    }

    /// 0 where nothing was added.
    fn value(&self) -> f64 {
        self.sum / f64::from(self.count.max(1))
    }
}
