//! The facts of all pages gathered by site, in an order that does not depend on how they came.

use crate::extract::number::Kind;
use crate::hashed;

use super::account;
use super::background::{Background, Token};
use super::builder::{Builder, Names};
use super::claims::Claims;
use super::csr::Rows;
use super::evidence::EvidenceKind;
use super::gather::{Ranks, SITE_TOKENS};
use super::kit::{self, Kits};
use super::pages::{Page, Pages};
use super::par;
use super::tokens::{Hashes, Tokens};
use super::{NumberNode, SiteNumber, Status};

/// Everything that the graph is computed from. Sites are in order of name, numbers of digits,
/// brands and identifiers of text; indices into these lists are the only names used.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub sites: Vec<SiteFacts>,
    /// Domains that strangers share, in order; no list names them.
    pub shared_hosts: Vec<String>,
    pub numbers: Vec<NumberNode>,
    pub brands: Vec<String>,
    pub categories: Vec<String>,
    pub ids: Vec<Identifier>,
    pub pages: u64,
    pub background: Background,
    pub tokens: Tokens,
    /// Numbers that are known to be spam, in order.
    pub known: Vec<u32>,
    /// Leaks and rules of addresses by their hash, in order; those of `tokens`.
    pub wordings: Vec<(u64, String)>,
}

/// An account, a contact or a filing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Identifier {
    pub kind: EvidenceKind,
    pub value: String,
    /// Hotline sites, and others, that carry it.
    pub hot: u32,
    pub cold: u32,
    /// Of those others, sites that may as well be an operator's.
    pub doubtful: u32,
    /// Innocent sites carry it, too, or it came with a kit: it ties nobody.
    pub common: bool,
}

#[derive(Debug, Default)]
pub(super) struct SiteFacts {
    pub name: String,
    pub pages: u32,
    pub hot_pages: u32,
    /// Pages sell a hotline, and they are no strays among many innocent ones.
    pub hot: bool,
    /// Many numbers lead it in turn: it stands behind none of them, as far as it tells itself.
    pub mixed: bool,
    pub background: bool,
    /// Highest score of a page.
    pub hotline: f32,
    /// Sum of the scores of hotline pages.
    pub hot_sum: f64,
    pub first_seen: i64,
    pub last_seen: i64,
    /// Pages on which some number leads; of a hotline site, hotline pages.
    pub telling: u32,
    /// Pages on which some number leads, hotline pages or not.
    pub led_pages: u32,
    /// In order of number.
    pub numbers: Box<[SiteNumber]>,
    /// Brand and category claimed, with pages, in order; from hotline pages where there are any.
    pub brands: Claimed,
    pub traces: Traces,
    /// Template lines.
    pub lines: u32,
}

/// Brand and category, with pages.
pub(super) type Claim = ((u32, Option<u32>), u32);
pub(super) type Claimed = Box<[Claim]>;

/// What is kept of a site to explain what it shares.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Traces {
    /// Identifiers, in order.
    pub ids: Box<[u32]>,
    /// Other sites that the hotline pages link to, in order; those only that were seen.
    pub links: Box<[u32]>,
    /// Codes of template texts, in order, the smallest of them.
    pub texts: Box<[u64]>,
}

/// A name that no page uses.
pub(super) const UNUSED: u32 = u32::MAX;
/// The names that some page uses, sorted, and for each number that interning gave its place
/// among them. (A page that was captured again may have left unused names behind.)
fn ranks(names: Names, used: impl Iterator<Item = u32>) -> (Vec<String>, Vec<u32>) {
    let mut rank = vec![UNUSED; names.len()];
    used.for_each(|id| rank[id as usize] = 0);
    let sorted = names.sorted(|id| rank[id as usize] != UNUSED);
    for (place, &(_, _, id)) in sorted.iter().enumerate() {
        rank[id as usize] = place as u32;
    }
    let names = sorted.into_iter().map(|(_, name, _)| name.into_string());
    (names.collect(), rank)
}

