//! How likely a number is a spam hotline, by the sites that stand behind it.

use crate::extract::number::Kind;

use super::firm::{self, is_settled};
use super::{Graph, NumberNode};

/// Log-odds that a number is a spam hotline by what is claimed with it and by the sites behind it.
pub(super) fn of(number: &NumberNode, sites: &Behind) -> f64 {
    let mut odds = BIAS + 4.0 * (f64::from(sites.hottest) - 0.75);
    odds += match number.brands {
        0 | 1 if number.claims >= 3 => -0.8,
        0..=2 => 0.0,
        _ if number.serves_many() => 1.6,
        _ => 0.8,
    };
    odds += if number.is_bound() { -1.0 } else { 0.0 };
    odds += match sites.count {
        1 if sites.firms > 0 => -0.6,
        1 => 0.0,
        n if sites.firms * 2 >= n => -1.2,
        2 | 3 => 1.2,
        _ => 2.0,
    };
    odds += match sites.kit {
        0 => -1.0,
        2 | 3 => 1.0,
        _ => 1.8,
    };
    // A hotline is repeated, at the head and the foot of the page and between.
    odds += if firm::is_quiet(sites.times, sites.pages) {
        -1.0
    } else {
        0.0
    };
    odds += match number.kind {
        Kind::Shared400 | Kind::Free800 => 0.4,
        Kind::Landline => -0.6,
        _ => -0.3,
    };
    odds
}

/// Log-odds of a number of which nothing is known but that a hotline site sells it.
const BIAS: f64 = -1.6;

/// The sites that stand behind a number, and those of its network that it leads here and there.
#[derive(Default)]
pub(super) struct Behind {
    pub count: u32,
    pub prominent: u32,
    hottest: f32,
    /// Those of them that say where a firm sits.
    firms: u32,
    /// Pages of them that show it, and how often they do.
    pages: u32,
    times: u32,
    /// Sites of networks of several in the kit family among theirs that has most of these: what
    /// honest firms have in common, a shop system or a trade's phrases, makes no networks.
    kit: u32,
}

impl Behind {
    pub fn of(graph: &Graph, index: u32) -> Behind {
        let mut all = Behind::default();
        for &site in graph.sites_of(index) {
            let site = &graph.sites[site as usize];
            let Ok(held) = site.numbers.binary_search_by_key(&index, |n| n.number) else {
                continue;
            };
            let held = &site.numbers[held];
            // On a site of a network that stands behind none, many lead in turn.
            let in_turn = || {
                let none = !site.numbers.iter().any(|n| n.own);
                held.lead_pages > 0 && site.network.is_some() && none
            };
            if !held.own && !in_turn() {
                continue;
            }
            all.count += 1;
            all.prominent += u32::from(held.prominent);
            all.pages = all.pages.saturating_add(held.pages);
            all.times = all.times.saturating_add(held.count);
            all.hottest = all.hottest.max(site.hotline);
            let kit = site.kit.map_or(0, |k| graph.kits[k as usize].networked);
            all.kit = all.kit.max(kit);
            all.firms += u32::from(is_settled(&site.numbers, site.pages, &graph.numbers));
        }
        all
    }
}
