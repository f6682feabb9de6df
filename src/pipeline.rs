//! Page → Record: the one place that lists the stages. A pure function, run alike by crawl,
//! ingest, extract and rebuild.

use std::collections::BTreeSet;

use url::Url;
use xxhash_rust::xxh3::Xxh3;

use crate::extract::Facts;
use crate::extract::document::{Document, Link};
use crate::extract::known::LineCache;
use crate::extract::role::Role;
use crate::lists::Lists;
use crate::page::{Body, Page};
use crate::record::{Record, Served};
use crate::site::SiteId;
use crate::{extract, fingerprint};

mod visit;

use visit::visits;

/// A page's record, and the links that a crawl may follow (not stored).
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub record: Record,
    /// Links outside the borrowed article: those inside it are the newspaper's, not the page's.
    pub links: Vec<Link>,
}

/// Runs every stage on one page.
pub fn process(page: &Page, lists: &Lists) -> Outcome {
    process_with(page, lists, &mut LineCache::none())
}

/// The same in less time, where lines of the pages before come again.
pub fn process_with(page: &Page, lists: &Lists, cache: &mut LineCache) -> Outcome {
    let facts = extract::extract_with(page, cache);
    let prints = fingerprint::prints(&facts);
    let Facts {
        charset,
        mut document,
        numbers,
        brands,
        mut identifiers,
        hotline,
    } = facts;
    let url = Url::parse(&page.url).ok();
    let site = site_of(page, url.as_ref(), lists);
    let links = own_links(&mut document);
    let redirect = redirect(page, url.as_ref());
    let mut record = Record {
        url: page.url.clone(),
        links_out: other_sites(&links, url.as_ref(), &site, lists),
        site,
        fetched_at: page.fetched_at,
        status: page.status,
        origin: page.origin,
        digest: digest(page, redirect.as_deref()),
        redirect,
        charset,
        title: document.title,
        numbers,
        brands,
        quotes: std::mem::take(&mut identifiers.quotes),
        identifiers,
        hotline,
        prints,
        cut: document.cut || page.truncated,
        served: Served::of(page),
        visits: Vec::new(),
    };
    record.visits = visits(page, &record);
    record.fit();
    Outcome { record, links }
}

fn site_of(page: &Page, url: Option<&Url>, lists: &Lists) -> SiteId {
    match url {
        Some(url) => SiteId::of(url, &lists.shared_hosts),
        None => SiteId(page.url.clone()),
    }
}

fn own_links(document: &mut Document) -> Vec<Link> {
    let links = std::mem::take(&mut document.links);
    let role = |link: &Link| document.lines.get(link.line? as usize).map(|l| l.role);
    links
        .into_iter()
        .filter(|l| role(l) != Some(Role::Article))
        .collect()
}

/// Other sites that the links lead to, sorted; at most 64.
fn other_sites(links: &[Link], url: Option<&Url>, site: &SiteId, lists: &Lists) -> Vec<SiteId> {
    // The same host is the same site, unless its paths may be tenants of their own.
    let alone = |host: &&str| lists.shared_hosts.tenant(host, "/tenant/").is_none();
    let here = url.and_then(Url::host_str).filter(alone);
    let sites: BTreeSet<SiteId> = links
        .iter()
        .filter(|link| here.is_none() || link.url.host_str() != here)
        .map(|link| SiteId::of(&link.url, &lists.shared_hosts))
        .filter(|other| other != site && other.as_str().len() <= 300)
        .collect();
    sites.into_iter().take(64).collect()
}

/// Where a redirect leads, resolved against the page's own address.
pub(crate) fn redirect(page: &Page, url: Option<&Url>) -> Option<String> {
    if !(300..400).contains(&page.status) {
        return None;
    }
    let head = String::from_utf8_lossy(page.head.as_deref()?);
    let target = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("location")
            .then(|| value.trim().to_owned())
    })?;
    let target = url?.join(&target).ok()?;
    (matches!(target.scheme(), "http" | "https") && target.as_str().len() <= 4096)
        .then(|| target.into())
}

/// Hash of everything that makes two captures of one URL the same content.
fn digest(page: &Page, redirect: Option<&str>) -> u64 {
    let mut hasher = Xxh3::new();
    hasher.update(&page.status.to_le_bytes());
    hasher.update(redirect.unwrap_or_default().as_bytes());
    match &page.body {
        Body::Html {
            content_type,
            bytes,
        } => {
            hasher.update(content_type.as_deref().unwrap_or_default().as_bytes());
            hasher.update(b"\0h");
            hasher.update(bytes);
        }
        Body::Text { title, text } => {
            hasher.update(title.as_deref().unwrap_or_default().as_bytes());
            hasher.update(b"\0t");
            hasher.update(text.as_bytes());
        }
    }
    hasher.digest()
}
