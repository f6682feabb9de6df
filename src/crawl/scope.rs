//! Which links of a page belong to the crawl. Pure but for the query counter; runs on the
//! workers, once a page.

use std::collections::HashSet;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use url::Url;
use xxhash_rust::xxh3::xxh3_64;

use crate::extract::document::LinkKind;
use crate::hashed;
use crate::lists::Lists;
use crate::page::{Body, Page};
use crate::pipeline::Outcome;
use crate::site::SiteId;
use crate::store::{Candidate, Queued};

use super::script;
use super::sitemap::Sitemap;
use super::traps::{self, QueryCounter};

/// How far a crawl goes from its seeds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// Links within the site of the page. A seed that redirects elsewhere is followed there.
    Site,
    /// Links within a site, and from hotline pages to other sites. Sites that are no seed are
    /// followed only as far as their pages look like hotlines themselves.
    #[default]
    Hotline,
    /// Every link.
    Any,
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "site" => Ok(Scope::Site),
            "hotline" => Ok(Scope::Hotline),
            "any" => Ok(Scope::Any),
            _ => Err(format!("`{text}`: expected site, hotline or any")),
        }
    }
}

/// Redirects in a row that are followed.
pub const MAX_REDIRECTS: u8 = 10;
/// Links of one page that are looked at.
const MAX_LINKS: usize = 2_000;
/// From this hotline score on, links to other sites are followed.
const SCORE_TO_LEAVE: f32 = 0.5;
/// From this score on, a page of a site that is no seed leads on within its site.
const SCORE_TO_STAY: f32 = 0.3;

/// Pages of at most so many bytes with a script that sends the visitor on are redirects.
const MAX_REDIRECTING: usize = 4 << 10;

/// An index may list indexes, and these sitemaps.
const MAX_SITEMAP_HOPS: u8 = 2;

/// Settings of [`Scoped`].
#[derive(Debug, Clone)]
pub struct Settings {
    pub scope: Scope,
    /// Links away from a seed.
    pub max_depth: u16,
    /// Bounds calendars.
    pub this_year: i32,
}

/// Decides on links; shared by the workers.
#[derive(Debug)]
pub struct Scoped {
    settings: Settings,
    lists: Arc<Lists>,
    seeds: HashSet<SiteId>,
    queries: Mutex<QueryCounter>,
    trapped: AtomicU64,
}

impl Scoped {
    pub fn new(settings: Settings, seeds: &[Candidate], lists: Arc<Lists>) -> Self {
        let seeds = seeds
            .iter()
            .filter_map(|seed| Url::parse(&seed.url).ok())
            .map(|url| SiteId::of(&url, &lists.shared_hosts))
            .collect();
        Scoped {
            settings,
            lists,
            seeds,
            queries: Mutex::default(),
            trapped: AtomicU64::new(0),
        }
    }

    /// Links that were not queued because they lead into a trap.
    pub fn trapped(&self) -> u64 {
        self.trapped.load(Ordering::Relaxed)
    }

    /// The links of a page that are worth queueing, each once, in the page's order.
    pub fn select(&self, page: &Page, outcome: &Outcome, task: &Queued) -> Vec<Candidate> {
        let Ok(base) = Url::parse(&page.url) else {
            return Vec::new();
        };
        let here = &outcome.record.site;
        let mut found = Found::default();
        if let Some(target) = redirect_target(page, &base) {
            self.hop(target, here, task, &mut found);
            return found.candidates;
        }
        let stay = self.may_stay(here, outcome);
        let leave = self.may_leave(outcome);
        let depth = task.depth.saturating_add(1);
        let further = depth <= self.settings.max_depth && (stay || leave);
        for link in outcome.links.iter().take(MAX_LINKS) {
            // Navigation repeats itself.
            if link.kind != LinkKind::Refresh
                && !(further && found.spelled.insert(xxh3_64(link.url.as_str().as_bytes())))
            {
                continue;
            }
            let url = &link.url;
            if link.kind == LinkKind::Refresh {
                self.hop(url.clone(), here, task, &mut found);
                continue;
            }
            // The same host is the same site, unless its paths are tenants of their own.
            let same = || {
                (url.host() == base.host() && !here.as_str().contains('/'))
                    || self.site(url) == *here
            };
            if (stay && leave) || same() == stay {
                self.add(url.clone(), depth, 0, &mut found);
            }
        }
        let scripted = Scripted {
            base: &base,
            here,
            stay,
            leave,
            further,
        };
        self.follow_scripts(page, &scripted, task, &mut found);
        found.candidates
    }

    /// The pages, or further sitemaps, that a sitemap of this address lists: those of its own
    /// site, where the crawl stays on it whatever its pages look like.
    pub fn listed(&self, sitemap: &Sitemap, task: &Queued) -> Vec<Candidate> {
        let mut found = Found::default();
        let Ok(base) = Url::parse(&task.url) else {
            return Vec::new();
        };
        let here = self.site(&base);
        if !self.may_list(&here) || (sitemap.index && task.redirects >= MAX_SITEMAP_HOPS) {
            return Vec::new();
        }
        let depth = task.depth.saturating_add(1);
        for location in &sitemap.locations {
            let Ok(url) = base.join(location) else {
                continue;
            };
            if self.site(&url) != here {
                continue;
            }
            if sitemap.index {
                found
                    .candidates
                    .extend(list(url, task.depth, task.redirects + 1));
            } else if depth <= self.settings.max_depth {
                self.add(url, depth, 0, &mut found);
            }
        }
        found.candidates
    }

