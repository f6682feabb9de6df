//! The fingerprints of a page: what each says, in one sentence, and the pages nearest by it.

use std::fmt::Write as _;

use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64;

use crate::error::Result;
use crate::fingerprint::Prints;
use crate::fingerprint::grammar::grammar;
use crate::graph::verdict::count;
use crate::record::Record;
use crate::record::json::hex;
use crate::text::{Table, visible};

use super::View;

/// Pages that are listed for a fingerprint.
const SHOWN: usize = 10;
/// Distances, in bits of 64, up to which pages are near: template text across the skins of one
/// kit, sequence of line roles, tag paths.
const NEAR_TEXT: u32 = 8;
const NEAR_SKELETON: u32 = 3;
const NEAR_DOM: u32 = 5;

/// One kind of fingerprint, of one page.
#[derive(Debug, Serialize)]
pub(super) struct Fingerprint {
    print: &'static str,
    /// 16 hexadecimal digits; `null` for sets of hashes and where the page has none.
    code: Option<String>,
    /// The rule of the address, for `url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    grammar: Option<String>,
    /// Hashes in a set of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    hashes: Option<usize>,
    why: &'static str,
    /// Other pages that are near by it.
    pages: usize,
    nearest: Vec<Neighbour>,
}

/// A page that is near by one fingerprint.
#[derive(Debug, Serialize)]
struct Neighbour {
    url: String,
    site: String,
    /// In bits of 64.
    #[serde(skip_serializing_if = "Option::is_none")]
    distance: Option<u32>,
    /// Hashes that both pages have.
    #[serde(skip_serializing_if = "Option::is_none")]
    shared: Option<u32>,
}

/// The kinds, in the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Skeleton,
    SkeletonNear,
    Dom,
    Lines,
    Regions,
    Article,
    Url,
}

const KINDS: [Kind; 8] = [
    Kind::Text,
    Kind::Skeleton,
    Kind::SkeletonNear,
    Kind::Dom,
    Kind::Lines,
    Kind::Regions,
    Kind::Article,
    Kind::Url,
];

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Skeleton => "skeleton",
            Kind::SkeletonNear => "skeleton_near",
            Kind::Dom => "dom",
            Kind::Lines => "lines",
            Kind::Regions => "regions",
            Kind::Article => "article",
            Kind::Url => "url",
        }
    }

    fn why(self) -> &'static str {
        match self {
            Kind::Text => {
                "pages whose wording is nearly the same, once brand, number, places and article are left out, differ in at most 8 of 64 bits"
            }
            Kind::Skeleton => {
                "pages whose lines play the same roles in the same order, whatever they say, have the same code"
            }
            Kind::SkeletonNear => {
                "pages whose lines play nearly the same roles differ in at most 3 of 64 bits, which alone proves nothing"
            }
            Kind::Dom => {
                "pages built of the same tags in the same nesting differ in at most 5 of 64 bits, as do pages of a common theme"
            }
            Kind::Lines => {
                "each hash is a whole line without brand and number, and pages that share rare ones draw from one sentence bank"
            }
            Kind::Regions => {
                "each hash is a whole line of places, and pages that share one draw from one list of places"
            }
            Kind::Article => {
                "pages that borrowed the same article have the same code, which links nobody"
            }
            Kind::Url => {
                "pages whose addresses were made by the same rule have the same grammar, as have many sites on common software"
            }
        }
    }

    fn is_set(self) -> bool {
        matches!(self, Kind::Lines | Kind::Regions)
    }

    fn code(self, record: &Record) -> Option<u64> {
        let prints = &record.prints;
        match self {
            Kind::Text => Some(prints.text),
            Kind::Skeleton => Some(prints.skeleton),
            Kind::SkeletonNear => Some(prints.skeleton_near),
            Kind::Dom => prints.dom,
            Kind::Article => prints.article,
            Kind::Url => grammar(&record.url).map(|g| xxh3_64(g.as_bytes())),
            Kind::Lines | Kind::Regions => None,
        }
        // 0 says that there was too little to code.
        .filter(|code| *code != 0)
    }

    /// The hashes of a set.
    fn hashes(self, prints: &Prints) -> &[u64] {
        match self {
            Kind::Lines => &prints.lines,
            Kind::Regions => &prints.regions,
            _ => &[],
        }
    }

    /// Distances up to which a page is near.
    fn within(self) -> u32 {
        match self {
            Kind::Text => NEAR_TEXT,
            Kind::SkeletonNear => NEAR_SKELETON,
            Kind::Dom => NEAR_DOM,
            _ => 0,
        }
    }
}

