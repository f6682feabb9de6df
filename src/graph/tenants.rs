//! Hosts that no list knows to be shared, told by what stands on them: strangers side by side.
//!
//! The subdomains of one registrable domain are one owner's, unless they lead numbers that have
//! nothing to do with each other. Then each is a site of its own: a catalogue of firms must not
//! tie the operators that have pages on it.

use std::collections::BTreeMap;

use crate::hashed;
use crate::record::Record;
use crate::site::registrable_domain;

use super::builder::Names;
use super::cluster::Sets;
use super::pages::{PageNumber, Pages};

/// First labels of a host that name no tenant.
const FRONTS: [&str; 8] = ["www", "m", "wap", "mobile", "3g", "4g", "h5", "amp"];
/// Groups of subdomains, by the numbers that they lead, on a host of strangers at least.
const GROUPS: usize = 3;
/// Groups among them that sell no hotline.
const HONEST: usize = 2;
/// As many groups tell strangers where all sell hotlines, if there are half as many as subdomains.
const HOT_GROUPS: usize = 5;

/// The subdomain on which a page lies, where its site is the registrable domain above it.
pub(super) fn subdomain(record: &Record) -> Option<&str> {
    let site = record.site.as_str();
    let (_, rest) = record.url.split_once("://")?;
    let host = rest.split(['/', '?', '#', ':']).next()?;
    let mut labels = host.strip_suffix(site)?.strip_suffix('.')?;
    while let Some((front, below)) = labels.split_once('.')
        && FRONTS.contains(&front)
    {
        labels = below;
    }
    if labels.is_empty() || FRONTS.contains(&labels) || registrable_domain(host) != site {
        return None;
    }
    Some(&host[host.len() - site.len() - 1 - labels.len()..])
}

/// The subdomains that were seen, and the domain of each.
#[derive(Debug, Clone, Default)]
pub(super) struct Subdomains {
    domain_of: hashed::Map<u32>,
}

/// A page with a number that leads it.
struct Told {
    domain: u32,
    subdomain: u32,
    number: u32,
    hot: bool,
}

impl Subdomains {
    pub fn note(&mut self, subdomain: u32, domain: u32) {
        self.domain_of.insert(u64::from(subdomain), domain);
    }

    fn domain(&self, name: u32) -> Option<u32> {
        self.domain_of.get(&u64::from(name)).copied()
    }

    /// Gives the pages of subdomains to the domain above, but for the domains that strangers
    /// share, whose names are returned in order.
    pub fn settle(&self, pages: &mut Pages, names: &Names) -> Vec<String> {
        if self.domain_of.is_empty() {
            return Vec::new();
        }
        let shared = self.shared(pages);
        pages.move_sites(|site| self.domain(site).filter(|d| !shared.contains_key(d)));
        let mut hosts: Vec<String> = match shared.is_empty() {
            true => Vec::new(),
            false => names.of(|id| shared.contains_key(&id)),
        };
        hosts.sort_unstable();
        hosts
    }

    /// The domains that strangers share.
    fn shared(&self, pages: &Pages) -> BTreeMap<u32, ()> {
        let mut told: Vec<Told> = Vec::new();
        for (site, page) in pages.sites().zip(pages.iter()) {
            if let Some(domain) = self.domain(site) {
                // A firm need not repeat its number.
                let leads = |n: &&PageNumber| n.lead && (n.prominent || !page.hot());
                let leads = page.numbers.iter().filter(leads);
                told.extend(leads.map(|n| Told {
                    domain,
                    subdomain: site,
                    number: n.number,
                    hot: page.hot(),
                }));
            }
        }
        told.sort_unstable_by_key(|t| t.domain);
        let of_domain = told.chunk_by(|a, b| a.domain == b.domain);
        let strangers = of_domain.filter(|told| are_strangers(told));
        strangers.map(|told| (told[0].domain, ())).collect()
    }
}

