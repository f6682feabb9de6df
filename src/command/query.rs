//! `partyline query`: a question to the store.

use std::process::ExitCode;

use anyhow::Result;
use partyline::config::Config;
use partyline::query::{self, Records, View};
use partyline::state::State;

use crate::cli::QueryKind;

pub fn run(config: &Config, kind: QueryKind, key: Option<&str>) -> Result<ExitCode> {
    let kind = match kind {
        QueryKind::Network => query::Kind::Network,
        QueryKind::Number => query::Kind::Number,
        QueryKind::Site => query::Kind::Site,
        QueryKind::Brand => query::Kind::Brand,
        QueryKind::Template => query::Kind::Template,
        QueryKind::Page => query::Kind::Page,
        QueryKind::Near => query::Kind::Near,
    };
    let state = State::open_existing(&config.state, config.cache)?;
    let view = view(config, &state)?;
    let answer = query::run(kind, key, &view)?;
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
