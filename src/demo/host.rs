//! The hosts of the demo web and the plan of each page. Pages are rendered when asked for.

use std::collections::HashMap;

use super::bank::names::Brand;

/// One host name that answers.
#[derive(Debug, Clone)]
pub struct Host {
    pub name: String,
    /// What [`crate::site::SiteId`] calls it (for a shared host: its own pages).
    pub site: String,
    pub pages: Vec<Page>,
    pub(super) role: Role,
    pub(super) look: Look,
    pub(super) by_path: HashMap<String, usize>,
}

/// One page: its address, and what is on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Path and query.
    pub path: String,
    pub(super) sort: Sort,
}

/// What a page holds, within its host's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    Home,
    Hotline,
    Article(usize),
    /// Warns of this operator.
    Warning(usize),
    /// The n-th ordinary page of the host.
    Part(usize),
    /// The n-th page of a directory that is about one number.
    Entry(usize),
    /// A page of a tenant.
    Shop {
        tenant: usize,
        part: usize,
    },
}

/// Who runs the host.
#[derive(Debug, Clone)]
pub(super) enum Role {
    Spam(SpamSite),
    /// As [`Role::Spam`], for every subdomain that somebody thinks of.
    Pool(SpamSite),
    News,
    Repairer(Firm),
    Official(usize),
    /// Names and numbers that stand nowhere else.
    Directory(Vec<(String, String)>),
    Blog,
    /// A shared host; its tenants are told apart by path, if they are here at all.
    Market(Vec<Tenant>),
    /// A shared host that no list names: one site to everybody who looks from outside.
    Mall(Vec<Tenant>),
    /// A tenant of a shared host under a subdomain of its own.
    Shop(Tenant),
    Calendar,
    Redirect,
}

/// What an operator decided for one site.
#[derive(Debug, Clone)]
pub(super) struct SpamSite {
    pub operator: usize,
    pub kit: usize,
    pub skin: usize,
    /// Every page draws its number anew.
    pub any_number: bool,
    /// Indices into the operator's numbers, main number of the site first.
    pub numbers: Vec<usize>,
    /// Hosts for the friend links, by index.
    pub friends: Vec<usize>,
    pub leaky: bool,
    pub answers_anything: bool,
}

/// An honest firm.
#[derive(Debug, Clone)]
pub(super) struct Firm {
    pub name: String,
    pub city: String,
    pub street: String,
    pub owner: String,
    pub phones: Vec<String>,
    /// Brands with product nouns that the firm repairs, or goods that it sells.
    pub serves: Vec<(Brand, String)>,
    pub goods: Vec<String>,
    /// The brand owner whose number the firm shows.
    pub dealer_of: Option<usize>,
    /// Advertises in the words of hotlines.
    pub loud: bool,
}

/// A tenant of a shared host.
#[derive(Debug, Clone)]
pub(super) struct Tenant {
    pub slug: String,
    pub kind: TenantKind,
}

#[derive(Debug, Clone)]
pub(super) enum TenantKind {
    Spam(SpamSite),
    Honest(Firm),
}

/// How the host's pages look and are sent, whatever they say.
#[derive(Debug, Clone)]
pub(super) struct Look {
    /// Seed of the layout: equal seeds, equal tags around the content.
    pub theme: u64,
    /// Class names of its own in place of the theme's.
    pub classes: u64,
    pub name: String,
    pub gbk: Gbk,
    pub filing: Option<String>,
    pub tracker: Option<String>,
    /// The account that came with the site's kit.
    pub shipped: Option<String>,
    /// Reports to the platform's account too.
    pub platform: bool,
    /// A QQ account in the footer.
    pub contact: Option<String>,
    /// Links are written relative to a `<base>`.
    pub base: bool,
    pub private: bool,
    pub crawl_delay: Option<u32>,
    pub faults: bool,
}

/// Whether, and where declared, pages are GBK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gbk {
    No,
    /// `Content-Type: text/html; charset=gb2312`
    Header,
    /// Only a meta element says so.
    Meta,
}

impl Host {
    pub(super) fn new(name: String, site: String, role: Role, look: Look) -> Self {
        Host {
            name,
            site,
            pages: Vec::new(),
            role,
            look,
            by_path: HashMap::new(),
        }
    }

    /// Adds a page unless the path is taken.
    pub(super) fn add(&mut self, path: String, sort: Sort) {
        if !self.by_path.contains_key(&path) {
            self.by_path.insert(path.clone(), self.pages.len());
            self.pages.push(Page { path, sort });
        }
    }

    /// The address of a page of this host.
    pub fn url(&self, page: &Page) -> String {
        format!("http://{}{}", self.name, page.path)
    }

    /// The site (by [`crate::site::SiteId`]) that the page belongs to, tenants told apart.
    pub fn site_of(&self, page: &Page) -> String {
        match (&self.role, page.sort) {
            (Role::Market(tenants), Sort::Shop { tenant, .. }) => {
                format!("{}/{}", self.name, tenants[tenant].slug)
            }
            _ => self.site.clone(),
        }
    }
}
