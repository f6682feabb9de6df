//! `partyline query`: a question to the store.

use std::process::ExitCode;

use anyhow::Result;
use partyline::config::Config;
use partyline::query::near::{self, Pages};
use partyline::query::{self, Records, View};
use partyline::state::State;

use crate::cli::QueryKind;

pub fn run(
    config: &Config,
    kind: QueryKind,
    key: Option<&str>,
    within: Option<u32>,
) -> Result<ExitCode> {
    if within.is_some() && kind != QueryKind::Near {
        let text = "--within is for `partyline query near`";
        return Err(partyline::Error::Usage(text.to_owned()).into());
    }
    let state = State::open_existing(&config.state, config.cache)?;
    let ask = |kind| query::run(kind, key, &view(config, &state)?);
    let answer = match kind {
        QueryKind::Network => ask(query::Kind::Network),
        QueryKind::Number => ask(query::Kind::Number),
        QueryKind::Site => ask(query::Kind::Site),
        QueryKind::Brand => ask(query::Kind::Brand),
        QueryKind::Template => ask(query::Kind::Template),
        QueryKind::Page => ask(query::Kind::Page),
        QueryKind::Near => near::run(key, within.unwrap_or(near::WITHIN), &Pages::of(&state)?),
    }?;
    super::print(|out| {
        if !config.json {
            return write!(out, "{answer}");
        }
        answer
            .json_lines()
            .try_for_each(|line| writeln!(out, "{line}"))
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The graph of a state, with a way to its records.
pub fn view<'s>(config: &Config, state: &'s State) -> partyline::Result<View<'s>> {
    View::new(&config.lists, move || {
        let records: Records<'s> = Box::new(state.pages().map(|page| Ok(page?.record)));
        Ok(records)
    })
}
