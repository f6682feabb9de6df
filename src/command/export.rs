//! `partyline export`: the networks for other programs.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use partyline::config::Config;
use partyline::export::{self, Format};
use partyline::state::State;

pub fn run(
    config: &Config,
    format: &str,
    output: Option<&Path>,
    networks: &[String],
) -> Result<ExitCode> {
    // A wrong name of a format is told before the store is read.
    let format: Format = format.parse()?;
    let state = State::open_existing(&config.state, config.cache)?;
    let view = super::query::view(config, &state)?;
    match output.filter(|path| path.as_os_str() != "-") {
        Some(path) => export::write_to(format, &view, networks, path)?,
        None => {
            let mut failure = None;
            super::print(|out| match export::write(format, &view, networks, out) {
                Err(partyline::Error::Write { source, .. }) => Err(source),
                other => {
                    failure = other.err();
                    Ok(())
                }
            })?;
            if let Some(error) = failure {
                return Err(error.into());
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
