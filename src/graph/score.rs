//! Measures: when a page counts as a hotline page, and how well found networks fit a truth.

use std::collections::BTreeMap;
use std::hash::Hash;

/// A page is a hotline page from this score on.
pub const HOT: f32 = 0.5;

/// B-cubed precision and recall of a clustering against the truth (A. Bagga and B. Baldwin,
/// "Algorithms for Scoring Coreference Chains", 1998), averaged over the items that both name.
/// Each slice pairs an item with its cluster; give an item that is in no cluster a cluster of
/// its own. `(1, 1)` where there is nothing to compare.
pub fn b_cubed<I, F, T>(found: &[(I, F)], truth: &[(I, T)]) -> (f64, f64)
where
    I: Ord,
    F: Ord + Hash,
    T: Ord + Hash,
{
    let truth: BTreeMap<&I, &T> = truth.iter().map(|(item, class)| (item, class)).collect();
    let both: BTreeMap<&I, (&F, &T)> = found
        .iter()
        .filter_map(|(item, cluster)| Some((item, (cluster, *truth.get(item)?))))
        .collect();
    if both.is_empty() {
        return (1.0, 1.0);
    }
    let mut clusters: BTreeMap<&F, u64> = BTreeMap::new();
    let mut classes: BTreeMap<&T, u64> = BTreeMap::new();
    let mut cells: BTreeMap<(&F, &T), u64> = BTreeMap::new();
    for &(cluster, class) in both.values() {
        *clusters.entry(cluster).or_default() += 1;
        *classes.entry(class).or_default() += 1;
        *cells.entry((cluster, class)).or_default() += 1;
    }
    let (mut precision, mut recall) = (0.0, 0.0);
    for (&(cluster, class), &n) in &cells {
        let square = (n * n) as f64;
        precision += square / clusters[cluster] as f64;
        recall += square / classes[class] as f64;
    }
    let items = both.len() as f64;
    (precision / items, recall / items)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_clusterings_are_perfect_whatever_the_names() {
        let found = [("a", 7), ("b", 7), ("c", 9)];
        let truth = [("a", "x"), ("b", "x"), ("c", "y")];
        assert_eq!(b_cubed(&found, &truth), (1.0, 1.0));
    }

    #[test]
    fn merging_costs_precision_and_splitting_costs_recall() {
        let truth = [("a", 1), ("b", 1), ("c", 2), ("d", 2)];
        let merged = [("a", 0), ("b", 0), ("c", 0), ("d", 0)];
        assert_eq!(b_cubed(&merged, &truth), (0.5, 1.0));
        let split = [("a", 0), ("b", 1), ("c", 2), ("d", 3)];
        assert_eq!(b_cubed(&split, &truth), (1.0, 0.5));
    }

    #[test]
    fn the_example_of_the_paper() {
        // Truth {1..5} {6,7} {8..12}; response {1..5} {6..12}: precision 16/21, recall 1.
        let class = |i: u32| {
            if i <= 5 {
                0
            } else if i <= 7 {
                1
            } else {
                2
            }
        };
        let truth: Vec<(u32, u32)> = (1..=12).map(|i| (i, class(i))).collect();
        let found: Vec<(u32, u32)> = (1..=12).map(|i| (i, u32::from(i > 5))).collect();
        let (precision, recall) = b_cubed(&found, &truth);
        assert!((precision - 16.0 / 21.0).abs() < 1e-12 && recall == 1.0);
    }
}
