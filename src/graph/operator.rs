//! Operators: sites run by one hand.
//!
//! 1. Each hotline site goes to the *core* of the number that it leads with, if that number is
//!    clean and stands prominently: this is the only union on one piece of evidence.
//! 2. Between cores (and sites without one) hand evidence adds up in bits: a second number that
//!    sites of both stand behind, trackers, verifications, contacts, filings; kit evidence
//!    supports it but is never enough.
//! 3. Leiden finds the communities of cores, so that a single quoted number or a host that two
//!    operators abuse does not pour one into the other.
//! 4. A site that shows no number of its own joins the one operator that uses its kit.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::extract::number::Kind;

use super::SiteNumber;
use super::account::{self, Shared};
use super::cited::cited;
use super::cluster::leiden;
use super::core::{Cores, lead};
use super::csr::Rows;
use super::facts::{Facts, SiteFacts};
use super::firm;
use super::kit::{Kits, compare};
use super::links::{Links, Support};
use super::shipped::shipped;
use super::taken;
use super::verdict::Status;

/// Kit evidence at which a site without a number is attached.
const ATTACH_BITS: f64 = 16.0;

/// Members of each operator, in order of name; operators in order of first member.
pub(super) type Operators = Vec<Vec<u32>>;

/// Finds the operators, and what supported the links that hold them together; labels numbers that
/// several of them cite.
pub(super) fn operators(
    facts: &mut Facts,
    kits: &Kits,
    by_number: &Rows,
    threshold: f64,
) -> (Operators, Vec<Support>) {
    for number in cited(facts, by_number) {
        facts.numbers[number as usize].status = Status::Cited;
    }
    let cores = Cores::of(facts);
    let mut shared = account::shared(facts, &cores);
    let shipped = shipped(facts, &cores, kits, &shared);
    for &id in &shipped {
        facts.ids[id as usize].common = true;
    }
    if !shipped.is_empty() {
        shared = account::shared(facts, &cores);
    }
    let (found, supports) = groups(facts, kits, by_number, threshold, &cores, &shared);
    taken::settle(facts, &found);
    (found, supports)
}

/// The groups of sites that are one hand's, and what supported the links between them.
fn groups(
    facts: &Facts,
    kits: &Kits,
    by_number: &Rows,
    threshold: f64,
    cores: &Cores,
    shared: &[Shared],
) -> (Operators, Vec<Support>) {
    let (links, supports) =
        Links::between(facts, cores, by_number, shared).weigh(facts, cores, kits, threshold);
    let community = leiden(cores.members.len(), &links);
    let mut of_site: Vec<Option<u32>> = cores
        .of_site
        .iter()
        .map(|c| c.map(|c| community[c as usize]))
        .collect();
    attach(facts, kits, cores, &mut of_site);
    let owners = owners(facts, by_number, &of_site);
    attach_mixed(facts, &owners, &mut of_site);
    attach_cold(facts, by_number, &owners, &mut of_site);
    let placed = || {
        (0u32..)
            .zip(&of_site)
            .filter_map(|(site, group)| Some(((*group)?, site)))
    };
    let groups = Rows::of(cores.members.len(), placed);
    let mut found: Operators = groups
        .iter()
        .filter(|(_, g)| match g {
            [] => false,
            [site] => stands_alone(facts, *site),
            _ => !is_firm(facts, g),
        })
        .map(|(_, g)| g.to_vec())
        .collect();
    found.sort_unstable_by_key(|g| g[0]);
    (found, supports)
}

/// Attaches sites that show no number of their own to the one operator that uses their kit.
fn attach(facts: &Facts, kits: &Kits, cores: &Cores, of_site: &mut [Option<u32>]) {
    let mut size = vec![0u32; cores.members.len()];
    of_site
        .iter()
        .flatten()
        .for_each(|&g| size[g as usize] += 1);
    for family in &kits.members {
        // Operators in this family, with the sites that show their numbers.
        let mut users: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for &site in family {
            if let (Some(group), Some(core)) =
                (of_site[site as usize], cores.of_site[site as usize])
                && (cores.lead[core as usize].is_some()
                    || size[group as usize] > 1
                    || shows_number(facts, site))
            {
                users.entry(group).or_default().push(site);
            }
        }
        let mut users = users.into_iter();
        let (Some((group, sites)), None) = (users.next(), users.next()) else {
            continue;
        };
        if sites.len() < 2 {
            continue;
        }
        for &site in family {
            let unnumbered =
                of_site[site as usize].is_some_and(|g| g != group) && shows_none(facts, site);
            let near = || {
                sites.iter().take(8).any(|&other| {
                    let found = compare(facts, site, other);
                    found.bits >= ATTACH_BITS && found.kinds >= 2
                })
            };
            if unnumbered && near() {
                of_site[site as usize] = Some(group);
            }
        }
    }
}

/// The operator of each number that hotline sites stand behind, where it is but one's.
fn owners(facts: &Facts, by_number: &Rows, of_site: &[Option<u32>]) -> Vec<Option<u32>> {
    let owner = |(number, sites): (u32, &[u32])| {
        if facts.numbers[number as usize].status != Status::Clean {
            return None;
        }
        let mut groups: Vec<u32> = sites.iter().filter_map(|&s| of_site[s as usize]).collect();
        groups.sort_unstable();
        let most = groups
            .chunk_by(|a, b| a == b)
            .max_by_key(|c| (c.len(), Reverse(c[0])))?;
        (most.len() * 10 >= groups.len() * 9).then_some(most[0])
    };
    by_number.iter().map(owner).collect()
}

