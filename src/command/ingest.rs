//! `partyline ingest`: pages from files into the state.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use partyline::config::Config;
use partyline::ingest::{self, Item};
use partyline::intake::{self, Acks, Intake, Job};
use partyline::state::{Fate, State};
use serde::Serialize;

use super::interrupt::Interrupt;
use super::progress::Line;

/// What came of a run.
#[derive(Debug, Default, Serialize)]
struct Counts {
    new: u64,
    changed: u64,
    known: u64,
    skipped: u64,
}

impl Counts {
    fn pages(&self) -> u64 {
        self.new + self.changed + self.known
    }
}

pub fn run(config: &Config, paths: &[PathBuf]) -> Result<ExitCode> {
    let items = ingest::pages(&super::inputs(paths))?;
    let state = State::open(&config.state, config.cache)?;
    let select: intake::Select = Arc::new(|_, _, _| Vec::new());
    let (intake, mut acks) = Intake::start(
        state,
        config.lists.clone(),
        select,
        intake::Options::default(),
    )?;
    let started = Instant::now();
    let mut counts = Counts::default();
    let mut line = Line::start(config);
    let interrupt = Interrupt::listen();
    for item in items {
        if interrupt.wanted() {
            break;
        }
        match item {
            Item::Page(page) => {
                if intake.send_blocking(Job::Page { page }).is_err() {
                    break; // The reason is in the acks.
                }
            }
            Item::Bad { input, problem } => {
                counts.skipped += 1;
                line.above(|| super::warn(config, &input, &problem));
            }
        }
        drain(config, &mut acks, &mut counts)?;
        line.show(|| format!("{} pages", counts.pages()));
    }
    intake.finish()?;
    drain(config, &mut acks, &mut counts)?;
    line.clear();
    summary(config, &counts, started.elapsed().as_secs_f64())?;
    if interrupt.wanted() {
        eprintln!("partyline: stopped early; the same command takes the rest");
        return Ok(ExitCode::from(super::STOPPED));
    }
    if counts.pages() == 0 && counts.skipped > 0 {
        let why = match config.quiet {
            true => "run it again without --quiet to see what is wrong with each",
            false => "what is wrong with each stands above",
        };
        eprintln!("partyline: no page in any of the inputs: {why}");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn drain(config: &Config, acks: &mut Acks, counts: &mut Counts) -> partyline::Result<()> {
    while let Ok(ack) = acks.try_recv() {
        let ack = ack?;
        if let Some(url) = ack.fault {
            counts.skipped += 1;
            super::warn(config, &url, "the pipeline failed on this page");
        }
        match ack.page.map(|(_, fate)| fate) {
            Some(Fate::New) => counts.new += 1,
            Some(Fate::Changed) => counts.changed += 1,
            Some(Fate::Known) => counts.known += 1,
            None => {}
        }
    }
    Ok(())
}

fn summary(config: &Config, counts: &Counts, seconds: f64) -> Result<()> {
    let pages = counts.pages();
    super::print(|out| {
        if config.json {
            return writeln!(out, "{}", serde_json::to_string(counts)?);
        }
        writeln!(
            out,
            "{pages} pages in {seconds:.1} s: {} new, {} changed, {} known already; {} inputs skipped",
            counts.new, counts.changed, counts.known, counts.skipped
        )
    })
}
