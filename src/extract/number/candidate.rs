//! What the digits from one group on can be, most likely first.

use std::cell::OnceCell;

use super::Kind;
use super::context::{self, Before, Label};
use super::glyph::{Gap, Style};
use super::plan;
use super::reading::{Last, Reader, Setting};
use super::scan::{Cell, is_cjk};
use super::shape::{self, INNER, Shape, boundary, group_end};

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

/// A place in a run from which a number may be read.
pub struct Look<'a> {
    pub text: &'a str,
    pub cells: &'a [Cell],
    pub from: usize,
    setting: Setting,
    hint: Option<Before>,
    last: &'a Last,
    before: OnceCell<Option<Before>>,
}

impl<'a> Look<'a> {
    pub fn new(reader: &'a Reader<'_>, cells: &'a [Cell], from: usize) -> Self {
        Look {
            text: reader.text,
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
                    .then_some(self.hint)
                    .flatten()
            })
        })
    }

    fn start(&self) -> usize {
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
        let between = &self.text[self.last.end..start];
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
        let mut readings = Vec::new();
        let Some(first) = self.cells.get(self.from) else {
            return readings;
        };
        // A lone enclosed digit or numeral is a marker if a number starts behind it.
        if matches!(first.style, Style::Enclosed | Style::Raised | Style::Han)
            && self
                .cells
                .get(self.from + 1)
                .is_some_and(|next| next.gap.has(Gap::STYLE))
        {
            let inner = Look {
                text: self.text,
                cells: self.cells,
                from: self.from + 1,
                setting: self.setting,
                hint: self.hint,
                last: self.last,
                before: OnceCell::new(),
            };
            if !inner.readings().is_empty() {
                return readings;
            }
        }
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
    fn span(&self, from: usize, many: usize) -> Option<usize> {
        let to = from + many;
        (to <= self.cells.len() && boundary(self.cells, to)).then_some(to)
    }

    fn shape(&self, to: usize) -> Shape {
        Shape::of(&self.cells[self.from..to])
    }

    fn reading(&self, to: usize, number: String, kind: Kind) -> Reading {
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
    fn national(&self, from: usize) -> Option<Reading> {
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
        if odd && !(self.called() && shape.groups.len() <= 4) {
            return None;
        }
        if !self.called() {
            let date = self.cells[from + 3].gap == Gap::SPACE
                && is_written_date(&self.cells[from + 3..to]);
            if !shape.usual()
                || date
                || (shape.round && !shape.plain())
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

    fn mobile(&self, from: usize) -> Option<Reading> {
        let to = self.span(from, 11)?;
        let digits = shape::digits(&self.cells[from..to]);
        if !plan::is_mobile(&digits) {
            return None;
        }
        let shape = Shape::of(&self.cells[from..to]);
        let inner = shape.gaps == Gap::NONE || shape.gaps.only(INNER);
        let believed = shape.usual_mobile() || (self.called() && shape.usual());
        let bare = self.setting == Setting::Code && shape.plain() && !self.called();
        if !inner || !believed || shape.like_address() || shape.letters > 5 || bare {
            return None;
        }
        Some(self.reading(to, shape::spell(&digits), Kind::Mobile))
    }

    /// `0` + area code + local number; also a mobile number or a regional short code behind a 0.
    fn landline(&self, from: usize) -> Option<Reading> {
        if self.cells.get(from + 1)?.digit == 1 && self.cells.get(from + 2)?.digit >= 3 {
            let mut reading = self.mobile(from + 1)?;
            reading.plain = self.shape(reading.to).plain();
            return Some(reading);
        }
        let head = shape::digits(&self.cells[from + 1..self.cells.len().min(from + 4)]);
        let (length, ..) = plan::area(&head)?;
        let to = self.area_and_local(from + 1, length)?;
        let number = format!(
            "0{}",
            shape::spell(&shape::digits(&self.cells[from + 1..to]))
        );
        let kind = if plan::is_short(&shape::digits(&self.cells[from + 1 + length..to]))
            && to - from - 1 - length < 7
        {
            Kind::Short
        } else {
            Kind::Landline
        };
        let mut reading = self.reading(to, number, kind);
        reading.area = length + 1;
        Some(reading)
    }

    /// The end of a local number that follows the area code of `length` digits at cell `area`.
    fn area_and_local(&self, area: usize, length: usize) -> Option<usize> {
        let local = area + length;
        let head = shape::digits(self.cells.get(area..local)?);
        let (_, seven, eight) = plan::area(&head)?;
        let parted = boundary(self.cells, local)
            && local < self.cells.len()
            && self.cells[local].gap != Gap::STYLE;
        // The area code is a group of its own, or everything is glued.
        if (area + 1..local).any(|at| boundary(self.cells, at) && self.cells[at].gap != Gap::STYLE)
        {
            return None;
        }
        let trusted = self.called() || (parted && !self.cells[local].gap.has(Gap::SPACE));
        let lengths = [
            (8, eight),
            (7, seven),
            (8, !eight && trusted && parted),
            (7, !seven && self.called() && parted),
        ];
        for (many, allowed) in lengths {
            if !allowed {
                continue;
            }
            let Some(to) = self.span(local, many) else {
                continue;
            };
            let digits = shape::digits(&self.cells[local..to]);
            let shape = Shape::of(&self.cells[local..to]);
            let inner = shape.gaps == Gap::NONE || shape.gaps.only(INNER);
            let first = matches!(digits[0], 2..=8) || (parted && trusted && digits[0] != 0);
            let date = !self.called()
                && (plan::is_date(&digits) || is_written_date(&self.cells[local..to]));
            let groups = shape.groups.len() <= if parted { 3 } else { 1 } || shape.spelled();
            let bare = self.setting == Setting::Code && !parted && !self.called();
            if inner && first && !date && groups && !bare && shape.letters <= 3 {
                return Some(to);
            }
        }
        // A regional short code: 0571-96312.
        let to = group_end(self.cells, local);
        let digits = shape::digits(self.cells.get(local..to)?);
        (parted
            && self.called()
            && digits.first() == Some(&9)
            && digits.len() < 7
            && plan::is_short(&digits))
        .then_some(to)
    }

    /// A country code: 86, 0086, +86 before a national number, or another country behind + or 00.
    fn international(&self) -> Option<Reading> {
        let lead = self.text[..self.cells[self.from].start].chars().next_back();
        let gap = self.cells[self.from].gap;
        let bracketed = matches!(lead, Some('(' | '（' | '['))
            && self.from == 0
            && self.text[..self.start()]
                .trim_end_matches(['(', '（', '['])
                .ends_with(['+', '＋']);
        let plus =
            (self.from == 0 && matches!(lead, Some('+' | '＋'))) || bracketed || gap.has(Gap::PLUS);
        let head: Vec<u8> = self.cells[self.from..]
            .iter()
            .take(5)
            .map(|cell| cell.digit)
            .collect();
        let code = match head.as_slice() {
            [8, 6, ..] => Some((2, plus)),
            [0, 8, 6, ..] => Some((3, false)),
            [0, 0, 8, 6, ..] => Some((4, true)),
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
        if let [0, 0, 1..=9, ..] = head.as_slice() {
            return self.foreign(self.from + 2, false);
        }
        None
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
        if !(announced || (parted && self.called())) {
            return None;
        }
        let head =
            shape::digits(&self.cells[at.min(self.cells.len())..self.cells.len().min(at + 3)]);
        let (length, ..) = plan::area(&head)?;
        let to = self.area_and_local(at, length)?;
        let digits = shape::digits(&self.cells[at..to]);
        let mut reading = self.reading(to, format!("0{}", shape::spell(&digits)), Kind::Landline);
        reading.area = length + 1;
        Some(wrap(reading))
    }

    /// A number of another country; its country code starts at cell `at`.
    fn foreign(&self, at: usize, plus: bool) -> Option<Reading> {
        let head = shape::digits(&self.cells[at..self.cells.len().min(at + 3)]);
        let (code, fewest, most) = plan::country(&head)?;
        let mut digits = Vec::new();
        let mut best = None;
        for cell in at..self.cells.len().min(at + 20) {
            let gap = self.cells[cell].gap;
            if cell > at && gap.has(Gap(Gap::ODD.0 | Gap::PLUS.0 | Gap::SLASH.0)) {
                break;
            }
            // The national 0 in `+44 (0)20 …` is not dialled from abroad.
            let trunk = self.cells[cell].digit == 0
                && gap.has(Gap::OPEN)
                && self
                    .cells
                    .get(cell + 1)
                    .is_some_and(|next| next.gap.has(Gap::CLOSE));
            if !trunk {
                digits.push(self.cells[cell].digit);
            }
            let national = digits.len().saturating_sub(code);
            if national > most {
                break;
            }
            if national >= fewest && boundary(self.cells, cell + 1) {
                best = Some((cell + 1, digits.clone()));
            }
        }
        let (to, digits) = best?;
        let shape = self.shape(to);
        if !plus && shape.plain() && !self.called() {
            return None;
        }
        let mut reading = self.reading(to, shape::spell(&digits), Kind::Foreign);
        reading.plain &= !plus;
        Some(reading)
    }

    /// Area code and local number without the 0, where a telephone label stands before.
    fn without_zero(&self) -> Option<Reading> {
        let head = shape::digits(&self.cells[self.from..self.cells.len().min(self.from + 3)]);
        let (length, ..) = plan::area(&head)?;
        let parted = self
            .cells
            .get(self.from + length)
            .is_some_and(|cell| cell.gap != Gap::NONE && cell.gap != Gap::STYLE);
        let labelled = matches!(
            self.before(),
            Some(Before {
                label: Label::Phone,
                ..
            })
        );
        if self.setting == Setting::Key || !labelled || !parted {
            return None;
        }
        let to = self.area_and_local(self.from, length)?;
        if to - self.from - length < 7 {
            return None;
        }
        let digits = shape::digits(&self.cells[self.from..to]);
        let mut reading = self.reading(to, format!("0{}", shape::spell(&digits)), Kind::Landline);
        reading.area = length + 1;
        Some(reading)
    }

    /// Numbers of other plans in their national form: `1-800-555-1234`, a labelled
    /// `(415) 555-2671`, Taiwan's `02-2345-6789`, `0800-123-456` and `0912-345-678`.
    fn abroad(&self) -> Option<Reading> {
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
            }),
            0 => take(10).or_else(|| take(9)).filter(|(_, shape, _)| {
                let written = matches!(
                    shape.groups.as_slice(),
                    [2, 4, 4]
                        | [2, 3, 4]
                        | [4, 3, 3]
                        | [3, 3, 4]
                        | [2, 8]
                        | [2, 7]
                        | [3, 7]
                        | [4, 6]
                );
                written && dashed(shape) && (labelled || self.chained() == Some(Kind::Foreign))
            }),
            2..=9 => take(10).filter(|(_, shape, digits)| {
                shape.groups == [3, 3, 4]
                    && dashed(shape)
                    && plan::is_north_american(digits)
                    && labelled
            }),
            _ => None,
        };
        let (to, _, digits) = found?;
        Some(self.reading(to, shape::spell(&digits), Kind::Foreign))
    }

    /// A short code, where the context speaks of telephoning.
    fn short(&self) -> Option<Reading> {
        let to = group_end(self.cells, self.from);
        let digits = shape::digits(&self.cells[self.from..to]);
        if !plan::is_short(&digits)
            || !boundary(self.cells, to)
            || self.setting == Setting::Code && !self.is_called_directly()
        {
            return None;
        }
        let shape = self.shape(to);
        let nine = digits[0] == 9 || digits.len() == 8;
        let soon = || context::phone_soon_after(self.text, self.cells[to - 1].end);
        let before = self.before();
        let spoken = match before {
            _ if self.setting == Setting::Key || self.chained().is_some() => true,
            Some(Before {
                label: Label::Phone | Label::Company,
                direct: true,
            }) => true,
            Some(Before {
                label: Label::Service,
                direct: true,
            }) => nine || soon(),
            Some(Before {
                label: Label::Id | Label::Count,
                direct: true,
            }) => false,
            Some(Before {
                label: Label::Phone | Label::Service | Label::Company,
                ..
            }) => (nine && digits.len() < 8) || soon(),
            _ => soon(),
        };
        let lead = self.text[..self.start()].chars().next_back();
        let clean = self.from > 0
            || !lead.is_some_and(|c| {
                matches!(c, '-' | '.' | '#' | '_' | '/') || (c.is_alphanumeric() && !is_cjk(c))
            });
        (spoken && clean && shape.letters == 0 && (!shape.han || self.is_called_directly()))
            .then(|| self.reading(to, shape::spell(&digits), Kind::Short))
    }

    /// Seven or eight digits without an area code, directly behind a telephone label or another
    /// such number.
    fn local(&self) -> Option<Reading> {
        let first = self.cells[self.from].digit;
        let chained = matches!(self.chained(), Some(Kind::Landline | Kind::Foreign));
        if !(2..=9).contains(&first) || !(chained || self.is_called_directly()) {
            return None;
        }
        [8, 7].into_iter().find_map(|many| {
            let to = self.span(self.from, many)?;
            let digits = shape::digits(&self.cells[self.from..to]);
            let shape = self.shape(to);
            let written = matches!(
                shape.groups.as_slice(),
                [8] | [4, 4] | [7] | [3, 4] | [2, 2, 2, 2] | [1, 7]
            ) || shape.spelled();
            let gaps = shape.gaps == Gap::NONE
                || shape
                    .gaps
                    .only(Gap(Gap::DASH.0 | Gap::SPACE.0 | Gap::DOT.0));
            if !written
                || !gaps
                || plan::is_date(&digits)
                || shape.letters > 2
                || years(&shape, &digits)
            {
                return None;
            }
            let same = chained && self.last.local == many;
            if chained && !same && !self.is_called_directly() {
                return None;
            }
            let area = if same && self.last.kind == Some(Kind::Landline) {
                self.last.area.as_str()
            } else {
                ""
            };
            let foreign = if same {
                self.last.kind == Some(Kind::Foreign)
            } else {
                many == 8 && self.looks_foreign(shape.groups == [4, 4])
            };
            if first == 9 && !foreign {
                return None;
            }
            let number = format!("{area}{}", shape::spell(&digits));
            let mut reading = self.reading(
                to,
                number,
                if foreign {
                    Kind::Foreign
                } else {
                    Kind::Landline
                },
            );
            reading.area = area.len();
            Some(reading)
        })
    }

    /// Eight digits as written in Hong Kong and Macau: by place name or traditional characters
    /// near them, or in two groups of four with no simplified character near.
    fn looks_foreign(&self, four_four: bool) -> bool {
        let start = self.start();
        let near = [
            context::tail(self.text, start, 60),
            context::head(self.text, start, 72),
        ];
        let any = |set: &str| near.iter().any(|part| part.contains(|c| set.contains(c)));
        if near
            .iter()
            .any(|part| part.contains("香港") || part.contains("澳门") || part.contains("澳門"))
        {
            return true;
        }
        let traditional = any("電話線務傳熱機們請與聯絡繫撥為號碼顧訊詢維後");
        let simplified = any("电话线务传热机们请与联络系拨为号码顾讯询维后");
        traditional || (four_four && !simplified)
    }
}

/// `2019-2023`: two years.
fn years(shape: &Shape, digits: &[u8]) -> bool {
    let year = |part: &[u8]| matches!(part, [1, 9, ..] | [2, 0, ..]);
    shape.groups == [4, 4] && year(&digits[..4]) && year(&digits[4..])
}

/// `2023-1-18`, `2025.06.05`: a year, a month and a day in groups of their own.
fn is_written_date(cells: &[Cell]) -> bool {
    let shape = Shape::of(cells);
    let [4, month, day] = shape.groups.as_slice() else {
        return false;
    };
    let mut digits = shape::digits(&cells[..4]);
    for (from, many) in [(4, *month), (4 + *month, *day)] {
        match many {
            1 => digits.extend([0, cells[from].digit]),
            2 => digits.extend([cells[from].digit, cells[from + 1].digit]),
            _ => return false,
        }
    }
    plan::is_date(&digits)
}
