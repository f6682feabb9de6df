//! Which brands the hotline pages claim that a number leads.

use std::cmp::Reverse;

use super::NumberNode;
use super::gather::Ranks;
use super::pages::Pages;
use super::par;
use super::verdict::distinct;

/// Brands of one number that are looked at.
const BRANDS: usize = 64;
/// Words of a generator that were taken for brands are looked for so many times.
const WORDS: usize = 4;

/// A page that a number leads: the number, and where the brands begin and end that it claims.
type Led = (u32, u32, u32);

/// The brands of hotline pages, with the numbers that lead these.
pub(super) struct Claims {
    led: Vec<Led>,
    brands: Vec<u32>,
}

impl Claims {
    pub fn of(pages: &Pages, rank: &Ranks<'_>) -> Claims {
        let mut claims = Claims {
            led: Vec::new(),
            brands: Vec::new(),
        };
        let mut brands: Vec<u32> = Vec::new();
        for page in pages.iter().filter(|p| p.hot()) {
            brands.clear();
            brands.extend(page.brands().map(|b| rank.brands[b.0 as usize]));
            brands.sort_unstable();
            brands.dedup();
            if brands.is_empty() {
                continue;
            }
            let start = claims.brands.len() as u32;
            claims.brands.extend(&brands);
            let end = claims.brands.len() as u32;
            let led = page.numbers.iter().filter(|n| n.lead);
            let led = led.map(|n| (rank.numbers[n.number as usize], start, end));
            claims.led.extend(led);
        }
        claims
    }

    /// Counts distinct brands, pages that claim any, and pages that claim the most frequent one.
    pub fn count(mut self, numbers: &mut [NumberNode], names: &[String]) {
        let claims = &self.brands;
        let ends = self.led.iter().map(|l| (l.1, l.2));
        let words = words(claims, ends, names.len());
        par::sort(&mut self.led);
        let of_number: Vec<&[Led]> = self.led.chunk_by(|a, b| a.0 == b.0).collect();
        let counts = par::map(of_number.len(), |n| {
            let page = |l: &Led| &claims[l.1 as usize..l.2 as usize];
            let pages: Vec<&[u32]> = of_number[n].iter().map(page).collect();
            let tally = Tally::without_words(&pages, &words);
            let top = tally.brands.first().map_or(0, |b| b.0);
            let shown = tally.brands.iter().take(BRANDS);
            let brands = distinct(shown.map(|&(_, b)| names[b as usize].as_str()));
            (tally.pages, top, brands)
        });
        for (list, counts) in of_number.iter().zip(counts) {
            let number = &mut numbers[list[0].0 as usize];
            (number.claims, number.top_claims, number.brands) = counts;
        }
    }
}

/// So many other brands stand beside a word that was taken for one.
const BESIDE: usize = 8;
/// Words that are told from brands over all pages, and brands of one page that are looked at.
const ALL_WORDS: usize = 16;
const PAGE_BRANDS: usize = 8;

/// Words of generators that were taken for brands, as all pages together show it: on nearly all
/// pages of such a word stands a brand beside it, and one of many. A page claims few brands, as a
/// rule one, and those that it claims together go together elsewhere.
fn words(
    claims: &[u32],
    pages: impl Iterator<Item = (u32, u32)> + Clone,
    names: usize,
) -> Vec<u32> {
    let page = |(start, end): (u32, u32)| {
        let all = &claims[start as usize..end as usize];
        &all[..all.len().min(PAGE_BRANDS)]
    };
    let (mut shown, mut beside) = (vec![0u32; names], vec![0u32; names]);
    for brands in pages.clone().map(page) {
        for &brand in brands {
            shown[brand as usize] += 1;
            beside[brand as usize] += u32::from(brands.len() > 1);
        }
    }
    let likely = |b: &u32| {
        let n = beside[*b as usize];
        n as usize >= BESIDE && n * 5 >= shown[*b as usize] * 4
    };
    let mut partners: Vec<(u32, u32)> = Vec::new();
    for brands in pages.map(page) {
        for &brand in brands.iter().filter(|b| likely(b)) {
            let others = brands.iter().filter(|other| **other != brand);
            partners.extend(others.map(|&other| (brand, other)));
        }
    }
    par::sort(&mut partners);
    let mut found: Vec<(u32, u32)> = Vec::new();
    for of_brand in partners.chunk_by(|a, b| a.0 == b.0) {
        let brand = of_brand[0].0;
        let counts = || of_brand.chunk_by(|a, b| a == b).map(|c| c.len() as u32);
        let most = counts().max().unwrap_or(0);
        if counts().count() >= BESIDE && most * 3 < beside[brand as usize] {
            found.push((beside[brand as usize], brand));
        }
    }
    found.sort_unstable_by_key(|&(n, brand)| (Reverse(n), brand));
    found.into_iter().take(ALL_WORDS).map(|f| f.1).collect()
}

