//! What a page would cost as a tree.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::extract::markup::{self, Token};

/// A tree is built only of pages within these limits: html5ever takes quadratic time on deep
/// nesting and on many open formatting elements.
const MAX_OPEN: usize = 200;
const MAX_TAGS: usize = 50_000;

pub struct Size {
    pub tags: usize,
    pub depth: usize,
    /// Most attributes and classes of one tag.
    pub words: usize,
}

/// Counts opening tags that nothing has closed yet; end tags count only for their own name, so
/// that unmatched ones cannot hide the depth. `None` where the page is not fit for a tree.
pub fn size_as_tree(html: &str) -> Option<Size> {
    let mut open: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let mut size = Size {
        tags: 0,
        depth: 0,
        words: 0,
    };
    let mut depth = 0;
    for token in markup::tokens(html) {
        match token {
            // Foreign content has its own rules for all of this.
            Token::Open { name, .. } if name == "svg" || name == "math" => return None,
            Token::Open { name, attributes } => {
                // Inside `select` a tree builder ignores raw text elements, the stream does not.
                let raw = matches!(name.as_ref(), "style" | "script" | "title");
                if raw && open.get("select").is_some_and(|&n| n > 0) {
                    return None;
                }
                size.tags += 1;
                size.words = size.words.max(words_to_compare(attributes));
                if size.tags > MAX_TAGS || attributes.len() > 4096 {
                    return None;
                }
                if !is_closed_by_itself(&name) {
                    depth += 1;
                    *open.entry(name).or_default() += 1;
                }
            }
            Token::Close { name } => {
                if let Some(count) = open.get_mut(&name).filter(|c| **c > 0) {
                    *count -= 1;
                    depth -= 1;
                }
            }
            _ => {}
        }
        size.depth = size.depth.max(depth);
        if depth > MAX_OPEN {
            return None;
        }
    }
    Some(size)
}

/// Attributes and classes of a tag: what a selector may be compared with.
fn words_to_compare(attributes: &str) -> usize {
    let parts = |b: &u8| b.is_ascii_whitespace() || *b == b'&';
    markup::attributes(attributes)
        .map(|(key, value)| match key.eq_ignore_ascii_case("class") {
            true => 1 + value.bytes().filter(parts).count(),
            false => 1,
        })
        .sum()
}

/// Elements without content, or that the next of their kind closes.
fn is_closed_by_itself(name: &str) -> bool {
    matches!(
        name,
        "p" | "li"
            | "dt"
            | "dd"
            | "td"
            | "th"
            | "tr"
            | "br"
            | "img"
            | "input"
            | "meta"
            | "link"
            | "hr"
            | "option"
            | "base"
            | "area"
            | "source"
    )
}
