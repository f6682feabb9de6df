//! `partyline check`: does the store agree with the archive and the ledger?

use std::process::ExitCode;

use anyhow::Result;
use partyline::config::Config;
use partyline::maintain;
use partyline::state::State;
use partyline::text::visible;

pub fn run(config: &Config) -> Result<ExitCode> {
    let state = State::open_existing(&config.state, config.cache)?;
    let report = maintain::check(&state, &config.lists)?;
    super::print(|out| {
        if config.json {
            return writeln!(out, "{}", serde_json::to_string(&report)?);
        }
        for problem in &report.problems {
            writeln!(out, "{}", visible(problem))?;
        }
        writeln!(
            out,
            "{} pages in the store, {} records verified in the archive, {} problems",
            report.pages,
            report.records,
            report.problems.len()
        )
    })?;
    if report.problems.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let state = config.state.display();
    if report.archive_problems as usize >= report.problems.len() {
        eprintln!(
            "partyline: {state}/archive has damaged records: restore them from a backup; the store holds what could be read"
        );
    } else {
        eprintln!(
            "partyline: {state} does not agree with its archive: run `partyline rebuild --state {state}`"
        );
    }
    Ok(ExitCode::from(super::DAMAGED))
}
