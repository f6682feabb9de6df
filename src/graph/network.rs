//! Networks and kits in full: ids, members, claims, dates, score, reasons and evidence.

use std::cmp::Reverse;
use std::collections::HashSet;

use xxhash_rust::xxh3::xxh3_64;

use super::csr::Rows;
use super::evidence::{EvidenceKind, token_kind};
use super::facts::{self, Facts, SiteFacts};
use super::kit::Kits;
use super::operator::Operators;
use super::par;
use super::shared::{Held, Store};
use super::verdict::{Status, count};
use super::{Claim, Graph, NumberNode, SiteNode};

/// Sites run by one hand.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Network {
    /// `n` and ten hexadecimal digits, from the main number: it stays while that does.
    pub id: String,
    /// Ids that it has or had under its other numbers: when two networks turn out to be one, the
    /// larger's id stays and the other's is found here.
    pub aliases: Vec<String>,
    /// Indices into [`Graph::sites`], in order.
    pub sites: Vec<u32>,
    /// Indices into [`Graph::numbers`], those of most sites first.
    pub numbers: Vec<u32>,
    /// Those of most pages first.
    pub brands: Vec<Claim>,
    /// Indices into [`Graph::kits`].
    pub kits: Vec<u32>,
    pub pages: u32,
    /// 0..1
    pub score: f64,
    pub reasons: Vec<String>,
    /// Seconds since the Unix epoch.
    pub first_seen: i64,
    pub last_seen: i64,
}

/// Sites made by one generator.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Kit {
    /// `k` and ten hexadecimal digits, from the token that most of the sites share.
    pub id: String,
    pub sites: Vec<u32>,
    pub numbers: Vec<u32>,
    pub brands: Vec<Claim>,
    /// Indices into [`Graph::networks`].
    pub networks: Vec<u32>,
    /// Sites of it that belong to networks of two sites or more.
    pub networked: u32,
    pub pages: u32,
    pub first_seen: i64,
    pub last_seen: i64,
}

/// Puts the graph together.
pub(super) fn describe(mut facts: Facts, kits: Kits, operators: Operators) -> Graph {
    let store = Store::of(&mut facts);
    // One after the other in the same memory.
    let mut sites: Vec<SiteNode> = facts.sites.into_iter().map(site_node).collect();
    let view = View {
        sites: &sites,
        numbers: &facts.numbers,
        brands: &facts.brands,
        categories: &facts.categories,
        store: &store,
        known: &facts.known,
    };
    let mut kit_list = par::map(kits.members.len(), |k| view.kit(kits.members[k].clone()));
    kit_list.sort_by_cached_key(|k| (Reverse(k.sites.len()), Reverse(k.pages), k.sites[0]));
    unique(
        kit_list.iter_mut().map(|k| (&mut k.id, k.sites[0])),
        &sites,
        'k',
    );
    let mut networks = par::map(operators.len(), |n| view.network(operators[n].clone()));
    networks.sort_by_cached_key(|n| (Reverse(n.sites.len()), Reverse(n.pages), n.sites[0]));
    unique(
        networks.iter_mut().map(|n| (&mut n.id, n.sites[0])),
        &sites,
        'n',
    );
    let mut numbers = facts.numbers;
    for (index, kit) in kit_list.iter().enumerate() {
        kit.sites
            .iter()
            .for_each(|&s| sites[s as usize].kit = Some(index as u32));
    }
    for (index, network) in networks.iter_mut().enumerate() {
        let members = network.sites.iter();
        network.kits = distinct(members.filter_map(|&s| sites[s as usize].kit));
        let members = network.sites.iter();
        members.for_each(|&s| sites[s as usize].network = Some(index as u32));
    }
    place(&mut kit_list, &networks, &sites);
    let holders = Rows::of(numbers.len(), || {
        let sites = (0u32..).zip(&sites);
        sites.flat_map(|(index, site)| site.numbers.iter().map(move |n| (n.number, index)))
    });
    assign_numbers(&mut numbers, &holders, &sites);
    Graph {
        sites,
        numbers,
        networks,
        kits: kit_list,
        pages: facts.pages,
        background_sites: facts.background.sites(),
        brands: facts.brands,
        categories: facts.categories,
        holders,
        shared: store,
        known: facts.known,
        ..Graph::default()
    }
}

/// Tells each kit family which networks its sites belong to.
fn place(kits: &mut [Kit], networks: &[Network], sites: &[SiteNode]) {
    for kit in kits {
        let members = || kit.sites.iter().filter_map(|&s| sites[s as usize].network);
        let several = |n: &u32| networks[*n as usize].sites.len() > 1;
        kit.networked = members().filter(several).count() as u32;
        kit.networks = distinct(members());
    }
}

