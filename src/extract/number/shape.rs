//! How the digits of a number are grouped, and which groupings are believed.

use std::ops::Deref;

use super::glyph::{self, Gap, Glyph, Style};
use super::plan;
use super::scan::Cell;

/// Separators that may part the groups of one number.
pub const INNER: Gap = Gap(Gap::DASH.0
    | Gap::SPACE.0
    | Gap::DOT.0
    | Gap::SLASH.0
    | Gap::OPEN.0
    | Gap::CLOSE.0
    | Gap::UNDERSCORE.0
    | Gap::STYLE.0);
/// Separators that tie their neighbours together.
pub const TIGHT: Gap = Gap(Gap::DASH.0 | Gap::DOT.0 | Gap::UNDERSCORE.0);

/// At most this many digits or groups are looked at: more are no telephone number.
const MOST: usize = 24;

/// Digits of a round figure at most: a price, a size.
const FIGURE: u8 = 6;

/// A few digits or group lengths, kept in place: a page has thousands of candidates.
#[derive(Debug, Clone, Copy)]
pub struct Few {
    items: [u8; MOST],
    many: usize,
}

impl Few {
    pub const EMPTY: Few = Few {
        items: [0; MOST],
        many: 0,
    };

    /// What does not fit is dropped.
    pub fn push(&mut self, item: u8) {
        if let Some(place) = self.items.get_mut(self.many) {
            *place = item;
            self.many += 1;
        }
    }

    pub fn as_slice(&self) -> &[u8] {
        &self.items[..self.many]
    }
}

impl Deref for Few {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.as_slice()
    }
}

impl<const N: usize> PartialEq<[u8; N]> for Few {
    fn eq(&self, other: &[u8; N]) -> bool {
        self.as_slice() == other
    }
}

/// The groups of a stretch of cells; a change of style alone parts no groups.
#[derive(Debug)]
pub struct Shape {
    pub groups: Few,
    /// Every kind of separator inside.
    pub gaps: Gap,
    /// Digits written as letters.
    pub letters: usize,
    pub han: bool,
    /// A rising series of round figures: `400-600-1200`, `400 650 800`.
    pub round: bool,
}

impl Shape {
    pub fn of(cells: &[Cell]) -> Shape {
        let mut shape = Shape {
            groups: Few::EMPTY,
            gaps: Gap::NONE,
            letters: 0,
            han: false,
            round: true,
        };
        let (mut figure, mut figure_before) = (0u64, 0);
        let mut group = 0u8;
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 && cell.gap != Gap::NONE && cell.gap != Gap::STYLE {
                shape.gaps = shape.gaps.with(cell.gap);
                shape.groups.push(group);
                group = 0;
                shape.round &= group <= FIGURE && figure % 50 == 0 && figure > figure_before;
                figure_before = figure;
                figure = 0;
            }
            figure = figure
                .saturating_mul(10)
                .saturating_add(u64::from(cell.digit));
            group = group.saturating_add(1);
            shape.letters += usize::from(cell.letter);
            shape.han |= cell.style == Style::Han;
        }
        shape.groups.push(group);
        let rises = shape.groups.len() > 1 && group <= FIGURE && figure > figure_before;
        shape.round &= rises && figure % 50 == 0;
        shape
    }

    /// One group: nothing says that this is a telephone number but its digits.
    pub fn plain(&self) -> bool {
        self.groups.len() == 1
    }

    /// Every digit by itself: `4 0 0 1 8 …`, `4-0-0-1-…`.
    pub fn spelled(&self) -> bool {
        self.groups.len() > 5 && self.groups.iter().all(|&g| g == 1)
    }

    /// Groups as people write a toll or mobile number; others need a label.
    pub fn usual(&self) -> bool {
        let sized = self.groups.len() <= 4 && self.groups.iter().all(|&g| g >= 2);
        // `0x80001234 90`
        self.spelled() || (sized && self.groups != [8, 2])
    }

    /// Groupings of an eleven-digit mobile number that are believed without a label.
    pub fn usual_mobile(&self) -> bool {
        self.spelled()
            || matches!(
                self.groups.as_slice(),
                [11] | [3, 4, 4]
                    | [3, 8]
                    | [7, 4]
                    | [4, 3, 4]
                    | [4, 4, 3]
                    | [3, 3, 5]
                    | [5, 6]
                    | [3, 5, 3]
                    | [3, 2, 2, 2, 2]
                    | [4, 7]
            )
    }

    /// Four groups of at most three digits, parted by dots.
    pub fn like_address(&self) -> bool {
        self.groups.len() == 4 && self.gaps == Gap::DOT && self.groups.iter().all(|&g| g <= 3)
    }
}

/// Does a new group start at cell `at`?
pub fn boundary(cells: &[Cell], at: usize) -> bool {
    at == 0 || cells.get(at).is_none_or(|cell| cell.gap != Gap::NONE)
}

