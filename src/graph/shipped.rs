//! Accounts that came with a kit: every site of the kit reports to them, whoever runs it, for its
//! maker put them there. They tie operators that have nothing but the kit in common.
//!
//! An operator that rotates numbers under one account looks alike: several groups of sites, each
//! with a number of its own, one kit, one account. Three things tell the two apart. The account of
//! an operator among other users of a kit stands on a part of the kit only. Whoever runs
//! several groups draws their brands from one list, so that sites of two groups claim as much in
//! common as two sites of one group do, and links them to each other, while strangers' lists
//! differ, and their links stay at home. And strangers mostly have identifiers of their own, of
//! more than one kind, beside what the kit brought.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::account::Shared;
use super::cluster::Sets;
use super::core::Cores;
use super::evidence::EvidenceKind;
use super::facts::Facts;
use super::kit::{Kits, Match, compare};

/// Groups of sites, and sites of each, whose brands and links are compared.
const GROUPS: usize = 12;
const SITES: usize = 8;
/// Pairs of sites of one number, and of two, below which nothing is known of how brands are picked.
const FEW_PAIRS: u32 = 3;
/// Part of their brands that two sites of one number have in common, from which on an operator's
/// list is short enough to be told from another's.
const OWN_LIST: f64 = 0.2;
/// How many times as much sites of one number have in common as sites of two, where these are
/// strangers'.
const STRANGERS: f64 = 2.0;
/// The same for a longer list, and the pairs that it takes.
const LONG_LIST: f64 = 0.1;
const FAR_STRANGERS: f64 = 3.0;
const MANY_PAIRS: u32 = 10;
/// The same where links stay within groups, too: for the brands alone, and times how many times as
/// often sites of one number link to each other as sites of two. And links that it takes.
const LIKELY_STRANGERS: f64 = 1.4;
const NEITHER_LINK: f64 = 2.5;
const FEW_LINKS: f64 = 3.0;
/// Sites of a group whose own accounts count, and kinds of accounts that tell one party from another.
const OWN_SITES: usize = 2;
const OWN_KINDS: usize = 2;
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
    if shared.is_empty() {
        return Vec::new();
    }
    let claims = Claims::of(facts);
    let came = |s: &&Shared| {
        // Whoever answers there talks to the customers: no maker of kits does.
        s.kind != EvidenceKind::Contact
            && (are_strangers(facts, cores, &claims, s) || have_their_own(facts, s))
            && is_whole_kit(facts, cores, kits, s)
    };
    shared.iter().filter(came).map(|s| s.id).collect()
}

/// How many sites claim each brand.
struct Claims(Vec<u32>);

impl Claims {
    fn of(facts: &Facts) -> Claims {
        let mut sites = vec![0; facts.brands.len()];
        for site in &facts.sites {
            let claims = site.brands.chunk_by(|a, b| a.0.0 == b.0.0);
            claims.for_each(|c| sites[c[0].0.0 as usize] += 1);
        }
        Claims(sites)
    }

    /// The brands that a site claims, in order, of those that others claim, too: one that was
    /// misread is in common with nobody.
    fn of_site(&self, facts: &Facts, site: u32) -> Vec<u32> {
        let claims = facts.sites[site as usize].brands.iter();
        let known = claims.map(|c| c.0.0).filter(|&b| self.0[b as usize] > 1);
        let mut brands: Vec<u32> = known.collect();
        brands.dedup();
        brands
    }
}

/// What sites of one number, and of two, have in common.
#[derive(Default)]
struct Contrast {
    within: Mean,
    between: Mean,
}

impl Contrast {
    fn add(&mut self, same: bool, value: f64) {
        let side = if same {
            &mut self.within
        } else {
            &mut self.between
        };
        side.add(value);
    }

    /// Sites of one number have so many times as much in common as sites of two.
    fn is(&self, times: f64) -> bool {
        self.within.value() >= self.between.value() * times
    }
}

