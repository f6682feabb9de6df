//! Operators: sites run by one hand.
//!
//! 1. Each hotline site goes to the *core* of the number that it leads with, if that number is
//!    clean and stands prominently: this is the only union on one piece of evidence.
//! 2. Between cores (and sites without one) hand evidence adds up in bits: a second number that
//!    sites of both stand behind, trackers, verifications, contacts, filings; kit evidence
//!    supports it but is never enough.
//! 3. Leiden finds the communities of cores, so that a single quoted number or a host that two
//!    operators abuse does not pour one into the other.
//! 4. A site that shows no number of its own joins the one operator that uses its kit.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

use crate::extract::number::Kind;
use crate::site::registrable_domain;

use super::background::Background;
use super::cluster::leiden;
use super::evidence::EvidenceKind;
use super::facts::{Facts, SiteFacts};
use super::kit::{Kits, compare};
use super::verdict::{Status, distinct};

/// Bits at which two groups are one hand.
const LINK_BITS: f64 = 12.0;
/// Hand evidence below this is not worth supporting.
const HAND_BITS: f64 = 6.0;
/// Kit evidence supports from here on, and adds at most `KIT_SUPPORT`.
const KIT_FLOOR: f64 = 6.0;
const KIT_SUPPORT: f64 = 8.0;
/// A full link in the community step.
const FULL_LINK: f64 = 20.0;
/// A second number that leads a page of a site together with the first.
const TOGETHER_BITS: f64 = 10.0;
/// A second number that leads other pages of a site than the first: it may be a competitor's
/// that is quoted there, or the host is abused by two.
const APART_BITS: f64 = 5.0;
/// A number that its site shows once, and no other.
const FAINT_BITS: f64 = 8.0;
/// Kit evidence at which a site without a number is attached.
const ATTACH_BITS: f64 = 16.0;
/// Numbers visited to see whether two groups hang together without a third.
const WALK: usize = 2048;

/// Members of each operator, in order of name; operators in order of first member.
pub(super) type Operators = Vec<Vec<u32>>;

/// Finds the operators; labels numbers that several of them cite.
pub(super) fn operators(facts: &mut Facts, background: &Background, kits: &Kits) -> Operators {
    for number in cited(facts) {
        facts.numbers[number as usize].status = Status::Cited;
    }
    let facts = &*facts;
    let cores = Cores::of(facts);
    let links = Links::between(facts, &cores).weigh(facts, background);
    let community = leiden(cores.members.len(), &links);
    let mut of_site: Vec<Option<u32>> = cores
        .of_site
        .iter()
        .map(|c| c.map(|c| community[c as usize]))
        .collect();
    attach(facts, background, kits, &cores, &mut of_site);
    let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (site, group) in of_site.iter().enumerate() {
        if let Some(group) = group {
            groups.entry(*group).or_default().push(site as u32);
        }
    }
    let mut found: Operators = groups
        .into_values()
        .filter(|g| g.len() > 1 || stands_alone(facts, g[0]))
        .collect();
    found.sort();
    found
}

/// Clean numbers that join three or more groups which have numbers of their own and hang
/// together by those alone: cited by all, owned by none.
fn cited(facts: &Facts) -> Vec<u32> {
    let clean = |n: u32| facts.numbers[n as usize].status == Status::Clean;
    let mut beside: HashMap<u32, BTreeSet<u32>> = HashMap::new();
    let mut holders: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (index, site) in facts.sites.iter().enumerate() {
        let own: Vec<u32> = site.own().map(|n| n.number).filter(|&n| clean(n)).collect();
        for &a in &own {
            holders.entry(a).or_default().push(index as u32);
            beside
                .entry(a)
                .or_default()
                .extend(own.iter().filter(|&&b| b != a));
        }
    }
    let mut found = Vec::new();
    for (&number, sites) in holders.iter().filter(|(_, sites)| sites.len() >= 6) {
        let with_another = sites
            .iter()
            .filter(|&&s| {
                facts.sites[s as usize]
                    .own()
                    .any(|n| n.number != number && clean(n.number))
            })
            .count();
        if with_another * 5 < sites.len() * 4 {
            continue;
        }
        let Some(group) = groups_without(number, &beside) else {
            continue;
        };
        let mut members: BTreeMap<u32, u32> = BTreeMap::new();
        for &site in sites {
            let of_site = facts.sites[site as usize]
                .own()
                .find_map(|n| group.get(&n.number));
            if let Some(&g) = of_site {
                *members.entry(g).or_default() += 1;
            }
        }
        if members.values().filter(|&&n| n >= 2).count() >= 3 {
            found.push(number);
        }
    }
    found
}

