//! Accounts, contacts and filings: which of them show a hand.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

use crate::site::registrable_domain;

use super::core::Cores;
use super::csr::Rows;
use super::evidence::EvidenceKind;
use super::facts::{Facts, Identifier, SiteFacts};
use super::served;

/// An account is a platform's unless it is so many times as frequent on hotline sites as on others.
const ACCOUNT_RATIO: f64 = 5.0;

/// Hotline score from which on a site of one page may be an operator's.
const DOUBT: f32 = 0.2;

/// The identifiers `class TAB value` with the sites that carry them. A filing that an innocent
/// site claims is its own, and copied elsewhere; an account that is far more frequent on hotline
/// sites is the operator's, and a page of its was not recognised.
pub(super) fn identifiers(names: Vec<String>, sites: &[SiteFacts]) -> Vec<Identifier> {
    let mut ids: Vec<Identifier> = names.into_iter().map(Identifier::named).collect();
    for site in sites {
        for &id in &site.traces.ids {
            let id = &mut ids[id as usize];
            *if site.hot { &mut id.hot } else { &mut id.cold } += 1;
            id.doubtful += u32::from(!site.hot && is_in_doubt(site));
        }
    }
    let hot_sites = sites.iter().filter(|s| s.hot).count() as f64;
    let cold_sites = sites.len() as f64 - hot_sites;
    for id in &mut ids {
        // Half a site less: a single one may be a page that was not recognised.
        let cold = f64::from(id.innocents()) - 0.5;
        let everywhere = f64::from(id.hot) * cold_sites < ACCOUNT_RATIO * cold * hot_sites;
        id.common = match served::is_served(id.kind) {
            true => served::is_common(id.hot, id.cold),
            false => id.innocents() > 0 && (id.kind == EvidenceKind::Filing || everywhere),
        };
    }
    ids
}

/// One page, half a hotline by its score, makes neither an operator's site nor an innocent one.
fn is_in_doubt(site: &SiteFacts) -> bool {
    site.pages == 1 && site.hotline >= DOUBT
}

impl Identifier {
    /// Sites that sell nothing, as far as can be told, and carry it.
    pub fn innocents(&self) -> u32 {
        self.cold - self.doubtful
    }

    fn named(mut name: String) -> Self {
        let class = name.find('\t').unwrap_or(0);
        let kind = EvidenceKind::of_class(&name[..class]);
        name.drain(..name.len().min(class + 1));
        Identifier {
            kind,
            value: name,
            hot: 0,
            cold: 0,
            doubtful: 0,
            common: false,
        }
    }
}

/// An identifier with the sites that carry it, by core; cores of which it is not the account are
/// left out.
pub(super) struct Shared {
    pub id: u32,
    pub kind: EvidenceKind,
    pub groups: BTreeMap<u32, Vec<u32>>,
}

/// The identifiers that tie two cores or more.
pub(super) fn shared(facts: &Facts, cores: &Cores) -> Vec<Shared> {
    let hot = || facts.sites.iter().enumerate().filter(|(_, s)| s.hot);
    let holders = Rows::of(facts.ids.len(), || {
        hot().flat_map(|(index, site)| {
            let ids = site.traces.ids.iter();
            ids.filter(|id| !facts.ids[**id as usize].common)
                .map(move |&id| (id, index as u32))
        })
    });
    let core_of = |site: u32| cores.of_site[site as usize];
    let several = |sites: &[u32]| sites.iter().any(|&s| core_of(s) != core_of(sites[0]));
    let foremost = foremost(facts, cores);
    let mut found = Vec::new();
    for (id, sites) in holders.iter().filter(|(_, s)| several(s)) {
        let kind = facts.id_kind(id);
        let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for site in one_a_host(facts, sites) {
            if let Some(core) = core_of(site) {
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
            found.push(Shared { id, kind, groups });
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
fn foremost(facts: &Facts, cores: &Cores) -> HashMap<(u32, EvidenceKind), u32> {
    let mut held: Vec<(u32, u32)> = Vec::new();
    for (site, core) in facts.sites.iter().zip(&cores.of_site) {
        if let Some(core) = *core {
            let ids = site.traces.ids.iter();
            let own = ids.filter(|id| !facts.ids[**id as usize].common);
            held.extend(own.map(|&id| (core, id)));
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

/// Sites of other domains that carry what tenants of one host carry, so that it is not the host's.
const ELSEWHERE: usize = 2;

/// Leaves out tenants of one host that carry the same identifier, unless others do, too: it is the
/// host's.
fn one_a_host(facts: &Facts, sites: &[u32]) -> Vec<u32> {
    let mut by_host: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for &site in sites {
        by_host
            .entry(host_of(&facts.sites[site as usize].name))
            .or_default()
            .push(site);
    }
    let hosts = by_host.len();
    let own = |s: &Vec<u32>| s.len() == 1 || hosts > ELSEWHERE;
    let alone = by_host.into_values().filter(own);
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
