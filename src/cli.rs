//! The command line: what can be typed, and the help that explains it. No logic.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use partyline::config::{DEFAULT_CACHE_MIB, DEFAULT_STATE};

/// Find out which web sites belong to one hand.
///
/// partyline crawls repair-hotline spam from a seed list (or reads web archives), extracts
/// telephone numbers and brand names, sees through spun templates, and draws the networks of
/// sites that share them, with the evidence.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Examples:
  partyline demo                                  a synthetic spam web, crawled here, no internet
  partyline crawl seeds/hotlines.txt --max-pages 2000
  partyline query network                         the networks, most important first
  partyline query number 400-1865-909             is this the brand's number?
  partyline export --format gexf -o networks.gexf")]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Args)]
pub struct Global {
    /// Directory that holds the archive and the store
    #[arg(long, global = true, value_name = "DIR", default_value = DEFAULT_STATE)]
    pub state: PathBuf,
    /// Print JSON Lines in place of tables
    #[arg(long, global = true)]
    pub json: bool,
    /// No progress and no warnings; errors and results only
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Your own shared-hosts.tsv and official-numbers.tsv in place of the built-in lists
    #[arg(long, global = true, value_name = "DIR")]
    pub lists: Option<PathBuf>,
    /// Memory for the store's cache
    #[arg(long, global = true, value_name = "MIB", default_value_t = DEFAULT_CACHE_MIB)]
    pub cache: u64,
    /// What to log to standard error, such as `info` or `partyline::crawl=debug`
    #[arg(long, global = true, value_name = "FILTER")]
    pub log: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Crawl from seed lists or URLs; resumes by itself
    #[command(after_help = "Examples:
  partyline crawl seeds/hotlines.txt
  partyline crawl http://example.com/ --max-pages 500 --scope site
  partyline crawl seeds/hotlines.txt --delay 2 --time-limit 30m

Interrupt with Ctrl-C: the state is saved, and the same command goes on where it stopped.")]
    Crawl(Box<Crawl>),
    /// Take pages from files, folders or standard input
    #[command(after_help = "Examples:
  partyline ingest pages/                         every .html, .txt, .jsonl, .warc, .wet in it
  partyline ingest CC-MAIN-2024.warc.wet.gz
  zcat pages.jsonl.gz | partyline ingest -

JSONL lines: {\"url\":\"…\",\"html\":\"…\"} or {\"url\":\"…\",\"title\":\"…\",\"text\":\"…\"},
optional \"fetched_at\" (RFC 3339) and \"status\". The same page twice is one page.")]
    Ingest {
        /// Files, folders, or - for JSONL on standard input
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Pages in, one JSON object a page out; no store is touched
    #[command(after_help = "Examples:
  partyline extract page.html
  cat pages.jsonl | partyline extract | jq '.phones[].number'")]
    Extract {
        /// Files, folders, or - for JSONL on standard input (the default)
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Ask the store: networks, numbers, sites, brands, templates, pages
    #[command(after_help = "Examples:
  partyline query network                         all networks, most important first
  partyline query number 400-1865-909             any spelling of the number will do
  partyline query site example.com --json
  partyline query near http://example.com/a.html  pages of the same template, with distances
  partyline query near 0f3a5c7e9b1d2468 --within 8")]
    Query {
        kind: QueryKind,
        /// One network, number, site, brand, template or URL (near: also a fingerprint of 16
        /// hexadecimal digits); all of the kind without it
        key: Option<String>,
        /// Bits of 64 in which fingerprints of near pages may differ, at most 8 [default: 3]
        #[arg(long, value_name = "BITS")]
        within: Option<u32>,
    },
    /// Write the networks for other programs
    #[command(after_help = "Examples:
  partyline export --format gexf -o networks.gexf     Gephi
  partyline export --format csv -o tables/            nodes.csv, edges.csv, numbers.csv
  partyline export --format json --network n3f9a… | jq .")]
    Export {
        /// gexf, graphml, csv or json
        #[arg(long, short)]
        format: String,
        /// File (for csv: folder) to write; standard output without it
        #[arg(long, short, value_name = "PATH")]
        output: Option<PathBuf>,
        /// Only this network (repeatable)
        #[arg(long, value_name = "ID")]
        network: Vec<String>,
    },
    /// Serve a small synthetic spam web on loopback, crawl it, and compare with its truth
    #[command(after_help = "Example:
  partyline demo                                  needs no internet; state in state/demo")]
    Demo {
        /// Another seed is another web
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Size and difficulty of the web
        #[arg(long, value_enum, default_value = "small")]
        size: DemoSize,
    },
    /// Count what the state holds
    #[command(after_help = "Example:\n  partyline stats --state state/demo")]
    Stats,
    /// Verify the store against the archived pages and the ledger
    #[command(
        after_help = "Example:\n  partyline check\n\nExit code 0: all agrees; 4: something is damaged."
    )]
    Check,
    /// Rebuild the store from the archived pages
    #[command(
        after_help = "Example:\n  partyline rebuild\n\nThe damaged store is left as it is until the new one is complete."
    )]
    Rebuild,
}

