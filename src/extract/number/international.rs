//! Country codes, 86 among them, and the national forms of other plans.

use super::Kind;
use super::candidate::{Look, Reading};
use super::context::{Before, Label};
use super::glyph::{Gap, Style};
use super::plan;
use super::reading::Setting;
use super::shape::{self, Shape, boundary};
use super::world::{self, Fit};

/// Digits in brackets at most.
const MOST_BRACKETED: usize = 5;

impl Look<'_> {
    /// A country code: 86, 0086, +86 before a national number, or another country behind + or 00.
    pub(super) fn international(&self) -> Option<Reading> {
        let lead = self.text[..self.cells[self.from].start].chars().next_back();
        let gap = self.cells[self.from].gap;
        let bracketed = matches!(lead, Some('(' | '（' | '['))
            && self.from == 0
            && self.text[..self.start()]
                .trim_end_matches(['(', '（', '['])
                .ends_with(['+', '＋']);
        // As an address writes it.
        let encoded = || {
            let before = &self.text[..self.start()];
            before.ends_with("%2B") || before.ends_with("%2b")
        };
        // `C++14 20.8.2.2`, `U+40000000`: no plus sign before a number.
        let operator = || {
            let name = self.text[..self.start()].trim_end_matches('+');
            let plain = name.ends_with(|c: char| c.is_ascii_alphanumeric());
            plain && (name.len() + 1 < self.start() || !self.is_called_directly())
        };
        let signed =
            self.from == 0 && ((matches!(lead, Some('+' | '＋')) && !operator()) || encoded());
        // `0xeffe0000 + 19990810` is a sum.
        let tied = || self.text[..self.start()].ends_with(['+', '＋']);
        let plus = signed || bracketed || (gap.has(Gap::PLUS) && tied());
        let head = shape::digits(&self.cells[self.from..self.cells.len().min(self.from + 5)]);
        let code = match head.as_slice() {
            [8, 6, ..] => Some((2, plus)),
            [0, 8, 6, ..] if self.is_prefix(3) => Some((3, false)),
            [0, 0, 8, 6, ..] if self.is_prefix(4) => Some((4, true)),
            _ => None,
        };
        if let Some((code, announced)) = code
            && let Some(reading) = self.behind_86(self.from + code, announced)
        {
            return Some(reading);
        }
        if plus && !matches!(head.as_slice(), [8, 6, ..]) {
            return self
                .national_behind_plus()
                .or_else(|| self.foreign(self.from, true));
        }
        // Nobody disguises a number abroad, or parts its zeros, as a fraction does (`0.0437073408`),
        // a version, or a list (`[0,0]3254103210`).
        let plain = || {
            let mut near = self.cells[self.from..].iter().take(8);
            let apart = boundary(self.cells, self.from + 1);
            !apart && near.all(|c| !c.letter && c.style == Style::Plain)
        };
        if let [0, 0, 1..=9, ..] = head.as_slice()
            && !self.is_full_hour()
            && plain()
        {
            return self.foreign(self.from + 2, false);
        }
        None
    }

    /// The first digits of a prefix are not parted as those of fractions and versions are.
    fn is_prefix(&self, many: usize) -> bool {
        let mut inner = self.cells[self.from + 1..self.from + many].iter();
        inner.all(|cell| !cell.gap.has(Gap(Gap::DOT.0 | Gap::ODD.0 | Gap::CLOSE.0)))
    }

    /// The digits go on behind an hour and a colon: `8:00-18:00 0371-…`.
    fn is_full_hour(&self) -> bool {
        let before = self.text[..self.start()].strip_suffix([':', '：']);
        before.is_some_and(|b| b.ends_with(|c: char| c.is_ascii_digit()))
    }

    /// `+400-1865-909`, `+13800138000`: a plus sign before a number of this country.
    fn national_behind_plus(&self) -> Option<Reading> {
        let reading = self.national(self.from)?;
        let digits = shape::digits(&self.cells[self.from..reading.to]);
        let american = reading.kind == Kind::Mobile && plan::is_north_american(&digits[1..]);
        (!american && reading.kind != Kind::Landline).then_some(reading)
    }

    /// A national number behind 86; the landline's 0 may be missing, or stand in brackets.
    fn behind_86(&self, at: usize, announced: bool) -> Option<Reading> {
        let parted = boundary(self.cells, at);
        let wrap = |mut reading: Reading| {
            let shape = self.shape(reading.to);
            reading.plain = shape.plain();
            reading.round = false;
            reading
        };
        if let Some(reading) = self.national(at) {
            // 86 glued to ten digits without a plus sign is more likely some identifier.
            let believed = announced || parted || reading.kind == Kind::Mobile || self.called();
            return believed.then(|| wrap(reading));
        }
        // `86-571-87023345`, `(86)571-…`: dashes make it a number where the city's numbers have
        // that length.
        let tied = |at: usize| {
            let gap = self.cells.get(at).map_or(Gap::NONE, |cell| cell.gap);
            gap == Gap::DASH || gap.has(Gap::CLOSE)
        };
        let head =
            shape::digits(&self.cells[at.min(self.cells.len())..self.cells.len().min(at + 3)]);
        let (length, seven, eight) = plan::area(&head)?;
        // `8621-63220158`, `(8620)87205830`
        let glued = || {
            let spaced = boundary(self.cells, at + length) && self.called();
            !parted && (tied(at + length) || spaced) && self.setting == Setting::Prose
        };
        if !(announced || (parted && (tied(at) || self.called())) || glued()) {
            return None;
        }
        let to = self.area_and_local(at, length)?;
        let local = to - at - length;
        let planned = matches!(self.cells[at + length].digit, 2..=8)
            && ((local == 8 && eight) || (local == 7 && seven));
        if !announced && !parted && !planned {
            return None;
        }
        let digits = shape::digits(&self.cells[at..to]);
        let mut reading = self.reading(to, format!("0{}", shape::spell(&digits)), Kind::Landline);
        reading.area = length + 1;
        Some(wrap(reading))
    }

    /// A number of another country; its country code starts at cell `at`. The longest stretch of
    /// groups that is a valid number there, or else one of a possible length.
    fn foreign(&self, at: usize, plus: bool) -> Option<Reading> {
        let mut digits = Vec::new();
        let mut best: Option<(Fit, usize, usize)> = None;
        for cell in at..self.cells.len() {
            let gap = self.cells[cell].gap;
            if cell > at && gap.has(Gap(Gap::ODD.0 | Gap::PLUS.0 | Gap::SLASH.0)) {
                break;
            }
            // `+20 [439782121]`: no area code.
            let closes = |at: usize| {
                let mut inner = self.cells[at + 1..].iter().take(MOST_BRACKETED);
                inner.any(|cell| cell.gap.has(Gap::CLOSE))
            };
            if cell > at && gap.has(Gap::OPEN) && !closes(cell) {
                break;
            }
            // The national 0 in `+44 (0)20 …` is not dialled from abroad.
            let trunk = self.cells[cell].digit == 0
                && gap.has(Gap::OPEN)
                && self
                    .cells
                    .get(cell + 1)
                    .is_some_and(|next| next.gap.has(Gap::CLOSE));
            if trunk {
                continue;
            }
            if digits.len() == world::MOST {
                break;
            }
            digits.push(self.cells[cell].digit);
            if boundary(self.cells, cell + 1)
                && let Some(fit) = world::fit(&digits)
                && best.is_none_or(|(before, ..)| fit >= before)
            {
                best = Some((fit, cell + 1, digits.len()));
            }
        }
        let (fit, to, many) = best?;
        // `0069 0307 0300`: groups of a table, and none ends behind the country code.
        let whole = || Some(shape::group_end(self.cells, at) - at) >= world::code(&digits);
        if !plus && !whole() {
            return None;
        }
        let shape = self.shape(to);
        let announced = plus || (fit == Fit::Valid && !shape.plain());
        if !announced && !self.called() {
            return None;
        }
        let number = format!("+{}", shape::spell(&digits[..many]));
        let mut reading = self.reading(to, number, Kind::Foreign);
        reading.plain &= !plus;
        Some(reading)
    }

    /// Numbers of other plans in their national form: `1-800-555-1234`, a labelled
    /// `(415) 555-2671`, Taiwan's `02-2345-6789`, `0800-123-456` and `0912-345-678`.
    pub(super) fn abroad(&self) -> Option<Reading> {
        let rest = &self.cells[self.from..];
        let take = |many: usize| {
            self.span(self.from, many).map(|to| {
                (
                    to,
                    Shape::of(&self.cells[self.from..to]),
                    shape::digits(&self.cells[self.from..to]),
                )
            })
        };
        let labelled = self.is_called_directly();
        let near = matches!(
            self.before(),
            Some(Before {
                label: Label::Phone,
                ..
            })
        );
        let dashed = |shape: &Shape| {
            shape.gaps.only(Gap(Gap::DASH.0
                | Gap::SPACE.0
                | Gap::OPEN.0
                | Gap::CLOSE.0
                | Gap::DOT.0))
        };
        let found = match rest.first()?.digit {
            1 => take(11).filter(|(_, shape, digits)| {
                shape.groups == [1, 3, 3, 4]
                    && !rest[1].gap.has(Gap(Gap::OPEN.0 | Gap::CLOSE.0))
                    && dashed(shape)
                    && plan::is_north_american(&digits[1..])
                    && (digits[1] == 8 || labelled)
                    // A list marker before a number of this country.
                    && !(plan::is_toll(&digits[1..]) && self.amid_chinese())
            }),
            0 => take(10).or_else(|| take(9)).filter(|(_, shape, digits)| {
                (shape.plain() || dashed(shape)) && self.is_taiwanese(shape, digits, labelled)
            }),
            8 if matches!(rest, [_, b, c, ..] if b.digit == 5 && matches!(c.digit, 2 | 3)) => {
                take(11).filter(|(_, shape, digits)| {
                    dashed(shape) && self.is_of_hong_kong(shape, digits, labelled, near)
                })
            }
            2..=9 => take(10).filter(|(_, shape, digits)| {
                let american = shape.groups == [3, 3, 4]
                    && plan::is_north_american(digits)
                    && (labelled || (near && !self.amid_chinese()))
                    // `电话(316)532 9250`: a city's code without its 0.
                    && !(self.amid_chinese() && plan::area(digits).is_some_and(|(_, seven, _)| seven));
                dashed(shape) && (american || (labelled && is_of_singapore(shape, digits)))
            }),
            _ => None,
        };
        let (to, _, digits) = found?;
        Some(self.reading(to, shape::spell(&digits), Kind::Foreign))
    }

    /// `(852) 2837-4416`, `(853) 2872 5488`, `Tel: 852 2837-4416`: Hong Kong and Macau.
    fn is_of_hong_kong(&self, shape: &Shape, digits: &[u8], labelled: bool, near: bool) -> bool {
        let macau = digits[2] == 3;
        let bracketed = self.cells[self.from + 3].gap.has(Gap::CLOSE);
        let planned = match digits[3] {
            2 => !macau || digits[4] == 8,
            6 | 8 => true,
            first => !macau && first != 0,
        };
        match (shape.groups.as_slice(), bracketed) {
            ([3, 4, 4], true) => planned || near,
            ([3, 8], true) => near || self.looks_foreign(false),
            // 853 without its 0 is a city of the mainland.
            ([3, 4, 4] | [3, 8], false) => labelled && planned && !macau,
            _ => false,
        }
    }

    /// Groups as in `02-2345-6789` or `0912-345-678`, announced as a telephone number.
    fn is_taiwanese(&self, shape: &Shape, digits: &[u8], labelled: bool) -> bool {
        let written = matches!(
            shape.groups.as_slice(),
            [2, 4, 4] | [2, 3, 4] | [4, 3, 3] | [3, 3, 4] | [2, 8] | [2, 7] | [3, 7] | [4, 6]
        );
        // An area code of the mainland with too few digits behind it is a clipped number.
        let clipped = plan::area(&digits[1..])
            .is_some_and(|(length, ..)| usize::from(shape.groups[0]) == length + 1)
            && !self.looks_foreign(false);
        let served = || {
            matches!(
                self.before(),
                Some(Before {
                    label: Label::Service,
                    direct: true,
                })
            )
        };
        // No city of the mainland has 0800.
        let free = || {
            let grouped = shape.groups == [4, 3, 3] && shape.gaps == Gap::DASH;
            digits.starts_with(&[0, 8, 0, 0])
                && (served() || (grouped && self.setting == Setting::Prose))
        };
        // `(02)6639-2345`: nor one of two digits.
        let bracketed = || {
            let closed = self.cells[self.from + 2].gap.has(Gap::CLOSE);
            closed && shape.groups == [2, 4, 4] && (served() || self.looks_foreign(false))
        };
        let called = labelled || self.chained() == Some(Kind::Foreign) || free() || bracketed();
        let mobile = shape.plain()
            && digits.len() == 10
            && digits[1] == 9
            && labelled
            && self.looks_foreign(false);
        mobile || (written && called && !clipped)
    }
}

/// `(65) 6475-0165`, `65 6336 2000`: Singapore's country code and eight digits.
fn is_of_singapore(shape: &Shape, digits: &[u8]) -> bool {
    matches!(shape.groups.as_slice(), [2, 8] | [2, 4, 4])
        && matches!(digits, [6, 5, 3 | 6 | 8 | 9, ..])
}
