//! Pages from files, folders and standard input, whatever the format: one file a format.

use std::path::PathBuf;

use crate::error::Result;
use crate::page::Page;

/// What reading the inputs yields, one at a time and in order.
#[derive(Debug)]
pub enum Item {
    Page(Box<Page>),
    /// Something that is no page: which input and place (`pages.jsonl:17`), and why. Counted,
    /// never the end of a run.
    Bad {
        input: String,
        problem: String,
    },
}

/// A path given on the command line; `-` is standard input (JSONL).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    Stdin,
    Path(PathBuf),
}

/// Reads every page behind the inputs, folders walked in order of name. Fails only where an
/// input that was named does not exist or cannot be opened.
pub fn pages(_inputs: &[Input]) -> Result<Box<dyn Iterator<Item = Item> + Send>> {
    todo!()
}
