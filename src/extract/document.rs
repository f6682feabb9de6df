//! The page as lines of text, with its links, attributes, scripts and tag paths.
//!
//! One pass over the [`markup`](super::markup) stream. Only where a style sheet hides elements
//! is a tree built ([`hidden`](super::hidden)), and its walk feeds the same [`Builder`].

use std::borrow::Cow;
use std::collections::HashMap;

use url::Url;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::extract::hidden;
use crate::extract::markup::{self, Token, unescape};
use crate::extract::number::Found;
use crate::extract::role::Role;

/// What later findings read in place of HTML.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// Text of `<title>`, or the title that came with extracted text; empty where there is none.
    pub title: String,
    /// Telephone numbers in the title; filled by [`super::number::collect`].
    pub title_numbers: Vec<Found>,
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
    /// `src` of scripts, frames and images, as written.
    pub sources: Vec<String>,
    /// Text of comments, for generator leaks.
    pub comments: Vec<String>,
    pub links: Vec<Link>,
    /// Hash of each root-to-element tag path, with how often it occurs; sorted by hash. Empty
    /// for pages that arrived as text.
    pub tag_paths: Vec<(u64, u32)>,
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
    /// Telephone numbers in `text`, in order; filled by [`super::number::collect`].
    pub numbers: Vec<Found>,
    /// Filled by [`super::role::assign`].
    pub role: Role,
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
    pub url: String,
    pub kind: LinkKind,
    /// Index into `lines` of the block that the link stands in, for telling article links apart.
    pub line: Option<u32>,
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

/// Limits of one document. A page beyond them is read as far as they go and marked as cut.
const MAX_TEXT: usize = 2 << 20;
const MAX_LINES: usize = 20_000;
const MAX_LINKS: usize = 4_000;
const MAX_ITEMS: usize = 2_000;
const MAX_VALUE: usize = 2 << 10;
const MAX_SCRIPT: usize = 64 << 10;
const MAX_SCRIPTS: usize = 1 << 20;
const MAX_DEPTH: usize = 512;
const MAX_PATHS: usize = 4_096;

/// Parses decoded HTML. Relative links are resolved against `<base>`, else `url`.
pub fn parse_html(html: &str, url: &str) -> Document {
    let mut builder = Builder::new(url);
    let hides = hidden::hiding_selectors(html);
    if hides.is_empty() || !hidden::walk(html, &hides, &mut builder) {
        builder = Builder::new(url);
        for token in markup::tokens(html) {
            builder.token(token);
        }
    }
    builder.finish()
}

/// Makes a document of text that was extracted elsewhere: one block a line.
pub fn parse_text(title: Option<&str>, text: &str) -> Document {
    let mut builder = Builder::new("");
    builder.document.title = fold(title.unwrap_or_default());
    for line in text.lines() {
        builder.text(line);
        builder.flush();
    }
    builder.document
}

/// An open element.
struct Open {
    name: String,
    /// Hash of the tag path down to this element.
    path: u64,
    /// This element or one around it is not shown.
    hidden: bool,
}

/// What text that comes next is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Text,
    Title,
    Script,
    Style,
}

/// Collects a document from tags and text in source order.
pub struct Builder {
    document: Document,
    base: Option<Url>,
    stack: Vec<Open>,
    paths: HashMap<u64, u32>,
    /// The block that is being read.
    line: String,
    /// Characters of `line` inside links.
    linked: usize,
    in_link: u32,
    heading: u8,
    inside: Inside,
    titled: bool,
    text_bytes: usize,
    script_bytes: usize,
}

impl Builder {
    pub fn new(url: &str) -> Self {
        Builder {
            document: Document::default(),
            base: Url::parse(url).ok(),
            stack: Vec::new(),
            paths: HashMap::new(),
            line: String::new(),
            linked: 0,
            in_link: 0,
            heading: 0,
            inside: Inside::Text,
            titled: false,
            text_bytes: 0,
            script_bytes: 0,
        }
    }

    fn token(&mut self, token: Token<'_>) {
        match token {
            Token::Text(text) => self.text(&unescape(text)),
            Token::Raw(text) => self.raw(text),
            Token::Open { name, attributes } => {
                let mut list: Vec<(Cow<'_, str>, Cow<'_, str>)> = Vec::new();
                for (key, value) in markup::attributes(attributes).take(256) {
                    let key = match key.bytes().any(|b| b.is_ascii_uppercase()) {
                        true => Cow::Owned(key.to_ascii_lowercase()),
                        false => Cow::Borrowed(key),
                    };
                    list.push((key, unescape(value)));
                }
                self.open(&name, &list);
            }
            Token::Close { name } => self.close(&name),
            Token::Comment(text) => self.comment(text),
        }
    }

