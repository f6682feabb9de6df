//! Numbers with something glued to their end.

use super::glyph::Gap;
use super::scan::Cell;

/// Where a toll number that is written in groups runs into what follows: another one
/// (`400-765-1032400-765-1033`), or a span of time (`400-765-10322小时`).
pub fn part(behind: &str, cells: &mut [Cell]) {
    const TOLL: usize = 10;
    let toll = |cells: &[Cell], at: usize| {
        let digit = |i: usize| cells.get(at + i).map(|cell| cell.digit);
        matches!(
            (digit(0), digit(1), digit(2)),
            (Some(4 | 8), Some(0), Some(0))
        )
    };
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
