//! A synthetic spam web with known truth, served on loopback.
//!
//! Everything on it is invented: brands, numbers, news, firms, under top-level domains that are
//! reserved for tests (RFC 2606). The exceptions are two brand names with the official numbers
//! that the press cites for them.
//!
//! | part | where |
//! | --- | --- |
//! | how large, which tricks | [`Options`] |
//! | the web: hosts, truth, answers to requests | [`Web`] |
//! | what is really so | [`Truth`], [`PageTruth`] |
//! | hosts and page plans | `host`, `plan` |
//! | page generators | `kit` |
//! | ways to write a number | [`Disguise`] |
//! | page plans → HTML | `render` |
//! | words | `bank` |
//! | HTTP | [`server`] |
//! | findings beside the truth | [`judge`] |
//! | the web's records without a crawl, and judged graphs of them | [`trial`] |
//!
//! A page is a pure function of the options and its address: nothing is kept but the plan, so
//! that a web of a million pages needs little memory.

pub mod bank;
mod disguise;
mod gbk;
mod host;
pub mod judge;
mod kit;
mod options;
mod plan;
mod render;
#[cfg(test)]
mod reveal;
mod rng;
pub mod server;
#[cfg(test)]
mod tests;
pub mod trial;
mod truth;
mod web;

pub use disguise::Disguise;
pub use host::{Host, Page};
pub use options::Options;
pub use truth::{Claim, Innocent, Kind, PageTruth, Planted, Truth, Verdict};
pub use web::{Response, Web};

/// The public consumer hotline that honest pages, warnings and spam pages all cite.
const CONSUMER_HOTLINE: &str = "12315";

/// The folder that some hosts' `robots.txt` forbids and that their pages link to nevertheless.
const PRIVATE: &str = "/private/";
