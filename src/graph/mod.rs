//! Records → networks: typed evidence between sites, and the clusters that it supports.
//!
//! ```text
//! Record ─▶ Builder ─▶ facts by site ─▶ background ─▶ number status ─▶ kits ─▶ operators ─▶ Graph
//! ```
//!
//! | step | where |
//! | --- | --- |
//! | compact facts, interned | [`Builder`], `pages` |
//! | facts gathered by site | `facts`, `gather` |
//! | how common things are among the innocent | `background`, `tokens` |
//! | which numbers may link, and the verdict on each | [`verdict`], `odds` |
//! | typed evidence in bits | [`evidence`] |
//! | hosts that strangers share, though no list names them | `tenants` |
//! | numbers that take turns on many sites | `pool` |
//! | same generator: kit families | `kit` |
//! | same hand: operators | `operator`, with `core`, `links`, `account`, `brands` and `cited` |
//! | numbers that were an operator's own after all | `taken` |
//! | what tells a firm from an operator | `firm` |
//! | trust and distrust that spread from the user's lists | `listed` |
//! | Leiden | `cluster` |
//! | networks with score and reasons | `network` |
//! | what servers tell: addresses and certificates | `served` |
//! | evidence in words, when it is asked for | `shared`, `support` |
//! | measures | [`score`] |
//! | how many networks there are so far | [`Running`] |
//!
//! # Two levels
//!
//! A **kit family** is a set of sites made by one generator: they share rare masked lines,
//! region lines, template text. An **operator network** is a set of sites run by one hand: they
//! share a number that they stand behind, an account at a third party, a filing.
//!
//! Kits are sold and copied, so kit evidence proves the same *bank* and never merges two groups
//! that each have numbers of their own. It does two things for operators: it supports hand
//! evidence that is too weak by itself, and it attaches a site that shows no number of its own
//! to the one operator that uses its kit, if there is but one.
//!
//! # Who can be a member
//!
//! Only a site with hotline pages, and not one with a few among many innocent ones. News,
//! repairers, brands and directories have none, and whatever they share weighs nothing but as
//! background.

mod account;
mod background;
mod brands;
mod builder;
mod cited;
mod claims;
mod cluster;
mod core;
mod csr;
pub mod evidence;
mod facts;
mod firm;
mod gather;
mod kit;
mod links;
mod listed;
mod network;
mod odds;
mod operator;
mod pages;
mod par;
mod pool;
mod running;
pub mod score;
mod served;
mod shared;
mod shipped;
mod support;
mod taken;
mod tenants;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod tokens;
pub mod verdict;

use crate::extract::number::Kind;
use crate::lists::{OfficialNumbers, SpamNumbers};
use crate::record::Record;
use crate::site::SiteId;

pub use builder::Builder;
pub use evidence::{Evidence, EvidenceKind};
pub use network::{Kit, Network};
pub use running::Running;
pub use verdict::{Status, Verdict};

use facts::Facts;
use kit::Kits;

/// Everything found, in fixed orders: sites by name, numbers by digits, networks and kits by
/// importance. The same records give the same graph in whatever order they came.
#[derive(Debug, Default)]
pub struct Graph {
    pub sites: Vec<SiteNode>,
    pub numbers: Vec<NumberNode>,
    pub networks: Vec<Network>,
    pub kits: Vec<Kit>,
    /// Registrable domains, in order, that strangers turned out to share: each of their subdomains
    /// is a site of its own, though no list says so.
    pub shared_hosts: Vec<String>,
    /// Pages that count (redirects and error answers do not).
    pub pages: u64,
    /// Sites without hotline pages, from which frequencies come.
    pub background_sites: u32,
    brands: Vec<String>,
    categories: Vec<String>,
    /// Sites of each number, in order.
    holders: csr::Rows,
    shared: shared::Store,
    /// What supported links between groups of sites, in order of network.
    supports: Vec<(u32, links::Support)>,
    /// Who says what of the numbers that are known to be spam, and which these are, in order.
    spam: SpamNumbers,
    known: Vec<u32>,
}

