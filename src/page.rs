//! A page as it came: address, time, origin and bytes. Nothing here is interpreted yet.

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
