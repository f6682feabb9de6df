//! Trust and distrust that spread from the numbers that the user's lists know: one step, to what
//! stands beside them, as a person would judge by the company that a number keeps.

use super::verdict::{Status, count};
use super::{Graph, SiteNode, SiteNumber};

/// Sites of a number that are looked at.
const SITES: usize = 256;
/// Log-odds of a number that stands beside one that is known to be spam, and of one whose sites
/// lead with a brand's own.
const DISTRUST: f64 = 3.0;
const TRUST: f64 = -2.0;

/// What makes a number suspicious: a number that is known to be spam in its network, or on sites
/// that stand behind both.
pub(super) enum Distrust {
    Network(u32),
    Sites(u32, u32),
}

/// Why a number is distrusted, if it is not itself in the list.
pub(super) fn distrust(graph: &Graph, number: u32) -> Option<Distrust> {
    let known = |n: &u32| *n != number && graph.known.binary_search(n).is_ok();
    if graph.known.is_empty() {
        return None;
    }
    let network = graph.numbers[number as usize].network;
    let of_network = network.map(|n| &graph.networks[n as usize].numbers);
    if let Some(&found) = of_network.and_then(|all| all.iter().find(|n| known(n))) {
        return Some(Distrust::Network(found));
    }
    let beside = behind(graph, number).filter_map(|(site, _)| {
        let own = site.numbers.iter().filter(|n| n.own).map(|n| n.number);
        own.filter(known).min()
    });
    let mut beside: Vec<u32> = beside.collect();
    beside.sort_unstable();
    let lists = beside.chunk_by(|a, b| a == b);
    let most = lists.max_by_key(|l| (l.len(), std::cmp::Reverse(l[0])))?;
    Some(Distrust::Sites(most[0], most.len() as u32))
}

/// Sites that stand behind the number, with what they hold of it.
fn behind(graph: &Graph, number: u32) -> impl Iterator<Item = (&SiteNode, &SiteNumber)> {
    let sites = graph.sites_of(number).iter().take(SITES);
    sites.filter_map(move |&site| {
        let site = &graph.sites[site as usize];
        let at = site.numbers.binary_search_by_key(&number, |n| n.number);
        Some((site, &site.numbers[at.ok()?])).filter(|(_, held)| held.own)
    })
}

/// Log-odds of being spam that the company of a number adds, with the reason.
pub(super) fn odds(graph: &Graph, number: u32, why: &mut Vec<String>) -> f64 {
    match distrust(graph, number) {
        Some(Distrust::Network(known)) => {
            let known = graph.digits(known);
            why.push(format!(
                "its network stands behind {known}, a known spam number"
            ));
            return DISTRUST;
        }
        Some(Distrust::Sites(known, sites)) => {
            let (known, stand) = (
                graph.digits(known),
                if sites == 1 { "stands" } else { "stand" },
            );
            why.push(format!(
                "{sites} of its sites {stand} behind {known}, too, a known spam number"
            ));
            return DISTRUST;
        }
        None => {}
    }
    if let Some(official) = trust(graph, number) {
        let official = graph.digits(official);
        why.push(format!(
            "for one brand, on sites that lead with {official}, an official number"
        ));
        return TRUST;
    }
    0.0
}

/// The official number that all sites behind a number of one brand lead with: more often, and on
/// as many pages at least. Who cites an official number to look genuine leads with another.
fn trust(graph: &Graph, number: u32) -> Option<u32> {
    let node = &graph.numbers[number as usize];
    if !node.is_bound() {
        return None;
    }
    let mut found = None;
    for (site, held) in behind(graph, number) {
        let leads = |n: &&SiteNumber| {
            n.own
                && n.lead_pages >= held.lead_pages
                && n.count > held.count
                && graph.numbers[n.number as usize].status == Status::Official
        };
        found = Some(site.numbers.iter().find(leads)?.number);
    }
    found
}

/// What speaks for and against a site.
pub(super) fn site_reasons(graph: &Graph, index: u32) -> Vec<String> {
    let site = &graph.sites[index as usize];
    let mut why = Vec::new();
    let own = || site.numbers.iter().filter(|n| n.own).map(|n| n.number);
    for known in own().filter(|n| graph.known.binary_search(n).is_ok()) {
        let digits = graph.digits(known);
        why.push(format!("stands behind {digits}, a known spam number"));
    }
    let official = |n: &u32| graph.numbers[*n as usize].status == Status::Official;
    for official in own().filter(official) {
        let digits = graph.digits(official);
        why.push(format!("leads with {digits}, an official number"));
    }
    if let Some(network) = site.network {
        let network = &graph.networks[network as usize];
        let sites = count(network.sites.len() as u32, "site");
        why.push(format!(
            "belongs to network {} of {sites}, score {:.2}",
            network.id, network.score
        ));
        let spam = network.numbers.iter().copied();
        let spam = spam.filter(|n| graph.known.binary_search(n).is_ok());
        for known in spam.filter(|n| !own().any(|o| o == *n)) {
            let digits = graph.digits(known);
            why.push(format!(
                "its network stands behind {digits}, a known spam number"
            ));
        }
    }
    why.push(match site.hot_pages {
        0 => "no page sells a hotline".to_owned(),
        n => format!(
            "{} of {} a hotline, with a score up to {:.2}",
            n,
            count(site.pages, "page") + if site.pages == 1 { " sells" } else { " sell" },
            site.hotline
        ),
    });
    why
}
