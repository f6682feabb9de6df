//! Seeds: files with one URL or host a line, and URLs given directly.

use std::path::Path;

use url::Url;

use crate::error::{Error, Result};
use crate::store::Candidate;

use super::traps;

/// What a list of seed arguments holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seeds {
    /// In the order given, each address once.
    pub candidates: Vec<Candidate>,
    /// Lines that are no seed, as `seeds.txt:12: no URL or host: …`; at most [`MAX_REPORTED`].
    pub problems: Vec<String>,
    /// All lines that are no seed, the unreported ones included.
    pub bad: u64,
}

/// More bad lines than this are only counted.
pub const MAX_REPORTED: usize = 20;
/// Characters of a bad line or argument that are shown.
const MAX_SHOWN: usize = 80;

/// Reads seed arguments: an existing file is a list, anything else is a URL or host.
///
/// # Errors
/// An argument that is neither, a file that cannot be read, and a file without one usable line.
pub fn read(arguments: &[String]) -> Result<Seeds> {
    let mut seeds = Seeds::default();
    let mut seen = std::collections::HashSet::new();
    for argument in arguments {
        let path = Path::new(argument);
        if path.is_file() {
            read_file(path, &mut seeds, &mut seen)?;
        } else if path.is_dir() {
            return Err(Error::input(
                path,
                "is a folder: give a seed file (one URL or host a line) or a URL",
            ));
        } else if let Some(candidate) = seed(argument).filter(|_| !looks_like_a_file(argument)) {
            add(candidate, &mut seeds, &mut seen);
        } else {
            let shown: String = argument.chars().take(MAX_SHOWN).collect();
            return Err(Error::input(
                shown,
                "no such seed file, and neither a URL nor a host (a host outside the public suffix list needs its http://)",
            ));
        }
    }
    Ok(seeds)
}

fn read_file(
    path: &Path,
    seeds: &mut Seeds,
    seen: &mut std::collections::HashSet<[u8; 16]>,
) -> Result<()> {
    let bytes = std::fs::read(path).map_err(|e| Error::read(path, e))?;
    let text = String::from_utf8_lossy(&bytes);
    let mut usable = 0usize;
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = strip_comment(line);
        if line.is_empty() {
            continue;
        }
        match seed(line) {
            Some(candidate) => {
                usable += 1;
                add(candidate, seeds, seen);
            }
            None => {
                seeds.bad += 1;
                if seeds.problems.len() < MAX_REPORTED {
                    let shown: String = line.chars().take(MAX_SHOWN).collect();
                    let shown = crate::text::visible(&shown).into_owned();
                    let place = format!("{}:{}", path.display(), number + 1);
                    seeds
                        .problems
                        .push(format!("{place}: no URL or host: {shown}"));
                }
            }
        }
    }
    if usable == 0 {
        return Err(Error::input(
            path,
            "holds no URL and no host: a seed file has one a line, `#` starts a comment",
        ));
    }
    Ok(())
}

fn add(candidate: Candidate, seeds: &mut Seeds, seen: &mut std::collections::HashSet<[u8; 16]>) {
    if seen.insert(candidate.canonical.key()) {
        seeds.candidates.push(candidate);
    }
}

/// A `#` starts a comment at the start of a line or after white space; elsewhere it is a fragment.
fn strip_comment(line: &str) -> &str {
    let line = line.trim();
    let mut before = ' ';
    for (i, c) in line.char_indices() {
        if c == '#' && before.is_whitespace() {
            return line[..i].trim_end();
        }
        before = c;
    }
    line
}

/// `list.txt` parses as a host, but no such top-level domain exists: a file is missing.
fn looks_like_a_file(argument: &str) -> bool {
    let Some(host) = argument
        .split(['/', ':'])
        .next()
        .filter(|_| !argument.contains("://"))
    else {
        return false;
    };
    let known = psl::suffix(host.as_bytes()).is_some_and(|s| s.is_known());
    let address = host.starts_with('[') || host.ends_with(|c: char| c.is_ascii_digit());
    !known && !address && host != "localhost"
}

/// Reads one seed: a URL, or a host (with port and path if need be), which means http.
pub fn seed(text: &str) -> Option<Candidate> {
    let text = text.trim();
    if text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    // By bytes: the first letter of `http://维修.中国` lies across the eighth.
    let begins = |scheme: &str| {
        let start = text.as_bytes().get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
    };
    let has_scheme = begins("http://") || begins("https://");
    let url = if has_scheme {
        Url::parse(text).ok()?
    } else {
        if text.contains("://") || text.starts_with('/') {
            return None;
        }
        let url = Url::parse(&format!("http://{text}")).ok()?;
        // A bare word is no host: it has to have a dot, or be an address.
        let name = url.host_str()?;
        let plausible = name.contains('.') || name.starts_with('[') || name == "localhost";
        if !plausible || !url.username().is_empty() {
            return None;
        }
        url
    };
    url.host_str().filter(|h| !h.is_empty())?;
    traps::candidate(url, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Option<String> {
        seed(text).map(|c| c.url)
    }

    #[test]
    fn urls_and_hosts_are_seeds() {
        assert_eq!(url("example.com").unwrap(), "http://example.com/");
        assert_eq!(
            url("example.com:8080/a").unwrap(),
            "http://example.com:8080/a"
        );
        assert_eq!(
            url("HTTPS://Example.com/a#x").unwrap(),
            "https://example.com/a"
        );
        assert_eq!(url("127.0.0.1:80").unwrap(), "http://127.0.0.1/");
        assert_eq!(url("[2001:db8::1]").unwrap(), "http://[2001:db8::1]/");
        for text in ["维修.中国", "http://维修.中国", "HTTP://维修.中国/"] {
            assert_eq!(url(text).unwrap(), "http://xn--8uq495i.xn--fiqs8s/");
        }
        assert_eq!(url("http://１２７.0.0.1/").unwrap(), "http://127.0.0.1/");
    }

    #[test]
    fn other_words_are_not() {
        for bad in [
            "",
            "hello",
            "not a url",
            "ftp://a.cn/",
            "mailto:a@b.cn",
            "javascript:alert(1)",
            "/etc/passwd",
            "http://",
            "http:///",
            "a b.cn",
            "a@b.cn",
            "海尔\u{1b}[31m.cn",
        ] {
            assert_eq!(url(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_list_survives_bom_crlf_comments_and_bad_lines() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("seeds.txt");
        let text =
            "\u{feff}# list\r\na.cn\r\n\r\nhttp://b.cn/x#top # why\r\nno url here\r\nA.cn\r\n";
        std::fs::write(&file, text).unwrap();
        let seeds = read(&[file.display().to_string(), "c.cn".into()]).unwrap();
        let urls: Vec<_> = seeds.candidates.iter().map(|c| c.url.as_str()).collect();
        assert_eq!(urls, ["http://a.cn/", "http://b.cn/x", "http://c.cn/"]);
        assert_eq!(seeds.bad, 1);
        assert!(seeds.problems[0].ends_with("seeds.txt:5: no URL or host: no url here"));
    }

    #[test]
    fn a_file_without_seeds_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("empty.txt");
        std::fs::write(&file, "# nothing\n").unwrap();
        let error = read(&[file.display().to_string()]).unwrap_err();
        assert!(error.to_string().contains("empty.txt"), "{error}");
        let missing = dir.path().join("missing").display().to_string();
        assert!(
            read(&[missing])
                .unwrap_err()
                .to_string()
                .contains("missing")
        );
        assert!(read(&[dir.path().display().to_string()]).is_err());
    }
}