/// The numbers beside `number`, with the group in which they hang together without it. `None`
/// where the walk grows too long to tell.
fn groups_without(number: u32, beside: &HashMap<u32, BTreeSet<u32>>) -> Option<HashMap<u32, u32>> {
    let mut group: HashMap<u32, u32> = HashMap::new();
    for &start in &beside[&number] {
        if group.contains_key(&start) {
            continue;
        }
        group.insert(start, start);
        let mut queue = vec![start];
        while let Some(at) = queue.pop() {
            for &next in beside[&at].iter().filter(|&&n| n != number) {
                if group.len() > WALK {
                    return None;
                }
                if let std::collections::hash_map::Entry::Vacant(slot) = group.entry(next) {
                    slot.insert(start);
                    queue.push(next);
                }
            }
        }
    }
    Some(group)
}

/// Sites by the number that they lead with. A site without one is a core of its own.
struct Cores {
    of_site: Vec<Option<u32>>,
    members: Vec<Vec<u32>>,
    lead: Vec<Option<u32>>,
}

impl Cores {
    fn of(facts: &Facts) -> Cores {
        let mut cores = Cores {
            of_site: vec![None; facts.sites.len()],
            members: Vec::new(),
            lead: Vec::new(),
        };
        let mut by_lead: HashMap<u32, u32> = HashMap::new();
        for (index, site) in facts.sites.iter().enumerate().filter(|(_, s)| s.hot) {
            let lead = lead(facts, site);
            let fresh = cores.members.len() as u32;
            let core = match lead {
                Some(number) => *by_lead.entry(number).or_insert(fresh),
                None => fresh,
            };
            if core == fresh {
                cores.members.push(Vec::new());
                cores.lead.push(lead);
            }
            cores.members[core as usize].push(index as u32);
            cores.of_site[index] = Some(core);
        }
        cores
    }

    /// A member of a core other than those that carry the evidence, where there is one: that a
    /// carrier looks like its own kind says nothing.
    fn without(&self, core: u32, group: &Group) -> u32 {
        let others = self.members[core as usize]
            .iter()
            .take(group.sites.len() + 1);
        let stranger = |s: &&u32| group.sites.binary_search(s).is_err();
        others
            .copied()
            .find(|s| stranger(&s))
            .unwrap_or(group.sites[0])
    }
}

/// The number that a site leads with: clean, prominent, at least half as frequent as the foremost; of several the one that most sites stand behind, so that rotation does not scatter.
fn lead(facts: &Facts, site: &SiteFacts) -> Option<u32> {
    let clean = |n: u32| facts.numbers[n as usize].status == Status::Clean;
    let fit = || site.own().filter(|n| n.prominent && clean(n.number));
    let pages = fit().map(|n| n.lead_pages).max()?;
    let count = fit().map(|n| n.count).max()?;
    fit()
        .filter(|n| n.lead_pages.saturating_mul(2) >= pages && n.count.saturating_mul(2) >= count)
        .max_by_key(|n| {
            (
                facts.numbers[n.number as usize].own_sites,
                std::cmp::Reverse(n.number),
            )
        })
        .or_else(|| fit().max_by_key(|n| (n.lead_pages, n.count, std::cmp::Reverse(n.number))))
        .map(|n| n.number)
}

/// Hand evidence between cores, by pair.
#[derive(Default)]
struct Links {
    pairs: BTreeMap<(u32, u32), Link>,
}

#[derive(Default)]
struct Link {
    bits: BTreeMap<EvidenceKind, f64>,
    /// Pairs of sites whose kits are compared.
    samples: Vec<(u32, u32)>,
}

