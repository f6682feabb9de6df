//! Numbers: the consumer's question "is this the brand's number?" on one screen.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Serialize;

use crate::error::Result;
use crate::extract::number::{self, Kind, Place, e164};
use crate::graph::verdict::{Answer as Call, count};
use crate::graph::{Graph, Verdict};
use crate::record::Record;
use crate::text::{Table, visible};

use super::{Answer, ROWS, View, day, digits_of, more, rfc3339, unknown};

#[derive(Debug, Serialize)]
struct Line<'a> {
    number: &'a str,
    kind: Kind,
    score: f64,
    verdict: Call,
    sites: u32,
    brands: u32,
    pages: u32,
    occurrences: u64,
    network: Option<&'a str>,
    why: &'a [String],
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    full: Option<Full<'a>>,
}

/// What a question about one number adds.
#[derive(Debug, Serialize)]
struct Full<'a> {
    e164: Option<String>,
    forms: Vec<Form>,
    extensions: Vec<String>,
    claimed: Vec<Claimed>,
    found_on: Vec<Spot>,
    #[serde(skip)]
    sites: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
struct Form {
    form: String,
    pages: u32,
}

#[derive(Debug, Serialize)]
struct Claimed {
    brand: String,
    categories: Vec<String>,
    pages: u32,
}

#[derive(Debug, Serialize)]
struct Spot {
    url: String,
    site: String,
    title: String,
    fetched_at: String,
    count: u32,
    #[serde(rename = "where")]
    places: Vec<Place>,
    /// Occurrences, with their byte offset in the decoded page.
    spots: Vec<number::Spot>,
    hotline: f32,
}

/// The contract's name of a kind.
pub fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Shared400 => "400",
        Kind::Free800 => "800",
        Kind::Landline => "landline",
        Kind::Mobile => "mobile",
        Kind::Short => "short",
        Kind::Foreign => "foreign",
    }
}

fn line<'a>(
    graph: &'a Graph,
    index: u32,
    verdict: &'a Verdict,
    full: Option<Full<'a>>,
) -> Line<'a> {
    let number = &graph.numbers[index as usize];
    Line {
        number: &number.digits,
        kind: number.kind,
        score: verdict.score,
        verdict: verdict.answer,
        sites: number.sites,
        brands: number.brands,
        pages: number.pages,
        occurrences: number.count,
        network: number
            .network
            .map(|n| graph.networks[n as usize].id.as_str()),
        why: &verdict.why,
        full,
    }
}

/// Every number: surest spam first, then by sites and pages.
pub(super) fn all(view: &View<'_>) -> Result<Answer> {
    let graph = &view.graph;
    let mut order: Vec<(u32, Verdict)> = (0..graph.numbers.len() as u32)
        .map(|n| (n, graph.verdict(n)))
        .collect();
    order.sort_by(|a, b| {
        let key = |n: u32| {
            (
                Reverse(graph.numbers[n as usize].sites),
                Reverse(graph.numbers[n as usize].pages),
                n,
            )
        };
        b.1.score
            .total_cmp(&a.1.score)
            .then_with(|| key(a.0).cmp(&key(b.0)))
    });
    let mut table = Table::new(&[
        "number", "kind", "verdict", "score", "sites", "pages", "brands", "network", "why",
    ]);
    for (index, verdict) in order.iter().take(ROWS) {
        let number = &graph.numbers[*index as usize];
        table.row([
            number.digits.as_str(),
            kind_name(number.kind),
            verdict.answer.as_str(),
            &format!("{:.2}", verdict.score),
            &number.sites.to_string(),
            &number.pages.to_string(),
            &number.brands.to_string(),
            number
                .network
                .map_or("-", |n| graph.networks[n as usize].id.as_str()),
            verdict.why.first().map_or("", String::as_str),
        ]);
    }
    let text = if order.is_empty() {
        "no numbers\n".to_owned()
    } else {
        table.to_string() + &more(order.len())
    };
    let lines: Vec<Line> = order
        .iter()
        .map(|(n, verdict)| line(graph, *n, verdict, None))
        .collect();
    Answer::new(&lines, text)
}

/// One number, in any form.
pub(super) fn one(view: &View<'_>, key: &str) -> Result<Answer> {
    let graph = &view.graph;
    let digits = digits_of(key);
    let index = graph
        .number(&digits)
        .ok_or_else(|| unknown("number", key))?;
    let verdict = graph.verdict(index);
    let full = gather(view, index)?;
    let text = in_full(graph, index, &verdict, &full);
    Answer::new(&[line(graph, index, &verdict, Some(full))], text)
}

/// More numbers than this on a page that is no hotline page make it a list.
const MANY_NUMBERS: usize = 3;
/// Score from which a page counts as a hotline page.
const HOTLINE: f32 = 0.5;

