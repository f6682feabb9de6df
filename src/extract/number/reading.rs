//! Reads runs of digits in order: what a run starts is asked of [`super::candidate`], what
//! stands around it is judged here.

use super::candidate::{Look, Reading};
use super::context::{self, After, Hint, Label};
use super::extension;
use super::glyph::Gap;
use super::plan;
use super::scan::{Cell, is_cjk};
use super::shape::{self, TIGHT, boundary};
use super::{Found, Kind};

/// Where the text comes from, which says how much evidence a number needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    /// Words for people.
    Prose,
    /// Attributes and scripts: bare digits are mostly identifiers.
    Code,
    /// The whole text is said to be a number (`tel:`, a key that a person typed).
    Key,
}

/// What the number before tells about the next.
#[derive(Debug, Clone, Default)]
pub struct Last {
    /// End of its surface form and extension.
    pub end: usize,
    pub kind: Option<Kind>,
    /// Area code, where it was a landline with one; empty otherwise.
    pub area: String,
    /// Digits without the area code.
    pub local: usize,
}

/// Reads the runs of one text.
pub struct Reader<'a> {
    /// In simplified characters.
    pub text: &'a str,
    /// As it is written: traditional characters are a sign of where.
    pub written: &'a str,
    pub setting: Setting,
    /// What may announce a number at the start of the text.
    pub hint: Hint<'a>,
    pub last: Last,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str, written: &'a str, setting: Setting, hint: Hint<'a>) -> Self {
        Reader {
            text,
            written,
            setting,
            hint,
            last: Last::default(),
        }
    }

    /// Reads the numbers that start in the first `most` cells of a run, in order; returns the
    /// cell behind the last one that was looked at.
    pub fn read(&mut self, cells: &[Cell], most: usize, each: &mut impl FnMut(Found)) -> usize {
        if self.setting != Setting::Key && shape::is_card(cells) {
            return cells.len();
        }
        let mut at = 0;
        let mut done = None;
        while at < most {
            if !boundary(cells, at) || cells[at].start < self.last.end {
                at += 1;
                continue;
            }
            let look = Look::new(self, cells, at);
            let reading = look
                .readings()
                .into_iter()
                .find(|reading| self.fits(&look, reading, done));
            match reading {
                Some(reading) => {
                    at = self.accept(cells, at, reading, each);
                    done = Some(at);
                }
                None => at += 1,
            }
        }
        at
    }

    /// Notes a number with its extension; returns the cell to go on with.
    fn accept(
        &mut self,
        cells: &[Cell],
        from: usize,
        reading: Reading,
        each: &mut impl FnMut(Found),
    ) -> usize {
        let range = self.surface(cells, from, &reading);
        let mut next = reading.to;
        let mut end = range.end;
        let mut extension = None;
        if let Some((digits, to)) = self.dashed(cells, reading.to) {
            extension = Some(digits);
            end = cells[to - 1].end;
            next = to;
        } else if let Some((digits, to)) = extension::spoken(self.text, range.end) {
            extension = Some(digits);
            end = to;
        }
        self.last = Last {
            end,
            kind: Some(reading.kind),
            local: reading.number.trim_start_matches('+').len() - reading.area,
            area: reading.number[..reading.area].to_owned(),
        };
        each(Found {
            number: reading.number,
            kind: reading.kind,
            extension,
            range,
        });
        next
    }

    /// A dashed extension, unless the group starts a number of its own.
    fn dashed(&self, cells: &[Cell], at: usize) -> Option<(String, usize)> {
        let found = extension::dashed(cells, at)?;
        Look::new(self, cells, at)
            .readings()
            .is_empty()
            .then_some(found)
    }

    /// The surface form: digits and separators, with the `+` or the bracket that belongs to it.
    fn surface(&self, cells: &[Cell], from: usize, reading: &Reading) -> std::ops::Range<usize> {
        let mut start = cells[from].start;
        let end = cells[reading.to - 1].end;
        let closes = cells[from + 1..reading.to]
            .iter()
            .any(|cell| cell.gap.has(Gap::CLOSE) && !cell.gap.has(Gap::OPEN));
        if let Some(before) = self.text[..start].chars().next_back() {
            let bracket = closes
                && matches!(
                    before,
                    '(' | '（' | '[' | '【' | '［' | '〔' | '<' | '{' | '〈' | '《' | '＜' | '｛'
                );
            if bracket || matches!(before, '+' | '＋') {
                start -= before.len_utf8();
            }
            if bracket && self.text[..start].ends_with('+') {
                start -= 1;
            }
        }
        start..end
    }

    /// Does what stands around the digits allow the reading?
    fn fits(&self, look: &Look<'_>, reading: &Reading, done: Option<usize>) -> bool {
        if self.setting == Setting::Key {
            return true;
        }
        if let Some(before) = look.before()
            && before.direct
        {
            let spaced = || look.shape(reading.to).gaps == Gap::SPACE;
            // `积分：400-273-9146`: the colon ties even groups to the counter.
            let tied = || self.text[..look.start()].trim_end().ends_with([':', '：']);
            let counted = before.label == Label::Count && (reading.plain || spaced() || tied());
            if before.label == Label::Id || counted {
                return false;
            }
        }
        let called = look.called();
        if reading.plain {
            let digits = shape::digits(&look.cells[look.from..reading.to]);
            if plan::is_bound(&digits) || (!called && self.is_amid_figures(look, reading.to)) {
                return false;
            }
        }
        self.left_fits(look, reading, done, called) && self.right_fits(look, reading, called)
    }

    /// One of a list of figures as long, and those beside it are no numbers: a program's table.
    fn is_amid_figures(&self, look: &Look<'_>, to: usize) -> bool {
        let cells = look.cells;
        let listed = |gap: Gap| gap.has(Gap::ODD) && gap.only(Gap::ODD.with(Gap::SPACE));
        let before = (0..look.from).rev().find(|&at| boundary(cells, at));
        let (Some(before), Some(next)) = (before, cells.get(to)) else {
            return false;
        };
        let figure = |from: usize| {
            let long = (8..=10).contains(&(shape::group_end(cells, from) - from));
            long && Look::new(self, cells, from).readings().is_empty()
        };
        listed(cells[look.from].gap) && listed(next.gap) && figure(before) && figure(to)
    }

    /// What stands before: in the run, or else the character before the run.
    fn left_fits(
        &self,
        look: &Look<'_>,
        reading: &Reading,
        done: Option<usize>,
        called: bool,
    ) -> bool {
        let plain = reading.plain;
        if look.from > 0 {
            let gap = look.cells[look.from].gap;
            if gap.has(Gap::MARK) {
                return self.side_fits(look, reading, called);
            }
            // `编号14001865909`: all of it is the identifier.
            if gap == Gap::STYLE
                && plain
                && matches!(look.before(), Some(b) if b.label == Label::Id)
            {
                return false;
            }
            if done == Some(look.from) || !gap.only(TIGHT) {
                return true;
            }
            // Tied to digits before: a list marker at most (`1.400-…`, `2-400-…`).
            let start = (0..look.from)
                .rev()
                .find(|&at| boundary(look.cells, at))
                .unwrap_or(0);
            let free = start == 0 || done == Some(start) || !look.cells[start].gap.only(TIGHT);
            let year = look.from - start == 4
                && called
                && !plain
                && reading.kind == Kind::Shared400
                && matches!(look.cells[start].digit, 1 | 2)
                && plan::is_year(&shape::digits(&look.cells[start..look.from]));
            // Lists do not count from zero, but for `01.`.
            let counted = look.cells[start].digit != 0
                || (reading.kind != Kind::Foreign && gap.has(Gap::DOT));
            let marker = ((look.from - start <= 2 && counted) || year) && free;
            let decimal = gap.has(Gap::DOT) && plain && !called;
            return marker && !decimal && !gap.has(Gap::UNDERSCORE);
        }
        self.side_fits(look, reading, called)
    }

    /// The characters before the first digit.
    fn side_fits(&self, look: &Look<'_>, reading: &Reading, called: bool) -> bool {
        let plain = reading.plain;
        let before = &self.text[..look.start()];
        let mut back = before.chars().rev();
        let Some(c) = back.next() else {
            return true;
        };
        if before.ends_with("0x") {
            return false;
        }
        let further = back.next();
        let worded = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        match c {
            _ if look.is_called_directly() => true,
            // `型号:SNT-400/7651-032`: the letters belong to an identifier.
            c if (worded(Some(c)) || (matches!(c, '/' | '_' | '-' | '.') && worded(further)))
                && matches!(look.before(), Some(before) if before.label == Label::Id) =>
            {
                false
            }
            '$' | '￥' | '¥' | '€' | '£' | '@' => false,
            '=' | '?' | '&' | '%' | '\\' => !plain && c != '%',
            '#' | '＃' => !plain || reading.kind == Kind::Shared400,
            '/' if further == Some('/') => !plain,
            // `电话：B.400…`: the letter counts a list.
            '.' if called && further.is_some_and(|c| c.is_ascii_uppercase()) => {
                !back.next().is_some_and(char::is_alphanumeric) || !plain
            }
            '/' | '_' | '-' | '.' => !plain || !worded(further),
            // `void(13926540187)`
            '(' if plain && !called => !context::ends_in_call(before),
            c if c.is_alphabetic() && !is_cjk(c) => {
                let dialled = matches!(reading.kind, Kind::Shared400 | Kind::Mobile);
                if plain && dialled && c.is_ascii_lowercase() && context::ends_in_host(before) {
                    return true;
                }
                let brand = c.is_ascii_uppercase()
                    && further.is_some_and(|c| c.is_ascii_uppercase() || is_cjk(c));
                let dotted = !plain && !called && look.shape(reading.to).gaps == Gap::DOT;
                (!plain && !dotted) || (called && (brand || !c.is_ascii()))
            }
            _ => true,
        }
    }

    /// The letters at `end` are words of contact: `转8`, `微信同号`, `QQ…`, `www.…`.
    fn goes_on(&self, end: usize) -> bool {
        extension::spoken(self.text, end).is_some()
            || context::after(self.text, end) == Some(After::Phone)
            || context::contact_follows(self.text, end)
    }

    /// What stands behind: in the run, or else the text behind the last digit.
    fn right_fits(&self, look: &Look<'_>, reading: &Reading, called: bool) -> bool {
        let end = look.cells[reading.to - 1].end;
        if let Some(next) = look.cells.get(reading.to)
            && (next.gap.only(TIGHT) || (next.gap == Gap::MARK && reading.is_local()))
        {
            let follows = || {
                !Look::new(self, look.cells, reading.to)
                    .readings()
                    .is_empty()
            };
            let tied = extension::dashed(look.cells, reading.to).is_none() && !follows();
            if tied && (reading.plain || next.gap.has(Gap::DOT) || !called) {
                return false;
            }
        }
        let mut rest = self.text[end..].chars();
        let next = rest.next();
        let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        match next {
            Some('@') => return false,
            // `+27869147E-248`
            Some('e' | 'E')
                if !called
                    && self.text[end + 1..]
                        .starts_with(|c: char| c.is_ascii_digit() || c == '-') =>
            {
                return false;
            }
            Some('.')
                if letter(rest.next())
                    && self.text[end + 1..].starts_with(|c: char| c.is_ascii_lowercase()) =>
            {
                return false;
            }
            Some(c) if c.is_ascii_alphabetic() && !self.goes_on(end) => {
                let before = self.text[..look.cells[look.from].start].chars().next_back();
                if (reading.plain || letter(before)) && (!called || letter(before)) {
                    return false;
                }
            }
            Some('-' | '_') if letter(rest.next()) && !called => {
                // `ABC-400-186-5909-XYZ`: tied to letters on both sides.
                let mut back = self.text[..look.start()].chars().rev();
                let tied = matches!(back.next(), Some('-' | '_')) && letter(back.next());
                if reading.plain || tied {
                    return false;
                }
            }
            _ => {}
        }
        let unit = match context::after(self.text, end) {
            Some(After::Unit) => true,
            // Nothing has ten digits of years or grams: a word starts like the unit.
            Some(After::Small) => !reading.plain || reading.number.len() < 10,
            _ => false,
        };
        if unit {
            // `400-765-1032日立`: dashes make it a number whatever the next word starts like.
            let dashed = look.cells[look.from + 1..reading.to]
                .iter()
                .any(|cell| cell.gap.has(Gap::DASH));
            let written = !reading.plain && !reading.round && (called || dashed);
            return reading.kind != Kind::Short && (look.is_called_directly() || written);
        }
        true
    }
}
