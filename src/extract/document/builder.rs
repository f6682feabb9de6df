//! Folds tags and text, in source order, into a document.

mod links;
mod shown;

use std::borrow::Cow;

use url::Url;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::element::{breaks_line, carries_words, heading_level, is_void, value_name};
use super::fold::{clip, may_hold_space, may_turn, worth_keeping};
use super::origin::offset;
use super::{Attribute, Document, Line, LinkKind};
use crate::extract::markup::{self, Token, unescape};
use crate::extract::style;
use crate::hashed;

/// Limits of one document. A page beyond them is read as far as they go and marked as cut.
const MAX_TEXT: usize = 2 << 20;
pub(super) const MAX_LINES: usize = 20_000;
pub(super) const MAX_LINKS: usize = 4_000;
const MAX_ITEMS: usize = 2_000;
const MAX_VALUE: usize = 2 << 10;
const MAX_SCRIPT: usize = 64 << 10;
const MAX_SCRIPTS: usize = 1 << 20;
const MAX_DEPTH: usize = 512;
const MAX_PATHS: usize = 4_096;

/// Most pages have a line of text in so many bytes; room for more than so many lines is made when
/// they come.
const BYTES_A_LINE: usize = 128;
const MAX_ROOM: usize = 1_024;

/// An open element.
struct Open {
    name: String,
    /// Hash of the tag path down to this element.
    path: u64,
    /// This element or one around it is not shown.
    hidden: bool,
}

/// An attribute as it was given: name in lower case, value with its references resolved, and
/// where the value stands in the decoded page.
pub struct Given<'a> {
    pub key: Cow<'a, str>,
    pub value: Cow<'a, str>,
    pub at: u32,
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
    /// Names of closed elements, to be written over.
    spare: Vec<String>,
    paths: hashed::Map<u32>,
    /// The block that is being read.
    line: String,
    /// The first of its stretches in the document's origins.
    first: u32,
    /// Characters of `line` inside links.
    linked: usize,
    in_link: u32,
    in_pre: u32,
    /// `<code>` stands in `line`.
    coded: bool,
    heading: u8,
    inside: Inside,
    titled: bool,
    text_bytes: usize,
    script_bytes: usize,
    /// Characters in `line` say that it is shown otherwise than it stands there.
    overridden: bool,
    /// Some element's own style shows parts in another order.
    reordered: bool,
    /// Elements open where text began to run from right to left, and the byte of `line` there.
    turned: Option<(usize, usize)>,
}

impl Builder {
    /// For a page of so many bytes at this address.
    pub fn new(url: &str, bytes: usize) -> Self {
        let lines = (bytes / BYTES_A_LINE).min(MAX_ROOM);
        let mut document = Document::default();
        document.lines.reserve(lines);
        document.origins.reserve(lines);
        let mut paths = hashed::Map::default();
        paths.reserve(lines / 2);
        Builder {
            document,
            base: Url::parse(url).ok(),
            stack: Vec::with_capacity(16),
            spare: Vec::with_capacity(16),
            paths,
            line: String::with_capacity(256),
            first: 0,
            linked: 0,
            in_link: 0,
            in_pre: 0,
            coded: false,
            heading: 0,
            inside: Inside::Text,
            titled: false,
            text_bytes: 0,
            script_bytes: 0,
            overridden: false,
            reordered: false,
            turned: None,
        }
    }

    /// Takes the next token of a page, which stands at byte `at` of it.
    pub fn token(&mut self, token: Token<'_>, at: usize) {
        match token {
            Token::Text(text) => self.text(&unescape(text), offset(at)),
            Token::Raw(text) => self.raw(text, offset(at)),
            Token::Open { name, attributes } => {
                let mut list: Vec<Given<'_>> = Vec::new();
                let start = at + 1 + name.len();
                for (key, value, at) in markup::attributes_at(attributes).take(256) {
                    let key = match key.bytes().any(|b| b.is_ascii_uppercase()) {
                        true => Cow::Owned(key.to_ascii_lowercase()),
                        false => Cow::Borrowed(key),
                    };
                    list.push(Given {
                        key,
                        value: unescape(value),
                        at: offset(start + at),
                    });
                }
                self.open(&name, &list);
            }
            Token::Close { name } => self.close(&name),
            Token::Comment(text) => self.comment(text),
        }
    }

