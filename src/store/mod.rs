//! The index over the archive: records, the frontier of the unfinished crawl, and counters, in
//! sled. This module is the only one that names sled.

use serde::{Deserialize, Serialize};

use crate::archive::Location;
use crate::record::Record;
use crate::site::CanonicalUrl;

/// A page as it stands in the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    pub location: Location,
    pub record: Record,
}

/// A URL that waits to be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queued {
    /// Identity in the store; in the order of admission.
    pub seq: u64,
    /// As found: this is what gets fetched.
    pub url: String,
    /// Links away from a seed.
    pub depth: u16,
    /// Redirects followed to get here.
    pub redirects: u8,
}

/// A URL that the crawl would like to fetch; admitted if it was never seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub url: String,
    pub canonical: CanonicalUrl,
    pub depth: u16,
    pub redirects: u8,
}