/// Pages that claim a brand, and the brands with their pages, most frequent first.
struct Tally {
    pages: u32,
    brands: Vec<(u32, u32)>,
}

impl Tally {
    /// Of the brands claimed on each page, other than `words`.
    fn of(pages: &[&[u32]], words: &[u32]) -> Tally {
        let is_brand = |b: &&u32| !words.contains(b);
        let each = pages.iter().flat_map(|p| p.iter().filter(is_brand));
        let mut all: Vec<u32> = each.copied().collect();
        all.sort_unstable();
        let lists = all.chunk_by(|a, b| a == b);
        let mut brands: Vec<(u32, u32)> = lists.map(|l| (l.len() as u32, l[0])).collect();
        brands.sort_unstable_by_key(|&(n, brand)| (Reverse(n), brand));
        let claim = |p: &&&[u32]| p.iter().any(|b| is_brand(&b));
        Tally {
            pages: pages.iter().filter(claim).count() as u32,
            brands,
        }
    }

    /// Without `words`, and without those that show on these pages alone.
    fn without_words(pages: &[&[u32]], words: &[u32]) -> Tally {
        let most = words.len() + WORDS;
        let mut words = words.to_vec();
        let mut tally = Tally::of(pages, &words);
        while words.len() < most
            && let Some(word) = tally.word(pages, &words)
        {
            words.push(word);
            tally = Tally::of(pages, &words);
        }
        tally
    }

    /// The most frequent brand, other than `words`, where it is a word of the generator that was
    /// taken for one: it stands on most pages, and nearly all of these claim one of many others
    /// beside it. A brand's own number stands on pages that claim that brand and hardly another.
    fn word(&self, pages: &[&[u32]], words: &[u32]) -> Option<u32> {
        let &(top, word) = self.brands.first()?;
        let with = pages.iter().filter(|p| p.contains(&word));
        let several = |p: &&&[u32]| p.iter().filter(|b| !words.contains(b)).count() > 1;
        let beside = with.filter(several).count() as u32;
        let most = self.brands.get(1)?.0;
        let others = self.brands.len() > 3 && most * 2 < beside;
        let rare = top * 2 < self.pages || beside * 5 < top * 4;
        (!rare && others).then_some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_on_every_page_is_no_brand_and_a_brand_is() {
        let spun: Vec<[u32; 2]> = (1..9).map(|brand| [0, brand]).collect();
        let pages: Vec<&[u32]> = spun.iter().map(|p| &p[..]).collect();
        let rest = Tally::without_words(&pages, &[]);
        assert_eq!(
            (rest.pages, rest.brands.len(), rest.brands[0]),
            (8, 8, (1, 1))
        );
        let own: Vec<&[u32]> = (0..8)
            .map(|i| if i == 3 { &[0, 7][..] } else { &[0] })
            .collect();
        let rest = Tally::without_words(&own, &[]);
        assert_eq!((rest.pages, rest.brands[0]), (8, (8, 0)));
    }

    #[test]
    fn a_word_beside_all_brands_is_known_on_few_pages_and_a_pair_of_brands_is_none() {
        // A word beside ten brands, then two brands that always stand together.
        let mut claims: Vec<u32> = (1..=10).flat_map(|brand| [0, brand]).collect();
        claims.extend([11, 12].repeat(10));
        let pages = (0..20).map(|n| (2 * n, 2 * n + 2));
        assert_eq!(words(&claims, pages, 13), [0]);
        let few: [&[u32]; 3] = [&[0, 1], &[0, 2], &[0, 3]];
        let tally = Tally::without_words(&few, &[0]);
        assert_eq!((tally.pages, tally.brands[0]), (3, (1, 1)));
    }
}
