//! Where the texts and attributes of a tree stand in its source. A tree keeps no offsets, but it
//! keeps the order of the source, but for what it moves out of tables; so its texts are matched
//! with those of the stream, each with the next that agrees.

use crate::extract::markup::{self, Token, unescape};

use super::origin::{UNKNOWN, offset};

/// So many texts or tags may stand between two that agree.
const REACH: usize = 32;

/// A text of the source as the tree has it, and where it stands.
struct Text {
    text: String,
    at: usize,
    used: bool,
}

/// A tag's attributes.
struct Tag<'a> {
    name: String,
    attributes: &'a str,
    at: usize,
}

/// What of the source the tree has not given yet.
pub struct Alignment<'a> {
    texts: Vec<Text>,
    tags: Vec<Tag<'a>>,
    title: Option<usize>,
    next_text: usize,
    next_tag: usize,
}

impl<'a> Alignment<'a> {
    pub fn new(html: &'a str) -> Self {
        let mut alignment = Alignment {
            texts: Vec::new(),
            tags: Vec::new(),
            title: None,
            next_text: 0,
            next_tag: 0,
        };
        let mut tokens = markup::tokens(html);
        let mut at = 0;
        let mut inside = String::new();
        while let Some(token) = tokens.next() {
            match token {
                Token::Text(source) | Token::Raw(source) => {
                    if inside == "title" && alignment.title.is_none() {
                        alignment.title = Some(at);
                    }
                    // White space alone is dropped or moved by a tree.
                    let text = source.trim_start();
                    if !text.is_empty() {
                        let raw = matches!(inside.as_str(), "script" | "style");
                        let read = match raw {
                            true => text.into(),
                            false => unescape(text),
                        };
                        alignment.texts.push(Text {
                            // A tree has no carriage returns before line feeds.
                            text: read.replace("\r\n", "\n"),
                            at: at + source.len() - text.len(),
                            used: false,
                        });
                    }
                }
                Token::Open { name, attributes } => {
                    inside = name.into_owned();
                    if !attributes.trim().is_empty() {
                        alignment.tags.push(Tag {
                            at: at + 1 + inside.len(),
                            name: inside.clone(),
                            attributes,
                        });
                    }
                }
                Token::Close { .. } => inside.clear(),
                Token::Comment(_) => {}
            }
            at = tokens.offset();
        }
        alignment
    }

    /// Where the content of the first title stands.
    pub fn title(&self) -> u32 {
        self.title.map_or(UNKNOWN, offset)
    }

    /// Where the value of an attribute stands.
    pub fn attribute(&mut self, element: &str, key: &str, value: &str) -> u32 {
        let near = self.tags[self.next_tag..].iter().take(REACH);
        let mut found = None;
        for (ahead, tag) in near.enumerate().filter(|(_, tag)| tag.name == element) {
            let own = markup::attributes_at(tag.attributes)
                .find(|(k, v, _)| k.eq_ignore_ascii_case(key) && agrees(v, value));
            if let Some((.., at)) = own {
                found = Some((self.next_tag + ahead, tag.at + at));
                break;
            }
        }
        let Some((index, at)) = found else {
            return UNKNOWN;
        };
        // The tag's other attributes are still to come.
        self.next_tag = index;
        offset(at)
    }

    /// Hands on the stretches that a text of the tree is made of, each with its place.
    pub fn text(&mut self, text: &str, mut each: impl FnMut(&str, u32)) {
        let mut rest = text;
        loop {
            let words = rest.trim_start();
            let blank = rest.len() - words.len();
            let Some((index, length)) = self.agreeing(words) else {
                return each(rest, UNKNOWN);
            };
            if blank > 0 {
                each(&rest[..blank], UNKNOWN);
            }
            each(&words[..length], offset(self.texts[index].at));
            self.texts[index].used = true;
            // What was passed over long ago does not come any more.
            self.next_text = self.next_text.max((index + 1).saturating_sub(REACH / 2));
            while self.texts.get(self.next_text).is_some_and(|t| t.used) {
                self.next_text += 1;
            }
            rest = &words[length..];
            if rest.is_empty() {
                return;
            }
        }
    }

    /// The next text of the source that `words` begins with, and its length there.
    fn agreeing(&self, words: &str) -> Option<(usize, usize)> {
        if words.is_empty() {
            return None;
        }
        let near = self.texts.iter().enumerate().skip(self.next_text);
        near.take(REACH)
            .find(|(_, own)| !own.used && words.starts_with(&own.text))
            .map(|(index, own)| (index, own.text.len()))
    }
}

fn agrees(source: &str, value: &str) -> bool {
    source == value || unescape(source) == value
}
