//! Hand evidence between cores.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::account::Shared;
use super::brands::Common;
use super::core::Cores;
use super::csr::Rows;
use super::evidence::{EvidenceKind, id_bits};
use super::facts::Facts;
use super::kit::{Kits, compare};
use super::verdict::Status;

/// Bits at which two groups are one hand. The curve is in BENCHMARKS.md.
pub(super) const LINK_BITS: f64 = 12.0;
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
/// Sites of both link to sites of the other.
const FARM_BITS: f64 = 6.0;
/// What must stand beside a filing that only some sites of both groups claim.
const FILED_BITS: f64 = 4.0;
/// That it is on a fair part of a group's sites.
const FAIR_BITS: f64 = 1.0;
/// A number that its site shows once, and no other.
const FAINT_BITS: f64 = 8.0;
/// A second number that leads a single page of many, and one on a host that strangers share.
const ONCE_BITS: f64 = 4.0;
const STRANGE_BITS: f64 = 2.0;
/// Pages of a site that sell nothing and show its numbers all the same.
const INDEX_PAGES: u32 = 2;

/// Hand evidence between cores, by pair.
#[derive(Default)]
pub(super) struct Links {
    pairs: BTreeMap<(u32, u32), Link>,
}

/// What supported a link that hand evidence alone was too weak for, or that it made surer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Support {
    /// The sites whose kits were compared, with the bits that this added.
    pub kit_sites: (u32, u32),
    pub kit: f64,
    /// A site of each group, with the bits that brands which both claim added.
    pub brand_sites: (u32, u32),
    pub brands: f64,
    /// Those brands, and how many chance would have both claim.
    pub claimed: Vec<u32>,
    pub expected: f64,
}

#[derive(Default)]
struct Link {
    bits: BTreeMap<EvidenceKind, f64>,
    /// Pairs of sites whose kits are compared.
    samples: Vec<(u32, u32)>,
    /// Nearly all sites of both claim one filing.
    whole_filing: bool,
    /// Links from sites of the one to sites of the other, and back.
    ways: [u32; 2],
}

impl Link {
    /// What links between the sites of both add.
    fn farm(&self) -> f64 {
        match self.ways {
            [0, 0] | [0, 1] | [1, 0] => 0.0,
            [0, _] | [_, 0] => FARM_BITS / 2.0,
            _ => FARM_BITS,
        }
    }
}

impl Link {
    /// The pair of sites with most of a kit in common, of those that speak for the two groups.
    fn support(&self, facts: &Facts, cores: &Cores, (a, b): (u32, u32)) -> Support {
        let first = |core: u32| cores.members[core as usize][0];
        let pairs = self.samples.iter();
        let pairs = pairs.map(|&(x, y)| (compare(facts, x, y).bits, (x, y)));
        let best = pairs.reduce(|best, pair| if pair.0 > best.0 { pair } else { best });
        let (kit, kit_sites) = best.unwrap_or_default();
        Support {
            kit_sites,
            kit,
            brand_sites: (first(a), first(b)),
            brands: 0.0,
            claimed: Vec::new(),
            expected: 0.0,
        }
    }
}

impl Links {
    pub fn between(facts: &Facts, cores: &Cores, owners: &Rows, shared: &[Shared]) -> Links {
        let mut links = Links::default();
        links.numbers(facts, cores, owners);
        links.identifiers(facts, cores, shared);
        links.farms(facts, cores);
        links
    }

    /// Second numbers: from the core that a number leads (or else shows it most) to each other
    /// core with sites that stand behind it.
    fn numbers(&mut self, facts: &Facts, cores: &Cores, owners: &Rows) {
        for (number, sites) in owners.iter().filter(|(_, s)| s.len() > 1) {
            if facts.numbers[number as usize].status != Status::Clean {
                continue;
            }
            let core_of = |site: u32| cores.of_site[site as usize];
            if sites.iter().all(|&s| core_of(s) == core_of(sites[0])) {
                continue;
            }
            let mut groups = Groups::new();
            for &site in sites {
                if let Some(core) = core_of(site) {
                    let group = groups.entry(core).or_default();
                    group.bits += strength(facts, cores, core, site, number);
                    group.sites.push(site);
                }
            }
            let led = |core: u32| cores.lead[core as usize] == Some(number);
            let Some((hub, centre)) = hub(&groups, led).filter(|_| groups.len() > 1) else {
                continue;
            };
            for (&core, group) in groups.iter().filter(|(c, _)| **c != hub) {
                // A core that the number leads stands behind it with all its weight.
                let here = if led(hub) { f64::INFINITY } else { centre.bits };
                let fair = group.sites.len() * 4 >= cores.size(core);
                let bits = group.bits.min(here) + if fair { FAIR_BITS } else { 0.0 };
                let samples = (
                    cores.without(hub, &centre.sites),
                    cores.without(core, &group.sites),
                );
                self.add((hub, core), EvidenceKind::Number, bits, samples);
            }
        }
    }

