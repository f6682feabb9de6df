//! `partyline extract`: pages in, one JSON object a page out, in the order of the input.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use partyline::config::Config;
use partyline::ingest::{self, Item};
use partyline::page::Page;
use partyline::pipeline;

/// Pages worked on at a time.
const BATCH: usize = 256;

pub fn run(config: &Config, paths: &[PathBuf]) -> Result<ExitCode> {
    let stdin = [Path::new("-").to_owned()];
    let paths = if paths.is_empty() { &stdin } else { paths };
    let mut items = ingest::pages(&super::inputs(paths))?;
    super::print(|out| {
        loop {
            let batch: Vec<Item> = items.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                return Ok(());
            }
            write_batch(config, batch, out)?;
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn write_batch(config: &Config, batch: Vec<Item>, out: &mut dyn Write) -> io::Result<()> {
    let mut pages: Vec<Box<Page>> = Vec::with_capacity(batch.len());
    for item in batch {
        match item {
            Item::Page(page) => pages.push(page),
            Item::Bad { input, problem } => super::warn(config, &input, &problem),
        }
    }
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let share = pages.len().div_ceil(workers).max(1);
    let lines: Vec<io::Result<Vec<u8>>> = std::thread::scope(|scope| {
        let threads: Vec<_> = pages
            .chunks(share)
            .map(|chunk| scope.spawn(|| json_lines(config, chunk)))
            .collect();
        let join = |t: std::thread::ScopedJoinHandle<'_, _>| {
            t.join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().map(join).collect()
    });
    for part in lines {
        out.write_all(&part?)?;
    }
    Ok(())
}

fn json_lines(config: &Config, pages: &[Box<Page>]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    for page in pages {
        let record = pipeline::process(page, &config.lists).record;
        partyline::query::json::write(&record.json(), &mut out)?;
        out.push(b'\n');
    }
    Ok(out)
}
