//! The Robots Exclusion Protocol, RFC 9309, with `Crawl-delay`.
//!
//! Matching is linear in path and pattern: a pattern is cut at its wildcards and the pieces are
//! searched for one after the other, so no pattern makes it backtrack.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{sitemap, traps};

/// No more of a robots.txt is read than this (RFC 9309 §2.5 asks for at least 500 KiB).
pub const MAX_BYTES: usize = 512 * 1024;

/// What a robots.txt says to one crawler.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Robots {
    /// Longest pattern first, `Allow` before `Disallow` among equals: the first match decides.
    rules: Vec<Rule>,
    /// Seconds between requests that the site asks for.
    pub crawl_delay: Option<Duration>,
    /// Addresses of sitemaps, as written; they are for every crawler. Not kept over a restart.
    #[serde(skip)]
    pub sitemaps: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Rule {
    /// Normalised by [`normalise`]; may hold `*` and end in `$`.
    pattern: Box<[u8]>,
    allow: bool,
}

/// The token by which a robots.txt names the crawler: the name at the start of the User-Agent.
pub fn product_token(user_agent: &str) -> &str {
    let end = user_agent
        .find(|c: char| !(c.is_ascii_alphabetic() || c == '_' || c == '-'))
        .unwrap_or(user_agent.len());
    &user_agent[..end]
}

impl Robots {
    /// Reads the groups for `token`, or where no group names it, those for `*`.
    pub fn parse(bytes: &[u8], token: &str) -> Self {
        let bytes = &bytes[..bytes.len().min(MAX_BYTES)];
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let (mut own, mut any) = (Group::default(), Group::default());
        let (mut in_own, mut in_any, mut naming) = (false, false, false);
        let mut sitemaps = Vec::new();
        for line in bytes.split(|b| matches!(b, b'\n' | b'\r' | 0)) {
            let Some((key, value)) = fields(line) else {
                continue;
            };
            if key.eq_ignore_ascii_case(b"user-agent") {
                if !naming {
                    (in_own, in_any, naming) = (false, false, true);
                }
                in_any |= value.first() == Some(&b'*');
                if !token.is_empty() && names(value, token) {
                    in_own = true;
                    own.named = true;
                }
                continue;
            }
            if key.eq_ignore_ascii_case(b"sitemap") {
                if sitemaps.len() < sitemap::MAX_NAMED && value.len() <= traps::MAX_URL {
                    sitemaps.push(String::from_utf8_lossy(value).into_owned());
                }
                continue;
            }
            let rule = if key.eq_ignore_ascii_case(b"allow") {
                Line::Rule(true)
            } else if key.eq_ignore_ascii_case(b"disallow") {
                Line::Rule(false)
            } else if key.eq_ignore_ascii_case(b"crawl-delay") {
                Line::Delay
            } else {
                // Other records (comments) neither end nor open a group.
                continue;
            };
            naming = false;
            if in_own {
                own.add(&rule, value);
            }
            if in_any {
                any.add(&rule, value);
            }
        }
        Robots {
            sitemaps,
            ..if own.named { own } else { any }.finish()
        }
    }

    /// May the crawler fetch this path (with query)?
    pub fn allowed(&self, path: &str) -> bool {
        if self.rules.is_empty() || path == "/robots.txt" {
            return true;
        }
        let path = normalise(path.as_bytes());
        self.rules
            .iter()
            .find(|rule| matches(&rule.pattern, &path))
            .is_none_or(|rule| rule.allow)
    }

    /// Bytes that keeping it costs, about.
    pub fn size(&self) -> usize {
        self.rules
            .iter()
            .map(|r| r.pattern.len() + size_of::<Rule>())
            .sum()
    }
}

enum Line {
    Rule(bool),
    Delay,
}

#[derive(Default)]
struct Group {
    named: bool,
    robots: Robots,
}

