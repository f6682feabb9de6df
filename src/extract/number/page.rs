//! The numbers of a whole page: title, lines, attributes and scripts.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::Arc;

use crate::extract::document::{Attribute, Document, Line, Locator, Part, Source};
use crate::extract::known::{Digits, Known, KnownScript};

use super::context::{self, Hint};
use super::decode;
use super::glyph::{self, Gap, Glyph, Style};
use super::reading::Setting;
use super::shape::TIGHT;
use super::{Found, Kind, NumberFact, Place, Spot, e164, find_each, read_key, script};

mod scripts;

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
/// Numbers of a line or a script that is remembered.
const MAX_KNOWN: usize = 8;
/// Bytes of a script that does little but to show a text.
const MAX_SHOWING: usize = 400;
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
        let known = document.known_scripts.get(index);
        in_script(Text::of(Place::Script, index, body), known, &mut facts);
    }
    script::over_several(&document.scripts, |index, whole| {
        let found = read_key(&whole.text).filter(|found| found.kind != Kind::Foreign);
        if let Some(found) = found {
            let body = Text::of(Place::Script, index, &document.scripts[index]);
            facts.add(&whole.text, &found, body.at(whole.offset));
        }
    });
    let list = facts.list;
    document.origins = origins;
    list
}

/// A number in a script: its surface form, and where in the script it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    raw: Box<str>,
    found: Found,
    offset: usize,
}

impl Quoted {
    fn new(text: &str, found: Found, offset: usize) -> Self {
        let raw = context::head(&text[found.range.clone()], 0, MAX_RAW_BYTES);
        let range = 0..raw.len();
        Quoted {
            raw: raw.into(),
            found: Found { range, ..found },
            offset,
        }
    }
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
    let mut before: Option<Seam<'_>> = None;
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
        if let Some(seam) = before.take().filter(|seam| seam.goes_on(line.text)) {
            facts.add_over(&seam, line.text);
        }
        before = Seam::at_end(line, numbers);
        label = match numbers.is_empty() && line.text.len() <= MAX_LABEL_BLOCK {
            true => line.text,
            false => "",
        };
    }
}

/// The end of a line that breaks off in a number: `电话：400-765` and, on the next line, `1032`.
struct Seam<'t> {
    line: Text<'t>,
    /// Where the last digits of the line begin.
    from: usize,
}

impl<'t> Seam<'t> {
    /// Digits, or dashes behind them, that belong to no number of the line, at its end.
    fn at_end(line: Text<'t>, numbers: &[Found]) -> Option<Self> {
        let bytes = line.text.as_bytes();
        let part = |b: &u8| b.is_ascii_digit() || *b == b'-' || *b == b' ';
        let from = bytes.len() - bytes.iter().rev().take_while(|b| part(b)).count();
        let digits = bytes[from..].iter().filter(|b| b.is_ascii_digit()).count();
        let taken = numbers.last().is_some_and(|found| found.range.end > from);
        ((3..=9).contains(&digits) && !taken).then_some(Seam { line, from })
    }

    fn goes_on(&self, next: &str) -> bool {
        next.starts_with(|c: char| c.is_ascii_digit())
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
        // What a button copies: a mobile number in one piece is as often somebody's WeChat.
        name if name.contains("clipboard") && is_whole(&attribute.value) => {
            let parted = value.text.contains([' ', '-']);
            let found = read_whole(value.text).filter(|f| parted || f.kind != Kind::Mobile);
            if let Some(found) = found {
                facts.add(value.text, &found, value.at(found.range.start));
            }
        }
        // What a form asks for, with an example of it.
        "placeholder" if is_example(&attribute.value) => {}
        // What a link points to that is no page: a mail, a chat.
        "href" => {}
        "alt" | "title" | "content" | "placeholder" | "aria-label" | "label" | "summary" => {
            find_each(value.text, Setting::Prose, Hint::None, |found| {
                facts.add(value.text, &found, value.at(found.range.start));
            });
        }
        name if name.starts_with("on") || name == "javascript" => in_script(value, None, facts),
        name if name.starts_with("data-")
            && let Some((text, found)) = encoded(value.text) =>
        {
            facts.add(&text, &found, value.at(0));
        }
        name => {
            find_each(value.text, Setting::Code, Hint::Name(name), |found| {
                facts.add(value.text, &found, value.at(found.range.start));
            });
        }
    }
}

