//! What the server told beside the page: its address, certificate and chosen header fields; and
//! how the page looked to other visitors. All of it evidence, bounded, and read from the page
//! alone, so that an archive gives what the crawl gave.

use serde::{Deserialize, Serialize};

use crate::page::{Connection, MAX_ISSUER, MAX_NAMES, Page, Profile};

/// The server, as it showed itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    pub connection: Connection,
    /// Name in lower case and value of the header fields in [`CHOSEN`], in order.
    pub headers: Vec<(String, String)>,
}

/// Header fields that tell the make of a server or of what runs on it.
pub const CHOSEN: &[&str] = &[
    "server",
    "via",
    "x-aspnet-version",
    "x-aspnetmvc-version",
    "x-generator",
    "x-pingback",
    "x-powered-by",
    "x-powered-cms",
    "x-redirect-by",
];
/// Fields kept, and bytes of each value.
const MAX_HEADERS: usize = 12;
const MAX_VALUE: usize = 100;
/// Bytes of a name in a certificate: no host name is longer.
const MAX_NAME: usize = 255;

impl Served {
    pub fn of(page: &Page) -> Self {
        let mut connection = page.connection.clone();
        if let Some(certificate) = &mut connection.certificate {
            // An archive may hold anything.
            let before = certificate.names.len();
            certificate.names.retain(|name| name.len() <= MAX_NAME);
            certificate.names.truncate(MAX_NAMES);
            let left_out = u32::try_from(before - certificate.names.len()).unwrap_or(u32::MAX);
            certificate.names_left_out = certificate.names_left_out.saturating_add(left_out);
            cut(&mut certificate.issuer, MAX_ISSUER);
            cut(&mut certificate.sha256, 64);
        }
        Served {
            connection,
            headers: page.head.as_deref().map(chosen).unwrap_or_default(),
        }
    }

    /// Keeps a few names of the certificate only; false where there are no more.
    pub fn shorten(&mut self) {
        if let Some(certificate) = &mut self.connection.certificate {
            let names = certificate.names.len();
            certificate.names.truncate(4);
            let left_out = (names - certificate.names.len()) as u32;
            certificate.names_left_out = certificate.names_left_out.saturating_add(left_out);
        }
    }

    /// No fewer bytes than its stored form takes.
    pub(super) fn weight(&self) -> usize {
        let certificate = self.connection.certificate.as_ref().map_or(0, |c| {
            let names = c.names.iter().map(|n| n.len() + 10).sum::<usize>();
            names + c.issuer.len() + c.sha256.len() + 70
        });
        let field = |(name, value): &(String, String)| name.len() + value.len() + 20;
        certificate + self.headers.iter().map(field).sum::<usize>() + 50
    }
}

/// The chosen fields of a head.
fn chosen(head: &[u8]) -> Vec<(String, String)> {
    let lines = head.split(|&b| b == b'\n').skip(1).filter_map(|line| {
        let colon = memchr::memchr(b':', line)?;
        let name = std::str::from_utf8(line[..colon].trim_ascii()).ok()?;
        let name = name.to_ascii_lowercase();
        let mut value = String::from_utf8_lossy(line[colon + 1..].trim_ascii()).into_owned();
        cut(&mut value, MAX_VALUE);
        (CHOSEN.contains(&name.as_str()) && !value.is_empty()).then_some((name, value))
    });
    let mut found: Vec<_> = lines.take(MAX_HEADERS).collect();
    found.sort();
    found.dedup();
    found
}

/// At most so many bytes, in whole characters.
fn cut(text: &mut String, most: usize) {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
}

/// How the page looked to another visitor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    pub profile: Profile,
    pub status: u16,
    /// Where the visitor was sent.
    pub redirect: Option<String>,
    /// Bits of 64 in which the fingerprints of text, skeleton and markup differ from what the
    /// plain visitor was shown; none where one of the two has too little for a fingerprint.
    pub text: Option<u8>,
    pub skeleton: Option<u8>,
    pub dom: Option<u8>,
    /// Score of the hotline.
    pub hotline: f32,
    /// Numbers that the plain visitor was not shown; at most [`MAX_NEW_NUMBERS`].
    pub numbers: Vec<String>,
    /// In what the page was another one, where it was the same for the plain visitor twice.
    pub differs: Vec<Difference>,
}

/// Numbers kept of a [`Visit`].
pub const MAX_NEW_NUMBERS: usize = 8;

/// What a page shows to some visitors only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Difference {
    /// A page or an error.
    Status,
    /// A redirect to another domain.
    Redirect,
    /// A hotline or none.
    Hotline,
    /// Other numbers.
    Numbers,
    /// Another text in the lines that sell.
    Text,
}

impl Difference {
    pub fn as_str(self) -> &'static str {
        match self {
            Difference::Status => "status",
            Difference::Redirect => "redirect",
            Difference::Hotline => "hotline",
            Difference::Numbers => "numbers",
            Difference::Text => "text",
        }
    }
}

impl Visit {
    pub(super) fn weight(&self) -> usize {
        let numbers = self.numbers.iter().map(|n| n.len() + 10).sum::<usize>();
        numbers + self.redirect.as_ref().map_or(0, String::len) + self.differs.len() + 80
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_fields_are_kept_and_bounded() {
        let head = format!(
            "HTTP/1.1 200 OK\r\nServer: nginx\r\nSet-Cookie: a=b\r\nx-powered-by: PHP/5.6\r\n\
             X-Powered-By: PHP/5.6\r\nVia: {}\r\nX-Generator:\r\n\r\n",
            "维".repeat(60)
        );
        let found = chosen(head.as_bytes());
        let names: Vec<&str> = found.iter().map(|f| f.0.as_str()).collect();
        assert_eq!(names, ["server", "via", "x-powered-by"]);
        assert_eq!(found[0].1, "nginx");
        assert_eq!(found[1].1, "维".repeat(33));
        let many = format!("HTTP/1.1 200 OK\r\n{}", "server: a\r\n".repeat(1_000));
        assert_eq!(chosen(many.as_bytes()).len(), 1);
    }
}