impl Group {
    fn add(&mut self, line: &Line, value: &[u8]) {
        match line {
            // An empty pattern forbids nothing.
            Line::Rule(_) if value.is_empty() => {}
            Line::Rule(allow) => self.robots.rules.push(Rule {
                pattern: normalise(value).into(),
                allow: *allow,
            }),
            Line::Delay => {
                let seconds = std::str::from_utf8(value)
                    .ok()
                    .and_then(|v| v.trim().parse::<f32>().ok())
                    .filter(|s| s.is_finite() && *s >= 0.0);
                if let Some(seconds) = seconds {
                    let delay = Duration::from_secs_f32(seconds.min(86_400.0));
                    self.robots.crawl_delay = self.robots.crawl_delay.max(Some(delay));
                }
            }
        }
    }

    fn finish(self) -> Robots {
        let mut robots = self.robots;
        robots.rules.sort_unstable_by(|a, b| {
            (b.pattern.len(), b.allow, &b.pattern).cmp(&(a.pattern.len(), a.allow, &a.pattern))
        });
        robots.rules.dedup();
        robots
    }
}

/// Key and value of one line, comment and white space removed.
fn fields(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let line = line.split(|b| *b == b'#').next()?;
    let colon = memchr::memchr(b':', line)?;
    let key = line[..colon].trim_ascii();
    (!key.is_empty()).then(|| (key, line[colon + 1..].trim_ascii()))
}

/// Does a `User-agent` value name the token? Only its leading name counts (`Bot/1.0` is `Bot`).
fn names(value: &[u8], token: &str) -> bool {
    let end = value
        .iter()
        .position(|b| !(b.is_ascii_alphabetic() || matches!(b, b'_' | b'-')))
        .unwrap_or(value.len());
    value[..end].eq_ignore_ascii_case(token.as_bytes())
}

/// Brings escapes to one form (RFC 9309 §2.2.2): bytes outside ASCII are escaped, escapes of
/// unreserved characters are resolved, hexadecimal digits are in upper case.
fn normalise(text: &[u8]) -> Vec<u8> {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |b: Option<&u8>| b.and_then(|b| (*b as char).to_digit(16)).map(|d| d as u8);
    let mut out = Vec::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        let mut byte = text[i];
        let mut escape = !(0x21..0x7f).contains(&byte);
        i += 1;
        if byte == b'%'
            && let (Some(high), Some(low)) = (digit(text.get(i)), digit(text.get(i + 1)))
        {
            byte = high << 4 | low;
            i += 2;
            escape = !(byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
        }
        if escape {
            let pair = [HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]];
            out.extend_from_slice(&[b'%', pair[0], pair[1]]);
        } else {
            out.push(byte);
        }
    }
    out
}

