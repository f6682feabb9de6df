//! The `partyline` program: parse, run, exit code.

mod cli;
mod command;

use std::process::ExitCode;

/// Pages are thousands of small strings, made on one thread and dropped on another.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let ran = cli::Cli::read().map_err(Into::into).and_then(|cli| {
        start_log(cli.global.log.as_deref())?;
        command::run(cli)
    });
    match ran {
        Ok(code) => code,
        Err(error) => {
            // One line, whatever is in it: paths and addresses may come from hostile input.
            let known = error.downcast_ref::<partyline::Error>();
            let text = known.map_or_else(|| format!("{error:#}"), ToString::to_string);
            eprintln!("partyline: {}", partyline::text::visible(&text));
            ExitCode::from(known.map_or(1, partyline::Error::exit_code))
        }
    }
}

/// Logs go to standard error, by `--log` alone.
fn start_log(filter: Option<&str>) -> Result<(), partyline::Error> {
    let Some(filter) = filter else { return Ok(()) };
    let filter = tracing_subscriber::EnvFilter::builder()
        .parse(filter)
        .map_err(|e| partyline::Error::Usage(format!("--log {filter}: {e}")))?;
    let color = std::env::var_os("NO_COLOR").is_none()
        && std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(color)
        .init();
    Ok(())
}
