//! What every graph format shows: sites and numbers, who shows which number, and which sites
//! share what.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{EvidenceKind, Graph};
use crate::query::number::kind_name;
use crate::query::rfc3339;

use super::layout;

/// Nodes in order of kind and name; edges in order of their ends.
#[derive(Debug, Default)]
pub struct Model {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

#[derive(Debug, Clone, Default, PartialEq, serde::Serialize)]
pub struct Node {
    /// `site:agwz.net`, `number:4001865909`.
    pub id: String,
    pub label: String,
    /// `site` or `number`.
    pub kind: &'static str,
    /// Id of its network, or empty.
    pub network: String,
    /// Id of its kit family, or empty.
    pub template: String,
    /// For a site its highest hotline score, for a number the score of its verdict.
    pub score: f64,
    /// Verdict of a number; `hotline` or `background` for a site.
    pub verdict: &'static str,
    /// Kind of a number; empty for a site.
    pub number_kind: &'static str,
    pub pages: u32,
    /// Brands claimed, joined by ` | `.
    pub brands: String,
    /// RFC 3339; empty for a number.
    pub first_seen: String,
    pub last_seen: String,
    /// Where and how to draw it.
    pub x: f64,
    pub y: f64,
    pub size: f64,
    pub color: [u8; 3],
}

/// An undirected edge.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Edge {
    pub source: String,
    pub target: String,
    /// `shows` from a site to a number, `shares` between two sites.
    pub kind: &'static str,
    /// Kinds of evidence, joined by ` | `.
    pub evidence: String,
    /// For `shares` the bits of the evidence; for `shows` those of the number in its network.
    pub bits: f64,
    /// Occurrences for `shows`, pieces of evidence for `shares`.
    pub count: u32,
    pub why: String,
}

impl Edge {
    /// Strength for drawing, at least 1.
    pub fn weight(&self) -> f64 {
        self.bits.max(1.0)
    }
}

impl Model {
    /// The whole graph, or the members of some networks with the numbers that they show.
    pub fn of(graph: &Graph, only: Option<&[u32]>) -> Model {
        let wanted = |network: Option<u32>| match only {
            None => true,
            Some(ids) => network.is_some_and(|n| ids.binary_search(&n).is_ok()),
        };
        let sites: Vec<u32> = (0..graph.sites.len() as u32)
            .filter(|&s| wanted(graph.sites[s as usize].network))
            .collect();
        let numbers: BTreeSet<u32> = sites
            .iter()
            .flat_map(|&s| graph.sites[s as usize].numbers.iter().map(|n| n.number))
            .collect();
        let mut model = Model {
            nodes: sites
                .iter()
                .map(|&s| site_node(graph, s))
                .chain(numbers.iter().map(|&n| number_node(graph, n)))
                .collect(),
            edges: edges(graph, &sites, only),
        };
        layout::place(&mut model.nodes);
        model
    }
}

fn site_id(graph: &Graph, site: u32) -> String {
    format!("site:{}", graph.site_name(site))
}

fn number_id(graph: &Graph, number: u32) -> String {
    format!("number:{}", graph.digits(number))
}

fn network_id(graph: &Graph, network: Option<u32>) -> String {
    network.map_or(String::new(), |n| graph.networks[n as usize].id.clone())
}

fn site_node(graph: &Graph, index: u32) -> Node {
    let site = &graph.sites[index as usize];
    let claims = graph.claims(index);
    let brands: Vec<&str> = claims.iter().take(32).map(|c| c.brand.as_str()).collect();
    Node {
        id: site_id(graph, index),
        label: site.name.clone(),
        kind: "site",
        network: network_id(graph, site.network),
        template: site
            .kit
            .map_or(String::new(), |k| graph.kits[k as usize].id.clone()),
        score: (f64::from(site.hotline) * 1000.0).round() / 1000.0,
        verdict: if site.hot { "hotline" } else { "background" },
        pages: site.pages,
        brands: brands.join(" | "),
        first_seen: rfc3339(site.first_seen),
        last_seen: rfc3339(site.last_seen),
        ..Node::default()
    }
}

fn number_node(graph: &Graph, index: u32) -> Node {
    let number = &graph.numbers[index as usize];
    let verdict = graph.verdict(index);
    Node {
        id: number_id(graph, index),
        label: number.digits.clone(),
        kind: "number",
        network: network_id(graph, number.network),
        score: verdict.score,
        verdict: verdict.answer.as_str(),
        number_kind: kind_name(number.kind),
        pages: number.pages,
        ..Node::default()
    }
}

/// Kind, bits and sentence of a piece of evidence.
type Piece = (EvidenceKind, f64, String);

fn edges(graph: &Graph, sites: &[u32], only: Option<&[u32]>) -> Vec<Edge> {
    let mut edges = Vec::new();
    let mut shared: BTreeMap<(u32, u32), Vec<Piece>> = BTreeMap::new();
    let mut number_bits: BTreeMap<(u32, String), f64> = BTreeMap::new();
    for (index, network) in graph.networks.iter().enumerate() {
        let index = index as u32;
        if only.is_some_and(|ids| ids.binary_search(&index).is_err()) {
            continue;
        }
        for evidence in graph.evidence(network) {
            if evidence.kind == EvidenceKind::Number {
                number_bits.insert((index, evidence.value), evidence.bits);
                continue;
            }
            // A star: all pairs would be quadratic, and say no more.
            for &other in &evidence.sites[1..] {
                let pair = shared.entry((evidence.sites[0], other)).or_default();
                pair.push((evidence.kind, evidence.bits, evidence.why.clone()));
            }
        }
    }
    for &index in sites {
        let site = &graph.sites[index as usize];
        for held in &site.numbers {
            let digits = graph.digits(held.number);
            let bits = site
                .network
                .filter(|_| held.own)
                .and_then(|n| number_bits.get(&(n, digits.to_owned())));
            edges.push(Edge {
                source: site_id(graph, index),
                target: number_id(graph, held.number),
                kind: "shows",
                evidence: "number".into(),
                bits: bits.copied().unwrap_or(0.0),
                count: held.count,
                why: shows(held.own, held.listed).into(),
            });
        }
    }
    for ((a, b), evidence) in shared {
        edges.push(shares(site_id(graph, a), site_id(graph, b), &evidence));
    }
    edges.sort_by(|a, b| (&a.source, &a.target).cmp(&(&b.source, &b.target)));
    edges
}

fn shows(own: bool, listed: bool) -> &'static str {
    match (own, listed) {
        (true, _) => "the site stands behind this number",
        (false, true) => "the site lists this number among many",
        (false, false) => "the site shows this number",
    }
}

/// One edge for all that two sites share, each kind capped.
fn shares(source: String, target: String, evidence: &[Piece]) -> Edge {
    let mut by_kind: BTreeMap<EvidenceKind, f64> = BTreeMap::new();
    for (kind, bits, _) in evidence {
        let sum = by_kind.entry(*kind).or_default();
        *sum = (*sum + bits).min(kind.total_cap());
    }
    let kinds: Vec<&str> = by_kind.keys().map(|k| k.as_str()).collect();
    let strongest = evidence
        .iter()
        .max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.2.cmp(&a.2)));
    Edge {
        source,
        target,
        kind: "shares",
        evidence: kinds.join(" | "),
        bits: (by_kind.values().sum::<f64>() * 10.0).round() / 10.0,
        count: evidence.len() as u32,
        why: strongest.map_or(String::new(), |e| e.2.clone()),
    }
}
