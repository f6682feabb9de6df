//! What is stored of a page and what the graph is computed from: metadata, facts and prints,
//! bounded in size.

use serde::{Deserialize, Serialize};

use crate::extract::brand::Brand;
use crate::extract::charset::Charset;
use crate::extract::hotline::Hotline;
use crate::extract::identifier::Identifiers;
use crate::extract::number::NumberFact;
use crate::fingerprint::Prints;
use crate::page::Origin;
use crate::site::SiteId;

/// One page in the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// As fetched or given.
    pub url: String,
    pub site: SiteId,
    /// Seconds since the Unix epoch.
    pub fetched_at: i64,
    pub status: u16,
    pub origin: Origin,
    /// Where a redirect points to, resolved.
    pub redirect: Option<String>,
    pub charset: Charset,
    /// At most 300 characters.
    pub title: String,
    pub numbers: Vec<NumberFact>,
    pub brands: Vec<Brand>,
    pub identifiers: Identifiers,
    /// Other sites that the page links to outside the borrowed article (at most 64, sorted).
    pub links_out: Vec<SiteId>,
    pub hotline: Hotline,
    pub prints: Prints,
    /// 64-bit hash of the body as it came: equal content under one URL is one page.
    pub digest: u64,
    /// Lists were cut to their limits.
    pub cut: bool,
}
