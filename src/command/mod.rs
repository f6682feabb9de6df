//! One thin file a command: settings in, library called, answer printed.

mod check;
mod crawl;
mod demo;
mod dry_run;
mod export;
mod extract;
mod ingest;
mod interrupt;
mod progress;
mod query;
mod rebuild;
mod stats;
mod tally;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use anyhow::Result;
use partyline::config::Config;

use crate::cli::{Cli, Command};

/// Stopped early with the state saved.
pub const STOPPED: u8 = 3;
/// The store is damaged or locked.
pub const DAMAGED: u8 = 4;

/// Carries out the command; the exit code is the contract's.
pub fn run(cli: Cli) -> Result<ExitCode> {
    let g = cli.global;
    let config = Config::resolve(g.state, g.cache, g.json, g.quiet, g.lists)?;
    match cli.command {
        Command::Ingest { paths } => ingest::run(&config, &paths),
        Command::Extract { paths } => extract::run(&config, &paths),
        Command::Stats => stats::run(&config),
        Command::Check => check::run(&config),
        Command::Rebuild => rebuild::run(&config),
        Command::Crawl(flags) => crawl::run(&config, *flags),
        Command::Query { kind, key, within } => query::run(&config, kind, key.as_deref(), within),
        Command::Demo { seed, size } => demo::run(&config, seed, size),
        Command::Export {
            format,
            output,
            network,
        } => export::run(&config, &format, output.as_deref(), &network),
    }
}

/// Standard output, buffered. Whoever reads it may stop early (`| head`): that is no failure.
pub fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Paths as `ingest` and `extract` take them; `-` is standard input.
fn inputs(paths: &[std::path::PathBuf]) -> Vec<partyline::ingest::Input> {
    use partyline::ingest::Input;
    let input = |p: &std::path::PathBuf| match p.as_os_str() == "-" {
        true => Input::Stdin,
        false => Input::Path(p.clone()),
    };
    paths.iter().map(input).collect()
}

/// A line about one bad input: safe to show, and never the end of a run.
fn warn(config: &Config, input: &str, problem: &str) {
    if !config.quiet {
        let line = format!("{input}: {problem}");
        eprintln!("partyline: skipped {}", partyline::text::visible(&line));
    }
}
