//! The numbers of a whole page: title, lines, attributes and scripts.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::extract::document::{Attribute, Document, Line, Locator, Part, Source};
use crate::extract::known::{Digits, Known};

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
/// Numbers of a line that is remembered.
const MAX_KNOWN: usize = 8;
/// A block longer than this is no label for the block behind it.
const MAX_LABEL_BLOCK: usize = 48;

/// Finds the numbers everywhere on the page, notes them in `title_numbers` and in each line's
/// `numbers`, and returns one fact a number, ordered by first occurrence (at most 256).
pub fn collect(document: &mut Document) -> Vec<NumberFact> {
    collect_from(document, Source::Html(""))
}

/// Likewise, with the offsets in the page that the document was folded from.
pub fn collect_from(document: &mut Document, source: Source<'_>) -> Vec<NumberFact> {
    let origins = std::mem::take(&mut document.origins);
    let mut facts = Facts {
        list: Vec::new(),
        by_number: HashMap::new(),
        locator: Locator::new(source, &origins),
    };
    let mut noted = Vec::new();
    let title = Text::of(Place::Title, 0, &document.title);
    find_each(title.text, Setting::Prose, Hint::None, |found| {
        facts.add(title.text, &found, title.at(found.range.start));
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
        in_script(Text::of(Place::Script, index, body), &mut facts);
    }
    let list = facts.list;
    document.origins = origins;
    list
}

/// A text of the page: its place, its index there.
#[derive(Clone, Copy)]
struct Text<'t> {
    place: Place,
    index: usize,
    text: &'t str,
}

impl<'t> Text<'t> {
    fn of(place: Place, index: usize, text: &'t str) -> Self {
        Text { place, index, text }
    }

    fn at(self, offset: usize) -> At<'t> {
        At { text: self, offset }
    }

    fn part(self) -> Part {
        match self.place {
            Place::Title => Part::Title,
            Place::Text => Part::Line(self.index),
            Place::Tel | Place::Attr => Part::Attribute(self.index),
            Place::Script => Part::Script(self.index),
        }
    }
}

/// A byte in a text of the page.
struct At<'t> {
    text: Text<'t>,
    offset: usize,
}

fn lines(document: &mut Document, facts: &mut Facts<'_>) {
    let mut room = MAX_ON_PAGE;
    let mut label = "";
    for (index, line) in document.lines.iter_mut().enumerate() {
        let Line {
            text,
            numbers,
            known,
            ..
        } = line;
        let line = Text::of(Place::Text, index, text);
        let told = known.as_ref().and_then(|known| known.digits.get());
        *numbers = match told {
            Some(Digits::Without) => Vec::new(),
            Some(Digits::Read {
                label: asked,
                numbers,
            }) if asked.as_deref().is_none_or(|asked| asked == label) => {
                for found in numbers {
                    facts.add(line.text, found, line.at(found.range.start));
                }
                numbers.clone()
            }
            _ => read_line(line, label, known, facts),
        };
        if numbers.len() > room {
            numbers.truncate(room);
            // What it claims without them is not what it claims.
            *known = None;
        }
        room -= numbers.len();
        label = match numbers.is_empty() && line.text.len() <= MAX_LABEL_BLOCK {
            true => line.text,
            false => "",
        };
    }
}

/// Reads the numbers of a line behind a label, and notes what was read for when the line comes
/// again. Where that is not to be noted, later stages are not to add to it.
fn read_line(
    line: Text<'_>,
    label: &str,
    known: &mut Option<Arc<Known>>,
    facts: &mut Facts<'_>,
) -> Vec<Found> {
    let asked = Cell::new(false);
    let hint = Hint::Block(label, &asked);
    let mut noted = Vec::new();
    let any = find_each(line.text, Setting::Prose, hint, |found| {
        facts.add(line.text, &found, line.at(found.range.start));
        if noted.len() < MAX_ON_LINE {
            noted.push(found);
        }
    });
    let Some(place) = known.as_ref().filter(|_| noted.len() <= MAX_KNOWN) else {
        *known = None;
        return noted;
    };
    let digits = match any {
        false => Digits::Without,
        true => Digits::Read {
            label: asked.get().then(|| label.into()),
            numbers: noted.clone(),
        },
    };
    if place.digits.set(digits).is_err() {
        *known = None;
    }
    noted
}

fn in_attribute(attribute: &Attribute, index: usize, facts: &mut Facts<'_>) {
    let value = Text::of(Place::Attr, index, &attribute.value);
    match attribute.name.as_str() {
        "tel" => {
            let value = Text::of(Place::Tel, index, &attribute.value);
            if let Some(found) = read_key(value.text) {
                facts.add(value.text, &found, value.at(found.range.start));
            }
        }
        // What a form asks for, with an example of it.
        "placeholder" if attribute.value.contains(['请', '請', '如', '例']) => {}
        // What a link points to that is no page: a mail, a chat.
        "href" => {}
        "alt" | "title" | "content" | "placeholder" | "aria-label" | "label" | "summary" => {
            find_each(value.text, Setting::Prose, Hint::None, |found| {
                facts.add(value.text, &found, value.at(found.range.start));
            });
        }
        name if name.starts_with("on") || name == "javascript" => in_script(value, facts),
        name => {
            find_each(value.text, Setting::Code, Hint::Name(name), |found| {
                facts.add(value.text, &found, value.at(found.range.start));
            });
        }
    }
}

fn in_script(body: Text<'_>, facts: &mut Facts<'_>) {
    // Strings put together of pieces, codes or escapes hold digits too; Base64 may do without.
    let encoded = || {
        let finder = |word: &str| memchr::memmem::find(body.text.as_bytes(), word.as_bytes());
        finder("atob(")
            .or_else(|| finder("ase64.decode("))
            .is_some()
    };
    if !scan::may_hold_number(body.text) && !encoded() {
        return;
    }
    script::strings(body.text, |string| {
        let setting = if string.composed || !string.text.is_ascii() || string.text.contains('<') {
            Setting::Prose
        } else {
            Setting::Code
        };
        let hint = string.key.as_deref().map_or(Hint::None, Hint::Name);
        let mut walk = string.walk(body.text);
        if !string.text.contains('<') {
            find_each(&string.text, setting, hint, |found| {
                let at = walk.to(found.range.start);
                facts.add(&string.text, &found, body.at(at));
            });
            return;
        }
        let html = markup::without_tags(&string.text);
        find_each(&html.words, setting, hint, |found| {
            let at = walk.to(html.origin(found.range.start));
            facts.add(&html.words, &found, body.at(at));
        });
        let mut walk = string.walk(body.text);
        for (start, call) in html.calls {
            if let Some(found) = read_key(call) {
                let at = walk.to(start + found.range.start);
                facts.add(call, &found, body.at(at));
            }
        }
    });
}

struct Facts<'p> {
    list: Vec<NumberFact>,
    by_number: HashMap<String, usize>,
    locator: Locator<'p>,
}

impl Facts<'_> {
    /// Notes what was found in `text`, which comes from `at`.
    fn add(&mut self, text: &str, found: &Found, at: At<'_>) {
        let At { text: own, offset } = at;
        let raw = &text[found.range.clone()];
        let place = own.place;
        let known = match self.by_number.get(&found.number) {
            Some(&known) => known,
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
        let fact = &mut self.list[known];
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
                index: u32::try_from(own.index).unwrap_or(u32::MAX),
                offset: self.locator.locate(own.part(), own.text, offset),
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
