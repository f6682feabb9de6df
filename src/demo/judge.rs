//! Findings beside the truth: how well networks that were found match the operators that are
//! there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::truth::{Innocent, OperatorId, Truth};
use crate::graph::score;
use crate::text::Table;

/// How found networks compare with the operators. Sites are counted once each; sites that the
/// truth calls neutral or does not know are left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judgement {
    pub operators: usize,
    pub networks: usize,
    /// Spam sites that the crawl could have found, and those of them in any network.
    pub spam_sites: usize,
    pub placed: usize,
    /// B-cubed (Bagga and Baldwin, 1998) over the spam sites and the innocent ones that are in
    /// a network; a site in no network counts as a network of its own.
    pub precision: f64,
    pub recall: f64,
    /// Innocent sites in networks, with what they are.
    pub innocents: Vec<(String, Innocent)>,
    /// Networks that hold sites of several operators.
    pub merged: Vec<Merged>,
    /// Operators whose sites are in several networks.
    pub split: Vec<Split>,
    /// Spam sites in no network.
    pub missed: Vec<String>,
    /// Sites in networks that the truth does not know.
    pub unknown: Vec<String>,
}

/// A network of several hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Merged {
    pub network: String,
    /// Sites of each operator in it.
    pub operators: BTreeMap<OperatorId, usize>,
}

/// One hand in several networks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Split {
    pub operator: OperatorId,
    /// Its sites in each network.
    pub networks: BTreeMap<String, usize>,
}

/// Judges networks, given as id and sites. `seen` says which sites were crawled at all: a spam
/// site that nobody fetched is not held against the graph.
pub fn judge(
    truth: &Truth,
    networks: &[(String, Vec<String>)],
    seen: impl Fn(&str) -> bool,
) -> Judgement {
    let mut network_of: BTreeMap<&str, &str> = BTreeMap::new();
    for (id, sites) in networks {
        for site in sites {
            network_of.entry(site).or_insert(id);
        }
    }
    let mut tally = Tally::default();
    for (site, &operator) in &truth.operator_of {
        let network = network_of.get(site.as_str()).copied();
        if network.is_some() || seen(site) {
            tally.spam(site, operator, network);
        }
    }
    let mut innocents = Vec::new();
    let mut unknown = Vec::new();
    for (&site, &id) in &network_of {
        if let Some(&class) = truth.innocents.get(site) {
            innocents.push((site.to_owned(), class));
            tally.item(site, Class::of(id), Class::alone(site));
        } else if !truth.operator_of.contains_key(site) && !truth.neutral.contains(site) {
            unknown.push(site.to_owned());
        }
    }
    let (precision, recall) = score::b_cubed(&tally.found, &tally.truth);
    Judgement {
        operators: truth.operator_numbers.len(),
        networks: networks.len(),
        spam_sites: tally.spam_sites,
        placed: tally.spam_sites - tally.missed.len(),
        precision,
        recall,
        innocents,
        merged: tally.merged(),
        split: tally.split(),
        missed: tally.missed,
        unknown,
    }
}

/// What has been counted so far.
#[derive(Default)]
struct Tally {
    /// Found cluster, and true category, of each site.
    found: Vec<(String, Class)>,
    truth: Vec<(String, Class)>,
    per_network: BTreeMap<String, BTreeMap<OperatorId, usize>>,
    per_operator: BTreeMap<OperatorId, BTreeMap<String, usize>>,
    missed: Vec<String>,
    spam_sites: usize,
}

impl Tally {
    fn item(&mut self, site: &str, cluster: Class, category: Class) {
        self.found.push((site.to_owned(), cluster));
        self.truth.push((site.to_owned(), category));
    }

    fn spam(&mut self, site: &str, operator: OperatorId, network: Option<&str>) {
        self.spam_sites += 1;
        let category = Class::of(&operator.to_string());
        let Some(id) = network else {
            self.missed.push(site.to_owned());
            self.item(site, Class::alone(site), category);
            return;
        };
        self.item(site, Class::of(id), category);
        let operators = self.per_network.entry(id.to_owned()).or_default();
        *operators.entry(operator).or_default() += 1;
        let networks = self.per_operator.entry(operator).or_default();
        *networks.entry(id.to_owned()).or_default() += 1;
    }

    fn merged(&self) -> Vec<Merged> {
        let several = self.per_network.iter().filter(|(_, o)| o.len() > 1);
        several
            .map(|(network, operators)| Merged {
                network: network.clone(),
                operators: operators.clone(),
            })
            .collect()
    }

    fn split(&self) -> Vec<Split> {
        let several = self.per_operator.iter().filter(|(_, n)| n.len() > 1);
        several
            .map(|(&operator, networks)| Split {
                operator,
                networks: networks.clone(),
            })
            .collect()
    }
}

/// A cluster's or a category's name; what stands alone never equals anything else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Class(bool, String);

impl Class {
    fn of(name: &str) -> Self {
        Class(false, name.to_owned())
    }

    fn alone(site: &str) -> Self {
        Class(true, site.to_owned())
    }
}

impl Judgement {
    /// No innocent site in a network, and no network of two operators.
    pub fn is_clean(&self) -> bool {
        self.innocents.is_empty() && self.merged.is_empty()
    }
}

