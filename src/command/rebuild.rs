//! `partyline rebuild`: the store anew from the archived pages.

use std::process::ExitCode;

use anyhow::Result;
use partyline::config::Config;
use partyline::maintain;
use partyline::text::visible;

use super::interrupt::Interrupt;
use super::progress::Line;

pub fn run(config: &Config) -> Result<ExitCode> {
    let mut line = Line::start(config);
    let interrupt = Interrupt::listen();
    let mut progress = |pages: u64| {
        line.show(|| format!("{pages} pages rebuilt"));
        !interrupt.wanted()
    };
    let rebuilt = maintain::rebuild(
        &config.state,
        config.cache,
        config.lists.clone(),
        &mut progress,
    )?;
    line.clear();
    if rebuilt.stopped {
        eprintln!("partyline: stopped early; the store is as it was");
        return Ok(ExitCode::from(super::STOPPED));
    }
    super::print(|out| {
        if config.json {
            return writeln!(out, "{}", serde_json::to_string(&rebuilt)?);
        }
        for problem in &rebuilt.problems {
            writeln!(out, "lost: {}", visible(problem))?;
        }
        writeln!(
            out,
            "{} pages rebuilt, {} URLs queued",
            rebuilt.pages, rebuilt.queued
        )?;
        if rebuilt.queue_lost {
            writeln!(
                out,
                "The queue of an unfinished crawl could not be kept: crawl from the seeds again."
            )?;
        }
        Ok(())
    })?;
    if rebuilt.problems.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "partyline: {}/archive has damaged records, which are lost: restore them from a backup and rebuild again",
        config.state.display()
    );
    Ok(ExitCode::FAILURE)
}
