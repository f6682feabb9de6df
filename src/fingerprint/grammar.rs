//! The rule by which a page's address was made: `/php/20240611093015-128.html` and
//! `/php/20240712110402-7.html` are both `/php/{14}-{n}.html`.

use url::Url;

/// Runs of digits from this length on keep it: dates and serial numbers are of one length, counters
/// are not.
const FIXED: usize = 6;
/// Longer addresses are made by no rule worth writing down.
const MAX: usize = 512;

/// Path and query with what varies from page to page replaced: digits by their number (`{14}`, or
/// `{n}` for fewer than six), words of letters and digits mixed by `{x}`, values of parameters by
/// `{v}`. `None` where nothing varies: such an address says nothing about its maker.
pub fn grammar(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    if url.cannot_be_a_base() || url.as_str().len() > MAX || url.scheme() == "file" {
        return None;
    }
    let mut out = String::new();
    let mut varies = false;
    let mut word = String::new();
    for c in url.path().chars().chain(['\0']) {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            continue;
        }
        varies |= push_word(&word, &mut out);
        word.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    let mut separator = '?';
    for (name, _) in url.query_pairs() {
        out.push(separator);
        out.extend(name.chars().filter(|c| c.is_ascii_graphic()));
        out.push_str("={v}");
        (separator, varies) = ('&', true);
    }
    varies.then_some(out)
}

/// Writes a word of letters and digits; true where it is one that varies.
fn push_word(word: &str, out: &mut String) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 {
        out.push_str(word);
        return false;
    }
    if digits < word.len() {
        out.push_str("{x}");
    } else if digits < FIXED {
        out.push_str("{n}");
    } else {
        out.push_str(&format!("{{{digits}}}"));
    }
    true
}

#[cfg(test)]
mod tests {
    use super::grammar;

    #[test]
    fn addresses_of_one_rule_have_one_grammar() {
        let of = |path: &str| grammar(&format!("http://a.test{path}"));
        assert_eq!(
            of("/php/20240611093015-128.html").unwrap(),
            "/php/{14}-{n}.html"
        );
        assert_eq!(
            of("/php/20240611093015-128.html"),
            of("/php/20250102030405-7.html")
        );
        assert_eq!(of("/x/ab12cd.htm").unwrap(), "/x/{x}.htm");
        assert_eq!(of("/show?id=7&page=修").unwrap(), "/show?id={v}&page={v}");
        assert_eq!(
            (of("/"), of("/about/"), grammar("file:///tmp/1.txt")),
            (None, None, None)
        );
    }
}
