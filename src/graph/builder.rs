//! Records go in, compact facts stay: names become numbers, text becomes hashes, and nothing is
//! kept that the graph does not weigh.

use std::collections::HashMap;

use crate::extract::number::{Kind, NumberFact, Place};
use crate::fingerprint::grammar::grammar;
use crate::hashed;
use crate::lists::{Lists, OfficialNumbers, SpamNumbers};
use crate::record::Record;
use crate::site::CanonicalUrl;

use super::Graph;
use super::facts::Facts;
use super::pages::{NewPage, PageNumber, Pages};
use super::par;
use super::score::HOT;
use super::tenants::{self, Subdomains};

/// More distinct numbers than this on one page, and the page is a list of numbers.
const LISTING_NUMBERS: usize = 5;
/// No more template lines, and no more region lines, are kept of one page.
const PAGE_LINES: usize = 512;
/// No more links to other sites are kept of one page.
const PAGE_LINKS: usize = 32;
/// No more leaks are kept of one page.
const PAGE_LEAKS: usize = 8;
/// Texts that are kept for showing; of later ones the hash is shown.
const MAX_WORDINGS: usize = 1 << 20;

/// Collects records; the order in which they come does not matter.
#[derive(Debug, Clone)]
pub struct Builder {
    official: OfficialNumbers,
    spam: SpamNumbers,
    pub(super) sites: Names,
    pub(super) subdomains: Subdomains,
    pub(super) numbers: Names,
    pub(super) number_kinds: Vec<Kind>,
    pub(super) brands: Names,
    /// Brands and categories share no identifiers: `智能锁` may be either.
    pub(super) categories: Names,
    pub(super) ids: Names,
    /// Leaks and rules of addresses by their hash, for showing.
    pub(super) wordings: hashed::Map<Box<str>>,
    pub(super) pages: Pages,
    /// Where each page is, by its address.
    pub(super) places: HashMap<[u8; 16], u32>,
}

/// Strings with dense numbers, in the order in which they were first seen.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    by_name: HashMap<Box<str>, u32>,
}

impl Names {
    fn intern(&mut self, name: &str) -> u32 {
        if let Some(&id) = self.by_name.get(name) {
            return id;
        }
        let id = self.by_name.len() as u32;
        self.by_name.insert(name.into(), id);
        id
    }

    pub(super) fn len(&self) -> usize {
        self.by_name.len()
    }

    /// The names of some numbers, in no order.
    pub(super) fn of(&self, wanted: impl Fn(u32) -> bool) -> Vec<String> {
        let named = self.by_name.iter().filter(|(_, id)| wanted(**id));
        named.map(|(name, _)| name.to_string()).collect()
    }

    /// The names of which `used` holds, in order of text, each with what it is sorted by first and
    /// the number that it was given.
    pub(super) fn sorted(self, used: impl Fn(u32) -> bool) -> Vec<(u128, Box<str>, u32)> {
        let mut all = Vec::with_capacity(self.by_name.len());
        let named = self.by_name.into_iter().filter(|(_, id)| used(*id));
        all.extend(named.map(|(n, id)| (prefix(&n), n, id)));
        par::sort(&mut all);
        all
    }
}

/// The first 16 bytes as a number that compares like them: most names differ there, and the text
/// itself, elsewhere in memory, is not looked at.
fn prefix(name: &str) -> u128 {
    let mut bytes = [0; 16];
    let n = name.len().min(16);
    bytes[..n].copy_from_slice(&name.as_bytes()[..n]);
    u128::from_be_bytes(bytes)
}

impl Builder {
    pub fn new(lists: &Lists) -> Self {
        Builder {
            official: lists.official.clone(),
            spam: lists.spam.clone(),
            sites: Names::default(),
            subdomains: Subdomains::default(),
            numbers: Names::default(),
            number_kinds: Vec::new(),
            brands: Names::default(),
            categories: Names::default(),
            ids: Names::default(),
            wordings: hashed::Map::default(),
            pages: Pages::new(),
            places: HashMap::new(),
        }
    }

    /// Whether the graph is made of such records: redirects and error answers without hotline
    /// content count for nothing.
    pub fn counts(record: &Record) -> bool {
        Self::answer_counts(record.status, record.hotline.score)
    }

    /// The same by what it goes by: status and score of the hotline.
    pub fn answer_counts(status: u16, hotline: f32) -> bool {
        let redirect = (300..400).contains(&status);
        let error = status >= 400 && hotline < HOT;
        !redirect && !error
    }

    /// Adds a page, if it [counts](Self::counts). Of two captures of one address the later counts.
    pub fn add(&mut self, record: &Record) {
        if !Self::counts(record) {
            return;
        }
        let key = CanonicalUrl::parse(&record.url)
            .map(|url| url.key())
            .unwrap_or_else(|| xxhash_rust::xxh3::xxh3_128(record.url.as_bytes()).to_be_bytes());
        let fresh = self.pages.len() as u32;
        let place = *self.places.entry(key).or_insert(fresh);
        let known = self.pages.capture(place);
        if known.is_some_and(|known| known >= (record.fetched_at, record.digest)) {
            return;
        }
        let page = self.page(record);
        match known {
            Some(_) => self.pages.replace(place, &page),
            None => self.pages.push(&page),
        }
    }

