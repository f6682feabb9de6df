//! Page → Facts: everything that a page says, found once. Pure: no IO, no clock, no failure.
//!
//! | finding | where |
//! | --- | --- |
//! | characters | [`charset`] |
//! | text by block, links, attributes, scripts, tag paths | [`document`] |
//! | what styles hide, add and put in order | [`style`] (the only user of `scraper`) |
//! | telephone numbers | [`number`] |
//! | brands and product nouns | [`brand`] |
//! | regions | [`region`] |
//! | word lists, for all of these | `dictionary`, `fold`, [`vocabulary`] |
//! | characters that nobody sees | `veil` |
//! | scripts that a packer wrote | `packed` |
//! | cheap looks at all bytes of a text | `window` |
//! | lines that were read before, on other pages | [`known`] |
//! | what each line is for, and the borrowed article | [`role`] |
//! | filings, trackers, contacts, generator leaks | [`identifier`] |
//! | is this page selling a repair hotline? | [`hotline`] |

pub mod brand;
pub mod charset;
mod dictionary;
pub mod document;
mod fold;
pub mod hotline;
pub mod identifier;
pub mod known;
pub mod markup;
pub mod number;
mod packed;
pub mod region;
pub mod role;
pub mod style;
mod veil;
pub mod vocabulary;
mod window;

use crate::page::{Body, Page};

use brand::Brand;
use charset::Charset;
use document::{Document, Link, Source};
use hotline::Hotline;
use identifier::Identifiers;
use known::LineCache;
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
    extract_with(page, &mut LineCache::none())
}

/// The same in less time, where lines of the pages before come again.
pub fn extract_with(page: &Page, cache: &mut LineCache) -> Facts {
    let decoded;
    let (charset, document, source) = match &page.body {
        Body::Html {
            content_type,
            bytes,
        } => {
            let charset::Decoded { text, charset } =
                charset::decode(bytes, content_type.as_deref());
            decoded = text;
            // Without a tag it is no HTML, whatever the server says: its lines are lines.
            if memchr::memchr2(b'<', b'&', decoded.as_bytes()).is_none() {
                let text = decoded.as_ref();
                (
                    charset,
                    document::parse_text(None, text),
                    Source::Text { title: "", text },
                )
            } else {
                let document = document::parse_html(&decoded, &page.url);
                (charset, document, Source::Html(&decoded))
            }
        }
        Body::Text { title, text } => {
            let title = title.as_deref().unwrap_or_default();
            let document = document::parse_text(Some(title), text);
            (
                Charset::already_text(),
                document,
                Source::Text { title, text },
            )
        }
    };
    findings(charset, document, source, cache)
}

/// Everything that a document says, which was made of `source`.
pub fn findings(
    charset: Charset,
    mut document: Document,
    source: Source<'_>,
    cache: &mut LineCache,
) -> Facts {
    cache.lend(&mut document);
    let numbers = number::collect_from(&mut document, source);
    let brands = brand::mine(&mut document);
    role::assign(&mut document);
    let identifiers = identifier::collect(&document);
    document.lines.iter_mut().for_each(|line| line.known = None);
    document.known_scripts = Vec::new();
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
