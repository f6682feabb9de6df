//! Cores: hotline sites grouped by the number that they lead with, the only union on one piece of
//! evidence.

use std::collections::HashMap;

use super::facts::{Facts, SiteFacts};
use super::kit::Kits;
use super::verdict::Status;

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
    pub fn users<'a>(&'a self, kits: &'a Kits) -> impl Fn(u32) -> u32 + 'a {
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
    pub fn without(&self, core: u32, carriers: &[u32]) -> u32 {
        let others = self.members[core as usize].iter().take(carriers.len() + 1);
        let stranger = |s: &&u32| carriers.binary_search(s).is_err();
        others
            .copied()
            .find(|s| stranger(&s))
            .unwrap_or(carriers[0])
    }

    /// Sites of a core.
    pub fn size(&self, core: u32) -> usize {
        self.members[core as usize].len()
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
