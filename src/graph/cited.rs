//! Numbers that several operators cite, such as a brand's own that no list knows.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::facts::Facts;
use super::verdict::Status;

/// Numbers visited to see whether two groups hang together without a third.
const WALK: usize = 2048;

/// Clean numbers that join three or more groups which have numbers of their own and hang
/// together by those alone: cited by all, owned by none.
pub(super) fn cited(facts: &Facts) -> Vec<u32> {
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
