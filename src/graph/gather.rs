//! The pages of one site in sum.

use super::background::Token;
use super::facts::{Claimed, SiteFacts, Traces, UNUSED};
use super::firm;
use super::pages::{Page, PageNumber};
use super::tokens::Hashes;
use super::{NumberNode, SiteNumber};

/// Of the tokens of one site no more are kept than this: those with the smallest hashes, so
/// that sites that share many tokens still share many of the kept ones (bottom-k sketch,
/// E. Cohen and H. Kaplan, 2007).
pub(super) const SITE_TOKENS: usize = 2048;
/// Text codes of a site that are kept.
const TEXTS: usize = 16;
/// A site that so many numbers lead in turn, none of them on half of the pages, shows other
/// people's numbers: a directory, a market, a forum.
const MIXED_NUMBERS: usize = 4;

/// Links of one site that are kept.
const SITE_LINKS: usize = 256;

/// A number that leads so many pages of an innocent site is its own, however many it has.
const OWNERS_PAGES: u32 = 8;

/// Where the names that interning numbered stand among the sorted ones.
pub(super) struct Ranks<'a> {
    pub numbers: &'a [u32],
    pub brands: &'a [u32],
    pub categories: &'a [u32],
    pub ids: &'a [u32],
    pub sites: &'a [u32],
}

