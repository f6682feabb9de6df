//! Text that a page holds but does not show: decoy digits between the real ones, keywords for
//! search engines. Inline styles are read in the stream; where a style sheet hides elements, only
//! a tree tells which: the one place that uses `scraper`.

use std::borrow::Cow;

use ego_tree::iter::Edge;
use memchr::memmem;
use scraper::{Html, Node, Selector};

use crate::extract::document::Builder;
use crate::extract::markup::{self, Token};

/// A tree is built only of pages within these limits: html5ever takes quadratic time on deep
/// nesting and on many open formatting elements.
const MAX_SOURCE: usize = 512 << 10;
const MAX_OPEN: usize = 200;
const MAX_TAGS: usize = 50_000;
const MAX_SELECTORS: usize = 64;

/// Does an inline style take the element off the page?
pub fn style_hides(style: &str) -> bool {
    if !style.contains(':') {
        return false;
    }
    let style: String = style
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    [
        "display:none",
        "visibility:hidden",
        "font-size:0;",
        "font-size:0px",
        "opacity:0;",
    ]
    .iter()
    .any(|rule| style.contains(rule))
        || style.ends_with("font-size:0")
        || style.ends_with("opacity:0")
}

/// Selectors of the rules in `<style>` elements that hide what they match.
pub fn hiding_selectors(html: &str) -> Vec<Selector> {
    // Nearly every page is done here.
    if memmem::find(html.as_bytes(), b"<style").is_none() || html.len() > MAX_SOURCE {
        return Vec::new();
    }
    let mut selectors = Vec::new();
    let mut in_style = false;
    for token in markup::tokens(html) {
        match token {
            Token::Open { name, .. } => in_style = name == "style",
            Token::Raw(css) if in_style => rules(css, &mut selectors),
            _ => {}
        }
    }
    selectors
}

/// Reads `selector { … }` rules, those inside one level of `@media` too (the selector behind the
/// last brace counts). Pseudo-classes depend on a user's action and are left out.
fn rules(css: &str, selectors: &mut Vec<Selector>) {
    for rule in css.split('}') {
        let Some((head, body)) = rule.rsplit_once('{') else {
            continue;
        };
        if !style_hides(body) {
            continue;
        }
        let head = head
            .rsplit(['{', ';', '/'])
            .next()
            .unwrap_or_default()
            .trim();
        if head.is_empty() || head.len() > 1024 || head.contains([':', '@', '*']) {
            continue;
        }
        if selectors.len() < MAX_SELECTORS
            && let Ok(selector) = Selector::parse(head)
        {
            selectors.push(selector);
        }
    }
}

/// Feeds the page to `builder` from its tree, with the matched elements marked as hidden. False
/// where the page is too deep or too large for a tree, or nothing is matched.
pub fn walk(html: &str, selectors: &[Selector], builder: &mut Builder) -> bool {
    if !fits_a_tree(html) {
        return false;
    }
    let tree = Html::parse_document(html);
    let mut hidden = Vec::new();
    for selector in selectors {
        hidden.extend(tree.select(selector).map(|e| e.id()));
    }
    if hidden.is_empty() {
        return false;
    }
    hidden.sort_unstable();
    for edge in tree.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) => {
                    let mut attributes: Vec<(Cow<'_, str>, Cow<'_, str>)> =
                        element.attrs().map(|(k, v)| (k.into(), v.into())).collect();
                    if hidden.binary_search(&node.id()).is_ok() {
                        attributes.push(("hidden".into(), "".into()));
                    }
                    builder.open(element.name(), &attributes);
                }
                Node::Text(text) => builder.text(&text.text),
                Node::Comment(comment) => builder.comment(&comment.comment),
                _ => {}
            },
            Edge::Close(node) => {
                if let Node::Element(element) = node.value() {
                    builder.close(element.name());
                }
            }
        }
    }
    true
}

/// Counts opening tags that nothing has closed yet; end tags count only for their own name, so
/// that unmatched ones cannot hide the depth.
fn fits_a_tree(html: &str) -> bool {
    let mut open: std::collections::HashMap<Cow<'_, str>, usize> = Default::default();
    let (mut depth, mut tags) = (0, 0);
    for token in markup::tokens(html) {
        match token {
            // Foreign content has its own rules for all of this.
            Token::Open { name, .. } if name == "svg" || name == "math" => return false,
            Token::Open { name, attributes } => {
                // Inside `select` a tree builder ignores raw text elements, the stream does not.
                let raw = matches!(name.as_ref(), "style" | "script" | "title");
                if raw && open.get("select").is_some_and(|&n| n > 0) {
                    return false;
                }
                tags += 1;
                if tags > MAX_TAGS || attributes.len() > 4096 {
                    return false;
                }
                let implied = matches!(
                    name.as_ref(),
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
                );
                if !implied {
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
        if depth > MAX_OPEN {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use crate::extract::document::parse_html;

    fn lines(html: &str) -> Vec<String> {
        parse_html(html, "http://a.test/")
            .lines
            .into_iter()
            .map(|l| l.text)
            .collect()
    }

    #[test]
    fn decoys_hidden_by_a_style_sheet_or_inline_are_not_text() {
        let css = "<style>p{color:red} @media all{.x .no, #q{ Display : none }}</style>";
        let body = "<p class=x>400<i class=no>9</i>-186<b style='display:none'>7</b>5909</p>";
        assert_eq!(lines(&format!("{css}<div>{body}</div>")), ["400-1865909"]);
        // Without a match the selectors cost nothing: the page is read as a stream.
        assert_eq!(
            lines("<style>.no{display:none}</style><p>400<i>9</i></p>"),
            ["4009"]
        );
    }

    #[test]
    fn a_page_too_deep_for_a_tree_is_read_as_a_stream() {
        let html = format!(
            "<style>.no{{display:none}}</style>{}<p class=no>1</p>",
            "<div></x>".repeat(100_000)
        );
        assert_eq!(lines(&html), ["1"]);
    }
}