/// A number that a script is to take out of Base64.
fn encoded(value: &str) -> Option<(String, Found)> {
    const LENGTHS: std::ops::RangeInclusive<usize> = 14..=24;
    if !LENGTHS.contains(&value.len()) {
        return None;
    }
    let text = decode::base64_text(value)?;
    let found = read_whole(&text).filter(|_| is_whole(&text))?;
    Some((text, found))
}

/// Reads a script, or remembers what was read in it on another page.
fn in_script(body: Text<'_>, known: Option<&Arc<KnownScript>>, facts: &mut Facts<'_>) {
    let Some(known) = known else {
        return scripts::each(body.text, |text, found, at| {
            facts.add(text, &found, body.at(at))
        });
    };
    if let Some(numbers) = known.numbers.get() {
        for Quoted { raw, found, offset } in numbers {
            facts.add(raw, found, body.at(*offset));
        }
        return;
    }
    let mut noted = Vec::new();
    scripts::each(body.text, |text, found, offset| {
        facts.add(text, &found, body.at(offset));
        if noted.len() <= MAX_KNOWN {
            noted.push(Quoted::new(text, found, offset));
        }
    });
    if noted.len() <= MAX_KNOWN {
        // Where the same script stands twice on a page it may be noted already.
        let _ = known.numbers.set(noted.into());
    }
}

/// `请输入…`, `如 138…`; no `请拨…`.
fn is_example(placeholder: &str) -> bool {
    placeholder.contains(['请', '請', '如', '例'])
        && !placeholder.contains(['拨', '撥'])
        && !placeholder.contains("致电")
}

/// Is it the digits of a number, parted by spaces, dashes and the like at most?
fn is_whole(text: &str) -> bool {
    const LONGEST: usize = 80;
    let mut digits = 0;
    let fits = |c: char| match glyph::classify(c) {
        Glyph::Digit(_, Style::Plain) => {
            digits += 1;
            true
        }
        Glyph::Gap(gap) => gap.only(TIGHT.with(Gap::SPACE)),
        Glyph::Invisible => true,
        _ => false,
    };
    text.len() <= LONGEST
        && text.starts_with(char::is_numeric)
        && text.chars().all(fits)
        && (10..=12).contains(&digits)
}

/// The number that is nothing but the digits of `text`, however they are parted; no local one.
fn read_whole(text: &str) -> Option<Found> {
    let digit = |c| match glyph::classify(c) {
        Glyph::Digit(digit, Style::Plain) => Some(char::from(b'0' + digit)),
        _ => None,
    };
    let digits: String = text.chars().filter_map(digit).collect();
    let found = read_key(&digits)?;
    let whole = found.range.len() == digits.len() && found.number.len() >= 10;
    (whole && found.kind != Kind::Foreign).then_some(Found {
        range: 0..text.len(),
        ..found
    })
}

struct Facts<'p> {
    list: Vec<NumberFact>,
    by_number: HashMap<String, usize>,
    locator: Locator<'p>,
}

impl Facts<'_> {
    /// Notes a number that stands right behind a label, over two lines.
    fn add_over(&mut self, seam: &Seam<'_>, next: &str) {
        let Seam { line, from } = *seam;
        let part = |b: &u8| b.is_ascii_digit() || *b == b'-' || *b == b' ';
        let more = next
            .bytes()
            .take(MAX_RAW_BYTES)
            .take_while(|b| part(b))
            .count();
        let form = format!("{} {}", line.text[from..].trim(), next[..more].trim_end());
        let digits: String = form.chars().filter(char::is_ascii_digit).collect();
        // A local number alone could be anything.
        let dialled = |found: &Found| digits.len() >= 10 && found.kind != Kind::Foreign;
        let found = read_key(&digits).filter(|f| dialled(f) && f.range.len() == digits.len());
        if let Some(found) = found.filter(|_| context::calls(line.text, from)) {
            let range = 0..form.len();
            let start = from + line.text[from..].len() - line.text[from..].trim_start().len();
            self.add(&form, &Found { range, ..found }, line.at(start));
        }
    }

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
