//! A page as it came: address, time, origin and bytes. Nothing here is interpreted yet.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::site::CanonicalUrl;

/// One captured page (or one captured HTTP answer without a usable body, such as a redirect).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The address as it was fetched or given; [`CanonicalUrl`] is what is compared.
    pub url: String,
    pub canonical: CanonicalUrl,
    /// Seconds since the Unix epoch, UTC.
    pub fetched_at: i64,
    /// HTTP status; 200 for pages that never were HTTP.
    pub status: u16,
    pub origin: Origin,
    pub body: Body,
    /// The HTTP status line and header fields as received, ending in an empty line, where the
    /// page came over HTTP. Field `Location` is read from here for redirects.
    pub head: Option<Vec<u8>>,
    /// The body was cut at a limit.
    pub truncated: bool,
    /// Who answered; empty where that is not known.
    pub connection: Connection,
    /// The same address as other visitors see it.
    pub variants: Vec<Variant>,
}

/// What the connection told of the server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    pub ip: Option<IpAddr>,
    /// The certificate that a TLS server showed, trusted or not.
    pub certificate: Option<Box<Certificate>>,
}

/// Facts of a server's own (leaf) X.509 certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// SHA-256 of its DER form, in hexadecimal.
    pub sha256: String,
    /// Names and addresses that it is for (subject alternative names, or without any the common
    /// name), in its order; at most [`MAX_NAMES`].
    pub names: Vec<String>,
    /// Names beyond the limit.
    pub names_left_out: u32,
    /// Distinguished name of the issuer; at most [`MAX_ISSUER`] bytes.
    pub issuer: String,
    /// Seconds since the Unix epoch.
    pub not_before: i64,
    pub not_after: i64,
    /// Its issuer is its subject: nobody else vouches for it.
    pub self_signed: bool,
}

/// Names kept of a certificate.
pub const MAX_NAMES: usize = 32;
/// Bytes kept of an issuer's name.
pub const MAX_ISSUER: usize = 200;

/// An answer to another visitor. Its page has no variants in its turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    pub profile: Profile,
    pub page: Page,
}

/// Who asks, beside the plain visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// The plain visitor once more: what changes by itself.
    Again,
    /// Someone who comes from a search engine.
    Search,
    /// Someone with a telephone.
    Mobile,
}

impl Profile {
    pub const ALL: [Profile; 3] = [Profile::Again, Profile::Search, Profile::Mobile];

    pub fn as_str(self) -> &'static str {
        match self {
            Profile::Again => "again",
            Profile::Search => "search",
            Profile::Mobile => "mobile",
        }
    }
}

/// Which door the page came in by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    Crawl,
    File,
    Jsonl,
    Warc,
    Wet,
}

/// The content of a page, in the form in which it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Bytes of an HTML (or unknown text) document, with the `Content-Type` value if one came.
    Html {
        content_type: Option<String>,
        bytes: Vec<u8>,
    },
    /// Text that something else extracted already; one block a line.
    Text { title: Option<String>, text: String },
}

impl Body {
    /// Size in bytes of what arrived.
    pub fn len(&self) -> usize {
        match self {
            Body::Html { bytes, .. } => bytes.len(),
            Body::Text { title, text } => title.as_ref().map_or(0, String::len) + text.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
