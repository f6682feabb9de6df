//! The page as lines of text, with its links, attributes, scripts and tag paths.
//!
//! One pass over the [`markup`] stream. Only where a style sheet hides elements or adds text, or
//! styles put parts in order, is a tree built ([`style`]), and its walk feeds the same [`Builder`].
//!
//! | part | where |
//! | --- | --- |
//! | tags and text → lines, links, attributes | [`Builder`] |
//! | what HTML says of each element | `element` |
//! | where in the decoded page a character stands | [`Locator`] |
//! | the same for texts that come out of a tree | [`Alignment`] |

mod alignment;
mod builder;
mod element;
mod fold;
mod origin;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use url::Url;

use crate::extract::known::{Known, KnownScript};
use crate::extract::markup;
use crate::extract::number::Found;
use crate::extract::role::Role;
use crate::extract::style;
use crate::extract::vocabulary::Words;

pub use alignment::Alignment;
pub use builder::{Builder, Given};
pub(in crate::extract) use element::is_void;
pub(in crate::extract) use origin::UNKNOWN;
use origin::offset;
pub use origin::{Locator, Origins, Part, Source};

/// What later findings read in place of HTML.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// Text of `<title>`, or the title that came with extracted text; empty where there is none.
    pub title: String,
    /// Telephone numbers in the title; filled by [`super::number::collect`].
    pub title_numbers: Vec<Found>,
    /// The title claims a brand; filled by [`super::brand::mine`].
    pub title_claims: bool,
    /// Visible text in reading order, one entry a block (paragraph, heading, cell, `<br>` line).
    /// White space is folded, entities are resolved, no entry is empty.
    pub lines: Vec<Line>,
    /// `name` (or `property`, `http-equiv`) in lower case and `content` of each `<meta>`.
    pub metas: Vec<(String, String)>,
    /// Values of attributes that carry words for people or machines: `href="tel:…"`, `alt`,
    /// `title`, `placeholder`, `value`, `data-*`, `onclick`, …; and text that is not shown
    /// (name `hidden`).
    pub attributes: Vec<Attribute>,
    /// Bodies of inline scripts.
    pub scripts: Vec<String>,
    /// What was found in each on other pages; empty where nothing is remembered, and given back when
    /// all stages are done.
    pub known_scripts: Vec<Arc<KnownScript>>,
    /// `src` of scripts, frames and images, as written.
    pub sources: Vec<String>,
    /// Text of comments, for generator leaks.
    pub comments: Vec<String>,
    pub links: Vec<Link>,
    /// Hash of each root-to-element tag path, with how often it occurs; sorted by hash. Empty
    /// for pages that arrived as text.
    pub tag_paths: Vec<(u64, u32)>,
    /// Where title, lines, attributes and scripts stand in the decoded page.
    pub origins: Origins,
    /// Part of the page was left out at a limit.
    pub cut: bool,
}

/// One block of visible text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    pub text: String,
    /// 1–6 for `<h1>`–`<h6>`, 0 otherwise.
    pub heading: u8,
    /// Every character of the line is inside a link (menus, friend links).
    pub linked: bool,
    /// The line stands inside a `<pre>`.
    pub code: bool,
    /// Telephone numbers in `text`, in order; filled by [`super::number::collect`].
    pub numbers: Vec<Found>,
    /// A brand of the page stands in `text`; filled by [`super::brand::mine`].
    pub branded: bool,
    /// Filled by [`super::role::assign`].
    pub role: Role,
    /// Likewise; empty for lists of places.
    pub words: Words,
    /// What was found in `text` on other pages or by an earlier stage; given back when all are done.
    pub known: Option<Arc<Known>>,
}

/// An attribute value that may carry a number or a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Attribute name in lower case; `tel` for the part after `tel:` in an `href`.
    pub name: String,
    pub value: String,
}

/// A link as found, resolved against the base URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub url: Url,
    pub kind: LinkKind,
    /// Index into `lines` of the block that the link stands in, for telling article links apart.
    pub line: Option<u32>,
    /// It leads to the host that relative links lead to.
    pub own: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkKind {
    Anchor,
    Frame,
    /// `<meta http-equiv=refresh>`
    Refresh,
    /// `<link rel=canonical>`
    Canonical,
}

/// Parses decoded HTML. Relative links are resolved against `<base>`, else `url`.
pub fn parse_html(html: &str, url: &str) -> Document {
    let rules = style::rules(html);
    let as_shown = |ordered| {
        let mut builder = Builder::new(url, html.len());
        style::walk(html, &rules, ordered, &mut builder).then(|| builder.finish())
    };
    if !rules.is_empty()
        && let Some(document) = as_shown(false)
    {
        return document;
    }
    let mut builder = Builder::new(url, html.len());
    let mut tokens = markup::tokens(html);
    let mut at = 0;
    while let Some(token) = tokens.next() {
        builder.token(token, at);
        at = tokens.offset();
    }
    if builder.reordered()
        && let Some(document) = as_shown(true)
    {
        return document;
    }
    builder.finish()
}

/// Makes a document of text that was extracted elsewhere: one block a line.
pub fn parse_text(title: Option<&str>, text: &str) -> Document {
    let mut builder = Builder::new("", text.len());
    builder.title(title.unwrap_or_default(), 0);
    let mut at = 0;
    for line in text.split('\n') {
        builder.text(line, offset(at));
        builder.flush();
        at += line.len() + 1;
    }
    builder.finish()
}
