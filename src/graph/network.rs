//! Networks and kits in full: ids, members, claims, dates, score, reasons and evidence.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use xxhash_rust::xxh3::xxh3_64;

use super::background::Background;
use super::evidence::{Evidence, EvidenceKind};
use super::facts::{Facts, SiteFacts};
use super::kit::Kits;
use super::operator::Operators;
use super::shared::{SHOWN, Shared};
use super::verdict::{Status, count};
use super::{Claim, Graph, NumberNode, SiteNode};

/// Sites run by one hand.
#[derive(Debug, Clone, PartialEq)]
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
    /// Strongest first.
    pub evidence: Vec<Evidence>,
}

/// Sites made by one generator.
#[derive(Debug, Clone, PartialEq)]
pub struct Kit {
    /// `k` and ten hexadecimal digits, from the token that most of the sites share.
    pub id: String,
    pub sites: Vec<u32>,
    pub numbers: Vec<u32>,
    pub brands: Vec<Claim>,
    /// Indices into [`Graph::networks`].
    pub networks: Vec<u32>,
    pub pages: u32,
    pub first_seen: i64,
    pub last_seen: i64,
    pub evidence: Vec<Evidence>,
}

/// Puts the graph together.
pub(super) fn describe(
    facts: Facts,
    background: &Background,
    kits: Kits,
    operators: Operators,
) -> Graph {
    let view = View {
        facts: &facts,
        shared: Shared::new(&facts, background),
    };
    let mut kit_list = kits
        .members
        .into_iter()
        .map(|s| view.kit(s))
        .collect::<Vec<_>>();
    kit_list.sort_by_cached_key(|k| (Reverse(k.sites.len()), Reverse(k.pages), k.sites[0]));
    unique(
        kit_list.iter_mut().map(|k| (&mut k.id, k.sites[0])),
        &facts,
        'k',
    );
    let mut networks = operators
        .into_iter()
        .map(|s| view.network(s))
        .collect::<Vec<_>>();
    networks.sort_by_cached_key(|n| (Reverse(n.sites.len()), Reverse(n.pages), n.sites[0]));
    unique(
        networks.iter_mut().map(|n| (&mut n.id, n.sites[0])),
        &facts,
        'n',
    );

    let mut sites: Vec<SiteNode> = Vec::with_capacity(facts.sites.len());
    let mut numbers = facts.numbers;
    for site in facts.sites {
        sites.push(site_node(site, &facts.brands, &facts.categories));
    }
    for (index, kit) in kit_list.iter().enumerate() {
        kit.sites
            .iter()
            .for_each(|&s| sites[s as usize].kit = Some(index as u32));
    }
    for (index, network) in networks.iter_mut().enumerate() {
        let mut used = BTreeSet::new();
        for &site in &network.sites {
            sites[site as usize].network = Some(index as u32);
            used.extend(sites[site as usize].kit);
        }
        network.kits = used.into_iter().collect();
    }
    for kit in &mut kit_list {
        let used: BTreeSet<u32> = kit
            .sites
            .iter()
            .filter_map(|&s| sites[s as usize].network)
            .collect();
        kit.networks = used.into_iter().collect();
    }
    assign_numbers(&mut numbers, &networks, &sites);
    let (starts, holders) = postings(&sites, numbers.len());
    Graph {
        sites,
        numbers,
        networks,
        kits: kit_list,
        pages: facts.pages,
        background_sites: background.sites(),
        starts,
        holders,
    }
}

/// A number belongs to the network in which most sites stand behind it.
fn assign_numbers(numbers: &mut [NumberNode], networks: &[Network], sites: &[SiteNode]) {
    let mut best: BTreeMap<u32, (u32, Reverse<u32>)> = BTreeMap::new();
    for (index, network) in networks.iter().enumerate() {
        let mut behind: BTreeMap<u32, u32> = BTreeMap::new();
        for &site in &network.sites {
            for own in sites[site as usize].numbers.iter().filter(|n| n.own) {
                *behind.entry(own.number).or_default() += 1;
            }
        }
        for (number, n) in behind {
            let here = (n, Reverse(index as u32));
            let held = best.entry(number).or_insert(here);
            *held = here.max(*held);
        }
    }
    for (number, (_, Reverse(network))) in best {
        if numbers[number as usize].status == Status::Clean {
            numbers[number as usize].network = Some(network);
        }
    }
}

/// Gives the second of two equal ids another, from its first site.
fn unique<'a>(ids: impl Iterator<Item = (&'a mut String, u32)>, facts: &Facts, letter: char) {
    let mut taken = HashSet::new();
    for (id, site) in ids {
        let mut round = 0u32;
        while !taken.insert(id.clone()) {
            *id = hashed(
                letter,
                &format!("{}#{round}", facts.sites[site as usize].name),
            );
            round += 1;
        }
    }
}

fn hashed(letter: char, text: &str) -> String {
    format!("{letter}{:010x}", xxh3_64(text.as_bytes()) >> 24)
}

fn postings(sites: &[SiteNode], numbers: usize) -> (Vec<u32>, Vec<u32>) {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for (index, site) in sites.iter().enumerate() {
        pairs.extend(site.numbers.iter().map(|n| (n.number, index as u32)));
    }
    pairs.sort_unstable();
    let mut starts = vec![0u32; numbers + 1];
    pairs.iter().for_each(|p| starts[p.0 as usize + 1] += 1);
    for i in 0..numbers {
        starts[i + 1] += starts[i];
    }
    (starts, pairs.into_iter().map(|p| p.1).collect())
}

