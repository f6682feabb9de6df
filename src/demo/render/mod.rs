//! Page plan → HTML, with the truth about it.
//!
//! | part | where |
//! | --- | --- |
//! | what every page has around its content | [`chrome`] |
//! | hotline pages | [`hotline`] |
//! | news, blogs | [`story`] |
//! | firms, brand owners, shops | [`firm`] |
//! | directories, lists, calendars | [`listing`] |

mod chrome;
mod firm;
mod hotline;
mod listing;
mod sheet;
mod story;

use super::host::{Host, Page, Role, Sort, TenantKind};
use super::plan::spam::pool_label;
use super::rng::Rng;
use super::truth::{Kind, PageTruth};
use super::web::Web;
use sheet::Sheet;

/// One page about to be rendered.
pub(super) struct Leaf<'a> {
    pub web: &'a Web,
    pub host: &'a Host,
    /// The host name that was asked for (a subdomain, in a wildcard pool).
    pub name: &'a str,
    pub path: &'a str,
    pub sort: Sort,
}

impl<'a> Leaf<'a> {
    /// The page at a path, planned or not; `None` where the host has none.
    pub fn find(web: &'a Web, host: &'a Host, name: &'a str, path: &'a str) -> Option<Self> {
        let anything = match &host.role {
            Role::Pool(_) => true,
            Role::Spam(site) => site.answers_anything,
            Role::Calendar => path.starts_with("/cal/"),
            _ => false,
        };
        let private = host.look.private && path.starts_with(super::PRIVATE);
        let sort = match host.by_path.get(path) {
            Some(_) if name != host.name && path == "/" => Sort::Hotline,
            Some(&page) => host.pages[page].sort,
            None if private => Sort::Part(usize::MAX),
            None if anything => Sort::Hotline,
            None => return None,
        };
        Some(Leaf {
            web,
            host,
            name,
            path,
            sort,
        })
    }

    /// HTML and truth.
    pub fn render(&self) -> (String, PageTruth) {
        let address = [self.name.as_bytes(), self.path.as_bytes()].concat();
        let key = xxhash_rust::xxh3::xxh3_64(&address);
        let mut sheet = Sheet::new(Rng::with(
            self.web.options.words,
            &[self.web.options.seed, 0x50, key],
        ));
        let sheet_ref = &mut sheet;
        match (&self.host.role, self.sort) {
            (_, Sort::Part(usize::MAX)) => listing::private(self, sheet_ref),
            (Role::Spam(_) | Role::Pool(_), Sort::Home) => listing::spam_index(self, sheet_ref),
            (Role::Spam(site) | Role::Pool(site), _) => hotline::page(self, site, sheet_ref),
            (_, Sort::Article(story)) => story::article(self, story, sheet_ref),
            (_, Sort::Warning(operator)) => story::warning(self, operator, sheet_ref),
            (Role::Blog, Sort::Part(part)) => story::post(self, part, sheet_ref),
            (Role::Repairer(firm), Sort::Home) => firm::repairer(self, firm, usize::MAX, sheet_ref),
            (Role::Repairer(firm), Sort::Part(part)) => {
                firm::repairer(self, firm, part, sheet_ref);
            }
            (Role::Official(brand), Sort::Home) => {
                firm::official(self, *brand, usize::MAX, sheet_ref);
            }
            (Role::Official(brand), Sort::Part(part)) => {
                firm::official(self, *brand, part, sheet_ref);
            }
            (Role::Directory(strangers), Sort::Part(part)) => {
                listing::directory(self, strangers, part, sheet_ref);
            }
            (Role::Directory(strangers), Sort::Entry(entry)) => {
                listing::entry(self, strangers, entry, sheet_ref);
            }
            (Role::Market(tenants) | Role::Mall(tenants), Sort::Shop { tenant, part }) => {
                self.shop(&tenants[tenant].kind, part, sheet_ref);
            }
            (Role::Shop(tenant), Sort::Shop { part, .. }) => {
                self.shop(&tenant.kind, part, sheet_ref);
            }
            (Role::Calendar, Sort::Hotline) => listing::calendar(self, sheet_ref),
            _ => listing::home(self, sheet_ref),
        }
        sheet.finish()
    }

    fn shop(&self, kind: &TenantKind, part: usize, sheet: &mut Sheet) {
        match kind {
            TenantKind::Spam(site) => hotline::page(self, site, sheet),
            TenantKind::Honest(firm) => firm::shop(self, firm, part, sheet),
        }
    }

    /// The other pages that this one may link to: its neighbours in the host's order.
    fn siblings(&self, count: usize) -> Vec<&'a Page> {
        let pages = &self.host.pages;
        let own = self.host.by_path.get(self.path).copied().unwrap_or(0);
        (1..=count.min(pages.len().saturating_sub(1)))
            .map(|step| &pages[(own + step) % pages.len()])
            .collect()
    }

    /// Host names that a friend link of this spam page leads to.
    fn friends(&self, site: &super::host::SpamSite, rng: &mut Rng) -> Vec<String> {
        if let Role::Pool(_) = self.host.role {
            let pool = self.web.options.wildcard_pool;
            return (0..4)
                .map(|_| format!("{}.{}", pool_label(rng.below(pool)), self.host.name))
                .collect();
        }
        let hosts = &self.web.hosts;
        site.friends
            .iter()
            .map(|&i| hosts[i].name.clone())
            .collect()
    }
}

/// A page that sends browsers elsewhere.
pub(super) fn refresh(url: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>正在跳转</title>\
         <meta http-equiv=\"refresh\" content=\"0; url={url}\"></head><body>正在跳转</body></html>"
    )
}

/// The truth that a page of this kind starts with.
fn truth(kind: Kind) -> PageTruth {
    PageTruth::plain(kind)
}