    /// Content of `script`, `style` or `title`, whose opening tag came just before.
    pub fn raw(&mut self, content: &str) {
        match self.inside {
            Inside::Title if !self.titled => {
                self.document.title = fold(&clip(&unescape(content), MAX_VALUE));
                self.titled = true;
            }
            Inside::Script if !content.trim().is_empty() => {
                self.script_bytes += content.len();
                if self.script_bytes <= MAX_SCRIPTS {
                    self.document
                        .scripts
                        .push(clip(content, MAX_SCRIPT).into_owned());
                }
            }
            _ => {}
        }
    }

    pub fn comment(&mut self, text: &str) {
        if self.document.comments.len() < 200 && !text.trim().is_empty() {
            self.document
                .comments
                .push(clip(text.trim(), 512).into_owned());
        }
    }

    /// Text with its character references resolved.
    pub fn text(&mut self, text: &str) {
        if self.inside != Inside::Text {
            return self.raw(text);
        }
        if self.stack.last().is_some_and(|e| e.hidden) {
            if worth_keeping(text) {
                self.attribute("hidden", text);
            }
            return;
        }
        self.text_bytes += text.len();
        if self.text_bytes > MAX_TEXT {
            self.document.cut = true;
            return;
        }
        let before = self.line.len();
        for c in text.chars() {
            if c.is_whitespace() {
                if !self.line.is_empty() && !self.line.ends_with(' ') {
                    self.line.push(' ');
                }
            } else {
                self.line.push(c);
            }
        }
        if self.in_link > 0 {
            self.linked += self.line.len() - before;
        }
    }

    pub fn open(&mut self, name: &str, attributes: &[(Cow<'_, str>, Cow<'_, str>)]) {
        let get = |key: &str| {
            attributes
                .iter()
                .find(|(k, _)| k == key)
                .map(|(_, v)| v.as_ref())
        };
        if breaks_line(name) {
            self.flush();
        }
        self.close_implied(name);
        self.inside = match name {
            "title" if !self.stack.iter().rev().take(8).any(|e| e.name == "svg") => Inside::Title,
            "script" => Inside::Script,
            "style" => Inside::Style,
            _ => Inside::Text,
        };
        match name {
            "script" if get("src").is_some() => self.source(get("src").unwrap_or_default()),
            "img" => self.source(get("src").unwrap_or_default()),
            "base" => {
                if let Some(base) = get("href").and_then(|h| self.resolve(h)) {
                    self.base = Url::parse(&base).ok().or(self.base.take());
                }
            }
            "meta" => self.meta(
                get("http-equiv"),
                get("name").or(get("property")),
                get("content"),
            ),
            "link" if get("rel").is_some_and(|r| r.eq_ignore_ascii_case("canonical")) => {
                self.link(get("href"), LinkKind::Canonical);
            }
            "a" | "area" => self.anchor(get("href")),
            "iframe" | "frame" => {
                self.source(get("src").unwrap_or_default());
                self.link(get("src"), LinkKind::Frame);
            }
            _ => {}
        }
        for (key, value) in attributes {
            if carries_words(key) && worth_keeping(value) {
                self.attribute(key, value);
            }
        }
        if let Some(level) = heading_level(name) {
            self.heading = level;
        }
        let hidden = get("hidden").is_some() || get("style").is_some_and(hidden::style_hides);
        self.push(name, hidden);
    }

    pub fn close(&mut self, name: &str) {
        if breaks_line(name) {
            self.flush();
        }
        self.inside = Inside::Text;
        if heading_level(name).is_some() {
            self.heading = 0;
        }
        // Looking further than this for the opening tag would make unmatched end tags quadratic.
        if let Some(back) = self
            .stack
            .iter()
            .rev()
            .take(64)
            .position(|e| e.name == name)
        {
            self.truncate(self.stack.len() - 1 - back);
        }
    }

    /// Ends the block that is being read.
    pub fn flush(&mut self) {
        let text = self.line.trim_end();
        if !text.is_empty() {
            if self.document.lines.len() < MAX_LINES {
                let linked = self.linked >= text.len();
                let line = Line {
                    text: text.to_owned(),
                    heading: self.heading,
                    linked,
                    ..Line::default()
                };
                self.document.lines.push(line);
            } else {
                self.document.cut = true;
            }
        }
        self.line.clear();
        self.linked = 0;
    }

    pub fn finish(mut self) -> Document {
        self.flush();
        let mut paths: Vec<(u64, u32)> = self.paths.into_iter().collect();
        paths.sort_unstable();
        self.document.tag_paths = paths;
        self.document
    }

