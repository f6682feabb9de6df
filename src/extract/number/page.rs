//! The numbers of a whole page: title, lines, attributes and scripts.

use std::collections::HashMap;

use crate::extract::document::{Attribute, Document, Line};

use super::context::{self, Hint};
use super::reading::Setting;
use super::{Found, NumberFact, Place, Spot, e164, find_each, markup, read_key, scan, script};

/// Distinct numbers kept for a page.
const MAX_NUMBERS: usize = 256;
/// Surface forms, occurrences and extensions kept for a number.
const MAX_RAW: usize = 16;
const MAX_SPOTS: usize = 64;
const MAX_EXTENSIONS: usize = 16;
/// Longest surface form that is kept, in bytes.
const MAX_RAW_BYTES: usize = 120;
/// Occurrences noted on one line, and on all lines of a page; more are counted, not noted.
const MAX_ON_LINE: usize = 256;
const MAX_ON_PAGE: usize = 16_384;
/// A block longer than this is no label for the block behind it.
const MAX_LABEL_BLOCK: usize = 48;

/// Finds the numbers everywhere on the page, notes them in `title_numbers` and in each line's
/// `numbers`, and returns one fact a number, ordered by first occurrence (at most 256).
pub fn collect(document: &mut Document) -> Vec<NumberFact> {
    let mut facts = Facts::default();
    let mut noted = Vec::new();
    find_each(&document.title, Setting::Prose, Hint::None, |found| {
        facts.add(&document.title, &found, Place::Title, 0, found.range.start);
        if noted.len() < MAX_ON_LINE {
            noted.push(found);
        }
    });
    document.title_numbers = noted;
    lines(document, &mut facts);
    for (index, attribute) in document.attributes.iter().enumerate() {
        in_attribute(attribute, index, &mut facts);
    }
    for (index, body) in document.scripts.iter().enumerate() {
        in_script(body, index, Place::Script, &mut facts);
    }
    facts.list
}

fn lines(document: &mut Document, facts: &mut Facts) {
    let mut room = MAX_ON_PAGE;
    let mut hint = Hint::None;
    for (index, line) in document.lines.iter_mut().enumerate() {
        let Line { text, numbers, .. } = line;
        let text: &str = text;
        let mut noted = Vec::new();
        find_each(text, Setting::Prose, hint, |found| {
            facts.add(text, &found, Place::Text, index, found.range.start);
            if noted.len() < MAX_ON_LINE.min(room) {
                noted.push(found);
            }
        });
        room -= noted.len();
        hint = if noted.is_empty() && text.len() <= MAX_LABEL_BLOCK {
            Hint::Block(text)
        } else {
            Hint::None
        };
        *numbers = noted;
    }
}

fn in_attribute(attribute: &Attribute, index: usize, facts: &mut Facts) {
    let value = &attribute.value;
    match attribute.name.as_str() {
        "tel" => {
            if let Some(found) = read_key(value) {
                facts.add(value, &found, Place::Tel, index, found.range.start);
            }
        }
        "alt" | "title" | "content" | "placeholder" | "aria-label" | "label" | "summary" => {
            find_each(value, Setting::Prose, Hint::None, |found| {
                facts.add(value, &found, Place::Attr, index, found.range.start);
            });
        }
        name if name.starts_with("on") => in_script(value, index, Place::Attr, facts),
        name => {
            find_each(value, Setting::Code, Hint::Name(name), |found| {
                facts.add(value, &found, Place::Attr, index, found.range.start);
            });
        }
    }
}

fn in_script(body: &str, index: usize, place: Place, facts: &mut Facts) {
    // Strings put together of pieces, codes or escapes hold digits too.
    if !scan::may_hold_number(body) {
        return;
    }
    script::strings(body, |string| {
        let setting = if string.composed || !string.text.is_ascii() || string.text.contains('<') {
            Setting::Prose
        } else {
            Setting::Code
        };
        let hint = string.key.as_deref().map_or(Hint::None, Hint::Name);
        if !string.text.contains('<') {
            find_each(&string.text, setting, hint, |found| {
                facts.add(&string.text, &found, place, index, string.offset);
            });
            return;
        }
        let (words, calls) = markup::without_tags(&string.text);
        find_each(&words, setting, hint, |found| {
            facts.add(&words, &found, place, index, string.offset);
        });
        for call in calls {
            if let Some(found) = read_key(call) {
                facts.add(call, &found, place, index, string.offset);
            }
        }
    });
}

#[derive(Default)]
struct Facts {
    list: Vec<NumberFact>,
    by_number: HashMap<String, usize>,
}

impl Facts {
    fn add(&mut self, text: &str, found: &Found, place: Place, index: usize, offset: usize) {
        let raw = &text[found.range.clone()];
        let at = match self.by_number.get(&found.number) {
            Some(&at) => at,
            None if self.list.len() < MAX_NUMBERS => {
                self.by_number.insert(found.number.clone(), self.list.len());
                self.list.push(NumberFact {
                    number: found.number.clone(),
                    kind: found.kind,
                    e164: e164(&found.number, found.kind),
                    raw: Vec::new(),
                    count: 0,
                    places: Vec::new(),
                    spots: Vec::new(),
                    extensions: Vec::new(),
                });
                self.list.len() - 1
            }
            None => return,
        };
        let fact = &mut self.list[at];
        fact.count = fact.count.saturating_add(1);
        let raw = context::head(raw, 0, MAX_RAW_BYTES);
        if fact.raw.len() < MAX_RAW && !fact.raw.iter().any(|known| known == raw) {
            fact.raw.push(raw.to_owned());
        }
        if let Err(place_at) = fact.places.binary_search(&place) {
            fact.places.insert(place_at, place);
        }
        if fact.spots.len() < MAX_SPOTS {
            fact.spots.push(Spot {
                place,
                index: u32::try_from(index).unwrap_or(u32::MAX),
                offset: u32::try_from(offset).unwrap_or(u32::MAX),
            });
        }
        if let Some(extension) = &found.extension
            && fact.extensions.len() < MAX_EXTENSIONS
            && !fact.extensions.contains(extension)
        {
            fact.extensions.push(extension.clone());
        }
    }
}
