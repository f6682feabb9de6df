//! Files for the programs that people already use: one file a format.
//!
//! | format | opens in | where |
//! | --- | --- | --- |
//! | GEXF 1.2draft | Gephi, networkx, graphology | [`gexf`] |
//! | GraphML | igraph, networkx, yEd | [`graphml`] |
//! | CSV | spreadsheets, duckdb | [`csv`] |
//! | JSON node-link | networkx, d3, cytoscape.js | [`json`] |
//!
//! All of them show one [`model`]: sites and numbers as nodes, "shows" and shared evidence as
//! edges. The same records give the same bytes.

pub mod csv;
pub mod gexf;
pub mod graphml;
pub mod json;
mod layout;
pub mod model;
#[cfg(test)]
mod tests;
mod xml;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::{Error, Result};
use crate::query::View;

use model::Model;

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Gexf,
    Graphml,
    Csv,
    Json,
}

impl Format {
    pub const ALL: [Format; 4] = [Format::Gexf, Format::Graphml, Format::Csv, Format::Json];

    pub fn as_str(self) -> &'static str {
        match self {
            Format::Gexf => "gexf",
            Format::Graphml => "graphml",
            Format::Csv => "csv",
            Format::Json => "json",
        }
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let known = Format::ALL
            .into_iter()
            .find(|f| f.as_str().eq_ignore_ascii_case(text));
        known.ok_or_else(|| {
            let all: Vec<&str> = Format::ALL.iter().map(|f| f.as_str()).collect();
            let text = crate::text::visible(text);
            Error::Usage(format!(
                "unknown export format {text}: choose one of {}",
                all.join(", ")
            ))
        })
    }
}

/// Writes an export to a stream: CSV as the table of numbers, brands and pages. `networks` are
/// ids; empty means everything.
pub fn write(
    format: Format,
    view: &View<'_>,
    networks: &[String],
    out: &mut dyn Write,
) -> Result<()> {
    let only = select(view, networks)?;
    let mut out = BufWriter::new(out);
    let done = match format {
        Format::Csv => csv::numbers(view, only.as_deref(), &mut out)?,
        _ => graph_file(format, &Model::of(&view.graph, only.as_deref()), &mut out),
    };
    done.and_then(|()| out.flush())
        .map_err(|e| Error::write("standard output", e))
}

/// Writes an export to a file that appears whole or not at all. CSV makes a folder with
/// `nodes.csv`, `edges.csv` and `numbers.csv`, unless the path ends in `.csv`: then it is the
/// table of numbers alone.
pub fn write_to(format: Format, view: &View<'_>, networks: &[String], path: &Path) -> Result<()> {
    let only = select(view, networks)?;
    let only = only.as_deref();
    if format != Format::Csv {
        let model = Model::of(&view.graph, only);
        return whole_file(path, |out| Ok(graph_file(format, &model, out)));
    }
    if path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("csv"))
        && !path.is_dir()
    {
        return whole_file(path, |out| csv::numbers(view, only, out));
    }
    fs::create_dir_all(path).map_err(|e| Error::write(path, e))?;
    let model = Model::of(&view.graph, only);
    whole_file(&path.join("nodes.csv"), |out| Ok(csv::nodes(&model, out)))?;
    whole_file(&path.join("edges.csv"), |out| Ok(csv::edges(&model, out)))?;
    whole_file(&path.join("numbers.csv"), |out| {
        csv::numbers(view, only, out)
    })
}

fn graph_file(format: Format, model: &Model, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Gexf => gexf::write(model, out),
        Format::Graphml => graphml::write(model, out),
        Format::Json => json::write(model, out),
        Format::Csv => csv::nodes(model, out),
    }
}

/// Indices of the networks that were named.
fn select(view: &View<'_>, networks: &[String]) -> Result<Option<Vec<u32>>> {
    if networks.is_empty() {
        return Ok(None);
    }
    let find = |id: &String| {
        view.graph.network(&id.to_lowercase()).ok_or_else(|| {
            let id = crate::text::visible(id);
            Error::Failed(format!("no network {id} in this state: `partyline query network` lists those that are there"))
        })
    };
    let mut found = networks.iter().map(find).collect::<Result<Vec<u32>>>()?;
    found.sort_unstable();
    found.dedup();
    Ok(Some(found))
}

/// Writes beside the target, then renames. A reader sees the old file or the new one.
fn whole_file(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> Result<io::Result<()>>,
) -> Result<()> {
    let unwritable = |e| Error::write(path, e);
    if path.is_dir() {
        return Err(unwritable(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    // A device or pipe is written to, a link's target is replaced and not the link.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let path = target.as_path();
    if fs::metadata(path).is_ok_and(|meta| !meta.is_file()) {
        let mut out = BufWriter::new(File::options().write(true).open(path).map_err(unwritable)?);
        return fill(&mut out)?
            .and_then(|()| out.flush())
            .map_err(unwritable);
    }
    let name = path.file_name().ok_or_else(|| {
        unwritable(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it has no file name",
        ))
    })?;
    let mut partial = PathBuf::from(path);
    partial.set_file_name(format!(
        ".{}.{}.partial",
        name.to_string_lossy(),
        std::process::id()
    ));
    let mut out = BufWriter::new(File::create(&partial).map_err(unwritable)?);
    let done = fill(&mut out).and_then(|filled| {
        filled
            .and_then(|()| out.flush())
            .and_then(|()| out.get_ref().sync_all())
            .and_then(|()| fs::rename(&partial, path))
            .map_err(unwritable)
    });
    if done.is_err() {
        // The error that is returned says more than a failed removal would.
        let _ = fs::remove_file(&partial);
    }
    done
}