    /// Notes the element's tag path and opens it, unless it can have no content.
    fn push(&mut self, name: &str, hidden: bool) {
        let (parent, inherited) = self.stack.last().map_or((0, false), |e| (e.path, e.hidden));
        let path = xxh3_64_with_seed(name.as_bytes(), parent);
        if self.paths.len() < MAX_PATHS || self.paths.contains_key(&path) {
            *self.paths.entry(path).or_default() += 1;
        }
        if is_void(name) {
            return;
        }
        if self.stack.len() >= MAX_DEPTH {
            self.document.cut = true;
            return;
        }
        let hidden = inherited || hidden || name == "template";
        self.in_link += u32::from(name == "a");
        self.stack.push(Open {
            name: name.to_owned(),
            path,
            hidden,
        });
    }

    /// Closes what an opening tag closes by being there (HTML standard, 13.1.2.4).
    fn close_implied(&mut self, name: &str) {
        let closes: &[&str] = match name {
            "p" | "div" | "ul" | "ol" | "dl" | "table" | "h1" | "h2" | "h3" | "h4" | "h5"
            | "h6" => &["p"],
            "li" => &["li", "p"],
            "dt" | "dd" => &["dt", "dd", "p"],
            "tr" => &["tr", "td", "th", "p"],
            "td" | "th" => &["td", "th", "p"],
            "option" => &["option"],
            "a" => &["a"],
            _ => return,
        };
        while let Some(last) = self.stack.last()
            && closes.contains(&last.name.as_str())
        {
            self.truncate(self.stack.len() - 1);
        }
    }

    fn truncate(&mut self, depth: usize) {
        for element in self.stack.drain(depth..) {
            self.in_link -= u32::from(element.name == "a");
        }
    }

    fn resolve(&self, href: &str) -> Option<String> {
        let href = href.trim();
        if href.is_empty() || href.starts_with('#') || href.len() > MAX_VALUE {
            return None;
        }
        let url = match &self.base {
            Some(base) => base.join(href).ok()?,
            None => Url::parse(href).ok()?,
        };
        matches!(url.scheme(), "http" | "https").then(|| url.into())
    }

    fn anchor(&mut self, href: Option<&str>) {
        let Some(href) = href else { return };
        let scheme = href.trim_start().get(..4);
        if scheme.is_some_and(|s| s.eq_ignore_ascii_case("tel:")) {
            self.attribute("tel", &href.trim_start()[4..]);
        } else {
            self.link(Some(href), LinkKind::Anchor);
        }
    }

    fn link(&mut self, href: Option<&str>, kind: LinkKind) {
        if self.document.links.len() >= MAX_LINKS {
            self.document.cut = true;
            return;
        }
        if let Some(url) = href.and_then(|h| self.resolve(h)) {
            let line = (kind == LinkKind::Anchor).then_some(self.document.lines.len() as u32);
            self.document.links.push(Link { url, kind, line });
        }
    }

    fn meta(&mut self, equiv: Option<&str>, name: Option<&str>, content: Option<&str>) {
        let (Some(key), Some(content)) = (name.or(equiv), content) else {
            return;
        };
        if equiv.is_some_and(|e| e.eq_ignore_ascii_case("refresh"))
            && let Some((_, target)) = content.split_once(['=', ';'])
        {
            // `5; url=/next`, with or without quotes and spaces.
            let target = target
                .rsplit_once("url=")
                .or(target.rsplit_once("URL="))
                .map_or(target, |t| t.1);
            self.link(
                Some(target.trim_matches([' ', '\'', '"'])),
                LinkKind::Refresh,
            );
        }
        if self.document.metas.len() < 100 {
            let content = clip(content, MAX_VALUE).into_owned();
            self.document
                .metas
                .push((clip(key, 64).to_ascii_lowercase(), content));
        }
    }

    fn source(&mut self, src: &str) {
        if !src.is_empty() && self.document.sources.len() < MAX_ITEMS {
            self.document
                .sources
                .push(clip(src, MAX_VALUE).into_owned());
        }
    }

    fn attribute(&mut self, name: &str, value: &str) {
        if self.document.attributes.len() < MAX_ITEMS {
            let value = clip(value, MAX_VALUE).into_owned();
            self.document.attributes.push(Attribute {
                name: clip(name, 64).into_owned(),
                value,
            });
        }
    }
}

/// Elements that begin or end a block of text.
fn breaks_line(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "br"
            | "button"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "frameset"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "head"
            | "header"
            | "hr"
            | "html"
            | "iframe"
            | "legend"
            | "li"
            | "main"
            | "marquee"
            | "menu"
            | "nav"
            | "ol"
            | "optgroup"
            | "option"
            | "p"
            | "pre"
            | "section"
            | "select"
            | "summary"
            | "table"
            | "tbody"
            | "td"
            | "textarea"
            | "tfoot"
            | "th"
            | "thead"
            | "title"
            | "tr"
            | "ul"
    )
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

