//! Which brands the hotline pages claim that a number leads.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::NumberNode;
use super::builder::PageFact;
use super::gather::Ranks;
use super::par;
use super::verdict::distinct;

/// Brands of one number that are looked at.
const BRANDS: usize = 64;
/// Words of a generator that were taken for brands are looked for so many times.
const WORDS: usize = 4;

/// Brands claimed on one page that a number leads.
type Claims = Vec<u32>;

/// Counts distinct brands, pages that claim any, and pages that claim the most frequent one.
pub(super) fn count(
    numbers: &mut [NumberNode],
    names: &[String],
    pages: &[&PageFact],
    rank: &Ranks<'_>,
) {
    let mut led: Vec<(u32, Claims)> = Vec::new();
    for page in pages.iter().filter(|p| p.hot() && !p.brands.is_empty()) {
        let all = page.brands.iter().map(|b| rank.brands[b.0 as usize]);
        let mut brands: Claims = all.collect();
        brands.sort_unstable();
        brands.dedup();
        for number in page.numbers.iter().filter(|n| n.lead) {
            led.push((rank.numbers[number.number as usize], brands.clone()));
        }
    }
    par::sort(&mut led);
    for of_number in led.chunk_by_mut(|a, b| a.0 == b.0) {
        let number = &mut numbers[of_number[0].0 as usize];
        let mut tally = Tally::of(of_number);
        for _ in 0..WORDS {
            let Some(rest) = tally.without_a_word(of_number) else {
                break;
            };
            tally = rest;
        }
        number.claims = tally.pages;
        number.top_claims = tally.brands.first().map_or(0, |b| b.0);
        let shown = tally.brands.iter().take(BRANDS);
        number.brands = distinct(shown.map(|&(_, b)| names[b as usize].as_str()));
    }
}

/// Pages that claim a brand, and the brands with their pages, most frequent first.
struct Tally {
    pages: u32,
    brands: Vec<(u32, u32)>,
}

impl Tally {
    fn of(led: &[(u32, Claims)]) -> Tally {
        let mut pages: HashMap<u32, u32> = HashMap::new();
        for brand in led.iter().flat_map(|l| &l.1) {
            *pages.entry(*brand).or_default() += 1;
        }
        let mut brands: Vec<(u32, u32)> = pages.into_iter().map(|(b, n)| (n, b)).collect();
        brands.sort_unstable_by_key(|&(n, brand)| (Reverse(n), brand));
        Tally {
            pages: led.iter().filter(|l| !l.1.is_empty()).count() as u32,
            brands,
        }
    }

    /// What is left where the most frequent brand is a word of the generator that was taken for
    /// one: it stands on most pages, and nearly all of these claim one of many others beside it.
    /// A brand's own number stands on pages that claim that brand and hardly another.
    fn without_a_word(&self, led: &mut [(u32, Claims)]) -> Option<Tally> {
        let &(top, word) = self.brands.first()?;
        let with = led.iter().filter(|l| l.1.contains(&word));
        let beside = with.filter(|l| l.1.len() > 1).count() as u32;
        let most = self.brands.get(1)?.0;
        let others = self.brands.len() > 3 && most * 2 < beside;
        if top * 2 < self.pages || beside * 5 < top * 4 || !others {
            return None;
        }
        led.iter_mut().for_each(|l| l.1.retain(|&b| b != word));
        Some(Tally::of(led))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_on_every_page_is_no_brand_and_a_brand_is() {
        let page = |brands: &[u32]| (0, brands.to_vec());
        let mut spun: Vec<_> = (1..9).map(|brand| page(&[0, brand])).collect();
        let rest = Tally::of(&spun).without_a_word(&mut spun).unwrap();
        assert_eq!((rest.pages, rest.brands.len(), rest.brands[0].0), (8, 8, 1));
        let mut own: Vec<_> = (0..8)
            .map(|i| page(if i == 3 { &[0, 7] } else { &[0] }))
            .collect();
        assert!(Tally::of(&own).without_a_word(&mut own).is_none());
    }
}