impl Links {
    fn between(facts: &Facts, cores: &Cores) -> Links {
        let mut links = Links::default();
        links.numbers(facts, cores);
        links.identifiers(facts, cores);
        links
    }

    /// Second numbers: from the core that a number leads (or else shows it most) to each other
    /// core with sites that stand behind it.
    fn numbers(&mut self, facts: &Facts, cores: &Cores) {
        let mut groups: BTreeMap<u32, Groups> = BTreeMap::new();
        for (index, site) in facts.sites.iter().enumerate() {
            let Some(core) = cores.of_site[index] else {
                continue;
            };
            for own in site.own() {
                let number = &facts.numbers[own.number as usize];
                if number.status != Status::Clean || number.own_sites < 2 {
                    continue;
                }
                let bits = match (cores.lead[core as usize], own.prominent && own.together) {
                    (None, _) => FAINT_BITS,
                    (_, true) => TOGETHER_BITS,
                    _ => APART_BITS,
                };
                let group = groups
                    .entry(own.number)
                    .or_default()
                    .entry(core)
                    .or_default();
                group.bits += bits;
                group.sites.push(index as u32);
            }
        }
        for (number, groups) in groups.iter().filter(|(_, g)| g.len() > 1) {
            let led = |core: u32| cores.lead[core as usize] == Some(*number);
            let Some((hub, centre)) = hub(groups, led) else {
                continue;
            };
            for (&core, group) in groups.iter().filter(|(c, _)| **c != hub) {
                // A core that the number leads stands behind it with all its weight.
                let here = if led(hub) { f64::INFINITY } else { centre.bits };
                let bits = group.bits.min(here);
                let samples = (cores.without(hub, centre), cores.without(core, group));
                self.add((hub, core), EvidenceKind::Number, bits, samples);
            }
        }
    }

    fn identifiers(&mut self, facts: &Facts, cores: &Cores) {
        let innocent: HashSet<u32> = facts
            .sites
            .iter()
            .filter(|s| !s.hot)
            .flat_map(|s| s.ids.iter().copied())
            .collect();
        let mut holders: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (index, site) in facts.sites.iter().enumerate().filter(|(_, s)| s.hot) {
            for &id in site.ids.iter().filter(|id| !innocent.contains(id)) {
                holders.entry(id).or_default().push(index as u32);
            }
        }
        for (id, sites) in holders.iter().filter(|(_, s)| s.len() > 1) {
            let class = facts.ids[*id as usize]
                .split('\t')
                .next()
                .unwrap_or_default();
            let kind = EvidenceKind::of_class(class);
            let mut groups = Groups::new();
            for site in one_a_host(facts, sites) {
                if let Some(core) = cores.of_site[site as usize] {
                    groups.entry(core).or_default().sites.push(site);
                }
            }
            let Some((hub, centre)) = hub(&groups, |_| false) else {
                continue;
            };
            for (&core, group) in groups.iter().filter(|(c, _)| **c != hub) {
                let samples = (cores.without(hub, centre), cores.without(core, group));
                self.add((hub, core), kind, kind.cap(), samples);
            }
        }
    }

    fn add(&mut self, (a, b): (u32, u32), kind: EvidenceKind, bits: f64, sample: (u32, u32)) {
        let link = self.pairs.entry((a.min(b), a.max(b))).or_default();
        *link.bits.entry(kind).or_default() += bits;
        if link.samples.len() < 4 {
            link.samples.push(sample);
        }
    }

    /// The links that hold, with weights up to 1.
    fn weigh(self, facts: &Facts, background: &Background) -> Vec<(u32, u32, f64)> {
        let mut held = Vec::new();
        for ((a, b), link) in self.pairs {
            let hand: f64 = link
                .bits
                .iter()
                .map(|(k, bits)| bits.min(k.total_cap()))
                .sum();
            if hand < HAND_BITS {
                continue;
            }
            let kit = link
                .samples
                .iter()
                .map(|&(x, y)| {
                    compare(
                        &facts.sites[x as usize],
                        &facts.sites[y as usize],
                        background,
                    )
                    .bits
                })
                .fold(0.0, f64::max);
            let support = if kit >= KIT_FLOOR {
                kit.min(KIT_SUPPORT)
            } else {
                0.0
            };
            let total = hand + support;
            if total >= LINK_BITS {
                held.push((a, b, (total / FULL_LINK).min(1.0)));
            }
        }
        held
    }
}