/// In order, each once.
fn distinct(items: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut all: Vec<u32> = items.collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A number belongs to the network in which most sites stand behind it.
fn assign_numbers(numbers: &mut [NumberNode], holders: &Rows, sites: &[SiteNode]) {
    for ((index, holders), number) in holders.iter().zip(numbers) {
        if number.status != Status::Clean || number.own_sites == 0 {
            continue;
        }
        let stands = |site: &&SiteNode| {
            let held = site.numbers.binary_search_by_key(&index, |n| n.number);
            held.is_ok_and(|at| site.numbers[at].own)
        };
        let behind = holders.iter().map(|&s| &sites[s as usize]).filter(stands);
        let mut networks: Vec<u32> = behind.filter_map(|s| s.network).collect();
        networks.sort_unstable();
        let most = networks
            .chunk_by(|a, b| a == b)
            .max_by_key(|c| (c.len(), Reverse(c[0])));
        number.network = most.map(|c| c[0]);
    }
}

/// Gives the second of two equal ids another, from its first site.
fn unique<'a>(ids: impl Iterator<Item = (&'a mut String, u32)>, sites: &[SiteNode], letter: char) {
    let mut taken = HashSet::new();
    for (id, site) in ids {
        let mut round = 0u32;
        while !taken.insert(id.clone()) {
            *id = hashed(letter, &format!("{}#{round}", sites[site as usize].name));
            round += 1;
        }
    }
}

fn hashed(letter: char, text: &str) -> String {
    format!("{letter}{:010x}", xxh3_64(text.as_bytes()) >> 24)
}

fn site_node(site: SiteFacts) -> SiteNode {
    SiteNode {
        name: site.name,
        network: None,
        kit: None,
        pages: site.pages,
        hot_pages: site.hot_pages,
        hot: site.hot,
        hotline: site.hotline,
        first_seen: site.first_seen,
        last_seen: site.last_seen,
        numbers: site.numbers,
        claimed: site.brands,
        traces: site.traces,
        hot_sum: site.hot_sum,
    }
}

/// Brands with their product nouns, those of most pages first.
pub(super) fn claims(all: &[facts::Claim], brands: &[String], categories: &[String]) -> Vec<Claim> {
    let mut all = all.to_vec();
    all.sort_unstable();
    let pages = |list: &[facts::Claim]| -> u64 { list.iter().map(|c| u64::from(c.1)).sum() };
    let by_brand = all.chunk_by(|a, b| a.0.0 == b.0.0);
    let mut order: Vec<_> = by_brand.map(|list| (pages(list), list)).collect();
    order.sort_by_key(|(pages, list)| (Reverse(*pages), list[0].0));
    let claim = |(_, list): (u64, &[facts::Claim])| {
        let nouns = list.chunk_by(|a, b| a.0 == b.0);
        let mut nouns: Vec<(u64, u32)> = nouns
            .filter_map(|noun| Some((pages(noun), noun[0].0.1?)))
            .collect();
        nouns.sort_by_key(|&(pages, category)| (Reverse(pages), category));
        let name = |n: &(u64, u32)| categories[n.1 as usize].clone();
        Claim {
            brand: brands[list[0].0.0 as usize].clone(),
            categories: nouns.iter().map(name).collect(),
        }
    };
    order.into_iter().map(claim).collect()
}

struct View<'a> {
    sites: &'a [SiteNode],
    numbers: &'a [NumberNode],
    brands: &'a [String],
    categories: &'a [String],
    store: &'a Store,
    known: &'a [u32],
}

