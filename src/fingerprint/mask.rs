//! Masking: what the generator swaps from page to page gives way to a token, so that the rest
//! of the line can be compared. Punctuation around a number stays: it marks the kit.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use crate::extract::brand::Brand;
use crate::extract::document::Line;
use crate::extract::region;

/// Stands for a brand with the product noun that follows it.
const BRAND: &str = "⟨B⟩";
/// Stands for a product noun without a brand before it.
const PRODUCT: &str = "⟨C⟩";
/// Stands for a telephone number.
const NUMBER: &str = "⟨P⟩";

/// Masks the lines of one page.
pub struct Masker {
    names: Option<AhoCorasick>,
    /// Patterns below this index are brands, the others product nouns.
    brands: usize,
}

impl Masker {
    pub fn new(brands: &[Brand]) -> Self {
        let names = brands
            .iter()
            .flat_map(|b| std::iter::once(&b.brand).chain(&b.aliases))
            .filter(|n| n.chars().count() > 1);
        let mut patterns: Vec<&str> = names.map(String::as_str).collect();
        let count = patterns.len();
        let products = brands
            .iter()
            .flat_map(|b| b.category.iter().chain(&b.categories));
        patterns.extend(products.map(String::as_str));
        let names = (!patterns.is_empty())
            .then(|| {
                AhoCorasick::builder()
                    .match_kind(MatchKind::LeftmostLongest)
                    .ascii_case_insensitive(true)
                    // Built for every page: what takes long to build never pays here.
                    .kind(Some(AhoCorasickKind::NoncontiguousNFA))
                    .prefilter(false)
                    .build(&patterns)
                    .ok()
            })
            .flatten();
        Masker {
            names,
            brands: count,
        }
    }

    /// The line with numbers, brands and products masked and white space dropped.
    pub fn line(&self, line: &Line) -> String {
        let mut out = String::with_capacity(line.text.len());
        let mut at = 0;
        for found in &line.numbers {
            self.words(&line.text[at..found.range.start], &mut out);
            out.push_str(NUMBER);
            at = found.range.end;
        }
        self.words(&line.text[at..], &mut out);
        out
    }

    fn words(&self, text: &str, out: &mut String) {
        let Some(names) = &self.names else {
            return push_folded(text, out);
        };
        let mut at = 0;
        for found in names.find_iter(text) {
            let is_brand = found.pattern().as_usize() < self.brands;
            let between = &text[at..found.start()];
            // A city before the brand is swapped like the brand itself.
            let place = region::leading_place(between);
            let swapped = is_brand && place > 0 && place == between.len();
            push_folded(if swapped { "" } else { between }, out);
            at = found.end();
            // `⟨B⟩` swallows its product noun, and `海尔Haier` is one brand.
            if !out.ends_with(BRAND) {
                out.push_str(if is_brand { BRAND } else { PRODUCT });
            }
        }
        push_folded(&text[at..], out);
    }
}

/// White space in lines is folded to single spaces already.
fn push_folded(text: &str, out: &mut String) {
    text.split(' ').for_each(|part| out.push_str(part));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::number::{Found, Kind};

    fn brand(name: &str, category: &str) -> Brand {
        Brand {
            brand: name.into(),
            category: Some(category.into()),
            categories: Vec::new(),
            aliases: Vec::new(),
            count: 1,
        }
    }

    fn masked(text: &str, number: &str, brands: &[Brand]) -> String {
        let numbers = text.match_indices(number).map(|(start, n)| Found {
            number: "4000000000".into(),
            kind: Kind::Shared400,
            extension: None,
            range: start..start + n.len(),
        });
        let numbers = if number.is_empty() {
            Vec::new()
        } else {
            numbers.collect()
        };
        Masker::new(brands).line(&Line {
            text: text.into(),
            numbers,
            ..Line::default()
        })
    }

    #[test]
    fn two_brands_of_one_template_give_one_line() {
        let a = masked(
            "康乐迪智能锁售后:(1)400-1-2(点击) 智能锁",
            "400-1-2",
            &[brand("康乐迪", "智能锁")],
        );
        let b = masked(
            "Mofa保险柜售后:(1)4003(点击)保险柜",
            "4003",
            &[brand("mofa", "保险柜")],
        );
        assert_eq!(a, "⟨B⟩售后:(1)⟨P⟩(点击)⟨C⟩");
        assert_eq!(a, b);
    }

    #[test]
    fn masking_is_idempotent() {
        let brands = [brand("康乐迪", "智能锁")];
        let once = masked("康乐迪智能锁 400-1-2 锁", "400-1-2", &brands);
        assert_eq!(masked(&once, "", &brands), once);
    }
}
