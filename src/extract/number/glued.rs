//! Numbers with something glued to their start or end.

use super::glyph::{Gap, Style};
use super::scan::Cell;
use super::shape::TIGHT;

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

/// `400` or `800` stands at cell `at`.
fn toll(cells: &[Cell], at: usize) -> bool {
    let digit = |i: usize| cells.get(at + i).map(|cell| cell.digit);
    matches!(
        (digit(0), digit(1), digit(2)),
        (Some(4 | 8), Some(0), Some(0))
    )
}
