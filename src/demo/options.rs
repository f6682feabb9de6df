//! How large the demo web is, and which tricks it plays.

use super::bank::second::SECOND;
use super::bank::{FIRST, Words};

/// Settings of the generator. Equal options give an equal web, byte for byte. Shares are
/// probabilities 0..=1; a count or share of 0 turns the trick off.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    pub seed: u64,
    /// What it is written with.
    pub words: &'static Words,
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
    /// Pages of each directory that are about one number.
    pub number_pages: usize,
    /// Honest firms with a domain in each of a few cities, and one number, filing and account.
    pub chains: usize,
    /// Dealers of each brand owner, who show its number beside their own.
    pub dealers: usize,
    /// Share of repairers who advertise in the words of hotlines.
    pub loud_repairers: f64,
    pub blogs: usize,
    /// Shared hosts that no list names, with spam shops of several operators among their pages.
    pub unlisted_markets: usize,
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
    /// Fewest and most numbers of an operator.
    pub numbers_per_operator: (usize, usize),
    /// Share of operators (with two numbers or more) whose sites show one number each: what
    /// ties them is an account or a contact that all of them carry.
    pub one_number_sites: f64,
    /// Share of operators whose pages draw from all of the operator's numbers.
    pub rotate_pages: f64,
    /// Share of operators with one QQ account on all their pages.
    pub contacts: f64,
    /// Share of operators whose sites come from two kits.
    pub two_kits: f64,
    /// Share of spam pages that cite the one official number that all operators cite.
    pub cite_official: f64,
    /// Share of spam pages that cite the official number of the very brand that they claim,
    /// where it has one.
    pub cite_owner: f64,
    /// Share of citations that stand as prominently as the page's own number.
    pub cite_prominently: f64,
    /// Share of spam pages that warn of another operator's number.
    pub quote_rivals: f64,
    /// Share of spam pages that name their brand once, if at all.
    pub scrub_brands: f64,
    /// Share of spam pages that print the warranty rules.
    pub cite_warranty: f64,
    /// Share of spam pages that append a borrowed article.
    pub borrow_articles: f64,
    /// Share of operators whose sites report to one tracker account.
    pub trackers: f64,
    /// Share of kits that come with an account to which every site of theirs reports, whoever
    /// runs it.
    pub kit_accounts: f64,
    /// Share of spam sites that show the filing number of an innocent site.
    pub copied_filings: f64,
    /// Share of spam sites that show one of two filing numbers whose owners are nowhere here.
    pub famous_filings: f64,
    /// Share of all sites that report to one account of a common platform.
    pub platform_account: f64,
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
    /// The web that `partyline demo` shows: about 170 hosts and 1,300 pages.
    pub fn small() -> Self {
        Options {
            seed: 20_261_121,
            words: &FIRST,
            operators: 6,
            kits: 4,
            sites_per_operator: (8, 14),
            pages_per_site: (8, 16),
            news: 6,
            repairers: 14,
            officials: 8,
            directories: 2,
            number_pages: 4,
            chains: 1,
            dealers: 1,
            loud_repairers: 0.2,
            blogs: 3,
            unlisted_markets: 1,
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
            numbers_per_operator: (1, 4),
            one_number_sites: 0.2,
            rotate_pages: 0.2,
            contacts: 0.3,
            two_kits: 0.25,
            cite_official: 0.3,
            cite_owner: 0.2,
            cite_prominently: 0.1,
            quote_rivals: 0.05,
            scrub_brands: 0.05,
            cite_warranty: 0.15,
            borrow_articles: 0.8,
            trackers: 0.5,
            kit_accounts: 0.0,
            copied_filings: 0.1,
            famous_filings: 0.1,
            platform_account: 0.1,
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

    /// The same in other words: brands, product nouns, sentences, articles, marks and folders.
    pub fn in_other_words(self) -> Self {
        Options {
            words: &SECOND,
            ..self
        }
    }

    /// The settings over which quality is measured: the small web, and webs that each push one
    /// family of tricks.
    pub fn settings() -> Vec<(&'static str, Options)> {
        let small = Self::small;
        vec![
            ("small", small()),
            (
                "kits: few, one bank",
                Options {
                    operators: 10,
                    kits: 3,
                    shared_banks: 1.0,
                    sites_per_operator: (3, 9),
                    ..small()
                },
            ),
            (
                "text: disguise, spin, scrub",
                Options {
                    disguises: 0.9,
                    scrub_brands: 0.3,
                    synonyms: 0.5,
                    noise: 0.5,
                    random_chrome: 0.7,
                    ..small()
                },
            ),
            (
                "numbers: many, rotating",
                Options {
                    numbers_per_operator: (3, 9),
                    one_number_sites: 0.4,
                    rotate_pages: 0.5,
                    rotate_numbers: 0.7,
                    two_kits: 0.6,
                    ..small()
                },
            ),
            (
                "citations: owners, rivals",
                Options {
                    cite_official: 0.8,
                    cite_owner: 0.8,
                    cite_prominently: 0.4,
                    quote_rivals: 0.3,
                    ..small()
                },
            ),
            (
                "accounts: copied, common",
                Options {
                    trackers: 0.9,
                    contacts: 0.6,
                    copied_filings: 0.4,
                    famous_filings: 0.5,
                    platform_account: 0.4,
                    common_theme: 0.6,
                    ..small()
                },
            ),
            (
                "accounts: shipped with kits",
                Options {
                    operators: 14,
                    kits: 4,
                    sites_per_operator: (2, 9),
                    kit_accounts: 0.8,
                    ..small()
                },
            ),
            (
                "innocents: many, loud",
                Options {
                    operators: 3,
                    news: 12,
                    repairers: 30,
                    chains: 5,
                    dealers: 3,
                    loud_repairers: 0.8,
                    number_pages: 20,
                    unlisted_markets: 3,
                    ..small()
                },
            ),
            (
                "crowd: many small operators",
                Options {
                    operators: 24,
                    kits: 5,
                    sites_per_operator: (2, 5),
                    pages_per_site: (5, 10),
                    officials: 4,
                    ..small()
                },
            ),
        ]
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
            number_pages: 2,
            blogs: 1,
            tenants: 3,
            parasites: 1,
            articles: 8,
            wildcard_pool: 6,
            ..Self::small()
        }
    }
}
