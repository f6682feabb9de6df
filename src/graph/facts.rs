//! The facts of all pages gathered by site, in an order that does not depend on how they came.

use std::collections::BTreeMap;

use super::background::Token;
use super::builder::{Builder, Names, PageFact, PageNumber};
use super::evidence::EvidenceKind;
use super::verdict::distinct;
use super::{NumberNode, SiteNumber, Status};

/// Of the tokens of one site no more are kept than this: those with the smallest hashes, so
/// that sites that share many tokens still share many of the kept ones (bottom-k sketch,
/// E. Cohen and H. Kaplan, 2007).
const SITE_TOKENS: usize = 2048;
/// A site that so many numbers lead in turn, none of them on half of the pages, shows other
/// people's numbers: a directory, a market, a forum.
const MIXED_NUMBERS: usize = 4;

/// Everything that the graph is computed from. Sites are in order of name, numbers of digits,
/// brands and identifiers of text; indices into these lists are the only names used.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub sites: Vec<SiteFacts>,
    pub numbers: Vec<NumberNode>,
    pub brands: Vec<String>,
    pub categories: Vec<String>,
    /// `class TAB value`.
    pub ids: Vec<String>,
    pub pages: u64,
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
    pub numbers: Vec<SiteNumber>,
    /// Brand and category claimed, with pages; from hotline pages where there are any.
    pub brands: BTreeMap<(u32, Option<u32>), u32>,
    pub ids: Vec<u32>,
    /// Other sites that the hotline pages link to, in order; those only that were seen.
    pub links: Vec<u32>,
    /// Tokens of the hotline pages, sorted.
    pub tokens: Vec<Token>,
    /// Tokens of the other pages of a background site, sorted.
    pub cold_tokens: Vec<Token>,
}

/// A name that no page uses.
const UNUSED: u32 = u32::MAX;
/// Links of one site that are kept.
const SITE_LINKS: usize = 256;

/// The names that some page uses, sorted, and for each number that interning gave its place
/// among them. (A page that was captured again may have left unused names behind.)
fn ranks(names: &Names, used: impl Iterator<Item = u32>) -> (Vec<String>, Vec<u32>) {
    let mut rank = vec![UNUSED; names.len()];
    used.for_each(|id| rank[id as usize] = 0);
    let mut sorted = names.sorted();
    sorted.retain(|&(_, id)| rank[id as usize] != UNUSED);
    for (place, &(_, id)) in sorted.iter().enumerate() {
        rank[id as usize] = place as u32;
    }
    (
        sorted.into_iter().map(|(n, _)| n.to_owned()).collect(),
        rank,
    )
}

impl Facts {
    pub fn of(builder: &Builder) -> Facts {
        let pages = || builder.pages();
        let (site_names, site_rank) = ranks(&builder.sites, pages().map(|p| p.site));
        let (digits, number_rank) = ranks(
            &builder.numbers,
            pages().flat_map(|p| p.numbers.iter().map(|n| n.number)),
        );
        let (brands, brand_rank) = ranks(
            &builder.brands,
            pages().flat_map(|p| p.brands.iter().map(|b| b.0)),
        );
        let (categories, category_rank) = ranks(
            &builder.categories,
            pages().flat_map(|p| p.brands.iter().filter_map(|b| b.1)),
        );
        let (ids, id_rank) = ranks(&builder.ids, pages().flat_map(|p| p.ids.iter().copied()));
        let mut numbers: Vec<NumberNode> = digits.into_iter().map(NumberNode::named).collect();
        for (id, &kind) in builder.number_kinds.iter().enumerate() {
            if let Some(number) = numbers.get_mut(number_rank[id] as usize) {
                number.kind = kind;
            }
        }
        let mut by_site: Vec<Vec<&PageFact>> = vec![Vec::new(); site_names.len()];
        for page in builder.pages() {
            by_site[site_rank[page.site as usize] as usize].push(page);
        }
        let rank = Ranks {
            numbers: &number_rank,
            brands: &brand_rank,
            categories: &category_rank,
            ids: &id_rank,
            sites: &site_rank,
        };
        let mut sites: Vec<SiteFacts> = site_names
            .into_iter()
            .zip(&by_site)
            .map(|(name, pages)| SiteFacts::of(name, pages, &rank))
            .collect();
        super::pool::settle(&mut sites);
        let mut facts = Facts {
            sites,
            numbers,
            brands,
            categories,
            ids,
            pages: builder.len() as u64,
        };
        facts.count_numbers();
        facts.count_claims(builder, &rank);
        facts
    }