/// The facts of each site, and its tokens.
fn gathered(
    names: Vec<String>,
    of_site: Rows,
    all: &Pages,
    rank: &Ranks<'_>,
) -> (Vec<SiteFacts>, Vec<Hashes>) {
    let pages_of = |site: u32| of_site.row(site).iter().map(|&p| all.page(p));
    let most = |site: u32| {
        let tokens = pages_of(site).map(|p| p.token_count());
        tokens.sum::<usize>().min(SITE_TOKENS)
    };
    let (mut sites, hashes) = par::fill(names.len(), |first, piece: &mut [SiteFacts]| {
        let sites = first as u32..(first + piece.len()) as u32;
        let mut hashes = Hashes::with_room(piece.len(), sites.clone().map(most).sum());
        let (mut pages, mut tokens): (Vec<Page<'_>>, Vec<Token>) = Default::default();
        for (index, site) in sites.zip(piece) {
            pages.clear();
            pages.extend(pages_of(index));
            *site = SiteFacts::of(&pages, rank, &mut tokens, &mut hashes);
        }
        hashes
    });
    for (site, name) in sites.iter_mut().zip(names) {
        site.name = name;
    }
    (sites, hashes)
}

impl Facts {
    /// With the kit families, which are looked for while claims are counted. What the builder
    /// holds is given back as soon as it was read: fresh memory is dear.
    pub fn of(builder: Builder) -> (Facts, Kits) {
        let Builder {
            sites,
            subdomains,
            numbers,
            number_kinds,
            brands,
            categories,
            ids,
            wordings: texts,
            mut pages,
            places,
            ..
        } = builder;
        drop(places);
        let all_pages = pages.len() as u64;
        let shared_hosts = subdomains.settle(&mut pages, &sites);
        let shown = || {
            pages
                .iter()
                .flat_map(|p| p.numbers.iter().map(|n| n.number))
        };
        let ((site_names, site_rank), (digits, number_rank)) =
            par::both(|| ranks(sites, pages.sites()), || ranks(numbers, shown()));
        let claimed = || pages.iter().flat_map(|p| p.brands());
        let (brands, brand_rank) = ranks(brands, claimed().map(|b| b.0));
        let (categories, category_rank) = ranks(categories, claimed().filter_map(|b| b.1));
        let carried = pages.iter().flat_map(|p| p.ids.iter().copied());
        let (ids, id_rank) = ranks(ids, carried);
        let rank = Ranks {
            numbers: &number_rank,
            brands: &brand_rank,
            categories: &category_rank,
            ids: &id_rank,
            sites: &site_rank,
        };
        let place = |site: u32| site_rank[site as usize];
        let of_site = Rows::of(site_names.len(), || pages.sites().map(place).zip(0..));
        let (mut sites, hashes) = gathered(site_names, of_site, &pages, &rank);
        super::pool::settle(&mut sites);
        let settle = || {
            let numbers = nodes(digits, &number_kinds, &number_rank);
            (numbers, account::identifiers(ids, &sites))
        };
        let ((mut numbers, ids), claims) = par::both(settle, || Claims::of(&pages, &rank));
        drop(pages);
        let background = background(&sites);
        let tokens = Tokens::of(hashes, &sites, background);
        count_numbers(&sites, &mut numbers);
        let facts = Facts {
            wordings: wordings(&tokens, &texts),
            sites,
            shared_hosts,
            numbers: Vec::new(),
            brands,
            categories,
            ids,
            pages: all_pages,
            background,
            tokens,
            known: Vec::new(),
        };
        facts.with_kits(numbers, claims)
    }

    fn with_kits(mut self, mut numbers: Vec<NumberNode>, claims: Claims) -> (Facts, Kits) {
        let (kits, ()) = par::both(
            || kit::families(&self),
            || claims.count(&mut numbers, &self.brands),
        );
        self.numbers = numbers;
        (self, kits)
    }

    /// The list of known spam has the number.
    pub fn is_known(&self, number: u32) -> bool {
        self.known.binary_search(&number).is_ok()
    }

    /// What an identifier is.
    pub fn id_kind(&self, id: u32) -> EvidenceKind {
        self.ids[id as usize].kind
    }

    /// Number → sites that stand behind it, in order.
    pub fn owners(&self) -> Rows {
        Rows::of(self.numbers.len(), || {
            let sites = (0u32..).zip(&self.sites);
            sites.flat_map(|(index, site)| site.own().map(move |n| (n.number, index)))
        })
    }
}

fn background(sites: &[SiteFacts]) -> Background {
    Background::of(sites.iter().filter(|s| s.background).count() as u32)
}

/// Counts the sites of each number.
fn count_numbers(sites: &[SiteFacts], numbers: &mut [NumberNode]) {
    for site in sites {
        for held in &site.numbers {
            let number = &mut numbers[held.number as usize];
            number.sites += 1;
            number.pages += held.pages;
            number.count += u64::from(held.count);
            if held.own {
                number.own_sites += 1;
                number.solid_sites += u32::from(held.prominent && site.share(held) >= 0.5);
            }
            if held.listed {
                number.listing_sites += 1;
            } else if site.background {
                number.background_sites += 1;
                match (site.is_owner(held), site.may_complain(held)) {
                    (true, true) => number.doubtful_sites += 1,
                    (owner, _) => number.owner_sites += u32::from(owner),
                }
            } else if !held.own {
                number.passing_sites += 1;
            }
        }
    }
    for site in sites.iter().filter(|s| s.hot) {
        if site.is_settled(numbers) {
            for held in site.own() {
                numbers[held.number as usize].firm_sites += 1;
            }
        }
    }
}

/// The numbers in order of digits, with the kinds that the builder knows.
fn nodes(digits: Vec<String>, kinds: &[Kind], rank: &[u32]) -> Vec<NumberNode> {
    let mut numbers: Vec<NumberNode> = digits.into_iter().map(NumberNode::named).collect();
    for (&place, &kind) in rank.iter().zip(kinds) {
        if let Some(number) = numbers.get_mut(place as usize) {
            number.kind = kind;
        }
    }
    numbers
}

/// The texts of the tokens that pages spell out.
fn wordings(tokens: &Tokens, texts: &hashed::Map<Box<str>>) -> Vec<(u64, String)> {
    let spelt = (0..tokens.len() as u32).filter_map(|id| match tokens.token(id) {
        Token::Address(hash) | Token::Leak(hash) => Some(hash),
        _ => None,
    });
    let text = |hash: u64| Some((hash, texts.get(&hash)?.to_string()));
    let mut all: Vec<(u64, String)> = spelt.filter_map(text).collect();
    all.sort_unstable();
    all.dedup();
    all
}

impl NumberNode {
    fn named(digits: String) -> Self {
        NumberNode {
            digits,
            status: Status::Clean,
            ..NumberNode::default()
        }
    }
}
