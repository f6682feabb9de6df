//! Brands that two groups of sites both claim, against what chance would have them share.
//!
//! An operator has a list of brands, and draws from it on all of its sites. Lists may be sold with
//! kits, so this supports what shows a hand and is never enough.

use super::core::Cores;
use super::facts::Facts;

/// No more bits than this.
const CAP: f64 = 4.0;
/// Sites of a group, and brands claimed on them, that are looked at.
const SITES: usize = 64;
const BRANDS: usize = 256;

/// How common each brand is among the claims of hotline sites.
pub(super) struct Common {
    sites: Vec<u32>,
    total: f64,
}

impl Common {
    pub fn of(facts: &Facts) -> Common {
        let mut sites = vec![0u32; facts.brands.len()];
        for site in facts.sites.iter().filter(|s| s.hot) {
            let brands = site.brands.chunk_by(|a, b| a.0.0 == b.0.0);
            brands.for_each(|claims| sites[claims[0].0.0 as usize] += 1);
        }
        let total = sites.iter().map(|&n| f64::from(n)).sum();
        Common { sites, total }
    }

    /// What the two claim in common.
    pub fn of_both(&self, facts: &Facts, cores: &Cores, a: u32, b: u32) -> InCommon {
        let (left, right) = (claimed(facts, cores, a), claimed(facts, cores, b));
        let shared = left.iter().filter(|b| right.binary_search(b).is_ok());
        let brands: Vec<u32> = shared.copied().collect();
        // That one of so many draws from all claims is this brand.
        let drawn = |brand: &u32| {
            let part = f64::from(self.sites[*brand as usize]) / self.total.max(1.0);
            1.0 - (1.0 - part).powi(right.len() as i32)
        };
        let expected = left.iter().map(drawn).sum();
        InCommon {
            bits: surprise(brands.len() as f64, expected).min(CAP),
            brands,
            expected,
        }
    }
}

/// Brands that two groups both claim.
pub(super) struct InCommon {
    pub bits: f64,
    pub brands: Vec<u32>,
    /// How many chance would have both claim.
    pub expected: f64,
}

/// Bits of seeing `seen` where `expected` were to be seen by chance: log2 of how much more likely
/// that number is for a Poisson variable with the seen mean than for one with the expected.
fn surprise(seen: f64, expected: f64) -> f64 {
    if seen <= expected || expected <= 0.0 {
        return 0.0;
    }
    (seen * (seen / expected).ln() - (seen - expected)) / std::f64::consts::LN_2
}

/// The brands claimed on the sites of a core, in order.
fn claimed(facts: &Facts, cores: &Cores, core: u32) -> Vec<u32> {
    let sites = cores.members[core as usize].iter().take(SITES);
    let claims = sites.flat_map(|&s| facts.sites[s as usize].brands.iter().take(BRANDS));
    let mut brands: Vec<u32> = claims.map(|c| c.0.0).collect();
    brands.sort_unstable();
    brands.dedup();
    brands.truncate(BRANDS);
    brands
}

#[cfg(test)]
mod tests {
    use super::surprise;

    #[test]
    fn what_chance_explains_is_no_surprise() {
        assert_eq!(surprise(2.0, 2.0), 0.0);
        assert_eq!(surprise(1.0, 2.0), 0.0);
        assert_eq!(surprise(0.0, 0.0), 0.0);
        let five = surprise(5.0, 0.8);
        assert!((five - 7.16).abs() < 0.01, "{five}");
        assert!(surprise(3.0, 0.8) < five);
    }
}