/// The end of the group that starts at cell `at`.
pub fn group_end(cells: &[Cell], at: usize) -> usize {
    (at + 1..cells.len())
        .find(|&next| cells[next].gap != Gap::NONE)
        .unwrap_or(cells.len())
}

/// The last of eight local digits stands apart from the others and begins what follows: an hour,
/// a list marker, a count (`0536-2546984 8:00`, `…②400-`, `…两年质保`). Where there are no numbers
/// of seven digits it has to be written otherwise, too.
pub fn is_astray(cells: &[Cell], last: usize, seven: bool) -> bool {
    let (before, cell) = (&cells[last - 1], &cells[last]);
    let other = cell.style != before.style || cell.gap.has(Gap(Gap::OPEN.0 | Gap::CLOSE.0));
    boundary(cells, last) && (other || (seven && !cell.gap.only(TIGHT)))
}

/// Groups as numbers have them, parted by one and the same sign, which is none of those that reckon,
/// list or tell the time: `400→765→1032`, `0571～8765～4321`. Signs that bound ranges part three.
pub fn is_even(text: &str, cells: &[Cell], shape: &Shape) -> bool {
    const OTHERS: &str = "+=*×÷,，、:：;；%&^<>?？!！\"$￥¥€£";
    let groups = shape.groups.as_slice();
    let three = matches!(
        groups,
        [3, 3 | 4, 4] | [3, 4, 3] | [3, 3, 5] | [4, 3, 3 | 4] | [4, 4, 2 | 4]
    );
    let marked = matches!(groups, [3, 7] | [4, 6] | [3, 8] | [4, 7 | 8] | [3, 3, 2, 2]);
    let odd = match shape.gaps {
        Gap::MARK => three || marked,
        Gap::ODD => three,
        _ => false,
    };
    if !odd || shape.round {
        return false;
    }
    let mut signs = cells
        .windows(2)
        .filter(|pair| pair[1].gap.has(shape.gaps))
        .map(|pair| text.get(pair[0].end..pair[1].start).unwrap_or_default());
    let first = signs.next().unwrap_or_default();
    signs.all(|sign| sign == first) && !first.chars().any(|c| OTHERS.contains(c))
}

/// No bracket closes that did not open inside or right before, and none of a pile of them.
pub fn brackets_pair(text: &str, cells: &[Cell]) -> bool {
    let before = text[..cells[0].start].trim_end().chars().next_back();
    let mut open = before.is_some_and(|c| {
        glyph::classify(c) == Glyph::Gap(Gap::OPEN)
            || matches!(c, '【' | '<' | '{' | '〈' | '《' | '＜' | '｛')
    });
    cells.windows(2).all(|pair| {
        let cell = &pair[1];
        let closes = cell.gap.has(Gap::CLOSE);
        let opens = cell.gap.has(Gap::OPEN);
        // `1301)) ([8437490`
        let between = || text.get(pair[0].end..cell.start).unwrap_or_default();
        let piled = closes && opens && between().chars().count() > ") (".len();
        let fits = !piled && (open || !closes || opens);
        open = (open && !closes) || cell.gap.has(Gap::OPEN);
        fits
    })
}

/// A card or account number: groups of four and a rest, parted by single spaces or dashes.
pub fn is_card(cells: &[Cell]) -> bool {
    // No issuer's number begins with 0, as an area code does.
    if !(15..=24).contains(&cells.len()) || cells[0].digit == 0 {
        return false;
    }
    let shape = Shape::of(cells);
    let (Some((last, others)), true) = (
        shape.groups.split_last(),
        shape.gaps == Gap::SPACE || shape.gaps == Gap::DASH,
    ) else {
        return false;
    };
    *last <= 4 && others.iter().all(|&g| g == 4)
}

/// The digits of some cells.
pub fn digits(cells: &[Cell]) -> Few {
    let mut digits = Few::EMPTY;
    for cell in cells.iter().take(MOST) {
        digits.push(cell.digit);
    }
    digits
}

/// The digits as text.
pub fn spell(digits: &[u8]) -> String {
    digits.iter().map(|&d| char::from(b'0' + d)).collect()
}

/// `2023-1-18`, `2025.06.05`: a year, a month and a day in groups of their own.
pub fn is_written_date(cells: &[Cell]) -> bool {
    let shape = Shape::of(cells);
    let [4, month, day] = shape.groups.as_slice() else {
        return false;
    };
    let mut digits = self::digits(&cells[..4]);
    let (month, day) = (usize::from(*month), usize::from(*day));
    for (from, many) in [(4, month), (4 + month, day)] {
        if !(1..=2).contains(&many) {
            return false;
        }
        if many == 1 {
            digits.push(0);
        }
        for cell in &cells[from..from + many] {
            digits.push(cell.digit);
        }
    }
    plan::is_date(&digits)
}