    /// Pages that count.
    pub fn len(&self) -> usize {
        self.pages.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The graph of everything added. Its memory goes to the graph: clone a builder that is needed
    /// again.
    pub fn build(self) -> Graph {
        self.build_at(super::links::LINK_BITS)
    }

    /// The graph with another threshold for links between groups of sites, in bits: for
    /// measuring the curve from which the usual one was taken.
    pub fn build_at(self, threshold: f64) -> Graph {
        let (official, spam) = (self.official.clone(), self.spam.clone());
        let (facts, kits) = Facts::of(self);
        super::assemble(facts, kits, &official, spam, threshold)
    }

    fn page(&mut self, record: &Record) -> NewPage {
        let site = self.site(record);
        let numbers = self.page_numbers(&record.numbers);
        let mut brands = Vec::new();
        for brand in &record.brands {
            let name = self.brands.intern(&brand.brand);
            let categories: Vec<&String> = brand
                .category
                .iter()
                .chain(&brand.categories)
                .take(8)
                .collect();
            if categories.is_empty() {
                brands.push((name, None));
            }
            for category in categories {
                brands.push((name, Some(self.categories.intern(category))));
            }
        }
        let identifiers = &record.identifiers;
        let ids = self.page_ids(record, super::served::names(record));
        let targets = record.links_out.iter().take(PAGE_LINKS);
        let links = match record.hotline.score >= HOT {
            true => targets.map(|s| self.sites.intern(s.as_str())).collect(),
            false => Vec::new(),
        };
        let prints = &record.prints;
        NewPage {
            site,
            fetched_at: record.fetched_at,
            digest: record.digest,
            hotline: record.hotline.score,
            numbers,
            brands,
            ids,
            links,
            text: prints.text,
            skeleton: prints.skeleton,
            dom: prints.dom,
            lines: prints.lines.iter().copied().take(PAGE_LINES).collect(),
            regions: prints.regions.iter().copied().take(PAGE_LINES).collect(),
            address: grammar(&record.url).map_or(0, |rule| self.wording(&rule)),
            leaks: (identifiers.leaks.iter().take(PAGE_LEAKS))
                .map(|leak| self.wording(leak))
                .collect(),
        }
    }

    /// The site of a page, or the subdomain of it that may turn out to be one.
    fn site(&mut self, record: &Record) -> u32 {
        let site = record.site.as_str();
        let Some(below) = tenants::subdomain(record) else {
            return self.sites.intern(site);
        };
        let subdomain = self.sites.intern(below);
        let domain = self.sites.intern(site);
        self.subdomains.note(subdomain, domain);
        subdomain
    }

    fn page_ids(&mut self, record: &Record, served: Vec<String>) -> Vec<u32> {
        let identifiers = &record.identifiers;
        let mut ids: Vec<u32> = served.iter().map(|name| self.ids.intern(name)).collect();
        for filing in identifiers.filings.iter().take(8) {
            ids.push(self.ids.intern(&format!("filing\t{}", filing.owner)));
        }
        for tracker in identifiers.trackers.iter().take(32) {
            let class = if tracker.kind.contains("verif") {
                "verification"
            } else {
                "tracker"
            };
            ids.push(
                self.ids
                    .intern(&format!("{class}\t{} {}", tracker.kind, tracker.id)),
            );
        }
        // A number that is a WeChat id as well is one piece of evidence.
        let number = |id: &str| record.numbers.iter().any(|n| n.number == id);
        let contacts = identifiers.contacts.iter().filter(|c| !number(&c.id));
        for contact in contacts.take(16) {
            ids.push(
                self.ids
                    .intern(&format!("contact\t{} {}", contact.kind, contact.id)),
            );
        }
        ids
    }

    /// The hash of a text, which is kept for showing.
    fn wording(&mut self, text: &str) -> u64 {
        let hash = xxhash_rust::xxh3::xxh3_64(text.as_bytes());
        if self.wordings.len() < MAX_WORDINGS {
            self.wordings.entry(hash).or_insert_with(|| text.into());
        }
        hash
    }

    fn page_numbers(&mut self, facts: &[NumberFact]) -> Vec<PageNumber> {
        let stance = Stance::of(facts);
        let leads = |f: &NumberFact| stance.leads(f);
        let leaders = facts.iter().filter(|f| dialled(f) && leads(f)).count();
        facts
            .iter()
            .map(|f| {
                let number = self.numbers.intern(&f.number);
                if number as usize == self.number_kinds.len() {
                    self.number_kinds.push(f.kind);
                }
                PageNumber {
                    number,
                    count: f.count,
                    lead: leads(f),
                    together: leaders > 1 && leads(f),
                    prominent: Stance::prominent(f),
                    listing: stance.listing,
                }
            })
            .collect()
    }
}

fn dialled(fact: &NumberFact) -> bool {
    fact.kind != Kind::Short
}

/// How the numbers of a page stand to each other.
pub(super) struct Stance {
    /// The page is a list of numbers.
    pub listing: bool,
    /// Occurrences of the most frequent one.
    most: u32,
}

impl Stance {
    pub fn of(facts: &[NumberFact]) -> Stance {
        let dialled = || facts.iter().filter(|f| dialled(f));
        let total: u64 = dialled().map(|f| u64::from(f.count)).sum();
        // A page may cite many numbers around the one that it sells.
        let sells = dialled().any(|f| {
            let half = u64::from(f.count) * 2 >= total;
            f.places.contains(&Place::Title) && f.count >= 3 && half
        });
        Stance {
            listing: dialled().count() > LISTING_NUMBERS && !sells,
            most: dialled().map(|f| f.count).max().unwrap_or(0),
        }
    }

    /// The page is about this number: no other stands on it twice as often.
    pub fn leads(&self, fact: &NumberFact) -> bool {
        !self.listing && fact.count.saturating_mul(2) > self.most
    }

    /// In the title, in a call button, or repeated.
    pub fn prominent(fact: &NumberFact) -> bool {
        let called = fact.places.contains(&Place::Title) || fact.places.contains(&Place::Tel);
        called || fact.count >= 2
    }
}
