//! Masking: what the generator swaps from page to page gives way to a token, so that the rest
//! of the line can be compared. Punctuation around a number stays: it marks the kit.

use std::borrow::Cow;

use crate::extract::brand::Brand;
use crate::extract::document::Line;
use crate::extract::region;

use super::names::Names;

/// Stands for a brand with the product noun that follows it.
const BRAND: &str = "⟨B⟩";
/// Stands for a product noun without a brand before it.
const PRODUCT: &str = "⟨C⟩";
/// Stands for a telephone number.
const NUMBER: &str = "⟨P⟩";

/// Lines in a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Masked {
    text: String,
    ends: Vec<usize>,
}

impl Masked {
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(from, to)| &self.text[from..*to])
    }
}

/// The lines with numbers, brands and products masked and white space dropped.
pub fn mask<'l>(lines: impl Iterator<Item = &'l Line> + Clone, brands: &[Brand]) -> Masked {
    let named = brands
        .iter()
        .flat_map(|b| std::iter::once(&b.brand).chain(&b.aliases))
        .filter(|n| n.chars().nth(1).is_some());
    let mut names: Vec<Cow<str>> = named.map(|n| unspaced(n)).collect();
    let count = names.len();
    let products = brands
        .iter()
        .flat_map(|b| b.category.iter().chain(&b.categories));
    names.extend(products.map(|n| unspaced(n)));
    let masker = Masker {
        names: Names::new(names.iter().map(|n| n.as_ref()).zip(0..)),
        brands: count,
    };
    let mut out = Masked {
        text: String::with_capacity(lines.clone().map(|l| l.text.len()).sum()),
        ends: Vec::new(),
    };
    for line in lines {
        let from = out.text.len();
        let mut at = 0;
        for found in &line.numbers {
            masker.words(&line.text[at..found.range.start], from, &mut out.text);
            out.text.push_str(NUMBER);
            at = found.range.end;
        }
        masker.words(&line.text[at..], from, &mut out.text);
        out.ends.push(out.text.len());
    }
    out
}

/// A text without its white space, which is folded to single spaces in lines already.
pub(super) fn unspaced(text: &str) -> Cow<'_, str> {
    if !has_space(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for space in memchr::memchr_iter(b' ', text.as_bytes()) {
        out.push_str(&text[from..space]);
        from = space + 1;
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

/// Looks at every byte, which vectorises: a search that stops costs more for a line.
fn has_space(text: &str) -> bool {
    text.bytes().fold(false, |any, b| any | (b == b' '))
}

/// Masks the lines of one page, in which names are sought without white space.
struct Masker<'n> {
    names: Names<'n>,
    /// Values below this are brands, the others product nouns.
    brands: usize,
}

impl Masker<'_> {
    /// Appends the words of a line that begins at `from`, masked.
    fn words(&self, text: &str, from: usize, out: &mut String) {
        let bytes = text.as_bytes();
        // What stands before `copied` is written, and what was written from `between` on follows
        // the last name.
        let (mut at, mut copied, mut between) = (0, 0, out.len());
        while at < bytes.len() {
            if bytes[at] == b' ' {
                out.push_str(&text[copied..at]);
                at += 1;
                copied = at;
                continue;
            }
            let (taken, value) = match self.names.at(&bytes[at..]) {
                Ok(hit) => hit,
                Err(width) => {
                    at += width;
                    continue;
                }
            };
            out.push_str(&text[copied..at]);
            let is_brand = value < self.brands;
            // A city before the brand is swapped like the brand itself.
            if is_brand && region::leading_place(&out[between..]) == out.len() - between {
                out.truncate(between);
            }
            // `⟨B⟩` swallows its product noun, and `海尔Haier` is one brand.
            if !out[from..].ends_with(BRAND) {
                out.push_str(if is_brand { BRAND } else { PRODUCT });
            }
            at += taken;
            copied = at;
            between = out.len();
        }
        out.push_str(&text[copied..]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
        let line = Line {
            text: text.into(),
            numbers,
            ..Line::default()
        };
        let masked = mask(std::iter::once(&line), brands);
        masked.lines().collect()
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
    fn a_name_in_a_mask_or_beside_one_stays_as_it_is() {
        let brands = [brand("康乐迪", "智能锁")];
        let once = masked("康乐迪智能锁 400-1-2 锁", "400-1-2", &brands);
        assert_eq!(once, "⟨B⟩⟨P⟩锁");
        assert_eq!(masked(&once, "", &brands), once);
    }

    /// Words of which no two together hold a name, in any order.
    fn words() -> impl Strategy<Value = Vec<&'static str>> {
        let word = prop::sample::select(vec![
            "康乐迪",
            "KanLedi",
            "kanledi",
            "智能锁",
            "保险柜",
            "北京",
            "广西柳州市",
            "400-1-2",
            " ",
            "售后服务",
            ":(1)",
            "(点击)",
            "Kan",
            "康 乐 迪",
            "Led",
            "i",
            "⟨",
            "⟩",
            "⟨B⟩",
            "⟨P⟩",
            "B",
            "，",
        ]);
        prop::collection::vec(word, 0..24)
    }

    proptest! {
        #[test]
        fn masking_is_idempotent(words in words()) {
            let mut own = brand("康乐迪", "智能锁");
            own.aliases.push("KanLedi".into());
            own.categories.push("保险柜".into());
            let brands = [own];
            let once = masked(&words.concat(), "400-1-2", &brands);
            let again = masked(&once, "400-1-2", &brands);
            prop_assert_eq!(again, once);
        }
    }
}
