//! Text that a page holds but does not show: decoy digits between the real ones, keywords for
//! search engines. Inline styles are read in the stream; where a style sheet hides elements, only
//! a tree tells which: the one place that uses `scraper`.

use std::borrow::Cow;

use ego_tree::iter::Edge;
use memchr::memmem;
use scraper::{Html, Node, Selector};

use crate::extract::document::{Alignment, Builder, Given};
use crate::extract::markup::{self, Token};

/// A tree is built only of pages within these limits: html5ever takes quadratic time on deep
/// nesting and on many open formatting elements.
const MAX_SOURCE: usize = 512 << 10;
const MAX_OPEN: usize = 200;
const MAX_TAGS: usize = 50_000;
/// Selectors that are tried (each part of a list by itself), and the compounds in one.
const MAX_SELECTORS: usize = 128;
const MAX_COMPOUNDS: usize = 4;
/// Steps that matching may take: simple selectors, times elements, times the ancestors that a
/// selector with combinators may climb.
const MAX_STEPS: usize = 20_000_000;

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
        || is_off_screen(&style)
}

/// Is an element set far to the left of the page or above it? Expects a style without spaces.
fn is_off_screen(style: &str) -> bool {
    let taken_out = ["position:absolute", "position:fixed"];
    taken_out.iter().any(|way| style.contains(way))
        && style.split(';').any(|rule| {
            let far = ["left:-", "top:-", "margin-left:-"];
            let digits = far.iter().find_map(|side| rule.strip_prefix(side));
            digits.is_some_and(|value| {
                let many = value.bytes().take_while(u8::is_ascii_digit).count();
                let em = value[many..].starts_with("em") || value[many..].starts_with("rem");
                many >= 4 || (many == 3 && (em || value.starts_with('9')))
            })
        })
}

/// What an element says that [`style_turns`].
const TURNING: &str = "unicode-bidi:bidi-override;direction:rtl";

/// Does an inline style show the text from right to left, whatever it is?
pub fn style_turns(style: &str) -> bool {
    if !style.contains("override") && !style.contains("OVERRIDE") {
        return false;
    }
    let style = style.to_ascii_lowercase();
    style.contains("rtl") && style.contains("-override") && style.contains("bidi")
}

/// A hiding selector, and how many steps one try of it may take.
#[derive(Debug)]
pub struct Hiding {
    selector: Selector,
    simple: usize,
    climbs: bool,
    /// It turns its text round in place of hiding it.
    turns: bool,
}

/// What a page would cost as a tree.
struct Size {
    tags: usize,
    depth: usize,
    /// Most attributes and classes of one tag.
    words: usize,
}

/// Is there a style sheet with a word that a hiding rule has?
fn may_hide(html: &str) -> bool {
    let bytes = html.as_bytes();
    let named = |at: &usize| {
        bytes
            .get(at + 2..at + 6)
            .is_some_and(|rest| rest.eq_ignore_ascii_case(b"tyle"))
    };
    let mut starts = ["<s", "<S"]
        .iter()
        .flat_map(|start| memmem::find_iter(bytes, start));
    starts.by_ref().filter(named).any(|at| {
        let end = memmem::find(&bytes[at..], b"</").map_or(bytes.len(), |end| at + end);
        let css = bytes[at..end].to_ascii_lowercase();
        [
            ("display", "none"),
            ("visibility", "hidden"),
            ("opacity", "0"),
            ("font-size", "0"),
            ("left", "-9"),
            ("top", "-9"),
            ("unicode-bidi", "bidi-override"),
            ("unicode-bidi", "isolate-override"),
        ]
        .iter()
        .any(|(property, value)| sets(&css, property, value))
    })
}

/// `property: value`, with or without spaces.
fn sets(css: &[u8], property: &str, value: &str) -> bool {
    memmem::find_iter(css, property).any(|at| {
        let mut rest = &css[at + property.len()..];
        while let [b' ' | b'\t' | b'\n' | b'\r' | b':', tail @ ..] = rest {
            rest = tail;
        }
        rest.starts_with(value.as_bytes())
    })
}

