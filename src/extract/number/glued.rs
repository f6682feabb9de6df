//! Numbers with something glued to their start or end.

use super::glyph::{Gap, Style};
use super::scan::Cell;
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
