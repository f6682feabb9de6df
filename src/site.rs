//! Addresses in the two forms that are compared: the canonical URL (one page) and the site (one
//! owner).

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::lists::SharedHosts;

/// A URL in the form in which two addresses of one page are equal: scheme and host in lower
/// case, default port, fragment and empty query removed. The original is what gets fetched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CanonicalUrl(String);

/// Longer addresses (bytes) have no canonical form: nothing is stored under one.
pub const MAX_URL: usize = 8192;

impl CanonicalUrl {
    /// Parses and normalises. `None` where the text is no absolute http, https or file URL, or
    /// longer than [`MAX_URL`].
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > MAX_URL {
            return None;
        }
        Url::parse(text.trim()).ok().and_then(|url| Self::of(&url))
    }

    /// As [`CanonicalUrl::parse`]: what this takes, that takes too.
    pub fn of(url: &Url) -> Option<Self> {
        if url.as_str().len() > MAX_URL {
            return None;
        }
        match url.scheme() {
            // A host of nothing but dots is none.
            "http" | "https" if url.host_str().is_some_and(|h| h.bytes().any(|b| b != b'.')) => {}
            "file" => {}
            _ => return None,
        }
        // Nearly all are in that form already, and every link of every page comes through here.
        let clean = url.fragment().is_none()
            && url.query() != Some("")
            && !url.authority().contains('@')
            && !url.host_str().is_some_and(|h| h.ends_with('.'));
        if clean {
            return Some(CanonicalUrl(url.as_str().to_owned()));
        }
        let mut url = url.clone();
        url.set_fragment(None);
        if url.query() == Some("") {
            url.set_query(None);
        }
        // Credentials in an address neither identify a page nor belong in a store.
        if url.has_host() {
            let _ = url.set_username("");
            let _ = url.set_password(None);
        }
        // `example.com.` and `example.com` are the same host; two dots are a slip of the pen.
        if let Some(host) = url.host_str().filter(|h| h.ends_with('.')) {
            let host = host.trim_end_matches('.').to_owned();
            let _ = url.set_host(Some(&host));
        }
        Some(CanonicalUrl(url.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 128-bit key of the page in the store.
    pub fn key(&self) -> [u8; 16] {
        // http and https of one address are one page.
        let text = self
            .0
            .strip_prefix("https:")
            .or_else(|| self.0.strip_prefix("http:"))
            .unwrap_or(&self.0);
        xxhash_rust::xxh3::xxh3_128(text.as_bytes()).to_be_bytes()
    }
}

impl fmt::Display for CanonicalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who answers for a page: the registrable domain, the tenant on a shared host, the IP address,
/// or for a file its own URL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SiteId(pub String);

impl SiteId {
    pub fn of(url: &Url, shared: &SharedHosts) -> Self {
        SiteId(match url.host() {
            Some(Host::Domain(host)) => {
                let host = host.trim_end_matches('.');
                shared
                    .tenant(host, url.path())
                    .unwrap_or_else(|| registrable_domain(host).to_owned())
            }
            Some(Host::Ipv4(ip)) => ip.to_string(),
            Some(Host::Ipv6(ip)) => IpAddr::from(ip).to_string(),
            None => url.as_str().to_owned(),
        })
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SiteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The registrable domain by the public suffix list (private part included), or the host itself
/// where it has none (`localhost`, a bare suffix).
pub fn registrable_domain(host: &str) -> &str {
    psl::domain_str(host).unwrap_or(host)
}

/// Ends in a top-level domain of the public suffix list; `example.comtim` and file names do not.
pub fn has_public_suffix(host: &str) -> bool {
    psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        CanonicalUrl::parse(text).unwrap().to_string()
    }

    #[test]
    fn a_host_of_dots_is_no_host() {
        for text in ["https://./", "http://.../a", "https:./user@./x"] {
            assert_eq!(CanonicalUrl::parse(text), None, "{text}");
        }
        assert_eq!(canonical("http://a./"), "http://a/");
        assert_eq!(canonical("http://a.test..:81/"), "http://a.test:81/");
    }

    #[test]
    fn spellings_of_one_page_are_equal() {
        assert_eq!(
            canonical("HTTP://Example.COM:80/a?#top"),
            "http://example.com/a"
        );
        assert_eq!(
            canonical("http://user:pw@example.com./"),
            "http://example.com/"
        );
        assert_eq!(
            canonical("http://user@example.com/a?b=%40#"),
            canonical("http://example.com:80/a?b=%40")
        );
        assert_ne!(
            canonical("http://example.com/a"),
            canonical("http://example.com/A")
        );
        assert_eq!(
            CanonicalUrl::parse("http://a.cn/x").unwrap().key(),
            CanonicalUrl::parse("https://a.cn/x").unwrap().key()
        );
    }

    #[test]
    fn what_is_parsed_and_what_is_taken_have_one_limit() {
        let of = |text: &str| CanonicalUrl::of(&Url::parse(text).unwrap());
        let longest = format!("http://a.cn/{}", "x".repeat(MAX_URL - 12));
        assert!(of(&longest).is_some());
        assert_eq!(of(&longest), CanonicalUrl::parse(&longest));
        let longer = format!("{longest}x");
        assert_eq!((of(&longer), CanonicalUrl::parse(&longer)), (None, None));
        // Each of these characters is nine bytes to the URL parser.
        let escaped = format!("http://a.cn/{}", "修".repeat(1_000));
        assert_eq!((of(&escaped), CanonicalUrl::parse(&escaped)), (None, None));
    }

    #[test]
    fn other_schemes_are_no_pages() {
        for bad in [
            "mailto:a@b.cn",
            "javascript:alert(1)",
            "not a url",
            "",
            "data:text/html,x",
        ] {
            assert_eq!(CanonicalUrl::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn sites_are_owners() {
        let shared = SharedHosts::built_in();
        let site = |u: &str| SiteId::of(&Url::parse(u).unwrap(), &shared).0;
        assert_eq!(site("http://m.agwz.net/x"), "agwz.net");
        assert_eq!(site("http://a.b.com.cn/x"), "b.com.cn");
        assert_eq!(site("http://192.0.2.7:8080/x"), "192.0.2.7");
        assert_eq!(site("http://[2001:db8::1]/"), "2001:db8::1");
        assert_eq!(site("file:///tmp/a.txt"), "file:///tmp/a.txt");
        assert_eq!(site("http://jdwx88.zk71.com/p/1"), "jdwx88.zk71.com");
        assert_eq!(site("http://m.zk71.com/jdwx88/p/1"), "m.zk71.com/jdwx88");
    }
}
