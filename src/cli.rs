//! The command line: what can be typed, and the help that explains it; and the settings file,
//! whose keys are the names of flags.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::error::ContextKind;
use clap::parser::ValueSource;
use clap::{
    Arg, ArgAction, ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
};

use partyline::config::file::{self, Setting, Value};
use partyline::config::{DEFAULT_CACHE_MIB, DEFAULT_STATE};
use partyline::{Error, Result};

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
  partyline export --format gexf -o networks.gexf

Settings: partyline.toml in the current folder, or the file that --config names, holds flags by
their names: those above at its top, those of a command in a table of its name ([crawl]). Flags on
the command line win; --no-NAME turns off a switch that the file turns on.")]
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
    /// Folder with your own shared-hosts.tsv, official-numbers.tsv or spam-numbers.tsv in place of
    /// the built-in lists
    #[arg(long, global = true, value_name = "DIR")]
    pub lists: Option<PathBuf>,
    /// Memory for the store's cache
    #[arg(long, global = true, value_name = "MIB", default_value_t = DEFAULT_CACHE_MIB)]
    pub cache: u64,
    /// Settings file in place of partyline.toml in the current folder
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
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
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = depth)]
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
    /// Leave a site whose numbers (or template) were on this many pages already: 500 is enough
    /// to know a network; 0 fetches every page
    #[arg(long, value_name = "PAGES", default_value_t = 0)]
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
    /// Sitemaps to read: none, those that robots.txt names, or also /sitemap.xml
    #[arg(long, value_enum, default_value = "named")]
    pub sitemaps: Sitemaps,
    /// Fetch the first N pages of each host also as someone from a search engine and as someone
    /// with a telephone, and report what only these are shown [default without N: 3]
    #[arg(long, value_name = "N", num_args = 0..=1, default_value_t = 0, default_missing_value = "3", hide_default_value = true)]
    pub profiles: u32,
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
pub enum Sitemaps {
    Off,
    Named,
    Guess,
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

impl Cli {
    /// What was typed, with the settings file below it. Ends the program where the command line
    /// asks for help or is wrong.
    ///
    /// # Errors
    /// A settings file that cannot be read, or holds what is no flag.
    pub fn read() -> Result<Cli> {
        let command = with_negations(Cli::command());
        let typed: Vec<OsString> = std::env::args_os().collect();
        let matches = command.clone().get_matches_from(&typed);
        let named: Option<&PathBuf> = matches.get_one("config");
        let path = match named {
            Some(path) => path.as_path(),
            None if Path::new(file::DEFAULT_FILE).exists() => Path::new(file::DEFAULT_FILE),
            None => return understood(&matches),
        };
        let settings = file::read(path)?;
        let mut added = Vec::new();
        for setting in &settings {
            added.extend(flags(&command, &matches, path, setting)?);
        }
        // What follows a bare `--` is no flag.
        let end = typed.iter().position(|a| a == "--").unwrap_or(typed.len());
        let mut all = typed;
        all.splice(end..end, added);
        match command.try_get_matches_from(all) {
            Ok(matches) => understood(&matches),
            Err(error) => Err(blame(&error, path, &settings)),
        }
    }
}

fn understood(matches: &ArgMatches) -> Result<Cli> {
    // The same definition made the matches.
    Cli::from_arg_matches(matches).map_err(|e| Error::Usage(e.to_string()))
}

/// Adds `--no-NAME` for each switch.
fn with_negations(mut command: clap::Command) -> clap::Command {
    let commands = command.get_subcommands();
    let names: Vec<String> = commands.map(|sub| sub.get_name().to_owned()).collect();
    for name in names {
        command = command.mut_subcommand(name, |sub| negated(sub, false));
    }
    negated(command, true)
}

fn negated(command: clap::Command, global: bool) -> clap::Command {
    let switches: Vec<String> = command
        .get_arguments()
        .filter(|arg| {
            matches!(arg.get_action(), ArgAction::SetTrue) && arg.is_global_set() == global
        })
        .filter_map(|arg| arg.get_long().map(str::to_owned))
        .collect();
    switches.into_iter().fold(command, |command, name| {
        // Once for each switch in the life of the program.
        let long: &'static str = format!("no-{name}").leak();
        let arg = Arg::new(long).long(long).hide(true).global(global);
        command.arg(arg.action(ArgAction::SetTrue))
    })
}

/// A setting as flags; none where the command line decides, or another command is meant.
fn flags(
    command: &clap::Command,
    matches: &ArgMatches,
    path: &Path,
    setting: &Setting,
) -> Result<Vec<OsString>> {
    let wrong = |problem: String| file::at(path, setting.line, &problem);
    let key = setting.key.as_str();
    let owner = match &setting.table {
        None => command,
        Some(name) => command.find_subcommand(name).ok_or_else(|| {
            let all = command.get_subcommands().map(clap::Command::get_name);
            let near = file::nearest(name, all).unwrap_or_default();
            wrong(format!("unknown command [{name}]; the nearest is [{near}]"))
        })?,
    };
    let usable = |arg: &&Arg| {
        let long = arg.get_long().unwrap_or_default();
        let help = ["", "help", "version", "config"].contains(&long) || long.starts_with("no-");
        !help && arg.is_global_set() == setting.table.is_none()
    };
    let arg = owner
        .get_arguments()
        .filter(usable)
        .find(|arg| arg.get_long() == Some(key));
    let arg = arg.ok_or_else(|| {
        let all = owner
            .get_arguments()
            .filter(usable)
            .filter_map(Arg::get_long);
        let near = file::nearest(key, all).map(|near| format!("; the nearest is `{near}`"));
        wrong(format!("unknown key `{key}`{}", near.unwrap_or_default()))
    })?;
    let switch = matches!(arg.get_action(), ArgAction::SetTrue);
    let bare = arg.get_num_args().is_some_and(|n| n.min_values() == 0);
    let list = matches!(arg.get_action(), ArgAction::Append);
    let values = match &setting.value {
        Value::Switch(_) if !switch && !bare => {
            return Err(wrong(format!("{key}: expected a value")));
        }
        Value::One(_) | Value::Many(_) if switch => {
            return Err(wrong(format!("{key}: expected true or false")));
        }
        Value::Many(_) if !list => return Err(wrong(format!("{key}: expected one value"))),
        Value::Switch(on) => {
            let flag = OsString::from(format!("--{key}"));
            on.then_some(flag).into_iter().collect()
        }
        Value::One(value) => vec![OsString::from(format!("--{key}={value}"))],
        Value::Many(values) => {
            let flag = |value: &String| OsString::from(format!("--{key}={value}"));
            values.iter().map(flag).collect()
        }
    };
    let Some((name, given)) = matches.subcommand() else {
        return Ok(values);
    };
    if setting.table.as_deref().is_some_and(|table| table != name) {
        return Ok(Vec::new());
    }
    let typed = |id: &str| given.value_source(id) == Some(ValueSource::CommandLine);
    let off = switch && typed(&format!("no-{key}"));
    match off || typed(arg.get_id().as_str()) {
        true => Ok(Vec::new()),
        false => Ok(values),
    }
}

/// What clap says of a value that the file gave, with its line.
fn blame(error: &clap::Error, path: &Path, settings: &[Setting]) -> Error {
    let argument = error.get(ContextKind::InvalidArg).map(ToString::to_string);
    let argument = argument.unwrap_or_default();
    let named = |s: &&Setting| argument.split([' ', '=']).next() == Some(&format!("--{}", s.key));
    let line = settings.iter().find(named).map_or(1, |s| s.line);
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    file::at(path, line, first.strip_prefix("error: ").unwrap_or(first))
}
/// A depth; beyond what is counted it is no limit.
fn depth(text: &str) -> Result<u16, std::num::ParseIntError> {
    let depth: u64 = text.parse()?;
    Ok(u16::try_from(depth).unwrap_or(u16::MAX))
}
