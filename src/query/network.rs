//! Networks: sites run by one hand.

use std::fmt::Write as _;

use serde::Serialize;

use crate::error::Result;
use crate::graph::verdict::count;
use crate::graph::{Claim, Evidence, Graph, Network};
use crate::text::{Table, visible};

use super::{Answer, ROWS, View, brand_list, day, digits_of, more, rfc3339, unknown};

#[derive(Debug, Serialize)]
struct Line<'a> {
    network: &'a str,
    /// Ids that it has had.
    aliases: &'a [String],
    sites: Vec<&'a str>,
    numbers: Vec<&'a str>,
    brands: Vec<&'a str>,
    /// The brands with the product nouns claimed for each.
    claims: &'a [Claim],
    templates: Vec<&'a str>,
    pages: u32,
    score: f64,
    reasons: &'a [String],
    first_seen: String,
    last_seen: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Vec<EvidenceLine<'a>>>,
}

/// A piece of evidence as the contract shows it.
#[derive(Debug, Serialize)]
pub(super) struct EvidenceLine<'a> {
    pub kind: &'static str,
    pub value: String,
    pub sites: Vec<&'a str>,
    pub bits: f64,
    pub why: String,
}

pub(super) fn evidence_lines<'a>(graph: &'a Graph, evidence: &[Evidence]) -> Vec<EvidenceLine<'a>> {
    let line = |e: &Evidence| EvidenceLine {
        kind: e.kind.as_str(),
        value: e.value.clone(),
        sites: e.sites.iter().map(|&s| graph.site_name(s)).collect(),
        bits: e.bits,
        why: e.why.clone(),
    };
    evidence.iter().map(line).collect()
}

fn line<'a>(graph: &'a Graph, network: &'a Network, shared: Option<&[Evidence]>) -> Line<'a> {
    Line {
        network: &network.id,
        aliases: &network.aliases,
        sites: network.sites.iter().map(|&s| graph.site_name(s)).collect(),
        numbers: network.numbers.iter().map(|&n| graph.digits(n)).collect(),
        brands: network.brands.iter().map(|c| c.brand.as_str()).collect(),
        claims: &network.brands,
        templates: network
            .kits
            .iter()
            .map(|&k| graph.kits[k as usize].id.as_str())
            .collect(),
        pages: network.pages,
        score: network.score,
        reasons: &network.reasons,
        first_seen: rfc3339(network.first_seen),
        last_seen: rfc3339(network.last_seen),
        evidence: shared.map(|all| evidence_lines(graph, all)),
    }
}

/// A table of networks, as `query network` and the demo print it.
pub fn table<'a>(graph: &Graph, networks: impl Iterator<Item = &'a Network>) -> Table {
    let mut table = Table::new(&[
        "network",
        "sites",
        "pages",
        "numbers",
        "brands",
        "score",
        "first seen",
        "last seen",
    ]);
    for network in networks {
        let mut numbers: Vec<&str> = network
            .numbers
            .iter()
            .take(3)
            .map(|&n| graph.digits(n))
            .collect();
        let all = format!("… {} in all", network.numbers.len());
        if network.numbers.len() > 3 {
            numbers.push(&all);
        }
        table.row([
            network.id.clone(),
            network.sites.len().to_string(),
            network.pages.to_string(),
            numbers.join(", "),
            brand_list(&network.brands),
            format!("{:.2}", network.score),
            day(network.first_seen),
            day(network.last_seen),
        ]);
    }
    table
}

/// Every network.
pub(super) fn all(view: &View<'_>) -> Result<Answer> {
    let graph = &view.graph;
    let lines: Vec<Line> = graph
        .networks
        .iter()
        .map(|n| line(graph, n, None))
        .collect();
    let text = if lines.is_empty() {
        format!(
            "no networks: {} on {}\n",
            count(graph.pages as u32, "page"),
            count(graph.sites.len() as u32, "site")
        )
    } else {
        table(graph, graph.networks.iter().take(ROWS)).to_string() + &more(lines.len())
    };
    Answer::new(&lines, text)
}

/// One network, by its id, or by a site or number that belongs to it.
pub(super) fn one(view: &View<'_>, key: &str) -> Result<Answer> {
    let graph = &view.graph;
    let of_site = || {
        graph
            .site(key)
            .and_then(|s| graph.sites[s as usize].network)
    };
    let of_number = || {
        graph
            .number(&digits_of(key))
            .and_then(|n| graph.numbers[n as usize].network)
    };
    let index = graph
        .network(&key.to_lowercase())
        .or_else(of_site)
        .or_else(of_number);
    let network = &graph.networks[index.ok_or_else(|| unknown("network", key))? as usize];
    let shared = graph.evidence(network);
    let text = in_full(graph, network, &shared);
    Answer::new(&[line(graph, network, Some(&shared))], text)
}

fn in_full(graph: &Graph, network: &Network, shared: &[Evidence]) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "network {}: {}, {}, score {:.2}, {} to {}",
        network.id,
        count(network.sites.len() as u32, "site"),
        count(network.pages, "page"),
        network.score,
        day(network.first_seen),
        day(network.last_seen)
    );
    for reason in &network.reasons {
        let _ = writeln!(out, "  {}", visible(reason));
    }
    let mut numbers = Table::new(&["number", "kind", "verdict", "score", "sites", "pages"]);
    for &number in network.numbers.iter().take(ROWS) {
        let node = &graph.numbers[number as usize];
        let verdict = graph.verdict(number);
        numbers.row([
            node.digits.as_str(),
            super::number::kind_name(node.kind),
            verdict.answer.as_str(),
            &format!("{:.2}", verdict.score),
            &node.sites.to_string(),
            &node.pages.to_string(),
        ]);
    }
    let mut brands = Table::new(&["brand", "product"]);
    for claim in network.brands.iter().take(ROWS) {
        brands.row([claim.brand.as_str(), &claim.categories.join(", ")]);
    }
    let _ = write!(
        out,
        "\n{numbers}{}\n{brands}{}\n",
        more(network.numbers.len()),
        more(network.brands.len())
    );
    if !network.kits.is_empty() {
        let kits: Vec<&str> = network
            .kits
            .iter()
            .map(|&k| graph.kits[k as usize].id.as_str())
            .collect();
        let _ = writeln!(out, "templates: {}\n", kits.join(", "));
    }
    let _ = write!(
        out,
        "{}\n{}",
        super::site::table(graph, &network.sites),
        evidence(graph, shared)
    );
    out
}

/// Evidence for people: each with its sentence, and where it holds.
pub(super) fn evidence(graph: &Graph, all: &[Evidence]) -> String {
    let mut table = Table::new(&["bits", "evidence", "value", "sites"]);
    let mut out = String::new();
    for (rank, evidence) in all.iter().enumerate() {
        let names: Vec<&str> = evidence
            .sites
            .iter()
            .take(3)
            .map(|&s| graph.site_name(s))
            .collect();
        let rest = evidence.sites.len().saturating_sub(3);
        let tail = if rest > 0 {
            format!(" and {rest} more")
        } else {
            String::new()
        };
        if rank < 3 {
            let _ = writeln!(
                out,
                "{}. {} {}: {}",
                rank + 1,
                evidence.kind.as_str(),
                visible(&evidence.value),
                evidence.why
            );
        }
        table.row([
            format!("{:.1}", evidence.bits),
            evidence.kind.as_str().to_owned(),
            evidence.value.clone(),
            format!("{}{tail}", names.join(", ")),
        ]);
    }
    if all.is_empty() {
        out
    } else {
        format!("{out}\n{table}")
    }
}
