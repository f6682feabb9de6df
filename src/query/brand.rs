//! Brands: who claims them, with which numbers.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use crate::error::Result;
use crate::graph::Graph;
use crate::graph::verdict::Answer as Call;
use crate::record::Record;
use crate::text::Table;

use super::{Answer, ROWS, View, more, rfc3339, unknown};

#[derive(Debug, Serialize)]
struct Line<'a> {
    brand: &'a str,
    categories: Vec<&'a str>,
    aliases: Vec<&'a str>,
    pages: u32,
    sites: usize,
    networks: Vec<&'a str>,
    numbers: Vec<&'a str>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    full: Option<Full<'a>>,
}

#[derive(Debug, Serialize)]
struct Full<'a> {
    site_names: Vec<&'a str>,
    verdicts: Vec<NumberLine<'a>>,
    found_on: Vec<Spot<'a>>,
}

#[derive(Debug, Serialize)]
struct NumberLine<'a> {
    number: &'a str,
    verdict: Call,
    score: f64,
    pages: u32,
}

#[derive(Debug, Serialize)]
struct Spot<'a> {
    url: &'a str,
    title: &'a str,
    fetched_at: String,
}

/// What the pages that claim a brand show.
#[derive(Debug, Default)]
struct Claimed {
    categories: BTreeMap<String, u32>,
    aliases: BTreeSet<String>,
    pages: u32,
    sites: BTreeSet<u32>,
    numbers: BTreeMap<u32, u32>,
    /// Address, title and time; filled for one brand only.
    spots: Vec<(String, String, i64)>,
}

/// Goes through the records; `only` restricts to brands that it accepts, and keeps their pages.
fn gather(
    view: &View<'_>,
    only: Option<&dyn Fn(&str) -> bool>,
) -> Result<BTreeMap<String, Claimed>> {
    let graph = &view.graph;
    let mut found: BTreeMap<String, Claimed> = BTreeMap::new();
    for record in view.records()? {
        let record: Record = record?;
        for brand in &record.brands {
            let accepted = |only: &dyn Fn(&str) -> bool| {
                only(&brand.brand) || brand.aliases.iter().any(|a| only(a))
            };
            if only.is_some_and(|only| !accepted(only)) {
                continue;
            }
            let entry = found.entry(brand.brand.clone()).or_default();
            entry.pages += 1;
            entry.sites.extend(graph.site(record.site.as_str()));
            entry.aliases.extend(brand.aliases.iter().cloned());
            for category in brand.category.iter().chain(&brand.categories) {
                *entry.categories.entry(category.clone()).or_default() += 1;
            }
            for number in &record.numbers {
                if let Some(number) = graph.number(&number.number) {
                    *entry.numbers.entry(number).or_default() += 1;
                }
            }
            if only.is_some() {
                entry
                    .spots
                    .push((record.url.clone(), record.title.clone(), record.fetched_at));
            }
        }
    }
    Ok(found)
}

/// The keys of most pages first.
fn by_pages<K: Ord + Clone>(counts: &BTreeMap<K, u32>) -> Vec<K> {
    let mut order: Vec<(&K, &u32)> = counts.iter().collect();
    order.sort_by_key(|(key, pages)| (Reverse(**pages), (*key).clone()));
    order.into_iter().map(|(key, _)| key.clone()).collect()
}

fn line<'a>(graph: &'a Graph, brand: &'a str, claimed: &'a Claimed) -> Line<'a> {
    let networks: BTreeSet<u32> = claimed
        .sites
        .iter()
        .filter_map(|&s| graph.sites[s as usize].network)
        .collect();
    let mut categories: Vec<(&String, &u32)> = claimed.categories.iter().collect();
    categories.sort_by_key(|(noun, pages)| (Reverse(**pages), *noun));
    Line {
        brand,
        categories: categories.iter().map(|c| c.0.as_str()).collect(),
        aliases: claimed.aliases.iter().map(String::as_str).collect(),
        pages: claimed.pages,
        sites: claimed.sites.len(),
        networks: networks
            .iter()
            .map(|&n| graph.networks[n as usize].id.as_str())
            .collect(),
        numbers: by_pages(&claimed.numbers)
            .into_iter()
            .map(|n| graph.digits(n))
            .collect(),
        full: None,
    }
}

