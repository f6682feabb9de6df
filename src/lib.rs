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

pub mod config;
pub mod error;
pub mod lists;
pub mod site;
pub mod text;

pub mod page;

pub mod extract;
pub mod fingerprint;
pub mod pipeline;
pub mod record;

pub mod archive;
pub mod ingest;
pub mod store;

pub mod state;

pub mod intake;

pub mod crawl;
pub mod maintain;

pub mod export;
pub mod graph;
pub mod query;

pub mod demo;

pub use error::{Error, Result};