/// Sites of groups that each lead with a number of their own claim far less in common than sites
/// within such a group do, or less, and link less to each other.
fn are_strangers(facts: &Facts, cores: &Cores, claims: &Claims, shared: &Shared) -> bool {
    let (brands, links) = contrasts(facts, cores, claims, shared);
    let pairs = brands.within.count.min(brands.between.count);
    let part = brands.within.value();
    if part < LONG_LIST || pairs < FEW_PAIRS {
        return false;
    }
    if part < OWN_LIST {
        return pairs >= MANY_PAIRS && brands.is(FAR_STRANGERS);
    }
    // Both ratios at once, without a division by nothing.
    let both = part * links.within.value()
        >= brands.between.value() * links.between.value() * NEITHER_LINK;
    let told = links.within.sum >= FEW_LINKS && both;
    brands.is(STRANGERS) || told && brands.is(LIKELY_STRANGERS)
}

/// The groups fall into parties, each of which has identifiers of its own of two kinds, such as an
/// account and a filing: what they have in common beside that is not where they report to.
fn have_their_own(facts: &Facts, shared: &Shared) -> bool {
    // What half of a group's sites carry, and what some do.
    let (mut own, mut some) = (Vec::new(), Vec::new());
    for sites in shared.groups.values() {
        let ids = |s: &u32| facts.sites[*s as usize].traces.ids.iter().copied();
        let mut all: Vec<u32> = sites.iter().flat_map(ids).collect();
        all.retain(|&id| id != shared.id && !facts.ids[id as usize].common);
        all.sort_unstable();
        let most = all
            .chunk_by(|a, b| a == b)
            .filter(|run| sites.len() >= OWN_SITES && run.len() * 2 >= sites.len());
        own.push(most.map(|run| run[0]).collect::<Vec<u32>>());
        all.dedup();
        some.push(all);
    }
    // Groups that something else ties are one party.
    let mut parties = Sets::new(own.len());
    let mut first: HashMap<u32, u32> = HashMap::new();
    for (group, ids) in (0u32..).zip(&some) {
        for &id in ids {
            let with = *first.entry(id).or_insert(group);
            parties.union(with, group);
        }
    }
    // The kinds of what each party's groups carry.
    let mut kinds: BTreeMap<u32, BTreeSet<EvidenceKind>> = BTreeMap::new();
    for (group, ids) in (0u32..).zip(&own) {
        let party = kinds.entry(parties.find(group)).or_default();
        party.extend(ids.iter().map(|&id| facts.id_kind(id)));
    }
    let settled = |kinds: &&BTreeSet<EvidenceKind>| kinds.len() >= OWN_KINDS;
    kinds.values().filter(settled).count() > 1
}

/// Brands that two sites claim, and links between them.
fn contrasts(
    facts: &Facts,
    cores: &Cores,
    claims: &Claims,
    shared: &Shared,
) -> (Contrast, Contrast) {
    let several = |core: &u32| cores.lead[*core as usize].is_some();
    let groups = shared.groups.iter().filter(|(core, _)| several(core));
    let mut groups: Vec<(u32, &[u32])> = groups.map(|(core, s)| (*core, s.as_slice())).collect();
    groups.sort_by_key(|(_, sites)| std::cmp::Reverse(sites.len()));
    groups.truncate(GROUPS);
    let sample = groups.iter().flat_map(|&(core, sites)| {
        spread(sites, SITES).map(move |site| (core, site, claims.of_site(facts, site)))
    });
    let sample: Vec<(u32, u32, Vec<u32>)> = sample.collect();
    let links = |from: u32, to: u32| facts.sites[from as usize].traces.links.binary_search(&to);
    let (mut common, mut linked) = (Contrast::default(), Contrast::default());
    for (at, (core, site, brands)) in sample.iter().enumerate() {
        for (other_core, other, others) in &sample[at + 1..] {
            let same = core == other_core;
            let ways = [links(*site, *other), links(*other, *site)];
            let ways = ways.iter().filter(|way| way.is_ok()).count();
            linked.add(same, ways as f64);
            if !brands.is_empty() && !others.is_empty() {
                common.add(same, in_common(brands, others));
            }
        }
    }
    (common, linked)
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