fn carries_words(attribute: &str) -> bool {
    attribute.starts_with("data-")
        || attribute.starts_with("on")
        || matches!(
            attribute,
            "alt" | "title" | "placeholder" | "value" | "label" | "aria-label" | "summary"
        )
}

/// Values without a digit or a non-ASCII character hold neither numbers nor names.
fn worth_keeping(value: &str) -> bool {
    value.bytes().any(|b| b.is_ascii_digit() || b >= 0x80)
}

/// White space folded to single spaces, none at the ends.
fn fold(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// At most `bytes` bytes of the text, cut between characters.
fn clip(text: &str, bytes: usize) -> Cow<'_, str> {
    Cow::Borrowed(&text[..text.floor_char_boundary(bytes)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(html: &str) -> Document {
        parse_html(html, "http://a.test/dir/page.html")
    }

    fn lines(html: &str) -> Vec<String> {
        parse(html).lines.into_iter().map(|l| l.text).collect()
    }

    #[test]
    fn blocks_are_lines_and_inline_elements_are_not() {
        let html = "<html><head><title> A \n B</title></head><body><h1>One</h1>text<br>more \
                    <b>4</b><i>0</i><!-- x -->0<table><tr><td>a<td>b</table><p>&nbsp;</p></body>";
        let document = parse(html);
        assert_eq!(document.title, "A B");
        assert_eq!(lines(html), ["One", "text", "more 400", "a", "b"]);
        assert_eq!(document.lines[0].heading, 1);
        assert_eq!(document.lines[1].heading, 0);
        assert_eq!(document.comments, ["x"]);
    }

    #[test]
    fn links_are_resolved_and_tell_their_block() {
        let document = parse(
            "<base href='/b/'><p>first</p><p><a href=x.html>n</a></p><a href='tel:400-1'>c</a>\
             <meta http-equiv=refresh content='0; URL=/next'><iframe src=//f.test/></iframe>\
             <link rel=canonical href='http://c.test/'><a href='javascript:void(0)'>j</a>",
        );
        let seen: Vec<_> = document
            .links
            .iter()
            .map(|l| (l.url.as_str(), l.kind, l.line))
            .collect();
        assert_eq!(
            seen,
            [
                ("http://a.test/b/x.html", LinkKind::Anchor, Some(1)),
                ("http://a.test/next", LinkKind::Refresh, None),
                ("http://f.test/", LinkKind::Frame, None),
                ("http://c.test/", LinkKind::Canonical, None),
            ]
        );
        assert!(document.lines[1].linked && !document.lines[0].linked);
        assert_eq!(
            document.attributes[0],
            Attribute {
                name: "tel".into(),
                value: "400-1".into()
            }
        );
    }

    #[test]
    fn attributes_and_scripts_that_may_hold_numbers_are_kept() {
        let document = parse(
            "<img alt='热线' src=a.png><input value=\"400-1\"><script>var a=1</script>\
             <script src='//t.test/x.js?id=9'></script><style>a{}</style><p class=x title=ok>",
        );
        let names: Vec<_> = document
            .attributes
            .iter()
            .map(|a| a.name.as_str())
            .collect();
        assert_eq!(names, ["alt", "value"]);
        assert_eq!(document.scripts, ["var a=1"]);
        assert_eq!(document.sources, ["a.png", "//t.test/x.js?id=9"]);
        assert!(document.lines.is_empty());
    }

    #[test]
    fn hostile_shapes_take_linear_time_and_bounded_memory() {
        for shape in [
            "<div>".repeat(1_000_000),
            "<font x=i><p>".repeat(300_000),
            "</a>".repeat(1_000_000),
            "<a href=x>".repeat(300_000),
            format!("<p {}>", "a=1 ".repeat(1_000_000)),
            "<!--".repeat(1_000_000),
            "<style>".repeat(500_000),
            "&#".repeat(1_000_000),
            "<p>1".repeat(500_000),
            "<".repeat(2_000_000),
        ] {
            let document = parse(&shape);
            assert!(document.lines.len() <= MAX_LINES && document.links.len() <= MAX_LINKS);
        }
    }

    #[test]
    fn tag_paths_count_and_text_pages_have_none() {
        let document = parse("<ul><li>a<li>b</ul>");
        let counts: Vec<u32> = document.tag_paths.iter().map(|(_, n)| *n).collect();
        assert_eq!(counts.iter().sum::<u32>(), 3);
        assert_eq!(counts.len(), 2);
        let text = parse_text(Some(" t "), " a  b \n\n c");
        assert_eq!(
            (text.title.as_str(), text.lines.len(), text.tag_paths.len()),
            ("t", 2, 0)
        );
        assert_eq!(text.lines[0].text, "a b");
    }
}
