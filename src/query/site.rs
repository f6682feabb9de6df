//! Sites, and their neighbours.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::error::Result;
use crate::graph::verdict::count;
use crate::graph::{Claim, Evidence, Graph};
use crate::site::registrable_domain;
use crate::text::{Table, visible};

use super::network::{EvidenceLine, evidence, evidence_lines};
use super::served::OfSite;
use super::{Answer, ROWS, View, brand_list, day, more, rfc3339, unknown};

#[derive(Debug, Serialize)]
struct Line<'a> {
    site: &'a str,
    network: Option<&'a str>,
    template: Option<&'a str>,
    pages: u32,
    hotline_pages: u32,
    numbers: Vec<&'a str>,
    brands: Vec<String>,
    claims: Vec<Claim>,
    hotline: f32,
    first_seen: String,
    last_seen: String,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    full: Option<Full<'a>>,
}

#[derive(Debug, Serialize)]
struct Full<'a> {
    why: Vec<String>,
    neighbours: Vec<Neighbour<'a>>,
    evidence: Vec<EvidenceLine<'a>>,
    #[serde(flatten)]
    served: OfSite,
}

/// A site of the same network, with the bits that it shares with the one asked about.
#[derive(Debug, Serialize)]
struct Neighbour<'a> {
    site: &'a str,
    bits: f64,
    kinds: Vec<&'static str>,
}

fn line(graph: &Graph, index: u32) -> Line<'_> {
    let site = &graph.sites[index as usize];
    let claims = graph.claims(index);
    Line {
        site: &site.name,
        network: site.network.map(|n| graph.networks[n as usize].id.as_str()),
        template: site.kit.map(|k| graph.kits[k as usize].id.as_str()),
        pages: site.pages,
        hotline_pages: site.hot_pages,
        numbers: site
            .numbers
            .iter()
            .map(|n| graph.digits(n.number))
            .collect(),
        brands: claims.iter().map(|c| c.brand.clone()).collect(),
        claims,
        hotline: site.hotline,
        first_seen: rfc3339(site.first_seen),
        last_seen: rfc3339(site.last_seen),
        full: None,
    }
}

/// A table of sites, in the order given.
pub fn table(graph: &Graph, sites: &[u32]) -> String {
    let mut table = Table::new(&[
        "site",
        "network",
        "pages",
        "hotline",
        "numbers",
        "brands",
        "last seen",
    ]);
    for &index in sites.iter().take(ROWS) {
        let site = &graph.sites[index as usize];
        let mut numbers: Vec<&str> = site
            .numbers
            .iter()
            .take(3)
            .map(|n| graph.digits(n.number))
            .collect();
        if site.numbers.len() > 3 {
            numbers.push("…");
        }
        table.row([
            site.name.as_str(),
            site.network
                .map_or("-", |n| graph.networks[n as usize].id.as_str()),
            &site.pages.to_string(),
            &format!("{:.2}", site.hotline),
            &numbers.join(", "),
            &brand_list(&graph.claims(index)),
            &day(site.last_seen),
        ]);
    }
    table.to_string() + &more(sites.len())
}

/// Every site: members of networks first, then by hotline score and pages.
pub(super) fn all(view: &View<'_>) -> Result<Answer> {
    let graph = &view.graph;
    let mut order: Vec<u32> = (0..graph.sites.len() as u32).collect();
    order.sort_by(|&a, &b| {
        let (x, y) = (&graph.sites[a as usize], &graph.sites[b as usize]);
        let rank = |n: Option<u32>| n.unwrap_or(u32::MAX);
        rank(x.network)
            .cmp(&rank(y.network))
            .then(y.hotline.total_cmp(&x.hotline))
            .then((Reverse(x.pages), a).cmp(&(Reverse(y.pages), b)))
    });
    let lines: Vec<Line> = order.iter().map(|&s| line(graph, s)).collect();
    let text = if order.is_empty() {
        "no sites\n".to_owned()
    } else {
        table(graph, &order)
    };
    Answer::new(&lines, text)
}

/// The host in a URL, or in what would be one with `http://` before it.
fn host(key: &str) -> Option<String> {
    let url = url::Url::parse(key).or_else(|_| url::Url::parse(&format!("http://{key}")));
    Some(url.ok()?.host_str()?.to_owned())
}

/// One site by name, without regard to case, or by any host or URL of it.
pub(super) fn one(view: &View<'_>, key: &str) -> Result<Answer> {
    let graph = &view.graph;
    let index = graph
        .site(key.trim())
        .or_else(|| graph.site(&host(key)?))
        .or_else(|| graph.site(registrable_domain(&host(key)?)))
        .ok_or_else(|| unknown("site", key))?;
    let site = &graph.sites[index as usize];
    let mut shared: Vec<Evidence> = site
        .network
        .map_or_else(Vec::new, |n| graph.evidence(&graph.networks[n as usize]));
    shared.retain(|e| e.sites.binary_search(&index).is_ok());
    let neighbours = neighbours(graph, index, &shared);
    let mut out = table(graph, &[index]);
    let why = graph.site_reasons(index);
    for reason in &why {
        let _ = writeln!(out, "  {}", visible(reason));
    }
    if let Some(kit) = site.kit {
        let kit = &graph.kits[kit as usize];
        let _ = writeln!(
            out,
            "\ntemplate {}: {}",
            kit.id,
            count(kit.sites.len() as u32, "site")
        );
    }
    if !neighbours.is_empty() {
        let mut table = Table::new(&["neighbour", "bits", "shares"]);
        for neighbour in neighbours.iter().take(20) {
            table.row([
                neighbour.site,
                &format!("{:.1}", neighbour.bits),
                &neighbour.kinds.join(", "),
            ]);
        }
        let _ = write!(out, "\n{table}");
    }
    let _ = write!(out, "\n{}", evidence(graph, &shared));
    let mut pages = Table::new(&["page", "hotline", "title"]);
    let mut found = 0;
    let mut served = OfSite::default();
    for record in view.records()? {
        let record = record?;
        if record.site.as_str() == site.name {
            found += 1;
            served.add(&record);
            if found <= 20 {
                pages.row([
                    &record.url,
                    &format!("{:.2}", record.hotline.score),
                    &visible(&record.title).into_owned(),
                ]);
            }
        }
    }
    let _ = write!(out, "\n{}{pages}", served.text());
    let full = Full {
        why,
        neighbours,
        evidence: evidence_lines(graph, &shared),
        served,
    };
    Answer::new(
        &[Line {
            full: Some(full),
            ..line(graph, index)
        }],
        out,
    )
}

fn neighbours<'a>(graph: &'a Graph, index: u32, shared: &[Evidence]) -> Vec<Neighbour<'a>> {
    let mut found: BTreeMap<u32, (f64, Vec<&'static str>)> = BTreeMap::new();
    for evidence in shared {
        for &other in evidence.sites.iter().filter(|&&s| s != index) {
            let entry = found.entry(other).or_default();
            entry.0 += evidence.bits;
            if !entry.1.contains(&evidence.kind.as_str()) {
                entry.1.push(evidence.kind.as_str());
            }
        }
    }
    let mut found: Vec<Neighbour> = found
        .into_iter()
        .map(|(site, (bits, kinds))| Neighbour {
            site: graph.site_name(site),
            bits: (bits * 10.0).round() / 10.0,
            kinds,
        })
        .collect();
    found.sort_by(|a, b| b.bits.total_cmp(&a.bits).then_with(|| a.site.cmp(b.site)));
    found
}
