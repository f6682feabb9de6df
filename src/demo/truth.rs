//! What is really so on the demo web: the answers that partyline's findings are judged by.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::disguise::Disguise;

/// Index of an operator.
pub type OperatorId = usize;
/// Index of a page generator.
pub type KitId = usize;

/// What a site (by [`crate::site::SiteId`]) that no operator runs is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Innocent {
    News,
    Repairer,
    Official,
    /// Shows a brand owner's number beside its own.
    Dealer,
    Directory,
    Blog,
    /// A shared host's own pages, or all of one that no list names.
    Market,
    /// An honest tenant of a shared host.
    Tenant,
    /// The host with the endless calendar.
    Calendar,
}

/// Whose number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Spam,
    Official,
    /// An honest firm's own.
    Honest,
    /// Public short numbers that everybody cites.
    Shared,
}

/// The truth about a whole web. Sites are named as [`crate::site::SiteId`] names them when the
/// shared hosts of [`super::Web::shared_hosts_tsv`] are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Truth {
    pub operator_of: BTreeMap<String, OperatorId>,
    pub kit_of: BTreeMap<String, KitId>,
    pub innocents: BTreeMap<String, Innocent>,
    /// Sites that are neither: redirecting hosts.
    pub neutral: BTreeSet<String>,
    /// National digits of every number that any page carries.
    pub numbers: BTreeMap<String, Verdict>,
    /// Numbers of each operator, main number first.
    pub operator_numbers: Vec<Vec<String>>,
    /// Owners of official numbers: number → brand.
    pub official_numbers: BTreeMap<String, String>,
    /// Host and path prefix that `robots.txt` forbids to everybody.
    pub forbidden: Vec<(String, String)>,
    /// Host and seconds of `Crawl-delay`.
    pub crawl_delays: Vec<(String, u32)>,
    /// The registrable domain whose subdomains all answer.
    pub wildcard_pool: Option<String>,
}

/// What kind of page it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A generated page that poses as a brand's service.
    Hotline,
    /// The home or list page of a spam site.
    SpamIndex,
    /// Reports spam numbers to warn of them.
    Warning,
    /// A brand owner's service page.
    Official,
    Repairer,
    Directory,
    /// Anything without claims: articles, product pages, diaries, lists of links.
    Plain,
}

/// The truth about one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageTruth {
    pub kind: Kind,
    pub operator: Option<OperatorId>,
    pub kit: Option<KitId>,
    /// Index of the article that the page prints.
    pub article: Option<usize>,
    pub brands: Vec<Claim>,
    /// In order of first occurrence.
    pub numbers: Vec<Planted>,
}

impl PageTruth {
    pub(super) fn plain(kind: Kind) -> Self {
        PageTruth {
            kind,
            operator: None,
            kit: None,
            article: None,
            brands: Vec::new(),
            numbers: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, number: &str, disguise: Disguise, surface: String) {
        let at = self.numbers.iter().position(|p| p.number == number);
        let planted = match at {
            Some(at) => &mut self.numbers[at],
            None => {
                self.numbers.push(Planted {
                    number: number.to_owned(),
                    count: 0,
                    disguises: Vec::new(),
                    surfaces: Vec::new(),
                });
                let last = self.numbers.len() - 1;
                &mut self.numbers[last]
            }
        };
        planted.count += 1;
        if !planted.disguises.contains(&disguise) {
            planted.disguises.push(disguise);
        }
        if !planted.surfaces.contains(&surface) {
            planted.surfaces.push(surface);
        }
    }
}

/// A brand that a page claims to serve, or serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claim {
    pub brand: String,
    pub category: Option<String>,
    pub aliases: Vec<String>,
}

/// A number that a page carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Planted {
    /// National digits.
    pub number: String,
    /// Occurrences, hidden ones included.
    pub count: u32,
    pub disguises: Vec<Disguise>,
    /// As the page's source has them (before its characters are encoded), without repeats.
    pub surfaces: Vec<String>,
}