    /// Content of `script`, `style` or `title`, whose opening tag came just before.
    fn raw(&mut self, content: &str, at: u32) {
        match self.inside {
            Inside::Title if !self.titled => self.title(&unescape(content), at),
            Inside::Style => self.shown_by_style(content, at),
            Inside::Script if !content.trim().is_empty() => {
                self.script_bytes += content.len();
                if self.script_bytes <= MAX_SCRIPTS {
                    self.document
                        .scripts
                        .push(clip(content, MAX_SCRIPT).into_owned());
                    self.document.origins.script(at);
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

    /// Text with its character references resolved, which stands at byte `at` of the page.
    pub fn text(&mut self, text: &str, at: u32) {
        if self.inside != Inside::Text {
            return self.raw(text, at);
        }
        if self.stack.last().is_some_and(|e| e.hidden) {
            if worth_keeping(text) {
                self.attribute("hidden", text, at, 0);
            }
            return;
        }
        let room = MAX_TEXT - self.text_bytes;
        self.document.cut |= text.len() > room;
        let text = &*clip(text, room);
        self.text_bytes += text.len();
        let before = self.line.len();
        if may_hold_space(text) {
            // Its bytes are among those that white space begins with.
            self.overridden |= may_turn(text);
            for (i, word) in text.split(char::is_whitespace).enumerate() {
                if i > 0 && !self.line.is_empty() && !self.line.ends_with(' ') {
                    self.line.push(' ');
                }
                self.line.push_str(word);
            }
        } else {
            self.line.push_str(text);
        }
        if self.line.len() > before {
            self.document.origins.stretch(before, at);
        }
        if self.in_link > 0 {
            self.linked += self.line.len() - before;
        }
    }

    pub fn open(&mut self, name: &str, attributes: &[Given<'_>]) {
        let given = |key: &str| attributes.iter().find(|a| a.key == key);
        let get = |key: &str| given(key).map(|a| a.value.as_ref());
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
            "img" => {
                self.source(get("src").unwrap_or_default());
                self.pictured(given("alt"));
            }
            "base" => {
                if let Some(base) = get("href").and_then(|h| self.resolve(h)) {
                    self.base = Some(base);
                }
            }
            "meta" => self.meta(
                get("http-equiv"),
                get("name").or(get("property")).or(get("itemprop")),
                given("content"),
            ),
            "link" if get("rel").is_some_and(|r| r.eq_ignore_ascii_case("canonical")) => {
                self.link(get("href"), LinkKind::Canonical);
            }
            "a" | "area" => self.anchor(given("href")),
            "form" => self.called_by_form(given("action")),
            "code" => self.coded = true,
            "iframe" | "frame" => {
                self.source(get("src").unwrap_or_default());
                self.link(get("src"), LinkKind::Frame);
            }
            _ => {}
        }
        for Given { key, value, at } in attributes {
            if carries_words(key) && worth_keeping(value) {
                let key = value_name(name, key, get);
                self.attribute(&key, value, *at, 0);
            }
        }
        if let Some(level) = heading_level(name) {
            self.heading = level;
        }
        // What is said above the characters of `ruby` does not stand between them.
        let above = matches!(name, "rt" | "rp");
        let hidden = above || get("hidden").is_some() || get("style").is_some_and(style::hides);
        self.reordered |= get("style").is_some_and(style::reorders);
        let turns = || match get("dir") {
            Some(dir) if name == "bdo" => dir.trim().eq_ignore_ascii_case("rtl"),
            _ => get("style").is_some_and(style::turns),
        };
        if self.turned.is_none() && !is_void(name) && turns() {
            self.turned = Some((self.stack.len(), self.line.len()));
        }
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
        self.turn();
        self.override_order();
        self.unveil();
        if let Some((_, start)) = &mut self.turned {
            *start = 0;
        }
        let text = self.line.trim_end();
        if !text.is_empty() {
            if self.document.lines.len() < MAX_LINES {
                let linked = self.linked >= text.len();
                let line = Line {
                    text: text.to_owned(),
                    heading: self.heading,
                    linked,
                    code: self.in_pre > 0 || self.coded,
                    ..Line::default()
                };
                self.document.lines.push(line);
                self.document.origins.line(self.first);
            } else {
                self.document.cut = true;
                self.document.origins.drop_line(self.first);
            }
        } else {
            self.document.origins.drop_line(self.first);
        }
        self.first = self.document.origins.next();
        self.line.clear();
        self.linked = 0;
        self.coded = false;
    }

    /// Are parts shown in another order than they came in?
    pub fn reordered(&self) -> bool {
        self.reordered
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
        self.in_pre += u32::from(name == "pre");
        let mut own = self.spare.pop().unwrap_or_default();
        own.push_str(name);
        self.stack.push(Open {
            name: own,
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
        if self.turned.is_some_and(|(open, _)| open >= depth) {
            self.turn();
            self.turned = None;
        }
        for mut element in self.stack.drain(depth..) {
            self.in_link -= u32::from(element.name == "a");
            self.in_pre -= u32::from(element.name == "pre");
            element.name.clear();
            self.spare.push(element.name);
        }
    }

    fn attribute(&mut self, name: &str, value: &str, at: u32, skipped: usize) {
        if self.document.attributes.len() < MAX_ITEMS {
            let value = clip(value, MAX_VALUE).into_owned();
            self.document.attributes.push(Attribute {
                name: clip(name, 64).into_owned(),
                value,
            });
            self.document.origins.attribute(at, skipped);
        }
    }
}
