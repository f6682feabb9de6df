//! The lines of a page vote on its brands.

use crate::extract::document::{Document, Line};
use crate::extract::known::Claim;
use crate::extract::region;

use super::Brand;
use super::claim::Scratch;
use super::claimed::{Claimed, Reading};
use super::finder;
use super::lexicon::LEXICON;

/// Brands reported for one page at most.
const MAX_BRANDS: usize = 16;
/// Names that are counted at most: pages that hold more are no hotline pages.
const MAX_CANDIDATES: usize = 64;
/// Lines that are read at most, and bytes of a line.
const MAX_LINES: usize = 5000;
const MAX_BYTES: usize = 600;
/// Sentences longer than this are prose, and prose claims no brand, but for what a colon sets off.
const MAX_SENTENCE: usize = 150;
/// Bytes of a sentence that are read.
const MAX_CLAUSE: usize = 60;
/// Product nouns reported beside the first.
const MAX_CATEGORIES: usize = 16;

/// A name with its votes.
struct Candidate {
    name: String,
    aliases: Vec<String>,
    known: Option<u16>,
    /// Product nouns with votes.
    products: Vec<(u16, u32)>,
    score: u32,
    /// Lines that claim it firmly, lines that begin with it, and lines that are such claims whole.
    firm: u32,
    leads: u32,
    whole: u32,
    /// Lines on which a number stands beside it.
    numbers: u32,
    prominent: bool,
    /// Written as a Latin and a Chinese half side by side: no slip of a cut.
    pair: bool,
}

/// The brands that a page claims, strongest first (at most 16); empty for pages that claim none.
/// Expects numbers to be noted on the lines already, and notes which lines name a brand.
pub fn mine(document: &mut Document) -> Vec<Brand> {
    let mut scratch = Scratch::default();
    let title = scratch.read(&document.title, &document.title_numbers);
    let title = title.of_title();
    document.title_claims = title.claims.iter().any(|claim| claim.firm);
    let title_products = scratch.products();
    let mut candidates: Vec<Candidate> = Vec::new();
    let in_title = !document.title_numbers.is_empty();
    vote(&mut candidates, &title, 4, in_title, true);
    let mut previous = "";
    for line in document.lines.iter().take(MAX_LINES) {
        // A line that only repeats its neighbour is a copy, not a witness.
        if is_menu(line) || line.text == previous {
            continue;
        }
        let own;
        let claim = match &line.known {
            Some(known) => known.claim.get_or_init(|| claim(line, &mut scratch)),
            None => {
                own = claim(line, &mut scratch);
                &own
            }
        };
        if *claim == Claim::Passed {
            continue;
        }
        previous = &line.text;
        let Claim::Something(reading) = claim else {
            continue;
        };
        let heading = (1..=3).contains(&line.heading);
        let weight = if heading { 3 } else { 1 };
        vote(
            &mut candidates,
            reading,
            weight,
            !line.numbers.is_empty(),
            heading,
        );
    }
    fold_longer_forms(&mut candidates);
    let mut chosen = choose(candidates);
    if let ([only], Some(product)) = (chosen.as_mut_slice(), title_products.first())
        && only.products.is_empty()
    {
        only.products.push((*product, 1));
    }
    let mut brands: Vec<Brand> = chosen.into_iter().map(report).collect();
    count(document, &mut brands);
    brands
}

/// All of it is a link: what it claims is claimed by the page that it leads to.
fn is_menu(line: &Line) -> bool {
    line.linked && line.heading == 0
}

/// Reads a line that is no menu.
fn claim(line: &Line, scratch: &mut Scratch) -> Claim {
    let sentence = is_sentence(line);
    if !may_claim(line, sentence) {
        return Claim::Passed;
    }
    // A sentence that makes a claim begins with it.
    let text = match sentence {
        true => region::head(&line.text, MAX_CLAUSE),
        false => &line.text,
    };
    let reading = scratch.read(text, &line.numbers);
    match reading.claims.as_slice() {
        [] => Claim::Nothing,
        _ => Claim::Something(reading),
    }
}

/// Whether a line that is no menu is of the kind that claims brands: no list of places, no prose.
fn may_claim(line: &Line, sentence: bool) -> bool {
    let text = &line.text;
    if text.len() > MAX_BYTES || text.len() < 6 {
        return false;
    }
    // `产品保修期:洛森智能锁通常享有…`: what a long sentence is about may be a claim.
    if text.len() > MAX_SENTENCE
        && sentence
        && !region::head(text, MAX_CLAUSE).contains([':', '：'])
    {
        return false;
    }
    !region::begins_list(text)
}

/// A sentence without a number.
fn is_sentence(line: &Line) -> bool {
    let text = &line.text;
    let long = line.numbers.is_empty() && text.len() > MAX_CLAUSE;
    // Most end with it: a look instead of a search.
    long && (text.ends_with('。') || text.contains('。'))
}

