//! What is stored of a page and what the graph is computed from: metadata, facts and prints,
//! bounded in size.

pub mod json;
mod served;

use serde::{Deserialize, Serialize};

use crate::extract::brand::Brand;
use crate::extract::charset::Charset;
use crate::extract::hotline::Hotline;
use crate::extract::identifier::{Identifiers, Quotes};
use crate::extract::number::NumberFact;
use crate::fingerprint::Prints;
use crate::page::Origin;
use crate::site::SiteId;

pub use served::{CHOSEN, Difference, MAX_NEW_NUMBERS, Served, Visit};

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
    pub served: Served,
    /// How the page looked to other visitors, in order of profile.
    pub visits: Vec<Visit>,
    /// What stands on the page for the identifiers.
    pub quotes: Quotes,
}

const MAX_TITLE: usize = 300;
/// A stored record takes at most this many bytes; the store's limit for a value is 32 KB.
const MAX_BYTES: usize = 24 << 10;

impl Record {
    /// Cuts the lists, least needed first, until the record fits into a value of the store.
    pub fn fit(&mut self) {
        if self.title.chars().count() > MAX_TITLE {
            self.title = self.title.chars().take(MAX_TITLE).collect();
        }
        // Spots and surface forms serve to show, names and numbers to link: these go last.
        let cuts: [fn(&mut Record); 10] = [
            |r| r.quotes = Quotes::default(),
            |r| r.served.shorten(),
            |r| r.numbers.iter_mut().for_each(|n| n.spots.truncate(4)),
            |r| r.numbers.iter_mut().for_each(|n| n.raw.truncate(2)),
            |r| r.links_out.truncate(8),
            |r| r.identifiers.leaks.truncate(2),
            |r| r.identifiers.contacts.truncate(8),
            |r| {
                r.brands.iter_mut().for_each(|b| {
                    b.categories.truncate(2);
                    b.aliases.truncate(2);
                })
            },
            |r| r.identifiers.trackers.truncate(16),
            |r| r.identifiers.filings.truncate(8),
        ];
        for cut in cuts {
            if self.weight() <= MAX_BYTES {
                return;
            }
            cut(self);
            self.cut = true;
        }
        while self.weight() > MAX_BYTES && self.halve() {}
    }

    /// Halves the longest of the lists that are left; false where nothing is left to cut.
    fn halve(&mut self) -> bool {
        let lengths = [
            self.numbers.len(),
            self.brands.len(),
            self.prints.lines.len(),
            self.prints.regions.len(),
        ];
        let most = lengths.iter().max().copied().unwrap_or(0);
        match lengths.iter().position(|&l| l == most) {
            _ if most == 0 => return false,
            Some(0) => self.numbers.truncate(most / 2),
            Some(1) => self.brands.truncate(most / 2),
            Some(2) => self.prints.lines.truncate(most / 2),
            _ => self.prints.regions.truncate(most / 2),
        }
        true
    }

    /// No fewer bytes than the stored form takes: every number counts as ten bytes, the longest
    /// that a 64-bit integer can be there.
    fn weight(&self) -> usize {
        let text = |s: &String| s.len() + 10;
        let texts = |list: &[String]| list.iter().map(text).sum::<usize>() + 10;
        let number = |n: &NumberFact| {
            let own = n.number.len() + n.e164.as_ref().map_or(0, String::len);
            own + texts(&n.raw) + texts(&n.extensions) + 60 + n.spots.len() * 21 + n.places.len()
        };
        let brand = |b: &Brand| {
            let category = b.category.as_ref().map_or(0, String::len);
            b.brand.len() + category + texts(&b.categories) + texts(&b.aliases) + 40
        };
        let ids = &self.identifiers;
        let accounts = ids.trackers.iter().chain(&ids.contacts);
        let hashes = self.prints.lines.len() + self.prints.regions.len();
        self.url.len()
            + self.site.as_str().len()
            + self.title.len()
            + self.redirect.as_ref().map_or(0, String::len)
            + self.charset.name.len()
            + self.numbers.iter().map(number).sum::<usize>()
            + self.brands.iter().map(brand).sum::<usize>()
            + ids
                .filings
                .iter()
                .map(|f| f.text.len() + f.owner.len() + 20)
                .sum::<usize>()
            + accounts
                .map(|t| t.kind.len() + t.id.len() + 20)
                .sum::<usize>()
            + texts(&ids.leaks)
            + texts(&self.quotes.filings)
            + texts(&self.quotes.trackers)
            + texts(&self.quotes.contacts)
            + self
                .links_out
                .iter()
                .map(|s| s.as_str().len() + 10)
                .sum::<usize>()
            + texts(&self.hotline.reasons)
            + hashes * 10
            + self.served.weight()
            + self.visits.iter().map(Visit::weight).sum::<usize>()
            + 300
    }

    /// A page that somebody sees: no redirect, no error.
    pub fn is_content(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lists::Lists;
    use crate::page::{Body, Page};
    use crate::pipeline;
    use crate::site::CanonicalUrl;

    #[test]
    fn a_record_fits_whatever_is_on_the_page() {
        let numbers: String = (0..3000)
            .map(|i| format!("<p>客服电话:400-{:03}-{i:04}</p>", i % 900))
            .collect();
        let links: String = (0..200)
            .map(|i| format!("<a href='http://{}{i}.test/'>x</a>", "h".repeat(55)))
            .collect();
        let leaks: String = (0..200)
            .map(|i| format!("{{随机目录{i}}} QQ:{}", 100_000 + i))
            .collect();
        let html = format!(
            "<title>{}</title>{numbers}{links}<p>{leaks}</p>",
            "长".repeat(9000)
        );
        let url = format!("http://a.test/{}", "u".repeat(8000));
        let page = Page {
            canonical: CanonicalUrl::parse(&url).unwrap(),
            url,
            fetched_at: i64::MAX,
            status: 200,
            origin: Origin::Crawl,
            body: Body::Html {
                content_type: None,
                bytes: html.into_bytes(),
            },
            head: Some(format!("HTTP/1.1 200 OK\r\nServer: {}\r\n\r\n", "s".repeat(900)).into()),
            truncated: false,
            connection: crate::page::Connection {
                ip: Some(std::net::Ipv6Addr::LOCALHOST.into()),
                certificate: Some(Box::new(crate::page::Certificate {
                    names: vec!["n".repeat(250); 500],
                    issuer: "某".repeat(1_000),
                    not_before: i64::MIN,
                    ..Default::default()
                })),
            },
            variants: Vec::new(),
        };
        let record = pipeline::process(&page, &Lists::built_in()).record;
        assert!(record.cut && !record.numbers.is_empty());
        let stored = postcard::to_allocvec(&record).unwrap();
        assert!(
            stored.len() <= MAX_BYTES && stored.len() <= record.weight(),
            "{}",
            stored.len()
        );
    }
}
