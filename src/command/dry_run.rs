//! `partyline crawl --dry-run`: what a crawl would begin with, and why. Nothing is fetched, and
//! nothing is written.

use std::process::ExitCode;

use anyhow::Result;
use partyline::config::Config;
use partyline::crawl::{self, guard};
use partyline::state::State;
use partyline::store::Candidate;
use partyline::text::{Table, visible};
use serde::Serialize;

/// Hosts of an unfinished crawl that are told, and URLs of each.
const HOSTS: usize = 1_000;
const URLS: usize = 5;

#[derive(Serialize)]
struct Step<'s> {
    url: &'s str,
    fetch: bool,
    why: String,
}

pub fn run(config: &Config, options: &crawl::Options, seeds: &[Candidate]) -> Result<ExitCode> {
    let state = match config.state.join("ledger.json").exists() {
        true => Some(State::open_existing(&config.state, config.cache)?),
        false => None,
    };
    let mut steps = Vec::new();
    for seed in seeds {
        steps.push(of_seed(options, seed, state.as_ref())?);
    }
    let lanes = match &state {
        Some(state) => state.queue_reader().lanes(0, HOSTS, URLS)?,
        None => Vec::new(),
    };
    for task in lanes.iter().flat_map(|lane| &lane.waiting) {
        steps.push(Step {
            url: &task.url,
            fetch: true,
            why: format!(
                "queued by the unfinished crawl, {} links from a seed",
                task.depth
            ),
        });
    }
    super::print(|out| {
        if config.json {
            for step in &steps {
                writeln!(out, "{}", serde_json::to_string(step)?)?;
            }
            return Ok(());
        }
        let mut table = Table::new(&["fetch", "url", "why"]);
        for step in &steps {
            let fetch = if step.fetch { "yes" } else { "no" };
            table.row([fetch, &visible(step.url), &step.why]);
        }
        write!(out, "{table}")?;
        let queued = state.as_ref().map_or(0, |s| s.meta().queued);
        writeln!(out, "\n{queued} URLs are queued; {}", rules(options))
    })?;
    Ok(ExitCode::SUCCESS)
}

fn of_seed<'s>(
    options: &crawl::Options,
    seed: &'s Candidate,
    state: Option<&State>,
) -> Result<Step<'s>> {
    let refused = url::Url::parse(&seed.url)
        .ok()
        .and_then(|url| guard::check_host(&url).err())
        .filter(|_| !options.fetch.allow_private);
    let known = match state {
        Some(state) => state.knows(&seed.canonical)?,
        None => false,
    };
    let (fetch, why) = match refused {
        Some(refused) => (false, format!("seed, address refused ({})", refused.0)),
        None if known => (false, "seed, fetched or queued before".to_owned()),
        None => (true, "seed".to_owned()),
    };
    Ok(Step {
        url: &seed.url,
        fetch,
        why,
    })
}

/// What else decides, in one line.
fn rules(options: &crawl::Options) -> String {
    let robots = if options.robots { "obeyed" } else { "ignored" };
    format!(
        "robots.txt is {robots}, {} s lie between two requests to a host, domain or address, links are followed {} deep",
        options.politeness.delay.as_secs_f64(),
        options.max_depth
    )
}
