//! `partyline crawl`: flags to options, the progress line, and the closing table.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use partyline::Error;
use partyline::config::Config;
use partyline::crawl::{self, Progress, Stopped, Summary, fetch, politeness, seeds};
use partyline::state::State;
use partyline::text::Table;
use serde::{Deserialize, Serialize};

use super::progress::Line;
use super::tally::Tally;
use crate::cli;

pub fn run(config: &Config, flags: cli::Crawl) -> Result<ExitCode> {
    let options = options(&flags)?;
    let seeds = seeds::read(&flags.seeds)?;
    if !config.quiet {
        for problem in &seeds.problems {
            eprintln!("partyline: skipped {}", partyline::text::visible(problem));
        }
    }
    if seeds.candidates.is_empty() {
        return Err(Error::Failed("no seed is left to crawl from".into()).into());
    }
    if flags.dry_run {
        return super::dry_run::run(config, &options, &seeds.candidates);
    }
    let mut state = State::open(&config.state, config.cache)?;
    state.set_min_free(flags.min_free.saturating_mul(1 << 20));
    let resumed = state.meta().queued;
    let scope = format!("{:?}", flags.scope).to_lowercase();
    same_plan(
        &state,
        &Plan {
            scope,
            allow_private: flags.allow_private,
        },
    )?;
    if resumed > 0 && !config.quiet {
        eprintln!("partyline: going on with {resumed} URLs of an unfinished crawl");
    }
    let (summary, state, networks) = crawl(config, options, seeds.candidates, state)?;
    report(config, &summary, networks, seeds.bad)?;
    nothing_came(config, &summary)?;
    if let Some(problem) = &summary.no_room {
        return Err(Error::NoRoom(problem.clone()).into());
    }
    if summary.stopped == Some(Stopped::NetworkDown) && !config.quiet {
        eprintln!("partyline: no host could be reached: check the seeds and the connection");
    }
    if let Some(pause) = summary.pause.filter(|_| !config.quiet) {
        let minutes = pause.as_secs().div_ceil(60);
        eprintln!("partyline: the servers that are left asked for time: wait {minutes} minutes");
    }
    if summary.stopped.is_some() && !config.quiet {
        eprintln!(
            "partyline: stopped early; the same command goes on from here ({} URLs queued)",
            state.meta().queued
        );
    }
    Ok(ExitCode::from(summary.exit_code()))
}

/// Names the seeds that failed; a run in which nothing else happened has failed too.
fn nothing_came(config: &Config, summary: &Summary) -> Result<()> {
    let failed = &summary.failed_seeds;
    if let Some((url, why)) = failed.first()
        && summary.pages == 0
        && summary.stopped.is_none()
    {
        let more = match summary.failed() {
            0 | 1 => String::new(),
            n => format!(" (and {} more)", n - 1),
        };
        return Err(Error::Failed(format!(
            "no page could be fetched: {url}: {why}{more}: check the seeds and the connection"
        ))
        .into());
    }
    if !config.quiet {
        for (url, why) in failed {
            eprintln!(
                "partyline: no page from seed {}: {why}",
                partyline::text::visible(url)
            );
        }
    }
    Ok(())
}

/// Crawls with a progress line; also says how many networks there are among the pages of this run.
/// Those of earlier runs are not read: what a run takes must not grow with them.
pub fn crawl(
    config: &Config,
    options: crawl::Options,
    seeds: Vec<partyline::store::Candidate>,
    state: State,
) -> Result<(Summary, State, usize)> {
    let mut line = Line::start(config);
    let mut tally = Tally::new(&config.lists);
    let mut observe = |seen: crawl::Seen<'_>| match seen {
        crawl::Seen::Page(record) => tally.add(record),
        crawl::Seen::Progress(progress) => line.show(|| message(progress, tally.networks())),
    };
    let (summary, state) = crawl::crawl(options, seeds, state, config.lists.clone(), &mut observe)?;
    line.clear();
    Ok((summary, state, tally.last()))
}

fn message(p: &Progress, networks: usize) -> String {
    format!(
        "{} pages  {:.0}/s  {} queued  {} hosts in back-off  {} sites  {} numbers  {networks} networks  {} failed{}",
        p.pages,
        p.rate,
        p.queued,
        p.troubled,
        p.sites,
        p.numbers,
        p.failed,
        match p.yielded {
            Some(yielded) => format!("  {yielded:.0} new in 100 pages"),
            None => String::new(),
        }
    )
}