/// Counts the claims of one line.
fn vote(
    candidates: &mut Vec<Candidate>,
    reading: &Reading,
    weight: u32,
    numbered: bool,
    prominent: bool,
) {
    for claim in &reading.claims {
        let index = match candidates.iter().position(|c| c.is(claim)) {
            Some(index) => index,
            None if candidates.len() < MAX_CANDIDATES => {
                candidates.push(Candidate::new(claim));
                candidates.len() - 1
            }
            None => continue,
        };
        let candidate = &mut candidates[index];
        candidate.score += weight + u32::from(numbered) + u32::from(reading.hot);
        candidate.leads += u32::from(claim.leads && (reading.hot || claim.firm));
        candidate.whole += u32::from(claim.firm && claim.whole);
        candidate.firm += u32::from(claim.firm);
        candidate.numbers += u32::from(claim.firm && numbered);
        candidate.prominent |= prominent && claim.firm;
        for alias in claim.aliases.iter().chain([&claim.name]) {
            if *alias != candidate.name
                && !candidate.aliases.contains(alias)
                && candidate.aliases.len() < 8
            {
                candidate.aliases.push(alias.clone());
            }
        }
        for product in &claim.products {
            match candidate.products.iter_mut().find(|(p, _)| p == product) {
                Some((_, votes)) => *votes += weight,
                None => candidate.products.push((*product, weight)),
            }
        }
    }
}

impl Candidate {
    fn new(claim: &Claimed) -> Self {
        Candidate {
            name: claim.name.clone(),
            aliases: Vec::new(),
            known: claim.known,
            products: Vec::new(),
            score: 0,
            firm: 0,
            leads: 0,
            whole: 0,
            numbers: 0,
            prominent: false,
            pair: claim.pair,
        }
    }

    /// The claim is for this brand: the same name, the same brand of the list, one is a half of the
    /// other, or both are of the same halves (`洛森Lorsen`, `Lorsen[洛森]`).
    fn is(&self, claim: &Claimed) -> bool {
        let shared = |a: &&String| claim.aliases.iter().any(|b| a.eq_ignore_ascii_case(b));
        (self.known.is_some() && self.known == claim.known)
            || self.name.eq_ignore_ascii_case(&claim.name)
            || self
                .aliases
                .iter()
                .any(|a| a.eq_ignore_ascii_case(&claim.name))
            || claim
                .aliases
                .iter()
                .any(|a| a.eq_ignore_ascii_case(&self.name))
            || self.aliases.iter().filter(shared).count() >= 2
    }

    /// Enough witnesses: the title or a heading, a line that is nothing but a claim or has a number
    /// beside it, or repetition.
    fn believed(&self) -> bool {
        self.prominent || self.whole >= 1 || self.firm >= 2 || self.numbers >= 1 || self.leads >= 4
    }
}

/// A name that only lengthens a better-witnessed one (`威诗迪官` beside `威诗迪`) is a cut that
/// slipped: its votes go to the shorter.
fn fold_longer_forms(candidates: &mut Vec<Candidate>) {
    let shorter: Vec<(String, u32)> = candidates
        .iter()
        .map(|c| (c.name.clone(), c.score))
        .collect();
    candidates.retain(|c| {
        c.known.is_some()
            || c.prominent
            || c.pair
            || !shorter.iter().any(|(name, score)| {
                *score >= 3 * c.score && c.name.len() > name.len() && c.name.contains(name.as_str())
            })
    });
}

fn choose(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.retain(Candidate::believed);
    // Ties keep the order of appearance.
    candidates.sort_by_key(|c| std::cmp::Reverse(c.score));
    let top = candidates.first().map_or(0, |c| c.score);
    candidates.retain(|c| c.prominent || c.known.is_some() || c.whole > 0 || c.score * 12 >= top);
    candidates.truncate(MAX_BRANDS);
    candidates
}

fn report(mut candidate: Candidate) -> Brand {
    // Most votes first; ties keep the order of appearance.
    candidate
        .products
        .sort_by_key(|(_, votes)| std::cmp::Reverse(*votes));
    let mut nouns = candidate
        .products
        .iter()
        .filter_map(|(p, _)| LEXICON.category(*p))
        .map(str::to_owned);
    Brand {
        category: nouns.next(),
        categories: nouns.take(MAX_CATEGORIES).collect(),
        brand: candidate.name,
        aliases: candidate.aliases,
        count: 0,
    }
}

/// Counts the brands in the title and the lines.
fn count(document: &mut Document, brands: &mut [Brand]) {
    let texts = document.lines.iter().map(|l| l.text.as_str());
    let texts = texts.chain([document.title.as_str()]);
    for (line, index) in finder::occurrences(brands, texts) {
        brands[index].count = brands[index].count.saturating_add(1);
        if let Some(line) = document.lines.get_mut(line) {
            line.branded = true;
        }
    }
}