impl SiteFacts {
    /// The facts of one site, whose tokens go to `hashes` by way of `tokens`; the name is left to
    /// be filled in.
    pub fn of(
        pages: &[Page<'_>],
        rank: &Ranks<'_>,
        tokens: &mut Vec<Token>,
        hashes: &mut Hashes,
    ) -> SiteFacts {
        let mut site = SiteFacts {
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
        site.brands = claimed(
            pages.iter().filter(|p| p.hot() || site.hot_pages == 0),
            rank,
        );
        gather_tokens(pages.iter().filter(|p| p.hot() == site.hot), tokens);
        hashes.push(tokens);
        let texts = tokens.iter().filter_map(|t| match t {
            Token::Text(code) => Some(*code),
            _ => None,
        });
        let links = pages
            .iter()
            .flat_map(|p| p.links.iter().map(|&to| rank.sites[to as usize]))
            .filter(|&to| to != UNUSED);
        let ids = pages
            .iter()
            .filter(|p| p.hot() || site.background)
            .flat_map(|p| p.ids.iter().map(|&id| rank.ids[id as usize]));
        let is_line = |t: &&Token| matches!(t, Token::Line(_));
        site.traces = Traces {
            ids: sorted(ids, usize::MAX),
            links: sorted(links, SITE_LINKS),
            texts: texts.take(TEXTS).collect(),
        };
        site.lines = tokens.iter().filter(is_line).count() as u32;
        site
    }

    fn gather_numbers(&mut self, pages: &[Page<'_>], rank: &Ranks<'_>) {
        let weighs = |page: &Page<'_>| page.hot() || !self.hot;
        // Where some page shows a number prominently, a number that is mentioned on the others
        // leads none of them: the page's own was not found there.
        let strong = pages
            .iter()
            .any(|p| weighs(p) && p.numbers.iter().any(|n| n.lead && n.prominent));
        let leads = |n: &PageNumber| n.lead && (n.prominent || !strong);
        let mut shown: Vec<Shown> = Vec::new();
        let (mut telling, mut all_led) = (0u32, 0u32);
        for page in pages {
            telling += u32::from(weighs(page) && page.numbers.iter().any(leads));
            all_led += u32::from(page.numbers.iter().any(|n| n.lead));
            shown.extend(page.numbers.iter().map(|on_page| Shown {
                number: rank.numbers[on_page.number as usize],
                leads: weighs(page) && leads(on_page),
                led: leads(on_page) || (!page.hot() && on_page.lead),
                on_page: *on_page,
            }));
        }
        shown.sort_unstable_by_key(|s| s.number);
        let each = || shown.chunk_by(|a, b| a.number == b.number);
        // Pages led by each number, those that sell nothing too.
        let led = each().map(|list| list.iter().filter(|s| s.led).count() as u32);
        let (numbers, most) = led
            .filter(|&n| n > 0)
            .fold((0, 0), |(numbers, most), n| (numbers + 1, n.max(most)));
        self.mixed = numbers >= MIXED_NUMBERS && most.saturating_mul(2) < all_led;
        let mut held = Vec::with_capacity(each().count());
        held.extend(each().map(|list| {
            let mut entry = SiteNumber {
                number: list[0].number,
                ..SiteNumber::default()
            };
            for Shown { leads, on_page, .. } in list {
                entry.pages += 1;
                entry.count = entry.count.saturating_add(on_page.count);
                entry.listing_pages += u32::from(on_page.listing);
                entry.lead_pages += u32::from(*leads);
                entry.together |= *leads && on_page.together;
                entry.prominent |= *leads && on_page.prominent;
            }
            let fair = entry.lead_pages > 0 && u64::from(entry.lead_pages) * 10 >= telling.into();
            entry.own = self.hot && !self.mixed && fair;
            entry.listed = entry.listing_pages == entry.pages || (self.mixed && !self.hot);
            // A number that leads page after page is as good as repeated.
            entry.prominent |= entry.lead_pages >= 2;
            entry
        }));
        self.numbers = held.into();
        self.telling = telling;
        self.led_pages = all_led;
    }

    /// An innocent site's own number: it leads most of the pages that show any, and is no story
    /// that the site tells on a few of its pages.
    pub fn is_owner(&self, held: &SiteNumber) -> bool {
        let told = held.lead_pages < OWNERS_PAGES && held.lead_pages.saturating_mul(4) < self.pages;
        self.background
            && !self.mixed
            && !told
            && held.lead_pages >= 2
            && held.lead_pages.saturating_mul(2) >= self.telling
    }

    /// The number is nowhere repeated and stands on few pages: an owner has it in a footer, and two
    /// threads of a forum may complain of it.
    pub fn may_complain(&self, held: &SiteNumber) -> bool {
        let most = held.lead_pages >= 3
            && held.lead_pages.saturating_mul(4) >= self.pages.saturating_mul(3);
        held.count <= held.pages && !most && held.lead_pages < OWNERS_PAGES
    }

    /// It is a firm's, which says where it sits.
    pub fn is_settled(&self, numbers: &[NumberNode]) -> bool {
        firm::is_settled(&self.numbers, self.pages, numbers)
    }

    /// Part of the pages with a leading number that this one leads.
    pub fn share(&self, held: &SiteNumber) -> f64 {
        f64::from(held.lead_pages) / f64::from(self.telling.max(1))
    }

    /// A number leads half of the pages that tell one, or more, and prominently.
    pub fn is_about(&self, number: u32) -> bool {
        let held = self.numbers.binary_search_by_key(&number, |n| n.number);
        held.is_ok_and(|at| {
            let held = &self.numbers[at];
            held.own && held.prominent && self.share(held) >= 0.5
        })
    }

    /// The numbers that the site stands behind.
    pub fn own(&self) -> impl Iterator<Item = &SiteNumber> {
        self.numbers.iter().filter(|n| n.own)
    }
}

/// A number on one page of a site.
struct Shown {
    number: u32,
    /// It leads the page, and the page weighs.
    leads: bool,
    /// It leads the page, whether that sells anything or not.
    led: bool,
    on_page: PageNumber,
}

/// Brands claimed on the pages.
fn claimed<'a>(pages: impl Iterator<Item = &'a Page<'a>>, rank: &Ranks<'_>) -> Claimed {
    let place = |(brand, category): (u32, Option<u32>)| {
        let category = category.map(|c| rank.categories[c as usize]);
        (rank.brands[brand as usize], category)
    };
    let mut all: Vec<(u32, Option<u32>)> = pages.flat_map(|p| p.brands().map(place)).collect();
    all.sort_unstable();
    let each = || all.chunk_by(|a, b| a == b);
    let mut claimed = Vec::with_capacity(each().count());
    claimed.extend(each().map(|list| (list[0], list.len() as u32)));
    claimed.into()
}

/// Sorted, each once, at most `most` of them.
fn sorted(items: impl Iterator<Item = u32>, most: usize) -> Box<[u32]> {
    let mut all: Vec<u32> = items.collect();
    all.sort_unstable();
    all.dedup();
    all.truncate(most);
    all.into()
}

/// The tokens of the pages, sorted, each once, at most [`SITE_TOKENS`] of them.
fn gather_tokens<'a>(pages: impl Iterator<Item = &'a Page<'a>>, all: &mut Vec<Token>) {
    all.clear();
    all.extend(pages.flat_map(|p| p.tokens()));
    all.sort_unstable();
    all.dedup();
    if all.len() > SITE_TOKENS {
        all.sort_unstable_by_key(|t| (t.parts().1, *t));
        all.truncate(SITE_TOKENS);
        all.sort_unstable();
    }
}