    /// Accounts, contacts and filings that several cores share.
    fn identifiers(&mut self, facts: &Facts, cores: &Cores, shared: &[Shared]) {
        for shared in shared {
            let sites = |core: &u32| (shared.groups[core].len(), Reverse(*core));
            let Some(&hub) = shared.groups.keys().max_by_key(|c| sites(c)) else {
                continue;
            };
            let centre = &shared.groups[&hub];
            let whole = |core: u32, sites: &[u32]| {
                cores.size(core) > 1 && sites.len() * 5 >= cores.size(core) * 4
            };
            for (&core, group) in shared.groups.iter().filter(|(c, _)| **c != hub) {
                let samples = (cores.without(hub, centre), cores.without(core, group));
                let cold = facts.ids[shared.id as usize].innocents();
                let bits = id_bits(shared.kind, cold, facts.background);
                let link = self.add((hub, core), shared.kind, bits, samples);
                link.whole_filing |=
                    shared.kind == EvidenceKind::Filing && whole(hub, centre) && whole(core, group);
            }
        }
    }

    /// Sites of two cores that link to each other. Adds to pairs that are there already: links
    /// are bought and exchanged.
    fn farms(&mut self, facts: &Facts, cores: &Cores) {
        for (index, site) in facts.sites.iter().enumerate() {
            let Some(from) = cores.of_site[index] else {
                continue;
            };
            for &to in &site.traces.links {
                let to = cores.of_site[to as usize].filter(|&c| c != from);
                if let Some(to) = to
                    && let Some(link) = self.pairs.get_mut(&(from.min(to), from.max(to)))
                {
                    link.ways[usize::from(from > to)] += 1;
                }
            }
        }
    }

    fn add(
        &mut self,
        (a, b): (u32, u32),
        kind: EvidenceKind,
        bits: f64,
        sample: (u32, u32),
    ) -> &mut Link {
        let link = self.pairs.entry((a.min(b), a.max(b))).or_default();
        *link.bits.entry(kind).or_default() += bits;
        if link.samples.len() < 4 {
            link.samples.push(sample);
        }
        link
    }

    /// The links that hold, those of `threshold` bits or more, with weights up to 1, and what
    /// supported them.
    pub fn weigh(
        self,
        facts: &Facts,
        cores: &Cores,
        kits: &Kits,
        threshold: f64,
    ) -> (Vec<(u32, u32, f64)>, Vec<Support>) {
        let users = cores.users(kits);
        let brands = Common::of(facts);
        let (mut held, mut supports) = (Vec::new(), Vec::new());
        for ((a, b), link) in self.pairs {
            let hand: f64 = link
                .bits
                .iter()
                .map(|(k, bits)| bits.min(k.total_cap()))
                .sum();
            let filing = link.bits.get(&EvidenceKind::Filing).copied();
            let filing = filing.map_or(0.0, |bits| bits.min(EvidenceKind::Filing.total_cap()));
            let farm = link.farm();
            let least = if farm > 0.0 { ONCE_BITS } else { HAND_BITS };
            if hand < least || (hand - filing < FILED_BITS && !link.whole_filing) {
                continue;
            }
            let mut support = link.support(facts, cores, (a, b));
            if support.kit >= KIT_FLOOR {
                // That two use a kit which others use, too, says the less the more they are.
                let users = users(a).max(users(b)).max(2);
                support.kit = support.kit.min(KIT_SUPPORT) * 2.0 / f64::from(users);
            } else {
                support.kit = 0.0;
            }
            if hand + farm + support.kit < threshold {
                let common = brands.of_both(facts, cores, a, b);
                support.brands = common.bits.min(KIT_SUPPORT - support.kit);
                (support.claimed, support.expected) = (common.brands, common.expected);
            }
            let total = hand + support.kit + support.brands + farm;
            if total >= threshold {
                held.push((a, b, (total / FULL_LINK).min(1.0)));
                if support.kit > 0.0 || support.brands > 0.0 {
                    supports.push(support);
                }
            }
        }
        (held, supports)
    }
}

/// Sites of a core that carry one piece of evidence.
#[derive(Default)]
struct Group {
    bits: f64,
    sites: Vec<u32>,
}

type Groups = BTreeMap<u32, Group>;

/// Bits that a site of a core adds by standing behind a number.
fn strength(facts: &Facts, cores: &Cores, core: u32, site: u32, number: u32) -> f64 {
    let site = &facts.sites[site as usize];
    let Ok(held) = site.numbers.binary_search_by_key(&number, |n| n.number) else {
        return 0.0;
    };
    let held = &site.numbers[held];
    // Where other numbers lead more pages that sell nothing than an index or two, strangers share
    // the host.
    let telling = site.telling.saturating_add(INDEX_PAGES);
    let alone = site.led_pages.saturating_mul(4) <= telling.saturating_mul(5);
    match (cores.lead[core as usize], held.prominent) {
        (None, _) => FAINT_BITS,
        (_, true) if held.together && alone => TOGETHER_BITS,
        // On one page of many it may be a rival's that is quoted there.
        _ if !alone => STRANGE_BITS,
        _ if held.lead_pages >= 3 => OFTEN_BITS,
        _ if held.lead_pages == 2 || site.telling <= 4 => APART_BITS,
        _ => ONCE_BITS,
    }
}

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