fn site_node(site: SiteFacts, brands: &[String], categories: &[String]) -> SiteNode {
    let claims = claims(std::iter::once(&site.brands), brands, categories);
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
        brands: claims,
    }
}

type Claimed = BTreeMap<(u32, Option<u32>), u32>;

/// Brands with their product nouns, those of most pages first.
fn claims<'a>(
    all: impl Iterator<Item = &'a Claimed>,
    brands: &[String],
    categories: &[String],
) -> Vec<Claim> {
    let mut by_brand: BTreeMap<u32, (u64, BTreeMap<u32, u64>)> = BTreeMap::new();
    for claimed in all {
        for (&(brand, category), &pages) in claimed {
            let entry = by_brand.entry(brand).or_default();
            entry.0 += u64::from(pages);
            if let Some(category) = category {
                *entry.1.entry(category).or_default() += u64::from(pages);
            }
        }
    }
    let mut order: Vec<_> = by_brand.into_iter().collect();
    order.sort_by_key(|(brand, (pages, _))| (Reverse(*pages), *brand));
    order
        .into_iter()
        .map(|(brand, (_, nouns))| {
            let mut nouns: Vec<_> = nouns.into_iter().collect();
            nouns.sort_by_key(|&(category, pages)| (Reverse(pages), category));
            Claim {
                brand: brands[brand as usize].clone(),
                categories: nouns
                    .iter()
                    .map(|n| categories[n.0 as usize].clone())
                    .collect(),
            }
        })
        .collect()
}

struct View<'a> {
    facts: &'a Facts,
    shared: Shared<'a>,
}

impl View<'_> {
    fn site(&self, site: u32) -> &SiteFacts {
        &self.facts.sites[site as usize]
    }

    /// Clean numbers that the sites stand behind, with the sites, those of most sites first.
    fn numbers(&self, sites: &[u32]) -> Vec<(u32, Vec<u32>)> {
        let mut held: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for &site in sites {
            for own in self.site(site).own() {
                if self.facts.numbers[own.number as usize].status == Status::Clean {
                    held.entry(own.number).or_default().push(site);
                }
            }
        }
        let mut held: Vec<_> = held.into_iter().collect();
        held.sort_by_key(|(number, sites)| (Reverse(sites.len()), *number));
        held
    }

    fn brands(&self, sites: &[u32]) -> Vec<Claim> {
        claims(
            sites.iter().map(|&s| &self.site(s).brands),
            &self.facts.brands,
            &self.facts.categories,
        )
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
        let mut evidence: Vec<Evidence> = held
            .iter()
            .filter(|(_, s)| s.len() > 1)
            .take(SHOWN)
            .map(|(number, s)| self.shared.number_evidence(*number, s))
            .collect();
        evidence.extend(self.shared.shared_ids(&sites));
        evidence.extend(self.shared.shared_tokens(&sites));
        evidence.sort_by(|a, b| {
            b.bits
                .total_cmp(&a.bits)
                .then(b.sites.len().cmp(&a.sites.len()))
                .then_with(|| (a.kind, &a.value).cmp(&(b.kind, &b.value)))
        });
        let id = match held.first() {
            Some((number, _)) => hashed('n', &self.facts.numbers[*number as usize].digits),
            None => hashed('n', &self.site(sites[0]).name),
        };
        let brands = self.brands(&sites);
        let (score, reasons) = self.score(&sites, &held, &brands, &evidence);
        let (first_seen, last_seen) = self.span(&sites);
        let digits = |n: &(u32, Vec<u32>)| &self.facts.numbers[n.0 as usize].digits;
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
            evidence,
            sites,
        }
    }

    fn kit(&self, sites: Vec<u32>) -> Kit {
        let mut evidence = self.shared.shared_tokens(&sites);
        evidence.sort_by(|a, b| {
            b.sites
                .len()
                .cmp(&a.sites.len())
                .then(b.bits.total_cmp(&a.bits))
                .then_with(|| (a.kind, &a.value).cmp(&(b.kind, &b.value)))
        });
        let id = match evidence.first() {
            Some(strongest) => hashed(
                'k',
                &format!("{} {}", strongest.kind.as_str(), strongest.value),
            ),
            None => hashed('k', &self.site(sites[0]).name),
        };
        let (first_seen, last_seen) = self.span(&sites);
        Kit {
            id,
            numbers: self.numbers(&sites).iter().map(|h| h.0).collect(),
            brands: self.brands(&sites),
            networks: Vec::new(),
            pages: self.pages(&sites),
            first_seen,
            last_seen,
            evidence,
            sites,
        }
    }

    /// How sure we are that these sites are one hand's hotline spam.
    fn score(
        &self,
        sites: &[u32],
        held: &[(u32, Vec<u32>)],
        brands: &[Claim],
        evidence: &[Evidence],
    ) -> (f64, Vec<String>) {
        let mut reasons = Vec::new();
        let mut doubt = 0.6;
        if let Some((number, with)) = held.first().filter(|(_, with)| with.len() > 1) {
            let digits = &self.facts.numbers[*number as usize].digits;
            reasons.push(format!(
                "{} of {} stand behind {digits}",
                with.len(),
                count(sites.len() as u32, "site")
            ));
            doubt *= 0.3;
        }
        let kinds: BTreeSet<EvidenceKind> = evidence.iter().map(|e| e.kind).collect();
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
