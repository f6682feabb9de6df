//! Numbers that several operators cite, such as a brand's own that no list knows.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::csr::Rows;
use super::facts::{Facts, SiteFacts};
use super::par;
use super::verdict::Status;

/// Numbers visited to see whether two groups hang together without a third.
const WALK: usize = 2048;
/// Numbers of one site that are looked at.
const OF_SITE: usize = 32;
/// A number that joins groups stands on so many sites at least: two of each of three.
const LEAST: usize = 6;

/// Clean numbers that join three or more groups which have numbers of their own and hang
/// together by those alone: cited by all, owned by none.
pub(super) fn cited(facts: &Facts, owners: &Rows) -> Vec<u32> {
    let clean = |n: u32| facts.numbers[n as usize].status == Status::Clean;
    let own = |site: &'_ SiteFacts| -> Vec<u32> {
        let numbers = site.own().map(|n| n.number).filter(|&n| clean(n));
        numbers.take(OF_SITE).collect()
    };
    let several: Vec<Vec<u32>> = par::map(facts.sites.len(), |s| {
        let numbers = own(&facts.sites[s]);
        if numbers.len() > 1 {
            numbers
        } else {
            Vec::new()
        }
    });
    let mut pairs: Vec<(u32, u32)> = several
        .iter()
        .flat_map(|all| all.iter().flat_map(|&a| all.iter().map(move |&b| (a, b))))
        .filter(|(a, b)| a != b)
        .collect();
    par::sort(&mut pairs);
    pairs.dedup();
    let beside = Rows::of(facts.numbers.len(), || pairs.iter().copied());
    let mut found = Vec::new();
    for (number, sites) in owners.iter().filter(|(_, sites)| sites.len() >= LEAST) {
        if !clean(number) || beside.row(number).len() < 3 {
            continue;
        }
        let with_another = sites
            .iter()
            .filter(|&&s| !several[s as usize].is_empty())
            .count();
        if with_another * 5 < sites.len() * 4 {
            continue;
        }
        let Some(group) = groups_without(number, &beside) else {
            continue;
        };
        let mut members: HashMap<u32, u32> = HashMap::new();
        for &site in sites {
            let of_site = several[site as usize].iter().find_map(|n| group.get(n));
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
fn groups_without(number: u32, beside: &Rows) -> Option<HashMap<u32, u32>> {
    let mut group: HashMap<u32, u32> = HashMap::new();
    for &start in beside.row(number) {
        if group.contains_key(&start) {
            continue;
        }
        group.insert(start, start);
        let mut queue = vec![start];
        while let Some(at) = queue.pop() {
            for &next in beside.row(at).iter().filter(|&&n| n != number) {
                if group.len() > WALK {
                    return None;
                }
                if let Entry::Vacant(slot) = group.entry(next) {
                    slot.insert(start);
                    queue.push(next);
                }
            }
        }
    }
    Some(group)
}
