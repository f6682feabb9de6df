//! What is stored of a page and what the graph is computed from: metadata, facts and prints,
//! bounded in size.

pub mod json;

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

/// Most numbers that a record keeps; a page with more is a directory of numbers anyway.
const MAX_NUMBERS: usize = 128;
/// A page with more numbers than this keeps fewer surface forms and spots of each.
const MANY_NUMBERS: usize = 24;
const MAX_TITLE: usize = 300;

impl Record {
    /// Cuts the lists so that a record stays well under the store's limit of 32 KB a value.
    pub fn fit(&mut self) {
        if self.title.chars().count() > MAX_TITLE {
            self.title = self.title.chars().take(MAX_TITLE).collect();
        }
        self.cut |= self.numbers.len() > MAX_NUMBERS;
        self.numbers.truncate(MAX_NUMBERS);
        if self.numbers.len() > MANY_NUMBERS {
            for number in &mut self.numbers {
                self.cut |= number.raw.len() > 2 || number.spots.len() > 4;
                number.raw.truncate(2);
                number.spots.truncate(4);
            }
        }
    }

    /// A page that somebody sees: no redirect, no error.
    pub fn is_content(&self) -> bool {
        (200..300).contains(&self.status)
    }
}
