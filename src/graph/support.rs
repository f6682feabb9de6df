//! What supported links between the groups of a network, in words: kits and brands in common.

use std::cmp::Reverse;

use super::evidence::{Evidence, EvidenceKind};
use super::links::Support;
use super::verdict::count;
use super::{Graph, Network, SiteNode};

/// Brands that are named.
const NAMED: usize = 3;

/// Puts each support with the network of its first group.
pub(super) fn by_network(supports: Vec<Support>, sites: &[SiteNode]) -> Vec<(u32, Support)> {
    let network = |s: &Support| sites[s.brand_sites.0 as usize].network;
    let all = supports.into_iter();
    let mut placed: Vec<(u32, Support)> = all.filter_map(|s| Some((network(&s)?, s))).collect();
    placed.sort_by_key(|(network, _)| *network);
    placed
}

/// Support of each kind that counted between groups of the network.
pub(super) fn evidence(graph: &Graph, network: &Network) -> Vec<Evidence> {
    let Some(index) = (network.sites.first()).and_then(|&s| graph.sites[s as usize].network) else {
        return Vec::new();
    };
    let start = graph.supports.partition_point(|s| s.0 < index);
    let end = graph.supports.partition_point(|s| s.0 <= index);

    let inside = |s: u32| network.sites.binary_search(&s).is_ok();
    let within = |sites: (u32, u32)| inside(sites.0) && inside(sites.1);
    let all = || graph.supports[start..end].iter().map(|s| &s.1);
    let kits = all().filter(|s| s.kit > 0.0 && within(s.kit_sites));
    let brands = all().filter(|s| s.brands > 0.0 && within(s.brand_sites));
    let mut found = Vec::new();
    found.extend(kit(graph, &kits.collect::<Vec<_>>()));
    found.extend(common(graph, &brands.collect::<Vec<_>>()));
    found
}

fn kit(graph: &Graph, supports: &[&Support]) -> Option<Evidence> {
    let best = strongest(supports, |s| s.kit)?;
    let sites = sites(supports, |s| s.kit_sites);
    let family = sites.iter().find_map(|&s| graph.sites[s as usize].kit);
    Some(Evidence {
        kind: EvidenceKind::Kit,
        value: match family {
            Some(kit) => graph.kits[kit as usize].id.clone(),
            None => graph.site_name(best.kit_sites.0).to_owned(),
        },
        why: format!(
            "groups that other evidence ties are made by one kit, as {} show; kits are sold, so \
             this supports that evidence and proves nothing alone.",
            count(sites.len() as u32, "site")
        ),
        bits: (best.kit * 10.0).round() / 10.0,
        sites,
    })
}

fn common(graph: &Graph, supports: &[&Support]) -> Option<Evidence> {
    let best = strongest(supports, |s| s.brands)?;
    let named = best.claimed.iter().take(NAMED);
    let named: Vec<&str> = named.map(|&b| graph.brands[b as usize].as_str()).collect();
    Some(Evidence {
        kind: EvidenceKind::Brands,
        value: named.join(", "),
        why: format!(
            "groups that other evidence ties claim {} in common, where chance would have them \
             share {:.1}; this supports that evidence and proves nothing alone.",
            count(best.claimed.len() as u32, "brand"),
            best.expected
        ),
        bits: (best.brands * 10.0).round() / 10.0,
        sites: sites(supports, |s| s.brand_sites),
    })
}

/// The first of those with most bits.
fn strongest<'a>(supports: &[&'a Support], bits: fn(&Support) -> f64) -> Option<&'a Support> {
    let all = supports.iter().copied().enumerate();
    let best = all.max_by(|(i, a), (j, b)| {
        let by_bits = bits(a).total_cmp(&bits(b));
        by_bits.then(Reverse(i).cmp(&Reverse(j)))
    });
    best.map(|(_, support)| support)
}

/// The sites that stand for the groups, in order.
fn sites(supports: &[&Support], pair: fn(&Support) -> (u32, u32)) -> Vec<u32> {
    let pairs = supports.iter().map(|s| pair(s));
    let mut sites: Vec<u32> = pairs.flat_map(|(a, b)| [a, b]).collect();
    sites.sort_unstable();
    sites.dedup();
    sites
}
