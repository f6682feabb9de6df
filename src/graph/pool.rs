//! Sites on which an operator's whole pool of numbers takes turns.
//!
//! A site that many numbers lead in turn may be a directory or a market. What tells an operator's
//! pool from those is that several sites of hotline pages draw from the same pool: strangers who
//! list numbers do not list the same few.

use super::cluster::Sets;
use super::facts::SiteFacts;

/// Numbers that two sites must share, and the part of all numbers of both that these must be.
const SHARED: usize = 3;
const OVERLAP: f64 = 0.4;

/// Sites that share a pool stand behind those of its numbers that two of them show.
pub(super) fn settle(sites: &mut [SiteFacts]) {
    let led: Vec<Vec<u32>> = sites.iter().map(numbers).collect();
    let mut postings: Vec<(u32, u32)> = Vec::new();
    for (site, numbers) in led.iter().enumerate() {
        postings.extend(numbers.iter().map(|&n| (n, site as u32)));
    }
    postings.sort_unstable();
    let mut sets = Sets::new(sites.len());
    for holders in postings.chunk_by(|a, b| a.0 == b.0) {
        for pair in holders.windows(2) {
            for a in [holders[0].1, pair[0].1] {
                let b = pair[1].1;
                if sets.find(a) != sets.find(b) && one_pool(&led[a as usize], &led[b as usize]) {
                    sets.union(a, b);
                }
            }
        }
    }
    let mut shown: Vec<(u32, u32)> = postings.iter().map(|&(n, s)| (sets.find(s), n)).collect();
    shown.sort_unstable();
    let twice: Vec<(u32, u32)> = shown
        .chunk_by(|a, b| a == b)
        .filter(|c| c.len() > 1)
        .map(|c| c[0])
        .collect();
    for (index, site) in sites.iter_mut().enumerate() {
        let pool = sets.find(index as u32);
        for held in site.numbers.iter_mut().filter(|n| n.lead_pages > 0) {
            if led[index].binary_search(&held.number).is_ok()
                && twice.binary_search(&(pool, held.number)).is_ok()
            {
                held.own = true;
                site.mixed = false;
            }
        }
    }
}

/// The numbers that lead a mixed site of hotline pages, in order.
fn numbers(site: &SiteFacts) -> Vec<u32> {
    if !site.mixed || !site.hot || site.hot_pages.saturating_mul(2) < site.pages {
        return Vec::new();
    }
    let led = site.numbers.iter().filter(|n| n.lead_pages > 0);
    led.map(|n| n.number).collect()
}

fn one_pool(a: &[u32], b: &[u32]) -> bool {
    let shared = a.iter().filter(|n| b.binary_search(n).is_ok()).count();
    let all = a.len() + b.len() - shared;
    shared >= SHARED && shared as f64 >= OVERLAP * all as f64
}
