//! Hand evidence between cores: groups of sites that lead with one number.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

use crate::site::registrable_domain;

use super::background::Background;
use super::evidence::EvidenceKind;
use super::facts::{Facts, SiteFacts};
use super::kit::{Kits, compare};
use super::verdict::Status;

/// Bits at which two groups are one hand.
const LINK_BITS: f64 = 12.0;
/// Hand evidence below this is not worth supporting.
const HAND_BITS: f64 = 8.0;
/// Kit evidence supports from here on, and adds at most `KIT_SUPPORT`.
const KIT_FLOOR: f64 = 6.0;
const KIT_SUPPORT: f64 = 8.0;
/// A full link in the community step.
const FULL_LINK: f64 = 20.0;
/// A second number that leads a page of a site together with the first.
const TOGETHER_BITS: f64 = 10.0;
/// A second number that leads other pages of a site than the first: it may be a competitor's
/// that is quoted there, or the host is abused by two.
const APART_BITS: f64 = 7.0;
/// The same on three pages or more.
const OFTEN_BITS: f64 = 10.0;
/// What must stand beside a filing that only some sites of both groups claim.
const FILED_BITS: f64 = 5.0;
/// That it is on a fair part of a group's sites.
const FAIR_BITS: f64 = 1.0;
/// A number that its site shows once, and no other.
const FAINT_BITS: f64 = 8.0;
/// A second number that leads a single page of many, and one on a host that strangers share.
const ONCE_BITS: f64 = 4.0;
const STRANGE_BITS: f64 = 2.0;

/// Sites by the number that they lead with. A site without one is a core of its own.
pub(super) struct Cores {
    pub of_site: Vec<Option<u32>>,
    pub members: Vec<Vec<u32>>,
    pub lead: Vec<Option<u32>>,
}