/// Selectors of the rules in `<style>` elements that hide what they match.
pub fn hiding_selectors(html: &str) -> Vec<Hiding> {
    // Nearly every page is done here.
    if html.len() > MAX_SOURCE || !may_hide(html) {
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
/// last brace counts).
fn rules(css: &str, selectors: &mut Vec<Hiding>) {
    for rule in css.split('}') {
        let Some((head, body)) = rule.rsplit_once('{') else {
            continue;
        };
        let hides = style_hides(body);
        let turns = !hides && style_turns(body);
        if !turns && !hides {
            continue;
        }
        let head = head
            .rsplit(['{', ';', '/'])
            .next()
            .unwrap_or_default()
            .trim();
        for part in head.split(',') {
            if selectors.len() >= MAX_SELECTORS {
                return;
            }
            selectors.extend(hiding(part.trim()).map(|own| Hiding { turns, ..own }));
        }
    }
}

/// Reads one selector of a list. Pseudo-classes depend on a user's action and are left out;
/// `+` and `~` would make every element look at all its siblings.
fn hiding(part: &str) -> Option<Hiding> {
    if part.is_empty() || part.len() > 256 || part.contains([':', '@', '*', '+', '~']) {
        return None;
    }
    let compounds = part
        .split(|c: char| c == '>' || c.is_whitespace())
        .filter(|compound| !compound.is_empty())
        .count();
    if compounds > MAX_COMPOUNDS {
        return None;
    }
    Some(Hiding {
        selector: Selector::parse(part).ok()?,
        simple: compounds + part.matches(['.', '#', '[']).count(),
        climbs: compounds > 1,
        turns: false,
    })
}

/// Feeds the page to `builder` from its tree, with the matched elements marked as hidden. False
/// where the page is too deep or too large for a tree, or nothing is matched.
pub fn walk(html: &str, selectors: &[Hiding], builder: &mut Builder) -> bool {
    let Some(size) = size_as_tree(html) else {
        return false;
    };
    let once: usize = selectors
        .iter()
        .map(|hiding| hiding.simple * if hiding.climbs { size.depth + 4 } else { 1 })
        .sum();
    if once * size.tags * (1 + size.words / 32) > MAX_STEPS {
        return false;
    }
    let tree = Html::parse_document(html);
    let (mut hidden, mut turned) = (Vec::new(), Vec::new());
    for hiding in selectors {
        let own = if hiding.turns {
            &mut turned
        } else {
            &mut hidden
        };
        own.extend(tree.select(&hiding.selector).map(|e| e.id()));
    }
    if hidden.is_empty() && turned.is_empty() {
        return false;
    }
    hidden.sort_unstable();
    turned.sort_unstable();
    let mut titled = false;
    let mut alignment = Alignment::new(html);
    for edge in tree.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) => {
                    let mut attributes: Vec<Given<'_>> = element
                        .attrs()
                        .map(|(key, value)| Given {
                            key: key.into(),
                            value: value.into(),
                            at: alignment.attribute(element.name(), key, value),
                        })
                        .collect();
                    if hidden.binary_search(&node.id()).is_ok() {
                        attributes.push(Given {
                            key: "hidden".into(),
                            value: "".into(),
                            at: 0,
                        });
                    }
                    if turned.binary_search(&node.id()).is_ok() {
                        let style = Given {
                            key: "style".into(),
                            value: TURNING.into(),
                            at: 0,
                        };
                        attributes.insert(0, style);
                    }
                    builder.open(element.name(), &attributes);
                }
                Node::Text(text) => match node.parent().map(|parent| parent.value()) {
                    // The tree has resolved the title's references, which the stream has not.
                    Some(Node::Element(element)) if element.name() == "title" => {
                        if !titled {
                            builder.title(&text.text, alignment.title());
                        }
                        titled = true;
                    }
                    _ => alignment.text(&text.text, |piece, at| builder.text(piece, at)),
                },
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
/// that unmatched ones cannot hide the depth. `None` where the page is not fit for a tree.
fn size_as_tree(html: &str) -> Option<Size> {
    let mut open: std::collections::HashMap<Cow<'_, str>, usize> = Default::default();
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
        let away = "<p>400<b style='position: absolute; left:-9999px'>7</b>-1865909</p>";
        assert_eq!(lines(away), ["400-1865909"]);
        let near = "<p>400<b style='position:absolute;left:-10px'>7</b></p>";
        assert_eq!(lines(near), ["4007"]);
        let sheet = "<style>.no{position:absolute;left:-9999px}</style><p>4<i class=no>9</i>0</p>";
        assert_eq!(lines(sheet), ["40"]);
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

    #[test]
    fn a_style_sheet_is_one_in_capitals_too() {
        let html = "<STYLE>.no{display:none}</STYLE><p>400<i class=no>9</i>-1</p>";
        assert_eq!(lines(html), ["400-1"]);
    }

    #[test]
    fn a_title_is_unescaped_once_beside_hidden_text() {
        let html = "<title>a &amp;lt; b</title><title>c</title><style>.no{display:none}</style>";
        let page = parse_html(&format!("{html}<p>4<i class=no>9</i>5"), "");
        assert_eq!(
            (page.title.as_str(), page.lines[0].text.as_str()),
            ("a &lt; b", "45")
        );
        let plain = parse_html("<title>a &amp;lt; b</title>", "");
        assert_eq!(plain.title, page.title);
    }

    #[test]
    fn selectors_among_siblings_or_of_great_depth_are_refused() {
        for css in ["i ~ .no", "i + .no", "a b c d .no", "[class~=no]", ""] {
            assert!(super::hiding(css).is_none(), "{css}");
        }
        // The rest of the list counts.
        let html = "<style>i ~ b, .no {display:none}</style><p>4<i class=no>9</i><b>5</b></p>";
        assert_eq!(lines(html), ["45"]);
    }

    #[test]
    fn a_page_that_matching_would_take_too_long_on_is_read_as_a_stream() {
        let page = |tags: usize| {
            let list = vec![".a .b .no"; 100].join(",");
            let tags = "<i></i>".repeat(tags);
            format!(
                "<style>{list}{{display:none}}</style><div class='a b'><p class=b><b class=no>1</b>2</p>{tags}</div>"
            )
        };
        assert_eq!(lines(&page(10)), ["2"]);
        assert_eq!(lines(&page(40_000)), ["12"]);
        let many = "x ".repeat(2_000) + "b";
        let words = |key: &str| page(300).replace("<p ", &format!("<p {key}='{many}' "));
        assert_eq!(lines(&words("title")), ["2"]);
        assert_eq!(lines(&words("class")), ["12"]);
        let siblings = format!(
            "<style>i~i~i~b{{display:none}}</style>{}<b>1</b>",
            "<i></i>".repeat(40_000)
        );
        assert_eq!(lines(&siblings), ["1"]);
    }
}
