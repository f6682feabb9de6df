//! partyline finds out which web sites belong to one hand.
//!
//! A page enters at one door and leaves as evidence at another:
//!
//! ```text
//! seed list ─▶ crawl ─┐                                              ┌─▶ query
//!                     ├─▶ Page ─▶ Facts ─▶ Prints ─▶ Record ─▶ store ─▶ graph ─┤
//! archives ─▶ ingest ─┘         (pipeline: Page → Record)            └─▶ export
//!                                    └─▶ archive (WARC): the bytes as they came
//! ```
//!
//! The modules below stand in the order in which a page meets them. `use` points from later
//! stages to earlier ones, never back; [`pipeline`] and `command` see all of them.

// What every stage may use. (An empty line keeps rustfmt from sorting the stages.)
pub mod error;
mod hashed;
pub mod text;

pub mod lists;

pub mod site;

pub mod config;

// Page → Record.
pub mod page;

pub mod extract;

pub mod fingerprint;

pub mod record;

pub mod pipeline;

// Into the state directory.
pub mod archive;

pub mod ingest;

pub mod store;

pub mod state;

pub mod intake;

pub mod maintain;

pub mod crawl;

// Out of it.
pub mod graph;

pub mod query;

pub mod export;

// A web to try all of it on.
pub mod demo;

pub use error::{Error, Result};