impl fmt::Display for Judgement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |n: usize| n.to_string();
        let share = |x: f64| format!("{x:.3}");
        let placed = format!("{} of {}", self.placed, self.spam_sites);
        let innocents = self.innocents.iter();
        let innocents: Vec<String> = innocents
            .map(|(site, class)| format!("{site} ({class:?})"))
            .collect();
        let merged: Vec<&str> = self.merged.iter().map(|m| m.network.as_str()).collect();
        let split = self.split.iter();
        let split: Vec<String> = split
            .map(|s| format!("operator {} in {}", s.operator, s.networks.len()))
            .collect();
        let rows = [
            ("operators", count(self.operators), String::new()),
            ("networks found", count(self.networks), String::new()),
            ("spam sites placed", placed, self.missed.join(" ")),
            ("B-cubed precision", share(self.precision), String::new()),
            ("B-cubed recall", share(self.recall), String::new()),
            (
                "innocent sites in networks",
                count(innocents.len()),
                innocents.join(" "),
            ),
            ("merged operators", count(merged.len()), merged.join(" ")),
            ("split operators", count(split.len()), split.join(" ")),
            (
                "sites of no known web",
                count(self.unknown.len()),
                self.unknown.join(" "),
            ),
        ];
        let mut table = Table::new(&["measure", "value", "which"]);
        for (measure, value, which) in rows {
            table.row([measure.to_owned(), value, which]);
        }
        table.fmt(f)
    }
}

/// Area under the ROC curve of scores with their truth (true for spam): the probability that a
/// spam item scores higher than another one, ties counting half (Mann–Whitney U). `None` where
/// one of the classes is empty.
pub fn auc(scores: &[(f64, bool)]) -> Option<f64> {
    let mut sorted: Vec<_> = scores.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut wins, mut positives) = (0_u64, 0.0, 0_u64);
    for tie in sorted.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        let spam = tie.iter().filter(|(_, spam)| *spam).count() as u64;
        let others = tie.len() as u64 - spam;
        wins += (spam * below) as f64 + (spam * others) as f64 / 2.0;
        below += others;
        positives += spam;
    }
    (positives > 0 && below > 0).then(|| wins / (positives * below) as f64)
}

/// The networks that a perfect finding would give, for tests and tables.
pub fn ideal(truth: &Truth) -> Vec<(String, Vec<String>)> {
    let operators: BTreeSet<OperatorId> = truth.operator_of.values().copied().collect();
    operators
        .into_iter()
        .map(|operator| {
            let sites = truth.operator_of.iter().filter(|(_, o)| **o == operator);
            (
                format!("operator {operator}"),
                sites.map(|(site, _)| site.clone()).collect(),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truth() -> Truth {
        let sites = [("a.test", 0), ("b.test", 0), ("c.test", 1), ("d.test", 1)];
        Truth {
            operator_of: sites.map(|(site, o)| (site.to_owned(), o)).into(),
            innocents: [("news.test".to_owned(), Innocent::News)].into(),
            neutral: ["jump.test".to_owned()].into(),
            operator_numbers: vec![Vec::new(), Vec::new()],
            ..Truth::default()
        }
    }

    fn networks(found: &[&[&str]]) -> Vec<(String, Vec<String>)> {
        let sites = |sites: &[&str]| sites.iter().map(|s| (*s).to_owned()).collect();
        let found = found.iter().enumerate();
        found.map(|(i, s)| (format!("n{i}"), sites(s))).collect()
    }

    #[test]
    fn a_perfect_finding_is_perfect() {
        let truth = truth();
        let verdict = judge(&truth, &ideal(&truth), |_| true);
        assert_eq!((verdict.precision, verdict.recall), (1.0, 1.0));
        assert!(verdict.is_clean() && verdict.split.is_empty() && verdict.missed.is_empty());
    }

    #[test]
    fn mistakes_are_named_and_measured() {
        let found = networks(&[
            &["a.test", "b.test", "c.test", "news.test", "jump.test"],
            &["x.test"],
        ]);
        let verdict = judge(&truth(), &found, |_| true);
        // Items: a, b, c and the news in one cluster, d alone.
        let precision = (0.5 + 0.5 + 0.25 + 0.25 + 1.0) / 5.0;
        let recall = (1.0 + 1.0 + 0.5 + 1.0 + 0.5) / 5.0;
        assert!((verdict.precision - precision).abs() < 1e-12, "{verdict:?}");
        assert!((verdict.recall - recall).abs() < 1e-12, "{verdict:?}");
        assert_eq!(
            verdict.innocents,
            [("news.test".to_owned(), Innocent::News)]
        );
        assert_eq!(verdict.merged.len(), 1);
        assert_eq!(verdict.missed, ["d.test"]);
        assert_eq!(verdict.unknown, ["x.test"]);
        assert!(!verdict.is_clean());
        assert!(verdict.to_string().contains("news.test (News)"));
    }

    #[test]
    fn an_operator_in_two_networks_is_split() {
        let found = networks(&[&["a.test"], &["b.test"], &["c.test", "d.test"]]);
        let verdict = judge(&truth(), &found, |_| true);
        assert_eq!((verdict.precision, verdict.recall), (1.0, 0.75));
        assert_eq!(verdict.split[0].operator, 0);
    }

    #[test]
    fn sites_that_nobody_fetched_do_not_count() {
        let found = networks(&[&["a.test", "b.test"]]);
        let verdict = judge(&truth(), &found, |site| {
            site != "c.test" && site != "d.test"
        });
        assert_eq!((verdict.spam_sites, verdict.recall), (2, 1.0));
    }

    #[test]
    fn auc_counts_ties_half() {
        assert_eq!(auc(&[(0.1, false), (0.9, true)]), Some(1.0));
        assert_eq!(auc(&[(0.9, false), (0.1, true)]), Some(0.0));
        assert_eq!(auc(&[(0.5, false), (0.5, true), (0.5, true)]), Some(0.5));
        assert_eq!(auc(&[(0.5, true)]), None);
    }
}
