//! Accounts at analytics and chat services, read from scripts and the addresses that a page
//! loads, and site verifications from its metas.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::{Match, Regex};

use super::quote::part_of;
use super::{Identifiers, MAX_ID};

/// A service: its name, a word that must be there, and the pattern whose groups are the id.
struct Service {
    kind: &'static str,
    word: &'static str,
    pattern: LazyLock<Regex, Box<dyn Fn() -> Regex + Send>>,
}

static SERVICES: LazyLock<Vec<Service>> = LazyLock::new(|| {
    let lines = include_str!("../data/trackers.tsv").lines();
    let fields = lines.filter(|line| !line.starts_with('#'));
    let fields = fields.filter_map(|line| {
        let (kind, rest) = line.split_once('\t')?;
        let (word, pattern) = rest.split_once('\t')?;
        Some((kind, word, pattern))
    });
    fields
        .map(|(kind, word, pattern)| Service {
            kind,
            word,
            pattern: LazyLock::new(Box::new(move || {
                Regex::new(&written_out(pattern)).expect("a line of the file, compiled by a test")
            })),
        })
        .collect()
});

/// A pattern of the file with what it has for short.
fn written_out(pattern: &str) -> String {
    pattern
        .replace("<u>", "[!#-&(-;=?-~]")
        .replace("<s>", r"[ \t\r\n]*")
        .replace("<q>", "['\"]")
        .replace(r"\b", r"(?-u:\b)")
}

static QIAO: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:qiao\.baidu\.com/cps[0-9]?/(?:mobile)?[cC]hat(?:Index)?|affim\.baidu\.com/[!#-&(-;=@-~]{1,60}/chat)\?([!#-&(-;=?-~]{1,300})")
        .expect("a constant pattern, compiled by a test")
});

const QIAO_HOSTS: [&str; 2] = ["qiao.baidu.com", "affim.baidu.com"];

/// Ids that a service hands to everybody: nobody's account.
const EVERYBODYS: [&str; 1] = ["d182b3f28525f2db83acfaaf6e696dba"];

/// The words of all services, then the hosts of Baidu's chat; fewer than [`MOST_WORDS`].
static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let words = SERVICES.iter().map(|service| service.word);
    // By itself the crate takes the slower kind for so many words.
    AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .build(words.chain(QIAO_HOSTS))
        .expect("some dozens of short words are far below the automaton's size limit")
});

/// Words of all services at most.
const MOST_WORDS: usize = 256;

/// Finds accounts in a script or an address, in the order of [`SERVICES`].
pub fn find(text: &str, found: &mut Identifiers) {
    let mut near = WORDS.find_overlapping_iter(text).peekable();
    if near.peek().is_none() {
        return;
    }
    let mut words = [false; MOST_WORDS];
    near.for_each(|word| words[word.pattern().as_usize()] = true);
    // Markup that a script writes: `\"https:\/\/…\"`.
    let escaped = text.contains("\\/");
    let plain = match escaped {
        true => Cow::Owned(unescaped(text)),
        false => Cow::Borrowed(text),
    };
    let quote = |place: Match| match escaped {
        true => source(text, place.range()),
        false => &text[place.range()],
    };
    let has = |word: usize| words[word];
    for (_, service) in SERVICES.iter().enumerate().filter(|(word, _)| has(*word)) {
        for captures in service.pattern.captures_iter(&plain) {
            let groups = captures.iter().skip(1).flatten();
            let id: Vec<&str> = groups.map(|group| group.as_str()).collect();
            let id = id.join("/");
            if !EVERYBODYS.contains(&id.as_str()) && !is_sample(&id) {
                let quote = captures.get(0).map_or("", quote);
                found.tracker(service.kind, &id, quote);
            }
        }
    }
    if (0..QIAO_HOSTS.len()).any(|host| has(SERVICES.len() + host)) {
        for captures in QIAO.captures_iter(&plain) {
            let quote = captures.get(0).map_or("", quote);
            bridge(&captures[1], quote, found);
        }
    }
}

/// An id that was never filled in: `G-XXXXXXXXXX`.
fn is_sample(id: &str) -> bool {
    let upper = id.to_ascii_uppercase();
    upper.contains("XXXX") || upper.starts_with("YOUR") || id == "1234567890"
}

/// The text without backslashes before a slash or a quote.
fn unescaped(text: &str) -> String {
    let mut kept = kept(text);
    text.chars().filter(|c| kept(*c)).collect()
}

/// What stands in the text where [`unescaped`] has this.
fn source(text: &str, range: Range<usize>) -> &str {
    let mut kept = kept(text);
    part_of(text, range, |c| if kept(c) { c.len_utf8() } else { 0 })
}

/// Says of each character of the text in turn whether it stays.
fn kept(text: &str) -> impl FnMut(char) -> bool {
    let mut next = text.chars().skip(1);
    move |c| {
        let next = next.next();
        c != '\\' || !matches!(next, Some('/' | '"'))
    }
}

/// Baidu's chat: site and user together are the id, in whatever order the address has them.
fn bridge(query: &str, quote: &str, found: &mut Identifiers) {
    let query = query.replace("&amp;", "&");
    let field = |name: &str| {
        query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=')?;
            (key == name && !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric()))
                .then_some(value)
        })
    };
    match (field("siteId"), field("userId")) {
        (Some(site), Some(user)) => found.tracker("baidu-qiao", &format!("{site}/{user}"), quote),
        (Some(site), None) => found.tracker("baidu-qiao", site, quote),
        _ => {
            if let Some(token) = field("siteToken") {
                found.tracker("baidu-qiao", token, quote);
            }
        }
    }
}

/// Names of metas by which a search engine or a network knows the owner of a site, where the kind
/// is another than the name.
const VERIFICATIONS: [(&str, &str); 4] = [
    ("bytedance-verification-code", "bytedance-verification"),
    ("msvalidate.01", "bing-site-verification"),
    ("qc:admins", "qq-admins"),
    ("wb:webmaster", "weibo-webmaster"),
];

/// Reads one meta; the name is in lower case.
pub fn verification(name: &str, content: &str, found: &mut Identifiers) {
    let listed = VERIFICATIONS.iter().find(|(known, _)| *known == name);
    let verifies = name.split(['-', '_', ':', '.']).any(|part| {
        let ends = ["verify", "verification"];
        ends.iter().any(|end| part.ends_with(end))
    });
    if listed.is_none() && !verifies {
        return;
    }
    let content = content.trim();
    let token = !content.is_empty()
        && !is_sample(content)
        && content.len() <= MAX_ID
        && content.bytes().all(|b| b.is_ascii_graphic())
        && !content.contains(['<', '>', '{', '}']);
    if token && name.len() <= MAX_ID && name.bytes().all(|b| b.is_ascii_graphic()) {
        let kind = listed.map_or_else(|| name.replace('_', "-"), |(_, kind)| (*kind).to_owned());
        found.tracker(&kind, content, content);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_file_is_a_service() {
        let file = include_str!("../data/trackers.tsv").lines();
        let lines = file.filter(|line| !line.starts_with('#')).count();
        assert_eq!(SERVICES.len(), lines);
        assert!(SERVICES.len() + QIAO_HOSTS.len() < MOST_WORDS);
        for service in SERVICES.iter() {
            assert!(service.pattern.captures_len() > 1, "{}", service.kind);
        }
    }
}
