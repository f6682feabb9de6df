//! Accounts, contacts and filings: which of them show a hand.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

use crate::site::registrable_domain;

use super::core::Cores;
use super::evidence::EvidenceKind;
use super::facts::Facts;

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

/// An identifier with the sites that carry it, by core; cores of which it is not the account are
/// left out.
pub(super) struct Shared {
    pub kind: EvidenceKind,
    pub groups: BTreeMap<u32, Vec<u32>>,
}

/// The identifiers that tie two cores or more.
pub(super) fn shared(facts: &Facts, cores: &Cores) -> Vec<Shared> {
    let common = common_ids(facts);
    let mut holders: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (index, site) in facts.sites.iter().enumerate().filter(|(_, s)| s.hot) {
        for &id in site.ids.iter().filter(|id| !common.contains(id)) {
            holders.entry(id).or_default().push(index as u32);
        }
    }
    let foremost = foremost(facts, cores, &common);
    let mut found = Vec::new();
    for (id, sites) in holders.iter().filter(|(_, s)| s.len() > 1) {
        let kind = facts.id_kind(*id);
        let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for site in one_a_host(facts, sites) {
            if let Some(core) = cores.of_site[site as usize] {
                groups.entry(core).or_default().push(site);
            }
        }
        if kind != EvidenceKind::Filing && !covers(&groups, cores) {
            continue;
        }
        // What a hand puts on its sites stands on a fair part of them, and nothing of its kind on
        // more; what strays copy, here and there.
        groups.retain(|&core, sites| {
            let most = foremost.get(&(core, kind)).copied().unwrap_or(0);
            sites.len() * 4 >= cores.size(core) && sites.len() as u32 >= most
        });
        if groups.len() > 1 {
            found.push(Shared { kind, groups });
        }
    }
    found
}

/// The identifier stands on half of the sites of the cores of several sites that know it at all:
/// a platform's account is strewn over many.
fn covers(groups: &BTreeMap<u32, Vec<u32>>, cores: &Cores) -> bool {
    let several = groups.iter().filter(|(core, _)| cores.size(**core) > 1);
    let (held, all) = several.fold((0, 0), |(held, all), (core, sites)| {
        (held + sites.len(), all + cores.size(*core))
    });
    held * 2 >= all
}

/// On how many sites of a core its most frequent identifier of each kind stands.
fn foremost(
    facts: &Facts,
    cores: &Cores,
    common: &HashSet<u32>,
) -> HashMap<(u32, EvidenceKind), u32> {
    let mut held: Vec<(u32, u32)> = Vec::new();
    for (site, core) in facts.sites.iter().zip(&cores.of_site) {
        if let Some(core) = *core {
            let ids = site.ids.iter().filter(|id| !common.contains(id));
            held.extend(ids.map(|&id| (core, id)));
        }
    }
    held.sort_unstable();
    let mut most: HashMap<(u32, EvidenceKind), u32> = HashMap::new();
    for list in held.chunk_by(|a, b| a == b) {
        let (core, id) = list[0];
        let entry = most.entry((core, facts.id_kind(id))).or_default();
        *entry = (*entry).max(list.len() as u32);
    }
    most
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
