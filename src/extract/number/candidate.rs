//! What the digits from one group on can be, most likely first.

use std::cell::OnceCell;

use super::Kind;
use super::context::{self, After, Before, Hint, Label};
use super::glyph::{Gap, Style};
use super::plan;
use super::reading::{Last, Reader, Setting};
use super::scan::{Cell, is_cjk};
use super::shape::{self, INNER, Shape, boundary};

/// One way to read the digits from a group on.
#[derive(Debug)]
pub struct Reading {
    /// The cell behind its last digit.
    pub to: usize,
    pub number: String,
    pub kind: Kind,
    /// Length of the area code inside `number`, 0 where there is none.
    pub area: usize,
    /// Written in one group, so that only digits and context speak for it.
    pub plain: bool,
    /// Every group is a round figure.
    pub round: bool,
}

impl Reading {
    /// A number without its area code.
    pub fn is_local(&self) -> bool {
        self.kind == Kind::Landline && self.area == 0
    }
}

/// A place in a run from which a number may be read.
pub struct Look<'a> {
    pub text: &'a str,
    pub written: &'a str,
    pub cells: &'a [Cell],
    pub from: usize,
    pub(super) setting: Setting,
    hint: Hint<'a>,
    pub(super) last: &'a Last,
    before: OnceCell<Option<Before>>,
}

impl<'a> Look<'a> {
    pub fn new(reader: &'a Reader<'_>, cells: &'a [Cell], from: usize) -> Self {
        Look {
            text: reader.text,
            written: reader.written,
            cells,
            from,
            setting: reader.setting,
            hint: reader.hint,
            last: &reader.last,
            before: OnceCell::new(),
        }
    }

    /// The nearest label, in this text or at the end of the block before.
    pub fn before(&self) -> Option<Before> {
        *self.before.get_or_init(|| {
            let start = self.start();
            context::before(self.text, start).or_else(|| {
                let lead = &self.text[..start];
                (lead.len() <= 8 && !lead.contains(|c: char| c.is_alphanumeric()))
                    .then(|| self.hint.label())
                    .flatten()
            })
        })
    }

    pub(super) fn start(&self) -> usize {
        self.cells
            .get(self.from)
            .map_or(self.text.len(), |cell| cell.start)
    }

    /// A label of the telephone or service kind is the nearest one, or a number stands before.
    pub fn called(&self) -> bool {
        self.setting == Setting::Key
            || matches!(
                self.before(),
                Some(Before {
                    label: Label::Phone | Label::Service,
                    ..
                })
            )
            || self.chained().is_some()
    }

    /// A word for telephone stands directly before.
    pub fn is_called_directly(&self) -> bool {
        self.setting == Setting::Key
            || matches!(
                self.before(),
                Some(Before {
                    label: Label::Phone,
                    direct: true
                })
            )
    }

    /// The kind of the number before, where only `、`, `/`, `或` and the like stand between.
    pub fn chained(&self) -> Option<Kind> {
        let start = self.start();
        let kind = self.last.kind.filter(|_| self.last.end < start)?;
        let between = without_remark(&self.text[self.last.end..start]);
        let joined = between.len() <= 12
            && between.chars().all(|c| {
                matches!(
                    c,
                    '、' | '/'
                        | '／'
                        | '，'
                        | ','
                        | '或'
                        | '和'
                        | '及'
                        | '与'
                        | '與'
                        | '者'
                        | '&'
                        | '|'
                        | '；'
                        | ';'
                        | ' '
                        | '\u{a0}'
                        | '\u{3000}'
                        | '('
                        | ')'
                        | '（'
                        | '）'
                        | '·'
                )
            });
        joined.then_some(kind)
    }

    /// Every reading, most likely first; what stands around them is not judged yet.
    pub fn readings(&self) -> Vec<Reading> {
        let Some(first) = self.cells.get(self.from) else {
            return Vec::new();
        };
        // `⓪571-…`: no list counts from zero.
        if first.digit == 0
            && first.style != Style::Plain
            && let Some(own) = self.national(self.from)
        {
            return vec![own];
        }
        // A lone enclosed digit or numeral is a marker if a number starts behind it. Only one
        // marker is looked behind: alternating styles would make a chain as long as the run.
        if matches!(first.style, Style::Enclosed | Style::Raised | Style::Han)
            && self
                .cells
                .get(self.from + 1)
                .is_some_and(|next| next.gap.has(Gap::STYLE))
        {
            let inner = Look {
                text: self.text,
                written: self.written,
                cells: self.cells,
                from: self.from + 1,
                setting: self.setting,
                hint: self.hint,
                last: self.last,
                before: OnceCell::new(),
            };
            if !inner.unmarked().is_empty() {
                return Vec::new();
            }
        }
        self.unmarked()
    }

    /// Every reading, the first digit taken for no marker.
    fn unmarked(&self) -> Vec<Reading> {
        let mut readings = Vec::new();
        readings.extend(self.international());
        readings.extend(self.national(self.from));
        if readings.is_empty() {
            readings.extend(self.abroad());
            readings.extend(self.without_zero());
            readings.extend(self.short());
            readings.extend(self.local());
        }
        readings
    }

    /// The cell behind `many` digits from `from` on, where a group ends there.
    pub(super) fn span(&self, from: usize, many: usize) -> Option<usize> {
        let to = from + many;
        (to <= self.cells.len() && boundary(self.cells, to)).then_some(to)
    }

