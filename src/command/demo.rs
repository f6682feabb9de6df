//! `partyline demo`: a synthetic spam web on loopback, crawled by the real crawler, and what was
//! found beside what is there.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result};
use partyline::Error;
use partyline::config::Config;
use partyline::crawl::{self, fetch, politeness, resolve, seeds};
use partyline::demo::{Options, Web, server, trial};
use partyline::lists::Lists;
use partyline::query::{self, View};
use partyline::state::{Lock, State};

use crate::cli::DemoSize;

pub fn run(config: &Config, seed: u64, size: DemoSize) -> Result<ExitCode> {
    let options = match size {
        DemoSize::Small => Options {
            seed,
            ..Options::small()
        },
        DemoSize::Large => Options {
            seed,
            ..Options::large()
        },
    };
    let web = Arc::new(Web::generate(&options));
    let state = config.state.join("demo");
    fresh(&state)?;
    let lists = Arc::new(lists(&web, &state.join("lists"))?);
    let config = Config {
        state,
        lists,
        ..config.clone()
    };
    let pages = web.pages().count();
    if !config.quiet {
        eprintln!(
            "partyline: {} hosts with {pages} pages, served on loopback",
            web.hosts.len()
        );
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("cannot start the demo's server")?;
    let server = runtime
        .block_on(server::serve(web.clone(), server::Settings::default()))
        .context("cannot listen on 127.0.0.1")?;
    let state = State::open(&config.state, config.cache)?;
    let seeds: Vec<_> = web.seeds.iter().filter_map(|s| seeds::seed(s)).collect();
    let (summary, state, _) = super::crawl::crawl(&config, crawl_options(&server), seeds, state)?;
    let view = super::query::view(&config, &state)?;
    let judgement = trial::networks(&web, &view.graph);
    super::print(|out| {
        if config.json {
            return writeln!(out, "{}", serde_json::to_string(&judgement)?);
        }
        let seconds = summary.elapsed.as_secs_f64();
        writeln!(
            out,
            "{} pages of {} hosts in {seconds:.1} s\n",
            summary.pages, summary.hosts
        )?;
        match query::run(query::Kind::Network, None, &view) {
            Ok(answer) => writeln!(out, "{answer}")?,
            Err(error) => writeln!(out, "{error}")?,
        }
        reasons(&view, out)?;
        writeln!(out, "\nFound beside the truth\n\n{judgement}")?;
        writeln!(
            out,
            "Look further: partyline query network --state {}",
            config.state.display()
        )
    })?;
    Ok(ExitCode::from(summary.exit_code()))
}

/// The demo's shared hosts, and no number that is known before: the graph has to judge by itself. They
/// are kept with the state, so that later questions to it use the same.
fn lists(web: &Web, dir: &Path) -> Result<Lists> {
    let write = |name: &str, text: &str| {
        let path = dir.join(name);
        std::fs::write(&path, text).map_err(|e| Error::write(path, e))
    };
    std::fs::create_dir_all(dir).map_err(|e| Error::write(dir, e))?;
    write("shared-hosts.tsv", &web.shared_hosts_tsv())?;
    write("official-numbers.tsv", "# none\n")?;
    write("spam-numbers.tsv", "# none\n")?;
    Ok(Lists::read(dir)?)
}

/// Every demo starts from nothing. Only what an earlier demo left is taken away.
fn fresh(dir: &Path) -> Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    let is_state = dir.join("ledger.json").exists() && dir.join("lists").exists();
    let is_empty = std::fs::read_dir(dir)
        .map_err(|e| Error::read(dir, e))?
        .next()
        .is_none();
    if !is_state && !is_empty {
        let problem = "is not the state of a demo: delete it yourself, or choose another --state";
        return Err(Error::input(dir, problem).into());
    }
    let _lock = Lock::take(dir)?;
    for name in ["archive", "store", "lists"] {
        gone(&dir.join(name), std::fs::remove_dir_all(dir.join(name)))?;
    }
    for name in ["ledger.json", "crawl.json"] {
        gone(&dir.join(name), std::fs::remove_file(dir.join(name)))?;
    }
    Ok(())
}

fn gone(path: &Path, removed: std::io::Result<()>) -> Result<()> {
    match removed {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::write(path, e).into()),
        _ => Ok(()),
    }
}

fn crawl_options(server: &server::Server) -> crawl::Options {
    let everything = resolve::Override {
        host: "*".into(),
        ip: server.addr.ip(),
        port: Some(server.addr.port()),
    };
    crawl::Options {
        scope: crawl::Scope::Any,
        max_depth: 16,
        politeness: politeness::Settings {
            delay: std::time::Duration::ZERO,
            ..politeness::Settings::default()
        },
        fetch: fetch::Options {
            allow_private: true,
            resolve: vec![everything],
            ..fetch::Options::default()
        },
        ..crawl::Options::default()
    }
}

/// Each network with its three strongest reasons, of three kinds where there are so many.
fn reasons(view: &View<'_>, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    for network in &view.graph.networks {
        writeln!(out, "{}", network.id)?;
        let evidence = view.graph.evidence(network);
        let mut kinds = BTreeSet::new();
        let (first, more): (Vec<_>, Vec<_>) = evidence.iter().partition(|e| kinds.insert(e.kind));
        for evidence in first.into_iter().chain(more).take(3) {
            let why = partyline::text::visible(&evidence.why);
            writeln!(out, "  {:>5.1} bits  {why}", evidence.bits)?;
        }
    }
    Ok(())
}
