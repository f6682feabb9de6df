//! Redirects that a script makes: `location.href = "…"`, `location.replace("…")` and the like, where
//! the address is a literal, or several with a `+` between them. No script is run.

use std::borrow::Cow;

use memchr::memmem;

/// Assignments and calls in one page that are looked at.
const MAX_FOUND: usize = 16;
/// Longer literals are no addresses.
const MAX_LITERAL: usize = 2_000;
/// Literals that one address is put together from.
const MAX_PARTS: usize = 16;

/// The literals that a page's scripts send a visitor to, as they stand. Works on the bytes of any
/// encoding that has ASCII in it.
pub fn targets(html: &[u8]) -> Vec<Cow<'_, str>> {
    let mut found = Vec::new();
    for at in memmem::find_iter(html, b"location") {
        let before = at.checked_sub(1).map_or(b' ', |i| html[i]);
        // `mylocation`, `"location"`, `/location`; but `setTimeout("location.href='/a'")` and
        // `onclick="location='/a'"`.
        if before.is_ascii_alphanumeric() || matches!(before, b'_' | b'$' | b'/' | b'-') {
            continue;
        }
        if let Some(target) = target(&html[at + b"location".len()..]) {
            found.push(target);
            if found.len() == MAX_FOUND {
                break;
            }
        }
    }
    found
}

/// The address behind `location`.
fn target(rest: &[u8]) -> Option<Cow<'_, str>> {
    let mut rest = rest.trim_ascii_start();
    let mut called = false;
    for (name, call) in [
        (&b".href"[..], false),
        (b".replace", true),
        (b".assign", true),
    ] {
        if let Some(after) = rest.strip_prefix(name) {
            (rest, called) = (after.trim_ascii_start(), call);
            break;
        }
    }
    let opening = if called { b"(" } else { b"=" };
    let mut rest = rest.strip_prefix(opening)?;
    let mut address = Cow::Borrowed("");
    for _ in 0..MAX_PARTS {
        let (part, after) = literal(rest)?;
        match address.is_empty() {
            true => address = Cow::Borrowed(part),
            false => address.to_mut().push_str(part),
        }
        match after.trim_ascii_start().strip_prefix(b"+") {
            // What follows adds to it: `"/p?id=" + id` is no address.
            Some(more) => rest = more,
            None => return whole(address),
        }
    }
    None
}

/// A string literal at the start, and what stands behind it.
fn literal(text: &[u8]) -> Option<(&str, &[u8])> {
    let (quote, rest) = text.trim_ascii_start().split_first()?;
    if !matches!(quote, b'"' | b'\'' | b'`') {
        return None;
    }
    let length = memchr::memchr(*quote, &rest[..rest.len().min(MAX_LITERAL)])?;
    let literal = std::str::from_utf8(&rest[..length]).ok()?;
    Some((literal, &rest[length + 1..]))
}

/// The address without space around it, where it can be one.
fn whole(address: Cow<'_, str>) -> Option<Cow<'_, str>> {
    let address = match address {
        Cow::Borrowed(address) => Cow::Borrowed(address.trim()),
        Cow::Owned(address) => Cow::Owned(address.trim().to_owned()),
    };
    let plain = !address.is_empty()
        && address.len() <= MAX_LITERAL
        && !address.contains(|c: char| c.is_whitespace() || matches!(c, '\\' | '<' | '$'));
    plain.then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_found_and_nothing_else() {
        for (script, expected) in [
            ("location.href='/a'", Some("/a")),
            (
                "window.location.href = \"http://b.cn/x?y=1\";",
                Some("http://b.cn/x?y=1"),
            ),
            ("top.location='//c.cn'", Some("//c.cn")),
            ("self.location.replace( '/d' )", Some("/d")),
            ("document.location.assign(`/e`)", Some("/e")),
            ("location = '/f'", Some("/f")),
            ("if(location.href=='/g'){}", None),
            ("location.href='/h?id='+id", None),
            ("location='/a'+\"b\" + `.html`;", Some("/ab.html")),
            ("location.replace('//c.cn'+'/d')", Some("//c.cn/d")),
            ("location.href='/a'+id+'b'", None),
            ("location='/a'+", None),
            ("location.href=''+''", None),
            ("location.href=url", None),
            ("location.reload()", None),
            ("location.hash='#top'", None),
            ("mylocation='/i'", None),
            ("{\"location\":\"/j\"}", None),
            ("location.href=''", None),
            ("location.href='/k", None),
            ("location", None),
        ] {
            let found = targets(script.as_bytes());
            let found = found.first().map(AsRef::as_ref);
            assert_eq!(found, expected, "{script}");
        }
    }

    #[test]
    fn hostile_scripts_cost_little() {
        let many = "location='".repeat(500_000);
        let started = std::time::Instant::now();
        assert!(targets(many.as_bytes()).len() <= MAX_FOUND);
        assert!(started.elapsed().as_secs() < 3, "{:?}", started.elapsed());
        targets(b"location=\xff'\xff'");
        let parts = format!("location={}'z'", "'a'+".repeat(200_000));
        assert_eq!(targets(parts.as_bytes()), [] as [&str; 0]);
    }
}