/// A site that many numbers lead in turn belongs to an operator if most of them do.
fn attach_mixed(facts: &Facts, owners: &[Option<u32>], of_site: &mut [Option<u32>]) {
    for (index, site) in facts.sites.iter().enumerate() {
        if !site.hot || !site.mixed {
            continue;
        }
        let mut pages: BTreeMap<u32, u32> = BTreeMap::new();
        for held in &site.numbers {
            if let Some(group) = owners[held.number as usize] {
                *pages.entry(group).or_default() += held.lead_pages;
            }
        }
        let all: u32 = pages.values().sum();
        // Where most pages sell, those count; elsewhere strangers may share the host.
        let led = match site.hot_pages.saturating_mul(2) >= site.pages {
            true => site.telling,
            false => site.led_pages,
        };
        let most = pages
            .iter()
            .max_by_key(|(group, n)| (**n, Reverse(**group)));
        if let Some((&group, &n)) = most
            && n * 5 >= led * 3
            && n * 5 >= all * 4
        {
            of_site[index] = Some(group);
        }
    }
}

/// Bits of a generator's traces at which a site that sells nothing yet is one of its operator's:
/// the number alone might be quoted there.
const TRACE_BITS: f64 = 8.0;
/// Sites behind a number that such a site is compared with.
const HOLDERS: usize = 16;

/// A site without hotline pages (a home page, the root of a pool of subdomains) belongs to the
/// operator whose number leads all of it, if it shows that operator's kit, too.
fn attach_cold(
    facts: &Facts,
    by_number: &Rows,
    owners: &[Option<u32>],
    of_site: &mut [Option<u32>],
) {
    for (index, site) in facts.sites.iter().enumerate() {
        let led = |n: &&SiteNumber| n.lead_pages > 0;
        let mut leading = site.numbers.iter().filter(led);
        let (Some(held), None) = (leading.next(), leading.next()) else {
            continue;
        };
        let whole = held.lead_pages.saturating_mul(2) >= site.pages && site.hot_pages == 0;
        let Some(group) = owners[held.number as usize].filter(|_| whole) else {
            continue;
        };
        let mut list = by_number.row(held.number).iter().take(HOLDERS);
        let traces = |&other: &u32| {
            let found = compare(facts, index as u32, other);
            found.bits >= TRACE_BITS && (found.lines >= 2 || (found.lines > 0 && found.kinds >= 2))
        };
        if list.any(traces) {
            of_site[index] = Some(group);
        }
    }
}

/// A firm with branches, or a brand with its dealers, shares a number as well; but half of such
/// sites have a landline of their own, which says where they sit. Who runs throwaway sites rents
/// numbers that ring anywhere, and repeats them on each page.
fn is_firm(facts: &Facts, sites: &[u32]) -> bool {
    let settled = |site: &&u32| {
        let site = &facts.sites[**site as usize];
        site.is_settled(&facts.numbers) || is_quiet(site)
    };
    sites.iter().filter(settled).count() * 2 >= sites.len() && !stand_behind_known(facts, sites)
}

/// The numbers that the site stands behind stand on their pages but once.
fn is_quiet(site: &SiteFacts) -> bool {
    let sum = |of: fn(&SiteNumber) -> u32| site.own().map(of).fold(0, u32::saturating_add);
    firm::is_quiet(sum(|n| n.count), sum(|n| n.pages))
}

/// One of the sites stands behind a number that is known to be spam.
fn stand_behind_known(facts: &Facts, sites: &[u32]) -> bool {
    let own = |s: &u32| facts.sites[*s as usize].own();
    !facts.known.is_empty() && sites.iter().flat_map(own).any(|n| facts.is_known(n.number))
}

/// The site stands behind a number, other than a brand's own or a public one.
fn shows_number(facts: &Facts, site: u32) -> bool {
    facts.sites[site as usize].own().any(|n| {
        let number = &facts.numbers[n.number as usize];
        number.kind != Kind::Short && number.status != Status::Official
    })
}

/// The site shows no number that might be its own.
fn shows_none(facts: &Facts, site: u32) -> bool {
    !facts.sites[site as usize].mixed && !shows_number(facts, site)
}

/// One site is an operator's work by itself where one number sells many unrelated brands on page
/// after page, and no landline says where the firm sits; or where it stands behind a number that
/// is known to be spam.
fn stands_alone(facts: &Facts, site: u32) -> bool {
    if stand_behind_known(facts, &[site]) {
        return true;
    }
    let site = &facts.sites[site as usize];
    let Some(lead) = lead(facts, site) else {
        return false;
    };
    let mut own = site.own().map(|n| facts.numbers[n.number as usize].kind);
    let has_landline = own.any(|kind| kind == Kind::Landline);
    site.hot_pages >= 6
        && site.hot_pages.saturating_mul(2) >= site.pages
        && site.hot_sum >= 0.8 * f64::from(site.hot_pages)
        && facts.numbers[lead as usize].brands >= 4
        && facts.numbers[lead as usize].serves_many()
        && !has_landline
        && !site.is_settled(&facts.numbers)
}