impl View<'_> {
    fn site(&self, site: u32) -> &SiteNode {
        &self.sites[site as usize]
    }

    fn held(&self) -> Held<'_> {
        Held {
            sites: self.sites,
            store: self.store,
        }
    }

    /// Clean numbers that the sites stand behind, with how many do, those of most sites first.
    fn numbers(&self, sites: &[u32]) -> Vec<(u32, u32)> {
        let own = sites
            .iter()
            .flat_map(|&s| self.site(s).numbers.iter().filter(|n| n.own));
        let mut held: Vec<u32> = own
            .map(|n| n.number)
            .filter(|&n| self.numbers[n as usize].status == Status::Clean)
            .collect();
        held.sort_unstable();
        let mut held: Vec<(u32, u32)> = held
            .chunk_by(|a, b| a == b)
            .map(|list| (list[0], list.len() as u32))
            .collect();
        held.sort_by_key(|&(number, sites)| (Reverse(sites), number));
        held
    }

    fn brands(&self, sites: &[u32]) -> Vec<Claim> {
        let all = sites.iter().flat_map(|&s| self.site(s).claimed.iter());
        let all: Vec<facts::Claim> = all.copied().collect();
        claims(&all, self.brands, self.categories)
    }

    fn span(&self, sites: &[u32]) -> (i64, i64) {
        let first = sites
            .iter()
            .map(|&s| self.site(s).first_seen)
            .min()
            .unwrap_or(0);
        (
            first,
            sites
                .iter()
                .map(|&s| self.site(s).last_seen)
                .max()
                .unwrap_or(0),
        )
    }

    fn pages(&self, sites: &[u32]) -> u32 {
        sites.iter().map(|&s| self.site(s).pages).sum()
    }

    fn network(&self, sites: Vec<u32>) -> Network {
        let held = self.numbers(&sites);
        let id = match held.first() {
            Some((number, _)) => hashed('n', &self.numbers[*number as usize].digits),
            None => hashed('n', &self.site(sites[0]).name),
        };
        let brands = self.brands(&sites);
        let (score, reasons) = self.score(&sites, &held, &brands);
        let (first_seen, last_seen) = self.span(&sites);
        let digits = |n: &(u32, u32)| &self.numbers[n.0 as usize].digits;
        Network {
            id,
            aliases: held
                .iter()
                .skip(1)
                .map(|n| hashed('n', digits(n)))
                .collect(),
            numbers: held.iter().map(|h| h.0).collect(),
            brands,
            kits: Vec::new(),
            pages: self.pages(&sites),
            score,
            reasons,
            first_seen,
            last_seen,
            sites,
        }
    }

    fn kit(&self, sites: Vec<u32>) -> Kit {
        let id = match self.held().commonest(&sites) {
            Some(token) => {
                let (kind, hash) = (token_kind(token).as_str(), token.parts().1);
                hashed('k', &format!("{kind} {hash:016x}"))
            }
            None => hashed('k', &self.site(sites[0]).name),
        };
        let (first_seen, last_seen) = self.span(&sites);
        Kit {
            id,
            numbers: self.numbers(&sites).iter().map(|h| h.0).collect(),
            brands: self.brands(&sites),
            networks: Vec::new(),
            networked: 0,
            pages: self.pages(&sites),
            first_seen,
            last_seen,
            sites,
        }
    }

    /// How sure we are that these sites are one hand's hotline spam.
    fn score(&self, sites: &[u32], held: &[(u32, u32)], brands: &[Claim]) -> (f64, Vec<String>) {
        let mut reasons = Vec::new();
        let mut doubt = 0.6;
        let mut kinds = self.held().kinds(sites);
        if let Some(&(number, with)) = held.first().filter(|(_, with)| *with > 1) {
            kinds.insert(EvidenceKind::Number);
            let digits = &self.numbers[number as usize].digits;
            reasons.push(format!(
                "{with} of {} stand behind {digits}",
                count(sites.len() as u32, "site")
            ));
            doubt *= 0.3;
        }
        for known in held
            .iter()
            .filter(|h| self.known.binary_search(&h.0).is_ok())
        {
            let digits = &self.numbers[known.0 as usize].digits;
            let sites = count(known.1, "site");
            reasons.push(format!("a known spam number, {digits}, on {sites}"));
            doubt *= 0.2;
        }
        for kind in kinds.iter().filter(|k| **k != EvidenceKind::Number) {
            doubt *= if kind.cap() > 8.0 { 0.7 } else { 0.85 };
        }
        if kinds.len() > 1 {
            let names: Vec<&str> = kinds.iter().map(|k| k.as_str()).collect();
            reasons.push(format!(
                "they share {} kinds of evidence: {}",
                names.len(),
                names.join(", ")
            ));
        }
        let distinct = super::verdict::distinct(brands.iter().map(|c| c.brand.as_str()));
        if distinct > 1 {
            reasons.push(format!(
                "{} claimed by one hand",
                count(distinct, "unrelated brand")
            ));
            doubt *= if distinct > 2 { 0.6 } else { 0.8 };
        }
        let hot_pages: u32 = sites.iter().map(|&s| self.site(s).hot_pages).sum();
        let mean =
            sites.iter().map(|&s| self.site(s).hot_sum).sum::<f64>() / f64::from(hot_pages.max(1));
        reasons.push(format!(
            "{} sell a hotline, with a mean score of {mean:.2}",
            count(hot_pages, "page")
        ));
        let score = (1.0 - doubt) * (0.5 + 0.5 * mean.min(1.0));
        ((score * 1000.0).round() / 1000.0, reasons)
    }
}

#[cfg(test)]
mod tests {
    use super::{SiteFacts, SiteNode};

    #[test]
    fn sites_are_described_in_the_memory_of_their_facts() {
        assert!(size_of::<SiteNode>() <= size_of::<SiteFacts>());
        assert_eq!(align_of::<SiteNode>(), align_of::<SiteFacts>());
    }
}
