//! What is kept of pages: a small fact each, and the lists of all of them side by side in blocks,
//! so that a million pages are a few large pieces of memory, which are given back as one.

use super::background::Token;
use super::facts::UNUSED;
use super::score::HOT;

/// Items of a block; a longer list has a block of its own.
const BLOCK: usize = 1 << 16;
/// Kinds of tokens of which a page has no list but one or none, in the order of tokens.
const SINGLE: [usize; 4] = [2, 3, 4, 5];
const LEAKS: usize = 6;

/// Lists, each in one piece.
#[derive(Debug, Clone)]
struct Blocks<T> {
    blocks: Vec<Vec<T>>,
}

/// Where a list lies.
#[derive(Debug, Clone, Copy, Default)]
struct Span {
    block: u32,
    start: u32,
    len: u32,
}

impl<T: Copy> Blocks<T> {
    fn push(&mut self, items: &[T]) -> Span {
        if items.is_empty() {
            return Span::default();
        }
        let full = |b: &Vec<T>| !b.is_empty() && b.len() + items.len() > BLOCK;
        match self.blocks.last() {
            // The first one grows, since most states are small.
            None => self.blocks.push(Vec::new()),
            Some(last) if full(last) => {
                self.blocks.push(Vec::with_capacity(BLOCK.max(items.len())));
            }
            Some(_) => {}
        }
        let block = self.blocks.len() as u32 - 1;
        let last = &mut self.blocks[block as usize];
        let start = last.len() as u32;
        last.extend_from_slice(items);
        Span {
            block,
            start,
            len: items.len() as u32,
        }
    }

    fn get(&self, span: Span) -> &[T] {
        match self.blocks.get(span.block as usize) {
            Some(block) => &block[span.start as usize..][..span.len as usize],
            None => &[],
        }
    }
}

/// All pages, in the order in which they came.
#[derive(Debug, Clone)]
pub(super) struct Pages {
    facts: Vec<Fact>,
    hashes: Blocks<u64>,
    names: Blocks<u32>,
    numbers: Blocks<PageNumber>,
}

/// A page's fact and where its lists are.
#[derive(Debug, Clone, Copy)]
struct Fact {
    site: u32,
    hotline: f32,
    fetched_at: i64,
    digest: u64,
    hashes: Span,
    names: Span,
    numbers: Span,
    lines: u16,
    regions: u16,
    /// A bit for each of [`SINGLE`].
    single: u8,
    ids: u8,
    links: u8,
}

/// A page that comes.
#[derive(Debug, Default)]
pub(super) struct NewPage {
    pub site: u32,
    pub fetched_at: i64,
    pub digest: u64,
    pub hotline: f32,
    pub numbers: Vec<PageNumber>,
    /// With the category, if any.
    pub brands: Vec<(u32, Option<u32>)>,
    /// At most 255 of them.
    pub ids: Vec<u32>,
    /// Sites that a hotline page links to, at most 255.
    pub links: Vec<u32>,
    pub text: u64,
    pub skeleton: u64,
    pub dom: Option<u64>,
    pub lines: Vec<u64>,
    pub regions: Vec<u64>,
    /// Hash of the rule by which the address was made; 0 where there is none.
    pub address: u64,
    pub leaks: Vec<u64>,
}

/// What is kept of a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page<'a> {
    pub fetched_at: i64,
    pub hotline: f32,
    pub numbers: &'a [PageNumber],
    pub ids: &'a [u32],
    /// Sites that a hotline page links to.
    pub links: &'a [u32],
    /// Brand and category in turn.
    brands: &'a [u32],
    /// Hashes of tokens, kind by kind.
    hashes: &'a [u64],
    lines: u16,
    regions: u16,
    single: u8,
}

/// A number on a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PageNumber {
    pub number: u32,
    pub count: u32,
    /// The page is about this number: no other stands on it twice as often, and the page is no
    /// list of numbers.
    pub lead: bool,
    /// Another number leads the page beside this one.
    pub together: bool,
    /// In the title, in a call button, or repeated.
    pub prominent: bool,
    /// The page is a list of numbers.
    pub listing: bool,
}

impl<'a> Page<'a> {
    pub fn hot(&self) -> bool {
        self.hotline >= HOT
    }

    /// Brands with the category, if any, in the order of the page.
    pub fn brands(self) -> impl Iterator<Item = (u32, Option<u32>)> + use<'a> {
        let category = |c: u32| (c != UNUSED).then_some(c);
        let pairs = self.brands.chunks_exact(2);
        pairs.map(move |pair| (pair[0], category(pair[1])))
    }

    /// Tokens, those that the page shows twice included.
    pub fn token_count(&self) -> usize {
        self.hashes.len()
    }

    pub fn tokens(self) -> impl Iterator<Item = Token> + use<'a> {
        let single = SINGLE.iter().enumerate();
        let single = single.filter(move |(bit, _)| self.single >> bit & 1 == 1);
        let kinds = std::iter::repeat_n(0, self.lines.into())
            .chain(std::iter::repeat_n(1, self.regions.into()))
            .chain(single.map(|(_, kind)| *kind))
            .chain(std::iter::repeat(LEAKS));
        let each = self.hashes.iter().zip(kinds);
        each.map(|(&hash, kind)| Token::of(kind, hash))
    }
}

impl Pages {
    pub fn new() -> Pages {
        Pages {
            facts: Vec::new(),
            hashes: Blocks { blocks: Vec::new() },
            names: Blocks { blocks: Vec::new() },
            numbers: Blocks { blocks: Vec::new() },
        }
    }

