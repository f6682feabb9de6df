//! What tells an honest firm from who runs throwaway sites: it sits somewhere, and says where.

use crate::extract::number::Kind;

use super::{NumberNode, SiteNumber};

/// A firm has a few numbers; a site with more is none, or is not looked at further.
const FIRM_NUMBERS: usize = 64;

/// Its pages show a landline that no other site shows, lists of numbers aside, beside whatever
/// else they show. Numbers that an operator rents take turns instead, and ring anywhere.
pub(super) fn is_settled(shown: &[SiteNumber], pages: u32, numbers: &[NumberNode]) -> bool {
    let node = |held: &SiteNumber| &numbers[held.number as usize];
    let dialled = |held: &&SiteNumber| !held.listed && node(held).kind != Kind::Short;
    let few = shown.iter().take(FIRM_NUMBERS);
    few.clone().filter(dialled).any(|line| {
        let of_line = node(line);
        let only_here = of_line.sites == of_line.listing_sites + 1;
        if of_line.kind != Kind::Landline || !only_here {
            return false;
        }
        let usual = line.pages.saturating_mul(2) >= pages;
        let others = few.clone().filter(dialled);
        let others = others.filter(|other| other.number != line.number);
        match others.map(|other| other.pages).max() {
            // More pages than there are: both stand on some of them. One may be an index.
            Some(most) => line.together || usual && line.pages.saturating_add(most) > pages + 1,
            None => usual,
        }
    })
}

/// A number that stands on its pages but once, as a rule, is not pushed: who lives on calls from
/// throwaway pages repeats it.
pub(super) fn is_quiet(times: u32, pages: u32) -> bool {
    times.saturating_mul(2) < pages.saturating_mul(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A site of ten pages with numbers that stand on so many of them.
    fn settled(shown: &[(Kind, u32)], sites: u32, listing_sites: u32) -> bool {
        let numbers: Vec<NumberNode> = shown
            .iter()
            .map(|&(kind, _)| NumberNode {
                kind,
                sites,
                listing_sites,
                ..NumberNode::default()
            })
            .collect();
        let held = |(number, &(_, pages)): (usize, &(Kind, u32))| SiteNumber {
            number: number as u32,
            pages,
            ..SiteNumber::default()
        };
        let shown: Vec<SiteNumber> = shown.iter().enumerate().map(held).collect();
        is_settled(&shown, 10, &numbers)
    }

    #[test]
    fn a_landline_beside_the_hotline_is_a_firms() {
        let both = [(Kind::Shared400, 9), (Kind::Landline, 8)];
        assert!(settled(&both, 1, 0));
        assert!(settled(&both, 3, 2), "directories list it");
        assert!(!settled(&both, 2, 0), "another site shows it");
        assert!(settled(&[(Kind::Landline, 10)], 1, 0));
        assert!(!settled(&[(Kind::Landline, 4)], 1, 0), "on few pages");
        assert!(!settled(&[(Kind::Mobile, 10)], 1, 0));
    }

    #[test]
    fn a_number_that_is_repeated_is_not_quiet() {
        assert!(is_quiet(5, 5) && is_quiet(7, 5));
        assert!(!is_quiet(8, 5) && !is_quiet(0, 0));
    }

    #[test]
    fn a_landline_that_takes_turns_with_the_hotline_is_no_firms() {
        let turns = [(Kind::Shared400, 5), (Kind::Landline, 6)];
        assert!(!settled(&turns, 1, 0));
    }
}