    /// The sitemaps that the robots.txt at `base` names, as candidates.
    pub fn named(&self, base: &str, sitemaps: &[String]) -> Vec<Candidate> {
        let Ok(base) = Url::parse(base) else {
            return Vec::new();
        };
        let here = self.site(&base);
        if !self.may_list(&here) {
            return Vec::new();
        }
        // Of a site that is no seed only the pages themselves are fetched.
        let depth = match self.seeds.contains(&here) {
            true => 0,
            false => self.settings.max_depth.saturating_sub(1),
        };
        let urls = sitemaps.iter().filter_map(|s| base.join(s.trim()).ok());
        urls.filter(|url| self.site(url) == here)
            .filter_map(|url| list(url, depth, 0))
            .collect()
    }

    fn may_list(&self, here: &SiteId) -> bool {
        match self.settings.scope {
            Scope::Any => true,
            Scope::Site | Scope::Hotline => self.seeds.contains(here),
        }
    }

    /// Where scripts send the visitor: from a page with little else that is a redirect, from
    /// others a link (it may wait for a click).
    fn follow_scripts(&self, page: &Page, from: &Scripted<'_>, task: &Queued, found: &mut Found) {
        let Body::Html { bytes, .. } = &page.body else {
            return;
        };
        for target in script::targets(bytes) {
            let Ok(url) = from.base.join(&target) else {
                continue;
            };
            if bytes.len() <= MAX_REDIRECTING {
                self.hop(url, from.here, task, found);
            } else if from.further
                && ((from.stay && from.leave) || (self.site(&url) == *from.here) == from.stay)
            {
                self.add(url, task.depth.saturating_add(1), 0, found);
            }
        }
    }

    /// A redirect is the same page elsewhere: as deep as the one that sent us there.
    fn hop(&self, target: Url, here: &SiteId, task: &Queued, found: &mut Found) {
        let allowed = match self.settings.scope {
            Scope::Site => task.depth == 0 || self.site(&target) == *here,
            Scope::Hotline | Scope::Any => true,
        };
        if allowed && task.redirects < MAX_REDIRECTS {
            self.add(target, task.depth, task.redirects + 1, found);
        }
    }

    fn may_stay(&self, here: &SiteId, outcome: &Outcome) -> bool {
        match self.settings.scope {
            Scope::Site | Scope::Any => true,
            Scope::Hotline => {
                self.seeds.contains(here) || outcome.record.hotline.score >= SCORE_TO_STAY
            }
        }
    }

    fn may_leave(&self, outcome: &Outcome) -> bool {
        match self.settings.scope {
            Scope::Site => false,
            Scope::Hotline => outcome.record.hotline.score >= SCORE_TO_LEAVE,
            Scope::Any => true,
        }
    }

    fn site(&self, url: &Url) -> SiteId {
        SiteId::of(url, &self.lists.shared_hosts)
    }

    fn add(&self, url: Url, depth: u16, redirects: u8, found: &mut Found) {
        if traps::trap(&url, self.settings.this_year).is_some() {
            self.trapped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let Some(candidate) = traps::candidate(url, depth, redirects) else {
            return;
        };
        if !found.seen.insert(candidate.canonical.key()) {
            return;
        }
        if candidate.url.contains('?') {
            let mut queries = self.queries.lock().unwrap_or_else(PoisonError::into_inner);
            if queries.exceeds(candidate.canonical.as_str()) {
                self.trapped.fetch_add(1, Ordering::Relaxed);
                return;
            }
        }
        found.candidates.push(candidate);
    }
}

/// A sitemap as a candidate: no page, so that its ending is no trap.
fn list(url: Url, depth: u16, redirects: u8) -> Option<Candidate> {
    let short = url.as_str().len() <= traps::MAX_URL;
    traps::candidate(url, depth, redirects).filter(|_| short)
}

/// A page whose scripts are looked into, and whether its links are followed.
struct Scripted<'p> {
    base: &'p Url,
    here: &'p SiteId,
    stay: bool,
    leave: bool,
    further: bool,
}

#[derive(Default)]
struct Found {
    /// Links as they stand, by hash, and pages.
    spelled: hashed::Set,
    seen: HashSet<[u8; 16]>,
    candidates: Vec<Candidate>,
}

/// Where a redirect answer points to.
pub fn redirect_target(page: &Page, base: &Url) -> Option<Url> {
    if !matches!(page.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let head = String::from_utf8_lossy(page.head.as_deref()?);
    let value = head.lines().skip(1).find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("location")
            .then(|| value.trim())
    })?;
    base.join(value).ok()
}

#[cfg(test)]
mod tests;
