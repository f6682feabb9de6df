//! Page → Facts: everything that a page says, found once. Pure: no IO, no clock, no failure.
//!
//! | finding | where |
//! | --- | --- |
//! | characters | [`charset`] |
//! | text by block, links, attributes, scripts, tag paths | [`document`] (the only user of `scraper`) |
//! | telephone numbers | [`number`] |
//! | brands and product nouns | [`brand`] |
//! | regions | [`region`] |
//! | word lists, for all of these | `dictionary`, `fold`, [`vocabulary`] |
//! | what each line is for, and the borrowed article | [`role`] |
//! | filings, trackers, contacts, generator leaks | [`identifier`] |
//! | is this page selling a repair hotline? | [`hotline`] |

pub mod brand;
pub mod charset;
mod dictionary;
pub mod document;
mod fold;
pub mod hidden;
pub mod hotline;
pub mod identifier;
pub mod markup;
pub mod number;
pub mod region;
pub mod role;
pub mod vocabulary;

use crate::page::{Body, Page};

use brand::Brand;
use charset::Charset;
use document::{Document, Link, Source};
use hotline::Hotline;
use identifier::Identifiers;
use number::NumberFact;

/// What one page says. Lists are bounded, in a fixed order, and equal for equal input.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    pub charset: Charset,
    pub document: Document,
    pub numbers: Vec<NumberFact>,
    pub brands: Vec<Brand>,
    pub identifiers: Identifiers,
    pub hotline: Hotline,
}

impl Facts {
    pub fn links(&self) -> &[Link] {
        &self.document.links
    }
}

/// Finds everything on a page.
pub fn extract(page: &Page) -> Facts {
    let (charset, mut document, numbers) = match &page.body {
        Body::Html {
            content_type,
            bytes,
        } => {
            let decoded = charset::decode(bytes, content_type.as_deref());
            let mut document = document::parse_html(&decoded.text, &page.url);
            let numbers = number::collect_from(&mut document, Source::Html(&decoded.text));
            (decoded.charset, document, numbers)
        }
        Body::Text { title, text } => {
            let title = title.as_deref().unwrap_or_default();
            let mut document = document::parse_text(Some(title), text);
            let numbers = number::collect_from(&mut document, Source::Text { title, text });
            (Charset::already_text(), document, numbers)
        }
    };
    let brands = brand::mine(&mut document);
    role::assign(&mut document);
    let identifiers = identifier::collect(&document);
    let hotline = hotline::judge(&document, &numbers, &brands);
    Facts {
        charset,
        document,
        numbers,
        brands,
        identifiers,
        hotline,
    }
}
