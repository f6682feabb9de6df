//! The user's lists under `seeds/`: hosts shared by many tenants, numbers known to be official,
//! and numbers known to be spam. Built in as shipped; `--lists DIR` reads the user's own instead.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// All lists that the pipeline and the graph consult.
#[derive(Debug, Clone, Default)]
pub struct Lists {
    pub shared_hosts: SharedHosts,
    pub official: OfficialNumbers,
    pub spam: SpamNumbers,
}

impl Lists {
    /// The lists as shipped in `seeds/`.
    pub fn built_in() -> Self {
        Lists {
            shared_hosts: SharedHosts::built_in(),
            official: OfficialNumbers::built_in(),
            spam: SpamNumbers::built_in(),
        }
    }

    /// Reads `shared-hosts.tsv`, `official-numbers.tsv` and `spam-numbers.tsv` from a directory;
    /// a missing file keeps the shipped list. A number that is both official and spam is an
    /// error.
    pub fn read(dir: &Path) -> Result<Self> {
        let mut lists = Self::built_in();
        if !dir.is_dir() {
            return Err(Error::input(
                dir,
                "no such directory: --lists takes a folder like seeds/",
            ));
        }
        if let Some((text, path)) = text(dir, "shared-hosts.tsv")? {
            lists.shared_hosts = SharedHosts::parse(&text, &path)?;
        }
        if let Some((text, path)) = text(dir, "official-numbers.tsv")? {
            lists.official = OfficialNumbers::parse(&text, &path)?;
        }
        if let Some((text, path)) = text(dir, "spam-numbers.tsv")? {
            lists.spam = SpamNumbers::parse(&text, &path)?;
        }
        lists.check()?;
        Ok(lists)
    }

    /// Nothing is both official and spam.
    fn check(&self) -> Result<()> {
        let (official, spam) = (&self.official.numbers, &self.spam.numbers);
        for (digits, (line, source)) in &spam.rows {
            if let Some((other, brand)) = official.rows.get(digits) {
                let above = official.path.display();
                return Err(Error::input(
                    &spam.path,
                    format!(
                        "line {line}: {digits} is spam here (says {source}) and official in \
                         {above}, line {other} ({brand}): take it out of one of the two"
                    ),
                ));
            }
        }
        Ok(())
    }
}

/// A list of the directory with its path, where there is one.
fn text(dir: &Path, name: &str) -> Result<Option<(String, PathBuf)>> {
    let path = dir.join(name);
    if !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path).map_err(|e| Error::read(&path, e))?;
    Ok(Some((text, path)))
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

/// Numbers with a word on each, and where they are written.
#[derive(Debug, Clone, Default)]
struct Numbers {
    path: PathBuf,
    /// By national digits: line and word.
    rows: BTreeMap<String, (usize, String)>,
}

impl Numbers {
    /// Lines `number TAB word [TAB source]`. `word` is the name of the word, of which a number has
    /// but one where that is `sole`; else the first counts.
    fn parse(text: &str, path: &Path, word: &str, sole: bool) -> Result<Numbers> {
        let mut all: BTreeMap<String, (usize, String)> = BTreeMap::new();
        for (line, fields) in rows(text) {
            let digits: String = fields[0].chars().filter(char::is_ascii_digit).collect();
            let given = fields.get(1).copied().unwrap_or_default();
            if digits.len() < 5 || given.is_empty() {
                return Err(Error::input(
                    path,
                    format!("line {line}: expected `number<TAB>{word}`"),
                ));
            }
            match all.get(&digits) {
                Some((above, other)) if sole && other != given => {
                    return Err(Error::input(
                        path,
                        format!(
                            "line {line}: {digits} is given to {given} here and to {other} in line {above}"
                        ),
                    ));
                }
                Some(_) => {}
                None => {
                    all.insert(digits, (line, given.to_owned()));
                }
            }
        }
        Ok(Numbers {
            path: path.to_owned(),
            rows: all,
        })
    }

    fn word(&self, number: &str) -> Option<&str> {
        self.rows.get(number).map(|(_, word)| word.as_str())
    }
}

/// Numbers that a brand itself publishes: national digits and the brand.
#[derive(Debug, Clone, Default)]
pub struct OfficialNumbers {
    numbers: Numbers,
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
        Ok(OfficialNumbers {
            numbers: Numbers::parse(text, path, "brand", true)?,
        })
    }

    /// The brand that owns this number (national digits).
    pub fn brand_of(&self, number: &str) -> Option<&str> {
        self.numbers.word(number)
    }
}

/// Numbers that are known to be hotlines of strangers: national digits, and who says so.
#[derive(Debug, Clone, Default)]
pub struct SpamNumbers {
    numbers: Numbers,
}

impl SpamNumbers {
    pub fn built_in() -> Self {
        Self::parse(
            include_str!("../seeds/spam-numbers.tsv"),
            Path::new("seeds/spam-numbers.tsv"),
        )
        .expect("the shipped list is parsed by a test")
    }

    /// Lines `number TAB who says so [TAB where]`; `#` starts a comment. Of several who name a
    /// number the first is shown.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        Ok(SpamNumbers {
            numbers: Numbers::parse(text, path, "who says so", false)?,
        })
    }

    /// Who says that this number (national digits) is spam.
    pub fn source_of(&self, number: &str) -> Option<&str> {
        self.numbers.word(number)
    }

    pub fn is_empty(&self) -> bool {
        self.numbers.rows.is_empty()
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
        assert!(lists.spam.is_empty() && lists.check().is_ok());
    }

    #[test]
    fn a_number_in_both_lists_names_both() {
        let dir = tempfile::tempdir().unwrap();
        let spam = "# mine\n400-123-4567\t协会\thttps://example.org\n";
        std::fs::write(dir.path().join("spam-numbers.tsv"), spam).unwrap();
        let lists = Lists::read(dir.path()).unwrap();
        assert_eq!(lists.spam.source_of("4001234567"), Some("协会"));
        std::fs::write(dir.path().join("official-numbers.tsv"), "4001234567\t甲\n").unwrap();
        let error = Lists::read(dir.path()).unwrap_err().to_string();
        for part in [
            "spam-numbers.tsv",
            "line 2",
            "official-numbers.tsv, line 1",
            "4001234567",
        ] {
            assert!(error.contains(part), "{error}");
        }
        // The shipped list counts where there is no other.
        std::fs::remove_file(dir.path().join("official-numbers.tsv")).unwrap();
        std::fs::write(dir.path().join("spam-numbers.tsv"), "4006999999\t协会\n").unwrap();
        assert!(Lists::read(dir.path()).is_err());
        for broken in ["4001234567\n", "12\t协会\n"] {
            let error = SpamNumbers::parse(broken, Path::new("s.tsv")).unwrap_err();
            assert!(error.to_string().contains("s.tsv: line 1"), "{error}");
        }
    }

    #[test]
    fn a_contradiction_names_file_and_line() {
        let text = "4001234567\t甲\n# comment\n400-1234-567\t乙\n";
        let error = OfficialNumbers::parse(text, Path::new("mine.tsv"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("mine.tsv") && error.contains("line 3") && error.contains("line 1"),
            "{error}"
        );
    }
}