fn options(flags: &cli::Crawl) -> Result<crawl::Options> {
    let usage = |flag: &str, problem: String| Error::Usage(format!("{flag} {problem}"));
    if !(0.0..=3600.0).contains(&flags.delay) {
        let problem = format!("{}: expected seconds from 0 to 3600", flags.delay);
        return Err(usage("--delay", problem).into());
    }
    if flags.concurrency == 0 {
        return Err(usage("--concurrency", "0: expected at least 1".into()).into());
    }
    let nameless = |agent: &String| agent.trim().is_empty();
    if flags.user_agent.as_ref().is_some_and(nameless) {
        return Err(usage(
            "--user-agent:",
            "name yourself, and a way to reach you".into(),
        )
        .into());
    }
    let schemes = ["http://", "https://", "socks5://", "socks5h://"];
    if let Some(proxy) = &flags.proxy
        && !schemes.iter().any(|scheme| proxy.starts_with(scheme))
    {
        // Never the address itself in the message: it may hold a password.
        let problem = format!(
            "expected an address that begins with {}",
            schemes.join(", ")
        );
        return Err(usage("--proxy:", problem).into());
    }
    let resolve = flags
        .resolve
        .iter()
        .map(|r| r.parse())
        .collect::<Result<_, String>>();
    let mut options = crawl::Options {
        scope: match flags.scope {
            cli::Scope::Site => crawl::Scope::Site,
            cli::Scope::Hotline => crawl::Scope::Hotline,
            cli::Scope::Any => crawl::Scope::Any,
        },
        max_depth: flags.max_depth,
        max_pages: flags.max_pages,
        time_limit: flags.time_limit.as_deref().map(duration).transpose()?,
        concurrency: flags.concurrency.min(4096),
        robots: flags.robots == cli::Robots::Obey,
        order: match flags.order {
            cli::Order::Focused => crawl::Order::Focused,
            cli::Order::Fair => crawl::Order::Fair,
            cli::Order::Breadth => crawl::Order::Breadth,
        },
        stop_when_yield_below: flags.stop_when_yield_below,
        network_budget: flags.network_budget,
        sitemaps: match flags.sitemaps {
            cli::Sitemaps::Off => crawl::Sitemaps::Off,
            cli::Sitemaps::Named => crawl::Sitemaps::Named,
            cli::Sitemaps::Guess => crawl::Sitemaps::Guess,
        },
        profiles: flags.profiles,
        politeness: politeness::Settings {
            delay: Duration::from_secs_f64(flags.delay),
            ..politeness::Settings::default()
        },
        fetch: fetch::Options {
            proxy: flags.proxy.clone(),
            resolve: resolve.map_err(|e| usage("--resolve", e))?,
            insecure: flags.insecure,
            allow_private: flags.allow_private,
            ..fetch::Options::default()
        },
        ..crawl::Options::default()
    };
    if let Some(agent) = &flags.user_agent {
        options.fetch.user_agent.clone_from(agent);
    }
    Ok(options)
}

/// `90s`, `30m`, `1h 30m`.
fn duration(text: &str) -> Result<Duration> {
    let parsed = text.parse::<jiff::SignedDuration>().ok();
    let parsed = parsed
        .and_then(|d| Duration::try_from(d).ok())
        .filter(|d| !d.is_zero());
    parsed.ok_or_else(|| {
        Error::Usage(format!(
            "--time-limit {text}: expected a time such as 90s, 30m or 2h"
        ))
        .into()
    })
}

/// What a crawl has to keep to when it is resumed: the queue was chosen by it.
#[derive(Serialize, Deserialize, PartialEq)]
struct Plan {
    scope: String,
    allow_private: bool,
}

/// Refuses to go on with an unfinished crawl under other rules: they would work off its queue
/// without a page, or lead it where it was not meant to go.
fn same_plan(state: &State, plan: &Plan) -> Result<()> {
    let path = state.dir().join("crawl.json");
    if state.meta().queued > 0
        && let Some(earlier) = read_plan(&path)
        && earlier != *plan
    {
        let private = if earlier.allow_private {
            "with"
        } else {
            "without"
        };
        return Err(Error::Usage(format!(
            "{} holds an unfinished crawl with --scope {} and {private} --allow-private ({} URLs queued): go on with those flags, or use another --state",
            state.dir().display(),
            earlier.scope,
            state.meta().queued
        ))
        .into());
    }
    let text = serde_json::to_string(plan)?;
    std::fs::write(&path, text + "\n").map_err(|e| Error::write(&path, e))?;
    Ok(())
}