fn table(lines: &[Line<'_>]) -> String {
    let mut table = Table::new(&["brand", "product", "pages", "sites", "networks", "numbers"]);
    for line in lines.iter().take(ROWS) {
        let few = |all: &[&str]| {
            let tail = if all.len() > 3 { ", …" } else { "" };
            all.iter().take(3).copied().collect::<Vec<_>>().join(", ") + tail
        };
        table.row([
            line.brand,
            &few(&line.categories),
            &line.pages.to_string(),
            &line.sites.to_string(),
            &few(&line.networks),
            &few(&line.numbers),
        ]);
    }
    table.to_string() + &more(lines.len())
}

/// Every brand: those of most sites and pages first.
pub(super) fn all(view: &View<'_>) -> Result<Answer> {
    let found = gather(view, None)?;
    let mut lines: Vec<Line> = found
        .iter()
        .map(|(brand, c)| line(&view.graph, brand, c))
        .collect();
    lines.sort_by_key(|l| (Reverse(l.sites), Reverse(l.pages), l.brand));
    let text = if lines.is_empty() {
        "no brands\n".to_owned()
    } else {
        table(&lines)
    };
    Answer::new(&lines, text)
}

/// One brand, by name or alias without regard to case; where none is named so, every brand
/// whose name contains the key.
pub(super) fn one(view: &View<'_>, key: &str) -> Result<Answer> {
    let graph = &view.graph;
    let wanted = key.trim().to_lowercase();
    let exact = |name: &str| name.to_lowercase() == wanted;
    let part = |name: &str| name.to_lowercase().contains(&wanted);
    let mut found = gather(view, Some(&exact))?;
    if found.is_empty() && !wanted.is_empty() {
        found = gather(view, Some(&part))?;
    }
    if found.is_empty() {
        return Err(unknown("brand", key));
    }
    found.values_mut().for_each(|c| c.spots.sort());
    let mut lines: Vec<Line> = found
        .iter()
        .map(|(brand, claimed)| Line {
            full: Some(full(graph, claimed)),
            ..line(graph, brand, claimed)
        })
        .collect();
    lines.sort_by_key(|l| (Reverse(l.sites), Reverse(l.pages), l.brand));
    let mut out = table(&lines);
    for line in lines.iter().take(5) {
        let Some(full) = &line.full else { continue };
        let mut numbers = Table::new(&["number", "verdict", "score", "pages"]);
        for n in full.verdicts.iter().take(20) {
            numbers.row([
                n.number,
                n.verdict.as_str(),
                &format!("{:.2}", n.score),
                &n.pages.to_string(),
            ]);
        }
        let mut pages = Table::new(&["page", "title"]);
        full.found_on
            .iter()
            .take(20)
            .for_each(|s| pages.row([s.url, s.title]));
        let _ = write!(
            out,
            "\n{}\n{numbers}\n{pages}",
            crate::text::visible(line.brand)
        );
    }
    Answer::new(&lines, out)
}

fn full<'a>(graph: &'a Graph, claimed: &'a Claimed) -> Full<'a> {
    let number = |&(number, pages): &(u32, u32)| {
        let verdict = graph.verdict(number);
        NumberLine {
            number: graph.digits(number),
            verdict: verdict.answer,
            score: verdict.score,
            pages,
        }
    };
    let order: Vec<(u32, u32)> = by_pages(&claimed.numbers)
        .into_iter()
        .map(|n| (n, claimed.numbers[&n]))
        .collect();
    let spot = |(url, title, at): &'a (String, String, i64)| Spot {
        url,
        title,
        fetched_at: rfc3339(*at),
    };
    Full {
        site_names: claimed.sites.iter().map(|&s| graph.site_name(s)).collect(),
        verdicts: order.iter().map(number).collect(),
        found_on: claimed.spots.iter().map(spot).collect(),
    }
}