impl Cores {
    pub fn of(facts: &Facts) -> Cores {
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

    /// How many cores of two sites or more use the kit of a core's first site.
    fn users<'a>(&'a self, kits: &'a Kits) -> impl Fn(u32) -> u32 + 'a {
        let kit_of = |core: usize| kits.of_site[self.members[core][0] as usize];
        let mut users = vec![0u32; kits.members.len()];
        for core in (0..self.members.len()).filter(|&c| self.members[c].len() > 1) {
            if let Some(kit) = kit_of(core) {
                users[kit as usize] += 1;
            }
        }
        move |core| kit_of(core as usize).map_or(0, |kit| users[kit as usize])
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

/// The number that a site leads with: clean, prominent, at least half as frequent as the
/// foremost; of several the one that most sites stand behind, so that rotation does not scatter.
pub(super) fn lead(facts: &Facts, site: &SiteFacts) -> Option<u32> {
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
pub(super) struct Links {
    pairs: BTreeMap<(u32, u32), Link>,
}

#[derive(Default)]
struct Link {
    bits: BTreeMap<EvidenceKind, f64>,
    /// Pairs of sites whose kits are compared.
    samples: Vec<(u32, u32)>,
    /// Nearly all sites of both claim one filing.
    whole_filing: bool,
}

impl Links {
    pub fn between(facts: &Facts, cores: &Cores) -> Links {
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
            // Where other numbers lead pages that sell nothing, strangers share the host.
            let alone = site.led_pages.saturating_mul(4) <= site.telling.saturating_mul(5);
            for held in site.own() {
                let number = &facts.numbers[held.number as usize];
                if number.status != Status::Clean || number.sites < 2 {
                    continue;
                }
                let bits = match (cores.lead[core as usize], held.prominent) {
                    (None, _) => FAINT_BITS,
                    (_, true) if held.together && alone => TOGETHER_BITS,
                    // On one page of many it may be a rival's that is quoted there.
                    _ if !alone => STRANGE_BITS,
                    _ if held.lead_pages >= 3 => OFTEN_BITS,
                    _ if held.lead_pages == 2 || site.telling <= 4 => APART_BITS,
                    _ => ONCE_BITS,
                };
                let group = groups
                    .entry(held.number)
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
                let fair = group.sites.len() * 4 >= cores.members[core as usize].len();
                let bits = group.bits.min(here) + if fair { FAIR_BITS } else { 0.0 };
                let samples = (cores.without(hub, centre), cores.without(core, group));
                self.add((hub, core), EvidenceKind::Number, bits, samples);
            }
        }
    }

    fn identifiers(&mut self, facts: &Facts, cores: &Cores) {
        let common = common_ids(facts);
        let mut holders: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (index, site) in facts.sites.iter().enumerate().filter(|(_, s)| s.hot) {
            for &id in site.ids.iter().filter(|id| !common.contains(id)) {
                holders.entry(id).or_default().push(index as u32);
            }
        }
        for (id, sites) in holders.iter().filter(|(_, s)| s.len() > 1) {
            let kind = facts.id_kind(*id);
            let mut groups = Groups::new();
            for site in one_a_host(facts, sites) {
                if let Some(core) = cores.of_site[site as usize] {
                    groups.entry(core).or_default().sites.push(site);
                }
            }
            // What a hand puts on its sites stands on a fair part of them; what strays copy,
            // here and there.
            groups
                .retain(|&core, group| group.sites.len() * 4 >= cores.members[core as usize].len());
            let Some((hub, centre)) = hub(&groups, |_| false) else {
                continue;
            };
            for (&core, group) in groups.iter().filter(|(c, _)| **c != hub) {
                let samples = (cores.without(hub, centre), cores.without(core, group));
                self.add((hub, core), kind, kind.cap(), samples);
                let whole = |core: u32, group: &Group| {
                    let all = cores.members[core as usize].len();
                    all > 1 && group.sites.len() * 5 >= all * 4
                };
                if kind == EvidenceKind::Filing && whole(hub, centre) && whole(core, group) {
                    self.mark((hub, core));
                }
            }
        }
    }

    fn mark(&mut self, (a, b): (u32, u32)) {
        self.pairs
            .entry((a.min(b), a.max(b)))
            .or_default()
            .whole_filing = true;
    }

    fn add(&mut self, (a, b): (u32, u32), kind: EvidenceKind, bits: f64, sample: (u32, u32)) {
        let link = self.pairs.entry((a.min(b), a.max(b))).or_default();
        *link.bits.entry(kind).or_default() += bits;
        if link.samples.len() < 4 {
            link.samples.push(sample);
        }
    }

    /// The links that hold, with weights up to 1.
    pub fn weigh(
        self,
        facts: &Facts,
        background: &Background,
        cores: &Cores,
        kits: &Kits,
    ) -> Vec<(u32, u32, f64)> {
        let users = cores.users(kits);
        let mut held = Vec::new();
        for ((a, b), link) in self.pairs {
            let hand: f64 = link
                .bits
                .iter()
                .map(|(k, bits)| bits.min(k.total_cap()))
                .sum();
            // Filings are copied: where only some sites of each claim one, it supports and is no
            // hand evidence by itself.
            let filing = link.bits.get(&EvidenceKind::Filing).copied().unwrap_or(0.0);
            if hand < HAND_BITS || (hand - filing < FILED_BITS && !link.whole_filing) {
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
                // That two use a kit which others use, too, says the less the more they are.
                kit.min(KIT_SUPPORT) * 2.0 / f64::from(users(a).max(users(b)).max(2))
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

/// An account is a platform's unless it is so many times as frequent on hotline sites as on others.
const ACCOUNT_RATIO: f64 = 5.0;

/// Identifiers that innocent sites carry, too. A filing that one of them claims is its own, and
/// copied; an account that is far more frequent on hotline sites is the operator's, and a page
/// of its was not recognised.
pub(super) fn common_ids(facts: &Facts) -> HashSet<u32> {
    let mut held: HashMap<u32, (u32, u32)> = HashMap::new();
    for site in &facts.sites {
        for &id in &site.ids {
            let entry = held.entry(id).or_default();
            *if site.hot { &mut entry.0 } else { &mut entry.1 } += 1;
        }
    }
    let hot_sites = facts.sites.iter().filter(|s| s.hot).count() as f64;
    let cold_sites = facts.sites.len() as f64 - hot_sites;
    let filing = |id: u32| facts.id_kind(id) == EvidenceKind::Filing;
    let everywhere = |hot: u32, cold: u32| {
        f64::from(hot) * cold_sites < ACCOUNT_RATIO * f64::from(cold) * hot_sites
    };
    held.into_iter()
        .filter(|&(id, (hot, cold))| cold > 0 && (filing(id) || everywhere(hot, cold)))
        .map(|(id, _)| id)
        .collect()
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
