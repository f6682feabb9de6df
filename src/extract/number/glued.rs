//! Numbers with something glued to their start or end.

use super::glyph::{Gap, Style};
use super::scan::{Cell, MIN_RUN};
use super::shape::{TIGHT, group_end};

/// Digits of a toll number.
const TOLL: usize = 10;

/// Where a toll number that is written in groups runs into what follows: another one
/// (`400-765-1032400-765-1033`), or a span of time (`400-765-10322小时`).
pub fn part(behind: &str, cells: &mut [Cell]) {
    let many = cells.len();
    let timed = || {
        ["小时", "小時", "分钟", "分鐘"]
            .iter()
            .any(|unit| behind.starts_with(unit))
    };
    for at in 0..many.saturating_sub(TOLL) {
        let next = at + TOLL;
        let starts = at == 0 || cells[at].gap != Gap::NONE;
        if !starts || cells[next].gap != Gap::NONE || !toll(cells, at) {
            continue;
        }
        let grouped = cells[at + 1..next].iter().any(|cell| cell.gap == Gap::DASH);
        let another = many >= next + TOLL && toll(cells, next);
        let rest = &cells[next..];
        let span = rest.len() <= 2 && rest.iter().all(|cell| cell.gap == Gap::NONE) && timed();
        if grouped && (another || span) {
            cells[next].gap = Gap::STYLE;
        }
    }
}

/// `18:00400-765-1032`: the minutes of an hour before a toll number that is written in groups.
pub fn part_from_time(text: &str, cells: &mut [Cell]) {
    let glued = cells.len() >= 2 + TOLL && cells[1..3].iter().all(|cell| cell.gap == Gap::NONE);
    if !glued || !toll(cells, 2) || cells[0].digit > 5 {
        return;
    }
    let before = text[..cells[0].start].strip_suffix([':', '：']);
    let hour = before.is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()));
    if hour && cells[3..2 + TOLL].iter().any(|cell| cell.gap == Gap::DASH) {
        cells[2].gap = Gap::STYLE;
    }
}

/// `1400-1865-909`: a list marker that lost its bracket before a toll number. Nobody's telephone
/// begins with 1400, so that one needs no groups.
pub fn part_from_marker(cells: &mut [Cell]) {
    for at in 0..cells.len().saturating_sub(TOLL) {
        let end = at + 1 + TOLL;
        let starts = at == 0 || !cells[at].gap.only(TIGHT) && cells[at].gap != Gap::NONE;
        let glued = cells[at + 1..at + 4].iter().all(|c| c.gap == Gap::NONE);
        let marker = (1..=3).contains(&cells[at].digit) && cells[at].style == Style::Plain;
        // `1400-…2400-…`: the next marker ends the number, too.
        let next = cells.get(end).is_some_and(|c| (2..=9).contains(&c.digit))
            && cells.len() > end + TOLL
            && cells[end + 1..end + 4].iter().all(|c| c.gap == Gap::NONE)
            && toll(cells, end + 1);
        let ends = next || cells.get(end).is_none_or(|c| c.gap != Gap::NONE);
        if !(starts && glued && marker && ends && cells[at + 1].digit == 4 && toll(cells, at + 1)) {
            continue;
        }
        let inner = &cells[at + 4..end];
        let grouped = inner.iter().any(|cell| cell.gap == Gap::DASH);
        if grouped || (cells[at].digit == 1 && inner.iter().all(|c| c.gap == Gap::NONE)) {
            cells[at + 1].gap = Gap::STYLE;
            if next && grouped {
                cells[end].gap = Gap::STYLE;
            }
        }
    }
}

/// `0571-8736102913387361029`: a mobile number glued to a landline whose area code is set off.
pub fn part_from_landline(cells: &mut [Cell]) {
    const MOBILE: usize = 11;
    let mut at = 0;
    while at < cells.len() {
        let end = group_end(cells, at);
        let area = at - at.min(4);
        let area = if cells[area].digit == 0 {
            area
        } else {
            area + 1
        };
        let landline = matches!((at.saturating_sub(area), end - at), (3 | 4, 19) | (4, 18))
            && cells[at].gap == Gap::DASH
            && cells[area].digit == 0
            && (area == 0 || cells[area].gap != Gap::NONE);
        if landline && cells[area + 1..at].iter().all(|cell| cell.gap == Gap::NONE) {
            let mobile = end - MOBILE;
            if cells[mobile].digit == 1 && cells[mobile + 1].digit >= 3 {
                cells[mobile].gap = Gap::STYLE;
            }
        }
        at = end;
    }
}