/// Whether the subdomains of one domain fall into groups that share no number, among them honest
/// ones, or about as many groups as subdomains. An operator's own farm is neither: it sells few
/// numbers on many subdomains, and no firm sits between them.
fn are_strangers(told: &[Told]) -> bool {
    let mut ids: Vec<u32> = told.iter().map(|t| t.subdomain).collect();
    ids.sort_unstable();
    ids.dedup();
    // A place among `ids` for each; all are among them.
    let place = |id: u32| ids.partition_point(|&other| other < id) as u32;
    let mut sets = Sets::new(ids.len());
    let mut by_number: Vec<(u32, u32)> = told
        .iter()
        .map(|t| (t.number, place(t.subdomain)))
        .collect();
    by_number.sort_unstable();
    for pair in by_number.windows(2).filter(|p| p[0].0 == p[1].0) {
        sets.union(pair[0].1, pair[1].1);
    }
    let mut hot_groups: BTreeMap<u32, bool> = BTreeMap::new();
    for t in told {
        *hot_groups.entry(sets.find(place(t.subdomain))).or_default() |= t.hot;
    }
    let (groups, hot) = (
        hot_groups.len(),
        hot_groups.values().filter(|h| **h).count(),
    );
    let beside_firms = groups >= GROUPS && groups - hot >= HONEST;
    let each_its_own = groups >= HOT_GROUPS && groups * 2 >= ids.len();
    hot > 0 && (beside_firms || each_its_own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::testing::{Page, cold, hot};
    use crate::graph::{Builder, Graph};
    use crate::lists::Lists;
    use crate::site::SiteId;

    fn on(host: &str, mut page: Page) -> Page {
        page.0.url = format!("http://{host}/{}", page.0.title);
        page.0.site = SiteId(registrable_domain(host).to_owned());
        page
    }

    fn graph(pages: &[Page]) -> Graph {
        let mut builder = Builder::new(&Lists::default());
        pages.iter().for_each(|p| builder.add(&p.0));
        builder.build()
    }

    fn two_hands() -> Vec<Page> {
        let mut pages = Vec::new();
        for (hand, number) in [("a", "4001110000"), ("b", "4002220000")] {
            for i in 0..4 {
                let own = format!("{hand}{i}.example");
                pages.push(hot(&own, "x").sells(number));
                pages.push(hot(&own, "y").sells(number));
            }
        }
        pages
    }

    #[test]
    fn a_catalogue_of_firms_ties_nobody() {
        let mut pages = two_hands();
        for (tenant, number) in [("t1", "4001110000"), ("t2", "4002220000")] {
            let page = hot("", "x").sells(number);
            pages.push(on(&format!("{tenant}.mart.example"), page));
        }
        let one_site = graph(&pages);
        assert!(one_site.site("mart.example").is_some());
        for (tenant, number) in [("f1", "02011112222"), ("f2", "02133334444")] {
            let page = cold("", "x").sells(number);
            pages.push(on(&format!("www.{tenant}.mart.example"), page));
        }
        let graph = graph(&pages);
        assert_eq!(graph.shared_hosts, ["mart.example"]);
        assert_eq!(graph.site("mart.example"), None);
        let network = |site: &str| {
            let site = graph.site(site).expect("a site of its own");
            graph.sites[site as usize].network
        };
        assert_eq!(network("f1.mart.example"), None);
        assert_eq!(network("t1.mart.example"), network("a0.example"));
        assert_eq!(network("t2.mart.example"), network("b0.example"));
        assert_ne!(network("a0.example"), network("b0.example"));
        let mut record = pages[16].0.clone();
        graph.settle(&mut record);
        assert_eq!(record.site.as_str(), "t1.mart.example");
    }

    #[test]
    fn a_farm_of_one_hand_is_one_site() {
        let numbers = ["4001110000", "4002220000", "4003330000", "4004440000"];
        let farm = (0..40).map(|i| {
            let page = hot("", "x").sells(numbers[i % 4]);
            on(&format!("s{i}.farm.example"), page)
        });
        let graph = graph(&farm.collect::<Vec<_>>());
        assert!(graph.shared_hosts.is_empty());
        assert_eq!(graph.sites.len(), 1);
        assert_eq!(graph.sites[0].name, "farm.example");
    }

    #[test]
    fn a_subdomain_is_what_stands_before_the_domain() {
        let name = |url: &str, site: &str| {
            let mut page = hot("", "x").0;
            (page.url, page.site) = (url.to_owned(), SiteId(site.to_owned()));
            subdomain(&page).map(str::to_owned)
        };
        for host in [
            "b.cn",
            "www.b.cn",
            "m.b.cn",
            "www.m.b.cn",
            "xb.cn",
            "10.0.0.1",
        ] {
            assert_eq!(name(&format!("http://{host}/"), "b.cn"), None, "{host}");
        }
        assert_eq!(name("http://a.b.cn:81/x", "b.cn").unwrap(), "a.b.cn");
        assert_eq!(name("http://m.x.a.b.cn?q", "b.cn").unwrap(), "x.a.b.cn");
        // A tenant that a list names, or a path of one.
        assert_eq!(name("http://x.t.b.cn/", "t.b.cn"), None);
        assert_eq!(name("http://a.b.cn/t/", "a.b.cn/t"), None);
    }
}
