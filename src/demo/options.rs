//! How large the demo web is, and which tricks it plays.

/// Settings of the generator. Equal options give an equal web, byte for byte. Shares are
/// probabilities 0..=1; a count or share of 0 turns the trick off.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    pub seed: u64,
    /// Spam operators: the networks to be found.
    pub operators: usize,
    /// Page generators; operators share them.
    pub kits: usize,
    /// Fewest and most own sites of an operator.
    pub sites_per_operator: (usize, usize),
    /// Fewest and most pages of a spam site, home page apart.
    pub pages_per_site: (usize, usize),

    pub news: usize,
    pub repairers: usize,
    /// Brand owners with their own service pages.
    pub officials: usize,
    /// Sites that list hundreds of numbers, spam and official ones alike.
    pub directories: usize,
    pub blogs: usize,
    /// Shared hosts with tenants, half by path and half by subdomain.
    pub markets: usize,
    /// Innocent tenants of each shared host.
    pub tenants: usize,
    /// Spam shops on each shared host.
    pub parasites: usize,
    /// News articles for news sites to print and spam pages to borrow.
    pub articles: usize,

    /// Share of spam pages that write their number in disguise.
    pub disguises: f64,
    /// Share of a kit's sentences that come from one bank that every kit has.
    pub shared_banks: f64,
    /// Share of spam pages whose blocks stand in another order than their kit's.
    pub shuffle_blocks: f64,
    /// Header and layout variants of each kit.
    pub skins: usize,
    /// Share of spam sites with class names and wrappers of their own.
    pub random_chrome: f64,
    /// Share of spam sites and of innocent sites that use one common theme.
    pub common_theme: f64,
    /// Share of words with a synonym that are swapped for it, page by page.
    pub synonyms: f64,
    /// Share of operators (with two numbers or more) whose sites carry changing pairs of them.
    pub rotate_numbers: f64,
    /// Share of operators whose sites come from two kits.
    pub two_kits: f64,
    /// Share of spam pages that cite the one official number that all operators cite.
    pub cite_official: f64,
    /// Share of spam pages that print the warranty rules.
    pub cite_warranty: f64,
    /// Share of spam pages that append a borrowed article.
    pub borrow_articles: f64,
    /// Share of operators whose sites report to one tracker account.
    pub trackers: f64,
    /// Share of spam sites that show the filing number of an innocent site.
    pub copied_filings: f64,
    /// Share of spam sites whose pages let the generator show (warnings, placeholders).
    pub leaks: f64,
    /// Share of spam sites that answer any path at all with a page.
    pub nonsense_pages: f64,
    /// Share of friend links on spam pages that lead to other operators or innocent sites.
    pub foreign_links: f64,
    /// Share of spam sites that spread over subdomains named after cities.
    pub city_subdomains: f64,
    /// Share of spam pages with inserted pinyin, traditional characters or hidden keywords.
    pub noise: f64,
    /// Share of all sites that are encoded in GBK.
    pub gbk_share: f64,
    /// Subdomains that the pages of one wildcard pool link to; it answers for any other too.
    pub wildcard_pool: usize,
    /// A host that redirects to operators' pages, and in circles.
    pub redirecting_host: bool,
    /// Robots rules with forbidden paths (linked to, never to be requested) and a Crawl-delay.
    pub robots_rules: bool,
    /// A calendar without end, with session ids and parameters in any order.
    pub calendar_trap: bool,
    /// A few pages that fail, answer late, or are no HTML.
    pub faults: bool,
}

impl Options {
    /// The web that `partyline demo` shows: about 120 hosts and 1,100 pages.
    pub fn small() -> Self {
        Options {
            seed: 20_261_121,
            operators: 6,
            kits: 4,
            sites_per_operator: (8, 14),
            pages_per_site: (8, 16),
            news: 6,
            repairers: 14,
            officials: 8,
            directories: 2,
            blogs: 3,
            markets: 2,
            tenants: 6,
            parasites: 2,
            articles: 12,
            disguises: 0.25,
            shared_banks: 0.2,
            shuffle_blocks: 0.2,
            skins: 3,
            random_chrome: 0.3,
            common_theme: 0.15,
            synonyms: 0.1,
            rotate_numbers: 0.4,
            two_kits: 0.25,
            cite_official: 0.3,
            cite_warranty: 0.15,
            borrow_articles: 0.8,
            trackers: 0.5,
            copied_filings: 0.1,
            leaks: 0.1,
            nonsense_pages: 0.1,
            foreign_links: 0.2,
            city_subdomains: 0.04,
            noise: 0.1,
            gbk_share: 0.2,
            wildcard_pool: 40,
            redirecting_host: true,
            robots_rules: true,
            calendar_trap: true,
            faults: true,
        }
    }

    /// About 1,600 hosts and 32,000 pages, with most tricks used more.
    pub fn large() -> Self {
        Options {
            operators: 40,
            kits: 12,
            sites_per_operator: (10, 40),
            pages_per_site: (15, 40),
            news: 40,
            repairers: 160,
            officials: 40,
            directories: 8,
            blogs: 20,
            markets: 6,
            tenants: 20,
            parasites: 6,
            articles: 120,
            disguises: 0.4,
            shared_banks: 0.4,
            shuffle_blocks: 0.5,
            skins: 5,
            random_chrome: 0.5,
            synonyms: 0.3,
            wildcard_pool: 2_000,
            ..Self::small()
        }
    }

    /// The smallest web that still has one of everything, for tests.
    pub fn tiny() -> Self {
        Options {
            operators: 3,
            kits: 2,
            sites_per_operator: (3, 4),
            pages_per_site: (3, 5),
            news: 2,
            repairers: 3,
            officials: 3,
            directories: 1,
            blogs: 1,
            tenants: 3,
            parasites: 1,
            articles: 8,
            wildcard_pool: 6,
            ..Self::small()
        }
    }
}