fn gather<'a>(view: &'a View<'_>, index: u32) -> Result<Full<'a>> {
    let graph = &view.graph;
    let number = &graph.numbers[index as usize];
    let mut forms: BTreeMap<String, u32> = BTreeMap::new();
    let mut extensions = BTreeSet::new();
    let mut claimed: BTreeMap<String, (u32, BTreeSet<String>)> = BTreeMap::new();
    let mut spots = Vec::new();
    for record in view.records()? {
        let record: Record = record?;
        let Some(fact) = record.numbers.iter().find(|n| n.number == number.digits) else {
            continue;
        };
        for raw in &fact.raw {
            *forms.entry(raw.clone()).or_default() += 1;
        }
        extensions.extend(fact.extensions.iter().cloned());
        // The brands of a page that lists many numbers say nothing about this one.
        let lists = record.numbers.len() > MANY_NUMBERS && record.hotline.score < HOTLINE;
        for brand in record.brands.iter().filter(|_| !lists) {
            let entry = claimed.entry(brand.brand.clone()).or_default();
            entry.0 += 1;
            entry
                .1
                .extend(brand.category.iter().chain(&brand.categories).cloned());
        }
        spots.push(Spot {
            count: fact.count,
            places: fact.places.clone(),
            spots: fact.spots.clone(),
            url: record.url,
            site: record.site.0,
            title: record.title,
            fetched_at: rfc3339(record.fetched_at),
            hotline: record.hotline.score,
        });
    }
    spots.sort_by(|a, b| {
        b.hotline
            .total_cmp(&a.hotline)
            .then_with(|| a.url.cmp(&b.url))
    });
    let mut forms: Vec<Form> = forms
        .into_iter()
        .map(|(form, pages)| Form { form, pages })
        .collect();
    forms.sort_by(|a, b| b.pages.cmp(&a.pages).then_with(|| a.form.cmp(&b.form)));
    let mut claimed: Vec<Claimed> = claimed
        .into_iter()
        .map(|(brand, (pages, categories))| Claimed {
            brand,
            categories: categories.into_iter().collect(),
            pages,
        })
        .collect();
    claimed.sort_by(|a, b| b.pages.cmp(&a.pages).then_with(|| a.brand.cmp(&b.brand)));
    Ok(Full {
        e164: e164(&number.digits, number.kind),
        forms,
        extensions: extensions.into_iter().collect(),
        claimed,
        found_on: spots,
        sites: graph
            .sites_of(index)
            .iter()
            .map(|&s| graph.site_name(s))
            .collect(),
    })
}

fn in_full(graph: &Graph, index: u32, verdict: &Verdict, full: &Full<'_>) -> String {
    const FEW: usize = 20;
    let number = &graph.numbers[index as usize];
    let mut out = String::new();
    let answer = match verdict.answer {
        Call::Spam => "SPAM: a hotline of strangers, not the brand's number",
        Call::Official => "OFFICIAL: the brand publishes it itself",
        Call::Shared => "SHARED: shown by many, the hotline of none of them",
        Call::Unknown => "UNKNOWN: too little is known to say",
    };
    let _ = writeln!(
        out,
        "{} ({})  {answer} (score {:.2})",
        number.digits,
        kind_name(number.kind),
        verdict.score
    );
    for why in &verdict.why {
        let _ = writeln!(out, "  {}", visible(why));
    }
    let forms: Vec<String> = full
        .forms
        .iter()
        .take(FEW)
        .map(|f| visible(&f.form).into_owned())
        .collect();
    let _ = writeln!(
        out,
        "\n{} occurrences on {} of {}, with surface forms {}",
        number.count,
        count(number.pages, "page"),
        count(full.sites.len() as u32, "site"),
        forms.join(", ")
    );
    if let Some(network) = number.network {
        let network = &graph.networks[network as usize];
        let _ = writeln!(
            out,
            "network {}: {}",
            network.id,
            count(network.sites.len() as u32, "site")
        );
    }
    if !full.claimed.is_empty() {
        let mut table = Table::new(&["brand claimed", "product", "pages"]);
        for claimed in full.claimed.iter().take(FEW) {
            table.row([
                claimed.brand.as_str(),
                &claimed.categories.join(", "),
                &claimed.pages.to_string(),
            ]);
        }
        let _ = write!(out, "\n{table}");
        let _ = write!(out, "{}", rest(full.claimed.len(), FEW));
    }
    let mut table = Table::new(&["page", "site", "times", "hotline", "seen"]);
    for spot in full.found_on.iter().take(FEW) {
        let seen: String = spot.fetched_at.chars().take(10).collect();
        table.row([
            &spot.url,
            &spot.site,
            &spot.count.to_string(),
            &format!("{:.2}", spot.hotline),
            &seen,
        ]);
    }
    let _ = write!(out, "\n{table}{}", rest(full.found_on.len(), FEW));
    let seen = graph
        .sites_of(index)
        .iter()
        .map(|&s| &graph.sites[s as usize]);
    if let (Some(first), Some(last)) = (
        seen.clone().map(|s| s.first_seen).min(),
        seen.map(|s| s.last_seen).max(),
    ) {
        let _ = writeln!(
            out,
            "\nits sites were seen from {} to {}",
            day(first),
            day(last)
        );
    }
    out
}

fn rest(all: usize, shown: usize) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        n => format!("… and {n} more (--json lists all)\n"),
    }
}