    /// What an identifier is.
    pub fn id_kind(&self, id: u32) -> EvidenceKind {
        let class = self.ids[id as usize].split('\t').next();
        EvidenceKind::of_class(class.unwrap_or_default())
    }

    fn count_numbers(&mut self) {
        for site in &self.sites {
            for held in &site.numbers {
                let number = &mut self.numbers[held.number as usize];
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
                    number.owner_sites += u32::from(site.is_owner(held));
                } else if !held.own {
                    number.passing_sites += 1;
                }
            }
        }
    }
}

/// Brands of one number that are looked at.
const BRANDS: usize = 64;

impl Facts {
    /// Which brands the hotline pages claim that each number leads.
    fn count_claims(&mut self, builder: &Builder, rank: &Ranks<'_>) {
        let mut claims: Vec<(u32, u32)> = Vec::new();
        for page in builder.pages().filter(|p| p.hot()) {
            for number in page.numbers.iter().filter(|n| n.lead) {
                let number = rank.numbers[number.number as usize];
                self.numbers[number as usize].claims += u32::from(!page.brands.is_empty());
                let mut brands: Vec<u32> = page
                    .brands
                    .iter()
                    .map(|b| rank.brands[b.0 as usize])
                    .collect();
                brands.sort_unstable();
                brands.dedup();
                claims.extend(brands.iter().map(|&b| (number, b)));
            }
        }
        claims.sort_unstable();
        for of_number in claims.chunk_by(|a, b| a.0 == b.0) {
            let number = &mut self.numbers[of_number[0].0 as usize];
            let mut pages: Vec<(u32, u32)> = of_number
                .chunk_by(|a, b| a.1 == b.1)
                .map(|c| (c.len() as u32, c[0].1))
                .collect();
            pages.sort_unstable_by_key(|&(n, brand)| (std::cmp::Reverse(n), brand));
            number.top_claims = pages[0].0;
            let names = pages.iter().take(BRANDS);
            number.brands = distinct(names.map(|&(_, b)| self.brands[b as usize].as_str()));
        }
    }
}

struct Ranks<'a> {
    numbers: &'a [u32],
    brands: &'a [u32],
    categories: &'a [u32],
    ids: &'a [u32],
    sites: &'a [u32],
}

impl SiteFacts {
    fn of(name: String, pages: &[&PageFact], rank: &Ranks<'_>) -> SiteFacts {
        let mut site = SiteFacts {
            name,
            pages: pages.len() as u32,
            first_seen: pages.iter().map(|p| p.fetched_at).min().unwrap_or(0),
            last_seen: pages.iter().map(|p| p.fetched_at).max().unwrap_or(0),
            hotline: pages.iter().map(|p| p.hotline).fold(0.0, f32::max),
            hot_pages: pages.iter().filter(|p| p.hot()).count() as u32,
            ..SiteFacts::default()
        };
        // Sums of floating-point numbers depend on their order: sum thousandths.
        let thousandths: i64 = pages
            .iter()
            .filter(|p| p.hot())
            .map(|p| (p.hotline * 1000.0) as i64)
            .sum();
        site.hot_sum = thousandths as f64 / 1000.0;
        // One page in five: fewer are strays on an innocent host. A site with lists of numbers
        // is a directory whatever its other pages look like.
        let lists = pages
            .iter()
            .filter(|p| p.numbers.iter().any(|n| n.listing))
            .count();
        site.hot = u64::from(site.hot_pages) * 5 >= site.pages.into()
            && site.hot_pages > 0
            && lists * 10 < pages.len();
        site.background = !site.hot && site.pages > 0;
        site.gather_numbers(pages, rank);
        for page in pages.iter().filter(|p| p.hot() || site.hot_pages == 0) {
            for &(brand, category) in &page.brands {
                let category = category.map(|c| rank.categories[c as usize]);
                *site
                    .brands
                    .entry((rank.brands[brand as usize], category))
                    .or_default() += 1;
            }
        }
        site.ids = pages
            .iter()
            .filter(|p| p.hot() || site.background)
            .flat_map(|p| p.ids.iter().map(|&id| rank.ids[id as usize]))
            .collect();
        site.ids.sort_unstable();
        site.ids.dedup();
        site.links = pages
            .iter()
            .flat_map(|p| p.links.iter().map(|&to| rank.sites[to as usize]))
            .filter(|&to| to != UNUSED)
            .collect();
        site.links.sort_unstable();
        site.links.dedup();
        site.links.truncate(SITE_LINKS);
        if site.hot {
            site.tokens = tokens(pages.iter().filter(|p| p.hot()));
        } else {
            site.cold_tokens = tokens(pages.iter().filter(|p| !p.hot()));
        }
        site
    }

