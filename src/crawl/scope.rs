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
            let Ok(url) = from.base.join(target) else {
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
mod tests {
    use super::*;
    use crate::extract::document::Link;
    use crate::page::Origin;
    use crate::pipeline;
    use crate::site::CanonicalUrl;

    fn scoped(scope: Scope, max_depth: u16) -> Scoped {
        let settings = Settings {
            scope,
            max_depth,
            this_year: 2026,
        };
        let seeds = [crate::crawl::seeds::seed("seed.cn").unwrap()];
        Scoped::new(settings, &seeds, Arc::new(Lists::default()))
    }

    fn page(url: &str, status: u16, head: &str) -> Page {
        Page {
            url: url.into(),
            canonical: CanonicalUrl::parse(url).unwrap(),
            fetched_at: 0,
            status,
            origin: Origin::Crawl,
            body: Body::Html {
                content_type: None,
                bytes: Vec::new(),
            },
            head: Some(head.as_bytes().to_vec()),
            truncated: false,
            connection: Default::default(),
            variants: Vec::new(),
        }
    }

    fn task(url: &str, depth: u16) -> Queued {
        Queued {
            seq: 0,
            lane: 0,
            url: url.into(),
            depth,
            redirects: 0,
        }
    }

    fn select(scoped: &Scoped, url: &str, score: f32, depth: u16, links: &[&str]) -> Vec<String> {
        let page = page(url, 200, "HTTP/1.1 200 OK\r\n\r\n");
        let mut outcome = pipeline::process(&page, &Lists::default());
        outcome.record.hotline.score = score;
        outcome.links = links
            .iter()
            .map(|link| Link {
                url: link.parse().unwrap(),
                kind: LinkKind::Anchor,
                line: None,
            })
            .collect();
        let found = scoped.select(&page, &outcome, &task(url, depth));
        found.into_iter().map(|c| c.url).collect()
    }

    #[test]
    fn each_scope_goes_as_far_as_it_says() {
        let links = [
            "http://m.seed.cn/a",
            "http://other.cn/",
            "http://seed.cn/x.jpg",
        ];
        let from_seed =
            |scope, score| select(&scoped(scope, 9), "http://seed.cn/", score, 0, &links);
        assert_eq!(from_seed(Scope::Site, 1.0), ["http://m.seed.cn/a"]);
        assert_eq!(from_seed(Scope::Hotline, 0.0), ["http://m.seed.cn/a"]);
        assert_eq!(from_seed(Scope::Hotline, 0.9), &links[..2]);
        assert_eq!(from_seed(Scope::Any, 0.0), &links[..2]);
        let from_other = |score| {
            let links = ["http://other.cn/b", "http://third.cn/"];
            select(
                &scoped(Scope::Hotline, 9),
                "http://other.cn/",
                score,
                1,
                &links,
            )
        };
        assert!(from_other(0.1).is_empty());
        assert_eq!(from_other(0.4), ["http://other.cn/b"]);
        assert_eq!(from_other(0.5).len(), 2);
    }

    #[test]
    fn tenants_of_one_host_are_sites_of_their_own() {
        let rules = "shared.cn\tpath\n";
        let path = std::path::Path::new("rules");
        let lists = Lists {
            shared_hosts: crate::lists::SharedHosts::parse(rules, path).unwrap(),
            ..Lists::default()
        };
        let settings = Settings {
            scope: Scope::Site,
            max_depth: 9,
            this_year: 2026,
        };
        let scoped = Scoped::new(settings, &[], Arc::new(lists));
        let page = page("http://shared.cn/one/a", 200, "HTTP/1.1 200 OK\r\n\r\n");
        let mut outcome = pipeline::process(&page, &scoped.lists);
        outcome.links = ["http://shared.cn/one/b", "http://shared.cn/two/c"]
            .map(|url| Link {
                url: url.parse().unwrap(),
                kind: LinkKind::Anchor,
                line: None,
            })
            .to_vec();
        let found = scoped.select(&page, &outcome, &task(&page.url, 0));
        let urls: Vec<_> = found.iter().map(|c| c.url.as_str()).collect();
        assert_eq!(urls, ["http://shared.cn/one/b"]);
    }

    #[test]
    fn depth_is_counted_and_repeats_are_not() {
        let links = [
            "http://seed.cn/a",
            "http://seed.cn/a#x",
            "https://seed.cn/a",
        ];
        let get = |depth| {
            select(
                &scoped(Scope::Site, 2),
                "http://seed.cn/",
                0.0,
                depth,
                &links,
            )
        };
        assert_eq!(get(1), ["http://seed.cn/a"]);
        assert!(get(2).is_empty());
    }

    #[test]
    fn scripts_that_send_the_visitor_on_are_followed() {
        let scoped = scoped(Scope::Site, 9);
        let follow = |filler: usize| {
            let mut page = page("http://seed.cn/", 200, "HTTP/1.1 200 OK\r\n\r\n");
            let script = "<script>top.location.href='http://moved.cn/'</script>";
            page.body = Body::Html {
                content_type: None,
                bytes: format!("{script}{}", "<p>words".repeat(filler)).into(),
            };
            let outcome = pipeline::process(&page, &Lists::default());
            scoped.select(&page, &outcome, &task("http://seed.cn/", 0))
        };
        let found = follow(1);
        assert_eq!(
            (found[0].url.as_str(), found[0].redirects),
            ("http://moved.cn/", 1)
        );
        assert!(
            follow(1_000).is_empty(),
            "a link to another site, and no redirect"
        );
    }

    #[test]
    fn redirects_are_followed_but_not_forever() {
        let scoped = scoped(Scope::Site, 0);
        let head = "HTTP/1.1 302 Found\r\nlocation: //moved.cn/维修\r\n\r\n";
        let page = page("http://seed.cn/", 302, head);
        let outcome = pipeline::process(&page, &Lists::default());
        let mut task = task("http://seed.cn/", 0);
        let found = scoped.select(&page, &outcome, &task);
        assert_eq!(found[0].url, "http://moved.cn/%E7%BB%B4%E4%BF%AE");
        assert_eq!((found[0].depth, found[0].redirects), (0, 1));
        task.redirects = MAX_REDIRECTS;
        assert!(scoped.select(&page, &outcome, &task).is_empty());
        task.redirects = 0;
        task.depth = 1;
        assert!(
            scoped.select(&page, &outcome, &task).is_empty(),
            "another site, and no seed"
        );
    }
}