/// A site with what its pages show.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SiteNode {
    pub name: String,
    /// Index into [`Graph::networks`].
    pub network: Option<u32>,
    /// Index into [`Graph::kits`].
    pub kit: Option<u32>,
    pub pages: u32,
    pub hot_pages: u32,
    /// May be a member of a network.
    pub hot: bool,
    /// Highest hotline score of a page.
    pub hotline: f32,
    /// Seconds since the Unix epoch.
    pub first_seen: i64,
    pub last_seen: i64,
    /// In order of number.
    pub numbers: Box<[SiteNumber]>,
    /// What [`Graph::claims`] spells out.
    claimed: facts::Claimed,
    /// What [`Graph::evidence`] is told from.
    traces: facts::Traces,
    /// Sum of the scores of hotline pages.
    hot_sum: f64,
}

/// A number on a site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SiteNumber {
    /// Index into [`Graph::numbers`].
    pub number: u32,
    /// Pages that show it.
    pub pages: u32,
    /// Occurrences on them.
    pub count: u32,
    /// Hotline pages that no other number stands on twice as often.
    pub lead_pages: u32,
    /// Pages that show it in a list of numbers.
    pub listing_pages: u32,
    /// In a title, in a call button, or repeated.
    pub prominent: bool,
    /// Leads some page beside another number.
    pub together: bool,
    /// The site stands behind it.
    pub own: bool,
    /// One of many numbers that the site lists.
    pub listed: bool,
}

/// A brand claimed on a site or in a network, with the product nouns that stand with it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Claim {
    pub brand: String,
    pub categories: Vec<String>,
}

/// A number over all sites.
#[derive(Debug, Clone, PartialEq)]
pub struct NumberNode {
    /// National digits.
    pub digits: String,
    pub kind: Kind,
    pub status: Status,
    /// Index into [`Graph::networks`].
    pub network: Option<u32>,
    pub sites: u32,
    pub pages: u32,
    pub count: u64,
    /// Sites that stand behind it.
    pub own_sites: u32,
    /// Sites that list it among many numbers.
    pub listing_sites: u32,
    /// Sites without hotline pages that show it, other than in a list.
    pub background_sites: u32,
    /// Those of them whose own number it is, to all appearances.
    pub owner_sites: u32,
    /// Such sites that may as well only complain of it.
    pub doubtful_sites: u32,
    /// Hotline sites that show it and stand behind another.
    pub passing_sites: u32,
    /// Sites that it leads on half of their pages or more, prominently.
    pub solid_sites: u32,
    /// Sites of firms that stand behind it and say where they sit.
    pub firm_sites: u32,
    /// Distinct brands claimed on the hotline pages that it leads.
    pub brands: u32,
    /// Hotline pages that it leads and that claim a brand, and those of them that claim the most
    /// frequent one.
    pub claims: u32,
    pub top_claims: u32,
    /// Kit families among those sites.
    pub kits: u32,
}

impl Default for NumberNode {
    fn default() -> Self {
        NumberNode {
            digits: String::new(),
            kind: Kind::Foreign,
            status: Status::Clean,
            network: None,
            sites: 0,
            pages: 0,
            count: 0,
            own_sites: 0,
            listing_sites: 0,
            background_sites: 0,
            owner_sites: 0,
            doubtful_sites: 0,
            passing_sites: 0,
            solid_sites: 0,
            firm_sites: 0,
            brands: 0,
            claims: 0,
            top_claims: 0,
            kits: 0,
        }
    }
}

impl NumberNode {
    /// Nearly all pages that it leads claim one brand, as they do that show a brand's own number.
    pub(crate) fn is_bound(&self) -> bool {
        self.claims >= 3 && self.top_claims * 10 >= self.claims * 6
    }

    /// The same where there is little room for chance.
    pub(crate) fn is_strictly_bound(&self) -> bool {
        self.claims >= 6 && self.top_claims * 10 >= self.claims * 8
    }

