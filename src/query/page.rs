//! Pages, and what is on one.

use std::fmt::Write as _;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::extract::charset::{Charset, Source};
use crate::graph::{Builder, Graph};
use crate::record::Record;
use crate::record::json::{CharsetJson, ServedJson, hex};
use crate::site::CanonicalUrl;
use crate::text::{Table, visible};

use super::nearest::{self, Fingerprint};
use super::{Answer, ROWS, View, day, more, rfc3339, served, unknown};

#[derive(Debug, Serialize)]
struct Line<'a> {
    url: &'a str,
    site: &'a str,
    title: &'a str,
    network: Option<&'a str>,
    fetched_at: String,
    status: u16,
    hotline: f32,
    numbers: Vec<&'a str>,
    brands: Vec<&'a str>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    full: Option<Full<'a>>,
}

#[derive(Debug, Serialize)]
struct Full<'a> {
    reasons: &'a [String],
    phones: &'a [crate::extract::number::NumberFact],
    claims: &'a [crate::extract::brand::Brand],
    identifiers: &'a crate::extract::identifier::Identifiers,
    quotes: &'a crate::extract::identifier::Quotes,
    links_out: Vec<&'a str>,
    text: String,
    skeleton: String,
    dom: Option<String>,
    lines: usize,
    article: Option<String>,
    fingerprints: Vec<Fingerprint>,
    #[serde(flatten)]
    charset: CharsetJson<'a>,
    #[serde(flatten)]
    served: ServedJson<'a>,
}

fn line<'a>(graph: &'a Graph, record: &'a Record) -> Line<'a> {
    let site = graph
        .site(record.site.as_str())
        .map(|s| &graph.sites[s as usize]);
    let network = site
        .and_then(|s| s.network)
        .map(|n| graph.networks[n as usize].id.as_str());
    Line {
        url: &record.url,
        site: record.site.as_str(),
        title: &record.title,
        network,
        fetched_at: rfc3339(record.fetched_at),
        status: record.status,
        hotline: record.hotline.score,
        numbers: record.numbers.iter().map(|n| n.number.as_str()).collect(),
        brands: record.brands.iter().map(|b| b.brand.as_str()).collect(),
        full: None,
    }
}

/// Every page: surest hotlines first.
pub(super) fn all(view: &View<'_>) -> Result<Answer> {
    let mut rows: Vec<(f32, String, String)> = Vec::new();
    let mut answer = Answer::default();
    for record in view.records()? {
        let record = record?;
        let json = Answer::new(&[line(&view.graph, &record)], String::new())?;
        rows.push((
            record.hotline.score,
            record.url.clone(),
            json.lines.concat(),
        ));
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let mut table = Table::new(&["page", "hotline"]);
    for (score, url, _) in rows.iter().take(ROWS) {
        table.row([url.as_str(), &format!("{score:.2}")]);
    }
    answer.text = if rows.is_empty() {
        "no pages\n".to_owned()
    } else {
        table.to_string() + &more(rows.len())
    };
    answer.lines = rows.into_iter().map(|r| r.2).collect();
    Ok(answer)
}

/// The record of a page, by its address. One that is kept but counts for nothing is an error that
/// says where it leads to.
fn find(view: &View<'_>, key: &str) -> Result<Record> {
    let wanted = CanonicalUrl::parse(key).map(|u| u.key());
    for record in view.every_record()? {
        let record = record?;
        let same =
            || wanted.is_some() && CanonicalUrl::parse(&record.url).map(|u| u.key()) == wanted;
        if record.url != key && !same() {
            continue;
        }
        if Builder::counts(&record) {
            return Ok(record);
        }
        let url = visible(&record.url);
        return Err(Error::Failed(match &record.redirect {
            Some(to) => format!(
                "{url} is no page, it leads on: ask for {} instead",
                visible(to)
            ),
            None => format!(
                "{url} answered with status {}, which is no page",
                record.status
            ),
        }));
    }
    Err(unknown("page", key))
}

/// How the page was decoded, and how sure that is.
fn decoded(charset: &Charset) -> String {
    let known_by = match charset.source {
        Source::Bom => "by its byte-order mark",
        Source::Header => "as its header says",
        Source::Meta => "as it says itself",
        Source::Detected => "detected: nothing right was declared",
        Source::Text => "came as characters",
    };
    let but = match charset.malformed {
        true => "; some bytes are no characters of it",
        false => "",
    };
    format!("charset {}, {known_by}{but}", visible(&charset.name))
}

/// One page, by its address.
pub(super) fn one(view: &View<'_>, key: &str) -> Result<Answer> {
    let record = find(view, key)?;
    let prints = &record.prints;
    let full = Full {
        reasons: &record.hotline.reasons,
        phones: &record.numbers,
        claims: &record.brands,
        identifiers: &record.identifiers,
        quotes: &record.quotes,
        links_out: record.links_out.iter().map(|s| s.as_str()).collect(),
        text: hex(prints.text),
        skeleton: hex(prints.skeleton),
        dom: prints.dom.map(hex),
        lines: prints.lines.len(),
        article: prints.article.map(hex),
        fingerprints: nearest::fingerprints(view, &record)?,
        charset: (&record.charset).into(),
        served: record.served_json(),
    };
    let mut out = String::new();
    let _ = writeln!(out, "{}\n{}", visible(&record.url), visible(&record.title));
    let _ = writeln!(
        out,
        "site {}, fetched {}, status {}, hotline {:.2}",
        visible(record.site.as_str()),
        day(record.fetched_at),
        record.status,
        record.hotline.score
    );
    let _ = writeln!(out, "{}", decoded(&record.charset));
    for reason in &record.hotline.reasons {
        let _ = writeln!(out, "  {}", visible(reason));
    }
    let mut numbers = Table::new(&["number", "kind", "times", "written as"]);
    for n in &record.numbers {
        numbers.row([
            n.number.as_str(),
            super::number::kind_name(n.kind),
            &n.count.to_string(),
            &n.raw.join(", "),
        ]);
    }
    let mut brands = Table::new(&["brand", "product", "times"]);
    for b in &record.brands {
        brands.row([
            b.brand.as_str(),
            b.category.as_deref().unwrap_or("-"),
            &b.count.to_string(),
        ]);
    }
    for table in [numbers, brands].iter().filter(|t| !t.is_empty()) {
        let _ = write!(out, "\n{table}");
    }
    out.push_str(&nearest::text(&full.fingerprints));
    out.push_str(&served::text(&record));
    Answer::new(
        &[Line {
            full: Some(full),
            ..line(&view.graph, &record)
        }],
        out,
    )
}