    pub fn len(&self) -> usize {
        self.facts.len()
    }

    /// Time and digest of a page's bytes.
    pub fn capture(&self, at: u32) -> Option<(i64, u64)> {
        let fact = self.facts.get(at as usize)?;
        Some((fact.fetched_at, fact.digest))
    }

    pub fn push(&mut self, page: &NewPage) {
        let fact = self.fact(page);
        self.facts.push(fact);
    }

    /// Puts a page in another's place, whose lists stay where they are until all go.
    pub fn replace(&mut self, at: u32, page: &NewPage) {
        let fact = self.fact(page);
        if let Some(old) = self.facts.get_mut(at as usize) {
            *old = fact;
        }
    }

    fn fact(&mut self, page: &NewPage) -> Fact {
        let known = |hash: u64| (hash != 0).then_some(hash);
        let single = [
            known(page.skeleton),
            known(page.text),
            page.dom,
            known(page.address),
        ];
        let mut hashes = Vec::with_capacity(page.lines.len() + page.regions.len() + 8);
        hashes.extend(&page.lines);
        hashes.extend(&page.regions);
        hashes.extend(single.iter().flatten());
        hashes.extend(&page.leaks);
        let mut names = Vec::with_capacity(page.ids.len() + page.links.len() + 8);
        names.extend(&page.ids);
        names.extend(&page.links);
        let pair = |&(brand, category): &(u32, Option<u32>)| [brand, category.unwrap_or(UNUSED)];
        names.extend(page.brands.iter().flat_map(pair));
        let bits = single.iter().enumerate();
        Fact {
            site: page.site,
            hotline: page.hotline,
            fetched_at: page.fetched_at,
            digest: page.digest,
            hashes: self.hashes.push(&hashes),
            names: self.names.push(&names),
            numbers: self.numbers.push(&page.numbers),
            lines: page.lines.len() as u16,
            regions: page.regions.len() as u16,
            single: bits.fold(0, |all, (bit, s)| all | u8::from(s.is_some()) << bit),
            ids: page.ids.len() as u8,
            links: page.links.len() as u8,
        }
    }

    pub fn page(&self, at: u32) -> Page<'_> {
        let fact = &self.facts[at as usize];
        let (ids, rest) = self.names.get(fact.names).split_at(fact.ids.into());
        let (links, brands) = rest.split_at(fact.links.into());
        Page {
            fetched_at: fact.fetched_at,
            hotline: fact.hotline,
            numbers: self.numbers.get(fact.numbers),
            ids,
            links,
            brands,
            hashes: self.hashes.get(fact.hashes),
            lines: fact.lines,
            regions: fact.regions,
            single: fact.single,
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = Page<'_>> {
        (0..self.facts.len() as u32).map(|at| self.page(at))
    }

    /// Gives pages to other sites.
    pub fn move_sites(&mut self, to: impl Fn(u32) -> Option<u32>) {
        for fact in &mut self.facts {
            fact.site = to(fact.site).unwrap_or(fact.site);
        }
    }

    /// The site of each page.
    pub fn sites(&self) -> impl Iterator<Item = u32> {
        self.facts.iter().map(|f| f.site)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(n: u64) -> NewPage {
        NewPage {
            site: n as u32,
            fetched_at: n as i64,
            lines: (0..n % 700).collect(),
            regions: vec![7; n as usize % 3],
            text: n % 2,
            dom: n.is_multiple_of(3).then_some(0),
            address: n % 5,
            leaks: vec![9; n as usize % 4],
            ids: vec![1; n as usize % 6],
            links: vec![2; n as usize % 4],
            brands: vec![(3, None), (4, Some(5))],
            ..NewPage::default()
        }
    }

    #[test]
    fn what_goes_in_comes_out() {
        let mut pages = Pages::new();
        (0..1000).for_each(|n| pages.push(&page(n)));
        pages.replace(17, &page(1017));
        assert!(pages.hashes.blocks.len() > 2);
        for (at, kept) in (0u64..).zip(pages.iter()) {
            let new = page(if at == 17 { 1017 } else { at });
            assert_eq!(kept.fetched_at, new.fetched_at);
            assert_eq!((kept.ids, kept.links), (&new.ids[..], &new.links[..]));
            assert!(kept.brands().eq(new.brands.iter().copied()));
            let mut tokens: Vec<Token> = new.lines.iter().map(|&h| Token::Line(h)).collect();
            tokens.extend(new.regions.iter().map(|&h| Token::Region(h)));
            tokens.extend((new.text != 0).then_some(Token::Text(new.text)));
            tokens.extend(new.dom.map(Token::Dom));
            tokens.extend((new.address != 0).then_some(Token::Address(new.address)));
            tokens.extend(new.leaks.iter().map(|&h| Token::Leak(h)));
            assert!(kept.tokens().eq(tokens));
            assert_eq!(kept.tokens().count(), kept.token_count());
        }
    }

    #[test]
    fn a_list_longer_than_a_block_is_kept_whole() {
        let mut pages = Pages::new();
        pages.push(&page(1));
        let number = PageNumber {
            number: 1,
            count: 1,
            lead: false,
            together: false,
            prominent: false,
            listing: true,
        };
        pages.push(&NewPage {
            numbers: vec![number; BLOCK + 1],
            ..NewPage::default()
        });
        pages.push(&NewPage {
            numbers: vec![number; 2],
            ..NewPage::default()
        });
        let lens: Vec<usize> = pages.iter().map(|p| p.numbers.len()).collect();
        assert_eq!(lens, [0, BLOCK + 1, 2]);
    }
}