/// Does the pattern match the start of the path? `*` is any run of characters, a final `$` the
/// end of the path.
fn matches(pattern: &[u8], path: &[u8]) -> bool {
    let (pattern, anchored) = match pattern.strip_suffix(b"$") {
        Some(rest) => (rest, true),
        None => (pattern, false),
    };
    let mut pieces = pattern.split(|b| *b == b'*');
    // `split` yields at least one piece, the one before the first wildcard.
    let Some(mut rest) = pieces.next().and_then(|first| path.strip_prefix(first)) else {
        return false;
    };
    let mut pieces = pieces.peekable();
    if pieces.peek().is_none() {
        return !anchored || rest.is_empty();
    }
    while let Some(piece) = pieces.next() {
        if anchored && pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        match memchr::memmem::find(rest, piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str, path: &str) -> bool {
        Robots::parse(text.as_bytes(), "partyline").allowed(path)
    }

    #[test]
    fn the_longest_pattern_decides_and_allow_wins_a_tie() {
        let text = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /a/b/c\nAllow: /a/b/c\n";
        for (path, expected) in [
            ("/", true),
            ("/a", false),
            ("/ab", false),
            ("/a/b", true),
            ("/a/b/c", true),
            ("/robots.txt", true),
        ] {
            assert_eq!(allowed(text, path), expected, "{path}");
        }
    }

    #[test]
    fn wildcards_and_anchors() {
        let cases = [
            ("/*.php", "/index.php", true),
            ("/*.php", "/a/index.php5?x", true),
            ("/*.php$", "/index.php", true),
            ("/*.php$", "/index.php?x", false),
            ("/fish*", "/fish/salmon.html", true),
            ("/fish", "/Fish", false),
            ("*", "/x", true),
            ("/$", "/", true),
            ("/$", "/x", false),
            ("/a*b*c$", "/a1b2c", true),
            ("/a*b*c$", "/a1c2b", false),
            ("/a*aa$", "/aa", false),
            ("/a*aa$", "/aaa", true),
            ("/x**y", "/xzzy", true),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(
                matches(pattern.as_bytes(), path.as_bytes()),
                expected,
                "{pattern} {path}"
            );
        }
    }

    #[test]
    fn groups_are_chosen_by_name_and_merged() {
        let text = "user-agent: other\nDisallow: /\n\nUser-Agent: PartyLine/2.0\nDisallow: /x\n\
            User-agent: *\nDisallow: /\n\nUser-agent: foo\nUser-agent: partyline\nDisallow: /y # c\n";
        assert!(allowed(text, "/"));
        assert!(!allowed(text, "/x"));
        assert!(!allowed(text, "/y"));
        assert!(!Robots::parse(text.as_bytes(), "somebody").allowed("/"));
        assert!(!Robots::parse(text.as_bytes(), "other").allowed("/"));
        // A group that names the crawler and forbids nothing beats `*`.
        assert!(allowed(
            "User-agent: partyline\nDisallow:\n\nUser-agent: *\nDisallow: /",
            "/x"
        ));
    }

    #[test]
    fn escapes_are_compared_in_one_form() {
        assert!(!allowed(
            "User-agent: *\nDisallow: /维修",
            "/%E7%BB%B4%E4%BF%AE/1"
        ));
        assert!(!allowed(
            "User-agent: *\nDisallow: /%e7%bb%b4",
            "/%E7%BB%B4"
        ));
        assert!(!allowed("User-agent: *\nDisallow: /%7Ejoe", "/~joe/"));
        assert!(allowed("User-agent: *\nDisallow: /a%2Fb", "/a/b"));
    }

    #[test]
    fn odd_files_are_read_as_far_as_they_go() {
        assert!(!allowed("\u{feff}User-agent:*\rDisallow:/x\r\n", "/x"));
        assert!(allowed("<html><body>404: not found</body></html>", "/x"));
        assert!(allowed("Disallow: /", "/x"));
        assert!(allowed("", "/x"));
        let delay = |t: &str| Robots::parse(t.as_bytes(), "partyline").crawl_delay;
        assert_eq!(
            delay("User-agent: *\nCrawl-delay: 2.5"),
            Some(Duration::from_millis(2500))
        );
        assert_eq!(delay("User-agent: *\nCrawl-delay: -1"), None);
        assert_eq!(delay("User-agent: *\nCrawl-delay: inf"), None);
        assert_eq!(
            delay("User-agent: *\nCrawl-delay: 9e30"),
            Some(Duration::from_secs(86_400))
        );
    }

    #[test]
    fn a_hostile_file_costs_little() {
        let mut text = String::from("User-agent: *\n");
        let rule = format!("Disallow: /{}b\n", "*a".repeat(100));
        while text.len() + rule.len() < MAX_BYTES {
            text.push_str(&rule);
            text.push_str(&format!("Disallow: /*{}*z$\n", text.len()));
        }
        let path = format!("/{}", "a".repeat(2_000));
        let started = std::time::Instant::now();
        assert!(allowed(&text, &path));
        assert!(
            started.elapsed() < Duration::from_secs(2),
            "{:?}",
            started.elapsed()
        );
    }

    #[test]
    fn the_token_is_the_name_before_the_version() {
        assert_eq!(product_token("partyline/0.1 (+me)"), "partyline");
        assert_eq!(product_token("Mozilla/5.0"), "Mozilla");
    }
}