/// `400` or `800` stands at cell `at`.
fn toll(cells: &[Cell], at: usize) -> bool {
    let digit = |i: usize| cells.get(at + i).map(|cell| cell.digit);
    matches!(
        (digit(0), digit(1), digit(2)),
        (Some(4 | 8), Some(0), Some(0))
    )
}

/// `400-765-103224小时`, `…10327×24小时`, `…1032365天`, `…10322026年`: service hours and years
/// glued to a number are parted from it.
pub fn part_from_hours(behind: &str, cells: &mut Vec<Cell>) {
    const HOURS: [(&[u8], &[&str]); 3] = [
        (&[2, 4], &["小时", "小時", "h", "H"]),
        (&[7], &["x24", "X24", "×24", "✕24", "天"]),
        (&[3, 6, 5], &["天", "日"]),
    ];
    let mut until = cells.len();
    // `0571-96358 24小时`: set off, they are no group of it.
    if let [.., two, four] = cells.as_slice()
        && [two.digit, four.digit] == [2, 4]
        && two.gap.only(Gap::SPACE)
        && four.gap == Gap::NONE
        && HOURS[0].1.iter().any(|unit| behind.starts_with(unit))
    {
        cells.truncate(until - 2);
        return;
    }
    // `7*24小时`: the star separates digits too.
    if let [.., seven, two, four] = cells.as_slice()
        && [seven.digit, two.digit, four.digit] == [7, 2, 4]
        && two.gap == Gap::ODD
        && four.gap == Gap::NONE
        && behind.starts_with("小")
    {
        until -= 2;
        if until > MIN_RUN && cells[until - 1].gap == Gap::NONE {
            cells[until - 1].gap = Gap::STYLE;
        }
        return;
    }
    if until > 4 + MIN_RUN
        && behind.starts_with('年')
        && [cells[until - 4].digit, cells[until - 3].digit] == [2, 0]
        && cells[until - 4..].iter().all(|cell| cell.gap == Gap::NONE)
    {
        cells[until - 4].gap = Gap::STYLE;
        return;
    }
    let found = HOURS.iter().find(|(digits, units)| {
        cells.len() > digits.len() + MIN_RUN
            && cells[until - digits.len()..]
                .iter()
                .zip(*digits)
                .all(|(cell, digit)| cell.digit == *digit && cell.gap == Gap::NONE)
            && units.iter().any(|unit| behind.starts_with(unit))
    });
    if let Some((digits, _)) = found {
        until -= digits.len();
        cells[until].gap = Gap::STYLE;
    }
}

/// `400一1865一909`: a single 一 between plain digits is a dash, where no other numeral is mixed
/// with plain digits (`4〇〇-6一2-77二0`).
pub fn dashes_of_one(text: &str, cells: &mut Vec<Cell>) {
    let is_one = |cell: &Cell| cell.style == Style::Han && text[cell.start..].starts_with('一');
    if !cells.iter().any(is_one) {
        return;
    }
    let tied = |at: usize| {
        cells[at].gap == Gap::STYLE || cells.get(at + 1).is_some_and(|next| next.gap == Gap::STYLE)
    };
    let mixed = |at: usize| cells[at].style == Style::Han && !is_one(&cells[at]) && tied(at);
    if (0..cells.len()).any(mixed) {
        return;
    }
    let mut kept: Vec<Cell> = Vec::with_capacity(cells.len());
    let mut dash = false;
    for (at, cell) in cells.iter().enumerate() {
        let plain = |side: Option<&Cell>| side.is_some_and(|c| c.style == Style::Plain);
        let after = cells.get(at + 1);
        if is_one(cell)
            && cell.gap == Gap::STYLE
            && plain(at.checked_sub(1).map(|before| &cells[before]))
            && plain(after)
            && after.is_some_and(|c| c.gap == Gap::STYLE)
        {
            dash = true;
            continue;
        }
        let mut cell = *cell;
        if std::mem::take(&mut dash) {
            cell.gap = Gap::DASH;
        }
        kept.push(cell);
    }
    *cells = kept;
}
