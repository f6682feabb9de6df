//! Page → Record: the one place that lists the stages. A pure function, run alike by crawl,
//! ingest, extract and rebuild.

use url::Url;

use crate::extract::document::Link;
use crate::lists::Lists;
use crate::page::Page;
use crate::record::Record;
use crate::site::SiteId;
use crate::{extract, fingerprint};

/// A page's record, and the links that a crawl may follow (not stored).
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub record: Record,
    pub links: Vec<Link>,
}

/// Runs every stage on one page.
pub fn process(page: &Page, lists: &Lists) -> Outcome {
    let facts = extract::extract(page);
    let prints = fingerprint::prints(&facts);
    let url = Url::parse(&page.url).ok();
    let site = match &url {
        Some(url) => SiteId::of(url, &lists.shared_hosts),
        None => SiteId(page.url.clone()),
    };
    let record = Record {
        url: page.url.clone(),
        site,
        fetched_at: page.fetched_at,
        status: page.status,
        origin: page.origin,
        redirect: None,
        charset: facts.charset,
        title: facts.document.title.chars().take(300).collect(),
        numbers: facts.numbers,
        brands: facts.brands,
        identifiers: facts.identifiers,
        links_out: Vec::new(),
        hotline: facts.hotline,
        prints,
        digest: 0,
        cut: facts.document.cut,
    };
    Outcome {
        record,
        links: facts.document.links,
    }
}