    pub(super) fn shape(&self, to: usize) -> Shape {
        Shape::of(&self.cells[self.from..to])
    }

    pub(super) fn reading(&self, to: usize, number: String, kind: Kind) -> Reading {
        let shape = self.shape(to);
        Reading {
            to,
            number,
            kind,
            area: 0,
            plain: shape.plain(),
            round: shape.round,
        }
    }

    /// 400/800, mobile or landline with its 0, its digits starting at cell `from`.
    pub(super) fn national(&self, from: usize) -> Option<Reading> {
        match self.cells.get(from)?.digit {
            4 | 8 => self.toll(from),
            1 => self.mobile(from),
            0 => self.landline(from),
            _ => None,
        }
    }

    fn toll(&self, from: usize) -> Option<Reading> {
        let to = self.span(from, 10)?;
        let digits = shape::digits(&self.cells[from..to]);
        if !plan::is_toll(&digits) {
            return None;
        }
        let shape = Shape::of(&self.cells[from..to]);
        let odd = shape.gaps.has(Gap(Gap::ODD.0 | Gap::PLUS.0));
        let spoken = || self.called() || self.speaks_after(to);
        let even = shape::is_even(self.text, &self.cells[from..to], &shape);
        if odd && !even && !(spoken() && shape.groups.len() <= 4) {
            return None;
        }
        if shape.gaps.has(Gap::MARK) && !even && !self.is_marked(&shape) {
            return None;
        }
        // `400)186-5909`
        let closed = self.cells[from + 3].gap.has(Gap::CLOSE);
        if !self.called() {
            if !closed && !shape::brackets_pair(self.text, &self.cells[from..to]) {
                return None;
            }
            let date = self.cells[from + 3].gap == Gap::SPACE
                && shape::is_written_date(&self.cells[from + 3..to]);
            if !shape.usual()
                || date
                || (shape.round && !shape.plain())
                || shape.like_address()
                || shape.letters > 5
                || (self.setting == Setting::Code && shape.gaps.has(Gap::SPACE))
            {
                return None;
            }
        }
        let kind = if digits[0] == 4 {
            Kind::Shared400
        } else {
            Kind::Free800
        };
        Some(self.reading(to, shape::spell(&digits), kind))
    }

    pub(super) fn mobile(&self, from: usize) -> Option<Reading> {
        let to = self.span(from, 11)?;
        let digits = shape::digits(&self.cells[from..to]);
        if !plan::is_mobile(&digits) {
            return None;
        }
        let shape = Shape::of(&self.cells[from..to]);
        let inner = shape.gaps == Gap::NONE
            || shape.gaps.only(INNER)
            || (shape.gaps == Gap::ODD && self.called())
            || self.is_marked(&shape)
            || shape::is_even(self.text, &self.cells[from..to], &shape);
        let believed = shape.usual_mobile() || (self.called() && shape.usual());
        let bare = self.setting == Setting::Code && shape.plain() && !self.called();
        let letters = shape.letters <= if self.called() { 7 } else { 5 };
        // `QB/T 1862.907-2018`: a standard. `1810 // 1234567`: a line of a program and its remark.
        let odd = shape.groups != [3, 4, 4]
            && [Gap::DOT, Gap::SLASH]
                .iter()
                .any(|sign| shape.gaps.has(*sign) && shape.gaps != *sign);
        // `1921.0020.000`: weights.
        let weights = shape.gaps == Gap::DOT && shape.groups == [4, 4, 3];
        let mixed = (odd || weights) && !self.called();
        let paired = self.called() || shape::brackets_pair(self.text, &self.cells[from..to]);
        if mixed || !paired || !inner || !believed || shape.like_address() || !letters || bare {
            return None;
        }
        Some(self.reading(to, shape::spell(&digits), Kind::Mobile))
    }

    /// A word for telephone stands right behind the digits.
    fn speaks_after(&self, to: usize) -> bool {
        context::after(self.text, self.cells[to - 1].end) == Some(After::Phone)
    }

    /// A word for telephone or service stands directly before.
    pub(super) fn is_announced(&self) -> bool {
        let served = matches!(
            self.before(),
            Some(Before {
                label: Label::Service,
                direct: true,
            })
        );
        served || self.is_called_directly()
    }

    /// The groups are parted by one sign that is not usual, right behind a word for telephone or
    /// service, or all digits are numerals.
    pub(super) fn is_marked(&self, shape: &Shape) -> bool {
        let spelled = || {
            self.cells[self.from..]
                .iter()
                .all(|c| c.style == Style::Han)
        };
        let announced = || match shape.round {
            true => self.is_called_directly(),
            false => self.is_announced(),
        };
        // `肆0零1－捌9柒四、壹四`
        let signs = shape.gaps.has(Gap::MARK) && shape.gaps.only(Gap::MARK.with(Gap::DASH));
        signs && shape.usual() && (spelled() || announced())
    }
}

/// What parts two numbers, without what the first is said to be in brackets: `…364（销售）`.
fn without_remark(between: &str) -> &str {
    const MOST: usize = 4;
    let inner = between.trim_start().strip_prefix(['（', '(']);
    let parts = inner.and_then(|inner| inner.split_once(['）', ')']));
    match parts {
        Some((remark, rest))
            if (1..=MOST).contains(&remark.chars().count()) && remark.chars().all(is_cjk) =>
        {
            rest
        }
        _ => between,
    }
}