/// The pages near by one fingerprint, as they are collected.
struct Collected {
    kind: Kind,
    code: Option<u64>,
    grammar: Option<String>,
    /// Sorted hashes of a set.
    hashes: Vec<u64>,
    pages: usize,
    nearest: Vec<Neighbour>,
}

impl Collected {
    fn new(kind: Kind, page: &Record) -> Self {
        let mut hashes = kind.hashes(&page.prints).to_vec();
        hashes.sort_unstable();
        Collected {
            kind,
            code: kind.code(page),
            grammar: grammar(&page.url).filter(|_| kind == Kind::Url),
            hashes,
            pages: 0,
            nearest: Vec::new(),
        }
    }

    fn see(&mut self, other: &Record) {
        let (distance, shared) = if self.kind.is_set() {
            let has = |hash: &&u64| self.hashes.binary_search(hash).is_ok();
            let shared = self.kind.hashes(&other.prints).iter().filter(has).count() as u32;
            (None, Some(shared).filter(|n| *n > 0))
        } else {
            let codes = self.code.zip(self.kind.code(other));
            let distance = codes.map(|(a, b)| (a ^ b).count_ones());
            (distance.filter(|d| *d <= self.kind.within()), None)
        };
        if distance.is_none() && shared.is_none() {
            return;
        }
        self.pages += 1;
        self.nearest.push(Neighbour {
            url: other.url.clone(),
            site: other.site.as_str().to_owned(),
            distance,
            shared,
        });
        if self.nearest.len() >= 16 * SHOWN {
            self.keep_nearest();
        }
    }

    fn keep_nearest(&mut self) {
        let rank = |n: &Neighbour| (n.distance, std::cmp::Reverse(n.shared));
        self.nearest
            .sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.url.cmp(&b.url)));
        self.nearest.truncate(SHOWN);
    }

    fn finish(mut self) -> Fingerprint {
        self.keep_nearest();
        Fingerprint {
            print: self.kind.name(),
            code: self.code.map(hex),
            grammar: self.grammar,
            hashes: self.kind.is_set().then_some(self.hashes.len()),
            why: self.kind.why(),
            pages: self.pages,
            nearest: self.nearest,
        }
    }
}

/// Goes through all records for the pages nearest to one.
pub(super) fn fingerprints(view: &View<'_>, page: &Record) -> Result<Vec<Fingerprint>> {
    let mut all = KINDS.map(|kind| Collected::new(kind, page));
    for record in view.records()? {
        let record = record?;
        if record.url != page.url {
            all.iter_mut().for_each(|collected| collected.see(&record));
        }
    }
    Ok(all.into_iter().map(Collected::finish).collect())
}

/// The same for people: every fingerprint with its sentence, and a table of neighbours.
pub(super) fn text(fingerprints: &[Fingerprint]) -> String {
    let mut out = String::from("\n");
    for print in fingerprints {
        let code = print.grammar.as_ref().or(print.code.as_ref());
        let value = match (code, print.hashes) {
            (_, Some(n)) if n > 0 => format!("{n} hashes"),
            (Some(code), _) => visible(code).into_owned(),
            _ => "-".to_owned(),
        };
        let _ = writeln!(out, "{} {value}: {}", print.print, print.why);
    }
    for print in fingerprints.iter().filter(|p| p.pages > 0) {
        let measure = match print.hashes {
            Some(_) => "shared",
            None => "distance",
        };
        let pages = count(u32::try_from(print.pages).unwrap_or(u32::MAX), "page");
        let _ = writeln!(out, "\nnear by {}: {pages}", print.print);
        let mut table = Table::new(&[measure, "page", "site"]);
        for near in &print.nearest {
            let value = near.distance.or(near.shared).unwrap_or(0);
            table.row([value.to_string().as_str(), &near.url, &near.site]);
        }
        let _ = write!(out, "{table}");
    }
    out
}