fn read_plan(path: &Path) -> Option<Plan> {
    serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
}

#[derive(Serialize)]
struct SummaryJson {
    pages: u64,
    new: u64,
    redirects: u64,
    bytes: u64,
    truncated: u64,
    sites: u64,
    numbers: u64,
    networks: usize,
    hosts: u64,
    failed: u64,
    failures: std::collections::BTreeMap<String, u64>,
    traps: u64,
    over_budget: u64,
    sitemaps: u64,
    visited_as_others: u64,
    cloaked: u64,
    cloaked_pages: Vec<String>,
    retries: u64,
    bad_seeds: u64,
    queued: u64,
    seconds: f64,
    stopped: Option<&'static str>,
}

fn report(config: &Config, s: &Summary, networks: usize, bad_seeds: u64) -> Result<()> {
    let json = SummaryJson {
        pages: s.pages,
        new: s.new,
        redirects: s.redirects,
        bytes: s.bytes,
        truncated: s.truncated,
        sites: s.sites,
        numbers: s.numbers,
        networks,
        hosts: s.hosts,
        failed: s.failed(),
        failures: s
            .failures
            .iter()
            .map(|(why, n)| (why.to_string(), *n))
            .collect(),
        traps: s.traps,
        over_budget: s.over_budget,
        sitemaps: s.sitemaps,
        visited_as_others: s.visited,
        cloaked: s.cloaked,
        cloaked_pages: s.cloaked_pages.clone(),
        retries: s.retries,
        bad_seeds,
        queued: s.remaining,
        seconds: (s.elapsed.as_secs_f64() * 1000.0).round() / 1000.0,
        stopped: s.stopped.map(|stopped| match stopped {
            Stopped::Interrupted => "interrupted",
            Stopped::TimeLimit => "time limit",
            Stopped::MaxPages => "page limit",
            Stopped::NetworkDown => "network down",
            Stopped::YieldGone => "yield below --stop-when-yield-below",
            Stopped::DiskFull => "disk full",
            Stopped::Waiting => "servers asked for time",
        }),
    };
    super::print(|out| {
        if config.json {
            return writeln!(out, "{}", serde_json::to_string(&json)?);
        }
        write!(out, "{}", table(&json))
    })
}

fn table(s: &SummaryJson) -> Table {
    let mut table = Table::new(&["crawl", ""]);
    let mut row = |what: &str, value: String| table.row([what, value.as_str()]);
    let rate = s.pages as f64 / s.seconds.max(0.001);
    row(
        "pages",
        format!("{} in {:.1} s ({rate:.0}/s)", s.pages, s.seconds),
    );
    row("  new", s.new.to_string());
    row("  redirects", s.redirects.to_string());
    row("bytes", format!("{:.1} MB", s.bytes as f64 / 1e6));
    row("hosts, sites", format!("{}, {}", s.hosts, s.sites));
    row("numbers", s.numbers.to_string());
    row("networks, by numbers alone", s.networks.to_string());
    row("no page", s.failed.to_string());
    for (why, count) in &s.failures {
        row(&format!("  {why}"), count.to_string());
    }
    row("links into traps, not followed", s.traps.to_string());
    row(
        "links beyond a site's budget, not followed",
        s.over_budget.to_string(),
    );
    row("retries", s.retries.to_string());
    if s.sitemaps > 0 {
        row("sitemaps read", s.sitemaps.to_string());
    }
    if s.visited_as_others > 0 {
        row(
            "pages seen as other visitors",
            s.visited_as_others.to_string(),
        );
        row("  shown otherwise to them", s.cloaked.to_string());
        for url in &s.cloaked_pages {
            row("", partyline::text::visible(url).into_owned());
        }
    }
    if s.bad_seeds > 0 {
        row("seed lines skipped", s.bad_seeds.to_string());
    }
    row("URLs still queued", s.queued.to_string());
    if let Some(stopped) = s.stopped {
        row("stopped by", stopped.to_owned());
    }
    table
}
