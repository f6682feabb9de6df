//! The user's lists under `seeds/`: hosts shared by many tenants, and numbers known to be
//! official. Built in as shipped; `--lists DIR` reads the user's own instead.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, Result};

/// All lists that the pipeline and the graph consult.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    pub shared_hosts: SharedHosts,
    pub official: OfficialNumbers,
}

impl Lists {
    /// The lists as shipped in `seeds/`.
    pub fn built_in() -> Self {
        Lists {
            shared_hosts: SharedHosts::built_in(),
            official: OfficialNumbers::built_in(),
        }
    }

    /// Reads `shared-hosts.tsv` and `official-numbers.tsv` from a directory; a missing file
    /// keeps the shipped list.
    pub fn read(dir: &Path) -> Result<Self> {
        let mut lists = Self::built_in();
        if !dir.is_dir() {
            return Err(Error::input(
                dir,
                "no such directory: --lists takes a folder like seeds/",
            ));
        }
        let path = dir.join("shared-hosts.tsv");
        if path.exists() {
            let text = std::fs::read_to_string(&path).map_err(|e| Error::read(&path, e))?;
            lists.shared_hosts = SharedHosts::parse(&text, &path)?;
        }
        let path = dir.join("official-numbers.tsv");
        if path.exists() {
            let text = std::fs::read_to_string(&path).map_err(|e| Error::read(&path, e))?;
            lists.official = OfficialNumbers::parse(&text, &path)?;
        }
        Ok(lists)
    }
}

/// How a shared host names its tenants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tenancy {
    /// `tenant.host`
    Subdomain,
    /// `host/tenant/…`
    Path,
}

/// Hosts on which strangers have pages side by side, by registrable domain or exact host.
#[derive(Debug, Clone, Default)]
pub struct SharedHosts {
    rules: BTreeMap<String, Tenancy>,
}

impl SharedHosts {
    pub fn built_in() -> Self {
        Self::parse(
            include_str!("../seeds/shared-hosts.tsv"),
            Path::new("seeds/shared-hosts.tsv"),
        )
        .expect("the shipped list is parsed by a test")
    }

    /// Lines `host TAB subdomain|path`; `#` starts a comment.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        let mut rules = BTreeMap::new();
        for (number, fields) in rows(text) {
            let tenancy = match fields.get(1).copied() {
                Some("subdomain") => Tenancy::Subdomain,
                Some("path") => Tenancy::Path,
                _ => {
                    return Err(Error::input(
                        path,
                        format!("line {number}: expected `host<TAB>subdomain` or `host<TAB>path`"),
                    ));
                }
            };
            rules.insert(fields[0].to_ascii_lowercase(), tenancy);
        }
        Ok(SharedHosts { rules })
    }

    /// The tenant that `host` and `path` belong to, or `None` where the host is not shared.
    /// The longest rule wins, so `m.example.com<TAB>path` beats `example.com<TAB>subdomain`.
    pub fn tenant(&self, host: &str, path: &str) -> Option<String> {
        let mut suffix = host;
        loop {
            match self.rules.get(suffix) {
                Some(Tenancy::Path) => {
                    let first = path
                        .trim_start_matches('/')
                        .split('/')
                        .next()
                        .unwrap_or_default();
                    // A file at the root belongs to the host itself, not to a tenant.
                    let tenant = !first.is_empty() && path.trim_start_matches('/').contains('/');
                    return Some(if tenant {
                        format!("{host}/{first}")
                    } else {
                        host.to_owned()
                    });
                }
                Some(Tenancy::Subdomain) => {
                    let rest = host.strip_suffix(suffix)?.trim_end_matches('.');
                    let tenant = rest.rsplit('.').next().unwrap_or_default();
                    return Some(if tenant.is_empty() || tenant == "www" {
                        suffix.to_owned()
                    } else {
                        format!("{tenant}.{suffix}")
                    });
                }
                None => suffix = suffix.split_once('.')?.1,
            }
        }
    }
}

/// Numbers that a brand itself publishes: national digits and the brand.
#[derive(Debug, Clone, Default)]
pub struct OfficialNumbers {
    numbers: BTreeMap<String, String>,
}

impl OfficialNumbers {
    pub fn built_in() -> Self {
        Self::parse(
            include_str!("../seeds/official-numbers.tsv"),
            Path::new("seeds/official-numbers.tsv"),
        )
        .expect("the shipped list is parsed by a test")
    }

    /// Lines `number TAB brand [TAB source]`; `#` starts a comment. One number under two
    /// brands is an error: the list contradicts itself.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        let mut numbers = BTreeMap::new();
        for (line, fields) in rows(text) {
            let digits: String = fields[0].chars().filter(char::is_ascii_digit).collect();
            let brand = fields.get(1).copied().unwrap_or_default();
            if digits.len() < 5 || brand.is_empty() {
                return Err(Error::input(
                    path,
                    format!("line {line}: expected `number<TAB>brand`"),
                ));
            }
            if let Some(other) = numbers.insert(digits.clone(), brand.to_owned())
                && other != brand
            {
                return Err(Error::input(
                    path,
                    format!("line {line}: {digits} is given to {brand} here and to {other} above"),
                ));
            }
        }
        Ok(OfficialNumbers { numbers })
    }

    /// The brand that owns this number (national digits).
    pub fn brand_of(&self, number: &str) -> Option<&str> {
        self.numbers.get(number).map(String::as_str)
    }
}

/// The rows of a list file with their line numbers: comments and empty lines gone, split at tabs.
fn rows(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    text.trim_start_matches('\u{feff}')
        .lines()
        .enumerate()
        .filter_map(|(i, line)| {
            let line = line.split('#').next().unwrap_or_default().trim();
            (!line.is_empty()).then(|| (i + 1, line.split('\t').map(str::trim).collect()))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_lists_parse() {
        let lists = Lists::built_in();
        assert!(!lists.shared_hosts.rules.is_empty());
        assert_eq!(lists.official.brand_of("4006999999"), Some("海尔"));
    }

    #[test]
    fn a_contradiction_names_file_and_line() {
        let text = "4001234567\t甲\n# comment\n400-1234-567\t乙\n";
        let error = OfficialNumbers::parse(text, Path::new("mine.tsv"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("mine.tsv") && error.contains("line 3"),
            "{error}"
        );
    }
}