    /// Sites without hotline pages whose own number it is. Whoever may only complain of it is no
    /// owner where several sell it, or one does under many brands.
    pub(crate) fn owners(&self) -> u32 {
        let sold = self.solid_sites >= 2 || (self.solid_sites == 1 && self.serves_many());
        self.owner_sites + if sold { 0 } else { self.doubtful_sites }
    }

    /// No brand's own number serves so many.
    pub(crate) fn serves_many(&self) -> bool {
        self.brands >= 3 && self.top_claims * 2 < self.claims
    }
}

impl Graph {
    /// Gives a record the site that its page has in this graph: its own is what the lists say.
    pub fn settle(&self, record: &mut Record) {
        let shared = |domain: &str| self.shared_hosts.iter().any(|h| h == domain);
        if shared(record.site.as_str())
            && let Some(subdomain) = tenants::subdomain(record)
        {
            record.site = SiteId(subdomain.to_owned());
        }
    }

    /// Index of a site, by name without regard to case.
    pub fn site(&self, name: &str) -> Option<u32> {
        let exact = |n: &str| self.sites.binary_search_by(|s| s.name.as_str().cmp(n)).ok();
        exact(name)
            .or_else(|| exact(&name.to_lowercase()))
            .or_else(|| {
                self.sites
                    .iter()
                    .position(|s| s.name.eq_ignore_ascii_case(name))
            })
            .map(|i| i as u32)
    }

    /// Index of a number, by its national digits.
    pub fn number(&self, digits: &str) -> Option<u32> {
        self.numbers
            .binary_search_by(|n| n.digits.as_str().cmp(digits))
            .ok()
            .map(|i| i as u32)
    }

    /// Brands claimed on a site, those of most pages first.
    pub fn claims(&self, site: u32) -> Vec<Claim> {
        let claimed = &self.sites[site as usize].claimed;
        network::claims(claimed, &self.brands, &self.categories)
    }

    /// Sites that show the number, in order.
    pub fn sites_of(&self, number: u32) -> &[u32] {
        self.holders.row(number)
    }

    /// What members of a network share, strongest first.
    pub fn evidence(&self, network: &Network) -> Vec<Evidence> {
        shared::Shared::new(self).of_network(network)
    }

    /// What sites of a kit family share, most frequent first.
    pub fn kit_evidence(&self, kit: &Kit) -> Vec<Evidence> {
        shared::Shared::new(self).of_kit(kit)
    }

    /// The verdict on a number.
    pub fn verdict(&self, number: u32) -> Verdict {
        verdict::judge(self, number)
    }

    /// What speaks for and against the site: clauses in English, weightiest first.
    pub fn site_reasons(&self, site: u32) -> Vec<String> {
        listed::site_reasons(self, site)
    }

    pub fn site_name(&self, site: u32) -> &str {
        &self.sites[site as usize].name
    }

    pub fn digits(&self, number: u32) -> &str {
        &self.numbers[number as usize].digits
    }

    /// Index of a network, by its id or one that it had before.
    pub fn network(&self, id: &str) -> Option<u32> {
        let named = |n: &Network| n.id == id;
        let once_named = |n: &Network| n.aliases.iter().any(|a| a == id);
        let all = &self.networks;
        all.iter()
            .position(named)
            .or_else(|| all.iter().position(once_named))
            .map(|i| i as u32)
    }
}

/// Facts → graph: the steps of the table above, in order.
fn assemble(
    mut facts: Facts,
    kits: Kits,
    official: &OfficialNumbers,
    spam: SpamNumbers,
    threshold: f64,
) -> Graph {
    verdict::classify(&mut facts, official, &spam);
    let owners = facts.owners();
    verdict::suspect(&mut facts, &kits, &owners);
    let (operators, supports) = operator::operators(&mut facts, &kits, &owners, threshold);
    let graph = network::describe(facts, kits, operators);
    Graph {
        supports: support::by_network(supports, &graph.sites),
        spam,
        ..graph
    }
}
