//! The numbering plans of other countries, from the metadata that the `phonenumber` crate ships.
//!
//! Its own matching is not used: it keeps at most 100 compiled patterns behind one lock, which a
//! page of numbers of many countries would make it compile again and again. Here the general
//! pattern of a region is compiled once, when the first number with its code is met.

use std::sync::{LazyLock, OnceLock};

use phonenumber::metadata::DATABASE;
use regex::Regex;

/// How far digits agree with the plan of the country whose code they start with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// The country has numbers of this length.
    Possible,
    /// They are of a form that it gives out.
    Valid,
}

struct Region {
    lengths: Vec<usize>,
    pattern: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Region {
    fn is_valid(&self, national: &str) -> bool {
        let compile = || Regex::new(&format!("(?x)^(?:{})$", self.pattern)).ok();
        let pattern = self.compiled.get_or_init(compile);
        pattern.as_ref().is_some_and(|p| p.is_match(national))
    }
}

/// The regions of each country code; 86 has none here. A code has one to three digits.
static REGIONS: LazyLock<Vec<Vec<Region>>> = LazyLock::new(|| {
    let region = |metadata: &phonenumber::Metadata| {
        let all = metadata.descriptors();
        // The general description has a pattern but no lengths.
        let kinds = [
            all.fixed_line(),
            all.mobile(),
            all.toll_free(),
            all.shared_cost(),
            all.voip(),
            all.uan(),
        ];
        let lengths = kinds
            .iter()
            .flatten()
            .flat_map(|kind| kind.possible_length());
        Region {
            lengths: lengths.copied().map(usize::from).collect(),
            pattern: all.general().national_number().as_str().to_owned(),
            compiled: OnceLock::new(),
        }
    };
    let regions = |code: u16| match DATABASE.by_code(&code) {
        Some(all) if code != 86 => all.into_iter().map(region).collect(),
        _ => Vec::new(),
    };
    (0..1000).map(regions).collect()
});

/// National numbers shorter than this are not told from other figures.
const FEWEST: usize = 6;
/// The most digits of an E.164 number.
pub const MOST: usize = 15;

/// The country code that `digits` begin with: its length, and the regions that share it.
fn country(digits: &[u8]) -> Option<(usize, &'static [Region])> {
    (1..=3.min(digits.len())).find_map(|length| {
        let code = digits[..length]
            .iter()
            .fold(0, |n, &d| n * 10 + usize::from(d));
        let regions = REGIONS.get(code)?;
        (!regions.is_empty()).then_some((length, regions.as_slice()))
    })
}

/// Digits of the country code that `digits` begin with.
pub fn code(digits: &[u8]) -> Option<usize> {
    country(digits).map(|(length, _)| length)
}

/// Judges `digits`, a country code and a national number.
pub fn fit(digits: &[u8]) -> Option<Fit> {
    if digits.first() == Some(&0) || digits.len() > MOST {
        return None;
    }
    let (length, regions) = country(digits)?;
    let many = digits.len() - length;
    let mut possible = regions
        .iter()
        .filter(|r| r.lengths.contains(&many))
        .peekable();
    if many < FEWEST || possible.peek().is_none() {
        return None;
    }
    let national = super::shape::spell(&digits[length..]);
    if possible.any(|region| region.is_valid(&national)) {
        Some(Fit::Valid)
    } else {
        Some(Fit::Possible)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_judged_by_the_plan_of_their_country() {
        for (digits, expect) in [
            ("85228374416", Some(Fit::Valid)),
            ("442079460958", Some(Fit::Valid)),
            ("14155552671", Some(Fit::Valid)),
            ("11155552671", Some(Fit::Possible)),
            ("4420794609581", None),
            ("8613926540187", None),
            ("021234567", None),
            ("999123456789", None),
            ("1", None),
            ("", None),
        ] {
            let digits: Vec<u8> = digits.bytes().map(|b| b - b'0').collect();
            assert_eq!(fit(&digits), expect, "{digits:?}");
        }
    }

    #[test]
    fn every_pattern_compiles() {
        assert!(REGIONS.iter().filter(|r| !r.is_empty()).count() > 200);
        for region in REGIONS.iter().flatten() {
            region.is_valid("");
            assert!(matches!(region.compiled.get(), Some(Some(_))));
        }
    }
}
