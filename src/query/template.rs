//! Kit families: sites made by one generator, whoever runs them.

use std::fmt::Write as _;

use serde::Serialize;

use crate::error::Result;
use crate::graph::verdict::count;
use crate::graph::{Evidence, Graph, Kit};
use crate::text::Table;

use super::network::{EvidenceLine, evidence, evidence_lines};
use super::{Answer, ROWS, View, brand_list, day, more, rfc3339, unknown};

#[derive(Debug, Serialize)]
struct Line<'a> {
    template: &'a str,
    sites: Vec<&'a str>,
    networks: Vec<&'a str>,
    numbers: Vec<&'a str>,
    brands: Vec<&'a str>,
    pages: u32,
    first_seen: String,
    last_seen: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<Vec<EvidenceLine<'a>>>,
}

fn line<'a>(graph: &'a Graph, kit: &'a Kit, shared: Option<&[Evidence]>) -> Line<'a> {
    Line {
        template: &kit.id,
        sites: kit.sites.iter().map(|&s| graph.site_name(s)).collect(),
        networks: kit
            .networks
            .iter()
            .map(|&n| graph.networks[n as usize].id.as_str())
            .collect(),
        numbers: kit.numbers.iter().map(|&n| graph.digits(n)).collect(),
        brands: kit.brands.iter().map(|c| c.brand.as_str()).collect(),
        pages: kit.pages,
        first_seen: rfc3339(kit.first_seen),
        last_seen: rfc3339(kit.last_seen),
        evidence: shared.map(|all| evidence_lines(graph, all)),
    }
}

fn table<'a>(kits: impl Iterator<Item = &'a Kit>) -> Table {
    let mut table = Table::new(&[
        "template",
        "sites",
        "pages",
        "networks",
        "numbers",
        "brands",
        "first seen",
        "last seen",
    ]);
    for kit in kits {
        table.row([
            kit.id.clone(),
            kit.sites.len().to_string(),
            kit.pages.to_string(),
            kit.networks.len().to_string(),
            kit.numbers.len().to_string(),
            brand_list(&kit.brands),
            day(kit.first_seen),
            day(kit.last_seen),
        ]);
    }
    table
}

/// Every family.
pub(super) fn all(view: &View<'_>) -> Result<Answer> {
    let graph = &view.graph;
    let lines: Vec<Line> = graph.kits.iter().map(|k| line(graph, k, None)).collect();
    let text = if lines.is_empty() {
        "no templates: no two hotline sites share one\n".to_owned()
    } else {
        table(graph.kits.iter().take(ROWS)).to_string() + &more(lines.len())
    };
    Answer::new(&lines, text)
}

/// One family, by its id or by a site made with it.
pub(super) fn one(view: &View<'_>, key: &str) -> Result<Answer> {
    let graph = &view.graph;
    let by_id = graph
        .kits
        .iter()
        .position(|k| k.id.eq_ignore_ascii_case(key))
        .map(|k| k as u32);
    let of_site = || graph.site(key).and_then(|s| graph.sites[s as usize].kit);
    let index = by_id
        .or_else(of_site)
        .ok_or_else(|| unknown("template", key))?;
    let kit = &graph.kits[index as usize];
    let shared = graph.kit_evidence(kit);
    let mut out = table(std::iter::once(kit)).to_string();
    let networks: Vec<&str> = kit
        .networks
        .iter()
        .map(|&n| graph.networks[n as usize].id.as_str())
        .collect();
    let _ = writeln!(
        out,
        "\n{} use it: {}",
        count(networks.len() as u32, "network"),
        networks.join(", ")
    );
    let _ = write!(
        out,
        "\n{}\n{}",
        super::site::table(graph, &kit.sites),
        evidence(graph, &shared)
    );
    Answer::new(&[line(graph, kit, Some(&shared))], out)
}