    fn gather_numbers(&mut self, pages: &[&PageFact], rank: &Ranks<'_>) {
        let weighs = |page: &PageFact| page.hot() || !self.hot;
        // Where some page shows a number prominently, a number that is mentioned on the others
        // leads none of them: the page's own was not found there.
        let strong = pages
            .iter()
            .any(|p| weighs(p) && p.numbers.iter().any(|n| n.lead && n.prominent));
        let leads = |n: &PageNumber| n.lead && (n.prominent || !strong);
        let mut held: BTreeMap<u32, SiteNumber> = BTreeMap::new();
        // Pages led by each number, those that sell nothing too.
        let mut led: BTreeMap<u32, u32> = BTreeMap::new();
        let (mut telling, mut all_led) = (0u32, 0u32);
        for page in pages {
            telling += u32::from(weighs(page) && page.numbers.iter().any(leads));
            all_led += u32::from(page.numbers.iter().any(|n| n.lead));
            for on_page in &page.numbers {
                let number = rank.numbers[on_page.number as usize];
                let entry = held.entry(number).or_insert(SiteNumber {
                    number,
                    ..SiteNumber::default()
                });
                entry.pages += 1;
                entry.count = entry.count.saturating_add(on_page.count);
                entry.listing_pages += u32::from(on_page.listing);
                if weighs(page) && leads(on_page) {
                    entry.lead_pages += 1;
                    entry.together |= on_page.together;
                    entry.prominent |= on_page.prominent;
                }
                if leads(on_page) || (!page.hot() && on_page.lead) {
                    *led.entry(number).or_default() += 1;
                }
            }
        }
        let most = led.values().copied().max().unwrap_or(0);
        self.mixed = led.len() >= MIXED_NUMBERS && most.saturating_mul(2) < all_led;
        for entry in held.values_mut() {
            let fair = entry.lead_pages > 0 && u64::from(entry.lead_pages) * 10 >= telling.into();
            entry.own = self.hot && !self.mixed && fair;
            entry.listed = entry.listing_pages == entry.pages || (self.mixed && !self.hot);
            // A number that leads page after page is as good as repeated.
            entry.prominent |= entry.lead_pages >= 2;
        }
        self.telling = telling;
        self.led_pages = all_led;
        self.numbers = held.into_values().collect();
    }

    /// An innocent site's own number: it leads most of the pages that show any.
    fn is_owner(&self, held: &SiteNumber) -> bool {
        self.background
            && !self.mixed
            && held.lead_pages >= 2
            && held.lead_pages.saturating_mul(2) >= self.telling
    }

    /// Part of the pages with a leading number that this one leads.
    pub fn share(&self, held: &SiteNumber) -> f64 {
        f64::from(held.lead_pages) / f64::from(self.telling.max(1))
    }

    /// The numbers that the site stands behind.
    pub fn own(&self) -> impl Iterator<Item = &SiteNumber> {
        self.numbers.iter().filter(|n| n.own)
    }
}

/// The tokens of the pages, sorted, each once, at most [`SITE_TOKENS`] of them.
fn tokens<'a>(pages: impl Iterator<Item = &'a &'a PageFact>) -> Vec<Token> {
    let mut all = Vec::new();
    for page in pages {
        all.extend(page.lines.iter().map(|&h| Token::Line(h)));
        all.extend(page.regions.iter().map(|&h| Token::Region(h)));
        all.extend((page.skeleton != 0).then_some(Token::Skeleton(page.skeleton)));
        all.extend((page.text != 0).then_some(Token::Text(page.text)));
        all.extend(page.dom.map(Token::Dom));
    }
    all.sort_unstable();
    all.dedup();
    if all.len() > SITE_TOKENS {
        let value = |t: &Token| match *t {
            Token::Line(h)
            | Token::Region(h)
            | Token::Skeleton(h)
            | Token::Text(h)
            | Token::Dom(h) => h,
        };
        all.sort_unstable_by_key(|t| (value(t), *t));
        all.truncate(SITE_TOKENS);
        all.sort_unstable();
    }
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