#[derive(Debug, Args)]
pub struct Crawl {
    /// Seed lists (one URL or host a line, # comments) or URLs
    #[arg(required = true, value_name = "SEED")]
    pub seeds: Vec<String>,
    /// Stop after this many pages
    #[arg(long, value_name = "N")]
    pub max_pages: Option<u64>,
    /// Links away from a seed
    #[arg(long, value_name = "N", default_value_t = 6)]
    pub max_depth: u16,
    /// Fetches at a time, over all hosts
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub concurrency: usize,
    /// Seconds between two requests to a host, a domain or an address
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    pub delay: f64,
    /// Which links to follow: within the site, from hotline pages also to other sites, or any
    #[arg(long, value_enum, default_value = "hotline")]
    pub scope: Scope,
    /// User-Agent to send; name a way to reach you in it
    #[arg(long, value_name = "TEXT")]
    pub user_agent: Option<String>,
    /// http://, https:// or socks5:// proxy for all requests
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// Keep to robots.txt (RFC 9309) or not
    #[arg(long, value_enum, default_value = "obey")]
    pub robots: Robots,
    /// Allow loopback and private addresses, which are refused otherwise
    #[arg(long)]
    pub allow_private: bool,
    /// Connect to ADDR (an IP address, with a port if you like) for HOST (repeatable)
    #[arg(long, value_name = "HOST=ADDR")]
    pub resolve: Vec<String>,
    /// What to fetch first, as far as politeness leaves a choice: what is likeliest to bring new
    /// numbers, sites and templates; sites in turn; or the oldest links
    #[arg(long, value_enum, default_value = "focused")]
    pub order: Order,
    /// Stop, with the state saved, when the last 200 pages brought fewer new numbers, sites and
    /// templates per 100 pages
    #[arg(long, value_name = "N")]
    pub stop_when_yield_below: Option<f64>,
    /// Leave a site whose numbers (or template) were on this many pages already
    #[arg(long, value_name = "PAGES", default_value_t = 500)]
    pub network_budget: u32,
    /// Stop after this time: 90s, 30m, 2h
    #[arg(long, value_name = "DURATION")]
    pub time_limit: Option<String>,
    /// Show what would be fetched first, and why; fetch and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Stop, with the state saved, when fewer MiB are free on the disk
    #[arg(long, value_name = "MIB", default_value_t = partyline::state::MIN_FREE >> 20)]
    pub min_free: u64,
    /// Accept broken TLS certificates
    #[arg(long)]
    pub insecure: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scope {
    Site,
    Hotline,
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Order {
    Focused,
    Fair,
    Breadth,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Robots {
    Obey,
    Ignore,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum QueryKind {
    Network,
    Number,
    Site,
    Brand,
    Template,
    Page,
    Near,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DemoSize {
    Small,
    Large,
}
