//! `partyline stats`: what the state holds.

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use anyhow::Result;
use partyline::config::Config;
use partyline::record::json::rfc3339;
use partyline::state::State;
use partyline::text::Table;
use serde::Serialize;

#[derive(Default, Serialize)]
struct Stats {
    pages: u64,
    sites: usize,
    numbers: usize,
    brands: usize,
    /// Pages with a hotline score of at least one half.
    hotline_pages: u64,
    redirects: u64,
    queued: u64,
    commits: u64,
    archive_bytes: u64,
    first_seen: Option<String>,
    last_seen: Option<String>,
    origins: BTreeMap<String, u64>,
}

pub fn run(config: &Config) -> Result<ExitCode> {
    let state = State::open_existing(&config.state, config.cache)?;
    let stats = count(&state)?;
    super::print(|out| {
        if config.json {
            return writeln!(out, "{}", serde_json::to_string(&stats)?);
        }
        let mut table = Table::new(&["what", "how much"]);
        let mut row = |what: &str, value: String| table.row([what, value.as_str()]);
        row("pages", stats.pages.to_string());
        for (origin, pages) in &stats.origins {
            row(&format!("  by {origin}"), pages.to_string());
        }
        row("hotline pages", stats.hotline_pages.to_string());
        row("redirects", stats.redirects.to_string());
        row("sites", stats.sites.to_string());
        row("numbers", stats.numbers.to_string());
        row("brands", stats.brands.to_string());
        row("URLs queued", stats.queued.to_string());
        row(
            "archive",
            format!("{:.1} MB", stats.archive_bytes as f64 / 1e6),
        );
        row("first page", stats.first_seen.clone().unwrap_or_default());
        row("last page", stats.last_seen.clone().unwrap_or_default());
        write!(out, "{table}")
    })?;
    Ok(ExitCode::SUCCESS)
}

fn count(state: &State) -> partyline::Result<Stats> {
    let meta = state.meta();
    let mut stats = Stats {
        queued: meta.queued,
        commits: meta.commits,
        ..Stats::default()
    };
    let (mut sites, mut numbers, mut brands) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut first, mut last) = (None::<i64>, None::<i64>);
    for page in state.pages() {
        let record = page?.record;
        stats.pages += 1;
        stats.hotline_pages += u64::from(record.hotline.score >= 0.5);
        stats.redirects += u64::from(record.redirect.is_some());
        let origin = format!("{:?}", record.origin).to_lowercase();
        *stats.origins.entry(origin).or_default() += 1;
        let time = record.fetched_at;
        first = Some(first.map_or(time, |t| t.min(time)));
        last = Some(last.map_or(time, |t| t.max(time)));
        sites.insert(record.site);
        numbers.extend(record.numbers.into_iter().map(|n| n.number));
        brands.extend(record.brands.into_iter().map(|b| b.brand));
    }
    (stats.sites, stats.numbers, stats.brands) = (sites.len(), numbers.len(), brands.len());
    (stats.first_seen, stats.last_seen) = (first.map(rfc3339), last.map(rfc3339));
    stats.archive_bytes = folder_size(&state.archive_dir());
    Ok(stats)
}

fn folder_size(dir: &std::path::Path) -> u64 {
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten();
    files
        .filter_map(|f| f.metadata().ok())
        .map(|m| m.len())
        .sum()
}