/// Sites of a core that carry one piece of evidence.
#[derive(Default)]
struct Group {
    bits: f64,
    sites: Vec<u32>,
}

type Groups = BTreeMap<u32, Group>;

/// The core that evidence radiates from: a preferred one, else the one with most sites.
fn hub(groups: &Groups, preferred: impl Fn(u32) -> bool) -> Option<(u32, &Group)> {
    groups
        .iter()
        .max_by_key(|(core, group)| {
            (
                preferred(**core),
                group.sites.len(),
                std::cmp::Reverse(**core),
            )
        })
        .map(|(core, group)| (*core, group))
}

/// Leaves out tenants of one host that carry the same identifier: it is the host's.
fn one_a_host(facts: &Facts, sites: &[u32]) -> Vec<u32> {
    let mut by_host: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for &site in sites {
        by_host
            .entry(host_of(&facts.sites[site as usize].name))
            .or_default()
            .push(site);
    }
    let alone = by_host.into_values().filter(|s| s.len() == 1);
    let mut kept: Vec<u32> = alone.flatten().collect();
    kept.sort_unstable();
    kept
}

fn host_of(site: &str) -> &str {
    if site.starts_with("file:") {
        return site;
    }
    let host = site.split('/').next().unwrap_or(site);
    if host.parse::<IpAddr>().is_ok() {
        host
    } else {
        registrable_domain(host)
    }
}

/// Attaches sites that show no number of their own to the one operator that uses their kit.
fn attach(
    facts: &Facts,
    background: &Background,
    kits: &Kits,
    cores: &Cores,
    of_site: &mut [Option<u32>],
) {
    let mut size: BTreeMap<u32, u32> = BTreeMap::new();
    of_site
        .iter()
        .flatten()
        .for_each(|&g| *size.entry(g).or_default() += 1);
    for family in &kits.members {
        // Operators in this family, with the sites that show their numbers.
        let mut users: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for &site in family {
            if let (Some(group), Some(core)) =
                (of_site[site as usize], cores.of_site[site as usize])
                && (cores.lead[core as usize].is_some()
                    || size[&group] > 1
                    || shows_number(facts, site))
            {
                users.entry(group).or_default().push(site);
            }
        }
        let mut users = users.into_iter();
        let (Some((group, sites)), None) = (users.next(), users.next()) else {
            continue;
        };
        if sites.len() < 2 {
            continue;
        }
        for &site in family {
            let unnumbered =
                of_site[site as usize].is_some_and(|g| g != group) && !shows_number(facts, site);
            let near = || {
                sites.iter().take(8).any(|&other| {
                    let found = compare(
                        &facts.sites[site as usize],
                        &facts.sites[other as usize],
                        background,
                    );
                    found.bits >= ATTACH_BITS && found.kinds >= 2
                })
            };
            if unnumbered && near() {
                of_site[site as usize] = Some(group);
            }
        }
    }
}

/// The site stands behind a number, other than a brand's own or a public one.
fn shows_number(facts: &Facts, site: u32) -> bool {
    facts.sites[site as usize].own().any(|n| {
        let number = &facts.numbers[n.number as usize];
        number.kind != Kind::Short && number.status != Status::Official
    })
}

/// One site is an operator's work by itself where one number sells many unrelated brands on it.
fn stands_alone(facts: &Facts, site: u32) -> bool {
    let site = &facts.sites[site as usize];
    let pages = f64::from(site.hot_pages);
    let brands = distinct(
        site.brands
            .keys()
            .map(|k| facts.brands[k.0 as usize].as_str()),
    );
    site.hot_pages >= 4
        && site.hot_pages.saturating_mul(2) >= site.pages
        && site.hot_sum >= 0.7 * pages
        && brands >= 3
        && lead(facts, site).is_some()
}
